package ldapbook_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"caveat/ldapbook"
	"caveat/ldapbook/ldaptest"
)

// TestADeletedBookIsMadeAnew: the file may be deleted at any time, also while it is open.
func TestADeletedBookIsMadeAnew(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "book.db")
	b, err := ldapbook.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	put := func(dn string) {
		t.Helper()
		e := ldapbook.Entry{UUID: "00000000-0000-0000-0000-000000000001", DN: dn, Kind: ldapbook.KindPerson, Name: "Ann Other", Mail: []string{"ann@gbr.example"}}
		if err := b.Put(ctx, "GBR", []ldapbook.Entry{e}, ldapbook.Asked{}); err != nil {
			t.Fatal(err)
		}
	}
	put("uid=ann,dc=gbr,dc=example")
	if healed, err := b.Heal(ctx); err != nil || healed {
		t.Fatalf("Heal of a book that is well: %v, %v", healed, err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if healed, err := b.Heal(ctx); err != nil || !healed {
		t.Fatalf("Heal of a deleted book: %v, %v", healed, err)
	}
	if found, err := b.ByAddress(ctx, []string{"ann@gbr.example"}); err != nil || len(found) != 0 {
		t.Errorf("the new book is not empty: %v, %v", found, err)
	}
	put("uid=ann,dc=gbr,dc=example")
	other, err := ldapbook.Open(ctx, path, ldapbook.OpenWithoutMigrating())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if found, err := other.ByAddress(ctx, []string{"ann@gbr.example"}); err != nil || len(found) != 1 {
		t.Errorf("another process does not see the new book: %v, %v", found, err)
	}
}

// healNow deletes an open book and has it made anew.
func healNow(t *testing.T, b *ldapbook.Book, path string) {
	t.Helper()
	must(t, os.Remove(path))
	if healed, err := b.Heal(t.Context()); err != nil || !healed {
		t.Fatal(healed, err)
	}
}

// A question that began before the book was made anew leaves nothing of the old file in the new book, whose numbers begin again.
func TestRule08HealDuringASearch(t *testing.T) {
	path := filepath.Join(t.TempDir(), "book.db")
	b := openBookAt(t, path)
	was := human("Anna", "Hansen")
	was.Clearance = []string{secret}
	put(t, b, "Norland", "NOR", was)
	now := human("Bo", "Berg")
	now.Clearance = []string{restricted}
	must(t, b.SearchDuring(t.Context(), func() {
		healNow(t, b, path)
		put(t, b, "Norland", "NOR", now)
	}))
	if found := find(t, b, "berg"); len(found) != 1 || found[0].Clearance[0] != restricted {
		t.Errorf("%+v", found)
	}
}

// What was derived from a book holds for an edition of it, and never for the book that comes after it.
func TestHealedBookHasNoEditionOfTheOldOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "book.db")
	b := openBookAt(t, path)
	before, err := b.Edition(t.Context())
	must(t, err)
	healNow(t, b, path)
	if after, err := b.Edition(t.Context()); err != nil || after-before < 1000 && before-after < 1000 {
		t.Errorf("%d, before %d, %v", after, before, err)
	}
}

