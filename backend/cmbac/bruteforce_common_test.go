package cmbac_test

import (
	"slices"
	"testing"

	"caveat/backend/cmbac"
	"caveat/backend/label"
	"caveat/backend/spif"
)

// Common says, of the labels that are valid and that all may get, exactly what they have.
func TestCommonAgainstEveryLabel(t *testing.T) {
	r, seed := random(t)
	asked, several, many := 0, 0, 0
	for asked < rounds(300) {
		w, ok := newWorld(t, r, r.IntN(5))
		if !ok {
			continue
		}
		asked++
		got := cmbac.Common(w.p, w.how, w.cleared, w.mode)
		w.checkClasses(t, seed, got)
		n := w.checkLabels(t, seed, got)
		if n > 1 {
			several++
		}
		if n > cmbac.MaxCommonLabels {
			many++
		}
	}
	if several < rounds(50) {
		t.Errorf("only %d of %d policies had several most restrictive labels", several, asked)
	}
	t.Logf("seed %d: %d with several most restrictive labels, %d with more than are listed", seed, several, many)
}

func (w *world) checkClasses(t *testing.T, seed uint64, got cmbac.CommonLabels) {
	t.Helper()
	listed := map[*spif.Class]cmbac.CommonClass{}
	for _, c := range got.Classes {
		listed[c.Class] = c
	}
	check := func(what string, have bool, want spif.State) {
		if have != (want == spif.Possible) {
			t.Fatalf("seed %d: %s: listed %v, of all labels %v\n%v", seed, what, have, want, w)
		}
	}
	for _, k := range w.p.Classes() {
		c, ok := listed[k]
		of := func(l spif.Label) bool { return l.Class() == k }
		check(k.Name(), ok, w.some(of))
		for _, tag := range w.p.Tags() {
			i := slices.IndexFunc(c.Permissive, func(x cmbac.CommonTag) bool { return x.Tag == tag })
			if tag.Type() == label.Permissive {
				check(k.Name()+" with "+tag.Set().Name(), i >= 0, w.some(func(l spif.Label) bool { return of(l) && l.Values().Meets(tag.Mask()) }))
			}
			for _, v := range tag.Values() {
				is := func(x cmbac.CommonValue) bool { return x.Value == v }
				only := spif.Set{}.With(v.Number())
				switch tag.Type() {
				case label.Restrictive:
					check(k.Name()+" with "+v.Name(), slices.ContainsFunc(c.Restrictive, is), w.some(func(l spif.Label) bool { return of(l) && l.Values().Covers(only) }))
				case label.Permissive:
					check(k.Name()+" with "+v.Name()+" alone", i >= 0 && slices.ContainsFunc(c.Permissive[i].Alone, is), w.some(func(l spif.Label) bool {
						return of(l) && l.Values().And(tag.Mask()).Equal(only)
					}))
				}
			}
		}
	}
}

// checkLabels compares the labels listed with the most restrictive ones of all, and gives the number of these.
func (w *world) checkLabels(t *testing.T, seed uint64, got cmbac.CommonLabels) int {
	t.Helper()
	var top []spif.Label // one of those that are equal but for informative values
	for _, l := range w.good {
		higher := slices.ContainsFunc(w.good, func(g spif.Label) bool {
			return spif.AtLeastAsRestrictive(g, l) && !spif.AtLeastAsRestrictive(l, g)
		})
		if !higher && !slices.ContainsFunc(top, func(g spif.Label) bool { return spif.AtLeastAsRestrictive(g, l) }) {
			top = append(top, l)
		}
	}
	more, listed := spif.Impossible, len(top)
	if listed > cmbac.MaxCommonLabels {
		more, listed = spif.Possible, cmbac.MaxCommonLabels
	}
	if got.More != more || len(got.Labels) != listed {
		t.Fatalf("seed %d: %d labels are listed, more: %v; there are %d\n%v", seed, len(got.Labels), got.More, len(top), w)
	}
	for i, l := range got.Labels {
		if spif.Invalid(w.p.Validate(l, w.how)) || len(cmbac.Blocking(w.p, l, w.cleared, w.mode)) > 0 {
			t.Fatalf("seed %d: a label is listed that not all may get\n%v", seed, w)
		}
		if !slices.ContainsFunc(top, func(g spif.Label) bool { return spif.AtLeastAsRestrictive(g, l) && spif.AtLeastAsRestrictive(l, g) }) {
			t.Fatalf("seed %d: a label is listed that could be more restrictive\n%v", seed, w)
		}
		for _, other := range got.Labels[:i] {
			if spif.AtLeastAsRestrictive(other, l) || spif.AtLeastAsRestrictive(l, other) {
				t.Fatalf("seed %d: of two labels listed one is more restrictive\n%v", seed, w)
			}
		}
	}
	return len(top)
}

// The order of labels is that of the independent evaluator, and it is an order.
func TestOrderAgainstTheReference(t *testing.T) {
	r, seed := random(t)
	compared, ordered := 0, 0
	for compared < rounds(20_000) {
		w, ok := newWorld(t, r, 0)
		if !ok || len(w.good) == 0 {
			continue
		}
		for range 200 {
			i, j := r.IntN(len(w.good)), r.IntN(len(w.good))
			a, b := w.good[i], w.good[j]
			compared++
			got := spif.AtLeastAsRestrictive(a, b)
			if got != w.ref.Dominates(w.infos[i], w.infos[j]) || got != (len(spif.Looser(a, b)) == 0) {
				t.Fatalf("seed %d: %v\n%+v\n%+v\n%+v\n%v", seed, got, w.infos[i], w.infos[j], spif.Looser(a, b), w)
			}
			if got && i != j {
				ordered++
			}
			for _, c := range w.cleared { // who gets the more restrictive one gets the other
				if got && cmbac.Decide(w.p, a, c, w.mode) == cmbac.Permit && cmbac.Decide(w.p, b, c, w.mode) == cmbac.Deny {
					t.Fatalf("seed %d: the more restrictive label is permitted, the other not\n%v", seed, w)
				}
			}
		}
	}
	if ordered < rounds(500) {
		t.Errorf("only %d pairs were in order", ordered)
	}
}
