package presend

import (
	"context"
	"fmt"

	"caveat/backend/draft"
	"caveat/backend/plain"
)

// open reads the members of lists, occupants of roles and whoever is in rooms, level by level, each entry once: cycles end by
// themselves. What has been opened before is not opened again.
func (c *check) open(ctx context.Context, parties []Party) error {
	for len(parties) > 0 {
		inside, err := c.enter(ctx, parties)
		if err != nil {
			return err
		}
		level := c.unopened(append(parties[:len(parties):len(parties)], inside...))
		if len(level) == 0 {
			return nil
		}
		found, err := c.in.Directory.Open(ctx, c.in.Draft.Channel, level, c.freshness)
		if err != nil {
			return err
		}
		parties = make([]Party, len(level))
		for i, ref := range level {
			c.opened[ref], parties[i] = found[ref], found[ref]
		}
	}
	return nil
}

// unopened lists the references of parties that have not been opened.
func (c *check) unopened(parties []Party) []Ref {
	var out []Ref
	seen := map[Ref]bool{}
	for _, p := range parties {
		for _, e := range p.Entries {
			for _, ref := range c.partsOf(e) {
				if _, ok := c.opened[ref]; !ok && !seen[ref] {
					seen[ref] = true
					out = append(out, ref)
				}
			}
		}
	}
	return out
}

// partsOf lists whoever stands behind an entry: as published, and in a room as its service tells.
func (c *check) partsOf(e Entry) []Ref {
	inside := c.rooms[e.Self].inside
	if len(inside) == 0 {
		return e.Parts
	}
	return append(e.Parts[:len(e.Parts):len(e.Parts)], inside...)
}

// occupancy is what the service of a room tells.
type occupancy struct {
	asked  bool
	inside []Ref
	gap    string // why somebody may be there who is not known; "": everybody is known
}

// enter asks who is in the rooms among parties, each room once, and finds the entries of those that the service names. It gives
// those that were not known before.
func (c *check) enter(ctx context.Context, parties []Party) ([]Party, error) {
	if c.in.Occupants == nil {
		return nil, nil
	}
	var found []Party
	for _, p := range parties {
		for _, e := range p.Entries {
			if e.Kind != Room || e.Self == (Ref{}) || p.Address == "" || c.rooms[e.Self].asked {
				continue
			}
			x, inside, err := c.ask(ctx, p.Address)
			if err != nil {
				return nil, err
			}
			c.rooms[e.Self] = x
			found = append(found, inside...)
		}
	}
	return found, nil
}

// ask asks one room.
func (c *check) ask(ctx context.Context, room string) (occupancy, []Party, error) {
	out := occupancy{asked: true}
	known, complete, err := c.in.Occupants.Occupants(ctx, room)
	if err != nil {
		out.gap = "Who is in the room now could not be asked: " + plain.Text(err)
		return out, nil, nil
	}
	if !complete {
		out.gap = "The service of the room does not tell everybody who is in it."
	}
	var addresses []string
	seen := map[string]bool{}
	for _, o := range known {
		switch a := draft.FoldAddress(o.Address); {
		case a == "" || isAmbiguous(c.in.Draft.Channel, a):
			out.gap = fmt.Sprintf("The service of the room does not tell who %q is.", o.Nick)
		case !seen[a]:
			seen[a] = true
			addresses = append(addresses, o.Address)
		}
	}
	if len(addresses) == 0 {
		return out, nil, nil
	}
	found, err := c.resolve(ctx, addresses)
	if err != nil {
		return occupancy{}, nil, err
	}
	var fresh []Party
	for _, p := range found {
		ref := occupantRef(p)
		out.inside = append(out.inside, ref)
		if _, ok := c.opened[ref]; !ok {
			c.opened[ref] = p
			fresh = append(fresh, p)
		}
	}
	return out, fresh, nil
}

// occupantRef points at somebody in a room: at the entry, so that a published member who is there counts once, or by the address.
func occupantRef(p Party) Ref {
	if len(p.Entries) == 1 && p.Entries[0].Self != (Ref{}) {
		return p.Entries[0].Self
	}
	return Ref{Directory: "in the room", DN: draft.FoldAddress(p.Address)}
}

// resolve finds the parties behind addresses: one for each, or an error. An address that nobody judged would be sent to all the
// same.
func (c *check) resolve(ctx context.Context, addresses []string) ([]Party, error) {
	parties, err := c.in.Directory.Resolve(ctx, c.in.Draft.Channel, addresses, c.freshness)
	if err != nil {
		return nil, err
	}
	if len(parties) != len(addresses) {
		return nil, fmt.Errorf("%d addresses, and the directory answered for %d", len(addresses), len(parties))
	}
	return parties, nil
}
