package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"caveat/backend/store"
)

// restoredEntry is what the line of a log says that was brought back from a backup. The members are those of any change of settings.
type restoredEntry struct {
	What   string `json:"what"`
	By     string `json:"by"`
	Kind   string `json:"kind"`
	Change string `json:"change"`
}

// NoteRestored writes into a log that was brought back from a backup that it was: what says of which, and up to which line, by who did it.
func NoteRestored(ctx context.Context, s *store.Store, what, by string) error {
	return s.Write(ctx, func(tx *sql.Tx) error {
		seq, err := Append(ctx, tx, TypeSettings, restoredEntry{What: what, By: by, Kind: "audit", Change: "restored"})
		if err != nil {
			return err
		}
		return mark(ctx, tx, markRestored, seq, 0)
	})
}

// anewEntry is what the line says with which a new series of checkpoints begins.
type anewEntry struct {
	What   string            `json:"what"`
	By     string            `json:"by"`
	Kind   string            `json:"kind"`
	Change string            `json:"change"`
	Reason string            `json:"reason"`
	Before string            `json:"before,omitempty"` // the note of what was signed last
	Lay    map[string]string `json:"lay,omitempty"`    // by way, the note that lay there
}

// BeginAnew begins a new series of checkpoints, as after a backup was brought back: what was signed before does not count any more, and is a
// line of the log, with who did it and why. The first checkpoint of the new series is signed, kept, and goes by every way, whatever lies
// there, which stays beside it where it can. A process that found the log altered must be started again. Errors: ErrTampered where the log
// does not hold together by itself, which nothing but a backup mends; ErrKey; ErrNote where another log's checkpoints lie; those of the
// ways. What failed can be done again.
func (l *Log) BeginAnew(ctx context.Context, by, reason string) (c Checkpoint, err error) {
	k, err := l.ready(ctx, true)
	if err != nil {
		return Checkpoint{}, err
	}
	e := anewEntry{What: "checkpoints of the audit log begin anew", By: by, Kind: "audit", Change: "begun-anew", Reason: reason}
	if k.anchor != nil {
		e.Before = k.anchor.Note
	}
	if e.Lay, err = l.lying(ctx, k); err != nil {
		return Checkpoint{}, err
	}
	err = l.store.Write(ctx, func(tx *sql.Tx) error {
		c, err = l.beginIn(ctx, tx, k, e)
		return err
	})
	if err == nil {
		err = l.keep(ctx, c)
	}
	if err != nil {
		return Checkpoint{}, err
	}
	l.mu.Lock()
	l.altered, l.failed = nil, nil
	l.mu.Unlock()
	var errs []error
	for _, w := range l.config.Ways {
		failure := w.Send(ctx, c)
		if failure != nil {
			failure = fmt.Errorf("%s %s: %w", w.Name(), w.Place(), failure)
		}
		errs = append(errs, failure, l.noteSent(ctx, w, c, failure))
	}
	return c, errors.Join(errs...)
}

// lying reads what lies where checkpoints go. What is a note of a log that was never here is left to that log.
func (l *Log) lying(ctx context.Context, k kept) (map[string]string, error) {
	var name string
	err := l.read(ctx, func(tx *sql.Tx) (err error) {
		name, err = origin(ctx, tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	lay := map[string]string{}
	for _, w := range l.config.Ways {
		text, err := w.Kept(ctx)
		switch {
		case errors.Is(err, ErrNoneKept), errors.Is(err, ErrNote): // nothing to keep
		case err != nil:
			return nil, fmt.Errorf("%s %s: what lies there: %w", w.Name(), w.Place(), err)
		case text != nil:
			said, _, _ := strings.Cut(string(text), "\n\n")
			c, err := parseText(said + "\n")
			if err == nil && c.Origin != name && (k.anchor == nil || k.anchor.Origin != c.Origin) {
				return nil, fmt.Errorf("%s %s: %w: checkpoints of another log, %s, lie there: choose another place for this one's", w.Name(), w.Place(), ErrNote, c.Origin)
			}
			lay[w.Name()] = strings.ToValidUTF8(string(text), "\uFFFD")
		}
	}
	return lay, nil
}

// beginIn works the tree out anew from the lines, holds it to the checkpoints that stand in the log itself, and signs.
func (l *Log) beginIn(ctx context.Context, tx *sql.Tx, k kept, e anewEntry) (Checkpoint, error) {
	if _, err := tx.ExecContext(ctx, `DELETE FROM audit_tree`); err != nil {
		return Checkpoint{}, err
	}
	t, err := wholeTree(ctx, tx)
	if err == nil {
		err = continues(ctx, tx, t.size)
	}
	if err != nil {
		return Checkpoint{}, fmt.Errorf("bring a backup back: no series of checkpoints can begin here: %w", err)
	}
	seq, err := Append(ctx, tx, TypeSettings, e)
	if err == nil {
		err = mark(ctx, tx, markAnew, seq, 0)
	}
	if err == nil {
		_, err = tx.ExecContext(ctx, `UPDATE audit_way SET size = 0`)
	}
	if err != nil {
		return Checkpoint{}, err
	}
	c, _, err := l.checkpointIn(ctx, tx, k)
	return c, err
}
