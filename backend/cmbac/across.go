package cmbac

import (
	"caveat/backend/label"
	"caveat/backend/spif"
)

// Which policy's equivalences made a decision across policies possible.
const (
	ViaSenderPolicy    = "sender-policy"
	ViaRecipientPolicy = "recipient-policy"
)

// Verdict is the answer of Across.
type Verdict struct {
	Decision Decision
	Reasons  []Reason // every rule that denied; empty exactly when Decision is Permit
	Via      string   // empty: decided under the label's own policy
	// Broken says that the clearances contradict each other: an error of the directory, not a "no".
	Broken bool
	// NoClearance says that none at all was given.
	NoClearance bool
}

// Question is what Across is asked.
type Question struct {
	Site       *spif.Site
	Policy     *spif.Policy // of the label
	Label      spif.Label   // under Policy, valid: the caller has judged that
	Clearances []label.Clearance
	Validation spif.Validation // for translated labels
	Mode       func(*spif.Policy) Mode
}

// Across decides a label against all clearances that somebody was given. A clearance under the label's policy decides
// alone. Without one, each clearance under another policy is tried: the label is translated by the sender's policy, and
// by the recipient's only where the sender's cannot; a translated label that is invalid or not permitted is the answer.
//
// std: ADatP-4774.1/A1 §3.11.4, §5.2.1
func Across(q Question) Verdict { return Prepare(q.Site, q.Policy, q.Clearances).Across(q) }

// Prepared is the clearances that somebody was given, sorted and numbered for labels of one policy, so that many labels can
// be held against them. The zero Prepared permits nothing. It is safe for concurrent use.
type Prepared struct {
	policy   *spif.Policy
	count    int
	own      int            // how many are under the policy
	numbered spif.Clearance // the one that is, where it is one
	foreign  []held
	unknown  int
	misnamed *spif.Policy
	given    []label.Clearance // as they were given, for Under
}

// Prepare sorts clearances for labels of a policy of the site.
func Prepare(site *spif.Site, policy *spif.Policy, clearances []label.Clearance) Prepared {
	p := Prepared{policy: policy, count: len(clearances), misnamed: misnamed(site, clearances), given: clearances}
	for _, c := range clearances {
		at, err := site.Find(c.Policy)
		switch {
		case err != nil:
			p.unknown++
		case at == policy:
			p.own++
			p.numbered, _ = policy.Clearance(c)
		default:
			p.foreign = append(p.foreign, held{at, c})
		}
	}
	return p
}

// Under prepares the same clearances for labels of another policy of the same site.
func (p Prepared) Under(site *spif.Site, policy *spif.Policy) Prepared {
	if p.policy == policy {
		return p
	}
	return Prepare(site, policy, p.given)
}

// Across is the function of that name; the question's site and policy must be those that it was prepared for, and its
// clearances do not count.
func (p Prepared) Across(q Question) Verdict {
	if p.misnamed != nil && p.own+len(p.foreign) > 0 {
		return Verdict{Broken: true, Reasons: []Reason{contradiction(p.misnamed, p.count)}}
	}
	switch {
	case p.policy == nil || p.policy != q.Policy:
		return Verdict{Reasons: []Reason{{Rule: RulePolicy}}}
	case p.own > 1:
		// Merging two could permit what neither does.
		return Verdict{Broken: true, Reasons: []Reason{contradiction(q.Policy, p.own)}}
	case p.own == 1:
		return verdict("", q.reasons(q.Policy, q.Label, p.numbered))
	case len(p.foreign) == 0:
		return noClearance(q.Policy, p.unknown)
	}
	return q.translated(p.foreign)
}

// misnamed finds a policy of which a clearance has the identifier and another name: one of the two is wrong, and nobody can say
// which. Alone it permits nothing; beside others it may be the one that contradicts them.
func misnamed(site *spif.Site, clearances []label.Clearance) *spif.Policy {
	for _, c := range clearances {
		for _, p := range site.Policies() {
			if _, err := p.PolicyID().Same(c.Policy); err != nil {
				return p
			}
		}
	}
	return nil
}

type held struct {
	policy    *spif.Policy
	clearance label.Clearance
}

func (q Question) reasons(p *spif.Policy, l spif.Label, c spif.Clearance) []Reason {
	mode := Membership
	if q.Mode != nil {
		mode = q.Mode(p)
	}
	if Decide(p, l, c, mode) == Permit {
		return nil
	}
	return Explain(p, l, c, mode)
}

func (q Question) translated(foreign []held) Verdict {
	count := map[*spif.Policy]int{}
	for _, h := range foreign {
		count[h.policy]++
	}
	for _, h := range foreign {
		if n := count[h.policy]; n > 1 {
			return Verdict{Broken: true, Reasons: []Reason{contradiction(h.policy, n)}}
		}
	}
	out := Verdict{}
	for _, h := range foreign {
		v := q.translate(h)
		if v.Decision == Permit {
			return v
		}
		out.Reasons = append(out.Reasons, v.Reasons...)
		if v.Via != "" {
			out.Via = v.Via
		}
	}
	return out
}

func (q Question) translate(h held) Verdict {
	via := ViaSenderPolicy
	info, err := q.Policy.TranslateTo(h.policy, q.Label)
	if err != nil {
		via = ViaRecipientPolicy
		var back error
		if info, back = h.policy.TranslateFrom(q.Policy, q.Label); back != nil {
			return Verdict{Reasons: []Reason{{Rule: RulePolicy, Needed: []string{q.Policy.Name()}, Held: []string{h.policy.Name()}}}}
		}
	}
	l := h.policy.Label(label.Label{Information: info})
	v := q.Validation
	v.RequireTagSets = nil // they are named for the label's own policy
	if problems := h.policy.Validate(l, v); spif.Invalid(problems) {
		return Verdict{Via: via, Reasons: InvalidReasons(problems)}
	}
	c, _ := h.policy.Clearance(h.clearance)
	return verdict(via, q.reasons(h.policy, l, c))
}

// contradiction: "one value per policy".
func contradiction(p *spif.Policy, count int) Reason {
	return Reason{Rule: RuleDirectory, Needed: []string{p.Name()}, count: count}
}

func verdict(via string, reasons []Reason) Verdict {
	if len(reasons) == 0 {
		return Verdict{Decision: Permit, Via: via}
	}
	return Verdict{Via: via, Reasons: reasons}
}

// noClearance tells "nothing is published" from "what is published is under policies that nobody here knows": the first
// is not known, the second is a no.
func noClearance(p *spif.Policy, unknown int) Verdict {
	if unknown > 0 {
		return Verdict{Reasons: []Reason{{Rule: RulePolicy, Needed: []string{p.Name()}}}}
	}
	return Verdict{NoClearance: true, Reasons: []Reason{{Rule: RuleNoClearance, Needed: []string{p.Name()}}}}
}
