package ldapbook_test

import (
	"slices"
	"strings"
	"testing"

	"caveat/ldapbook"
)

func liveSearch(t *testing.T, start starter) {
	w := start(t, startOptions{entries: append(federation(), crowd(30)...)})
	c := dial(t, w.ldap)
	for _, test := range []struct {
		query ldapbook.Query
		want  string
	}{
		{ldapbook.Query{Text: "hans"}, "Anna Hansen"},
		{ldapbook.Query{Text: "HANSEN anna"}, "Anna Hansen"},                 // any order, any case
		{ldapbook.Query{Text: "anna@nor"}, "Anna Hansen"},                    // the beginning of an address
		{ldapbook.Query{Text: "officer"}, "Duty Officer"},                    // a later word of the name
		{ldapbook.Query{Text: "brigade g6"}, ""},                             // "6 Brigade": only the name is searched inside
		{ldapbook.Query{Text: "hansen", Kind: ldapbook.KindRole}, ""},        // another kind
		{ldapbook.Query{Text: "hansen", Nation: "GBR"}, ""},                  // another nation
		{ldapbook.Query{Text: "hansen", Nation: "nor"}, "Anna Hansen"},       // nations have no case
		{ldapbook.Query{Text: `*)(mail=*`}, ""},                              // words "mail" only
		{ldapbook.Query{Text: `*`}, ""},                                      // no word at all
		{ldapbook.Query{Text: `hansen)(|(cn=*`}, ""},                         // "cn" begins nothing
		{ldapbook.Query{Text: "\x00hansen"}, "Anna Hansen"},                  // a control character separates
		{ldapbook.Query{Text: "ops", Kind: ldapbook.KindRoom}, "ops"},        //
		{ldapbook.Query{Text: "signals list"}, "Signals List"},               //
		{ldapbook.Query{Text: strings.Repeat("hansen ", 40)}, "Anna Hansen"}, // bounded
	} {
		found, incomplete, err := c.Search(t.Context(), test.query)
		if err != nil || names(found) != test.want || incomplete {
			t.Errorf("%q: %q, %v, %v, want %q", test.query.Text, names(found), incomplete, err, test.want)
		}
	}
	found, incomplete, err := c.Search(t.Context(), ldapbook.Query{Text: "ola", Limit: 5})
	if err != nil || len(found) != 5 || !incomplete {
		t.Errorf("limit: %d, %v, %v", len(found), incomplete, err)
	}
}

func liveByAddress(t *testing.T, start starter) {
	w := start(t, startOptions{entries: append(federation(), crowd(60)...)})
	c := dial(t, w.ldaps)
	found, incomplete, err := c.ByAddress(t.Context(), []string{"ANNA@nor.example", "anna@xmpp.nor.example",
		"ops@rooms.nor.example", "nobody@nor.example", `*)(mail=*`, "*", "p00*", " bo@nor.example ", ""})
	slices.SortFunc(found, func(a, b ldapbook.Entry) int { return strings.Compare(a.Name, b.Name) })
	if err != nil || incomplete || names(found) != "Anna Hansen; Bo Berg; ops" {
		t.Errorf("%s, %v, %v", names(found), incomplete, err)
	}
	var many []string
	for _, e := range crowd(60) {
		many = append(many, e.Values("mail")...)
	}
	if found, _, err := c.ByAddress(t.Context(), many); err != nil || len(found) != 60 {
		t.Errorf("more than one filter holds: %d, %v", len(found), err)
	}
}

func liveByDN(t *testing.T, start starter) {
	w := start(t, startOptions{entries: append(federation(), crowd(40)...)})
	c := dial(t, w.ldap)
	var dns []string
	for _, e := range crowd(40) {
		dns = append(dns, e.DN)
	}
	gone := []string{"uid=nobody,ou=people," + suffix, "ou=people," + suffix, "not a DN"}
	found, missing, err := c.ByDN(t.Context(), append(dns, gone...))
	if err != nil || len(found) != 40 || !slices.Equal(missing, gone) {
		t.Errorf("%d found, missing %q, %v", len(found), missing, err)
	}
	if found[0].Clearance[0] != secret || found[0].Transport != ldapbook.TransportStartTLS {
		t.Errorf("%+v", found[0])
	}
}

func livePut(t *testing.T, start starter) {
	w := start(t, startOptions{entries: crowd(4)})
	b := openBook(t)
	mustSync(t, b, w.ldap)
	dn := func(uid string) string { return "uid=" + uid + ",ou=people," + suffix }
	must(t, w.dir.Delete(dn("p0000")))
	must(t, w.dir.Replace(dn("p0001"), "confidentialityClearance"))
	must(t, w.dir.Delete(dn("p0003")))
	must(t, w.dir.Add(cleared("new", "Kari", "Ny")))
	before := byAddress(t, b, "p0002@nor.example")[0]

	c := dial(t, w.ldap)
	asked := []string{dn("p0000"), dn("p0001"), dn("p0002"), dn("new")}
	found, missing, err := c.ByDN(t.Context(), asked)
	if err != nil || len(missing) != 1 {
		t.Fatal(missing, err)
	}
	must(t, b.Put(t.Context(), "Norland", found, ldapbook.Asked{DNs: asked}))
	found, incomplete, err := c.ByAddress(t.Context(), []string{"p0003@nor.example"})
	if err != nil || incomplete {
		t.Fatal(err)
	}
	must(t, b.Put(t.Context(), "Norland", found, ldapbook.Asked{Addresses: []string{"p0003@nor.example"}}))

	if e := byAddress(t, b, "p0000@nor.example"); len(e) != 0 || withdrawn(t, b, "p0000@nor.example").What != ldapbook.GoneEntry {
		t.Errorf("gone by DN: %+v", e)
	}
	if e := byAddress(t, b, "p0003@nor.example"); len(e) != 0 || withdrawn(t, b, "p0003@nor.example").What != ldapbook.GoneEntry {
		t.Errorf("gone by address: %+v", e)
	}
	if withdrawn(t, b, "p0001@nor.example").What != ldapbook.GoneClearance {
		t.Error("clearance gone, but no tombstone")
	}
	if e := byAddress(t, b, "p0002@nor.example"); len(e) != 1 || !e[0].ReadAt.After(before.ReadAt) {
		t.Errorf("unchanged: %+v", e)
	}
	if got := names(find(t, b, "kari")); got != "Kari Ny" {
		t.Errorf("new: %q", got)
	}
	if s := status(t, b); s.Entries != 3 {
		t.Errorf("%+v", s)
	}
	wantCounts(t, mustSync(t, b, w.ldap), "read 3 added 0 changed 0 removed 0 unchanged 3")
}

func connectionTest(t *testing.T, start starter) {
	w := start(t, startOptions{entries: append(crowd(8), person("u", "Un", "Cleared"))})
	r, err := dial(t, w.ldap).Test(t.Context())
	if err != nil || !slices.Contains(r.NamingContexts, suffix) || !r.Paging || r.Entries != 9 || r.WithClearance != 8 ||
		r.More || r.Transport != ldapbook.TransportStartTLS || r.URL != w.ldap.URLs[0] {
		t.Errorf("%+v, %v", r, err)
	}
}
