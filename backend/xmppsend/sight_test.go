package xmppsend_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"caveat/backend/message"
	"caveat/backend/outbox"
	"caveat/backend/xmppsend"
	"caveat/backend/xmpptest"
)

const (
	mucUser   = `http://jabber.org/protocol/muc#user`
	selfEnter = `<presence from='` + room + `/Duty'><x xmlns='` + mucUser + `'><item affiliation='member' role='participant'/><status code='110'/></x></presence>`
)

func person(nick, items string) string {
	return `<presence from='` + room + `/` + nick + `'><x xmlns='` + mucUser + `'>` + items + `</x></presence>`
}

// inside joins a room whose service says first before it lets us in.
func inside(t *testing.T, first string) (*xmpptest.Script, *xmppsend.Sender, *recorder) {
	t.Helper()
	server, a := scripted(t, xmpptest.LetIn(me, func(_ int, said string) (string, xmpptest.Then) {
		if strings.HasPrefix(said, "<presence to=") && !strings.Contains(said, "unavailable") {
			return first + selfEnter, xmpptest.Continue
		}
		return good(said), xmpptest.Continue
	}))
	s, h := run(t, a, xmppsend.Options{})
	h.state(t, isOnline)
	if err := s.Join(t.Context(), "duty", room, "Duty", xmppsend.JoinOptions{}); err != nil {
		t.Fatal(err)
	}
	return server, s, h
}

// TestWhoIsThereIsNeverTooFew: somebody of whom the room does not tell who it is, or tells several things, is there and is unknown.
func TestWhoIsThereIsNeverTooFew(t *testing.T) {
	for name, c := range map[string]struct{ presence, address string }{
		"told":                        {person("Ops", `<item jid='ops@aus.example/x'/>`), "ops@aus.example"},
		"several connections of one":  {person("Ops", `<item jid='ops@aus.example/x'/><item jid='OPS@aus.example/y'/>`), "ops@aus.example"},
		"two people under one nick":   {person("Ops", `<item jid='ops@aus.example/x'/><item jid='low@aus.example/y'/>`), ""},
		"and one who is not told":     {person("Ops", `<item jid='ops@aus.example/x'/><item/>`), ""},
		"not told":                    {person("Ops", `<item/>`), ""},
		"no item":                     {person("Ops", ``), ""},
		"nothing of rooms":            {`<presence from='` + room + `/Ops'/>`, ""},
		"told in another namespace":   {`<presence from='` + room + `/Ops'><x xmlns='u:x'><item jid='ops@aus.example/x'/></x></presence>`, ""},
		"an address that is none":     {person("Ops", `<item jid='/x'/>`), ""},
		"told by somebody else":       {`<presence from='evil@evil.example/Ops'><x xmlns='` + mucUser + `'><item jid='a@b.example'/></x></presence>` + person("Ops", ``), ""},
		"told twice, once by himself": {`<presence from='` + room + `/Ops'><x xmlns='` + mucUser + `'><item jid='cleared@gbr.example'/></x><x xmlns='` + mucUser + `'><item jid='low@aus.example/x'/></x></presence>`, ""},
		"us, by his own word":         {`<presence from='` + room + `/Ops'><x xmlns='` + mucUser + `'><status code='110'/></x><x xmlns='` + mucUser + `'><item jid='low@aus.example/x'/></x></presence>`, ""},
		"named first and then no one": {person("Ops", `<item jid='ops@aus.example/x'/>`) + person("Ops", ``), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, s, _ := inside(t, c.presence)
			list, complete, err := s.Occupants(t.Context(), room)
			if err != nil || !complete || len(list) != 1 || list[0].Nick != "Ops" || list[0].Address != c.address {
				t.Errorf("%+v, %v, %v", list, complete, err)
			}
		})
	}
}

