package presend

import (
	"fmt"
	"strings"

	"caveat/backend/cmbac"
	"caveat/backend/draft"
	"caveat/backend/label"
)

// link judges the way to a party: every link must permit (RULES 11), for a federated room to each of its nodes (RULES 7).
func (c *check) link(p Party) Verdict {
	if p.Address == "" {
		v := Verdict{Outcome: Cleared, Evidence: Evidence{Directory: p.Looked, Policy: c.policyUsed()}}
		v = with(v, Unknown, Reason{Rule: RuleAddress, Text: "Has no address on this channel."})
		v.Action = Block
		return v
	}
	v := c.way(p.Address)
	for _, e := range p.Entries {
		if e.Kind == Room && c.labelValid {
			v = c.nodes(p.Address, e, v)
		}
	}
	return c.atServers(p.Address, v)
}

// way judges the way to the domain of an address, once for each domain.
func (c *check) way(address string) Verdict {
	domain := domainOr(address)
	if known, ok := c.links[domain]; ok {
		return known
	}
	v := Verdict{Outcome: Cleared, Reasons: []Reason{}, Evidence: Evidence{Policy: c.policyUsed()}}
	route, ok := c.in.Routes.Route(c.in.Draft.Channel, address)
	switch {
	case !ok && !c.isUnjudgeable():
		v = with(v, Unknown, Reason{Rule: RuleNoRoute, Text: fmt.Sprintf("There is no %s route to %s.", c.in.Draft.Channel, domain)})
		v.Evidence.Directory = "the installation's routes"
	case !c.labelValid:
		no := c.refused()
		v.Outcome, v.Reasons = no.Outcome, no.Reasons
		v.Evidence.Directory = "the installation's routes"
	default:
		v = c.everyLink(route, v)
	}
	v.Action = c.action(v, ofLink, "")
	c.links[domain] = v
	return v
}

// nodes adds the ways to the nodes of a federated room. What is in the room goes to each of them.
func (c *check) nodes(address string, e Entry, v Verdict) Verdict {
	local, _, isJID := strings.Cut(draft.FoldAddress(address), "@")
	for _, node := range e.Nodes {
		to := node
		if isJID {
			to = local + "@" + node
		}
		if domainOr(to) == domainOr(address) {
			continue
		}
		way := c.way(to)
		for _, r := range way.Reasons {
			r.Text = fmt.Sprintf("The room has a node at %s. %s", node, r.Text)
			v = with(v, way.Outcome, r)
		}
		v.Evidence.Directory = join(v.Evidence.Directory+",", way.Evidence.Directory)
	}
	if e.NodesUnlisted {
		v = with(v, Unknown, Reason{Rule: RuleNodes, Text: "The room is federated, and not all of its nodes are known."})
	}
	v.Action = c.action(v, ofLink, "")
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
