package app

import (
	"errors"
	"testing"
	"time"

	"caveat/backend/presend"
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

// That a server did not answer is gone by for a moment only: its next answer must not wait for what an old silence says.
func TestRule26SilenceCountsForAMoment(t *testing.T) {
	silence := errors.New("timeout")
	for _, c := range []struct {
		age  time.Duration
		kept heard
		want error
	}{
		{takesUnheard / 2, heard{err: silence}, silence},
		{2 * takesUnheard, heard{err: silence}, xmppsend.ErrOffline}, // asked again, of a program that keeps no session
		{2 * takesUnheard, heard{taken: presend.Taken{IsRestricted: true}}, nil},
		{2 * takesCounts, heard{taken: presend.Taken{IsRestricted: true}}, xmppsend.ErrOffline},
	} {
		l := &chatLink{heard: map[string]heard{"talk\x00olena@ukr.example": c.kept}}
		h := l.heard["talk\x00olena@ukr.example"]
		h.at = now().Add(-c.age)
		l.heard["talk\x00olena@ukr.example"] = h
		if _, err := l.Takes(t.Context(), "talk", "olena@ukr.example", false, false); !errors.Is(err, c.want) {
			t.Errorf("after %v of %v: %v", c.age, c.kept.err, err)
		}
	}
}
