// Package cmbac decides whether a clearance permits a label: confidentiality-metadata-based access control as
// ADatP-4774.1 describes it.
//
// Decide is the one place where the question "may they get this?" is answered. It starts at deny, runs every rule, and
// Explain gives all reasons; Many asks it of many clearances, Across of a label and the clearances that somebody was given
// under several policies, with translation between policies where these allow it. Choices and Common answer what may be
// chosen for a label so that given people get it.
//
// The package is pure; everything in it is safe for concurrent use.
//
// std: ADatP-4774.1/A1 §3.11.4
package cmbac

import (
	"caveat/backend/label"
	"caveat/backend/spif"
)

// Decision is deny or permit. The zero Decision is Deny.
type Decision uint8

// The two decisions.
const (
	Deny Decision = iota
	Permit
)

func (d Decision) String() string {
	if d == Permit {
		return "permit"
	}
	return "deny"
}

// Mode is how the classification is tested, per policy.
type Mode uint8

// Membership: the clearance must list the label's classification (the standard's rule, and ours unless told otherwise).
// Hierarchical: the highest classification of the clearance must be at least the label's, for directories that store only
// the highest.
const (
	Membership Mode = iota
	Hierarchical
)

// Decide answers whether the clearance permits the label. Both must be numbered under policy; one of another policy, or
// the zero value, is denied, and so is a label with a name that the policy does not know: what that name asks for cannot be
// held against anything. The label's validity is otherwise not judged here. It allocates nothing.
func Decide(policy *spif.Policy, l spif.Label, c spif.Clearance, mode Mode) Decision {
	if permits(policy, l, c, mode) {
		return Permit
	}
	return Deny
}

// permits runs every rule; a tag that the label does not use asks for nothing.
func permits(policy *spif.Policy, l spif.Label, c spif.Clearance, mode Mode) bool {
	ok := samePolicy(policy, l, c)
	ok = l.NamesKnown() && ok
	ok = holdsClass(l, c, mode) && ok
	ok = c.Values().Covers(l.Restrictive()) && ok   // of a restrictive tag, all values
	ok = c.Values().MeetsEach(l.Permissive()) && ok // of each permissive tag, one value
	return ok
}

// Explain is Decide with every reason; no reasons means Permit. The reasons are data: Say puts them in words.
func Explain(policy *spif.Policy, l spif.Label, c spif.Clearance, mode Mode) []Reason {
	switch {
	case l.Policy() == nil:
		return []Reason{{Rule: RuleNoLabel}}
	case c.Policy() == nil:
		return []Reason{{Rule: RuleNoClearance}}
	case !samePolicy(policy, l, c):
		return []Reason{{Rule: RulePolicy}}
	}
	if permits(policy, l, c, mode) {
		return nil
	}
	out := append(make([]Reason, 0, 4), InvalidReasons(l.UnknownNames())...)
	if !holdsClass(l, c, mode) {
		out = append(out, classReason(policy, l, c, mode))
	}
	for _, t := range policy.Tags() {
		if !tagPermits(t, l, c) {
			out = append(out, tagReason(t, l, c))
		}
	}
	return out
}

func samePolicy(policy *spif.Policy, l spif.Label, c spif.Clearance) bool {
	return policy != nil && l.Policy() == policy && c.Policy() == policy
}

func holdsClass(l spif.Label, c spif.Clearance, mode Mode) bool {
	if mode == Hierarchical {
		return c.ReachesClass(l.Class())
	}
	return c.HoldsClass(l.Class())
}

// tagPermits is the rule of one tag, for reasons.
func tagPermits(t *spif.Tag, l spif.Label, c spif.Clearance) bool {
	wanted, held := l.Values(), c.Values()
	switch t.Type() {
	case label.Restrictive:
		return held.CoversWithin(t.Mask(), wanted)
	case label.Permissive:
		return !wanted.Meets(t.Mask()) || wanted.MeetsWithin(t.Mask(), held)
	}
	return true // informative values never count
}

func classReason(policy *spif.Policy, l spif.Label, c spif.Clearance, mode Mode) Reason {
	r := Reason{Rule: RuleClassification, mode: mode}
	if l.Class() == nil {
		return r
	}
	r.Needed = []string{l.Class().Name()}
	for _, k := range policy.Classes() {
		if c.HoldsClass(k) {
			r.Held = add(r.Held, k.Name())
		}
	}
	return r
}

func tagReason(t *spif.Tag, l spif.Label, c spif.Clearance) Reason {
	r := Reason{Rule: ruleOf(t), TagSet: t.Set().Name()}
	wanted, held := l.Values(), c.Values()
	for _, v := range t.Values() {
		switch {
		case held.Has(v.Number()):
			r.Held = add(r.Held, v.Name())
		case wanted.Has(v.Number()):
			r.Needed = add(r.Needed, v.Name())
		}
	}
	return r
}

// ruleOf is the rule of a tag that counts in decisions.
func ruleOf(t *spif.Tag) string {
	if t.Type() == label.Restrictive {
		return RuleRestrictive
	}
	return RulePermissive
}

// add appends a name, with room for a few: most lists are short, and growing them one by one costs most of an explanation.
func add(names []string, name string) []string {
	if names == nil {
		names = make([]string, 0, 4)
	}
	return append(names, name)
}
