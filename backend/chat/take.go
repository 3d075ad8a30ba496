package chat

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"caveat/backend/audit"
	"caveat/backend/store"
)

const (
	maxTaken = 256 // that wait to be written down; then the connection waits
	maxBatch = 128 // that are written down at once
	tries    = 3   // of one that the disk or the database does not take
)

// incoming is one of what a Source tells.
type incoming struct {
	message *Incoming
	event   *RoomEvent
	account string // of state
	state   *State
}

// hears is the Handler of a Run: it hands on in order, and waits where too much waits already.
type hears struct {
	b   *Box
	ctx context.Context
}

func (h hears) Message(m Incoming) { h.take(incoming{message: &m}) }
func (h hears) Room(e RoomEvent)   { h.take(incoming{event: &e}) }
func (h hears) State(account string, s State) {
	h.take(incoming{account: account, state: &s})
}

func (h hears) take(x incoming) {
	select {
	case h.b.taking <- x:
	case <-h.ctx.Done():
	}
}

// writeDown takes what came, many at once where many wait, until ctx ends.
func (b *Box) writeDown(ctx context.Context) {
	for {
		var batch []incoming
		select {
		case <-ctx.Done():
			return
		case x := <-b.taking:
			batch = append(batch, x)
		}
		for len(batch) < maxBatch && len(b.taking) > 0 {
			batch = append(batch, <-b.taking)
		}
		if err := b.take(ctx, batch); err != nil {
			b.oneByOne(ctx, batch, err)
		}
	}
}

// oneByOne takes each by itself, so that one that cannot be written down keeps no other; that it is missing is told.
func (b *Box) oneByOne(ctx context.Context, batch []incoming, err error) {
	b.warn(ctx, "what came in chat cannot be written down: tried again", "", err)
	for _, x := range batch {
		for n := 1; ; n++ {
			if err = b.take(ctx, []incoming{x}); err == nil || ctx.Err() != nil {
				break
			}
			if n == tries {
				b.warn(ctx, "a chat message is lost", x.of(), err)
				b.warn(ctx, "nobody can be told", x.of(), b.noteArchive(ctx, x.of(), "A message could not be written down here; the server's archive may have it."))
				break
			}
			select {
			case <-ctx.Done():
			case <-time.After(time.Duration(n) * time.Second):
			}
		}
	}
}

func (x incoming) of() string {
	switch {
	case x.message != nil:
		return x.message.Account
	case x.event != nil:
		return x.event.Account
	}
	return x.account
}

// take judges what came and writes it down: all of it or nothing.
func (b *Box) take(ctx context.Context, batch []incoming) error {
	j := b.newJudge()
	nicks := map[string]map[string]string{}
	var todo []func(context.Context, *sql.Tx, *changes) error
	var after []func()
	var pieces []*piece
	for _, x := range batch {
		m := x.message
		if x.event != nil && x.event.Kind == Subject {
			m = x.event.Message
		}
		switch {
		case m != nil:
			p, ok, err := b.piece(ctx, j, *m, b.nicksOf(nicks, *m))
			if err != nil {
				return err
			}
			if ok {
				pieces = append(pieces, &p)
				todo = append(todo, func(ctx context.Context, tx *sql.Tx, c *changes) error { return b.place(ctx, tx, p, c) })
			}
		case x.event != nil:
			todo = append(todo, func(ctx context.Context, tx *sql.Tx, c *changes) error { return b.happened(ctx, tx, *x.event, c) })
			if x.event.Kind == Entered {
				after = append(after, func() { b.ask(x.event.Account) })
			}
		case x.state != nil:
			todo = append(todo, func(ctx context.Context, tx *sql.Tx, c *changes) error {
				return b.stated(ctx, tx, x.account, *x.state, c)
			})
			if x.state.IsOnline {
				after = append(after, func() { b.ask(x.account) })
			}
		}
	}
	if len(todo) == 0 {
		return nil
	}
	inOrder(pieces)
	err := b.store.Write(ctx, func(tx *sql.Tx) error {
		var c changes
		for _, f := range todo {
			if err := f(ctx, tx, &c); err != nil {
				return err
			}
		}
		return c.tell(ctx, tx, b)
	})
	if err == nil {
		for _, f := range after {
			f()
		}
	}
	return err
}

