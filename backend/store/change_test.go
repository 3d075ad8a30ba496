package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"caveat/backend/store"
)

func TestChanges(t *testing.T) {
	dir := t.TempDir()
	s, other := open(t, dir, "one"), open(t, dir, "other")
	if got, newest, reset, err := s.Changes(t.Context(), 0); len(got) != 0 || newest != 0 || reset || err != nil {
		t.Errorf("of an empty log: %v, %d, %v, %v", got, newest, reset, err)
	}
	for i := range 3 {
		changed(t, other, "message", fmt.Sprint(i))
	}
	got, newest, reset, err := s.Changes(t.Context(), 1)
	if want := []store.Change{{Seq: 2, Kind: "message", ID: "1"}, {Seq: 3, Kind: "message", ID: "2"}}; err != nil || reset || newest != 3 || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("after 1: %v, %d, %v, %v", got, newest, reset, err)
	}
	for _, unknown := range []int64{4, 1 << 40, -2} {
		if got, newest, reset, err := s.Changes(t.Context(), unknown); len(got) != 0 || newest != 3 || !reset || err != nil {
			t.Errorf("after %d, which nobody was told: %v, %d, %v, %v", unknown, got, newest, reset, err)
		}
	}
}

// Whoever is too far back begins anew; whoever reads on gets everything, however much it is.
func TestChangesAreForgotten(t *testing.T) {
	s := open(t, t.TempDir(), "test")
	const all = 10_250
	must(t, s.Write(t.Context(), func(tx *sql.Tx) error {
		for i := range all {
			if err := store.Changed(t.Context(), tx, "message", fmt.Sprint(i)); err != nil {
				return err
			}
		}
		return nil
	}))
	if _, newest, reset, err := s.Changes(t.Context(), 100); !reset || newest != all || err != nil {
		t.Errorf("from far back: newest %d, reset %v, %v", newest, reset, err)
	}
	const from = 5000
	seen, after := 0, int64(from)
	for after < all {
		got, newest, reset, err := s.Changes(t.Context(), after)
		if err != nil || reset || len(got) == 0 || got[0].Seq != after+1 {
			t.Fatalf("after %d: %d changes, reset %v, %v", after, len(got), reset, err)
		}
		seen, after = seen+len(got), newest
	}
	if seen != all-from {
		t.Errorf("%d changes read, want %d", seen, all-from)
	}
}

func TestWaitChangeSeesTheOtherProcess(t *testing.T) {
	dir := t.TempDir()
	s, other := open(t, dir, "one"), open(t, dir, "other")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	changed(t, other, "book", "GBR")
	must(t, s.WaitChange(ctx, 0)) // it is there already
	woken := make(chan error, 1)
	go func() { woken <- s.WaitChange(ctx, 1) }()
	run(t, other, `UPDATE epoch SET count = count`) // writes, and is no change
	select {
	case err := <-woken:
		t.Errorf("woken by a write that is no change: %v", err)
	case <-time.After(300 * time.Millisecond):
	}
	changed(t, other, "book", "DEU")
	must(t, <-woken)

	ended, end := context.WithCancel(t.Context())
	go func() { woken <- s.WaitChange(ended, 2) }()
	end()
	if err := <-woken; !errors.Is(err, context.Canceled) {
		t.Errorf("after its context ended: %v", err)
	}
}

// Many pages that poll must not keep the queue, or anybody, from reading.
func TestWaitersTakeNoReader(t *testing.T) {
	s := open(t, t.TempDir(), "test")
	waiting, end := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() { s.WaitChange(waiting, 0) })
	}
	defer wg.Wait()
	defer end()
	time.Sleep(200 * time.Millisecond) // they are all there
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if _, err := s.NewestChange(ctx); err != nil {
		t.Errorf("reading beside 20 waiters: %v", err)
	}
}

// TestEachChangeEndsQuietly: work is done at once and after a change; the end of ctx is no error, an error of work is one.
func TestEachChangeEndsQuietly(t *testing.T) {
	s, err := store.Open(t.Context(), t.TempDir(), "test")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ctx, cancel := context.WithCancel(t.Context())
	rounds := 0
	err = s.EachChange(ctx, func(ctx context.Context) error {
		if rounds++; rounds == 3 {
			cancel()
			return ctx.Err()
		}
		return s.Write(ctx, func(tx *sql.Tx) error { return store.Changed(ctx, tx, "test", "x") })
	})
	if err != nil || rounds != 3 {
		t.Errorf("%d rounds, %v", rounds, err)
	}
	broken := errors.New("broken")
	if err := s.EachChange(t.Context(), func(context.Context) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}
