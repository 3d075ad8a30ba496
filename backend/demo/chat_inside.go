package demo

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// played are those who are always inside and have not logged in, by nick. The mutex is held.
func (r *chatRoom) played() map[string]string {
	out := map[string]string{}
	for _, mail := range r.there {
		nick, _, _ := strings.Cut(mail, "@")
		if !r.away[mail] {
			out[nick] = chatAddress(mail) + "/desk"
		}
	}
	maps.Copy(out, r.visit)
	return out
}

// replay has those who have logged in leave the rooms in which they were played, and come back when they are gone. The mutex is held.
func (s *chatServer) replay() {
	for _, r := range s.rooms {
		s.replayIn(r)
	}
}

func (s *chatServer) replayIn(r *chatRoom) {
	for _, mail := range r.there {
		nick, _, _ := strings.Cut(mail, "@")
		now := s.isLoggedIn(chatAddress(mail))
		if now == r.away[mail] || !now && r.users[nick] != "" {
			continue
		}
		if r.away[mail] = now; now {
			s.tellAll(r, "unavailable", nick, item(chatAddress(mail)+"/desk", "none", ""))
		} else {
			s.tellAll(r, "", nick, item(chatAddress(mail)+"/desk", "participant", ""))
		}
	}
}

// enters lets somebody into a room.
//
// std: XEP-0045 §7.2
func (s *chatServer) enters(x stanza, r *chatRoom) {
	nick := resourceOf(x.to)
	s.mu.Lock()
	defer s.mu.Unlock()
	_, isPlayed := r.played()[nick]
	before := r.nickOf(x.from)
	switch {
	case nick == "":
		s.send(x.refusal("modify", "jid-malformed", "A nick is needed."))
	case isPlayed || r.users[nick] != "" && r.users[nick] != x.from:
		s.send(x.refusal("cancel", "conflict", "Somebody has this nick."))
	case before != "" && before != nick:
		s.send(x.refusal("cancel", "not-allowed", "Leave the room to enter it under another nick."))
	case before == nick && x.child(roomSpace, "x") == nil:
		// A change of presence, of which a room here tells nobody.
	default:
		if condition, text := barred(r.address, x); condition != "" {
			s.send(x.refusal("auth", condition, text))
			return
		}
		s.welcome(x, r, nick)
	}
}

// welcome tells who is there, then that the user is, then what was said. The mutex is held.
func (s *chatServer) welcome(x stanza, r *chatRoom, nick string) {
	played := r.played()
	for _, other := range slices.Sorted(maps.Keys(played)) {
		s.tell(r, "presence", "", other, x.from, item(played[other], "participant", ""))
	}
	for _, other := range slices.Sorted(maps.Keys(r.users)) {
		if other != nick {
			s.tell(r, "presence", "", other, x.from, item(r.users[other], "participant", ""))
		}
	}
	r.users[nick] = x.from
	s.tellAll(r, "", nick, item(x.from, "participant", ""))
	s.tell(r, "presence", "", nick, x.from, item(x.from, "participant", `<status code="100"/><status code="110"/>`))
	for _, m := range r.history[max(0, len(r.history)-historyWanted(x)):] {
		y := m.named(m.name, r.address)
		y.to = x.from
		y.inner += fmt.Sprintf(`<delay xmlns="urn:xmpp:delay" from="%s" stamp="%s"/>`, r.address, m.at.Format(time.RFC3339))
		s.send(y)
	}
	s.aside(r, nick, x.from)
	local, _ := partsOf(r.address)
	s.tell(r, "message", "groupchat", "", x.from, "<subject>"+escaped(local)+"</subject>")
}

// historyWanted is how many messages of the past whoever enters asks for.
func historyWanted(x stanza) int {
	e := childOf(x.child(roomSpace, "x"), roomSpace, "history")
	if e == nil {
		return mostSaid
	}
	v, _ := e.Attr("maxstanzas")
	if n, err := strconv.Atoi(v); err == nil && n >= 0 {
		return min(n, mostSaid)
	}
	return mostSaid
}

func (r *chatRoom) nickOf(jid string) string {
	for nick, who := range r.users {
		if who == jid {
			return nick
		}
	}
	return ""
}

// leaves takes somebody out and tells everybody, the one who leaves at last.
//
// std: XEP-0045 §7.14
func (s *chatServer) leaves(x stanza, r *chatRoom) {
	s.mu.Lock()
	defer s.mu.Unlock()
	nick := r.nickOf(x.from)
	if nick == "" {
		return
	}
	delete(r.users, nick)
	s.tellAll(r, "unavailable", nick, item(x.from, "none", ""))
	s.tell(r, "presence", "unavailable", nick, x.from, item(x.from, "none", `<status code="110"/>`))
	s.replayIn(r)
}
