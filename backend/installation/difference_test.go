package installation_test

import (
	"strings"
	"testing"

	"caveat/backend/installation"
)

// An order that decides, and a section that is there twice, are changes: the first policy governs.
func TestDifferenceSeesOrderAndNumber(t *testing.T) {
	a, b := installation.PolicyFile{File: "a.xml"}, installation.PolicyFile{File: "b.xml"}
	of := func(list ...installation.PolicyFile) installation.File {
		return installation.File{Format: 1, Policies: list}
	}
	for name, c := range map[string]struct {
		before, after installation.File
		was, is       string // files that are named, in order
	}{
		"another one governs": {of(a, b), of(b, a), "a.xml b.xml", "b.xml a.xml"},
		"one of two is gone":  {of(a, b, a), of(a, b), "a.xml", ""},
		"one comes in front":  {of(a), of(b, a), "", "b.xml"},
		"one of each":         {of(a), of(b), "a.xml", "b.xml"},
		"nothing":             {of(a, b), of(a, b), "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			files := func(text string) string {
				var out []string
				for line := range strings.Lines(text) {
					if name, ok := strings.CutPrefix(strings.TrimSpace(line), "file = "); ok {
						out = append(out, strings.Trim(name, "'"))
					}
				}
				return strings.Join(out, " ")
			}
			was, is := installation.Difference(c.before, c.after)
			if files(was) != c.was || files(is) != c.is {
				t.Errorf("was:\n%s\nis:\n%s", was, is)
			}
			if same := c.before.IsSame(c.after); same != (c.was+c.is == "") {
				t.Errorf("it says the same: %v", same)
			}
		})
	}
}

// What is recorded of a file holds no document, and yet tells files apart by them.
func TestRecordedHoldsNoDocuments(t *testing.T) {
	of := func(document string) installation.File {
		return installation.File{
			Format: 1, Policies: []installation.PolicyFile{{SPIF: document, SHA256: "wanted"}}, CAs: []installation.CAFile{{Name: "x", PEM: document}},
			Directories: []installation.DirectoryFile{{DirectoryTrust: installation.DirectoryTrust{CRLsPEM: []string{document}}}},
			Accounts:    []installation.AccountFile{{AccountAuth: installation.AccountAuth{ClientCertificatePEM: document}}},
		}
	}
	f := of("the document")
	a, err := f.Recorded()
	must(t, err)
	b, err := of("another document").Recorded()
	must(t, err)
	if a == b || strings.Contains(a, "the document") || strings.Count(a, "SHA-256 ") != 4 || !strings.Contains(a, "wanted") {
		t.Errorf("%s", a)
	}
	if f.Policies[0].SPIF != "the document" || f.CAs[0].PEM != "the document" || f.Directories[0].CRLsPEM[0] != "the document" {
		t.Error("the file itself was changed")
	}
	if again, err := installation.ParseFile([]byte(a)); err != nil || len(again.Policies) != 1 {
		t.Errorf("what is recorded cannot be read: %v", err)
	}
}

// A preview says that sections stand in another order, and that one of two is gone.
func TestCompareSeesOrderAndNumber(t *testing.T) {
	base := valid(t)
	base.Rules = []installation.RuleFile{
		{Name: "one", Outcome: "stale", Action: "warn"}, {Name: "two", Outcome: "unknown", Action: "warn"}, {Name: "two", Outcome: "unknown", Action: "warn"},
	}
	text, err := installation.Marshal(base)
	must(t, err)
	in, err := installation.Load(write(t, t.TempDir(), installation.FileName, string(text)))
	must(t, err)
	for want, change := range map[string]func(f *installation.File){
		"rule  reordered":  func(f *installation.File) { f.Rules[0], f.Rules[1] = f.Rules[1], f.Rules[0] },
		"rule two removed": func(f *installation.File) { f.Rules = f.Rules[:2] },
	} {
		next, err := in.With(func(f *installation.File) error { change(f); return nil })
		must(t, err)
		got, err := installation.Compare(in, next)
		must(t, err)
		if len(got) != 1 || got[0].Key+" "+got[0].Name+" "+got[0].Change != want {
			t.Errorf("%+v, want %s", got, want)
		}
	}
}
