package xmpptest

import (
	"bytes"
	"crypto/tls"
	"encoding/xml"
	"io"
	"net"
	"strings"
	"sync"
)

// Then is what a Script does after it has said its line.
type Then int

// Continue waits for what the client says next.
const (
	Continue Then = iota
	Hang          // says nothing more, and reads nothing
	HangUp        // closes the connection
)

// Play says what a Script answers to one element of the client, or to the header of its stream. Step counts them from 0, over all
// streams of one connection. Whatever it says goes out as it is; it must be safe for concurrent use.
type Play func(step int, said string) (answer string, then Then)

// Script is a server with TLS from the first byte that decides nothing by itself, so that it can do what no sane server does.
type Script struct {
	l    net.Listener
	play Play
	done chan struct{}
	wg   sync.WaitGroup

	mu     sync.Mutex
	octets bytes.Buffer
	said   []string
	conns  map[net.Conn]bool
}

// Push says something to everybody who is connected.
func (s *Script) Push(octets string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		_, _ = io.WriteString(c, octets) // whoever has gone hears nothing
	}
}

func (s *Script) connected(c net.Conn, is bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conns == nil {
		s.conns = map[net.Conn]bool{}
	}
	if s.conns[c] = is; !is {
		delete(s.conns, c)
	}
}

// StartScript plays to every connection until the test ends.
func StartScript(t TB, ca *CA, domain string, play Play) *Script {
	t.Helper()
	l, err := tls.Listen("tcp", "127.0.0.1:0", ca.ServerTLS(domain))
	if err != nil {
		t.Fatalf("xmpptest: %v", err)
	}
	s := &Script{l: l, play: play, done: make(chan struct{})}
	s.wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.wg.Go(func() { s.serve(c) })
		}
	})
	t.Cleanup(func() {
		close(s.done)
		_ = l.Close()
		s.wg.Wait()
	})
	return s
}

// Addr is host:port.
func (s *Script) Addr() string { return s.l.Addr().String() }

// Octets is everything that came, of all connections.
func (s *Script) Octets() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.octets.String()
}

// Said are the whole elements that came, of all connections.
func (s *Script) Said() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.said...)
}

// Write keeps what came.
func (s *Script) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.octets.Write(p)
}

func (s *Script) serve(c net.Conn) {
	ended := make(chan struct{})
	defer close(ended)
	defer c.Close()
	s.connected(c, true)
	defer s.connected(c, false)
	s.wg.Go(func() {
		select {
		case <-s.done:
			_ = c.Close()
		case <-ended:
		}
	})
	from := &recorder{r: io.TeeReader(c, s)}
	var d *xml.Decoder
	base := int64(0)
	for step := 0; ; step++ {
		if d == nil {
			base = int64(from.b.Len())
			d = xml.NewDecoder(from)
		}
		said, isHeader, err := s.next(d, from, base)
		if err != nil {
			return
		}
		answer, then := s.play(step, said)
		if _, err := io.WriteString(c, answer); err != nil {
			return
		}
		switch then {
		case Hang:
			<-s.done
			return
		case HangUp:
			return
		}
		if !isHeader && strings.HasPrefix(answer, "<success") {
			d = nil // the client begins its stream anew
		}
	}
}

// next gives what the client says next: an element, or the header of its stream.
func (s *Script) next(d *xml.Decoder, from *recorder, base int64) (said string, isHeader bool, err error) {
	for {
		start := d.InputOffset()
		token, err := d.Token()
		if err != nil {
			return "", false, err
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		isHeader = e.Name.Local == "stream"
		if !isHeader {
			if err := d.Skip(); err != nil {
				return "", false, err
			}
		}
		said = from.between(base+start, base+d.InputOffset())
		s.mu.Lock()
		s.said = append(s.said, said)
		s.mu.Unlock()
		return said, isHeader, nil
	}
}

// Header is what a server begins a stream with, and its features.
func Header(domain, features string) string {
	return `<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='s' from='` + domain +
		`' version='1.0'><stream:features>` + features + `</stream:features>`
}

// LetIn plays a server that takes PLAIN and binds the address, and leaves the rest to next.
func LetIn(jid string, next Play) Play {
	bare, _, _ := strings.Cut(jid, "/")
	_, domain, _ := strings.Cut(bare, "@")
	return func(step int, said string) (string, Then) {
		switch {
		case step == 0:
			return Header(domain, `<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms>`), Continue
		case step == 1:
			return `<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>`, Continue
		case step == 2:
			return Header(domain, `<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>`), Continue
		case step == 3:
			return `<iq type='result' id='` + ID(said) + `'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>` + jid + `</jid></bind></iq>`, Continue
		}
		return next(step, said)
	}
}

// ID gives the id of a stanza, To whom it goes to; "" where it has none.
func ID(stanza string) string { return attribute(stanza, "id") }

// To is whom a stanza goes to.
func To(stanza string) string { return attribute(stanza, "to") }

func attribute(stanza, name string) string {
	d := xml.NewDecoder(strings.NewReader(stanza))
	token, err := d.Token()
	if err != nil {
		return ""
	}
	e, ok := token.(xml.StartElement)
	if !ok {
		return ""
	}
	for _, a := range e.Attr {
		if a.Name.Space == "" && a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// Understands answers what is asked of servers: who is asked for features has these, a ping is answered; to everything else nothing is
// said.
func Understands(said string, features ...string) string {
	if !strings.HasPrefix(said, "<iq") {
		return ""
	}
	from := ""
	if to := To(said); to != "" {
		from = `' from='` + to
	}
	head := `<iq type='result' id='` + ID(said) + from + `'`
	switch {
	case strings.Contains(said, "urn:xmpp:ping"):
		return head + `/>`
	case strings.Contains(said, "disco#info"):
		var b strings.Builder
		for _, f := range features {
			b.WriteString(`<feature var='` + f + `'/>`)
		}
		return head + `><query xmlns='http://jabber.org/protocol/disco#info'>` + b.String() + `</query></iq>`
	}
	return ""
}

// recorder keeps what was read.
type recorder struct {
	r io.Reader
	b bytes.Buffer
}

func (r *recorder) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	r.b.Write(p[:n])
	return n, err
}

func (r *recorder) between(from, to int64) string { return string(r.b.Bytes()[from:to]) }
