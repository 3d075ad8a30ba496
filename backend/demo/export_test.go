package demo

import (
	"crypto/tls"
	"maps"
	"slices"
	"time"
)

// PeerSecret is what a nation's server logs in with at another's.
func (f *Federation) PeerSecret(from, to string) string { return f.secrets[link{from, to}] }

// SetPatience is how long GBR's server waits for a partner's. Set it before mail is sent.
func (f *Federation) SetPatience(d time.Duration) { f.patience = d }

// SidesDiffer lists the links of which one end carries what the other does not.
func SidesDiffer() []string {
	var out []string
	for _, code := range slices.Sorted(maps.Keys(outbound)) {
		if code != Own && inbound[code][Own] != outbound[code] {
			out = append(out, linkName(Own, code))
		}
	}
	return out
}

// ChatWhy is what a nation's chat server has against a message to another's, or, of its own people's, against that.
func (f *Federation) ChatWhy(octets, from, to string) string {
	x, err := parseStanza(octets)
	if err != nil {
		return err.Error()
	}
	if from == to {
		return f.chats[from].against(x, "", nil)
	}
	if why := f.chats[from].leaving(x, to); why != "" {
		return why
	}
	return f.chats[to].arriving(x, from)
}

// ChatSidesDiffer lists the chat links of which one end carries what the other does not.
func ChatSidesDiffer() (out []string) {
	for way, side := range chatLinks {
		if inbound[way.to][way.from] != side {
			out = append(out, linkName(way.from, way.to))
		}
	}
	return out
}

// CallChatPeer opens a stream to a nation's chat server with the certificate of another's, or without one.
func (f *Federation) CallChatPeer(as, to string) error {
	s := &chatServer{f: f, code: Own, tls: &tls.Config{MinVersion: tls.VersionTLS12}}
	if as != "" {
		s.code, s.tls = as, f.chats[as].tls
	}
	l := &chatLink{from: s, to: to}
	if err := l.connect(); err != nil {
		return err
	}
	l.cut()
	s.work.Wait()
	return nil
}

// TakesFromPeer reports whether a nation's chat server answers what another's hands in.
func (f *Federation) TakesFromPeer(peer, code, from, to string) bool {
	s := &chatServer{f: f, code: code, out: newLane()}
	x, err := parseStanza(`<iq type="get" id="x" from="` + from + `" to="` + to + `"><ping xmlns="urn:xmpp:ping"/></iq>`)
	if err != nil {
		return false
	}
	s.fromPeer(peer, x)
	return len(s.out.waiting) > 0
}

// VisitAt reports whether a visitor is inside so long after the first user came.
func VisitAt(since time.Duration) bool { return isVisit(since) }
