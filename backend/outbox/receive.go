package outbox

import (
	"context"
	"database/sql"
	"fmt"

	"caveat/backend/audit"
	"caveat/backend/store"
)

// receiptEntry is what the audit log holds of a server's answers.
type receiptEntry struct {
	Message  string    `json:"message"`
	State    State     `json:"state,omitempty"`
	Receipts []Receipt `json:"receipts,omitempty"`
	Note     string    `json:"note,omitempty"`
}

// receive writes the server's answers down. A recipient for whom there is no answer counts as deferred when the message was
// not handed over; after that nobody knows, and the user decides.
func (b *Box) receive(ctx context.Context, tx *sql.Tx, l loaded, receipts []Receipt, handedOver bool) error {
	answers := map[string]Receipt{}
	for _, r := range receipts {
		// Whatever else is said of a recipient, one that was accepted must not be sent to again.
		if isAnswer(r.State) && answers[r.Recipient].State != Accepted {
			answers[r.Recipient] = r
		}
	}
	var written []Receipt
	uncertain := false
	for _, a := range l.recipients {
		r, ok := answers[a]
		switch {
		case !ok && handedOver:
			r, uncertain = Receipt{Recipient: a, State: PerhapsDelivered, Text: "the server gave no answer for this recipient"}, true
		case !ok:
			r = Receipt{Recipient: a, State: Deferred, Text: "the server gave no answer for this recipient"}
		}
		if _, err := tx.ExecContext(ctx, `UPDATE message_recipient SET state = ?, code = ?, reply = ?, changed = ? WHERE message = ? AND address = ?`,
			r.State, r.Code, r.Text, b.config.Now().UnixMilli(), l.id, a); err != nil {
			return err
		}
		written = append(written, r)
	}
	if _, err := audit.Append(ctx, tx, audit.TypeReceipt, receiptEntry{Message: l.id, Receipts: written}); err != nil {
		return err
	}
	if uncertain {
		return b.mark(ctx, tx, l.id, PerhapsDelivered, "The message was handed over, and the server did not answer for every recipient.")
	}
	return b.conclude(ctx, tx, l)
}

func isAnswer(s State) bool { return s == Accepted || s == Refused || s == Deferred }

// conclude sets the message's state from its recipients': deferred while one is, then refused when one was, else accepted.
func (b *Box) conclude(ctx context.Context, tx *sql.Tx, l loaded) error {
	var deferred, refused int
	err := tx.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE state NOT IN (?, ?)), count(*) FILTER (WHERE state = ?) FROM message_recipient WHERE message = ?`,
		Accepted, Refused, Refused, l.id).Scan(&deferred, &refused)
	if err != nil {
		return err
	}
	switch {
	case deferred > 0:
		return b.postpone(ctx, tx, l, "")
	case refused > 0:
		return b.end(ctx, tx, l.id, Refused)
	}
	return b.end(ctx, tx, l.id, Accepted)
}

func (b *Box) end(ctx context.Context, tx *sql.Tx, id string, s State) error {
	if _, err := tx.ExecContext(ctx, `UPDATE message SET state = ?, note = '' WHERE id = ?`, s, id); err != nil {
		return err
	}
	return store.Changed(ctx, tx, "message", id)
}

// postpone defers the message to a later attempt, or ends it when it has been tried long enough.
func (b *Box) postpone(ctx context.Context, tx *sql.Tx, l loaded, note string) error {
	now := b.config.Now()
	if now.Sub(l.begun()) > Expiry {
		return b.giveUp(ctx, tx, l, fmt.Sprintf("It was tried for %d days without success.", int(Expiry.Hours()/24)))
	}
	next := now.Add(b.config.Retry(l.attempts + 1))
	if _, err := tx.ExecContext(ctx, `UPDATE message SET state = ?, next_try = ?, note = ? WHERE id = ?`, Deferred, next.UnixMilli(), note, l.id); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE message_recipient SET state = ?, changed = ? WHERE message = ? AND state NOT IN (?, ?)`, Deferred, now.UnixMilli(), l.id, Accepted, Refused); err != nil {
		return err
	}
	if note != "" {
		if _, err := audit.Append(ctx, tx, audit.TypeReceipt, receiptEntry{Message: l.id, State: Deferred, Note: note}); err != nil {
			return err
		}
	}
	return store.Changed(ctx, tx, "message", l.id)
}

// giveUp ends a message that will not be tried again: those who have not got it are refused.
func (b *Box) giveUp(ctx context.Context, tx *sql.Tx, l loaded, note string) error {
	if _, err := tx.ExecContext(ctx, `UPDATE message_recipient SET state = ?, reply = ?, changed = ? WHERE message = ? AND state NOT IN (?, ?)`,
		Refused, note, b.config.Now().UnixMilli(), l.id, Accepted, Refused); err != nil {
		return err
	}
	return b.move(ctx, tx, l.id, Refused, note)
}
