package xmppsend_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/message"
	"caveat/backend/xmppsend"
	"caveat/backend/xmpptest"
)

// TestWhatLeavesByLink: whatever somebody asks or does, what goes over a link is no more than what it carries and tells.
func TestWhatLeavesByLink(t *testing.T) {
	controls := map[string]xmppsend.Controls{
		"told.example": {Receipts: true}, "silent.example": {}, "closed.example": {Receipts: true, NoChat: true, NoRooms: true, NoQueries: true},
	}
	var asks strings.Builder
	for domain := range controls {
		from := " from='ops@" + domain + "/x' to='" + me + "'"
		asks.WriteString(`<message` + from + ` type='chat' id='r-` + domain + `'><body>x</body><request xmlns='urn:xmpp:receipts'/><markable xmlns='urn:xmpp:chat-markers:0'/><active xmlns='http://jabber.org/protocol/chatstates'/></message>`)
		for _, payload := range []string{
			`<query xmlns='jabber:iq:version'/>`, `<query xmlns='jabber:iq:last'/>`, `<time xmlns='urn:xmpp:time'/>`, `<ping xmlns='urn:xmpp:ping'/>`,
			`<query xmlns='http://jabber.org/protocol/disco#info'/>`, `<query xmlns='http://jabber.org/protocol/disco#items'/>`, `<vCard xmlns='vcard-temp'/>`,
		} {
			asks.WriteString(`<iq type='get' id='q-` + domain + `'` + from + `>` + payload + `</iq>`)
		}
		for _, kind := range []string{"subscribe", "unsubscribe", "probe", ""} {
			asks.WriteString(`<presence type='` + kind + `'` + from + `><show>dnd</show><status>x</status><c xmlns='http://jabber.org/protocol/caps' node='n' ver='v' hash='sha-1'/></presence>`)
		}
		asks.WriteString(`<message` + from + `><x xmlns='` + mucUser + `'><invite from='a@` + domain + `'/></x></message><message` + from + `><x xmlns='jabber:x:conference' jid='r@` + domain + `'/></message>` +
			`<message` + from + `><event xmlns='http://jabber.org/protocol/pubsub#event'><items node='u'/></event></message>` +
			`<message` + from + ` type='error' id='e'><body>x</body><error type='cancel'/></message><message` + from + `><body>x</body><body>y</body></message>`)
	}
	asks.WriteString(`<iq type='get' id='end' from='gbr.example'><ping xmlns='urn:xmpp:ping'/></iq>`)
	server, a := scripted(t, xmpptest.LetIn(me, func(_ int, said string) (string, xmpptest.Then) {
		if said == "<presence/>" {
			return asks.String(), xmpptest.Continue
		}
		return good(said), xmpptest.Continue
	}))
	s, h := run(t, a, xmppsend.Options{Controls: func(domain string) xmppsend.Controls {
		return controls[strings.TrimPrefix(domain, "rooms.")]
	}})
	h.state(t, isOnline)
	if _, asked, err := send(t, s, "m1", wire(t, "m1", "x", message.Stanza{}), "ops@closed.example"); !errors.Is(err, xmppsend.ErrNotAllowed) || asked != 0 {
		t.Errorf("a message: %v", err)
	}
	if err := s.Join(t.Context(), "duty", "r@rooms.closed.example", "Duty", xmppsend.JoinOptions{}); !errors.Is(err, xmppsend.ErrNotAllowed) {
		t.Errorf("a room: %v", err)
	}
	for what, err := range map[string]error{
		"features": second(s.Features(t.Context(), "duty", "rooms.closed.example")), "rooms": second(s.Rooms(t.Context(), "duty", "rooms.closed.example")),
		"services": second(s.Services(t.Context(), "duty", "closed.example")),
	} {
		if !errors.Is(err, xmppsend.ErrNotAllowed) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, _, err := send(t, s, "m2", wire(t, "m2", "x", message.Stanza{}), "ops@silent.example"); err != nil {
		t.Error(err)
	}
	isEnd := func(said string) bool { return xmpptest.ID(said) == "end" }
	for deadline := time.Now().Add(patience); !slices.ContainsFunc(server.Said(), isEnd); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the own server's ping is not answered: %q", server.Said())
		}
	}
	var receipts, refusals []string
	for _, said := range server.Said() {
		_, rest, _ := strings.Cut(xmpptest.To(said), "@")
		domain, _, _ := strings.Cut(rest, "/")
		switch {
		case isEnd(said) && strings.Contains(said, "result"):
		case said == "<presence/>", domain == "" && strings.HasPrefix(said, "<iq"), xmpptest.ID(said) == "m2":
		case strings.HasPrefix(said, "<?xml"), strings.HasPrefix(said, "<stream"), strings.HasPrefix(said, "<auth"):
		case strings.HasPrefix(said, "<message") && strings.Contains(said, "<received"):
			receipts = append(receipts, domain)
			if strings.Contains(said, "body") || strings.Contains(said, "label") {
				t.Errorf("a receipt that says more: %s", said)
			}
		case strings.HasPrefix(said, "<iq") && strings.Contains(said, "service-unavailable"):
			refusals = append(refusals, domain)
			if strings.Contains(said, "securitylabel") || strings.Contains(said, "version") {
				t.Errorf("an error that says more: %s", said)
			}
		default:
			t.Errorf("it leaves: %s", said)
		}
		if strings.Contains(xmpptest.To(said), "closed.example") {
			t.Errorf("over the link that carries nothing: %s", said)
		}
	}
	slices.Sort(refusals)
	if !slices.Equal(receipts, []string{"told.example"}) || len(refusals) != 14 || !slices.Equal(slices.Compact(refusals), []string{"silent.example", "told.example"}) {
		t.Errorf("receipts to %q, refusals to %q", receipts, refusals)
	}
}

func second[T any](_ T, err error) error { return err }

// TestErrorsCarryNoLabel: a refusal that comes with a label, and with the text that it refuses, is a refusal and no labelled message.
func TestErrorsCarryNoLabel(t *testing.T) {
	w := string(wire(t, "m1", "Not for everybody.", message.Stanza{}))
	_, a := scripted(t, xmpptest.LetIn(me, func(_ int, said string) (string, xmpptest.Then) {
		if said == "<presence/>" {
			return strings.Replace(strings.Replace(w, `type="chat"`, `type="error" from="ops@aus.example"`, 1), "</message>",
				`<error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>`, 1), xmpptest.Continue
		}
		return good(said), xmpptest.Continue
	}))
	_, h := run(t, a, xmppsend.Options{})
	m := h.message(t, func(m xmppsend.Incoming) bool { return m.ID == "m1" })
	if m.Error == nil || m.Error.Condition != "forbidden" || len(m.Sensitivity.Received) != 0 || m.Sensitivity.Label != nil || m.Sensitivity.Marking != "" || m.Own {
		t.Errorf("%+v", m)
	}
}

// TestWaits between attempts grow, are never all the same, have an end, and begin anew after a session that was healthy.
func TestWaits(t *testing.T) {
	got := xmppsend.Waits(make([]time.Duration, 12)...)
	for i, pause := range got {
		whole := min(time.Second<<i, 5*time.Minute)
		if pause < whole/2 || pause > whole {
			t.Errorf("%d: %s of %s", i, pause, whole)
		}
	}
	if again := xmppsend.Waits(0, 0, 0, 0, time.Hour); again[4] > time.Second {
		t.Errorf("after a long session: %s", again[4])
	}
}
