package store

import (
	"context"
	"database/sql"
	"time"
)

// Change is one thing that changed, for whoever shows it. Kind names the thing ("message", "book", "job"); ID which one.
type Change struct {
	Seq  int64  `json:"seq"`
	Kind string `json:"kind"`
	ID   string `json:"id"`
}

// keptChanges is how many changes are remembered; who asks from further back starts anew.
const keptChanges = 10_000

// Changed records a change in the transaction that makes it, so that other processes see both or neither.
func Changed(ctx context.Context, tx *sql.Tx, kind, id string) error {
	r, err := tx.ExecContext(ctx, `INSERT INTO change (kind, subject) VALUES (?, ?)`, kind, id)
	if err != nil {
		return err
	}
	seq, err := r.LastInsertId()
	if err != nil || seq%100 != 0 {
		return err
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM change WHERE seq <= ?`, seq-keptChanges)
	return err
}

// Changes returns what changed after seq and the newest seq. reset: seq is not known here (too old, or of another
// database), and the asker must read everything anew.
func (s *Store) Changes(ctx context.Context, after int64) (changes []Change, newest int64, reset bool, err error) {
	tx, err := s.r.BeginTx(ctx, &sql.TxOptions{ReadOnly: true}) // one view: nothing may be forgotten between the two questions
	if err != nil {
		return nil, 0, false, err
	}
	defer tx.Rollback()
	var oldest int64
	if err := tx.QueryRowContext(ctx, `SELECT coalesce(min(seq), 0), coalesce(max(seq), 0) FROM change`).Scan(&oldest, &newest); err != nil {
		return nil, 0, false, err
	}
	if after > newest || after < oldest-1 {
		return nil, newest, true, nil
	}
	rows, err := tx.QueryContext(ctx, `SELECT seq, kind, subject FROM change WHERE seq > ? ORDER BY seq LIMIT 1000`, after)
	if err != nil {
		return nil, 0, false, err
	}
	defer rows.Close()
	for rows.Next() {
		var c Change
		if err := rows.Scan(&c.Seq, &c.Kind, &c.ID); err != nil {
			return nil, 0, false, err
		}
		changes = append(changes, c)
		newest = c.Seq
	}
	return changes, newest, false, rows.Err()
}

// NewestChange is the number of the newest change, 0 when there is none.
func (s *Store) NewestChange(ctx context.Context) (seq int64, err error) {
	err = s.r.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0) FROM change`).Scan(&seq)
	return seq, err
}

// WaitChange returns when something changed after seq, in this process or another, or when ctx ends. It looks at SQLite's
// data_version, which costs no read of a table.
func (s *Store) WaitChange(ctx context.Context, after int64) error {
	conn, err := s.watch.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	var last int64 = -1
	for {
		var version, newest int64
		if err := conn.QueryRowContext(ctx, `PRAGMA data_version`).Scan(&version); err != nil {
			return err
		}
		if version != last {
			last = version
			if err := conn.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0) FROM change`).Scan(&newest); err != nil {
				return err
			}
			if newest > after {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// EachChange does work now and after each change, and at least every second, so that no clock can make it late. It ends with
// ctx, without an error, or with the error of work. Changes during the work are not missed.
func (s *Store) EachChange(ctx context.Context, work func(context.Context) error) error {
	for {
		seq, err := s.NewestChange(ctx)
		if err == nil {
			err = work(ctx)
		}
		if err == nil {
			wait, cancel := context.WithTimeout(ctx, time.Second)
			err = s.WaitChange(wait, seq)
			if wait.Err() != nil {
				err = nil // a question that is cut short need not say so in its error
			}
			cancel()
		}
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return err
		}
	}
}
