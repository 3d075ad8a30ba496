package presend

import (
	"fmt"
	"time"

	"caveat/backend/label"
	"caveat/backend/spif"
)

// ThresholdKey is what an override of a threshold is entered under, where an override of a recipient is under the address.
func ThresholdKey(name string) string { return "threshold:" + name }

// exceeded lists the thresholds that a message with this label to these addresses exceeds (RULES 14). Where it is not known who
// stands behind an address, the limit counts as exceeded.
func (c *check) exceeded(all []addressee) []Threshold {
	out := []Threshold{}
	count, isKnown, counted := 0, false, false
	for _, rule := range c.in.Rules.Thresholds {
		if !rule.inForce(c.in.Now) || !c.isAbove(rule.Classification) {
			continue
		}
		if !counted {
			count, isKnown = c.reach(all)
			counted = true
		}
		if isKnown && count <= rule.Limit {
			continue
		}
		out = append(out, rule.exceededBy(count, isKnown))
	}
	return out
}

func (r ThresholdRule) inForce(now time.Time) bool {
	return InForce(now, r.From, r.Until)
}

// follows is what follows from exceeding it.
func (r ThresholdRule) follows() Action {
	if r.Action == Warn {
		return Warn
	}
	return Block
}

func (r ThresholdRule) exceededBy(count int, isKnown bool) Threshold {
	t := Threshold{Name: r.Name, Classification: r.Classification, Limit: r.Limit, Recipients: count, Action: r.follows()}
	at := ""
	if r.Classification != "" {
		at = fmt.Sprintf(" at %s or above", r.Classification)
	}
	t.Text = fmt.Sprintf("It would reach %d; more than %d%s are not allowed.", count, r.Limit, at)
	if !isKnown {
		t.Text = fmt.Sprintf("It would reach %d and others who are not known; at most %d%s are allowed.", count, r.Limit, at)
	}
	return t
}

// isAbove reports that the label is at or above a classification.
func (c *check) isAbove(classification string) bool {
	return isClassAbove(c.in.Site, c.policy, c.numbered.Class(), classification)
}

// isClassAbove reports that a class of a policy is at or above a classification. One that no policy here knows counts for every label:
// a rule that nobody understands must not be off; one of another policy's says nothing about this label. No class is above every one.
func isClassAbove(site *spif.Site, policy *spif.Policy, class *spif.Class, classification string) bool {
	if classification == "" || class == nil {
		return true
	}
	if bound := classOf(policy, classification); bound != nil {
		return class.Hierarchy() >= bound.Hierarchy()
	}
	for _, p := range site.Policies() {
		if classOf(p, classification) != nil {
			return false
		}
	}
	return true
}

func classOf(p *spif.Policy, name string) *spif.Class {
	for _, k := range p.Classes() {
		if label.Fold(k.Name()) == label.Fold(name) {
			return k
		}
	}
	return nil
}
