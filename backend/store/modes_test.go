//go:build unix

package store_test

import (
	"os"
	"path/filepath"
	"testing"
)

// Others on the machine read neither messages nor the log.
func TestModes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := open(t, dir, "test")
	changed(t, s, "message", "1")
	want := map[string]os.FileMode{".": 0o700, "caveat.db": 0o600, "caveat.db-wal": 0o600, "caveat.db-shm": 0o600, "lock": 0o600}
	check := func() {
		t.Helper()
		for name, mode := range want {
			info, err := os.Stat(filepath.Join(dir, name))
			must(t, err)
			if info.Mode().Perm() != mode {
				t.Errorf("%s has the mode %o, want %o", name, info.Mode().Perm(), mode)
			}
		}
	}
	check()
	must(t, s.Close())
	// A copy that was brought back with the modes of a careless program.
	must(t, os.Chmod(filepath.Join(dir, "caveat.db"), 0o644))
	s = open(t, dir, "test")
	changed(t, s, "message", "2")
	check()
}
