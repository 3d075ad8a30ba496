package imapbox

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// stretch is how much must move, either way, within one timeout: a slow link may take long and a dead one may not.
const stretch = 16 << 10

// limits are what a server may say while one command runs, in octets.
type limits struct {
	literal int64 // messages' text, all together
	other   int64 // everything else together
}

// Ordinary limits: answers of a few lines. A short literal is allowed anywhere; a long one only as a message's text.
const (
	ordinary     = 1 << 20
	shortLiteral = 64 << 10
)

// guard stands between the connection and what reads it. It gives each stretch its time while a command runs, and ends the
// connection when the server says too much. Every end looks like io.EOF to the reader, after zeros in place of what a
// literal still lacks: inside one, go-imap's client waits for ever on other errors, and on an early end reads the connection
// from two goroutines. cause says what it was, and must be looked at before a literal is believed. Read and Write may run at
// the same time, in one goroutine each.
type guard struct {
	net.Conn // what is spoken on: raw, or TLS over it
	raw      net.Conn
	timeout  time.Duration

	mu      sync.Mutex
	armed   bool
	began   time.Time     // when the stretch's time began to run
	left    time.Duration // of the stretch's time; only time spent in Read counts
	moved   int           // octets of the stretch
	allowed limits
	said    int64
	cause   error

	lines lineCounter
}

func newGuard(raw net.Conn, timeout time.Duration) *guard {
	return &guard{Conn: raw, raw: raw, timeout: timeout}
}

// arm begins a command: from now on time runs and what the server says is counted anew.
func (g *guard) arm(l limits) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.armed, g.allowed, g.said, g.moved = true, l, 0, 0
	g.began, g.left = time.Now(), g.timeout
	_ = g.Conn.SetReadDeadline(g.began.Add(g.left)) // for a Read that already waits; a closed connection shows there
}

// disarm ends a command: a server that has nothing to say may be silent.
func (g *guard) disarm() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.armed, g.allowed, g.said = false, limits{shortLiteral, ordinary}, 0
	_ = g.Conn.SetReadDeadline(time.Time{})
}

// Read implements net.Conn.
func (g *guard) Read(p []byte) (int, error) {
	p = p[:min(len(p), stretch)]
	start, lacking := g.beginRead(), g.lines.literal
	n, err := g.Conn.Read(p)
	if tooMuch := g.account(p[:n], start); tooMuch != nil {
		g.end(tooMuch)
		g.lines.literal = lacking // nothing of this is given to the reader
		return g.pad(p)
	}
	if err == nil {
		return n, nil
	}
	g.end(describe(err))
	if n > 0 {
		return n, nil
	}
	return g.pad(p)
}

// pad gives zeros for the rest of a literal, and then the end.
func (g *guard) pad(p []byte) (int, error) {
	n := int(min(int64(len(p)), g.lines.literal))
	if n == 0 {
		return 0, io.EOF
	}
	clear(p[:n])
	g.lines.literal -= int64(n)
	return n, nil
}

func (g *guard) beginRead() time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	if g.armed {
		g.began = now
		_ = g.Conn.SetReadDeadline(now.Add(g.left))
	}
	return now
}

// account counts what was read, and the time that it took.
func (g *guard) account(p []byte, start time.Time) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.armed {
		if g.began.After(start) {
			start = g.began
		}
		g.left -= time.Since(start)
		if g.moved += len(p); g.moved >= stretch {
			g.left, g.moved = g.timeout, 0
		}
	}
	other, err := g.lines.count(p, &g.allowed.literal)
	if err != nil {
		return err
	}
	if g.said += other; g.said > g.allowed.other {
		return fmt.Errorf("%w: an answer of more than %d octets", ErrProtocol, g.allowed.other)
	}
	return nil
}

// Write implements net.Conn: each stretch has its time.
func (g *guard) Write(p []byte) (int, error) {
	written := 0
	for {
		piece := p[written:min(len(p), written+stretch)]
		if err := g.Conn.SetWriteDeadline(time.Now().Add(g.timeout)); err != nil {
			g.end(describe(err))
			return written, net.ErrClosed
		}
		n, err := g.Conn.Write(piece)
		written += n
		if err != nil {
			g.end(describe(err))
			return written, net.ErrClosed
		}
		g.progress(n)
		if written == len(p) {
			return written, nil
		}
	}
}

// progress gives the server time anew for its answer: it cannot answer before it has what it is sent.
func (g *guard) progress(n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.armed && n > 0 {
		g.began, g.left = time.Now(), g.timeout
		_ = g.Conn.SetReadDeadline(g.began.Add(g.left))
	}
}

// SetDeadline and its kin do nothing: the guard keeps the time, not who reads from it.
func (g *guard) SetDeadline(time.Time) error      { return nil }
func (g *guard) SetReadDeadline(time.Time) error  { return nil }
func (g *guard) SetWriteDeadline(time.Time) error { return nil }

// Close ends the connection at once, without the farewell of TLS, for which a silent peer could make us wait.
func (g *guard) Close() error {
	g.end(fmt.Errorf("%w: closed", ErrClosed))
	return nil
}

// end closes the connection; the first cause is kept.
func (g *guard) end(cause error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.cause == nil {
		g.cause = cause
	}
	_ = g.raw.Close()
}

func (g *guard) why() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.cause
}

// secure goes on over TLS. Nothing that was read before it may be left.
func (g *guard) secure(t *tls.Conn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.Conn, g.lines = t, lineCounter{}
}

// describe names what an error of the connection means.
func describe(err error) error {
	var timeout net.Error
	var op *net.OpError
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout():
		return fmt.Errorf("%w: %w", ErrTimeout, err)
	case errors.As(err, &op) && op.Op == "remote error": // an alert: so TLS 1.3 shows a refused client certificate
		return fmt.Errorf("%w: %w", ErrTLS, err)
	case errors.Is(err, io.EOF):
		return fmt.Errorf("%w: the server ended the connection", ErrUnreachable)
	}
	return fmt.Errorf("%w: %w", ErrUnreachable, err)
}
