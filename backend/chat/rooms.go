package chat

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"caveat/backend/plain"
	"caveat/backend/store"
)

// Status codes by which a room puts somebody out who is not wanted there.
//
// std: XEP-0045 §15.6
const (
	codeBanned      = 301
	codeKicked      = 307
	codeAffiliation = 321
	codeMembersOnly = 322
)

// happened writes down what changed in a room.
func (b *Box) happened(ctx context.Context, tx *sql.Tx, e RoomEvent, c *changes) error {
	t, ok, err := b.find(ctx, tx, e.Account, bare(e.Room))
	if err != nil || !ok {
		return err
	}
	add(&c.rooms, t.id)
	switch e.Kind {
	case Entered:
		add(&c.talks, t.id)
		_, err = tx.ExecContext(ctx, `UPDATE chat_conversation SET kind = ?, problem = '', code = '', wanted = 1, nick = ? WHERE id = ?`, Room, e.Occupant.Nick, t.id)
	case Gone:
		add(&c.talks, t.id)
		problem, lasting := whyGone(e)
		if !t.wanted && !lasting {
			problem = "" // the user left
		}
		_, err = tx.ExecContext(ctx, `UPDATE chat_conversation SET problem = ?, wanted = wanted AND NOT ? WHERE id = ?`, problem, lasting, t.id)
	}
	return err
}

// whyGone says why the user is out of a room, and whether it is by the will of the room.
func whyGone(e RoomEvent) (problem string, lasting bool) {
	has := func(code int) bool { return slices.Contains(e.Codes, code) }
	switch {
	case e.Destroyed:
		problem = "The room is closed down."
	case has(codeBanned):
		problem = "You were banned from the room."
	case has(codeKicked):
		problem = "You were put out of the room."
	case has(codeAffiliation), has(codeMembersOnly):
		problem = "The room is for its members only, and you are none."
	default:
		return strings.TrimSpace("You are not in the room now: it is entered again as soon as that can be. " + e.Reason), false
	}
	return strings.TrimSpace(problem + " " + e.Reason), true
}

// stated writes down how it stands with an account.
func (b *Box) stated(ctx context.Context, tx *sql.Tx, account string, s State, c *changes) error {
	var since, next int64
	if !s.Since.IsZero() {
		since = s.Since.UnixMilli()
	}
	if !s.NextTry.IsZero() {
		next = s.NextTry.UnixMilli()
	}
	problem := s.Problem
	if s.IsOnline {
		problem = ""
	}
	add(&c.talks, "")
	_, err := tx.ExecContext(ctx, `UPDATE chat_account SET online = ?, since = ?, next_try = ?, problem = ? WHERE name = ?`, s.IsOnline, since, next, problem, account)
	return err
}

// Join enters a room, which has a conversation from then on. An empty nick is the one before, or the account's user. ErrUnknown,
// ErrAddress, ErrNotHolder, ErrMany, and the errors of the Source: a *Refusal where the room does not want it.
func (b *Box) Join(ctx context.Context, account, room, nick, password string) (id string, err error) {
	a, ok := b.account(account)
	if !ok {
		return "", fmt.Errorf("%w: account %.60q", ErrUnknown, account)
	}
	address := bare(room)
	if address == "" || strings.Contains(room, "/") {
		return "", fmt.Errorf("%w: %.80q is no room", ErrAddress, room)
	}
	if !b.isLive() {
		return "", ErrNotHolder
	}
	b.joining.Lock()
	defer b.joining.Unlock()
	t, isNew, err := b.roomTalk(ctx, a.Name, address)
	if err != nil {
		return "", err
	}
	if nick == "" {
		nick = t.nick
	}
	if nick == "" {
		nick, _, _ = strings.Cut(a.JID, "@")
	}
	// There before the room speaks, so that nothing that it says is lost.
	if err := b.config.Source.Join(ctx, a.Name, address, nick, password, b.history(isNew)); err != nil {
		return "", errors.Join(err, b.notIn(context.WithoutCancel(ctx), t, isNew, err))
	}
	return t.id, b.change(context.WithoutCancel(ctx), RoomKind, t.id, `UPDATE chat_conversation SET kind = ?, wanted = 1, nick = ?, problem = '', code = '' WHERE id = ?`, Room, nick, t.id)
}

func (b *Box) history(isNew bool) int {
	if isNew {
		return b.config.History
	}
	return 0
}

// roomTalk is the conversation of a room; one with a person of that address becomes the room's once it is entered.
func (b *Box) roomTalk(ctx context.Context, account, address string) (t talk, isNew bool, err error) {
	err = b.store.Write(ctx, func(tx *sql.Tx) error {
		a, _ := b.account(account)
		if err := b.ensure(ctx, tx, a); err != nil {
			return err
		}
		_, there, err := b.find(ctx, tx, account, address)
		if err != nil {
			return err
		}
		isNew = !there
		t, err = b.beginTalk(ctx, tx, account, Room, address, true)
		return err
	})
	return t, isNew, err
}

// notIn writes down why a room was not entered; one that the user never was in is forgotten, or stays the person that it was.
func (b *Box) notIn(ctx context.Context, t talk, isNew bool, why error) error {
	if isNew {
		return b.change(ctx, ChangeKind, "", `DELETE FROM chat_conversation WHERE id = ?`, t.id)
	}
	if t.kind != Room {
		return nil
	}
	code := ""
	if r, ok := errors.AsType[*Refusal](why); ok {
		code = r.Condition
	}
	return b.change(ctx, ChangeKind, t.id, `UPDATE chat_conversation SET problem = ?, code = ?, wanted = wanted AND NOT ? WHERE id = ?`, plain.Text(why), code, isLasting(code), t.id)
}

