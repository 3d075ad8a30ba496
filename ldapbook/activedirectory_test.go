package ldapbook_test

import (
	"encoding/binary"
	"fmt"
	"slices"
	"testing"
	"time"

	"caveat/ldapbook"
	"caveat/ldapbook/ldaptest"
)

// guidOf is an objectGUID as Active Directory stores it, and as a UUID.
func guidOf(n int) (stored, uuid string) {
	b := binary.LittleEndian.AppendUint32(nil, uint32(n))
	b = append(b, 0x22, 0x11, 0x44, 0x33, 0x80, 0x90, 1, 2, 3, 4, 5, 6)
	return string(b), fmt.Sprintf("%08x-1122-3344-8090-010203040506", n)
}

// activeDirectory is a directory as Active Directory has it: users, a contact, a computer, nested groups.
func activeDirectory(members int) []ldaptest.Entry {
	entry := func(dn string, n int, pairs ...string) ldaptest.Entry {
		stored, _ := guidOf(n)
		return ldaptest.Entry{DN: dn + ",ou=staff," + suffix, Attrs: attrs(append(pairs, "objectGUID", stored)...)}
	}
	user := []string{"objectClass", "user", "objectClass", "aCPAccessControlEntity"}
	all := []ldaptest.Entry{
		entry("cn=Anna Hansen", 1, append(user, "cn", "Anna Hansen", "sn", "Hansen", "givenName", "Anna", "displayName", "Hansen, Anna (OF-3)",
			"mail", "anna@nor.example", "proxyAddresses", "SMTP:anna@nor.example", "proxyAddresses", "smtp:hansen@nor.example",
			"proxyAddresses", "X500:/o=n/cn=anna", "sAMAccountName", "ahansen", "userAccountControl", "512", "accountExpires", "9223372036854775807",
			"department", "G6", "company", "Norwegian Army", "title", "Major", "delivContLength", "10240", "confidentialityClearance", secret)...),
		entry("cn=Bo Berg", 2, append(user, "cn", "Bo Berg", "sn", "Berg", "mail", "bo@nor.example", "sAMAccountName", "bberg",
			"userAccountControl", "514", "accountExpires", "133485408000000000", "confidentialityClearance", restricted)...),
		entry("cn=PC1", 3, "objectClass", "computer", "cn", "PC1", "sn", "PC1", "sAMAccountName", "PC1$", "userAccountControl", "4096"),
		entry("cn=Carl Guest", 4, "objectClass", "contact", "cn", "Carl Guest", "sn", "Guest", "mail", "carl@gbr.example"),
		entry("cn=Inner", 5, "objectClass", "group", "cn", "Inner", "mail", "inner@nor.example", "member", "cn=Anna Hansen,ou=staff,"+suffix),
	}
	big := entry("cn=All Staff", 6, "objectClass", "group", "cn", "All Staff", "mail", "all@nor.example", "sAMAccountName", "all")
	list := []string{"cn=Inner,ou=staff," + suffix}
	for i := range members {
		list = append(list, fmt.Sprintf("cn=Soldier %05d,ou=staff,%s", i, suffix))
	}
	big.Attrs = append(big.Attrs, ldaptest.Attr{Name: "member", Values: list})
	return append(all, big)
}

