package smtpsend_test

import (
	"errors"
	"fmt"
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

// delivery is what a server took.
type delivery struct {
	from string
	to   []string
	body string
}

// inbox collects deliveries and refuses the local parts that Exim's harness refuses too, so that the same tests run on both.
type inbox struct {
	mu  sync.Mutex
	got []delivery
}

func (i *inbox) rcpt(_, to string) error {
	switch local, _, _ := strings.Cut(to, "@"); local {
	case "unknown":
		return mailtest.Refuse(550, "5.1.1 no such user")
	case "later":
		return mailtest.Refuse(451, "4.2.1 try again")
	}
	return nil
}

func (i *inbox) data(from string, to []string, body []byte) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.got = append(i.got, delivery{from, to, string(body)})
	return nil
}

func (i *inbox) all() []delivery {
	i.mu.Lock()
	defer i.mu.Unlock()
	return slices.Clone(i.got)
}

// world is a server that a submission test runs against: the one in this process, or Exim.
type world struct {
	account smtpsend.Account
	bodies  func(t *testing.T, address string) []string // what was delivered to it: everything after the header
}

func inProcess(t *testing.T) world {
	ca := ldaptest.NewCA("Test CA")
	box, password := &inbox{}, mailtest.Secret()
	s := mailtest.StartServer(t, mailtest.Config{
		TLS: serverTLS(ca), RequireAuth: true, Rcpt: box.rcpt, Data: box.data, MaxBytes: 1 << 20,
		Auth: func(u, p string) bool { return u == "duty" && p == password },
	})
	a := account(s.Addr(), ca)
	a.User, a.Password = "duty", password
	return world{account: a, bodies: func(t *testing.T, address string) (out []string) {
		for _, d := range box.all() {
			if slices.Contains(d.to, address) {
				_, body, _ := strings.Cut(d.body, "\r\n\r\n")
				out = append(out, body)
			}
		}
		return out
	}}
}

func TestSubmission(t *testing.T) { testSubmission(t, inProcess) }

