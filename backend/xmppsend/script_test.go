package xmppsend_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"caveat/backend/message"
	"caveat/backend/outbox"
	"caveat/backend/xmppsend"
	"caveat/backend/xmpptest"
)

const me = "duty@gbr.example/desk"

// scripted starts a server that plays, and an account on it.
func scripted(t *testing.T, play xmpptest.Play) (*xmpptest.Script, xmppsend.Account) {
	t.Helper()
	ca := xmpptest.NewCA()
	s := xmpptest.StartScript(t, ca, "gbr.example", play)
	return s, xmppsend.Account{JID: "duty@gbr.example", Address: s.Addr(), Security: xmppsend.TLS, RootCAs: ca.Pool(), Auth: xmppsend.Plain,
		Password: xmpptest.Secret(), Timeout: patience}
}

// good answers what a good server answers.
func good(said string) string { return xmpptest.Understands(said, xmppsend.LabelFeature) }

func goodAfterLogin(_ int, said string) (string, xmpptest.Then) { return good(said), xmpptest.Continue }

// TestSendOrder: everything but the last octet, then the caller is asked, then the last octet, then the ping that makes it accepted.
func TestSendOrder(t *testing.T) {
	server, a := scripted(t, xmpptest.LetIn(me, goodAfterLogin))
	s, h := run(t, a, xmppsend.Options{})
	h.state(t, isOnline)
	w := wire(t, "m1", "All is well.", message.Stanza{})
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	asked := 0
	receipts, err := s.Submit(ctx, "duty", "m1", []string{"ops@aus.example", "J6@aus.example"}, w, func() error {
		asked++
		for !strings.HasSuffix(server.Octets(), "</message") {
			if ctx.Err() != nil {
				return fmt.Errorf("the octets before the last do not arrive: %w", ctx.Err())
			}
			time.Sleep(time.Millisecond)
		}
		return nil
	})
	if err != nil || asked != 1 || len(receipts) != 2 || receipts[0].State != outbox.Accepted || receipts[1].State != outbox.Accepted || receipts[1].Recipient != "J6@aus.example" {
		t.Fatalf("%+v, asked %d times, %v", receipts, asked, err)
	}
	said := server.Said()
	var messages []string
	for i, x := range said {
		if strings.HasPrefix(x, "<message") {
			messages = append(messages, x)
			if last := said[len(said)-1]; i == len(said)-1 || !strings.Contains(last, "urn:xmpp:ping") {
				t.Error("no ping follows the message")
			}
		}
	}
	for i, to := range []string{"ops@aus.example", "j6@aus.example"} {
		if want, err := message.AddressStanza(w, to); err != nil || len(messages) != 2 || messages[i] != string(want) {
			t.Errorf("%q\nwant %s", messages, want)
		}
	}
	if _, err := s.Send(ctx, outbox.Cleared{}, nil); !errors.Is(err, outbox.ErrNotCleared) {
		t.Errorf("the zero Cleared: %v", err)
	}
}

