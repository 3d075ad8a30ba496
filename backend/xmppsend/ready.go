package xmppsend

import (
	"context"
	"fmt"
	"time"

	"caveat/backend/message"
	"caveat/backend/outbox"
)

var (
	_ outbox.Readier  = (*Sender)(nil)
	_ outbox.Settler  = (*Sender)(nil)
	_ outbox.Observer = (*Sender)(nil)
)

// IsAsChecked implements outbox.Observer: of a message to a room, that the account is in it, and that nobody has entered it, or turned
// out to be somebody else, since a time (RULES 7). A connection that was lost meanwhile counts as everybody having come.
func (s *Sender) IsAsChecked(c outbox.Cleared, since time.Time) bool {
	wire, err := readWire(c)
	if err != nil {
		return false
	}
	chat, err := message.Reader{}.ReadStanza(wire)
	if err != nil {
		return false
	}
	return chat.Type != "groupchat" || s.session(c.Account()).nobodyCame(c.Recipients(), since)
}

// nobodyCame reports that the account is in these rooms, and that everybody who is in them was before a time.
func (x *session) nobodyCame(rooms []string, since time.Time) bool {
	for _, address := range rooms {
		r := x.roomNow(address)
		if r == nil {
			return false
		}
		x.mu.Lock()
		is := r.cameLast.Before(since)
		x.mu.Unlock()
		if !is {
			return false
		}
	}
	return true
}

// Ready implements outbox.Readier: the account has a session, and is in the room that the message goes to. It enters it where it is not:
// whoever queued the message wants to be heard there. A room that does not let us in for good is no reason to wait: the check says so.
func (s *Sender) Ready(ctx context.Context, c outbox.Cleared) error {
	if _, _, err := s.online(c.Account()); err != nil {
		return err
	}
	wire, err := readWire(c)
	if err != nil {
		return err
	}
	chat, err := message.Reader{}.ReadStanza(wire)
	if err != nil || chat.Type != "groupchat" {
		return nil // Send says what is wrong with it
	}
	for _, room := range c.Recipients() {
		if err := s.Enter(ctx, c.Account(), room); err != nil && !isLasting(err) {
			return err
		}
	}
	return nil
}

// nickTries is how many nicks are tried where others have the first.
const nickTries = 3

// Enter joins a room, without history, under the account's local part or, where somebody has that nick, one like it. A room that the
// account is to be in, and is not now, is entered as it was joined: with that nick and that password. Nothing happens where the account is
// in the room. Errors are those of Join.
func (s *Sender) Enter(ctx context.Context, account, address string) error {
	x, st, err := s.online(account)
	if err != nil {
		return err
	}
	if r := x.roomOf(address); r != nil {
		return r.enterAgain(ctx, st)
	}
	own := st.address().Localpart()
	for i := range nickTries {
		nick := own
		if i > 0 {
			nick = fmt.Sprintf("%s (%d)", own, i+1)
		}
		if err = s.Join(ctx, account, address, nick, JoinOptions{History: -1}); err == nil || !IsNickTaken(err) {
			return err
		}
	}
	return err
}
