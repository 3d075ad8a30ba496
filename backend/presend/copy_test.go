package presend_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/presend"
)

// mailbox is the writer's, with a clearance; "" is none.
func (w *world) mailbox(text string) presend.Mailbox {
	m := presend.Mailbox{Name: "duty", Identities: []string{me}}
	if text != "" {
		c := clearance(w.policy, text)
		m.Clearance = &c
	}
	return m
}

// A copy needs a valid label, a writer who is cleared, his own mailbox, and that installation and account may hold the label of the
// whole and of every part.
func TestRule21Copy(t *testing.T) {
	top := "TOP SECRET; Context=MROD; Special Category Designators=ATOMAL; Only=GBR"
	low := chosen("NATO", restricted)
	for name, tt := range map[string]struct {
		text    string
		account string
		change  func(*world, *presend.Mailbox, *draft.Draft)
		outcome presend.Outcome
		rule    string
	}{
		"permitted":                   {secret, secret, nil, presend.Cleared, ""},
		"more than needed":            {secret, top, nil, presend.Cleared, ""},
		"account without":             {secret, "", nil, presend.Unknown, presend.RuleMailboxWithout},
		"the zero clearance":          {secret, "", func(_ *world, m *presend.Mailbox, _ *draft.Draft) { m.Clearance = &label.Clearance{} }, presend.NotCleared, presend.RuleMailbox},
		"account's class too low":     {secret, restricted, nil, presend.NotCleared, presend.RuleMailbox},
		"account lacks a category":    {atomal, secret, nil, presend.NotCleared, presend.RuleMailbox},
		"account of another nation":   {ukOnly, "SECRET; Context=MROD; Only=DEU", nil, presend.NotCleared, presend.RuleMailbox},
		"account lacks a paragraph's": {secret, onlySecret, func(_ *world, _ *presend.Mailbox, d *draft.Draft) { *d = withPart(*d, low) }, presend.NotCleared, presend.RuleMailbox},
		"account lacks a file's":      {secret, onlySecret, func(_ *world, _ *presend.Mailbox, d *draft.Draft) { *d = withFile(*d, "a.pdf", low) }, presend.NotCleared, presend.RuleMailbox},
		"a file's label unreadable": {secret, top, func(_ *world, _ *presend.Mailbox, d *draft.Draft) {
			*d = withFile(*d, "a.pdf", draft.Label{XML: "<label/>"})
		}, presend.Error, presend.RulePartUnreadable},
		"a part above the whole": {restricted, top, func(_ *world, _ *presend.Mailbox, d *draft.Draft) {
			*d = withPart(*d, chosen("NATO", secret))
		}, presend.NotCleared, ""},
		"above the installation": {secret, top, func(w *world, _ *presend.Mailbox, _ *draft.Draft) {
			w.rules.SystemHigh = clearance(w.policy, restricted)
		}, presend.NotCleared, ""},
		"a file's above the installation": {secret, top, func(w *world, _ *presend.Mailbox, d *draft.Draft) {
			w.rules.SystemHigh = clearance(w.policy, onlySecret)
			*d = withFile(*d, "a.pdf", low)
		}, presend.NotCleared, ""},
		"writer not cleared": {secret, top, func(w *world, _ *presend.Mailbox, _ *draft.Draft) {
			w.origin.Entries[0] = w.entry("me", "GBR", presend.Person, restricted)
		}, presend.NotCleared, presend.RuleMailboxOriginator},
		"writer not known": {secret, top, func(w *world, _ *presend.Mailbox, _ *draft.Draft) {
			w.origin.Entries[0] = w.entry("me", "GBR", presend.Person, "")
		}, presend.Unknown, presend.RuleMailboxOriginator},
		"writer not bound": {secret, top, func(w *world, _ *presend.Mailbox, _ *draft.Draft) { w.unbound = true }, presend.NotCleared, presend.RuleMailboxOriginator},
		"writer read long ago": {secret, top, func(w *world, _ *presend.Mailbox, _ *draft.Draft) {
			w.origin.Entries[0].ReadAt = now.Add(-48 * time.Hour)
		}, presend.Cleared, ""},
		"somebody else's mailbox": {secret, top, func(_ *world, m *presend.Mailbox, _ *draft.Draft) { m.Identities = []string{"other@gbr.example"} }, presend.NotCleared, presend.RuleMailboxNotYours},
		"nobody's mailbox":        {secret, top, func(_ *world, m *presend.Mailbox, _ *draft.Draft) { m.Identities = nil }, presend.NotCleared, presend.RuleMailboxNotYours},
		"one of several writers": {secret, secret, func(_ *world, m *presend.Mailbox, _ *draft.Draft) {
			m.Identities = []string{"other@gbr.example", strings.ToUpper(me)}
		}, presend.Cleared, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.person("good", "GBR", top)
			d, m := w.draft(tt.text, addr("good", "GBR")), w.mailbox(tt.account)
			if tt.change != nil {
				tt.change(w, &m, &d)
			}
			for kind, run := range map[string]func(draft.Draft) (*presend.Result, error){"check": w.run, "label alone": w.runLabel} {
				r, err := run(d)
				if err != nil {
					t.Fatal(err)
				}
				c, err := presend.CheckCopy(r, m)
				if err != nil {
					t.Fatal(err)
				}
				got := c.Report()
				if got.Outcome != tt.outcome || c.IsPermitted() != (tt.outcome == presend.Cleared) || got.Permitted != c.IsPermitted() || got.Mailbox != "duty" {
					t.Errorf("%s: %+v", kind, got)
				}
				if tt.rule != "" && !slices.ContainsFunc(got.Reasons, func(x presend.Reason) bool { return x.Rule == tt.rule }) {
					t.Errorf("%s: reasons %+v, want %s", kind, got.Reasons, tt.rule)
				}
				if c.IsPermitted() != (len(got.Reasons) == 0) {
					t.Errorf("%s: %d reasons", kind, len(got.Reasons))
				}
				if text, _ := json.Marshal(got); strings.Contains(string(text), `"held":[`) {
					t.Errorf("%s: it tells what the account holds: %s", kind, text)
				}
			}
		})
	}
}

