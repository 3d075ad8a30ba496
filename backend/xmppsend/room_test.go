package xmppsend_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"caveat/backend/message"
	"caveat/backend/outbox"
	"caveat/backend/xmppsend"
	"caveat/backend/xmpptest"
)

const room = "watch@rooms.gbr.example"

// entered plays a server with one room, which lets us in and answers messages with what shows gives.
func entered(shows func(said string) string) xmpptest.Play {
	return xmpptest.LetIn(me, func(_ int, said string) (string, xmpptest.Then) {
		switch {
		case strings.HasPrefix(said, "<presence to="):
			return `<presence from='` + xmpptest.To(said) + `'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='member' role='participant'/><status code='110'/></x></presence>`, xmpptest.Continue
		case strings.HasPrefix(said, "<message"):
			return shows(said), xmpptest.Continue
		}
		return good(said), xmpptest.Continue
	})
}

// TestRoomReflection: only the room's own showing of our own message makes it accepted.
func TestRoomReflection(t *testing.T) {
	shown := func(id, nick, more string) string {
		return `<message type='groupchat' id='` + id + `' from='` + room + `/` + nick + `'><body>x</body>` + more + `</message>`
	}
	const refusal = `<error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`
	for name, c := range map[string]struct {
		answer string
		want   outcome
	}{
		"shown":                        {shown("g1", "Duty", ""), outcome{state: outbox.Accepted}},
		"shown under an id of its own": {shown("new", "Duty", "<origin-id xmlns='urn:xmpp:sid:0' id='g1'/>"), outcome{state: outbox.Accepted}},
		"shown as somebody else's":     {shown("g1", "Ops", ""), outcome{err: xmppsend.ErrTimeout}},
		"shown by another room":        {strings.ReplaceAll(shown("g1", "Duty", ""), "watch@", "other@"), outcome{err: xmppsend.ErrTimeout}},
		"shown as an old one":          {shown("g1", "Duty", "<delay xmlns='urn:xmpp:delay' stamp='2026-03-01T10:00:00Z'/>"), outcome{err: xmppsend.ErrTimeout}},
		"another one shown":            {shown("g2", "Duty", ""), outcome{err: xmppsend.ErrTimeout}},
		"refused":                      {`<message type='error' id='g1' from='` + room + `'>` + refusal + `</message>`, outcome{state: outbox.Refused}},
		"refused by a stranger":        {`<message type='error' id='g1' from='evil@evil.example'>` + refusal + `</message>`, outcome{err: xmppsend.ErrTimeout}},
		"nothing":                      {"", outcome{err: xmppsend.ErrTimeout}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, a := scripted(t, entered(func(string) string { return c.answer }))
			a.Timeout = time.Second
			s, h := run(t, a, xmppsend.Options{})
			h.state(t, isOnline)
			if err := s.Join(t.Context(), "duty", room, "Duty", xmppsend.JoinOptions{}); err != nil {
				t.Fatal(err)
			}
			got, asked, err := send(t, s, "g1", wire(t, "g1", "To all.", message.Stanza{Room: true}), room)
			if !errors.Is(err, c.want.err) || asked != 1 || err == nil && got[0].State != c.want.state {
				t.Errorf("%+v, asked %d times, %v", got, asked, err)
			}
			neverUnlabelled(t, server)
		})
	}
}

// outcome is what is to come of a message: an error, or a state.
type outcome struct {
	err   error
	state outbox.State
}

// TestRoomComesBack: put out because a server was not reached, the room is entered again; put out by somebody, it is not.
func TestRoomComesBack(t *testing.T) {
	for name, c := range map[string]struct {
		code string
		back bool
	}{"a server was not reached": {"333", true}, "the service went down": {"332", true}, "kicked": {"307", false}, "banned": {"301", false}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, a := scripted(t, entered(func(string) string {
				return `<presence type='unavailable' from='` + room + `/Duty'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='none'/><status code='110'/><status code='` + c.code + `'/></x></presence>`
			}))
			a.Timeout = time.Second
			s, h := run(t, a, xmppsend.Options{})
			h.state(t, isOnline)
			if err := s.Join(t.Context(), "duty", room, "Duty", xmppsend.JoinOptions{}); err != nil {
				t.Fatal(err)
			}
			if _, _, err := send(t, s, "g1", wire(t, "g1", "x", message.Stanza{Room: true}), room); !errors.Is(err, xmppsend.ErrTimeout) {
				t.Errorf("%v", err)
			}
			h.room(t, func(e xmppsend.RoomEvent) bool { return e.Kind == xmppsend.Gone })
			if !c.back {
				if err := s.Leave(t.Context(), "duty", room); !errors.Is(err, xmppsend.ErrNotJoined) {
					t.Errorf("the room is still wanted: %v", err)
				}
				return
			}
			n := 0
			await(t, h, func() []xmppsend.RoomEvent { return h.rooms }, "second entry", func(e xmppsend.RoomEvent) bool {
				if e.Kind == xmppsend.Entered {
					n++
				}
				return n >= 2
			})
			for _, said := range server.Said() {
				if strings.HasPrefix(said, "<presence") && (strings.Contains(said, "<status") || strings.Contains(said, "<show") || strings.Contains(said, "<priority")) {
					t.Errorf("presence tells more: %s", said)
				}
			}
		})
	}
}

// TestSeveralAccounts: each has its session, and one that cannot be used does not stop the other.
func TestSeveralAccounts(t *testing.T) {
	_, a := scripted(t, xmpptest.LetIn(me, goodAfterLogin))
	_, b := scripted(t, xmpptest.LetIn("watch@gbr.example/desk", goodAfterLogin))
	b.JID = "watch@gbr.example"
	accounts := map[string]xmppsend.Account{"duty": a, "watch": b}
	h := newRecorder()
	unknown := errors.New("no such account")
	s := xmppsend.New(func(_ context.Context, name string) (xmppsend.Account, error) {
		if x, ok := accounts[name]; ok {
			return x, nil
		}
		return xmppsend.Account{}, unknown
	}, h, xmppsend.Options{})
	before := runtime.NumGoroutine()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx, "duty", "watch", "none") }()
	h.state(t, func(s xmppsend.State) bool { return s.JID == me })
	h.state(t, func(s xmppsend.State) bool { return s.JID == "watch@gbr.example/desk" })
	h.state(t, func(s xmppsend.State) bool { return s.Error == unknown.Error() })
	if got := s.State("duty"); !got.IsOnline || got.JID != me || got.Since.IsZero() {
		t.Errorf("%+v", got)
	}
	if _, err := s.Features(t.Context(), "none", "gbr.example"); !errors.Is(err, xmppsend.ErrOffline) {
		t.Errorf("%v", err)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if got := s.State("duty"); got.IsOnline {
		t.Errorf("%+v", got)
	}
	for deadline := time.Now().Add(patience); runtime.NumGoroutine() > before; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines are left, %d before", runtime.NumGoroutine(), before)
		}
	}
}
