package ldapbook_test

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"caveat/ldapbook"
	"caveat/ldapbook/internal/wire"
	"caveat/ldapbook/ldaptest"
)

// A server that ignores the cookie sends all that is left as if it had changed, and says nothing of what is gone. However large
// the directory is and however little is left, what is gone must not stay as if it had just been read.
func TestIgnoredCookie(t *testing.T) {
	for name, test := range map[string]struct{ size, gone, changed int }{
		"a small directory, nothing changed":       {15, 1, 0},
		"a small directory, little is left":        {15, 14, 0},
		"a directory, less than the guard is left": {300, 275, 0},
		"less than a tenth is left":                {1000, 950, 0},
		"less than a tenth, most of it changed":    {1000, 950, 40},
		"nothing is left":                          {40, 40, 0},
		"little is left, and all of it changed":    {40, 36, 4},
	} {
		t.Run(name, func(t *testing.T) {
			w := startEmbedded(t, startOptions{entries: crowd(test.size)})
			src := withStrategy(w.ldap, ldapbook.StrategySyncrepl)
			src.Refresh.MaxLoss = 1
			b := openBook(t)
			mustSync(t, b, src)
			w.server.SyncFaults(ldaptest.SyncFaults{IgnoreCookie: true})
			for i := range test.gone {
				must(t, w.dir.Delete(dn(fmt.Sprintf("p%04d", i))))
			}
			for i := range test.changed {
				must(t, w.dir.Replace(dn(fmt.Sprintf("p%04d", test.gone+i)), "sn", "Aaberg"))
			}
			if r := mustSync(t, b, src); r.Removed != test.gone || r.Changed != test.changed || !r.Full {
				t.Errorf("%+v", r)
			}
			equal(t, b, w.ldap, crowdAddresses(test.size))
		})
	}
}

// By default a large loss is held; what is held must not look fresh either.
func TestIgnoredCookieIsHeld(t *testing.T) {
	w := startEmbedded(t, startOptions{entries: crowd(300)})
	src := withStrategy(w.ldap, ldapbook.StrategySyncrepl)
	b := openBook(t)
	mustSync(t, b, src)
	before := byAddress(t, b, "p0000@nor.example")[0]
	w.server.SyncFaults(ldaptest.SyncFaults{IgnoreCookie: true})
	for i := range 275 {
		must(t, w.dir.Delete(dn(fmt.Sprintf("p%04d", i))))
	}
	if r, err := b.Sync(t.Context(), src, nil); !errors.Is(err, ldapbook.ErrShrunken) || r.Held != 275 {
		t.Errorf("%+v, %v", r, err)
	}
	if after := byAddress(t, b, "p0000@nor.example")[0]; !after.ReadAt.Equal(before.ReadAt) {
		t.Errorf("an entry that is gone was read at %v, and now at %v", before.ReadAt, after.ReadAt)
	}
}

// What a server that minds the cookie sends is believed, also a change of what the book does not keep.
func TestHonestAnswerIsBelieved(t *testing.T) {
	w := startEmbedded(t, startOptions{entries: crowd(15)})
	src := withStrategy(w.ldap, ldapbook.StrategySyncrepl)
	b := openBook(t)
	mustSync(t, b, src)
	must(t, w.dir.Replace(dn("p0003"), "sn", "Aaberg"))
	r := mustSync(t, b, src)
	wantCounts(t, r, "read 1 added 0 changed 1 removed 0 unchanged 0")
	must(t, w.dir.Replace(dn("p0004"), "userPassword", "another"))
	again := mustSync(t, b, src)
	wantCounts(t, again, "read 1 added 0 changed 0 removed 0 unchanged 1")
	if r.Full || again.Full {
		t.Errorf("%+v, %+v", r, again)
	}
}

// Without entryCSN to go by: most of what came is what the book has.
func TestIgnoredCookieWithoutCSN(t *testing.T) {
	var left atomic.Int64
	left.Store(40)
	src := startHostile(t, true, func(w *evil) error {
		for i := range int(left.Load()) {
			if err := w.someone(i, syncState(wire.SyncAdd, uuidOctets(i))); err != nil {
				return err
			}
		}
		return w.done(wire.Control(wire.OIDSyncDone, false,
			wire.TLV(wire.TagSequence, wire.Text(wire.TagOctetString, "cookie"), wire.Bool(true))))
	})
	src.Refresh.MaxLoss = 1
	b := openBook(t)
	mustSync(t, b, src)
	left.Store(3)
	if r := mustSync(t, b, src); r.Removed != 37 || status(t, b).Entries != 3 {
		t.Errorf("%+v", r)
	}
}

// A first read that was broken off goes on from a cookie inside it, which the server may ignore as well.
func TestResumeIgnored(t *testing.T) {
	w := startEmbedded(t, startOptions{entries: crowd(100)})
	src := withStrategy(w.ldap, ldapbook.StrategySyncrepl)
	src.Timeout = short
	b := openBook(t)
	w.server.SyncFaults(ldaptest.SyncFaults{CookieEvery: 10})
	w.server.HangAfter(35)
	if r, err := b.Sync(t.Context(), src, nil); !errors.Is(err, ldapbook.ErrTimeout) || r.Read == 0 {
		t.Fatal(r, err)
	}
	w.server.HangAfter(-1)
	w.server.SyncFaults(ldaptest.SyncFaults{IgnoreCookie: true})
	must(t, w.dir.Delete(dn("p0005")))
	if r := mustSync(t, b, src); r.Removed != 1 || !r.Full {
		t.Errorf("%+v", r)
	}
	equal(t, b, w.ldap, crowdAddresses(100))
}

// Once a day everything is read, by syncrepl itself, whose cookie stays good: the read after it is one of changes again.
func TestFullEverySyncrepl(t *testing.T) {
	w := startEmbedded(t, startOptions{entries: crowd(30)})
	src := withStrategy(w.ldap, ldapbook.StrategySyncrepl)
	path := t.TempDir() + "/book.db"
	b := openBookAt(t, path)
	mustSync(t, b, src)
	for name, test := range map[string]struct {
		ago   time.Duration
		every time.Duration
		full  bool
	}{
		"a day ago, delivered":        {24 * time.Hour, 0, true},
		"an hour ago, delivered":      {time.Hour, 0, false},
		"an hour ago, each half hour": {time.Hour, 30 * time.Minute, true},
		"ahead of now: a wrong clock": {-time.Hour, 0, true},
	} {
		onFile(t, path, `UPDATE refresh SET last_full = ?`, time.Now().Add(-test.ago).UnixMicro())
		src.Refresh.FullEvery = test.every
		r := mustSync(t, b, src)
		if r.Full != test.full || r.Strategy != ldapbook.StrategySyncrepl || test.full != (r.Read == 30) {
			t.Errorf("%s: %+v", name, r)
		}
		if r := mustSync(t, b, src); r.Full || r.Read != 0 {
			t.Errorf("%s, the next: %+v", name, r)
		}
	}
}
