package imapbox_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"caveat/backend/imapbox"
	"caveat/backend/outbox"
)

// TestLineEnds: what goes into the mailbox has CRLF at the end of each line, and nothing else that ends one.
func TestLineEnds(t *testing.T) {
	for name, test := range map[string]struct{ in, want string }{
		"CRLF stays":       {"a\r\nb\r\n", "a\r\nb\r\n"},
		"LF":               {"a\nb\n", "a\r\nb\r\n"},
		"CR":               {"a\rb\r", "a\r\nb\r\n"},
		"two CR":           {"a\r\rb", "a\r\n\r\nb"},
		"CR CR LF":         {"a\r\r\nb", "a\r\n\r\nb"},
		"LF CR":            {"a\n\rb", "a\r\n\r\nb"},
		"no end":           {"a", "a"},
		"nothing":          {"", ""},
		"a dot of its own": {"a\n.\r\nb", "a\r\n.\r\nb"},
	} {
		for how, r := range map[string]io.Reader{"whole": strings.NewReader(test.in), "octets": iotest.OneByteReader(strings.NewReader(test.in))} {
			got, err := io.ReadAll(imapbox.LineEnds(r))
			if err != nil || string(got) != test.want {
				t.Errorf("%s, %s: %q, %v", name, how, got, err)
			}
		}
		if got, err := io.ReadAll(iotest.OneByteReader(imapbox.LineEnds(strings.NewReader(test.in)))); err != nil || string(got) != test.want {
			t.Errorf("%s, read by octets: %q, %v", name, got, err)
		}
	}
	if _, err := io.ReadAll(imapbox.LineEnds(strings.NewReader("a\x00b"))); !errors.Is(err, imapbox.ErrCopy) {
		t.Errorf("NUL: %v", err)
	}
	if _, err := io.ReadAll(imapbox.LineEnds(iotest.ErrReader(io.ErrNoProgress))); !errors.Is(err, imapbox.ErrBody) || !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("unreadable: %v", err)
	}
}

// TestCount tells a message's text from everything else.
func TestCount(t *testing.T) {
	const fetch = "* 1 FETCH (UID 1 BODY[] "
	x := func(n int) string { return strings.Repeat("x", n) }
	for name, test := range map[string]struct {
		in    string
		text  int64
		other int64
		err   error
	}{
		"a line":                    {"* OK hello\r\n", 0, 12, nil},
		"text":                      {fetch + "{5}\r\nhello)\r\n", 5, int64(len(fetch)) + 8, nil},
		"text with LF alone":        {fetch + "{5}\nhello)\r\n", 5, int64(len(fetch)) + 7, nil},
		"part of a text":            {"* 1 FETCH (BODY[]<0> {5}\r\nhello)\r\n", 5, 29, nil},
		"too much text":             {fetch + "{6}\r\n", 5, 0, imapbox.ErrProtocol},
		"too much text in two":      {fetch + "{5}\r\nhello)\r\n" + fetch + "{1}\r\n", 5, 0, imapbox.ErrProtocol},
		"a number beyond numbers":   {fetch + "{99999999999999999999999999}\r\n", 1 << 30, 0, imapbox.ErrProtocol},
		"a short literal elsewhere": {"* LIST () \"/\" {5}\r\nhello\r\n", 0, 26, nil},
		"a long literal elsewhere":  {"* LIST () \"/\" {70000}\r\n", 1 << 30, 0, imapbox.ErrProtocol},
		"an envelope's literal":     {"* 1 FETCH (ENVELOPE ({70000}\r\n", 1 << 30, 0, imapbox.ErrProtocol},
		"a line ends in quotes":     {"* 1 FETCH (ENVELOPE (\"BODY[] {9}\r\n" + x(9) + "\r\n", 1 << 30, 0, imapbox.ErrProtocol},
		"quotes in a status":        {"* OK it is 5\" long\r\n", 0, 20, nil},
		"in a status it is none":    {"* OK BODY[] {70000}\r\n", 1 << 30, 0, imapbox.ErrProtocol},
		"tagged":                    {"T1 OK ] {9}\r\n", 0, 13, nil},
		"text in the middle":        {fetch + "{5}x\r\n", 5, int64(len(fetch)) + 6, nil},
	} {
		var octets []string
		for i := range len(test.in) {
			octets = append(octets, test.in[i:i+1])
		}
		for how, pieces := range map[string][]string{"whole": {test.in}, "octets": octets} {
			other, err := imapbox.Count(test.text, pieces...)
			if !errors.Is(err, test.err) || err == nil && other != test.other {
				t.Errorf("%s, %s: %d, %v; want %d, %v", name, how, other, err, test.other, test.err)
			}
		}
	}
}

