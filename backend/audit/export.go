package audit

import (
	"context"
	"database/sql"
	"io"

	"caveat/backend/plain"
	"caveat/backend/store"
)

// Export is Log.Export of a log that nobody signs.
func Export(ctx context.Context, s *store.Store, w io.Writer) error {
	return New(s, Config{}).Export(ctx, w)
}

// Export adds a checkpoint line to the log and writes all lines up to it to w, oldest first, each ended by a newline. Where no checkpoint
// can be signed its line says why: a log that was altered must still come out. A slow w holds nobody up: no connection is held while it is
// written to.
func (l *Log) Export(ctx context.Context, w io.Writer) error { return l.ExportAfter(ctx, 0, w) }

// ExportAfter is Export of the lines after a number alone. Behind an earlier export that ended with that line it makes the whole log.
func (l *Log) ExportAfter(ctx context.Context, after int64, w io.Writer) error {
	last, err := l.exportMark(ctx)
	if err != nil {
		return err
	}
	for after < last {
		page, newest, err := lines(ctx, l.store, after, last)
		if err != nil {
			return err
		}
		if _, err := w.Write(page); err != nil {
			return err
		}
		if after = newest; len(page) == 0 {
			break // lines are missing: whoever verifies is told
		}
	}
	return nil
}

// exportMark appends the checkpoint with which an export ends.
func (l *Log) exportMark(ctx context.Context) (seq int64, err error) {
	unsigned := checkpointEntry{}
	if l.config.Secrets != nil {
		if _, seq, err = l.checkpoint(ctx); err == nil || ctx.Err() != nil {
			return seq, err
		}
		unsigned.Unsigned = plain.Text(err)
	}
	err = l.store.Write(ctx, func(tx *sql.Tx) (err error) {
		seq, err = Append(ctx, tx, TypeCheckpoint, unsigned)
		return err
	})
	return seq, err
}

// How many lines, and about how many bytes, are read at a time.
const (
	pageLines = 500
	pageBytes = 4 << 20
)

// lines reads some lines after a number, up to last, each with its newline.
func lines(ctx context.Context, s *store.Store, after, last int64) (page []byte, newest int64, err error) {
	rows, err := s.Reader().QueryContext(ctx, `SELECT seq, line FROM audit WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?`, after, last, pageLines)
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	for len(page) < pageBytes && rows.Next() {
		var line []byte
		if err := rows.Scan(&newest, &line); err != nil {
			return nil, 0, err
		}
		page = append(append(page, line...), '\n')
	}
	return page, newest, rows.Err()
}
