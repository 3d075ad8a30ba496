package presend_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"caveat/backend/draft"
	"caveat/backend/presend"
)

// offered are alternatives by address.
type offered map[string][]presend.Alternative

func (o offered) Alternatives(_ context.Context, _ draft.Channel, parties []presend.Party) (map[string][]presend.Alternative, error) {
	out := map[string][]presend.Alternative{}
	for _, p := range parties {
		out[p.Address] = o[p.Address]
	}
	return out, nil
}

// broken says that alternatives cannot be found.
type broken struct{}

func (broken) Alternatives(context.Context, draft.Channel, []presend.Party) (map[string][]presend.Alternative, error) {
	return nil, errors.New("the book cannot be read")
}

// also publishes a second address of an entry.
func (w *world) also(name, nation, address string) {
	w.change(name, nation, func(e *presend.Entry) { e.Addresses = []string{addr(name, nation), address} })
	p := w.people[addr(name, nation)]
	w.people[address] = p
}

// offer makes an entry an alternative for an address.
func (w *world) offer(of, kind, name, nation string) {
	if w.alternatives == nil {
		w.alternatives = offered{}
	}
	o := w.alternatives.(offered)
	o[of] = append(o[of], presend.Alternative{Kind: kind, Party: w.people[addr(name, nation)]})
}

// shown writes fixes in one line each.
func shown(fixes []presend.Fix) string {
	var out []string
	for _, f := range fixes {
		s := f.Kind + " " + strings.Join(f.Addresses, ",")
		if len(f.Replaces) > 0 {
			s += " for " + strings.Join(f.Replaces, ",")
		}
		if len(f.Removes) > 0 {
			s += " without " + strings.Join(f.Removes, ",")
		}
		if len(f.Parts)+len(f.Attachments) > 0 {
			s += fmt.Sprint(" with ", f.Parts, f.Attachments)
		}
		out = append(out, strings.ReplaceAll(s, ".example", ""))
	}
	return strings.Join(out, "; ")
}

func wantFixes(t *testing.T, what string, w *world, d draft.Draft, expect string) {
	t.Helper()
	r := w.report(d)
	if got := shown(r.Fixes); got != expect {
		t.Errorf("%s:\n got %s\nwant %s", what, got, expect)
	}
	for _, f := range r.Fixes {
		holdExact(t, what, w, d, f)
	}
}

// holdExact applies a way forward and checks again: it must pass, and nothing but the recipients may differ.
func holdExact(t *testing.T, what string, w *world, d draft.Draft, f presend.Fix) {
	t.Helper()
	before := d.Digest()
	after, err := presend.Apply(d, f)
	if err != nil {
		t.Fatalf("%s: %s: %v", what, f.Kind, err)
	}
	if r := w.report(after); !r.Sendable {
		t.Errorf("%s: %s does not pass: %+v", what, shown([]presend.Fix{f}), r)
	}
	if d.Digest() != before {
		t.Errorf("%s: the draft was changed", what)
	}
	after.Action, after.Info, after.Exempted = d.Action, d.Info, d.Exempted
	if after.Digest() != before {
		t.Errorf("%s: %s changes more than recipients", what, f.Kind)
	}
}

