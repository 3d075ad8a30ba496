package app

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"caveat/backend/store"
)

// A restore that was killed while it moved its files leaves a directory that nobody takes for one, and the next restore begins anew in it;
// one that fails leaves it empty.
func TestRestoreThatWasKilled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files := func(work string, names ...string) error {
		for _, name := range names {
			path := filepath.Join(work, name)
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte("x"), 0o600)); err != nil {
				return err
			}
		}
		return nil
	}
	half := filepath.Join(dir, "half")
	if err := intoEmpty(dir, func(work string) error {
		if err := files(work, "spool/a", "installation.toml", store.DatabaseFile); err != nil {
			return err
		}
		// What is there at the moment of the kill: all but the database has been moved.
		if err := moveAll(work, half); err == nil {
			return errors.New("moved to where nothing is")
		}
		return errors.New("killed")
	}); err == nil || len(names(t, dir)) > 0 {
		t.Fatalf("what fails leaves %v: %v", names(t, dir), err)
	}
	if err := files(dir, ".new-restore-1/caveat.db", "spool/a", "installation.toml", store.RestoreMark); err != nil {
		t.Fatal(err)
	}
	if s, err := store.Open(t.Context(), dir, "test"); !errors.Is(err, store.ErrLost) {
		t.Fatalf("it was opened: %v, %v", s, err)
	}
	if err := os.Remove(filepath.Join(dir, "lock")); err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	if err := intoEmpty(dir, func(work string) error { return files(work, "inbox/b") }); err == nil {
		t.Fatal("a backup without a database was brought back")
	}
	if left := names(t, dir); len(left) > 0 {
		t.Errorf("what fails while it is moved leaves %v", left)
	}
	if err := files(dir, "spool/a", store.RestoreMark); err != nil {
		t.Fatal(err)
	}
	if err := intoEmpty(dir, func(work string) error { return files(work, "inbox/b", store.DatabaseFile) }); err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir); len(got) != 3 { // caveat.db, inbox, lock
		t.Errorf("%v", got)
	}
	if err := files(dir, "spool/a"); err != nil {
		t.Fatal(err)
	}
	if err := intoEmpty(dir, nil); err == nil {
		t.Error("into what is somebody's")
	}
}

func names(t *testing.T, dir string) (out []string) {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		out = append(out, e.Name())
	}
	return out
}
