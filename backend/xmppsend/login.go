package xmppsend

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"mellium.im/xmpp"
	"mellium.im/xmpp/jid"
)

const (
	streamSpace = "http://etherx.jabber.org/streams"
	tlsSpace    = "urn:ietf:params:xml:ns:xmpp-tls"
	saslSpace   = "urn:ietf:params:xml:ns:xmpp-sasl"
	bindSpace   = "urn:ietf:params:xml:ns:xmpp-bind"
)

// connect reaches the server, secures the connection, logs in and binds a resource: after it, stanzas may follow. The connection
// closes when ctx ends before that.
//
// std: RFC6120 §4, §5, §6, §7
func connect(ctx context.Context, a Account) (*stream, error) {
	return connectSeen(ctx, a, func(tls.ConnectionState) {})
}

// connectSeen is connect that tells of the connection when it is secured.
func connectSeen(ctx context.Context, a Account, seen func(tls.ConnectionState)) (*stream, error) {
	me, err := a.check()
	if err != nil {
		return nil, err
	}
	within, cancel := context.WithTimeout(ctx, a.timeout())
	defer cancel()
	raw, err := (&net.Dialer{}).DialContext(within, "tcp", a.Address)
	if err != nil {
		return nil, failure(within, err)
	}
	stop := context.AfterFunc(within, func() { _ = raw.Close() })
	s, err := establish(within, a, me, raw, seen)
	if err == nil && !stop() {
		err = within.Err()
	}
	if err != nil {
		_ = raw.Close()
		return nil, failure(within, err)
	}
	return s, nil
}

// failure says of an error that it was for want of time, where it was.
func failure(ctx context.Context, err error) error {
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fmt.Errorf("%w: logging in: %w", ErrTimeout, err)
	case ctx.Err() != nil:
		return fmt.Errorf("%w: %w", ErrClosed, ctx.Err())
	case named(err):
		return err
	}
	return describe(err)
}

