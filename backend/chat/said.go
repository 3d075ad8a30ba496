package chat

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"caveat/backend/label"
	"caveat/backend/store"
)

// Said is a message of the user that was given to the queue.
type Said struct {
	ID            string // in the queue, and of the stanza
	Account       string
	To            string // person or room
	Room          bool
	At            time.Time
	Subject, Body string
	Label         label.Label
	Replaces      string // the name in the queue of the message that it corrects; "": none
}

// Said puts a message that was given to the queue into its conversation. What becomes of it the queue tells, whenever it is shown; one
// that is there already, because the room was faster, gets its name in the queue. ErrUnknown, ErrAddress.
func (b *Box) Said(ctx context.Context, m Said) error {
	a, ok := b.account(m.Account)
	to := bare(m.To)
	switch {
	case !ok || m.Account == "":
		return fmt.Errorf("%w: account %.60q", ErrUnknown, m.Account)
	case to == "":
		return fmt.Errorf("%w: %.80q", ErrAddress, m.To)
	}
	r := row{
		kind: KindMessage, at: m.At, mine: true, address: bare(a.JID), stanza: m.ID, outbox: m.ID, state: stateKept, subject: m.Subject, body: m.Body,
		envelope: envelopeFor(m.Label), labelled: true, replaces: m.Replaces,
	}
	h := b.head(r.envelope, to)
	v, err := b.newJudge().of(ctx, a.Name, h)
	if err != nil {
		return err
	}
	if !v.MayRead {
		r.withhold()
	}
	kind := Person
	if m.Room {
		kind = Room
	}
	return b.store.Write(ctx, func(tx *sql.Tx) error {
		if err := b.ensure(ctx, tx, a); err != nil {
			return err
		}
		t, err := b.beginTalk(ctx, tx, a.Name, kind, to, true)
		if err != nil {
			return err
		}
		r.conversation, r.nick = t.id, t.nick
		list, err := rows(ctx, tx, `WHERE conversation = ? AND mine = 1 AND stanza = ?`, t.id, r.stanza)
		switch {
		case err != nil:
			return err
		case len(list) > 0:
			_, err = tx.ExecContext(ctx, `UPDATE chat_message SET outbox = ?, replaces = ? WHERE seq = ?`, r.outbox, r.replaces, list[0].seq)
		default:
			if !v.MayRead {
				if err := b.logWithheld(ctx, tx, t, &r, h, v); err != nil {
					return err
				}
			}
			err = r.insert(ctx, tx)
		}
		if err != nil {
			return err
		}
		return store.Changed(ctx, tx, ChangeKind, t.id)
	})
}
