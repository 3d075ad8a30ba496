package xmppsend

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"mellium.im/xmpp/jid"

	"caveat/backend/label/strictxml"
	"caveat/backend/message"
	"caveat/backend/presend"
)

// Occupants implements presend.Occupants for the rooms that an account is in. Where several accounts are in one room, each hears what the
// others say there: all of them are given. complete is false where the room counts more people than it shows, or does not answer; one that
// gives no count is believed.
func (s *Sender) Occupants(ctx context.Context, address string) ([]presend.Occupant, bool, error) {
	s.mu.Lock()
	var all []*session
	for _, x := range s.sessions {
		all = append(all, x)
	}
	s.mu.Unlock()
	var within []*room
	for _, x := range all {
		if r := x.roomNow(address); r != nil {
			within = append(within, r)
		}
	}
	if len(within) == 0 {
		return nil, false, fmt.Errorf("%w: %s: join it to see who is there", ErrNotJoined, clean(address))
	}
	complete := true
	for _, r := range within {
		complete = complete && r.showsAll(ctx)
	}
	for _, r := range within { // it may have put us out while it was asked
		if !r.isInside() {
			return nil, false, fmt.Errorf("%w: %s", ErrNotJoined, clean(address))
		}
	}
	return together(within), complete, nil
}

// showsAll reports that a room does not count more people than it has told us of: one may keep the presence of some from others, and
// they hear what is said all the same. It is asked anew each time, and once more where somebody may have gone meanwhile.
//
// std: XEP-0045 §6.4
func (r *room) showsAll(ctx context.Context) bool {
	for range 2 {
		n, err := r.session.sender.count(ctx, r)
		if err != nil {
			return false
		}
		r.session.mu.Lock()
		shown := len(r.occupants)
		r.session.mu.Unlock()
		if n <= shown {
			return true
		}
	}
	return false
}

// count asks a room how many people are in it: 0 where it does not say, or may not be asked.
func (s *Sender) count(ctx context.Context, r *room) (int, error) {
	_, st, err := s.online(r.session.account)
	if err != nil {
		return 0, err
	}
	if s.mayAsk(st, r.address) != nil {
		return 0, nil
	}
	ctx, cancel := context.WithTimeout(ctx, countWithin)
	defer cancel()
	x, err := st.ask(ctx, "get", r.address, `<query xmlns="`+infoSpace+`"/>`)
	var refusal *message.StanzaError
	if errors.As(err, &refusal) && slices.Contains(tellsNothing, refusal.Condition) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return countIn(child(x.Element, infoSpace, "query"))
}

// countWithin is how long a check waits for a room to count.
const countWithin = 5 * time.Second

// tellsNothing are the refusals of a room that was reached, and does not say what it is.
var tellsNothing = []string{"forbidden", "not-allowed", "not-authorized", "service-unavailable", "feature-not-implemented"}

// countIn reads the greatest count that an answer gives.
func countIn(query *strictxml.Element) (most int, err error) {
	if query == nil {
		return 0, fmt.Errorf("%w: a room does not say what it is", ErrProtocol)
	}
	for _, form := range query.Children {
		for _, field := range form.Children {
			if form.Space != formSpace || field.Space != formSpace || attrOf(field, "var") != "muc#roominfo_occupants" {
				continue
			}
			value := child(field, formSpace, "value")
			if value == nil {
				continue
			}
			n, err := strconv.Atoi(strings.TrimSpace(value.Text))
			if err != nil {
				return 0, fmt.Errorf("%w: a room counts %.20q people", ErrProtocol, value.Text)
			}
			most = max(most, n)
		}
	}
	return most, nil
}

const formSpace = "jabber:x:data"

// together puts what several accounts see of a room into one, sorted by nick. An account that is alone there is left out.
func together(within []*room) (list []presend.Occupant) {
	others, ours := seen{}, seen{}
	for _, r := range within {
		r.see(others, ours)
	}
	if len(within) > 1 {
		for nick, address := range ours {
			if others[nick] == hidden { // the others are not told who it is: we know
				delete(others, nick)
			}
			others.add(nick, address)
		}
	}
	for nick, address := range others {
		if address == hidden || address == nobodyKnows {
			address = ""
		}
		list = append(list, presend.Occupant{Address: address, Nick: nick})
	}
	slices.SortFunc(list, func(a, b presend.Occupant) int { return strings.Compare(a.Nick, b.Nick) })
	return list
}

// seen are addresses by nick.
type seen map[string]string

// What stands in place of an address: the room does not tell it; or it tells several things.
const hidden, nobodyKnows = "", "/"

// add notes who has a nick. Of whom different people are told, nobody knows who it is.
func (s seen) add(nick, address string) {
	if old, known := s[nick]; known && old != address {
		address = nobodyKnows
	}
	s[nick] = address
}

// see adds who is in a room. We ourselves are who has our nick, where the room does not say that it is, or is also, somebody else.
func (r *room) see(others, ours seen) {
	r.session.mu.Lock()
	defer r.session.mu.Unlock()
	me, _ := jid.Parse(r.session.state.JID)
	own := me.Bare().String()
	for _, o := range r.occupants {
		switch {
		case o.isShared:
			others.add(o.Nick, nobodyKnows)
		case o.Nick == r.nick && (o.Address == hidden || o.Address == own):
			ours.add(o.Nick, own)
		default:
			others.add(o.Nick, o.Address)
		}
	}
}

// giveUp leaves a room of which nobody can keep in mind who is in it, and forgets it: entered again it would be the same.
func (x *session) giveUp(st *stream, r *room, why error, tell func(func())) {
	octets := r.presence(`type="unavailable"`, "")
	x.forgetRoom(r)
	x.loseSight(r)
	st.later(octets)
	e := RoomEvent{Account: x.account, Room: r.address, Kind: Gone, Reason: clean(why.Error())}
	tell(func() { x.tell(func(h Handler) { h.Room(e) }) })
}

// onlyChild gives the child of that name; nil where there is none, or more than one: an occupant's own words may be among them then.
func onlyChild(e *strictxml.Element, space, name string) (only *strictxml.Element) {
	for _, c := range e.Children {
		if c.Space != space || c.Name != name {
			continue
		}
		if only != nil {
			return nil
		}
		only = c
	}
	return only
}

// maybeHides has whatever was checked before checked again: from now on the room may not show who comes.
func (r *room) maybeHides() {
	r.session.mu.Lock()
	defer r.session.mu.Unlock()
	r.cameLast = r.session.sender.options.Now()
}
