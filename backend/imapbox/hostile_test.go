package imapbox_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"caveat/backend/imapbox"
	"caveat/backend/mailtest"
	"caveat/backend/saslclient"
	"caveat/ldapbook/ldaptest"
)

func script(t *testing.T, steps []mailtest.Step) *mailtest.Script {
	t.Helper()
	return mailtest.StartScript(t, nil, steps...)
}

// errSome stands for any error of ours.
var errSome = errors.New("any")

func is(err, want error) bool {
	if want == errSome {
		return err != nil
	}
	return errors.Is(err, want)
}

// reading is all that a Mailbox asks, with a server's good answers.
func reading() []mailtest.Step {
	const text = "Subject: a\r\n\r\nb\r\n"
	steps := answers(
		"EXAMINE INBOX", examined,
		"EXAMINE INBOX", examined,
		"UID FETCH 1:9", "* 1 FETCH (UID 4 FLAGS (\\Seen) INTERNALDATE \"21-Nov-2026 10:00:00 +0000\" RFC822.SIZE 17)\r\n"+done,
		"UID FETCH 4 (UID BODY.PEEK[HEADER]<0.1048577>)", "* 1 FETCH (UID 4 BODY[HEADER]<0> {14}\r\nSubject: a\r\n\r\n)\r\n"+done,
		"UID FETCH 4 (UID RFC822.SIZE)", "* 1 FETCH (UID 4 RFC822.SIZE 17)\r\n"+done,
		"UID FETCH 4 (UID BODY.PEEK[])", "* 1 FETCH (UID 4 BODY[] {17}\r\n"+text+")\r\n"+done,
		"SELECT INBOX", examined,
		"UID STORE 4 +FLAGS.SILENT (\\Seen)", done,
		"EXAMINE INBOX", examined,
		"NOOP", done,
		"IDLE", "+ idling\r\n* 2 EXISTS\r\n",
	)
	return append(steps, mailtest.Step{Expect: "DONE", Say: "T11 OK done\r\n"})
}

// readAll asks all of it, and gives the first error.
func readAll(ctx context.Context, a imapbox.Account) error {
	m, err := imapbox.Open(ctx, a)
	if err != nil {
		return err
	}
	defer m.Close()
	if _, err := m.Changes(ctx, imapbox.State{}, nil); err != nil {
		return err
	}
	header, err := m.Header(ctx, 4)
	if err != nil {
		return err
	}
	var body strings.Builder
	if _, err := m.Body(ctx, 4, 1000, &body); err != nil {
		return err
	}
	if string(header) != "Subject: a\r\n\r\n" || body.String() != "Subject: a\r\n\r\nb\r\n" {
		return errors.New("not what was sent: " + body.String())
	}
	if err := m.SetMarks(ctx, 4, imapbox.Seen); err != nil {
		return err
	}
	return m.Wait(ctx)
}

// appending is all that Append asks, with good answers. The copy ends with a lone dot, so that the script sees its end.
func appending() []mailtest.Step {
	steps := answers("EXAMINE", examined, "UID SEARCH", "* SEARCH\r\n"+done, "APPEND", "+ go\r\n")
	steps[len(steps)-1].Then = mailtest.TakeBody
	return append(steps, mailtest.Step{Say: "T3 OK [APPENDUID 7 12] done\r\n"})
}

func appendOne(ctx context.Context, a imapbox.Account) error {
	c := copyOf(imapbox.Sent, "<a@gbr.example>", append(message("<a@gbr.example>"), ".\r\n"...))
	kept, err := imapbox.AppendCopy(ctx, a, c)
	if err == nil && (kept.UID != 12 || kept.UIDValidity != 7 || kept.WasThere) {
		return errors.New("not what the server said")
	}
	return err
}

// enough is more than a server may say in an answer to one command, in octets.
const enough = imapbox.Ordinary + 8<<10

