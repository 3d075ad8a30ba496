package smtpsend_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/mailtest"
	"caveat/backend/smtpsend"
	"caveat/ldapbook/ldaptest"
)

func steps(first []mailtest.Step, more ...mailtest.Step) []mailtest.Step {
	return append(first, more...)
}

var (
	mailOK = mailtest.Step{Expect: "MAIL FROM:<duty@gbr.example>", Say: "250 ok\r\n"}
	rcptOK = mailtest.Step{Expect: "RCPT TO:<ops@gbr.example>", Say: "250 ok\r\n"}
	dataOK = mailtest.Step{Expect: "DATA", Say: "354 go on\r\n"}
)

// TestFaults: what goes wrong, at which step, what the error says, and whether the end of the message was near.
func TestFaults(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	tests := []struct {
		name     string
		steps    []mailtest.Step
		want     error
		bodySent int
	}{
		{"hangs up at once", []mailtest.Step{{Then: mailtest.HangUp}}, smtpsend.ErrUnreachable, 0},
		{"never greets", []mailtest.Step{{Then: mailtest.Hang}}, smtpsend.ErrTimeout, 0},
		{"greets with 421", []mailtest.Step{{Say: "421 busy\r\n"}}, smtpsend.ErrUnreachable, 0},
		{"greets with 554", []mailtest.Step{{Say: "554 go away\r\n"}}, smtpsend.ErrUnreachable, 0},
		{"greets with nonsense", []mailtest.Step{{Say: "HTTP/1.1 400 Bad Request\r\n"}}, smtpsend.ErrProtocol, 0},
		{"greets without end", []mailtest.Step{{Say: "220-" + long, Then: mailtest.Hang}}, smtpsend.ErrProtocol, 0},
		{"greets in lines without end", []mailtest.Step{{Say: strings.Repeat("220-more\r\n", 1<<14), Then: mailtest.Hang}}, smtpsend.ErrProtocol, 0},
		{"refuses EHLO", []mailtest.Step{{Say: "220 fake\r\n"}, {Expect: "EHLO", Say: "502 no\r\n"}}, smtpsend.ErrProtocol, 0},
		{"hangs up before MAIL", ehlo("PIPELINING"), smtpsend.ErrUnreachable, 0},
		{"silent after MAIL", steps(ehlo(), mailtest.Step{Expect: "MAIL", Then: mailtest.Hang}), smtpsend.ErrTimeout, 0},
		{"MAIL gets 354", steps(ehlo(), mailtest.Step{Expect: "MAIL", Say: "354 what\r\n"}), smtpsend.ErrProtocol, 0},
		{"hangs up after RCPT", steps(ehlo("PIPELINING"), mailOK, mailtest.Step{Expect: "RCPT", Then: mailtest.HangUp}), smtpsend.ErrUnreachable, 0},
		{"DATA gets 250", steps(ehlo(), mailOK, rcptOK, mailtest.Step{Expect: "DATA", Say: "250 ok\r\n"}), smtpsend.ErrProtocol, 0},
		{"hangs up in the body", steps(ehlo(), mailOK, rcptOK, mailtest.Step{Expect: "DATA", Say: "354 go on\r\n", Then: mailtest.TakeSomeBody}), smtpsend.ErrUnreachable, 0},
		{"hangs up after the end", steps(ehlo(), mailOK, rcptOK, mailtest.Step{Expect: "DATA", Say: "354 go on\r\n", Then: mailtest.TakeBody}), smtpsend.ErrUnreachable, 1},
		{"silent after the end", steps(ehlo(), mailOK, rcptOK, mailtest.Step{Expect: "DATA", Say: "354 go on\r\n", Then: mailtest.TakeBody}, mailtest.Step{Then: mailtest.Hang}), smtpsend.ErrTimeout, 1},
		{"354 after the end", steps(ehlo(), mailOK, rcptOK, mailtest.Step{Expect: "DATA", Say: "354 go on\r\n", Then: mailtest.TakeBody}, mailtest.Step{Say: "354 more\r\n"}), smtpsend.ErrProtocol, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := mailtest.StartScript(t, nil, tt.steps...)
			body := text
			if tt.name == "hangs up in the body" {
				body += strings.Repeat("a line of text that fills the buffers of the sockets\r\n", 1<<18)
			}
			a := plain(s.Addr())
			if tt.want == smtpsend.ErrTimeout {
				a.Timeout = little
			}
			r := submit(t, a, to("ops@gbr.example"), body)
			if !errors.Is(r.err, tt.want) || r.receipts != nil || r.bodySent != tt.bodySent {
				t.Fatalf("%v, %v, bodySent %d times; want %v, %d", r.receipts, r.err, r.bodySent, tt.want, tt.bodySent)
			}
		})
	}
}

