package ldapbook

import (
	"context"
	"time"
)

// pacer spreads entries over time, so that a bulk read leaves room on a thin link. The reader that waits doesn't read: the
// server is held back by TCP. The zero value and nil don't limit. A pacer belongs to one goroutine at a time.
type pacer struct {
	every time.Duration // between two entries
	due   time.Time     // of the next entry
	slack time.Duration // how far behind the plan it may catch up
	now   func() time.Time
	sleep func(ctx context.Context, d time.Duration) error
}

// newPacer returns one for so many entries per second; nil for 0 or less, which is no limit.
func newPacer(perSecond int) *pacer {
	if perSecond <= 0 {
		return nil
	}
	return &pacer{every: time.Second / time.Duration(perSecond), slack: 100 * time.Millisecond, now: time.Now, sleep: sleep}
}

// wait returns when the next entry is due, or with the context's error. It sleeps for a millisecond or more at a time, for
// shorter sleeps are not exact; in between, entries pass at once.
func (p *pacer) wait(ctx context.Context) error {
	if p == nil || p.every == 0 {
		return ctx.Err()
	}
	now := p.now()
	if earliest := now.Add(-p.slack); p.due.Before(earliest) {
		p.due = earliest // what was not used while the server was slow is lost, but for a little
	}
	ahead := p.due.Sub(now)
	p.due = p.due.Add(p.every)
	if ahead < time.Millisecond {
		return ctx.Err()
	}
	return p.sleep(ctx, ahead)
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
