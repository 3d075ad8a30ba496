package spif_test

import (
	"strings"
	"testing"
	"time"

	"caveat/backend/spif"
)

// steps lists the rules by which something is ruled out.
func steps(c spif.Choice) string {
	var out []string
	for _, o := range c.Why {
		switch {
		case o.Problem != nil:
			out = append(out, o.Problem.Rule)
		case o.Class != nil:
			out = append(out, "denied "+o.Class.Name())
		case o.Value != nil:
			out = append(out, "forbidden "+o.Value.Name())
		case o.Demand != nil:
			out = append(out, "demand")
		}
	}
	return strings.Join(out, ", ")
}

func valueOf(t *testing.T, p *spif.Policy, set, name string) *spif.Value {
	t.Helper()
	for _, tag := range p.TagSet(set).Tags() {
		for _, v := range tag.Values() {
			if v.Name() == name {
				return v
			}
		}
	}
	t.Fatalf("no value %s in %s", name, set)
	return nil
}

// What may still be chosen, and by which rule not. (Package cmbac compares it with every label of random policies.)
func TestChoices(t *testing.T) {
	p := parse(t, document(t, "testland.spif.xml"))
	at := spif.Validation{At: now}
	amber, bor := valueOf(t, p, "Codeword", "AMBER"), valueOf(t, p, "Releasable To", "BOR")
	rel := bor.Tag().Mask()
	for _, tt := range []struct {
		name, part string
		how        spif.Validation
		frame      spif.Frame
		choice     string // "Set=VALUE", a classification, or "" for the part itself
		want       string // "": possible
	}{
		{"nothing chosen yet", "", at, spif.Frame{}, "", ""},
		{"a value that demands two others", "SECRET", at, spif.Frame{}, "Codeword=AMBER", ""},
		{"a demanded value excludes what is chosen", "SECRET; Codeword=CYBER", at, spif.Frame{}, "Codeword=AMBER", "required-category, excluded-category"},
		{"a value for one class only, another is chosen", "SECRET", at, spif.Frame{}, "Codeword=CRYSTAL", "required-class"},
		{"a value for one class only, none is chosen", "", at, spif.Frame{}, "Codeword=CRYSTAL", ""},
		{"exactly one, and one of them is chosen", "TOP SECRET; Releasable To=ATL", at, spif.Frame{}, "Releasable To=BOR", "required-category"},
		{"instead of the chosen class", "OPEN; Codeword=OLD", at, spif.Frame{}, "TOP SECRET", ""}, // what is chosen is impossible by itself: not held against it
		{"an obsolete class", "OPEN", at, spif.Frame{}, "GUARDED", "obsolete"},
		{"the one value of a tag instead of another", "OPEN; Mixed/P=NORTH", at, spif.Frame{}, "Mixed=SOUTH", ""},
		{"typed texts count one by one", "OPEN; Notes=one,two", at, spif.Frame{}, "Notes=STAFF", "selection-maximum"},
		{"one typed text leaves room", "OPEN; Notes=one", at, spif.Frame{}, "Notes=STAFF", ""},
		{"a value that has two entries, both usable under another class", "", at, spif.Frame{}, "Codeword=DOUBLE", ""},
		{"a policy that is not in force", "OPEN", spif.Validation{At: time.Date(2050, 1, 1, 0, 0, 0, 0, time.UTC)}, spif.Frame{}, "", "policy-not-in-force"},

		{"RULES 4: a required tag set can still be chosen", "OPEN", spif.Validation{At: now, RequireTagSets: []string{"Notes"}}, spif.Frame{}, "", ""},
		{"RULES 4: an unknown one rules out everything", "OPEN", spif.Validation{At: now, RequireTagSets: []string{"None"}}, spif.Frame{}, "", "required-tag-set"},
		{"RULES 4: one that the frame takes away", "OPEN", spif.Validation{At: now, RequireTagSets: []string{"Releasable To"}}, spif.Frame{Forbidden: rel}, "", "required-tag-set, forbidden ATL"},

		{"a denied class", "", at, spif.Frame{Denied: spif.Set{}.With(p.Class("SECRET").Number())}, "SECRET", "denied SECRET"},
		{"a forbidden value", "SECRET", at, spif.Frame{Forbidden: spif.Set{}.With(amber.Number())}, "Codeword=AMBER", "forbidden AMBER"},
		{"a value that demands a forbidden one", "SECRET", at, spif.Frame{Forbidden: spif.Set{}.With(bor.Number())}, "Codeword=AMBER", "required-category, forbidden BOR"},
		{"a demand that can be met", "OPEN", at, spif.Frame{Demands: []spif.Demand{{Any: rel}}}, "", ""},
		{"a demand that nothing meets", "OPEN", at, spif.Frame{Demands: []spif.Demand{{}}}, "", "demand"},
		{"a demand of another value only", "OPEN", at, spif.Frame{Demands: []spif.Demand{{When: rel}}}, "", ""},
		{"a demand that comes with a value", "OPEN", at, spif.Frame{Demands: []spif.Demand{{When: rel}}}, "Releasable To=ATL", "demand"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			found := p.Choices(numbered(t, p, tt.part), tt.how, tt.frame)
			c := found.Now
			if set, name, ok := strings.Cut(tt.choice, "="); ok {
				c = found.Values[valueOf(t, p, set, name).Number()]
			} else if tt.choice != "" {
				c = found.Classes[p.Class(tt.choice).Number()]
			}
			if got := steps(c); got != tt.want || (c.State == spif.Impossible) != (tt.want != "") {
				t.Errorf("%v: %s, want %s", c.State, got, tt.want)
			}
		})
	}
}

