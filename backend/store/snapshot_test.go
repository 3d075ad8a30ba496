package store_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"caveat/backend/store"
)

// A snapshot is one moment of a database that somebody writes to.
func TestSnapshotWhileWriting(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, "writer")
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
				changed(t, s, "message", "1")
				changed(t, s, "message", "2")
			}
		}
	}()
	for i := range 20 {
		to := filepath.Join(t.TempDir(), "copy")
		must(t, store.Snapshot(t.Context(), dir, to))
		x, err := store.ExamineFile(t.Context(), to, nil)
		if err != nil || len(x.Damaged) > 0 || x.Schema != x.Newest || x.Schema < 15 {
			t.Errorf("copy %d: %+v, %v", i, x, err)
		}
		if info, err := os.Stat(to); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("mode %v, %v", info.Mode(), err)
		}
		if err := store.Snapshot(t.Context(), dir, to); !errors.Is(err, fs.ErrExist) {
			t.Errorf("over a file that is there: %v", err)
		}
	}
	close(stop)
	<-done
	if err := store.Snapshot(t.Context(), t.TempDir(), filepath.Join(t.TempDir(), "copy")); !errors.Is(err, store.ErrOpen) {
		t.Errorf("of nothing: %v", err)
	}
}
