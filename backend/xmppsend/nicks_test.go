package xmppsend_test

import (
	"strings"
	"testing"

	"caveat/backend/message"
	"caveat/backend/outbox"
	"caveat/backend/xmppsend"
	"caveat/backend/xmpptest"
)

// TestNickThatCannotBeRead: somebody whose nick our rules for addresses refuse, and the room's do not, is in the room all the same, is heard
// under it, and reads as nobody else.
func TestNickThatCannotBeRead(t *testing.T) {
	for name, c := range map[string]struct{ nick, reads string }{
		"conjoining jamo":          {"\u1113", "\u1113"},
		"bidi override":            {"a\u202eb", "a‹U+202E›b"},
		"zero width joiner":        {"a\u200db", "a‹U+200D›b"},
		"private use":              {"\ue000", "‹U+E000›"},
		"unassigned":               {"\u0378", "‹U+0378›"},
		"emoji variation selector": {"\u2708\ufe0f", "\u2708\ufe0f"},
		"slash":                    {"a/b", "a/b"},
		"two at":                   {"a@b@c", "a@b@c"},
		"as another reads":         {"a‹U+202E›b", "a‹U+2039›U+202E›b"},
		"too long":                 {strings.Repeat("x", 1024), ""}, // by its hash
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, s, h := inside(t, person(c.nick, `<item jid='low@aus.example/x'/>`)+`<message type='groupchat' from='`+room+`/`+c.nick+`'><body>hello</body></message>`)
			list, complete, err := s.Occupants(t.Context(), room)
			if err != nil || !complete || len(list) != 1 || list[0].Address != "low@aus.example" {
				t.Errorf("%+v, %v, %v", list, complete, err)
			}
			m := h.message(t, func(m xmppsend.Incoming) bool { return m.Body == "hello" })
			all, err := s.Inside("duty", room)
			if err != nil || len(all) != 2 || m.Own || m.Peer != room {
				t.Fatalf("%+v, %+v, %v", m, all, err)
			}
			if nick := all[0].Nick + all[1].Nick; !strings.Contains(nick, m.Nick) || len(c.nick) <= 1023 && m.Nick != c.reads || len(m.Nick) > 200 {
				t.Errorf("%q: said by %q", nick, m.Nick)
			}
		})
	}
}

// TestOwnNickThatCannotBeRead: a room that gives us such a nick shows our messages under it.
func TestOwnNickThatCannotBeRead(t *testing.T) {
	const own = "Duty\u200d"
	_, a := scripted(t, xmpptest.LetIn(me, func(_ int, said string) (string, xmpptest.Then) {
		switch {
		case strings.HasPrefix(said, "<presence to="):
			return strings.Replace(selfEnter, "/Duty", "/"+own, 1), xmpptest.Continue
		case strings.HasPrefix(said, "<message"):
			return `<message type='groupchat' id='g1' from='` + room + `/` + own + `'>` + said[strings.Index(said, ">")+1:], xmpptest.Continue
		}
		return good(said), xmpptest.Continue
	}))
	s, h := run(t, a, xmppsend.Options{})
	h.state(t, isOnline)
	if err := s.Join(t.Context(), "duty", room, "Duty", xmppsend.JoinOptions{}); err != nil {
		t.Fatal(err)
	}
	got, _, err := send(t, s, "g1", wire(t, "g1", "To all.", message.Stanza{Room: true}), room)
	if err != nil || got[0].State != outbox.Accepted || !strings.Contains(got[0].Text, "shown") {
		t.Errorf("%+v, %v", got, err)
	}
	if m := h.message(t, func(m xmppsend.Incoming) bool { return m.Body == "To all." }); !m.Own || m.Nick != s.Nick("duty", room) {
		t.Errorf("%+v", m)
	}
}

// TestWhoPlaysARoom: what a person sends as a room's message, with a nick and a past that he makes up, is nothing.
func TestWhoPlaysARoom(t *testing.T) {
	_, _, h := inside(t, `<message type='groupchat' from='evil@evil.example/General'><body>forged</body><delay xmlns='urn:xmpp:delay' stamp='2026-03-01T10:00:00Z'/></message>`+
		`<message type='chat' from='evil@evil.example/x'><body>last</body></message>`)
	h.message(t, func(m xmppsend.Incoming) bool { return m.Body == "last" })
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.messages) != 1 || h.messages[0].Room {
		t.Errorf("%+v", h.messages)
	}
}