// TestSomebodyComesWhileItIsSent: whoever enters between the check and the last octet was not part of the check: nothing leaves.
func TestSomebodyComesWhileItIsSent(t *testing.T) {
	for name, c := range map[string]struct {
		say  string
		want error
	}{
		"somebody enters":              {person("Low", `<item jid='low@aus.example/x'/>`), xmppsend.ErrSomebodyCame},
		"somebody is somebody else":    {person("Ops", `<item jid='low@aus.example/x'/>`), xmppsend.ErrSomebodyCame},
		"somebody is not told anymore": {person("Ops", ``), xmppsend.ErrSomebodyCame},
		"we are put out":               {strings.Replace(selfEnter, "<presence", "<presence type='unavailable'", 1), xmppsend.ErrSomebodyCame},
		"somebody leaves":              {strings.Replace(person("Ops", ``), "<presence", "<presence type='unavailable'", 1), nil},
		"somebody is made a member":    {person("Ops", `<item affiliation='member' jid='ops@aus.example/x'/>`), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, a := scripted(t, xmpptest.LetIn(me, func(_ int, said string) (string, xmpptest.Then) {
				switch {
				case strings.HasPrefix(said, "<presence to="):
					return person("Ops", `<item jid='ops@aus.example/x'/>`) + selfEnter, xmpptest.Continue
				case strings.HasPrefix(said, "<message"):
					return `<message type='groupchat' id='g1' from='` + room + `/Duty'>` + said[strings.Index(said, ">")+1:], xmpptest.Continue
				case strings.Contains(said, "disco#info") && xmpptest.To(said) == room:
					return xmpptest.Understands(said, xmppsend.RoomFeature), xmpptest.Continue // it does not say: the service is asked, too
				case strings.Contains(said, "disco#info") && xmpptest.To(said) == "rooms.gbr.example":
					return c.say + good(said), xmpptest.Continue // while it is on its way
				}
				return good(said), xmpptest.Continue
			}))
			s, h := run(t, a, xmppsend.Options{})
			h.state(t, isOnline)
			if err := s.Join(t.Context(), "duty", room, "Duty", xmppsend.JoinOptions{}); err != nil {
				t.Fatal(err)
			}
			before := time.Now()
			if !s.NobodyCame("duty", []string{room}, before) || s.NobodyCame("duty", []string{room}, before.Add(-time.Hour)) {
				t.Error("that we entered is not known")
			}
			got, n, err := send(t, s, "g1", wire(t, "g1", "To all.", message.Stanza{Room: true}), room)
			if !errors.Is(err, c.want) || errors.Is(err, outbox.ErrPermanent) || (n == 0) != (c.want != nil) {
				t.Fatalf("%+v, asked %d times, %v", got, n, err)
			}
			if s.NobodyCame("duty", []string{room}, before) != (c.want == nil) {
				t.Error("whether somebody came is not known")
			}
			for _, said := range server.Said() {
				if strings.HasPrefix(said, "<message") && c.want != nil {
					t.Errorf("it went out: %s", said)
				}
			}
		})
	}
}

// TestRoomThatTakesLabelsOff: a room that shows a message without its label, or with another, has had it; that is told, and the next one
// does not go there.
func TestRoomThatTakesLabelsOff(t *testing.T) {
	other := secret()
	other.Classification = "UNCLASSIFIED"
	for name, c := range map[string]struct{ payload, says string }{
		"as it was": {"", "the room has shown it"},
		"without":   {"<body>To all.</body>", outbox.ShownUnlabelled},
		"another":   {`<body>To all.</body><securitylabel xmlns='urn:xmpp:sec-label:0'><label>` + string(other.Marshal()) + `</label></securitylabel>`, outbox.ShownRelabelled},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, a := scripted(t, entered(func(said string) string {
				if c.payload == "" {
					return `<message type='groupchat' id='g1' from='` + room + `/Duty'>` + said[strings.Index(said, ">")+1:]
				}
				return `<message type='groupchat' id='g1' from='` + room + `/Duty'>` + c.payload + `</message>`
			}))
			s, h := run(t, a, xmppsend.Options{})
			h.state(t, isOnline)
			if err := s.Join(t.Context(), "duty", room, "Duty", xmppsend.JoinOptions{}); err != nil {
				t.Fatal(err)
			}
			got, _, err := send(t, s, "g1", wire(t, "g1", "To all.", message.Stanza{Room: true}), room)
			if err != nil || got[0].State != outbox.Accepted || got[0].Text != c.says {
				t.Fatalf("%+v, %v", got, err)
			}
			// A room that was seen to do that does not understand labels, whatever it promises.
			takesOff := c.payload != ""
			if err := s.Understands(t.Context(), "duty", room, true); errors.Is(err, xmppsend.ErrNoLabels) != takesOff || s.TakesLabelsOff("duty", room) != takesOff {
				t.Errorf("understood: %v", err)
			}
			if _, n, err := send(t, s, "g2", wire(t, "g2", "To all.", message.Stanza{Room: true}), room); takesOff && (n > 0 || !errors.Is(err, xmppsend.ErrNoLabels)) {
				t.Errorf("the next message: %v", err)
			}
		})
	}
}

