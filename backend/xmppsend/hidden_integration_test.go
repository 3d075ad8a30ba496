//go:build integration && linux

package xmppsend_test

import (
	"strings"
	"testing"
	"time"

	"caveat/backend/xmppsend"
)

// TestIntegrationNick: Prosody lets somebody in under a nick that our rules for addresses refuse: he is seen.
func TestIntegrationNick(t *testing.T) {
	_, aus, a := federation(t)
	s, h := run(t, a, xmppsend.Options{})
	h.state(t, isOnline)
	room := "watch@" + aus.Rooms()
	ops, low := aus.Join(t, "ops", "desk"), aus.Join(t, "j6", "desk")
	ops.Enter(t, room, "Ops")
	low.Enter(t, room, "\u1113")
	if err := s.Join(t.Context(), "duty", room, "Duty", xmppsend.JoinOptions{}); err != nil {
		t.Fatal(err)
	}
	if list, complete, err := s.Occupants(t.Context(), room); err != nil || !complete || len(list) != 2 || list[1].Address != "j6@aus.example" {
		t.Errorf("%+v, %v, %v", list, complete, err)
	}
}

// TestIntegrationRoomThatHidesPeople: a room that shows only some roles says how many people are in it: not everybody is known.
func TestIntegrationRoomThatHidesPeople(t *testing.T) {
	for name, before := range map[string]bool{"before we enter": true, "while we are in it": false} {
		t.Run(name, func(t *testing.T) {
			_, aus, a := federation(t)
			s, h := run(t, a, xmppsend.Options{})
			h.state(t, isOnline)
			room := "watch@" + aus.Rooms()
			ops, low := aus.Join(t, "ops", "desk"), aus.Join(t, "j6", "desk")
			ops.Enter(t, room, "Ops")
			low.Enter(t, room, "Low")
			join := func() {
				if err := s.Join(t.Context(), "duty", room, "Duty", xmppsend.JoinOptions{}); err != nil {
					t.Fatal(err)
				}
			}
			if !before {
				join()
				if list, complete, err := s.Occupants(t.Context(), room); err != nil || !complete || len(list) != 2 {
					t.Errorf("while it shows everybody: %+v, %v, %v", list, complete, err)
				}
			}
			ops.Configure(t, room, map[string]string{"muc#roomconfig_presencebroadcast": "moderator"})
			if before {
				join()
			} else {
				h.room(t, func(e xmppsend.RoomEvent) bool { return e.Kind == xmppsend.Config })
			}
			if list, complete, err := s.Occupants(t.Context(), room); err != nil || complete || len(list) != 1 {
				t.Errorf("%+v, %v, %v", list, complete, err)
			}
		})
	}
}

// TestIntegrationStanzaBeyondTheLimits: what a stranger, or somebody in a room, sends through Prosody beyond what is read takes the account off
// neither when it comes nor when it is read from the archive or as a room's history.
func TestIntegrationStanzaBeyondTheLimits(t *testing.T) {
	poison := func(to, kind string) string {
		return `<message to="` + to + `" type="` + kind + `" id="p"><body>hello</body>` + strings.Repeat("<a xmlns='u:x'>", 40) + strings.Repeat("</a>", 40) + `</message>`
	}
	isWhole := func(t *testing.T, h *recorder) {
		t.Helper()
		h.mu.Lock()
		defer h.mu.Unlock()
		for _, s := range h.states {
			if !s.IsOnline && s.Error != "" {
				t.Errorf("the session ended: %s", s.Error)
			}
		}
	}
	t.Run("archive", func(t *testing.T) {
		_, aus, a := federation(t)
		ops := aus.Join(t, "ops", "desk")
		s, h := run(t, a, xmppsend.Options{})
		h.state(t, isOnline)
		ops.Send(t, poison("duty@gbr.example", "chat"))
		h.message(t, func(m xmppsend.Incoming) bool { return m.Peer == "ops@aus.example" && m.Damage != "" && m.ID == "p" })
		var kept []xmppsend.Incoming
		err := s.Archive(t.Context(), "duty", "", time.Time{}, func(m xmppsend.Incoming) error { kept = append(kept, m); return nil })
		if err != nil || len(kept) != 1 || kept[0].Damage == "" || kept[0].Peer != "ops@aus.example" || kept[0].ArchiveID == "" {
			t.Errorf("%+v, %v", kept, err)
		}
		isWhole(t, h)
	})
	t.Run("room", func(t *testing.T) {
		_, aus, a := federation(t)
		room := "watch@" + aus.Rooms()
		ops := aus.Join(t, "ops", "desk")
		ops.Enter(t, room, "Ops")
		ops.Send(t, poison(room, "groupchat"))
		ops.Await(t, "hello")
		s, h := run(t, a, xmppsend.Options{})
		h.state(t, isOnline)
		if err := s.Join(t.Context(), "duty", room, "Duty", xmppsend.JoinOptions{}); err != nil {
			t.Fatal(err)
		}
		h.message(t, func(m xmppsend.Incoming) bool { return m.Peer == room && m.Nick == "Ops" && m.Damage != "" })
		isWhole(t, h)
	})
}
