package presend

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

func stamp(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04Z") }

// open reads the members of lists and occupants of roles, level by level, each entry once: cycles end by themselves.
func (c *check) open(ctx context.Context, parties []Party) (map[Ref]Party, error) {
	opened := map[Ref]Party{}
	level := partsOf(parties, opened)
	for len(level) > 0 {
		found, err := c.in.Directory.Open(ctx, c.in.Draft.Channel, level, c.freshness)
		if err != nil {
			return nil, err
		}
		var next []Party
		for _, ref := range level {
			opened[ref] = found[ref]
			next = append(next, found[ref])
		}
		level = partsOf(next, opened)
	}
	return opened, nil
}

// partsOf lists the references of parties that have not been opened.
func partsOf(parties []Party, opened map[Ref]Party) []Ref {
	var out []Ref
	seen := map[Ref]bool{}
	for _, p := range parties {
		for _, e := range p.Entries {
			for _, ref := range e.Parts {
				if _, ok := opened[ref]; !ok && !seen[ref] {
					seen[ref] = true
					out = append(out, ref)
				}
			}
		}
	}
	return out
}

// recipient judges one address of the draft with its link and everybody behind it.
func (c *check) recipient(p Party) Recipient {
	return c.row(p, c.link(p), map[Ref]bool{})
}

// row makes the report's row of a party. Members are shown where they stand first; shown holds those that have been, so that
// lists that contain each other end, and a list that stands in many lists is not written out many times.
func (c *check) row(p Party, link Verdict, shown map[Ref]bool) Recipient {
	out := Recipient{Address: p.Address, Nation: p.Nation, Kind: Unlisted, Link: link, Verdict: c.full(p)}
	if len(p.Entries) > 0 {
		out.Name, out.Kind = p.Entries[0].Name, p.Entries[0].Kind
	}
	for _, e := range p.Entries {
		shown[e.Self] = true
	}
	for _, e := range p.Entries {
		for _, ref := range e.Parts {
			if shown[ref] {
				continue
			}
			shown[ref] = true
			m := c.opened[ref]
			x := c.row(m, c.partLink(e.Kind, m, link), shown)
			if x.Name == "" {
				x.Name = ref.DN
			}
			out.Members = append(out.Members, x)
		}
	}
	return out
}

// partLink is the link that counts for somebody behind an entry: occupants read what comes to their role; a list inside a
// list is not addressed itself when it has no address.
func (c *check) partLink(of Kind, m Party, parent Verdict) Verdict {
	nested := len(m.Entries) > 0 && m.Entries[0].Kind == List && m.Address == ""
	if of == Role || nested {
		return parent
	}
	return c.link(m)
}

// full is the verdict on a party and everybody behind it, to the last level. It can be a warning only where the rules allow
// one for each of them, by their own nation and reasons: a list is no way around what is never a warning (RULES 14).
func (c *check) full(p Party) Verdict {
	v := c.base(p)
	bad, all, worst, action := []string{}, 0, Cleared, c.action(v, ofRecipient, p.Nation)
	for _, b := range c.behind(p) {
		j := c.judge(b)
		o := j.outcome
		action = stricter(action, j.action)
		if b.needsLink {
			link := c.link(b.party)
			o, action = Worse(o, link.Outcome), stricter(action, link.Action)
		}
		isList := len(b.party.Entries) > 0 && b.party.Entries[0].Kind == List
		if !isList || o != Cleared {
			all++
		}
		if o != Cleared {
			worst, bad = Worse(worst, o), append(bad, b.name)
		}
	}
	if len(bad) > 0 {
		v = with(v, worst, Reason{Rule: RuleMember, Text: fmt.Sprintf("%d of %d behind it: %s (worst: %s).", len(bad), all, some(bad), worst)})
	}
	v.Action = stricter(action, c.action(v, ofRecipient, p.Nation))
	return v
}

// judged is what the entries of somebody behind a list or role come to, without whoever stands behind these.
type judged struct {
	outcome Outcome
	action  Action
}

func (c *check) judge(b backer) judged {
	if j, ok := c.parts[b.ref]; ok {
		return j
	}
	v := c.base(b.party)
	j := judged{v.Outcome, c.action(v, ofRecipient, b.party.Nation)}
	c.parts[b.ref] = j
	return j
}

// some writes the first three names and how many more there are.
func some(names []string) string {
	if len(names) <= 3 {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:3], ", "), len(names)-3)
}

// backer is somebody behind a list or role.
type backer struct {
	ref       Ref
	party     Party
	name      string
	needsLink bool
}

// behind lists everybody behind a party, each once, level by level.
func (c *check) behind(p Party) []backer {
	var out []backer
	seen := map[Ref]bool{}
	level := p.Entries
	for _, e := range level {
		seen[e.Self] = true
	}
	for len(level) > 0 {
		var next []Entry
		for _, e := range level {
			for _, ref := range e.Parts {
				if seen[ref] {
					continue
				}
				seen[ref] = true
				m := c.opened[ref]
				b := backer{ref: ref, party: m, name: ref.DN, needsLink: e.Kind != Role}
				if len(m.Entries) > 0 {
					b.name = m.Entries[0].Name
					b.needsLink = b.needsLink && (m.Entries[0].Kind != List || m.Address != "")
				}
				out = append(out, b)
				next = append(next, m.Entries...)
			}
		}
		level = next
	}
	return out
}

