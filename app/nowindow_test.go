//go:build linux

package app_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestBuildWithoutWindow: a build without the window says in one line what to do instead, and begins nothing.
func TestBuildWithoutWindow(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	for _, args := range [][]string{{"--data", data}, {"demo", "--window", "--data", data}} {
		r := caveat(t, "", args...)
		if r.status != 1 || r.stdout != "" || strings.Count(r.stderr, "\n") != 1 || !strings.Contains(r.stderr, "caveat serve") || !strings.Contains(r.stderr, "make desktop") {
			t.Errorf("%v: status %d, %q", args, r.status, r.stderr)
		}
	}
	if _, err := os.Stat(data); err == nil {
		t.Error("something was begun all the same")
	}
}
