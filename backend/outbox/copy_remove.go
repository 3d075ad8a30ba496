package outbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"caveat/backend/plain"
	"caveat/backend/store"
)

// waitingCopies are the states of a copy that is not known to be in the mailbox.
var waitingCopies = []State{Queued, Deferred, Sending, BodySent}

// forgottenNote is what is written down of a copy whose time is over.
const forgottenNote = "The draft was sent or deleted, or a newer copy took its place."

// ForgetDraft ends the copies of a stored draft that was sent or deleted: those that nobody tried to keep yet are dropped, all others
// are taken out of the mailbox. The caller's transaction is the one that sends or deletes it.
func (b *Box) ForgetDraft(ctx context.Context, tx *sql.Tx, id string) error {
	return b.forget(ctx, tx, id, append(slices.Clone(waitingCopies), Accepted)...)
}

// forget ends the copies of a stored draft that are in one of some states.
func (b *Box) forget(ctx context.Context, tx *sql.Tx, id string, states ...State) error {
	for _, s := range states {
		all, err := store.Column[string](ctx, tx, `SELECT id FROM message WHERE copy_of = ? AND folder <> '' AND folder = ? AND state = ?`, id, Drafts, s)
		if err != nil {
			return err
		}
		for _, x := range all {
			if err := b.forgetOne(ctx, tx, x); err != nil {
				return err
			}
		}
	}
	return nil
}

// forgetOne drops a copy that nobody tried to keep yet, and has any other one taken out: an attempt may have kept it unseen.
func (b *Box) forgetOne(ctx context.Context, tx *sql.Tx, id string) error {
	var attempts int
	if err := tx.QueryRowContext(ctx, `SELECT attempts FROM message WHERE id = ?`, id).Scan(&attempts); err != nil {
		return err
	}
	if attempts == 0 {
		return b.move(ctx, tx, id, Dropped, forgottenNote)
	}
	return b.unwant(ctx, tx, id)
}

// unwant has a copy taken out of the mailbox.
func (b *Box) unwant(ctx context.Context, tx *sql.Tx, id string) error {
	if err := b.move(ctx, tx, id, Removing, forgottenNote); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `UPDATE message SET next_try = ?, attempts = 0 WHERE id = ?`, b.config.Now().UnixMilli(), id)
	return err
}

// removeEarlier has the other copies of a draft taken out of the mailbox, of which one was just kept.
func (b *Box) removeEarlier(ctx context.Context, tx *sql.Tx, l loaded) error {
	ids, err := store.Column[string](ctx, tx, `SELECT id FROM message WHERE copy_of = ? AND folder <> '' AND folder = ? AND state = ? AND id <> ?`, l.of(), Drafts, Accepted, l.id)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := b.unwant(ctx, tx, id); err != nil {
			return err
		}
	}
	return nil
}

// removeOne takes one copy out of the mailbox that it was kept in, as the log says: account, folder and Message-ID are never a row's
// alone. Its error is one of the database.
func (b *Box) removeOne(ctx context.Context, id string) error {
	l, err := b.verified(ctx, id)
	switch {
	case errors.Is(err, ErrTampered):
		return b.removed(ctx, id, Left, "It is not taken out of the mailbox: it does not match what the audit log says was kept.")
	case err != nil:
		return err
	case l.folder != Drafts || l.state != Removing:
		return nil
	}
	if until, note, waits := b.waits.of(l, b.config.Now()); waits {
		return b.removeLater(ctx, l, until, note)
	}
	remover, ok := b.config.Senders[l.channel].(Remover)
	if !ok {
		return b.removeLater(ctx, l, b.config.Now().Add(b.retry(l.attempts+1, Receipt{})), "This program cannot take it out of the mailbox.")
	}
	answer, err := remover.Remove(ctx, l.Cleared)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil && errors.Is(err, ErrPermanent):
		return b.removed(ctx, id, Left, plain.Text(err))
	case err != nil:
		wait := b.waitAfterRemoval(l, err)
		return b.removeLater(ctx, l, b.config.Now().Add(wait), plain.Text(err))
	}
	if err := b.release(ctx, b.waits.worked(l)); err != nil {
		return err
	}
	switch answer.State {
	case Accepted:
		return b.removed(ctx, id, Removed, answer.Text)
	case Refused:
		return b.removed(ctx, id, Left, answer.Text)
	}
	return b.removeLater(ctx, l, b.config.Now().Add(b.retry(l.attempts+1, Receipt{})), answer.Text)
}

