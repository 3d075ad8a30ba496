package presend

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"caveat/backend/draft"
)

func stamp(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04Z") }

// addressee is one address of the draft, with everybody behind it.
type addressee struct {
	party  Party
	behind []backer
	// members: a list, of which each member is written to, not the list; left are those of them whom the draft exempts.
	members bool
	left    []Party
}

// recipient judges one address of the draft with its link and everybody behind it.
func (c *check) recipient(a addressee) Recipient {
	return c.row(a, c.linkOf(a), &walk{top: a.party.Address})
}

// walk is the way through whoever stands behind one address of the draft. Members are shown where they stand first, so that
// lists that contain each other end, and a list that stands in many lists is not written out many times.
type walk struct {
	top   string
	shown map[Ref]bool // nil: nobody stands behind it
}

// begin notes that the entries of a party are shown.
func (c *check) begin(w *walk, entries []Entry) {
	if w.shown == nil && slices.ContainsFunc(entries, func(e Entry) bool { return len(c.partsOf(e)) > 0 }) {
		w.shown = map[Ref]bool{}
	}
	for i := range entries {
		if w.shown != nil {
			w.shown[entries[i].Self] = true
		}
	}
}

// row makes the report's row of a party.
func (c *check) row(a addressee, link Verdict, w *walk) Recipient {
	p := a.party
	out := Recipient{Address: p.Address, Nation: p.Nation, Kind: Unlisted, Link: link, Verdict: c.full(a), Notes: notes(p.Entries), AlsoBy: c.alsoBy(p, w.top)}
	if len(p.Entries) > 0 {
		out.Name, out.Kind = p.Entries[0].Name, p.Entries[0].Kind
	}
	c.begin(w, p.Entries)
	for _, e := range p.Entries {
		for _, ref := range c.partsOf(e) {
			m := c.opened[ref]
			if w.shown[ref] || a.members && c.isExempted(m) {
				continue
			}
			w.shown[ref] = true
			x := c.part(a, e.Kind, m, link, w)
			if x.Name == "" {
				x.Name = ref.DN
			}
			out.Members = append(out.Members, x)
		}
	}
	return out
}

// part makes the row of somebody behind an entry of that kind.
func (c *check) part(of addressee, kind Kind, m Party, link Verdict, w *walk) Recipient {
	a := c.addresseeWithin(m, of.members)
	if a.opens() {
		return c.row(a, c.linkOf(a), w)
	}
	return c.row(a, c.partLink(kind, m, link), w)
}

// partLink is the link that counts for somebody behind an entry: occupants of a role read what comes to it; a list inside a list
// is not addressed itself when it has no address.
func (c *check) partLink(of Kind, m Party, parent Verdict) Verdict {
	nested := len(m.Entries) > 0 && m.Entries[0].Kind == List && m.Address == ""
	if of == Role || nested {
		return parent
	}
	return c.link(m)
}

// full is the verdict on a party and everybody behind it, to the last level. It can be a warning only where the rules allow
// one for each of them, by their own nation and reasons: a list is no way around what is never a warning (RULES 14).
func (c *check) full(a addressee) Verdict {
	p := a.party
	v := c.base(p, !a.opens())
	bad, all, worst, action := []string{}, 0, Cleared, c.action(v, ofRecipient, p.Nation)
	for _, b := range a.behind {
		j := c.judge(b)
		o := j.outcome
		action = Stricter(action, j.action)
		if b.needsLink {
			link := c.link(b.party)
			o, action = Worse(o, link.Outcome), Stricter(action, link.Action)
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
	v.Action = Stricter(action, c.action(v, ofRecipient, p.Nation))
	return v
}

// judged is what the entries of somebody behind a list or role come to, without whoever stands behind these.
type judged struct {
	outcome Outcome
	action  Action
	ground  Ground
}

// part is somebody behind an entry: what a system can take counts for those that the message is addressed on to, not for
// occupants, who read what came to their role.
type part struct {
	ref         Ref
	isAddressed bool
}

func (c *check) judge(b backer) judged {
	key := part{b.ref, b.needsLink}
	if j, ok := c.parts[key]; ok {
		return j
	}
	v := c.base(b.party, b.needsLink)
	j := judged{outcome: v.Outcome, ground: c.ground(v, ofRecipient, b.party.Nation)}
	j.action = c.follows(j.ground)
	c.parts[key] = j
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
	// isTarget: a member, to the last level, of a list whose members are written to, and no such list itself.
	isTarget bool
}

// behind lists everybody behind a party, each once: first to whom the message is delivered, then who reads what comes to a role,
// so that a member counts as one however many roles he occupies. With members, lists are opened and each member is written to; left are
// those whom the draft exempts from that.
func (c *check) behind(p Party, members bool) (out []backer, left []Party) {
	if !slices.ContainsFunc(p.Entries, func(e Entry) bool { return len(c.partsOf(e)) > 0 }) {
		return nil, nil
	}
	seen := map[Ref]bool{}
	for _, e := range p.Entries {
		seen[e.Self] = true
	}
	var waiting [3][]holder // by order
	put := func(p Party, opens bool) {
		for _, e := range p.Entries {
			h := holder{e, opens}
			waiting[h.order()] = append(waiting[h.order()], h)
		}
	}
	for put(p, members); ; {
		i := slices.IndexFunc(waiting[:], func(level []holder) bool { return len(level) > 0 })
		if i < 0 {
			return out, left
		}
		level := waiting[i]
		waiting[i] = nil
		for _, h := range level {
			for _, ref := range c.partsOf(h.entry) {
				if seen[ref] {
					continue
				}
				m := c.opened[ref]
				if h.opens && c.isExempted(m) {
					left = append(left, m) // not seen: what does not leave it out may reach it all the same
					continue
				}
				seen[ref] = true
				out = append(out, h.backer(ref, m))
				put(m, h.opens && isList(m))
			}
		}
	}
}

// holder is an entry with others behind it; opens: a list of which each member is written to.
type holder struct {
	entry Entry
	opens bool
}

// order is when it is opened: before all others what is written to member by member, last the occupants of roles.
func (h holder) order() int {
	switch {
	case h.opens:
		return 0
	case h.entry.Kind != Role:
		return 1
	}
	return 2
}

// backer is somebody behind the holder.
func (h holder) backer(ref Ref, m Party) backer {
	b := backer{ref: ref, party: m, name: ref.DN, needsLink: h.entry.Kind != Role, isTarget: h.opens && !isList(m)}
	if len(m.Entries) > 0 {
		b.name = m.Entries[0].Name
		b.needsLink = b.needsLink && (m.Entries[0].Kind != List || m.Address != "")
	}
	if h.opens && isList(m) {
		b.needsLink = false // nothing is sent to it
	}
	return b
}

// base is the verdict on the entries that claim an address, without whoever stands behind them. Several entries: the worst
// counts (RULES 6).
func (c *check) base(p Party, isAddressed bool) Verdict {
	if len(p.Entries) == 0 {
		return c.nobody(p)
	}
	v := worstOf(p.Entries, func(e Entry) Verdict { return c.byKind(p, e, isAddressed) })
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
	case p.Address != "" && !draft.IsAddress(c.in.Draft.Channel, p.Address):
		text := "This is no address: one has the form name@domain."
		if err := draft.CheckLetters(p.Address); err != nil {
			text = fmt.Sprintf("Nothing is sent to this address: %v.", err)
		}
		v.Reasons = []Reason{{Rule: RuleMalformed, Text: text}}
	case p.Fault != "":
		v.Reasons = []Reason{{Rule: RuleUnreachable, Text: p.Fault}}
	case p.Address == "":
		v.Reasons = []Reason{{Rule: RuleUnlisted, Text: "The directory names a member that it does not publish."}}
	default:
		v.Reasons = []Reason{{Rule: RuleUnlisted, Text: "No directory that decides for this address lists it."}}
	}
	return v
}

// byKind judges an entry by what its kind asks for (RULES 7), and whether it can take the message.
func (c *check) byKind(p Party, e Entry, isAddressed bool) Verdict {
	v := c.entry(e, p.Fault)
	switch {
	case !c.labelValid || e.Withdrawn:
		return v
	case e.Kind == List:
		v = c.list(e, v, p.Fault)
	case e.Kind == Role && e.Partial != "":
		v = with(v, Unknown, Reason{Rule: RuleIncomplete, Text: "The occupants could not be read to the end: " + e.Partial})
	case e.Kind == Room:
		v = c.room(p.Address, e, v)
	}
	if isAddressed {
		v = c.ifCapable(e, v)
	}
	return v
}

// room judges the room itself: its own clearance decides first. Whoever may be in it and is not known makes it unknown, which is
// worse than an old clearance, unless the service filters each occupant.
func (c *check) room(address string, e Entry, v Verdict) Verdict {
	if gap := c.gap(e); gap != "" && v.Outcome.rank() < Unknown.rank() && !c.isFiltered(address, e) {
		return with(v, Unknown, Reason{Rule: RuleIncomplete, Text: gap})
	}
	return v
}

// gap says why somebody may be in a room who is not known; "" when everybody is.
func (c *check) gap(e Entry) string {
	x := c.rooms[e.Self]
	switch {
	case !x.asked:
		return "Who is in the room now is not known."
	case x.gap == "" && e.Partial != "":
		return "The members could not be read to the end: " + e.Partial
	}
	return x.gap
}

// isFiltered reports that the administrator recorded of a room, or of its whole service, that it filters each occupant by
// clearance (RULES 7).
func (c *check) isFiltered(address string, e Entry) bool {
	if e.Filtered {
		return true
	}
	bare, _, _ := strings.Cut(draft.FoldAddress(address), "/")
	return bare != "" && slices.ContainsFunc(c.in.Rules.FilteredRooms, func(f string) bool {
		f = draft.FoldAddress(f)
		return f != "" && (f == bare || f == draft.Domain(bare))
	})
}

// list judges the list entry itself: its own clearance where it has one, and whether its membership is known to the end.
func (c *check) list(e Entry, own Verdict, fault string) Verdict {
	v := own
	if len(e.Clearances) == 0 && !e.Untrusted {
		v = c.aged(c.ifActive(e, Verdict{Outcome: Cleared, Reasons: []Reason{}, Evidence: own.Evidence}), e, fault)
	}
	switch {
	case e.Partial != "":
		v = with(v, Unknown, Reason{Rule: RuleIncomplete, Text: "The membership could not be read to the end: " + e.Partial})
	case !hasOthers(e):
		v = with(v, Unknown, Reason{Rule: RuleIncomplete, Text: "The list publishes no members."})
	}
	if v.Evidence.ReadAt != nil {
		v.Evidence.Note = join("Membership as published at "+stamp(e.ReadAt)+".", v.Evidence.Note)
	}
	return v
}

// hasOthers reports that a list publishes members besides itself: an empty one often names itself.
func hasOthers(e Entry) bool {
	return slices.ContainsFunc(e.Parts, func(r Ref) bool { return r != e.Self })
}

// with adds a reason and lowers the outcome.
func with(v Verdict, o Outcome, r Reason) Verdict {
	v.Outcome = Worse(v.Outcome, o)
	v.Reasons = append(append([]Reason{}, v.Reasons...), r)
	return v
}