// A read under way when the book is made anew ends with an error, wherever it was: nothing of it is written as another
// directory's, which may have its number now, and a part of it doesn't count as the whole.
func TestHealDuringSync(t *testing.T) {
	for name, test := range map[string]struct {
		size     int
		strategy ldapbook.Strategy
		other    string // has the number in the new book
	}{
		"before its end":                              {30, ldapbook.StrategyFull, "Zed"},
		"before its end, the directory is back":       {30, ldapbook.StrategyFull, "Norland"},
		"between two batches":                         {30, ldapbook.StrategySyncrepl, "Zed"},
		"between two batches, the directory is back":  {30, ldapbook.StrategySyncrepl, "Norland"},
		"in a first read of many":                     {4500, ldapbook.StrategyFull, "Zed"},
		"in a first read of many, the directory back": {4500, ldapbook.StrategyFull, "Norland"},
	} {
		t.Run(name, func(t *testing.T) {
			w := startEmbedded(t, startOptions{entries: crowd(test.size)})
			w.server.SyncFaults(ldaptest.SyncFaults{CookieEvery: 10})
			path := filepath.Join(t.TempDir(), "book.db")
			b := openBookAt(t, path)
			src := withStrategy(w.ldap, test.strategy)
			src.PageSize = 500
			done := false
			r, err := b.Sync(t.Context(), src, func(ldapbook.SyncProgress) {
				if !done {
					done = true
					healNow(t, b, path)
					put(t, b, test.other, "ZED", human("Zoe", "Zed"))
				}
			})
			if !errors.Is(err, ldapbook.ErrDatabase) || !r.Incomplete {
				t.Errorf("%+v, %v", r, err)
			}
			if s := status(t, b); s.Directory != test.other || s.Entries != 1 || !s.LastSuccess.IsZero() || !s.LastAttempt.IsZero() || s.Error != "" {
				t.Errorf("%+v", s)
			}
			consistent(t, path)
			if r := mustSync(t, b, src); !r.Full || r.Added != test.size {
				t.Errorf("the next read: %+v", r)
			}
			if test.other != src.Name {
				must(t, b.Forget(t.Context(), test.other))
			}
			equal(t, b, src, crowdAddresses(test.size))
		})
	}
}

// Connections that searches hold while the book is made anew are not used again afterwards: they read the old one.
func TestHealDuringSearches(t *testing.T) {
	path := filepath.Join(t.TempDir(), "book.db")
	b := openBookAt(t, path)
	put(t, b, "Norland", "NOR", human("Bo", "Berg"))
	release, err := b.HoldReads(t.Context(), 3)
	must(t, err)
	healNow(t, b, path)
	must(t, release())
	for range 3 {
		if all, err := b.Status(t.Context()); err != nil || len(all) != 0 {
			t.Fatalf("%+v, %v", all, err)
		}
		if _, err := b.Heal(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// A directory may be forgotten while Put writes to it: then it is there again with what Put brought, or it isn't; no entry is
// left without its directory.
func TestPutWhileForgotten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "book.db")
	b := openBookAt(t, path)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for range 60 {
				e := human("Bo", "Berg")
				e.Nation = "NOR"
				if err := b.Put(t.Context(), "Norland", []ldapbook.Entry{e}, ldapbook.Asked{}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Go(func() {
		for range 120 {
			if err := b.Forget(t.Context(), "Norland"); err != nil {
				t.Error(err)
			}
		}
	})
	wg.Wait()
	db, err := sql.Open("sqlite", path)
	must(t, err)
	defer db.Close()
	var lost int
	must(t, db.QueryRow(`SELECT count(*) FROM entry WHERE directory NOT IN (SELECT id FROM directory)`).Scan(&lost))
	if lost != 0 {
		t.Errorf("%d entries of no directory", lost)
	}
	must(t, b.Forget(t.Context(), "Norland"))
	if found := find(t, b, "berg"); len(found) != 0 {
		t.Errorf("%+v", found)
	}
}

// The number of a directory that was forgotten is never another's, and numbers are not used up by writing.
func TestDirectoryNumbers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "book.db")
	b := openBookAt(t, path)
	for range 5 {
		put(t, b, "A", "AAA", human("Ann", "A"))
	}
	put(t, b, "B", "BBB", human("Bo", "B"))
	must(t, b.Forget(t.Context(), "B"))
	put(t, b, "C", "CCC", human("Cy", "C"))
	put(t, b, "B", "BBB", human("Bo", "B"))
	db, err := sql.Open("sqlite", path)
	must(t, err)
	defer db.Close()
	for name, want := range map[string]int{"A": 1, "C": 3, "B": 4} {
		var id int
		must(t, db.QueryRow(`SELECT id FROM directory WHERE name = ?`, name).Scan(&id))
		if id != want {
			t.Errorf("%s has the number %d, want %d", name, id, want)
		}
	}
}