func TestRule18OtherAddressOfTheSamePerson(t *testing.T) {
	w := newWorld(t)
	w.person("good", "GBR", secret)
	w.routes["slow.example"] = []presend.Link{{Name: "slow", Clearance: clearance(w.policy, restricted)}}
	w.put(w.entry("p", "FRA", presend.Person, secret)) // no route
	w.also("p", "FRA", "p@aus.example")
	d := w.draft(secret, addr("good", "GBR"), addr("p", "FRA"))
	wantFixes(t, "cleared there", w, d, "other-address p@aus for p@fra; remove p@fra; split p@fra")

	w.change("p", "FRA", func(e *presend.Entry) {
		e.Addresses = []string{"p@slow.example", "p@nowhere.example", "P@FRA.example", "p@aus.example"}
	})
	w.people["p@slow.example"], w.people["p@aus.example"] = w.people[addr("p", "FRA")], w.people[addr("p", "FRA")]
	wantFixes(t, "the first that passes", w, d, "other-address p@aus for p@fra; remove p@fra; split p@fra")

	// Another directory decides for that address and says nothing, or has another entry: it is not known to be the same person.
	delete(w.people, "p@aus.example")
	wantFixes(t, "in no book", w, d, "remove p@fra; split p@fra")
	w.people["p@aus.example"] = presend.Party{Nation: "AUS", Entries: []presend.Entry{w.entry("p", "AUS", presend.Person, secret)}}
	wantFixes(t, "another entry", w, d, "remove p@fra; split p@fra")
	wantFixes(t, "nobody else", w, w.draft(secret, addr("p", "FRA")), "")
	w.people["p@aus.example"] = w.people[addr("p", "FRA")]
	wantFixes(t, "replacing leaves somebody", w, w.draft(secret, addr("p", "FRA")), "other-address p@aus for p@fra")
}

func TestRule06AnEqualNameIsNotTheSamePerson(t *testing.T) {
	w := newWorld(t)
	w.person("good", "GBR", secret)
	w.person("smith", "GBR", restricted)
	twin, other := w.entry("smith2", "GBR", presend.Person, secret), w.entry("smith", "UKR", presend.Person, secret)
	w.put(twin)
	w.put(other)
	d := w.draft(secret, addr("good", "GBR"), addr("smith", "GBR"))
	wantFixes(t, "nobody says that it is the same", w, d, "remove smith@gbr; split smith@gbr")
	w.offer(addr("smith", "GBR"), presend.AlternativeAddress, "smith", "UKR")
	wantFixes(t, "of another directory", w, d, "remove smith@gbr; split smith@gbr")
	w.offer(addr("smith", "GBR"), presend.AlternativeAddress, "smith2", "GBR")
	wantFixes(t, "linked in the directory that decides", w, d, "other-address smith2@gbr for smith@gbr; remove smith@gbr; split smith@gbr")
	w.person("smith2", "GBR", restricted)
	wantFixes(t, "and not cleared", w, d, "remove smith@gbr; split smith@gbr")
}

func TestRule18RoleOfTheSameUnit(t *testing.T) {
	w := newWorld(t)
	w.person("good", "GBR", secret)
	w.person("p", "GBR", restricted)
	w.group(presend.Role, "duty", "GBR", secret, at("GBR", "good"))
	d := w.draft(secret, addr("good", "GBR"), addr("p", "GBR"))
	unit := func(name, unit string) { w.change(name, "GBR", func(e *presend.Entry) { e.Unit = unit }) }
	offer := func() {
		w.alternatives = nil
		w.offer(addr("p", "GBR"), presend.AlternativeRole, "duty", "GBR")
	}
	offer()
	wantFixes(t, "no unit", w, d, "remove p@gbr; split p@gbr")
	unit("p", "3 Bde")
	unit("duty", "4 Bde")
	offer()
	wantFixes(t, "another unit", w, d, "remove p@gbr; split p@gbr")
	unit("duty", "3 BDE")
	offer()
	wantFixes(t, "the same unit", w, d, "role duty@gbr for p@gbr; remove p@gbr; split p@gbr")
	wantFixes(t, "it gets it anyway", w, w.draft(secret, addr("good", "GBR"), addr("p", "GBR"), addr("duty", "GBR")), "remove p@gbr; split p@gbr")
	w.change("duty", "GBR", func(e *presend.Entry) { e.Parts = []presend.Ref{at("GBR", "p")} })
	offer()
	wantFixes(t, "its occupant is not cleared", w, d, "remove p@gbr; split p@gbr")
	w.alternatives = broken{}
	if _, err := w.run(d); err == nil {
		t.Error("ways forward that are missing unseen")
	}
}