// TestSecurityFaults: a server that keeps us from a safe connection gets neither password nor message.
func TestSecurityFaults(t *testing.T) {
	ca := ldaptest.NewCA("Test CA")
	begin := mailtest.Step{Expect: "STARTTLS", Say: "220 go\r\n", Then: mailtest.BeginTLS}
	tests := []struct {
		name  string
		steps []mailtest.Step
		want  error
	}{
		{"no STARTTLS", ehlo("AUTH PLAIN"), smtpsend.ErrNoStartTLS},
		{"STARTTLS refused", steps(ehlo("STARTTLS"), mailtest.Step{Expect: "STARTTLS", Say: "454 not now\r\n"}), smtpsend.ErrNoStartTLS},
		{"replies slipped in before TLS", steps(ehlo("STARTTLS"), mailtest.Step{Expect: "STARTTLS", Say: "220 go\r\n250 x\r\n", Then: mailtest.BeginTLS}), smtpsend.ErrProtocol},
		{"hangs in the handshake", steps(ehlo("STARTTLS"), mailtest.Step{Expect: "STARTTLS", Say: "220 go\r\n", Then: mailtest.Hang}), smtpsend.ErrTimeout},
		{"hangs up in the handshake", steps(ehlo("STARTTLS"), mailtest.Step{Expect: "STARTTLS", Say: "220 go\r\n"}), smtpsend.ErrTLS},
		{"no AUTH inside TLS", steps(ehlo("STARTTLS", "AUTH PLAIN"), begin, ehlo()[1]), smtpsend.ErrAuth},
		{"LOGIN only", steps(ehlo("STARTTLS"), begin, ehlo("AUTH LOGIN")[1]), smtpsend.ErrAuth},
		{"AUTH deferred", steps(ehlo("STARTTLS"), begin, ehlo("AUTH PLAIN")[1], mailtest.Step{Expect: "AUTH PLAIN ", Say: "454 later\r\n"}), smtpsend.ErrAuth},
		{"AUTH asks more", steps(ehlo("STARTTLS"), begin, ehlo("AUTH PLAIN")[1], mailtest.Step{Expect: "AUTH PLAIN ", Say: "334 YQ==\r\n"}, mailtest.Step{Expect: "*", Say: "501 cancelled\r\n"}), smtpsend.ErrAuth},
		{"AUTH challenge is not base64", steps(ehlo("STARTTLS"), begin, ehlo("AUTH PLAIN")[1], mailtest.Step{Expect: "AUTH PLAIN ", Say: "334 ?\r\n"}), smtpsend.ErrProtocol},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := mailtest.StartScript(t, ca.ServerTLS(), tt.steps...)
			a := account(s.Addr(), ca)
			a.User, a.Password = "duty", mailtest.Secret()
			if tt.want == smtpsend.ErrTimeout {
				a.Timeout = little
			}
			r := submit(t, a, to("ops@gbr.example"), text)
			if !errors.Is(r.err, tt.want) || r.bodySent != 0 {
				t.Fatalf("%v; want %v", r.err, tt.want)
			}
			if bad := s.Unexpected(); len(bad) > 0 {
				t.Errorf("the server also got %q", bad)
			}
		})
	}
}

