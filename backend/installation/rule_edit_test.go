package installation_test

import (
	"errors"
	"slices"
	"testing"

	"caveat/backend/installation"
)

// ruled is a file with a rule in one set, one in another, and one in none.
func ruled() *installation.File {
	f := &installation.File{
		Rules:      []installation.RuleFile{{Name: "a", Set: "one"}, {Name: "b", Set: "two"}, {Name: "c"}},
		Thresholds: []installation.ThresholdFile{{Name: "t", Set: "one"}},
	}
	f.Check.ActiveRuleSets = []string{"one", "two", "ghost"}
	return f
}

func TestRule14RulesAreEdited(t *testing.T) {
	for name, c := range map[string]struct {
		edit   func(*installation.File) error
		err    error
		rules  string
		active []string
	}{
		"added":                     {func(f *installation.File) error { return f.AddRule(installation.RuleFile{Name: "d"}) }, nil, "abcd", []string{"one", "two", "ghost"}},
		"of a name that is there":   {func(f *installation.File) error { return f.AddRule(installation.RuleFile{Name: " A"}) }, installation.ErrInvalid, "", nil},
		"changed":                   {func(f *installation.File) error { return f.ChangeRule(0, installation.RuleFile{Name: "x", Set: "one"}) }, nil, "xbc", []string{"one", "two", "ghost"}},
		"to another's name":         {func(f *installation.File) error { return f.ChangeRule(0, installation.RuleFile{Name: "b"}) }, installation.ErrInvalid, "", nil},
		"that is not there":         {func(f *installation.File) error { return f.ChangeRule(3, installation.RuleFile{Name: "x"}) }, installation.ErrNoRule, "", nil},
		"the last of its set":       {func(f *installation.File) error { return f.RemoveRule(1) }, nil, "ac", []string{"one", "ghost"}},
		"one of its set":            {func(f *installation.File) error { return f.RemoveRule(0) }, nil, "bc", []string{"one", "two", "ghost"}},
		"moved out of its set":      {func(f *installation.File) error { return f.ChangeRule(1, installation.RuleFile{Name: "b"}) }, nil, "abc", []string{"one", "ghost"}},
		"none to remove":            {func(f *installation.File) error { return f.RemoveThreshold(1) }, installation.ErrNoRule, "", nil},
		"a set renamed":             {func(f *installation.File) error { return f.RenameRuleSet("one", "three") }, nil, "abc", []string{"three", "two", "ghost"}},
		"a set renamed to another":  {func(f *installation.File) error { return f.RenameRuleSet("one", "two") }, installation.ErrInvalid, "", nil},
		"a set renamed to nothing":  {func(f *installation.File) error { return f.RenameRuleSet("one", " ") }, installation.ErrInvalid, "", nil},
		"no set renamed":            {func(f *installation.File) error { return f.RenameRuleSet("", "x") }, installation.ErrNoRuleSet, "", nil},
		"a set removed":             {func(f *installation.File) error { return f.RemoveRuleSet("one") }, nil, "bc", []string{"two", "ghost"}},
		"a set that is not removed": {func(f *installation.File) error { return f.RemoveRuleSet("ghost") }, installation.ErrNoRuleSet, "", nil},
	} {
		f := ruled()
		err := c.edit(f)
		if !errors.Is(err, c.err) || err != nil && c.err == nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err != nil {
			continue
		}
		got := ""
		for _, r := range f.Rules {
			got += r.Name
		}
		if got != c.rules || !slices.Equal(f.Check.ActiveRuleSets, c.active) {
			t.Errorf("%s: %s, active %v", name, got, f.Check.ActiveRuleSets)
		}
		if hasThreshold := len(f.Thresholds) == 1; hasThreshold == (name == "a set removed") {
			t.Errorf("%s: %v", name, f.Thresholds)
		}
	}
}
