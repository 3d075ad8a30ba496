package xmpptest

import (
	"crypto/tls"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"
)

// Peer is a raw client: what it says is what the test writes, and what it gets is kept octet for octet.
type Peer struct {
	JID string // as bound

	conn net.Conn
	read *recorder
	dec  *xml.Decoder

	mu    sync.Mutex
	got   []string
	ended bool
	more  chan struct{}
}

// patience is how long a Peer waits for what must come.
const patience = 20 * time.Second

// Join logs a user of the server in with TLS from the first byte and PLAIN, and sends presence. It ends with the test.
func (p *Prosody) Join(t TB, user, resource string) *Peer {
	t.Helper()
	conn, err := tls.Dial("tcp", p.TLSAddr(), &tls.Config{ServerName: p.config.Domain, RootCAs: p.ca.Pool()})
	check(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	x := &Peer{conn: conn, more: make(chan struct{})}
	check(t, conn.SetDeadline(time.Now().Add(patience)))
	login := base64.StdEncoding.EncodeToString([]byte("\x00" + user + "\x00" + p.config.Users[user]))
	x.open(t, p.config.Domain)
	x.Send(t, `<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">`+login+`</auth>`)
	if answer := x.next(t); !strings.HasPrefix(answer, "<success") {
		t.Fatalf("xmpptest: %s cannot log in: %s", user, answer)
	}
	x.open(t, p.config.Domain)
	x.Send(t, `<iq type="set" id="bind"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"><resource>`+resource+`</resource></bind></iq>`)
	bound := x.next(t)
	_, after, _ := strings.Cut(bound, "<jid>")
	x.JID, _, _ = strings.Cut(after, "</jid>")
	if x.JID == "" {
		t.Fatalf("xmpptest: %s is not bound: %s", user, bound)
	}
	x.Send(t, "<presence/>")
	check(t, conn.SetDeadline(time.Time{}))
	go x.collect()
	return x
}

// Offers gives the features that the server offers over TLS before the login, as it writes them.
func (p *Prosody) Offers(t TB) string {
	t.Helper()
	conn, err := tls.Dial("tcp", p.TLSAddr(), &tls.Config{ServerName: p.config.Domain, RootCAs: p.ca.Pool()})
	check(t, err)
	defer conn.Close()
	check(t, conn.SetDeadline(time.Now().Add(patience)))
	x := &Peer{conn: conn}
	return x.open(t, p.config.Domain)
}

// open begins a stream, takes the server's header and gives its features.
func (x *Peer) open(t TB, domain string) string {
	t.Helper()
	x.read = &recorder{r: x.conn}
	x.dec = xml.NewDecoder(x.read)
	x.Send(t, `<?xml version="1.0"?><stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams" to="`+domain+`" version="1.0">`)
	for {
		token, err := x.dec.Token()
		check(t, err)
		if _, ok := token.(xml.StartElement); ok {
			break
		}
	}
	return x.next(t)
}

// next gives the octets of the element that comes next on the stream.
func (x *Peer) next(t TB) string {
	t.Helper()
	s, err := x.element()
	check(t, err)
	return s
}

func (x *Peer) element() (string, error) {
	for {
		start := x.dec.InputOffset()
		token, err := x.dec.Token()
		if err != nil {
			return "", err
		}
		switch token.(type) {
		case xml.StartElement:
			if err := x.dec.Skip(); err != nil {
				return "", err
			}
			return x.read.between(start, x.dec.InputOffset()), nil
		case xml.EndElement:
			return "", io.EOF
		}
	}
}

// collect keeps what comes until the stream ends.
func (x *Peer) collect() {
	for {
		s, err := x.element()
		x.mu.Lock()
		if err != nil {
			x.ended = true
		} else {
			x.got = append(x.got, s)
		}
		close(x.more)
		x.more = make(chan struct{})
		x.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// Send writes octets as they are.
func (x *Peer) Send(t TB, octets string) {
	t.Helper()
	_, err := io.WriteString(x.conn, octets)
	check(t, err)
}

// Received is what has come so far, octet for octet.
func (x *Peer) Received() []string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return append([]string(nil), x.got...)
}

// Await gives the first stanza that came or will come in which every one of the texts stands.
func (x *Peer) Await(t TB, texts ...string) string {
	t.Helper()
	timeout := time.After(patience)
	for from := 0; ; {
		x.mu.Lock()
		got, more, ended := x.got, x.more, x.ended
		x.mu.Unlock()
		for ; from < len(got); from++ {
			if holdsAll(got[from], texts) {
				return got[from]
			}
		}
		if ended {
			t.Fatalf("xmpptest: %s: the stream ended without %q; it had %q", x.JID, texts, got)
		}
		select {
		case <-more:
		case <-timeout:
			t.Fatalf("xmpptest: %s: no stanza with %q among %q", x.JID, texts, got)
		}
	}
}

func holdsAll(s string, texts []string) bool {
	for _, text := range texts {
		if !strings.Contains(s, text) {
			return false
		}
	}
	return true
}

// Ask sends an iq and gives its answer. Kind is get or set; to may be empty.
func (x *Peer) Ask(t TB, kind, to, payload string) string {
	t.Helper()
	id := Secret()
	if to != "" {
		to = fmt.Sprintf(` to=%q`, to)
	}
	x.Send(t, fmt.Sprintf(`<iq type=%q id=%q%s>%s</iq>`, kind, id, to, payload))
	return x.Await(t, "<iq", id)
}

// Enter joins a room and waits until it is in.
func (x *Peer) Enter(t TB, room, nick string) {
	t.Helper()
	x.Send(t, fmt.Sprintf(`<presence to="%s/%s"><x xmlns="http://jabber.org/protocol/muc"/></presence>`, room, nick))
	x.Await(t, "<presence", room+"/"+nick, "110")
}

// Configure sets options of a room that the peer owns.
func (x *Peer) Configure(t TB, room string, fields map[string]string) {
	t.Helper()
	var b strings.Builder
	for name, value := range fields {
		fmt.Fprintf(&b, `<field var=%q><value>%s</value></field>`, name, value)
	}
	answer := x.Ask(t, "set", room, `<query xmlns="http://jabber.org/protocol/muc#owner"><x xmlns="jabber:x:data" type="submit">`+
		`<field var="FORM_TYPE"><value>http://jabber.org/protocol/muc#roomconfig</value></field>`+b.String()+`</x></query>`)
	if !strings.Contains(answer, "result") {
		t.Fatalf("xmpptest: the room is not configured: %s", answer)
	}
}

// Leave ends the connection.
func (x *Peer) Leave() { _ = x.conn.Close() }
