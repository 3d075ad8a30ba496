package outbox_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"caveat/backend/audit"
	"caveat/backend/outbox"
	"caveat/backend/presend"
)

func TestRule15OverrideIsOnRecord(t *testing.T) {
	o := newOffice(t)
	o.relax(presend.Stale)
	c, err := o.clear(message("SECRET", ann, old), map[string]string{" OLD@bor.example ": "  He called me.\n", gone: "nobody in this message"})
	must(t, err)
	if m := o.show(c.ID()); !m.Overridden {
		t.Error("the queue does not show the override")
	}
	e := o.last(audit.TypeDecision).Data
	got := e.Recipients[1].Override
	if e.Result != "cleared" || e.Recipients[0].Override != nil || got == nil {
		t.Fatalf("logged %+v", e)
	}
	if got.Reason != "He called me." || got.Outcome != presend.Stale || len(got.Reasons) != 1 || got.Reasons[0].Rule != presend.RuleStale ||
		got.Marking == "" || got.Policy != o.site.Policies()[0].SHA256() {
		t.Errorf("override %+v", got)
	}
	o.sendDue()
	o.state(c.ID(), outbox.Accepted, outbox.Accepted, outbox.Accepted)
}

func TestRule15OverrideHoldsForItsRecipientOnly(t *testing.T) {
	for name, overrides := range map[string]map[string]string{
		"none":                   nil,
		"for somebody else":      {ann: "urgent"},
		"for one of two":         {old: "urgent"},
		"blank":                  {old: "urgent", gone: " \t\n"},
		"for an address like it": {old: "urgent", "x" + gone: "urgent", "gone@bor.example.org": "urgent", "": "urgent"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.relax(presend.Stale, presend.Unknown)
			if c, err := o.clear(message("OPEN", ann, old, gone), overrides); !errors.Is(err, outbox.ErrNotCleared) || !c.IsZero() {
				t.Errorf("%+v, %v", c, err)
			}
			o.nothing(name)
		})
	}
}

// Every outcome is relaxed here; links, labels and originators are not.
func TestRule14NeverOverridden(t *testing.T) {
	for name, c := range map[string]struct {
		to      string
		prepare func(*office)
	}{
		"link":                    {far, func(*office) {}},
		"no route":                {ann, func(o *office) { delete(o.links, "atl.example") }},
		"originator not cleared":  {ann, func(o *office) { o.set(op, "OPEN") }},
		"label above system high": {ann, func(o *office) { o.rules.SystemHigh = o.clearance("OPEN") }},
		"protected tag set":       {bob, func(o *office) { o.rules.Protected = []string{"Releasable To"}; o.withoutNations(bob) }},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.relax(presend.NotCleared, presend.Unknown, presend.Stale, presend.Error)
			c.prepare(o)
			if got, err := o.clear(message("SECRET", c.to), map[string]string{c.to: "urgent", op: "urgent"}); !errors.Is(err, outbox.ErrNotCleared) || !got.IsZero() {
				t.Errorf("%+v, %v", got, err)
			}
			o.nothing(name)
		})
	}
}

// withoutNations publishes SECRET without any nation value.
func (o *office) withoutNations(address string) {
	c := o.clearance("OPEN", "SECRET")
	c.Categories = nil
	o.parties[address] = o.party(address, c, o.now)
}

// A stale originator may be relaxed; then the reason is on record as one for a recipient is.
func TestRule15OverrideOfTheOriginatorIsOnRecord(t *testing.T) {
	o := newOffice(t)
	o.relax(presend.Stale)
	o.parties[op] = o.party(op, o.clearance("OPEN", "SECRET"), o.now.Add(-time.Hour))
	if c, err := o.clear(message("OPEN", ann), map[string]string{ann: "urgent"}); !errors.Is(err, outbox.ErrNotCleared) {
		t.Errorf("without a reason for the originator: %+v, %v", c, err)
	}
	c, err := o.clear(message("OPEN", ann), map[string]string{op: "The directory is down."})
	must(t, err)
	e := o.last(audit.TypeDecision).Data
	if e.Message != c.ID() || e.Originator.Override == nil || e.Originator.Override.Reason != "The directory is down." || e.Originator.Override.Outcome != presend.Stale {
		t.Errorf("logged %+v", e.Originator)
	}
	if !o.show(c.ID()).Overridden {
		t.Error("the queue does not show the override")
	}
	// To himself: both are on record.
	if _, err := o.clear(message("OPEN", op), map[string]string{op: "The directory is down."}); err != nil {
		t.Fatal(err)
	}
	if e := o.last(audit.TypeDecision).Data; e.Originator.Override == nil || e.Recipients[0].Override == nil {
		t.Errorf("logged %+v", e)
	}
}

