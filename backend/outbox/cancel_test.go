package outbox_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"caveat/backend/audit"
	"caveat/backend/mailtest"
	"caveat/backend/outbox"
	"caveat/backend/smtpsend"
)

// slow sends to a server that takes a while for everything.
func (o *office) slow(c mailtest.Config) *smtpsend.Sender {
	s := mailtest.StartServer(o.t, c)
	address := mailtest.Delay(o.t, s.Addr(), 20*time.Millisecond)
	smtp := smtpsend.New(func(context.Context, string) (smtpsend.Account, error) {
		return smtpsend.Account{Name: "atl", Address: address, Security: smtpsend.Plain, Timeout: time.Minute}, nil
	})
	o.t.Cleanup(func() { smtp.Close() })
	o.box = outbox.New(o.store, o.config(smtp))
	return smtp
}

// What the user drops while it is being sent is not ended: the server gets it in part at most, and it is tried no more.
func TestRule25DroppedWhileItIsBeingSent(t *testing.T) {
	for name, refuse := range map[string]bool{"recipients accepted": false, "all recipients refused": true} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			var id string
			var taken atomic.Int32
			var dropped atomic.Bool
			guest := outbox.New(openStore(t, o.dir), o.config(nil)) // whoever drops is another process
			o.slow(mailtest.Config{
				Rcpt: func(_, to string) error {
					if dropped.CompareAndSwap(false, true) {
						if m, err := guest.Show(context.Background(), id); err != nil || m.State != outbox.Sending {
							t.Errorf("it is %s, %v", m.State, err)
						}
						if err := guest.Drop(context.Background(), id, "tester"); err != nil {
							t.Error(err)
						}
					}
					if refuse {
						return mailtest.Refuse(550, "not this one")
					}
					return nil
				},
				Data: func(string, []string, []byte) error { taken.Add(1); return nil },
			})
			d := message("SECRET", ann, bob)
			d.Body = strings.Repeat("The bridge is open, and long. ", 10_000)
			id = o.queueWithCopy(d)
			for range 3 {
				o.sendDue()
				o.sleep(time.Hour)
			}
			o.state(id, outbox.Dropped, outbox.Dropped, outbox.Dropped)
			o.copied(id, outbox.Dropped, 0)
			if taken.Load() != 0 {
				t.Errorf("the server took it %d times", taken.Load())
			}
			states := 0
			for _, e := range o.log() {
				if e.Type == audit.TypeState && e.Data.Message == id {
					states++
					if e.Data.State != outbox.Dropped {
						t.Errorf("logged %s", e.Data.State)
					}
				}
			}
			if states != 1 {
				t.Errorf("%d changes of state in the log", states)
			}
			o.restart()
			must(t, o.box.Recover(t.Context()))
			o.sendDue()
			o.state(id, outbox.Dropped, outbox.Dropped, outbox.Dropped)
		})
	}
}

// After its end nothing can be taken back, and the user is told so.
func TestRule25DropAfterTheEnd(t *testing.T) {
	o := newOffice(t)
	var id string
	o.slow(mailtest.Config{Data: func(string, []string, []byte) error {
		if err := o.box.Drop(context.Background(), id, "tester"); !errors.Is(err, outbox.ErrWrongState) {
			t.Errorf("dropped: %v", err)
		}
		return nil
	}})
	id = o.queue(message("SECRET", ann))
	o.sendDue()
	o.state(id, outbox.Accepted, outbox.Accepted)
}
