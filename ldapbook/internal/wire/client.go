package wire

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"
)

// ErrInjected: bytes followed the answer to StartTLS before TLS began; somebody on the way may have put them there.
var ErrInjected = errors.New("data before the TLS handshake")

// ErrDisconnected: the server announced that it ends the connection (RFC 4511 section 4.4.1).
var ErrDisconnected = errors.New("the server ends the connection")

// Result is a server's answer to a request; a pointer to one whose code isn't 0 is an error.
type Result struct {
	Code      int
	MatchedDN string
	Text      string // diagnostic message, as the server wrote it
	// Referral holds the URLs of a referral (code 10), of which any serves.
	Referral []string
}

// Error says the code and what the server added.
func (r *Result) Error() string {
	if r.Text == "" {
		return fmt.Sprintf("LDAP result %d", r.Code)
	}
	return fmt.Sprintf("LDAP result %d: %.200q", r.Code, r.Text)
}

// watchdog is a connection on which no read or write outlasts idle, nor the time until.
type watchdog struct {
	net.Conn
	idle  time.Duration
	until time.Time    // zero: no limit
	count atomic.Int64 // bytes read
}

func (w *watchdog) deadline() time.Time {
	d := time.Now().Add(w.idle)
	if !w.until.IsZero() && w.until.Before(d) {
		return w.until
	}
	return d
}

// Read reads what is there, or waits until the deadline.
func (w *watchdog) Read(p []byte) (int, error) {
	if err := w.SetReadDeadline(w.deadline()); err != nil {
		return 0, err
	}
	n, err := w.Conn.Read(p)
	w.count.Add(int64(n))
	return n, err
}

// Write writes p, until the deadline.
func (w *watchdog) Write(p []byte) (int, error) {
	if err := w.SetWriteDeadline(w.deadline()); err != nil {
		return 0, err
	}
	return w.Conn.Write(p)
}

// Client is an LDAP connection. A failed read, a timeout or a cancelled context closes it for good; a refusal by the
// server (an error that is a *Result) doesn't.
type Client struct {
	dog    *watchdog
	conn   net.Conn // dog, or TLS on it
	r      *bufio.Reader
	buf    []byte
	id     int64
	broken error
}

// NewClient takes over a connection. idle is the longest silence of the peer while an answer is awaited.
func NewClient(conn net.Conn, idle time.Duration) *Client {
	dog := &watchdog{Conn: conn, idle: idle}
	return &Client{dog: dog, conn: dog, r: bufio.NewReaderSize(dog, 64<<10)}
}

// BytesRead is how many bytes came from the network so far, those of TLS included. It is safe for concurrent use.
func (c *Client) BytesRead() int64 { return c.dog.count.Load() }

// Close ends the connection without waiting for the server.
func (c *Client) Close() error {
	if c.broken != nil {
		return nil
	}
	c.broken = net.ErrClosed
	c.dog.until = time.Now().Add(time.Second)
	_, _ = c.conn.Write(marshal(c.id+1, []byte{OpUnbindRequest, 0}))
	return c.dog.Close()
}

// guard runs op under ctx; limit is the longest that it may take, 0: only silence is limited.
func (c *Client) guard(ctx context.Context, limit time.Duration, op func() error) error {
	if c.broken != nil {
		return c.broken
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	c.dog.until = time.Time{}
	if limit > 0 {
		c.dog.until = time.Now().Add(limit)
	}
	stop := context.AfterFunc(ctx, func() { _ = c.dog.Close() })
	err := op()
	if !stop() {
		err = ctx.Err()
	}
	var refused *Result
	if err != nil && !errors.As(err, &refused) {
		c.broken = err
		_ = c.dog.Close()
	}
	return err
}

func (c *Client) nextID() int64 {
	c.id++
	return c.id
}

// read returns the next message; it is valid until the next call.
func (c *Client) read() (Message, error) {
	buf, err := ReadMessage(c.r, c.buf)
	if err != nil {
		return Message{}, err
	}
	if cap(buf) <= 1<<20 {
		c.buf = buf
	}
	m, err := ParseMessage(buf)
	if err == nil && m.ID == 0 {
		return Message{}, disconnected(m)
	}
	return m, err
}

func disconnected(m Message) error {
	if m.Op != OpExtended {
		return ErrMalformed
	}
	r, err := parseResult(m.Body)
	if err != nil {
		return err
	}
	return fmt.Errorf("%w: result %d %.200q", ErrDisconnected, r.Code, r.Text)
}

// exchange sends a request that has one answer and returns the answer's result.
func (c *Client) exchange(request []byte, want byte) (Message, error) {
	if _, err := c.conn.Write(request); err != nil {
		return Message{}, err
	}
	m, err := c.read()
	if err != nil {
		return Message{}, err
	}
	if m.ID != c.id || m.Op != want {
		return Message{}, ErrMalformed
	}
	r, err := parseResult(m.Body)
	if err == nil && r.Code != 0 {
		err = &r
	}
	return m, err
}

// Bind authenticates by name and password; both empty: anonymously.
func (c *Client) Bind(ctx context.Context, limit time.Duration, dn, password string) error {
	return c.guard(ctx, limit, func() error {
		_, err := c.exchange(marshalBind(c.nextID(), dn, password), OpBindResponse)
		return err
	})
}

// BindSASL runs one step of a SASL bind (RFC 4511 section 4.2): it sends the mechanism's data, nil meaning none, and returns
// the server's. more: the server awaits another step. The slice is the caller's.
func (c *Client) BindSASL(ctx context.Context, limit time.Duration, mechanism string, data []byte) (answer []byte, more bool,
	err error) {
	err = c.guard(ctx, limit, func() error {
		m, err := c.exchange(marshalBindSASL(c.nextID(), mechanism, data), OpBindResponse)
		var result *Result
		if errors.As(err, &result) && result.Code == codeSASLInProgress {
			more, err = true, nil
		}
		if err != nil {
			return err
		}
		answer, err = behindResult(m.Body, tagServerSASL)
		return err
	})
	if err != nil {
		return nil, false, err
	}
	return answer, more, nil
}

// WhoAmI asks whom the server takes the client for (RFC 4532): an authorization identity, "dn:…" or "u:…", or "" for nobody.
func (c *Client) WhoAmI(ctx context.Context, limit time.Duration) (identity string, err error) {
	err = c.guard(ctx, limit, func() error {
		m, err := c.exchange(marshalExtended(c.nextID(), OIDWhoAmI), OpExtended)
		if err != nil {
			return err
		}
		value, err := behindResult(m.Body, tagResponseValue)
		identity = string(value)
		return err
	})
	return identity, err
}

// StartTLS asks the server to continue in TLS and does the handshake. After any error but a refusal the connection is
// closed; after a refusal it is still in the clear, and the caller must not go on.
func (c *Client) StartTLS(ctx context.Context, limit time.Duration, config *tls.Config) error {
	err := c.guard(ctx, limit, func() error {
		if _, err := c.exchange(marshalExtended(c.nextID(), OIDStartTLS), OpExtended); err != nil {
			return err
		}
		if c.r.Buffered() > 0 {
			return ErrInjected
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.Handshake(ctx, limit, config)
}

// Handshake continues in TLS at once, as ldaps does.
func (c *Client) Handshake(ctx context.Context, limit time.Duration, config *tls.Config) error {
	return c.guard(ctx, limit, func() error {
		t := tls.Client(c.dog, config)
		if err := t.HandshakeContext(ctx); err != nil {
			return err
		}
		c.conn = t
		c.r = bufio.NewReaderSize(t, 64<<10)
		return nil
	})
}