// faults are what a server may do in place of an answer.
var faults = map[string]struct {
	say  string
	then mailtest.Then
	want error
}{
	"hangs up":            {"", mailtest.HangUp, imapbox.ErrUnreachable},
	"hangs":               {"", mailtest.Hang, imapbox.ErrTimeout},
	"hangs in a line":     {"* OK to be cont", mailtest.Hang, imapbox.ErrTimeout},
	"says good-bye":       {"* BYE going down\r\n", mailtest.HangUp, imapbox.ErrUnreachable},
	"says garbage":        {"\x00\xff\x16\x03)}]{\r\n\r\n", mailtest.Hang, errSome},
	"answers another tag": {"T99 OK done\r\n", mailtest.Hang, imapbox.ErrProtocol},
	"an endless line":     {"* OK " + strings.Repeat("x", enough), mailtest.Hang, imapbox.ErrProtocol},
	"endless lines":       {strings.Repeat("* 1 EXISTS\r\n", enough/12), mailtest.Hang, imapbox.ErrProtocol},
	"an endless string":   {"* 1 FETCH (UID 4 ENVELOPE (\"" + strings.Repeat("x", enough), mailtest.Hang, imapbox.ErrProtocol},
	"a giant literal":     {"* 1 FETCH (UID 4 BODY[] {99999999999}\r\n" + strings.Repeat("x", 1<<10), mailtest.Hang, imapbox.ErrProtocol},
	"lines in a string":   {"* 1 FETCH (UID 4 ENVELOPE (\"" + strings.Repeat("x\r\n", 1000), mailtest.Hang, imapbox.ErrProtocol},
	"a giant name":        {"* LIST () \"/\" {99999999999}\r\n" + strings.Repeat("x", 1<<20), mailtest.Hang, imapbox.ErrProtocol},
	"lists without end":   {"* 1 FETCH " + strings.Repeat("(", 1<<20), mailtest.Hang, errSome},
}

// TestEachAnswerInTurn plays every fault in place of every answer: each ends in an error that says so, in bounded memory, and
// nothing is left running.
func TestEachAnswerInTurn(t *testing.T) {
	for flow, f := range map[string]struct {
		steps func() []mailtest.Step
		act   func(context.Context, imapbox.Account) error
		kinds int // steps that answer something
	}{
		"reading":   {reading, readAll, 13},
		"appending": {appending, appendOne, 5},
	} {
		t.Run(flow, func(t *testing.T) {
			if err := f.act(begin(t), plain(script(t, f.steps()).Addr())); err != nil {
				t.Fatalf("without a fault: %v", err)
			}
			if n := len(f.steps()); n != f.kinds {
				t.Fatalf("%d steps", n)
			}
			for name, fault := range faults {
				for i := range f.steps() {
					if len(fault.say) >= enough && i%4 != 1 {
						continue // a flood takes long, and is the same for every command
					}
					steps := f.steps()
					steps[i].Say, steps[i].Then = fault.say, fault.then
					a := plain(script(t, steps).Addr())
					if errors.Is(fault.want, imapbox.ErrTimeout) || fault.want == errSome {
						a.Timeout = little
					}
					want := fault.want
					if i == 0 && want == imapbox.ErrProtocol || strings.Contains(name, "garbage") {
						want = errSome // before the handing over some of it is a greeting of another kind
					}
					if err := f.act(begin(t), a); !is(err, want) {
						t.Errorf("%s at step %d: %v, want %v", name, i, err, want)
					}
				}
			}
			noneLeft(t)
		})
	}
}

// TestHostileMemory: what a server sends without end is not kept.
func TestHostileMemory(t *testing.T) {
	for name, say := range map[string]string{"line": "* OK x", "names": "* LIST () \"/\" x\r\n", "messages": "* 1 FETCH (UID 4 FLAGS (\\Seen))\r\n", "string": "* 1 FETCH (X \""} {
		t.Run(name, func(t *testing.T) {
			addr := flood(t, say)
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			err := readAll(begin(t), plain(addr))
			runtime.ReadMemStats(&after)
			if err == nil {
				t.Error("no error")
			}
			if grown := int64(after.HeapSys) - int64(before.HeapSys); grown > 32<<20 {
				t.Errorf("%d octets more", grown)
			}
			noneLeft(t)
		})
	}
}

// flood lets us in and then says the same without end.
func flood(t *testing.T, say string) string {
	return serve(t, func(c net.Conn) {
		_, _ = io.WriteString(c, "* PREAUTH [CAPABILITY IMAP4rev1] in\r\n")
		b := []byte(strings.Repeat(say, 1000))
		for {
			if _, err := c.Write(b); err != nil {
				return
			}
		}
	})
}

// serve gives each connection to f until the test ends.
func serve(t *testing.T, f func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			f(c)
			_ = c.Close()
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-ended
	})
	return l.Addr().String()
}

// TestSlowDrip: an octet now and then does not keep a command alive.
func TestSlowDrip(t *testing.T) {
	addr := serve(t, func(c net.Conn) {
		_, _ = io.WriteString(c, "* PREAUTH [CAPABILITY IMAP4rev1] in\r\n* OK ")
		for {
			time.Sleep(little / 10)
			if _, err := io.WriteString(c, "x"); err != nil {
				return
			}
		}
	})
	a := plain(addr)
	a.Timeout = little
	if _, err := imapbox.Open(begin(t), a); !errors.Is(err, imapbox.ErrTimeout) {
		t.Error(err)
	}
	noneLeft(t)
}

