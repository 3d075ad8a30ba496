package api

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"caveat/backend/installation"
	"caveat/backend/presend"
)

// RulesDocument is what the administrator decided about verdicts that are not cleared (RULES 14).
type RulesDocument struct {
	Sets       []RuleSet       `json:"sets" nullable:"false" doc:"named sets of rules, such as phases of the mission"`
	Rules      []RuleDocument  `json:"rules" nullable:"false" doc:"what is blocked but for these becomes a warning that needs a reason"`
	Thresholds []ThresholdRule `json:"thresholds" nullable:"false" doc:"how many may get a label"`
}

// RuleSet is a named set of rules.
type RuleSet struct {
	Name   string `json:"name"`
	Active bool   `json:"active"`
}

// RuleDocument is one relaxation. A field that is empty matches everything.
type RuleDocument struct {
	Name           string     `json:"name"`
	Set            string     `json:"set,omitempty"`
	Active         bool       `json:"active" doc:"its set is switched on, and its time has come and is not over"`
	Trial          bool       `json:"trial" doc:"it only records what it would have done"`
	Outcome        string     `json:"outcome,omitempty"`
	Nation         string     `json:"nation,omitempty"`
	Channel        string     `json:"channel,omitempty"`
	Classification string     `json:"classification,omitempty"`
	From           *time.Time `json:"from,omitempty"`
	Until          *time.Time `json:"until,omitempty"`
}

// ThresholdRule is a bound on how many may get a label.
type ThresholdRule struct {
	Name           string     `json:"name"`
	Set            string     `json:"set,omitempty"`
	Active         bool       `json:"active"`
	Classification string     `json:"classification,omitempty" doc:"this one and above; left out: every one"`
	Limit          int        `json:"limit"`
	Action         string     `json:"action" enum:"warn,block"`
	From           *time.Time `json:"from,omitempty"`
	Until          *time.Time `json:"until,omitempty"`
}

// Rules lists the rules of the installation.
func (s *Service) Rules(context.Context) (RulesDocument, error) {
	out := RulesDocument{Sets: []RuleSet{}, Rules: []RuleDocument{}, Thresholds: []ThresholdRule{}}
	now := s.now()
	note := func(set string) {
		if set != "" && !slices.ContainsFunc(out.Sets, func(have RuleSet) bool { return have.Name == set }) {
			out.Sets = append(out.Sets, RuleSet{set, s.in.IsActive(set)})
		}
	}
	for _, r := range s.in.File.Rules {
		note(r.Set)
		out.Rules = append(out.Rules, RuleDocument{
			Name: r.Name, Set: r.Set, Active: s.in.IsActive(r.Set) && presend.InForce(now, r.From, r.Until), Trial: r.Trial, Outcome: r.Outcome,
			Nation: r.Nation, Channel: r.Channel, Classification: r.Classification, From: timeOrNil(r.From.UTC()), Until: timeOrNil(r.Until.UTC()),
		})
	}
	for _, t := range s.in.File.Thresholds {
		note(t.Set)
		out.Thresholds = append(out.Thresholds, threshold(s.in, now, t))
	}
	slices.SortFunc(out.Sets, func(a, b RuleSet) int { return cmp.Compare(a.Name, b.Name) })
	return out, nil
}

func threshold(in *installation.Installation, now time.Time, t installation.ThresholdFile) ThresholdRule {
	return ThresholdRule{
		Name: t.Name, Set: t.Set, Active: in.IsActive(t.Set) && presend.InForce(now, t.From, t.Until), Classification: t.Classification, Limit: t.Limit,
		Action: t.Action, From: timeOrNil(t.From.UTC()), Until: timeOrNil(t.Until.UTC()),
	}
}

func (o operations) rules(s *Service) {
	op(o, http.MethodGet, "/api/rules", "rules", "The installation's rules on verdicts that are not cleared",
		func(ctx context.Context, _ *struct{}) (*body[RulesDocument], error) { return answer(s.Rules(ctx)) })
}
