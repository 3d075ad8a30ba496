package xmpptest

import (
	"crypto/tls"
	"encoding/xml"
	"fmt"
	"html"
	"io"
	"net"
	"regexp"
	"sort"
	"strings"
	"sync"
)

// Node is one room of two that are federated (XEP-0289): a stand-in of our own, for no free server has such rooms. It serves whoever
// logs in to its domain, as Script does, and speaks with the other node over a connection of its own, with TLS on both sides: a user's
// entering, leaving and words go there with who it is, in an fmuc element, which clients never see. Both go on when the connection is
// cut (primary-primary); each then says that the other's people have left. Labels pass as they are.
//
// std: XEP-0289 §5
type Node struct {
	*Script
	Room   string // its address: ops@rooms.DOMAIN
	domain string
	other  net.Conn

	mu        sync.Mutex
	there     map[string]occupant // by nick
	user      string              // as who the client of this node is logged in
	own       string              // its nick; "": it is not in the room
	forwarded []string            // what came from the other node
}

// occupant is somebody in both rooms.
type occupant struct {
	jid   string
	local bool
}

const (
	fmucSpace = "http://isode.com/protocol/fmuc"
	mucUser   = "http://jabber.org/protocol/muc#user"
)

var fmucElement = regexp.MustCompile(`<fmuc xmlns=["']` + regexp.QuoteMeta(fmucSpace) + `["'] from=["']([^"']*)["']/>`)

// StartNodes starts two nodes that end with the test. The client of each is user, with any password.
func StartNodes(t TB, ca *CA, users ...string) (a, b *Node) {
	t.Helper()
	l, err := tls.Listen("tcp", "127.0.0.1:0", ca.ServerTLS("fmuc.example"))
	check(t, err)
	defer l.Close()
	accepted := make(chan net.Conn, 1)
	go func() {
		c, err := l.Accept()
		if err == nil {
			err = c.(*tls.Conn).Handshake()
		}
		if err != nil {
			c = nil
		}
		accepted <- c
	}()
	out, err := tls.Dial("tcp", l.Addr().String(), &tls.Config{ServerName: "fmuc.example", RootCAs: ca.Pool()})
	check(t, err)
	in := <-accepted
	if in == nil {
		t.Fatalf("xmpptest: the nodes do not find each other")
	}
	a, b = newNode(t, ca, users[0], out), newNode(t, ca, users[1], in)
	var both sync.WaitGroup
	both.Go(func() { a.listen() })
	both.Go(func() { b.listen() })
	t.Cleanup(func() {
		a.Cut()
		both.Wait()
	})
	return a, b
}

func newNode(t TB, ca *CA, user string, other net.Conn) *Node {
	_, domain, _ := strings.Cut(user, "@")
	n := &Node{Room: "ops@rooms." + domain, domain: domain, other: other, there: map[string]occupant{}, user: user + "/desk"}
	n.Script = StartScript(t, ca, domain, LetIn(n.user, func(_ int, said string) (string, Then) { return n.hear(said), Continue }))
	return n
}

// Enter has somebody of this node's nation enter the room.
func (n *Node) Enter(nick, jid string) {
	n.mu.Lock()
	n.there[nick] = occupant{jid, true}
	n.mu.Unlock()
	n.Push(n.presence(nick, jid, "", ""))
	n.tell(fmt.Sprintf(`<presence from='%s/%s'>%s<x xmlns='http://jabber.org/protocol/muc'/>%s</presence>`, n.Room, nick, fmuc(jid), item(jid, "")))
}

// Say has somebody in the room say something: payload is what stands inside of the message.
func (n *Node) Say(nick, id, payload string) {
	n.mu.Lock()
	o := n.there[nick]
	n.mu.Unlock()
	n.Push(n.groupchat(nick, id, payload))
	n.tell(fmt.Sprintf(`<message from='%s/%s' type='groupchat' id='%s'>%s%s</message>`, n.Room, nick, id, payload, fmuc(o.jid)))
}

// Leave has somebody leave the room.
func (n *Node) Leave(nick string) {
	n.mu.Lock()
	o := n.there[nick]
	delete(n.there, nick)
	n.mu.Unlock()
	n.Push(n.presence(nick, o.jid, "unavailable", ""))
	n.tell(fmt.Sprintf(`<presence from='%s/%s' type='unavailable'>%s%s</presence>`, n.Room, nick, fmuc(o.jid), item(o.jid, "")))
}

// Cut ends the connection between the nodes.
func (n *Node) Cut() { _ = n.other.Close() }

// Forwarded is what the other node sent, as it came.
func (n *Node) Forwarded() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]string(nil), n.forwarded...)
}

func fmuc(jid string) string { return `<fmuc xmlns='` + fmucSpace + `' from='` + jid + `/x'/>` }

func item(jid, codes string) string {
	return `<x xmlns='` + mucUser + `'><item affiliation='none' role='participant' jid='` + jid + `/x'/>` + codes + `</x>`
}

