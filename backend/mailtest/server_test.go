package mailtest_test

import (
	"errors"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"caveat/backend/mailtest"
)

func dial(t *testing.T, addr string) *smtp.Client {
	t.Helper()
	c, err := smtp.Dial(addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func code(err error) int {
	var refusal *smtp.SMTPError
	if errors.As(err, &refusal) {
		return refusal.Code
	}
	return 0
}

// TestServerHooks: each hook decides, and its code is what the client sees.
func TestServerHooks(t *testing.T) {
	password := mailtest.Secret()
	var mu sync.Mutex
	var got []string
	s := mailtest.StartServer(t, mailtest.Config{
		Hostname: "mail.gbr.example", RequireAuth: true, MaxBytes: 1000,
		Auth: func(u, p string) bool { return u == "duty" && p == password },
		Rcpt: func(from, to string) error {
			switch {
			case strings.HasPrefix(to, "later"):
				return mailtest.Refuse(451, "try again")
			case strings.HasPrefix(to, "unknown"):
				return errors.New("no such user")
			}
			return nil
		},
		Data: func(from string, to []string, body []byte) error {
			mu.Lock()
			defer mu.Unlock()
			got = append([]string{from, string(body)}, to...)
			return nil
		},
	})
	c := dial(t, s.Addr())
	if err := c.Mail("duty@gbr.example", nil); code(err) != 530 {
		t.Fatalf("without AUTH: %v", err)
	}
	if err := c.Auth(sasl.NewPlainClient("", "duty", "wrong")); code(err) != 535 {
		t.Fatalf("wrong password: %v", err)
	}
	if err := c.Auth(sasl.NewPlainClient("", "duty", password)); err != nil {
		t.Fatal(err)
	}
	if err := c.Mail("duty@gbr.example", nil); err != nil {
		t.Fatal(err)
	}
	for to, want := range map[string]int{"later@x.example": 451, "unknown@x.example": 550, "ops@x.example": 0} {
		if err := c.Rcpt(to, nil); code(err) != want {
			t.Errorf("%s: %v", to, err)
		}
	}
	w, err := c.Data()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("a: b\r\n\r\n.dot\r\n")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if !slices.Equal(got, []string{"duty@gbr.example", "a: b\r\n\r\n.dot\r\n", "ops@x.example"}) {
		t.Errorf("%q", got)
	}
}

// TestServerLogin: who logged in has hooks of their own.
func TestServerLogin(t *testing.T) {
	password := mailtest.Secret()
	taken := ""
	s := mailtest.StartServer(t, mailtest.Config{
		Auth: func(u, p string) bool { return p == password },
		Rcpt: func(from, to string) error { return errors.New("log in first") },
		Login: func(user string) mailtest.Hooks {
			return mailtest.Hooks{Data: func(string, []string, []byte) error { taken = user; return nil }}
		},
	})
	body := strings.NewReader("a: b\r\n\r\ntext\r\n")
	c := dial(t, s.Addr())
	if err := c.SendMail("duty@gbr.example", []string{"ops@x.example"}, body); code(err) != 550 {
		t.Errorf("without AUTH: %v", err)
	}
	if err := c.Auth(sasl.NewPlainClient("", "AUS", password)); err != nil {
		t.Fatal(err)
	}
	if err := c.SendMail("duty@gbr.example", []string{"ops@x.example"}, body); err != nil || taken != "AUS" {
		t.Errorf("%v, taken from %q", err, taken)
	}
}

// TestServerClose ends although a client is still connected, and may be called twice.
func TestServerClose(t *testing.T) {
	s := mailtest.StartServer(t, mailtest.Config{})
	c := dial(t, s.Addr())
	if err := c.Noop(); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("took %v", took)
	}
	if err := c.Noop(); err == nil {
		t.Error("the connection is still open")
	}
	if _, err := net.Dial("tcp", s.Addr()); err == nil {
		t.Error("it still listens")
	}
}

// TestDelay: the round trip through the proxy takes what it was told.
func TestDelay(t *testing.T) {
	s := mailtest.StartServer(t, mailtest.Config{})
	c := dial(t, mailtest.Delay(t, s.Addr(), 30*time.Millisecond))
	if err := c.Noop(); err != nil { // greeting and EHLO are done
		t.Fatal(err)
	}
	began := time.Now()
	if err := c.Noop(); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took < 60*time.Millisecond {
		t.Errorf("a round trip took %v", took)
	}
}

// TestScript follows its steps, and says what it did not expect.
func TestScript(t *testing.T) {
	s := mailtest.StartScript(t, nil, mailtest.Step{Say: "220 x\r\n"}, mailtest.Step{Expect: "ehlo", Say: "250 x\r\n"}, mailtest.Step{Expect: "MAIL", Then: mailtest.Hang})
	c := dial(t, s.Addr())
	if err := c.Hello("client.example"); err != nil {
		t.Fatal(err)
	}
	if err := c.Noop(); err == nil {
		t.Error("NOOP was answered")
	}
	if got := s.Unexpected(); !slices.Equal(got, []string{"NOOP"}) {
		t.Errorf("%q", got)
	}
	if got := s.Lines(); !slices.Equal(got, []string{"EHLO client.example", "NOOP"}) {
		t.Errorf("%q", got)
	}
}
