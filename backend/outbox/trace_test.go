package outbox_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/outbox"
	"caveat/backend/presend"
)

// traced is a draft under OPEN that was SECRET before.
func traced(to ...string) draft.Draft {
	d := message("OPEN", to...)
	d.Relabelled = []draft.Relabelling{{From: message("SECRET", ann).Label, To: d.Label, Reason: "The annex\r\nBcc: x\u202e was taken out."}}
	return d
}

// tracing is the world's configuration with labels made as the program does.
func (o *office) tracing() outbox.Config {
	c := o.config(o.sender)
	c.BuildLabel = o.build
	return c
}

// What became of the label goes with the message, newest first: each step to another label, raised or lowered, from that of the message
// which is answered on. The drafter's reasons do not.
func TestHistoryGoesWithTheMessage(t *testing.T) {
	secret, open := message("SECRET", ann).Label, message("OPEN", ann).Label
	gone := draft.Label{Selection: &label.Selection{Policy: "TESTLAND", Classification: "GONE"}}
	const high, low = "TESTLAND SECRET ATL/BOR", "TESTLAND OPEN"
	type change struct{ old, next string }
	for name, tt := range map[string]struct {
		class  string
		change func(*draft.Draft)
		want   []change
	}{
		"not changed":           {"OPEN", func(*draft.Draft) {}, nil},
		"made less restrictive": {"OPEN", func(d *draft.Draft) { d.Relabelled = traced().Relabelled }, []change{{high, low}}},
		"twice, and raised in between": {"OPEN", func(d *draft.Draft) {
			d.Relabelled = []draft.Relabelling{{From: secret, To: open, Reason: "First."}, {From: secret, To: open, Reason: "Second."}}
		}, []change{{high, low}, {low, high}, {high, low}}},
		"raised after it was lowered": {"SECRET", func(d *draft.Draft) { d.Relabelled = traced().Relabelled }, []change{{low, high}, {high, low}}},
		"raised in an answer":         {"SECRET", func(d *draft.Draft) { d.Inherited, d.InReplyTo = &open, "<1@bor.example>" }, []change{{low, high}}},
		"raised in an answer, and lowered again": {"OPEN", func(d *draft.Draft) {
			d.Inherited, d.Relabelled = &open, traced().Relabelled
		}, []change{{high, low}, {low, high}}},
		"inherited unchanged": {"OPEN", func(d *draft.Draft) { d.Inherited = &open }, nil},
		"of a paragraph and a file, which are not the message": {"OPEN", func(d *draft.Draft) {
			d.Relabelled = []draft.Relabelling{
				{Of: draft.OfParagraph, From: secret, To: open, Reason: "One."},
				{Of: draft.OfAttachment, Name: "a.txt", From: secret, To: open, Reason: "Two."},
			}
		}, nil},
		"of a class that is gone, which nobody can judge": {"OPEN", func(d *draft.Draft) {
			d.Relabelled = []draft.Relabelling{{From: gone, To: open, Reason: "So."}}
		}, nil},
		"more than a message tells": {"OPEN", func(d *draft.Draft) {
			for range 11 {
				d.Relabelled = append(d.Relabelled, traced().Relabelled...)
			}
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			d := message(tt.class, ann)
			tt.change(&d)
			m, raw := o.sends(d, o.tracing())
			var got []change
			for _, h := range m.Sensitivity.History {
				got = append(got, change{h.Old.Marking, h.New.Marking})
				if h.Action != "replace" || h.By != op || !h.At.Equal(o.Now()) || h.New.Label == nil || h.Old.Label == nil || h.Comment != "" {
					t.Errorf("%+v", h)
				}
			}
			if len(got) != len(tt.want) || m.Sensitivity.HistoryUnread != 0 || strings.Contains(raw, "annex") {
				t.Fatalf("%+v in %s", got, raw)
			}
			for i := range got {
				if got[i] != tt.want[i] {
					t.Errorf("%d: %+v", i, got[i])
				}
			}
		})
	}
}