// TestServerThatReadsNothing ends the sending of a large copy.
func TestServerThatReadsNothing(t *testing.T) {
	steps := answers("EXAMINE", examined, "UID SEARCH", "* SEARCH\r\n"+done, "APPEND", "+ go\r\n")
	steps[len(steps)-1].Then = mailtest.Hang
	a := plain(script(t, steps).Addr())
	a.Timeout = little
	c := copyOf(imapbox.Sent, "<a@gbr.example>", []byte(strings.Repeat("0123456789\r\n", 3<<19)))
	if _, err := imapbox.AppendCopy(begin(t), a, c); !errors.Is(err, imapbox.ErrTimeout) {
		t.Error(err)
	}
	noneLeft(t)
}

// TestCancelled: a cancelled context ends what hangs, at once: the account's own patience is a minute.
func TestCancelled(t *testing.T) {
	for flow, f := range map[string]struct {
		steps func() []mailtest.Step
		act   func(context.Context, imapbox.Account) error
	}{"reading": {reading, readAll}, "appending": {appending, appendOne}} {
		for i := range f.steps() {
			steps := f.steps()[:i+1]
			steps[i].Say, steps[i].Then = "", mailtest.Hang
			s := script(t, steps)
			commands := 0
			for _, step := range steps {
				if step.Expect != "" {
					commands++
				}
			}
			ctx, cancel := context.WithCancel(begin(t))
			go func() {
				for len(s.Lines()) < commands && ctx.Err() == nil { // the command that will hang has come
					time.Sleep(time.Millisecond)
				}
				cancel()
			}()
			began := time.Now()
			err := f.act(ctx, plain(s.Addr()))
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%s, step %d: %v", flow, i, err)
			}
			t.Logf("%s, step %d: %v", flow, i, time.Since(began))
			cancel()
		}
	}
	noneLeft(t)
}

// TestBeforeLogin holds the client to what must not happen before TLS, and to whom it must not believe.
func TestBeforeLogin(t *testing.T) {
	ca := ldaptest.NewCA("test")
	const greeting = "* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ready\r\n"
	tls := mailtest.Step{Expect: "a1 STARTTLS", Say: "a1 OK go\r\n", Then: mailtest.BeginTLS}
	for name, test := range map[string]struct {
		steps  []mailtest.Step
		change func(*imapbox.Account)
		want   error
	}{
		"no STARTTLS":                {[]mailtest.Step{{Say: "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\r\n"}}, nil, imapbox.ErrNoStartTLS},
		"STARTTLS refused":           {[]mailtest.Step{{Say: greeting}, {Expect: "a1 STARTTLS", Say: "a1 NO not now\r\n"}}, nil, imapbox.ErrNoStartTLS},
		"in before TLS":              {[]mailtest.Step{{Say: "* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] welcome\r\n"}}, nil, imapbox.ErrProtocol},
		"a command behind the OK":    {[]mailtest.Step{{Say: greeting}, {Expect: "a1 STARTTLS", Say: "a1 OK go\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n", Then: mailtest.BeginTLS}}, nil, imapbox.ErrProtocol},
		"no TLS behind the OK":       {[]mailtest.Step{{Say: greeting}, {Expect: "a1 STARTTLS", Say: "a1 OK go\r\n"}, {Expect: "\x16", Say: "* OK\r\n"}}, nil, imapbox.ErrTLS},
		"what was said is forgotten": {[]mailtest.Step{{Say: "* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN] ready\r\n"}, tls, {Expect: "a2 CAPABILITY", Say: "* CAPABILITY IMAP4rev1 LOGINDISABLED\r\na2 OK done\r\n"}}, nil, saslclient.ErrNotOffered},
		"logging in is disabled":     {[]mailtest.Step{{Say: greeting}, tls, {Expect: "a2 CAPABILITY", Say: "* CAPABILITY IMAP4rev1 LOGINDISABLED\r\na2 OK done\r\n"}}, nil, saslclient.ErrNotOffered},
		"in without a proof":         {[]mailtest.Step{{Then: mailtest.BeginTLS}, {Say: "* PREAUTH [CAPABILITY IMAP4rev1] welcome\r\n"}}, func(a *imapbox.Account) { a.Security = imapbox.TLS }, imapbox.ErrAuth},
		"turned away":                {[]mailtest.Step{{Say: "* BYE too many\r\n"}}, nil, imapbox.ErrUnreachable},
		"no IMAP":                    {[]mailtest.Step{{Say: "220 mx.gbr.example ESMTP\r\n"}}, nil, imapbox.ErrProtocol},
		"a line without end":         {[]mailtest.Step{{Say: "* OK " + strings.Repeat("x", 1<<20), Then: mailtest.Hang}}, nil, imapbox.ErrProtocol},
		"no capabilities":            {[]mailtest.Step{{Say: "* OK ready\r\n"}, {Expect: "a1 CAPABILITY", Say: "a1 NO\r\n"}}, nil, imapbox.ErrProtocol},
		"a challenge to nothing":     {[]mailtest.Step{{Say: greeting}, {Expect: "a1 STARTTLS", Say: "+ go on\r\n"}}, nil, imapbox.ErrProtocol},
		"SCRAM without the server's proof": {[]mailtest.Step{{Say: greeting}, tls, {Expect: "a2 CAPABILITY", Say: "* CAPABILITY IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-256\r\na2 OK done\r\n"},
			{Expect: "a3 AUTHENTICATE SCRAM-SHA-256 ", Say: "a3 OK welcome\r\n"}}, nil, saslclient.ErrServer},
		"a challenge that is none": {[]mailtest.Step{{Say: greeting}, tls, {Expect: "a2 CAPABILITY", Say: "* CAPABILITY IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-256\r\na2 OK done\r\n"},
			{Expect: "a3 AUTHENTICATE SCRAM-SHA-256 ", Say: "+ ???\r\n"}}, nil, imapbox.ErrProtocol},
		"no IMAP4": {[]mailtest.Step{{Say: greeting}, tls, {Expect: "a2 CAPABILITY", Say: "* CAPABILITY IMAP2 AUTH=PLAIN\r\na2 OK done\r\n"},
			{Expect: "a3 AUTHENTICATE PLAIN", Say: "+ \r\n"}, {Expect: "AGR1dHkAc2VjcmV0", Say: "a3 OK [CAPABILITY IMAP2] in\r\n"}}, nil, imapbox.ErrProtocol},
	} {
		t.Run(name, func(t *testing.T) {
			s := mailtest.StartScript(t, ca.ServerTLS(), test.steps...)
			a := secured(s.Addr(), ca, "secret")
			a.Security = imapbox.StartTLS
			if test.change != nil {
				test.change(&a)
			}
			if _, err := imapbox.Open(begin(t), a); !errors.Is(err, test.want) {
				t.Errorf("%v, want %v", err, test.want)
			}
			for _, line := range s.Lines() {
				if strings.Contains(line, "secret") {
					t.Errorf("the password left: %q", line)
				}
			}
			noneLeft(t)
		})
	}
}

