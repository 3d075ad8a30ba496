package demo

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"
)

// chatLink is the way from one nation's chat server to another's: a connection of its own, TLS by the demonstration's CA on both sides, on
// which each says by its certificate who it is. The other server's answers come by its own link. Each stanza is acknowledged, as by
// XEP-0198; what is not when the connection ends comes back to its sender as an error.
type chatLink struct {
	from *chatServer
	to   string
	out  *lane

	mu      sync.Mutex
	conn    net.Conn
	waiting []stanza // handed over and not acknowledged
	acked   int
}

const (
	serverSpace = "jabber:server"
	streamSpace = "http://etherx.jabber.org/streams"
	saslSpace   = "urn:ietf:params:xml:ns:xmpp-sasl"
	ackSpace    = "urn:xmpp:sm:3"
)

// linkPatience is how long another server may take to let this one in.
const linkPatience = 5 * time.Second

func newChatLink(from *chatServer, to string) *chatLink {
	l := &chatLink{from: from, to: to, out: newLane()}
	from.work.Go(l.carry)
	return l
}

// put has a stanza handed over. It never waits.
func (l *chatLink) put(x stanza) {
	if !l.out.put(x) {
		l.back(x)
	}
}

// carry hands one stanza over after the other, until the lane is closed.
func (l *chatLink) carry() {
	defer l.cut()
	for list := l.out.take(); len(list) > 0; list = l.out.take() {
		for _, x := range list {
			l.hand(x)
		}
	}
}

// hand gives one stanza to the other server. While that does not answer, it comes back.
func (l *chatLink) hand(x stanza) {
	if !l.from.isOpen() {
		return
	}
	if err := l.connect(); err != nil {
		l.from.f.log.Info("no chat link", "link", linkName(l.from.code, l.to), "error", err)
		l.back(x)
		return
	}
	l.mu.Lock()
	conn := l.conn
	if conn != nil {
		l.waiting = append(l.waiting, x)
	}
	l.mu.Unlock()
	if conn == nil {
		l.back(x)
		return
	}
	if err := writeStanza(conn, x, ""); err != nil {
		_ = conn.Close() // who reads the acknowledgements sees that, and gives back what waits
	}
}

// back returns a stanza to its sender.
func (l *chatLink) back(x stanza) {
	if x.isAnswered() && x.kind != "presence" || x.kind == "presence" && x.typ == "" {
		l.from.send(x.refusal("wait", "remote-server-timeout", "The chat server of "+l.to+" does not answer."))
	}
}

// connect makes the connection if there is none.
func (l *chatLink) connect() error {
	l.mu.Lock()
	isThere := l.conn != nil
	l.mu.Unlock()
	if isThere {
		return nil
	}
	s := l.from
	ctx, cancel := context.WithTimeout(s.f.life, linkPatience)
	defer cancel()
	config := s.tls.Clone()
	config.ServerName, config.RootCAs = chatHost(l.to), s.f.roots
	raw, err := (&net.Dialer{}).DialContext(ctx, "tcp", address(s.f.chats[l.to].peers.portNow()))
	if err != nil {
		return err
	}
	conn := tls.Client(raw, config)
	in, err := l.introduce(conn)
	if err != nil {
		_ = conn.Close()
		return err
	}
	l.mu.Lock()
	l.conn, l.waiting, l.acked = conn, nil, 0
	l.mu.Unlock()
	s.work.Go(func() { l.listen(conn, in) })
	return nil
}

// introduce opens the stream. The certificates say who both are.
//
// std: RFC6120 §4, §6, XEP-0178 §3
func (l *chatLink) introduce(conn net.Conn) (pieces, error) {
	if err := conn.SetDeadline(time.Now().Add(linkPatience)); err != nil {
		return pieces{}, err
	}
	in := newPieces(conn)
	for _, say := range []string{"", `<auth xmlns="` + saslSpace + `" mechanism="EXTERNAL">=</auth>`} {
		if say != "" {
			if _, err := io.WriteString(conn, say); err != nil {
				return in, err
			}
			if answer, err := in.next(); err != nil || !strings.HasPrefix(answer, "<success") {
				return in, fmt.Errorf("not let in: %s, %w", answer, err)
			}
		}
		header := fmt.Sprintf(`<stream:stream xmlns="%s" xmlns:stream="%s" version="1.0" from="%s" to="%s">`, serverSpace, streamSpace, chatHost(l.from.code), chatHost(l.to))
		if _, err := io.WriteString(conn, header); err != nil {
			return in, err
		}
		if _, err := in.header(); err != nil {
			return in, err
		}
		if _, err := in.next(); err != nil { // its features
			return in, err
		}
	}
	return in, conn.SetDeadline(time.Time{})
}

// listen reads acknowledgements until the connection ends, and gives back what has none then.
func (l *chatLink) listen(conn net.Conn, in pieces) {
	for {
		octets, err := in.next()
		if err != nil {
			break
		}
		_, h, _ := strings.Cut(octets, ` h="`)
		h, _, _ = strings.Cut(h, `"`)
		n, err := strconv.Atoi(h)
		l.mu.Lock()
		if took := n - l.acked; err == nil && took > 0 && took <= len(l.waiting) {
			l.waiting, l.acked = l.waiting[took:], n
		}
		l.mu.Unlock()
	}
	_ = conn.Close()
	l.mu.Lock()
	lost := l.waiting
	l.conn, l.waiting = nil, nil
	l.mu.Unlock()
	for _, x := range lost {
		l.back(x)
	}
}

// cut ends the connection.
func (l *chatLink) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn != nil {
		_ = l.conn.Close()
	}
}
