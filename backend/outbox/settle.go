package outbox

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"slices"
	"time"

	"caveat/backend/audit"
	"caveat/backend/draft"
	"caveat/backend/plain"
	"caveat/backend/store"
)

// Readier is what a Sender may be besides, where a message cannot be checked again without its server: who is in a room is known only
// while we are in it.
type Readier interface {
	// Ready tells why a message cannot leave now; nil: it can be tried. Nothing is sent.
	Ready(ctx context.Context, c Cleared) error
}

// Observer is what a Sender may be besides, where it sees what no age of a check allows for: who enters a room.
type Observer interface {
	// IsAsChecked reports that nobody has come since a time who gets the message, as far as the Sender knows. Where it does not know,
	// it is false.
	IsAsChecked(c Cleared, since time.Time) bool
}

// isAsChecked reports that a message goes to those of whom the last check was.
func (b *Box) isAsChecked(l loaded) bool {
	o, ok := b.config.Senders[l.channel].(Observer)
	return !ok || o.IsAsChecked(l.Cleared, b.asOfCheck(l))
}

// Settler is what a Sender may be besides, where a server can be asked later what became of a message that is perhaps delivered
// (RULES 25).
type Settler interface {
	// Settle gives receipts (Accepted) for those of whom it is known now that they were delivered to, and none for the others. With an
	// error the receipts so far come too.
	Settle(ctx context.Context, c Cleared) ([]Receipt, error)
}

// waitsReady has a message wait whose Sender is not ready: what is checked then would be held for no better reason than that.
func (b *Box) waitsReady(ctx context.Context, l loaded) (waits bool, err error) {
	sender, ok := b.config.Senders[l.channel].(Readier)
	if !ok {
		return false, nil
	}
	err = sender.Ready(ctx, l.Cleared)
	switch {
	case err == nil:
		return false, nil
	case ctx.Err() != nil:
		return true, ctx.Err()
	}
	return true, b.wait(ctx, l, plain.Text(err))
}

// wait has a message that was not tried wait as long as after one more attempt.
func (b *Box) wait(ctx context.Context, l loaded, note string) error {
	until := b.config.Now().Add(b.retry(l.attempts+1, Receipt{}))
	return b.write(ctx, func(ctx context.Context, tx *sql.Tx) error { return b.waitUntil(ctx, tx, l, until, note) })
}

// Online tells that an account can be used again: what waits for it is due at once, and what is perhaps delivered is looked up, where
// the Sender can. Only the holder of the lock may call it: ErrNotHolder. What is not found stays perhaps delivered, for the user to decide.
func (b *Box) Online(ctx context.Context, channel draft.Channel, account string) error {
	if !b.store.IsHolder() {
		return ErrNotHolder
	}
	b.waits.back(channel, account) // before it is looked at who waits: see sendOne
	waiting, err := b.inState(ctx, channel, account, Deferred)
	if err != nil {
		return err
	}
	if err := b.release(ctx, waiting); err != nil {
		return err
	}
	sender, ok := b.config.Senders[channel].(Settler)
	if !ok {
		return nil
	}
	open, err := b.inState(ctx, channel, account, PerhapsDelivered)
	if err != nil {
		return err
	}
	for _, id := range open {
		if err := b.lookUp(ctx, sender, id); err != nil {
			return err
		}
	}
	return nil
}

// inState lists messages of an account, oldest first.
func (b *Box) inState(ctx context.Context, channel draft.Channel, account string, s State) ([]string, error) {
	return store.Column[string](ctx, b.store.Reader(), `SELECT id FROM message WHERE channel = ? AND account = ? AND state = ? AND folder = '' ORDER BY created, id`,
		channel, account, s)
}

// lookUp finds out what became of one message. Its error is one of the database, or that ctx ended.
func (b *Box) lookUp(ctx context.Context, sender Settler, id string) error {
	l, err := b.load(ctx, id)
	switch {
	case errors.Is(err, ErrTampered) || errors.Is(err, errSpool): // the user sees it, as it is
		return nil
	case err != nil:
		return err
	}
	found, err := sender.Settle(ctx, l.Cleared)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		slog.WarnContext(ctx, "what became of a message that is perhaps delivered could not be asked: the next connection tries again", "message", id, "error", err)
	}
	found = slices.DeleteFunc(slices.Clone(found), func(r Receipt) bool { return r.State != Accepted || !slices.Contains(l.recipients, r.Recipient) })
	if len(found) == 0 {
		return nil
	}
	return b.write(ctx, func(ctx context.Context, tx *sql.Tx) error { return b.found(ctx, tx, l, found) })
}

// found writes down to whom a message was delivered after all. It never makes it one that is sent again.
func (b *Box) found(ctx context.Context, tx *sql.Tx, l loaded, receipts []Receipt) error {
	var now State
	if err := tx.QueryRowContext(ctx, `SELECT state FROM message WHERE id = ?`, l.id).Scan(&now); err != nil || now != PerhapsDelivered {
		return err // the user has decided meanwhile
	}
	at := b.config.Now().UTC()
	for _, r := range receipts {
		if _, err := tx.ExecContext(ctx, `UPDATE message_recipient SET state = ?, code = ?, status = ?, reply = ?, changed = ? WHERE message = ? AND address = ?`,
			r.State, r.Code, r.Status, r.Text, at.UnixMilli(), l.id, r.Recipient); err != nil {
			return err
		}
	}
	if _, err := audit.Append(ctx, tx, audit.TypeReceipt, receiptEntry{Message: l.id, Receipts: receipts, At: &at}); err != nil {
		return err
	}
	var open int
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM message_recipient WHERE message = ? AND state <> ?`, l.id, Accepted).Scan(&open); err != nil {
		return err
	}
	if open == 0 {
		return b.end(ctx, tx, l.id, Accepted)
	}
	return store.Changed(ctx, tx, "message", l.id)
}

// isSettled reports that a server has taken it for everybody.
func (h history) isSettled() bool {
	for _, s := range h.to {
		if s != Accepted {
			return false
		}
	}
	return true
}