// TestOAuthBearer logs in with a token, and says why it was refused.
func TestOAuthBearer(t *testing.T) {
	ca := ldaptest.NewCA("test")
	for name, test := range map[string]struct {
		then []mailtest.Step
		want error
	}{
		"in":      {[]mailtest.Step{{Expect: "a1 AUTHENTICATE OAUTHBEARER bixhPWR1dHks", Say: "a1 OK [CAPABILITY IMAP4rev1] in\r\n"}, {Expect: "T1 EXAMINE", Say: strings.ReplaceAll(examined, "TAG", "T1")}}, nil},
		"refused": {[]mailtest.Step{{Expect: "a1 AUTHENTICATE OAUTHBEARER bixhPWR1dHks", Say: "+ eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIn0=\r\n"}}, saslclient.ErrRefused},
	} {
		steps := append([]mailtest.Step{{Then: mailtest.BeginTLS}, {Say: "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=OAUTHBEARER AUTH=PLAIN] ready\r\n"}}, test.then...)
		a := secured(mailtest.StartScript(t, ca.ServerTLS(), steps...).Addr(), ca, "token")
		a.Auth = saslclient.OAuthBearer
		m, err := imapbox.Open(begin(t), a)
		if !errors.Is(err, test.want) || test.want != nil && !errors.Is(err, imapbox.ErrAuth) {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil {
			m.Close()
		}
	}
}

// TestShortText: a text that ends before its length is an error, not a message.
func TestShortText(t *testing.T) {
	steps := reading()[:7]
	steps[6].Say, steps[6].Then = "* 1 FETCH (UID 4 BODY[] {17}\r\nSubject: a\r\n\r\n", mailtest.HangUp
	if err := readAll(begin(t), plain(script(t, steps).Addr())); !errors.Is(err, imapbox.ErrUnreachable) {
		t.Error(err)
	}
}

// TestGoingBack: a server whose UIDs fall has renumbered, whatever it says.
func TestGoingBack(t *testing.T) {
	s := script(t, answers("EXAMINE INBOX", examined, "EXAMINE INBOX", examined, "UID FETCH 1:9", done))
	m, err := imapbox.Open(begin(t), plain(s.Addr()))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	got, err := m.Changes(begin(t), imapbox.State{UIDValidity: 7, UIDNext: 50}, []imapbox.UID{49})
	if err != nil || !got.Reset || len(got.Vanished) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestOneMessageStopsNoMailbox: a message without a size is listed, and of more messages than are listed the newest are, which is said.
func TestOneMessageStopsNoMailbox(t *testing.T) {
	const item = "FLAGS () INTERNALDATE \"21-Nov-2026 10:00:00 +0000\" RFC822.SIZE 0)\r\n"
	for name, test := range map[string]struct {
		steps   []mailtest.Step
		since   imapbox.State
		leftOut bool
	}{
		"no size": {answers("EXAMINE", examined, "EXAMINE", examined, "UID FETCH 1:9", "* 1 FETCH (UID 4 "+item+done), imapbox.State{}, false},
		"too many": {answers("EXAMINE", examined, "EXAMINE", strings.Replace(examined, "1 EXISTS", "200001 EXISTS", 1),
			"FETCH 2 (UID)", "* 2 FETCH (UID 4)\r\n"+done, "UID FETCH 4:9", "* 2 FETCH (UID 4 "+item+done), imapbox.State{}, true},
		"too many, known": {answers("EXAMINE", examined, "EXAMINE", strings.Replace(examined, "1 EXISTS", "200001 EXISTS", 1),
			"FETCH 2 (UID)", "* 2 FETCH (UID 2)\r\n"+done, "UID FETCH 4:9", "* 5 FETCH (UID 4 "+item+done), imapbox.State{UIDValidity: 7, UIDNext: 4}, false},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := imapbox.Open(begin(t), plain(script(t, test.steps).Addr()))
			if err != nil {
				t.Fatal(err)
			}
			defer m.Close()
			got, err := m.Changes(begin(t), test.since, nil)
			if err != nil || len(got.New) != 1 || got.New[0].UID != 4 || got.New[0].Size != 0 || got.LeftOut != test.leftOut {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

// TestPoll asks a server without IDLE again and again.
func TestPoll(t *testing.T) {
	steps := answers("EXAMINE INBOX", examined, "NOOP", done, "NOOP", done, "NOOP", "* 2 EXISTS\r\n"+done, "EXAMINE", examined, "UID FETCH 1:9", done, "NOOP", done)
	steps[0].Say = "* PREAUTH [CAPABILITY IMAP4rev1] in\r\n"
	steps[len(steps)-1].Then = mailtest.HangUp
	a := plain(script(t, steps).Addr())
	a.Poll = time.Millisecond
	m, err := imapbox.Open(begin(t), a)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	for range 2 { // what was told stays so until Changes looks
		if err := m.Wait(begin(t)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := m.Changes(begin(t), imapbox.State{}, nil); err != nil {
		t.Fatal(err)
	}
	if err := m.Wait(begin(t)); !errors.Is(err, imapbox.ErrUnreachable) {
		t.Errorf("the server went away: %v", err)
	}
}

// TestCloseMeanwhile ends what waits in another goroutine.
func TestCloseMeanwhile(t *testing.T) {
	reached := make(chan struct{})
	addr := serve(t, func(c net.Conn) {
		r := bufio.NewReader(c)
		_, _ = io.WriteString(c, "* PREAUTH [CAPABILITY IMAP4rev1 IDLE] in\r\n")
		for {
			line, err := r.ReadString('\n')
			switch {
			case err != nil:
				return
			case strings.Contains(line, "EXAMINE"):
				_, _ = io.WriteString(c, strings.ReplaceAll(examined, "TAG", "T1"))
			case strings.Contains(line, "NOOP"):
				_, _ = io.WriteString(c, "T2 OK done\r\n")
			case strings.Contains(line, "IDLE"):
				_, _ = io.WriteString(c, "+ idling\r\n")
				close(reached)
			}
		}
	})
	m, err := imapbox.Open(begin(t), plain(addr))
	if err != nil {
		t.Fatal(err)
	}
	go func() { <-reached; m.Close() }()
	if err := m.Wait(begin(t)); !errors.Is(err, imapbox.ErrClosed) && !errors.Is(err, imapbox.ErrUnreachable) {
		t.Error(err)
	}
	if _, err := m.Changes(begin(t), imapbox.State{}, nil); !errors.Is(err, imapbox.ErrClosed) {
		t.Error(err)
	}
	m.Close()
	noneLeft(t)
}
