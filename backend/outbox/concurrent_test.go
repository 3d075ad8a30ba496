package outbox_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"caveat/backend/draft"
	"caveat/backend/outbox"
	"caveat/backend/presend"
)

// A second process clears and drops while the holder sends: everything is sent once, or was dropped.
func TestRule25TwoProcesses(t *testing.T) {
	o := newOffice(t)
	guest := outbox.New(openStore(t, o.dir), o.config(nil))
	ctx, end := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	go func() { ran <- o.box.Run(ctx) }()
	const each = 10
	var mu sync.Mutex
	ids := map[string]bool{} // whether the guest dropped it
	var wg sync.WaitGroup
	for _, box := range []*outbox.Box{o.box, guest} {
		wg.Go(func() {
			for i := range each {
				r, err := o.checkAtSend(t.Context(), message("OPEN", ann, bob))
				if err != nil {
					t.Error(err)
					return
				}
				c, err := box.Clear(t.Context(), outbox.Request{Result: r, Account: "atl"})
				if err != nil {
					t.Error(err)
					return
				}
				dropped := i%3 == 0 && guest.Drop(t.Context(), c.ID(), "tester") == nil
				mu.Lock()
				ids[c.ID()] = dropped
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	for start := time.Now(); time.Since(start) < patience; time.Sleep(10 * time.Millisecond) {
		list, err := guest.List(t.Context(), 2*each)
		must(t, err)
		done := true
		for _, m := range list {
			done = done && m.IsDone()
		}
		if done && len(list) == 2*each {
			break
		}
	}
	end()
	must(t, <-ran)
	times := map[string]int{}
	for _, s := range o.sender.sent {
		times[s.id]++
	}
	for id, dropped := range ids {
		m := o.show(id)
		switch {
		case dropped && (m.State != outbox.Dropped || times[id] != 0):
			t.Errorf("%s was dropped, and is %s after %d attempts", id, m.State, times[id])
		case !dropped && (m.State != outbox.Accepted || times[id] != 1):
			t.Errorf("%s is %s after %d attempts", id, m.State, times[id])
		}
	}
	o.log()
}

// Even two rounds at once, which the contract forbids, send once.
func TestRule25TwoRoundsAtOnce(t *testing.T) {
	o := newOffice(t)
	var ids []string
	for range 8 {
		ids = append(ids, o.queue(message("OPEN", ann)))
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if err := o.box.SendDue(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, id := range ids {
		o.state(id, outbox.Accepted, outbox.Accepted)
	}
	if n := o.sender.attempts(); n != len(ids) {
		t.Errorf("%d attempts for %d messages", n, len(ids))
	}
}

// A round that looked at a message before another one tried it must not try it by what it saw: here it would send again to
// somebody who has it.
func TestRule25OldKnowledgeIsNotUsed(t *testing.T) {
	o := newOffice(t)
	o.sender.steps = []step{answer(map[string]outbox.State{bob: outbox.Deferred})}
	id := o.queue(message("OPEN", ann, bob))
	o.restart() // so that it is checked again, which takes its time
	c := o.config(o.sender)
	inner := c.Recheck
	first := true
	c.Recheck = func(ctx context.Context, d draft.Draft) (*presend.Result, error) {
		if first {
			first = false
			o.sendDue() // meanwhile
		}
		return inner(ctx, d)
	}
	must(t, outbox.New(o.store, c).SendDue(t.Context()))
	if n := o.sender.attempts(); n != 1 {
		t.Errorf("%d attempts: %v", n, o.sender.sent)
	}
	o.state(id, outbox.Deferred, outbox.Accepted, outbox.Deferred)
	if got := strings.Join(o.sender.sent[0].to, " "); got != ann+" "+bob {
		t.Errorf("sent to %s", got)
	}
}
