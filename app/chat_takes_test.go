package app

import (
	"errors"
	"testing"

	"caveat/backend/xmppsend"
)

// A program that keeps no chat session, because another one does, knows neither who is in a room nor what servers take, and says so.
func TestRule7RoomsAreSeenByWhoKeepsTheSessions(t *testing.T) {
	l := &chatLink{}
	if list, complete, err := l.Occupants(t.Context(), "ops@rooms.gbr.example"); !errors.Is(err, xmppsend.ErrOffline) || complete || len(list) > 0 {
		t.Errorf("%v, %v, %v", list, complete, err)
	}
	for _, live := range []bool{false, true} {
		if _, err := l.Takes(t.Context(), "talk", "ops@rooms.gbr.example", true, live); !errors.Is(err, xmppsend.ErrOffline) {
			t.Errorf("live %v: %v", live, err)
		}
	}
	if len(l.heard) > 0 {
		t.Error("that nobody could be asked is remembered")
	}
}
