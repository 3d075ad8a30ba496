package outbox_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"caveat/backend/audit"
	"caveat/backend/outbox"
)

var errAway = fmt.Errorf("%w: connection refused", outbox.ConnectionError("server unreachable"))

// reply answers with one code for everybody who is named, and accepts the others.
func reply(state outbox.State, code int, status string, to ...string) step {
	return func(_ context.Context, c outbox.Cleared, bodySent func() error) ([]outbox.Receipt, error) {
		if err := bodySent(); err != nil {
			return nil, err
		}
		named := map[string]bool{}
		for _, a := range to {
			named[a] = true
		}
		var out []outbox.Receipt
		for _, a := range c.Recipients() {
			r := outbox.Receipt{Recipient: a, State: outbox.Accepted, Code: 250, Status: "2.0.0", Text: "taken"}
			if named[a] || len(to) == 0 {
				r = outbox.Receipt{Recipient: a, State: state, Code: code, Status: status, Text: fmt.Sprintf("%d %s as it pleases", code, status)}
			}
			out = append(out, r)
		}
		return out, nil
	}
}

// The wait before the next attempt is what the reply asks for, and both its codes are kept and on record.
func TestRetryByReplyCode(t *testing.T) {
	for name, c := range map[string]struct {
		code   int
		status string
		waits  []time.Duration
	}{
		"busy mailbox":        {450, "4.2.0", []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute}},
		"error in the server": {451, "", []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute}},
		"greylisted":          {450, "4.7.1", []time.Duration{time.Minute, 2 * time.Minute, 3 * time.Minute, 5 * time.Minute, 10 * time.Minute, 30 * time.Minute}},
		"greylisted by 451":   {451, "4.7.1", []time.Duration{time.Minute, 2 * time.Minute}},
		"no room":             {452, "", []time.Duration{5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour}},
		"mailbox full":        {450, "4.2.2", []time.Duration{5 * time.Minute, 15 * time.Minute}},
		"no room, by status":  {451, "4.3.1", []time.Duration{5 * time.Minute, 15 * time.Minute}},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.sender.steps = []step{reply(outbox.Deferred, c.code, c.status, ann)}
			id := o.queue(message("OPEN", ann, bob))
			for i, wait := range c.waits {
				o.sendDue()
				m := o.show(id)
				if r := m.Recipients[0]; m.State != outbox.Deferred || m.NextTry.Sub(o.Now()) != wait || r.Code != c.code || r.Status != c.status || r.Reply == "" {
					t.Fatalf("attempt %d: %+v at %s, want in %s", i+1, m, o.Now(), wait)
				}
				o.sleep(wait)
			}
			if r := o.show(id).Recipients[1]; r.Status != "2.0.0" || r.State != outbox.Accepted {
				t.Errorf("%+v", r)
			}
			if e := o.last(audit.TypeReceipt).Data; len(e.Receipts) != 1 || e.Receipts[0].Code != c.code || e.Receipts[0].Status != c.status {
				t.Errorf("logged %+v", e)
			}
		})
	}
	t.Run("the soonest of several", func(t *testing.T) {
		o := newOffice(t)
		o.sender.steps = []step{func(_ context.Context, c outbox.Cleared, bodySent func() error) ([]outbox.Receipt, error) {
			return []outbox.Receipt{{Recipient: ann, State: outbox.Deferred, Code: 452}, {Recipient: bob, State: outbox.Deferred, Code: 450, Status: "4.7.1"}, {Recipient: lou, State: outbox.Refused, Code: 550}}, bodySent()
		}}
		id := o.queue(message("OPEN", ann, bob, lou))
		o.sendDue()
		if m := o.show(id); m.NextTry.Sub(o.Now()) != time.Minute {
			t.Errorf("in %s", m.NextTry.Sub(o.Now()))
		}
	})
	t.Run("552 is for good", func(t *testing.T) {
		o := newOffice(t)
		o.sender.steps = []step{reply(outbox.Refused, 552, "5.3.4")}
		id := o.queue(message("OPEN", ann))
		o.sendDue()
		o.sleep(time.Hour)
		o.sendDue()
		o.state(id, outbox.Refused, outbox.Refused)
		if r := o.show(id).Recipients[0]; o.sender.attempts() != 1 || r.Code != 552 || r.Status != "5.3.4" {
			t.Errorf("%d attempts, %+v", o.sender.attempts(), r)
		}
	})
}

