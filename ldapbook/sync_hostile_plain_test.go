//go:build !race

package ldapbook_test

import (
	"context"
	"errors"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

// Servers that send as much as they can take minutes under the race detector, which measures its own memory then.

// hostileMemory is what a hostile server may make the process hold beside what it held before, in bytes: four batches of
// large entries, and what SQLite caches.
const hostileMemory = 256 << 20

// Memory and time are bounded, the error has a name, the other directories are there as before, and the book is well.
func TestHostile(t *testing.T) {
	good := startEmbedded(t, startOptions{entries: crowd(30)})
	for name, test := range hostileServers {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "book.db")
			b := openBookAt(t, path)
			mustSync(t, b, good.ldap)
			src := startHostile(t, test.sync, test.say)
			peak := watchMemory(t)
			err := bounded(t, func(ctx context.Context) error {
				_, err := b.Sync(ctx, src, nil)
				return err
			})
			if used := peak(); used > hostileMemory {
				t.Errorf("%d MB", used>>20)
			}
			if test.want == nil && err != nil || !errors.Is(err, test.want) {
				t.Errorf("%v, want %v", err, test.want)
			}
			wantCounts(t, mustSync(t, b, good.ldap), "read 30 added 0 changed 0 removed 0 unchanged 30")
			all, err := b.Status(t.Context())
			must(t, err)
			if (test.want == nil) != (all[0].Error == "") || all[0].Directory != "Hostile" {
				t.Errorf("%+v", all[0])
			}
			consistent(t, path)
			if name == "an entry comes and goes" && all[0].Entries != 1 || name == "one UUID for all" && all[0].Entries != 1 {
				t.Errorf("%+v", all[0])
			}
		})
	}
}

// watchMemory starts to measure the heap; the function that it returns ends that and tells by how much it grew at most.
func watchMemory(t *testing.T) func() uint64 {
	t.Helper()
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapInuse
	}
	runtime.GC()
	before := heap()
	var peak atomic.Uint64
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			peak.Store(max(peak.Load(), heap()))
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	return func() uint64 {
		close(stop)
		<-stopped
		return max(peak.Load(), before) - before
	}
}
