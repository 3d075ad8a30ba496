package outbox

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"caveat/backend/audit"
	"caveat/backend/store"
)

// receiptEntry is what the audit log holds of a server's answers.
type receiptEntry struct {
	Message  string    `json:"message"`
	State    State     `json:"state,omitempty"`
	Receipts []Receipt `json:"receipts,omitempty"`
	Note     string    `json:"note,omitempty"`
	// At is when the answers came; nil in lines of earlier versions
	At *time.Time `json:"at,omitempty"`
}

// receive writes the server's answers down. A recipient for whom there is no answer counts as deferred when the message was
// not handed over; after that nobody knows, and the user decides; a copy is looked for.
func (b *Box) receive(ctx context.Context, tx *sql.Tx, l loaded, receipts []Receipt, handedOver bool, wait time.Duration) error {
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
		case !ok && handedOver && !l.isCopy():
			r, uncertain = Receipt{Recipient: a, State: PerhapsDelivered, Text: "the server gave no answer for this recipient"}, true
		case !ok:
			r = Receipt{Recipient: a, State: Deferred, Text: "the server gave no answer for this recipient"}
		}
		if _, err := tx.ExecContext(ctx, `UPDATE message_recipient SET state = ?, code = ?, status = ?, reply = ?, changed = ? WHERE message = ? AND address = ?`,
			r.State, r.Code, r.Status, r.Text, b.config.Now().UnixMilli(), l.id, a); err != nil {
			return err
		}
		written = append(written, r)
	}
	at := b.config.Now().UTC()
	if _, err := audit.Append(ctx, tx, audit.TypeReceipt, receiptEntry{Message: l.id, Receipts: written, At: &at}); err != nil {
		return err
	}
	if uncertain {
		return b.mark(ctx, tx, l.id, PerhapsDelivered, "The message was handed over, and the server did not answer for every recipient.")
	}
	return b.conclude(ctx, tx, l, wait)
}

func isAnswer(s State) bool { return s == Accepted || s == Refused || s == Deferred }

// conclude sets the message's state from its recipients': deferred while one is, then refused when one was, else accepted.
func (b *Box) conclude(ctx context.Context, tx *sql.Tx, l loaded, wait time.Duration) error {
	var deferred, refused int
	err := tx.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE state NOT IN (?, ?)), count(*) FILTER (WHERE state = ?) FROM message_recipient WHERE message = ?`,
		Accepted, Refused, Refused, l.id).Scan(&deferred, &refused)
	if err != nil {
		return err
	}
	switch {
	case deferred > 0:
		return b.postpone(ctx, tx, l, "", wait)
	case refused > 0:
		return b.end(ctx, tx, l.id, Refused)
	}
	if err := b.end(ctx, tx, l.id, Accepted); err != nil || l.folder != Drafts {
		return err
	}
	return b.removeEarlier(ctx, tx, l)
}

func (b *Box) end(ctx context.Context, tx *sql.Tx, id string, s State) error {
	if _, err := tx.ExecContext(ctx, `UPDATE message SET state = ?, note = '' WHERE id = ?`, s, id); err != nil {
		return err
	}
	return store.Changed(ctx, tx, "message", id)
}

// postpone defers the message to a later attempt, or ends it when it has been tried long enough.
func (b *Box) postpone(ctx context.Context, tx *sql.Tx, l loaded, note string, wait time.Duration) error {
	if ended, err := isEnded(ctx, tx, l.id); err != nil || ended {
		return err
	}
	if err := b.waitUntil(ctx, tx, l, b.config.Now().Add(wait), note); err != nil || note == "" || b.isExpired(l) {
		return err
	}
	_, err := audit.Append(ctx, tx, audit.TypeReceipt, receiptEntry{Message: l.id, State: Deferred, Note: note})
	return err
}

// waitUntil defers the message until a time without a word in the log, or ends it when it has been tried long enough.
func (b *Box) waitUntil(ctx context.Context, tx *sql.Tx, l loaded, until time.Time, note string) error {
	if b.isExpired(l) {
		if ended, err := isEnded(ctx, tx, l.id); err != nil || ended {
			return err
		}
		return b.expire(ctx, tx, l, note)
	}
	waits, err := update(ctx, tx, `UPDATE message SET state = ?, next_try = ?, note = ? WHERE id = ? AND state NOT IN (?, ?)`, Deferred, until.UnixMilli(), note, l.id, Dropped, Removing)
	if err != nil || !waits {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE message_recipient SET state = ?, changed = ? WHERE message = ? AND state NOT IN (?, ?)`,
		Deferred, b.config.Now().UnixMilli(), l.id, Accepted, Refused); err != nil {
		return err
	}
	return store.Changed(ctx, tx, "message", l.id)
}

func (b *Box) isExpired(l loaded) bool { return b.config.Now().Sub(l.begun()) > b.config.Expiry }

// expire ends a message that was tried long enough, with what was said last.
func (b *Box) expire(ctx context.Context, tx *sql.Tx, l loaded, note string) error {
	said, err := store.Column[string](ctx, tx, `SELECT DISTINCT reply FROM message_recipient WHERE message = ? AND reply <> '' AND state NOT IN (?, ?) ORDER BY position`,
		l.id, Accepted, Refused)
	if err != nil {
		return err
	}
	if note != "" {
		said = []string{note}
	}
	text := fmt.Sprintf("It was tried for %s without success.", lasting(b.config.Expiry))
	if len(said) > 0 {
		text += " What was said last: " + strings.Join(said[:min(len(said), 3)], "; ")
	}
	return b.giveUp(ctx, tx, l, text)
}

func lasting(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d == day:
		return "a day"
	case d > day && d%day == 0:
		return fmt.Sprintf("%d days", d/day)
	}
	return d.String()
}

// giveUp ends a message that will not be tried again: those who have not got it are refused. What a server said of one of them last
// stays beside him, with its codes.
func (b *Box) giveUp(ctx context.Context, tx *sql.Tx, l loaded, note string) error {
	if _, err := tx.ExecContext(ctx, `UPDATE message_recipient SET state = ?, reply = CASE code WHEN 0 THEN ? ELSE reply END, changed = ?
			WHERE message = ? AND state NOT IN (?, ?)`,
		Refused, note, b.config.Now().UnixMilli(), l.id, Accepted, Refused); err != nil {
		return err
	}
	return b.move(ctx, tx, l.id, Refused, note)
}

// isEnded reports that the user ended a message meanwhile, or the draft of a copy.
func isEnded(ctx context.Context, tx *sql.Tx, id string) (bool, error) {
	var now State
	err := tx.QueryRowContext(ctx, `SELECT state FROM message WHERE id = ?`, id).Scan(&now)
	return now == Dropped || now == Removing, err
}

// release lets what waited for an account be tried again.
func (b *Box) release(ctx context.Context, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	return b.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, id := range ids {
			if _, err := tx.ExecContext(ctx, `UPDATE message SET next_try = ? WHERE id = ? AND state IN (?, ?)`, b.config.Now().UnixMilli(), id, Deferred, Removing); err != nil {
				return err
			}
			if err := store.Changed(ctx, tx, "message", id); err != nil {
				return err
			}
		}
		return nil
	})
}
