package ldapbook_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"caveat/ldapbook"
	"caveat/ldapbook/ldaptest"
)

// syncBodies run on the embedded server and on slapd alike.
var syncBodies = map[string]func(t *testing.T, start starter){
	"syncrepl brings what changed":          syncreplChanges,
	"changes bring what changed":            changesChanges,
	"auto takes syncrepl":                   autoSyncrepl,
	"a kind that is not kept any more":      classGone,
	"held, then confirmed":                  heldThenConfirmed,
	"held by a full read":                   heldFull,
	"a source of another mapping":           otherMapping,
	"a renamed container":                   renamedContainer,
	"unreadable cookie":                     lostCookie,
	"progress and bytes":                    progressAndBytes,
	"what was withdrawn leaves a tombstone": syncreplTombstones,
}

func TestSyncEmbedded(t *testing.T) {
	for name, body := range syncBodies {
		t.Run(name, func(t *testing.T) { body(t, startEmbedded) })
	}
}

func withStrategy(src ldapbook.Source, s ldapbook.Strategy) ldapbook.Source {
	src.Refresh.Strategy = s
	return src
}

func dn(uid string) string { return "uid=" + uid + ",ou=people," + suffix }

// changeSome changes, renames, deletes and adds one entry each.
func changeSome(t testing.TB, w world, first int) {
	t.Helper()
	uid := func(i int) string { return fmt.Sprintf("p%04d", first+i) }
	must(t, w.dir.Replace(dn(uid(0)), "sn", "Aaberg"))
	must(t, w.dir.Rename(dn(uid(1)), dn("renamed"+uid(1))))
	must(t, w.dir.Delete(dn(uid(2))))
	must(t, w.dir.Add(cleared("new"+uid(0), "Kari", "Ny")))
}

func changedAddresses(n int, first ...int) []string {
	all := crowdAddresses(n)
	for _, f := range first {
		all = append(all, fmt.Sprintf("newp%04d@nor.example", f))
	}
	return all
}

func syncreplChanges(t *testing.T, start starter) {
	w := start(t, startOptions{entries: crowd(200)})
	src := withStrategy(w.ldap, ldapbook.StrategySyncrepl)
	b := openBook(t)
	r := mustSync(t, b, src)
	wantCounts(t, r, "read 200 added 200 changed 0 removed 0 unchanged 0")
	if r.Strategy != ldapbook.StrategySyncrepl || !r.Full {
		t.Fatalf("%+v", r)
	}
	r = mustSync(t, b, src)
	wantCounts(t, r, "read 0 added 0 changed 0 removed 0 unchanged 0")
	if r.Full {
		t.Error("a read of nothing is called full")
	}
	first := byAddress(t, b, "p0100@nor.example")[0]
	for i, f := range []int{10, 20, 30} {
		changeSome(t, w, f)
		wantCounts(t, mustSync(t, b, src), "read 3 added 1 changed 2 removed 1 unchanged 0")
		equal(t, b, w.ldap, changedAddresses(200, 10, 20, 30))
		if s := status(t, b); s.Strategy != ldapbook.StrategySyncrepl || s.LastFull.IsZero() || s.Incomplete || s.Error != "" {
			t.Errorf("%d: %+v", i, s)
		}
	}
	// What the server doesn't speak of has not changed: it is as fresh as the read.
	if again := byAddress(t, b, "p0100@nor.example")[0]; !again.ReadAt.After(first.ReadAt) {
		t.Errorf("read at %v, and still so", again.ReadAt)
	}
}

func changesChanges(t *testing.T, start starter) {
	w := start(t, startOptions{entries: crowd(60)})
	src := withStrategy(w.ldap, ldapbook.StrategyChanges)
	b := openBook(t)
	if r := mustSync(t, b, src); r.Strategy != ldapbook.StrategyChanges || !r.Full {
		t.Fatalf("%+v", r)
	}
	before := byAddress(t, b, "p0020@nor.example")[0]
	changeSome(t, w, 10)
	r := mustSync(t, b, src)
	if r.Full || r.Strategy != ldapbook.StrategyChanges || r.Added != 1 || r.Changed != 2 || r.Removed != 0 {
		t.Fatalf("%+v", r)
	}
	if gone := byAddress(t, b, "p0012@nor.example"); len(gone) != 1 || gone[0].ReadAt.After(before.ReadAt) {
		t.Errorf("a deleted entry is not seen by this strategy, and must not look fresh: %+v", gone)
	}
	src.Refresh.FullEvery = time.Nanosecond
	r = mustSync(t, b, src)
	if !r.Full || r.Removed != 1 {
		t.Fatalf("%+v", r)
	}
	equal(t, b, w.ldap, changedAddresses(60, 10))
}

