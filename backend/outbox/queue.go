package outbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"caveat/backend/draft"
	"caveat/backend/store"
)

// Message is what the queue knows of one message.
type Message struct {
	ID         string            `json:"id"`
	State      State             `json:"state" enum:"queued,sending,body-sent,accepted,refused,deferred,perhaps-delivered,held,dropped"`
	Channel    draft.Channel     `json:"channel" enum:"mail,chat"`
	Sender     string            `json:"sender"`
	Subject    string            `json:"subject"`
	Marking    string            `json:"marking"`
	Created    time.Time         `json:"created"`
	NextTry    time.Time         `json:"nextTry"`
	LastTry    *time.Time        `json:"lastTry,omitempty" doc:"when it was last handed to a server, or that was tried; left out: never, or not known any more, because a person or a check ended it since"`
	SendAt     *time.Time        `json:"sendAt,omitempty" doc:"when it is to leave; left out: at once"`
	Attempts   int               `json:"attempts"`
	Overridden bool              `json:"overridden"`
	Note       string            `json:"note,omitempty"`
	Overdue    bool              `json:"overdue,omitempty" doc:"it has not been accepted by a server within the time that its precedence asks for"`
	Copy       *CopyStatus       `json:"copy,omitempty" doc:"its copy in the user's mailbox; left out: none was asked for"`
	SplitFrom  string            `json:"splitFrom,omitempty" doc:"the message to the other audience, where a draft was split; left out: it was not"`
	Recipients []RecipientStatus `json:"recipients" nullable:"false"`
}

// RecipientStatus is what became of one recipient.
type RecipientStatus struct {
	Address string    `json:"address"`
	By      string    `json:"by,omitempty" doc:"the list of the draft whose member it is, where its members are written to one by one"`
	State   State     `json:"state" enum:"queued,sending,body-sent,accepted,refused,deferred,perhaps-delivered,held,dropped"`
	Code    int       `json:"code,omitempty" doc:"the server's reply code"`
	Status  string    `json:"status,omitempty" doc:"the server's enhanced status code, such as 5.1.1 (RFC 3463)"`
	Reply   string    `json:"reply,omitempty" doc:"the server's own words"`
	Changed time.Time `json:"changed" doc:"when its state was last written down, after each attempt"`
}

// IsDone reports that nothing more will happen to the message by itself.
func (m Message) IsDone() bool {
	return m.State != Queued && m.State != Sending && m.State != BodySent && m.State != Deferred
}

const messageColumns = `id, state, channel, sender, subject, marking, created, next_try, attempts, overridden, note, send_at, split_from,
	CASE WHEN state IN ('queued', 'sending', 'deferred') AND json_valid(draft) THEN coalesce(draft ->> '$.primaryPrecedence', '') ELSE '' END`

func (b *Box) scanMessage(row interface{ Scan(...any) error }) (Message, error) {
	var m Message
	var created, next, sendAt int64
	var precedence string
	err := row.Scan(&m.ID, &m.State, &m.Channel, &m.Sender, &m.Subject, &m.Marking, &created, &next, &m.Attempts, &m.Overridden, &m.Note, &sendAt, &m.SplitFrom, &precedence)
	m.Created, m.NextTry = time.UnixMilli(created).UTC(), time.UnixMilli(next).UTC()
	if sendAt > 0 {
		at := time.UnixMilli(sendAt).UTC()
		m.SendAt = &at
	}
	if limit, ok := b.config.Overdue[precedence]; ok && precedence != "" {
		m.Overdue = b.config.Now().Sub(m.leaves()) > limit
	}
	return m, err
}

// leaves is when it could leave for the first time.
func (m Message) leaves() time.Time {
	if m.SendAt != nil && m.SendAt.After(m.Created) {
		return *m.SendAt
	}
	return m.Created
}

