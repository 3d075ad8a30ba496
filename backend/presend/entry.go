package presend

import (
	"fmt"
	"strings"

	"caveat/backend/cmbac"
	"caveat/backend/label"
)

// entry judges one directory entry by its own clearance: whoever stands behind it is not looked at here.
func (c *check) entry(e Entry, fault string) Verdict {
	v := c.decide(e)
	v.Evidence = Evidence{Directory: e.Directory, DN: e.DN, Transport: e.Transport, Policy: c.policyUsed()}
	if !e.ReadAt.IsZero() {
		at := e.ReadAt.UTC()
		v.Evidence.ReadAt = &at
	}
	return c.aged(v, e, fault)
}

// decide comes to an outcome without regard to age.
func (c *check) decide(e Entry) Verdict {
	return c.ifActive(e, c.decidePublished(e))
}

// decidePublished decides by what is published. Equal clearances are decided once.
func (c *check) decidePublished(e Entry) Verdict {
	switch {
	case !c.labelValid:
		return c.refused()
	case e.Withdrawn:
		return Verdict{Outcome: NotCleared, Reasons: []Reason{{Rule: RuleWithdrawn, Text: "Was published before and has been withdrawn."}}}
	case e.Untrusted && e.Ceiling == nil:
		return Verdict{Outcome: Unknown, Reasons: []Reason{{Rule: RuleUntrusted, Text: fmt.Sprintf("The clearance was read over an unprotected channel (%s), which this installation does not rely on.", e.Transport)}}}
	}
	key := c.heldBy(e)
	if v, ok := c.decided[key]; ok {
		return v
	}
	v := c.decideClearances(e)
	c.decided[key] = v
	return v
}

// held is what decides about an entry: its clearances and, where they were read over an unprotected channel, their ceiling. Nearly
// everybody has one clearance, of which no copy is made.
type held struct {
	count       int
	first, more string
	isUntrusted bool
	ceiling     string
}

func (c *check) heldBy(e Entry) held {
	h := held{count: len(e.Clearances), isUntrusted: e.Untrusted}
	if h.count > 0 {
		h.first = e.Clearances[0]
	}
	if h.count > 1 {
		h.more = textsKey(e.Clearances[1:])
	}
	if e.Untrusted {
		h.ceiling = c.ceilingText(e.Ceiling)
	}
	return h
}

// ceilingText writes a ceiling once: those who were read over one endpoint have one, which nobody changes while a check runs.
func (c *check) ceilingText(ceiling *label.Clearance) string {
	text, ok := c.ceilings[ceiling]
	if !ok {
		text = string(ceiling.Marshal())
		if c.ceilings == nil {
			c.ceilings = map[*label.Clearance]string{}
		}
		c.ceilings[ceiling] = text
	}
	return text
}

func (c *check) decideClearances(e Entry) Verdict {
	p, err := c.memory.prepared(c.in.Site, c.policy, e.Clearances)
	if err != nil {
		return Verdict{Outcome: Error, Reasons: []Reason{{Rule: RuleUnreadable, Text: "A clearance is published that cannot be read."}}}
	}
	v := verdictOf(c.acrossPrepared(p))
	if e.Untrusted && v.Outcome == Cleared {
		if bound := c.across([]label.Clearance{*e.Ceiling}); bound.Decision != cmbac.Permit {
			return Verdict{Outcome: Unknown, Reasons: []Reason{{Rule: RuleCeiling, Text: fmt.Sprintf("The clearance was read over an unprotected channel (%s); this label is above what this installation believes of it.", e.Transport)}}}
		}
	}
	return v
}

func verdictOf(v cmbac.Verdict) Verdict {
	switch {
	case v.Decision == cmbac.Permit:
		return Verdict{Outcome: Cleared, Reasons: []Reason{}}
	case v.Broken:
		return Verdict{Outcome: Error, Reasons: v.Reasons}
	case v.NoClearance:
		return Verdict{Outcome: Unknown, Reasons: v.Reasons}
	}
	return Verdict{Outcome: NotCleared, Reasons: v.Reasons}
}

// aged applies the two ages of RULES 13: beyond the age that counts, cleared becomes stale; a refusal stays.
func (c *check) aged(v Verdict, e Entry, fault string) Verdict {
	limit := c.in.Rules.Drafting
	if c.in.Sending {
		limit = c.in.Rules.Sending
	}
	if v.Outcome == Cleared && isOld(c.in.Now, e.ReadAt, limit) {
		v.Outcome = Stale
		text := "It was never read."
		if !e.ReadAt.IsZero() {
			text = fmt.Sprintf("It was last read at %s.", stamp(e.ReadAt))
		}
		v.Reasons = []Reason{{Rule: RuleStale, Text: strings.TrimSpace(text + " " + fault)}}
	}
	if isOld(c.in.Now, e.ReadAt, c.in.Rules.Sending) {
		v.Evidence.Note = strings.TrimSpace("As last read. " + fault)
	}
	return v
}
