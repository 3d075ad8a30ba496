package presend_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/draft"
	"caveat/backend/presend"
)

// randomDraft is a world of random beings, with other addresses, roles that may stand in, rules and a draft to some of them.
func randomDraft(t *testing.T, seed uint64) (*world, draft.Draft) {
	rng := rand.New(rand.NewPCG(seed, 18))
	rare := func(k int) bool { return rng.IntN(k) == 0 }
	w, n := newWorld(t), 3+rng.IntN(12)
	offers := offered{}
	var to []string
	var roles []presend.Party
	for i := range n {
		b := randomBeing(rng, i, n)
		b.mission, b.hours = true, rng.IntN(25)
		if seed%2 == 0 { // in every other world nothing is amiss but clearances that are too low
			b.broken, b.withdrawn, b.plain, b.class, b.nation = false, false, false, classes[rng.IntN(4)], "GBR"
			if b.kind != presend.Role {
				b.kind = presend.Person
			}
		}
		p := presend.Party{Address: b.name + "@" + b.domain(), Nation: b.nation, Entries: []presend.Entry{b.entry(w)}}
		e := &p.Entries[0]
		e.Unit, e.Directory = []string{"A", "B", ""}[rng.IntN(3)], "all"
		e.Addresses = []string{p.Address, b.name + "@gbr.example", b.name + "@ukr.example"}[:1+rng.IntN(3)]
		if rare(10) {
			e.Disabled = true
		}
		if rare(6) {
			e.Capabilities = presend.Capabilities{NoAttachments: rare(2), EmCon: []string{"receive-only", "disabled", ""}[rng.IntN(3)], Labels: []presend.Answer{"", "yes", "no"}[rng.IntN(3)]}
		}
		for _, a := range e.Addresses {
			w.people[a] = p
		}
		w.behind[e.Self] = p
		to = append(to, p.Address)
		if b.kind == presend.Role {
			roles = append(roles, p)
		}
	}
	for _, a := range to {
		for _, role := range roles {
			offers[a] = append(offers[a], presend.Alternative{Kind: presend.AlternativeRole, Party: role})
		}
		if rare(3) {
			offers[a] = append(offers[a], presend.Alternative{Kind: presend.AlternativeAddress, Party: w.people[to[rng.IntN(n)]]})
		}
	}
	w.alternatives = offers
	for range rng.IntN(3) {
		w.rules.Relaxations = append(w.rules.Relaxations, presend.Relaxation{
			Outcome: []presend.Outcome{"", presend.Unknown, presend.Stale, presend.NotCleared}[rng.IntN(4)], Nation: []string{"", "GBR", "UKR"}[rng.IntN(3)], Trial: rare(2),
		})
	}
	if rare(4) {
		w.rules.Thresholds = []presend.ThresholdRule{{Name: "many", Limit: 1 + rng.IntN(6), Classification: classes[rng.IntN(4)]}}
	}
	return w, randomContent(rng, w, to)
}

// randomContent is a draft to some addresses, with parts that its label covers.
func randomContent(rng *rand.Rand, w *world, to []string) draft.Draft {
	text := func(class int) string {
		s := classes[class] + "; Context=MROD"
		if rng.IntN(4) == 0 {
			s += "; Special Category Designators=ATOMAL"
		}
		return s
	}
	class := rng.IntN(4)
	whole := classes[class] + "; Context=MROD; Special Category Designators=ATOMAL"
	if rng.IntN(3) > 0 {
		whole = classes[class] + "; Context=MROD"
	}
	d := w.draft(whole)
	for _, i := range rng.Perm(len(to))[:1+rng.IntN(len(to))] {
		if rng.IntN(3) == 0 {
			d.Info = append(d.Info, to[i])
		} else {
			d.Action = append(d.Action, to[i])
		}
	}
	for range rng.IntN(6) {
		low := min(rng.IntN(class+1), rng.IntN(class+1)) // such that others than those of the whole may often get it
		part := chosen("NATO", text(low))
		if !strings.Contains(whole, "ATOMAL") {
			part = chosen("NATO", classes[low]+"; Context=MROD")
		}
		if rng.IntN(3) == 0 {
			d = withFile(d, "a.pdf", part)
		} else {
			d = withPart(d, part)
		}
	}
	d.Exempted = []string{to[rng.IntN(len(to))]}
	return d
}

