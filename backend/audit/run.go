package audit

import (
	"context"
	"database/sql"
	"log/slog"
	"time"
)

// Run makes checkpoints and takes them off the machine until ctx ends: at once, then every Config.Every, and sooner after a failure. That
// goes on where nothing was logged: whoever waits for them sees that the program runs. It tells, too, at most once a second, that the log has
// grown, as a change of kind "audit", and sees that the log can be written to; secrets or ways that do not answer do not keep it from that.
// Only the holder of the data directory's lock calls it, and again only after it has returned. Failures are Health's to tell.
func (l *Log) Run(ctx context.Context) {
	l.setRunning(true)
	defer l.setRunning(false)
	l.beginWays(ctx)
	tick := time.NewTicker(announceEvery)
	defer tick.Stop()
	attempts := attempts{log: l, ended: make(chan error, 1)}
	defer attempts.wait()
	var probed time.Time
	var told int64
	for {
		var err error
		if told, err = l.announce(ctx, told); err != nil && ctx.Err() == nil {
			slog.WarnContext(ctx, "nobody can be told that the audit log has grown", "error", err)
		}
		if now := time.Now(); now.Sub(probed) >= retryEvery || l.isUnwritten() {
			probed = now
			l.Probe(ctx)
		}
		attempts.begin(ctx)
		select {
		case <-ctx.Done():
			return
		case err := <-attempts.ended:
			attempts.end(ctx, err)
		case <-tick.C:
		}
	}
}

// attempts are the attempts of Run, beside which it goes on.
type attempts struct {
	log    *Log
	ended  chan error
	busy   bool
	n      int
	latest time.Time // when the last one began
	every  time.Duration
}

// begin begins an attempt when it is time: by the clock that nobody sets, or by the other, which also runs while the machine sleeps.
func (a *attempts) begin(ctx context.Context) {
	now := time.Now()
	isDue := a.n == 0 || now.Sub(a.latest) >= a.every || now.Round(0).Sub(a.latest.Round(0)) >= a.every
	if a.busy || !isDue || a.n > 0 && len(a.log.config.Ways) == 0 {
		return
	}
	a.busy, a.latest, a.n = true, now, a.n+1
	go func() {
		if len(a.log.config.Ways) > 0 {
			a.ended <- a.log.Deliver(ctx)
			return
		}
		err := a.log.check(ctx)
		a.log.setFailure(ctx, err)
		a.ended <- nil
	}()
}

func (a *attempts) end(ctx context.Context, err error) {
	a.busy, a.every = false, a.log.config.Every
	if err != nil && ctx.Err() == nil {
		a.every = min(a.every, retryEvery)
		slog.WarnContext(ctx, "a checkpoint of the audit log could not leave the machine", "error", err)
	}
	if a.n == 1 {
		a.log.firstOnce.Do(func() { close(a.log.first) })
	}
}

// wait is for the one that goes on, which ends with its context.
func (a *attempts) wait() {
	if a.busy {
		<-a.ended
	}
}

func (l *Log) setRunning(is bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.running = is
}

// beginWays writes down since when checkpoints are to go by the ways that are new: that they could not is judged from then on.
func (l *Log) beginWays(ctx context.Context) {
	err := l.store.Write(ctx, func(tx *sql.Tx) error {
		for _, w := range l.config.Ways {
			if _, err := wayIn(ctx, tx, w, l.config.Now().UnixMilli()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil && ctx.Err() == nil {
		slog.WarnContext(ctx, "it cannot be written down since when checkpoints of the audit log are to leave the machine", "error", err)
	}
}

// check holds the lines that are not in the tree yet to the chain, and the tree to the newest checkpoint and to what was signed last. It
// appends nothing. Secrets that cannot be had are no fault where nothing is to be signed.
func (l *Log) check(ctx context.Context) error {
	if err := grow(ctx, l.store); err != nil {
		return err
	}
	k, err := l.kept(ctx)
	hasSecrets := err == nil
	return l.read(ctx, func(tx *sql.Tx) error {
		size, err := stored{ctx, tx}.size()
		if err != nil {
			return err
		}
		if err := continues(ctx, tx, size); err != nil || !hasSecrets {
			return err
		}
		name := "an empty one"
		if size > 0 {
			if name, err = origin(ctx, tx); err != nil {
				return err
			}
		}
		if size == 0 && k.anchor == nil {
			return nil
		}
		return k.stands(ctx, tx, name, size)
	})
}
