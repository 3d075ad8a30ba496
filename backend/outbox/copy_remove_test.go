package outbox_test

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/audit"
	"caveat/backend/outbox"
)

// keepDraftNow has a copy of the stored draft kept, and gives its Message-ID.
func (o *office) keepDraftNow(body string) string {
	o.t.Helper()
	d := message("SECRET", ann)
	d.Body = body
	_, err := o.keepDraft(d)
	must(o.t, err)
	o.sendDue()
	return o.keeper.sent[len(o.keeper.sent)-1].messageID
}

// forget is what sending or deleting the draft does.
func (o *office) forget() {
	o.t.Helper()
	must(o.t, o.store.Write(o.t.Context(), func(tx *sql.Tx) error { return o.box.ForgetDraft(o.t.Context(), tx, stored) }))
}

func (o *office) copyOfDraft(state outbox.State, left bool) outbox.DraftCopy {
	o.t.Helper()
	c, err := o.box.CopyOfDraft(o.t.Context(), stored)
	must(o.t, err)
	if c == nil || c.State != state || c.Mailbox != duty || (c.Left != "") != left {
		o.t.Fatalf("the copy is %+v, want %s", c, state)
	}
	return *c
}

// An earlier copy is taken out of the mailbox when the newer one is there, not before, and the last one when the draft was sent or deleted.
func TestRule21EarlierDraftCopyIsTakenOut(t *testing.T) {
	o := newOffice(t)
	if c, err := o.box.CopyOfDraft(t.Context(), stored); c != nil || err != nil {
		t.Errorf("%+v, %v", c, err)
	}
	first := o.keepDraftNow("one")
	o.copyOfDraft(outbox.Accepted, false)
	o.keeper.steps = []step{failBefore(errNet), accept}
	second := o.keepDraftNow("two")
	if o.copyOfDraft(outbox.Deferred, false); len(o.keeper.removed) != 0 {
		t.Errorf("taken out before the newer one was there: %v", o.keeper.removed)
	}
	o.sleep(time.Hour)
	o.sendDue()
	o.copyOfDraft(outbox.Accepted, false)
	if !slices.Equal(o.keeper.removed, []string{first}) {
		t.Errorf("taken out: %v, want %s", o.keeper.removed, first)
	}
	if e := o.last(audit.TypeState).Data; e.State != outbox.Removed || !strings.Contains(first, e.Message) {
		t.Errorf("logged %+v", e)
	}
	o.forget()
	o.restart() // it is durable
	must(t, o.box.Recover(t.Context()))
	o.sendDue()
	if o.copyOfDraft(outbox.Removed, false); !slices.Equal(o.keeper.removed, []string{first, second}) {
		t.Errorf("taken out: %v", o.keeper.removed)
	}
	if o.sendDue(); len(o.keeper.removed) != 2 || o.keeper.attempts() != 3 {
		t.Error("again")
	}
}

// A copy that was handed over when the draft was sent is taken out, whatever the mailbox says of it afterwards.
func TestRule21DraftSentAfterItsCopyWasHandedOver(t *testing.T) {
	for name, lost := range map[string]bool{"kept": false, "answer lost": true} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.keeper.steps = []step{func(ctx context.Context, c outbox.Cleared, bodySent func() error) ([]outbox.Receipt, error) {
				must(t, bodySent())
				o.forget()
				if lost {
					return nil, errNet
				}
				return answers(c, nil), nil
			}}
			id := o.keepDraftNow("one")
			o.copyOfDraft(outbox.Removed, false)
			if !slices.Equal(o.keeper.removed, []string{id}) || o.keeper.attempts() != 1 {
				t.Errorf("taken out: %v", o.keeper.removed)
			}
		})
	}
}

// What cannot be taken out is tried again, and said when that has an end.
func TestRule21DraftCopyThatStays(t *testing.T) {
	later := removal{receipt: outbox.Receipt{State: outbox.Deferred, Text: "NO [INUSE] busy"}}
	for name, c := range map[string]struct {
		removes []removal
		sleep   time.Duration
		want    outbox.State
		tried   int
		note    string
	}{
		"then it can":               {[]removal{{err: errNet}, later, {receipt: outbox.Receipt{State: outbox.Accepted}}}, time.Hour, outbox.Removed, 3, ""},
		"for days":                  {[]removal{later}, 3 * 24 * time.Hour, outbox.Left, 3, "NO [INUSE] busy"},
		"the server cannot":         {[]removal{{receipt: outbox.Receipt{State: outbox.Refused, Text: "marked as deleted"}}}, time.Hour, outbox.Left, 1, "marked as deleted"},
		"nothing will ever mend it": {[]removal{{err: errors.Join(errNet, outbox.ErrPermanent)}}, time.Hour, outbox.Left, 1, "refused"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.keepDraftNow("one")
			o.keeper.removes = c.removes
			o.forget()
			for range 4 {
				o.sendDue()
				o.sleep(c.sleep)
			}
			if got := o.copyOfDraft(c.want, false); len(o.keeper.removed) != c.tried || !strings.Contains(got.Note, c.note) {
				t.Errorf("%+v, tried %d times", got, len(o.keeper.removed))
			}
			if c.want != outbox.Left {
				return
			}
			o.keepDraftNow("two")
			if got := o.copyOfDraft(outbox.Accepted, true); !strings.Contains(got.Left, c.note) {
				t.Errorf("%+v", got)
			}
		})
	}
}

