package presend

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// MaxFixes is how many ways forward a report proposes at most.
const MaxFixes = 4

// plan is one way forward with what ranks it.
type plan struct {
	fix      Fix
	people   int // of those meant, how many the message still comes to
	standIns int // roles that stand in for others
	changes  int
}

// fixes computes ways forward (RULES 18), best first: by how many of the intended people still get the message, then by how many
// roles of the same unit stand in for others, then by the fewest changes. Each is exact: it is applied to the draft and decided
// by the rules of a recipient, thresholds included, before it is proposed. None touches a label (RULES 1).
func (c *check) fixes(ctx context.Context, r Report, all []addressee) ([]Fix, error) {
	if r.Sendable || !r.Label.Valid || r.Originator.Action != Pass {
		return nil, nil // taking recipients out would not help
	}
	if c.in.Draft.Replaces != "" {
		return nil, nil // a correction goes to whom it corrected goes to, and to nobody else
	}
	var passing, failing []addressee
	for i, x := range r.Recipients {
		if passes(x) {
			passing = append(passing, all[i])
		} else {
			failing = append(failing, all[i])
		}
	}
	if len(failing) == 0 {
		return nil, nil // a threshold is exceeded: who is to be left out, the drafter decides
	}
	found, err := c.alternatives(ctx, failing)
	if err != nil {
		return nil, err
	}
	plans := c.replacing(passing, failing, found)
	slices.SortStableFunc(plans, better)
	plans = append(plans[:min(len(plans), MaxFixes-2)], c.leavingOut(passing, failing)...)
	slices.SortStableFunc(plans, better)
	var out []Fix
	for _, p := range plans {
		out = append(out, p.fix)
	}
	return out, nil
}

func better(a, b plan) int {
	switch {
	case a.people != b.people:
		return b.people - a.people
	case a.standIns != b.standIns:
		return b.standIns - a.standIns
	}
	return a.changes - b.changes
}

// leavingOut makes the ways that take the failing out: with or without a second draft for them. There is none where nobody would
// be left.
func (c *check) leavingOut(passing, failing []addressee) []plan {
	if !c.wouldPass(passing) {
		return nil
	}
	out, left, total := addressesOf(failing), len(passing), len(passing)+len(failing)
	who := some(namesOf(failing))
	people, _ := c.reach(passing)
	remove := Fix{Kind: FixRemove, Addresses: out, Text: fmt.Sprintf("Leave out %s: %d of %d get it.", who, left, total)}
	split := Fix{Kind: FixSplit, Addresses: out, Text: fmt.Sprintf("Send this to the %d who may get it, and start a second draft, without a label, for %s.", left, who)}
	split.Parts, split.Attachments = c.forSecond(failing)
	return []plan{{fix: remove, people: people, changes: len(out)}, {fix: split, people: people, changes: len(out) + 1}}
}

// wouldPass reports that a message to some who pass, and nobody else, is sendable.
func (c *check) wouldPass(all []addressee) bool {
	return len(all) > 0 && len(c.exceeded(all)) == 0
}

// replacing makes the ways that write to others in place of the failing: to another address of the same person, to a role of the
// same unit, and to whichever there is; who has neither is left out.
func (c *check) replacing(passing, failing []addressee, found []candidates) []plan {
	var out []plan
	for _, kinds := range [][]string{{AlternativeAddress}, {AlternativeRole}, {AlternativeAddress, AlternativeRole}} {
		p, used, ok := c.replace(passing, failing, found, kinds)
		if ok && len(used) == len(kinds) { // else it is one of those before
			out = append(out, p)
		}
	}
	return out
}

// replace makes one of them; used are the kinds that it came to.
func (c *check) replace(passing, failing []addressee, found []candidates, kinds []string) (p plan, used map[string]bool, ok bool) {
	f := Fix{}
	used = map[string]bool{}
	if !slices.ContainsFunc(found, func(x candidates) bool { _, _, is := x.first(kinds); return is }) {
		return plan{}, used, false
	}
	keep, reached := slices.Clone(passing), slices.Clone(passing)
	var words []string
	for i, a := range failing {
		x, kind, is := found[i].first(kinds)
		if !is {
			f.Removes = append(f.Removes, a.party.Address)
			continue
		}
		used[kind] = true
		f.Kind = kind
		f.Replaces, f.Addresses = append(f.Replaces, a.party.Address), append(f.Addresses, x.party.Address)
		words = append(words, fmt.Sprintf("%s in place of %s", x.party.Address, a.party.Address))
		keep = append(keep, x)
		if kind == AlternativeAddress {
			reached = append(reached, x)
		} else {
			p.standIns++
		}
	}
	if used[AlternativeRole] {
		f.Kind = FixRole // where there are both: it says more
	}
	if len(f.Replaces) == 0 || !c.wouldPass(distinct(keep)) || !isApplicable(c.in.Draft, f) {
		return plan{}, used, false
	}
	f.Text = "Write to " + some(words)
	if len(f.Removes) > 0 {
		f.Text += ", and leave out " + some(f.Removes)
	}
	total := len(passing) + len(failing)
	f.Text += fmt.Sprintf(": %d of %d get it.", total-len(f.Removes)-p.standIns, total)
	if p.standIns > 0 {
		f.Text = strings.TrimSuffix(f.Text, ".") + fmt.Sprintf(", and for %d a role of the same unit.", p.standIns)
	}
	p.fix, p.changes = f, len(failing)
	p.people, _ = c.reach(distinct(reached))
	return p, used, true
}

// distinct leaves out addresses that stand there before.
func distinct(all []addressee) []addressee {
	seen := map[string]bool{}
	var out []addressee
	for _, a := range all {
		if k := foldedOf(a); !seen[k] {
			seen[k] = true
			out = append(out, a)
		}
	}
	return out
}

func addressesOf(all []addressee) []string {
	out := make([]string, len(all))
	for i, a := range all {
		out[i] = a.party.Address
	}
	return out
}

// namesOf says who is meant: by name where there is one.
func namesOf(all []addressee) []string {
	var out []string
	for _, a := range all {
		name := a.party.Address
		if len(a.party.Entries) > 0 && a.party.Entries[0].Name != "" {
			name = a.party.Entries[0].Name
		}
		out = append(out, name)
	}
	return out
}
