package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"caveat/backend/plain"
	"caveat/backend/store"
)

// DefaultEvery is how often a checkpoint leaves the machine where nothing else is said.
const DefaultEvery = 15 * time.Minute

const (
	// announceEvery is how often those who watch the log are told that it has grown.
	announceEvery = time.Second
	// retryEvery is how soon what failed is tried again, and how often it is seen that the log can be written to.
	retryEvery = time.Minute
)

// deliveryEntry is what a delivery line says: a way began to fail, or works again.
type deliveryEntry struct {
	Way     string `json:"way"`
	Place   string `json:"place"`
	Problem string `json:"problem,omitempty"` // empty: it works again
}

// Run makes checkpoints and takes them off the machine until ctx ends: at once, then every Config.Every, and sooner after a failure. That
// goes on where nothing was logged: whoever waits for them sees that the program runs. It tells, too, at most once a second, that the log has
// grown, as a change of kind "audit", and sees that the log can be written to. Only the holder of the data directory's lock calls it. Failures
// are Health's to tell.
func (l *Log) Run(ctx context.Context) {
	tick := time.NewTicker(announceEvery)
	defer tick.Stop()
	var probed time.Time
	if len(l.config.Ways) == 0 {
		l.setFailure(ctx, l.check(ctx))
	}
	var next time.Time
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
		if now := time.Now(); len(l.config.Ways) > 0 && !now.Before(next) { // the monotonic clock, which nobody sets
			next = now.Add(l.config.Every)
			if err := l.Deliver(ctx); err != nil && ctx.Err() == nil {
				next = now.Add(min(l.config.Every, retryEvery))
				slog.WarnContext(ctx, "a checkpoint of the audit log could not leave the machine", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// check holds the lines that are not in the tree yet to the chain, and the tree to the newest checkpoint. It appends nothing.
func (l *Log) check(ctx context.Context) error {
	if err := grow(ctx, l.store); err != nil {
		return err
	}
	return l.read(ctx, func(tx *sql.Tx) error {
		size, err := stored{ctx, tx}.size()
		if err != nil {
			return err
		}
		return continues(ctx, tx, size)
	})
}

// Probe sees whether anything can be written beside the log, and so to it: a disk that is full, or a file that may only be read, is told
// before somebody sends.
func (l *Log) Probe(ctx context.Context) {
	err := l.store.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO audit_way (name, place, began, gone) VALUES ('log', '', ?1, ?1) ON CONFLICT (name) DO UPDATE SET gone = ?1`,
			l.config.Now().UnixMilli())
		return err
	})
	if ctx.Err() != nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.unwritten = err
}

func (l *Log) isUnwritten() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.unwritten != nil
}

// announce tells that there are lines after those that were told of.
func (l *Log) announce(ctx context.Context, told int64) (int64, error) {
	var newest int64
	err := l.store.Reader().QueryRowContext(ctx, `SELECT coalesce(max(seq), 0) FROM audit`).Scan(&newest)
	if err != nil || newest == told {
		return told, err
	}
	return newest, l.store.Write(ctx, func(tx *sql.Tx) error {
		return store.Changed(ctx, tx, ChangeAudit, strconv.FormatInt(newest, 10))
	})
}

// ChangeAudit is the kind of change that says that the log has grown, or that its health is another.
const ChangeAudit = "audit"

// Deliver takes the newest checkpoint, made now when the log has grown since the last one, off the machine by every way. What failed is
// written down for Health, and is the error.
func (l *Log) Deliver(ctx context.Context) error {
	c, err := l.fresh(ctx)
	l.setFailure(ctx, err)
	var errs []error
	for _, w := range l.config.Ways {
		failure := err
		if failure == nil {
			failure = l.send(ctx, w, c)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if failure != nil {
			failure = fmt.Errorf("%s %s: %w", w.Name(), w.Place(), failure)
		}
		errs = append(errs, failure, l.noteSent(ctx, w, c, failure))
	}
	return errors.Join(errs...)
}

// fresh is a checkpoint of all lines but those that checkpoints are.
func (l *Log) fresh(ctx context.Context) (c Checkpoint, err error) {
	grown := true
	err = l.read(ctx, func(tx *sql.Tx) error {
		if c, _, err = newest(ctx, tx, 0); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `SELECT max(seq) > ? FROM audit`, c.Size+1).Scan(&grown)
	})
	if err != nil && !errors.Is(err, errNone) {
		return Checkpoint{}, err
	}
	if grown {
		return l.Checkpoint(ctx)
	}
	return c, nil
}

// send sends a checkpoint by one way, after the one that lies there already was held against the log: nobody can have changed it here.
func (l *Log) send(ctx context.Context, w Way, c Checkpoint) error {
	kept, err := w.Kept()
	if err != nil {
		return err
	}
	if kept != nil {
		if err := l.holdsKept(ctx, kept, c); err != nil {
			if errors.Is(err, ErrTampered) {
				l.Alter(err)
			}
			return err
		}
	}
	return w.Send(ctx, c)
}

// holdsKept is ErrTampered when the log is not what it was when a checkpoint was taken away, ErrNote when that is not this log's.
func (l *Log) holdsKept(ctx context.Context, kept []byte, now Checkpoint) error {
	return l.read(ctx, func(tx *sql.Tx) error {
		keys, err := keysOf(ctx, tx)
		if err != nil {
			return err
		}
		before, err := openNote(kept, keys)
		if err != nil {
			return fmt.Errorf("what lies there is no checkpoint of this log; choose another place for this one's: %w", err)
		}
		return holds(ctx, tx, before, now.Size)
	})
}

// noteSent writes down what became of a checkpoint, and in the log that a way began to fail or works again.
func (l *Log) noteSent(ctx context.Context, w Way, c Checkpoint, failure error) error {
	now, problem := l.config.Now().UnixMilli(), plain.Text(failure)
	return l.store.Write(ctx, func(tx *sql.Tx) error {
		was, err := wayIn(ctx, tx, w, now)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE audit_way SET problem = ?1, gone = iif(?1 = '', ?2, gone), size = iif(?1 = '', ?3, size) WHERE name = ?4`,
			problem, now, c.Size, w.Name())
		if err != nil {
			return err
		}
		if (was == "") == (problem == "") {
			return nil
		}
		if _, err := Append(ctx, tx, TypeDelivery, deliveryEntry{Way: w.Name(), Place: w.Place(), Problem: problem}); err != nil {
			return err
		}
		return store.Changed(ctx, tx, ChangeAudit, "")
	})
}

// wayIn reads the problem that a way had; one that leads elsewhere now begins anew.
func wayIn(ctx context.Context, tx *sql.Tx, w Way, now int64) (problem string, err error) {
	err = tx.QueryRowContext(ctx, `INSERT INTO audit_way (name, place, began) VALUES (?1, ?2, ?3)
		ON CONFLICT (name) DO UPDATE SET began = iif(place = ?2, began, ?3), gone = iif(place = ?2, gone, 0), size = iif(place = ?2, size, 0),
		problem = iif(place = ?2, problem, ''), place = ?2 RETURNING problem`, w.Name(), w.Place(), now).Scan(&problem)
	return problem, err
}

// read runs f in a transaction that only reads.
func (l *Log) read(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := l.store.Reader().BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	return f(tx)
}
