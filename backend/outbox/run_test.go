package outbox_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"caveat/backend/audit"
	"caveat/backend/draft"
	"caveat/backend/outbox"
)

var errNet = errors.New("connection refused")

// patience bounds waiting for something that must come; only a defect uses it up.
const patience = 30 * time.Second

func TestAccepted(t *testing.T) {
	o := newOffice(t)
	id := o.queue(message("SECRET", ann, bob))
	o.sendDue()
	o.sendDue()
	o.state(id, outbox.Accepted, outbox.Accepted, outbox.Accepted)
	if o.sender.attempts() != 1 {
		t.Fatalf("%d attempts", o.sender.attempts())
	}
	s := o.sender.sent[0]
	if s.id != id || s.account != "atl" || s.from != op || strings.Join(s.to, " ") != ann+" "+bob || !strings.Contains(s.wire, "The bridge is open.") {
		t.Errorf("sent %+v", s)
	}
	m := o.show(id)
	if m.Attempts != 1 || !m.IsDone() || m.Recipients[0].Code != 250 || m.Recipients[0].Reply == "" || m.Note != "" {
		t.Errorf("%+v", m)
	}
	if e := o.last(audit.TypeReceipt).Data; e.Message != id || len(e.Receipts) != 2 || e.Receipts[1] != (outbox.Receipt{Recipient: bob, State: outbox.Accepted, Code: 250, Text: "2.0.0 taken"}) {
		t.Errorf("logged %+v", e)
	}
}

// Each recipient has a fate of its own; only those who were put off are tried again.
func TestPartialRefusalAndRetry(t *testing.T) {
	o := newOffice(t)
	o.sender.steps = []step{answer(map[string]outbox.State{bob: outbox.Refused, lou: outbox.Deferred}), answer(map[string]outbox.State{lou: outbox.Deferred}), accept}
	id := o.queue(message("OPEN", ann, bob, lou))
	o.sendDue()
	o.state(id, outbox.Deferred, outbox.Accepted, outbox.Refused, outbox.Deferred)
	o.sleep(30 * time.Second)
	o.sendDue()
	o.state(id, outbox.Deferred, outbox.Accepted, outbox.Refused, outbox.Deferred)
	o.sleep(time.Minute)
	o.sendDue()
	o.state(id, outbox.Refused, outbox.Accepted, outbox.Refused, outbox.Accepted)
	for i, want := range []string{ann + " " + bob + " " + lou, lou, lou} {
		if got := strings.Join(o.sender.sent[i].to, " "); got != want {
			t.Errorf("attempt %d to %q, want %q", i+1, got, want)
		}
	}
}

func TestBackoff(t *testing.T) {
	o := newOffice(t)
	o.sender.steps = []step{failBefore(errNet)}
	id := o.queue(message("OPEN", ann))
	for i, wait := range []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, 30 * time.Minute} {
		o.sendDue()
		m := o.show(id)
		if o.state(id, outbox.Deferred, outbox.Deferred); m.Attempts != i+1 || m.NextTry.Sub(o.Now()) != wait || m.Note == "" || m.IsDone() {
			t.Fatalf("attempt %d: %+v at %s, want in %s", i+1, m, o.Now(), wait)
		}
		o.sleep(wait - time.Millisecond)
		if o.sendDue(); o.sender.attempts() != i+1 {
			t.Fatalf("attempt %d came early", i+2)
		}
		o.sleep(time.Millisecond)
	}
	if e := o.last(audit.TypeReceipt).Data; e.Message != id || e.State != outbox.Deferred || e.Note != errNet.Error() {
		t.Errorf("logged %+v", e)
	}
	for attempts, want := range map[int]time.Duration{-1: 30 * time.Minute, 0: 30 * time.Minute, 1: 30 * time.Second, 5: 15 * time.Minute, 6: 30 * time.Minute} {
		if got := outbox.DefaultRetry(attempts); got != want {
			t.Errorf("DefaultRetry(%d) = %s, want %s", attempts, got, want)
		}
	}
}

