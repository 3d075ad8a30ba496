package smtpsend_test

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"caveat/backend/mailtest"
	"caveat/backend/outbox"
	"caveat/backend/smtpsend"
	"caveat/ldapbook/ldaptest"
)

// moment is a place of a session where a server can fail, by what it means to the message.
type moment int

const (
	before   moment = iota // nothing is known of the message: refused here means no connection
	hello                  // EHLO
	startTLS               //
	login                  // AUTH
	envelope               // MAIL, RCPT, DATA, a chunk that is not the last
	ending                 // the answer to the end of the message
	after                  // QUIT
)

// part is one exchange of a session, with what it means.
type part struct {
	name string
	at   moment
	mailtest.Step
}

// fault is what a server does instead of its answer.
type fault struct {
	name string
	say  string
	then mailtest.Then
}

var faults = []fault{
	{"hangs up", "", mailtest.HangUp},
	{"hangs", "", mailtest.Hang},
	{"refuses for now", "450 4.0.0 later\r\n", mailtest.Continue},
	{"refuses", "550 5.0.0 never\r\n", mailtest.Continue},
	{"closes with 421", "421 4.0.0 closing\r\n", mailtest.HangUp},
	{"talks nonsense", "\x00\xff nonsense\r\n", mailtest.Hang},
	{"says 2500", "2500 ok\r\n", mailtest.Hang},
	{"talks without end", strings.Repeat("x", 1<<17), mailtest.Hang},
	{"answers in lines without end", strings.Repeat("250-ok\r\n", 1<<14), mailtest.Hang},
	{"gives two codes in one answer", "250-ok\r\n550 no\r\n", mailtest.Hang},
	{"stops in the middle of an answer", "250-ok\r\n25", mailtest.HangUp},
	{"says 100", "100 wait\r\n", mailtest.Hang},
}

// want is what must come of it: an error and no receipts, or the state of the recipient.
func (f fault) want(at moment) (err error, state string) {
	switch f.name {
	case "hangs up":
		err = smtpsend.ErrUnreachable
	case "hangs":
		err = smtpsend.ErrTimeout
	case "refuses", "refuses for now", "closes with 421":
		switch at {
		case before:
			err = smtpsend.ErrUnreachable
		case hello:
			err = smtpsend.ErrProtocol
		case startTLS:
			err = smtpsend.ErrNoStartTLS
		case login:
			err = smtpsend.ErrAuth
		case envelope, ending:
			state = "deferred"
			if f.name == "refuses" {
				state = "refused"
			}
		}
	default:
		err = smtpsend.ErrProtocol
	}
	if at == after {
		return nil, "accepted"
	}
	return err, state
}

// session is a whole session in parts.
func session(ca *ldaptest.CA, secure, chunks bool, offers ...string) []part {
	out := []part{{"greeting", before, mailtest.Step{Say: "220 fake ready\r\n"}}, {"EHLO", hello, ehlo(offers...)[1]}}
	if secure {
		out[1].Step = ehlo("STARTTLS")[1]
		out = append(out, part{"STARTTLS", startTLS, mailtest.Step{Expect: "STARTTLS", Say: "220 go\r\n", Then: mailtest.BeginTLS}},
			part{"EHLO inside TLS", hello, ehlo(append(offers, "AUTH PLAIN")...)[1]}, part{"AUTH", login, mailtest.Step{Expect: "AUTH PLAIN ", Say: "235 in\r\n"}})
	}
	out = append(out, part{"MAIL", envelope, mailOK}, part{"RCPT", envelope, rcptOK})
	if chunks {
		for i := range 2 {
			out = append(out, part{fmt.Sprintf("chunk %d", i), envelope, mailtest.Step{Say: "250 ok\r\n"}})
		}
	} else {
		out = append(out, part{"DATA", envelope, dataOK})
	}
	return append(out, part{"the end", ending, mailtest.Step{Say: "250 ok\r\n"}}, part{"QUIT", after, quit})
}