// FuzzCount: however it comes, what is counted is the same, and never more text than is allowed.
func FuzzCount(f *testing.F) {
	f.Add([]byte("* 1 FETCH (UID 1 BODY[] {5}\r\nhello)\r\nT1 OK done\r\n"), uint16(3))
	f.Add([]byte("* 1 FETCH (X \"{5}\\\"\r\n] {0}\r\n"), uint16(9))
	f.Fuzz(func(t *testing.T, in []byte, cut uint16) {
		const allowed = 10
		at := min(int(cut), len(in))
		whole, err := imapbox.Count(allowed, string(in))
		parts, err2 := imapbox.Count(allowed, string(in[:at]), string(in[at:]))
		if whole != parts || (err == nil) != (err2 == nil) {
			t.Errorf("%d, %v in one; %d, %v in two", whole, err, parts, err2)
		}
		if whole > int64(len(in)) || err == nil && whole < int64(len(in))-allowed {
			t.Errorf("%d of %d octets", whole, len(in))
		}
	})
}

// TestAccounts that cannot be used are refused before anything is dialled.
func TestAccounts(t *testing.T) {
	good := imapbox.Account{Address: "127.0.0.1:1", Security: imapbox.TLS, RootCAs: x509.NewCertPool(), User: user, Password: "secret"}
	for name, change := range map[string]func(*imapbox.Account){
		"no port":                          func(a *imapbox.Account) { a.Address = "imap.gbr.example" },
		"no host":                          func(a *imapbox.Account) { a.Address = ":993" },
		"no security":                      func(a *imapbox.Account) { a.Security = "" },
		"a password without TLS":           func(a *imapbox.Account) { a.Security = imapbox.Plain },
		"a user without TLS":               func(a *imapbox.Account) { a.Security, a.Password = imapbox.Plain, "" },
		"a login without TLS":              func(a *imapbox.Account) { a.Security, a.User, a.Password, a.Auth = imapbox.Plain, "", "", "external" },
		"nobody to trust":                  func(a *imapbox.Account) { a.RootCAs = nil },
		"external without certificate":     func(a *imapbox.Account) { a.Auth = "external" },
		"an unknown method":                func(a *imapbox.Account) { a.Auth = "ntlm" },
		"IDLE longer than servers wait":    func(a *imapbox.Account) { a.Idle = 1 << 62 },
		"a folder that could be a command": func(a *imapbox.Account) { a.SentFolder = "Sent\r\nT9 DELETE INBOX" },
	} {
		a := good
		change(&a)
		if _, err := imapbox.Open(t.Context(), a); !errors.Is(err, imapbox.ErrAccount) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := imapbox.Open(t.Context(), good); !errors.Is(err, imapbox.ErrUnreachable) { // the test's own account is a good one
		t.Error(err)
	}
}

func TestFolderNames(t *testing.T) {
	for _, name := range []string{"Sent", "Sent Items", "Gesendete Objekte", "Надіслані", `a"b\c`, "a/b", "INBOX.Sent", "a&b"} {
		if err := imapbox.CheckFolder(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, name := range []string{"", "a\r\nb", "a\x00b", "a\tb", "a%", "*", "/a", "a/", "a//b", "inbox", "a\u202eb", "a\xff", strings.Repeat("a", 256), " a"} {
		if err := imapbox.CheckFolder(name); err == nil {
			t.Errorf("%q: accepted", name)
		}
	}
}

// TestCopies that could not be found again, or that could say something else, are refused for good, before anything is dialled.
func TestCopies(t *testing.T) {
	for name, change := range map[string]func(*imapbox.Copy){
		"no folder":               func(c *imapbox.Copy) { c.Folder = "" },
		"another folder":          func(c *imapbox.Copy) { c.Folder = "trash" },
		"no Message-ID":           func(c *imapbox.Copy) { c.MessageID = "" },
		"no brackets":             func(c *imapbox.Copy) { c.MessageID = "a@gbr.example" },
		"two":                     func(c *imapbox.Copy) { c.MessageID = "<a@gbr.example><b@gbr.example>" },
		"a command":               func(c *imapbox.Copy) { c.MessageID = "<a@gbr.example\r\nT9 DELETE INBOX>" },
		"a quote":                 func(c *imapbox.Copy) { c.MessageID = `<a"b@gbr.example>` },
		"a blank":                 func(c *imapbox.Copy) { c.MessageID = "<a @gbr.example>" },
		"longer than a line":      func(c *imapbox.Copy) { c.MessageID = "<" + strings.Repeat("a", 1000) + "@gbr.example>" },
		"no bytes":                func(c *imapbox.Copy) { c.Open = nil },
		"an empty message":        func(c *imapbox.Copy) { *c = copyOf(imapbox.Sent, c.MessageID, nil) },
		"NUL in it":               func(c *imapbox.Copy) { *c = copyOf(imapbox.Sent, c.MessageID, []byte("a\x00")) },
		"a keyword with brackets": func(c *imapbox.Copy) { c.Flags = []string{"a) {5}"} },
		"a keyword with CRLF":     func(c *imapbox.Copy) { c.Flags = []string{"a\r\nb"} },
		"an empty keyword":        func(c *imapbox.Copy) { c.Flags = []string{""} },
	} {
		c := sentCopy("<a@gbr.example>")
		change(&c)
		_, err := imapbox.AppendCopy(t.Context(), plain("127.0.0.1:1"), c)
		if !errors.Is(err, imapbox.ErrCopy) || !errors.Is(err, outbox.ErrPermanent) {
			t.Errorf("%s: %v", name, err)
		}
	}
	c := sentCopy("<a@gbr.example>")
	c.Open = func() (io.ReadCloser, error) { return nil, io.ErrUnexpectedEOF }
	if _, err := imapbox.AppendCopy(t.Context(), plain("127.0.0.1:1"), c); !errors.Is(err, imapbox.ErrBody) || errors.Is(err, outbox.ErrPermanent) {
		t.Errorf("unreadable: %v", err)
	}
}

func TestRefusals(t *testing.T) {
	for r, temporary := range map[imapbox.Refusal]bool{
		{Status: "NO", Code: "OVERQUOTA"}: true, {Status: "NO"}: true, {Status: "NO", Code: "UNAVAILABLE"}: true,
		{Status: "NO", Code: "NOPERM"}: false, {Status: "NO", Code: "TOOBIG"}: false, {Status: "BAD"}: false, {Status: "BYE"}: true,
	} {
		if r.IsTemporary() != temporary {
			t.Errorf("%v: %v", r, !temporary)
		}
	}
	if got := (&imapbox.Refusal{Status: "NO", Code: "NOPERM", Text: "not yours"}).Error(); got != "NO [NOPERM] not yours" {
		t.Error(got)
	}
}

// TestChangedBody: a message whose length is another at the second reading is not ended, whatever the server would take.
func TestChangedBody(t *testing.T) {
	for name, second := range map[string]string{"shorter": "From: a\r\n\r\nb", "longer": "From: a\r\n\r\nb and more\r\n", "one octet more": "From: a\r\n\r\nb\r\nx"} {
		t.Run(name, func(t *testing.T) {
			s := script(t, answers("EXAMINE", examined, "UID SEARCH", "* SEARCH\r\n"+done, "APPEND", "+ go\r\n"))
			opened := 0
			c := imapbox.Copy{Folder: imapbox.Sent, MessageID: "<a@gbr.example>", BodySent: func() error { t.Error("ended"); return nil }}
			c.Open = func() (io.ReadCloser, error) {
				opened++
				if opened == 1 {
					return io.NopCloser(strings.NewReader("From: a\r\n\r\nb\r\n")), nil
				}
				return io.NopCloser(bytes.NewReader([]byte(second))), nil
			}
			if _, err := imapbox.AppendCopy(context.Background(), plain(s.Addr()), c); !errors.Is(err, imapbox.ErrBody) {
				t.Error(err)
			}
			noneLeft(t)
		})
	}
}
