package imapbox

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxLine bounds a line before login, in octets.
const maxLine = 64 << 10

// speaker talks to the server until it has let us in: lines only, one command at a time.
type speaker struct {
	guard *guard
	r     *bufio.Reader
	tags  int
	caps  []string // what the server can, in upper case; nil: not known
	tls   *tls.ConnectionState

	greeted   string // the server's words
	mechanism string // logged in by; "": not, or let in by the certificate alone
}

// answer is a status, tagged or not.
type answer struct {
	status, code, text string // status and code in upper case
	args               string // behind the code, as it came
}

func (a answer) refusal() *Refusal {
	return &Refusal{Status: clean(a.status), Code: clean(a.code), Text: clean(a.text)}
}

// readLine reads one line without its end.
func (s *speaker) readLine() (string, error) {
	var line []byte
	for {
		part, err := s.r.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > maxLine:
			return "", fmt.Errorf("%w: a line of more than %d octets", ErrProtocol, maxLine)
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil:
			return "", s.guard.why()
		}
		return string(bytes.TrimRight(line, "\r\n")), nil
	}
}

// parseAnswer reads "OK [CODE args] text".
//
// std: RFC9051 §7.1
func parseAnswer(line string) answer {
	var a answer
	status, rest, _ := strings.Cut(line, " ")
	a.status, a.text = strings.ToUpper(status), rest
	inner, ok := strings.CutPrefix(rest, "[")
	if !ok {
		return a
	}
	inner, text, ok := strings.Cut(inner, "]")
	if !ok {
		return a
	}
	code, args, _ := strings.Cut(inner, " ")
	a.code, a.args, a.text = strings.ToUpper(code), args, strings.TrimPrefix(text, " ")
	return a
}

// learn keeps what an answer says of the server's capabilities.
func (s *speaker) learn(code, args string) {
	if code != "CAPABILITY" {
		return
	}
	s.caps = []string{}
	for _, word := range strings.Fields(args) {
		// They are handed on to go-imap's client in a line of our own: nothing but what is sure to be read as words.
		if !strings.ContainsFunc(word, func(r rune) bool {
			return r <= ' ' || r >= 0x7f || strings.ContainsRune(`(){}%*"\[]`, r)
		}) {
			s.caps = append(s.caps, strings.ToUpper(word))
		}
	}
}

func (s *speaker) can(capability string) bool { return slices.Contains(s.caps, capability) }

// greeting reads the server's first line. in is true when the server says that we are in already.
func (s *speaker) greeting() (in bool, err error) {
	line, err := s.readLine()
	if err != nil {
		return false, fmt.Errorf("greeting: %w", err)
	}
	rest, ok := strings.CutPrefix(line, "* ")
	a := parseAnswer(rest)
	switch {
	case ok && (a.status == "OK" || a.status == "PREAUTH"):
		s.greeted = clean(a.text)
		s.learn(a.code, a.args)
		return a.status == "PREAUTH", nil
	case ok && a.status == "BYE":
		return false, fmt.Errorf("%w: greeting: %w", ErrUnreachable, a.refusal())
	}
	return false, fmt.Errorf("%w: greeting: %q", ErrProtocol, clean(line))
}

// command sends one and reads up to its answer. The server's "+" are answered by more; nil: none is expected.
func (s *speaker) command(line string, more func(challenge string) (string, error)) (answer, error) {
	s.tags++
	tag := "a" + strconv.Itoa(s.tags)
	name, _, _ := strings.Cut(line, " ")
	if err := s.send(tag + " " + line); err != nil {
		return answer{}, fmt.Errorf("%s: %w", name, err)
	}
	for {
		line, err := s.readLine()
		if err != nil {
			return answer{}, fmt.Errorf("%s: %w", name, err)
		}
		first, rest, _ := strings.Cut(line, " ")
		switch {
		case first == "*":
			if err := s.untagged(rest); err != nil {
				return answer{}, fmt.Errorf("%s: %w", name, err)
			}
		case first == "+" && more != nil:
			reply, err := more(rest)
			if err != nil {
				return answer{}, err
			}
			if err := s.send(reply); err != nil {
				return answer{}, fmt.Errorf("%s: %w", name, err)
			}
		case first == tag:
			a := parseAnswer(rest)
			if a.status != "OK" && a.status != "NO" && a.status != "BAD" {
				return answer{}, fmt.Errorf("%w: %s: %q", ErrProtocol, name, clean(line))
			}
			return a, nil
		default:
			return answer{}, fmt.Errorf("%w: %s: %q", ErrProtocol, name, clean(line))
		}
	}
}

func (s *speaker) send(line string) error {
	s.guard.arm(limits{0, ordinary})
	if _, err := s.guard.Write([]byte(line + "\r\n")); err != nil {
		return s.guard.why()
	}
	return nil
}

func (s *speaker) untagged(rest string) error {
	word, args, _ := strings.Cut(rest, " ")
	switch strings.ToUpper(word) {
	case "CAPABILITY":
		s.learn("CAPABILITY", args)
	case "BYE":
		return fmt.Errorf("%w: %w", ErrUnreachable, parseAnswer(rest).refusal())
	}
	return nil
}

// know asks for the capabilities when the server has not told them.
func (s *speaker) know() error {
	if s.caps != nil {
		return nil
	}
	a, err := s.command("CAPABILITY", nil)
	switch {
	case err != nil:
		return err
	case a.status != "OK" || s.caps == nil:
		return fmt.Errorf("%w: CAPABILITY: %w", ErrProtocol, a.refusal())
	}
	return nil
}

// startTLS secures the connection. What the server said before it, and whatever it sent beyond its answer, was not protected
// and could be anybody's: the first is forgotten, the second ends the connection.
//
// std: RFC9051 §6.2.1
func (s *speaker) startTLS(ctx context.Context, a Account) error {
	if err := s.know(); err != nil {
		return err
	}
	if !s.can("STARTTLS") {
		return ErrNoStartTLS
	}
	answer, err := s.command("STARTTLS", nil)
	switch {
	case err != nil:
		return err
	case answer.status != "OK":
		return fmt.Errorf("%w: %w", ErrNoStartTLS, answer.refusal())
	case s.r.Buffered() > 0:
		return fmt.Errorf("%w: STARTTLS: unprotected data behind the answer", ErrProtocol)
	}
	s.caps = nil
	return s.secure(ctx, a)
}

// secure begins TLS.
func (s *speaker) secure(ctx context.Context, a Account) error {
	s.guard.disarm()
	_ = s.guard.raw.SetDeadline(time.Time{}) // the context below keeps the time
	t := tls.Client(s.guard.raw, a.tlsConfig())
	ctx, cancel := context.WithTimeout(ctx, a.timeout())
	defer cancel()
	if err := t.HandshakeContext(ctx); err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("%w: TLS handshake: %w", ErrTimeout, err)
		}
		return fmt.Errorf("%w: %w", ErrTLS, err)
	}
	s.guard.secure(t)
	s.r.Reset(s.guard)
	s.guard.arm(limits{0, ordinary})
	state := t.ConnectionState()
	s.tls = &state
	return nil
}