// TestFailureAtEachStep: whatever fails, no message goes out whole without its label; before the caller was asked nothing went out, and
// afterwards only an answer makes a receipt.
func TestFailureAtEachStep(t *testing.T) {
	refusal := func(said, from, kind, condition string) string {
		return `<message type='error' id='m1' from='` + from + `' to='` + me + `'>` + `<error type='` + kind + `'><` + condition + ` xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>`
	}
	info := func(said, domain string) bool {
		return strings.Contains(said, "disco#info") && xmpptest.To(said) == domain
	}
	errorTo := func(said string) string {
		return `<iq type='error' id='` + xmpptest.ID(said) + `' from='` + xmpptest.To(said) + `'><error type='cancel'><remote-server-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`
	}
	ping := func(said string) bool { return strings.Contains(said, "urn:xmpp:ping") }
	for name, c := range map[string]struct {
		play    func(said string) (string, xmpptest.Then)
		ask     error // what the caller says
		wire    []byte
		want    error
		state   outbox.State
		asked   int
		lasting bool
	}{
		"nothing": {state: outbox.Accepted, asked: 1},
		"the own server has no labels": {play: func(said string) (string, xmpptest.Then) {
			return ifElse(info(said, "gbr.example"), xmpptest.Understands(said, "x"), good(said)), 0
		}, want: xmppsend.ErrNoLabels, lasting: true},
		"the far server has no labels": {play: func(said string) (string, xmpptest.Then) {
			return ifElse(info(said, "aus.example"), xmpptest.Understands(said, "x"), good(said)), 0
		}, want: xmppsend.ErrNoLabels, lasting: true},
		"the far server is not there": {play: func(said string) (string, xmpptest.Then) {
			return ifElse(info(said, "aus.example"), errorTo(said), good(said)), 0
		}, want: xmppsend.ErrRefused},
		"another answers for it": {play: func(said string) (string, xmpptest.Then) {
			return ifElse(info(said, "aus.example"), strings.ReplaceAll(good(said), "from='aus.example'", "from='evil.example'"), good(said)), 0
		}, want: xmppsend.ErrTimeout},
		"the line breaks while asking": {play: func(said string) (string, xmpptest.Then) {
			return ifElse(info(said, "aus.example"), "", good(said)), then(info(said, "aus.example"), xmpptest.HangUp)
		}, want: xmppsend.ErrUnreachable},
		"the caller says no":            {ask: errors.New("no"), want: errNo, asked: 1},
		"a message without label":       {wire: []byte(`<message xmlns="jabber:client" type="chat" id="m1"><body>x</body></message>`), want: xmppsend.ErrNoLabels, lasting: true},
		"a marking in place of a label": {wire: []byte(`<message xmlns="jabber:client" type="chat" id="m1"><body>x</body><securitylabel xmlns="urn:xmpp:sec-label:0"><displaymarking>SECRET</displaymarking><label/></securitylabel></message>`), want: xmppsend.ErrStanza, lasting: true},
		"a label of words":              {wire: []byte(`<message xmlns="jabber:client" type="chat" id="m1"><body>x</body><securitylabel xmlns="urn:xmpp:sec-label:0"><label>SECRET</label></securitylabel></message>`), want: xmppsend.ErrStanza, lasting: true},
		"no message":                    {wire: []byte(`<iq xmlns="jabber:client" type="set" id="m1"/>`), want: xmppsend.ErrStanza, lasting: true},
		"a message to somebody already": {wire: []byte(`<message xmlns="jabber:client" type="chat" id="m1" to="a@b"><body>x</body></message>`), want: xmppsend.ErrStanza, lasting: true},
		"the line breaks after it": {play: func(said string) (string, xmpptest.Then) {
			return good(said), then(strings.HasPrefix(said, "<message"), xmpptest.HangUp)
		}, want: xmppsend.ErrUnreachable, asked: 1},
		"nobody answers the ping": {play: func(said string) (string, xmpptest.Then) { return ifElse(ping(said), "", good(said)), 0 }, want: xmppsend.ErrTimeout, asked: 1},
		"the recipient refuses": {play: func(said string) (string, xmpptest.Then) {
			return ifElse(ping(said), refusal(said, "ops@aus.example", "cancel", "service-unavailable")+good(said), good(said)), 0
		}, state: outbox.Refused, asked: 1},
		"the recipient's server is full": {play: func(said string) (string, xmpptest.Then) {
			return ifElse(ping(said), refusal(said, "ops@aus.example/x", "wait", "resource-constraint")+good(said), good(said)), 0
		}, state: outbox.Deferred, asked: 1},
		"a stranger refuses": {play: func(said string) (string, xmpptest.Then) {
			return ifElse(ping(said), refusal(said, "evil@evil.example", "cancel", "gone")+good(said), good(said)), 0
		}, state: outbox.Accepted, asked: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			play := c.play
			if play == nil {
				play = func(said string) (string, xmpptest.Then) { return good(said), xmpptest.Continue }
			}
			server, a := scripted(t, xmpptest.LetIn(me, func(_ int, said string) (string, xmpptest.Then) { return play(said) }))
			if errors.Is(c.want, xmppsend.ErrTimeout) {
				a.Timeout = 700 * time.Millisecond
			}
			s, h := run(t, a, xmppsend.Options{})
			h.state(t, isOnline)
			w := c.wire
			if w == nil {
				w = wire(t, "m1", "All is well.", message.Stanza{})
			}
			asked := 0
			receipts, err := s.Submit(t.Context(), "duty", "m1", []string{"ops@aus.example"}, w, func() error {
				asked++
				return c.ask
			})
			want := c.want
			if errors.Is(want, errNo) {
				want = c.ask
			}
			if !errors.Is(err, want) || asked != c.asked || errors.Is(err, outbox.ErrPermanent) != c.lasting {
				t.Fatalf("%+v, asked %d times, %v", receipts, asked, err)
			}
			if err == nil && (len(receipts) != 1 || receipts[0].State != c.state) {
				t.Errorf("%+v", receipts)
			}
			for _, said := range server.Said() {
				if strings.HasPrefix(said, "<message") && (c.asked == 0 || c.ask != nil) {
					t.Errorf("it went out: %s", said)
				}
			}
			neverUnlabelled(t, server)
		})
	}
}

