//go:build linux

package app_test

import (
	"testing"
)

// TestPerhapsDeliveredIsDecidedByTheUser: resend makes a new message and retires the old one; drop ends it.
func TestPerhapsDeliveredIsDecidedByTheUser(t *testing.T) {
	e := embeddedWorld(t)
	if r := caveat(t, "", "book", "sync", "--data", e.data); r.status != 0 {
		t.Fatal(r.stderr)
	}
	uncertain := func() queued {
		m := e.killed(t, func(kill func()) { e.hooks(nil, kill) }, nil)
		e.settles(t, m, "perhaps-delivered")
		return m
	}
	m := uncertain()
	if r := caveat(t, "", "outbox", "resend", "--data", e.data, m.ID); r.status != 0 {
		t.Fatalf("resend: %d: %s%s", r.status, r.stdout, r.stderr)
	}
	again := e.newest(t)
	if again.ID == m.ID || again.State != "accepted" || e.deliveries(again.ID) != 1 {
		t.Errorf("sent anew: %+v, delivered %d times", again, e.deliveries(again.ID))
	}
	if r := caveat(t, "", "outbox", "resend", "--data", e.data, m.ID); r.status != 1 {
		t.Errorf("resend of what was sent anew: %d: %s", r.status, r.stdout)
	}
	m = uncertain()
	if r := caveat(t, "", "outbox", "drop", "--data", e.data, m.ID); r.status != 0 {
		t.Errorf("drop: %d: %s", r.status, r.stderr)
	}
	if got := e.newest(t); got.ID != m.ID || got.State != "dropped" {
		t.Errorf("dropped: %+v", got)
	}
}