// TestRoomThatIsMade: a room that comes into being because we enter it is none that anybody was cleared for.
func TestRoomThatIsMade(t *testing.T) {
	server, a := scripted(t, xmpptest.LetIn(me, func(_ int, said string) (string, xmpptest.Then) {
		if strings.HasPrefix(said, "<presence to=") && !strings.Contains(said, "unavailable") {
			return strings.Replace(selfEnter, "<status", "<status code='201'/><status", 1), xmpptest.Continue
		}
		return good(said), xmpptest.Continue
	}))
	s, h := run(t, a, xmppsend.Options{})
	h.state(t, isOnline)
	err := s.Join(t.Context(), "duty", room, "Duty", xmppsend.JoinOptions{})
	var refusal *message.StanzaError
	if !errors.As(err, &refusal) || refusal.Condition != "item-not-found" {
		t.Errorf("%v", err)
	}
	if _, _, err := s.Occupants(t.Context(), room); !errors.Is(err, xmppsend.ErrNotJoined) {
		t.Errorf("%v", err)
	}
	for deadline := time.Now().Add(patience); !strings.Contains(strings.Join(server.Said(), ""), "unavailable"); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("we stay in it")
		}
	}
}

// TestRoomThatIsSilent: where a room does not say that we are in it any more, nobody knows who is; it is entered again.
func TestRoomThatIsSilent(t *testing.T) {
	refuse := func(condition string) func(string) string {
		return func(said string) string {
			return `<iq type='error' id='` + xmpptest.ID(said) + `' from='` + xmpptest.To(said) + `'><error type='cancel'><` + condition + ` xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`
		}
	}
	for name, c := range map[string]struct {
		answer func(said string) string
		isIn   bool
	}{
		"it answers":                    {good, true},
		"it hands it on to us":          {refuse("service-unavailable"), true},
		"we are not in it":              {refuse("not-acceptable"), false},
		"its server is not reached":     {refuse("remote-server-timeout"), false},
		"under another nick, if at all": {refuse("item-not-found"), false},
		"nobody answers":                {func(string) string { return "" }, false},
		"another answers in its place": {func(said string) string {
			return strings.ReplaceAll(good(said), "from='"+room, "from='evil@evil.example")
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pinged := make(chan bool, 100)
			_, a := scripted(t, xmpptest.LetIn(me, func(_ int, said string) (string, xmpptest.Then) {
				switch {
				case strings.HasPrefix(said, "<presence to="):
					return selfEnter, xmpptest.Continue
				case strings.Contains(said, "urn:xmpp:ping") && xmpptest.To(said) == room+"/Duty":
					select {
					case pinged <- true:
					default:
					}
					return c.answer(said), xmpptest.Continue
				}
				return good(said), xmpptest.Continue
			}))
			a.Ping, a.Timeout = 50*time.Millisecond, 500*time.Millisecond
			s, h := run(t, a, xmppsend.Options{})
			h.state(t, isOnline)
			if err := s.Join(t.Context(), "duty", room, "Duty", xmppsend.JoinOptions{}); err != nil {
				t.Fatal(err)
			}
			if c.isIn {
				for range 3 {
					<-pinged
				}
				if _, _, err := s.Occupants(t.Context(), room); err != nil {
					t.Errorf("%v", err)
				}
				return
			}
			e := h.room(t, func(e xmppsend.RoomEvent) bool { return e.Kind == xmppsend.Gone })
			if !strings.Contains(e.Reason, "does not say that we are in it") {
				t.Errorf("%+v", e)
			}
			n := 0
			await(t, h, func() []xmppsend.RoomEvent { return h.rooms }, "second entry", func(e xmppsend.RoomEvent) bool {
				if e.Kind == xmppsend.Entered {
					n++
				}
				return n >= 2
			})
		})
	}
}
