package presend

import (
	"slices"
	"time"

	"caveat/backend/draft"
	"caveat/backend/spif"
)

// Past is a check at Send as the audit log has it, for asking what other rules would have made of it (RULES 14).
type Past struct {
	Channel        draft.Channel
	Policy         PolicyUsed // under which its label was read
	Classification string
	Unusable       bool // its label could not be used
	Originator     *Ground
	Recipients     []PastRecipient
	Reached        int // distinct persons, as thresholds count them
	Others         bool
}

// PastRecipient is one address of it.
type PastRecipient struct {
	Grounds []Ground // none: it passes
	NoWay   bool     // a link does not carry it, which no rule relaxes
}

// Ruling is what rules make of a past check.
type Ruling struct {
	Action     Action // the strictest of all
	Originator Action
	Recipients []Action // in the order of Past's
	Exceeded   []ThresholdRule
	// Unsure names thresholds of which nobody can say: they ask for a classification, and the policy that the label was read under is
	// not here, or not in that edition.
	Unsure []string
}

// Untimed are the rules as if each that has not ended were in force all the time. What has ended is left out.
func (r Rules) Untimed(now time.Time) Rules {
	ended := func(until time.Time) bool { return !until.IsZero() && !now.Before(until) }
	r.Relaxations = slices.DeleteFunc(slices.Clone(r.Relaxations), func(x Relaxation) bool { return ended(x.Until) })
	for i := range r.Relaxations {
		r.Relaxations[i].From, r.Relaxations[i].Until = time.Time{}, time.Time{}
	}
	r.Thresholds = slices.DeleteFunc(slices.Clone(r.Thresholds), func(x ThresholdRule) bool { return ended(x.Until) })
	for i := range r.Thresholds {
		r.Thresholds[i].From, r.Thresholds[i].Until = time.Time{}, time.Time{}
	}
	return r
}

// Replay says what the rules would have made of a past check at a time. site is where classifications are looked up.
func (r Rules) Replay(site *spif.Site, p Past, at time.Time) Ruling {
	out := Ruling{Action: Pass, Originator: Pass, Recipients: make([]Action, len(p.Recipients))}
	if p.Originator != nil {
		out.Originator = r.Action(*p.Originator, p.Channel, p.Classification, at)
	}
	out.Action = out.Originator
	for i, x := range p.Recipients {
		out.Recipients[i] = Pass
		for _, g := range x.Grounds {
			out.Recipients[i] = Stricter(out.Recipients[i], r.Action(g, p.Channel, p.Classification, at))
		}
		if x.NoWay {
			out.Recipients[i] = Block
		}
		out.Action = Stricter(out.Action, out.Recipients[i])
	}
	for _, t := range r.Thresholds {
		if !t.inForce(at) || !p.Others && p.Reached <= t.Limit {
			continue
		}
		switch isAbove, isSure := p.isAbove(site, t.Classification); {
		case !isSure:
			out.Unsure = append(out.Unsure, t.Name)
		case isAbove:
			out.Exceeded = append(out.Exceeded, t)
			out.Action = Stricter(out.Action, t.follows())
		}
	}
	if p.Unusable {
		out.Action = Block
	}
	return out
}

// isAbove is check.isAbove for a label of which only the name of its classification is known.
func (p Past) isAbove(site *spif.Site, bound string) (isAbove, isSure bool) {
	if bound == "" {
		return true, true
	}
	i := slices.IndexFunc(site.Policies(), func(q *spif.Policy) bool { return q.SHA256() == p.Policy.SHA256 })
	if i < 0 {
		return false, false
	}
	policy := site.Policies()[i]
	return isClassAbove(site, policy, classOf(policy, p.Classification), bound), true
}
