package xmppsend

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"mellium.im/xmpp/jid"

	"caveat/backend/label/strictxml"
	"caveat/backend/message"
)

const (
	mucSpace     = "http://jabber.org/protocol/muc"
	mucUserSpace = "http://jabber.org/protocol/muc#user"
)

// MaxOccupants is how many people a room may have; one with more is left, and forgotten.
const MaxOccupants = 20_000

// maxNick is how long a nick may be, in octets.
const maxNick = 1023

// room is a room that the account is, or is to be, in. Its session's mutex guards it.
type room struct {
	session   *session
	address   string // bare
	nick      string // our own as the room has it; "" before it lets us in
	wanted    string // our own as we ask for it
	password  string
	isIn      bool
	occupants map[string]Occupant // by nick
	seen      time.Time           // the newest message from it
	cameLast  time.Time           // when somebody came, or turned out to be somebody else
	heard     time.Time           // when the room last said, or answered, anything
	entering  []chan error        // buffered; nil: nobody waits
	takesOff  bool                // it was seen to show a message of ours without its label, or with another
}

// JoinOptions say how a room is joined. The zero value: without password, and with as much history as the room gives.
type JoinOptions struct {
	Password string
	// History is how many past messages are asked for; 0: as many as the room gives, negative: none.
	History int
}

// Join enters a room and stays in it over lost connections until Leave. It returns when the room has let us in, or why not: ErrRefused
// with the room's error, of which the condition says what is wrong: conflict (the nick is taken), not-authorized (password),
// registration-required (members only), forbidden (banned), service-unavailable (full). A room that does not exist is item-not-found:
// services would make one for whoever comes first, open to everybody.
//
// std: XEP-0045 §7.2
func (s *Sender) Join(ctx context.Context, account, address, nick string, o JoinOptions) error {
	to, err := bareOf(address)
	if err != nil {
		return err
	}
	full, err := to.WithResource(nick)
	if err != nil || full.Resourcepart() == "" {
		return fmt.Errorf("%w: nick %.80q", ErrAddress, nick)
	}
	if s.options.Controls(to.Domainpart()).NoRooms {
		return fmt.Errorf("%w: %s: rooms", ErrNotAllowed, to)
	}
	x, st, err := s.online(account)
	if err != nil {
		return err
	}
	if err := s.exists(ctx, st, to.String()); err != nil {
		return err
	}
	r := x.want(to.String(), full.Resourcepart(), o.Password)
	err = r.enter(ctx, st, o.History)
	if err != nil && !r.isInside() {
		x.forgetRoom(r)
		if !errors.Is(err, ErrRefused) { // it may still let us in: nobody would know
			st.later(r.presence(`type="unavailable"`, ""))
		}
	}
	return err
}

// exists refuses a room of which its service says that there is none. One that does not answer questions is not asked twice.
func (s *Sender) exists(ctx context.Context, st *stream, room string) error {
	_, err := s.features(ctx, st, room)
	var refusal *message.StanzaError
	switch {
	case errors.As(err, &refusal) && refusal.Condition == "item-not-found":
		return err
	case errors.As(err, &refusal), errors.Is(err, ErrNotAllowed):
		return nil
	}
	return err
}

// Leave leaves a room, and forgets it.
//
// std: XEP-0045 §7.14
func (s *Sender) Leave(_ context.Context, account, address string) error {
	x := s.session(account)
	r := x.roomOf(address)
	if r == nil {
		return fmt.Errorf("%w: %s", ErrNotJoined, clean(address))
	}
	x.forgetRoom(r)
	if _, st, err := s.online(account); err == nil && r.isInside() {
		return st.write(r.presence(`type="unavailable"`, ""))
	}
	return nil
}

// Inside lists who is in a room, sorted by nick; ErrNotJoined where the account is not.
func (s *Sender) Inside(account, address string) ([]Occupant, error) {
	x := s.session(account)
	r := x.roomNow(address)
	if r == nil {
		return nil, fmt.Errorf("%w: %s", ErrNotJoined, clean(address))
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	var out []Occupant
	for _, o := range r.occupants {
		o.Nick = readable(o.Nick)
		out = append(out, o)
	}
	slices.SortFunc(out, func(a, b Occupant) int { return strings.Compare(a.Nick, b.Nick) })
	return out, nil
}

// Nick is the account's own in a room now; "" where it is not in it.
func (s *Sender) Nick(account, address string) string {
	if r := s.session(account).roomNow(address); r != nil {
		return readable(r.ownNick())
	}
	return ""
}

// want notes that a room is to be joined.
func (x *session) want(address, nick, password string) *room {
	x.mu.Lock()
	defer x.mu.Unlock()
	r := x.rooms[address]
	if r == nil {
		r = &room{session: x, address: address, occupants: map[string]Occupant{}}
		x.rooms[address] = r
	}
	r.wanted, r.password = nick, password
	return r
}

func (x *session) forgetRoom(r *room) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.rooms[r.address] == r {
		delete(x.rooms, r.address)
	}
}

