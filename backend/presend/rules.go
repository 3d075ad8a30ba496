package presend

import (
	"slices"
	"time"

	"caveat/backend/cmbac"
	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/spif"
)

// Rules are the rules of the installation.
type Rules struct {
	// Drafting and Sending are the two ages of RULES 13.
	Drafting, Sending time.Duration
	// SystemHigh is the clearance of the installation itself (RULES 10).
	SystemHigh label.Clearance
	// RequireTagSets names, per policy, tag sets that a label must have a value of (RULES 4). Key: the policy's id.
	RequireTagSets map[string][]string
	// Hierarchical lists the ids of policies whose classification is tested by hierarchy.
	Hierarchical []string
	// Protected names tag sets whose refusal never becomes a warning, besides every restrictive one (RULES 14).
	Protected []string
	// ReviewAfter is when a label made here is due for review (RULES 3).
	ReviewAfter time.Duration
	// Relaxations turn a block into a warning.
	Relaxations []Relaxation
	// Thresholds bound how many may get a label.
	Thresholds []ThresholdRule
	// FilteredRooms lists, by address or domain, chat rooms whose service filters each occupant by clearance (RULES 7).
	FilteredRooms []string
	// Language is that of the markings that go out, a language tag; "": English.
	Language string
	// Marking is where else than the policy says the marking stands in a mail message.
	Marking Marking
}

// ThresholdRule is a rule on how many recipients a label may have (RULES 14): more than Limit distinct persons, counted to the
// last level, at Classification or above. Where it is not known who stands behind an address, the limit counts as exceeded.
type ThresholdRule struct {
	Name           string
	Classification string // "" is every one
	Limit          int    // so many are allowed
	Action         Action // Warn or Block; anything else is Block
	From, Until    time.Time
}

// Delivered values of the rules.
const (
	DefaultDrafting    = 24 * time.Hour
	DefaultSending     = 5 * time.Minute
	DefaultReviewAfter = 10 * 365 * 24 * time.Hour
)

// Relaxation is one rule that turns a block into a warning (RULES 14). An empty field matches everything.
type Relaxation struct {
	Name           string
	Outcome        Outcome
	Nation         string
	Channel        draft.Channel
	Classification string
	From, Until    time.Time
	// Trial: the rule runs beside the enforced ones and only records whom it would have let become a warning (Result.Trials).
	Trial bool
}

func (r Relaxation) matches(o Outcome, nation string, channel draft.Channel, class string, now time.Time) bool {
	return (r.Outcome == "" || r.Outcome == o) &&
		(r.Nation == "" || r.Nation == nation) &&
		(r.Channel == "" || r.Channel == channel) &&
		(r.Classification == "" || label.Fold(r.Classification) == label.Fold(class)) &&
		InForce(now, r.From, r.Until)
}

// InForce reports that a rule that holds from a time, until before another, holds now; a zero time is no bound.
func InForce(now, from, until time.Time) bool {
	return !now.Before(from) && (until.IsZero() || now.Before(until))
}

func (r Rules) mode(p *spif.Policy) cmbac.Mode {
	if slices.Contains(r.Hierarchical, p.ID()) {
		return cmbac.Hierarchical
	}
	return cmbac.Membership
}

// subject is whose verdict an action is sought for.
type subject int

const (
	ofRecipient subject = iota
	ofOriginator
	ofLink
)

// action says what follows from a verdict. Delivered, everything but cleared blocks. There is no ignoring (RULES 14).
func (c *check) action(v Verdict, whose subject, nation string) Action {
	switch {
	case v.Outcome == Cleared:
		return Pass
	case !c.labelValid, whose == ofLink, whose == ofOriginator && v.Outcome != Stale, c.protects(v):
		return Block
	}
	for _, r := range c.in.Rules.Relaxations {
		if !r.Trial && r.matches(v.Outcome, nation, c.in.Draft.Channel, c.label.Classification, c.in.Now) {
			return Warn
		}
	}
	return Block
}

// protects reports whether a refusal is, or may be, about a tag set that the administrator protects. Where nobody could judge
// what somebody holds, the label's protected values count as missing: only a verdict that was once cleared and has aged, or
// one that says which other values are missing, can become a warning.
func (c *check) protects(v Verdict) bool {
	return slices.ContainsFunc(v.Reasons, func(r Reason) bool {
		switch r.Rule {
		case RuleStale, RuleMember, RuleCapability, cmbac.RuleClassification:
			return false // of a member, its own reasons tell; what a system can take says nothing about what somebody holds
		case RulePartNotCleared:
			return r.TagSet != "" || !c.asksForClass(r) && c.labelIsProtected()
		case cmbac.RuleRestrictive:
			return true
		case cmbac.RulePermissive:
			return c.isProtected(r.TagSet)
		}
		return c.labelIsProtected()
	})
}

// asksForClass reports that what is missing is a classification alone.
func (c *check) asksForClass(r Reason) bool {
	return len(r.Needed) > 0 && c.policy.Class(r.Needed[0]) != nil
}

// labelIsProtected reports whether the label has a restrictive value, or one of a protected tag set.
func (c *check) labelIsProtected() bool {
	return slices.ContainsFunc(c.policy.Tags(), func(t *spif.Tag) bool {
		return c.numbered.Values().Meets(t.Mask()) && (t.Type() == label.Restrictive || c.isProtected(t.Set().Name()))
	})
}

func (c *check) isProtected(set string) bool {
	return slices.ContainsFunc(c.in.Rules.Protected, func(p string) bool { return label.Fold(p) == label.Fold(set) })
}

// stricter gives the stricter of two actions.
func stricter(a, b Action) Action {
	switch {
	case a == Pass || b == Block:
		return b
	}
	return a
}