// What waits is checked again after a restart, and the old override does not help.
func TestRule15OverrideIsNotUsedAgain(t *testing.T) {
	for name, wait := range map[string]func(*office){
		"restart":     (*office).restart,
		"sending age": func(o *office) { o.sleep(presend.DefaultSending + time.Second) },
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.relax(presend.Stale)
			o.sender.steps = []step{failBefore(errors.New("no connection"))}
			c, err := o.clear(message("OPEN", ann, old), map[string]string{old: "urgent"})
			must(t, err)
			o.sendDue()
			o.state(c.ID(), outbox.Deferred, outbox.Deferred, outbox.Deferred)
			wait(o)
			o.sleep(time.Minute)
			o.sendDue()
			o.state(c.ID(), outbox.Held, outbox.Held, outbox.Held)
			if o.sender.attempts() != 1 {
				t.Errorf("%d attempts", o.sender.attempts())
			}
		})
	}
}

// An override holds for what the user was shown: whatever is otherwise at the next Send is blocked, and shown anew.
func TestRule15OverrideHoldsForWhatWasShown(t *testing.T) {
	for name, c := range map[string]struct {
		then func(*office)
		seen bool
		want bool
	}{
		"as it was":                        {func(*office) {}, true, true},
		"another outcome":                  {func(o *office) { delete(o.parties, lou) }, true, false},
		"another one, by who says no more": {func(o *office) { delete(o.parties, lou) }, false, true},
		"more recipients than were shown":  {func(o *office) { o.rules.Thresholds[0].Limit = 0 }, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.relax(presend.NotCleared, presend.Unknown)
			o.rules.Thresholds = []presend.ThresholdRule{{Name: "One", Classification: "OPEN", Limit: 1, Action: presend.Warn}}
			d := message("SECRET", ann, lou)
			shown, err := o.checkAtSend(t.Context(), d)
			must(t, err)
			request := outbox.Request{Account: "atl", Overrides: map[string]string{lou: "Exercise.", "threshold:One": "Exercise."}}
			if rep := shown.Report(); c.seen {
				v, l := rep.Recipients[1].Verdict, rep.Thresholds[0]
				var rules []string
				for _, r := range v.Reasons {
					rules = append(rules, r.Rule)
				}
				request.Seen = map[string]outbox.Seen{
					lou:             {Marking: rep.Label.Marking, Policy: v.Evidence.Policy.SHA256, Outcome: v.Outcome, Rules: rules},
					"threshold:One": {Marking: rep.Label.Marking, Policy: rep.Originator.Evidence.Policy.SHA256, Limit: l.Limit, Recipients: l.Recipients},
				}
			}
			c.then(o)
			request.Result, err = o.checkAtSend(t.Context(), d)
			must(t, err)
			cleared, err := o.box.Clear(t.Context(), request)
			if (err == nil) != c.want || cleared.IsZero() == c.want {
				t.Errorf("%v, %v", cleared.ID(), err)
			}
			if !c.want {
				o.nothing(name)
			}
		})
	}
}

// An address is overridden once: of two reasons for it under two spellings nobody could say which holds.
func TestRule15OneOverrideForOneAddress(t *testing.T) {
	o := newOffice(t)
	o.relax(presend.NotCleared)
	d := message("SECRET", ann, lou)
	for name, given := range map[string]map[string]string{
		"two spellings": {lou: "Exercise.", strings.ToUpper(lou): "No exercise."},
		"with a space":  {lou: "Exercise.", lou + " ": "Exercise."},
	} {
		if c, err := o.clear(d, given); !errors.Is(err, outbox.ErrNotCleared) || !c.IsZero() {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := o.clear(d, map[string]string{strings.ToUpper(lou): "Exercise."}); err != nil {
		t.Errorf("another spelling alone: %v", err)
	}
}
