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

// action says what follows from a verdict.
func (c *check) action(v Verdict, whose subject, nation string) Action {
	if v.Outcome == Cleared {
		return Pass
	}
	return c.follows(c.ground(v, whose, nation))
}

// follows says what follows from a ground here and now.
func (c *check) follows(g Ground) Action {
	return c.in.Rules.Action(g, c.in.Draft.Channel, c.label.Classification, c.in.Now)
}

// Stricter gives the stricter of two actions.
func Stricter(a, b Action) Action {
	switch {
	case a == Pass || b == Block:
		return b
	}
	return a
}
