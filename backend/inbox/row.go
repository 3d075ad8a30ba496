package inbox

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"caveat/backend/message"
	"caveat/backend/store"
)

// The states of a row.
const (
	stateListed   = "listed"   // the mailbox has it; nothing of it was read
	stateKept     = "kept"     // its body is here
	stateWithheld = "withheld" // it was not permitted when it was read
	stateFailed   = "failed"   // it cannot be read, see problem
)

// facts are what the list shows of a message that may be read, beside its envelope.
type facts struct {
	Subject    string  `json:"subject"`
	Files      int     `json:"files,omitempty"`
	Precedence string  `json:"precedence,omitempty"`
	Report     *Report `json:"report,omitempty"`
}

// row is one message as the database has it.
type row struct {
	id, mailbox          string
	uid                  uint32
	received             time.Time
	size                 int64
	seen, answered       bool
	toMark               bool
	state, problem, head string
	envelope, inner      string
	facts                string
	messageID, body      string
	logged               bool
}

const rowColumns = `id, mailbox, uid, received, size, seen, answered, to_mark, state, problem, head, envelope, inner, facts, message_id, body, logged`

func scanRow(from interface{ Scan(...any) error }) (row, error) {
	var r row
	var received int64
	err := from.Scan(&r.id, &r.mailbox, &r.uid, &received, &r.size, &r.seen, &r.answered, &r.toMark, &r.state, &r.problem, &r.head, &r.envelope,
		&r.inner, &r.facts, &r.messageID, &r.body, &r.logged)
	r.received = message.Moment(time.UnixMilli(received))
	return r, err
}

// rows reads rows; where is the rest of the statement.
func rows(ctx context.Context, q store.Querier, where string, args ...any) ([]row, error) {
	found, err := q.QueryContext(ctx, `SELECT `+rowColumns+` FROM inbox_message `+where, args...)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	var out []row
	for found.Next() {
		r, err := scanRow(found)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, found.Err()
}

// each does something with rows, one after the other: no more than one of them is held in memory. One that is gone meanwhile is passed over.
func (b *Box) each(ctx context.Context, do func(row) error, where string, args ...any) error {
	ids, err := store.Column[string](ctx, b.store.Reader(), `SELECT id FROM inbox_message `+where, args...)
	if err != nil {
		return err
	}
	for _, id := range ids {
		list, err := rows(ctx, b.store.Reader(), `WHERE id = ?`, id)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			continue
		}
		if err := do(list[0]); err != nil {
			return err
		}
	}
	return nil
}

// row reads one message; ErrUnknown. One of a mailbox that is not the user's any more is unknown.
func (b *Box) row(ctx context.Context, id string) (row, error) {
	list, err := rows(ctx, b.store.Reader(), `WHERE id = ?`, id)
	if err != nil {
		return row{}, err
	}
	if len(list) == 0 {
		return row{}, fmt.Errorf("%w: %.40q", ErrUnknown, id)
	}
	if _, ok := b.mailbox(list[0].mailbox); !ok {
		return row{}, fmt.Errorf("%w: %.40q", ErrUnknown, id)
	}
	return list[0], nil
}

// save writes what was found out about a message; one that is gone meanwhile stays gone.
func (r row) save(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `UPDATE inbox_message SET size = ?, state = ?, problem = ?, head = ?, envelope = ?, inner = ?, facts = ?, message_id = ?, body = ?, logged = ? WHERE id = ?`,
		r.size, r.state, r.problem, r.head, r.envelope, r.inner, r.facts, r.messageID, r.body, r.logged, r.id)
	return err
}

func (r row) factsOf() (f facts, err error) {
	if r.facts == "" {
		return facts{}, nil
	}
	return f, json.Unmarshal([]byte(r.facts), &f)
}

func (f facts) marshal() string {
	data, err := json.Marshal(f)
	if err != nil {
		panic("inbox: internal error: " + err.Error()) // texts and numbers always marshal
	}
	return string(data)
}

// cursor names the place of a row in the list.
func (r row) cursor() string { return fmt.Sprintf("%d.%s", r.received.UnixMilli(), r.id) }

func parseCursor(text string) (received int64, id string, err error) {
	number, id, ok := strings.Cut(text, ".")
	if _, err := fmt.Sscanf(number, "%d", &received); err != nil || !ok || id == "" {
		return 0, "", fmt.Errorf("%w: %.60q", ErrUnknown, text)
	}
	return received, id, nil
}