// Whatever way forward is proposed: applied and checked again it passes, no label in it differs, and of a split neither draft
// names the other's recipients, and what the second holds they all may get.
func TestRule18WhateverIsProposedPasses(t *testing.T) {
	proposed := map[string]int{}
	held := 0
	for seed := range uint64(1500) {
		w, d := randomDraft(t, seed)
		r := w.report(d)
		what := fmt.Sprintf("seed %d", seed)
		if len(r.Fixes) > presend.MaxFixes || len(r.Fixes) > 0 && r.Sendable {
			t.Fatalf("%s: %d ways forward", what, len(r.Fixes))
		}
		for _, f := range r.Fixes {
			proposed[f.Kind]++
			holdExact(t, what, w, d, f)
			if f.Kind == presend.FixSplit {
				held += holdSecond(t, what, w, d, f)
			}
		}
		holdOffered(t, what, w, d, r)
		if t.Failed() {
			t.FailNow()
		}
	}
	for _, kind := range []string{presend.FixRemove, presend.FixSplit, presend.FixAddress, presend.FixRole} {
		if proposed[kind] < 20 {
			t.Errorf("only %d of the kind %s: the worlds are not random enough", proposed[kind], kind)
		}
	}
	if held < 20 {
		t.Errorf("only %d parts in second drafts", held)
	}
}

// holdSecond holds the second draft of a split against RULES 18 by checking each of its parts as a message of its own.
func holdSecond(t *testing.T, what string, w *world, d draft.Draft, f presend.Fix) int {
	t.Helper()
	first, err := presend.Apply(d, f)
	second := presend.Second(d, f)
	if err != nil || !slices.Equal(second.Recipients(), f.Addresses) && len(second.Recipients()) != len(f.Addresses) {
		t.Errorf("%s: %q, %v", what, second.Recipients(), err)
	}
	for _, a := range first.Recipients() {
		if slices.Contains(second.Recipients(), a) || slices.Contains(second.Exempted, a) {
			t.Errorf("%s: the second names %s", what, a)
		}
	}
	for _, a := range second.Recipients() {
		if slices.Contains(first.Exempted, a) {
			t.Errorf("%s: the first names %s", what, a)
		}
	}
	if !second.Label.IsZero() || second.Subject+second.Body != "" {
		t.Errorf("%s: %+v", what, second)
	}
	if _, err := w.run(second); !errors.Is(err, presend.ErrDraft) {
		t.Errorf("%s: the second draft is no draft without a label: %v", what, err)
	}
	rules := w.rules
	defer func() { w.rules = rules }()
	w.rules.Thresholds = nil // they are asked when it has a label
	hold := func(l draft.Label, files []draft.Attachment) {
		alone := draft.Draft{Channel: d.Channel, Action: second.Recipients(), Label: l, Attachments: files}
		for _, x := range w.report(alone).Recipients {
			if x.Verdict.Action != presend.Pass || x.Link.Action != presend.Pass {
				t.Errorf("%s: %s may not get a part of the second draft: %+v", what, x.Address, x)
			}
		}
	}
	for _, p := range second.Parts {
		hold(p.Label, nil)
	}
	for _, a := range second.Attachments {
		hold(*a.Label, []draft.Attachment{{File: a.File}})
	}
	return len(second.Parts) + len(second.Attachments)
}