// Whatever somebody did to the rows, nothing is taken out of a mailbox that was not forgotten, nor out of another one.
func TestRule24TamperedRemoval(t *testing.T) {
	for name, statement := range map[string]string{
		"wanted still":  `UPDATE message SET state = 'removing', next_try = 0 WHERE folder = 'drafts'`,
		"a sent copy":   `UPDATE message SET state = 'removing', next_try = 0 WHERE folder = 'sent'`,
		"as if a draft": `UPDATE message SET state = 'removing', next_try = 0, folder = 'drafts' WHERE folder = 'sent'`,
		"a message":     `UPDATE message SET state = 'removing', next_try = 0, folder = 'drafts', channel = 'mailbox' WHERE folder = ''`,
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.queueWithCopy(message("SECRET", ann))
			o.keepDraftNow("one")
			o.exec(statement)
			if o.sendDue(); len(o.keeper.removed) != 0 {
				t.Errorf("taken out: %v", o.keeper.removed)
			}
			if e := o.last(audit.TypeState).Data; e.State != outbox.Left {
				t.Errorf("logged %+v", e)
			}
		})
	}
	t.Run("another account", func(t *testing.T) {
		o := newOffice(t)
		o.keepDraftNow("one")
		o.forget()
		o.exec(`UPDATE message SET account = 'other' WHERE folder = 'drafts'`)
		if o.sendDue(); len(o.keeper.removed) != 0 {
			t.Errorf("taken out: %v", o.keeper.removed)
		}
	})
}

// A draft that is addressed to nobody yet is kept as RFC 5322 has it, with neither To nor Cc; whom nobody is to know of is in none.
func TestRule21DraftToNobody(t *testing.T) {
	o := newOffice(t)
	d := message("SECRET")
	d.Exempted = []string{lou}
	_, err := o.keepDraft(d)
	must(t, err)
	o.restart()
	must(t, o.box.Recover(t.Context())) // so that it is decided again
	o.sendDue()
	o.copyOfDraft(outbox.Accepted, false)
	wire := o.keeper.sent[0].wire
	for _, no := range []string{"\nTo:", "\nCc:", "\nBcc:", lou} {
		if strings.Contains(wire, no) {
			t.Errorf("%q in\n%s", no, wire)
		}
	}
	if !strings.Contains(wire, "From: ") || !strings.Contains(wire, "SIO-Label:") {
		t.Error(wire)
	}
	if r, err := o.checkAtSend(t.Context(), d); err == nil {
		if _, err := o.box.Clear(t.Context(), outbox.Request{Result: r, Account: "atl"}); !errors.Is(err, outbox.ErrNotCleared) {
			t.Errorf("sent to nobody: %v", err)
		}
	}
}

// A mailbox that never answers delays no message that is due at the same time: the mailbox is let go only when that has left.
func TestRule21SilentMailboxDelaysNoMessage(t *testing.T) {
	o := newOffice(t)
	inside, left := make(chan struct{}), make(chan struct{})
	o.keeper.steps = []step{func(ctx context.Context, c outbox.Cleared, bodySent func() error) ([]outbox.Receipt, error) {
		close(inside)
		<-ctx.Done() // the end of the program is all that ends this
		return nil, ctx.Err()
	}}
	o.sender.steps = []step{accept, func(ctx context.Context, c outbox.Cleared, bodySent func() error) ([]outbox.Receipt, error) {
		defer close(left)
		return accept(ctx, c, bodySent)
	}, accept}
	id := o.queueWithCopy(message("SECRET", ann))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ran := make(chan error, 1)
	go func() { ran <- o.box.Run(ctx) }()
	wait := func(c <-chan struct{}, what string) {
		t.Helper()
		select {
		case <-c:
		case <-time.After(patience):
			t.Fatal(what)
		}
	}
	wait(inside, "the copy is not tried")
	second := o.queue(message("SECRET", bob))
	wait(left, "the message waits for the mailbox")
	cancel()
	select {
	case err := <-ran:
		must(t, err)
	case <-time.After(patience):
		t.Fatal("Run does not end")
	}
	o.state(id, outbox.Accepted, outbox.Accepted)
	o.state(second, outbox.Accepted, outbox.Accepted)
	o.copied(id, outbox.Queued, 1)
}
