package demo

import (
	"crypto/rand"
	"strings"
)

func newChatID() string { return rand.Text() }

// remember takes a new session in. Whom it is of is no longer played by the server.
func (s *chatServer) remember(me *chatSession) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions[me] = true
	s.replay()
}

// forget takes a session that ended out of everything, and tells the rooms.
//
// std: RFC6121 §4.6.3
func (s *chatServer) forget(me *chatSession) {
	s.mu.Lock()
	delete(s.sessions, me)
	s.replay()
	s.mu.Unlock()
	me.mu.Lock()
	rooms := me.rooms
	me.rooms = map[string]bool{}
	me.mu.Unlock()
	for room := range rooms {
		s.send(stanza{kind: "presence", typ: "unavailable", from: me.jid, to: room})
	}
}

// isLoggedIn reports that somebody has a session. The mutex is held.
func (s *chatServer) isLoggedIn(bare string) bool {
	for me := range s.sessions {
		if bareOf(me.jid) == bare {
			return true
		}
	}
	return false
}

// toPerson brings a message to a person of this nation, whose clearance must permit it, or an answer to a session.
func (s *chatServer) toPerson(x stanza) {
	bare := bareOf(x.to)
	switch {
	case x.kind == "message" && x.typ == "groupchat" && !isRoomAddress(x.from):
		s.send(x.refusal("cancel", "service-unavailable", ""))
		return
	case x.typ != "groupchat" && x.says():
		n, ok := s.clearanceOf(mailAddress(bare), false)
		if !ok {
			s.send(x.refusal("cancel", "item-not-found", "No such address."))
			return
		}
		if why := s.against(x, "", nil, n); why != "" {
			s.send(x.refusal("auth", "forbidden", why))
			return
		}
	}
	x = s.archived(x, bare)
	if !s.deliver(x) && x.kind == "message" && x.typ != "error" {
		s.play(x)
	}
}

// deliver hands a stanza to the session that it names, one for a person to all sessions of that person; false: there is none.
//
// std: RFC6121 §8.5
func (s *chatServer) deliver(x stanza) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all, exact []*chatSession
	for me := range s.sessions {
		if bareOf(me.jid) == bareOf(x.to) {
			all = append(all, me)
		}
		if strings.EqualFold(me.jid, x.to) {
			exact = append(exact, me)
		}
	}
	isForOne := x.kind != "message" || x.typ == "groupchat" || x.typ == "error"
	if len(exact) == 0 && !(isForOne && resourceOf(x.to) != "") {
		exact = all
	}
	for _, me := range exact {
		if !me.out.put(x) {
			_ = me.conn.Close() // it takes nothing more, and misses what it must not miss
		}
	}
	return len(exact) > 0
}

// answers are those who answer in chat: one of each nation, unless they have logged in themselves.
var answers = map[string]bool{GBRCleared: true, UKRCleared: true, AUSCleared: true, DEUCleared: true}

// play has somebody say that a message was read, under the very label that it had.
func (s *chatServer) play(x stanza) {
	body := x.child(chatSpace, "body")
	if body == nil || x.label() == "" || !answers[mailAddress(x.to)] {
		return
	}
	said := []rune(body.Text)
	if len(said) > 200 {
		said = append(said[:200], '…')
	}
	if x.child(receiptSpace, "request") != nil {
		s.playFrom(x, `<received xmlns="`+receiptSpace+`" id="`+escaped(x.id)+`"/>`)
	}
	s.playFrom(x, "<body>"+escaped("Understood: “"+string(said)+"”")+"</body>"+x.label())
}

// playFrom answers a message as the person whom it was for.
func (s *chatServer) playFrom(x stanza, inner string) {
	octets := stanza{kind: "message", typ: "chat", id: newChatID(), from: bareOf(x.to) + "/desk", to: x.from, inner: inner}.octets()
	answer, err := parseStanza(octets)
	if err != nil {
		s.f.log.Error("an answer in chat", "error", err)
		return
	}
	s.send(answer)
}