func TestExpiry(t *testing.T) {
	o := newOffice(t)
	o.sender.steps = []step{answer(map[string]outbox.State{bob: outbox.Deferred}), failBefore(errNet)}
	id := o.queue(message("OPEN", ann, bob))
	o.sendDue()
	o.sleep(outbox.Expiry)
	o.sendDue() // exactly at the end it is still tried
	o.state(id, outbox.Deferred, outbox.Accepted, outbox.Deferred)
	o.sleep(time.Hour)
	o.sendDue()
	o.state(id, outbox.Refused, outbox.Accepted, outbox.Refused)
	if e := o.last(audit.TypeState).Data; e.Message != id || e.State != outbox.Refused || e.Note == "" {
		t.Errorf("logged %+v", e)
	}
	attempts := o.sender.attempts()
	o.sleep(24 * time.Hour)
	if o.sendDue(); o.sender.attempts() != attempts {
		t.Error("it was tried again")
	}
}

func TestRule25ErrorBeforeTheEndIsTriedAgain(t *testing.T) {
	o := newOffice(t)
	o.sender.steps = []step{failBefore(errNet), accept}
	id := o.queue(message("OPEN", ann))
	o.sendDue()
	o.state(id, outbox.Deferred, outbox.Deferred)
	o.sleep(time.Minute)
	o.sendDue()
	o.state(id, outbox.Accepted, outbox.Accepted)
}

func TestRule25ErrorAfterTheEndIsForTheUser(t *testing.T) {
	o := newOffice(t)
	o.sender.steps = []step{failAfter(errNet), accept}
	id := o.queue(message("OPEN", ann))
	o.sendDue()
	o.state(id, outbox.PerhapsDelivered, outbox.PerhapsDelivered)
	if e := o.last(audit.TypeState).Data; e.Message != id || e.State != outbox.PerhapsDelivered || !strings.Contains(e.Note, errNet.Error()) {
		t.Errorf("logged %+v", e)
	}
	o.sleep(outbox.Expiry)
	o.sendDue()
	o.restart()
	must(t, o.box.Recover(t.Context()))
	o.sendDue()
	o.state(id, outbox.PerhapsDelivered, outbox.PerhapsDelivered)
	if o.sender.attempts() != 1 {
		t.Errorf("%d attempts", o.sender.attempts())
	}
}

// No answer for somebody, after the message was handed over, is no "not delivered".
func TestRule25MissingReceipts(t *testing.T) {
	o := newOffice(t)
	o.sender.steps = []step{answer(map[string]outbox.State{bob: "silence", lou: outbox.Deferred}), accept}
	id := o.queue(message("OPEN", ann, bob, lou))
	o.sendDue()
	o.state(id, outbox.PerhapsDelivered, outbox.Accepted, outbox.PerhapsDelivered, outbox.Deferred)
	o.sleep(time.Hour)
	if o.sendDue(); o.sender.attempts() != 1 {
		t.Errorf("%d attempts", o.sender.attempts())
	}
	if e := o.last(audit.TypeReceipt).Data; len(e.Receipts) != 3 {
		t.Errorf("logged %+v", e)
	}
	// Nothing was handed over: it is tried again.
	o.sender.steps = []step{func(context.Context, outbox.Cleared, func() error) ([]outbox.Receipt, error) { return nil, nil }}
	id = o.queue(message("OPEN", ann))
	o.sendDue()
	o.state(id, outbox.Deferred, outbox.Deferred)
}

// What is said twice, of nobody, or in words that are no answer.
func TestRule25OddReceipts(t *testing.T) {
	o := newOffice(t)
	o.sender.steps = []step{func(_ context.Context, _ outbox.Cleared, bodySent func() error) ([]outbox.Receipt, error) {
		return []outbox.Receipt{
			{Recipient: ann, State: outbox.Accepted}, {Recipient: ann, State: outbox.Deferred}, // accepted is accepted
			{Recipient: bob, State: outbox.Deferred}, {Recipient: bob, State: outbox.Accepted},
			{Recipient: lou, State: outbox.Refused}, {Recipient: lou, State: outbox.Dropped}, {Recipient: far, State: outbox.Accepted},
		}, errors.Join(bodySent(), bodySent())
	}}
	id := o.queue(message("OPEN", ann, bob, lou))
	o.sendDue()
	o.state(id, outbox.Refused, outbox.Accepted, outbox.Accepted, outbox.Refused)
}

