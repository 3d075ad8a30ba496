package store_test

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"caveat/backend/store"
)

func TestOpenMakesAndReopens(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b c?d%20e#f") // a name that a URI must escape
	s := open(t, dir, "first")
	if !s.IsHolder() || s.Dir() != dir {
		t.Errorf("holder %v, dir %q", s.IsHolder(), s.Dir())
	}
	changed(t, s, "message", "1")
	must(t, s.Close())
	s = open(t, dir, "second")
	if n, err := s.NewestChange(t.Context()); err != nil || n != 1 {
		t.Errorf("after reopening the newest change is %d, %v", n, err)
	}
}

// The database must survive a kill at any instant: that is what these two settings are.
func TestDurability(t *testing.T) {
	s := open(t, t.TempDir(), "test")
	for name, db := range map[string]*sql.DB{"writer": s.Writer(), "reader": s.Reader()} {
		var journal string
		var synchronous, foreignKeys int
		must(t, db.QueryRow(`PRAGMA journal_mode`).Scan(&journal))
		must(t, db.QueryRow(`PRAGMA synchronous`).Scan(&synchronous))
		must(t, db.QueryRow(`PRAGMA foreign_keys`).Scan(&foreignKeys))
		if journal != "wal" || synchronous != 2 || foreignKeys != 1 {
			t.Errorf("%s: journal_mode %s, synchronous %d, foreign_keys %d", name, journal, synchronous, foreignKeys)
		}
	}
	if _, err := s.Reader().Exec(`UPDATE epoch SET count = 99`); err == nil {
		t.Error("the reader writes")
	}
}

func TestWriteRollsBack(t *testing.T) {
	s := open(t, t.TempDir(), "test")
	failure := errors.New("failure")
	insert := func(tx *sql.Tx) { tx.Exec(`INSERT INTO change (kind, subject) VALUES ('x', 'y')`) }
	err := s.Write(t.Context(), func(tx *sql.Tx) error { insert(tx); return failure })
	if !errors.Is(err, failure) {
		t.Errorf("error %v", err)
	}
	// A handler that recovers from a panic must find the one writing connection free.
	func() {
		defer func() { recover() }()
		s.Write(t.Context(), func(tx *sql.Tx) error { insert(tx); panic("failure") })
	}()
	if n, err := s.NewestChange(t.Context()); n != 0 || err != nil {
		t.Errorf("%d changes stayed, %v", n, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	must(t, s.Write(ctx, func(tx *sql.Tx) error { return store.Changed(ctx, tx, "x", "y") }))
	if n, _ := s.NewestChange(t.Context()); n != 1 {
		t.Errorf("after rolling back a change has the number %d", n)
	}
}

func TestNewerSchemaIsRefused(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, "newer version")
	guest := open(t, dir, "older version, open all the time")
	run(t, s, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)`)
	must(t, s.Close())
	// The newer version migrated and ended; the older one, still open, must not take over.
	if held, err := guest.TryHold(t.Context()); held || !errors.Is(err, store.ErrNewerSchema) {
		t.Errorf("TryHold over a newer schema: %v, %v", held, err)
	}
	if guest.IsHolder() {
		t.Error("the lock was kept")
	}
	for range 2 { // the first must give the lock back
		if _, err := store.Open(t.Context(), dir, "older version"); !errors.Is(err, store.ErrNewerSchema) {
			t.Errorf("Open of a newer schema: %v", err)
		}
	}
}

func TestOldSchemaWhileAnotherHoldsTheLock(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, "holder of the lock")
	run(t, s, `DELETE FROM goose_db_version WHERE version_id > 0`)
	if _, err := store.Open(t.Context(), dir, "guest"); !errors.Is(err, store.ErrOldSchema) {
		t.Errorf("Open of an older schema: %v", err)
	}
}

// Two programs that start at the same moment: the second waits until the first has migrated.
func TestOpenWaitsForTheHolderToMigrate(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, "holder")
	run(t, s, `UPDATE goose_db_version SET is_applied = 0 WHERE version_id > 0`)
	done := make(chan error, 1)
	go func() {
		guest, err := store.Open(t.Context(), dir, "guest")
		if err == nil {
			err = guest.Close()
		}
		done <- err
	}()
	time.Sleep(300 * time.Millisecond) // it finds the old schema, and waits
	run(t, s, `UPDATE goose_db_version SET is_applied = 1`)
	must(t, <-done)
}

// A holder that ends before it has migrated leaves it to whoever waits.
func TestOpenTakesOverAnUnmigratedDirectory(t *testing.T) {
	dir := t.TempDir()
	opened := make(chan *store.Store, 1)
	must(t, store.Exclusive(filepath.Join(dir, "lock"), func() error {
		go func() {
			s, err := store.Open(t.Context(), dir, "heir")
			if err != nil {
				t.Error(err)
			}
			opened <- s
		}()
		time.Sleep(300 * time.Millisecond) // it finds the lock taken, and waits
		return nil
	}))
	s := <-opened
	if s == nil {
		return
	}
	defer s.Close()
	if !s.IsHolder() || epoch(t, s) != 1 {
		t.Errorf("holder %v, epoch %d", s.IsHolder(), epoch(t, s))
	}
}

func TestOpenFailures(t *testing.T) {
	dir := t.TempDir()
	must(t, writeFile(filepath.Join(dir, "file"), "x"))
	must(t, writeFile(filepath.Join(dir, "noise", "caveat.db"), "this is no database, and longer than its header would be"))
	for name, path := range map[string]string{
		"the directory is a file": filepath.Join(dir, "file"),
		"not a database":          filepath.Join(dir, "noise"),
	} {
		if s, err := store.Open(t.Context(), path, "test"); !errors.Is(err, store.ErrOpen) || s != nil {
			t.Errorf("%s: %v, %v", name, s, err)
		}
	}
	// What failed holds no lock.
	must(t, store.Exclusive(filepath.Join(dir, "noise", "lock"), func() error { return nil }))
}
