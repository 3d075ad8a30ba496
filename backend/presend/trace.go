package presend

import (
	"caveat/backend/cmbac"
	"caveat/backend/label"
	"caveat/backend/spif"
)

// MayAllGet reports that the originator and everybody whom the message reaches, to the last level and by every link, is cleared for
// another label as well as the message's own: one that the draft had before, which the message is to name. It is the same decision as
// that about the message. Whatever was not found out is a no, an override is none, and the answer is no of a check while drafting, of
// one without recipients, of a draft that had no other label, and of a label that cannot be used as it is.
//
// std: RFC7444 §5
func (r *Result) MayAllGet(l label.Label) bool {
	return r.IsDone() && r.mayAllGet != nil && r.mayAllGet(l)
}

// traces gives the decision about another label for the same recipients; nil where the draft had no other one.
func (c *check) traces(origin Party, all []addressee) func(label.Label) bool {
	d := c.in.Draft
	if !c.in.Sending || len(all) == 0 || !c.labelValid || len(d.Relabelled) == 0 && (d.Inherited == nil || d.Inherited.IsZero()) {
		return nil
	}
	return func(l label.Label) bool {
		other, ok := c.under(l)
		if !ok || other.originator(origin, true).Outcome != Cleared {
			return false
		}
		for _, a := range all {
			if other.full(a).Outcome != Cleared || other.linkOf(a).Outcome != Cleared {
				return false
			}
		}
		return true
	}
}

// under gives the check of the same draft under another label, without its parts; false where that label cannot be used, or this
// installation may not hold it.
func (c *check) under(l label.Label) (*check, bool) {
	p, err := c.in.Site.Find(l.Policy)
	if err != nil {
		return nil, false
	}
	other := *c
	other.policy, other.label, other.given, other.numbered, other.report = p, l, l, p.Label(l), LabelReport{Valid: true}
	other.portions, other.asks, other.silent = nil, nil, true
	other.decided, other.links, other.parts, other.ceilings = map[held]Verdict{}, map[string]Verdict{}, map[part]judged{}, nil
	if !other.numbered.NamesKnown() || spif.Invalid(p.Validate(other.numbered, other.validation())) {
		return nil, false
	}
	return &other, other.across([]label.Clearance{c.in.Rules.SystemHigh}).Decision == cmbac.Permit
}

// MayTrace reports that a mailbox may hold another label than that of the copy as well: one that the header of the copy names.
func (r *CopyResult) MayTrace(l label.Label) bool {
	if !r.IsPermitted() || r.of.judge == nil || r.clearance == nil {
		return false
	}
	other, ok := r.of.judge.under(l)
	return ok && other.across([]label.Clearance{*r.clearance}).Decision == cmbac.Permit
}
