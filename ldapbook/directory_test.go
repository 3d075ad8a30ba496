package ldapbook_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"caveat/ldapbook"
	"caveat/ldapbook/ldaptest"
)

// bodies run on the embedded server and on slapd alike.
var bodies = map[string]func(t *testing.T, start starter){
	"sync full and unchanged":         syncFull,
	"sync changed, removed, renamed":  syncChanges,
	"sync every kind":                 syncKinds,
	"sync over StartTLS and ldaps":    syncTransports,
	"wrong CA":                        wrongCA,
	"refused bind":                    refusedBind,
	"anonymous is refused":            anonymousRefused,
	"no such base":                    noSuchBase,
	"size limit removes nothing":      sizeLimitKeeps,
	"shrunken result is held":         shrunkenHeld,
	"tombstones":                      tombstones,
	"live search":                     liveSearch,
	"live by address":                 liveByAddress,
	"live by DN":                      liveByDN,
	"live read is put into the book":  livePut,
	"connection test":                 connectionTest,
	"dynamic lists":                   dynamicLists,
	"cancelled context ends the read": cancelled,
}

func runBodies(t *testing.T, start starter) {
	for name, body := range bodies {
		t.Run(name, func(t *testing.T) { body(t, start) })
	}
}

func TestEmbedded(t *testing.T) { runBodies(t, startEmbedded) }

func TestIntegrationSlapd(t *testing.T) { runBodies(t, startSlapd) }

func syncFull(t *testing.T, start starter) {
	w := start(t, startOptions{entries: crowd(40)}) // 6 pages
	b := openBook(t)
	var last ldapbook.SyncProgress
	r, err := b.Sync(t.Context(), w.ldap, func(p ldapbook.SyncProgress) { last = p })
	if err != nil || r.Incomplete {
		t.Fatal(r, err)
	}
	wantCounts(t, r, "read 40 added 40 changed 0 removed 0 unchanged 0")
	if last.Read != 40 || last.Added != 40 || last.Directory != "Norland" {
		t.Fatalf("progress %+v", last)
	}
	first := byAddress(t, b, "P0003@NOR.example")
	if len(first) != 1 || first[0].Name != "Ola Nordmannad" || !slices.Equal(first[0].Clearance, []string{secret}) ||
		first[0].Nation != "NOR" || first[0].Transport != ldapbook.TransportStartTLS || first[0].Unit != "people" {
		t.Fatalf("%+v", first)
	}
	wantCounts(t, mustSync(t, b, w.ldap), "read 40 added 0 changed 0 removed 0 unchanged 40")
	second := byAddress(t, b, "p0003@nor.example")
	if !second[0].ReadAt.After(first[0].ReadAt) {
		t.Fatalf("read at %v, then unchanged at %v", first[0].ReadAt, second[0].ReadAt)
	}
	if s := status(t, b); s.Entries != 40 || s.ByKind[ldapbook.KindPerson] != 40 || s.Error != "" || s.Incomplete ||
		s.LastSuccess.IsZero() || s.LastAttempt.After(s.LastSuccess) {
		t.Fatalf("%+v", s)
	}
}

func syncChanges(t *testing.T, start starter) {
	w := start(t, startOptions{entries: crowd(10)})
	b := openBook(t)
	mustSync(t, b, w.ldap)
	before := byAddress(t, b, "p0002@nor.example")
	must(t, w.dir.Replace("uid=p0001,ou=people,"+suffix, "sn", "Aaberg"))
	must(t, w.dir.Rename("uid=p0002,ou=people,"+suffix, "uid=zzz,ou=people,"+suffix))
	must(t, w.dir.Delete("uid=p0003,ou=people,"+suffix))
	must(t, w.dir.Add(cleared("new", "Kari", "Ny")))
	wantCounts(t, mustSync(t, b, w.ldap), "read 10 added 1 changed 2 removed 1 unchanged 7")

	if got := names(find(t, b, "aaberg")); got != "Ola Nordmannab" {
		t.Errorf("by new surname: %s", got)
	}
	after := byAddress(t, b, "p0002@nor.example")
	if len(after) != 1 || after[0].UUID != before[0].UUID || after[0].DN == before[0].DN {
		t.Errorf("renamed: %+v", after)
	}
	if gone := byAddress(t, b, "p0003@nor.example"); len(gone) != 0 {
		t.Errorf("removed, but found: %+v", gone)
	}
	if got := names(find(t, b, "kari")); got != "Kari Ny" {
		t.Errorf("added: %s", got)
	}
	if s := status(t, b); s.Entries != 10 {
		t.Errorf("%+v", s)
	}
}

