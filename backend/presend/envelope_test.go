package presend_test

import (
	"fmt"
	"strings"
	"testing"

	"caveat/backend/draft"
	"caveat/backend/presend"
)

// byMembers publishes a list whose members are written to one by one.
func (w *world) byMembers(name, nation string, parts ...presend.Ref) presend.Ref {
	ref := w.group(presend.List, name, nation, "", parts...)
	w.change(name, nation, func(e *presend.Entry) { e.ByMembers = true })
	return ref
}

func (w *world) envelope(d draft.Draft) string {
	w.t.Helper()
	r, err := w.run(d)
	if err != nil {
		w.t.Fatal(err)
	}
	var out []string
	for _, x := range r.Envelope() {
		out = append(out, strings.TrimSuffix(x.Address, ".example")+"<"+strings.TrimSuffix(x.By, ".example"))
	}
	return strings.Join(out, " ")
}

// TestRule07EnvelopeIsOfTheCheckAtSend: a check while drafting, or none, says nothing about to whom a message may go.
func TestRule07EnvelopeIsOfTheCheckAtSend(t *testing.T) {
	w := newWorld(t)
	w.byMembers("team", "UKR", w.person("ada", "UKR", secret))
	d := w.draft(secret, addr("team", "UKR"))
	if got := w.envelope(d); got != "" {
		t.Errorf("while drafting: %s", got)
	}
	w.sending = true
	if got := w.envelope(d); got != "ada@ukr<team@ukr" {
		t.Errorf("at Send: %s", got)
	}
	r, err := w.run(d)
	if err != nil {
		t.Fatal(err)
	}
	r.Envelope()[0].Address = "spy@ukr.example"
	if got := r.Envelope()[0].Address; got != addr("ada", "UKR") {
		t.Errorf("somebody else changed it to %s", got)
	}
	if new(presend.Result).Envelope() != nil {
		t.Error("no check, and somebody to write to")
	}
}

// TestRule07EnvelopeSaysWhatTheCheckSaid: each address has its own verdict, that of the directory which decides for it.
func TestRule07EnvelopeSaysWhatTheCheckSaid(t *testing.T) {
	w := newWorld(t)
	w.sending = true
	w.byMembers("team", "UKR", w.person("ada", "UKR", secret), w.person("low", "AUS", restricted), w.person("fay", "FRA", secret))
	r, err := w.run(w.draft(secret, addr("team", "UKR")))
	if err != nil {
		t.Fatal(err)
	}
	for i, x := range []struct{ verdict, link, directory string }{
		{"cleared pass", "cleared pass", "UKR"}, {"not-cleared block classification", "cleared pass", "AUS"}, {"cleared pass", "unknown block no-route", "FRA"},
	} {
		got := r.Envelope()[i]
		want(t, got.Address, got.Verdict, x.verdict)
		want(t, got.Address+"'s link", got.Link, x.link)
		if got.Verdict.Evidence.Directory != x.directory || got.UUID == "" || !got.IsMember() {
			t.Errorf("%+v", got)
		}
		for _, reason := range got.Verdict.Reasons {
			if reason.Held != nil {
				t.Errorf("RULES 19: it tells what %s holds", got.Address)
			}
		}
	}
}

// TestRule07OneEntryClaimsSeveralAddresses: who is addressed by another of his addresses than the list has is the same person.
func TestRule07OneEntryClaimsSeveralAddresses(t *testing.T) {
	w := newWorld(t)
	w.sending = true
	ada := w.person("ada", "UKR", secret)
	w.byMembers("team", "UKR", ada, w.person("bob", "UKR", secret))
	other := w.people[addr("ada", "UKR")]
	w.people["a@ukr.example"] = other
	if got := w.envelope(w.draft(secret, "A@ukr.example", addr("team", "UKR"))); got != "A@ukr<A@ukr bob@ukr<team@ukr" {
		t.Error(got)
	}
}

