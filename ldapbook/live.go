package ldapbook

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"caveat/ldapbook/internal/wire"
)

const (
	addressesPerSearch = 50
	searchesAtOnce     = 16
)

// Search asks the directory itself. What a user typed never becomes filter syntax; accents are compared as the server
// compares them. incomplete: there is more than Query.Limit, or than the server gives. Dynamic lists are found without their
// members (MembersIncomplete), as these may be asked for at each letter.
//
// Errors: ErrTimeout, ErrUnreachable, ErrProtocol, ErrNoSuchBase, ErrRefused, ErrReferral.
func (c *Conn) Search(ctx context.Context, q Query) (entries []Entry, incomplete bool, err error) {
	q.Text = norm.NFC.String(q.Text) // directories publish composed letters
	filter := liveFilter(&c.src.Mapping, q)
	if filter == "" || q.Nation != "" && !strings.EqualFold(q.Nation, c.src.Nation) {
		return nil, false, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	request, err := c.search(c.src.BaseDN, wire.ScopeSubtree, filter)
	if err != nil {
		return nil, false, err
	}
	request.SizeLimit = q.limit()
	entries, incomplete, err = c.gather(ctx, request)
	// Conditions of the mapping may make an entry of another kind than its classes, which the filter goes by, say.
	return slices.DeleteFunc(entries, func(e Entry) bool { return !isAsked(q.Kind, e.Kind) }), incomplete, err
}

// collect is gather with the members of dynamic lists.
func (c *Conn) collect(ctx context.Context, request wire.Search) (entries []Entry, incomplete bool, err error) {
	if entries, incomplete, err = c.gather(ctx, request); err != nil || len(c.mapper.dynamic) == 0 {
		return entries, incomplete, err
	}
	if err := c.completeMembers(ctx, entries); err != nil {
		return nil, false, err
	}
	return entries, incomplete, nil
}

// gather runs one small search, follows its references, and reads the rest of members that came in ranges; dynamic lists stay
// incomplete. A size or time limit of the server, and a reference that cannot be followed, only make the answer incomplete.
func (c *Conn) gather(ctx context.Context, request wire.Search) (entries []Entry, incomplete bool, err error) {
	c.mapper.forget()
	seen := map[string]bool{}
	ask := func(ctx context.Context, client *wire.Client, search wire.Search) (wire.Done, error) {
		return client.Search(ctx, c.src.Timeout, search, func(m wire.Message) error {
			e, ok, err := c.mapper.entry(m)
			if ok && !seen[e.UUID] {
				seen[e.UUID] = true
				entries = append(entries, e)
			}
			return err
		})
	}
	done, err := ask(ctx, c.client, request)
	if err != nil {
		return nil, false, c.explain(err)
	}
	left, err := c.followSmall(ctx, request, done, ask)
	if err != nil {
		return nil, false, c.explain(err)
	}
	switch done.Code {
	case 0, codeReferral:
		if done.Code == codeReferral && left.count > 0 && len(entries) == 0 {
			return nil, false, c.explain(fmt.Errorf("%w; %w", &done.Result, left.why))
		}
		incomplete = left.count > 0
		if request.SizeLimit > 0 && len(entries) > request.SizeLimit { // each server keeps to the limit for itself
			entries, incomplete = entries[:request.SizeLimit], true
		}
	case codeSizeLimit, codeTimeLimit, codeAdminLimit:
		incomplete = true
	default:
		return nil, false, c.explain(&done.Result)
	}
	if err := c.completeRanges(ctx, entries); err != nil {
		return nil, false, err
	}
	return entries, incomplete, nil
}

// ByAddress asks the directory for the entries that have one of the addresses as mail address or JID. incomplete: the
// server gave only a part, so that a missing entry says nothing. Errors as Search.
func (c *Conn) ByAddress(ctx context.Context, addrs []string) (entries []Entry, incomplete bool, err error) {
	wanted := map[string]bool{}
	var asked []string
	for _, a := range addrs {
		if f := FoldAddress(a); f != "" && !wanted[f] {
			wanted[f] = true
			asked = append(asked, strings.TrimSpace(a))
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	seen := map[string]bool{}
	for chunk := range slices.Chunk(asked, addressesPerSearch) {
		request, err := c.search(c.src.BaseDN, wire.ScopeSubtree, addressFilter(&c.src.Mapping, chunk))
		if err != nil {
			return nil, false, err
		}
		found, part, err := c.collect(ctx, request)
		if err != nil {
			return nil, false, err
		}
		incomplete = incomplete || part
		for _, e := range found {
			matches := slices.ContainsFunc(addresses(&e), func(a string) bool { return wanted[a] })
			if matches && !seen[e.UUID] {
				seen[e.UUID] = true
				entries = append(entries, e)
			}
		}
	}
	return entries, incomplete, nil
}

// ByDN reads entries by their names, many at a time on the one connection. missing are those of dns, as given, that the
// directory does not have, or that are of no kind that a book keeps. Errors as Search; ErrReferral: one of them is said to
// be elsewhere, where it could not be asked for, so that it is neither found nor missing.
func (c *Conn) ByDN(ctx context.Context, dns []string) (found []Entry, missing []string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	requests := make([]wire.Search, len(dns))
	for i, dn := range dns {
		if requests[i], err = c.search(dn, wire.ScopeBase, "(objectClass=*)"); err != nil {
			return nil, nil, err
		}
	}
	c.mapper.forget()
	here := make([]bool, len(dns))
	referred := map[int]wire.Done{}
	var refused error
	err = c.client.SearchMany(ctx, c.src.Timeout, requests, searchesAtOnce,
		func(i int, m wire.Message) error {
			e, ok, err := c.mapper.entry(m)
			if ok && err == nil {
				here[i] = true
				found = append(found, e)
			}
			return err
		},
		func(i int, d wire.Done) error {
			if d.Code == codeReferral || d.References > 0 {
				referred[i] = d
			} else if d.Code != 0 && classifyCode(d.Code) != ErrNoSuchBase && refused == nil {
				refused = c.explain(&d.Result)
			}
			return nil
		})
	if err != nil {
		return nil, nil, c.explain(err)
	}
	if refused != nil {
		return nil, nil, refused
	}
	for i, done := range referred {
		elsewhere, err := c.oneElsewhere(ctx, requests[i], done)
		if err != nil {
			return nil, nil, err
		}
		here[i] = here[i] || len(elsewhere) > 0
		found = append(found, elsewhere...)
	}
	if err := c.completeMembers(ctx, found); err != nil {
		return nil, nil, err
	}
	for i, dn := range dns {
		if !here[i] {
			missing = append(missing, dn)
		}
	}
	return found, missing, nil
}
