package smtpsend_test

import (
	"bytes"
	"errors"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"caveat/backend/mailtest"
	"caveat/backend/outbox"
	"caveat/backend/smtpsend"
	"caveat/ldapbook/ldaptest"
)

// counted is a listener that counts connections.
type counted struct {
	net.Listener
	n atomic.Int64
}

func (l *counted) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err == nil {
		l.n.Add(1)
	}
	return c, err
}

func countedServer(t *testing.T, c mailtest.Config) (*mailtest.Server, *counted) {
	t.Helper()
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &counted{Listener: inner}
	s := mailtest.Start(l, c)
	t.Cleanup(func() { s.Close() })
	return s, l
}

func sender(t *testing.T) *smtpsend.Sender {
	t.Helper()
	s := smtpsend.New(nil)
	t.Cleanup(func() { s.Close() })
	return s
}

func through(t *testing.T, s *smtpsend.Sender, a smtpsend.Account, e smtpsend.Envelope) (r result) {
	t.Helper()
	r.receipts, r.err = s.Submit(t.Context(), a, e, []byte(text), bytes.NewReader([]byte(text)), func() error { r.bodySent++; return nil })
	return r
}

// TestOneConnection: messages that follow one another share a connection, until something is different or it has served enough.
func TestOneConnection(t *testing.T) {
	ca, password, box := ldaptest.NewCA("Test CA"), mailtest.Secret(), &inbox{}
	server, l := countedServer(t, mailtest.Config{TLS: serverTLS(ca), Auth: func(_, given string) bool { return given == password }, Rcpt: box.rcpt, Data: box.data})
	a := account(server.Addr(), ca)
	a.User, a.Password = "duty", password
	s := sender(t)
	sent := 0
	send := func(want string, e smtpsend.Envelope, connections int64) {
		t.Helper()
		if r := through(t, s, a, e); r.err != nil || r.states() != want || l.n.Load() != connections {
			t.Fatalf("message %d: %v, %q, %d connections", sent, r.err, r.states(), l.n.Load())
		}
		sent++
	}
	send("accepted", to("ops@gbr.example"), 1)
	send("accepted accepted", to("ops@gbr.example", "medic@gbr.example"), 1)
	send("refused accepted", to("unknown@gbr.example", "medic@gbr.example"), 1)
	send("refused", to("unknown@gbr.example"), 1) // DATA was refused
	send("accepted", to("ops@gbr.example"), 1)
	a.HeloName = "other.gbr.example"
	send("accepted", to("ops@gbr.example"), 2)
	for range 100 {
		send("accepted", to("ops@gbr.example"), l.n.Load())
		if l.n.Load() == 3 {
			break
		}
		if sent == 105 {
			send("accepted", to("ops@gbr.example"), 3)
		}
	}
	if got := len(box.all()); got != sent-1 {
		t.Errorf("%d delivered of %d", got, sent-1)
	}
	right := a.Password
	a.Password = mailtest.Secret()
	if r := through(t, s, a, to("ops@gbr.example")); !errors.Is(r.err, smtpsend.ErrAuth) {
		t.Errorf("another password: %v", r.err)
	}
	a.Password = right
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	before := l.n.Load()
	for range 2 {
		if r := through(t, s, a, to("ops@gbr.example")); r.err != nil {
			t.Fatal(r.err)
		}
	}
	if n := l.n.Load() - before; n != 2 {
		t.Errorf("after Close %d connections for two messages", n)
	}
}

// TestStale: what goes wrong on a connection that was kept, before a message is on its way, does not touch the message: it goes
// by a new one, once.
func TestStale(t *testing.T) {
	first := steps(ehlo("PIPELINING"), mailOK, rcptOK, mailtest.Step{Expect: "DATA", Say: "354 go\r\n", Then: mailtest.TakeBody}, mailtest.Step{Say: "250 ok\r\n"})
	for name, then := range map[string][]mailtest.Step{
		"closed meanwhile":       {},
		"closed with 421":        {{Say: "421 idle too long\r\n"}},
		"RSET refused":           {{Expect: "RSET", Say: "500 what\r\n"}, {Expect: "MAIL", Say: "250 ok\r\n"}, {Expect: "RCPT", Say: "250 ok\r\n"}, {Expect: "DATA", Say: "503 no\r\n"}},
		"RSET answered by 421":   {{Expect: "RSET", Say: "421 bye\r\n"}},
		"hangs up at MAIL":       {{Expect: "RSET", Say: "250 ok\r\n"}, {Expect: "MAIL", Then: mailtest.HangUp}},
		"421 at MAIL":            {{Expect: "RSET", Say: "250 ok\r\n"}, {Expect: "MAIL", Say: "421 bye\r\n"}, {Expect: "RCPT", Say: "421 bye\r\n"}, {Expect: "DATA", Say: "421 bye\r\n"}},
		"garbage":                {{Expect: "RSET", Say: "\x00\x01\r\n"}},
		"more words than wanted": {{Say: "250 and by the way\r\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			script := mailtest.StartScript(t, nil, append(slices.Clone(first), then...)...)
			s := sender(t)
			a := plain(script.Addr())
			for i := range 2 {
				if r := through(t, s, a, to("ops@gbr.example")); r.err != nil || r.states() != "accepted" || r.bodySent != 1 {
					t.Fatalf("message %d: %v, %+v, bodySent %d times", i, r.err, r.receipts, r.bodySent)
				}
			}
			hellos := 0
			for _, l := range script.Lines() {
				if strings.HasPrefix(l, "EHLO") {
					hellos++
				}
			}
			if hellos != 2 {
				t.Errorf("%d connections: %q", hellos, script.Lines())
			}
		})
	}
}

// TestNotKept: a connection on which a message failed, or that the server says it closes, serves no other.
func TestNotKept(t *testing.T) {
	for name, c := range map[string]struct {
		final string
		state outbox.State
	}{
		"421 at the end":          {"421 closing\r\n", outbox.Deferred},
		"accepted, and more said": {"250 ok\r\n250 once more\r\n", outbox.Accepted},
	} {
		script := mailtest.StartScript(t, nil, steps(ehlo("PIPELINING"), mailOK, rcptOK, mailtest.Step{Expect: "DATA", Say: "354 go\r\n", Then: mailtest.TakeBody},
			mailtest.Step{Say: c.final}, mailtest.Step{Expect: "QUIT", Say: "221 bye\r\n"})...)
		s := sender(t)
		for range 2 {
			if r := through(t, s, plain(script.Addr()), to("ops@gbr.example")); r.err != nil || r.states() != string(c.state) {
				t.Errorf("%s: %v, %+v", name, r.err, r.receipts)
			}
		}
		if slices.Contains(script.Lines(), "RSET") {
			t.Errorf("%s: used again: %q", name, script.Lines())
		}
	}
}