func TestRule18RankedByHowManyOfTheIntendedGetIt(t *testing.T) {
	w := newWorld(t)
	w.person("good", "GBR", secret)
	for _, name := range []string{"a", "b", "c"} {
		w.person(name, "GBR", restricted)
		w.change(name, "GBR", func(e *presend.Entry) { e.Unit = "U" })
	}
	w.person("a2", "GBR", secret)
	w.group(presend.Role, "duty", "GBR", secret)
	w.change("duty", "GBR", func(e *presend.Entry) { e.Unit = "U" })
	w.offer(addr("a", "GBR"), presend.AlternativeAddress, "a2", "GBR")
	w.offer(addr("b", "GBR"), presend.AlternativeRole, "duty", "GBR")
	d := w.draft(secret, addr("good", "GBR"), addr("a", "GBR"), addr("b", "GBR"), addr("c", "GBR"))
	wantFixes(t, "both kinds", w, d, "role a2@gbr,duty@gbr for a@gbr,b@gbr without c@gbr; "+
		"other-address a2@gbr for a@gbr without b@gbr,c@gbr; remove a@gbr,b@gbr,c@gbr; split a@gbr,b@gbr,c@gbr")
	r := w.report(d)
	if len(r.Fixes) > presend.MaxFixes {
		t.Errorf("%d", len(r.Fixes))
	}
	if text := r.Fixes[0].Text; text != "Write to a2@gbr.example in place of a@gbr.example, duty@gbr.example in place of b@gbr.example, and leave out c@gbr.example: 2 of 4 get it, and for 1 a role of the same unit." {
		t.Errorf("%s", text)
	}
}

func TestRule18TheSecondDraftHoldsWhatTheyAllMayGet(t *testing.T) {
	w := newWorld(t)
	w.person("good", "GBR", atomal)
	w.person("r", "GBR", restricted)
	w.person("c", "GBR", "CONFIDENTIAL; Context=MROD")
	d := w.draft(atomal, addr("good", "GBR"), addr("r", "GBR"))
	d.Info = []string{addr("c", "GBR")}
	d.Exempted = []string{addr("good", "GBR"), "x@gbr.example"}
	d.Subject, d.Body, d.InReplyTo, d.SIC, d.OriginatorReference = "subject", "body", "<1@x>", []string{"ABC"}, "REF"
	l := chosen("NATO", secret)
	d.Inherited = &l
	d.Parts = []draft.Part{
		{Text: "bare"}, {Text: "U", Label: chosen("NATO", "UNCLASSIFIED; Context=MROD")}, {Text: "C", Label: chosen("NATO", "CONFIDENTIAL; Context=MROD")},
		{Text: "R", Label: chosen("NATO", restricted)}, {Text: "R again", Label: chosen("NATO", restricted)},
	}
	d.Attachments = []draft.Attachment{{File: "bare.pdf"}}
	d = withFile(withFile(d, "r.pdf", chosen("NATO", restricted)), "s.pdf", chosen("NATO", secret))
	wantFixes(t, "parts", w, d, "remove r@gbr,c@gbr; split r@gbr,c@gbr with [1 3 4] [1]")
	f := w.report(d).Fixes[1]
	second := presend.Second(d, f)
	expect := draft.Draft{
		Channel: draft.Mail, Action: []string{addr("r", "GBR")}, Info: []string{addr("c", "GBR")}, Exempted: []string{"x@gbr.example"},
		Parts: []draft.Part{d.Parts[1], d.Parts[3], d.Parts[4]}, Attachments: []draft.Attachment{d.Attachments[1]},
	}
	if !reflect.DeepEqual(second, expect) {
		t.Errorf("%+v", second)
	}
	if _, err := w.run(second); !errors.Is(err, presend.ErrDraft) {
		t.Errorf("the second draft is checked without a label: %v", err)
	}
	first, err := presend.Apply(d, f)
	if err != nil || slices.Contains(first.Recipients(), addr("r", "GBR")) || !slices.Equal(first.Exempted, d.Exempted) {
		t.Errorf("%+v, %v", first, err)
	}
	// Who takes no attachments is not given one.
	w.change("r", "GBR", func(e *presend.Entry) { e.Capabilities.NoAttachments = true })
	wantFixes(t, "no attachments", w, d, "remove r@gbr,c@gbr; split r@gbr,c@gbr with [1 3 4] []")
	// Whoever nobody knows gets nothing.
	d.Info = append(d.Info, "nobody@gbr.example")
	wantFixes(t, "and somebody unknown", w, d, "remove r@gbr,c@gbr,nobody@gbr; split r@gbr,c@gbr,nobody@gbr")
}

