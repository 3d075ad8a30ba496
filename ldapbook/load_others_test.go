package ldapbook_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"caveat/ldapbook"
)

// Somebody else asks for entries of the directory just when a batch of its first read is about to be written, and so finishes what
// came up to then: what comes after it is not lost.
func TestPutBesideFirstRead(t *testing.T) {
	_, src := large(t, "o=norland", 20_000)
	path := filepath.Join(t.TempDir(), "book.db")
	b := openBookAt(t, path)
	var others sync.WaitGroup
	calls := 0
	_, err := b.Sync(t.Context(), src, func(ldapbook.SyncProgress) {
		if calls++; calls != 1 {
			return
		}
		release := holdWrites(t, path)
		others.Go(func() {
			time.Sleep(800 * time.Millisecond) // the next batch has come, and waits for the file
			others.Go(func() {
				if err := b.Put(t.Context(), "norland", nil, ldapbook.Asked{UUIDs: []string{"none"}}); err != nil {
					t.Error(err)
				}
			})
			time.Sleep(100 * time.Millisecond)
			release()
		})
	})
	must(t, err)
	others.Wait()
	if calls < 4 {
		t.Fatalf("%d batches: none came after the one that was about to be written", calls)
	}
	consistent(t, path)
	for i := 0; i < 20_000; i += 999 {
		if found := find(t, b, fmt.Sprintf("p%05d norland", i)); len(found) != 1 {
			t.Errorf("search p%05d: %s", i, names(found))
		}
	}
	wantCounts(t, mustSync(t, b, src), "read 20000 added 0 changed 0 removed 0 unchanged 20000")
}

// Once the rows of a first read have been listed to make them findable, no more are added: nobody would list them.
func TestNoBatchIsLate(t *testing.T) {
	_, src := large(t, "o=norland", 9000)
	path := filepath.Join(t.TempDir(), "book.db")
	b := openBookAt(t, path)
	calls := 0
	_, err := b.Sync(t.Context(), src, func(ldapbook.SyncProgress) {
		if calls++; calls != 1 {
			return
		}
		if written, err := ldapbook.WritesLate(t.Context(), b, albion(1)); err != nil || written {
			t.Errorf("a batch that comes late is written: %v, %v", written, err)
		}
	})
	must(t, err)
	consistent(t, path)
	wantCounts(t, mustSync(t, b, src), "read 9000 added 0 changed 0 removed 0 unchanged 9000")
}

// holdWrites keeps everybody from writing to a book's file until release is called.
func holdWrites(t testing.TB, path string) (release func()) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(path)+"?_pragma=busy_timeout(10000)&_txlock=immediate")
	must(t, err)
	tx, err := db.BeginTx(context.WithoutCancel(t.Context()), nil)
	must(t, err)
	return func() {
		if err := errors.Join(tx.Rollback(), db.Close()); err != nil {
			t.Error(err)
		}
	}
}

// albion has entries at the places of those that large makes.
func albion(n int) (all []ldapbook.Entry) {
	for i := range n {
		e := human("Anna", "Nordmannaa")
		e.UUID, e.DN, e.Nation = fmt.Sprintf("00000000-0000-4000-8000-%012d", i), fmt.Sprintf("uid=a%d,o=albion", i), "GBR"
		all = append(all, e)
	}
	return all
}

// A process that doesn't hold the lock on the data writes while the one that does reads a directory for the first time: into
// another directory it can, into this one it must wait.
func TestGuestBesideFirstRead(t *testing.T) {
	_, src := large(t, "o=norland", 9000)
	path := filepath.Join(t.TempDir(), "book.db")
	b := openBookAt(t, path)
	guest, err := ldapbook.Open(t.Context(), path, ldapbook.OpenWithoutMigrating())
	must(t, err)
	defer guest.Close()
	calls := 0
	_, err = b.Sync(t.Context(), src, func(ldapbook.SyncProgress) {
		if calls++; calls > 2 {
			return
		}
		must(t, guest.Put(t.Context(), "albion", albion(40*calls), ldapbook.Asked{}))
		norse := albion(1)
		norse[0].Nation = "NOR"
		err := guest.Put(t.Context(), "norland", norse, ldapbook.Asked{})
		if !errors.Is(err, ldapbook.ErrFirstRead) || !errors.Is(err, ldapbook.ErrDatabase) {
			t.Errorf("into the directory that is being read: %v", err)
		}
	})
	must(t, err)
	if calls < 3 {
		t.Fatal("no batch came after what the guest wrote")
	}
	must(t, guest.Put(t.Context(), "albion", albion(90), ldapbook.Asked{}))
	must(t, b.Put(t.Context(), "albion", albion(100), ldapbook.Asked{}))
	consistent(t, path)
	complete(t, b, "norland", 9000)
	if found := find2(t, b, ldapbook.Query{Text: "nordmannaa", Nation: "GBR", Limit: 200}); len(found) != 100 {
		t.Errorf("%d of 100", len(found))
	}
}

