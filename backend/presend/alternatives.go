package presend

import (
	"context"
	"fmt"

	"caveat/backend/draft"
	"caveat/backend/label"
)

// candidates are those who may be written to in place of one who may not get the draft, decided: all of them pass.
type candidates map[string]addressee // by kind

// first gives the candidate of the first of some kinds.
func (x candidates) first(kinds []string) (a addressee, kind string, ok bool) {
	for _, k := range kinds {
		if a, ok := x[k]; ok {
			return a, k, true
		}
	}
	return addressee{}, "", false
}

func foldedOf(a addressee) string { return draft.FoldAddress(a.party.Address) }

// offer is a candidate before it is decided: an address, and the entry that must stand behind it, whoever offered it.
type offer struct {
	of      int // of the failing
	kind    string
	address string
	entry   Ref
}

// alternatives finds for each of the failing others to write to, and decides each exactly as a recipient: by what the directory
// that decides for the address says of it, not by what it was offered with.
func (c *check) alternatives(ctx context.Context, failing []addressee) ([]candidates, error) {
	out := make([]candidates, len(failing))
	offers, err := c.offers(ctx, failing)
	if err != nil || len(offers) == 0 {
		return out, err
	}
	var addresses []string
	at := map[string]int{}
	for _, o := range offers {
		if k := draft.FoldAddress(o.address); at[k] == 0 {
			addresses = append(addresses, o.address)
			at[k] = len(addresses)
		}
	}
	parties, err := c.resolve(ctx, addresses)
	if err != nil {
		return nil, err
	}
	if err := c.open(ctx, parties); err != nil {
		return nil, err
	}
	c.askServers(ctx, parties)
	for _, o := range offers {
		p := parties[at[draft.FoldAddress(o.address)]-1]
		if _, ok := out[o.of][o.kind]; ok || len(p.Entries) != 1 || p.Entries[0].Self != o.entry {
			continue
		}
		a := c.addressee(p)
		if c.full(a).Action != Pass || c.linkOf(a).Action != Pass {
			continue
		}
		if out[o.of] == nil {
			out[o.of] = candidates{}
		}
		out[o.of][o.kind] = a
	}
	return out, nil
}

// offers lists candidates, the best of each kind first: other addresses of the same entry, then what the source of alternatives
// gives. Where several entries claim an address, nobody knows who is meant, and there are none.
func (c *check) offers(ctx context.Context, failing []addressee) ([]offer, error) {
	var out []offer
	var ask []Party
	for i, a := range failing {
		if len(a.party.Entries) != 1 || a.party.Entries[0].Self == (Ref{}) {
			continue
		}
		ask = append(ask, a.party)
		e := a.party.Entries[0]
		for _, address := range e.Addresses {
			out = c.offer(out, a, offer{i, AlternativeAddress, address, e.Self})
		}
	}
	if c.in.Alternatives == nil || len(ask) == 0 {
		return out, nil
	}
	given, err := c.in.Alternatives.Alternatives(ctx, c.in.Draft.Channel, ask)
	if err != nil {
		return nil, fmt.Errorf("alternatives: %w", err)
	}
	had := folded(c.in.Draft.Recipients()) // a role that gets it anyway stands in for nobody
	for i, a := range failing {
		if len(a.party.Entries) != 1 {
			continue
		}
		for _, x := range given[a.party.Address] {
			if e, ok := isFitting(a.party.Entries[0], x); ok && (x.Kind != AlternativeRole || !had[draft.FoldAddress(x.Party.Address)]) {
				out = c.offer(out, a, offer{i, x.Kind, x.Party.Address, e.Self})
			}
		}
	}
	return out, nil
}

// offer adds a candidate that has another address than the one that fails, and one that a message can be sent to.
func (c *check) offer(to []offer, of addressee, o offer) []offer {
	if draft.FoldAddress(o.address) == foldedOf(of) || isAmbiguous(c.in.Draft.Channel, o.address) || draft.Domain(o.address) == "" {
		return to
	}
	one := draft.Draft{Channel: c.in.Draft.Channel, Action: []string{o.address}}
	if one.Validate() != nil {
		return to
	}
	return append(to, o)
}

// isFitting holds what an alternative is said to be against its entry: of the directory that decides for who fails (RULES 6), a
// person where a person fails, or a role of the same unit.
func isFitting(failing Entry, x Alternative) (Entry, bool) {
	if len(x.Party.Entries) != 1 {
		return Entry{}, false
	}
	e := x.Party.Entries[0]
	if e.Self == (Ref{}) || e.Directory != failing.Directory {
		return Entry{}, false
	}
	switch x.Kind {
	case AlternativeAddress:
		return e, e.Kind == failing.Kind
	case AlternativeRole:
		return e, e.Kind == Role && e.Self != failing.Self && e.Unit != "" && label.Fold(e.Unit) == label.Fold(failing.Unit)
	}
	return Entry{}, false
}
