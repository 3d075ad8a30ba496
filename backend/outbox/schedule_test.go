package outbox_test

import (
	"strings"
	"testing"
	"time"

	"caveat/backend/draft"
	"caveat/backend/outbox"
)

// later is a message that is to leave after some time.
func (o *office) later(after time.Duration, to ...string) draft.Draft {
	d := message("SECRET", to...)
	at := o.Now().Add(after)
	d.SendAt = &at
	return d
}

func TestRule24ScheduledMessageWaits(t *testing.T) {
	o := newOffice(t)
	id := o.queue(o.later(3*time.Hour, ann))
	at := o.Now().Add(3 * time.Hour)
	if m := o.show(id); m.SendAt == nil || !m.SendAt.Equal(at) || !m.NextTry.Equal(at) {
		t.Errorf("%+v", m)
	}
	wire, err := o.box.Wire(t.Context(), id)
	must(t, err)
	if !strings.Contains(string(wire), "\r\nDate: "+at.Format("Mon, 02 Jan 2006 15:04:05 +0000")) {
		t.Errorf("not dated by its time:\n%s", wire)
	}
	o.sleep(2 * time.Hour)
	o.sendDue()
	o.exec(`UPDATE message SET next_try = 0, send_at = 0`) // whatever the row says, the draft says when
	o.sendDue()
	o.state(id, outbox.Queued, outbox.Queued)
	o.sleep(time.Hour)
	o.sendDue()
	o.state(id, outbox.Accepted, outbox.Accepted)
}

func TestRule24ScheduledMessageIsCheckedAtItsTime(t *testing.T) {
	for name, change := range map[string]func(*office){
		"no longer cleared": func(o *office) { o.set(ann, "OPEN") },
		"withdrawn":         func(o *office) { p := o.parties[ann]; p.Entries = nil; o.parties[ann] = p },
		"its link":          func(o *office) { o.links["atl.example"] = o.clearance("OPEN") },
		"its sender":        func(o *office) { o.set(op, "OPEN") },
	} {
		for _, after := range []time.Duration{time.Minute, time.Hour} { // shorter and longer than the sending age
			t.Run(name+" after "+after.String(), func(t *testing.T) {
				o := newOffice(t)
				id := o.queue(o.later(after, ann))
				o.sleep(after)
				change(o)
				o.sendDue()
				o.state(id, outbox.Held, outbox.Held)
				if o.sender.attempts() != 0 {
					t.Error("it was tried")
				}
			})
		}
	}
}

func TestScheduledMessageIsDropped(t *testing.T) {
	o := newOffice(t)
	id := o.queue(o.later(time.Hour, ann))
	must(t, o.box.Drop(t.Context(), id, "tester"))
	o.sleep(2 * time.Hour)
	o.sendDue()
	o.state(id, outbox.Dropped, outbox.Dropped)
}

func TestScheduledInThePastLeavesAtOnce(t *testing.T) {
	o := newOffice(t)
	id := o.queue(o.later(-time.Hour, ann))
	if m := o.show(id); m.SendAt != nil {
		t.Errorf("%+v", m)
	}
	o.sendDue()
	o.state(id, outbox.Accepted, outbox.Accepted)
}

// A message that waits for longer than messages are tried is not given up before it was tried.
func TestScheduledForLongIsStillTried(t *testing.T) {
	o := newOffice(t)
	o.sender.steps = []step{failBefore(errBroken)}
	id := o.queue(o.later(10*24*time.Hour, ann))
	o.sleep(10 * 24 * time.Hour)
	o.sendDue()
	o.state(id, outbox.Deferred, outbox.Deferred)
}

// Killed while it waits, the program sends it at its time, after a check (RULES 24, 25).
func TestRule24ScheduledSurvivesAKill(t *testing.T) {
	dir := t.TempDir()
	id := killed(t, dir, "after Clear, scheduled")
	o := &office{world: newWorld(t), t: t, dir: dir, sender: &sender{}}
	o.restart()
	must(t, o.box.Recover(t.Context()))
	o.sendDue()
	o.state(id, outbox.Queued, outbox.Queued, outbox.Queued)
	o.sleep(time.Hour)
	o.sendDue()
	o.state(id, outbox.Accepted, outbox.Accepted, outbox.Accepted)
	if n := o.sender.attempts(); n != 1 {
		t.Errorf("%d attempts", n)
	}
}
