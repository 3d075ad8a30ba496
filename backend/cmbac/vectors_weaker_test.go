package cmbac_test

import (
	"slices"
	"testing"

	"caveat/backend/cmbac"
	"caveat/backend/label"
	"caveat/backend/spif"
)

// checkWeaker takes each thing that the label asks for from a clearance that permits it: every time it must be denied. It returns
// how many weaker clearances there were.
func (v decisionVector) checkWeaker(t *testing.T, p *spif.Policy, info label.Information, held label.Clearance, mode cmbac.Mode) int {
	t.Helper()
	l := underPolicy(p, info)
	all := []label.Clearance{withoutClass(p, held, l.Class(), mode)}
	for _, tag := range p.Tags() {
		all = append(all, withoutTag(tag, held, l)...)
	}
	for _, weak := range all {
		c, _ := p.Clearance(weak)
		if cmbac.Decide(p, l, c, mode) != cmbac.Deny {
			t.Errorf("permitted with %+v, which is weaker than what is needed", weak)
		}
	}
	return len(all)
}

// withoutClass takes the classification away; where the highest counts, all that reach it.
func withoutClass(p *spif.Policy, c label.Clearance, k *spif.Class, mode cmbac.Mode) label.Clearance {
	c.Classifications = slices.DeleteFunc(slices.Clone(c.Classifications), func(name string) bool {
		have := p.Class(name)
		return have == k || have != nil && mode == cmbac.Hierarchical && have.Hierarchy() >= k.Hierarchy()
	})
	return c
}

// withoutTag takes away each restrictive value that the label asks for by itself, and all permissive ones of the tag together.
func withoutTag(tag *spif.Tag, c label.Clearance, l spif.Label) []label.Clearance {
	var asked []string
	for _, v := range tag.Values() {
		if l.Values().Has(v.Number()) {
			asked = append(asked, v.Name())
		}
	}
	var out []label.Clearance
	switch {
	case len(asked) == 0:
	case tag.Type() == label.Permissive:
		out = append(out, withoutValues(c, tag, asked))
	case tag.Type() == label.Restrictive:
		for _, name := range asked {
			out = append(out, withoutValues(c, tag, []string{name}))
		}
	}
	return out
}

func withoutValues(c label.Clearance, tag *spif.Tag, names []string) label.Clearance {
	c.Categories = slices.Clone(c.Categories)
	for i, cat := range c.Categories {
		if label.Fold(cat.TagName) != label.Fold(tag.Set().Name()) || cat.Type != tag.Type() {
			continue
		}
		c.Categories[i].Values = slices.DeleteFunc(slices.Clone(cat.Values), func(have string) bool {
			return slices.ContainsFunc(names, func(name string) bool { return label.Fold(name) == label.Fold(have) })
		})
	}
	return c
}
