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
	// The configuration changed, other than in privacy.
	codeConfig = 104
	codeMade   = 201
	codeNick   = 303
	// Service shut down; removed because a server was not reached.
	codeShutdown, codeTechnical = 332, 333
	maxCodes                    = 16 // that are kept of one stanza
)

// presence takes what a room says of its occupants. Presence of people is not kept: nothing here depends on it.
func (x *session) presence(st *stream, in stanza, tell func(func())) error {
	address, nick := splitFull(in.attr("from"))
	r := x.roomOf(address)
	if r == nil {
		return nil
	}
	r.hear()
	kind := in.attr("type")
	if kind == "error" {
		r.notLetIn(refused("joining "+r.address, errorIn(in)))
		return nil
	}
	// Somebody of whom the room tells nothing is there all the same: nobody knows who it is.
	user := onlyChild(in.Element, mucUserSpace, "x")
	if in.cut != nil {
		user = nil
	}
	if kind != "" && kind != "unavailable" || nick == "" {
		return nil
	}
	events, err := r.change(nick, kind == "", user)
	if errors.Is(err, errMade) {
		x.forgetRoom(r)
		st.later(r.presence(`type="unavailable"`, ""))
		return nil
	}
	if errors.Is(err, ErrTooMuch) {
		x.giveUp(st, r, err, tell)
		return nil
	}
	for _, e := range events {
		e.Account, e.Room = x.account, r.address
		e.Occupant.Nick, e.NewNick = readable(e.Occupant.Nick), readable(e.NewNick)
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

// answer tells everybody who is joining, once. The session's mutex is held.
func (r *room) answer(err error) {
	for _, c := range r.entering {
		c <- err
	}
	r.entering = nil
}

// errMade: the room did not exist, and the service made one for us.
var errMade = errors.New("the service made a room")

// change takes one presence of a room, and says what is new by it.
//
// std: XEP-0045 §7.2.2, §7.6, §7.14, §8.2, §9.1, §10.1, §10.9
func (r *room) change(nick string, isThere bool, user *strictxml.Element) ([]RoomEvent, error) {
	o, newNick, codes, reason, destroyed := readItem(nick, user)
	r.session.mu.Lock()
	defer r.session.mu.Unlock()
	e := RoomEvent{Occupant: o, Codes: codes, Reason: reason, Destroyed: destroyed}
	isSelf := slices.Contains(codes, codeSelf) || r.isIn && nick == r.nick
	if !isThere {
		return r.gone(e, r.normal(newNick), isSelf)
	}
	old, known := r.occupants[nick]
	if err := r.hasPlace(nick); err != nil {
		return nil, err
	}
	if isSelf && !r.isIn && slices.Contains(codes, codeMade) { // open to everybody, under an address that the book may know
		clear(r.occupants)
		r.answer(refused("joining "+r.address, &message.StanzaError{Type: "cancel", Condition: "item-not-found"}))
		return nil, errMade
	}
	r.occupants[nick] = o
	if !known || old.Address != o.Address || isSelf && !r.isIn {
		r.cameLast = r.session.sender.options.Now()
	}
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

// normal is a nick as it stands in addresses; "": it cannot.
func (r *room) normal(nick string) string {
	address, err := jid.Parse(r.address)
	if err != nil || nick == "" {
		return ""
	}
	full, err := address.WithResource(nick)
	if err != nil {
		return ""
	}
	return full.Resourcepart()
}

// hasPlace refuses one occupant too many, by whatever stanza the room has him come. The session's mutex is held.
func (r *room) hasPlace(nick string) error {
	if _, known := r.occupants[nick]; known || len(r.occupants) < MaxOccupants {
		return nil
	}
	err := fmt.Errorf("%w: %s has more than %d occupants", ErrTooMuch, r.address, MaxOccupants)
	r.answer(err)
	return err
}

// gone takes away who is not there any more. The session's mutex is held.
func (r *room) gone(e RoomEvent, newNick string, isSelf bool) ([]RoomEvent, error) {
	nick := e.Occupant.Nick
	old, known := r.occupants[nick]
	delete(r.occupants, nick)
	if e.Occupant.Address == "" {
		e.Occupant.Address = old.Address
	}
	switch {
	case slices.Contains(e.Codes, codeNick) && newNick != "" && len(newNick) <= maxNick:
		if err := r.hasPlace(newNick); err != nil {
			return nil, err
		}
		if e.Kind, e.NewNick = Changed, newNick; isSelf {
			r.nick, r.wanted = newNick, newNick
		}
		e.Occupant.Nick = newNick
		r.occupants[newNick] = e.Occupant // its presence follows; until then nobody is missing
		r.cameLast = r.session.sender.options.Now()
		e.Occupant.Nick = nick
	case isSelf:
		if !r.isIn {
			return nil, nil
		}
		r.isIn, r.nick = false, ""
		clear(r.occupants)
		if r.session.rooms[r.address] == r && !passes(e) { // we were made to leave
			delete(r.session.rooms, r.address)
		}
		e.Kind = Gone
	case !known:
		return nil, nil
	default:
		e.Kind = Left
	}
	return []RoomEvent{e}, nil
}

// readItem reads what a room says of one occupant, which may be nothing.
func readItem(nick string, user *strictxml.Element) (o Occupant, newNick string, codes []int, reason string, destroyed bool) {
	o.Nick = nick
	if user == nil {
		return o, "", nil, "", false
	}
	if item := child(user, mucUserSpace, "item"); item != nil {
		o.Affiliation, o.Role = clean(attrOf(item, "affiliation")), clean(attrOf(item, "role"))
		o.Address, o.isShared = addressIn(user)
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

// addressIn is who an occupant is. A nick may stand for several connections of one person; where it stands for several people, or for
// somebody who is not told, nobody knows who it is.
func addressIn(user *strictxml.Element) (address string, isShared bool) {
	n := 0
	for _, c := range user.Children {
		if c.Space != mucUserSpace || c.Name != "item" {
			continue
		}
		j, err := jid.Parse(attrOf(c, "jid"))
		if err != nil || j.Domainpart() == "" || n > 0 && j.Bare().String() != address {
			return "", several(user)
		}
		address = j.Bare().String()
		n++
	}
	return address, false
}

// several reports that a room says more than one thing of an occupant.
func several(user *strictxml.Element) bool {
	n := 0
	for _, c := range user.Children {
		if c.Space == mucUserSpace && c.Name == "item" {
			n++
		}
	}
	return n > 1
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
	r.hear()
	x.mu.Lock()
	m.Own = m.Nick != "" && m.Nick == readable(r.nick)
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
		e.Kind, e.Subject, e.Message = Subject, m.Subject, m
	case user != nil && body == nil && len(statusCodes(user)) > 0 && m.Nick == "":
		if e.Kind, e.Codes = Config, statusCodes(user); slices.Contains(e.Codes, codeConfig) {
			r.maybeHides()
		}
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
