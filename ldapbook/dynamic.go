package ldapbook

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"caveat/ldapbook/internal/wire"
)

// A dynamic list names its members by LDAP URLs (groupOfURLs, memberURL): whoever a search finds is one. The search is asked of
// the list's own server, each time that the list is read, and its members are then kept as if the list named them. As they change
// without the list's entry, an entry that was not read again says nothing about them: see Entry.Dynamic.

// keepDynamic keeps the URLs of the current entry until completeMembers asks them.
func (m *mapper) keepDynamic(e *Entry) {
	urls := m.all(fieldMemberURLs)
	if len(urls) == 0 || e.Kind != KindList {
		return
	}
	e.Dynamic, e.MembersIncomplete = true, true
	if len(m.dynamic) < maxPending {
		m.dynamic[e.DN] = dynamicList{urls, m.partial}
	}
}

// dynamicList is what is to be asked for the members of an entry.
type dynamicList struct {
	urls    []string
	partial bool // of the members that it names itself, too, only a part came
}

// completeDynamic asks for the members of the dynamic lists among the entries.
func (c *Conn) completeDynamic(ctx context.Context, entries []Entry) error {
	for i := range entries {
		e := &entries[i]
		list, ok := c.mapper.dynamic[e.DN]
		if !ok {
			continue
		}
		members, whole, err := c.dynamicMembers(ctx, list.urls)
		if err != nil {
			return err
		}
		e.Members, e.MembersIncomplete = append(e.Members, members...), !whole || list.partial
	}
	return nil
}

// dynamicMembers asks the URLs of a list; whole is false when one cannot be asked, or is not answered to the end.
func (c *Conn) dynamicMembers(ctx context.Context, urls []string) (members []string, whole bool, err error) {
	seen := map[string]bool{}
	for _, raw := range urls {
		search, err := c.src.memberSearch(raw)
		if err != nil {
			return members, false, nil // it says so by being incomplete
		}
		found, whole, err := c.names(ctx, search)
		if err != nil || !whole {
			return members, false, err
		}
		for _, dn := range found {
			if folded := FoldDN(dn); !seen[folded] {
				seen[folded] = true
				members = append(members, dn)
			}
		}
	}
	return members, true, nil
}

// names lists the DNs that a search finds, page by page.
func (c *Conn) names(ctx context.Context, search wire.Search) (dns []string, whole bool, err error) {
	size := 0
	for range maxRanges {
		done, err := c.client.Search(ctx, c.src.Timeout, search, func(m wire.Message) error {
			dn, err := m.Entry(func(_, _ []byte) {})
			if size += len(dn); err == nil && size > maxDynamicBytes {
				err = errTooWide // ends the connection: the rest of the answer still stands on it
			}
			dns = append(dns, string(dn))
			return err
		})
		switch {
		case err != nil:
			return nil, false, c.explain(err)
		case done.Code == codeCriticalExtension && search.PageSize > 0 && len(dns) == 0:
			search.PageSize = 0 // a server without paged results
			continue
		case done.Code != 0 || done.References > 0:
			return nil, false, nil
		case len(done.Cookie) == 0:
			return dns, true, nil
		}
		search.Cookie = done.Cookie
	}
	return nil, false, nil
}

// maxDynamicBytes is how much the names that one URL finds may be, in bytes.
const maxDynamicBytes = 128 << 20

// errTooWide: a list's URL finds more than is kept of any list.
var errTooWide = errors.New("a dynamic list has too many members")

// memberSearch reads the URL of a dynamic list. It refuses one for another server, and one that asks for attributes: then not the
// entries found are the members, but what stands in them.
//
// std: RFC4516 §2
func (s *Source) memberSearch(raw string) (wire.Search, error) {
	u, err := url.Parse(raw)
	if err != nil || u.User != nil || u.Fragment != "" || u.Scheme != "ldap" && u.Scheme != "ldaps" {
		return wire.Search{}, fmt.Errorf("%.200q is not an LDAP URL", raw)
	}
	if u.Host != "" && !s.isOwnHost(u.Hostname()) {
		return wire.Search{}, fmt.Errorf("%.200q is for another server", raw)
	}
	search := wire.Search{Base: strings.TrimPrefix(u.Path, "/"), Scope: wire.ScopeBase, Attrs: []string{"1.1"}, PageSize: s.PageSize}
	parts := append(strings.Split(u.RawQuery, "?"), "", "", "", "")
	if parts[0] != "" || strings.Contains(parts[3], "!") || search.Base == "" {
		return wire.Search{}, fmt.Errorf("%.200q does not name entries of this directory alone", raw)
	}
	switch strings.ToLower(parts[1]) {
	case "", "base":
	case "one":
		search.Scope = wire.ScopeOne
	case "sub":
		search.Scope = wire.ScopeSubtree
	default:
		return wire.Search{}, fmt.Errorf("%.200q has an unknown scope", raw)
	}
	filter, err := url.PathUnescape(parts[2])
	if filter == "" {
		filter = "(objectClass=*)"
	}
	packet, failed := ldap.CompileFilter(filter)
	if err = errors.Join(err, failed); err != nil {
		return wire.Search{}, fmt.Errorf("%.200q has no filter that can be read: %w", raw, err)
	}
	search.Filter = packet.Bytes()
	return search, nil
}

// isOwnHost tells whether a host is one of the source's own servers.
func (s *Source) isOwnHost(host string) bool {
	for _, own := range s.URLs {
		if u, err := url.Parse(own); err == nil && strings.EqualFold(u.Hostname(), host) {
			return true
		}
	}
	return false
}
