package installation_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"caveat/backend/installation"
)

// phased is a valid file with rules of two sets, a threshold of a third, and a comment, as text; active is how [check] says which
// sets are on, "" when it does not.
func phased(t testing.TB, active string) string {
	t.Helper()
	f := valid(t)
	f.Rules = append(f.Rules, f.Rules[0], f.Rules[0])
	f.Rules[1].Set, f.Rules[2].Set = "phase 1", "phase 2"
	f.Thresholds = []installation.ThresholdFile{{Name: "large", Set: "exercise", Limit: 20, Action: "warn"}}
	text, err := installation.Marshal(f)
	must(t, err)
	if strings.Contains(string(text), "[check]") {
		t.Fatalf("a [check] where the test puts its own:\n%s", text)
	}
	return "# Kept by the signal office\n" + strings.Replace(string(text), "[[policy]]", active+"\n[[policy]]", 1)
}

// A switch leaves the rest of the file as it stands, wherever the active sets are said.
func TestRule14SetsAreSwitchedInTheFile(t *testing.T) {
	for name, active := range map[string]string{
		"nowhere":             "",
		"none":                "[check] # ages\ndrafting_age = '1h0m0s'\nactive_rule_sets = [] # by order 12\n",
		"a section without":   "[check]\ndrafting_age = '1h0m0s' # as ordered\n",
		"over several lines":  "[check]\nactive_rule_sets = [\n  'phase 2',\n  'exercise',\n]\n",
		"as one inline table": "check = { drafting_age = '1h0m0s' }\n",
	} {
		t.Run(name, func(t *testing.T) {
			text := phased(t, active)
			if strings.HasPrefix(active, "check =") { // a key of the top level comes before all sections
				text = strings.Replace(phased(t, ""), "format = 1\n", "format = 1\n"+active, 1)
			}
			in, err := installation.Load(write(t, t.TempDir(), installation.FileName, text))
			must(t, err)
			for _, sets := range [][]string{{"phase 2", "phase 1", "phase 2"}, {"exercise"}, {}} {
				next, err := in.Edit(func(f *installation.File) error { return f.SwitchRuleSets(sets) })
				must(t, err)
				want := slices.Compact(slices.Sorted(slices.Values(sets)))
				again, err := installation.Load(in.Path)
				must(t, err)
				if !slices.Equal(again.File.Check.ActiveRuleSets, want) || next.File.RulesDigest() != again.File.RulesDigest() {
					t.Errorf("%v, want %v", again.File.Check.ActiveRuleSets, want)
				}
				if again.File.Check.DraftingAge != in.File.Check.DraftingAge || len(again.File.Rules) != 3 || len(again.Directories) != 2 {
					t.Errorf("more was changed: %+v", again.File.Check)
				}
			}
			after, err := os.ReadFile(in.Path)
			must(t, err)
			for _, comment := range []string{"# Kept by the signal office", "# ages", "# by order 12", "# as ordered"} {
				if strings.Contains(text, comment) && !strings.Contains(string(after), comment) && !strings.HasPrefix(active, "check =") {
					t.Errorf("%q is gone:\n%s", comment, after)
				}
			}
		})
	}
}

func TestRule14UnknownSetsAreNamed(t *testing.T) {
	f := installation.File{Rules: []installation.RuleFile{{Name: "a", Set: "b"}, {Name: "c"}}, Thresholds: []installation.ThresholdFile{{Name: "d", Set: "a"}}}
	f.Check.ActiveRuleSets = []string{"b"}
	for _, sets := range [][]string{{"B"}, {"a", "phase"}, {""}} {
		err := f.SwitchRuleSets(sets)
		if !errors.Is(err, installation.ErrNoRuleSet) || !strings.Contains(err.Error(), "there are a, b") || !slices.Equal(f.Check.ActiveRuleSets, []string{"b"}) {
			t.Errorf("%q: %v, %v", sets, err, f.Check.ActiveRuleSets)
		}
	}
	if err := (&installation.File{}).SwitchRuleSets([]string{"a"}); !errors.Is(err, installation.ErrNoRuleSet) || !strings.Contains(err.Error(), "there are no sets") {
		t.Errorf("%v", err)
	}
}

// The digest is another when what is in force may be another, and only then.
func TestRulesDigest(t *testing.T) {
	base := func() installation.File {
		f := valid(t)
		f.Thresholds = []installation.ThresholdFile{{Name: "large", Limit: 20, Action: "warn"}}
		f.Check.ActiveRuleSets = []string{"a", "b"}
		return f
	}
	want := base().RulesDigest()
	for name, c := range map[string]struct {
		change func(*installation.File)
		same   bool
	}{
		"nothing":              {func(*installation.File) {}, true},
		"order of active sets": {func(f *installation.File) { f.Check.ActiveRuleSets = []string{"b", "a", "b"} }, true},
		"a directory":          {func(f *installation.File) { f.Directories = nil }, true},
		"an active set":        {func(f *installation.File) { f.Check.ActiveRuleSets = []string{"a"} }, false},
		"a rule's end":         {func(f *installation.File) { f.Rules[0].Until = f.Rules[0].Until.AddDate(1, 0, 0) }, false},
		"a rule is gone":       {func(f *installation.File) { f.Rules = nil }, false},
		"a threshold":          {func(f *installation.File) { f.Thresholds[0].Limit++ }, false},
	} {
		f := base()
		c.change(&f)
		if (f.RulesDigest() == want) != c.same {
			t.Errorf("%s: the same is %v", name, !c.same)
		}
	}
}
