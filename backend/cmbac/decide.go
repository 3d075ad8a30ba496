// Package cmbac decides whether a clearance permits a label: confidentiality-metadata-based access control as
// ADatP-4774.1 describes it.
//
// Decide is the one place where the question "may they get this?" is answered. It starts at deny, runs every rule, and can
// say all reasons. Across is the same question for a label and the clearances that somebody was given under several
// policies, with translation between policies where these allow it.
//
// The package is pure; everything in it is safe for concurrent use.
//
// std: ADatP-4774.1/A1 §3.11.4
package cmbac

import (
	"fmt"
	"strings"

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

// Rules that a reason can name; package presend adds its own.
const (
	RulePolicy         = "policy"
	RuleClassification = "classification"
	RuleRestrictive    = "restrictive"
	RulePermissive     = "permissive"
	RuleLabelInvalid   = "label-invalid"
	RuleNoClearance    = "no-clearance"
	RuleDirectory      = "directory-error"
)

// Reason is one rule that denied, with what was needed and what was held. Held is for administrators and auditors only
// (RULES 19); the text never tells it.
type Reason struct {
	Rule   string   `json:"rule" doc:"which rule denied"`
	TagSet string   `json:"tagSet,omitempty" doc:"the tag set it is about"`
	Needed []string `json:"needed,omitempty" doc:"values that are missing"`
	Held   []string `json:"held,omitempty" doc:"values held; only for those who may see them"`
	Text   string   `json:"text" doc:"the reason in words"`
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
	ok := samePolicy(policy, l, c)
	ok = l.NamesKnown() && ok
	ok = holdsClass(l, c, mode) && ok
	if policy != nil {
		wanted, held := l.Values(), c.Values()
		for _, t := range policy.Tags() {
			ok = tagPermits(t, wanted, held) && ok
		}
	}
	if !ok {
		return Deny
	}
	return Permit
}

// Explain is Decide with every reason; no reasons means Permit.
func Explain(policy *spif.Policy, l spif.Label, c spif.Clearance, mode Mode) []Reason {
	if !samePolicy(policy, l, c) {
		return []Reason{{Rule: RulePolicy, Text: "The label and the clearance are not under the same policy."}}
	}
	out := InvalidReasons(l.UnknownNames())
	if !holdsClass(l, c, mode) {
		out = append(out, classReason(policy, l, c, mode))
	}
	for _, t := range policy.Tags() {
		if !tagPermits(t, l.Values(), c.Values()) {
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

// tagPermits: a tag that the label does not use asks for nothing; a restrictive one asks for all its values, a permissive
// one for any of them.
func tagPermits(t *spif.Tag, wanted, held spif.Set) bool {
	if !wanted.Meets(t.Mask()) {
		return true
	}
	switch t.Type() {
	case label.Restrictive:
		return wanted.CoveredWithin(t.Mask(), held)
	case label.Permissive:
		return wanted.MeetsWithin(t.Mask(), held)
	case label.Informative:
		return true
	}
	return false
}

func classReason(policy *spif.Policy, l spif.Label, c spif.Clearance, mode Mode) Reason {
	r := Reason{Rule: RuleClassification}
	if l.Class() == nil {
		r.Text = "The label's classification is unknown."
		return r
	}
	r.Needed = []string{l.Class().Name()}
	for _, k := range policy.Classes() {
		if c.HoldsClass(k) {
			r.Held = append(r.Held, k.Name())
		}
	}
	r.Text = fmt.Sprintf("Needs %s.", l.Class().Name())
	if mode == Hierarchical {
		r.Text = fmt.Sprintf("Needs %s or higher.", l.Class().Name())
	}
	return r
}

func tagReason(t *spif.Tag, l spif.Label, c spif.Clearance) Reason {
	r := Reason{Rule: RulePermissive, TagSet: t.Set().Name()}
	if t.Type() == label.Restrictive {
		r.Rule = RuleRestrictive
	}
	for _, v := range t.Values() {
		held := c.Values().Has(v.Number())
		if held {
			r.Held = append(r.Held, v.Name())
		}
		if l.Values().Has(v.Number()) && !held {
			r.Needed = append(r.Needed, v.Name())
		}
	}
	if r.Rule == RuleRestrictive {
		r.Text = fmt.Sprintf("Needs %s (%s).", strings.Join(r.Needed, " and "), r.TagSet)
	} else {
		r.Text = fmt.Sprintf("Needs %s (%s).", strings.Join(r.Needed, " or "), r.TagSet)
	}
	return r
}
