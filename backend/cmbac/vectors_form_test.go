package cmbac_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"caveat/backend/label"
	"caveat/backend/spif"
)

// labelForm is a label as vectors write it.
type labelForm struct {
	Policy         string                 `json:"policy"` // of the vectors; empty: that of the vector
	Classification string                 `json:"classification"`
	PrivacyMark    string                 `json:"privacyMark"`
	Categories     map[string][]valueForm `json:"categories"`
	Identifiers    map[string]string      `json:"identifiers"` // of tag sets
}

// clearanceForm is a clearance as vectors write it.
type clearanceForm struct {
	Policy          policyForm             `json:"policy"`
	Classifications []string               `json:"classifications"`
	Categories      map[string][]valueForm `json:"categories"`
	Identifiers     map[string]string      `json:"identifiers"`
}

// policyForm is the name of a policy of the vectors, or how a clearance names its policy.
type policyForm struct {
	File string `json:"-"`
	Name string `json:"name"`
	ID   string `json:"id"`
}

func (f *policyForm) UnmarshalJSON(data []byte) error {
	if data[0] == '"' {
		return strictly(data, &f.File)
	}
	type plain policyForm
	return strictly(data, (*plain)(f))
}

// valueForm is a value: its name, or its name with a type.
type valueForm struct {
	Type string `json:"type"`
	Name string `json:"name"`
}

func (v *valueForm) UnmarshalJSON(data []byte) error {
	if data[0] == '"' {
		return strictly(data, &v.Name)
	}
	type plain valueForm
	return strictly(data, (*plain)(v))
}

func (f labelForm) information(t testing.TB, p *spif.Policy) label.Information {
	t.Helper()
	return label.Information{Policy: p.PolicyID(), Classification: f.Classification, PrivacyMark: f.PrivacyMark,
		Categories: formCategories(t, p, f.Categories, f.Identifiers)}
}

// under is the label under a policy; no form is no label.
func (f *labelForm) under(t testing.TB, p *spif.Policy) spif.Label {
	t.Helper()
	if f == nil {
		return spif.Label{}
	}
	return underPolicy(p, f.information(t, p))
}

func underPolicy(p *spif.Policy, info label.Information) spif.Label {
	return p.Label(label.Label{Information: info})
}

// clearance reads the form; p is the policy whose names it uses, nil where nobody knows it.
func (f clearanceForm) clearance(t testing.TB, p *spif.Policy) label.Clearance {
	t.Helper()
	out := label.Clearance{Classifications: f.Classifications, Categories: formCategories(t, p, f.Categories, f.Identifiers)}
	switch {
	case f.Policy.Name != "":
		out.Policy = f.Policy.id()
	case p != nil:
		out.Policy = p.PolicyID()
	}
	return out
}

func (f policyForm) id() label.PolicyID {
	out := label.PolicyID{Name: f.Name}
	if f.ID != "" {
		out.URI = "urn:oid:" + f.ID
	}
	return out
}

func formCategories(t testing.TB, p *spif.Policy, in map[string][]valueForm, ids map[string]string) []label.Category {
	t.Helper()
	var out []label.Category
	for _, set := range slices.Sorted(maps.Keys(in)) {
		for _, v := range in[set] {
			typ, err := v.typeIn(p, set)
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(out, func(c label.Category) bool { return c.TagName == set && c.Type == typ })
			if i < 0 {
				out, i = append(out, label.Category{TagName: set, Type: typ}), len(out)
				if id := ids[set]; id != "" {
					out[i].URI = "urn:oid:" + id
				}
			}
			out[i].Values = append(out[i].Values, v.Name)
		}
	}
	for set := range ids {
		if in[set] == nil {
			t.Fatalf("an identifier for %q, which is not there", set)
		}
	}
	return out
}

// typeIn is the type that the form gives, or the only one under which the tag set has the value, or the only one of the set.
func (v valueForm) typeIn(p *spif.Policy, set string) (label.Type, error) {
	if v.Type != "" {
		if typ, ok := label.ParseType(v.Type); ok {
			return typ, nil
		}
		return 0, fmt.Errorf("%w: type %q", errVectors, v.Type)
	}
	var ofValue, ofSet []label.Type
	if p != nil && p.TagSet(set) != nil {
		for _, tag := range p.TagSet(set).Tags() {
			ofSet = append(ofSet, tag.Type())
			for _, x := range tag.Values() {
				if label.Fold(x.Name()) == label.Fold(v.Name) {
					ofValue = append(ofValue, tag.Type())
				}
			}
		}
	}
	for _, types := range [][]label.Type{ofValue, ofSet} {
		slices.Sort(types)
		if types = slices.Compact(types); len(types) == 1 {
			return types[0], nil
		}
	}
	return 0, fmt.Errorf("%w: say the type of %q in %q", errVectors, v.Name, set)
}

// respelled is the same in other case and in another order. What people typed stays as it is.
func respelled(p *spif.Policy, in []label.Category) []label.Category {
	var out []label.Category
	for _, c := range slices.Backward(in) {
		c.TagName, c.Values = otherCase(c.TagName), slices.Clone(c.Values)
		slices.Reverse(c.Values)
		for i, name := range c.Values {
			if isListed(p, c, name) {
				c.Values[i] = otherCase(name)
			}
		}
		out = append(out, c)
	}
	return out
}

func respelledLabel(p *spif.Policy, in label.Information) label.Information {
	in.Classification, in.Categories = otherCase(in.Classification), respelled(p, in.Categories)
	return in
}

func isListed(p *spif.Policy, c label.Category, name string) bool {
	set := p.TagSet(c.TagName)
	if set == nil {
		return true
	}
	for _, tag := range set.Tags() {
		for _, v := range tag.Values() {
			if label.Fold(v.Name()) == label.Fold(name) {
				return true
			}
		}
	}
	return false
}

func otherCase(s string) string {
	if low := strings.ToLower(s); low != s {
		return low
	}
	return strings.ToUpper(s)
}

// overTheWire is a label written and read again.
func overTheWire(t testing.TB, info label.Information) label.Information {
	t.Helper()
	out, err := label.ParseLabel(label.Label{Information: info, Created: now}.Marshal())
	if err != nil {
		t.Fatal(err)
	}
	return out.Information
}

// showLabel writes a label in one line that two equal labels share: categories by their spelling in the policy's order.
func showLabel(p *spif.Policy, info label.Information) string {
	l := underPolicy(p, info)
	out := "?"
	if l.Class() != nil {
		out = l.Class().Name()
	}
	for _, tag := range p.Tags() {
		var names []string
		for _, v := range tag.Values() {
			if l.Values().Has(v.Number()) {
				names = append(names, v.Name())
			}
		}
		if len(names) > 0 {
			out += fmt.Sprintf("; %s/%s=%s", tag.Set().Name(), tag.Type(), strings.Join(names, ","))
		}
	}
	for _, x := range l.UnknownNames() {
		out += "; unknown " + x.Words("en")
	}
	return out
}
