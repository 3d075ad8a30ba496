package spif_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"caveat/backend/spif"
)

// RULES 2: a label is at least as restrictive as another when its class is, it keeps every restrictive value, and every permissive
// tag without a value more.
func TestRule2AtLeastAsRestrictive(t *testing.T) {
	p := parse(t, document(t, "testland.spif.xml"))
	for _, tt := range []struct{ name, a, b, looser string }{
		{"the same", "SECRET; Codeword=MEDIC; Releasable To=ATL", "SECRET; Codeword=MEDIC; Releasable To=ATL", ""},
		{"a higher class", "SECRET", "OPEN", ""},
		{"a lower class", "OPEN", "SECRET", "order-classification"},
		{"a class of negative hierarchy", "GUARDED", "OPEN", ""},
		{"one restrictive value more", "OPEN; Codeword=MEDIC,OLD", "OPEN; Codeword=MEDIC", ""},
		{"one restrictive value less", "OPEN; Codeword=MEDIC", "OPEN; Codeword=MEDIC,OLD", "order-restrictive OLD"},
		{"one permissive value less", "OPEN; Releasable To=ATL", "OPEN; Releasable To=ATL,BOR", ""},
		{"one permissive value more", "OPEN; Releasable To=ATL,BOR", "OPEN; Releasable To=ATL", "order-permissive ATL"},
		{"a permissive tag more", "OPEN; Releasable To=ATL", "OPEN", ""},
		{"a permissive tag less", "OPEN", "OPEN; Releasable To=ATL", "order-permissive ATL"},
		{"another permissive value", "OPEN; Releasable To=BOR", "OPEN; Releasable To=ATL", "order-permissive ATL"},
		{"each type of a tag set for itself", "OPEN; Mixed/P=NORTH", "OPEN; Mixed/R=NORTH", "order-restrictive NORTH"},
		{"informative values do not count", "OPEN", "OPEN; Notes=STAFF,typed; Copy=3", ""},
		{"in everything", "OPEN; Releasable To=BOR", "SECRET; Codeword=MEDIC; Releasable To=ATL", "order-classification, order-restrictive MEDIC, order-permissive ATL"},
		{"neither: one", "SECRET; Releasable To=ATL,BOR", "OPEN; Releasable To=ATL", "order-permissive ATL"},
		{"neither: the other", "OPEN; Releasable To=ATL", "SECRET; Releasable To=ATL,BOR", "order-classification"},
		{"an unknown name", "OPEN; Codeword=NONE", "OPEN", "order-policy"},
		{"an unknown class", "NONE", "OPEN", "order-policy"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, b := numbered(t, p, tt.a), numbered(t, p, tt.b)
			var looser []string
			for _, x := range spif.Looser(a, b) {
				looser = append(looser, strings.TrimSpace(x.Rule+" "+strings.Join(x.Needed, ",")))
			}
			if got := strings.Join(looser, ", "); got != tt.looser || spif.AtLeastAsRestrictive(a, b) != (tt.looser == "") {
				t.Errorf("looser in %q, want %q", got, tt.looser)
			}
		})
	}
}

// Labels of different policies, of different editions of one, and no label at all are never in order.
func TestRule2OrderIsOfOnePolicy(t *testing.T) {
	p, again := parse(t, document(t, "testland.spif.xml")), parse(t, document(t, "testland.spif.xml"))
	l := numbered(t, p, "OPEN")
	for name, other := range map[string]spif.Label{"another edition": numbered(t, again, "OPEN"), "none": {}} {
		if spif.AtLeastAsRestrictive(l, other) || spif.AtLeastAsRestrictive(other, l) || len(spif.Looser(other, l)) == 0 {
			t.Errorf("%s: in order", name)
		}
	}
	if spif.AtLeastAsRestrictive(spif.Label{}, spif.Label{}) {
		t.Error("no label is as restrictive as no label")
	}
}

