package ldapbook_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"testing"
	"time"

	"caveat/ldapbook"
	"caveat/ldapbook/ldaptest"
)

// startDirSync starts a server that behaves like a domain controller where a sync can tell.
func startDirSync(t *testing.T, entries []ldaptest.Entry) world {
	t.Helper()
	password := rand.Text()
	s := ldaptest.New(ldaptest.Config{Suffix: suffix, DirSync: true, NoSync: true, BindDN: "cn=reader," + suffix, Password: password})
	must(t, s.Add(entries...))
	t.Cleanup(s.Close)
	ln := listen(t)
	go s.Serve(ln)
	src := ldapbook.Source{Name: "Norland", Nation: "NOR", URLs: []string{"ldap://" + ln.Addr().String()},
		Security: ldapbook.TransportPlain, BindDN: "cn=reader," + suffix, Password: password, BaseDN: suffix, Timeout: 20 * time.Second}
	src.Mapping.UUID = []string{"objectGUID"}
	return world{dir: s, server: s, ldap: src}
}

func TestDirSync(t *testing.T) {
	w := startDirSync(t, crowd(2500)) // three answers
	b := openBook(t)
	r := mustSync(t, b, w.ldap)
	wantCounts(t, r, "read 2500 added 2500 changed 0 removed 0 unchanged 0")
	if r.Strategy != ldapbook.StrategyDirSync || !r.Full {
		t.Fatalf("%+v", r)
	}
	for _, first := range []int{10, 20} {
		changeSome(t, w, first)
		r := mustSync(t, b, w.ldap)
		if r.Full || r.Added != 1 || r.Changed != 2 || r.Removed != 1 || r.Read != 3 {
			t.Errorf("%+v", r)
		}
		equal(t, b, w.ldap, changedAddresses(2500, first))
	}
	must(t, w.dir.Delete(dn("p0100")))
	src := w.ldap
	src.Refresh.FullEvery = time.Nanosecond
	if r := mustSync(t, b, src); !r.Full || r.Removed != 1 {
		t.Errorf("%+v", r)
	}
	must(t, w.server.RenameContainer("ou=people,"+suffix, "ou=persons"))
	mustSync(t, b, w.ldap)
	equal(t, b, w.ldap, crowdAddresses(2500))
}

// A cookie of another controller: everything anew, and what is gone is found.
func TestDirSyncLostCookie(t *testing.T) {
	w := startDirSync(t, crowd(60))
	path := t.TempDir() + "/book.db"
	b := openBookAt(t, path)
	mustSync(t, b, w.ldap)
	must(t, w.dir.Delete(dn("p0001")))
	onFile(t, path, `UPDATE refresh SET cookie = CAST('another' AS BLOB)`)
	if r := mustSync(t, b, w.ldap); !r.Full || r.Removed != 1 {
		t.Errorf("%+v", r)
	}
	equal(t, b, w.ldap, crowdAddresses(60))
}

// A base that is not the root of a domain, or entries without objectGUID: another way to read.
func TestDirSyncFallBack(t *testing.T) {
	w := startDirSync(t, crowd(60))
	below, names := w.ldap, w.ldap
	below.BaseDN = "ou=people," + suffix
	names.Mapping.UUID = []string{"entryUUID"}
	for name, src := range map[string]ldapbook.Source{"below the root": below, "mapped by entryUUID": names} {
		if r := mustSync(t, openBook(t), src); r.Strategy != ldapbook.StrategyChanges || r.Read != 60 {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func TestDirSyncBroken(t *testing.T) {
	w := startDirSync(t, crowd(2500))
	src := w.ldap
	src.Timeout = short
	b := openBook(t)
	w.server.HangAfter(900) // in the first answer, later in the second
	if r, err := b.Sync(t.Context(), src, nil); !errors.Is(err, ldapbook.ErrTimeout) || !r.Incomplete {
		t.Fatal(r, err)
	}
	w.server.HangAfter(-1)
	mustSync(t, b, src)
	equal(t, b, w.ldap, crowdAddresses(2500))
	for i := range 30 {
		must(t, w.dir.Delete(dn(fmt.Sprintf("p%04d", i))))
	}
	if r := mustSync(t, b, src); r.Removed != 30 {
		t.Errorf("%+v", r)
	}
}
