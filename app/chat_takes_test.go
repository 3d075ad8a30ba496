package app

import (
	"errors"
	"testing"
	"time"

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

// That a server did not answer is gone by for a moment only: its next answer must not wait for what an old silence says. Who goes on being
// silent is asked less and less often.
func TestRule26SilenceCountsForAMoment(t *testing.T) {
	silent := func(times int) heard { return heard{err: errors.New("timeout"), times: times} }
	for _, c := range []struct {
		kept heard
		want time.Duration
	}{
		{silent(1), 3 * time.Second},
		{silent(2), 6 * time.Second},
		{silent(4), 24 * time.Second},
		{silent(5), takesCounts},
		{silent(1000), takesCounts},
		{heard{}, takesCounts},
	} {
		if got := c.kept.counts(); got != c.want {
			t.Errorf("%v, %d times: %v, want %v", c.kept.err, c.kept.times, got, c.want)
		}
	}

	const key, address = "talk\x00olena@ukr.example", "olena@ukr.example"
	old := silent(1)
	old.at = now().Add(-time.Hour)
	l := &chatLink{heard: map[string]heard{key: old}}
	if _, err := l.Takes(t.Context(), "talk", address, false, false); !errors.Is(err, xmppsend.ErrOffline) { // asked again, of a program that keeps no session
		t.Errorf("an hour later: %v", err)
	}
	fresh := silent(1)
	fresh.at = now().Add(-time.Millisecond)
	fresh.times = 5
	l = &chatLink{heard: map[string]heard{key: fresh}}
	if _, err := l.Takes(t.Context(), "talk", address, false, false); !errors.Is(err, fresh.err) {
		t.Errorf("at once: %v", err)
	}
}
