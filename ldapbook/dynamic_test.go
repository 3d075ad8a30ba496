package ldapbook_test

import (
	"path/filepath"
	"slices"
	"testing"

	"caveat/ldapbook"
	"caveat/ldapbook/ldaptest"
)

// dynamicList is a list whose members are whoever its URLs find.
func dynamicList(name string, urls ...string) ldaptest.Entry {
	e := ldaptest.Entry{DN: "cn=" + name + ",ou=lists," + suffix, Attrs: attrs("objectClass", "groupOfURLs", "objectClass", "extensibleObject",
		"cn", name, "mail", name+"@nor.example")}
	e.Attrs = append(e.Attrs, ldaptest.Attr{Name: "memberURL", Values: urls})
	return e
}

// A read of everything asks for the members, so that the list is as new as that read although nothing of it has changed.
func TestDynamicListIsAsNewAsTheReadThatAskedForIt(t *testing.T) {
	s, src := large(t, "o=norland", 3)
	must(t, s.Add(ldaptest.Entry{DN: "cn=all,o=norland", Attrs: attrs("objectClass", "groupOfURLs", "cn", "all", "mail", "all@nor.example",
		"memberURL", "ldap:///o=norland??sub?(uid=*)")}))
	src.Refresh.Strategy = ldapbook.StrategyFull
	path := filepath.Join(t.TempDir(), "book.db")
	b := openBookAt(t, path)
	mustSync(t, b, src)
	first := byAddress(t, b, "all@nor.example")[0].ReadAt
	mustSync(t, b, src)
	if e := byAddress(t, b, "all@nor.example")[0]; !e.ReadAt.After(first) || !e.Dynamic {
		t.Errorf("%s, before %s", e.ReadAt, first)
	}
	// Searches give the same time as look-ups by address.
	if found := find(t, b, "all"); len(found) != 1 || !found[0].ReadAt.Equal(byAddress(t, b, "all@nor.example")[0].ReadAt) {
		t.Errorf("%+v", found)
	}
}

// dynamicLists: the members of a dynamic list are those whom its URLs find when it is read, and one that cannot be asked to the end
// says so (RULES 7: such a list is unknown).
func dynamicLists(t *testing.T, start starter) {
	people := "ldap:///ou=people," + suffix
	lists := map[string]struct {
		urls  []string
		want  int
		whole bool
	}{
		"everybody":       {[]string{people + "??sub?(objectClass=inetOrgPerson)"}, 20, true},
		"one":             {[]string{people + "??one?(uid=p0003)"}, 1, true},
		"two-urls":        {[]string{people + "??one?(uid=p0003)", people + "??sub?(|(uid=p0003)(uid=p0004))"}, 2, true},
		"base":            {[]string{"ldap:///uid=p0001,ou=people," + suffix}, 1, true},
		"escaped":         {[]string{people + "??sub?(uid=p000%33)"}, 1, true},
		"nobody":          {[]string{people + "??sub?(uid=nobody)"}, 0, true},
		"elsewhere":       {[]string{"ldap://other.example/ou=people," + suffix + "??sub?(uid=p0001)"}, 0, false},
		"other-port":      {[]string{"ldap://127.0.0.1:1/ou=people," + suffix + "??sub?(uid=p0001)"}, 0, false},
		"attributes":      {[]string{people + "?manager?sub?(uid=p0001)"}, 0, false},
		"no-such-base":    {[]string{"ldap:///ou=gone," + suffix + "??sub?(uid=p0001)"}, 0, false},
		"critical":        {[]string{people + "??sub?(uid=p0001)?!x-secret"}, 0, false},
		"half":            {[]string{people + "??one?(uid=p0003)", "ldap://other.example/"}, 1, false},
		"without-a-base":  {[]string{"ldap:///??sub?(uid=p0001)"}, 0, false},
		"unreadable":      {[]string{people + "??sub?(uid=p0001"}, 0, false},
		"not-an-ldap-url": {[]string{"file:///etc/passwd"}, 0, false},
	}
	entries := crowd(20) // more than two pages
	for name, l := range lists {
		entries = append(entries, dynamicList(name, l.urls...))
	}
	w := start(t, startOptions{entries: entries})
	b := openBook(t)
	mustSync(t, b, w.ldap)
	c := dial(t, w.ldap)
	live, _, err := c.ByAddress(t.Context(), []string{"one@nor.example", "everybody@nor.example", "elsewhere@nor.example"})
	if err != nil || len(live) != 3 {
		t.Fatal(live, err)
	}
	for name, l := range lists {
		read := byAddress(t, b, name+"@nor.example")
		for _, e := range live {
			if e.Mail[0] == name+"@nor.example" {
				read = append(read, e)
			}
		}
		for _, e := range read {
			if e.Kind != ldapbook.KindList || !e.Dynamic || e.MembersIncomplete == l.whole || len(e.Members) != l.want {
				t.Errorf("%s: %s, %d members, incomplete %v, dynamic %v", name, e.Kind, len(e.Members), e.MembersIncomplete, e.Dynamic)
			}
		}
	}

	// Who is found changes without the list's entry: a live read sees it.
	must(t, w.dir.Add(cleared("p0099", "Kari", "Ny")))
	found, _, err := c.ByDN(t.Context(), []string{"cn=everybody,ou=lists," + suffix})
	isNew := func(dn string) bool { return ldapbook.FoldDN(dn) == ldapbook.FoldDN("uid=p0099,ou=people,"+suffix) }
	if err != nil || len(found) != 1 || len(found[0].Members) != 21 || !slices.ContainsFunc(found[0].Members, isNew) {
		t.Fatalf("%+v, %v", found, err)
	}
}