// holdOffered: leaving out is offered exactly where it helps and somebody is left.
func holdOffered(t *testing.T, what string, w *world, d draft.Draft, r presend.Report) {
	t.Helper()
	if !r.Label.Valid || r.Originator.Action != presend.Pass {
		return
	}
	var failing []string
	for _, x := range r.Recipients {
		if x.Verdict.Action != presend.Pass || x.Link.Action != presend.Pass {
			failing = append(failing, x.Address)
		}
	}
	helps := len(failing) > 0 && len(failing) < len(r.Recipients) && w.report(d.Without(failing)).Sendable
	offered := slices.ContainsFunc(r.Fixes, func(f presend.Fix) bool { return f.Kind == presend.FixRemove && slices.Equal(f.Addresses, failing) })
	if helps != offered {
		t.Errorf("%s: leaving out %q helps: %v, offered: %v", what, failing, helps, offered)
	}
}

// Each label of a part counts as if it were the label of a message of its own: nobody passes with parts who would not pass with
// each label alone, and the other way round.
func TestRule02PartsDecideAsLabelsOfTheirOwn(t *testing.T) {
	passed, refused := 0, 0
	for seed := range uint64(300) {
		w, d := randomDraft(t, seed)
		rng := rand.New(rand.NewPCG(seed, 2))
		for _, a := range slices.Sorted(maps.Keys(w.people)) { // lists of classifications with gaps, so that membership makes a difference
			if e := &w.people[a].Entries[0]; len(e.Clearances) == 1 && strings.HasPrefix(e.Clearances[0], "<sclr") && rng.IntN(2) == 0 {
				e.Clearances[0] = string(clearance(w.policy, "=SECRET; Context=MROD; Special Category Designators=ATOMAL").Marshal())
			}
		}
		d.Label, d.Attachments = chosen("NATO", atomal), nil
		r := w.report(d)
		expect := map[string]bool{}
		for _, x := range r.Recipients {
			expect[x.Address] = true
		}
		for _, l := range append(labelsOf(d), d.Label) {
			alone := d
			alone.Label, alone.Parts = l, nil
			for _, x := range w.report(alone).Recipients {
				expect[x.Address] = expect[x.Address] && x.Verdict.Outcome == presend.Cleared && x.Link.Outcome == presend.Cleared
			}
		}
		for _, x := range r.Recipients {
			got := x.Verdict.Outcome == presend.Cleared && x.Link.Outcome == presend.Cleared
			if got != expect[x.Address] {
				t.Fatalf("seed %d: %s: %v, by each label alone %v: %+v", seed, x.Address, got, expect[x.Address], x)
			}
			if got {
				passed++
			} else {
				refused++
			}
		}
	}
	if passed < 50 || refused < 50 {
		t.Errorf("%d passed, %d refused: the worlds are not random enough", passed, refused)
	}
}

func labelsOf(d draft.Draft) []draft.Label {
	var out []draft.Label
	for _, p := range d.Parts {
		out = append(out, p.Label)
	}
	return out
}

// Drafts and ways forward of any shape: never a panic, never a draft without recipients, never another label.
func FuzzApply(f *testing.F) {
	f.Add("remove", "a@x.example", "", "")
	f.Add("other-address", "n@x.example", "a@x.example", "b@x.example")
	f.Add("split", "b@x.example", "", "")
	f.Fuzz(func(t *testing.T, kind, addresses, replaces, removes string) {
		at := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
		d := draft.Draft{Channel: draft.Mail, Action: []string{"a@x.example", "b@x.example"}, Info: []string{"c@x.example"}, SendAt: &at, Label: chosen("NATO", secret)}
		list := func(s string) []string {
			if s == "" {
				return nil
			}
			return strings.Split(s, ",")
		}
		way := presend.Fix{Kind: kind, Addresses: list(addresses), Replaces: list(replaces), Removes: list(removes), Parts: []int{-1, 0, 9}, Attachments: []int{-1, 9}}
		got, err := presend.Apply(d, way)
		if err != nil {
			if len(got.Recipients()) > 0 {
				t.Fatalf("a draft came with %v", err)
			}
			return
		}
		if got.Validate() != nil || got.Label.Selection != d.Label.Selection {
			t.Fatalf("%+v", got)
		}
		if second := presend.Second(d, way); !second.Label.IsZero() || kind != "split" && len(second.Recipients()) > 0 {
			t.Fatalf("%+v", second)
		}
	})
}
