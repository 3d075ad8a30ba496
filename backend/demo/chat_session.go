package demo

import (
	"crypto/rand"
	"io"
	"net"
	"strings"
	"sync"
	"time"

	"mellium.im/xmpp"
	"mellium.im/xmpp/jid"
)

// chatSession is one session of somebody who is logged in.
type chatSession struct {
	conn net.Conn
	jid  string // full
	out  *lane

	mu    sync.Mutex
	rooms map[string]bool // where it has said that it is there
}

// client lets somebody in, and serves the session.
//
// std: RFC6120 §5, §6, §7
func (s *chatServer) client(raw net.Conn) error {
	me := &chatSession{out: newLane(), rooms: map[string]bool{}}
	user, host, _ := strings.Cut(s.user, "@")
	bind := xmpp.BindCustom(func(_ jid.JID, resource string) (jid.JID, error) {
		if resource == "" || s.isTaken(user+"@"+host+"/"+resource) {
			resource += rand.Text()
		}
		j, err := jid.New(user, host, resource)
		me.jid = j.String()
		return j, err
	})
	session, err := xmpp.ReceiveSession(s.f.life, raw, 0, xmpp.NewNegotiator(func(*xmpp.Session, *xmpp.StreamConfig) xmpp.StreamConfig {
		return xmpp.StreamConfig{Features: []xmpp.StreamFeature{xmpp.StartTLS(s.tls), s.login(user), bind}}
	}))
	if err != nil {
		return err
	}
	me.conn = session.Conn()
	s.remember(me)
	var writing sync.WaitGroup
	writing.Go(me.write)
	err = newPieces(me.conn).stanzas(func(x stanza) error {
		s.fromClient(me, x)
		return nil
	})
	s.forget(me)
	me.out.close()
	writing.Wait()
	return err
}

// isTaken reports that there is a session of this full address.
func (s *chatServer) isTaken(full string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for me := range s.sessions {
		if me.jid == full {
			return true
		}
	}
	return false
}

// write says what is for the session, one stanza after the other.
func (me *chatSession) write() {
	for list := me.out.take(); len(list) > 0; list = me.out.take() {
		for _, x := range list {
			if err := writeStanza(me.conn, x, chatSpace); err != nil {
				_ = me.conn.Close() // its reader sees that
				return
			}
		}
	}
}

// patienceOfWriting is how long a connection may take nothing.
const patienceOfWriting = 10 * time.Second

func writeStanza(conn net.Conn, x stanza, space string) error {
	octets := x.octets()
	if space != "" {
		octets = strings.Replace(octets, "<"+x.kind, "<"+x.kind+` xmlns="`+space+`"`, 1)
	}
	if err := conn.SetWriteDeadline(time.Now().Add(patienceOfWriting)); err != nil {
		return err
	}
	_, err := io.WriteString(conn, octets)
	return err
}

// visits notes in which rooms the session is, so that these hear when it ends.
func (me *chatSession) visits(room string, is bool) {
	me.mu.Lock()
	defer me.mu.Unlock()
	if is {
		me.rooms[room] = true
	} else {
		delete(me.rooms, room)
	}
}