var errNo = errors.New("what the caller says")

func ifElse(is bool, yes, no string) string {
	if is {
		return yes
	}
	return no
}

func then(is bool, do xmpptest.Then) xmpptest.Then {
	if is {
		return do
	}
	return xmpptest.Continue
}

// TestFirstLine: a message with its marking in the text goes only where the administrator allows that.
func TestFirstLine(t *testing.T) {
	_, a := scripted(t, xmpptest.LetIn(me, func(_ int, said string) (string, xmpptest.Then) { return xmpptest.Understands(said, "x"), 0 }))
	s, h := run(t, a, xmppsend.Options{Controls: func(domain string) xmppsend.Controls {
		return xmppsend.Controls{FirstLine: domain == "aus.example", NoChat: domain == "can.example"}
	}})
	h.state(t, isOnline)
	w := wire(t, "m1", "All is well.", message.Stanza{FirstLine: true})
	if got, asked, err := send(t, s, "m1", w, "ops@aus.example"); err != nil || asked != 1 || got[0].State != outbox.Accepted {
		t.Errorf("%+v, %v", got, err)
	}
	if _, asked, err := send(t, s, "m1", w, "ops@nor.example"); !errors.Is(err, xmppsend.ErrNoLabels) || asked != 0 {
		t.Errorf("elsewhere: %v", err)
	}
	if _, asked, err := send(t, s, "m1", w, "ops@can.example"); !errors.Is(err, xmppsend.ErrNotAllowed) || asked != 0 {
		t.Errorf("where the link carries no messages: %v", err)
	}
	got, asked, err := send(t, s, "m1", w, "ops@nor.example", "ops@aus.example", "no address")
	if err != nil || asked != 1 || len(got) != 3 || got[0].State != outbox.Refused || got[1].State != outbox.Accepted || got[2].State != outbox.Refused {
		t.Errorf("several: %+v, %v", got, err)
	}
}

