package mailtest

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// Error is a refusal that a hook returns to choose the reply: code, enhanced code and text. Any other error is 554 (550 for
// a recipient).
type Error = smtp.SMTPError

// Refuse makes an Error: Refuse(550, "no such user").
func Refuse(code int, text string) error {
	return &Error{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 0, 0}, Message: text}
}

// Config says how a Server behaves. A nil hook accepts everything.
type Config struct {
	Hostname string      // in the greeting; empty: "localhost"
	TLS      *tls.Config // nil: no STARTTLS, and AUTH without TLS
	Implicit bool        // TLS from the first byte instead of STARTTLS
	// Auth decides about AUTH PLAIN, Bearer about OAUTHBEARER; nil: not offered. Passwords, of users, are for SCRAM-SHA-256 and,
	// in TLS 1.3, -PLUS; nil: not offered.
	Auth        func(user, password string) bool
	Bearer      func(user, token string) bool
	Passwords   map[string]string
	RequireAuth bool // MAIL is refused before AUTH
	// Rcpt decides about one recipient; Data gets the message, with CRLF and without the stuffed dots, for all recipients
	// that were accepted. Both may be called from several connections at once.
	Rcpt func(from, to string) error
	Data func(from string, to []string, body []byte) error
	// Login gives the hooks of a connection once user has logged in on it, in place of Rcpt and Data; nil: they stay.
	Login    func(user string) Hooks
	MaxBytes int64         // largest message; 0: 32 MiB
	Timeout  time.Duration // for one command; 0: 1 minute
}

// Hooks decide about the messages of one connection, as Rcpt and Data of the Config do.
type Hooks struct {
	Rcpt func(from, to string) error
	Data func(from string, to []string, body []byte) error
	// Take is called in place of Data where it is given: with what the client wants reported (RFC 3461).
	Take func(Envelope, []byte) error
}

// Envelope is whom a message is for, and what the client wants to be told of it.
type Envelope struct {
	From string
	ID   string // ENVID; empty: none was given
	To   []Recipient
}

// Recipient is one of an Envelope.
type Recipient struct {
	Address  string
	Original string   // ORCPT, without its type; empty: none was given
	Notify   []string // NOTIFY, in upper case; empty: nothing was said
}

// DefaultMaxBytes is the largest message that a Server takes when the Config does not say.
const DefaultMaxBytes = 32 << 20

// Server is an SMTP server: PIPELINING, 8BITMIME, SIZE, DSN, STARTTLS, CHUNKING, AUTH. The zero Server is not usable.
type Server struct {
	smtp     *smtp.Server
	listener *tracked
	done     sync.WaitGroup
	addr     string
}

// Start serves on a TCP listener, which the server closes at the end. It does not block.
func Start(l net.Listener, c Config) *Server {
	s := smtp.NewServer(smtp.BackendFunc(func(conn *smtp.Conn) (smtp.Session, error) {
		return &session{config: c, conn: conn, hooks: Hooks{Rcpt: c.Rcpt, Data: c.Data}}, nil
	}))
	s.Domain = c.Hostname
	if s.Domain == "" {
		s.Domain = "localhost"
	}
	s.TLSConfig = c.TLS
	s.AllowInsecureAuth = c.TLS == nil
	s.EnableDSN = true
	s.MaxLineLength = 32 << 10 // tokens are long
	s.MaxMessageBytes = c.MaxBytes
	if s.MaxMessageBytes == 0 {
		s.MaxMessageBytes = DefaultMaxBytes
	}
	s.ReadTimeout, s.WriteTimeout = time.Minute, time.Minute
	if c.Timeout > 0 {
		s.ReadTimeout, s.WriteTimeout = c.Timeout, c.Timeout
	}
	// Clients that hang up in the middle are what this server is for; it does not report them.
	s.ErrorLog = log.New(io.Discard, "", 0)
	out := &Server{smtp: s, listener: &tracked{Listener: l, open: map[net.Conn]bool{}}, addr: l.Addr().String()}
	serve := net.Listener(out.listener)
	if c.Implicit {
		serve = tls.NewListener(serve, c.TLS)
	}
	out.done.Go(func() { _ = s.Serve(serve) }) // ends with Close
	return out
}

// StartServer serves on a free port of the loopback interface until the test ends.
func StartServer(t TB, c Config) *Server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("mailtest: %v", err)
	}
	s := Start(l, c)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// Addr is host:port.
func (s *Server) Addr() string { return s.addr }

// Close takes no new connection, gives clients half a second to finish, then ends their connections. It may be called twice.
func (s *Server) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer cancel()
	err := s.smtp.Shutdown(ctx)
	s.listener.closeAll()
	s.done.Wait()
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, smtp.ErrServerClosed) {
		return nil
	}
	return err
}

// session is one connection.
type session struct {
	config   Config
	conn     *smtp.Conn
	hooks    Hooks
	loggedIn bool
	from     string
	to       []string
	envelope Envelope
}

var _ smtp.AuthSession = (*session)(nil)

func (s *session) Mail(from string, options *smtp.MailOptions) error {
	if s.config.RequireAuth && !s.loggedIn {
		return &Error{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "Authentication required"}
	}
	s.from, s.envelope = from, Envelope{From: from}
	if options != nil {
		s.envelope.ID = options.EnvelopeID
	}
	return nil
}

func (s *session) Rcpt(to string, options *smtp.RcptOptions) error {
	if s.hooks.Rcpt != nil {
		if err := s.hooks.Rcpt(s.from, to); err != nil {
			return asReply(err, 550)
		}
	}
	s.to = append(s.to, to)
	r := Recipient{Address: to}
	if options != nil {
		r.Original = options.OriginalRecipient
		for _, n := range options.Notify {
			r.Notify = append(r.Notify, string(n))
		}
	}
	s.envelope.To = append(s.envelope.To, r)
	return nil
}

func (s *session) Data(r io.Reader) error {
	body, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if s.hooks.Take != nil {
		return asReply(s.hooks.Take(s.envelope, body), 554)
	}
	if s.hooks.Data == nil {
		return nil
	}
	return asReply(s.hooks.Data(s.from, append([]string(nil), s.to...), body), 554)
}

// asReply gives an error that says no code the one of the step.
func asReply(err error, code int) error {
	var refusal *Error
	if err == nil || errors.As(err, &refusal) {
		return err
	}
	return Refuse(code, err.Error())
}

func (s *session) Reset() { s.from, s.to, s.envelope = "", nil, Envelope{} }

func (s *session) Logout() error { return nil }
