package outbox_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"caveat/backend/audit"
	"caveat/backend/outbox"
)

func TestListAndShow(t *testing.T) {
	o := newOffice(t)
	if list, err := o.box.List(t.Context(), 10); err != nil || list == nil || len(list) != 0 {
		t.Errorf("an empty queue: %v, %v", list, err)
	}
	var ids []string
	for range 3 {
		ids = append(ids, o.queue(message("SECRET", ann, bob)))
		o.sleep(time.Second)
	}
	list, err := o.box.List(t.Context(), 2)
	must(t, err)
	if len(list) != 2 || list[0].ID != ids[2] || list[1].ID != ids[1] || len(list[0].Recipients) != 2 {
		t.Errorf("newest first, two of three: %+v", list)
	}
	m := o.show(ids[0])
	if m.Sender != op || m.Subject != "Bridge" || !strings.Contains(m.Marking, "SECRET") || m.Created.Location() != time.UTC || m.Overridden || m.IsDone() {
		t.Errorf("%+v", m)
	}
	if _, err := o.box.Show(t.Context(), "no such"); !errors.Is(err, outbox.ErrUnknownMessage) {
		t.Errorf("Show: %v", err)
	}
	if _, err := o.box.Draft(t.Context(), "no such"); !errors.Is(err, outbox.ErrUnknownMessage) {
		t.Errorf("Draft: %v", err)
	}
	if err := o.box.Drop(t.Context(), "no such", "tester"); !errors.Is(err, outbox.ErrUnknownMessage) {
		t.Errorf("Drop: %v", err)
	}
}

func TestDrop(t *testing.T) {
	o := newOffice(t)
	for state, may := range map[outbox.State]bool{
		outbox.Queued: true, outbox.Deferred: true, outbox.Held: true, outbox.PerhapsDelivered: true,
		outbox.Sending: true, outbox.BodySent: false, outbox.Accepted: false, outbox.Refused: false, outbox.Dropped: false,
	} {
		id := o.queue(message("OPEN", ann, bob))
		o.exec(`UPDATE message SET state = ? WHERE id = ?`, state, id)
		o.exec(`UPDATE message_recipient SET state = ? WHERE message = ? AND position = 0`, outbox.Accepted, id)
		before, err := o.store.NewestChange(t.Context())
		must(t, err)
		err = o.box.Drop(t.Context(), id, "tester")
		if !may {
			if !errors.Is(err, outbox.ErrWrongState) || o.show(id).State != state {
				t.Errorf("%s: %s, %v", state, o.show(id).State, err)
			}
			continue
		}
		must(t, err)
		o.state(id, outbox.Dropped, outbox.Accepted, outbox.Dropped)
		if e := o.last(audit.TypeState).Data; e.Message != id || e.State != outbox.Dropped || e.Note == "" {
			t.Errorf("%s: logged %+v", state, e)
		}
		if changes, _, _, err := o.store.Changes(t.Context(), before); err != nil || len(changes) != 1 || changes[0].ID != id {
			t.Errorf("%s: others are told %v, %v", state, changes, err)
		}
	}
	o.exec(`DELETE FROM message_recipient`)
	o.exec(`DELETE FROM message WHERE state <> 'dropped'`)
	if o.sendDue(); o.sender.attempts() != 0 {
		t.Error("a dropped message was sent")
	}
}

// What the user takes up again is for those only of whom nothing is known.
func TestDraftOfAPartlySettledMessage(t *testing.T) {
	o := newOffice(t)
	o.sender.steps = []step{answer(map[string]outbox.State{bob: outbox.Refused, lou: "silence"})}
	d := message("OPEN", ann, bob)
	d.Info = []string{lou, op}
	id := o.queue(d)
	o.sendDue()
	o.state(id, outbox.PerhapsDelivered, outbox.Accepted, outbox.Refused, outbox.PerhapsDelivered, outbox.Accepted)
	got, err := o.box.Draft(t.Context(), id)
	must(t, err)
	if len(got.Action) != 0 || len(got.Info) != 1 || got.Info[0] != lou || got.Body != d.Body || got.Label.Selection.Classification != "OPEN" {
		t.Errorf("%+v", got)
	}
}

// Sent anew: the old one ends in the transaction that queues the new one.
func TestReplaces(t *testing.T) {
	o := newOffice(t)
	o.sender.steps = []step{failAfter(errNet), accept}
	first := o.queue(message("OPEN", ann))
	o.sendDue()
	r, err := o.checkAtSend(t.Context(), message("OPEN", ann))
	must(t, err)
	c, err := o.box.Clear(t.Context(), outbox.Request{Result: r, Account: "atl", Replaces: first})
	must(t, err)
	o.state(first, outbox.Dropped, outbox.Dropped)
	o.sendDue()
	o.state(c.ID(), outbox.Accepted, outbox.Accepted)
	for _, e := range o.log() {
		if e.Data.Message == c.ID() && e.Data.Result == "cleared" && e.Data.Replaces != first {
			t.Errorf("logged %+v", e)
		}
	}
	// What is settled, or never was, is not sent anew: nothing is queued.
	spooled := len(o.spooled())
	for _, old := range []string{first, c.ID(), "no such"} {
		if got, err := o.box.Clear(t.Context(), outbox.Request{Result: r, Account: "atl", Replaces: old}); err == nil || !got.IsZero() {
			t.Errorf("in place of %s: %+v, %v", old, got, err)
		}
	}
	if list, err := o.box.List(t.Context(), 10); err != nil || len(list) != 2 || len(o.spooled()) != spooled {
		t.Errorf("queued %d, spooled %d, %v", len(list), len(o.spooled()), err)
	}
}
