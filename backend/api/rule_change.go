package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"caveat/backend/installation"
)

// ErrRulesChanged: the rules are others than those that a change was made for: it might name another rule now.
var ErrRulesChanged = errors.New("api: the rules have changed meanwhile")

// RuleChange is one change to the rules: exactly one act, which is shown (RuleEffect) and made (ChangeRules) alike.
type RuleChange struct {
	Revision  string          `json:"revision" maxLength:"64" doc:"of the rules that it was made for: RulesDocument.revision"`
	Do        string          `json:"do" enum:"add-rule,change-rule,remove-rule,add-threshold,change-threshold,remove-threshold,rename-set,remove-set,switch-sets,protect"`
	At        int             `json:"at,omitempty" minimum:"0" doc:"which rule or threshold is changed or removed, counted from 0"`
	Rule      *RuleInput      `json:"rule,omitempty"`
	Threshold *ThresholdInput `json:"threshold,omitempty"`
	Set       string          `json:"set,omitempty" maxLength:"200" doc:"the set that is renamed or removed with what belongs to it"`
	To        string          `json:"to,omitempty" maxLength:"200" doc:"its new name"`
	Sets      []string        `json:"sets,omitempty" maxItems:"1000" doc:"of switch-sets: exactly these are on"`
	TagSets   []string        `json:"tagSets,omitempty" maxItems:"1000" doc:"of protect: exactly these, besides every restrictive one, never become a warning"`
}

// RuleInput is a rule as it is to be. A field that is empty matches everything.
type RuleInput struct {
	Name           string     `json:"name" maxLength:"200"`
	Set            string     `json:"set,omitempty" maxLength:"200"`
	Outcome        string     `json:"outcome,omitempty" maxLength:"20"`
	Nation         string     `json:"nation,omitempty" maxLength:"20"`
	Channel        string     `json:"channel,omitempty" maxLength:"10"`
	Classification string     `json:"classification,omitempty" maxLength:"200"`
	From           *time.Time `json:"from,omitempty"`
	Until          *time.Time `json:"until,omitempty"`
	Trial          bool       `json:"trial,omitempty" doc:"it only records what it would have done"`
}

// ThresholdInput is a threshold as it is to be.
type ThresholdInput struct {
	Name           string     `json:"name" maxLength:"200"`
	Set            string     `json:"set,omitempty" maxLength:"200"`
	Classification string     `json:"classification,omitempty" maxLength:"200" doc:"this one and above; left out: every one"`
	Limit          int        `json:"limit" minimum:"0" maximum:"100000000"`
	Action         string     `json:"action" enum:"warn,block"`
	From           *time.Time `json:"from,omitempty"`
	Until          *time.Time `json:"until,omitempty"`
}

func (r RuleInput) file() installation.RuleFile {
	return installation.RuleFile{
		Name: strings.TrimSpace(r.Name), Set: strings.TrimSpace(r.Set), Outcome: r.Outcome, Nation: r.Nation, Channel: r.Channel,
		Classification: r.Classification, Action: "warn", From: timeOf(r.From), Until: timeOf(r.Until), Trial: r.Trial,
	}
}

func (t ThresholdInput) file() installation.ThresholdFile {
	return installation.ThresholdFile{
		Name: strings.TrimSpace(t.Name), Set: strings.TrimSpace(t.Set), Classification: t.Classification, Limit: t.Limit, Action: t.Action,
		From: timeOf(t.From), Until: timeOf(t.Until),
	}
}