// A part without the tag sets that the administrator demands is under the label of the whole here, and alone there.
func TestRule04TheSecondDraftHoldsNoPartWithoutItsContext(t *testing.T) {
	w := newWorld(t, policyText(t, `<spif:requiredCategory operation="onlyOne">`, `<!--`, `</spif:requiredCategory>`, `-->`))
	w.person("good", "GBR", secret)
	w.person("r", "GBR", "RESTRICTED")
	d := withPart(w.draft(secret, addr("good", "GBR"), addr("r", "GBR")), chosen("NATO", "RESTRICTED"))
	wantFixes(t, "demanded", w, d, "remove r@gbr; split r@gbr")
	w.rules.RequireTagSets = nil
	wantFixes(t, "not demanded", w, d, "remove r@gbr; split r@gbr with [0] []")
}

func TestApplyRefusesWhatDoesNotFit(t *testing.T) {
	d := draft.Draft{Channel: draft.Mail, Action: []string{"a@x.example", "b@x.example"}, Info: []string{"c@x.example"}}
	for name, f := range map[string]presend.Fix{
		"no kind":             {Addresses: []string{"a@x.example"}},
		"relabel":             {Kind: "relabel", Addresses: []string{"a@x.example"}},
		"nobody":              {Kind: "remove"},
		"of another draft":    {Kind: "remove", Addresses: []string{"z@x.example"}},
		"nobody left":         {Kind: "split", Addresses: []string{"a@x.example", "b@x.example", "C@x.example"}},
		"one too few":         {Kind: "role", Replaces: []string{"a@x.example", "b@x.example"}, Addresses: []string{"n@x.example"}},
		"replaces nobody":     {Kind: "role", Addresses: []string{"n@x.example"}},
		"replaces a stranger": {Kind: "role", Replaces: []string{"z@x.example"}, Addresses: []string{"n@x.example"}},
		"removes a stranger":  {Kind: "role", Replaces: []string{"a@x.example"}, Addresses: []string{"n@x.example"}, Removes: []string{"z@x.example"}},
		"a header smuggled":   {Kind: "other-address", Replaces: []string{"a@x.example"}, Addresses: []string{"n@x.example\r\nBcc: z@x.example"}},
	} {
		got, err := presend.Apply(d, f)
		if !errors.Is(err, presend.ErrFix) || !reflect.DeepEqual(got, draft.Draft{}) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if s := presend.Second(d, f); !reflect.DeepEqual(s, draft.Draft{}) {
			t.Errorf("%s: a second draft: %+v", name, s)
		}
	}
	got, err := presend.Apply(d, presend.Fix{Kind: "other-address", Replaces: []string{"A@x.example", "b@x.example"}, Addresses: []string{"c@x.example", "c@X.example"}})
	if err != nil || !slices.Equal(got.Action, []string{"c@x.example"}) || len(got.Info) > 0 {
		t.Errorf("one who comes twice is there once: %+v, %v", got, err)
	}
	if !slices.Equal(d.Action, []string{"a@x.example", "b@x.example"}) {
		t.Errorf("the draft was changed: %v", d.Action)
	}
}
