package presend

import (
	"fmt"
	"strings"

	"caveat/backend/cmbac"
	"caveat/backend/draft"
	"caveat/backend/label"
)

// link judges the way to a party: every link must permit (RULES 11).
func (c *check) link(p Party) Verdict {
	v := Verdict{Outcome: Cleared, Reasons: []Reason{}, Evidence: Evidence{Policy: c.policyUsed()}}
	if p.Address == "" {
		v = with(v, Unknown, Reason{Rule: RuleAddress, Text: "Has no address on this channel."})
		v.Evidence.Directory = p.Looked
		v.Action = Block
		return v
	}
	domain := domainOr(p.Address)
	if known, ok := c.links[domain]; ok {
		return known
	}
	route, ok := c.in.Routes.Route(c.in.Draft.Channel, p.Address)
	switch {
	case !ok && !c.expired():
		v = with(v, Unknown, Reason{Rule: RuleNoRoute, Text: fmt.Sprintf("There is no %s route to %s.", c.in.Draft.Channel, domain)})
		v.Evidence.Directory = "the installation's routes"
	case !c.labelValid:
		no := c.refused()
		v.Outcome, v.Reasons = no.Outcome, no.Reasons
		v.Evidence.Directory = "the installation's routes"
	default:
		v = c.everyLink(route, v)
	}
	v.Action = c.action(v, ofLink, p.Nation)
	c.links[domain] = v
	return v
}

func domainOr(address string) string {
	if d := draft.Domain(address); d != "" {
		return d
	}
	return address
}

func (c *check) everyLink(route Route, v Verdict) Verdict {
	var names []string
	for _, l := range route.Links {
		names = append(names, l.Name)
		decision := c.across([]label.Clearance{l.Clearance})
		if decision.Decision == cmbac.Permit {
			continue
		}
		o := NotCleared
		if decision.Broken {
			o = Error
		}
		for _, r := range decision.Reasons {
			r.Text = fmt.Sprintf("The link %s does not carry this label. %s", l.Name, r.Text)
			v = with(v, o, r)
		}
	}
	if len(route.Links) == 0 {
		v = with(v, Unknown, Reason{Rule: RuleNoRoute, Text: "The route has no links."})
	}
	v.Evidence.Directory = "route " + strings.Join(names, ", ")
	return v
}
