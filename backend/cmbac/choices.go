package cmbac

import (
	"slices"

	"caveat/backend/spif"
)

// Choice is the answer for one classification or value: whether a label with it can still be valid and permitted.
type Choice struct {
	State    spif.State
	Why      []Reason // the steps that rule it out, as data; empty unless State is Impossible. The rule label-invalid is the policy's own
	Blocking []int    // positions of the clearances that stand in its way; empty where the policy does
}

// ChoiceSet is spif.Choices, narrowed by clearances.
type ChoiceSet struct {
	Now     Choice
	Classes []Choice // by Class.Number
	Values  []Choice // by Value.Number
}

// Choices says what may still be chosen for a new label, of which a part is chosen, so that it is valid and every clearance
// permits it: the originator's, the installation's, the recipients'. It is exact; where the search was bounded, and where a
// clearance is under another policy, so that the label would have to be translated, it is "undetermined". A nil clearance permits
// nothing. Where nothing can be made of the part itself, the others are judged against each chosen thing alone, as spif.Choices
// says. The reasons name what is missing, never what else is held (RULES 19).
func Choices(policy *spif.Policy, part spif.Label, v spif.Validation, clearances []spif.Clearance, mode Mode) ChoiceSet {
	f := newFrame(policy, clearances, mode)
	found := policy.Choices(part, v, f.Frame)
	have := part.Values()
	out := ChoiceSet{Now: f.choice(found.Now, have)}
	for _, x := range found.Classes {
		out.Classes = append(out.Classes, f.choice(x, have))
	}
	for i, x := range found.Values {
		out.Values = append(out.Values, f.choice(x, have.With(i)))
	}
	return out
}

func (f *frame) choice(x spif.Choice, have spif.Set) Choice {
	out := Choice{State: f.state(x.State)}
	if out.State != spif.Impossible {
		return out
	}
	if f.nobody {
		out.Why = []Reason{{Rule: RuleNoClearance}}
		for i, c := range f.clearances {
			if c.Policy() == nil {
				out.Blocking = append(out.Blocking, i)
			}
		}
		return out
	}
	for _, o := range x.Why {
		reason, blocking := f.reason(o, have)
		out.Why, out.Blocking = append(out.Why, reason), append(out.Blocking, blocking...)
	}
	slices.Sort(out.Blocking)
	out.Blocking = slices.Compact(out.Blocking)
	return out
}

// reason says one step, and which clearances stand in the way there.
func (f *frame) reason(o spif.Obstacle, have spif.Set) (Reason, []int) {
	switch {
	case o.Class != nil:
		r := Reason{Rule: RuleClassification, Needed: []string{o.Class.Name()}, mode: f.mode}
		return r, f.without(func(c spif.Clearance) bool { return reaches(c, o.Class, f.mode) })
	case o.Value != nil:
		t := o.Value.Tag()
		r := Reason{Rule: ruleOf(t), TagSet: t.Set().Name(), Needed: []string{o.Value.Name()}}
		return r, f.without(func(c spif.Clearance) bool {
			return c.Values().Has(o.Value.Number()) || r.Rule == RulePermissive && c.Values().Meets(t.Mask())
		})
	case o.Demand != nil:
		t, share := f.tags[*o.Demand], f.Demands[*o.Demand].Any
		r := Reason{Rule: RulePermissive, TagSet: t.Set().Name(), Needed: names(t, have)}
		return r, f.without(func(c spif.Clearance) bool { return !share.Covers(c.Values().And(t.Mask())) })
	}
	return Reason{Rule: RuleLabelInvalid, TagSet: o.Problem.TagSet, Needed: o.Problem.Needed, Problem: o.Problem}, nil
}

func names(t *spif.Tag, s spif.Set) []string {
	var out []string
	for _, v := range t.Values() {
		if s.Has(v.Number()) {
			out = append(out, v.Name())
		}
	}
	return out
}
