package api

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"caveat/ldapbook"
)

// Tree lists the nodes directly below one of a directory's tree, by name; node 0: the top. ErrNotFound of a directory that the
// installation does not have.
func (s *Service) Tree(ctx context.Context, directory string, node int64) ([]NodeDocument, error) {
	if _, ok := s.fed.Directory(directory); !ok {
		return nil, fmt.Errorf("%w: no directory %q in %s", ErrNotFound, directory, s.in.Path)
	}
	nodes, err := s.book.Nodes(ctx, directory, node)
	if err != nil {
		return nil, err
	}
	out := []NodeDocument{}
	for _, n := range nodes {
		out = append(out, NodeDocument(n))
	}
	return out, nil
}

// TreeEntries lists the addressees directly in a node, in book order.
func (s *Service) TreeEntries(ctx context.Context, node int64, offset, limit int) (NodeEntriesDocument, error) {
	limit = min(cmp.Or(limit, ldapbook.DefaultLimit), ldapbook.MaxLimit-1)
	entries, err := s.book.InNode(ctx, node, offset, limit)
	if err != nil {
		return NodeEntriesDocument{}, err
	}
	out := NodeEntriesDocument{Offset: offset}
	if len(entries) == limit { // asked for itself: one more in the same answer would push another out of it
		next, err := s.book.InNode(ctx, node, offset+limit, 1)
		if err != nil {
			return NodeEntriesDocument{}, err
		}
		out.More = len(next) > 0
	}
	out.Hits, err = s.bareHits(ctx, entries)
	return out, err
}

// Organisations lists names of organisations and units that begin with a text, of one directory or all, by name.
func (s *Service) Organisations(ctx context.Context, directory, text string, limit int) ([]string, error) {
	out := []string{}
	for _, d := range s.in.Directories {
		if directory != "" && d.Name != directory {
			continue
		}
		names, err := s.book.Organisations(ctx, d.Name, text, limit)
		if err != nil {
			return nil, err
		}
		out = append(out, names...)
	}
	slices.Sort(out)
	out = slices.Compact(out)
	return out[:min(len(out), cmp.Or(limit, ldapbook.DefaultLimit))], nil
}

// Members opens a list or role to a depth, each entry once.
func (s *Service) Members(ctx context.Context, id string, depth int) (MembersDocument, error) {
	e, err := s.entryOf(ctx, id)
	if err != nil {
		return MembersDocument{}, err
	}
	opened, err := s.fed.OpenGroup(ctx, e, depth)
	if err != nil {
		return MembersDocument{}, err
	}
	out := MembersDocument{ID: id, Rows: []MemberRow{}, People: opened.People, Unknown: opened.Unknown, Cut: notNil(opened.Cut)}
	out.Complete = len(out.Cut) == 0 && out.Unknown == 0
	var entries []ldapbook.Entry
	for _, m := range opened.Rows {
		entries = append(entries, m.Entry)
	}
	hits, err := s.bareHits(ctx, entries)
	if err != nil {
		return MembersDocument{}, err
	}
	for i, m := range opened.Rows {
		r := MemberRow{Depth: m.Depth, DN: m.DN, Via: idOf(m.Via), State: string(m.State)}
		if m.Entry.UUID != "" {
			r.Hit = &hits[i]
		}
		out.Rows = append(out.Rows, r)
	}
	return out, nil
}