// roomOf finds a room that the account is, or is to be, in; nil where there is none.
func (x *session) roomOf(address string) *room {
	j, err := jid.Parse(address)
	if err != nil {
		return nil
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.rooms[j.Bare().String()]
}

// roomNow finds a room that the account is in now.
func (x *session) roomNow(address string) *room {
	if r := x.roomOf(address); r != nil && r.isInside() {
		return r
	}
	return nil
}

func (r *room) isInside() bool {
	r.session.mu.Lock()
	defer r.session.mu.Unlock()
	return r.isIn
}

func (r *room) ownNick() string {
	r.session.mu.Lock()
	defer r.session.mu.Unlock()
	return r.nick
}

// enterAgain enters a room that is wanted, where we are not in it. One that does not let us in stays wanted: rejoin and comeBack decide
// how long.
func (r *room) enterAgain(ctx context.Context, st *stream) error {
	if r.isInside() {
		return nil
	}
	if err := r.session.sender.exists(ctx, st, r.address); err != nil {
		return err
	}
	return r.enter(ctx, st, 0)
}

// presence writes one to the room. It tells nothing but that we are there.
func (r *room) presence(attributes, payload string) []byte {
	r.session.mu.Lock()
	to := r.address + "/" + r.wanted
	r.session.mu.Unlock()
	var w strictxml.Writer
	w.Raw("<presence")
	w.Attr("to", to)
	if attributes != "" {
		w.Raw(" " + attributes)
	}
	w.Raw(">" + payload + "</presence>")
	return w.Bytes()
}

// enter asks to be let in and waits for the answer.
func (r *room) enter(ctx context.Context, st *stream, history int) error {
	if to, err := jid.Parse(r.address); err != nil || r.session.sender.options.Controls(to.Domainpart()).NoRooms {
		return fmt.Errorf("%w: %s: rooms", ErrNotAllowed, r.address)
	}
	var w strictxml.Writer
	w.Raw(`<x xmlns="` + mucSpace + `">`)
	r.session.mu.Lock()
	password, seen := r.password, r.seen
	entering := make(chan error, 1)
	r.entering = append(r.entering, entering) // who joins and who comes back after a lost connection may both wait
	r.session.mu.Unlock()
	switch {
	case history < 0:
		w.Raw(`<history maxstanzas="0"/>`)
	case history > 0:
		w.Raw(`<history maxstanzas="` + strconv.Itoa(history) + `"/>`)
	case !seen.IsZero(): // again: what was missed
		w.Raw(`<history since="` + seen.UTC().Format(time.RFC3339) + `"/>`)
	}
	if password != "" {
		w.Leaf("password", password)
	}
	w.Raw("</x>")
	if err := st.write(r.presence("", w.String())); err != nil {
		return err
	}
	timer := time.NewTimer(st.timeout)
	defer timer.Stop()
	select {
	case err := <-entering:
		return err
	case <-st.ended:
		return st.why()
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return fmt.Errorf("%w: %s does not answer", ErrTimeout, r.address)
	}
}

// rejoin enters the rooms again after a lost connection. One that does not let us in is gone, which its event says.
func (x *session) rejoin(ctx context.Context, st *stream) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, r := range x.rooms {
		go func() {
			err := r.enterAgain(ctx, st)
			switch {
			case err == nil || st.why() != nil || ctx.Err() != nil:
			case isLasting(err):
				x.forgetRoom(r)
				x.tell(func(h Handler) {
					h.Room(RoomEvent{Account: x.account, Room: r.address, Kind: Gone, Reason: clean(err.Error())})
				})
			default:
				x.comeBack(st, r)
			}
		}()
	}
}

// comebacks is how often a room is entered again that put us out for a reason that passes.
const comebacks = 6

// comeBack enters a room again that put us out because a server was not reached, or went down.
func (x *session) comeBack(st *stream, r *room) {
	wait := firstWait
	for range comebacks {
		timer := time.NewTimer(wait/2 + rand.N(wait/2))
		select {
		case <-st.ended:
			timer.Stop()
			return // joined again with the next session
		case <-timer.C:
		}
		if x.roomOf(r.address) != r || r.isInside() {
			return
		}
		st.forgetFeatures(r.address)
		err := r.enterAgain(context.Background(), st)
		if err == nil {
			return
		}
		if isLasting(err) {
			break
		}
		wait *= 2
	}
	x.forgetRoom(r)
}

// emptyRooms forgets who is in the rooms when the connection is lost: nobody knows then. The rooms are joined again.
func (x *session) emptyRooms(cause error) {
	x.mu.Lock()
	var left []string
	for _, r := range x.rooms {
		if r.isIn {
			left = append(left, r.address)
		}
		r.isIn, r.nick = false, ""
		clear(r.occupants)
	}
	x.mu.Unlock()
	for _, address := range left {
		x.tell(func(h Handler) {
			h.Room(RoomEvent{Account: x.account, Room: address, Kind: Gone, Reason: clean(cause.Error())})
		})
	}
}
