package presend

import "caveat/backend/draft"

// addressees are the addresses of the draft, each with everybody behind it.
func (c *check) addressees(parties []Party) []addressee {
	out := make([]addressee, len(parties))
	for i, p := range parties {
		out[i] = c.addressee(p)
	}
	return out
}

// eachReceiver visits the entries to which a message to an address is delivered: its own and, through lists and rooms, those of others.
// Who reads what comes to a role is not among them.
func (a addressee) eachReceiver(visit func(e *Entry)) {
	look := func(entries []Entry) {
		for i := range entries {
			if e := &entries[i]; e.Kind != List && e.Self != (Ref{}) {
				visit(e)
			}
		}
	}
	look(a.party.Entries)
	for i := range a.behind {
		if b := &a.behind[i]; b.needsLink {
			look(b.party.Entries)
		}
	}
}

// severalTimes gives, of everybody whom several addresses of the draft reach, these addresses in the draft's order: two addresses
// of one entry, or an address and a list.
func (c *check) severalTimes(all []addressee) map[Ref][]string {
	first := make(map[Ref]string, len(all)) // nearly everybody is reached by one
	by := map[Ref][]string{}
	for i := range all {
		address := all[i].party.Address
		all[i].eachReceiver(func(e *Entry) {
			once, ok := first[e.Self]
			have := by[e.Self]
			switch {
			case !ok:
				first[e.Self] = address
			case have == nil && once != address:
				by[e.Self] = []string{once, address}
			case have != nil && have[len(have)-1] != address:
				by[e.Self] = append(have, address)
			}
		})
	}
	return by
}

// alsoBy lists the other addresses of the draft that reach the same entry.
func (c *check) alsoBy(p Party, top string) []string {
	if len(c.reached) == 0 {
		return nil
	}
	var out []string
	seen := map[string]bool{top: true}
	for i := range p.Entries {
		for _, a := range c.reached[p.Entries[i].Self] {
			if !seen[a] {
				seen[a] = true
				out = append(out, a)
			}
		}
	}
	return out
}

// reach counts the distinct persons that a message to some addresses would come to, to the last level. A role stands for its
// occupants, or for one; so does an address that nobody lists. isKnown is false when there may be more: behind a list, role or
// room that could not be opened to the end.
func (c *check) reach(all []addressee) (count int, isKnown bool) {
	seen, isKnown := map[Ref]bool{}, true
	see := func(p Party, fallback Ref) {
		if len(p.Entries) == 0 {
			seen[fallback] = true
		}
		for _, e := range p.Entries {
			isKnown = isKnown && c.isOpen(e)
			if e.Kind == Person || e.Kind == Role && len(e.Parts) == 0 {
				ref := e.Self
				if ref == (Ref{}) {
					ref = fallback
				}
				seen[ref] = true
			}
		}
	}
	for _, a := range all {
		see(a.party, Ref{Directory: "address", DN: draft.FoldAddress(a.party.Address)})
		for _, b := range a.behind {
			see(b.party, b.ref)
			// A member that is not published may be a list.
			isKnown = isKnown && len(b.party.Entries) > 0
		}
	}
	return len(seen), isKnown
}

// isOpen reports that everybody who stands behind an entry is known.
func (c *check) isOpen(e Entry) bool {
	switch e.Kind {
	case List:
		return e.Partial == "" && !e.Withdrawn && hasOthers(e)
	case Role:
		return e.Partial == ""
	case Room:
		return c.gap(e) == ""
	}
	return true
}
