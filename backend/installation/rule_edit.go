package installation

import (
	"fmt"
	"slices"
	"strings"

	"caveat/backend/label"
)

// ErrNoRule: the file has no rule, or threshold, at that place.
var ErrNoRule = fmt.Errorf("%w: no such rule", ErrInvalid)

// AddRule adds a rule at the end. Errors: ErrInvalid where another has its name; whether the rest makes sense is asked of the whole.
func (f *File) AddRule(r RuleFile) error {
	f.Rules = append(f.Rules, r)
	return f.isOnlyRule(len(f.Rules) - 1)
}

// ChangeRule puts a rule in the place of one, counted from 0. Errors: ErrNoRule, those of AddRule.
func (f *File) ChangeRule(at int, r RuleFile) error {
	if at < 0 || at >= len(f.Rules) {
		return ErrNoRule
	}
	return f.keepingOn(func() error {
		f.Rules[at] = r
		return f.isOnlyRule(at)
	})
}

// RemoveRule takes a rule out. Errors: ErrNoRule.
func (f *File) RemoveRule(at int) error {
	if at < 0 || at >= len(f.Rules) {
		return ErrNoRule
	}
	return f.keepingOn(func() error {
		f.Rules = slices.Delete(f.Rules, at, at+1)
		return nil
	})
}

func (f *File) isOnlyRule(at int) error {
	name := f.Rules[at].Name
	for i, r := range f.Rules {
		if i != at && label.Fold(r.Name) == label.Fold(name) {
			return fmt.Errorf("%w: rule %q: another has that name: the log tells them apart by it", ErrInvalid, name)
		}
	}
	return nil
}

// AddThreshold adds a threshold at the end. That it has a name of its own is asked of the whole.
func (f *File) AddThreshold(t ThresholdFile) { f.Thresholds = append(f.Thresholds, t) }

// ChangeThreshold puts a threshold in the place of one, counted from 0. Errors: ErrNoRule.
func (f *File) ChangeThreshold(at int, t ThresholdFile) error {
	if at < 0 || at >= len(f.Thresholds) {
		return ErrNoRule
	}
	return f.keepingOn(func() error {
		f.Thresholds[at] = t
		return nil
	})
}

// RemoveThreshold takes a threshold out. Errors: ErrNoRule.
func (f *File) RemoveThreshold(at int) error {
	if at < 0 || at >= len(f.Thresholds) {
		return ErrNoRule
	}
	return f.keepingOn(func() error {
		f.Thresholds = slices.Delete(f.Thresholds, at, at+1)
		return nil
	})
}

// RenameRuleSet gives a set another name; it stays switched on or off. Errors: ErrNoRuleSet; ErrInvalid where there is one of that name,
// which would become one with it, or the name is empty.
func (f *File) RenameRuleSet(from, to string) error {
	switch known := f.RuleSets(); {
	case !slices.Contains(known, from) || from == "":
		return fmt.Errorf("%w: %q", ErrNoRuleSet, from)
	case strings.TrimSpace(to) == "":
		return fmt.Errorf("%w: a set needs a name", ErrInvalid)
	case slices.Contains(known, to):
		return fmt.Errorf("%w: there is a set %q", ErrInvalid, to)
	}
	for i := range f.Rules {
		if f.Rules[i].Set == from {
			f.Rules[i].Set = to
		}
	}
	for i := range f.Thresholds {
		if f.Thresholds[i].Set == from {
			f.Thresholds[i].Set = to
		}
	}
	for i, name := range f.Check.ActiveRuleSets {
		if name == from {
			f.Check.ActiveRuleSets[i] = to
		}
	}
	return nil
}

// RemoveRuleSet takes a set out with its rules and thresholds. Errors: ErrNoRuleSet.
func (f *File) RemoveRuleSet(name string) error {
	if name == "" || !slices.Contains(f.RuleSets(), name) {
		return fmt.Errorf("%w: %q", ErrNoRuleSet, name)
	}
	return f.keepingOn(func() error {
		f.Rules = slices.DeleteFunc(f.Rules, func(r RuleFile) bool { return r.Set == name })
		f.Thresholds = slices.DeleteFunc(f.Thresholds, func(t ThresholdFile) bool { return t.Set == name })
		return nil
	})
}

// keepingOn edits rules, and switches off sets that have none afterwards: a set of that name that is made later must not be on from the
// start.
func (f *File) keepingOn(edit func() error) error {
	before := f.RuleSets()
	if err := edit(); err != nil {
		return err
	}
	if after := f.RuleSets(); f.Check.ActiveRuleSets != nil {
		f.Check.ActiveRuleSets = slices.DeleteFunc(f.Check.ActiveRuleSets, func(name string) bool {
			return slices.Contains(before, name) && !slices.Contains(after, name)
		})
	}
	return nil
}

// Protected names the tag sets whose refusal never becomes a warning, besides every restrictive one (RULES 14).
func (f File) Protected() []string {
	if f.Check.ProtectedTagSets == nil {
		return slices.Clone(DefaultProtected)
	}
	return slices.Clone(f.Check.ProtectedTagSets)
}
