package demo

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"time"
)

// errPeer: whoever calls is no chat server that this one has a link with.
var errPeer = errors.New("demo: not a chat server of a partner")

// servePeers takes connections of other nations' chat servers until the listener closes.
func (s *chatServer) servePeers(l net.Listener) { s.serveEach(l, "chat link ended", s.peer) }

// peer takes what one other server hands in. When its connection ends, its people are in this server's rooms no more.
func (s *chatServer) peer(raw net.Conn) error {
	config := s.tls.Clone()
	config.ClientAuth, config.ClientCAs = tls.RequireAndVerifyClientCert, s.f.roots
	conn := tls.Server(raw, config)
	nation, in, err := s.letIn(conn)
	if err != nil {
		return err
	}
	defer s.lost(nation)
	n := 0
	return in.stanzas(func(x stanza) error {
		s.fromPeer(nation, x)
		n++
		if err := conn.SetWriteDeadline(time.Now().Add(patienceOfWriting)); err != nil {
			return err
		}
		_, err := fmt.Fprintf(conn, `<a xmlns="%s" h="%d"/>`, ackSpace, n)
		return err
	})
}

// letIn opens the stream with a server that has the certificate of a nation to which there is a link.
//
// std: RFC6120 §4, §6, XEP-0178 §3
func (s *chatServer) letIn(conn *tls.Conn) (nation string, in pieces, err error) {
	if err := conn.SetDeadline(time.Now().Add(linkPatience)); err != nil {
		return "", in, err
	}
	in = newPieces(conn)
	for _, features := range []string{`<mechanisms xmlns="` + saslSpace + `"><mechanism>EXTERNAL</mechanism></mechanisms>`, ""} {
		if _, err := in.header(); err != nil {
			return "", in, err
		}
		if nation = s.partner(conn); nation == "" {
			return "", in, errPeer
		}
		header := fmt.Sprintf(`<stream:stream xmlns="%s" xmlns:stream="%s" version="1.0" from="%s" to="%s"><stream:features>%s</stream:features>`,
			serverSpace, streamSpace, chatHost(s.code), chatHost(nation), features)
		if _, err := io.WriteString(conn, header); err != nil {
			return "", in, err
		}
		if features == "" {
			break
		}
		if _, err := in.next(); err != nil { // it logs in by its certificate, which TLS has checked
			return "", in, err
		}
		if _, err := io.WriteString(conn, `<success xmlns="`+saslSpace+`"/>`); err != nil {
			return "", in, err
		}
	}
	return nation, in, conn.SetDeadline(time.Time{})
}

// partner is the nation whose server has the certificate by which somebody calls.
func (s *chatServer) partner(conn *tls.Conn) string {
	certs := conn.ConnectionState().PeerCertificates
	for nation := range inbound[s.code] {
		if len(certs) > 0 && certs[0].VerifyHostname(chatHost(nation)) == nil {
			return nation
		}
	}
	return ""
}

// lost takes the people of another nation out of the rooms: their server does not answer any more.
func (s *chatServer) lost(nation string) {
	if !s.isOpen() {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.rooms {
		for nick, jid := range r.users {
			if of, _ := chatNation(domainOf(jid)); of == nation {
				delete(r.users, nick)
				s.tellAll(r, "unavailable", nick, item(jid, "none", `<status code="333"/>`))
			}
		}
	}
}
