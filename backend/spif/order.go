package spif

import "caveat/backend/label"

// Rules by which a label can be less restrictive than another.
const (
	RuleOrderPolicy         = "order-policy"
	RuleOrderClassification = "order-classification"
	RuleOrderRestrictive    = "order-restrictive"
	RuleOrderPermissive     = "order-permissive"
)

// AtLeastAsRestrictive reports whether a asks for at least what b asks for: its class is at least b's by hierarchy, it keeps
// every restrictive value of b, and it keeps every permissive tag of b without adding a value to it (RULES 2). The order is
// partial: of two labels neither may be at least as restrictive. Labels of different policies, and labels with names that
// the policy does not know, are never in order, not even with themselves. Informative values do not count.
func AtLeastAsRestrictive(a, b Label) bool {
	if !ordered(a, b) || a.class.hierarchy < b.class.hierarchy || !a.restrictive.Covers(b.restrictive) {
		return false
	}
	for _, t := range a.policy.tags {
		if t.typ == label.Permissive && b.values.Meets(t.mask) && !keeps(a, b, t) {
			return false
		}
	}
	return true
}

// Looser lists everything in which a is less restrictive than b; nothing when a is at least as restrictive.
func Looser(a, b Label) []Problem {
	if !ordered(a, b) {
		return []Problem{{Rule: RuleOrderPolicy}}
	}
	var out []Problem
	if a.class.hierarchy < b.class.hierarchy {
		out = append(out, Problem{Rule: RuleOrderClassification, Subject: a.class.name, Against: b.class.name})
	}
	for _, t := range a.policy.tags {
		x := Problem{TagSet: t.set.name, Type: t.typ}
		switch {
		case t.typ == label.Restrictive && !a.values.CoversWithin(t.mask, b.values):
			x.Rule, x.Needed = RuleOrderRestrictive, t.namesIn(b.values.Without(a.values))
		case t.typ == label.Permissive && b.values.Meets(t.mask) && !keeps(a, b, t):
			x.Rule, x.Needed = RuleOrderPermissive, t.namesIn(b.values)
		default:
			continue
		}
		out = append(out, x)
	}
	return out
}

func ordered(a, b Label) bool {
	return a.Policy() != nil && a.Policy() == b.Policy() && a.class != nil && b.class != nil && !a.unknown && !b.unknown
}

// keeps: a has the tag, and no value of it that b has not.
func keeps(a, b Label, t *Tag) bool {
	return a.values.Meets(t.mask) && b.values.CoversWithin(t.mask, a.values)
}

// namesIn gives the names of the tag's values that are in the set.
func (t *Tag) namesIn(s Set) []string {
	var out []string
	for _, v := range t.values {
		if s.Has(v.number) {
			out = append(out, v.name)
		}
	}
	return out
}