// What a crash in a first read left holds up nobody who writes another directory, until Recover has made it findable.
func TestPutAfterACrashInAFirstRead(t *testing.T) {
	_, src := large(t, "o=norland", 9000)
	path := filepath.Join(t.TempDir(), "book.db")
	crashed := filepath.Join(t.TempDir(), "book.db")
	whole := openBookAt(t, path)
	read := 0
	_, err := whole.Sync(t.Context(), src, func(p ldapbook.SyncProgress) {
		if read == 0 {
			read = p.Read
			onFile(t, path, `VACUUM INTO ?`, crashed)
		}
	})
	must(t, err)
	b := openBookAt(t, crashed)
	must(t, b.Put(t.Context(), "albion", albion(60), ldapbook.Asked{}))
	if n := one(t, crashed, `SELECT count(*) FROM loading`); n != 1 {
		t.Fatalf("%d directories wait, want the one that the crash left", n)
	}
	consistent(t, crashed)
	must(t, b.Recover(t.Context()))
	if n := one(t, crashed, `SELECT count(*) FROM loading`); n != 0 {
		t.Errorf("%d directories still wait", n)
	}
	must(t, b.Put(t.Context(), "albion", albion(90), ldapbook.Asked{}))
	consistent(t, crashed)
	complete(t, b, "norland", read)
	if found := find2(t, b, ldapbook.Query{Text: "nordmannaa", Nation: "GBR", Limit: 200}); len(found) != 90 {
		t.Errorf("%d of 90", len(found))
	}
}

func one(t testing.TB, path, query string) (n int) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(path)+"?_pragma=busy_timeout(10000)")
	must(t, err)
	defer db.Close()
	must(t, db.QueryRowContext(context.WithoutCancel(t.Context()), query).Scan(&n))
	return n
}

// Keys are written in lists; two that are alike are told wherever a list ends.
func TestSharedKeys(t *testing.T) {
	keys := strings.Fields("a b b c d d d e f a g")
	want := []int64{0, 1, 2, 4, 5, 6, 9}
	for n := 1; n < 12; n++ {
		shared, err := ldapbook.SharedKeys(n, keys...)
		must(t, err)
		slices.Sort(shared)
		if shared = slices.Compact(shared); !slices.Equal(shared, want) {
			t.Errorf("lists of %d: %v, want %v", n, shared, want)
		}
	}
}

// An entry that a first read brings twice has several keys in common with itself: it is removed once.
func TestTwinsAreCountedOnce(t *testing.T) {
	s, src := large(t, "o=norland", 4600)
	for i := range 3 { // far from each other, so that they come in several batches
		e := cleared(fmt.Sprintf("twin%d", i), "Twin", "Number", "mail", "twin@nor.example")
		e.UUID = "00000000-0000-0000-0000-00000000000a"
		must(t, s.Add(e))
		for j := range 2500 {
			must(t, s.Add(person(fmt.Sprintf("between%d-%d", i, j), "Bo", "Berg")))
		}
	}
	path := filepath.Join(t.TempDir(), "book.db")
	b := openBookAt(t, path)
	mustSync(t, b, src)
	consistent(t, path)
	if found := find(t, b, "twin"); len(found) != 1 || status(t, b).Entries != 4600+3*2500+1 {
		t.Errorf("%s of %d entries", names(found), status(t, b).Entries)
	}
}
