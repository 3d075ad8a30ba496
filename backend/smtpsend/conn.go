package smtpsend

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"os"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// What is read of a server at most: octets of one reply, and characters of it that are kept.
const (
	maxReply = 64 << 10
	maxText  = 1000
)

// quitPatience bounds the wait for the answer to QUIT.
const quitPatience = 2 * time.Second

// conn is a connection in command mode.
type conn struct {
	ctx     context.Context
	net     net.Conn
	limit   *io.LimitedReader
	text    *textproto.Reader
	out     *bufio.Writer
	timeout time.Duration
	offers  map[string]string // EHLO keyword in upper case → its parameters
	stop    func() bool       // ends watching ctx
}

// dial connects, and secures the connection at once when the account says so. The connection closes when ctx ends.
func dial(ctx context.Context, a Account) (*conn, error) {
	c := &conn{ctx: ctx, timeout: a.timeout()}
	d := net.Dialer{Timeout: c.timeout}
	nc, err := d.DialContext(ctx, "tcp", a.Address)
	if err != nil {
		return nil, c.failed("connect", err)
	}
	c.stop = context.AfterFunc(ctx, func() { nc.Close() })
	c.use(nc)
	if a.Security == TLS {
		if err := c.secure(a); err != nil {
			c.close()
			return nil, err
		}
	}
	return c, nil
}

func (c *conn) use(nc net.Conn) {
	c.net = nc
	c.limit = &io.LimitedReader{R: nc}
	c.text = textproto.NewReader(bufio.NewReader(c.limit))
	c.out = bufio.NewWriterSize(deadlineWriter{nc, c.timeout}, 32<<10)
	c.offers = nil
}

func (c *conn) close() {
	c.stop()
	c.net.Close()
}

// secure starts TLS on the connection. What was learnt before it is forgotten.
func (c *conn) secure(a Account) error {
	t := tls.Client(c.net, a.tlsConfig())
	if err := c.net.SetDeadline(time.Time{}); err != nil { // the context below keeps the time
		return c.failed("TLS handshake", err)
	}
	ctx, cancel := context.WithTimeout(c.ctx, c.timeout)
	defer cancel()
	if err := t.HandshakeContext(ctx); err != nil {
		switch {
		case c.ctx.Err() != nil:
			return c.failed("TLS handshake", err)
		case ctx.Err() != nil:
			return fmt.Errorf("%w: TLS handshake: %w", ErrTimeout, err)
		}
		return fmt.Errorf("%w: %w", ErrTLS, err)
	}
	c.use(t)
	return nil
}

// deadlineWriter gives each stretch of writing its time, so that a slow link may take long and a dead one may not.
type deadlineWriter struct {
	net.Conn
	timeout time.Duration
}

func (w deadlineWriter) Write(p []byte) (int, error) {
	if err := w.SetWriteDeadline(time.Now().Add(w.timeout)); err != nil {
		return 0, err
	}
	return w.Conn.Write(p)
}

// command sends one line and reads its reply.
func (c *conn) command(step, line string) (*Reply, error) {
	if err := c.send(step, line+"\r\n"); err != nil {
		return nil, err
	}
	return c.reply(step, c.timeout)
}

func (c *conn) send(step, lines string) error {
	if _, err := c.out.WriteString(lines); err != nil {
		return c.failed(step, err)
	}
	if err := c.out.Flush(); err != nil {
		return c.failed(step, err)
	}
	return nil
}

// reply reads one reply of at most maxReply octets; all of it must arrive within the time.
//
// std: RFC5321 §4.2
func (c *conn) reply(step string, within time.Duration) (*Reply, error) {
	if err := c.net.SetReadDeadline(time.Now().Add(within)); err != nil {
		return nil, c.failed(step, err)
	}
	c.limit.N = maxReply
	code, text, err := c.text.ReadResponse(0)
	var odd textproto.ProtocolError
	switch {
	case err != nil && c.limit.N <= 0:
		return nil, fmt.Errorf("%w: %s: a reply of more than %d octets", ErrProtocol, step, maxReply)
	case errors.As(err, &odd):
		return nil, fmt.Errorf("%w: %s: %q", ErrProtocol, step, clean(odd.Error()))
	case err != nil:
		return nil, c.failed(step, err)
	case code < 200 || code > 599:
		return nil, fmt.Errorf("%w: %s: reply code %d", ErrProtocol, step, code)
	}
	return &Reply{Code: code, Text: clean(text), lines: strings.Split(text, "\n")}, nil
}

// clean makes one line of a server's words: control and format characters (which could reorder a line on the screen) out.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == utf8.RuneError || unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > maxText {
		return string(r[:maxText])
	}
	return s
}

// failed names what an error of the connection means.
func (c *conn) failed(step string, err error) error {
	var timeout net.Error
	switch {
	case errors.Is(c.ctx.Err(), context.DeadlineExceeded):
		return fmt.Errorf("%w: %s: %w", ErrTimeout, step, c.ctx.Err())
	case c.ctx.Err() != nil:
		return fmt.Errorf("%w: %s: %w", ErrUnreachable, step, c.ctx.Err())
	case errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout():
		return fmt.Errorf("%w: %s: %w", ErrTimeout, step, err)
	case isAlert(err):
		return fmt.Errorf("%w: %s: %w", ErrTLS, step, err)
	}
	return fmt.Errorf("%w: %s: %w", ErrUnreachable, step, err)
}

// isAlert reports that the other end ended TLS with a reason. In TLS 1.3 a refused client certificate shows this way, at the
// first reading after the handshake.
func isAlert(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "remote error"
}
