package presend

import "slices"

// forAsker takes out of a report what a label that the asker's own clearance does not permit would tell of others: whoever may ask of
// any label learns, label by label, what somebody holds (RULES 19). Links are about networks, and stay; so does where was looked.
func forAsker(r Report) Report {
	reason := Reason{Rule: RuleAsker, Text: "Not told: your own clearance does not permit this label."}
	switch v := r.Originator; {
	case v.Outcome == Cleared || v.Outcome == Stale, !slices.ContainsFunc(v.Reasons, func(x Reason) bool { return x.Rule != RuleCapability }):
		return r
	case v.Outcome != NotCleared:
		reason.Text = "Not told: it is not known whether your own clearance permits this label."
	}
	r.Outcome = Worse(r.Originator.Outcome, Unknown)
	r.Recipients = slices.Clone(r.Recipients)
	for i := range r.Recipients {
		x := &r.Recipients[i]
		e := x.Verdict.Evidence
		e.Note = ""
		x.Verdict = Verdict{Outcome: Unknown, Action: Block, Reasons: []Reason{reason}, Evidence: e}
		x.Members, x.Was = nil, nil
		r.Outcome = Worse(r.Outcome, x.Link.Outcome)
	}
	r.Fixes = []Fix{}
	return r
}
