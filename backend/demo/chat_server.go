package demo

import (
	"crypto/tls"
	"errors"
	"net"
	"strings"
	"sync"
)

// chatServer is one nation's chat server. Its people log in at a port of their own; to the servers of other nations there are links. Its
// mutex guards sessions and rooms, and is never held while another server is waited for.
type chatServer struct {
	f        *Federation
	code     string
	user     string // bare address of who can log in
	password string
	tls      *tls.Config
	clients  endpoint
	peers    endpoint             // for the servers of other nations
	links    map[string]*chatLink // by nation
	out      *lane
	work     sync.WaitGroup // what carries
	isAway   bool           // by the file demo/chat-away; of the goroutine that looks there

	mu       sync.Mutex
	sessions map[*chatSession]bool
	rooms    map[string]*chatRoom // by address
	said     archive              // to and by the user
	asked    map[string]bool      // who was welcomed where
	visits   string               // what a test wants of the visitor; empty: what the clock says
}

func (f *Federation) newChatServer(code, password string, config *tls.Config) *chatServer {
	s := &chatServer{
		f: f, code: code, user: chatAddress(chatUsers[code]), password: password, tls: config, out: newLane(),
		links: map[string]*chatLink{}, sessions: map[*chatSession]bool{}, rooms: map[string]*chatRoom{}, asked: map[string]bool{},
	}
	s.clients.serve, s.peers.serve = s.serveClients, s.servePeers
	for way := range chatLinks {
		if way.from == code {
			s.links[way.to] = newChatLink(s, way.to)
		}
	}
	s.work.Go(s.carry)
	return s
}

// start opens the ports.
func (s *chatServer) start(wish int) error {
	return errors.Join(s.peers.start(0), s.clients.start(wish))
}

// stop closes them, and every connection.
func (s *chatServer) stop() {
	s.clients.stop()
	s.peers.stop()
	for _, l := range s.links {
		l.cut()
	}
}

func (s *chatServer) isOpen() bool { return s.clients.isOpen() }

// end stops the server for good.
func (s *chatServer) end() {
	s.stop()
	s.out.close()
	for _, l := range s.links {
		l.out.close()
	}
	s.work.Wait()
}

// serveClients lets people in until the listener closes.
func (s *chatServer) serveClients(l net.Listener) { s.serveEach(l, "chat session ended", s.client) }

// serveEach takes connections until the listener closes, and waits until all have ended; ended is what the log says of each.
func (s *chatServer) serveEach(l net.Listener, ended string, serve func(net.Conn) error) {
	var all sync.WaitGroup
	defer all.Wait()
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		all.Go(func() {
			defer conn.Close()
			if err := serve(conn); err != nil {
				s.f.log.Info(ended, "nation", s.code, "error", err)
			}
		})
	}
}

// fromClient takes what somebody who is logged in says: nobody else can be its sender.
func (s *chatServer) fromClient(me *chatSession, x stanza) {
	x.from = me.jid
	if x.child(idSpace, "stanza-id") != nil || x.child(archiveSpace, "result") != nil {
		s.send(x.refusal("modify", "bad-request", "Only a server names messages and has archives."))
		return
	}
	if x.to == "" && !s.toNobody(&x) {
		return
	}
	if _, err := parseStanza(x.octets()); err != nil { // a namespace that was declared outside of it is lost on the way
		s.send(x.refusal("modify", "bad-request", "The stanza cannot be passed on."))
		return
	}
	if nation, _ := chatNation(domainOf(x.to)); x.says() && nation != "" {
		if why := s.originator(x); why != "" {
			s.send(x.refusal("auth", "forbidden", why))
			return
		}
		if !isRoomAddress(x.to) {
			s.archived(x, bareOf(me.jid))
		}
	}
	if x.kind == "presence" && isRoomAddress(x.to) {
		me.visits(bareOf(x.to), x.typ != "unavailable")
	}
	s.send(x)
}

// toNobody finds whom a stanza without an address is for; false: for nobody. Of presence nobody is told.
//
// std: RFC6120 §10.3
func (s *chatServer) toNobody(x *stanza) bool {
	x.to = s.user
	return x.kind != "presence"
}

// originator says why its sender may not write a message: its own nation judges that.
func (s *chatServer) originator(x stanza) string {
	n, ok := s.clearanceOf(mailAddress(x.from), false)
	if !ok {
		return "The sender is not one of this nation's addresses."
	}
	why := s.against(x, "", nil, n)
	if rest, isPerson := strings.CutPrefix(why, notCleared); isPerson {
		return "The sender is not cleared for this label" + rest
	}
	return why
}

// fromPeer takes what another nation's server hands in. It speaks for its own people and rooms alone.
func (s *chatServer) fromPeer(nation string, x stanza) {
	from, _ := chatNation(domainOf(x.from))
	to, _ := chatNation(domainOf(x.to))
	switch {
	case from != nation || to != s.code:
		s.f.log.Warn("a chat server speaks for others", "server", nation, "from", x.from, "to", x.to)
	case x.told().says():
		if why := s.arriving(x.told(), nation); why != "" {
			s.hold(x, why)
			return
		}
		s.here(x)
	default:
		s.here(x)
	}
}

// send has a stanza brought to whom it is for. It never waits.
func (s *chatServer) send(x stanza) {
	if !s.out.put(x) {
		s.f.log.Info("a chat server takes nothing more", "server", s.code, "to", x.to)
	}
}

// carry brings what was sent to whom it is for, one stanza after the other.
func (s *chatServer) carry() {
	for list := s.out.take(); len(list) > 0; list = s.out.take() {
		for _, x := range list {
			s.route(x)
		}
	}
}

// route brings one stanza to this server's people and rooms, or to another nation's server.
func (s *chatServer) route(x stanza) {
	nation, _ := chatNation(domainOf(x.to))
	l := s.links[nation]
	switch {
	case nation == s.code:
		s.here(x)
	case l == nil:
		if x.isAnswered() {
			s.here(x.refusal("cancel", "remote-server-not-found", "There is no route to this domain."))
		}
	case x.told().says():
		if why := s.leaving(x.told(), nation); why != "" {
			s.hold(x, why)
			return
		}
		l.put(x)
	default:
		l.put(x)
	}
}

// hold refuses a message that a link does not carry. A room is not told what does not reach one of its occupants.
func (s *chatServer) hold(x stanza, why string) {
	s.f.log.Info("chat refused", "server", s.code, "from", x.from, "to", x.to, "why", why)
	if !isRoomAddress(x.from) {
		s.send(x.refusal("auth", "forbidden", why))
	}
}

// here takes a stanza for this server, its people or its rooms.
func (s *chatServer) here(x stanza) {
	local, domain := partsOf(x.to)
	switch {
	case strings.EqualFold(domain, cultures[s.code].roomsDomain()):
		s.toRooms(x, local)
	case x.kind == "iq" && x.isAnswered():
		s.query(x, local)
	case local != "":
		s.toPerson(x)
	}
}

func domainOf(jid string) string {
	_, domain := partsOf(jid)
	return domain
}

func isRoomAddress(jid string) bool {
	_, isRoom := chatNation(domainOf(jid))
	return isRoom
}