func autoSyncrepl(t *testing.T, start starter) {
	w := start(t, startOptions{entries: crowd(5)})
	b := openBook(t)
	if r := mustSync(t, b, withStrategy(w.ldap, ldapbook.StrategyAuto)); r.Strategy != ldapbook.StrategySyncrepl {
		t.Errorf("%+v", r)
	}
}

// An entry that becomes one of a class that the book doesn't keep leaves it.
func classGone(t *testing.T, start starter) {
	w := start(t, startOptions{entries: crowd(30)})
	src := withStrategy(w.ldap, ldapbook.StrategySyncrepl)
	src.Mapping.Ignore = []string{"uidObject"}
	b := openBook(t)
	mustSync(t, b, src)
	must(t, w.dir.Replace(dn("p0003"), "objectClass", "inetOrgPerson", "JIDObject", "aCPAccessControlEntity", "extensibleObject",
		"uidObject"))
	wantCounts(t, mustSync(t, b, src), "read 0 added 0 changed 0 removed 1 unchanged 0")
	if got := withdrawn(t, b, "p0003@nor.example"); got.What != ldapbook.GoneEntry {
		t.Errorf("%+v", got)
	}
}

func heldThenConfirmed(t *testing.T, start starter) {
	w := start(t, startOptions{entries: crowd(40)})
	src := withStrategy(w.ldap, ldapbook.StrategySyncrepl)
	heldBody(t, w, src)
}

func heldFull(t *testing.T, start starter) {
	w := start(t, startOptions{entries: crowd(40)})
	heldBody(t, w, w.ldap)
}

// heldBody: more than half of the entries is gone; nothing is removed until somebody confirms it, and then once.
func heldBody(t *testing.T, w world, src ldapbook.Source) {
	b := openBook(t)
	mustSync(t, b, src)
	for i := range 25 {
		must(t, w.dir.Delete(dn(fmt.Sprintf("p%04d", i))))
	}
	must(t, w.dir.Replace(dn("p0030"), "sn", "Aaberg"))
	for range 2 {
		r, err := b.Sync(t.Context(), src, nil)
		if !errors.Is(err, ldapbook.ErrShrunken) || r.Held != 25 || r.Removed != 0 || !r.Incomplete {
			t.Fatal(r, err)
		}
		if s := status(t, b); s.Held != 25 || s.Entries != 40 || !s.Incomplete || s.Error == "" {
			t.Fatalf("%+v", s)
		}
	}
	if got := byAddress(t, b, "p0030@nor.example")[0].Surname; got != "Aaberg" {
		t.Errorf("what is there was not brought up to date: %s", got)
	}
	must(t, b.Confirm(t.Context(), "Norland"))
	if r := mustSync(t, b, src); r.Removed != 25 || r.Held != 0 {
		t.Fatalf("%+v", r)
	}
	equal(t, b, w.ldap, crowdAddresses(40))
	if s := status(t, b); s.Held != 0 || s.Incomplete || s.Error != "" {
		t.Errorf("%+v", s)
	}
	must(t, w.dir.Add(crowd(25)...))
	mustSync(t, b, src)
	for i := range 25 {
		must(t, w.dir.Delete(dn(fmt.Sprintf("p%04d", i))))
	}
	must(t, b.Confirm(t.Context(), "Norland")) // nothing is held: this confirms nothing
	if r, err := b.Sync(t.Context(), src, nil); !errors.Is(err, ldapbook.ErrShrunken) || r.Held != 25 {
		t.Errorf("the confirmation counted twice: %+v, %v", r, err)
	}
	src.Refresh.MaxLoss = 1
	if r := mustSync(t, b, src); r.Removed != 25 {
		t.Errorf("%+v", r)
	}
}

// With another mapping every row looks different, also those that have not changed since the cookie.
func otherMapping(t *testing.T, start starter) {
	for _, strategy := range []ldapbook.Strategy{ldapbook.StrategySyncrepl, ldapbook.StrategyChanges} {
		w := start(t, startOptions{entries: crowd(30)})
		src := withStrategy(w.ldap, strategy)
		b := openBook(t)
		mustSync(t, b, src)
		src.Mapping.Surname = []string{"givenName"}
		if r := mustSync(t, b, src); !r.Full || r.Changed != 30 {
			t.Errorf("%s: %+v", strategy, r)
		}
	}
}