// federation has one of each kind, and things that are not kept.
func federation() []ldaptest.Entry {
	a := cleared("anna", "Anna", "Hansen", "personalTitle", "Major", "title", "G6 Plans", "jid", "anna@xmpp.nor.example",
		"telephoneNumber", "+47 1", "mobile", "+47 2", "o", "Norwegian Army", "ou", "6 Brigade")
	b := cleared("bo", "Bo", "Berg")
	return []ldaptest.Entry{a, b,
		{DN: "cn=Duty Officer,ou=roles," + suffix, Attrs: attrs("objectClass", "organizationalRole", "objectClass", "extensibleObject",
			"cn", "Duty Officer", "mail", "duty@nor.example", "confidentialityClearance", restricted, "roleOccupant", a.DN)},
		{DN: "cn=Signals List,ou=lists," + suffix, Attrs: attrs("objectClass", "groupOfNames", "objectClass", "extensibleObject",
			"cn", "Signals List", "mail", "signals@nor.example", "member", a.DN, "member", b.DN)},
		{DN: "cn=ops,ou=rooms," + suffix, Attrs: attrs("objectClass", "room", "objectClass", "JIDObject",
			"objectClass", "aCPAccessControlEntity", "cn", "ops", "jid", "ops@rooms.nor.example", "confidentialityClearance", secret)},
	}
}

func syncKinds(t *testing.T, start starter) {
	w := start(t, startOptions{entries: federation()})
	b := openBook(t)
	wantCounts(t, mustSync(t, b, w.ldap), "read 5 added 5 changed 0 removed 0 unchanged 0")
	s := status(t, b)
	for kind, n := range map[ldapbook.Kind]int{ldapbook.KindPerson: 2, ldapbook.KindRole: 1, ldapbook.KindList: 1, ldapbook.KindRoom: 1} {
		if s.ByKind[kind] != n {
			t.Errorf("%s: %d, want %d", kind, s.ByKind[kind], n)
		}
	}
	anna := byAddress(t, b, "anna@xmpp.nor.example")[0]
	if anna.Rank != "Major" || anna.Title != "G6 Plans" || anna.Unit != "6 Brigade" || anna.Organisation != "Norwegian Army" ||
		!slices.Equal(anna.Phone, []string{"+47 1", "+47 2"}) || anna.Address() != "anna@nor.example" {
		t.Errorf("%+v", anna)
	}
	role := byAddress(t, b, "duty@nor.example")[0]
	if role.Kind != ldapbook.KindRole || len(role.Occupants) != 1 || role.Unit != "roles" {
		t.Errorf("%+v", role)
	}
	list := byAddress(t, b, "signals@nor.example")[0]
	if list.Kind != ldapbook.KindList || len(list.Members) != 2 || list.MembersIncomplete || list.Clearance != nil {
		t.Errorf("%+v", list)
	}
	members, err := b.ByDN(t.Context(), "Norland", append(list.Members, "cn=nobody,"+suffix))
	if err != nil || len(members) != 2 || members[ldapbook.FoldDN("UID=Anna, OU=People, O=Norland")].Name != "Anna Hansen" {
		t.Errorf("%v, %v", members, err)
	}
	room := byAddress(t, b, "ops@rooms.nor.example")[0]
	if room.Kind != ldapbook.KindRoom || room.Address() != "ops@rooms.nor.example" {
		t.Errorf("%+v", room)
	}
	found, err := b.Search(t.Context(), ldapbook.Query{Text: "nor", Kind: ldapbook.KindRoom, Nation: "nor"})
	if err != nil || names(found) != "ops" {
		t.Errorf("%s, %v", names(found), err)
	}
}