func checkActiveDirectory(t *testing.T, src ldapbook.Source, members int) {
	src.Mapping = preset(t, "active-directory")
	c := dial(t, src)
	found, incomplete, err := c.ByAddress(t.Context(), []string{"HANSEN@nor.example", "bo@nor.example", "carl@gbr.example", "all@nor.example"})
	if err != nil || incomplete || len(found) != 4 {
		t.Fatalf("%+v, %v", found, err)
	}
	slices.SortFunc(found, func(a, b ldapbook.Entry) int { return len(a.Name) - len(b.Name) })
	bo, all, carl, anna := found[0], found[1], found[2], found[3]
	_, uuid := guidOf(1)
	if anna.UUID != uuid || anna.Name != "Hansen, Anna (OF-3)" || anna.Unit != "G6" || anna.Organisation != "Norwegian Army" || anna.Title != "Major" ||
		!slices.Equal(anna.Mail, []string{"anna@nor.example", "hansen@nor.example"}) || anna.Disabled || !anna.ExpiresAt.IsZero() ||
		anna.Capabilities.MaxSize != 10<<20 || anna.Clearance[0] != secret {
		t.Errorf("%+v", anna)
	}
	if !bo.Disabled || !bo.ExpiresAt.Equal(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)) || bo.Unit != "staff" {
		t.Errorf("%+v", bo)
	}
	if carl.Kind != ldapbook.KindPerson || all.Kind != ldapbook.KindList || len(all.Members) != members+1 || all.MembersIncomplete {
		t.Errorf("%+v, %d members", carl, len(all.Members))
	}
	for _, text := range []string{"hansen@nor.ex", "hansen", "berg"} { // the first: only among the proxyAddresses
		hits, _, err := c.Search(t.Context(), ldapbook.Query{Text: text})
		if err != nil || len(hits) != 1 || hits[0].Kind != ldapbook.KindPerson {
			t.Errorf("%s: %s, %v", text, names(hits), err)
		}
	}
	units, _, err := c.Search(t.Context(), ldapbook.Query{Kind: ldapbook.KindOrganisation})
	if err != nil || names(units) != "staff; norland" && names(units) != "norland; staff" {
		t.Errorf("units: %s, %v", names(units), err)
	}
	if everybody, _, err := c.Search(t.Context(), ldapbook.Query{}); err != nil || len(everybody) != 5 {
		t.Errorf("a search without a kind finds %s, %v", names(everybody), err)
	}
	inner, missing, err := c.ByDN(t.Context(), []string{all.Members[0], "cn=PC1,ou=staff," + suffix})
	if err != nil || names(inner) != "Inner" || len(missing) != 1 {
		t.Errorf("a computer is nobody: %s, %v, %v", names(inner), missing, err)
	}
	b := openBook(t)
	r := mustSync(t, b, src)
	if r.Read < 5 || withdrawn(t, b, "anna@nor.example").What != "" {
		t.Errorf("%+v", r)
	}
}

func TestActiveDirectory(t *testing.T) {
	w := startEmbedded(t, startOptions{entries: activeDirectory(3200)})
	checkActiveDirectory(t, w.ldap, 3200)
	w.server.Ranges(1500, ldaptest.RangeSound)
	checkActiveDirectory(t, w.ldap, 3200)
}

func proposeActiveDirectory(t *testing.T, src ldapbook.Source) {
	p := propose(t, src)
	if p.Preset != "active-directory" {
		t.Errorf("%+v", p)
	}
	if e := evidenceFor(p, "uuid", "objectGUID"); e.Have != 5 || e.Of < 5 || e.Example != "" {
		t.Errorf("%+v", e)
	}
	if e := evidenceFor(p, "clearance", "confidentialityClearance"); e.Have != 2 || e.Of != 5 {
		t.Errorf("%+v", e)
	}
	if slices.ContainsFunc(p.Samples, func(s ldapbook.ClassSample) bool { return s.Class == "computer" }) {
		t.Errorf("computers were sampled: %+v", p.Samples)
	}
}

func TestProposeActiveDirectory(t *testing.T) {
	src, s := describing(t, ldaptest.Config{NoSync: true, RootDSE: []ldaptest.Attr{{Name: "supportedCapabilities", Values: []string{"1.2.840.113556.1.4.800"}},
		{Name: "defaultNamingContext", Values: []string{suffix}}, {Name: "namingContexts", Values: []string{"CN=Configuration," + suffix}},
		{Name: "supportedControl", Values: []string{"1.2.840.113556.1.4.841"}}}}, activeDirectory(3)...)
	s.Ranges(2, ldaptest.RangeSound)
	src.BaseDN = ""
	proposeActiveDirectory(t, src)
	p := propose(t, src)
	if p.Strategy != ldapbook.StrategyDirSync || p.Vendor != "Caveat test directory" || ldapbook.FoldDN(p.BaseDN) != suffix {
		t.Errorf("%+v", p)
	}
	src.BaseDN = "ou=staff," + suffix
	if p = propose(t, src); !hasProblem(p, "DirSync wants a naming context") {
		t.Errorf("%q", p.Problems)
	}
}
