package demo

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"caveat/backend/label"
	"caveat/backend/label/strictxml"
	"caveat/backend/message"
	"caveat/backend/spif"
)

// chatLinks are what each nation's chat server lets out to another nation's, by its own side of the link. GBR stands between the others,
// which have no links with one another. Each end was written down by whose server it is: the other end is in inbound.
var chatLinks = map[link]grant{
	{"GBR", "UKR"}: outbound["UKR"],
	{"GBR", "AUS"}: outbound["AUS"],
	{"GBR", "DEU"}: outbound["DEU"],
	{"UKR", "GBR"}: {upTo: "SECRET", mission: true, atomal: true, bohemia: true, nations: "GBR"},
	{"AUS", "GBR"}: {upTo: "SECRET", mission: true, atomal: true, bohemia: true, nations: "GBR"},
	{"DEU", "GBR"}: {upTo: "RESTRICTED", mission: true, nations: "GBR"},
}

// spaceless are the parts that a message may have without having a label: they say nothing but that another message has arrived, that
// somebody writes, or that somebody is asked into a room.
var spaceless = []string{
	"urn:xmpp:receipts", "http://jabber.org/protocol/chatstates", "urn:xmpp:chat-markers:0", roomSpace + "#user", "jabber:x:conference",
	"urn:xmpp:hints", idSpace, "urn:xmpp:delay", archiveSpace,
}

// says reports that a stanza is a message with content, which needs a label. The subject of a room has none.
//
// std: XEP-0258 §4
func (x stanza) says() bool {
	if x.kind != "message" || x.typ == "error" || x.Element == nil || x.isSubject() {
		return false
	}
	return slices.ContainsFunc(x.Children, func(e *strictxml.Element) bool {
		isThread := e.Space == chatSpace && e.Name == "thread"
		return !isThread && !slices.Contains(spaceless, e.Space)
	})
}

// isSubject reports that a message is a room's subject and nothing else.
func (x stanza) isSubject() bool {
	return x.typ == "groupchat" && x.child(chatSpace, "subject") != nil && x.child(chatSpace, "body") == nil && x.label() == ""
}

// notCleared is how a reason begins that is about a person or a room.
const notCleared = "Not cleared for this label"

// told is what a stanza tells: of a result of an archive the message within.
func (x stanza) told() stanza {
	result := x.child(archiveSpace, "result")
	if result == nil {
		return x
	}
	e := childOf(childOf(result, "urn:xmpp:forward:0", "forwarded"), chatSpace, "message")
	if e == nil {
		return x // which has no label
	}
	y, err := parseStanza(e.Standalone(x.whole))
	if err != nil {
		return x
	}
	return y
}

// against says what a server has against a message that goes by a link, or is for people or a room whose clearances are these numbers: by
// its label, and what its nation knows; "" is nothing.
func (s *chatServer) against(x stanza, way string, side *grant, numbers ...int32) string {
	f := s.f
	l, why := f.chatLabel(x)
	if why != "" {
		return why
	}
	f.mu.RLock()
	defer f.mu.RUnlock()
	j := f.newJudge()
	if why := j.read(l); why != "" {
		return why
	}
	if side != nil {
		if why := j.permits(side.clearance(f.policy)); why != "" {
			return fmt.Sprintf("The link %s does not carry this label: %s", way, why)
		}
	}
	for _, n := range numbers {
		if why := j.clearance(n); why != "" {
			return notCleared + ": " + why
		}
	}
	return ""
}

// leaving says what this nation's server has against a message that it would hand to another's.
func (s *chatServer) leaving(x stanza, to string) string {
	side := chatLinks[link{s.code, to}]
	return s.against(x, linkName(s.code, to), &side)
}

// arriving says what it has against one that another nation's server hands in.
func (s *chatServer) arriving(x stanza, from string) string {
	side := inbound[s.code][from]
	return s.against(x, linkName(from, s.code), &side)
}

// clearanceOf finds the clearance that an entry of this nation publishes; false: there is no such entry of this kind.
func (s *chatServer) clearanceOf(address string, isRoom bool) (int32, bool) {
	s.f.mu.RLock()
	defer s.f.mu.RUnlock()
	n := s.f.nations[s.code]
	i, ok := n.find(address)
	if !ok || n.nodes[i].gone || (n.nodes[i].kind == room) != isRoom {
		return 0, false
	}
	return n.nodes[i].clearance, true
}

// chatLabel reads the label of a message; why is empty unless there is none that can be read.
func (f *Federation) chatLabel(x stanza) (l label.Label, why string) {
	octets := strings.Replace(x.octets(), "<message", `<message xmlns="`+chatSpace+`"`, 1)
	c, err := message.Reader{Site: f.site, At: time.Now()}.ReadStanza([]byte(octets))
	switch {
	case err != nil:
		return label.Label{}, "The message cannot be read: " + err.Error()
	case len(c.Sensitivity.Received) == 0:
		return label.Label{}, "The message has no label that can be read."
	}
	return c.Sensitivity.Received[0], ""
}

func (f *Federation) newJudge() *judge {
	return &judge{f: f, decided: map[int32]string{}, validation: spif.Validation{At: time.Now(), RequireTagSets: []string{tagContext}}}
}