// Of many that wait for one server, one finds out whether it is back; then all go. Other accounts are not concerned.
func TestConnectionWaitIsSharedByTheAccount(t *testing.T) {
	for name, away := range map[string]step{"not reached": failBefore(errAway), "421": reply(outbox.Deferred, 421, "4.3.2")} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.sender.steps = []step{away}
			var ids []string
			for range 50 {
				ids = append(ids, o.queue(message("OPEN", ann)))
			}
			for i, wait := range []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute} {
				o.sendDue()
				if n := o.sender.attempts(); n != i+1 {
					t.Fatalf("%d attempts in round %d", n, i+1)
				}
				for _, id := range ids {
					if m := o.show(id); m.State != outbox.Deferred || m.Note == "" && m.Recipients[0].Reply == "" || m.NextTry.Sub(o.Now()) != wait {
						t.Fatalf("round %d: %s, %q, in %s", i+1, m.State, m.Note, m.NextTry.Sub(o.Now()))
					}
				}
				o.sleep(wait)
			}
			o.sender.steps = []step{accept}
			o.sendDue()
			o.sendDue()
			for _, id := range ids {
				o.state(id, outbox.Accepted, outbox.Accepted)
			}
			if n := o.sender.attempts(); n != 3+50 {
				t.Errorf("%d attempts", n)
			}
		})
	}
	t.Run("another account", func(t *testing.T) {
		o := newOffice(t)
		o.sender.steps = []step{failBefore(errAway), accept}
		o.queue(message("OPEN", ann))
		o.sendDue()
		r, err := o.checkAtSend(t.Context(), message("OPEN", ann))
		must(t, err)
		c, err := o.box.Clear(t.Context(), outbox.Request{Result: r, Account: "other"})
		must(t, err)
		o.sendDue()
		o.state(c.ID(), outbox.Accepted, outbox.Accepted)
	})
	t.Run("a new message finds out, and releases the others", func(t *testing.T) {
		o := newOffice(t)
		o.sender.steps = []step{failBefore(errAway)}
		waiting := []string{o.queue(message("OPEN", ann)), o.queue(message("OPEN", bob))}
		for _, wait := range []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute} {
			o.sendDue()
			o.sleep(wait)
		}
		o.sendDue() // 15 minutes from here
		o.sleep(time.Minute)
		o.sender.steps = []step{accept}
		third := o.queue(message("OPEN", ann))
		o.sendDue()
		o.state(third, outbox.Accepted, outbox.Accepted)
		o.sendDue()
		for _, id := range waiting {
			o.state(id, outbox.Accepted, outbox.Accepted)
		}
	})
	t.Run("at once it does not", func(t *testing.T) {
		o := newOffice(t)
		o.sender.steps = []step{failBefore(errAway)}
		o.queue(message("OPEN", ann))
		o.sendDue()
		o.sleep(time.Second)
		o.queue(message("OPEN", ann))
		if o.sendDue(); o.sender.attempts() != 1 {
			t.Errorf("%d attempts", o.sender.attempts())
		}
	})
}

