package outbox

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"caveat/backend/draft"
)

// queued is a row of the queue with its recipients, about to be written. Digests, hash of the bytes, marking, times of the check and
// what it is a copy of or split from are the decision's.
type queued struct {
	id         string
	state      State
	channel    draft.Channel
	account    string
	sender     string
	decision   decision
	seq        int64 // the decision's line in the log
	draft      draft.Draft
	size       int64
	overridden bool
	created    time.Time
	next       time.Time // when it may leave
	report     string
	note       string
	targets    []target
}

func (q queued) insert(ctx context.Context, tx *sql.Tx) error {
	x := q.decision
	var checked, epoch, sendAt int64
	if x.Passed != nil {
		checked, epoch = x.Passed.At.UnixMilli(), x.Passed.Epoch
	}
	if q.next.UnixMilli() > q.created.UnixMilli() {
		sendAt = q.next.UnixMilli()
	}
	var c decidedCopy
	if x.Copy != nil {
		c = *x.Copy
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO message (id, state, channel, account, sender, subject, marking, draft, draft_digest,
			report_digest, wire_sha256, wire_size, audit_seq, overridden, created, next_try, checked, epoch, report, send_at, note, folder, copy_of, split_from)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		q.id, q.state, q.channel, q.account, q.sender, q.draft.Subject, x.Marking, string(q.draft.Canonical()), x.Draft,
		x.Report, x.Wire, q.size, q.seq, q.overridden, q.created.UnixMilli(), q.next.UnixMilli(), checked, epoch, q.report, sendAt, q.note, c.Folder, c.Of, x.SplitFrom)
	if err != nil {
		return err
	}
	for i, t := range q.targets {
		if _, err := tx.ExecContext(ctx, `INSERT INTO message_recipient (message, position, address, by_list, state, changed) VALUES (?, ?, ?, ?, ?, ?)`,
			q.id, i, t.Address, t.By, q.state, q.created.UnixMilli()); err != nil {
			return err
		}
	}
	return nil
}

// isMessage is ErrUnknownMessage unless there is a message of that id.
func isMessage(ctx context.Context, tx *sql.Tx, id string) error {
	var is bool
	if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM message WHERE id = ? AND folder = '')`, id).Scan(&is); err != nil {
		return err
	}
	if !is {
		return fmt.Errorf("%w: %s", ErrUnknownMessage, id)
	}
	return nil
}
