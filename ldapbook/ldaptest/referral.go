package ldaptest

import (
	"strings"

	"caveat/ldapbook"
	"caveat/ldapbook/internal/wire"
)

// Referral makes a DN, and all below it, a thing of another server (RFC 3296): a search with its base there is answered with
// a referral, one with its base above it with a search result reference besides its entries. Without URLs it ends.
func (s *Server) Referral(dn string, urls ...string) {
	all := map[string][]string{}
	if old := s.referrals.Load(); old != nil {
		for k, v := range *old {
			all[k] = v
		}
	}
	delete(all, ldapbook.FoldDN(dn))
	if len(urls) > 0 {
		all[ldapbook.FoldDN(dn)] = urls
	}
	s.referrals.Store(&all)
}

// Searches returns how many search requests came so far.
func (s *Server) Searches() int { return int(s.searches.Load()) }

// referralFor returns the URLs of the referral at a folded DN or above it.
func (s *Server) referralFor(folded string) []string {
	all := s.referrals.Load()
	if all == nil {
		return nil
	}
	for dn, urls := range *all {
		if folded == dn || strings.HasSuffix(folded, ","+dn) {
			return urls
		}
	}
	return nil
}

// references sends a search result reference for each referral in the part of the tree that is searched.
func (se *session) references(q *query) error {
	all := se.s.referrals.Load()
	if all == nil {
		return nil
	}
	for dn, urls := range *all {
		if q.inScope(&record{folded: dn}) {
			if err := se.send(q.id, wire.TLV(wire.OpSearchReference, urlList(urls)...)); err != nil {
				return err
			}
		}
	}
	return nil
}

func urlList(urls []string) [][]byte {
	list := make([][]byte, len(urls))
	for i, u := range urls {
		list[i] = wire.Text(wire.TagOctetString, u)
	}
	return list
}
