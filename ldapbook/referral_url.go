package ldapbook

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"caveat/ldapbook/internal/wire"
)

// destination is where a referral leads.
type destination struct {
	url     string // scheme, host and port only
	address string // "host:port", lower case
	search  wire.Search
}

// key tells destinations apart; each is asked once.
func (t destination) key() string {
	return fmt.Sprintf("%s %d %s", t.address, t.search.Scope, FoldDN(t.search.Base))
}

// destination reads an LDAP URL (RFC 4516) that a server gave in answer to a search. It refuses what may not be followed: another
// scheme than the source's security wants, a server that isn't among Source.Referrals, and URLs that change more of the
// search than its base and scope, for a filter is made here and nowhere else.
//
// std: RFC4511 §4.1.10, §4.5.3; RFC4516 §2
func (s *Source) destination(raw string, search wire.Search, needsBase bool) (destination, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return destination{}, fmt.Errorf("%.200q is not a URL", raw)
	}
	t := destination{url: u.Scheme + "://" + u.Host, search: search}
	if t.address, _, err = s.endpoint(t.url); err != nil {
		return destination{}, err
	}
	t.address = strings.ToLower(t.address)
	if !s.mayFollow(t.address) {
		return destination{}, fmt.Errorf("%.200q leads to %s, which is not among the servers to which referrals are followed", raw, t.address)
	}
	if u.User != nil || u.Fragment != "" {
		return destination{}, fmt.Errorf("%.200q is not an LDAP URL", raw)
	}
	if base := strings.TrimPrefix(u.Path, "/"); base != "" {
		t.search.Base = base
	} else if needsBase {
		return destination{}, fmt.Errorf("%.200q names no base", raw)
	}
	t.search.Cookie = nil
	return t, t.query(raw, u.RawQuery)
}

// query reads what follows the base in an LDAP URL: attributes, scope, filter, extensions.
func (t *destination) query(raw, query string) error {
	parts := append(strings.Split(query, "?"), "", "", "", "")
	switch strings.ToLower(parts[1]) {
	case "":
	case "base":
		t.search.Scope = wire.ScopeBase
	case "one":
		t.search.Scope = wire.ScopeOne
	case "sub":
		t.search.Scope = wire.ScopeSubtree
	default:
		return fmt.Errorf("%.200q has an unknown scope", raw)
	}
	if parts[2] != "" || strings.Contains(parts[3], "!") {
		return fmt.Errorf("%.200q has a filter or a critical extension of its own", raw)
	}
	return nil
}

func (s *Source) mayFollow(address string) bool {
	return slices.ContainsFunc(s.Referrals, func(allowed string) bool {
		host, port, err := net.SplitHostPort(allowed)
		return err == nil && strings.EqualFold(net.JoinHostPort(host, port), address)
	})
}

// at returns the source as it is used for the server of a referral: the same but for what names the source's own server.
func (s *Source) at(t destination) *Source {
	other := *s
	other.URLs, other.ServerName = []string{t.url}, ""
	if other.Auth.Kerberos != nil {
		k := *other.Auth.Kerberos
		k.Service = ""
		other.Auth.Kerberos = &k
	}
	return &other
}