func timeOf(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

// apply makes the change in a file, and says for the log what it is. Errors: ErrRulesChanged, ErrInvalid, ErrNoRule, ErrNoRuleSet.
func (c RuleChange) apply(f *installation.File) (settingsChange, error) {
	if c.Revision != rulesRevision(*f) {
		return settingsChange{}, ErrRulesChanged
	}
	switch c.Do {
	case "add-rule", "change-rule", "remove-rule":
		return c.applyRule(f)
	case "add-threshold", "change-threshold", "remove-threshold":
		return c.applyThreshold(f)
	case "rename-set":
		to := strings.TrimSpace(c.To)
		return settingsChange{kindRuleSet, to, verbChanged, fmt.Sprintf("set of rules %q renamed to %q", c.Set, to)}, f.RenameRuleSet(c.Set, to)
	case "remove-set":
		return settingsChange{kindRuleSet, c.Set, verbRemoved, fmt.Sprintf("set of rules %q removed with its rules and thresholds", c.Set)}, f.RemoveRuleSet(c.Set)
	case "switch-sets":
		return settingsChange{Kind: kindRuleSet, Change: verbChanged, What: "sets of rules switched"}, f.SwitchRuleSets(c.Sets)
	case "protect":
		f.Check.ProtectedTagSets = append([]string{}, c.TagSets...)
		return settingsChange{kindRule, "protected_tag_sets", verbChanged, "protected tag sets: " + orRestrictive(c.TagSets)}, nil
	}
	return settingsChange{}, fmt.Errorf("%w: change %q", installation.ErrInvalid, c.Do)
}

func orRestrictive(names []string) string {
	if len(names) == 0 {
		return "none besides the restrictive ones"
	}
	return strings.Join(names, ", ")
}

func (c RuleChange) applyRule(f *installation.File) (settingsChange, error) {
	if c.Do == "remove-rule" {
		name := ""
		if c.At < len(f.Rules) {
			name = f.Rules[c.At].Name
		}
		return settingsChange{kindRule, name, verbRemoved, fmt.Sprintf("rule %q removed", name)}, f.RemoveRule(c.At)
	}
	if c.Rule == nil {
		return settingsChange{}, fmt.Errorf("%w: the rule is left out", installation.ErrInvalid)
	}
	r := c.Rule.file()
	if c.Do == "add-rule" {
		return settingsChange{kindRule, r.Name, verbAdded, fmt.Sprintf("rule %q added", r.Name)}, f.AddRule(r)
	}
	return settingsChange{kindRule, r.Name, verbChanged, fmt.Sprintf("rule %q changed", r.Name)}, f.ChangeRule(c.At, r)
}

func (c RuleChange) applyThreshold(f *installation.File) (settingsChange, error) {
	if c.Do == "remove-threshold" {
		name := ""
		if c.At < len(f.Thresholds) {
			name = f.Thresholds[c.At].Name
		}
		return settingsChange{kindThreshold, name, verbRemoved, fmt.Sprintf("threshold %q removed", name)}, f.RemoveThreshold(c.At)
	}
	if c.Threshold == nil {
		return settingsChange{}, fmt.Errorf("%w: the threshold is left out", installation.ErrInvalid)
	}
	t := c.Threshold.file()
	if c.Do == "add-threshold" {
		f.AddThreshold(t)
		return settingsChange{kindThreshold, t.Name, verbAdded, fmt.Sprintf("threshold %q added", t.Name)}, nil
	}
	return settingsChange{kindThreshold, t.Name, verbChanged, fmt.Sprintf("threshold %q changed", t.Name)}, f.ChangeThreshold(c.At, t)
}

// rulesRevision names the rules of a file, with what is protected.
func rulesRevision(f installation.File) string {
	sum := sha256.Sum256([]byte(f.RulesDigest() + strings.Join(f.Protected(), "\n")))
	return hex.EncodeToString(sum[:16])
}

// ChangeRules makes one change to the rules, in the installation file, with its audit entry first; running programs take it up at once.
// A change of what a rule does not touch is refused as any other that makes no sense. Errors: ErrRulesChanged and those of apply,
// installation.ErrManaged, those of changeSettings.
func (s *Service) ChangeRules(ctx context.Context, c RuleChange) (RulesDocument, error) {
	if s.in.Managed {
		return RulesDocument{}, s.managed()
	}
	if c.Do == "switch-sets" {
		return s.SwitchRules(ctx, c.Sets) // it names all that are on: nothing can have slipped in between
	}
	now, _, err := s.in.OnDisk()
	if err != nil {
		return RulesDocument{}, err
	}
	what, err := c.apply(&now) // a copy: for its words
	if err != nil {
		return RulesDocument{}, err
	}
	next, err := s.changeSettings(ctx, what, func(f *installation.File) error {
		_, err := c.apply(f)
		return err
	})
	if err != nil {
		return RulesDocument{}, err
	}
	return s.rulesOf(ctx, next.File), nil
}
