package api

import (
	"context"
	"slices"
	"sync"
	"time"

	"caveat/backend/outbox"
	"caveat/backend/store"
)

// mostAttempts is how many attempts to send are held for trying rules on them; of more, the newest.
const mostAttempts = 100_000

// attempts holds the last days of the log's attempts to send, as far as rules ask about them: reading them again for every keystroke in
// a form would take long. The zero value holds none. It is safe for concurrent use.
type attempts struct {
	mu     sync.Mutex
	newest int64     // line of the log that was read up to
	from   time.Time // how far back what is held goes
	held   []outbox.Logged
}

// since gives the attempts since a time, newest first. What was held is read on from where it ends.
func (a *attempts) since(ctx context.Context, s *store.Store, since time.Time) ([]outbox.Logged, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.newest == 0 || since.Before(a.from) {
		a.newest, a.held, a.from = 0, nil, since
	}
	var more []outbox.Logged
	newest, err := outbox.Attempts(ctx, s, since, a.newest, func(x outbox.Logged) error {
		if len(more) < mostAttempts {
			more = append(more, x)
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, err
	}
	a.newest = newest
	a.held = slices.Concat(more, a.held)
	a.held = a.held[:min(len(a.held), mostAttempts)]
	for len(a.held) > 0 && a.held[len(a.held)-1].At.Before(since) {
		a.held = a.held[:len(a.held)-1]
	}
	return a.held, nil
}