// TestRule07ListsAndOthersAtOneAddress: an address that somebody else claims too is written to itself, and all are decided.
func TestRule07ListsAndOthersAtOneAddress(t *testing.T) {
	w := newWorld(t)
	w.sending = true
	w.byMembers("team", "UKR", w.person("ada", "UKR", secret), w.person("low", "UKR", restricted))
	p := w.people[addr("team", "UKR")]
	p.Entries = append(p.Entries, w.entry("eve", "UKR", presend.Person, secret))
	w.people[p.Address] = p
	d := w.draft(secret, p.Address)
	d.Exempted = []string{addr("low", "UKR")} // whom the list's server may not leave out
	if got := w.envelope(d); got != "team@ukr<team@ukr" {
		t.Error(got)
	}
	want(t, "team", w.report(d).Recipients[0].Verdict, "not-cleared block member")
}

// TestRule07ExemptedWarningSaysWhoDecides: our own envelope leaves them out; the server of a list that is addressed may not.
func TestRule07ExemptedWarningSaysWhoDecides(t *testing.T) {
	w := newWorld(t)
	ada := w.person("ada", "UKR", secret)
	w.byMembers("opened", "UKR", ada, w.person("bob", "UKR", secret))
	w.group(presend.List, "addressed", "AUS", "", ada)
	for _, tt := range []struct {
		name string
		to   []string
		says []string
	}{
		{"opened by us", []string{addr("opened", "UKR")}, []string{"Left out of the lists whose members are written to one by one"}},
		{"addressed", []string{addr("addressed", "AUS")}, []string{"Their list's own server decides"}},
		{"both", []string{addr("opened", "UKR"), addr("addressed", "AUS")}, []string{"Their list's own server decides", "Left out"}},
		{"neither", []string{addr("bob", "UKR")}, []string{"no effect"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := w.draft(secret, tt.to...)
			d.Exempted = []string{addr("ada", "UKR")}
			r := w.report(d)
			if len(r.Warnings) != len(tt.says) {
				t.Fatalf("%+v", r.Warnings)
			}
			for i, text := range tt.says {
				if !strings.Contains(r.Warnings[i].Text, text) || r.Warnings[i].Addresses[0] != addr("ada", "UKR") {
					t.Errorf("%+v does not say %q", r.Warnings[i], text)
				}
			}
		})
	}
}

// TestRule07FiveThousandMembersAreWrittenToOnce: as many as a list may have, twice each.
func TestRule07FiveThousandMembersAreWrittenToOnce(t *testing.T) {
	w := newWorld(t)
	w.sending = true
	var parts []presend.Ref
	for i := range 5000 {
		parts = append(parts, w.person(fmt.Sprintf("p%d", i), "UKR", secret))
	}
	w.byMembers("inner", "UKR", parts...)
	w.byMembers("team", "UKR", append(parts, at("UKR", "inner"))...)
	r, err := w.run(w.draft(secret, addr("team", "UKR"), addr("inner", "UKR")))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, x := range r.Envelope() {
		seen[x.Address] = true
	}
	if len(r.Envelope()) != 5000 || len(seen) != 5000 || !r.Report().Sendable {
		t.Errorf("%d addresses, %d different ones", len(r.Envelope()), len(seen))
	}
}

// TestRule07NoWayForwardWithoutTheMembers: a list that cannot be written to is left out, and nothing else is proposed that would not pass.
func TestRule07NoWayForwardWithoutTheMembers(t *testing.T) {
	w := newWorld(t)
	w.byMembers("team", "UKR", w.person("ada", "UKR", secret), w.person("fay", "FRA", secret))
	w.person("bob", "GBR", secret)
	d := w.draft(secret, addr("bob", "GBR"), addr("team", "UKR"))
	r := w.report(d)
	if got := shown(r.Fixes); !strings.Contains(got, "remove") || r.Sendable {
		t.Fatal(got)
	}
	for _, f := range r.Fixes {
		holdExact(t, f.Kind, w, d, f)
	}
}
