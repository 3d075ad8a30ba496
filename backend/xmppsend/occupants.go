package xmppsend

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"mellium.im/xmpp/jid"

	"caveat/backend/label/strictxml"
	"caveat/backend/message"
)

// Status codes of a room.
//
// std: XEP-0045 §15.6
const (
	codeSelf = 110
	codeNick = 303
	// Service shut down; removed because a server was not reached.
	codeShutdown, codeTechnical = 332, 333
	maxCodes                    = 16 // that are kept of one stanza
)

// presence takes what a room says of its occupants. Presence of people is not kept: nothing here depends on it.
func (x *session) presence(st *stream, in stanza, tell func(func())) error {
	from, err := jid.Parse(in.attr("from"))
	if err != nil {
		return nil
	}
	r := x.roomOf(from.Bare().String())
	if r == nil {
		return nil
	}
	kind := in.attr("type")
	if kind == "error" {
		r.notLetIn(refused("joining "+r.address, errorIn(in)))
		return nil
	}
	user := child(in.Element, mucUserSpace, "x")
	if user == nil || kind != "" && kind != "unavailable" || from.Resourcepart() == "" {
		return nil
	}
	events, err := r.change(from.Resourcepart(), kind == "", user)
	for _, e := range events {
		e.Account, e.Room = x.account, r.address
		tell(func() { x.tell(func(h Handler) { h.Room(e) }) })
		if e.Kind == Gone && passes(e) {
			go x.comeBack(st, r)
		}
	}
	return err
}

// passes reports that a room put us out for want of a connection between servers, not because it does not want us.
func passes(e RoomEvent) bool {
	return !e.Destroyed && (slices.Contains(e.Codes, codeShutdown) || slices.Contains(e.Codes, codeTechnical))
}

// notLetIn ends the wait of who is joining.
func (r *room) notLetIn(err error) {
	r.session.mu.Lock()
	defer r.session.mu.Unlock()
	if r.isIn {
		r.wanted = r.nick // another nick was asked for, and is not had
	}
	r.answer(err)
}

// answer tells who is joining, once. The session's mutex is held.
func (r *room) answer(err error) {
	if r.entering != nil {
		r.entering <- err
		r.entering = nil
	}
}

// change takes one presence of a room, and says what is new by it.
//
// std: XEP-0045 §7.2.2, §7.6, §7.14, §8.2, §9.1, §10.9
func (r *room) change(nick string, isThere bool, user *strictxml.Element) ([]RoomEvent, error) {
	o, newNick, codes, reason, destroyed := readItem(nick, user)
	r.session.mu.Lock()
	defer r.session.mu.Unlock()
	e := RoomEvent{Occupant: o, Codes: codes, Reason: reason, Destroyed: destroyed}
	isSelf := slices.Contains(codes, codeSelf) || r.isIn && nick == r.nick
	if !isThere {
		return r.gone(e, newNick, isSelf), nil
	}
	old, known := r.occupants[nick]
	if !known && len(r.occupants) >= MaxOccupants {
		err := fmt.Errorf("%w: %s has more than %d occupants", ErrTooMuch, r.address, MaxOccupants)
		r.answer(err)
		return nil, err
	}
	r.occupants[nick] = o
	if isSelf && !r.isIn {
		r.isIn, r.nick, r.wanted = true, nick, nick
		r.answer(nil)
		e.Kind = Entered
		return []RoomEvent{e}, nil
	}
	if isSelf {
		r.nick, r.wanted = nick, nick
		r.answer(nil) // to who asked for another nick
	}
	switch {
	case !r.isIn: // who was there before us comes with Entered
		return nil, nil
	case !known:
		e.Kind = Joined
	case old != o:
		e.Kind = Changed
	default:
		return nil, nil
	}
	return []RoomEvent{e}, nil
}

// gone takes away who is not there any more. The session's mutex is held.
func (r *room) gone(e RoomEvent, newNick string, isSelf bool) []RoomEvent {
	nick := e.Occupant.Nick
	old, known := r.occupants[nick]
	delete(r.occupants, nick)
	if e.Occupant.Address == "" {
		e.Occupant.Address = old.Address
	}
	switch {
	case slices.Contains(e.Codes, codeNick) && newNick != "" && len(newNick) <= maxNick:
		if e.Kind, e.NewNick = Changed, newNick; isSelf {
			r.nick, r.wanted = newNick, newNick
		}
		e.Occupant.Nick = newNick
		r.occupants[newNick] = e.Occupant // its presence follows; until then nobody is missing
		e.Occupant.Nick = nick
	case isSelf:
		if !r.isIn {
			return nil
		}
		r.isIn, r.nick = false, ""
		clear(r.occupants)
		if r.session.rooms[r.address] == r && !passes(e) { // we were made to leave
			delete(r.session.rooms, r.address)
		}
		e.Kind = Gone
	case !known:
		return nil
	default:
		e.Kind = Left
	}
	return []RoomEvent{e}
}

// readItem reads what a room says of one occupant.
func readItem(nick string, user *strictxml.Element) (o Occupant, newNick string, codes []int, reason string, destroyed bool) {
	o.Nick = nick
	if item := child(user, mucUserSpace, "item"); item != nil {
		o.Affiliation, o.Role = clean(attrOf(item, "affiliation")), clean(attrOf(item, "role"))
		if j, err := jid.Parse(attrOf(item, "jid")); err == nil {
			o.Address = j.Bare().String()
		}
		newNick = attrOf(item, "nick")
		if x := child(item, mucUserSpace, "reason"); x != nil {
			reason = clean(x.Text)
		}
	}
	if x := child(user, mucUserSpace, "destroy"); x != nil {
		destroyed = true
		if y := child(x, mucUserSpace, "reason"); y != nil {
			reason = clean(y.Text)
		}
	}
	return o, newNick, statusCodes(user), reason, destroyed
}

func statusCodes(user *strictxml.Element) (codes []int) {
	for _, c := range user.Children {
		if n, err := strconv.Atoi(attrOf(c, "code")); c.Space == mucUserSpace && c.Name == "status" && err == nil && len(codes) < maxCodes {
			codes = append(codes, n)
		}
	}
	return codes
}

// roomMessage completes a message from a room, and reports one that is no message: a subject, a change of configuration.
//
// std: XEP-0045 §7.2.15, §8.1, §10.2.1
func (x *session) roomMessage(r *room, m *Incoming, in stanza, tell func(func())) bool {
	if m.Type != "groupchat" {
		return false
	}
	x.mu.Lock()
	m.Own = m.Nick != "" && m.Nick == r.nick
	at := time.Now()
	if m.Delay != nil {
		at = m.Delay.At
	}
	if at.After(r.seen) && !at.After(time.Now()) {
		r.seen = at
	}
	x.mu.Unlock()
	e := RoomEvent{Account: x.account, Room: r.address, Occupant: Occupant{Nick: m.Nick}}
	body := child(in.Element, clientSpace, "body")
	switch user := child(in.Element, mucUserSpace, "x"); {
	case m.HasSubject && body == nil:
		e.Kind, e.Subject = Subject, m.Subject
	case user != nil && body == nil && len(statusCodes(user)) > 0 && m.Nick == "":
		e.Kind, e.Codes = Config, statusCodes(user)
	default:
		return false
	}
	tell(func() { x.tell(func(h Handler) { h.Room(e) }) })
	return true
}

// IsNickTaken reports that a room did not let us in because somebody has the nick.
//
// std: XEP-0045 §7.2.8
func IsNickTaken(err error) bool {
	var refusal *message.StanzaError
	return errors.As(err, &refusal) && refusal.Condition == "conflict"
}
