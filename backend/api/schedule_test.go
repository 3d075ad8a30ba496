package api_test

import (
	"context"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"caveat/backend/api"
	"caveat/backend/installation"
	"caveat/ldapbook"
)

// noon is when the program of these tests began.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func mirror(every time.Duration) installation.Directory {
	d := installation.Directory{}
	d.Name, d.Mode, d.Every.Duration = "GBR", "mirror", every
	return d
}

func TestScheduleOfADirectory(t *testing.T) {
	lookUp := installation.Directory{}
	lookUp.Name, lookUp.Mode = "GBR", "look-up"
	at := func(after time.Duration) ldapbook.Status {
		return ldapbook.Status{LastAttempt: noon.Add(after), LastSuccess: noon.Add(after)}
	}
	failed := func(after time.Duration) ldapbook.Status {
		return ldapbook.Status{LastAttempt: noon.Add(after), LastSuccess: noon.Add(-48 * time.Hour), Error: "no answer"}
	}
	for name, c := range map[string]struct {
		d        installation.Directory
		place    int
		status   ldapbook.Status
		tried    time.Duration // 0: not
		from, to time.Duration // after noon; the jitter lies between
	}{
		"never read, the own nation's":            {mirror(0), 0, ldapbook.Status{}, 0, 0, 0},
		"never read, the third of the partners":   {mirror(0), 3, ldapbook.Status{}, 0, 3 * time.Second, 3 * time.Second},
		"read a minute ago, delivered":            {mirror(0), 1, at(-time.Minute), 0, 14 * time.Minute, 15 * time.Minute},
		"read a minute ago, every hour":           {mirror(time.Hour), 1, at(-time.Minute), 0, 59 * time.Minute, 60 * time.Minute},
		"read once a day: the jitter is a minute": {mirror(24 * time.Hour), 1, at(0), 0, 24 * time.Hour, 24*time.Hour + time.Minute},
		"due while the program did not run":       {mirror(0), 2, at(-time.Hour), 0, 2 * time.Second, 2 * time.Second},
		"failed before the program began":         {mirror(24 * time.Hour), 1, failed(-time.Minute), 0, time.Second, time.Second},
		"failed since: sooner than its interval":  {mirror(24 * time.Hour), 1, failed(time.Minute), 0, 16 * time.Minute, 17*time.Minute + 30*time.Second},
		"failed since, its interval is shorter":   {mirror(time.Minute), 1, failed(time.Minute), 0, 2 * time.Minute, 2*time.Minute + 6*time.Second},
		"tried, and no trace in the book":         {mirror(0), 1, ldapbook.Status{}, 5 * time.Second, 15*time.Minute + 5*time.Second, 17 * time.Minute},
		"tried, and then it was read":             {mirror(0), 1, at(6 * time.Second), 5 * time.Second, 15*time.Minute + 6*time.Second, 17 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			p := api.NewPlan(noon)
			if c.tried != 0 {
				p.Try("GBR", noon.Add(c.tried))
			}
			got := p.Next(c.d, c.place, c.status).Sub(noon)
			if got < c.from || got > c.to {
				t.Errorf("%s after the start, want %s to %s", got, c.from, c.to)
			}
			if again := p.Next(c.d, c.place, c.status).Sub(noon); again != got {
				t.Errorf("asked again: %s", again)
			}
		})
	}
	if next := api.NewPlan(noon).Next(lookUp, 0, ldapbook.Status{}); !next.IsZero() {
		t.Errorf("a look-up directory is read at %s", next)
	}
	if next := api.NewPlan(time.Time{}).Next(mirror(0), 0, at(0)); !next.IsZero() {
		t.Errorf("with nobody to do it, it is read at %s", next)
	}
}

// Installations and directories that began together do not stay together.
func TestJitterSpreads(t *testing.T) {
	seen := map[time.Duration]bool{}
	for i := range 40 {
		j := api.Jitter("D"+strconv.Itoa(i), noon, 15*time.Minute)
		if j < 0 || j > time.Minute {
			t.Errorf("%s", j)
		}
		seen[j.Truncate(time.Second)] = true
	}
	if len(seen) < 15 {
		t.Errorf("40 directories begin in %d different seconds", len(seen))
	}
}

// Whoever asks while a read goes on gets the next, not this one, and shares it with all others who wait.
func TestReadsShareTheNext(t *testing.T) { synctest.Test(t, shareTheNext) }

func shareTheNext(t *testing.T) {
	x := api.NewTurns()
	began, release := make(chan int, 10), make(chan struct{})
	count := 0
	work := func() api.SyncDocument {
		count++
		began <- count
		<-release
		return api.SyncDocument{Read: count}
	}
	var wg sync.WaitGroup
	results := make(chan int, 10)
	ask := func(full bool) {
		wg.Go(func() { results <- x.Read(t.Context(), full, work).Read })
	}
	ask(false)
	<-began
	asked := make(chan struct{})
	for range 3 {
		wg.Go(func() { asked <- struct{}{}; results <- x.Read(t.Context(), false, work).Read })
		<-asked
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if d := x.Read(cancelled, false, work); d.Error == "" || d.OK {
		t.Errorf("one that does not wait: %+v", d)
	}
	synctest.Wait() // the three have asked, and wait
	release <- struct{}{}
	<-began
	close(release)
	wg.Wait()
	close(results)
	got := map[int]int{}
	for r := range results {
		got[r]++
	}
	if got[1] != 1 || got[2] != 3 || count != 2 {
		t.Errorf("%d reads; results %v", count, got)
	}
}

// A read of what changed is none of everything; one that was broken off by its asker is nobody's answer.
func TestReadsAreNotSharedFalsely(t *testing.T) { synctest.Test(t, notSharedFalsely) }

func notSharedFalsely(t *testing.T) {
	x := api.NewTurns()
	var wg sync.WaitGroup
	first, goOn := make(chan struct{}), make(chan struct{})
	wg.Go(func() {
		x.Read(t.Context(), false, func() api.SyncDocument { close(first); <-goOn; return api.SyncDocument{} })
	})
	<-first
	var mu sync.Mutex
	fulls, cuts := 0, 0
	ctx, cancel := context.WithCancel(t.Context())
	wg.Go(func() {
		x.Read(ctx, false, func() api.SyncDocument {
			mu.Lock()
			cuts++
			mu.Unlock()
			cancel()
			return api.SyncDocument{Error: "cut"}
		})
	})
	wg.Go(func() {
		if d := x.Read(t.Context(), true, func() api.SyncDocument { mu.Lock(); fulls++; mu.Unlock(); return api.SyncDocument{Full: true} }); !d.Full {
			t.Errorf("%+v", d)
		}
	})
	synctest.Wait() // both have asked, and wait
	close(goOn)
	wg.Wait()
	if fulls != 1 {
		t.Errorf("%d full reads, %d cut off", fulls, cuts)
	}
}