// waitAfterRemoval is how long to wait after an error; one of the connection concerns everything of the account.
func (b *Box) waitAfterRemoval(l loaded, err error) time.Duration {
	own := func(attempts int) time.Duration { return b.retry(attempts, Receipt{}) }
	if errors.Is(err, errConnection) {
		return b.waits.failed(l, b.config.Now(), plain.Text(err), own)
	}
	return own(l.attempts + 1)
}

// removed ends the removal of a copy.
func (b *Box) removed(ctx context.Context, id string, to State, note string) error {
	return b.write(ctx, func(ctx context.Context, tx *sql.Tx) error { return b.mark(ctx, tx, id, to, note) })
}

// removeLater puts off taking out a copy, or gives it up when that has been tried long enough.
func (b *Box) removeLater(ctx context.Context, l loaded, until time.Time, note string) error {
	if b.config.Now().Sub(l.removing) > b.config.Expiry {
		return b.removed(ctx, l.id, Left, fmt.Sprintf("For %s it could not be taken out of the mailbox. What was said last: %s", lasting(b.config.Expiry), note))
	}
	return b.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE message SET next_try = ?, attempts = attempts + 1, note = ? WHERE id = ? AND state = ?`, until.UnixMilli(), note, l.id, Removing); err != nil {
			return err
		}
		return store.Changed(ctx, tx, "message", l.id)
	})
}

// DraftCopy is what became of the copy of a draft that is being written.
type DraftCopy struct {
	Mailbox string     `json:"mailbox" doc:"name of the account"`
	At      *time.Time `json:"at,omitempty" doc:"when it was asked for: what was changed later is not in it; left out: never"`
	State   State      `json:"state" enum:"none,queued,sending,body-sent,accepted,refused,deferred,dropped,removing,removed,left" doc:"none: none was asked for yet; accepted: it is kept; removing, removed: it is, or was, taken out again, since the draft was sent or deleted; left: that could not be done"`
	Note    string     `json:"note,omitempty" doc:"why it is not kept, or not yet; else where it is"`
	Left    string     `json:"left,omitempty" doc:"why an earlier copy is still in the mailbox; left out: none is"`
}

// CopyOfDraft tells what became of the newest copy of a stored draft; nil: none was ever asked for.
func (b *Box) CopyOfDraft(ctx context.Context, id string) (*DraftCopy, error) {
	rows, err := b.store.Reader().QueryContext(ctx, `SELECT account, message.state, note, attempts, created, coalesce(reply, '') FROM message
		LEFT JOIN message_recipient ON message = id WHERE copy_of = ? AND folder <> '' AND folder = ? ORDER BY message.rowid DESC`, id, Drafts)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out *DraftCopy
	for rows.Next() {
		var c DraftCopy
		var reply string
		var attempts int
		var created int64
		if err := rows.Scan(&c.Mailbox, &c.State, &c.Note, &attempts, &created, &reply); err != nil {
			return nil, err
		}
		at := time.UnixMilli(created).UTC()
		c.At = &at
		switch {
		case out == nil:
			if out = &c; c.Note == "" {
				c.Note = reply
			}
		case out.Left == "" && (c.State == Left || c.State == Removing && attempts > 0):
			out.Left = c.Note
		}
	}
	return out, rows.Err()
}
