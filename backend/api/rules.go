package api

import (
	"cmp"
	"context"
	"slices"
	"time"

	"caveat/backend/installation"
	"caveat/backend/label"
	"caveat/backend/presend"
	"caveat/backend/spif"
)

// RulesDocument is what the administrator decided about verdicts that are not cleared (RULES 14).
type RulesDocument struct {
	Sets       []RuleSet       `json:"sets" nullable:"false" doc:"named sets of rules, such as phases of the mission"`
	Rules      []RuleDocument  `json:"rules" nullable:"false" doc:"what is blocked but for these becomes a warning that needs a reason"`
	Thresholds []ThresholdRule `json:"thresholds" nullable:"false" doc:"how many may get a label"`
	Revision   string          `json:"revision" doc:"names the rules as they are: a change says for which it was made"`
	Protected  []string        `json:"protected" nullable:"false" doc:"tag sets whose refusal never becomes a warning, besides every restrictive one"`
	Choices    RuleChoices     `json:"choices"`
	Switchable bool            `json:"switchable" doc:"the asker is an administrator, and the installation is not centrally managed: rules can be changed and sets switched here"`
}

// RuleChoices is what a rule can name.
type RuleChoices struct {
	Nations         []string `json:"nations" nullable:"false" doc:"of the directories and routes"`
	Classifications []string `json:"classifications" nullable:"false" doc:"of the policies, lowest first"`
	Restrictive     []string `json:"restrictive" nullable:"false" doc:"tag sets that are restrictive: always protected"`
	TagSets         []string `json:"tagSets" nullable:"false" doc:"the other tag sets, which can be protected"`
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

// Rules lists the rules of the installation as the file has them now: what was changed a moment ago is there, though the program takes
// it up a moment later. While the file cannot be read, they are those that are in use.
func (s *Service) Rules(ctx context.Context) (RulesDocument, error) {
	return s.rulesOf(ctx, s.fileNow()), nil
}

// rulesOf lists the rules of a file, and its sets: those that rules belong to, and those that are switched on in vain.
func (s *Service) rulesOf(ctx context.Context, f installation.File) RulesDocument {
	out := RulesDocument{Sets: []RuleSet{}, Rules: []RuleDocument{}, Thresholds: []ThresholdRule{}, Choices: s.ruleChoices()}
	out.Revision, out.Protected = rulesRevision(f), notNil(f.Protected())
	out.Switchable = !s.in.Managed && s.caller(ctx).Has(administrator...)
	now := s.now()
	for _, name := range slices.Compact(slices.Sorted(slices.Values(slices.Concat(f.RuleSets(), f.Check.ActiveRuleSets)))) {
		out.Sets = append(out.Sets, RuleSet{name, f.IsActive(name)})
	}
	for _, r := range f.Rules {
		out.Rules = append(out.Rules, RuleDocument{
			Name: r.Name, Set: r.Set, Active: f.IsActive(r.Set) && presend.InForce(now, r.From, r.Until), Trial: r.Trial, Outcome: r.Outcome,
			Nation: r.Nation, Channel: r.Channel, Classification: r.Classification, From: timeOrNil(r.From.UTC()), Until: timeOrNil(r.Until.UTC()),
		})
	}
	for _, t := range f.Thresholds {
		out.Thresholds = append(out.Thresholds, threshold(f, now, t))
	}
	return out
}

func threshold(f installation.File, now time.Time, t installation.ThresholdFile) ThresholdRule {
	return ThresholdRule{
		Name: t.Name, Set: t.Set, Active: f.IsActive(t.Set) && presend.InForce(now, t.From, t.Until), Classification: t.Classification, Limit: t.Limit,
		Action: t.Action, From: timeOrNil(t.From.UTC()), Until: timeOrNil(t.Until.UTC()),
	}
}

// ruleChoices lists what a rule can name.
func (s *Service) ruleChoices() RuleChoices {
	out := RuleChoices{Nations: []string{s.in.File.System.Nation}, Classifications: []string{}, Restrictive: []string{}, TagSets: []string{}}
	for _, d := range s.in.File.Directories {
		out.Nations = append(out.Nations, d.Nation)
	}
	for _, r := range s.in.File.Routes {
		out.Nations = append(out.Nations, r.Nation)
	}
	out.Nations = slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(out.Nations))), func(n string) bool { return n == "" })
	add := func(to *[]string, name string) {
		if !slices.Contains(*to, name) {
			*to = append(*to, name)
		}
	}
	for _, p := range s.in.Site.Policies() {
		classes := slices.SortedStableFunc(slices.Values(p.Classes()), func(a, b *spif.Class) int { return cmp.Compare(a.Hierarchy(), b.Hierarchy()) })
		for _, k := range classes {
			add(&out.Classifications, k.Name())
		}
		for _, t := range p.Tags() {
			if t.Type() == label.Restrictive {
				add(&out.Restrictive, t.Set().Name())
			} else {
				add(&out.TagSets, t.Set().Name())
			}
		}
	}
	return out
}
