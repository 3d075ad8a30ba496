package xmppsend

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"mellium.im/xmpp/jid"

	"caveat/backend/label/strictxml"
)

// stream is a session that is logged in. One goroutine reads; everybody may write, one stanza at a time.
type stream struct {
	net     net.Conn // TLS
	raw     net.Conn
	units   *units
	header  []byte // the server's: its namespaces hold inside of it
	timeout time.Duration
	pinging time.Duration
	me      jid.JID // as bound

	writing sync.Mutex  // one stanza at a time
	waiting chan []byte // answers that are put off

	mu       sync.Mutex
	asked    map[string]question       // by id
	expected map[string][]chan<- event // by id of a message that was sent
	known    map[string]learned        // by address
	pages    map[string]func(stanza)   // by id of a query of an archive
	heard    time.Time
	cause    error
	ended    chan struct{}

	// deliver gets every stanza but answers, in order, in the reading goroutine. It is set before the first presence is sent.
	deliver func(stanza) error
}

// stanza is one element of the stream with the document that it stands in.
type stanza struct {
	*strictxml.Element
	doc []byte
	cut error // why it is not whole, and only says whose it is; nil: it is
}

// bytes is the element as it came, with the namespaces that it takes from around it.
func (x stanza) bytes() []byte { return []byte(x.Standalone(x.doc)) }

func (x stanza) attr(name string) string {
	v, _ := x.Attr(name)
	return v
}

// child gives the first child of that name; nil where there is none.
func child(e *strictxml.Element, space, name string) *strictxml.Element {
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

func attrOf(e *strictxml.Element, name string) string {
	if e == nil {
		return ""
	}
	v, _ := e.Attr(name)
	return v
}

// question waits for an answer from one address.
type question struct {
	to     string
	answer chan stanza
}

func newStream(g *guard, a Account, me jid.JID) *stream {
	return &stream{
		net: g.Conn, raw: g.raw, units: g.units, header: g.header, timeout: a.timeout(), pinging: a.ping(), me: me,
		asked: map[string]question{}, expected: map[string][]chan<- event{}, known: map[string]learned{}, pages: map[string]func(stanza){},
		waiting: make(chan []byte, maxLater), heard: time.Now(), ended: make(chan struct{}),
		deliver: func(stanza) error { return nil },
	}
}

// end closes the connection; the first cause is kept.
func (s *stream) end(cause error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cause != nil {
		return
	}
	s.cause = cause
	_ = s.raw.Close()
	close(s.ended)
}

// why is the cause of the end; nil while there is none.
func (s *stream) why() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cause
}

// close says good-bye, without waiting for anybody.
func (s *stream) close() {
	_ = s.write([]byte("</stream:stream>"))
	s.end(ErrClosed)
}

// write sends one whole stanza.
func (s *stream) write(octets []byte) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.put(octets)
}

// put sends octets. s.writing is held.
func (s *stream) put(octets []byte) error {
	if err := s.why(); err != nil {
		return err
	}
	if err := s.net.SetWriteDeadline(time.Now().Add(s.timeout)); err != nil {
		return s.lost(err)
	}
	if _, err := s.net.Write(octets); err != nil {
		return s.lost(err)
	}
	return nil
}

func (s *stream) lost(err error) error {
	s.end(describe(err))
	return s.why()
}

// read takes one stanza after another until the stream ends.
func (s *stream) read() {
	for {
		piece, err := s.units.next()
		if err == nil {
			err = s.take(piece, s.units.tooMuch)
		}
		if err != nil {
			s.end(describe(err))
			return
		}
	}
}

// parse reads a stanza where the stream has put it. Of one that is beyond the limits, which cut says or shows itself here, it reads whose
// it is.
func (s *stream) parse(piece []byte, cut error) (stanza, error) {
	whole := piece
	if cut != nil {
		var err error
		if piece, err = outline(s.header, whole); err != nil {
			return stanza{}, fmt.Errorf("%w (%w)", cut, err)
		}
	}
	document := bytes.Join([][]byte{s.header, piece, []byte("</stream:stream>")}, nil)
	root, err := strictxml.Parse(document, strictxml.Limits{Bytes: maxUnit + 2*maxHeader, Depth: maxDepth + 1, Elements: maxAnswerElement + 1, Attrs: 64})
	switch {
	case errors.Is(err, strictxml.ErrTooLarge) && cut == nil:
		return s.parse(whole, fmt.Errorf("%w: %w", ErrTooMuch, err))
	case err != nil:
		return stanza{}, fmt.Errorf("%w: %w", ErrProtocol, err)
	case len(root.Children) != 1:
		return stanza{}, fmt.Errorf("%w: not one stanza", ErrProtocol)
	}
	return stanza{root.Children[0], document, cut}, nil
}

// take hands a stanza to whom it concerns.
func (s *stream) take(piece []byte, cut error) error {
	x, err := s.parse(piece, cut)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.heard = time.Now()
	s.mu.Unlock()
	switch {
	case x.Space == streamSpace && x.Name == "error":
		return streamError(piece)
	case x.Space != clientSpace:
		return nil // of a feature that was not asked for
	case x.Name == "iq" && (x.attr("type") == "result" || x.attr("type") == "error"):
		s.answered(x)
		return nil
	case x.Name == "message":
		s.settle(x)
		if s.archived(x) {
			return nil
		}
	}
	return s.delivered(x)
}

const clientSpace = "jabber:client"

// bind asks for a resource. The server has the last word about it, not about whose it is.
//
// std: RFC6120 §7
func (s *stream) bind(ctx context.Context, me jid.JID) error {
	var w strictxml.Writer
	w.Raw(`<bind xmlns="` + bindSpace + `">`)
	if r := me.Resourcepart(); r != "" {
		w.Leaf("resource", r)
	}
	w.Raw("</bind>")
	x, err := s.ask(ctx, "set", "", w.String())
	if err != nil {
		return err
	}
	got := child(child(x.Element, bindSpace, "bind"), bindSpace, "jid")
	if got == nil {
		return fmt.Errorf("%w: no address was bound", ErrProtocol)
	}
	bound, err := jid.Parse(got.Text)
	if err != nil || bound.Resourcepart() == "" || !bound.Bare().Equal(me.Bare()) {
		return fmt.Errorf("%w: the address %.80q was bound", ErrProtocol, got.Text)
	}
	s.mu.Lock()
	s.me = bound
	s.mu.Unlock()
	return nil
}

// forgetFeatures has an address asked anew what it can do.
func (s *stream) forgetFeatures(address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.known, address)
}

func (s *stream) domain() string {
	return s.address().Domain().String()
}

func (s *stream) address() jid.JID {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.me
}
