package demo

import (
	"encoding/xml"
	"errors"
	"strings"

	"caveat/backend/label/strictxml"
	"caveat/backend/message"
)

const (
	chatSpace    = "jabber:client"
	chatErrors   = "urn:ietf:params:xml:ns:xmpp-stanzas"
	infoSpace    = "http://jabber.org/protocol/disco#info"
	itemsSpace   = "http://jabber.org/protocol/disco#items"
	pingSpace    = "urn:xmpp:ping"
	roomSpace    = "http://jabber.org/protocol/muc"
	labelFeature = message.LabelNamespace
)

// errStanza: what came is no stanza, or too much.
var errStanza = errors.New("demo: not a stanza")

// stanza is one stanza on its way. What stands between its tags goes on octet for octet: so do labels.
type stanza struct {
	kind, typ, id, from, to string
	inner                   string

	*strictxml.Element        // nil in what a server says itself
	whole              []byte // the document that it was parsed in
}

// parseStanza reads one stanza as it stands in a stream, whose namespace it inherits.
func parseStanza(octets string) (stanza, error) {
	whole := []byte(`<s xmlns="` + chatSpace + `">` + octets + `</s>`)
	e, err := strictxml.Parse(whole, strictxml.Limits{Bytes: message.MaxStanza + 100, Elements: message.MaxStanzaElements + 1, Depth: message.MaxStanzaDepth + 1})
	if err != nil {
		return stanza{}, err
	}
	if len(e.Children) != 1 || e.Children[0].Space != chatSpace {
		return stanza{}, errStanza
	}
	x := stanza{Element: e.Children[0], whole: whole}
	attr := func(name string) string {
		v, _ := x.Attr(name)
		return v
	}
	x.kind, x.typ, x.id, x.from, x.to = x.Name, attr("type"), attr("id"), attr("from"), attr("to")
	start, end := x.Inner(whole)
	x.inner = string(whole[start:end])
	return x, nil
}

// octets is the stanza without a namespace: it inherits that of its stream.
func (x stanza) octets() string {
	var w strictxml.Writer
	w.Raw("<" + x.kind)
	for _, a := range [][2]string{{"type", x.typ}, {"id", x.id}, {"from", x.from}, {"to", x.to}} {
		if a[1] != "" {
			w.Attr(a[0], a[1])
		}
	}
	w.Raw(">" + x.inner + "</" + x.kind + ">")
	return w.String()
}

// child finds a part by its name.
func (x stanza) child(space, name string) *strictxml.Element {
	if x.Element == nil {
		return nil
	}
	return childOf(x.Element, space, name)
}

func childOf(e *strictxml.Element, space, name string) *strictxml.Element {
	if e == nil {
		return nil
	}
	for _, c := range e.Children {
		if c.Space == space && c.Name == name {
			return c
		}
	}
	return nil
}

// label is the label of a message, octet for octet; empty: it has none.
func (x stanza) label() string {
	if e := x.child(message.LabelNamespace, "securitylabel"); e != nil {
		return e.Standalone(x.whole)
	}
	return ""
}

// isAnswered reports that an error may answer the stanza: never another error, nor an answer.
func (x stanza) isAnswered() bool {
	return x.typ != "error" && (x.kind != "iq" || x.typ == "get" || x.typ == "set")
}

// refusal is the answer to a stanza that is refused: without the label that the stanza may have had. Kind is cancel, auth, modify or wait;
// only what waits may be tried again.
//
// std: RFC6120 §8.3, XEP-0258 §4
func (x stanza) refusal(kind, condition, text string) stanza {
	inner := `<error type="` + kind + `"><` + condition + ` xmlns="` + chatErrors + `"/>`
	if text != "" {
		inner += `<text xmlns="` + chatErrors + `">` + escaped(text) + "</text>"
	}
	return stanza{kind: x.kind, typ: "error", id: x.id, from: x.to, to: x.from, inner: inner + "</error>"}
}

// result is the answer to a question.
func (x stanza) result(inner string) stanza {
	return stanza{kind: "iq", typ: "result", id: x.id, from: x.to, to: x.from, inner: inner}
}

func escaped(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a Builder takes everything
	return b.String()
}

// bareOf is an address without its resource or nick, in lower case.
func bareOf(jid string) string {
	bare, _, _ := strings.Cut(jid, "/")
	return strings.ToLower(bare)
}

func resourceOf(jid string) string {
	_, resource, _ := strings.Cut(jid, "/")
	return resource
}

// partsOf are what stands before the @ of an address, if anything, and its domain.
func partsOf(jid string) (local, domain string) {
	local, domain, isAddress := strings.Cut(bareOf(jid), "@")
	if !isAddress {
		return "", local
	}
	return local, domain
}
