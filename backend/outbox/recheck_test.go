package outbox_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"caveat/backend/audit"
	"caveat/backend/draft"
	"caveat/backend/outbox"
	"caveat/backend/presend"
	"caveat/backend/spif"
)

// later makes an office with a message that waits, after a restart.
func later(t *testing.T, d draft.Draft) (*office, string) {
	t.Helper()
	o := newOffice(t)
	id := o.queue(d)
	o.restart()
	return o, id
}

func TestRule24CheckedAgainAfterARestart(t *testing.T) {
	o, id := later(t, message("SECRET", ann))
	o.sendDue()
	o.state(id, outbox.Accepted, outbox.Accepted)
	again := 0
	for _, e := range o.log() {
		if e.Data.Result == "checked-again" && e.Data.Message == id {
			again++
		}
	}
	if again != 1 {
		t.Errorf("checked again %d times in the log", again)
	}
}

// In the same epoch and within the sending age the check at Send still counts; then it does not.
func TestRule24CheckedAgainAfterTheSendingAge(t *testing.T) {
	o := newOffice(t)
	o.sender.steps = []step{failBefore(errNet)}
	checks := 0
	c := o.config(o.sender)
	c.Recheck = func(ctx context.Context, d draft.Draft) (*presend.Result, error) {
		checks++
		return o.checkAtSend(ctx, d)
	}
	o.box = outbox.New(o.store, c)
	o.queue(message("OPEN", ann))
	for _, s := range []struct {
		later time.Duration
		want  int
	}{{0, 0}, {presend.DefaultSending, 0}, {time.Minute, 1}, {2 * time.Minute, 1}, {time.Hour, 2}, {-30 * time.Minute, 2}} {
		o.sleep(s.later)
		if o.sendDue(); checks != s.want {
			t.Errorf("%s later: checked again %d times, want %d", s.later, checks, s.want)
		}
	}
	// A clock that was set back: nobody knows how old the check is.
	o.exec(`UPDATE message SET next_try = 0`)
	if o.sendDue(); checks != 3 {
		t.Errorf("with the clock set back: checked again %d times, want 3", checks)
	}
}

func TestRule24WhatIsNotClearedAnyMoreIsHeld(t *testing.T) {
	for name, change := range map[string]func(*office){
		"clearance lowered":      func(o *office) { o.set(bob, "OPEN") },
		"gone from the book":     func(o *office) { delete(o.parties, bob) },
		"route gone":             func(o *office) { delete(o.links, "bor.example") },
		"link lowered":           func(o *office) { o.links["bor.example"] = o.clearance("OPEN") },
		"originator lowered":     func(o *office) { o.set(op, "OPEN") },
		"identity taken away":    func(o *office) { o.bound = false },
		"another identity first": func(o *office) { o.from = ann },
		"installation lowered":   func(o *office) { o.rules.SystemHigh = o.clearance("OPEN") },
		"only a warning":         func(o *office) { o.relax(presend.NotCleared); o.set(bob, "OPEN") },
		"the book is broken":     func(o *office) { o.fail = errors.New("broken disk") },
		"policy ended":           func(o *office) { o.sleep(30 * 365 * 24 * time.Hour) },
	} {
		t.Run(name, func(t *testing.T) {
			o, id := later(t, message("SECRET", ann, bob))
			change(o)
			o.sendDue()
			o.state(id, outbox.Held, outbox.Held, outbox.Held)
			if m := o.show(id); m.Note == "" || o.sender.attempts() != 0 {
				t.Errorf("%d attempts, %+v", o.sender.attempts(), m)
			}
			if e := o.last(audit.TypeState).Data; e.Message != id || e.State != outbox.Held {
				t.Errorf("logged %+v", e)
			}
			o.restart()
			if o.sendDue(); o.sender.attempts() != 0 {
				t.Error("it was sent by itself")
			}
		})
	}
}

