package presend

import (
	"fmt"
	"slices"
	"strings"

	"caveat/backend/draft"
)

// Target is one address of the envelope: one to which the message is handed in.
type Target struct {
	Address string
	// By is the recipient of the draft that it stands for, spelled as there: a list whose members are written to one by one, or
	// the address itself.
	By      string
	UUID    string // of the entry behind it, "" where there is none
	Verdict Verdict
	Link    Verdict
}

// IsMember reports that the address stands for a list, of which it is a member.
func (t Target) IsMember() bool { return draft.FoldAddress(t.Address) != draft.FoldAddress(t.By) }

// Envelope lists the addresses to which the message goes, each once, in the draft's order, and those of a list's members at its
// place. It is of the check at Send: nil of one while drafting, and of the zero Result.
func (r *Result) Envelope() []Target { return slices.Clone(r.envelope) }

// isByMembers reports that not the address is written to but whoever stands behind it: only lists claim it, of a nation that has
// its lists opened by us (RULES 7).
func isByMembers(p Party) bool {
	return isList(p) && !slices.ContainsFunc(p.Entries, func(e Entry) bool { return !e.ByMembers })
}

// isList reports that lists claim the address, and nobody else.
func isList(p Party) bool {
	return len(p.Entries) > 0 && !slices.ContainsFunc(p.Entries, func(e Entry) bool { return e.Kind != List })
}

// opens reports that an addressee is a list, of which each member is written to.
func (a addressee) opens() bool { return a.members && isList(a.party) }

// addressee finds everybody behind an address of the draft.
func (c *check) addressee(p Party) addressee { return c.addresseeWithin(p, isByMembers(p)) }

// addresseeWithin is addressee for somebody within a list whose members are written to one by one, or not. Within one, lists are
// opened to the last level, whichever nation they are of.
func (c *check) addresseeWithin(p Party, members bool) addressee {
	a := addressee{party: p, members: members && isList(p)}
	a.behind, a.left = c.behind(p, a.members)
	return a
}

// isExempted reports that the draft exempts somebody, by any of his addresses.
//
// std: RFC6477 §3.1
func (c *check) isExempted(p Party) bool {
	if c.exempt == nil {
		c.exempt = folded(c.in.Draft.Exempted)
	}
	if len(c.exempt) == 0 {
		return false
	}
	if c.exempt[draft.FoldAddress(p.Address)] {
		return true
	}
	return slices.ContainsFunc(p.Entries, func(e Entry) bool {
		return slices.ContainsFunc(e.Addresses, func(a string) bool { return c.exempt[draft.FoldAddress(a)] })
	})
}

// linkOf judges the way to an address of the draft: of a list whose members are written to, the ways to all of them (RULES 11).
func (c *check) linkOf(a addressee) Verdict {
	if !a.opens() {
		return c.link(a.party)
	}
	v := Verdict{Outcome: Cleared, Reasons: []Reason{}, Evidence: Evidence{Policy: c.policyUsed()}}
	var ways, without []string
	seen := map[string]bool{}
	targets := 0
	for _, b := range a.behind {
		if !b.isTarget {
			continue
		}
		targets++
		if !c.canWriteTo(b.party.Address) {
			without = append(without, b.name)
			continue
		}
		way := c.link(b.party)
		for _, r := range way.Reasons {
			if key := r.Rule + " " + r.Text; !seen[key] {
				seen[key] = true
				v = with(v, way.Outcome, r)
			}
		}
		if d := way.Evidence.Directory; d != "" && !slices.Contains(ways, d) {
			ways = append(ways, d)
		}
	}
	if len(without) > 0 {
		v = with(v, Unknown, Reason{Rule: RuleAddress, Text: fmt.Sprintf("Members without an address on this channel to which a message can be sent: %s.", some(without))})
	}
	if targets == 0 {
		v = with(v, Unknown, Reason{Rule: RuleNobody, Text: "The list's members are written to one by one, and there is nobody to write to."})
	}
	v.Evidence.Directory = strings.Join(ways, "; ")
	if v.Evidence.Directory == "" {
		v.Evidence.Directory = "the list's members"
	}
	v.Action = c.action(v, ofLink, "")
	return v
}

// canWriteTo reports that an address, as a directory published it, can stand in an envelope: it would be refused as a recipient too if
// it were none, or could be read in two ways.
func (c *check) canWriteTo(address string) bool {
	one := draft.Draft{Channel: c.in.Draft.Channel, Action: []string{address}}
	return draft.IsAddress(one.Channel, address) && !isAmbiguous(one.Channel, address) && one.Validate() == nil
}

// envelope lists to whom the message goes: who is addressed himself once, by the draft's own address of him, and each member of the
// lists that are opened once.
func (c *check) envelope(all []addressee, rows []Recipient) []Target {
	has := map[string]bool{}
	person := map[Ref]bool{}
	for _, a := range all {
		if !a.opens() {
			has[draft.FoldAddress(a.party.Address)] = true
			if ref, ok := onlyEntry(a.party); ok {
				person[ref] = true
			}
		}
	}
	var out []Target
	for i, a := range all {
		if !a.opens() {
			out = append(out, Target{a.party.Address, a.party.Address, uuidOf(a.party), rows[i].Verdict, rows[i].Link})
			continue
		}
		for _, b := range a.behind {
			ref, is := onlyEntry(b.party)
			key := draft.FoldAddress(b.party.Address)
			if !b.isTarget || key == "" || has[key] || is && person[ref] {
				continue
			}
			has[key] = true
			if is {
				person[ref] = true
			}
			x := c.addresseeWithin(b.party, false)
			out = append(out, Target{b.party.Address, a.party.Address, uuidOf(b.party), withoutHeldVerdict(c.full(x)), withoutHeldVerdict(c.link(b.party))})
		}
	}
	return out
}

// onlyEntry is the one entry that claims an address.
func onlyEntry(p Party) (Ref, bool) {
	if len(p.Entries) != 1 || p.Entries[0].Self == (Ref{}) {
		return Ref{}, false
	}
	return p.Entries[0].Self, true
}

func uuidOf(p Party) string {
	if len(p.Entries) == 0 {
		return ""
	}
	return p.Entries[0].UUID
}

// copies tells how many of some addresses of the draft, all of which reach an entry, bring it a copy of its own: of lists that are
// opened all together one, and none to who is addressed himself.
func (c *check) copies(all []addressee, ref Ref, addresses []string) int {
	own, lists, opened := 0, 0, 0
	for _, a := range all {
		if !slices.Contains(addresses, a.party.Address) {
			continue
		}
		switch {
		case a.opens():
			opened = 1
		case slices.ContainsFunc(a.party.Entries, func(e Entry) bool { return e.Self == ref }):
			own++
		default:
			lists++
		}
	}
	if own > 0 {
		opened = 0
	}
	return own + lists + opened
}