// play makes a script of a session that fails at one part. What lies between the answers (the body, the chunks) is put in here.
func play(parts []part, at int, f fault) (out []mailtest.Step) {
	refused := false
	for i, p := range parts {
		s := p.Step
		switch {
		case strings.HasPrefix(p.name, "chunk"):
			out = append(out, mailtest.Step{Expect: "BDAT 1048576", Then: mailtest.TakeChunk})
		case p.at == ending && strings.HasPrefix(parts[i-1].name, "chunk"):
			out = append(out, mailtest.Step{Expect: "BDAT", Then: mailtest.TakeChunk})
		}
		if p.name == "DATA" {
			s.Then = mailtest.TakeBody
		}
		if refused && p.at == envelope {
			s.Say, s.Then = "503 5.5.1 bad sequence\r\n", mailtest.Continue
		}
		if i == at {
			s.Say, s.Then = f.say, f.then
			refused = f.then == mailtest.Continue
		}
		out = append(out, s)
	}
	return out
}

// TestEveryFaultAtEveryStep holds every fault at every step to the one rule: nothing counts as accepted that was not, and the
// end of the message is near only when everything before it was well. Afterwards nothing is left running.
func TestEveryFaultAtEveryStep(t *testing.T) {
	goroutines := runtime.NumGoroutine()
	t.Run("sessions", func(t *testing.T) {
		ca, password := ldaptest.NewCA("Test CA"), mailtest.Secret()
		big := text + strings.Repeat("a line of text of a large message\r\n", 1<<16)
		places := make(chan struct{}, 24) // hanging ones wait; so many may at once
		var wg sync.WaitGroup
		for _, v := range []struct {
			name           string
			secure, chunks bool
			offers         []string
		}{
			{"one by one", false, false, nil},
			{"pipelined", false, false, []string{"PIPELINING"}},
			{"chunks, pipelined", false, true, []string{"CHUNKING", "PIPELINING"}},
			{"TLS and login", true, false, []string{"PIPELINING"}},
		} {
			parts := session(ca, v.secure, v.chunks, v.offers...)
			for at, p := range parts {
				for _, f := range faults {
					places <- struct{}{}
					wg.Go(func() {
						defer func() { <-places }()
						name := fmt.Sprintf("%s: %s %s", v.name, p.name, f.name)
						s := mailtest.StartScript(t, ca.ServerTLS(), play(parts, at, f)...)
						a := plain(s.Addr())
						if v.secure {
							a = account(s.Addr(), ca)
							a.User, a.Password = "duty", password
						}
						if f.name == "hangs" {
							a.Timeout = little
						}
						body := text
						if v.chunks {
							body = big
						}
						holds(t, name, a, body, p.at, f)
					})
				}
			}
		}
		wg.Wait()
	})
	for range 500 { // the scripts ended with the sub-test; what they ran needs a moment
		if runtime.NumGoroutine() <= goroutines {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	buf := make([]byte, 1<<16)
	t.Errorf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), goroutines, buf[:runtime.Stack(buf, true)])
}

func holds(t *testing.T, name string, a smtpsend.Account, body string, at moment, f fault) {
	wantErr, want := f.want(at)
	bodySent := 0
	s := smtpsend.New(nil)
	receipts, err := s.Submit(t.Context(), a, to("ops@gbr.example"), []byte(body), bytes.NewReader([]byte(body)), func() error { bodySent++; return nil })
	s.Close()
	near := 0
	if at >= ending {
		near = 1
	}
	r := result{receipts: receipts, err: err}
	if strings.Contains(name, "chunk ") && f.then == mailtest.HangUp && errors.Is(err, smtpsend.ErrUnreachable) {
		wantErr, want = smtpsend.ErrUnreachable, "" // it closed before all was written
	}
	if !errors.Is(err, wantErr) || wantErr == nil && err != nil || r.states() != want || bodySent != near {
		t.Errorf("%s: %v, %q, bodySent %d times; want %v, %q, %d", name, err, r.states(), bodySent, wantErr, want, near)
	}
	if slices.ContainsFunc(receipts, func(x outbox.Receipt) bool { return x.State == "accepted" }) && at < after {
		t.Errorf("%s: counts as accepted", name)
	}
}