// List returns the newest messages, newest first, with their recipients. Copies are part of their messages.
func (b *Box) List(ctx context.Context, limit int) ([]Message, error) {
	rows, err := b.store.Reader().QueryContext(ctx, `SELECT `+messageColumns+` FROM message WHERE folder = '' ORDER BY created DESC, id DESC LIMIT ?`, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []Message{}
	for rows.Next() {
		m, err := b.scanMessage(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, err
	}
	for i := range out {
		if out[i].Recipients, err = b.recipients(ctx, out[i].ID); err != nil {
			return nil, err
		}
		if out[i].Copy, err = b.copyStatus(ctx, out[i].ID); err != nil {
			return nil, err
		}
		out[i].LastTry = lastTry(out[i])
	}
	return out, nil
}

// Show returns one message.
func (b *Box) Show(ctx context.Context, id string) (Message, error) {
	m, err := b.scanMessage(b.store.Reader().QueryRowContext(ctx, `SELECT `+messageColumns+` FROM message WHERE id = ? AND folder = ''`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return Message{}, fmt.Errorf("%w: %s", ErrUnknownMessage, id)
	}
	if err != nil {
		return Message{}, err
	}
	if m.Recipients, err = b.recipients(ctx, id); err != nil {
		return Message{}, err
	}
	if m.Copy, err = b.copyStatus(ctx, id); err != nil {
		return Message{}, err
	}
	m.LastTry = lastTry(m)
	return m, nil
}

// lastTry is when the last attempt was over, as its recipients tell; nil where their states say something else.
func lastTry(m Message) *time.Time {
	if m.Attempts == 0 || m.State == Held || m.State == Dropped {
		return nil
	}
	var last time.Time
	for _, r := range m.Recipients {
		if r.Changed.After(last) {
			last = r.Changed
		}
	}
	return &last
}

func (b *Box) recipients(ctx context.Context, id string) ([]RecipientStatus, error) {
	return recipientsOf(ctx, b.store.Reader(), id)
}

func recipientsOf(ctx context.Context, db store.Querier, id string) ([]RecipientStatus, error) {
	rows, err := db.QueryContext(ctx, `SELECT address, by_list, state, code, status, reply, changed FROM message_recipient WHERE message = ? ORDER BY position`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []RecipientStatus{}
	for rows.Next() {
		var r RecipientStatus
		var changed int64
		if err := rows.Scan(&r.Address, &r.By, &r.State, &r.Code, &r.Status, &r.Reply, &changed); err != nil {
			return nil, err
		}
		r.Changed = time.UnixMilli(changed).UTC()
		out = append(out, r)
	}
	return out, rows.Err()
}

// Draft gives the draft of a queued message, with only those recipients that have not been settled yet: of a list by its members those
// who have are exempted. It is held to the audit
// entry that cleared it (ErrTampered): what somebody altered meanwhile must not be sent anew in the user's name.
func (b *Box) Draft(ctx context.Context, id string) (draft.Draft, error) {
	l, err := b.verifiedMessage(ctx, id)
	if err != nil {
		return draft.Draft{}, err
	}
	return l.remaining(), nil
}

// Drop ends a message that the user does not want sent (again). Possible for what is held, uncertain, waiting, or being sent as long as
// its end is not: whoever sends it is refused that then. Else it is ErrWrongState. The copy in the mailbox goes with it.
// actor is who decides that, for the audit log.
func (b *Box) Drop(ctx context.Context, id, actor string) error {
	defer b.remember(ctx)
	return b.store.Write(ctx, func(tx *sql.Tx) error {
		return b.settle(ctx, tx, id, "dropped by the user", actor, Held, PerhapsDelivered, Queued, Deferred, Sending)
	})
}

// settle ends a message by the user's decision, from some states.
func (b *Box) settle(ctx context.Context, tx *sql.Tx, id, note, actor string, from ...State) error {
	var now State
	err := tx.QueryRowContext(ctx, `SELECT state FROM message WHERE id = ? AND folder = ''`, id).Scan(&now)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("%w: %s", ErrUnknownMessage, id)
	case err != nil:
		return err
	case !slices.Contains(from, now):
		return fmt.Errorf("%w: %s is %s", ErrWrongState, id, now)
	}
	return b.moveBy(ctx, tx, id, stateChange{State: Dropped, Note: note, Actor: actor})
}

// stateChange is what the audit log holds when a message changes by itself or by the user.
type stateChange struct {
	Message string `json:"message"`
	State   State  `json:"state"`
	Note    string `json:"note,omitempty"`
	Actor   string `json:"actor,omitempty"` // who decided it; empty: the program
	// At is since when a copy is to be taken out of the mailbox; nil of all other changes.
	At *time.Time `json:"at,omitempty"`
	// Withheld: its end was not handed over, though that was near: nothing was delivered.
	Withheld bool `json:"withheld,omitempty"`
}

// begun is when the message, or the copy, could leave for the first time.
func (l loaded) begun() time.Time {
	at := l.created
	for _, later := range []time.Time{l.sendAt, l.after} {
		if later.After(at) {
			at = later
		}
	}
	return at
}

// load reads a message that waits and holds it to what the audit log says was cleared, its wire bytes too. One that differs is
// ErrTampered and is not sent; wire bytes that are there and cannot be read now are errSpool, and what was loaded comes with
// it. Any other error is one of the database.
func (b *Box) load(ctx context.Context, id string) (loaded, error) {
	l, err := b.verified(ctx, id)
	if err != nil {
		return loaded{}, err
	}
	if len(l.recipients) == 0 { // the last answer ends a message in the transaction that writes it down
		return loaded{}, fmt.Errorf("%w: %s: it waits, and nobody is left", ErrTampered, id)
	}
	switch n, err := checkSpool(l.spool, l.decision.Wire); {
	case errors.Is(err, ErrTampered) || errors.Is(err, fs.ErrNotExist):
		return loaded{}, fmt.Errorf("%w: %s: %w", ErrTampered, id, err)
	case err != nil:
		return l, fmt.Errorf("%w: %s: %w", errSpool, id, err)
	case n != l.size:
		return loaded{}, fmt.Errorf("%w: %s: %d spooled bytes, %d in the queue", ErrTampered, id, n, l.size)
	}
	return l, nil
}
