package ldapbook

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"
)

// recordFailure closes a read that failed or brought only a part: what it brought counts as read, nothing is removed.
func (p *pass) recordFailure(ctx context.Context, cause error) error {
	text := "the directory referred to other servers; what they hold was not read"
	if cause != nil {
		text = cause.Error()
	}
	// The caller's context may be what ended the read; what happened is recorded all the same.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	for ids := range slices.Chunk(p.ids, batchSize) {
		list, err := json.Marshal(ids)
		if err != nil {
			return err
		}
		_, err = p.book.write.ExecContext(ctx, `UPDATE entry SET read_at = ?1
			WHERE id IN (SELECT value FROM json_each(?2)) AND directory = ?3 AND read_at < ?1`,
			toMicros(p.asOf), string(list), p.dir)
		if err != nil {
			return databaseError(err)
		}
	}
	_, err := p.book.write.ExecContext(ctx, `UPDATE directory SET incomplete = max(incomplete, ?), error = ? WHERE id = ?`,
		p.result.Incomplete, text, p.dir)
	return databaseError(errors.Join(err, p.recordAttempt(ctx, p.book.write)))
}

// mergeThreshold: rows written in one read after which the index is put in order.
const mergeThreshold = 5000

// mergeIndex joins the parts of the word index that a large write left, in short steps, so that others may write too.
func (b *Book) mergeIndex(ctx context.Context, written int) error {
	if written < mergeThreshold {
		return nil
	}
	for pages := -1000; ; pages = 1000 {
		conn, err := b.write.Conn(ctx)
		if err != nil {
			return databaseError(err)
		}
		var before, after int64
		err = errors.Join(
			conn.QueryRowContext(ctx, `SELECT total_changes()`).Scan(&before),
			execOn(ctx, conn, `INSERT INTO words (words, rank) VALUES ('merge', ?)`, pages),
			conn.QueryRowContext(ctx, `SELECT total_changes()`).Scan(&after),
			conn.Close())
		if err != nil {
			return databaseError(err)
		}
		if after-before < 2 {
			return nil
		}
	}
}
