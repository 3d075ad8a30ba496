package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
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
	Problem string `json:"problem,omitempty"` // empty: it works again; or that what lay there was taken away
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
		failure, taken := err, ""
		if failure == nil {
			taken, failure = l.send(ctx, w, c)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if failure != nil {
			failure = fmt.Errorf("%s %s: %w", w.Name(), w.Place(), failure)
		}
		errs = append(errs, failure, l.noteTaken(ctx, w, taken), l.noteSent(ctx, w, c, failure))
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
	return c, l.isLast(ctx, c)
}

// isLast holds the log to what was signed last, though nothing was added to it since, and stores that where it was not.
func (l *Log) isLast(ctx context.Context, c Checkpoint) error {
	k, err := l.kept(ctx)
	if err != nil {
		return err
	}
	err = l.read(ctx, func(tx *sql.Tx) error { return k.stands(ctx, tx, c.Origin, c.Size) })
	if err == nil && (k.anchor == nil || k.anchor.Size < c.Size) {
		err = l.keep(ctx, c)
	}
	return err
}

// send sends a checkpoint by one way, after the one that lies there already was held against the log: nobody can have changed it here.
// taken: fewer lines lie there than went.
func (l *Log) send(ctx context.Context, w Way, c Checkpoint) (taken string, err error) {
	note, err := w.Kept(ctx)
	if err != nil && !errors.Is(err, ErrNoneKept) {
		return "", fmt.Errorf("what lies there: %w", err)
	}
	var lies int64
	if note != nil {
		if lies, err = l.holdsKept(ctx, note, c); err != nil {
			if errors.Is(err, ErrTampered) {
				l.Alter(err)
			}
			return "", err
		}
	}
	if note != nil || errors.Is(err, ErrNoneKept) {
		if taken, err = l.tookAway(ctx, w, lies); err != nil {
			return "", err
		}
	}
	return taken, w.Send(ctx, c)
}

// tookAway says that what went by a way does not lie there any more: somebody took it, or put an older one there; "": it does.
func (l *Log) tookAway(ctx context.Context, w Way, lies int64) (string, error) {
	var gone int64
	err := l.store.Reader().QueryRowContext(ctx, `SELECT coalesce(max(size), 0) FROM audit_way WHERE name = ? AND place = ?`, w.Name(), w.Place()).Scan(&gone)
	switch {
	case err != nil || lies >= gone:
		return "", err
	case lies == 0:
		return fmt.Sprintf("The newest checkpoint in %s, of %d lines, was taken away by somebody; this log still holds what was signed last", w.Place(), gone), nil
	}
	return fmt.Sprintf("In %s lay a checkpoint of %d lines, though one of %d went there: somebody put an older one in its place", w.Place(), lies, gone), nil
}

// holdsKept is ErrTampered when the log is not what it was when a checkpoint was taken away, ErrNote when that is not this log's; size is
// how many lines that covers.
func (l *Log) holdsKept(ctx context.Context, note []byte, now Checkpoint) (size int64, err error) {
	err = l.read(ctx, func(tx *sql.Tx) error {
		keys, err := keysOf(ctx, tx)
		if err != nil {
			return err
		}
		before, err := openNote(note, keys)
		if err != nil {
			return fmt.Errorf("what lies there is no checkpoint of this log; choose another place for this one's: %w", err)
		}
		size = before.Size
		return holds(ctx, tx, before, now.Size)
	})
	return size, err
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

// noteTaken tells of a checkpoint that was taken away, in the log and for as long as this process runs.
func (l *Log) noteTaken(ctx context.Context, w Way, taken string) error {
	if taken == "" {
		return nil
	}
	l.mu.Lock()
	l.taken = append(l.taken, taken+", noticed on "+moment(l.config.Now())+".")
	l.mu.Unlock()
	return l.store.Write(ctx, func(tx *sql.Tx) error {
		if _, err := Append(ctx, tx, TypeDelivery, deliveryEntry{Way: w.Name(), Place: w.Place(), Problem: taken}); err != nil {
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
