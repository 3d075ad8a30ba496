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
	"caveat/backend/draft"
	"caveat/backend/outbox"
	"caveat/backend/presend"
)

// keepDraft asks for a copy of a stored draft.
func (o *office) keepDraft(d draft.Draft) (string, error) {
	o.t.Helper()
	r, err := o.checkLabel(o.t.Context(), d)
	must(o.t, err)
	c, err := presend.CheckCopy(r, o.boxes[duty])
	must(o.t, err)
	return o.box.ClearCopy(o.t.Context(), outbox.CopyRequest{Copy: c, Draft: stored})
}

// A draft reaches the mailbox as a message that bears its label, by the way that a message takes.
func TestRule21DraftCopy(t *testing.T) {
	o := newOffice(t)
	d := message("SECRET", gone) // who may get it does not matter yet
	id, err := o.keepDraft(d)
	must(t, err)
	if list, err := o.box.List(t.Context(), 10); err != nil || len(list) != 0 {
		t.Errorf("listed among the messages: %+v, %v", list, err)
	}
	if e := o.last(audit.TypeDecision).Data; e.Result != "cleared" || e.Message != id || len(e.Recipients) != 1 || e.Recipients[0].Address != "mailbox:duty/drafts" {
		t.Errorf("logged %+v", e)
	}
	o.sendDue()
	o.sendDue()
	if o.keeper.attempts() != 1 || o.sender.attempts() != 0 {
		t.Fatalf("kept %d times, sent %d times", o.keeper.attempts(), o.sender.attempts())
	}
	got := o.keeper.sent[0]
	if got.id != id || got.folder != outbox.Drafts || got.account != duty || !slices.Equal(got.to, []string{"mailbox:duty/drafts"}) ||
		!strings.Contains(got.wire, "SIO-Label:") || !strings.Contains(got.wire, "Message-ID: "+got.messageID+"\r\n") {
		t.Errorf("kept %+v", got)
	}
}

// A draft that is to be sent later is kept now.
func TestRule21DraftForLaterIsKeptNow(t *testing.T) {
	o := newOffice(t)
	if _, err := o.keepDraft(o.later(24*time.Hour, ann)); err != nil {
		t.Fatal(err)
	}
	if o.sendDue(); o.keeper.attempts() != 1 {
		t.Errorf("%d attempts", o.keeper.attempts())
	}
}

// Where the label, the mailbox or who writes does not allow it, nothing leaves the machine, and that is on record.
func TestRule21DraftThatMayNotLeave(t *testing.T) {
	for name, change := range map[string]func(*office){
		"mailbox below the label":   func(o *office) { o.mailbox("OPEN") },
		"mailbox of nobody":         func(o *office) { m := o.boxes[duty]; m.Identities = nil; o.boxes[duty] = m },
		"installation below it":     func(o *office) { o.rules.SystemHigh = o.clearance("OPEN") },
		"originator is not cleared": func(o *office) { o.set(op, "OPEN") },
		"not the user's identity":   func(o *office) { o.bound = false },
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			change(o)
			id, err := o.keepDraft(message("SECRET", ann))
			var blocked *outbox.CopyBlockedError
			if id != "" || !errors.As(err, &blocked) || !errors.Is(err, outbox.ErrNotCleared) || blocked.Report.Permitted || len(blocked.Report.Reasons) == 0 {
				t.Fatalf("%q, %v", id, err)
			}
			o.nothing(name)
			if e := o.last(audit.TypeDecision).Data; e.Result != "blocked" || len(e.Recipients) != 1 {
				t.Errorf("logged %+v", e)
			}
		})
	}
	t.Run("without a label", func(t *testing.T) {
		o := newOffice(t)
		d := message("SECRET", ann)
		d.Label = draft.Label{}
		if r, err := o.checkLabel(t.Context(), d); err == nil || r != nil {
			t.Errorf("it was checked: %v", err)
		}
		if id, err := o.box.ClearCopy(t.Context(), outbox.CopyRequest{Draft: stored}); !errors.Is(err, outbox.ErrNotCleared) || id != "" {
			t.Errorf("%q, %v", id, err)
		}
	})
}

func TestRule21DraftCopyNeedsAFreshDecision(t *testing.T) {
	o := newOffice(t)
	shared := message("SECRET", ann)
	r, err := o.checkLabel(t.Context(), shared)
	must(t, err)
	c, err := presend.CheckCopy(r, o.boxes[duty])
	must(t, err)
	for name, x := range map[string]struct {
		request outbox.CopyRequest
		before  func()
		after   func()
	}{
		"of two minutes ago":      {outbox.CopyRequest{Copy: c, Draft: stored}, func() { o.sleep(2 * time.Minute) }, func() { o.sleep(-2 * time.Minute) }},
		"of no draft":             {outbox.CopyRequest{Copy: c}, func() {}, func() {}},
		"the zero one":            {outbox.CopyRequest{Copy: &presend.CopyResult{}, Draft: stored}, func() {}, func() {}},
		"the draft changed since": {outbox.CopyRequest{Copy: c, Draft: stored}, func() { shared.Action[0] = lou }, func() { shared.Action[0] = ann }},
	} {
		x.before()
		if id, err := o.box.ClearCopy(t.Context(), x.request); id != "" || !errors.Is(err, outbox.ErrNotCleared) {
			t.Errorf("%s: %q, %v", name, id, err)
		}
		o.nothing(name)
		x.after()
	}
}

// A newer copy takes the place of one that still waits; so do sending and deleting the draft.
func TestRule21DraftCopyIsReplaced(t *testing.T) {
	o := newOffice(t)
	o.keeper.steps = []step{failBefore(errNet), accept}
	first, err := o.keepDraft(message("SECRET", ann))
	must(t, err)
	o.sendDue()
	d := message("SECRET", ann)
	d.Body = "The bridge is shut."
	second, err := o.keepDraft(d)
	must(t, err)
	o.sleep(time.Hour)
	o.sendDue()
	if n := o.keeper.attempts(); n != 2 || o.keeper.sent[1].id != second || !strings.Contains(o.keeper.sent[1].wire, "shut") {
		t.Errorf("%d attempts", n)
	}
	var state outbox.State
	must(t, o.store.Reader().QueryRow(`SELECT state FROM message WHERE id = ?`, first).Scan(&state))
	if state != outbox.Removed { // nobody knows for sure that it was not kept
		t.Errorf("the first one is %s", state)
	}
	third, err := o.keepDraft(message("SECRET", bob))
	must(t, err)
	must(t, o.store.Write(t.Context(), func(tx *sql.Tx) error { return o.box.ForgetDraft(t.Context(), tx, stored) }))
	if o.sendDue(); o.keeper.attempts() != 2 {
		t.Errorf("%s of a draft that is gone was kept", third)
	}
}

// What is forgotten while it is on its way is not ended.
func TestRule21DraftSentWhileItsCopyIsOnItsWay(t *testing.T) {
	o := newOffice(t)
	o.keeper.steps = []step{func(ctx context.Context, c outbox.Cleared, bodySent func() error) ([]outbox.Receipt, error) {
		must(t, o.store.Write(ctx, func(tx *sql.Tx) error { return o.box.ForgetDraft(ctx, tx, stored) }))
		err := bodySent()
		if err == nil {
			t.Error("the copy would have been ended")
		}
		return nil, err
	}, accept}
	_, err := o.keepDraft(message("SECRET", ann))
	must(t, err)
	o.sendDue()
	o.sleep(time.Hour)
	if o.sendDue(); o.keeper.attempts() != 1 {
		t.Errorf("%d attempts", o.keeper.attempts())
	}
}
