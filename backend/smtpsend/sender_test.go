package smtpsend_test

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"caveat/backend/mailtest"
	"caveat/backend/outbox"
	"caveat/backend/saslclient"
	"caveat/backend/smtpsend"
	"caveat/ldapbook/ldaptest"
)

// TestNotCleared: the zero Cleared is refused before anybody is asked for an account.
func TestNotCleared(t *testing.T) {
	s := smtpsend.New(func(context.Context, string) (smtpsend.Account, error) {
		t.Error("asked for an account")
		return smtpsend.Account{}, nil
	})
	if _, err := s.Send(t.Context(), outbox.Cleared{}, func() error { return nil }); !errors.Is(err, outbox.ErrNotCleared) {
		t.Fatal(err)
	}
}

// TestAddresses: nothing that could begin a second command reaches the server; nobody is connected.
func TestAddresses(t *testing.T) {
	s := mailtest.StartScript(t, nil, mailtest.Step{Say: "220 x\r\n"})
	for _, bad := range []string{
		"", "ops", "ops@", "@gbr.example", "ops@gbr.example\r\nRCPT TO:<spy@x.example>", "ops@gbr.example>", "<ops@gbr.example>",
		"ops @gbr.example", "ops@gbr.example NOTIFY=NEVER", "a@b@c.example", "ops\x00@gbr.example", "ops@gbr..example", ".ops@gbr.example",
		"ops@-gbr.example", "\u00fc@", "\u00fc\u202e@gbr.example", "\u00fc \u00fc@gbr.example", "\u00fc\r\n@gbr.example",
		"\u00fc\xff@gbr.example", "\u00fc\u00a0x@gbr.example", "\u00fc>@gbr.example", strings.Repeat("\u00fc", 33) + "@gbr.example", `"a b"@gbr.example`, "ops@[127.0.0.1]",
	} {
		for _, e := range []smtpsend.Envelope{{From: from, To: []string{"ok@gbr.example", bad}}, {From: bad, To: []string{"ok@gbr.example"}}} {
			if _, err := smtpsend.Submit(t.Context(), plain(s.Addr()), e, []byte(text), nil); !errors.Is(err, smtpsend.ErrAddress) {
				t.Errorf("%q: %v", bad, err)
			}
		}
	}
	if r := submit(t, plain(s.Addr()), to(), text); !errors.Is(r.err, smtpsend.ErrAddress) {
		t.Error(r.err)
	}
}

// TestAccounts: an account that is written wrongly, or would give a password away, is refused before connecting.
func TestAccounts(t *testing.T) {
	s := mailtest.StartScript(t, nil, mailtest.Step{Say: "220 x\r\n"})
	ca := ldaptest.NewCA("Test CA")
	good := account(s.Addr(), ca)
	tests := map[string]func(*smtpsend.Account){
		"no port":                  func(a *smtpsend.Account) { a.Address = "localhost" },
		"no security":              func(a *smtpsend.Account) { a.Security = "" },
		"unknown security":         func(a *smtpsend.Account) { a.Security = "maybe" },
		"password in clear text":   func(a *smtpsend.Account) { a.Security, a.User = smtpsend.Plain, "duty" },
		"no CA":                    func(a *smtpsend.Account) { a.RootCAs = nil },
		"EXTERNAL, no certificate": func(a *smtpsend.Account) { a.Auth = saslclient.External },
		"user, no password":        func(a *smtpsend.Account) { a.User = "duty" },
		"certificate without TLS":  func(a *smtpsend.Account) { a.Security, a.Auth = smtpsend.Plain, saslclient.External },
		"TLS onward, none here":    func(a *smtpsend.Account) { a.Security, a.RequireTLS = smtpsend.Plain, true },
		"unknown chunking":         func(a *smtpsend.Account) { a.Chunking = "always" },
		"unknown partial":          func(a *smtpsend.Account) { a.Partial = "some" },
		"unknown report":           func(a *smtpsend.Account) { a.Notify = []smtpsend.Event{"never"} },
		"report twice":             func(a *smtpsend.Account) { a.Notify = []smtpsend.Event{smtpsend.Delay, smtpsend.Delay} },
		"half a second":            func(a *smtpsend.Account) { a.DeliverBy = time.Second / 2 },
		"negative size":            func(a *smtpsend.Account) { a.MaxSize = -1 },
		"line end in HELO":         func(a *smtpsend.Account) { a.HeloName = "x\r\nMAIL FROM:<a@b>" },
	}
	for name, spoil := range tests {
		a := good
		spoil(&a)
		if r := submit(t, a, to("ops@gbr.example"), text); !errors.Is(r.err, smtpsend.ErrAccount) {
			t.Errorf("%s: %v", name, r.err)
		}
	}
}

// TestBodies: a body that cannot be read to its end, or is not the one that was measured, is never ended.
func TestBodies(t *testing.T) {
	box := &inbox{}
	s := mailtest.StartServer(t, mailtest.Config{Data: box.data})
	broken := errors.New("disk")
	for name, body := range map[string]io.Reader{
		"cut off":     strings.NewReader(text[:len(text)-3]),
		"longer":      strings.NewReader(text + "more"),
		"cannot read": io.MultiReader(strings.NewReader(text[:20]), iotest.ErrReader(broken)),
	} {
		called := 0
		_, err := smtpsend.SubmitReader(t.Context(), plain(s.Addr()), to("ops@gbr.example"), []byte(text), body, func() error { called++; return nil })
		if !errors.Is(err, smtpsend.ErrBody) || called != 0 {
			t.Errorf("%s: %v, bodySent %d times", name, err, called)
		}
		if name == "cannot read" && !errors.Is(err, broken) {
			t.Errorf("the cause is lost: %v", err)
		}
	}
	if err := s.Close(); err != nil || len(box.all()) != 0 {
		t.Errorf("%v, delivered %v", err, box.all())
	}
}

// TestSmallThings: the name that we greet with when the account has none, and what a refusal says.
func TestSmallThings(t *testing.T) {
	for addr, want := range map[net.Addr]string{
		&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}:      "[127.0.0.1]",
		&net.TCPAddr{IP: net.IPv6loopback, Port: 1}:            "[IPv6:::1]",
		&net.TCPAddr{IP: net.ParseIP("fe80::1"), Zone: "eth0"}: "[IPv6:fe80::1]",
		&net.UnixAddr{Name: "/run/x", Net: "unix"}:             "localhost",
	} {
		if got := smtpsend.AddressLiteral(addr); got != want {
			t.Errorf("%v: %q", addr, got)
		}
	}
	later := &smtpsend.Reply{Code: 421, Text: "busy"}
	if !later.IsTemporary() || (&smtpsend.Reply{Code: 550}).IsTemporary() || later.Error() != "421 busy" {
		t.Error(later)
	}
}