// TestHostileServer: what no server may do ends the session by name, in bounded memory, and another is made.
func TestHostileServer(t *testing.T) {
	for name, c := range map[string]struct {
		say  string
		want error
	}{
		"a stanza without end":    {"<message><body>" + strings.Repeat("x", 5<<20), xmppsend.ErrTooMuch},
		"levels without end":      {"<message>" + strings.Repeat("<a>", 2<<20), xmppsend.ErrTooMuch},
		"a tag without end":       {"<message from='" + strings.Repeat("x", 600<<10), xmppsend.ErrTooMuch},
		"nobody's":                {"<message from='" + strings.Repeat("x", 300<<10) + "'/>", xmppsend.ErrTooMuch},
		"an unknown one, too big": {"<unknown>" + strings.Repeat("<a/>", 2000) + "</unknown>", xmppsend.ErrTooMuch},
		"not XML":                 {"<message></presence>", xmppsend.ErrProtocol},
		"an undeclared prefix":    {"<message><x:y a:b='' a:b=''/></message>", xmppsend.ErrProtocol},
		"a comment":               {"<message><body>a<!-- b --></body></message>", xmppsend.ErrProtocol},
		"an entity":               {"<message><body>&lol;</body></message>", xmppsend.ErrProtocol},
		"entities without end":    {"<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><message><body>&b;</body></message>", xmppsend.ErrProtocol},
		"half a stanza":           {"<message from='a@b.example'><body>", xmppsend.ErrTimeout},
		"no UTF-8":                {"<message><body>\xff</body></message>", xmppsend.ErrProtocol},
		"a second stream":         {"<?xml version='1.0'?>", xmppsend.ErrProtocol},
		"a stream error":          {"<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>", xmppsend.ErrUnreachable},
		"the end of the stream":   {"</stream:stream>", xmppsend.ErrUnreachable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, a := scripted(t, xmpptest.LetIn(me, func(step int, said string) (string, xmpptest.Then) {
				if strings.HasPrefix(said, "<presence to=") {
					return c.say, xmpptest.Continue
				}
				return good(said), xmpptest.Continue
			}))
			if errors.Is(c.want, xmppsend.ErrTimeout) { // it says nothing more
				a.Ping, a.Timeout = 100*time.Millisecond, 500*time.Millisecond
			}
			s, h := run(t, a, xmppsend.Options{})
			h.state(t, isOnline)
			if err := s.Join(t.Context(), "duty", room, "Duty", xmppsend.JoinOptions{}); !errors.Is(err, c.want) {
				t.Errorf("%v", err)
			}
			h.state(t, func(s xmppsend.State) bool {
				return !s.IsOnline && strings.Contains(s.Error, c.want.Error()) && !s.NextTry.IsZero()
			})
			r := h
			n := 0
			await(t, r, func() []xmppsend.State { return r.states }, "second session", func(s xmppsend.State) bool {
				if s.IsOnline {
					n++
				}
				return n >= 2
			})
		})
	}
}

// TestFloods: what is unknown, addressed to others or without end is left out, and what comes behind it is heard.
func TestFloods(t *testing.T) {
	for name, one := range map[string]string{
		"stanzas of no kind":            "<unknown xmlns='u:x'><y/></unknown>",
		"questions of strangers":        "<iq type='get' id='x' from='a@evil.example/x'><query xmlns='jabber:iq:version'/></iq>",
		"answers that nobody asked for": "<iq type='result' id='x' from='gbr.example'/>",
		"presence of strangers":         "<presence from='a@evil.example/x'><status>x</status></presence>",
		"archive that nobody asked for": "<message from='duty@gbr.example'><result xmlns='urn:xmpp:mam:2' queryid='q' id='1'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='a@b.example'><body>old</body></message></forwarded></result></message>",
		"messages without words":        "<message from='a@evil.example/x' type='chat'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, a := scripted(t, xmpptest.LetIn(me, func(_ int, said string) (string, xmpptest.Then) {
				if said == "<presence/>" {
					return strings.Repeat(one, 2000) + "<message from='ops@aus.example/x'><body>last</body></message>", xmpptest.Continue
				}
				return good(said), xmpptest.Continue
			}))
			s, h := run(t, a, xmppsend.Options{})
			h.message(t, func(m xmppsend.Incoming) bool { return m.Body == "last" })
			if got, _, err := send(t, s, "m1", wire(t, "m1", "still here", message.Stanza{}), "ops@aus.example"); err != nil || got[0].State != outbox.Accepted {
				t.Errorf("%+v, %v", got, err)
			}
			h.mu.Lock()
			defer h.mu.Unlock()
			for _, m := range h.messages {
				if m.Body == "old" {
					t.Error("it is shown")
				}
			}
			neverUnlabelled(t, server)
		})
	}
}

func attributes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " a%d=''", i)
	}
	return b.String()
}