// How long is tried is the installation's to say; at the end the user is told what was said last, and so is the log. Those who only
// waited for the server end with the others.
func TestExpiryIsConfigured(t *testing.T) {
	for name, c := range map[string]struct {
		step  step
		words string
	}{
		"a reply":       {reply(outbox.Deferred, 451, "4.3.0"), "451 4.3.0 as it pleases"},
		"no connection": {failBefore(errAway), "server unreachable: connection refused"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			config := o.config(o.sender)
			config.Expiry = 24 * time.Hour
			o.box = outbox.New(o.store, config)
			o.sender.steps = []step{c.step}
			first, second := o.queue(message("OPEN", ann)), o.queue(message("OPEN", bob))
			o.sendDue()
			o.sleep(24 * time.Hour)
			o.sendDue()
			o.state(first, outbox.Deferred, outbox.Deferred)
			o.sleep(time.Hour)
			o.sendDue()
			for _, id := range []string{first, second} {
				o.state(id, outbox.Refused, outbox.Refused)
				m := o.show(id)
				if !strings.Contains(m.Note, "for a day without success") || !strings.Contains(m.Note, c.words) || !strings.Contains(m.Recipients[0].Reply, c.words) {
					t.Errorf("told %q, %q", m.Note, m.Recipients[0].Reply)
				}
			}
			if e := o.last(audit.TypeState).Data; e.State != outbox.Refused || !strings.Contains(e.Note, c.words) {
				t.Errorf("logged %+v", e)
			}
		})
	}
}

// A message that its precedence wants fast, and that nobody has accepted in time, is told of.
func TestOverdue(t *testing.T) {
	for name, c := range map[string]struct {
		precedence string
		later      time.Duration
		sendAt     time.Duration
		step       step
		config     map[string]time.Duration
		want       bool
	}{
		"flash in time":          {"flash", 10 * time.Minute, 0, failBefore(errNet), nil, false},
		"flash late":             {"flash", 11 * time.Minute, 0, failBefore(errNet), nil, true},
		"override late":          {"override", 11 * time.Minute, 0, failBefore(errNet), nil, true},
		"immediate in time":      {"immediate", 30 * time.Minute, 0, failBefore(errNet), nil, false},
		"immediate late":         {"immediate", 31 * time.Minute, 0, failBefore(errNet), nil, true},
		"routine":                {"routine", 24 * time.Hour, 0, failBefore(errNet), nil, false},
		"no precedence":          {"", 24 * time.Hour, 0, failBefore(errNet), map[string]time.Duration{"": time.Second}, false},
		"routine, by config":     {"routine", 7 * time.Hour, 0, failBefore(errNet), map[string]time.Duration{"routine": 6 * time.Hour}, true},
		"flash, switched off":    {"flash", 24 * time.Hour, 0, failBefore(errNet), map[string]time.Duration{}, false},
		"flash, accepted":        {"flash", time.Hour, 0, accept, nil, false},
		"flash, meant for later": {"flash", 65 * time.Minute, time.Hour, failBefore(errNet), nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			config := o.config(o.sender)
			config.Overdue = c.config
			o.box = outbox.New(o.store, config)
			o.sender.steps = []step{c.step}
			d := message("OPEN", ann)
			d.PrimaryPrecedence = c.precedence
			if c.sendAt > 0 {
				at := o.Now().Add(c.sendAt)
				d.SendAt = &at
			}
			id := o.queue(d)
			o.sendDue()
			o.sleep(c.later)
			list, err := o.box.List(t.Context(), 1)
			must(t, err)
			if got := o.show(id).Overdue; got != c.want || list[0].Overdue != got {
				t.Errorf("overdue %v, listed %v", got, list[0].Overdue)
			}
		})
	}
}

// A message that waited longer than the sending age is checked again before it is tried, without a restart or a change of policy;
// what is not cleared any more is held.
func TestRule24WaitedLongerThanTheSendingAge(t *testing.T) {
	for name, lowered := range map[string]bool{"still cleared": false, "not any more": true} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.sender.steps = []step{failBefore(errAway), accept}
			var ids []string
			for range 3 { // the first is tried, the others wait with it
				ids = append(ids, o.queue(message("SECRET", ann)))
			}
			o.sendDue()
			o.sleep(time.Hour)
			want, attempts := outbox.Accepted, 1+3
			if lowered {
				o.set(ann, "OPEN")
				want, attempts = outbox.Held, 1
			}
			o.sendDue()
			again := 0
			for _, e := range o.log() {
				if e.Data.Result == "checked-again" {
					again++
				}
			}
			for _, id := range ids {
				o.state(id, want, want)
			}
			if again != len(ids) || o.sender.attempts() != attempts {
				t.Errorf("checked again %d times, %d attempts", again, o.sender.attempts())
			}
		})
	}
}