func (n *Node) presence(nick, jid, kind, codes string) string {
	if kind != "" {
		kind = ` type='` + kind + `'`
	}
	return fmt.Sprintf(`<presence from='%s/%s'%s>%s</presence>`, n.Room, nick, kind, item(jid, codes))
}

func (n *Node) groupchat(nick, id, payload string) string {
	return fmt.Sprintf(`<message from='%s/%s' type='groupchat' id='%s'>%s</message>`, n.Room, nick, id, payload)
}

// tell sends something to the other node; where that cannot be reached, this one goes on alone.
func (n *Node) tell(stanza string) { _, _ = io.WriteString(n.other, stanza+"\n") }

// hear answers what the client of this node says.
func (n *Node) hear(said string) string {
	switch {
	case strings.HasPrefix(said, "<presence") && strings.HasPrefix(To(said), n.Room+"/"):
		return n.entered(strings.TrimPrefix(To(said), n.Room+"/"), attribute(said, "type"))
	case strings.HasPrefix(said, "<message") && To(said) == n.Room:
		return n.spoken(said)
	case strings.HasPrefix(said, "<iq") && strings.HasPrefix(To(said), n.Room+"/"): // a ping of itself
		return `<iq type='result' id='` + ID(said) + `' from='` + html.EscapeString(To(said)) + `'/>`
	}
	return Understands(said, "urn:xmpp:sec-label:0", "http://jabber.org/protocol/muc")
}

func (n *Node) entered(nick, kind string) string {
	bare, _, _ := strings.Cut(n.user, "/")
	n.mu.Lock()
	_, taken := n.there[nick]
	var nicks []string
	for x := range n.there {
		nicks = append(nicks, x)
	}
	sort.Strings(nicks)
	switch {
	case kind == "unavailable":
		n.own = ""
		n.mu.Unlock()
		n.Leave(nick)
		return ""
	case taken:
		n.mu.Unlock()
		return `<presence from='` + n.Room + `/` + nick + `' type='error'><error type='cancel'><conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>`
	}
	var b strings.Builder
	for _, x := range nicks {
		b.WriteString(n.presence(x, n.there[x].jid, "", ""))
	}
	n.own, n.there[nick] = nick, occupant{bare, true}
	n.mu.Unlock()
	n.tell(fmt.Sprintf(`<presence from='%s/%s'>%s<x xmlns='http://jabber.org/protocol/muc'/>%s</presence>`, n.Room, nick, fmuc(bare), item(bare, "")))
	return b.String() + n.presence(nick, bare, "", `<status code='100'/><status code='110'/>`) + `<message from='` + n.Room + `' type='groupchat'><subject/></message>`
}

func (n *Node) spoken(said string) string {
	bare, _, _ := strings.Cut(n.user, "/")
	n.mu.Lock()
	nick := n.own
	n.mu.Unlock()
	n.tell(fmt.Sprintf(`<message from='%s/%s' type='groupchat' id='%s'>%s%s</message>`, n.Room, nick, ID(said), inside(said), fmuc(bare)))
	return n.groupchat(nick, ID(said), inside(said))
}

// inside is what stands in an element.
func inside(stanza string) string {
	from, to := strings.Index(stanza, ">"), strings.LastIndex(stanza, "</")
	if from < 0 || to < from {
		return ""
	}
	return stanza[from+1 : to]
}

// listen takes what the other node says until the connection ends; then the other's people are gone from here.
func (n *Node) listen() {
	from := &recorder{r: n.other}
	d := xml.NewDecoder(from)
	for {
		at := d.InputOffset()
		token, err := d.Token()
		if err != nil {
			break
		}
		if _, ok := token.(xml.StartElement); !ok {
			continue
		}
		if d.Skip() != nil {
			break
		}
		n.take(from.between(at, d.InputOffset()))
	}
	n.mu.Lock()
	var gone []string
	for nick, o := range n.there {
		if !o.local {
			gone = append(gone, n.presence(nick, o.jid, "unavailable", `<status code='333'/>`))
			delete(n.there, nick)
		}
	}
	n.mu.Unlock()
	n.Push(strings.Join(gone, ""))
}

// take passes on what came from the other node to the client of this one, as if it were said here.
func (n *Node) take(stanza string) {
	_, nick, _ := strings.Cut(attribute(stanza, "from"), "/")
	who := fmucElement.FindStringSubmatch(stanza)
	if who == nil {
		return
	}
	jid, _, _ := strings.Cut(who[1], "/")
	n.mu.Lock()
	n.forwarded = append(n.forwarded, stanza)
	kind := attribute(stanza, "type")
	switch isPresence := strings.HasPrefix(stanza, "<presence"); {
	case isPresence && kind == "unavailable":
		delete(n.there, nick)
	case isPresence:
		n.there[nick] = occupant{jid, false}
	}
	inRoom := n.own != ""
	n.mu.Unlock()
	switch {
	case !inRoom:
	case strings.HasPrefix(stanza, "<presence"):
		n.Push(n.presence(nick, jid, kind, ""))
	default:
		n.Push(n.groupchat(nick, ID(stanza), fmucElement.ReplaceAllString(inside(stanza), "")))
	}
}
