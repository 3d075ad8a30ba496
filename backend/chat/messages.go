package chat

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// Message is one message as it is shown. Of one that is withheld Subject, Body and Room are empty.
type Message struct {
	ID, Kind      string
	At            time.Time
	Late          bool // it was said before it came
	Mine          bool
	Nick, Address string // of whoever says it
	Subject, Body string
	Cut           bool
	Head          Head
	Verdict       Verdict // MayRead false: withheld
	Flagged       string
	Private       bool
	Corrected     bool
	Unread        bool
	Problem       string
	Room          string // of an invitation

	// Of one that was sent from here:
	Outbox    string
	Outgoing  Outgoing
	Delivered bool // its receiver says that it has come: a claim
}

// Page is a part of a conversation, the newest last. Next, when it is not empty, asks for what is older.
type Page struct {
	Messages []Message
	Next     string
	Subject  *Message // of a room: the newest; nil: it has none
}

// What is flagged.
const (
	flagUnlabelled = "It came without a label, and messages here have one."
	flagRelabelled = "It wants to stand in place of an earlier message and has another label: both are shown."
)

// Messages gives a page. Each message is judged anew: what is not permitted now is withheld, whatever was said before. ErrUnknown.
func (b *Box) Messages(ctx context.Context, id, before string, limit int) (Page, error) {
	t, err := b.talk(ctx, id)
	if err != nil {
		return Page{}, err
	}
	where, args := `WHERE conversation = ?`, []any{id}
	if before != "" {
		at, seq, err := parseCursor(before)
		if err != nil {
			return Page{}, err
		}
		where += ` AND (at < ? OR at = ? AND seq < ?)`
		args = append(args, at, at, seq)
	}
	list, err := rows(ctx, b.store.Reader(), where+` ORDER BY at DESC, seq DESC LIMIT ?`, append(args, limit+1)...)
	if err != nil {
		return Page{}, err
	}
	var p Page
	if len(list) > limit {
		list = list[:limit]
		p.Next = list[len(list)-1].cursor()
	}
	slices.Reverse(list)
	marked, err := b.isMarked(ctx, t)
	if err != nil {
		return Page{}, err
	}
	j := b.newJudge()
	for _, r := range list {
		m, err := b.message(ctx, j, t, r, marked)
		if err != nil {
			return Page{}, err
		}
		if isIn, err := b.isTakenIn(ctx, r, m); err != nil {
			return Page{}, err
		} else if isIn {
			continue
		}
		if m, err = b.corrected(ctx, r, m); err != nil {
			return Page{}, err
		}
		p.Messages = append(p.Messages, m)
	}
	p.Subject, err = b.subject(ctx, j, t, marked)
	return p, err
}

// subject is that of a room; nil: it has none. Some servers take the label off that it was sent with: it is flagged then.
func (b *Box) subject(ctx context.Context, j judge, t talk, marked bool) (*Message, error) {
	list, err := rows(ctx, b.store.Reader(), `WHERE conversation = ? AND kind = ? ORDER BY at DESC, seq DESC LIMIT 1`, t.id, KindSubject)
	if err != nil || len(list) == 0 || list[0].body == "" && list[0].state == stateKept {
		return nil, err
	}
	m, err := b.message(ctx, j, t, list[0], marked)
	return &m, err
}

// isMarked reports that messages of a conversation have labels: the administrator set one, or some came with one.
func (b *Box) isMarked(ctx context.Context, t talk) (is bool, err error) {
	if b.config.Default != nil {
		if _, ok := b.config.Default(t.address); ok {
			return true, nil
		}
	}
	err = b.store.Reader().QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM chat_message WHERE conversation = ? AND labelled = 1)`, t.id).Scan(&is)
	return is, err
}

// message judges a row, and takes out of it what is withheld.
func (b *Box) message(ctx context.Context, j judge, t talk, r row, marked bool) (Message, error) {
	m := Message{
		ID: r.id, Kind: r.kind, At: r.at, Late: r.late, Mine: r.mine, Nick: r.nick, Address: r.address, Private: r.private, Corrected: r.corrections != "",
		Unread: r.unread, Outbox: r.outbox, Delivered: r.delivered, Verdict: Verdict{MayRead: true},
	}
	if r.kind == KindRefusal {
		m.Body = r.body // a server's own words: it has no label
		m.Head.Sensitivity.Fault = "no-label"
		return m, nil
	}
	m.Head = b.head(r.envelope, t.address)
	var err error
	if m.Verdict, err = j.of(ctx, t.account, m.Head); err != nil {
		return Message{}, err
	}
	switch {
	case r.relabelled:
		m.Flagged = flagRelabelled
	case marked && r.kind != KindInvitation && !m.Head.isLabelled() && !r.mine:
		m.Flagged = flagUnlabelled
	}
	if r.outbox != "" && b.config.Sent != nil {
		if m.Outgoing, err = b.config.Sent(ctx, r.outbox); err != nil {
			return Message{}, err
		}
		m.Flagged = cmp.Or(m.Outgoing.Flagged, m.Flagged)
	}
	if !m.Verdict.MayRead {
		return m, nil
	}
	switch r.state {
	case stateKept:
		m.Subject, m.Body, m.Cut, m.Problem, m.Room = r.subject, r.body, r.cut, r.problem, r.room
	case stateWithheld:
		m.Problem = "Your clearance permits it now: it is looked for in the archive as soon as that can be reached."
	case stateMissing:
		if m.Problem = r.problem; m.Problem == "" {
			m.Problem = "Your clearance permits it now: it is looked for in the archive as soon as that can be reached."
		}
	}
	return m, nil
}
