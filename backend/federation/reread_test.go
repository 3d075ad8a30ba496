package federation_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"caveat/backend/federation"
	"caveat/ldapbook"
	"caveat/ldapbook/ldaptest"
)

// refs names the persons of the book.
func (w *world) refs() []ldapbook.Ref {
	var out []ldapbook.Ref
	for _, e := range w.everyPerson() {
		out = append(out, ldapbook.Ref{Directory: e.Directory, UUID: e.UUID})
	}
	return out
}

func TestRereadSaysWhatBecameOfEach(t *testing.T) {
	w := start(t, setup{})
	unlisted := person("UKR", "unlisted", secret, attr("mail", ""))
	w.add("UKR", person("UKR", "same", secret), person("UKR", "changed", secret), person("UKR", "moved", secret), person("UKR", "gone", secret), unlisted)
	w.sync()
	refs := w.refs()
	n := w.nations["UKR"]
	must(t, n.Replace(dn("changed", "UKR"), "confidentialityClearance", clearance(restricted)))
	must(t, n.Replace(dn("changed", "UKR"), "title", "Chief"))
	must(t, n.Replace(dn("moved", "UKR"), "mail", "moved.away@ukr.example"))
	must(t, n.Delete(dn("gone", "UKR")))
	before := w.contacts()
	reads, faults, err := w.fed.Reread(t.Context(), refs, 0)
	must(t, err)
	if w.contacts() == before || faults["UKR"] != "" || len(reads) != len(refs) {
		t.Fatalf("%s, %v", w.contacts(), faults)
	}
	want := map[string]string{"me": "", "same": "", "changed": "title clearance", "moved": "mail", "gone": "gone", "unlisted": ""}
	for i, r := range reads {
		if r.Ref != refs[i] || r.Fault != "" {
			t.Errorf("%+v", r)
		}
		got := "gone"
		if r.New.UUID != "" {
			var fields []string
			for _, c := range federation.Diff(r.Old, r.New) {
				fields = append(fields, c.Field)
				if c.Field == federation.FieldClearance && len(c.Old)+len(c.New) > 0 {
					t.Error("RULES 19: a change of a clearance tells what was held")
				}
			}
			got = strings.Join(fields, " ")
		}
		if got != want[r.Old.Name] {
			t.Errorf("%s: %q, want %q", r.Old.Name, got, want[r.Old.Name])
		}
	}
	// RULES 8: who is gone is withdrawn from then on.
	w2 := w.drafting(secret, mail("gone", "UKR"))
	expect(t, "gone", w2.Verdict.Outcome == "not-cleared")
}

func expect(t *testing.T, what string, ok bool) {
	t.Helper()
	if !ok {
		t.Error(what)
	}
}

// However many are read again, each nation is connected to once.
func TestRereadAsksEachNationOnce(t *testing.T) {
	w := start(t, setup{})
	for _, code := range codes {
		var list []ldaptest.Entry
		for i := range 120 {
			list = append(list, person(code, fmt.Sprintf("p%03d", i), secret))
		}
		w.add(code, list...)
	}
	w.sync()
	before := map[string]int64{}
	for _, code := range codes {
		before[code] = w.nations[code].contacts.Load()
	}
	reads, _, err := w.fed.Reread(t.Context(), w.refs(), 0)
	must(t, err)
	for _, code := range codes {
		if n := w.nations[code].contacts.Load() - before[code]; n != 1 {
			t.Errorf("%s was connected to %d times", code, n)
		}
	}
	for _, r := range reads {
		if r.Fault != "" || r.New.UUID != r.Old.UUID {
			t.Fatalf("%+v", r)
		}
	}
}

// RULES 22: typing asks the own nation, Enter partners that keep no copy here; the administrator may say otherwise.
func TestRule22WhoIsAskedInWhichScope(t *testing.T) {
	w := start(t, setup{mode: map[string]string{"AUS": "look-up"}})
	for _, tt := range []struct {
		directory, live string
		asked           string // in the scopes from cache to everybody
	}{
		{"GBR", "", "-+++"}, {"UKR", "", "---+"}, {"AUS", "", "--++"},
		{"UKR", "typing", "-+++"}, {"UKR", "enter", "--++"}, {"AUS", "never", "----"}, {"GBR", "never", "----"},
	} {
		d, _ := w.fed.Directory(tt.directory)
		d.Live = tt.live
		got := ""
		for _, scope := range []federation.Scope{federation.CacheOnly, federation.Typing, federation.Enter, federation.Everybody} {
			got += map[bool]string{true: "+", false: "-"}[w.fed.Asks(d, scope)]
		}
		if got != tt.asked {
			t.Errorf("%s, live %q: %s, want %s", tt.directory, tt.live, got, tt.asked)
		}
		if d.URLs = nil; w.fed.Asks(d, federation.Everybody) {
			t.Errorf("%s: a file is asked", tt.directory)
		}
	}
}

// A thousand recipients of three directories, read again.
func BenchmarkReread(b *testing.B) {
	w := start(b, setup{})
	for _, code := range codes {
		var list []ldaptest.Entry
		for i := range 333 {
			list = append(list, person(code, fmt.Sprintf("p%03d", i), secret))
		}
		w.add(code, list...)
	}
	w.sync()
	refs := w.refs()
	for b.Loop() {
		if _, faults, err := w.fed.Reread(b.Context(), refs, 0); err != nil || faults["UKR"] != "" {
			b.Fatal(faults, err)
		}
	}
	b.ReportMetric(float64(len(refs)), "recipients")
}

// A second program that meets the first read of a directory is told what to do; the sentence of a database in trouble would not say it.
func TestAFirstReadElsewhereSaysWhatToDo(t *testing.T) {
	w := start(t, setup{})
	d, _ := w.fed.Directory("UKR")
	text := federation.Words(d, fmt.Errorf("put: %w", errors.Join(ldapbook.ErrDatabase, ldapbook.ErrFirstRead)))
	for _, want := range []string{"the directory UKR", "for the first time", "ask again when that is done", "caveat directory list"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q lacks %q", text, want)
		}
	}
}
