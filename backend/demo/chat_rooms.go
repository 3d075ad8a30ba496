package demo

import (
	"maps"
	"slices"
	"time"
)

// chatRoom is a room in which somebody is, or was. The server's mutex guards it.
type chatRoom struct {
	address string
	there   []string          // mail addresses of people who are always inside
	users   map[string]string // full addresses by nick: of people who have logged in, of any nation
	away    map[string]bool   // of those who are always inside, who has logged in and is not played
	visit   map[string]string // full addresses by nick, of people who are played and inside for a while
	since   time.Time         // somebody who has logged in is inside
	history archive           // its messages come from the room's address and the nick
}

// mostSaid is how many messages of the past whoever enters is told.
const mostSaid = 50

// room finds a room; false: the nation publishes none of that address.
func (s *chatServer) room(address string) (*chatRoom, bool) {
	if _, ok := s.clearanceOf(address, true); !ok {
		return nil, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.rooms[address]
	if r == nil {
		local, _ := partsOf(address)
		r = &chatRoom{address: address, there: insideOf(s.code, local), users: map[string]string{}, away: map[string]bool{}, visit: map[string]string{}}
		s.firstSaid(r)
		s.rooms[address] = r
		s.replayIn(r)
	}
	return r, true
}

// toRooms takes what is for the room service, or for a room.
func (s *chatServer) toRooms(x stanza, local string) {
	if local == "" {
		s.roomService(x)
		return
	}
	r, ok := s.room(bareOf(x.to))
	switch {
	case !ok && x.isAnswered() && x.typ != "unavailable":
		s.send(x.refusal("cancel", "item-not-found", "There is no such room."))
	case !ok || x.typ == "error":
	case x.kind == "iq" && x.isAnswered():
		s.roomQuery(x, r)
	case x.kind == "presence" && x.typ == "unavailable":
		s.leaves(x, r)
	case x.kind == "presence" && x.typ == "":
		s.enters(x, r)
	case x.kind == "message":
		s.toRoom(x, r)
	}
}

// roomService answers what is asked of it as a whole.
func (s *chatServer) roomService(x stanza) {
	switch {
	case !x.isAnswered():
	case x.child(pingSpace, "ping") != nil:
		s.send(x.result(""))
	case x.child(infoSpace, "query") != nil:
		s.send(x.result(abilities("conference", "text", "", roomSpace)))
	case x.child(itemsSpace, "query") != nil:
		s.send(x.result(items(s.listed()...)))
	default:
		s.send(x.refusal("cancel", "service-unavailable", ""))
	}
}

// roomQuery answers what is asked of a room. Whoever is inside can ask it, by a ping to the own nick, whether that is so.
func (s *chatServer) roomQuery(x stanza, r *chatRoom) {
	nick := resourceOf(x.to)
	s.mu.Lock()
	isInside := slices.Contains(slices.Collect(maps.Values(r.users)), x.from)
	isSelf := r.users[nick] == x.from && nick != ""
	s.mu.Unlock()
	local, _ := partsOf(r.address)
	switch {
	case nick != "" && !isInside:
		s.send(x.refusal("modify", "not-acceptable", ""))
	case x.child(pingSpace, "ping") != nil && (nick == "" || isSelf):
		s.send(x.result(""))
	case nick != "":
		s.send(x.refusal("cancel", "service-unavailable", ""))
	case x.child(infoSpace, "query") != nil:
		s.send(x.result(abilities("conference", "text", local, roomFeatures(local)...)))
	case x.child(archiveSpace, "query") != nil && isInside:
		s.mu.Lock()
		past := slices.Clone(r.history)
		s.mu.Unlock()
		s.answerArchive(x, past)
	case x.child(itemsSpace, "query") != nil:
		s.send(x.result(items()))
	default:
		s.send(x.refusal("cancel", "service-unavailable", ""))
	}
}

// item is what a room says of an occupant.
//
// std: XEP-0045 §7.2.2
func item(jid, role, codes string) string {
	return `<x xmlns="` + roomSpace + `#user"><item affiliation="member" role="` + role + `" jid="` + escaped(jid) + `"/>` + codes + `</x>`
}

// tell has a room say something to one address.
func (s *chatServer) tell(r *chatRoom, kind, typ, nick, to, inner string) {
	from := r.address
	if nick != "" {
		from += "/" + nick
	}
	s.send(stanza{kind: kind, typ: typ, from: from, to: to, inner: inner})
}

// tellAll has a room say something to everybody inside but those of a nick.
func (s *chatServer) tellAll(r *chatRoom, typ, nick, inner string) {
	for _, other := range slices.Sorted(maps.Keys(r.users)) {
		if other != nick {
			s.tell(r, "presence", typ, nick, r.users[other], inner)
		}
	}
}

// toRoom shows a message to everybody in a room, the sender among them, when the room's clearance permits its label.
//
// std: XEP-0045 §7.4
func (s *chatServer) toRoom(x stanza, r *chatRoom) {
	switch {
	case x.typ != "groupchat" && x.says():
		s.send(x.refusal("cancel", "service-unavailable", "This room carries no private messages."))
		return
	case x.typ != "groupchat":
		return
	case x.isSubject():
		s.send(x.refusal("auth", "forbidden", "The subject of this room is fixed."))
		return
	}
	why := ""
	if x.says() {
		n, _ := s.clearanceOf(r.address, true)
		why = s.against(x, "", nil, n)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	nick := r.nickOf(x.from)
	switch {
	case nick == "":
		s.send(x.refusal("modify", "not-acceptable", "Only who is in the room may speak."))
	case why != "":
		s.send(x.refusal("auth", "forbidden", why))
	default:
		x.from = r.address + "/" + nick
		s.show(r, x)
	}
}

// show brings a message to everybody in a room. The mutex is held.
func (s *chatServer) show(r *chatRoom, x stanza) {
	if x.says() {
		name := newChatID()
		kept := x
		kept.to = r.address
		r.history.add(kept, name, time.Now().UTC().Truncate(time.Second))
		x = x.named(name, r.address)
	}
	for _, nick := range slices.Sorted(maps.Keys(r.users)) {
		x.to = r.users[nick]
		s.send(x)
	}
}
