package installation_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"caveat/backend/installation"
)

// Whatever is changed, what is not keeps its text with its comments, and what is said of a changed section stays before it.
func TestEditKeepsComments(t *testing.T) {
	base := valid(t)
	base.Rules = []installation.RuleFile{
		{Name: "one", Outcome: "stale", Action: "warn"}, {Name: "two", Outcome: "unknown", Action: "warn"}, {Name: "three", Nation: "BOR", Outcome: "stale", Action: "warn"},
	}
	text, err := installation.Marshal(base)
	must(t, err)
	s := string(text)
	for _, name := range []string{"one", "two", "three"} {
		s = strings.Replace(s, "[[rule]]\nname = '"+name+"'", "# about "+name+"\n[[rule]]\nname = '"+name+"' # named "+name, 1)
	}
	s = "# The file of the signal office\n" + s
	all := []string{"The file of the signal office", "about one", "named one", "about two", "named two", "about three", "named three"}
	for name, c := range map[string]struct {
		change func(*installation.File) error
		gone   []string
	}{
		"a rule is changed": {func(f *installation.File) error { f.Rules[1].Trial = true; return nil }, []string{"named two"}},
		"a rule is removed": {func(f *installation.File) error { f.Rules = slices.Delete(f.Rules, 0, 1); return nil }, []string{"about one", "named one"}},
		"a rule is added in the middle": {func(f *installation.File) error {
			f.Rules = slices.Insert(f.Rules, 1, installation.RuleFile{Name: "new", Outcome: "error", Action: "warn"})
			return nil
		}, nil},
		"rules change places":             {func(f *installation.File) error { f.Rules[0], f.Rules[1] = f.Rules[1], f.Rules[0]; return nil }, nil},
		"the system is renamed":           {func(f *installation.File) error { f.System.Name = "HQ 2"; return nil }, nil},
		"a new kind of section":           {func(f *installation.File) error { f.Send.Expiry.Duration = 3600e9; return nil }, nil},
		"all rules go, a directory comes": {func(f *installation.File) error { f.Rules = nil; return addThird(f) }, all[1:]},
	} {
		t.Run(name, func(t *testing.T) {
			in, err := installation.Load(write(t, t.TempDir(), installation.FileName, s))
			must(t, err)
			before := in.File
			next, err := in.Edit(c.change)
			must(t, err)
			text, err := os.ReadFile(in.Path)
			must(t, err)
			for _, comment := range all {
				if have := strings.Contains(string(text), comment); have == slices.Contains(c.gone, comment) {
					t.Errorf("%q is there: %v", comment, have)
				}
			}
			if again, err := installation.Load(in.Path); err != nil || again.File.RulesDigest() != next.File.RulesDigest() || len(again.Directories) != len(next.Directories) {
				t.Errorf("%v\n%s", err, text)
			}
			if len(before.Rules) != 3 || before.Rules[1].Trial || before.Rules[0].Name != "one" {
				t.Error("the change reached the installation that is in use")
			}
		})
	}
}
