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
		err = p.book.transaction(ctx, p.dir, func(w *writing) error {
			_, err := w.tx.ExecContext(ctx, `UPDATE entry SET read_at = ?1
				WHERE id IN (SELECT value FROM json_each(?2)) AND directory = ?3 AND read_at < ?1`,
				toMicros(p.asOf), string(list), p.dir)
			return err
		})
		if err != nil {
			return err
		}
	}
	return p.book.transaction(ctx, p.dir, func(w *writing) error {
		_, err := w.tx.ExecContext(ctx, `UPDATE directory SET incomplete = max(incomplete, ?), error = ? WHERE id = ?`,
			p.result.Incomplete, text, p.dir)
		return errors.Join(err, p.recordAttempt(w))
	})
}