// renamer is a directory that can rename a container with all that is below.
type renamer interface {
	RenameContainer(dn, rdn string) error
}

// A server tells nothing of the entries below a container that was renamed.
func renamedContainer(t *testing.T, start starter) {
	for _, strategy := range []ldapbook.Strategy{ldapbook.StrategySyncrepl, ldapbook.StrategyChanges} {
		w := start(t, startOptions{entries: crowd(30)})
		src := withStrategy(w.ldap, strategy)
		b := openBook(t)
		mustSync(t, b, src)
		must(t, w.dir.(renamer).RenameContainer("ou=people,"+suffix, "ou=persons"))
		if r := mustSync(t, b, src); !r.Full || r.Changed != 30 {
			t.Errorf("%s: %+v", strategy, r)
		}
		equal(t, b, w.ldap, crowdAddresses(30))
	}
}

// A cookie that the server doesn't know costs a full refresh, and what is gone is found.
func lostCookie(t *testing.T, start starter) {
	w := start(t, startOptions{entries: crowd(100)})
	src := withStrategy(w.ldap, ldapbook.StrategySyncrepl)
	path := t.TempDir() + "/book.db"
	b := openBookAt(t, path)
	mustSync(t, b, src)
	for i, cookie := range []string{"rid=000,csn=garbage", "x", "rid=000,csn=20200101000000.000000Z#000000#000#000000",
		"rid=000,csn=20990101000000.000000Z#000000#000#000000"} {
		must(t, w.dir.Delete(dn(fmt.Sprintf("p%04d", i))))
		onFile(t, path, `UPDATE refresh SET cookie = CAST(? AS BLOB)`, cookie)
		r := mustSync(t, b, src)
		if r.Removed != 1 {
			t.Errorf("%s: %+v", cookie, r)
		}
		equal(t, b, w.ldap, crowdAddresses(100))
		wantCounts(t, mustSync(t, b, src), "read 0 added 0 changed 0 removed 0 unchanged 0")
	}
}

func progressAndBytes(t *testing.T, start starter) {
	w := start(t, startOptions{entries: crowd(50)})
	b := openBook(t)
	var all []ldapbook.SyncProgress
	for _, strategy := range []ldapbook.Strategy{ldapbook.StrategySyncrepl, ldapbook.StrategyFull} {
		r, err := b.Sync(t.Context(), withStrategy(w.ldap, strategy), func(p ldapbook.SyncProgress) { all = append(all, p) })
		if err != nil || r.Bytes < 50*200 || r.URL == "" {
			t.Fatalf("%+v, %v", r, err)
		}
		if s := status(t, b); s.Bytes != r.Bytes || s.Duration <= 0 || s.Strategy != strategy {
			t.Errorf("%+v", s)
		}
	}
	first, last := all[0], all[len(all)-1]
	if first.Expected != 0 || first.Read != 50 || first.Bytes == 0 || first.Started.IsZero() {
		t.Errorf("%+v", first)
	}
	if last.Expected != 50 || last.Before != 50 {
		t.Errorf("%+v", last)
	}
}

func syncreplTombstones(t *testing.T, start starter) {
	w := start(t, startOptions{entries: crowd(60)})
	src := withStrategy(w.ldap, ldapbook.StrategySyncrepl)
	b := openBook(t)
	mustSync(t, b, src)
	must(t, w.dir.Delete(dn("p0000")))
	must(t, w.dir.Replace(dn("p0001"), "confidentialityClearance"))
	mustSync(t, b, src)
	for address, what := range map[string]string{"p0000@nor.example": ldapbook.GoneEntry,
		"p0001@nor.example": ldapbook.GoneClearance, "p0002@nor.example": ""} {
		if got := withdrawn(t, b, address); got.What != what {
			t.Errorf("%s: %+v", address, got)
		}
	}
}

// A server without sync: the next strategy, and no second question until tomorrow.
func TestFallBack(t *testing.T) {
	w := startEmbedded(t, startOptions{entries: crowd(30)})
	w.server.RefuseSync(true)
	for _, strategy := range []ldapbook.Strategy{ldapbook.StrategyAuto, ldapbook.StrategySyncrepl, ldapbook.StrategyDirSync} {
		b := openBook(t)
		src := withStrategy(w.ldap, strategy)
		for i, full := range []bool{true, false} {
			if r := mustSync(t, b, src); r.Strategy != ldapbook.StrategyChanges || r.Full != full {
				t.Errorf("%q, %d: %+v", strategy, i, r)
			}
		}
		if s := status(t, b); s.Strategy != ldapbook.StrategyChanges {
			t.Errorf("%+v", s)
		}
	}
	b := openBook(t)
	if _, err := b.Sync(t.Context(), withStrategy(w.ldap, "rsync"), nil); !errors.Is(err, ldapbook.ErrSource) {
		t.Error(err)
	}
}

