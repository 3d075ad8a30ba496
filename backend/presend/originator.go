package presend

import "fmt"

// originator judges who sends: an identity bound to the user by the administrator, with a clearance read from the own
// nation's directory that permits the label (RULES 10).
func (c *check) originator(p Party, bound bool) Verdict {
	var v Verdict
	switch {
	case !bound:
		v = Verdict{Outcome: NotCleared, Evidence: Evidence{Directory: p.Looked, Policy: c.policyUsed()},
			Reasons: []Reason{{Rule: RuleNotBound, Text: "The administrator has not bound this identity to you."}}}
		if no := c.refused(); no.Outcome == Error {
			v.Outcome, v.Reasons = Error, append(v.Reasons, no.Reasons...)
		}
	case len(p.Entries) == 0:
		v = c.nobody(p)
	default:
		// Whether a role's occupants are cleared does not bear on whether it may originate: the user is one of them.
		v = worstOf(p.Entries, func(e Entry) Verdict { return c.entry(e, p.Fault) })
	}
	v = c.ifFits(v)
	v.Action = c.action(v, ofOriginator, p.Nation)
	return v
}

// ifFits refuses a message that our own mail server would (RULES 23): before it is written to its end, not after.
func (c *check) ifFits(v Verdict) Verdict {
	if limit := c.in.Message.Limit; c.labelValid && limit > 0 && c.size() > limit {
		return with(v, NotCleared, Reason{Rule: RuleCapability, Text: fmt.Sprintf(
			"Our own mail server takes messages of at most %s; this one has about %s. Take attachments out, or send them in several messages.", bytesText(limit), bytesText(c.size()))})
	}
	return v
}

// withoutHeld takes what somebody holds out of every reason: a drafter sees what is missing only (RULES 19).
func withoutHeld(r Report) Report {
	strip := stripper{}.strip
	var recipients func([]Recipient) []Recipient
	recipients = func(in []Recipient) []Recipient {
		out := append([]Recipient{}, in...)
		for i := range out {
			out[i].Verdict.Reasons, out[i].Link.Reasons = strip(out[i].Verdict.Reasons), strip(out[i].Link.Reasons)
			if len(out[i].Members) > 0 {
				out[i].Members = recipients(out[i].Members)
			}
		}
		return out
	}
	r.Label.Problems, r.Originator.Reasons = WithoutHeld(r.Label.Problems), WithoutHeld(r.Originator.Reasons)
	r.Recipients = recipients(r.Recipients)
	r.Parts = append([]PartReport{}, r.Parts...)
	for i := range r.Parts {
		r.Parts[i].Problems = WithoutHeld(r.Parts[i].Problems)
	}
	return r
}

// stripper is WithoutHeld for many: those who are decided alike share their reasons, and what is left of these.
type stripper map[*Reason]stripped

type stripped struct {
	of, left []Reason
}

func (s stripper) strip(reasons []Reason) []Reason {
	if len(reasons) == 0 {
		return []Reason{}
	}
	x, ok := s[&reasons[0]]
	if !ok || len(x.of) != len(reasons) { // the beginning of a longer list is another one
		left := WithoutHeld(reasons)
		x = stripped{reasons, left[:len(left):len(left)]}
		s[&reasons[0]] = x
	}
	return x.left
}
