package presend

import (
	"slices"
	"time"

	"caveat/backend/cmbac"
	"caveat/backend/draft"
	"caveat/backend/label"
)

// Ground is one verdict that is not cleared, as far as a rule asks about it (RULES 14): with the grounds of a decision, what other
// rules would have made of it can be told later, without anybody's clearance.
type Ground struct {
	Nation  string  `json:"nation,omitempty"`
	Outcome Outcome `json:"outcome"`
	// Fixed: no rule makes a warning of it, whatever is protected.
	Fixed bool `json:"fixed,omitempty"`
	// TagSets: it is fixed where the administrator protects one of these.
	TagSets []string `json:"tagSets,omitempty"`
}

// Grounds are those of a check at Send, and how many the message would reach.
type Grounds struct {
	Originator Ground
	// Recipients are in the report's order; of one who passes by himself, none.
	Recipients [][]Ground
	// Reached is how many distinct persons the message would come to, as thresholds count them; with Others there may be more.
	Reached int
	Others  bool
}

// Grounds tells what the actions of a check at Send rest on; the zero Grounds of any other.
func (r *Result) Grounds() Grounds { return r.grounds }

// Action says what follows from one ground (RULES 14). Delivered, everything but cleared blocks. There is no ignoring.
func (r Rules) Action(g Ground, channel draft.Channel, classification string, now time.Time) Action {
	switch {
	case g.Outcome == Cleared:
		return Pass
	case g.Fixed, slices.ContainsFunc(g.TagSets, r.isProtected):
		return Block
	}
	for _, x := range r.Relaxations {
		if !x.Trial && x.matches(g.Outcome, g.Nation, channel, classification, now) {
			return Warn
		}
	}
	return Block
}

func (r Rules) isProtected(set string) bool {
	return slices.ContainsFunc(r.Protected, func(p string) bool { return label.Fold(p) == label.Fold(set) })
}

// ground is what rules ask about a verdict.
func (c *check) ground(v Verdict, whose subject, nation string) Ground {
	g := Ground{Nation: nation, Outcome: v.Outcome}
	if g.Fixed = !c.labelValid || whose == ofLink || whose == ofOriginator && v.Outcome != Stale; !g.Fixed {
		g.Fixed, g.TagSets = c.restricts(v)
	}
	return g
}

// restricts tells whether a refusal is, or may be, about a restrictive tag set, and which other tag sets it is, or may be, about. Where
// nobody could judge what somebody holds, the label's values count as missing: only a verdict that was once cleared and has aged, or
// one that says which other values are missing, can become a warning.
func (c *check) restricts(v Verdict) (fixed bool, sets []string) {
	whole := false
	for _, r := range v.Reasons {
		switch r.Rule {
		case RuleStale, RuleMember, RuleCapability, cmbac.RuleClassification:
			// Of a member, its own reasons tell; what a system can take says nothing about what somebody holds.
		case RulePartNotCleared:
			fixed = fixed || r.TagSet != ""
			whole = whole || r.TagSet == "" && !c.asksForClass(r)
		case cmbac.RuleRestrictive:
			fixed = true
		case cmbac.RulePermissive:
			if !slices.Contains(sets, r.TagSet) {
				sets = append(sets, r.TagSet)
			}
		default:
			whole = true
		}
	}
	if whole && !fixed {
		restrictive, others := c.labelRestricts()
		fixed = restrictive
		for _, name := range others {
			if !slices.Contains(sets, name) {
				sets = append(sets, name)
			}
		}
	}
	if fixed {
		return true, nil
	}
	return false, sets
}

// asksForClass reports that what is missing is a classification alone.
func (c *check) asksForClass(r Reason) bool {
	return len(r.Needed) > 0 && c.policy.Class(r.Needed[0]) != nil
}

// labelRestricts tells whether the label has a restrictive value, and which other tag sets it has values of.
func (c *check) labelRestricts() (restrictive bool, others []string) {
	for _, t := range c.policy.Tags() {
		switch name := t.Set().Name(); {
		case !c.numbered.Values().Meets(t.Mask()):
		case t.Type() == label.Restrictive:
			restrictive = true
		case !slices.Contains(others, name):
			others = append(others, name)
		}
	}
	return restrictive, others
}

// groundsOf is full, told: what a recipient's action rests on, each once. None: he passes.
func (c *check) groundsOf(a addressee) (out []Ground) {
	add := func(g Ground) {
		if g.Outcome != Cleared && !slices.ContainsFunc(out, g.equal) {
			out = append(out, g)
		}
	}
	v := c.base(a.party, !a.opens())
	whole := c.ground(v, ofRecipient, a.party.Nation)
	add(whole)
	for _, b := range a.behind {
		j := c.judge(b)
		add(j.ground)
		whole.Outcome = Worse(whole.Outcome, j.outcome)
		if b.needsLink {
			link := c.link(b.party)
			add(c.ground(link, ofLink, ""))
			whole.Outcome = Worse(whole.Outcome, link.Outcome)
		}
	}
	add(whole)
	return out
}

func (g Ground) equal(o Ground) bool {
	return g.Nation == o.Nation && g.Outcome == o.Outcome && g.Fixed == o.Fixed && slices.Equal(g.TagSets, o.TagSets)
}

// allGrounds are those of the whole check.
func (c *check) allGrounds(r Report, origin Party, all []addressee) Grounds {
	out := Grounds{Originator: c.ground(r.Originator, ofOriginator, origin.Nation), Recipients: make([][]Ground, len(all))}
	for i, a := range all {
		if r.Recipients[i].Verdict.Action != Pass {
			out.Recipients[i] = c.groundsOf(a)
		}
	}
	isKnown := false
	out.Reached, isKnown = c.reach(all)
	out.Others = !isKnown
	return out
}