// A check counts only when it is the one that was asked for.
func TestRule24RecheckOfSomethingElse(t *testing.T) {
	for name, recheck := range map[string]func(*office) (*presend.Result, error){
		"none":                   func(*office) (*presend.Result, error) { return nil, nil },
		"the zero check":         func(*office) (*presend.Result, error) { return &presend.Result{}, nil },
		"of another draft":       func(o *office) (*presend.Result, error) { return o.checkAtSend(t.Context(), message("OPEN", bob)) },
		"while drafting":         func(o *office) (*presend.Result, error) { return o.check(t.Context(), message("OPEN", ann), false) },
		"that could not be done": func(*office) (*presend.Result, error) { return nil, errors.New("no") },
	} {
		t.Run(name, func(t *testing.T) {
			o, id := later(t, message("OPEN", ann))
			c := o.config(o.sender)
			c.Recheck = func(context.Context, draft.Draft) (*presend.Result, error) { return recheck(o) }
			must(t, outbox.New(o.store, c).SendDue(t.Context()))
			o.state(id, outbox.Held, outbox.Held)
		})
	}
}

// Only those who are still to be tried are checked again.
func TestRule24RecheckLeavesOutWhoIsSettled(t *testing.T) {
	o := newOffice(t)
	o.sender.steps = []step{answer(map[string]outbox.State{bob: outbox.Deferred}), accept}
	id := o.queue(message("SECRET", ann, bob))
	o.sendDue()
	o.set(ann, "OPEN") // has it already
	o.restart()
	o.sleep(time.Hour)
	o.sendDue()
	o.state(id, outbox.Accepted, outbox.Accepted, outbox.Accepted)
	if got := o.sender.sent[1].to; len(got) != 1 || got[0] != bob {
		t.Errorf("the second attempt went to %v", got)
	}
}

// A check that is under way when the program ends decides nothing.
func TestRecheckInterrupted(t *testing.T) {
	o, id := later(t, message("OPEN", ann))
	ctx, end := context.WithCancel(t.Context())
	c := o.config(o.sender)
	c.Recheck = func(ctx context.Context, _ draft.Draft) (*presend.Result, error) { end(); return nil, ctx.Err() }
	if err := outbox.New(o.store, c).SendDue(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	o.state(id, outbox.Queued, outbox.Queued)
}

// What the user decides while it is checked again stays decided.
func TestDroppedWhileCheckedAgain(t *testing.T) {
	for name, good := range map[string]bool{"cleared again": true, "not cleared any more": false} {
		t.Run(name, func(t *testing.T) {
			o, id := later(t, message("SECRET", ann))
			if !good {
				o.set(ann, "OPEN")
			}
			c := o.config(o.sender)
			c.Recheck = func(ctx context.Context, d draft.Draft) (*presend.Result, error) {
				must(t, o.box.Drop(ctx, id, "tester"))
				return o.checkAtSend(ctx, d)
			}
			must(t, outbox.New(o.store, c).SendDue(t.Context()))
			o.state(id, outbox.Dropped, outbox.Dropped)
			if o.sender.attempts() != 0 {
				t.Error("it was sent")
			}
		})
	}
}

// A marking before a paragraph that is another one now is as old as that of the whole would be.
func TestRule24OldPortionMarkingIsHeld(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*office)
		want   outbox.State
	}{
		"the same":       {func(*office) {}, outbox.Accepted},
		"another one":    {func(o *office) { o.markPortions("XX") }, outbox.Held},
		"nobody can say": {func(o *office) { o.exec(`UPDATE message SET report = '{}'`) }, outbox.Held},
	} {
		t.Run(name, func(t *testing.T) {
			d := message("OPEN", ann)
			d.Body, d.Parts = "", []draft.Part{{Text: "The bridge.", Label: d.Label}, {Text: "The road.", Label: d.Label}}
			o, id := later(t, d)
			c.change(o)
			o.sendDue()
			o.state(id, c.want, c.want)
		})
	}
}

// markPortions gives OPEN another marking before paragraphs, and only there.
func (o *office) markPortions(phrase string) {
	o.t.Helper()
	text, err := os.ReadFile("../spif/testdata/testland.spif.xml")
	must(o.t, err)
	const at = `<spif:securityClassification name="OPEN" lacv="1" hierarchy="-20" color="green">`
	marked := strings.Replace(string(text), at, at+`<spif:markingData phrase="`+phrase+`" xml:lang="en"><spif:code>portionMarking</spif:code></spif:markingData>`, 1)
	p, err := spif.Parse(strings.NewReader(marked))
	must(o.t, err)
	o.site, err = spif.NewSite(p)
	must(o.t, err)
}