// testSubmission is what must be so on any server.
func testSubmission(t *testing.T, start func(t *testing.T) world) {
	t.Run("accepted for all", func(t *testing.T) {
		w := start(t)
		r := submit(t, w.account, to("ops@gbr.example", "medic@gbr.example"), text)
		if r.err != nil || r.states() != "accepted accepted" || r.bodySent != 1 {
			t.Fatalf("%v, %q, bodySent %d times", r.err, r.states(), r.bodySent)
		}
		for _, who := range []string{"ops@gbr.example", "medic@gbr.example"} {
			if got := w.bodies(t, who); len(got) != 1 || got[0] != "Hello.\r\n" {
				t.Errorf("%s got %q", who, got)
			}
		}
	})
	t.Run("each recipient has its own answer", func(t *testing.T) {
		w := start(t)
		r := submit(t, w.account, to("ops@gbr.example", "unknown@gbr.example", "later@gbr.example"), text)
		if r.err != nil || r.states() != "accepted refused deferred" {
			t.Fatalf("%v, %q", r.err, r.states())
		}
		if r.receipts[1].Code != 550 || !strings.Contains(r.receipts[1].Text, "no such user") || r.receipts[2].Code != 451 {
			t.Errorf("%+v", r.receipts)
		}
		if got := w.bodies(t, "ops@gbr.example"); len(got) != 1 {
			t.Errorf("delivered %d times", len(got))
		}
	})
	t.Run("all refused: nothing is sent", func(t *testing.T) {
		w := start(t)
		r := submit(t, w.account, to("unknown@gbr.example", "later@gbr.example"), text)
		if r.err != nil || r.states() != "refused deferred" || r.bodySent != 0 {
			t.Fatalf("%v, %q, bodySent %d times", r.err, r.states(), r.bodySent)
		}
	})
	t.Run("dots and 8-bit text arrive as they were", func(t *testing.T) {
		w := start(t)
		body := ".\r\n..\r\n.a\r\n a.\r\nGr\u00fc\u00dfe \u2603\r\n\r\n.\r\n"
		r := submit(t, w.account, to("ops@gbr.example"), "From: <duty@gbr.example>\r\n\r\n"+body)
		if got := w.bodies(t, "ops@gbr.example"); r.err != nil || len(got) != 1 || got[0] != body {
			t.Fatalf("%v: %q, want %q", r.err, got, body)
		}
	})
	t.Run("lone LF and CR become CRLF, and end no message", func(t *testing.T) {
		w := start(t)
		r := submit(t, w.account, to("ops@gbr.example"), "From: <duty@gbr.example>\n\na\n.\nMAIL FROM:<x@y>\r.\rend")
		want := "a\r\n.\r\nMAIL FROM:<x@y>\r\n.\r\nend\r\n"
		if got := w.bodies(t, "ops@gbr.example"); r.err != nil || r.states() != "accepted" || len(got) != 1 || got[0] != want {
			t.Fatalf("%v: %q, want %q", r.err, got, want)
		}
	})
	t.Run("wrong password", func(t *testing.T) {
		w := start(t)
		w.account.Password = mailtest.Secret()
		r := submit(t, w.account, to("ops@gbr.example"), text)
		var reply *smtpsend.Reply
		if !errors.Is(r.err, smtpsend.ErrAuth) || !errors.As(r.err, &reply) || reply.Code != 535 || r.bodySent != 0 {
			t.Fatalf("%v", r.err)
		}
		if strings.Contains(r.err.Error(), w.account.Password) {
			t.Error("the password is in the error")
		}
	})
	t.Run("another CA", func(t *testing.T) {
		w := start(t)
		w.account.RootCAs = ldaptest.NewCA("Another CA").Pool()
		if r := submit(t, w.account, to("ops@gbr.example"), text); !errors.Is(r.err, smtpsend.ErrTLS) || r.bodySent != 0 {
			t.Fatalf("%v", r.err)
		}
	})
	t.Run("another name in the certificate", func(t *testing.T) {
		w := start(t)
		w.account.ServerName = "mail.aus.example"
		if r := submit(t, w.account, to("ops@gbr.example"), text); !errors.Is(r.err, smtpsend.ErrTLS) {
			t.Fatalf("%v", r.err)
		}
	})
	t.Run("without login: refused, nothing is sent", func(t *testing.T) {
		w := start(t)
		w.account.User, w.account.Password = "", ""
		if r := submit(t, w.account, to("ops@gbr.example"), text); r.err != nil || r.states() != "refused" || r.bodySent != 0 {
			t.Fatalf("%v, %q", r.err, r.states())
		}
	})
	t.Run("larger than the server takes: refused here", func(t *testing.T) {
		w := start(t)
		r := submit(t, w.account, to("ops@gbr.example"), text+strings.Repeat("0123456789abcdef\r\n", 1<<17))
		if r.err != nil || r.states() != "refused" || r.receipts[0].Code != 0 || r.bodySent != 0 {
			t.Fatalf("%v, %+v", r.err, r.receipts)
		}
	})
	t.Run("the caller says stop before the final dot", func(t *testing.T) {
		w := start(t)
		stop := errors.New("no")
		receipts, err := smtpsend.Submit(t.Context(), w.account, to("ops@gbr.example"), []byte(text), func() error { return stop })
		if !errors.Is(err, stop) || receipts != nil {
			t.Fatalf("%v, %v", receipts, err)
		}
		time.Sleep(50 * time.Millisecond) // time for a wrong server to deliver it
		if got := w.bodies(t, "ops@gbr.example"); len(got) != 0 {
			t.Errorf("delivered %q", got)
		}
	})
	t.Run("many recipients, more than a socket's buffer holds of replies", func(t *testing.T) {
		w := start(t)
		var many []string
		for i := range 900 {
			many = append(many, fmt.Sprintf("%s%d@gbr.example", strings.Repeat("x", 50), i))
		}
		r := submit(t, w.account, to(many...), text)
		if r.err != nil || len(r.receipts) != len(many) || r.receipts[899].State != outbox.Accepted {
			t.Fatalf("%v, %d receipts", r.err, len(r.receipts))
		}
	})
}

// TestImplicitTLS: TLS from the first byte.
func TestImplicitTLS(t *testing.T) {
	ca := ldaptest.NewCA("Test CA")
	box := &inbox{}
	s := mailtest.StartServer(t, mailtest.Config{TLS: serverTLS(ca), Implicit: true, Data: box.data})
	a := account(s.Addr(), ca)
	a.Security = smtpsend.TLS
	if r := submit(t, a, to("ops@gbr.example"), text); r.err != nil || r.states() != "accepted" || len(box.all()) != 1 {
		t.Fatalf("%v, %q", r.err, r.states())
	}
	// The other way round, a server that speaks first in clear text is no TLS server.
	a.Address = mailtest.StartServer(t, mailtest.Config{}).Addr()
	if r := submit(t, a, to("ops@gbr.example"), text); !errors.Is(r.err, smtpsend.ErrTLS) {
		t.Fatalf("%v", r.err)
	}
}

// TestSmallServer: the envelope's limits of the in-process server itself.
func TestSmallServer(t *testing.T) {
	s := mailtest.StartServer(t, mailtest.Config{Data: func(string, []string, []byte) error { return errors.New("disk full") }})
	if r := submit(t, plain(s.Addr()), to("ops@gbr.example"), text); r.err != nil || r.states() != "refused" || r.receipts[0].Code != 554 || r.bodySent != 1 {
		t.Fatalf("%v, %+v", r.err, r.receipts)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if r := submit(t, plain(s.Addr()), to("ops@gbr.example"), text); !errors.Is(r.err, smtpsend.ErrUnreachable) {
		t.Fatalf("%v", r.err)
	}
}
