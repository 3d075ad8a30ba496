package xmppsend_test

import (
	"strings"
	"testing"

	"caveat/backend/message"
	"caveat/backend/xmppsend"
	"caveat/backend/xmpptest"
)

// copyOf is what a server says that another program of ours said or heard.
func copyOf(from, kind, inner string) string {
	return `<message from='` + from + `' to='` + me + `'><` + kind + ` xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>` + inner + `</forwarded></` + kind + `></message>`
}

// TestCopies: what other programs of the user say and hear is shown with its label, but only on our own account's word.
func TestCopies(t *testing.T) {
	l := secret()
	labelled := `<securitylabel xmlns='urn:xmpp:sec-label:0'><label>` + string(l.Marshal()) + `</label></securitylabel>`
	inner := func(from, to, kind, payload string) string {
		return `<message xmlns='jabber:client' from='` + from + `' to='` + to + `' type='` + kind + `' id='i1'>` + payload + `</message>`
	}
	const own, ops = "duty@gbr.example", "ops@aus.example/x"
	sent := inner(own+"/phone", "ops@aus.example", "chat", "<body>copied</body>"+labelled)
	heard := inner(ops, own+"/phone", "chat", "<body>copied</body>"+labelled)
	for name, c := range map[string]struct {
		say   string
		shown bool
		own   bool
	}{
		"sent":                             {copyOf(own, "sent", sent), true, true},
		"received":                         {copyOf(own, "received", heard), true, false},
		"sent, in a stranger's name":       {copyOf("evil@evil.example", "sent", sent), false, false},
		"received, in a stranger's name":   {copyOf("evil@evil.example/x", "received", heard), false, false},
		"in the name of the server":        {copyOf("gbr.example", "received", heard), false, false},
		"in the name of another program":   {copyOf(own+"/phone", "received", heard), false, false},
		"in nobody's name":                 {strings.Replace(copyOf("", "received", heard), "from=''", "", 1), false, false},
		"sent by somebody else":            {copyOf(own, "sent", heard), false, false},
		"sent to nobody":                   {copyOf(own, "sent", strings.Replace(sent, "to='ops@aus.example'", "", 1)), false, false},
		"both at once":                     {strings.Replace(copyOf(own, "sent", sent), "</message>", "<received xmlns='urn:xmpp:carbons:2'/></message>", 2), false, false},
		"two in one":                       {copyOf(own, "received", heard+heard), false, false},
		"of a room":                        {copyOf(own, "received", inner(room+"/Ops", me, "groupchat", "<body>copied</body>")), false, false},
		"of a refusal":                     {copyOf(own, "received", inner(ops, me, "error", "<body>copied</body><error type='cancel'/>")), false, false},
		"a copy of a copy":                 {copyOf(own, "received", copyOf(own, "received", heard)), false, false},
		"of an archive":                    {copyOf(own, "received", inner(ops, me, "chat", "<result xmlns='urn:xmpp:mam:2' queryid='q'><forwarded xmlns='urn:xmpp:forward:0'>"+heard+"</forwarded></result>")), false, false},
		"of another namespace":             {strings.ReplaceAll(copyOf(own, "received", heard), "urn:xmpp:carbons:2", "urn:xmpp:carbons:1"), false, false},
		"the forwarded of another":         {strings.ReplaceAll(copyOf(own, "received", heard), "urn:xmpp:forward:0", "u:x"), false, false},
		"a message that is none of chat's": {strings.ReplaceAll(copyOf(own, "received", heard), "xmlns='jabber:client'", "xmlns='jabber:server'"), false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, a := scripted(t, xmpptest.LetIn(me, func(_ int, said string) (string, xmpptest.Then) {
				if strings.Contains(said, "<enable xmlns=\"urn:xmpp:carbons:2\"") {
					return `<iq type='result' id='` + xmpptest.ID(said) + `'/>` + c.say + `<message from='ops@aus.example/x' type='chat'><body>last</body></message>`, xmpptest.Continue
				}
				return xmpptest.Understands(said, xmppsend.LabelFeature, xmppsend.CarbonFeature), xmpptest.Continue
			}))
			_, h := run(t, a, xmppsend.Options{Controls: func(string) xmppsend.Controls { return xmppsend.Controls{Receipts: true} }})
			h.message(t, func(m xmppsend.Incoming) bool { return m.Body == "last" })
			h.mu.Lock()
			defer h.mu.Unlock()
			n := 0
			for _, m := range h.messages {
				if m.Body != "copied" {
					continue
				}
				n++
				if m.Own != c.own || m.Peer != "ops@aus.example" || m.Room || len(m.Sensitivity.Received) != 1 || m.Sensitivity.Fault != message.FaultPolicy {
					t.Errorf("%+v", m)
				}
			}
			if (n == 1) != c.shown || n > 1 {
				t.Errorf("shown %d times: %+v", n, h.messages)
			}
			for _, said := range server.Said() {
				if strings.Contains(said, "<received") {
					t.Errorf("a receipt for what the other program got: %s", said)
				}
			}
		})
	}
}
