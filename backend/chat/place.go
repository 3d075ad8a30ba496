package chat

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"
)

// place writes a piece into its conversation, unless it is there.
func (b *Box) place(ctx context.Context, tx *sql.Tx, p piece, c *changes) error {
	t, ok, err := b.find(ctx, tx, p.account, p.address)
	if err != nil {
		return err
	}
	if p.receipt != "" {
		return b.receipt(ctx, tx, t, p, c)
	}
	if !ok && (p.kind == Room || p.row.kind == KindRefusal) {
		return nil // a room that the user is not in, or has left for good
	}
	if !ok {
		t, err = b.beginTalk(ctx, tx, p.account, p.kind, p.address, p.row.mine)
		if errors.Is(err, ErrMany) {
			return tellTooMany(ctx, tx, p.account) // it keeps nobody else's words from being written down
		}
		if err != nil {
			return err
		}
	}
	p.row.conversation = t.id
	switch p.row.kind {
	case KindRefusal:
		var n int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM chat_message WHERE conversation = ? AND mine = 1 AND stanza = ? AND stanza <> ''`, t.id, p.row.stanza).Scan(&n); err != nil || n == 0 {
			return err // of nothing that was said from here
		}
	case KindSubject:
		if same, err := b.sameSubject(ctx, tx, p.row); same || err != nil {
			return err
		}
	}
	if known, err := b.known(ctx, tx, t, p, c); known || err != nil {
		return err
	}
	if p.replaces != "" && p.row.kind == KindMessage {
		if done, err := b.correct(ctx, tx, t, &p, c); done || err != nil {
			return err
		}
	}
	p.row.unread = !p.row.mine && p.row.kind != KindSubject && (!p.row.late || p.row.at.UnixMilli() > t.created)
	if p.row.state == stateWithheld {
		if err := b.logWithheld(ctx, tx, t, &p.row, p.head, p.verdict); err != nil {
			return err
		}
	}
	if err := p.row.follow(ctx, tx); err != nil {
		return err
	}
	add(&c.talks, t.id)
	add(&c.grown, t.id)
	return p.row.insert(ctx, tx)
}

// follow puts a message whose time is known to the second behind those of that second that are there, but for those that the archive has
// later: the others were told first.
func (r *row) follow(ctx context.Context, tx *sql.Tx) error {
	second := r.at.UnixMilli()
	if !r.late || second%1000 != 0 {
		return nil
	}
	later, err := json.Marshal(append([]string{}, r.before...)) // [] and never null, which SQL takes for something unknown
	if err != nil {
		return err
	}
	var at sql.NullInt64
	err = tx.QueryRowContext(ctx, `SELECT max(at) FROM chat_message WHERE conversation = ? AND at > ? AND at < ?
		AND NOT (archive <> '' AND archive IN (SELECT value FROM json_each(?)))`, r.conversation, second, second+1000, later).Scan(&at)
	if err == nil && at.Valid {
		r.at = time.UnixMilli(at.Int64).UTC()
	}
	return err
}

// receipt remembers that a person says that a message has come.
//
// std: XEP-0184 §5
func (b *Box) receipt(ctx context.Context, tx *sql.Tx, t talk, p piece, c *changes) error {
	if t.id == "" || t.kind != Person {
		return nil
	}
	r, err := tx.ExecContext(ctx, `UPDATE chat_message SET delivered = 1 WHERE conversation = ? AND mine = 1 AND stanza = ? AND delivered = 0`, t.id, p.receipt)
	if err != nil {
		return err
	}
	if n, err := r.RowsAffected(); err != nil || n == 0 {
		return err
	}
	add(&c.talks, t.id)
	return nil
}

// sameSubject reports that the room has that subject already: it is told each time that the room is entered.
func (b *Box) sameSubject(ctx context.Context, tx *sql.Tx, r row) (bool, error) {
	list, err := rows(ctx, tx, `WHERE conversation = ? AND kind = ? ORDER BY at DESC, seq DESC LIMIT 1`, r.conversation, KindSubject)
	if err != nil {
		return false, err
	}
	if len(list) == 0 {
		return r.body == "" && r.state == stateKept, nil // it never had one
	}
	return list[0].state == r.state && list[0].body == r.body && list[0].envelope == r.envelope, nil
}

// near is how far two times of one message may lie apart, where its sender gave it no id.
const near = time.Minute

// known finds what came before: by its name in the archive, by its id where it was sent from here, and, where it was said before it
// came, by its sender and what it is. What is said now is never taken for something that was said before: ids are the senders'.
func (b *Box) known(ctx context.Context, tx *sql.Tx, t talk, p piece, c *changes) (bool, error) {
	r := p.row
	list, err := rows(ctx, tx, `WHERE conversation = ?1 AND (archive = ?2 AND archive <> '' OR stanza = ?3 AND stanza <> '') ORDER BY seq`, t.id, r.archive, r.stanza)
	if err != nil {
		return false, err
	}
	if r.stanza == "" && r.late && len(list) == 0 {
		if list, err = rows(ctx, tx, `WHERE conversation = ? AND stanza = '' AND at BETWEEN ? AND ?`, t.id, r.at.Add(-near).UnixMilli(), r.at.Add(near).UnixMilli()); err != nil {
			return false, err
		}
	}
	for _, old := range list {
		switch {
		case r.archive != "" && old.archive == r.archive && old.kind == r.kind:
		case old.kind != r.kind:
			continue
		case old.outbox != "" && old.stanza == r.stanza && (r.mine || r.late && t.kind == Room):
		case old.mine && r.mine && old.stanza == r.stanza && r.stanza != "":
		case r.late && b.isSame(old, r):
		default:
			continue
		}
		return true, b.fill(ctx, tx, t, old, p, c)
	}
	if !r.late || r.stanza == "" {
		return false, nil
	}
	// A correction that was taken in has no row of its own.
	list, err = rows(ctx, tx, `WHERE conversation = ? AND stanza = ? AND corrections <> ''`, t.id, p.replaces)
	if err != nil || p.replaces == "" {
		return false, err
	}
	for _, old := range list {
		if slices.Contains(strings.Split(old.corrections, "\n"), r.stanza) && old.nick == r.nick {
			return true, nil
		}
	}
	return false, nil
}

// isSame reports that two are one message, said once and told twice.
func (b *Box) isSame(old, r row) bool {
	if old.nick != r.nick || old.stanza != r.stanza || old.mine != r.mine && old.nick == "" || old.envelope != r.envelope {
		return false
	}
	return old.body == r.body || old.corrections != "" || old.state != stateKept || r.state != stateKept
}

// fill takes over what is new of a message that is known: its name in the archive, and what it says where that was not here.
func (b *Box) fill(ctx context.Context, tx *sql.Tx, t talk, old row, p piece, c *changes) error {
	changed := false
	if old.archive == "" && p.row.archive != "" {
		old.archive, changed = p.row.archive, true
	}
	if old.state == stateMissing && old.envelope == p.row.envelope {
		if p.row.state == stateWithheld {
			old.withhold()
		} else {
			old.state, old.subject, old.body, old.cut, old.problem, old.room = stateKept, p.row.subject, p.row.body, p.row.cut, p.row.problem, p.row.room
		}
		changed = true
		add(&c.talks, t.id)
	}
	if !changed {
		return nil
	}
	return old.update(ctx, tx)
}

// maxCorrections is how often a message may be corrected; beyond it each is a message of its own.
const maxCorrections = 32

// correct puts a correction in place of the message that it corrects. It must be of the same sender and have the same label; else it is
// a message of its own, and the one that it wants to change stays. A sender is an address: a nick may be somebody else's by now, so
// where the room tells none, and in its history, nothing is corrected.
//
// std: XEP-0308 §3
func (b *Box) correct(ctx context.Context, tx *sql.Tx, t talk, p *piece, c *changes) (bool, error) {
	if p.row.address == "" {
		return false, nil
	}
	list, err := rows(ctx, tx, `WHERE conversation = ? AND stanza = ? AND kind = ? ORDER BY seq DESC`, t.id, p.replaces, KindMessage)
	if err != nil {
		return false, err
	}
	for _, old := range list {
		if old.mine != p.row.mine || old.nick != p.row.nick || old.private != p.row.private || old.address != p.row.address {
			continue
		}
		if !b.head(old.envelope, t.address).sameLabel(p.head) {
			p.row.relabelled = true
			return false, nil
		}
		ids := strings.Split(old.corrections, "\n")
		if len(ids) >= maxCorrections || p.row.stanza == "" || strings.Contains(p.row.stanza, "\n") {
			return false, nil
		}
		old.corrections = strings.TrimPrefix(old.corrections+"\n"+p.row.stanza, "\n")
		old.state, old.subject, old.body, old.cut, old.problem = p.row.state, p.row.subject, p.row.body, p.row.cut, p.row.problem
		if old.state == stateWithheld {
			if err := b.logWithheld(ctx, tx, t, &old, p.head, p.verdict); err != nil {
				return false, err
			}
		}
		add(&c.talks, t.id)
		return true, old.update(ctx, tx)
	}
	return false, nil
}
