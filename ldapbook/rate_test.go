package ldapbook_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"caveat/ldapbook"
)

func TestPace(t *testing.T) {
	for name, test := range map[string]struct {
		perSecond, n int
		work         time.Duration
		atLeast      time.Duration // seconds on the test's own clock
		atMost       time.Duration
	}{
		"no limit":                   {0, 10_000, 0, 0, 0},
		"500 per second":             {500, 5000, 0, 9800 * time.Millisecond, 10 * time.Second},
		"more than one in a ms":      {50_000, 100_000, 0, 1800 * time.Millisecond, 2 * time.Second},
		"one per second":             {1, 5, 0, 3800 * time.Millisecond, 5 * time.Second},
		"a slow server isn't slowed": {100, 100, 50 * time.Millisecond, 5 * time.Second, 5 * time.Second},
		"nor by half its own work":   {100, 100, 5 * time.Millisecond, 850 * time.Millisecond, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			if got := ldapbook.Pace(test.perSecond, test.n, test.work); got < test.atLeast || got > test.atMost {
				t.Errorf("%v", got)
			}
		})
	}
}

// A sync keeps to the source's rate: at one entry per second, thirty are not read before the context ends.
func TestSyncKeepsToTheRate(t *testing.T) {
	w := startEmbedded(t, startOptions{entries: crowd(30)})
	w.ldap.Rate = 1
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	b := openBook(t)
	if r, err := b.Sync(ctx, w.ldap, nil); !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, ldapbook.ErrTimeout) || r.Read >= 30 {
		t.Errorf("%+v, %v", r, err)
	}
	w.ldap.Rate = 100_000
	mustSync(t, b, w.ldap)
}
