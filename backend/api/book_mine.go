package api

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"caveat/backend/contacts"
	"caveat/backend/presend"
	"caveat/ldapbook"
)

// mine reads what the user's own use says of entries.
func (s *Service) mine(ctx context.Context) (mine, error) {
	m, _, err := s.boost(ctx)
	return m, err
}

// boost gives what the user's own use says, and whom a search gives first: favourites, then those written to most and last.
func (s *Service) boost(ctx context.Context) (mine, []ldapbook.Ref, error) {
	m := mine{favourite: map[ldapbook.Ref]bool{}, used: map[ldapbook.Ref]int{}}
	favourites, err := s.own.Favourites(ctx)
	if err != nil {
		return mine{}, nil, err
	}
	used, err := s.own.Ranked(ctx, ldapbook.MaxBoost)
	if err != nil {
		return mine{}, nil, err
	}
	place := map[ldapbook.Ref]int{}
	for i, u := range used {
		m.used[ldapbook.Ref(u.Ref)], place[ldapbook.Ref(u.Ref)] = u.Count, i+1
	}
	slices.SortStableFunc(favourites, func(a, b contacts.Used) int { // of favourites too, first whom the user writes to most
		x, y := place[ldapbook.Ref(a.Ref)], place[ldapbook.Ref(b.Ref)]
		switch {
		case x == y:
			return 0
		case y == 0 || x != 0 && x < y:
			return -1
		}
		return 1
	})
	var order []ldapbook.Ref
	for _, f := range favourites {
		m.favourite[ldapbook.Ref(f.Ref)], m.used[ldapbook.Ref(f.Ref)] = true, f.Count
		order = append(order, ldapbook.Ref(f.Ref))
	}
	for _, u := range used {
		if !m.favourite[ldapbook.Ref(u.Ref)] {
			order = append(order, ldapbook.Ref(u.Ref))
		}
	}
	return m, order[:min(len(order), ldapbook.MaxBoost)], nil
}

// Favourites lists the user's favourites by name.
func (s *Service) Favourites(ctx context.Context) ([]UsedHit, error) {
	list, err := s.own.Favourites(ctx)
	if err != nil {
		return nil, err
	}
	return s.usedHits(ctx, list)
}

// Recent lists whom the user wrote to or picked, the latest first.
func (s *Service) Recent(ctx context.Context, limit int) ([]UsedHit, error) {
	list, err := s.own.Recent(ctx, limit)
	if err != nil {
		return nil, err
	}
	return s.usedHits(ctx, list)
}

func (s *Service) usedHits(ctx context.Context, list []contacts.Used) ([]UsedHit, error) {
	refs := make([]ldapbook.Ref, len(list))
	for i, u := range list {
		refs[i] = ldapbook.Ref(u.Ref)
	}
	hits, err := s.hitsOf(ctx, refs)
	if err != nil {
		return nil, err
	}
	out := []UsedHit{}
	for _, u := range list {
		x := UsedHit{ID: idOf(ldapbook.Ref(u.Ref)), Name: u.Name, Count: u.Count}
		if !u.Last.IsZero() {
			x.Last = &u.Last
		}
		if x.Hit = hits[ldapbook.Ref(u.Ref)]; x.Hit != nil {
			x.Name = x.Hit.Name
		}
		out = append(out, x)
	}
	return out, nil
}

// hitsOf are the rows of entries; those that the book does not have are left out.
func (s *Service) hitsOf(ctx context.Context, refs []ldapbook.Ref) (map[ldapbook.Ref]*Hit, error) {
	found, err := s.entries(ctx, refs)
	if err != nil {
		return nil, err
	}
	hits, err := s.bareHits(ctx, found)
	if err != nil {
		return nil, err
	}
	out := make(map[ldapbook.Ref]*Hit, len(hits))
	for i, e := range found {
		out[refOf(e)] = &hits[i]
	}
	return out, nil
}

// SetFavourite makes an entry a favourite, or takes it off the list; ErrNotFound of one that the book does not have.
func (s *Service) SetFavourite(ctx context.Context, id string, on bool) error {
	if !on {
		r, ok := parseID(id)
		if !ok {
			return fmt.Errorf("%w: %q is no id of an entry", ErrNotFound, id)
		}
		return s.own.RemoveFavourite(ctx, contacts.Ref(r))
	}
	e, err := s.entryOf(ctx, id)
	if err != nil {
		return err
	}
	return s.own.AddFavourite(ctx, contact(e))
}

func contact(e ldapbook.Entry) contacts.Contact {
	return contacts.Contact{Ref: contacts.Ref(refOf(e)), Name: e.Name}
}

// Picked counts that the user picked entries as recipients; ids that the book does not have don't count.
func (s *Service) Picked(ctx context.Context, ids []string) error {
	var refs []ldapbook.Ref
	for _, id := range ids {
		if r, ok := parseID(id); ok {
			refs = append(refs, r)
		}
	}
	found, err := s.entries(ctx, refs)
	if err != nil {
		return err
	}
	var who []contacts.Contact
	for _, e := range found {
		who = append(who, contact(e))
	}
	return s.own.Use(ctx, who)
}

// sentTo counts the recipients of a message that was queued. That it cannot be counted is no fault of the sending.
func (s *Service) sentTo(ctx context.Context, r *presend.Result) {
	var who []contacts.Contact
	for _, a := range r.Draft().Recipients() {
		for _, e := range r.Party(a).Entries {
			who = append(who, contacts.Contact{Ref: contacts.Ref{Directory: e.Directory, UUID: e.UUID}, Name: e.Name})
		}
	}
	if err := s.own.Use(context.WithoutCancel(ctx), who); err != nil {
		slog.Warn("whom a message went to is not counted for the search", "error", err)
	}
}

