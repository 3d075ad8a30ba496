package cmbac_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"caveat/backend/cmbac"
	"caveat/backend/label"
	"caveat/backend/spif"
	"caveat/backend/spif/spiftest"
)

// world is a small random policy, a few clearances, and every label that is valid as a new one and that all of them permit, by
// the independent evaluator.
type world struct {
	document   []byte
	p          *spif.Policy
	ref        spiftest.Reference
	clearances []label.Clearance
	cleared    []spif.Clearance
	mode       cmbac.Mode
	how        spif.Validation
	good       []spif.Label
	infos      []label.Information
}

// newWorld gives false for a policy that has too many labels to try them all.
func newWorld(t testing.TB, r *rand.Rand, people int) (world, bool) {
	t.Helper()
	w := world{document: spiftest.Random(r, 1+r.IntN(9)), mode: cmbac.Mode(r.IntN(2))}
	open := r.IntN(3) == 0
	if open {
		w.document = openPolicy(r)
	}
	var err error
	if w.ref, err = spiftest.New(w.document); err != nil {
		t.Fatal(err)
	}
	if len(w.ref.Named()) > 9 || bytes.Contains(w.document, []byte("userInput")) { // nobody can try every text
		return w, false
	}
	if w.p, err = spif.Parse(bytes.NewReader(w.document)); err != nil {
		t.Fatalf("%v\n%s", err, w.document)
	}
	s := spiftest.NewSampler(r, w.ref)
	w.how = spif.Validation{At: s.Time(), New: true}
	if r.IntN(4) == 0 {
		w.how.RequireTagSets = s.RequiredTagSets()
	}
	for range people {
		l, _ := s.ValidLabel()
		c := s.Clearance(l)
		if open {
			c = w.halfOfAll(r)
		}
		c.Policy = w.p.PolicyID()
		numbered, _ := w.p.Clearance(c)
		w.clearances, w.cleared = append(w.clearances, c), append(w.cleared, numbered)
	}
	for l := range w.ref.AllLabels() {
		if w.isGood(l) {
			w.good, w.infos = append(w.good, w.p.Label(label.Label{Information: l})), append(w.infos, l)
		}
	}
	return w, true
}

// openPolicy has few rules and many permissive values, so that different people can get different labels.
func openPolicy(r *rand.Rand) []byte {
	var b strings.Builder
	b.WriteString(`<SPIF xmlns="http://www.xmlspif.org/spif" schemaVersion="2.1" creationDate="20250101000000Z" originatorDN="CN=Tests" keyIdentifier="00" privilegeId="1.3.26.0.4774.5.24.1" rbacId="1.3.26.0.4774.5.24.1">
<securityPolicyId name="OPEN POLICY" id="1.3.6.1.4.1.32473.55.1"/>
<securityClassifications><securityClassification name="LOW" lacv="1" hierarchy="1"/><securityClassification name="HIGH" lacv="2" hierarchy="2"/></securityClassifications>
<securityCategoryTagSets>`)
	for i, values := range [][]string{{"A", "B", "C", "D", "E"}, {"F", "G", "H"}, {"R"}} {
		typ, limit := "permissive", ""
		if i == 2 {
			typ = "restrictive"
		}
		if r.IntN(4) == 0 {
			limit = ` maxSelection="2"`
		}
		fmt.Fprintf(&b, `<securityCategoryTagSet name="S%d" id="1.3.6.1.4.1.32473.55.2.%d"><securityCategoryTag name="T" tagType="%s"%s>`, i, i, typ, limit)
		for j, v := range values {
			rule := ""
			if r.IntN(8) == 0 {
				rule = "<excludedClass>LOW</excludedClass>"
			}
			if r.IntN(8) == 0 {
				rule += `<excludedCategory tagSetRef="S1" tagType="permissive" lacv="1"/>`
			}
			fmt.Fprintf(&b, `<tagCategory name="%s" lacv="%d">%s</tagCategory>`, v, j+1, rule)
		}
		b.WriteString(`</securityCategoryTag></securityCategoryTagSet>`)
	}
	b.WriteString(`</securityCategoryTagSets></SPIF>`)
	return []byte(b.String())
}

// halfOfAll is a clearance for all classes and about half of the values.
func (w *world) halfOfAll(r *rand.Rand) label.Clearance {
	c := label.Clearance{Classifications: w.ref.Classes()}
	for _, v := range w.ref.Named() {
		if r.IntN(2) == 0 {
			c.Categories = append(c.Categories, v)
		}
	}
	return c
}

func (w *world) isGood(l label.Information) bool {
	if ok, _ := w.ref.Valid(l, w.how.At, true, w.how.RequireTagSets); !ok {
		return false
	}
	for _, c := range w.clearances {
		if !w.ref.Permits(l, c, w.mode == cmbac.Hierarchical) {
			return false
		}
	}
	return true
}

func (w *world) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nat %v, required %q, mode %v\n", w.document, w.how.At, w.how.RequireTagSets, w.mode)
	for _, c := range w.clearances {
		fmt.Fprintf(&b, "%s\n", c.Marshal())
	}
	return b.String()
}

// some reports whether a label that all can get is so.
func (w *world) some(is func(spif.Label) bool) spif.State {
	if slices.ContainsFunc(w.good, is) {
		return spif.Possible
	}
	return spif.Impossible
}

// whole gives the values of a label that has those of s: the same name in two tags of one type goes together.
func (w *world) whole(s spif.Set) spif.Set {
	for _, t := range w.p.Tags() {
		for _, v := range t.Values() {
			for _, u := range w.p.Tags() {
				for _, x := range u.Values() {
					if s.Has(v.Number()) && t.Set() == u.Set() && t.Type() == u.Type() && label.Fold(v.Name()) == label.Fold(x.Name()) {
						s = s.With(x.Number())
					}
				}
			}
		}
	}
	return s
}

