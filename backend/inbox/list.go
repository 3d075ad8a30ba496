package inbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"caveat/backend/message"
	"caveat/backend/store"
)

// Message is one message as the list shows it. Of one that is withheld Subject, Files, Precedence, Report and Size are empty.
type Message struct {
	ID, Mailbox    string
	Received       time.Time
	Seen, Answered bool
	Head           Head
	Verdict        Verdict // MayRead false: withheld
	Pending        bool    // it may be read, and is not fetched yet: what it says, how urgent it is and whether it is a report is not known yet
	Problem        string  // why it is not here though it may be read

	Size       int64
	Subject    string
	Files      int
	Precedence string
	Report     *Report
}

// Report names the sent message that a report is about.
type Report struct {
	Kind    message.ReportKind `json:"kind"`
	Message string             `json:"message,omitempty"` // id; "": none was found
	Subject string             `json:"subject,omitempty"`
	Warning string             `json:"warning,omitempty"`
}

// Status is how far a mailbox is known.
type Status struct {
	Synced  time.Time // when it was last read to its end; zero: never
	Online  bool      // what is known is what is there
	Problem string
	LeftOut bool // it has older messages that are not listed
	Unread  int
	Total   int
}

// Status tells how far a mailbox is known.
func (b *Box) Status(ctx context.Context, mailbox string) (Status, error) {
	var s Status
	var synced int64
	err := b.store.Reader().QueryRowContext(ctx, `SELECT synced, online, problem, left_out FROM inbox_mailbox WHERE name = ?`, mailbox).
		Scan(&synced, &s.Online, &s.Problem, &s.LeftOut)
	if errors.Is(err, sql.ErrNoRows) {
		return Status{}, nil
	}
	if err != nil {
		return Status{}, err
	}
	if synced > 0 {
		s.Synced = time.UnixMilli(synced).UTC()
	}
	err = b.store.Reader().QueryRowContext(ctx, `SELECT count(*), coalesce(sum(1 - seen), 0) FROM inbox_message WHERE mailbox = ?`, mailbox).Scan(&s.Total, &s.Unread)
	return s, err
}

// Query asks for a page of a mailbox, newest first.
type Query struct {
	Mailbox string
	Before  string // Next of the last page; "": from the newest on
	Limit   int
	Unread  bool
}

// Page is a part of the list. Next, when it is not empty, asks for what is older.
type Page struct {
	Messages []Message
	Next     string
}

// List gives a page. Each message is judged anew: what is not permitted now is withheld, whatever was said before.
func (b *Box) List(ctx context.Context, q Query) (Page, error) {
	where, args := `WHERE mailbox = ?`, []any{q.Mailbox}
	if q.Unread {
		where += ` AND seen = 0`
	}
	if q.Before != "" {
		received, id, err := parseCursor(q.Before)
		if err != nil {
			return Page{}, err
		}
		where += ` AND (received < ? OR received = ? AND id < ?)`
		args = append(args, received, received, id)
	}
	list, err := rows(ctx, b.store.Reader(), where+` ORDER BY received DESC, id DESC LIMIT ?`, append(args, q.Limit+1)...)
	if err != nil {
		return Page{}, err
	}
	var p Page
	if len(list) > q.Limit {
		list = list[:q.Limit]
		p.Next = list[len(list)-1].cursor()
	}
	j := b.newJudge()
	for _, r := range list {
		m, err := b.message(ctx, j, r)
		if err != nil {
			return Page{}, err
		}
		p.Messages = append(p.Messages, m)
	}
	return p, nil
}

// message judges a row, and takes out of it what is withheld.
func (b *Box) message(ctx context.Context, j judge, r row) (Message, error) {
	m := Message{ID: r.id, Mailbox: r.mailbox, Received: r.received, Seen: r.seen, Answered: r.answered, Verdict: Verdict{MayRead: true}}
	if r.state == stateListed {
		m.Pending = true
		m.Problem = "It is not read from the mailbox yet."
		if r.envelope == "" {
			m.Head.Unparsable = true
			return m, nil
		}
	}
	var err error
	if m.Head, err = b.head(r.envelope, r.inner); err != nil {
		return Message{}, fmt.Errorf("inbox: message %s: %w", r.id, err)
	}
	if m.Verdict, err = j.of(ctx, r.mailbox, m.Head); err != nil {
		return Message{}, err
	}
	if !m.Verdict.MayRead {
		m.Pending, m.Problem, m.Head.Inner = false, "", nil
		return m, nil
	}
	m.Size = r.size
	switch r.state {
	case stateWithheld:
		m.Problem = "Your clearance permits it now: it is read from the mailbox as soon as that can be reached."
		return m, nil
	case stateFailed:
		m.Problem = r.problem
		return m, nil
	}
	f, err := r.factsOf()
	if err != nil {
		return Message{}, fmt.Errorf("inbox: message %s: %w", r.id, err)
	}
	m.Subject, m.Files, m.Precedence, m.Report = f.Subject, f.Files, f.Precedence, f.Report
	return m, nil
}