// A former label goes only to those who are cleared for it: with one who is not, or is not known to be, nobody is told.
func TestHistoryIsForTheCleared(t *testing.T) {
	for name, c := range map[string]struct {
		to     []string
		change func(*office, *outbox.Config)
		want   bool
	}{
		"everybody":                  {to: []string{ann, bob}, want: true},
		"one recipient is not":       {to: []string{ann, lou}},
		"the link does not carry it": {to: []string{ann, far}},
		"the key says never": {to: []string{ann}, change: func(_ *office, c *outbox.Config) {
			c.Wire = func(context.Context, string) (outbox.Wire, error) { return outbox.Wire{NoHistory: true}, nil }
		}},
		"the originator is not any more": {to: []string{ann}, change: func(o *office, _ *outbox.Config) { o.set(op, "OPEN") }},
		"the installation may not hold it any more": {to: []string{ann}, change: func(o *office, _ *outbox.Config) {
			o.rules.SystemHigh = o.clearance("OPEN")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			config := o.tracing()
			if c.change != nil {
				c.change(o, &config)
			}
			m, raw := o.sends(traced(c.to...), config)
			if got := len(m.Sensitivity.History) > 0; got != c.want || strings.Contains(raw, "SIO-Label-History") != c.want {
				t.Errorf("history %v: %s", got, raw)
			}
		})
	}
}

// An override lets the message go, and its history not: that was never shown to whoever decided.
func TestHistoryNotByAnOverride(t *testing.T) {
	o := newOffice(t)
	o.relax(presend.Stale)
	o.box = outbox.New(o.store, o.tracing())
	r, err := o.checkAtSend(t.Context(), traced(ann, old))
	must(t, err)
	_, err = o.box.Clear(t.Context(), outbox.Request{Result: r, Account: "atl", Overrides: map[string]string{old: "He was cleared an hour ago."}})
	must(t, err)
	o.sendDue()
	if o.sender.attempts() != 1 || strings.Contains(o.sender.sent[0].wire, "SIO-Label-History") {
		t.Errorf("%d attempts: %+v", o.sender.attempts(), o.sender.sent)
	}
}

// The copy has the same bytes: a mailbox that may not hold the former label keeps the history out of both.
func TestHistoryAndTheMailbox(t *testing.T) {
	for name, c := range map[string]struct {
		holds []string
		want  bool
	}{
		"may hold it":     {[]string{"OPEN", "SECRET"}, true},
		"may not hold it": {[]string{"OPEN"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.mailbox(c.holds...)
			o.box = outbox.New(o.store, o.tracing())
			r, err := o.checkAtSend(t.Context(), traced(ann))
			must(t, err)
			kept, err := presend.CheckCopy(r, o.boxes[duty])
			must(t, err)
			if !kept.IsPermitted() {
				t.Fatal("the copy itself is not permitted")
			}
			_, err = o.box.Clear(t.Context(), outbox.Request{Result: r, Account: "atl", Copy: kept})
			must(t, err)
			o.sendDue()
			if got := strings.Contains(o.sender.sent[0].wire, "SIO-Label-History"); got != c.want {
				t.Errorf("history: %v", got)
			}
		})
	}
}

// What waits with a former label in its header is held when somebody may not know of that one any more, though he may get the message.
func TestRule24TracedMessageIsHeld(t *testing.T) {
	for name, c := range map[string]struct {
		draft draft.Draft
		later []string
		want  outbox.State
	}{
		"still cleared":             {traced(ann), []string{"OPEN", "SECRET"}, outbox.Accepted},
		"not for the former label":  {traced(ann), []string{"OPEN"}, outbox.Held},
		"and none is in the header": {message("OPEN", ann), []string{"OPEN"}, outbox.Accepted},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.box = outbox.New(o.store, o.tracing())
			id := o.queue(c.draft)
			o.sleep(time.Hour)
			o.set(ann, c.later...)
			o.sendDue()
			o.state(id, c.want, c.want)
		})
	}
}
