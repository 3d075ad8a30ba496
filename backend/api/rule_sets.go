package api

import (
	"context"
	"errors"
	"slices"

	"caveat/backend/audit"
	"caveat/backend/installation"
)

// rulesSwitched is the audit entry of a switch of sets (RULES 14).
type rulesSwitched struct {
	By     string   `json:"by"`
	File   string   `json:"file"`
	Before []string `json:"before"` // sets that were active
	After  []string `json:"after"`
	// What belongs to sets that are switched on now and were not before, and the other way round; each with its times.
	On  switchedRules `json:"on"`
	Off switchedRules `json:"off"`
	fileDigests
}

type switchedRules struct {
	Rules      []RuleDocument  `json:"rules"`
	Thresholds []ThresholdRule `json:"thresholds"`
}

// errSame ends an edit that would change nothing.
var errSame = errors.New("api: nothing to change")

// SwitchRules makes exactly these sets of rules the active ones, in the installation file; running programs take them up at once.
// Errors: installation.ErrNoRuleSet, those of changeSettings.
func (s *Service) SwitchRules(ctx context.Context, sets []string) (RulesDocument, error) {
	var now installation.File
	_, err := s.changeRecorded(ctx, "rules", func(f *installation.File) error {
		before := f.RulesDigest()
		if err := f.SwitchRuleSets(sets); err != nil {
			return err
		}
		if now = *f; f.RulesDigest() == before { // at most they are named in another order, or twice
			return errSame
		}
		return nil
	}, func(before, after installation.File, failed error) (string, any) {
		if failed != nil { // the line about the file as it is says what holds on
			return "", nil
		}
		return audit.TypeRules, rulesSwitched{
			By: s.caller(ctx).User, File: s.in.Path, Before: notNil(before.Check.ActiveRuleSets), After: notNil(after.Check.ActiveRuleSets),
			On: s.gained(ctx, before, after), Off: s.gained(ctx, after, before), fileDigests: digestsOf(after),
		}
	})
	if err != nil {
		return RulesDocument{}, err
	}
	return s.rulesOf(ctx, now), nil
}

// gained lists what belongs to the sets that are active in one file and not in the other.
func (s *Service) gained(ctx context.Context, before, after installation.File) switchedRules {
	all := s.rulesOf(ctx, after)
	isNew := func(set string) bool { return !before.IsActive(set) && after.IsActive(set) }
	return switchedRules{
		Rules:      slices.DeleteFunc(all.Rules, func(r RuleDocument) bool { return !isNew(r.Set) }),
		Thresholds: slices.DeleteFunc(all.Thresholds, func(t ThresholdRule) bool { return !isNew(t.Set) }),
	}
}
