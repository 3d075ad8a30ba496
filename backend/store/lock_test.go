package store_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"caveat/backend/store"
)

func writeFile(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o600)
}

func TestOneHolderAmongTwoProcesses(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, "caveat demo")
	guest := startChild(t, dir)
	if want := fmt.Sprintf("guest of caveat demo, process %d", os.Getpid()); guest.line(t) != want {
		t.Errorf("a second process says %q, want %q", guest.said.Text(), want)
	}
	if guest.in.Close(); guest.cmd.Wait() != nil {
		t.Error("the guest failed")
	}
	must(t, s.Close())
	holder := startChild(t, dir)
	if holder.line(t) != "holder" {
		t.Fatalf("after the lock was given back a process says %q", holder.said.Text())
	}
	s = open(t, dir, "caveat serve")
	if held, err := s.TryHold(t.Context()); held || err != nil {
		t.Errorf("TryHold while another process holds the lock: %v, %v", held, err)
	}
	if want := fmt.Sprintf("child, process %d", holder.cmd.Process.Pid); s.Holder() != want {
		t.Errorf("Holder() = %q, want %q", s.Holder(), want)
	}
	before := epoch(t, s)
	// SIGKILL: the kernel gives the lock back.
	must(t, holder.cmd.Process.Kill())
	holder.cmd.Wait()
	if held, err := s.TryHold(t.Context()); !held || err != nil || !s.IsHolder() {
		t.Fatalf("TryHold after the holder was killed: %v, %v", held, err)
	}
	if after := epoch(t, s); after != before+1 {
		t.Errorf("taking over went from epoch %d to %d", before, after)
	}
	if !strings.HasPrefix(s.Holder(), "caveat serve, ") {
		t.Errorf("Holder() = %q", s.Holder())
	}
}

// Several programs that start at once on a directory that does not exist yet.
func TestProcessesStartTogether(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	var all []*process
	for range 4 {
		all = append(all, startChild(t, dir))
	}
	holders := 0
	for _, p := range all {
		switch said := p.line(t); {
		case said == "holder":
			holders++
		case !strings.HasPrefix(said, "guest of child, process "):
			t.Errorf("a process says %q", said)
		}
	}
	if s := open(t, dir, "test"); holders != 1 || epoch(t, s) != 1 {
		t.Errorf("%d holders, epoch %d", holders, epoch(t, s))
	}
}

// Being holder and the new epoch come together, or what an earlier holder left would not be checked again.
func TestRule24EveryHolderBeginsAnEpoch(t *testing.T) {
	dir := t.TempDir()
	for want := int64(1); want <= 3; want++ {
		s := open(t, dir, "test")
		if got := epoch(t, s); got != want {
			t.Errorf("epoch %d, want %d", got, want)
		}
		guest := open(t, dir, "guest")
		if got := epoch(t, guest); guest.IsHolder() || got != want {
			t.Errorf("a guest: holder %v, epoch %d, want %d", guest.IsHolder(), got, want)
		}
		must(t, guest.Close())
		must(t, s.Close())
	}
	first := open(t, dir, "first")
	second := open(t, dir, "second")
	must(t, first.Close())
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			held, err := second.TryHold(t.Context())
			if !held || err != nil || epoch(t, second) != 5 {
				t.Errorf("held %v, error %v, epoch %d, want 5", held, err, epoch(t, second))
			}
		})
	}
	wg.Wait()
}

func TestHolderUnknown(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, "test")
	must(t, os.Truncate(filepath.Join(dir, "lock"), 0))
	if got := s.Holder(); got != "an unknown process" {
		t.Errorf("Holder() = %q", got)
	}
}

func TestExclusive(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "one.lock")
	var inside, most atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			err := store.Exclusive(path, func() error {
				most.Store(max(most.Load(), inside.Add(1)))
				time.Sleep(time.Millisecond)
				inside.Add(-1)
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if most.Load() != 1 {
		t.Errorf("%d at a time", most.Load())
	}
	must(t, store.Exclusive(path, func() error {
		if err := store.Exclusive(path, func() error { return nil }); !errors.Is(err, store.ErrBusy) {
			t.Errorf("while it is held: %v", err)
		}
		return nil
	}))
	if err := store.Exclusive(filepath.Join(path, "below a file"), func() error { return nil }); err == nil {
		t.Error("a lock where no file can be")
	}
}
