package outbox_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"caveat/backend/outbox"
)

// Under settings that are not in force any more nothing is cleared, no check passes and nothing begins to leave: what is queued waits for a
// moment, without an attempt, and goes when they are in force.
func TestNothingIsSentBySettingsThatAreNotInForce(t *testing.T) {
	for name, c := range map[string]struct {
		asked int  // the settings change when they are asked about this time after the message was queued
		anew  bool // by a program that has not checked it
	}{
		"before it is claimed":       {1, false},
		"before its check is passed": {1, true},
		"between check and claim":    {2, true},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			asked, changed := 0, 0
			config := o.config(o.sender)
			config.InForce = func(context.Context, *sql.Tx) error {
				if asked++; changed > 0 && asked >= changed {
					return fmt.Errorf("%w: they were changed", outbox.ErrOtherSettings)
				}
				return nil
			}
			o.box = outbox.New(o.store, config)
			id := o.queue(message("OPEN", ann))
			if c.anew {
				o.box = outbox.New(o.store, config)
				must(t, o.box.Recover(t.Context()))
			}
			changed = asked + c.asked
			o.sendDue()
			o.state(id, outbox.Deferred, outbox.Deferred)
			if m := o.show(id); o.sender.attempts() != 0 || m.Attempts != 0 || !strings.Contains(m.Note, "they were changed") {
				t.Errorf("%d attempts, %+v", o.sender.attempts(), m)
			}
			if _, err := o.clear(message("OPEN", bob), nil); !errors.Is(err, outbox.ErrOtherSettings) {
				t.Errorf("cleared: %v", err)
			}
			changed = 0
			o.sleep(time.Second)
			o.sendDue()
			o.state(id, outbox.Accepted, outbox.Accepted)
		})
	}
}