// inOrder tells each message of an archive what the archive has later in the same second: of those, one may have come before it.
func inOrder(pieces []*piece) {
	for i, p := range pieces {
		if !p.row.late {
			continue
		}
		for _, q := range pieces[i+1:] {
			if q.account != p.account || q.address != p.address || !q.row.late {
				continue
			}
			if !q.row.at.Equal(p.row.at) {
				break
			}
			if q.row.archive != "" {
				p.row.before = append(p.row.before, q.row.archive)
			}
		}
	}
}

// nicksOf gives the addresses of who is in the room of a message now, by nick, asked once for many messages.
func (b *Box) nicksOf(known map[string]map[string]string, m Incoming) map[string]string {
	if !m.Room {
		return nil
	}
	key := m.Account + "\x00" + bare(m.Peer)
	if known[key] == nil {
		known[key] = map[string]string{}
		inside, err := b.config.Source.Inside(m.Account, bare(m.Peer))
		if err != nil {
			return known[key] // nobody's address is known then
		}
		for _, o := range inside {
			known[key][o.Nick] = bare(o.Address)
		}
	}
	return known[key]
}

// changes is what a transaction has to tell, each once.
type changes struct {
	talks, rooms []string
	grown        []string // conversations with new messages
}

func add(list *[]string, id string) {
	if !slices.Contains(*list, id) {
		*list = append(*list, id)
	}
}

// tell lets the oldest messages go where there are too many, and tells what changed.
func (c changes) tell(ctx context.Context, tx *sql.Tx, b *Box) error {
	for _, id := range c.grown {
		if _, err := tx.ExecContext(ctx, `DELETE FROM chat_message WHERE conversation = ?1 AND seq NOT IN
			(SELECT seq FROM chat_message WHERE conversation = ?1 ORDER BY at DESC, seq DESC LIMIT ?2)
			AND (SELECT count(*) FROM chat_message WHERE conversation = ?1) > ?2`, id, b.config.MaxMessages); err != nil {
			return err
		}
	}
	for _, id := range c.talks {
		if err := store.Changed(ctx, tx, ChangeKind, id); err != nil {
			return err
		}
	}
	for _, id := range c.rooms {
		if err := store.Changed(ctx, tx, RoomKind, id); err != nil {
			return err
		}
	}
	return nil
}

// withheldEntry is what the audit log has of a message that was not shown.
type withheldEntry struct {
	Account      string   `json:"account"`
	Conversation string   `json:"conversation"` // address
	From         []string `json:"from"`
	Received     string   `json:"received"`
	Marking      string   `json:"marking"`
	Rules        []string `json:"rules"`
	Reason       string   `json:"reason"`
	By           string   `json:"by"`
}

// logWithheld writes into the audit log, once, that a message was withheld (RULES 20); not while nobody can say whether it must be.
func (b *Box) logWithheld(ctx context.Context, tx *sql.Tx, t talk, r *row, h Head, v Verdict) error {
	if r.logged || v.Unsure {
		return nil
	}
	r.logged = true
	e := withheldEntry{
		Account: t.account, Conversation: t.address, From: []string{}, Received: r.at.UTC().Format("2006-01-02T15:04:05Z"), Marking: h.Marking(),
		Rules: []string{}, Reason: "the user's own clearance does not permit its label", By: b.config.User,
	}
	if from := r.address; from != "" {
		e.From = append(e.From, from)
	} else if r.nick != "" {
		e.From = append(e.From, r.nick)
	}
	for _, x := range v.Reasons {
		e.Rules = append(e.Rules, x.Rule)
	}
	_, err := audit.Append(ctx, tx, audit.TypeWithheld, e)
	return err
}

// noteArchive tells that what was said may be missing; "": nothing is.
func (b *Box) noteArchive(ctx context.Context, account, problem string) error {
	return b.store.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE chat_account SET archive = ? WHERE name = ?`, problem, account)
		return errors.Join(err, store.Changed(ctx, tx, ChangeKind, ""))
	})
}

// ask has the archives of an account read soon.
func (b *Box) ask(account string) {
	select {
	case b.again <- account:
	default: // so much waits that it will be read anyway
	}
}