// isLasting reports that a room will not let the user in unless a person does something about it. A nick that is taken is none of
// these: after a crash it is our own of before, for a while.
func isLasting(condition string) bool {
	switch condition {
	case "not-authorized", "registration-required", "forbidden", "item-not-found", "gone", "not-allowed":
		return true
	}
	return false
}

// change does one thing and tells of it.
func (b *Box) change(ctx context.Context, kind, id, query string, args ...any) error {
	return b.store.Write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, query, args...); err != nil {
			return err
		}
		if kind == RoomKind {
			if err := store.Changed(ctx, tx, ChangeKind, id); err != nil {
				return err
			}
		}
		return store.Changed(ctx, tx, kind, id)
	})
}

// Leave leaves a room; its conversation stays. One that the account is not in now is not entered again. ErrUnknown, ErrNotHolder.
func (b *Box) Leave(ctx context.Context, id string) error {
	t, err := b.talk(ctx, id)
	if err != nil {
		return err
	}
	if t.kind != Room {
		return fmt.Errorf("%w: %s is no room", ErrUnknown, t.address)
	}
	if !b.isLive() {
		return ErrNotHolder
	}
	b.joining.Lock()
	defer b.joining.Unlock()
	if err := b.change(ctx, RoomKind, id, `UPDATE chat_conversation SET wanted = 0, problem = '', code = '' WHERE id = ?`, id); err != nil {
		return err
	}
	if err := b.config.Source.Leave(ctx, t.account, t.address); err != nil && !errors.Is(err, ErrNotJoined) {
		return err
	}
	return b.change(ctx, RoomKind, id, `UPDATE chat_conversation SET problem = '' WHERE id = ?`, id)
}

// Open begins a conversation with a person, or finds it. ErrUnknown, ErrAddress, ErrMany.
func (b *Box) Open(ctx context.Context, account, address string) (id string, err error) {
	a, ok := b.account(account)
	if !ok {
		return "", fmt.Errorf("%w: account %.60q", ErrUnknown, account)
	}
	who := bare(address)
	if who == "" || who == bare(a.JID) {
		return "", fmt.Errorf("%w: %.80q is nobody to talk to", ErrAddress, address)
	}
	err = b.store.Write(ctx, func(tx *sql.Tx) error {
		if err := b.ensure(ctx, tx, a); err != nil {
			return err
		}
		t, err := b.beginTalk(ctx, tx, a.Name, Person, who, true)
		if err != nil {
			return err
		}
		id = t.id
		return store.Changed(ctx, tx, ChangeKind, id)
	})
	return id, err
}

// ensure makes the row of an account. It is made by Run; another process may be the first to talk.
func (b *Box) ensure(ctx context.Context, tx *sql.Tx, a Account) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO chat_account (name, jid) VALUES (?, ?) ON CONFLICT (name) DO NOTHING`, a.Name, bare(a.JID))
	return err
}

// Close takes a conversation off the list, with its messages; a room is left. ErrUnknown, ErrNotHolder.
func (b *Box) Close(ctx context.Context, id string) error {
	t, err := b.talk(ctx, id)
	if err != nil {
		return err
	}
	if t.kind == Room && t.wanted {
		if err := b.Leave(ctx, id); err != nil {
			return err
		}
	}
	return b.change(ctx, ChangeKind, "", `DELETE FROM chat_conversation WHERE id = ?`, id)
}

// Read remembers that the user has seen what is in a conversation. ErrUnknown.
func (b *Box) Read(ctx context.Context, id string) error {
	if _, err := b.talk(ctx, id); err != nil {
		return err
	}
	return b.store.Write(ctx, func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, `UPDATE chat_message SET unread = 0 WHERE conversation = ? AND unread = 1`, id)
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return store.Changed(ctx, tx, ChangeKind, id)
	})
}

// Bookmark keeps a room in the bookmarks at the account's server, or takes it out; the others there stay as they are. ErrUnknown,
// ErrNotHolder, and the errors of the Source.
func (b *Box) Bookmark(ctx context.Context, id string, on bool) error {
	t, err := b.talk(ctx, id)
	if err != nil {
		return err
	}
	if t.kind != Room {
		return fmt.Errorf("%w: %s is no room", ErrUnknown, t.address)
	}
	if !b.isLive() {
		return ErrNotHolder
	}
	b.joining.Lock() // two at once would each forget the other's
	defer b.joining.Unlock()
	list, err := b.config.Source.Bookmarks(ctx, t.account)
	if err != nil {
		return err
	}
	is := func(x Bookmark) bool { return bare(x.Room) == t.address }
	if had := slices.ContainsFunc(list, is); on && !had {
		list = append(list, Bookmark{Room: t.address, Nick: t.nick})
	} else if !on {
		list = slices.DeleteFunc(list, is)
	}
	if err := b.config.Source.SetBookmarks(ctx, t.account, list); err != nil {
		return err
	}
	return b.change(ctx, ChangeKind, id, `UPDATE chat_conversation SET bookmarked = ? WHERE id = ?`, on, id)
}
