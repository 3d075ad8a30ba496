package ldapbook

import (
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

// memberSearch reads the URL of a dynamic list. It refuses one for another server, and one that asks for attributes: then not the
// entries found are the members, but what stands in them.
//
// std: RFC4516 §2
func (s *Source) memberSearch(raw string) (wire.Search, error) {
	u, err := url.Parse(raw)
	if err != nil || u.User != nil || u.Fragment != "" || u.Scheme != "ldap" && u.Scheme != "ldaps" {
		return wire.Search{}, fmt.Errorf("%.200q is not an LDAP URL", raw)
	}
	if u.Host != "" && !s.isOwnServer(u) {
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

// isOwnServer tells whether a URL names one of the source's own servers: the host, and the port where it is none of the usual two.
func (s *Source) isOwnServer(named *url.URL) bool {
	for _, own := range s.URLs {
		u, err := url.Parse(own)
		if err == nil && strings.EqualFold(u.Hostname(), named.Hostname()) && unusualPort(u) == unusualPort(named) {
			return true
		}
	}
	return false
}

// unusualPort is the port of a URL, "" for those on which one directory is offered with and without TLS.
func unusualPort(u *url.URL) string {
	if p := u.Port(); p != "389" && p != "636" {
		return p
	}
	return ""
}
