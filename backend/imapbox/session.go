package imapbox

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// logoutPatience bounds the wait for the answer to LOGOUT.
const logoutPatience = 2 * time.Second

// session is a connection on which we are logged in. One command at a time.
type session struct {
	guard  *guard
	client *imapclient.Client
	caps   imap.CapSet
	talk   *speaker // up to the login; for a look at the server

	mu     sync.Mutex // held while a command runs
	closed bool
}

// open connects, secures and logs in. told is called, in go-imap's reading goroutine, when the server tells of a change.
func open(ctx context.Context, a Account, told func()) (*session, error) {
	s, err := start(ctx, a, told)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// start is open that gives a session which failed too, closed, for what was learnt; nil where there was no connection.
func start(ctx context.Context, a Account, told func()) (*session, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	d := net.Dialer{Timeout: a.timeout()}
	raw, err := d.DialContext(ctx, "tcp", a.Address)
	if err != nil {
		return nil, explain(ctx, "connect", describe(err))
	}
	s := &session{guard: newGuard(raw, a.timeout())}
	stop := context.AfterFunc(ctx, func() { s.guard.Close() })
	err = s.begin(ctx, a, told)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		s.abandon()
		return s, explain(ctx, "open", err)
	}
	return s, nil
}

func (s *session) begin(ctx context.Context, a Account, told func()) error {
	talk := &speaker{guard: s.guard, r: bufio.NewReader(s.guard)}
	s.talk = talk
	s.guard.arm(limits{0, ordinary})
	if a.Security == TLS {
		if err := talk.secure(ctx, a); err != nil {
			return err
		}
	}
	in, err := talk.greeting()
	switch {
	case err != nil:
		return err
	case in && a.Security == StartTLS:
		return fmt.Errorf("%w: the server let us in before TLS", ErrProtocol)
	}
	if a.Security == StartTLS {
		if err := talk.startTLS(ctx, a); err != nil {
			return err
		}
	}
	if err := talk.login(a, in); err != nil {
		return err
	}
	if err := talk.know(); err != nil {
		return err
	}
	if !talk.can("IMAP4REV1") && !talk.can("IMAP4REV2") {
		return fmt.Errorf("%w: neither IMAP4rev1 nor IMAP4rev2 among %q", ErrProtocol, clean(strings.Join(talk.caps, " ")))
	}
	return s.handOver(talk, told)
}

// handOver gives the connection to go-imap's client, as one that it finds logged in. Names of capabilities are compared as
// they are spelled there.
func (s *session) handOver(talk *speaker, told func()) error {
	line := strings.NewReplacer("IMAP4REV1", "IMAP4rev1", "IMAP4REV2", "IMAP4rev2").Replace(strings.Join(talk.caps, " "))
	greeting := "* PREAUTH [CAPABILITY " + line + "] in\r\n"
	s.client = imapclient.New(handedOver{s.guard, io.MultiReader(strings.NewReader(greeting), talk.r)}, &imapclient.Options{
		UnilateralDataHandler: &imapclient.UnilateralDataHandler{
			Expunge: func(uint32) { told() },
			Mailbox: func(*imapclient.UnilateralDataMailbox) { told() },
			Fetch: func(m *imapclient.FetchMessageData) {
				told()
				for m.Next() != nil { // it must be read to the end
				}
			},
		},
	})
	if err := s.client.WaitGreeting(); err != nil {
		return fmt.Errorf("%w: %q", ErrProtocol, clean(err.Error()))
	}
	s.caps = s.client.Caps()
	s.guard.disarm()
	return nil
}

// handedOver is the connection with what was read of it already.
type handedOver struct {
	*guard
	r io.Reader
}

// Read implements net.Conn.
func (h handedOver) Read(p []byte) (int, error) { return h.r.Read(p) }

// errDropped: go-imap's client ended the connection. Its own words say why.
var errDropped = errors.New("imapbox: dropped")

// Close implements net.Conn.
func (h handedOver) Close() error {
	h.end(errDropped)
	return nil
}

// do runs one command. When ctx ends, or the command fails other than by the server's NO, the connection is closed.
func (s *session) do(ctx context.Context, what string, l limits, command func(c *imapclient.Client) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.run(ctx, what, l, command)
}

// run is do for who holds the session already.
func (s *session) run(ctx context.Context, what string, l limits, command func(c *imapclient.Client) error) error {
	cause := s.guard.why()
	switch {
	case s.closed:
		return fmt.Errorf("%w: %s", ErrClosed, what)
	case ctx.Err() != nil:
		return explain(ctx, what, ctx.Err())
	case cause != nil:
		return explain(ctx, what, s.name(cause))
	}
	stop := context.AfterFunc(ctx, func() { s.guard.Close() })
	s.guard.arm(l)
	err := command(s.client)
	s.guard.disarm()
	if !stop() && err == nil {
		err = ctx.Err() // the connection is going down already
	}
	if err == nil {
		return nil
	}
	err = s.name(err)
	var refusal *Refusal
	if !errors.As(err, &refusal) && !errors.Is(err, ErrGone) && !errors.Is(err, ErrTooLarge) {
		s.guard.end(err)
	}
	return explain(ctx, what, err)
}

// name makes one of ours of go-imap's errors.
func (s *session) name(err error) error {
	var no *imap.Error
	cause := s.guard.why()
	switch {
	case isOurs(err):
		return err
	case errors.As(err, &no):
		return fmt.Errorf("%w: %w", ErrRefused, &Refusal{Status: clean(string(no.Type)), Code: strings.ToUpper(clean(string(no.Code))), Text: clean(no.Text)})
	case cause != nil && !errors.Is(cause, errDropped):
		return cause
	}
	return fmt.Errorf("%w: %q", ErrProtocol, clean(err.Error()))
}

func isOurs(err error) bool {
	for _, known := range []error{ErrBody, ErrClosed, ErrCopy, ErrGone, ErrProtocol, ErrRefused, ErrTimeout, ErrTLS, ErrTooLarge, ErrUnreachable, ErrValidity, errHook, errOut} {
		if errors.Is(err, known) {
			return true
		}
	}
	return false
}

// explain says what was being done, and that it was the caller who ended it when it was.
func explain(ctx context.Context, what string, err error) error {
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fmt.Errorf("%w: %s: %w", ErrTimeout, what, ctx.Err())
	case ctx.Err() != nil:
		return fmt.Errorf("%w: %s: %w", ErrUnreachable, what, ctx.Err())
	}
	return fmt.Errorf("%s: %w", what, err)
}

// close says good-bye when nothing is going on, and ends the connection and everything that belongs to it.
func (s *session) close() {
	if s.mu.TryLock() {
		if !s.closed && s.guard.why() == nil {
			s.guard.mu.Lock()
			s.guard.timeout = min(s.guard.timeout, logoutPatience)
			s.guard.mu.Unlock()
			s.guard.arm(limits{0, ordinary})
			_ = s.client.Logout().Wait()
		}
		s.closed = true
		s.mu.Unlock()
	}
	s.abandon()
}

// abandon ends the connection at once and waits for go-imap's goroutine.
func (s *session) abandon() {
	s.guard.Close()
	if s.client != nil {
		_ = s.client.Close()
	}
}