// base is the verdict on the entries that claim an address, without whoever stands behind them. Several entries: the worst
// counts (RULES 6).
func (c *check) base(p Party) Verdict {
	if len(p.Entries) == 0 {
		return c.nobody(p)
	}
	v := worstOf(p.Entries, func(e Entry) Verdict { return c.byKind(e, p.Fault) })
	if !strings.Contains(v.Evidence.Note, p.Fault) {
		v.Evidence.Note = join(v.Evidence.Note, p.Fault)
	}
	v.Evidence.Note = join(v.Evidence.Note, foreign(p.Foreign))
	return v
}

// worstOf judges all entries that claim one address. The worst outcome counts, with the reasons of all: which of them may
// be relaxed depends on every reason.
func worstOf(entries []Entry, judge func(Entry) Verdict) Verdict {
	var v Verdict
	for i, e := range entries {
		x := judge(e)
		if i == 0 {
			v = x
			continue
		}
		reasons := append([]Reason{}, v.Reasons...)
		for _, r := range x.Reasons {
			if !slices.ContainsFunc(reasons, func(have Reason) bool { return have.Rule == r.Rule && have.Text == r.Text }) {
				reasons = append(reasons, r)
			}
		}
		if Worse(x.Outcome, v.Outcome) != v.Outcome {
			v = x
		}
		v.Reasons = reasons
	}
	return v
}

func join(sentences ...string) string {
	return strings.Join(slices.DeleteFunc(sentences, func(s string) bool { return s == "" }), " ")
}

// foreign says that other directories publish entries for the address too: shown, and never deciding (RULES 6).
func foreign(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "Another directory publishes an entry for this address too, which does not decide."
	}
	return fmt.Sprintf("Other directories publish %d entries for this address too, which do not decide.", n)
}

// nobody is the verdict on an address that nobody claims.
func (c *check) nobody(p Party) Verdict {
	v := Verdict{Outcome: Unknown, Evidence: Evidence{Directory: p.Looked, Note: join(p.Fault, foreign(p.Foreign)), Policy: c.policyUsed()}}
	switch {
	case !c.labelValid:
		no := c.refused()
		v.Outcome, v.Reasons = no.Outcome, no.Reasons
	case p.Fault != "":
		v.Reasons = []Reason{{Rule: RuleUnreachable, Text: p.Fault}}
	case p.Address == "":
		v.Reasons = []Reason{{Rule: RuleUnlisted, Text: "The directory names a member that it does not publish."}}
	default:
		v.Reasons = []Reason{{Rule: RuleUnlisted, Text: "No directory that decides for this address lists it."}}
	}
	return v
}

// byKind judges an entry by what its kind asks for (RULES 7).
func (c *check) byKind(e Entry, fault string) Verdict {
	v := c.entry(e, fault)
	switch {
	case !c.labelValid || e.Withdrawn:
	case e.Kind == List:
		return c.list(e, v, fault)
	case e.Kind == Role && e.Partial != "":
		return with(v, Unknown, Reason{Rule: RuleIncomplete, Text: "The occupants could not be read to the end: " + e.Partial})
	case e.Kind == Room && v.Outcome.rank() < Unknown.rank():
		// Its own clearance decides first. Who is in it, only the chat service can tell; that is worse than an old clearance.
		return with(v, Unknown, Reason{Rule: RuleIncomplete, Text: "Who is in the room now is not known."})
	}
	return v
}

// list judges the list entry itself: its own clearance where it has one, and whether its membership is known to the end.
func (c *check) list(e Entry, own Verdict, fault string) Verdict {
	v := own
	if len(e.Clearances) == 0 && !e.Untrusted {
		v = c.aged(Verdict{Outcome: Cleared, Reasons: []Reason{}, Evidence: own.Evidence}, e, fault)
	}
	switch {
	case e.Partial != "":
		v = with(v, Unknown, Reason{Rule: RuleIncomplete, Text: "The membership could not be read to the end: " + e.Partial})
	case !slices.ContainsFunc(e.Parts, func(r Ref) bool { return r != e.Self }): // an empty list often names itself
		v = with(v, Unknown, Reason{Rule: RuleIncomplete, Text: "The list publishes no members."})
	}
	if v.Evidence.ReadAt != nil {
		v.Evidence.Note = join("Membership as published at "+stamp(e.ReadAt)+".", v.Evidence.Note)
	}
	return v
}

// with adds a reason and lowers the outcome.
func with(v Verdict, o Outcome, r Reason) Verdict {
	v.Outcome = Worse(v.Outcome, o)
	v.Reasons = append(append([]Reason{}, v.Reasons...), r)
	return v
}