// TestCancel: the caller's context ends a connection that would wait much longer.
func TestCancel(t *testing.T) {
	s := mailtest.StartScript(t, nil, mailtest.Step{Then: mailtest.Hang})
	a := plain(s.Addr())
	a.Timeout = time.Minute
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := smtpsend.Submit(ctx, a, to("ops@gbr.example"), []byte(text), nil); !errors.Is(err, smtpsend.ErrTimeout) || !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("deadline: %v", err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if _, err := smtpsend.Submit(ctx, a, to("ops@gbr.example"), []byte(text), nil); !errors.Is(err, context.Canceled) {
		t.Fatalf("cancelled: %v", err)
	}
}

// TestAnswers: replies of a transaction and what each recipient is told.
func TestAnswers(t *testing.T) {
	two := to("ops@gbr.example", "unknown@gbr.example")
	tests := []struct {
		name     string
		steps    []mailtest.Step
		want     string
		bodySent int
	}{
		// RFC 2920: DATA went out before its recipients were known; a lone dot ends it.
		{"all refused, DATA accepted", steps(ehlo("PIPELINING"), mailOK, mailtest.Step{Expect: "RCPT", Say: "550-no\r\n550 such user\r\n"},
			mailtest.Step{Expect: "RCPT", Say: "451 later\r\n"}, dataOK, mailtest.Step{Expect: ".", Say: "554 no recipients\r\n"}, quit), "refused deferred", 0},
		{"MAIL refused, pipelined", steps(ehlo("PIPELINING"), mailtest.Step{Expect: "MAIL", Say: "452 full\r\n"}, mailtest.Step{Expect: "RCPT", Say: "503 no\r\n"},
			mailtest.Step{Expect: "RCPT", Say: "503 no\r\n"}, mailtest.Step{Expect: "DATA", Say: "503 no\r\n"}, quit), "deferred deferred", 0},
		{"MAIL refused, one by one", steps(ehlo(), mailtest.Step{Expect: "MAIL", Say: "550 not you\r\n"}, quit), "refused refused", 0},
		{"all refused, one by one", steps(ehlo(), mailOK, mailtest.Step{Expect: "RCPT", Say: "550 no\r\n"}, mailtest.Step{Expect: "RCPT", Say: "550 no\r\n"}, quit), "refused refused", 0},
		{"DATA refused", steps(ehlo("PIPELINING"), mailOK, rcptOK, mailtest.Step{Expect: "RCPT", Say: "550 no\r\n"}, mailtest.Step{Expect: "DATA", Say: "451 disk full\r\n"}, quit), "deferred refused", 0},
		{"refused at the end", steps(ehlo("PIPELINING"), mailOK, rcptOK, mailtest.Step{Expect: "RCPT", Say: "251 forwarded\r\n"},
			mailtest.Step{Expect: "DATA", Say: "354 go\r\n", Then: mailtest.TakeBody}, mailtest.Step{Say: "554 not this\r\n"}, quit), "refused refused", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := mailtest.StartScript(t, nil, tt.steps...)
			r := submit(t, plain(s.Addr()), two, text)
			if r.err != nil || r.states() != tt.want || r.bodySent != tt.bodySent {
				t.Fatalf("%v, %q, bodySent %d times; want %q, %d", r.err, r.states(), r.bodySent, tt.want, tt.bodySent)
			}
			if bad := s.Unexpected(); len(bad) > 0 || !slices.Contains(s.Lines(), "QUIT") {
				t.Errorf("the server got %q", s.Lines())
			}
		})
	}
}

var quit = mailtest.Step{Expect: "QUIT", Say: "221 bye\r\n"}

// TestNoEmptyMessage: where MAIL was refused and a recipient accepted all the same, a dot would deliver an empty message.
func TestNoEmptyMessage(t *testing.T) {
	s := mailtest.StartScript(t, nil, steps(ehlo("PIPELINING"), mailtest.Step{Expect: "MAIL", Say: "550 no\r\n"}, rcptOK, dataOK, mailtest.Step{Expect: "."})...)
	if r := submit(t, plain(s.Addr()), to("ops@gbr.example"), text); !errors.Is(r.err, smtpsend.ErrProtocol) {
		t.Fatalf("%v", r.err)
	}
	if slices.Contains(s.Lines(), ".") {
		t.Error("the dot was sent")
	}
}

// TestWords: the server's words are one line without control characters, and not endless.
func TestWords(t *testing.T) {
	s := mailtest.StartScript(t, nil, steps(ehlo(), mailOK, mailtest.Step{Expect: "RCPT", Say: "550-5.1.1 no\x1b[2J\x00 \u202esuch\r\n550 user " + strings.Repeat("x", 9000) + "\r\n"}, quit)...)
	r := submit(t, plain(s.Addr()), to("ops@gbr.example"), text)
	if r.err != nil || r.states() != "refused" {
		t.Fatal(r.err)
	}
	if got := r.receipts[0].Text; !strings.HasPrefix(got, "5.1.1 no[2J such user xxx") || len(got) != 1000 {
		t.Errorf("%.60q, %d", got, len(got))
	}
}

// TestSevenBit: 8-bit text is not sent to a server that does not take it.
func TestSevenBit(t *testing.T) {
	s := mailtest.StartScript(t, nil, steps(ehlo(), quit)...)
	if r := submit(t, plain(s.Addr()), to("ops@gbr.example"), text+"\u00fc\r\n"); r.err != nil || r.states() != "refused" || r.receipts[0].Code != 0 {
		t.Fatalf("%v, %+v", r.err, r.receipts)
	}
}