// A size limit counts for a sync in one piece; page by page it may not.
func TestSyncreplSizeLimit(t *testing.T) {
	w := startEmbedded(t, startOptions{entries: crowd(30), sizeLimit: 12})
	b := openBook(t)
	r, err := b.Sync(t.Context(), withStrategy(w.ldap, ldapbook.StrategyAuto), nil)
	if !errors.Is(err, ldapbook.ErrSizeLimit) || !r.Incomplete {
		t.Fatal(r, err)
	}
	if s := status(t, b); !s.Incomplete || s.Error == "" || !s.LastSuccess.IsZero() {
		t.Errorf("%+v", s)
	}
	w.server.SizeLimit(0)
	if r := mustSync(t, b, withStrategy(w.ldap, ldapbook.StrategyAuto)); !r.Full {
		t.Errorf("%+v", r)
	}
	equal(t, b, w.ldap, crowdAddresses(30))
}

// A first refresh that broke off is resumed from the last cookie in it.
func TestResume(t *testing.T) {
	w := startEmbedded(t, startOptions{entries: crowd(100)})
	src := withStrategy(w.ldap, ldapbook.StrategySyncrepl)
	src.Timeout = short
	b := openBook(t)
	w.server.SyncFaults(ldaptest.SyncFaults{CookieEvery: 10})
	w.server.HangAfter(75)
	if r, err := b.Sync(t.Context(), src, nil); !errors.Is(err, ldapbook.ErrTimeout) || r.Read == 0 || !r.Incomplete {
		t.Fatal(r, err)
	}
	if s := status(t, b); !s.Incomplete || s.Error == "" {
		t.Errorf("%+v", s)
	}
	w.server.HangAfter(-1)
	must(t, w.dir.Delete(dn("p0005")))
	r := mustSync(t, b, src)
	if r.Read > 40 || r.Removed != 1 || !r.Full {
		t.Errorf("%+v", r)
	}
	equal(t, b, w.ldap, crowdAddresses(100))
	wantCounts(t, mustSync(t, b, src), "read 0 added 0 changed 0 removed 0 unchanged 0")
}

// Where the book held other rows before, a cookie from inside a refresh says nothing of what is gone.
func TestNoResumeOverOldRows(t *testing.T) {
	w := startEmbedded(t, startOptions{entries: crowd(100)})
	src := withStrategy(w.ldap, ldapbook.StrategySyncrepl)
	b := openBook(t)
	mustSync(t, b, w.ldap) // a full read: no cookie
	must(t, w.dir.Delete(dn("p0005")))
	w.server.SyncFaults(ldaptest.SyncFaults{CookieEvery: 10})
	w.server.ForgetDeleted()
	w.server.HangAfter(75)
	src.Timeout = short
	if _, err := b.Sync(t.Context(), src, nil); !errors.Is(err, ldapbook.ErrTimeout) {
		t.Fatal(err)
	}
	w.server.HangAfter(-1)
	if r := mustSync(t, b, src); r.Read != 99 || r.Removed != 1 {
		t.Errorf("%+v", r)
	}
	equal(t, b, w.ldap, crowdAddresses(100))
}

