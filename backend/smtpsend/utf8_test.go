package smtpsend_test

import (
	"strings"
	"testing"

	"caveat/backend/mailtest"
	"caveat/backend/outbox"
	"caveat/backend/smtpsend"
)

// TestServerWithoutSMTPUTF8 gets nothing of a message that needs it: it is refused for good, in words, before MAIL.
func TestServerWithoutSMTPUTF8(t *testing.T) {
	ascii := smtpsend.Envelope{ID: "01JABC", From: from, To: []string{"ops@gbr.example", "ops@m\u00fcller.example"}}
	sender := ascii
	sender.From = "\u5c71\u7530@gbr.example"
	for name, tt := range map[string]struct {
		envelope smtpsend.Envelope
		body     string
	}{
		"the sender":             {sender, text},
		"an address in the text": {ascii, "From: <duty@gbr.example>\r\nTo: <j\u00fcrgen@gbr.example>\r\n\r\nHello.\r\n"},
	} {
		s := mailtest.StartScript(t, nil, append(ehlo("8BITMIME", "PIPELINING", "DSN"), quit)...)
		r := submit(t, plain(s.Addr()), tt.envelope, tt.body)
		if r.err != nil || r.states() != "refused refused" || r.bodySent != 0 {
			t.Errorf("%s: %v, %+v", name, r.err, r.receipts)
			continue
		}
		for _, x := range r.receipts {
			if x.State != outbox.Refused || !strings.Contains(x.Text, "no SMTPUTF8") || !strings.Contains(x.Text, "before the @") {
				t.Errorf("%s: %+v", name, x)
			}
		}
		for _, line := range s.Lines() {
			if strings.HasPrefix(line, "MAIL") || strings.HasPrefix(line, "RCPT") {
				t.Errorf("%s: the server was told %q", name, line)
			}
		}
	}
}

// TestNothingIsInjectedIntoCommands: an address beyond ASCII that could end a command, or be taken for another, reaches no server.
func TestNothingIsInjectedIntoCommands(t *testing.T) {
	for _, a := range []string{"\u00fc@gbr.example>\r\nRCPT TO:<spy@x.example", "\u00fc\u2028@gbr.example", "\u00fc@gbr\u3002example", "\u00fc@b.example> NOTIFY=NEVER", "p\u0430ul@gbr.example", "a\u202e@gbr.example",
		"\u00fc\x00@gbr.example", "\u560d\u560a@gbr.example,", "\u00fc @gbr.example", "\xfc@gbr.example", "u\u0308@gbr.example"} {
		for _, e := range []smtpsend.Envelope{to(a), {ID: "1", From: a, To: []string{"ops@gbr.example"}}} {
			if r := submit(t, plain("127.0.0.1:1"), e, text); r.err == nil || !strings.Contains(r.err.Error(), "address") || r.bodySent != 0 {
				t.Errorf("%q: %v", a, r.err)
			}
		}
	}
}