// What may still be chosen is what some label has that is valid and that all may get: of every label tried, no more and no less.
func TestChoicesAgainstEveryLabel(t *testing.T) {
	r, seed := random(t)
	asked, refused := 0, 0
	for asked < rounds(400) {
		w, ok := newWorld(t, r, r.IntN(4))
		if !ok {
			continue
		}
		part, ok := w.part(r)
		if !ok {
			continue
		}
		asked++
		refused += w.checkChoices(t, seed, part)
	}
	if refused < rounds(400) {
		t.Errorf("only %d choices were refused: that proves little", refused)
	}
}

// part is a part of a label that can be made, or that cannot in one case of ten.
func (w *world) part(r *rand.Rand) (spif.Label, bool) {
	if len(w.good) == 0 {
		return spif.Label{}, false
	}
	if r.IntN(10) == 0 { // mostly one of which nothing can be made
		return w.p.Numbered(w.p.Classes()[r.IntN(len(w.p.Classes()))], w.whole(w.anything(r))), true
	}
	from := w.infos[r.IntN(len(w.infos))]
	info := label.Information{Policy: from.Policy}
	if r.IntN(3) > 0 {
		info.Classification = from.Classification
	}
	for _, c := range from.Categories {
		c.Values = slices.DeleteFunc(slices.Clone(c.Values), func(string) bool { return r.IntN(2) == 0 })
		if len(c.Values) > 0 {
			info.Categories = append(info.Categories, c)
		}
	}
	return w.p.Label(label.Label{Information: info}), true
}

// anything is some values, whatever the rules say.
func (w *world) anything(r *rand.Rand) spif.Set {
	out := spif.Set{}
	for _, tag := range w.p.Tags() {
		for _, v := range tag.Values() {
			if r.IntN(2) == 0 {
				out = out.With(v.Number())
			}
		}
	}
	return out
}

func (w *world) checkChoices(t *testing.T, seed uint64, part spif.Label) (refused int) {
	t.Helper()
	got := cmbac.Choices(w.p, part, w.how, w.cleared, w.mode)
	check := func(what string, c cmbac.Choice, want spif.State) {
		if c.State != want {
			t.Fatalf("seed %d: %s is %v, of all labels: %v\nchosen: %v %v\n%v", seed, what, c.State, want, part.Class(), slices.Collect(part.Values().All()), w)
		}
		if (want == spif.Impossible) != (len(c.Why) > 0) {
			t.Fatalf("seed %d: %s is %v for the reasons %+v", seed, what, c.State, c.Why)
		}
		if want == spif.Impossible {
			refused++
		}
	}
	fits := func(k *spif.Class, have spif.Set) spif.State {
		have = w.whole(have)
		return w.some(func(l spif.Label) bool { return (k == nil || l.Class() == k) && l.Values().Covers(have) })
	}
	check("the part", got.Now, fits(part.Class(), part.Values()))
	if got.Now.State == spif.Impossible {
		w.checkSingly(check, got, part, fits)
		return refused
	}
	for _, k := range w.p.Classes() {
		check("class "+k.Name(), got.Classes[k.Number()], fits(k, part.Values()))
	}
	for _, tag := range w.p.Tags() {
		for _, v := range tag.Values() {
			have := part.Values()
			if tag.MaxSelection() == 1 {
				have = w.instead(have, tag)
			}
			check(tag.Set().Name()+" "+v.Name(), got.Values[v.Number()], fits(part.Class(), have.With(v.Number())))
		}
	}
	return refused
}

// checkSingly: of a part of which nothing can be made, each chosen value counts by itself, and only if it is possible by itself.
func (w *world) checkSingly(check func(string, cmbac.Choice, spif.State), got cmbac.ChoiceSet, part spif.Label, fits func(*spif.Class, spif.Set) spif.State) {
	k := part.Class()
	if k != nil && fits(k, spif.Set{}) == spif.Impossible {
		k = nil
	}
	var sound []*spif.Value
	for _, v := range w.values() {
		if one := (spif.Set{}).With(v.Number()); part.Values().Has(v.Number()) && fits(k, one) == spif.Possible {
			sound = append(sound, v)
		}
	}
	for _, c := range w.p.Classes() {
		want := fits(c, spif.Set{})
		for _, v := range sound {
			if fits(c, spif.Set{}.With(v.Number())) == spif.Impossible {
				want = spif.Impossible
			}
		}
		check("beside an impossible part, class "+c.Name(), got.Classes[c.Number()], want)
	}
	for _, v := range w.values() {
		one := spif.Set{}.With(v.Number())
		want := fits(k, one)
		for _, x := range sound {
			if (v.Tag().MaxSelection() != 1 || x.Tag() != v.Tag()) && fits(k, one.With(x.Number())) == spif.Impossible {
				want = spif.Impossible
			}
		}
		check("beside an impossible part, "+v.Name(), got.Values[v.Number()], want)
	}
}

func (w *world) values() (out []*spif.Value) {
	for _, tag := range w.p.Tags() {
		out = append(out, tag.Values()...)
	}
	return out
}

// instead takes out what is chosen of a tag, and what goes together with it.
func (w *world) instead(have spif.Set, tag *spif.Tag) spif.Set {
	return have.Without(w.whole(have.And(tag.Mask())))
}

func random(t *testing.T) (*rand.Rand, uint64) {
	t.Helper()
	number := seed(t)
	return rand.New(rand.NewPCG(number, 1)), number
}

// rounds is how often something is tried; less with the race detector, which makes all of it ten times slower and finds nothing here.
func rounds(n int) int {
	if raceDetector {
		return n / 10
	}
	return n
}