// A part of which nothing can be made rules out only what is impossible by itself or contradicts a chosen thing alone.
func TestChoicesBesideAnImpossiblePart(t *testing.T) {
	p := parse(t, document(t, "testland.spif.xml"))
	found := p.Choices(numbered(t, p, "SECRET; Codeword=OLD,MEDIC"), spif.Validation{At: now}, spif.Frame{})
	if steps(found.Now) != "obsolete" {
		t.Errorf("the part: %s", steps(found.Now))
	}
	for choice, want := range map[string]string{"OLD": "obsolete", "MEDIC": "", "CYBER": "excluded-category", "AMBER": "", "CRYSTAL": "required-class"} {
		if got := steps(found.Values[valueOf(t, p, "Codeword", choice).Number()]); got != want {
			t.Errorf("%s: %s, want %s", choice, got, want)
		}
	}
	if got := steps(found.Classes[p.Class("OPEN").Number()]); got != "excluded-class" { // with MEDIC
		t.Errorf("OPEN: %s", got)
	}
	if got := steps(found.Classes[p.Class("TOP SECRET").Number()]); got != "" {
		t.Errorf("TOP SECRET: %s", got)
	}
}

// A label that a search finds is numbered as one that is read.
func TestNumberedIsLabel(t *testing.T) {
	p := parse(t, document(t, "testland.spif.xml"))
	l := numbered(t, p, "SECRET; Codeword=MEDIC; Releasable To=ATL,BOR")
	made := p.Numbered(l.Class(), l.Values())
	if p.Mark(made, "en", "") != p.Mark(l, "en", "") || !made.Restrictive().Equal(l.Restrictive()) || !spif.AtLeastAsRestrictive(made, l) || len(p.Validate(made, spif.Validation{At: now})) > 0 {
		t.Error("they differ")
	}
	other := parse(t, document(t, "otherland.spif.xml"))
	if p.Numbered(other.Classes()[0], spif.Set{}).Policy() != nil || p.Numbered(nil, spif.Set{}).Policy() != nil {
		t.Error("a label with a class of another policy")
	}
}

func TestStateHasWords(t *testing.T) {
	if spif.Possible.String() != "possible" || spif.Impossible.String() != "impossible" || spif.State(9).String() == "" || spif.Undetermined.String() != "undetermined" {
		t.Error("State")
	}
}