// The rules of ADatP-4774.1 §4.4, and its examples with names of our own.
func TestDominant(t *testing.T) {
	p := parse(t, document(t, "testland.spif.xml"))
	for _, tt := range []struct {
		name   string
		labels []string
		want   string // "": a decision of policy
	}{
		{"one label", []string{"SECRET; Codeword=MEDIC"}, "SECRET; Codeword/R=MEDIC"},
		{"the highest class, though its number is not the highest", []string{"OPEN", "GUARDED", "OPEN"}, "GUARDED"},
		{"permissive: what all have", []string{"SECRET; Releasable To=ATL,BOR", "SECRET; Releasable To=ATL"}, "SECRET; Releasable To/P=ATL"},
		{"permissive: one label lacks the tag", []string{"OPEN; Releasable To=ATL,BOR", "GUARDED"}, "GUARDED"},
		{"restrictive: what any has", []string{"GUARDED; Codeword=MEDIC", "OPEN; Codeword=DOUBLE"}, "GUARDED; Codeword/R=MEDIC,DOUBLE"},
		{"informative: what any has, typed texts too", []string{"OPEN; Notes=STAFF; Copy=3", "OPEN; Notes=on the bridge"}, "OPEN; Notes/I=STAFF,on the bridge; Copy/I=3"},
		{"permissive: nothing in common, and the class demands it", []string{"SECRET; Releasable To=ATL", "SECRET; Releasable To=BOR"}, ""},
		{"the union would be invalid", []string{"SECRET; Codeword=MEDIC", "SECRET; Codeword=CYBER; Releasable To=ATL"}, ""},
		{"an unknown name", []string{"OPEN", "OPEN; Codeword=NONE"}, ""},
		{"no label", nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var labels []spif.Label
			for _, text := range tt.labels {
				labels = append(labels, numbered(t, p, text))
			}
			got, err := p.Dominant(spif.Validation{At: now}, labels...)
			if tt.want == "" {
				if !errors.Is(err, spif.ErrPolicyDecision) || got.Classification != "" {
					t.Errorf("%v, %v", got, err)
				}
				return
			}
			if err != nil || line(got) != tt.want {
				t.Errorf("%s, %v; want %s", line(got), err, tt.want)
			}
		})
	}
	if _, err := p.Dominant(spif.Validation{At: now}, numbered(t, p, "OPEN"), spif.Label{}); !errors.Is(err, spif.ErrPolicyDecision) {
		t.Errorf("with no label: %v", err)
	}
}

// Every part that cannot be translated is named by its rule.
func TestUntranslatableNamesTheRule(t *testing.T) {
	p, q := parse(t, document(t, "testland.spif.xml")), parse(t, document(t, "otherland.spif.xml"))
	for text, want := range map[string]string{
		"NONE":                              spif.RuleNotOfPolicy,
		"GUARDED":                           spif.RuleNoClass,
		"OPEN; Codeword=OLD":                spif.RuleNoCounterpart,
		"OPEN; Codeword=AMBER":              spif.RuleNoTarget,
		"SECRET; Releasable To=TWIN A":      spif.RuleNoTarget,
		"OPEN; Mixed/P=SOUTH; Notes/I=text": spif.RuleNoCounterpart,
	} {
		_, err := p.TranslateTo(q, numbered(t, p, text))
		var why *spif.Untranslatable
		if !errors.As(err, &why) || !errors.Is(err, spif.ErrNoTranslation) || why.Problem.Rule != want || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

// A set never changes under whoever holds it.
func TestSets(t *testing.T) {
	a := spif.Set{}.With(3).With(70)
	b := spif.Set{}.With(3).With(200)
	list := func(s spif.Set) []int { return slices.Collect(s.All()) }
	for name, tt := range map[string]struct{ got, want []int }{
		"and":     {list(a.And(b)), []int{3}},
		"or":      {list(a.Or(b)), []int{3, 70, 200}},
		"or back": {list(b.Or(a)), []int{3, 70, 200}},
		"without": {list(a.Without(b)), []int{70}},
		"with":    {list(a.With(5)), []int{3, 5, 70}},
		"a":       {list(a), []int{3, 70}},
		"empty":   {list(spif.Set{}), nil},
	} {
		if !slices.Equal(tt.got, tt.want) {
			t.Errorf("%s: %v, want %v", name, tt.got, tt.want)
		}
	}
	for range a.All() {
		break // a loop may end early
	}
	if a.Equal(b) || !a.Equal(spif.Set{}.With(70).With(3)) || !a.Or(b).Covers(b) || a.Covers(b) || !a.CoversWithin(spif.Set{}.With(3), b) || a.CoversWithin(b, b) {
		t.Error("Equal, Covers or CoversWithin")
	}
	if a.IsEmpty() || !a.And(spif.Set{}.With(9)).IsEmpty() || a.Len() != 2 || a.Has(-1) || a.Has(1000) || !a.Has(70) {
		t.Error("IsEmpty, Len or Has")
	}
	if !a.MeetsWithin(b, spif.Set{}.With(3)) || a.MeetsWithin(b, spif.Set{}.With(70)) {
		t.Error("MeetsWithin")
	}
}
