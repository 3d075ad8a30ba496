//go:build integration

package ldapbook_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"caveat/ldapbook"
	"caveat/ldapbook/ldaptest"
)

// referralObject refers from a unit to DNs of another server (RFC 3296), over ldap and over ldaps.
func referralObject(dn string, s *ldaptest.Slapd, base string) ldaptest.Entry {
	name, _, _ := strings.Cut(strings.TrimPrefix(dn, "ou="), ",")
	return ldaptest.Entry{DN: dn, Attrs: attrs("objectClass", "referral", "objectClass", "extensibleObject", "ou", name,
		"ref", s.URL+"/"+base, "ref", s.TLSURL+"/"+base)}
}

// Two real servers, one of which refers to the other; the account is a client certificate that both know.
func TestIntegrationReferral(t *testing.T) {
	ca := ldaptest.NewCA("CA of two")
	start := func(suffix string, entries ...ldaptest.Entry) *ldaptest.Slapd {
		return ldaptest.StartSlapd(t, ldaptest.SlapdConfig{Suffix: suffix, CA: ca, RequireBind: true, Entries: entries,
			Global: "TLSVerifyClient try\nauthz-regexp \"^cn=([^,]+)$\" \"uid=$1,ou=people," + suffix + "\"\n"})
	}
	south := start(southSuffix, southerner("s1", "Sorland"), southerner("s2", "Sand"))
	unit := "ou=south," + suffix
	north := start(suffix, append(crowd(8), referralObject(unit, south, southSuffix))...)
	cert := clientCertificate(t, special(t, ca, ldaptest.Special{CommonName: "p0001"}))
	sources := both(north)
	for i := range sources {
		sources[i].Auth = ldapbook.Auth{Method: ldapbook.AuthExternal, Certificate: cert}
		sources[i].PageSize = 3
		sources[i].Refresh.Strategy = ldapbook.StrategyFull
	}
	allow := func(src ldapbook.Source, servers ...*ldaptest.Slapd) ldapbook.Source {
		for _, s := range servers {
			for _, u := range []string{s.URL, s.TLSURL} {
				src.Referrals = append(src.Referrals, strings.TrimPrefix(strings.TrimPrefix(u, "ldaps://"), "ldap://"))
			}
		}
		return src
	}
	search := func(src ldapbook.Source) (n int, incomplete bool) {
		t.Helper()
		err := bounded(t, func(ctx context.Context) error {
			found, part, err := dial(t, src).Search(ctx, ldapbook.Query{})
			n, incomplete = len(found), part
			return err
		})
		if err != nil {
			t.Fatalf("%s: %v", src.Security, err)
		}
		return n, incomplete
	}
	for _, src := range sources {
		if n, incomplete := search(allow(src, south)); n != 10 || incomplete {
			t.Errorf("%s: %d, %v", src.Security, n, incomplete)
		}
		if n, incomplete := search(src); n != 8 || !incomplete {
			t.Errorf("%s, none allowed: %d, %v", src.Security, n, incomplete)
		}
		b := openBook(t)
		wantCounts(t, mustSync(t, b, allow(src, south)), "read 10 added 10 changed 0 removed 0 unchanged 0")
		if r, err := b.Sync(t.Context(), src, nil); err != nil || !r.Incomplete || r.Removed != 0 {
			t.Errorf("%s, none allowed: %+v, %v", src.Security, r, err)
		}
		// slapd names the DN on the other server for one below the referral.
		below := "uid=s1,ou=people," + unit
		found, missing, err := dial(t, allow(src, south)).ByDN(t.Context(), []string{below})
		if err != nil || names(found) != "Sur Sorland" || len(missing) != 0 {
			t.Errorf("%s: %s, %q, %v", src.Security, names(found), missing, err)
		}
		if _, _, err := dial(t, src).ByDN(t.Context(), []string{below}); !errors.Is(err, ldapbook.ErrReferral) {
			t.Errorf("%s: %v", src.Security, err)
		}
	}

	must(t, south.Add(referralObject("ou=north,"+southSuffix, north, suffix))) // and back again
	for _, src := range sources {
		if n, incomplete := search(allow(src, south, north)); n != 10 || !incomplete {
			t.Errorf("%s, in a circle: %d, %v", src.Security, n, incomplete)
		}
		if n, incomplete := search(allow(src, south)); n != 10 || !incomplete {
			t.Errorf("%s, on to one that is not allowed: %d, %v", src.Security, n, incomplete)
		}
	}
}
