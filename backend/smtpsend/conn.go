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

	"caveat/backend/message"
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
	offers  map[string]string    // EHLO keyword in upper case → its parameters
	tls     *tls.ConnectionState // nil: not secured
	stop    func() bool          // ends watching ctx
	spent   bool                 // something went wrong, or the server said that it closes: good for no other message
	served  int                  // messages

	greeting  string // the server's words
	mechanism string // logged in by; "": not
}

// dial connects, and secures the connection at once when the account says so. The connection closes when ctx ends.
func dial(ctx context.Context, a Account) (*conn, error) {
	c := &conn{ctx: ctx, timeout: a.timeout()}
	d := net.Dialer{Timeout: c.timeout}
	nc, err := d.DialContext(ctx, "tcp", a.Address)
	if err != nil {
		return nil, c.failed("connect", err)
	}
	c.use(nc)
	c.watch(ctx)
	if a.Security == TLS {
		if err := c.secure(a); err != nil {
			c.close()
			return nil, err
		}
	}
	return c, nil
}

// watch closes the connection when ctx ends. Closing the TCP connection itself waits for nobody.
func (c *conn) watch(ctx context.Context) {
	c.ctx = ctx
	raw := c.net
	if t, ok := raw.(*tls.Conn); ok {
		raw = t.NetConn()
	}
	c.stop = context.AfterFunc(ctx, func() { raw.Close() })
}

func (c *conn) use(nc net.Conn) {
	c.net = nc
	c.limit = &io.LimitedReader{R: nc}
	c.text = textproto.NewReader(bufio.NewReader(c.limit))
	c.out = bufio.NewWriterSize(deadlineWriter{c}, 32<<10)
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
	state := t.ConnectionState()
	c.tls = &state
	return nil
}

// deadlineWriter gives each stretch of writing its time, so that a slow link may take long and a dead one may not.
type deadlineWriter struct{ *conn }

func (w deadlineWriter) Write(p []byte) (int, error) {
	if err := w.net.SetWriteDeadline(time.Now().Add(w.timeout)); err != nil {
		return 0, err
	}
	return w.net.Write(p)
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
	r, err := c.read(step, within)
	if err != nil || r.Code == closing {
		c.spent = true
	}
	return r, err
}

// closing is the code of a server that closes the connection.
//
// std: RFC5321 §3.8
const closing = 421

func (c *conn) read(step string, within time.Duration) (*Reply, error) {
	if err := c.net.SetReadDeadline(time.Now().Add(within)); err != nil {
		return nil, c.failed(step, err)
	}
	c.limit.N = maxReply
	code, lines, err := readReply(c.text)
	switch {
	case err != nil && c.limit.N <= 0:
		return nil, fmt.Errorf("%w: %s: a reply of more than %d octets", ErrProtocol, step, maxReply)
	case errors.As(err, new(oddReply)):
		return nil, fmt.Errorf("%w: %s: %w", ErrProtocol, step, err)
	case err != nil:
		return nil, c.failed(step, err)
	}
	return &Reply{Code: code, Text: clean(strings.Join(lines, "\n")), lines: lines}, nil
}

// oddReply says what is wrong with the form of a reply.
type oddReply string

func (o oddReply) Error() string { return string(o) }

// readReply reads the lines of one reply. They must all bear the same code: a reader that takes another one for text loses count
// of which reply belongs to which command.
//
// std: RFC5321 §4.2.1
func readReply(r *textproto.Reader) (code int, lines []string, err error) {
	for {
		line, err := r.ReadLine()
		if err == io.EOF && len(lines) > 0 {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return 0, nil, err
		}
		if len(line) < 3 || line[0] < '2' || line[0] > '5' || !isDigit(line[1]) || !isDigit(line[2]) || len(line) > 3 && line[3] != ' ' && line[3] != '-' {
			return 0, nil, oddReply(fmt.Sprintf("%q is no reply", clean(line)))
		}
		this := int(line[0]-'0')*100 + int(line[1]-'0')*10 + int(line[2]-'0')
		if code != 0 && this != code {
			return 0, nil, oddReply(fmt.Sprintf("one reply with the codes %d and %d", code, this))
		}
		code = this
		text := ""
		if len(line) > 4 {
			text = line[4:]
		}
		lines = append(lines, text)
		if len(line) == 3 || line[3] == ' ' {
			return code, lines, nil
		}
	}
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

// clean makes one line of a server's words, of bounded length.
func clean(s string) string {
	s = message.OneLine(s)
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
