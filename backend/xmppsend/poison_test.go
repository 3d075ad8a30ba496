package xmppsend_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"caveat/backend/message"
	"caveat/backend/xmppsend"
	"caveat/backend/xmpptest"
)

// poisons are contents that servers pass on, and that are not read.
func poisons() map[string]string {
	return map[string]string{
		"depth":      strings.Repeat("<a xmlns='u:x'>", 40) + strings.Repeat("</a>", 40),
		"elements":   "<b xmlns='u:x'>" + strings.Repeat("<a/>", 1100) + "</b>",
		"attributes": "<b xmlns='u:x'" + attributes(80) + "/>",
		"size":       "<b xmlns='u:x'>" + strings.Repeat("x", 300<<10) + "</b>",
		"a name":     "<" + strings.Repeat("x", 2000) + " xmlns='u:x'/>",
	}
}

// TestStanzaBeyondTheLimits: what anybody can send takes no account off: it is told as damaged, with whose it is, and what follows is heard.
func TestStanzaBeyondTheLimits(t *testing.T) {
	all := map[string]string{"attributes of its own": "<message from='a@evil.example/x' type='chat' id='p'" + attributes(80) + "><body>x</body></message>"}
	for name, poison := range poisons() {
		all[name] = "<message from='a@evil.example/x' type='chat' id='p'><body>x</body>" + poison + "</message>"
	}
	for name, say := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, h := inside(t, say+"<message from='ops@aus.example/x'><body>last</body></message>")
			h.message(t, func(m xmppsend.Incoming) bool { return m.Body == "last" })
			h.mu.Lock()
			defer h.mu.Unlock()
			m := h.messages[0]
			if len(h.messages) != 2 || m.Peer != "a@evil.example" || m.ID != "p" || m.Type != "chat" || m.Body != "" || m.Sensitivity.Fault != message.FaultMalformed ||
				!strings.Contains(m.Damage, "more than") {
				t.Errorf("%.500q", fmt.Sprintf("%+v", h.messages))
			}
			for _, s := range h.states {
				if !s.IsOnline {
					t.Errorf("the session ended: %s", s.Error)
				}
			}
		})
	}
}

// TestOccupantBeyondTheLimits: somebody whose presence is not read is there, and is unknown, whatever of it came before.
func TestOccupantBeyondTheLimits(t *testing.T) {
	for name, poison := range poisons() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, s, _ := inside(t, strings.Replace(person("Low", `<item jid='cleared@gbr.example/x'/>`), "</presence>", poison+"</presence>", 1))
			list, _, err := s.Occupants(t.Context(), room)
			if err != nil || len(list) != 1 || list[0].Nick != "Low" || list[0].Address != "" {
				t.Errorf("%+v, %v", list, err)
			}
		})
	}
}

// TestArchiveWithDamage: a message in an archive that is not read is told in its place, as damaged; what stands behind it is read.
func TestArchiveWithDamage(t *testing.T) {
	for name, poison := range poisons() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, a := scripted(t, xmpptest.LetIn(me, func(_ int, said string) (string, xmpptest.Then) {
				if !strings.Contains(said, "urn:xmpp:mam:2") {
					return xmpptest.Understands(said, xmppsend.LabelFeature, xmppsend.ArchiveFeature), xmpptest.Continue
				}
				result := func(id, content string) string {
					return `<message><result xmlns='urn:xmpp:mam:2' queryid='` + queryID(said) + `' id='` + id + `'><forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2026-03-01T10:00:00Z'/>` +
						`<message xmlns='jabber:client' from='ops@aus.example/x' id='i` + id + `' type='chat'><body>x</body>` + content + `</message></forwarded></result></message>`
				}
				return result("1", poison) + result("2", "") + `<iq type='result' id='` + xmpptest.ID(said) + `'><fin xmlns='urn:xmpp:mam:2' complete='true'/></iq>`, xmpptest.Continue
			}))
			s, h := run(t, a, xmppsend.Options{})
			h.state(t, isOnline)
			var got []xmppsend.Incoming
			err := s.Archive(t.Context(), "duty", "ops@aus.example", time.Time{}, func(m xmppsend.Incoming) error { got = append(got, m); return nil })
			if err != nil || len(got) != 2 || got[1].Body != "x" {
				t.Fatalf("%d messages, %v", len(got), err)
			}
			if m := got[0]; m.Damage == "" || m.Body != "" || m.Peer != "ops@aus.example" || m.ArchiveID != "1" || m.ID != "i1" || m.Delay == nil {
				t.Errorf("%+v", m)
			}
		})
	}
}

// TestAnswerBeyondTheLimits: who asked is told, and nothing of it counts.
func TestAnswerBeyondTheLimits(t *testing.T) {
	_, a := scripted(t, xmpptest.LetIn(me, func(_ int, said string) (string, xmpptest.Then) {
		if strings.Contains(said, "disco#items") {
			return `<iq type='result' id='` + xmpptest.ID(said) + `' from='` + xmpptest.To(said) + `'><query xmlns='http://jabber.org/protocol/disco#items'>` +
				strings.Repeat(`<item jid='`+room+`'/>`, xmppsend.MaxAnswerElement) + `</query></iq>`, xmpptest.Continue
		}
		return good(said), xmpptest.Continue
	}))
	s, h := run(t, a, xmppsend.Options{})
	h.state(t, isOnline)
	if list, err := s.Rooms(t.Context(), "duty", "rooms.gbr.example"); !errors.Is(err, xmppsend.ErrTooMuch) || len(list) > 0 {
		t.Errorf("%d rooms, %v", len(list), err)
	}
	if !s.State("duty").IsOnline {
		t.Error("the session ended")
	}
}

// TestRoomWithoutEnd: a room with more people than are kept in mind is left and forgotten; the session goes on.
func TestRoomWithoutEnd(t *testing.T) {
	var flood strings.Builder
	for i := range xmppsend.MaxOccupants + 2 {
		fmt.Fprintf(&flood, `<presence from='%s/n%d'><x xmlns='%s'><item affiliation='none' role='participant'/></x></presence>`, room, i, mucUser)
	}
	for name, first := range map[string]string{"before it lets us in": "", "and then": selfEnter} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, a := scripted(t, xmpptest.LetIn(me, func(_ int, said string) (string, xmpptest.Then) {
				if strings.HasPrefix(said, "<presence to=") && !strings.Contains(said, "unavailable") {
					return first + flood.String() + "<message from='ops@aus.example/x'><body>last</body></message>", xmpptest.Continue
				}
				return good(said), xmpptest.Continue
			}))
			s, h := run(t, a, xmppsend.Options{})
			h.state(t, isOnline)
			if err := s.Join(t.Context(), "duty", room, "Duty", xmppsend.JoinOptions{}); !errors.Is(err, xmppsend.ErrTooMuch) && first == "" {
				t.Errorf("%v", err)
			}
			h.message(t, func(m xmppsend.Incoming) bool { return m.Body == "last" })
			e := h.room(t, func(e xmppsend.RoomEvent) bool { return e.Kind == xmppsend.Gone })
			if _, _, err := s.Occupants(t.Context(), room); !errors.Is(err, xmppsend.ErrNotJoined) || !strings.Contains(e.Reason, "occupants") {
				t.Errorf("%+v, %v", e, err)
			}
			if err := s.Leave(t.Context(), "duty", room); !errors.Is(err, xmppsend.ErrNotJoined) {
				t.Errorf("the room is still wanted: %v", err)
			}
			if !s.State("duty").IsOnline {
				t.Error("the session ended")
			}
		})
	}
}
