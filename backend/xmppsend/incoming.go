package xmppsend

import (
	"fmt"

	"mellium.im/xmpp/jid"

	"caveat/backend/label/strictxml"
	"caveat/backend/message"
)

// incoming is every stanza but answers, in the reading goroutine. An error ends the stream.
func (x *session) incoming(st *stream, in stanza, tell func(func())) error {
	switch in.Name {
	case "presence":
		return x.presence(st, in, tell)
	case "message":
		x.message(st, in, tell)
	case "iq":
		x.reply(st, in)
	}
	return nil
}

// reply answers the question of somebody else, where the link there carries questions.
func (x *session) reply(st *stream, in stanza) {
	from, err := jid.Parse(in.attr("from"))
	if err == nil && from.Domainpart() != st.address().Domainpart() && x.sender.options.Controls(from.Domainpart()).NoQueries {
		return
	}
	st.reply(in)
}

// message reads a message and tells the handler. One that cannot be read is told, too: it is damage, not nothing.
func (x *session) message(st *stream, in stanza, tell func(func())) {
	if x.copied(st, in, tell) {
		return
	}
	raw := in.bytes()
	m := Incoming{Account: x.account, Raw: raw}
	var err error
	if m.Chat, err = x.read(in, raw); err != nil {
		m.Chat = unread(in, err)
	}
	m.From = in.attr("from")
	address, nick := splitFull(m.From)
	from, err := jid.Parse(address)
	if err != nil && m.From != "" {
		return // from nobody that could be answered
	}
	if m.From == "" {
		from = st.address().Bare()
	}
	m.Peer = from.Bare().String()
	r := x.roomOf(m.Peer)
	if r == nil && m.Type == "groupchat" {
		return // of a room that we are not in, or of somebody who plays one
	}
	if m.Room = r != nil; m.Room {
		m.Nick = readable(nick)
	}
	if r != nil && x.roomMessage(r, &m, in, tell) {
		return
	}
	if x.wantsReceipt(m) {
		st.sendReceipt(m)
	}
	tell(func() { x.tell(func(h Handler) { h.Message(m) }) })
}

// read reads a message that is whole.
func (x *session) read(in stanza, raw []byte) (message.Chat, error) {
	if in.cut != nil {
		return message.Chat{}, in.cut
	}
	return x.sender.options.Reader().ReadStanza(raw)
}

// unread is a message that cannot be read. It counts as one whose label is malformed, never as one without.
func unread(in stanza, err error) message.Chat {
	return message.Chat{
		Type: in.attr("type"), ID: in.attr("id"), Damage: clean(err.Error()), Sensitivity: message.Sensitivity{Fault: message.FaultMalformed},
	}
}

// reply answers the questions of others: to our own server and account a ping and what we can do, which is nothing that tells of us;
// to everybody else that there is no such service.
//
// std: RFC6120 §8.2.3, XEP-0199 §4.1
func (s *stream) reply(in stanza) {
	if t := in.attr("type"); t != "get" && t != "set" {
		return
	}
	from, me := in.attr("from"), s.address()
	trusted := from == "" || sameAddress(from, me.Bare().String()) || sameAddress(from, me.Domain().String())
	var w strictxml.Writer
	w.Raw("<iq")
	if trusted && in.attr("type") == "get" && child(in.Element, "urn:xmpp:ping", "ping") != nil {
		w.Attr("type", "result")
	} else {
		w.Attr("type", "error")
	}
	w.Attr("id", in.attr("id"))
	w.Optional("to", from)
	if trusted && child(in.Element, "urn:xmpp:ping", "ping") != nil {
		w.Raw("/>")
	} else {
		w.Raw(`><error type="cancel"><service-unavailable xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></iq>`)
	}
	s.later(w.Bytes())
}

// wantsReceipt reports that a person asks to be told that a message arrived, and that the link may tell.
//
// std: XEP-0184 §5.5
func (x *session) wantsReceipt(m Incoming) bool {
	from, err := jid.Parse(m.From)
	if err != nil || !m.WantsReceipt || m.ID == "" || m.Error != nil || m.Room || m.Type == "groupchat" || m.Delay != nil {
		return false
	}
	c := x.sender.options.Controls(from.Domainpart())
	return c.Receipts && !c.NoChat
}

// sendReceipt says that a message arrived. It holds no content, so it has no label.
func (s *stream) sendReceipt(m Incoming) {
	var w strictxml.Writer
	w.Raw(`<message`)
	w.Attr("to", m.From)
	w.Attr("type", "chat")
	w.Raw(`><received xmlns="urn:xmpp:receipts"`)
	w.Attr("id", m.ID)
	w.Raw(`/></message>`)
	s.later(w.Bytes())
}

// maxLater is how many answers may wait for a server that does not read.
const maxLater = 64

// later has something written by another goroutine than the one that reads: a server that does not read must not stop us from reading.
// What is too much is left out: nobody is owed an answer to a flood.
func (s *stream) later(octets []byte) {
	select {
	case s.waiting <- octets:
	default:
	}
}

// answer writes what was put off until the stream ends.
func (s *stream) answer() {
	for {
		select {
		case <-s.ended:
			return
		case octets := <-s.waiting:
			if s.write(octets) != nil {
				return // the stream has ended
			}
		}
	}
}

// settle tells who waits for a message that was sent what came of it: the room reflects it, or somebody refuses it.
//
// std: XEP-0045 §7.4, XEP-0359 §2
func (s *stream) settle(in stanza) {
	kind := in.attr("type")
	if kind != "groupchat" && kind != "error" || child(in.Element, delaySpace, "delay") != nil {
		return
	}
	ids := []string{in.attr("id")}
	if other := attrOf(child(in.Element, "urn:xmpp:sid:0", "origin-id"), "id"); kind == "groupchat" && other != ids[0] {
		ids = append(ids, other) // a room may give messages an id of its own
	}
	if kind == "groupchat" && in.cut != nil {
		return // what it shows, and of when, nobody knows
	}
	e := event{from: in.attr("from")}
	if kind == "error" {
		e.refusal = errorIn(in)
	} else {
		e.shown = in.bytes()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range ids {
		for _, c := range s.expected[id] {
			select {
			case c <- e:
			default: // somebody floods: what counts has come first
			}
		}
	}
}

// setDeliver says who gets what comes.
func (s *stream) setDeliver(f func(stanza) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deliver = f
}

func (s *stream) delivered(x stanza) error {
	s.mu.Lock()
	f := s.deliver
	s.mu.Unlock()
	if err := f(x); err != nil {
		return fmt.Errorf("%s: %w", clean(x.attr("from")), err)
	}
	return nil
}