func syncTransports(t *testing.T, start starter) {
	w := start(t, startOptions{entries: crowd(3)})
	b := openBook(t)
	mustSync(t, b, w.ldap)
	r := mustSync(t, b, w.ldaps)
	// How an entry was read is part of what is known about it: all rows are written anew.
	wantCounts(t, r, "read 3 added 0 changed 3 removed 0 unchanged 0")
	if e := byAddress(t, b, "p0001@nor.example"); e[0].Transport != ldapbook.TransportLDAPS {
		t.Errorf("%+v", e)
	}
}

func wrongCA(t *testing.T, start starter) {
	w := start(t, startOptions{entries: crowd(3)})
	for _, src := range []ldapbook.Source{w.ldap, w.ldaps} {
		src.RootCAs = ldaptest.NewCA("another CA").Pool()
		if _, err := ldapbook.Dial(t.Context(), src); !errors.Is(err, ldapbook.ErrTLS) {
			t.Errorf("%s: %v", src.Security, err)
		}
		src = w.ldap
		src.ServerName = "elsewhere.example"
		if _, err := ldapbook.Dial(t.Context(), src); !errors.Is(err, ldapbook.ErrTLS) {
			t.Errorf("%s, other name: %v", src.Security, err)
		}
	}
}

func refusedBind(t *testing.T, start starter) {
	w := start(t, startOptions{entries: crowd(3)})
	src := w.ldap
	src.Password += "x"
	src.URLs = append(src.URLs, src.URLs[0])
	if _, err := ldapbook.Dial(t.Context(), src); !errors.Is(err, ldapbook.ErrBind) {
		t.Error(err)
	}
	b := openBook(t)
	mustSync(t, b, w.ldap)
	if r, err := b.Sync(t.Context(), src, nil); !errors.Is(err, ldapbook.ErrBind) || r.Incomplete {
		t.Error(r, err)
	}
	// Out of reach is not incomplete: what the book has is old and whole.
	if s := status(t, b); s.Entries != 3 || s.Error == "" || s.Incomplete {
		t.Errorf("%+v", s)
	}
}

func anonymousRefused(t *testing.T, start starter) {
	w := start(t, startOptions{entries: crowd(3)})
	src := w.ldap
	src.BindDN, src.Password = "", ""
	_, err := openBook(t).Sync(t.Context(), src, nil)
	// A server may say that it refuses, or that there is nothing.
	if !errors.Is(err, ldapbook.ErrRefused) && !errors.Is(err, ldapbook.ErrNoSuchBase) {
		t.Error(err)
	}
}

func noSuchBase(t *testing.T, start starter) {
	w := start(t, startOptions{})
	src := w.ldap
	src.BaseDN = "ou=nowhere," + suffix
	if _, err := openBook(t).Sync(t.Context(), src, nil); !errors.Is(err, ldapbook.ErrNoSuchBase) {
		t.Error(err)
	}
}

func sizeLimitKeeps(t *testing.T, start starter) {
	b := openBook(t)
	mustSync(t, b, start(t, startOptions{entries: crowd(30)}).ldap)
	before := byAddress(t, b, "p0002@nor.example")[0]
	entries := crowd(30)
	entries[1] = cleared("p0001", "Changed", "Name")
	w := start(t, startOptions{entries: entries, sizeLimit: 12})
	r, err := b.Sync(t.Context(), w.ldap, nil)
	if !errors.Is(err, ldapbook.ErrSizeLimit) || !r.Incomplete || r.Removed != 0 {
		t.Fatal(r, err)
	}
	s := status(t, b)
	if s.Entries != 30 || !s.Incomplete || s.Error == "" {
		t.Fatalf("%+v", s)
	}
	if e := byAddress(t, b, "p0001@nor.example"); len(e) != 1 || e[0].Name != "Changed Name" {
		t.Errorf("what was read was not updated: %+v", e)
	}
	if e := byAddress(t, b, "p0002@nor.example")[0]; !e.ReadAt.After(before.ReadAt) {
		t.Errorf("what was read and is unchanged is as old as before")
	}
}

