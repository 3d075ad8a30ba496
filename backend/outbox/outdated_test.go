package outbox_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"caveat/backend/draft"
	"caveat/backend/outbox"
	"caveat/backend/presend"
)

// watcher is a talker who knows when somebody came last, and looks at it before the first octet and before the last.
type watcher struct {
	*talker
	last   time.Time
	before func()      // called when it is to send
	during func()      // called when its caller was asked
	asOf   []time.Time // of each attempt
	sent   int
}

func (k *watcher) IsAsChecked(_ outbox.Cleared, since time.Time) bool { return k.last.Before(since) }

func (k *watcher) Send(ctx context.Context, c outbox.Cleared, bodySent func() error) ([]outbox.Receipt, error) {
	k.asOf = append(k.asOf, c.AsOf())
	for _, step := range []func(){k.before, k.during} {
		if step != nil {
			step()
		}
		if !k.last.Before(c.AsOf()) {
			return nil, fmt.Errorf("somebody came (%w)", outbox.ErrOutdated)
		}
		if err := bodySent(); err != nil {
			return nil, err
		}
	}
	k.sent++
	return []outbox.Receipt{{Recipient: c.Recipients()[0], State: outbox.Accepted}}, nil
}

// newWatcher is an office whose outbox sends by a watcher; checked is called after each check again.
func newWatcher(t *testing.T, checked func(*office, *watcher)) (*office, *watcher) {
	t.Helper()
	o, k := newChat(t, nil)
	w := &watcher{talker: k}
	c := o.config(o.sender)
	c.Senders[draft.Chat] = w
	c.Recheck = func(ctx context.Context, d draft.Draft) (*presend.Result, error) {
		r, err := o.checkAtSend(ctx, d)
		if checked != nil {
			checked(o, w)
		}
		return r, err
	}
	o.box = outbox.New(o.store, c)
	return o, w
}

// TestRule07SomebodyComesDuringTheCheck: whoever enters after the occupants were read, and before the check that lets a message leave has
// come to its end, was no part of it. The message leaves by a check that began later, or not at all.
func TestRule07SomebodyComesDuringTheCheck(t *testing.T) {
	for name, lowered := range map[string]bool{"who is cleared": false, "who is not": true} {
		t.Run(name, func(t *testing.T) {
			n := 0
			o, k := newWatcher(t, func(o *office, w *watcher) {
				if n++; n == 1 {
					w.last = o.now
					o.sleep(time.Second)
					if lowered {
						o.set(bob, "OPEN")
					}
				}
			})
			id := o.queue(chat("SECRET", bob))
			o.sleep(presend.DefaultSending + time.Minute)
			o.sendDue()
			if lowered {
				o.state(id, outbox.Held, outbox.Held)
			} else {
				o.state(id, outbox.Accepted, outbox.Accepted)
			}
			if want := map[bool]int{false: 1, true: 0}[lowered]; k.sent != want || n != 2 {
				t.Errorf("sent %d times, checked %d times", k.sent, n)
			}
			if _, err := o.box.Draft(t.Context(), id); err != nil {
				t.Errorf("it does not match the log: %v", err)
			}
		})
	}
}

// TestRule07SomebodyComesWhileItIsSent: who enters up to the last octet, also while the queue writes down that this is near, has the message
// checked again; it is never perhaps delivered, nor tampered with.
func TestRule07SomebodyComesWhileItIsSent(t *testing.T) {
	for name, c := range map[string]struct{ isNear, lowered bool }{
		"before the first octet":              {false, false},
		"before the last one":                 {true, false},
		"before the last one, is not cleared": {true, true},
	} {
		t.Run(name, func(t *testing.T) {
			o, k := newWatcher(t, nil)
			once := func() {
				if k.last.IsZero() {
					k.last = o.now
					o.sleep(time.Second)
					if c.lowered {
						o.set(bob, "OPEN")
					}
				}
			}
			if k.before = once; c.isNear {
				k.before, k.during = nil, once
			}
			id := o.queue(chat("SECRET", bob))
			o.sendDue()
			if c.lowered {
				o.state(id, outbox.Held, outbox.Held)
			} else {
				o.state(id, outbox.Accepted, outbox.Accepted)
				if len(k.asOf) != 2 || !k.asOf[1].After(k.last) || !k.last.Equal(k.asOf[0]) {
					t.Errorf("sent by the checks of %v; somebody came at %v", k.asOf, k.last)
				}
			}
			if _, err := o.box.Draft(t.Context(), id); err != nil {
				t.Errorf("it does not match the log: %v", err)
			}
		})
	}
}

// TestPeopleKeepComing: a message that others would get each time is held after some tries, with words.
func TestPeopleKeepComing(t *testing.T) {
	o, k := newWatcher(t, nil)
	k.during = func() { k.last = o.now }
	id := o.queue(chat("SECRET", bob))
	tries := 0
	for ; o.show(id).State != outbox.Held && tries < 20; tries++ {
		o.sendDue()
		o.sleep(10 * time.Second)
	}
	if m := o.show(id); m.State != outbox.Held || !strings.Contains(m.Note, "again and again") || k.sent != 0 || len(k.asOf) != 6 {
		t.Errorf("%+v after %d rounds and %d attempts", m, tries, len(k.asOf))
	}
	if _, err := o.box.Draft(t.Context(), id); err != nil {
		t.Errorf("it does not match the log: %v", err)
	}
	o.sleep(time.Hour)
	if o.sendDue(); len(k.asOf) != 6 {
		t.Error("it was tried again")
	}
}