// TestSyncPhases: however the server says what is gone, the book is what the directory is.
func TestSyncPhases(t *testing.T) {
	for name, test := range map[string]struct {
		faults  ldaptest.SyncFaults
		forget  bool
		removed int
	}{
		"delete phase":                         {},
		"present phase":                        {forget: true},
		"no cookie when nothing changed":       {faults: ldaptest.SyncFaults{NoCookieAtEnd: true}},
		"the cookie is ignored, all is sent":   {faults: ldaptest.SyncFaults{IgnoreCookie: true}},
		"refresh required":                     {faults: ldaptest.SyncFaults{Refuse: 4096}},
		"unwilling: older than the cookie":     {faults: ldaptest.SyncFaults{Refuse: 53}},
		"protocol error: cookie not readable":  {faults: ldaptest.SyncFaults{Refuse: 2}},
		"size limit exceeded with a cookie":    {faults: ldaptest.SyncFaults{Refuse: 4}},
		"insufficient access with the cookie":  {faults: ldaptest.SyncFaults{Refuse: 50}},
		"no such attribute for the cookie":     {faults: ldaptest.SyncFaults{Refuse: 16}},
		"cookies inside, delete phase":         {faults: ldaptest.SyncFaults{CookieEvery: 1}},
		"cookies inside, present phase":        {faults: ldaptest.SyncFaults{CookieEvery: 1}, forget: true},
		"no cookie at the end, present phase":  {faults: ldaptest.SyncFaults{NoCookieAtEnd: true}, forget: true},
		"all is sent, and cookies in between":  {faults: ldaptest.SyncFaults{IgnoreCookie: true, CookieEvery: 3}},
		"refresh required, cookies in between": {faults: ldaptest.SyncFaults{Refuse: 4096, CookieEvery: 3}},
	} {
		t.Run(name, func(t *testing.T) {
			w := startEmbedded(t, startOptions{entries: crowd(100)})
			src := withStrategy(w.ldap, ldapbook.StrategySyncrepl)
			b := openBook(t)
			mustSync(t, b, src)
			w.server.SyncFaults(test.faults)
			for _, first := range []int{10, 20} {
				mustSync(t, b, src) // nothing changed
				changeSome(t, w, first)
				if test.forget {
					w.server.ForgetDeleted()
				}
				if r := mustSync(t, b, src); r.Removed != 1 || r.Added != 1 || r.Changed != 2 {
					t.Errorf("%+v", r)
				}
				equal(t, b, w.ldap, changedAddresses(100, 10, 20))
			}
		})
	}
}

// What lies behind a reference is not known to be gone, and there is no cookie that would hide it.
func TestSyncreplReferral(t *testing.T) {
	w := startEmbedded(t, startOptions{entries: crowd(30)})
	src := withStrategy(w.ldap, ldapbook.StrategySyncrepl)
	b := openBook(t)
	mustSync(t, b, src)
	w.server.Refer(true)
	must(t, w.server.Delete(dn("p0000")))
	r, err := b.Sync(t.Context(), src, nil)
	if err != nil || !r.Incomplete || r.Removed != 0 {
		t.Error(r, err)
	}
	w.server.Refer(false)
	if r := mustSync(t, b, src); r.Removed != 1 {
		t.Errorf("%+v", r)
	}
}

// Another server, even with the same content: its cookies mean something else.
func TestOtherServer(t *testing.T) {
	a, c := startEmbedded(t, startOptions{entries: crowd(30)}), startEmbedded(t, startOptions{entries: crowd(28)})
	b := openBook(t)
	mustSync(t, b, withStrategy(a.ldap, ldapbook.StrategySyncrepl))
	if r := mustSync(t, b, withStrategy(c.ldap, ldapbook.StrategySyncrepl)); !r.Full || r.Removed != 2 {
		t.Errorf("%+v", r)
	}
}

// Searches answer while a sync waits for a slow server: no transaction spans the network.
func TestReadersDuringSync(t *testing.T) {
	w := startEmbedded(t, startOptions{entries: crowd(30)})
	b := openBook(t)
	mustSync(t, b, w.ldap)
	w.server.HangAfter(20)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, err := b.Sync(ctx, withStrategy(w.ldap, ldapbook.StrategyFull), nil)
		ended <- err
	}()
	for range 50 {
		if len(find(t, b, "ola")) == 0 {
			t.Error("nothing found")
		}
		// Writing goes on as well.
		must(t, b.Put(t.Context(), "Elsewhere", []ldapbook.Entry{{UUID: "00000000-0000-0000-0000-000000000001", DN: "cn=x",
			Kind: ldapbook.KindPerson, Name: "X"}}, ldapbook.Asked{}))
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// What live searches found before the first complete read is no share of the directory: it goes without being held.
func TestFirstReadHoldsNothing(t *testing.T) {
	w := startEmbedded(t, startOptions{entries: crowd(30)})
	b := openBook(t)
	found := make([]ldapbook.Entry, 25)
	for i := range found {
		found[i] = ldapbook.Entry{UUID: uuidText(i), DN: fmt.Sprintf("uid=x%d,ou=people,%s", i, suffix), Nation: w.ldap.Nation, Kind: ldapbook.KindPerson,
			Name: fmt.Sprintf("Gone %d", i), ReadAt: time.Now().Add(-time.Hour)}
	}
	must(t, b.Put(t.Context(), w.ldap.Name, found, ldapbook.Asked{}))
	if r := mustSync(t, b, w.ldap); r.Held != 0 || r.Removed != 25 || r.Added != 30 {
		t.Errorf("%+v", r)
	}
}
