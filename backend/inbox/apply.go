package inbox

import (
	"context"
	"crypto/rand"
	"database/sql"
	"slices"
	"strings"

	"caveat/backend/message"
	"caveat/backend/store"
)

// begin makes the rows of the mailboxes that are configured, and removes what was read of others.
func (b *Box) begin(ctx context.Context) error {
	return b.store.Write(ctx, func(tx *sql.Tx) error {
		have, err := store.Column[string](ctx, tx, `SELECT name FROM inbox_mailbox`)
		if err != nil {
			return err
		}
		for _, name := range have {
			m, ok := b.mailbox(name)
			if _, err := tx.ExecContext(ctx, `DELETE FROM inbox_mailbox WHERE name = ? AND (NOT ? OR place <> ?)`, name, ok, m.Place); err != nil {
				return err
			}
		}
		for _, m := range b.config.Mailboxes {
			if _, err := tx.ExecContext(ctx, `INSERT INTO inbox_mailbox (name, place) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET online = 0`, m.Name, m.Place); err != nil {
				return err
			}
			if err := store.Changed(ctx, tx, ChangeKind, m.Name); err != nil {
				return err
			}
		}
		return nil
	})
}

// known is how far a mailbox was read, and the messages that are known of it.
func (b *Box) known(ctx context.Context, mailbox string) (s State, uids []uint32, err error) {
	var modseq int64
	if err := b.store.Reader().QueryRowContext(ctx, `SELECT validity, next_uid, modseq FROM inbox_mailbox WHERE name = ?`, mailbox).
		Scan(&s.Validity, &s.NextUID, &modseq); err != nil {
		return State{}, nil, err
	}
	s.ModSeq = uint64(modseq)
	list, err := store.Column[int64](ctx, b.store.Reader(), `SELECT uid FROM inbox_message WHERE mailbox = ? AND uid > 0`, mailbox)
	for _, u := range list {
		uids = append(uids, uint32(u))
	}
	return s, uids, err
}

// apply takes in what changed: all of it, with the State, or nothing. Of what is new, no more than the newest are listed.
func (b *Box) apply(ctx context.Context, mailbox string, c Changes) error {
	return b.store.Write(ctx, func(tx *sql.Tx) error {
		if c.Reset {
			// The old rows wait, without a number, for their message to be found again.
			if _, err := tx.ExecContext(ctx, `UPDATE inbox_message SET uid = 0 WHERE mailbox = ?`, mailbox); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `DELETE FROM inbox_message WHERE mailbox = ? AND head = ''`, mailbox); err != nil {
				return err
			}
		}
		for _, uid := range c.Vanished {
			if _, err := tx.ExecContext(ctx, `DELETE FROM inbox_message WHERE mailbox = ? AND uid = ?`, mailbox, uid); err != nil {
				return err
			}
		}
		for _, f := range c.Flags {
			// What the user did and the mailbox does not know yet stays.
			if _, err := tx.ExecContext(ctx, `UPDATE inbox_message SET seen = CASE to_mark WHEN 1 THEN max(seen, ?1) ELSE ?1 END,
				answered = CASE to_mark WHEN 1 THEN max(answered, ?2) ELSE ?2 END WHERE mailbox = ?3 AND uid = ?4`, f.Seen, f.Answered, mailbox, f.UID); err != nil {
				return err
			}
		}
		if err := b.add(ctx, tx, mailbox, c); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE inbox_mailbox SET validity = ?, next_uid = ?, modseq = ? WHERE name = ?`,
			c.State.Validity, c.State.NextUID, int64(c.State.ModSeq), mailbox); err != nil {
			return err
		}
		if !c.Reset && len(c.New)+len(c.Flags)+len(c.Vanished) == 0 {
			return nil
		}
		return store.Changed(ctx, tx, ChangeKind, mailbox)
	})
}

// add lists new messages, and lets the oldest go where there are too many.
func (b *Box) add(ctx context.Context, tx *sql.Tx, mailbox string, c Changes) error {
	list := slices.Clone(c.New)
	for i := range list {
		if list[i].Received = message.Moment(list[i].Received); list[i].Received.IsZero() {
			list[i].Received = b.config.Now() // the mailbox does not tell: it stands where it is seen
		}
	}
	slices.SortStableFunc(list, func(x, y Listed) int { return y.Received.Compare(x.Received) })
	left := c.LeftOut || len(list) > b.config.MaxMessages
	for _, m := range list[:min(len(list), b.config.MaxMessages)] {
		if _, err := tx.ExecContext(ctx, `INSERT INTO inbox_message (id, mailbox, uid, received, size, seen, answered, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			strings.ToLower(rand.Text()), mailbox, m.UID, m.Received.UnixMilli(), m.Size, m.Seen, m.Answered, stateListed); err != nil {
			return err
		}
	}
	r, err := tx.ExecContext(ctx, `DELETE FROM inbox_message WHERE mailbox = ?1 AND uid > 0 AND id NOT IN
		(SELECT id FROM inbox_message WHERE mailbox = ?1 AND uid > 0 ORDER BY received DESC, id DESC LIMIT ?2)`, mailbox, b.config.MaxMessages)
	if err != nil {
		return err
	}
	n, err := r.RowsAffected()
	if err != nil {
		return err
	}
	if c.Reset {
		_, err = tx.ExecContext(ctx, `UPDATE inbox_mailbox SET left_out = ? WHERE name = ?`, left, mailbox)
	} else if left || n > 0 {
		_, err = tx.ExecContext(ctx, `UPDATE inbox_mailbox SET left_out = 1 WHERE name = ?`, mailbox)
	}
	return err
}

// told writes down how a mailbox is: read to its end now, or away because of err.
func (b *Box) told(ctx context.Context, mailbox string, problem string) error {
	return b.store.Write(context.WithoutCancel(ctx), func(tx *sql.Tx) error {
		var err error
		if problem == "" {
			_, err = tx.ExecContext(ctx, `UPDATE inbox_mailbox SET online = 1, problem = '', synced = ? WHERE name = ?`, b.config.Now().UnixMilli(), mailbox)
		} else {
			_, err = tx.ExecContext(ctx, `UPDATE inbox_mailbox SET online = 0, problem = ? WHERE name = ?`, problem, mailbox)
		}
		if err != nil {
			return err
		}
		return store.Changed(ctx, tx, ChangeKind, mailbox)
	})
}