// Show gives one message as the list has it. ErrUnknown.
func (b *Box) Show(ctx context.Context, id string) (Message, error) {
	r, err := b.row(ctx, id)
	if err != nil {
		return Message{}, err
	}
	return b.message(ctx, b.newJudge(), r)
}

// Open gives a message and its bytes, of a message that may be read and is here. ErrUnknown, ErrWithheld, ErrNotHere, ErrTampered.
// The labels are read from the very bytes that are given, and judged once more.
func (b *Box) Open(ctx context.Context, id string) (Message, []byte, error) {
	r, err := b.row(ctx, id)
	if err != nil {
		return Message{}, nil, err
	}
	j := b.newJudge()
	m, err := b.message(ctx, j, r)
	if err != nil {
		return Message{}, nil, err
	}
	if !m.Verdict.MayRead {
		return m, nil, fmt.Errorf("%w: %s", ErrWithheld, m.Verdict.Reasons[0].Text)
	}
	if r.state != stateKept {
		return m, nil, fmt.Errorf("%w: %s", ErrNotHere, m.Problem)
	}
	body, err := b.body(r.body)
	if errors.Is(err, ErrNotHere) || errors.Is(err, ErrTampered) {
		return m, nil, errors.Join(err, b.again(ctx, r))
	}
	return m, body, err
}

// again has a message read from the mailbox once more: what is on disk is of no use.
func (b *Box) again(ctx context.Context, r row) error {
	return b.store.Write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE inbox_message SET state = ?, body = '' WHERE id = ?`, stateListed, r.id); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE inbox_mailbox SET asked = asked + 1 WHERE name = ?`, r.mailbox); err != nil {
			return err
		}
		return store.Changed(ctx, tx, ChangeKind, r.mailbox)
	})
}

// Answered names a message that is answered: by its id here, which goes before, and by its identifier, which anybody may have given to
// another message too.
type Answered struct{ ID, MessageID string }

// References gives those of a message that was received, oldest first. ErrUnknown: it is not known, or several have its identifier and
// no id says which is meant.
func (b *Box) References(ctx context.Context, a Answered) ([]string, error) {
	r, err := b.answered(ctx, a)
	if err != nil {
		return nil, err
	}
	_, body, err := b.Open(ctx, r.id)
	if err != nil {
		return nil, err
	}
	m, err := b.reader().Read(newReader(body))
	if err != nil {
		return nil, err
	}
	if len(m.References) == 0 && m.InReplyTo != "" {
		return []string{m.InReplyTo}, nil
	}
	return m.References, nil
}

// answered finds the one message that is meant.
func (b *Box) answered(ctx context.Context, a Answered) (row, error) {
	if a.MessageID == "" {
		return row{}, fmt.Errorf("%w: without an identifier", ErrUnknown)
	}
	if a.ID != "" {
		r, err := b.row(ctx, a.ID)
		if err == nil && r.messageID != a.MessageID {
			return row{}, fmt.Errorf("%w: %.40q is not %.200q", ErrUnknown, a.ID, a.MessageID)
		}
		return r, err
	}
	list, err := rows(ctx, b.store.Reader(), `WHERE message_id = ? LIMIT 2`, a.MessageID)
	if err != nil {
		return row{}, err
	}
	if len(list) != 1 {
		return row{}, fmt.Errorf("%w: %.200q, or there are several", ErrUnknown, a.MessageID)
	}
	return b.row(ctx, list[0].id)
}

// MarkSeen remembers that the user has seen a message; the mailbox is told as soon as it is there. ErrUnknown.
func (b *Box) MarkSeen(ctx context.Context, id string) error {
	r, err := b.row(ctx, id)
	if err != nil || r.seen {
		return err
	}
	return b.mark(ctx, r, `seen = 1`)
}

// MarkAnswered remembers that the user answered a message; one that is not known, or not which, is no error.
func (b *Box) MarkAnswered(ctx context.Context, a Answered) error {
	r, err := b.answered(ctx, a)
	if errors.Is(err, ErrUnknown) {
		return nil
	}
	if err != nil || r.answered {
		return err
	}
	return b.mark(ctx, r, `answered = 1`)
}

func (b *Box) mark(ctx context.Context, r row, set string) error {
	return b.store.Write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE inbox_message SET to_mark = 1, `+set+` WHERE id = ?`, r.id); err != nil {
			return err
		}
		return store.Changed(ctx, tx, ChangeKind, r.mailbox)
	})
}

// ChangeKind is the kind of the store's changes that tell of a mailbox; their id is its name.
const ChangeKind = "inbox"

// Sync asks whoever holds the data directory to look into a mailbox now; "": into all.
func (b *Box) Sync(ctx context.Context, mailbox string) error {
	if _, ok := b.mailbox(mailbox); !ok && mailbox != "" {
		return fmt.Errorf("%w: mailbox %.60q", ErrUnknown, mailbox)
	}
	return b.store.Write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE inbox_mailbox SET asked = asked + 1 WHERE ?1 = '' OR name = ?1`, mailbox); err != nil {
			return err
		}
		return store.Changed(ctx, tx, ChangeKind, mailbox)
	})
}
