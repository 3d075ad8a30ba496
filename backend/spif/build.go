package spif

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"caveat/backend/label"
	"caveat/backend/label/strictxml"
)

// Build makes the information of a label from what a person chose: finds each name, writes it as the policy spells it, with
// identifiers, in the policy's order. A name that is not known, or stands under several types of its tag set without saying
// which (RULES 5), is ErrSelection. Whether the result is valid is Validate's question.
func (s *Site) Build(sel label.Selection) (label.Information, error) {
	p, err := s.Find(label.PolicyID{Name: sel.Policy})
	if err != nil {
		return label.Information{}, err
	}
	c := p.Class(sel.Classification)
	if c == nil {
		return label.Information{}, fmt.Errorf("%w: %q is no classification of policy %s (it has: %s)", ErrSelection, sel.Classification, p.name, listed(p.classes, (*Class).Name))
	}
	info := label.Information{Policy: p.PolicyID(), Classification: c.name, PrivacyMark: sel.PrivacyMark}
	if sel.PrivacyMark != "" && !slices.ContainsFunc(p.privacy.marks, func(m *PrivacyMark) bool { return m.name == sel.PrivacyMark }) {
		return label.Information{}, fmt.Errorf("%w: %q is no privacy mark of policy %s", ErrSelection, sel.PrivacyMark, p.name)
	}
	var picks []pick
	for _, t := range sel.Categories {
		more, err := p.picks(t)
		if err != nil {
			return label.Information{}, err
		}
		picks = append(picks, more...)
	}
	info.Categories = categories(picks)
	return info, nil
}

// pick is one value that goes into a label, with the text typed for it if it is a free one.
type pick struct {
	value *Value
	text  string
}

func (p *Policy) picks(t label.SelectedTag) ([]pick, error) {
	set := p.TagSet(t.TagSet)
	if set == nil {
		return nil, fmt.Errorf("%w: %q is no tag set of policy %s (it has: %s)", ErrSelection, t.TagSet, p.name, listed(p.sets, (*TagSet).Name))
	}
	if len(t.Values) == 0 {
		// Passed over, "Only": [] would become a label for everybody.
		return nil, fmt.Errorf("%w: tag set %q is named without a value", ErrSelection, set.name)
	}
	var out []pick
	for _, v := range t.Values {
		x, err := set.pick(v)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

func (s *TagSet) pick(v label.SelectedValue) (pick, error) {
	v.Name = strictxml.Collapse(v.Name) // as labels carry it
	if v.Name == "" {
		return pick{}, fmt.Errorf("%w: an empty value of tag set %q", ErrSelection, s.name)
	}
	var found []*Value
	for _, typ := range []label.Type{label.Restrictive, label.Permissive, label.Informative} {
		if v.Type != 0 && v.Type != typ {
			continue
		}
		if vs := s.values[valueKey{typ, label.Fold(v.Name)}]; len(vs) > 0 && !vs[0].isFreeText() {
			found = append(found, vs[0])
		}
	}
	switch len(found) {
	case 1:
		return pick{value: found[0]}, nil
	case 0:
		if free, problem := s.freeText(label.Informative, v.Name); free != nil && problem == nil && v.Type != label.Restrictive && v.Type != label.Permissive {
			return pick{value: free, text: v.Name}, nil
		}
		return pick{}, fmt.Errorf("%w: %q is no value of tag set %q", ErrSelection, v.Name, s.name)
	}
	types := make([]string, len(found))
	for i, f := range found {
		types[i] = f.tag.typ.String()
	}
	return pick{}, fmt.Errorf("%w: %q of tag set %q stands under the types %s: say which", ErrSelection, v.Name, s.name, strings.Join(types, ", "))
}

// categories groups picked values by tag set and type, in the order of the policy.
func categories(picks []pick) []label.Category {
	slices.SortStableFunc(picks, func(a, b pick) int { return cmp.Compare(a.value.number, b.value.number) })
	var out []label.Category
	for _, k := range picks {
		t := k.value.tag
		name := k.value.name
		if k.text != "" {
			name = k.text
		}
		if c := t.set.categoryOf(&out, t.typ); !slices.Contains(c.Values, name) {
			c.Values = append(c.Values, name)
		}
	}
	return out
}

// maxListed is how many names an error lists.
const maxListed = 12

// listed names what there is, so that a slip can be mended without looking anything up.
func listed[T any](all []T, name func(T) string) string {
	var names []string
	for _, x := range all[:min(len(all), maxListed)] {
		names = append(names, name(x))
	}
	if len(all) > maxListed {
		names = append(names, "…")
	}
	return strings.Join(names, ", ")
}