// named reports an error of this package's own.
func named(err error) bool {
	for _, e := range []error{ErrAccount, ErrUnreachable, ErrTimeout, ErrNoStartTLS, ErrTLS, ErrAuth, ErrProtocol, ErrTooMuch, ErrRefused, ErrClosed} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// describe names what an error of the connection means.
func describe(err error) error {
	var timeout net.Error
	var op *net.OpError
	switch {
	case named(err):
		return err
	case errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout():
		return fmt.Errorf("%w: %w", ErrTimeout, err)
	case errors.As(err, &op) && op.Op == "remote error": // an alert: so TLS 1.3 shows a refused client certificate
		return fmt.Errorf("%w: %w", ErrTLS, err)
	case errors.Is(err, io.EOF):
		return fmt.Errorf("%w: the server ended the connection", ErrUnreachable)
	}
	return fmt.Errorf("%w: %w", ErrUnreachable, err)
}

func establish(ctx context.Context, a Account, me jid.JID, raw net.Conn, seen func(tls.ConnectionState)) (*stream, error) {
	if a.Security == StartTLS {
		if err := startTLS(raw, me); err != nil {
			return nil, err
		}
	}
	t := tls.Client(raw, a.tlsConfig(me))
	if err := t.HandshakeContext(ctx); err != nil {
		if ctx.Err() != nil {
			return nil, err
		}
		return nil, fmt.Errorf("%w: %w", ErrTLS, err)
	}
	seen(t.ConnectionState())
	g := &guard{Conn: t, raw: raw, units: &units{r: t, restarts: true}}
	if err := login(ctx, a, me, g); err != nil {
		return nil, err
	}
	g.units.restarts = false
	s := newStream(g, a, me)
	go s.read()
	go s.answer()
	if err := s.bind(ctx, me); err != nil {
		s.end(err)
		return nil, err
	}
	return s, nil
}

// startTLS asks for TLS. Whatever the server sent beyond its answer was not protected and could be anybody's.
//
// std: RFC6120 §5.4
func startTLS(raw net.Conn, me jid.JID) error {
	u := &units{r: raw}
	header := `<?xml version="1.0"?><stream:stream xmlns="jabber:client" xmlns:stream="` + streamSpace + `" version="1.0" to="` +
		me.Domainpart() + `">`
	if _, err := io.WriteString(raw, header); err != nil {
		return describe(err)
	}
	if _, err := u.next(); err != nil { // the server's header
		return err
	}
	features, err := u.next()
	if err != nil {
		return err
	}
	if !holds(features, tlsSpace, "starttls") {
		return ErrNoStartTLS
	}
	if _, err := io.WriteString(raw, `<starttls xmlns="`+tlsSpace+`"/>`); err != nil {
		return describe(err)
	}
	answer, err := u.next()
	switch {
	case err != nil:
		return err
	case !holds(answer, tlsSpace, "proceed"):
		return fmt.Errorf("%w: the server refused it", ErrNoStartTLS)
	case u.rest() > 0:
		return fmt.Errorf("%w: STARTTLS: unprotected octets after the answer", ErrProtocol)
	}
	return nil
}

// holds reports that an element of that name stands anywhere in a piece of the stream before login.
func holds(piece []byte, space, name string) bool {
	d := xml.NewDecoder(bytes.NewReader(piece))
	for {
		t, err := d.Token()
		if err != nil {
			return false
		}
		if e, ok := t.(xml.StartElement); ok && e.Name.Space == space && e.Name.Local == name {
			return true
		}
	}
}

// login has mellium negotiate the stream up to the login; the resource is bound afterwards, as one of our own questions.
func login(ctx context.Context, a Account, me jid.JID, g *guard) error {
	bound := xmpp.StreamFeature{
		Name: xml.Name{Space: bindSpace, Local: "bind"}, Necessary: xmpp.Authn, Prohibited: xmpp.Ready,
		Parse: func(_ context.Context, d *xml.Decoder, start *xml.StartElement) (bool, any, error) {
			return true, nil, d.DecodeElement(&struct{}{}, start)
		},
		Negotiate: func(context.Context, *xmpp.Session, any) (xmpp.SessionState, io.ReadWriter, error) {
			return xmpp.Ready, nil, nil
		},
	}
	session, err := xmpp.NewSession(ctx, me.Domain(), me, g, xmpp.Secure, xmpp.NewNegotiator(func(*xmpp.Session, *xmpp.StreamConfig) xmpp.StreamConfig {
		return xmpp.StreamConfig{Features: []xmpp.StreamFeature{xmpp.SASL("", a.Password, mechanisms(a)...), bound}}
	}))
	switch {
	case g.cause != nil:
		return g.cause
	case err != nil && g.refusal != "":
		return fmt.Errorf("%w: %s", ErrAuth, g.refusal)
	case err != nil && (session == nil || session.State()&xmpp.Authn == 0):
		return fmt.Errorf("%w: %w", ErrAuth, err)
	case err != nil:
		return fmt.Errorf("%w: %w", ErrProtocol, err)
	case !g.success || session.State()&xmpp.Authn == 0:
		return fmt.Errorf("%w: the server let us in without a login", ErrAuth)
	}
	return nil
}

// guard is the connection as mellium sees it while logging in: it hands over one whole piece of the stream after the other, so that
// nothing which comes behind the login is read too early, and sees what the pieces were. Time is kept by who closes the connection.
type guard struct {
	net.Conn
	raw     net.Conn
	units   *units
	pending []byte
	header  []byte // of the stream as it began last

	pieces  int
	success bool   // the server said that we are in
	refusal string // the condition of a failed login
	cause   error  // why there is nothing more
}

// maxPieces is how many pieces a server may take to let us in.
const maxPieces = 64

// Read implements net.Conn.
func (g *guard) Read(p []byte) (int, error) {
	if len(g.pending) == 0 {
		if g.pieces++; g.pieces > maxPieces {
			g.cause = fmt.Errorf("%w: the login does not end", ErrTooMuch)
			return 0, io.EOF
		}
		piece, err := g.units.next()
		if err != nil {
			g.cause = err
			return 0, io.EOF
		}
		g.see(piece)
		g.pending = piece
	}
	n := copy(p, g.pending)
	g.pending = g.pending[n:]
	return n, nil
}

func (g *guard) see(piece []byte) {
	switch {
	case bytes.HasPrefix(piece, []byte("<stream:stream")):
		g.header = piece
	case bytes.HasPrefix(piece, []byte("<stream:error")):
		g.cause = streamError(piece)
	case holds(piece, saslSpace, "failure"):
		g.refusal = conditionOf(piece)
	case holds(piece, saslSpace, "success"):
		g.success = true
	}
}

// ConnectionState is that of TLS, to which a login may be bound.
func (g *guard) ConnectionState() tls.ConnectionState {
	return g.Conn.(*tls.Conn).ConnectionState()
}

// SetDeadline and its kin do nothing: mellium would lift the time that was set.
func (g *guard) SetDeadline(time.Time) error      { return nil }
func (g *guard) SetReadDeadline(time.Time) error  { return nil }
func (g *guard) SetWriteDeadline(time.Time) error { return nil }
