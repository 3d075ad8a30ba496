package chat

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"caveat/backend/label"
)

// Status is how it stands with an account.
type Status struct {
	Account
	Online         bool
	Live           bool // this process has the sessions
	Since, NextTry time.Time
	Problem        string
}

// Status tells how it stands with the accounts.
func (b *Box) Status(ctx context.Context) ([]Status, error) {
	var out []Status
	for _, a := range b.config.Accounts {
		s := Status{Account: a, Live: b.isLive()}
		var since, next int64
		var archive string
		err := b.store.Reader().QueryRowContext(ctx, `SELECT online, since, next_try, problem, archive FROM chat_account WHERE name = ?`, a.Name).
			Scan(&s.Online, &since, &next, &s.Problem, &archive)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return nil, err
		}
		s.Since, s.NextTry = timeOf(since), timeOf(next)
		if archive != "" {
			s.Problem = joined(s.Problem, archive)
		}
		out = append(out, s)
	}
	return out, nil
}

func timeOf(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func joined(a, b string) string {
	if a == "" {
		return b
	}
	return a + " " + b
}

// Conversation is one with a person, or in a room.
type Conversation struct {
	ID, Account, Kind, Address string
	Bookmarked                 bool
	Unread                     int
	Last                       *Message // nil: nothing was said yet
	Default                    *Default // of what is said there without a label

	// Of a room:
	Joined, Wanted bool
	Nick           string
	Occupants      int
	NotCleared     int          // of the others, for Judged
	Judged         *label.Label // by which: the room's default, else that of the newest message with one; nil: there is none
	Problem, Code  string
}

// Conversations lists all, that with the newest message first.
func (b *Box) Conversations(ctx context.Context) ([]Conversation, error) {
	list, err := b.talks(ctx, b.store.Reader(), `ORDER BY created, id`)
	if err != nil {
		return nil, err
	}
	unread, err := b.unread(ctx)
	if err != nil {
		return nil, err
	}
	j := b.newJudge()
	var out []Conversation
	at := map[string]int64{}
	for _, t := range list {
		c, err := b.conversation(ctx, j, t)
		if err != nil {
			return nil, err
		}
		c.Unread = unread[t.id]
		if at[c.ID] = t.created; c.Last != nil {
			at[c.ID] = c.Last.At.UnixMilli()
		}
		out = append(out, c)
	}
	slices.SortStableFunc(out, func(x, y Conversation) int { return int(min(max(at[y.ID]-at[x.ID], -1), 1)) })
	return out, nil
}

func (b *Box) unread(ctx context.Context) (map[string]int, error) {
	found, err := b.store.Reader().QueryContext(ctx, `SELECT conversation, count(*) FROM chat_message WHERE unread = 1 GROUP BY conversation`)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	out := map[string]int{}
	for found.Next() {
		var id string
		var n int
		if err := found.Scan(&id, &n); err != nil {
			return nil, err
		}
		out[id] = n
	}
	return out, found.Err()
}

func (b *Box) conversation(ctx context.Context, j judge, t talk) (Conversation, error) {
	c := Conversation{
		ID: t.id, Account: t.account, Kind: t.kind, Address: t.address, Bookmarked: t.bookmarked, Wanted: t.wanted, Nick: t.nick, Problem: t.problem, Code: t.code,
	}
	if b.config.Default != nil {
		if d, ok := b.config.Default(t.address); ok {
			c.Default = &d
		}
	}
	list, err := rows(ctx, b.store.Reader(), `WHERE conversation = ? AND kind <> ? ORDER BY at DESC, seq DESC LIMIT 1`, t.id, KindSubject)
	if err != nil {
		return Conversation{}, err
	}
	if len(list) > 0 {
		m, err := b.message(ctx, j, t, list[0], true)
		if err != nil {
			return Conversation{}, err
		}
		c.Last = &m
	}
	if t.kind != Room {
		return c, nil
	}
	if c.Judged, err = b.judgedBy(ctx, t, c.Default); err != nil {
		return Conversation{}, err
	}
	inside, _, err := b.present(ctx, t, c.Judged)
	if err != nil {
		return Conversation{}, err
	}
	c.Joined, c.Occupants = len(inside) > 0, len(inside)
	if c.Judged != nil {
		c.NotCleared = NotCleared(inside)
	}
	return c, nil
}

// looked is how many of the newest messages are looked through for one with a label.
const looked = 50

// judgedBy is the label by which people in a room are judged where nobody names one.
func (b *Box) judgedBy(ctx context.Context, t talk, d *Default) (*label.Label, error) {
	if d != nil {
		return &d.Label, nil
	}
	list, err := rows(ctx, b.store.Reader(), `WHERE conversation = ? AND kind = ? AND labelled = 1 ORDER BY at DESC, seq DESC LIMIT ?`, t.id, KindMessage, looked)
	if err != nil {
		return nil, err
	}
	for _, r := range list {
		if l, ok := b.head(r.envelope, t.address).Label(); ok {
			return &l, nil
		}
	}
	return nil, nil
}

// Show gives one conversation. ErrUnknown.
func (b *Box) Show(ctx context.Context, id string) (Conversation, error) {
	t, err := b.talk(ctx, id)
	if err != nil {
		return Conversation{}, err
	}
	c, err := b.conversation(ctx, b.newJudge(), t)
	if err != nil {
		return Conversation{}, err
	}
	err = b.store.Reader().QueryRowContext(ctx, `SELECT count(*) FROM chat_message WHERE conversation = ? AND unread = 1`, id).Scan(&c.Unread)
	return c, err
}
