package outbox

import (
	"context"
	"database/sql"
	"errors"

	"caveat/backend/audit"
	"caveat/backend/store"
)

// Spooled is a file of the spool that a row names.
type Spooled struct {
	SHA256 string // its name
	Size   int64  // bytes
}

// SpooledBy lists the files of the spool that a database's rows name: what was sent or waits, and what is attached to drafts. They
// were there, durably, before their rows.
func SpooledBy(ctx context.Context, db store.Querier) ([]Spooled, error) {
	rows, err := db.QueryContext(ctx, `SELECT wire_sha256, wire_size FROM message UNION SELECT sha256, size FROM attachment ORDER BY 1`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Spooled
	for rows.Next() {
		var x Spooled
		if err := rows.Scan(&x.SHA256, &x.Size); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, errors.Join(rows.Err(), rows.Close())
}

// HoldAll keeps everything that waits from leaving, each message for the user to decide, and writes that into the log: after a database
// was brought back from a backup nobody here knows what has left since (RULES 25). What had been handed over without an answer is
// perhaps-delivered. Copies wait on: whoever keeps one looks first whether it is there. by is who does it. It returns how many are held.
func (b *Box) HoldAll(ctx context.Context, by, note string) (n int, err error) {
	err = b.store.Write(ctx, func(tx *sql.Tx) error {
		for from, to := range map[State]State{Queued: Held, Deferred: Held, Sending: Held, BodySent: PerhapsDelivered} {
			ids, err := store.Column[string](ctx, tx, `SELECT id FROM message WHERE state = ? AND folder = ''`, from)
			if err != nil {
				return err
			}
			for _, id := range ids {
				if err := b.move(ctx, tx, id, to, note); err != nil {
					return err
				}
			}
			n += len(ids)
		}
		_, err := audit.Append(ctx, tx, audit.TypeSettings, map[string]any{"what": note, "by": by, "held": n})
		return err
	})
	return n, err
}