func shrunkenHeld(t *testing.T, start starter) {
	b := openBook(t)
	mustSync(t, b, start(t, startOptions{entries: crowd(30)}).ldap)
	w := start(t, startOptions{entries: crowd(10)})
	r, err := b.Sync(t.Context(), w.ldap, nil)
	if !errors.Is(err, ldapbook.ErrShrunken) || r.Removed != 0 || !r.Incomplete {
		t.Fatal(r, err)
	}
	if s := status(t, b); s.Entries != 30 || s.Error == "" {
		t.Fatalf("%+v", s)
	}
	must(t, b.Forget(t.Context(), "Norland"))
	wantCounts(t, mustSync(t, b, w.ldap), "read 10 added 10 changed 0 removed 0 unchanged 0")
}

func withdrawn(t *testing.T, b *ldapbook.Book, address string) ldapbook.Tombstone {
	t.Helper()
	all, err := b.Withdrawn(t.Context(), []string{address})
	if err != nil {
		t.Fatal(err)
	}
	return all[ldapbook.FoldAddress(address)]
}

func tombstones(t *testing.T, start starter) {
	never := person("never", "Nils", "Never", "mail", "never@nor.example")
	w := start(t, startOptions{entries: append(crowd(6), never)})
	b := openBook(t)
	mustSync(t, b, w.ldap)
	dn := func(uid string) string { return "uid=" + uid + ",ou=people," + suffix }
	must(t, w.dir.Delete(dn("p0000")))
	must(t, w.dir.Replace(dn("p0001"), "confidentialityClearance"))
	must(t, w.dir.Replace(dn("p0002"), "mail", "moved@nor.example"))
	mustSync(t, b, w.ldap)
	for address, what := range map[string]string{
		"p0000@nor.example": ldapbook.GoneEntry,     // the entry is gone
		"P0001@nor.example": ldapbook.GoneClearance, // its clearance is gone
		"p0002@nor.example": ldapbook.GoneEntry,     // its address is gone
		"moved@nor.example": "",
		"p0003@nor.example": "",
		"never@nor.example": "", // never had a clearance: unknown, not withdrawn
		"other@nor.example": "",
	} {
		if got := withdrawn(t, b, address); got.What != what {
			t.Errorf("%s: %q, want %q", address, got.What, what)
		}
	}
	stone := withdrawn(t, b, "p0000@nor.example")
	if stone.Directory != "Norland" || stone.Nation != "NOR" || stone.Name != "Ola Nordmannaa" || stone.Kind != ldapbook.KindPerson ||
		ldapbook.FoldDN(stone.DN) != dn("p0000") || stone.GoneAt.IsZero() || stone.UUID == "" {
		t.Errorf("%+v", stone)
	}
	// Back again, with a new UUID in slapd, and without a clearance: it is the clearance that is gone now.
	must(t, w.dir.Add(person("p0000", "Ola", "Nordmannaa", "mail", "p0000@nor.example")))
	must(t, w.dir.Replace(dn("p0001"), "confidentialityClearance", restricted))
	mustSync(t, b, w.ldap)
	if got := withdrawn(t, b, "p0000@nor.example"); got.What != ldapbook.GoneClearance {
		t.Errorf("back without clearance: %+v", got)
	}
	if got := withdrawn(t, b, "p0001@nor.example"); got.What != "" {
		t.Errorf("cleared again: %+v", got)
	}
	must(t, w.dir.Replace(dn("p0000"), "confidentialityClearance", secret))
	mustSync(t, b, w.ldap)
	if got := withdrawn(t, b, "p0000@nor.example"); got.What != "" {
		t.Errorf("all there again: %+v", got)
	}
}

func cancelled(t *testing.T, start starter) {
	w := start(t, startOptions{entries: crowd(30)})
	b := openBook(t)
	mustSync(t, b, w.ldap)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Sync(ctx, w.ldap, nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	ctx, cancel = context.WithTimeout(t.Context(), time.Nanosecond)
	defer cancel()
	if _, err := ldapbook.Dial(ctx, w.ldap); !errors.Is(err, ldapbook.ErrTimeout) {
		t.Error(err)
	}
	if s := status(t, b); s.Entries != 30 {
		t.Errorf("%+v", s)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