// A claim that somebody else took away ends the attempt before the end of the message.
func TestRule25BodySentNeedsTheClaim(t *testing.T) {
	o := newOffice(t)
	o.sender.steps = []step{func(ctx context.Context, c outbox.Cleared, bodySent func() error) ([]outbox.Receipt, error) {
		o.exec(`UPDATE message SET state = 'queued'`)
		err := bodySent()
		if err == nil {
			t.Error("the message would have been ended")
		}
		return nil, err
	}}
	id := o.queue(message("OPEN", ann))
	o.sendDue()
	o.state(id, outbox.Deferred, outbox.Deferred)
}

func TestChannelWithoutSender(t *testing.T) {
	o := newOffice(t)
	id := o.queue(message("OPEN", ann))
	c := o.config(nil)
	c.Senders = map[draft.Channel]outbox.Sender{}
	must(t, outbox.New(o.store, c).SendDue(t.Context()))
	o.state(id, outbox.Deferred, outbox.Deferred)
	if m := o.show(id); m.Note == "" {
		t.Errorf("%+v", m)
	}
}

// A shutdown loses no answer that came, and is no failure of what had not begun.
func TestRule25Shutdown(t *testing.T) {
	o := newOffice(t)
	ctx, end := context.WithCancel(t.Context())
	o.sender.steps = []step{func(ctx context.Context, c outbox.Cleared, bodySent func() error) ([]outbox.Receipt, error) {
		end()
		return accept(ctx, c, bodySent)
	}}
	first := o.queue(message("OPEN", ann))
	o.sleep(time.Second)
	second := o.queue(message("OPEN", bob))
	if err := o.box.SendDue(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	o.state(first, outbox.Accepted, outbox.Accepted)
	o.state(second, outbox.Queued, outbox.Queued)

	ctx, end = context.WithCancel(t.Context())
	o.sender.steps = []step{func(ctx context.Context, _ outbox.Cleared, _ func() error) ([]outbox.Receipt, error) {
		end()
		return nil, ctx.Err()
	}, accept}
	o.box.SendDue(ctx)
	o.state(second, outbox.Queued, outbox.Queued)
	o.sendDue() // no waiting for what was nobody's fault
	o.state(second, outbox.Accepted, outbox.Accepted)

	// A context that has ended says nothing about a message.
	third := o.queue(message("OPEN", ann))
	for range 3 {
		o.box.SendDue(ctx)
	}
	o.state(third, outbox.Queued, outbox.Queued)
}

// Run sends what comes while it runs, also from another process, and ends when it is told.
func TestRun(t *testing.T) {
	o := newOffice(t)
	guest := openStore(t, o.dir)
	ctx, end := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	go func() { ran <- o.box.Run(ctx) }()
	r, err := o.checkAtSend(t.Context(), message("OPEN", ann))
	must(t, err)
	c, err := outbox.New(guest, o.config(nil)).Clear(t.Context(), outbox.Request{Result: r, Account: "atl"})
	must(t, err)
	for start := time.Now(); o.show(c.ID()).State != outbox.Accepted && time.Since(start) < patience; {
		time.Sleep(10 * time.Millisecond)
	}
	o.state(c.ID(), outbox.Accepted, outbox.Accepted)
	o.exec(`ALTER TABLE message RENAME TO hidden`) // a database that fails ends Run with its error
	if err := <-ran; err == nil {
		t.Error("Run ended without an error")
	}
	o.exec(`ALTER TABLE hidden RENAME TO message`)
	go func() { ran <- o.box.Run(ctx) }()
	end()
	must(t, <-ran)
}