// TestWrongNamespaces: what looks like a message, an occupant or a label and is of another namespace is none.
func TestWrongNamespaces(t *testing.T) {
	_, a := scripted(t, xmpptest.LetIn(me, func(_ int, said string) (string, xmpptest.Then) {
		if strings.HasPrefix(said, "<presence") {
			return `<message xmlns='jabber:server' from='a@b'><body>server</body></message><message xmlns='' from='a@b'><body>none</body></message>` +
				`<message from='ops@aus.example/x'><body xmlns='u:x'>hidden</body><securitylabel xmlns='urn:xmpp:sec-label:1'><label/></securitylabel></message>` +
				`<message from='ops@aus.example/x'><body>last</body></message>`, xmpptest.Continue
		}
		return good(said), xmpptest.Continue
	}))
	_, h := run(t, a, xmppsend.Options{})
	h.message(t, func(m xmppsend.Incoming) bool { return m.Body == "last" })
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.messages) != 2 || h.messages[0].Body != "" || h.messages[0].Sensitivity.Fault != message.FaultType || h.messages[1].Peer != "ops@aus.example" ||
		h.messages[1].Sensitivity.Fault != message.FaultNoLabel {
		t.Errorf("%+v", h.messages)
	}
}

// TestLoginFaults: a server that does not let us in as it should is not believed.
func TestLoginFaults(t *testing.T) {
	mechanism := func(names ...string) string {
		return xmpptest.Header("gbr.example", `<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>`+strings.Join(names, "</mechanism><mechanism>")+`</mechanism></mechanisms>`)
	}
	bind := xmpptest.Header("gbr.example", `<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>`)
	success := `<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>`
	for name, c := range map[string]struct {
		answers []string
		auth    xmppsend.Method
		want    error
	}{
		"hangs up":                   {nil, xmppsend.Plain, xmppsend.ErrUnreachable},
		"no login at all":            {[]string{bind, bind}, xmppsend.Plain, xmppsend.ErrAuth},
		"PLAIN where SCRAM is asked": {[]string{mechanism("PLAIN")}, xmppsend.Auto, xmppsend.ErrAuth},
		"refused":                    {[]string{mechanism("PLAIN"), `<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>`}, xmppsend.Plain, xmppsend.ErrAuth},
		"SCRAM without proof":        {[]string{mechanism("SCRAM-SHA-256"), success}, xmppsend.Auto, xmppsend.ErrAuth},
		"SCRAM without end":          {[]string{mechanism("SCRAM-SHA-256"), `<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>cj1hLHM=</challenge>`}, xmppsend.Auto, xmppsend.ErrAuth},
		"another's address":          {[]string{mechanism("PLAIN"), success, bind, `<iq type='result' id='ID'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>evil@gbr.example/x</jid></bind></iq>`}, xmppsend.Plain, xmppsend.ErrProtocol},
		"no address":                 {[]string{mechanism("PLAIN"), success, bind, `<iq type='result' id='ID'/>`}, xmppsend.Plain, xmppsend.ErrProtocol},
		"a huge header":              {[]string{"<stream:stream a='" + strings.Repeat("x", 1<<20)}, xmppsend.Plain, xmppsend.ErrTooMuch},
		"no XMPP":                    {[]string{"HTTP/1.1 400 Bad Request\r\n\r\n"}, xmppsend.Plain, xmppsend.ErrProtocol},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, a := scripted(t, func(step int, said string) (string, xmpptest.Then) {
				if step >= len(c.answers) {
					return "", xmpptest.HangUp
				}
				return strings.ReplaceAll(c.answers[step], "ID", xmpptest.ID(said)), xmpptest.Continue
			})
			a.Auth = c.auth
			_, h := run(t, a, xmppsend.Options{})
			h.state(t, func(s xmppsend.State) bool { return !s.IsOnline && strings.Contains(s.Error, c.want.Error()) })
			for _, s := range h.states {
				if s.IsOnline {
					t.Error("let in")
				}
			}
		})
	}
}
