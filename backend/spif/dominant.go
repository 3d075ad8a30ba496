package spif

import (
	"errors"
	"fmt"

	"caveat/backend/label"
)

// ErrPolicyDecision: the labels have no dominant label that the policy allows; people must decide, or system high applies.
var ErrPolicyDecision = errors.New("spif: no dominant label: a decision of policy is needed")

// Dominant makes the one label for content that was put together from content with the given labels, all under this policy
// (translate first): the highest class, every restrictive value, of each permissive tag the values that all have, every
// informative value. A result that is invalid, and labels that cannot be compared, are ErrPolicyDecision.
//
// Beware: a permissive tag that one label lacks, or of which no value is common, is dropped, and that can widen access. For
// deciding who gets a message its parts are held to their own labels (RULES 2, AtLeastAsRestrictive).
//
// std: ADatP-4774.1/A1 §4.4
func (p *Policy) Dominant(v Validation, labels ...Label) (label.Information, error) {
	none := label.Information{}
	if len(labels) == 0 {
		return none, fmt.Errorf("%w: there is no label", ErrPolicyDecision)
	}
	highest := labels[0].Class()
	for _, l := range labels {
		if !ordered(l, l) || l.policy != p {
			return none, fmt.Errorf("%w: not all labels are of policy %s", ErrPolicyDecision, p.name)
		}
		if l.class.hierarchy > highest.hierarchy {
			highest = l.class
		}
	}
	var picks []pick
	for _, t := range p.tags {
		values := t.aggregate(labels)
		for _, v := range t.values {
			if values.Has(v.number) {
				picks = append(picks, v.typed(labels)...)
			}
		}
	}
	info := label.Information{Policy: p.PolicyID(), Classification: highest.name, Categories: categories(picks)}
	for _, x := range p.Validate(p.number(info), v) {
		if !x.Warning {
			return none, fmt.Errorf("%w: the aggregate would be invalid: %s", ErrPolicyDecision, x.Words("en"))
		}
	}
	return info, nil
}

// aggregate: of a permissive tag the values that all labels have, of others the values that any has.
func (t *Tag) aggregate(labels []Label) Set {
	out := labels[0].values.And(t.mask)
	for _, l := range labels[1:] {
		if t.typ == label.Permissive {
			out = out.And(l.values)
		} else {
			out = out.Or(l.values.And(t.mask))
		}
	}
	return out
}

// typed gives the value as the labels have it: once, or once for each text that was typed for it.
func (v *Value) typed(labels []Label) []pick {
	if !v.isFreeText() {
		return []pick{{value: v}}
	}
	var out []pick
	for _, l := range labels {
		for _, u := range l.uses {
			if u.value == v {
				out = append(out, pick{value: v, text: u.text})
			}
		}
	}
	return out
}