// OwnGroups lists the user's own groups by name.
func (s *Service) OwnGroups(ctx context.Context) ([]OwnGroup, error) {
	list, err := s.own.Groups(ctx)
	if err != nil {
		return nil, err
	}
	return s.ownGroups(ctx, list)
}

// ownGroups reads the members of all of them from the book at once.
func (s *Service) ownGroups(ctx context.Context, list []contacts.Group) ([]OwnGroup, error) {
	var refs []ldapbook.Ref
	for _, g := range list {
		for _, m := range g.Members {
			refs = append(refs, ldapbook.Ref(m.Ref))
		}
	}
	hits, err := s.hitsOf(ctx, refs)
	if err != nil {
		return nil, err
	}
	out := []OwnGroup{}
	for _, g := range list {
		out = append(out, ownGroup(g, hits))
	}
	return out, nil
}

func ownGroup(g contacts.Group, hits map[ldapbook.Ref]*Hit) OwnGroup {
	out := OwnGroup{ID: g.ID, Name: g.Name, Members: []OwnGroupMember{}, Changed: g.Changed}
	for _, m := range g.Members {
		h := hits[ldapbook.Ref(m.Ref)]
		x := OwnGroupMember{ID: idOf(ldapbook.Ref(m.Ref)), Address: m.Address, Name: m.Name, State: "gone", Hit: h}
		if h != nil {
			x.Name, x.State = h.Name, "moved"
			if slices.ContainsFunc(slices.Concat(h.Mail, h.JID), func(a string) bool { return same(a, m.Address) }) {
				x.State = "known"
			}
		}
		out.Members = append(out.Members, x)
	}
	return out
}

// SaveGroup makes a group of the user's own (id empty), or changes one. Errors: ErrNotFound of a member that the book does not
// have and that was not in the group before, contacts.ErrNoGroup, ErrName, ErrMany.
func (s *Service) SaveGroup(ctx context.Context, id string, in OwnGroupInput) (OwnGroup, error) {
	g := contacts.Group{ID: id, Name: in.Name}
	var before contacts.Group
	if id != "" {
		var err error
		if before, err = s.own.Group(ctx, id); err != nil {
			return OwnGroup{}, err
		}
	}
	refs := make([]ldapbook.Ref, len(in.Members))
	for i, m := range in.Members {
		refs[i], _ = parseID(m.ID)
	}
	found, err := s.book.ByRefs(ctx, refs)
	if err != nil {
		return OwnGroup{}, err
	}
	for i, m := range in.Members {
		x, err := groupMember(m, refs[i], found, before)
		if err != nil {
			return OwnGroup{}, err
		}
		if !slices.ContainsFunc(g.Members, func(have contacts.Member) bool { return have.Ref == x.Ref && same(have.Address, x.Address) }) {
			g.Members = append(g.Members, x)
		}
	}
	g, err = s.own.SaveGroup(ctx, g)
	if err != nil {
		return OwnGroup{}, err
	}
	saved, err := s.ownGroups(ctx, []contacts.Group{g})
	if err != nil {
		return OwnGroup{}, err
	}
	return saved[0], nil
}

func groupMember(m OwnGroupMemberInput, r ldapbook.Ref, found map[ldapbook.Ref]ldapbook.Entry, before contacts.Group) (contacts.Member, error) {
	for _, had := range before.Members { // one that is gone meanwhile stays until the user takes it out
		if had.Ref == contacts.Ref(r) && (m.Address == "" || same(m.Address, had.Address)) {
			return had, nil
		}
	}
	e, ok := found[r]
	if !ok {
		return contacts.Member{}, fmt.Errorf("%w: nobody in the book has the id %q", ErrNotFound, m.ID)
	}
	x := contacts.Member{Contact: contact(e), Address: spelled(e, m.Address)}
	if m.Address == "" {
		x.Address = e.Address()
	}
	if x.Address == "" {
		return contacts.Member{}, fmt.Errorf("%w: %s has no address %q", ErrNotFound, e.Name, m.Address)
	}
	return x, nil
}

// DeleteGroup removes a group; contacts.ErrNoGroup.
func (s *Service) DeleteGroup(ctx context.Context, id string) error {
	return s.own.DeleteGroup(ctx, id)
}

// groupsNamed gives the own groups that a search is for: each of its words is the beginning of a word of their names.
func (s *Service) groupsNamed(ctx context.Context, r SearchRequest) ([]OwnGroupHit, error) {
	out := []OwnGroupHit{}
	words := strings.Fields(likeness(r.Text))
	if len(words) == 0 || r.Nation != "" || r.Kind != "" || r.Organisation != "" || r.Offset > 0 {
		return out, nil
	}
	list, err := s.own.Groups(ctx)
	if err != nil {
		return nil, err
	}
	for _, g := range list {
		names := strings.Fields(likeness(g.Name))
		begins := func(w string) bool {
			return slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(n, w) })
		}
		if slices.ContainsFunc(words, func(w string) bool { return !begins(w) }) {
			continue
		}
		x := OwnGroupHit{ID: g.ID, Name: g.Name, Addresses: []string{}}
		for _, m := range g.Members {
			x.Addresses = append(x.Addresses, m.Address)
		}
		out = append(out, x)
	}
	return out, nil
}
