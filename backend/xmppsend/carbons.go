package xmppsend

import (
	"context"
	"slices"

	"mellium.im/xmpp/jid"

	"caveat/backend/label/strictxml"
)

// CarbonFeature: the server tells each program of an account what the others say and hear.
const CarbonFeature = "urn:xmpp:carbons:2"

// copies asks for copies where the server offers them. One that refuses is as one without: the archive tells later.
//
// std: XEP-0280 §4
func (x *session) copies(ctx context.Context, st *stream) {
	known, err := x.sender.features(ctx, st, st.domain())
	if err != nil || !slices.Contains(known, CarbonFeature) {
		return
	}
	_, _ = st.ask(ctx, "set", "", `<enable xmlns="`+CarbonFeature+`"/>`)
}

// copied takes a message that is a copy of another, and reports that it is one. It counts only from our own account: anybody can send
// what looks like one, in anybody's name (CVE-2017-5589).
//
// std: XEP-0280 §6, §7, §11
func (x *session) copied(st *stream, in stanza, tell func(func())) bool {
	sent, received := child(in.Element, CarbonFeature, "sent"), child(in.Element, CarbonFeature, "received")
	if sent == nil && received == nil {
		return false
	}
	if sent != nil && received != nil || in.attr("from") == "" || !sameAddress(in.attr("from"), st.address().Bare().String()) {
		return true
	}
	which := received
	if sent != nil {
		which = sent
	}
	if inner := onlyMessage(which); inner != nil {
		x.copy(st, stanza{inner, in.doc, in.cut}, sent != nil, tell)
	}
	return true
}

// onlyMessage is the one message that is forwarded; nil where there is none, or more than one.
func onlyMessage(e *strictxml.Element) (found *strictxml.Element) {
	forward := child(e, forwardSpace, "forwarded")
	if forward == nil {
		return nil
	}
	for _, c := range forward.Children {
		if c.Name != "message" || c.Space != clientSpace {
			continue
		}
		if found != nil {
			return nil
		}
		found = c
	}
	return found
}

// copy tells the handler of what another program of the user said or heard. No receipt is given: that is the other's.
func (x *session) copy(st *stream, in stanza, sent bool, tell func(func())) {
	m := Incoming{Account: x.account, Raw: in.bytes()}
	var err error
	if m.Chat, err = x.read(in, m.Raw); err != nil {
		m.Chat = unread(in, err)
	}
	m.From, m.To = in.attr("from"), in.attr("to")
	address, nick := splitFull(m.From)
	from, err := jid.Parse(address)
	if err != nil || m.Type == "groupchat" || m.Error != nil {
		return
	}
	peer, me := from, st.address().Bare()
	if m.Own = from.Bare().Equal(me); sent {
		if !m.Own {
			return // the server would tell of what somebody else said
		}
		address, _ = splitFull(m.To)
		if peer, err = jid.Parse(address); err != nil {
			return
		}
		m.Invitation = nil // to somebody else
	}
	m.Peer = peer.Bare().String()
	if r := x.roomOf(m.Peer); r != nil {
		m.Room, m.Nick = true, readable(nick)
		if sent {
			m.Nick = readable(r.ownNick())
		}
	}
	tell(func() { x.tell(func(h Handler) { h.Message(m) }) })
}