// runLabel is run without regard to the recipients.
func (w *world) runLabel(d draft.Draft) (*presend.Result, error) {
	return presend.CheckLabel(context.Background(), presend.Input{Draft: d, Site: w.site, Rules: w.rules, Directory: w, Routes: w, Now: now, Sending: w.sending})
}

// A policy that has ended lets nothing into a mailbox (RULES 17).
func TestRule17NoCopyUnderAnEndedPolicy(t *testing.T) {
	w := newWorld(t, policyText(t, `creationDate="20260101000000Z"`, `creationDate="20260101000000Z" notAfter="2026-05-31T23:59:59Z"`))
	r, err := w.runLabel(w.draft(secret, me))
	if err != nil {
		t.Fatal(err)
	}
	c, err := presend.CheckCopy(r, w.mailbox(secret))
	if err != nil || c.IsPermitted() || c.Report().Outcome != presend.Error {
		t.Errorf("%+v, %v", c.Report(), err)
	}
}

// Nothing stands for a decision that none was made of.
func TestRule21NoDecisionWithoutACheck(t *testing.T) {
	w := newWorld(t)
	r, err := w.run(w.draft(secret, me))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		r *presend.Result
		m presend.Mailbox
	}{"no check": {nil, w.mailbox(secret)}, "the zero check": {&presend.Result{}, w.mailbox(secret)}, "no name": {r, presend.Mailbox{Clearance: w.mailbox(secret).Clearance, Identities: []string{me}}}} {
		if got, err := presend.CheckCopy(c.r, c.m); !errors.Is(err, presend.ErrCopy) || got != nil {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	var none *presend.CopyResult
	for name, c := range map[string]*presend.CopyResult{"nil": none, "zero": {}} {
		if c.IsDone() || c.IsPermitted() || c.IsOf(nil) || c.IsOf(r) || c.Result() != nil || c.Mailbox() != "" || !c.At().IsZero() {
			t.Errorf("%s stands for a decision", name)
		}
	}
	c, err := presend.CheckCopy(r, w.mailbox(restricted))
	if err != nil {
		t.Fatal(err)
	}
	c.Report().Reasons[0] = presend.Reason{}
	if c.Report().Reasons[0].Rule == "" {
		t.Error("whoever was handed the report changes the decision")
	}
}

// A check of the label alone clears nothing, whoever the draft is addressed to, and needs nobody.
func TestCheckLabelClearsNothing(t *testing.T) {
	w := newWorld(t)
	w.sending = true
	for _, to := range [][]string{nil, {me}, {"not an address"}} {
		r, err := w.runLabel(w.draft(secret, to...))
		if err != nil {
			t.Fatal(err)
		}
		if x := r.Report(); !r.IsDone() || r.IsForSending() || x.Sendable || len(x.Recipients) > 0 || len(r.Envelope()) > 0 || !x.Label.Valid || x.Originator.Outcome != presend.Cleared {
			t.Errorf("to %v: %+v", to, x)
		}
	}
	d := w.draft(secret)
	d.Label = draft.Label{}
	if r, err := w.runLabel(d); !errors.Is(err, presend.ErrDraft) || r != nil {
		t.Errorf("without a label: %v, %v", r, err)
	}
	d = w.draft(secret)
	d.Channel = "mailbox"
	if r, err := w.runLabel(d); !errors.Is(err, presend.ErrDraft) || r != nil {
		t.Errorf("of no channel: %v, %v", r, err)
	}
}
