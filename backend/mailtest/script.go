package mailtest

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
)

// Then is what a Script does after it has said its line.
type Then int

// Continue goes to the next step; at the last one the connection closes.
const (
	Continue     Then = iota
	Hang              // says nothing more, and reads nothing
	HangUp            // closes the connection
	BeginTLS          // a TLS handshake follows
	TakeBody          // reads lines to the lone dot, see Script.Body
	TakeSomeBody      // reads one line of the body, then closes the connection
	TakeChunk         // reads the octets that the BDAT line just read announced, and adds them to Script.Body
)

// Step is one exchange: wait for a line that begins with Expect (in any case; empty: don't wait), say Say (with CRLF, as it
// is), then do Then.
type Step struct {
	Expect, Say string
	Then        Then
}

// Script is a server that follows steps, for one connection after another. It never decides anything by itself, so it can
// do what no sane server does.
type Script struct {
	steps []Step
	tls   *tls.Config
	l     net.Listener
	done  chan struct{}
	wg    sync.WaitGroup

	mu    sync.Mutex
	lines []string
	body  []byte
	wrong []string
}

// StartScript plays the steps to every connection until the test ends. tls may be nil where no step begins TLS.
func StartScript(t TB, tls *tls.Config, steps ...Step) *Script {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("mailtest: %v", err)
	}
	s := &Script{steps: steps, tls: tls, l: l, done: make(chan struct{})}
	s.wg.Go(s.serve)
	t.Cleanup(func() {
		close(s.done)
		_ = l.Close()
		s.wg.Wait()
		for _, w := range s.Unexpected() {
			t.Logf("mailtest: script: unexpected %q", w)
		}
	})
	return s
}

// Addr is host:port.
func (s *Script) Addr() string { return s.l.Addr().String() }

// Lines are the commands that came, of all connections.
func (s *Script) Lines() []string {
	return locked(s, func() []string { return append([]string(nil), s.lines...) })
}

// Body is what TakeBody read last: the octets up to the lone dot, with stuffed dots still in; or the chunks of all TakeChunk.
func (s *Script) Body() []byte {
	return locked(s, func() []byte { return append([]byte(nil), s.body...) })
}

// Unexpected are the lines that no step was waiting for; each ended its connection.
func (s *Script) Unexpected() []string {
	return locked(s, func() []string { return append([]string(nil), s.wrong...) })
}

func locked[T any](s *Script, f func() T) T {
	s.mu.Lock()
	defer s.mu.Unlock()
	return f()
}

func (s *Script) serve() {
	for {
		c, err := s.l.Accept()
		if err != nil {
			return
		}
		s.wg.Go(func() { s.play(c) })
	}
}

// play ends when the steps do, when the client does something else, or with the test.
func (s *Script) play(c net.Conn) {
	ended := make(chan struct{})
	defer close(ended)
	defer c.Close()
	raw := c
	s.wg.Go(func() {
		select {
		case <-s.done:
			_ = raw.Close()
		case <-ended:
		}
	})
	r := bufio.NewReader(c)
	for _, step := range s.steps {
		if !s.expect(r, step.Expect) {
			return
		}
		if _, err := io.WriteString(c, step.Say); err != nil {
			return
		}
		switch step.Then {
		case Hang:
			<-s.done
			return
		case HangUp:
			return
		case BeginTLS:
			t := tls.Server(c, s.tls)
			if t.Handshake() != nil {
				return
			}
			c, r = t, bufio.NewReader(t)
		case TakeBody:
			if !s.takeBody(r) {
				return
			}
		case TakeChunk:
			if !s.takeChunk(r) {
				return
			}
		case TakeSomeBody:
			_, _ = r.ReadString('\n') // whatever it is, the connection ends here
			return
		}
	}
}

func (s *Script) expect(r *bufio.Reader, prefix string) bool {
	if prefix == "" {
		return true
	}
	line, err := r.ReadString('\n')
	if err != nil {
		return false
	}
	line = strings.TrimRight(line, "\r\n")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, line)
	if len(line) < len(prefix) || !strings.EqualFold(line[:len(prefix)], prefix) {
		s.wrong = append(s.wrong, line)
		return false
	}
	return true
}

func (s *Script) takeChunk(r *bufio.Reader) bool {
	words := strings.Fields(locked(s, func() string { return s.lines[len(s.lines)-1] }))
	if len(words) < 2 {
		return false
	}
	n, err := strconv.Atoi(words[1])
	if err != nil || n < 0 || n > 1<<24 {
		return false
	}
	octets := make([]byte, n)
	if _, err := io.ReadFull(r, octets); err != nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.body = append(s.body, octets...)
	return true
}

func (s *Script) takeBody(r *bufio.Reader) bool {
	var body []byte
	for {
		line, err := r.ReadBytes('\n')
		ended := err == nil && string(line) == ".\r\n"
		if !ended {
			body = append(body, line...)
		}
		if ended || err != nil {
			s.mu.Lock()
			s.body = body
			s.mu.Unlock()
			return ended
		}
	}
}
