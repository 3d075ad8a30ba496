package ldapbook

import (
	"context"
	"database/sql"
	"encoding/binary"
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
		err := p.book.transaction(ctx, p.dir, func(w *writing) error {
			list, err := w.withoutDynamic(ids)
			if err != nil {
				return err
			}
			_, err = w.tx.ExecContext(ctx, `UPDATE entry SET read_at = ?1
				WHERE id IN (SELECT value FROM json_each(?2)) AND directory = ?3 AND read_at < ?1`,
				toMicros(p.asOf), list, p.dir)
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

// withoutDynamic leaves out the rows of dynamic lists: one that a server called unchanged was not asked for its members, and one that
// it sent has its time already. The answer is a JSON array.
func (w *writing) withoutDynamic(ids []int64) (string, error) {
	all, err := numbersJSON(ids)
	if err != nil {
		return "", err
	}
	rows, err := w.tx.QueryContext(w.ctx, `SELECT e.id, e.body FROM json_each(?) j CROSS JOIN entry e ON e.id = j.value`, all)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	kept := make([]int64, 0, len(ids))
	var id int64
	var body sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&id, &body); err != nil {
			return "", err
		}
		if flags, _ := binary.Uvarint(body); flags&bodyDynamic == 0 {
			kept = append(kept, id)
		}
	}
	if err := rows.Err(); err != nil {
		return "", err
	}
	return numbersJSON(kept)
}
