package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"caveat/backend/store"
)

func TestTryLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "window.lock")
	release, taken, err := store.TryLock(path, "caveat")
	if err != nil || !taken {
		t.Fatalf("a free lock: %v, %v", taken, err)
	}
	if other, taken, err := store.TryLock(path, "caveat demo"); err != nil || taken || other != nil {
		t.Errorf("a lock that is held: %v, %v", taken, err)
	}
	if got, want := store.LockedBy(path), fmt.Sprintf("caveat, process %d", os.Getpid()); got != want {
		t.Errorf("held by %q, want %q", got, want)
	}
	must(t, release())
	release, taken, err = store.TryLock(path, "caveat demo")
	if err != nil || !taken {
		t.Fatalf("a lock given back: %v, %v", taken, err)
	}
	must(t, release())
	if _, taken, err := store.TryLock(filepath.Join(t.TempDir(), "none", "window.lock"), "caveat"); err == nil || taken {
		t.Errorf("without its folder: %v, %v", taken, err)
	}
}
