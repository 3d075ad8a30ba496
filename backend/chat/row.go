package chat

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"caveat/backend/store"
)

// The kinds of conversations.
const (
	Person = "person"
	Room   = "room"
)

// The kinds of messages.
const (
	KindMessage    = "message"
	KindSubject    = "subject"    // the room's subject is Body from now on
	KindInvitation = "invitation" // to Room; Body is the reason
	KindRefusal    = "refusal"    // Body is what a server says against a message of the user
)

// The states of a row.
const (
	stateKept     = "kept"
	stateWithheld = "withheld"
	stateMissing  = "missing" // it may be read, and is not here any more: the archive is asked
)

// talk is a row of chat_conversation.
type talk struct {
	id, account, kind, address, nick string
	wanted, bookmarked               bool
	created, caught                  int64
	problem, code                    string
}

const talkColumns = `id, account, kind, address, nick, wanted, bookmarked, created, caught, problem, code`

func (b *Box) talks(ctx context.Context, q store.Querier, where string, args ...any) ([]talk, error) {
	found, err := q.QueryContext(ctx, `SELECT `+talkColumns+` FROM chat_conversation `+where, args...)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	var out []talk
	for found.Next() {
		var t talk
		if err := found.Scan(&t.id, &t.account, &t.kind, &t.address, &t.nick, &t.wanted, &t.bookmarked, &t.created, &t.caught, &t.problem, &t.code); err != nil {
			return nil, err
		}
		if _, ok := b.account(t.account); ok && t.account != "" { // of another user's nothing is shown
			out = append(out, t)
		}
	}
	return out, found.Err()
}

// talk finds a conversation; ErrUnknown.
func (b *Box) talk(ctx context.Context, id string) (talk, error) {
	list, err := b.talks(ctx, b.store.Reader(), `WHERE id = ?`, id)
	if err != nil {
		return talk{}, err
	}
	if len(list) == 0 {
		return talk{}, fmt.Errorf("%w: conversation %.40q", ErrUnknown, id)
	}
	return list[0], nil
}

// find finds the conversation with an address.
func (b *Box) find(ctx context.Context, q store.Querier, account, address string) (talk, bool, error) {
	list, err := b.talks(ctx, q, `WHERE account = ? AND address = ?`, account, address)
	if err != nil || len(list) == 0 {
		return talk{}, false, err
	}
	return list[0], true, nil
}

// beginTalk finds a conversation, or makes one: where there are too many, in place of another. byUser: the user begins it. ErrMany.
func (b *Box) beginTalk(ctx context.Context, tx *sql.Tx, account, kind, address string, byUser bool) (talk, error) {
	t, ok, err := b.find(ctx, tx, account, address)
	if err != nil || ok {
		return t, err
	}
	var count int
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM chat_conversation WHERE account = ?`, account).Scan(&count); err != nil {
		return talk{}, err
	}
	if count >= b.config.MaxConversations {
		if err := b.letGo(ctx, tx, account, count, byUser); err != nil {
			return talk{}, err
		}
	}
	t = talk{id: strings.ToLower(rand.Text()), account: account, kind: kind, address: address, created: b.config.Now().UnixMilli()}
	_, err = tx.ExecContext(ctx, `INSERT INTO chat_conversation (id, account, kind, address, created) VALUES (?, ?, ?, ?, ?)`, t.id, t.account, t.kind, t.address, t.created)
	return t, err
}

// row is a row of chat_message.
type row struct {
	seq                                   int64
	id, conversation, kind                string
	at                                    time.Time
	late, mine                            bool
	nick, address, stanza, archive, state string
	envelope, subject, body               string
	cut, private                          bool
	corrections                           string
	relabelled                            bool
	problem, room                         string
	unread, labelled, delivered           bool
	outbox                                string
	logged                                bool
	replaces                              string // of one of our own: the stanza's id of what it corrects

	before []string // of one from an archive: what the archive has later in the same second; it is not written down
}

const rowColumns = `seq, id, conversation, kind, at, late, mine, nick, address, stanza, archive, state, envelope, subject, body, cut, private, corrections,
	relabelled, problem, room, unread, labelled, delivered, outbox, logged, replaces`

func rows(ctx context.Context, q store.Querier, where string, args ...any) ([]row, error) {
	found, err := q.QueryContext(ctx, `SELECT `+rowColumns+` FROM chat_message `+where, args...)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	var out []row
	for found.Next() {
		var r row
		var at int64
		if err := found.Scan(&r.seq, &r.id, &r.conversation, &r.kind, &at, &r.late, &r.mine, &r.nick, &r.address, &r.stanza, &r.archive, &r.state, &r.envelope,
			&r.subject, &r.body, &r.cut, &r.private, &r.corrections, &r.relabelled, &r.problem, &r.room, &r.unread, &r.labelled, &r.delivered, &r.outbox,
			&r.logged, &r.replaces); err != nil {
			return nil, err
		}
		r.at = time.UnixMilli(at).UTC()
		out = append(out, r)
	}
	return out, found.Err()
}

// insert writes a new row, and gives it its name.
func (r *row) insert(ctx context.Context, tx *sql.Tx) error {
	r.id = strings.ToLower(rand.Text())
	_, err := tx.ExecContext(ctx, `INSERT INTO chat_message (id, conversation, kind, at, late, mine, nick, address, stanza, archive, state, envelope, subject, body,
		cut, private, corrections, relabelled, problem, room, unread, labelled, delivered, outbox, logged, replaces)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.id, r.conversation, r.kind, r.at.UnixMilli(), r.late, r.mine, r.nick, r.address, r.stanza, r.archive, r.state, r.envelope, r.subject, r.body,
		r.cut, r.private, r.corrections, r.relabelled, r.problem, r.room, r.unread, r.labelled, r.delivered, r.outbox, r.logged, r.replaces)
	return err
}

// update writes what may change of a row.
func (r row) update(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `UPDATE chat_message SET state = ?, subject = ?, body = ?, cut = ?, corrections = ?, archive = ?, problem = ?, logged = ? WHERE seq = ?`,
		r.state, r.subject, r.body, r.cut, r.corrections, r.archive, r.problem, r.logged, r.seq)
	return err
}

// cursor names the place of a row in its conversation.
func (r row) cursor() string { return fmt.Sprintf("%d.%d", r.at.UnixMilli(), r.seq) }

func parseCursor(text string) (at, seq int64, err error) {
	if _, err := fmt.Sscanf(text, "%d.%d", &at, &seq); err != nil || fmt.Sprintf("%d.%d", at, seq) != text {
		return 0, 0, fmt.Errorf("%w: place %.60q", ErrUnknown, text)
	}
	return at, seq, nil
}
