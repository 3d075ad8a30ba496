package presend_test

import (
	"context"
	"strings"
	"testing"

	"caveat/backend/presend"
)

// told is what whoever asks is told of a draft.
func (w *world) told(tellAll bool, text string, to ...string) (told, whole presend.Report) {
	w.t.Helper()
	r, err := presend.Check(context.Background(), presend.Input{Draft: w.draft(text, to...), Site: w.site, Rules: w.rules, Directory: w, Routes: w, Now: now, TellAll: tellAll})
	if err != nil {
		w.t.Fatal(err)
	}
	return r.Told(), r.Report()
}

// TestRule19NothingIsToldOfALabelAboveTheAsker: neither who may get it, nor why not, nor what would help; the log has it all.
func TestRule19NothingIsToldOfALabelAboveTheAsker(t *testing.T) {
	for name, c := range map[string]struct {
		asker   string
		unbound bool
		outcome presend.Outcome
		text    string
	}{
		"not cleared":         {restricted, false, presend.NotCleared, "Not told: your own clearance does not permit this label."},
		"without a clearance": {"", false, presend.Unknown, "Not told: it is not known whether your own clearance permits this label."},
		"somebody else":       {secret, true, presend.NotCleared, "Not told: your own clearance does not permit this label."},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.origin.Entries[0], w.unbound = w.entry("me", "GBR", presend.Person, c.asker), c.unbound
			may, not := w.person("may", "GBR", secret), w.person("not", "GBR", restricted)
			w.group(presend.List, "list", "GBR", "", may, not)
			w.routes["ukr.example"] = nil
			delete(w.routes, "ukr.example")
			w.person("far", "UKR", secret)
			told, whole := w.told(false, secret, addr("may", "GBR"), addr("not", "GBR"), addr("list", "GBR"), addr("far", "UKR"))
			for i, x := range told.Recipients {
				want(t, x.Address, x.Verdict, "unknown block "+presend.RuleAsker)
				if len(x.Verdict.Reasons) != 1 || x.Verdict.Reasons[0].Text != c.text || x.Members != nil || x.Verdict.Evidence.Directory != whole.Recipients[i].Verdict.Evidence.Directory {
					t.Errorf("%+v", x)
				}
			}
			if told.Outcome != presend.Worse(c.outcome, told.Recipients[3].Link.Outcome) || told.Originator.Outcome != c.outcome || len(told.Fixes) != 0 || told.Sendable {
				t.Errorf("%+v", told)
			}
			want(t, "the way", told.Recipients[3].Link, "unknown block no-route")
			want(t, "whole", whole.Recipients[0].Verdict, "cleared pass")
			want(t, "whole", whole.Recipients[1].Verdict, "not-cleared block classification")
			all, _ := w.told(true, secret, addr("may", "GBR"))
			want(t, "for an auditor", all.Recipients[0].Verdict, "cleared pass")
		})
	}
}

// TestRule19WhatIsToldOtherwiseIsAll: an asker whose clearance permits the label, is only old, or whom something else stops.
func TestRule19WhatIsToldOtherwiseIsAll(t *testing.T) {
	for name, change := range map[string]func(*world){
		"cleared":          func(*world) {},
		"stale":            func(w *world) { w.origin.Entries[0].ReadAt = now.AddDate(0, 0, -9) },
		"too large a file": func(w *world) { w.message.Limit = 1 },
	} {
		w := newWorld(t)
		w.person("not", "GBR", restricted)
		change(w)
		r, err := w.run(w.draft(secret, addr("not", "GBR")))
		if err != nil || r.Told().Digest() != r.Report().Digest() || !strings.Contains(r.Told().Recipients[0].Verdict.Reasons[0].Rule, "classification") {
			t.Errorf("%s: %+v, %v", name, r.Told(), err)
		}
	}
}
