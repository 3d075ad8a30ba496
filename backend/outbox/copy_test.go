package outbox_test

import (
	"context"
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

// queueWithCopy clears a draft that must be allowed, with a copy for op's mailbox, permitted or not.
func (o *office) queueWithCopy(d draft.Draft) string {
	o.t.Helper()
	r, err := o.checkAtSend(o.t.Context(), d)
	must(o.t, err)
	c, err := presend.CheckCopy(r, o.boxes[duty])
	must(o.t, err)
	m, err := o.box.Clear(o.t.Context(), outbox.Request{Result: r, Account: "atl", Copy: c})
	must(o.t, err)
	return m.ID()
}

// copied holds the copy of a message to a state, and how often the mailbox was tried.
func (o *office) copied(id string, want outbox.State, attempts int) {
	o.t.Helper()
	c := o.show(id).Copy
	if c == nil || c.State != want || c.Mailbox != duty {
		o.t.Errorf("the copy is %+v, want %s", c, want)
	}
	if n := o.keeper.attempts(); n != attempts {
		o.t.Errorf("the mailbox was tried %d times, want %d", n, attempts)
	}
}

// copyID is the row of the only copy.
func (o *office) copyID() (id string) {
	o.t.Helper()
	must(o.t, o.store.Reader().QueryRow(`SELECT id FROM message WHERE folder <> ''`).Scan(&id))
	return id
}

// A copy is the very message, for the mailbox alone, on record by itself, and part of its message for whoever looks at the queue.
func TestRule21SentCopy(t *testing.T) {
	o := newOffice(t)
	d := message("SECRET", ann, bob)
	d.Exempted = []string{lou}
	id := o.queueWithCopy(d)
	o.copied(id, outbox.Queued, 0)
	o.sendDue()
	o.state(id, outbox.Accepted, outbox.Accepted, outbox.Accepted)
	o.copied(id, outbox.Accepted, 1)
	got, sent := o.keeper.sent[0], o.sender.sent[0]
	if got.wire != sent.wire || got.account != duty || got.from != op || !slices.Equal(got.to, []string{"mailbox:duty/sent"}) || got.id == id {
		t.Errorf("kept %+v", got)
	}
	if got.folder != outbox.Sent || sent.folder != "" || got.messageID != sent.messageID || !strings.Contains(sent.wire, "Message-ID: "+sent.messageID+"\r\n") {
		t.Errorf("%q %s, %q %s", got.folder, got.messageID, sent.folder, sent.messageID)
	}
	if strings.Contains(strings.ToLower(got.wire), "\nbcc:") || len(o.spooled()) != 1 {
		t.Errorf("a blind recipient in the copy, or a second file: %v", o.spooled())
	}
	list, err := o.box.List(t.Context(), 10)
	must(t, err)
	if len(list) != 1 || list[0].Copy == nil || list[0].Copy.State != outbox.Accepted || list[0].Copy.Note == "" {
		t.Errorf("listed %+v", list)
	}
	if e := o.last(audit.TypeDecision).Data; e.Result != "cleared" || e.Message != got.id || len(e.Recipients) != 1 || e.Recipients[0].Address != "mailbox:duty/sent" ||
		e.Recipients[0].Outcome != presend.Cleared || e.Wire != o.spooled()[0] {
		t.Errorf("logged %+v", e)
	}
	if o.sendDue(); o.keeper.attempts() != 1 || o.sender.attempts() != 1 {
		t.Error("sent or kept again")
	}
}

// Nobody works with a copy as if it were a message.
func TestRule21CopyIsNoMessage(t *testing.T) {
	o := newOffice(t)
	o.queueWithCopy(message("SECRET", ann))
	id := o.copyID()
	_, show := o.box.Show(t.Context(), id)
	_, again := o.box.Draft(t.Context(), id)
	_, wire := o.box.Wire(t.Context(), id)
	_, evidence := o.box.Evidence(t.Context(), id)
	drop := o.box.Drop(t.Context(), id, "tester")
	r, err := o.checkAtSend(t.Context(), message("SECRET", ann))
	must(t, err)
	_, replace := o.box.Clear(t.Context(), outbox.Request{Result: r, Account: "atl", Replaces: id})
	for what, err := range map[string]error{"Show": show, "Draft": again, "Wire": wire, "Evidence": evidence, "Drop": drop, "Replaces": replace} {
		if !errors.Is(err, outbox.ErrUnknownMessage) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// A copy waits for its message: it goes when a server has accepted that for anybody, and never of what nobody got.
func TestRule21CopyWaitsForItsMessage(t *testing.T) {
	later, never := outbox.Deferred, outbox.Refused
	for name, c := range map[string]struct {
		step step
		then func(*office, string)
		want outbox.State
		kept int
	}{
		"nobody yet":                     {answer(map[string]outbox.State{ann: later, bob: later}), nil, outbox.Queued, 0},
		"not reached":                    {failBefore(errNet), nil, outbox.Queued, 0},
		"one of them":                    {answer(map[string]outbox.State{bob: later}), nil, outbox.Accepted, 1},
		"one of them, the other refused": {answer(map[string]outbox.State{bob: never}), nil, outbox.Accepted, 1},
		"refused for all":                {answer(map[string]outbox.State{ann: never, bob: never}), nil, outbox.Dropped, 0},
		"given up":                       {failBefore(errors.Join(errNet, outbox.ErrPermanent)), nil, outbox.Dropped, 0},
		"uncertain":                      {failAfter(errNet), nil, outbox.Queued, 0},
		"uncertain for one of them":      {answer(map[string]outbox.State{bob: "silence"}), nil, outbox.Accepted, 1},
		"uncertain, dropped by the user": {failAfter(errNet), func(o *office, id string) { must(o.t, o.box.Drop(o.t.Context(), id, "tester")) }, outbox.Dropped, 0},
		"put off, dropped by the user":   {failBefore(errNet), func(o *office, id string) { must(o.t, o.box.Drop(o.t.Context(), id, "tester")) }, outbox.Dropped, 0},
		"put off for one, then dropped":  {answer(map[string]outbox.State{bob: later}), func(o *office, id string) { must(o.t, o.box.Drop(o.t.Context(), id, "tester")) }, outbox.Accepted, 1},
		"held, since it is not cleared":  {failBefore(errNet), func(o *office, _ string) { o.sleep(time.Hour); o.set(bob, "OPEN") }, outbox.Queued, 0},
		"its row says that it was gotten": {failBefore(errNet), func(o *office, _ string) {
			o.exec(`UPDATE message_recipient SET state = 'accepted' WHERE address = ?`, ann)
		}, outbox.Dropped, 0},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.sender.steps = []step{c.step}
			id := o.queueWithCopy(message("SECRET", ann, bob))
			o.sendDue()
			if c.then != nil {
				c.then(o, id)
				o.sendDue()
			}
			o.copied(id, c.want, c.kept)
		})
	}
}

// The message goes, and there is no copy of it: the user is told why, and no altered row changes that.
func TestRule21MailboxThatMayNotHoldIt(t *testing.T) {
	for name, change := range map[string]func(*office){
		"below the label":     func(o *office) { o.mailbox("OPEN") },
		"without a clearance": func(o *office) { o.boxes[duty] = presend.Mailbox{Name: duty, Identities: []string{op}} },
		"of somebody else": func(o *office) {
			m := o.boxes[duty]
			m.Identities = []string{ann}
			o.boxes[duty] = m
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			change(o)
			id := o.queueWithCopy(message("SECRET", ann))
			o.copied(id, outbox.Dropped, 0)
			if o.show(id).Copy.Note == "" {
				t.Error("nobody is told why")
			}
			if e := o.last(audit.TypeDecision).Data; e.Result != "blocked" || e.Recipients[0].Outcome == presend.Cleared || e.Recipients[0].Address != "mailbox:duty/sent" {
				t.Errorf("logged %+v", e)
			}
			o.mailbox("OPEN", "SECRET") // now it might, but what was decided stays
			o.exec(`UPDATE message SET state = 'queued', note = '' WHERE folder <> ''`)
			o.exec(`UPDATE message_recipient SET state = 'queued' WHERE address LIKE 'mailbox:%'`)
			o.sendDue()
			o.state(id, outbox.Accepted, outbox.Accepted)
			o.copied(id, outbox.Dropped, 0)
		})
	}
}

// A copy needs a decision on the very check that its message is cleared by.
func TestRule21CopyOfAnotherCheck(t *testing.T) {
	o := newOffice(t)
	low, err := o.checkAtSend(t.Context(), message("OPEN", ann))
	must(t, err)
	high, err := o.checkAtSend(t.Context(), message("SECRET", ann))
	must(t, err)
	o.mailbox("OPEN")
	ofLow, err := presend.CheckCopy(low, o.boxes[duty])
	must(t, err)
	for name, c := range map[string]*presend.CopyResult{"of a draft with a lower label": ofLow, "the zero decision": {}} {
		if got, err := o.box.Clear(t.Context(), outbox.Request{Result: high, Account: "atl", Copy: c}); !errors.Is(err, outbox.ErrNotCleared) || !got.IsZero() {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		o.nothing(name)
	}
}

// What was permitted when the message was cleared counts no more when the copy is about to be kept, with or without a restart. Nobody
// is asked: it is dropped, on record, and the message stays what it is.
func TestRule24CopyIsCheckedAgain(t *testing.T) {
	for name, change := range map[string]func(*office){
		"mailbox lowered":              func(o *office) { o.mailbox("OPEN") },
		"mailbox without a clearance":  func(o *office) { o.boxes[duty] = presend.Mailbox{Name: duty, Identities: []string{op}} },
		"mailbox of somebody else now": func(o *office) { m := o.boxes[duty]; m.Identities = nil; o.boxes[duty] = m },
		"another mailbox":              func(o *office) { m := o.boxes[duty]; m.Name = "other"; o.boxes[duty] = m },
		"mailbox gone":                 func(o *office) { delete(o.boxes, duty) },
		"installation lowered":         func(o *office) { o.rules.SystemHigh = o.clearance("OPEN") },
		"originator lowered":           func(o *office) { o.set(op, "OPEN") },
		"identity taken away":          func(o *office) { o.bound = false },
		"another identity first":       func(o *office) { o.from = ann },
		"policy ended":                 func(o *office) { o.sleep(30 * 365 * 24 * time.Hour) },
	} {
		for _, restarts := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				o := newOffice(t)
				id := o.queueWithCopy(message("SECRET", ann))
				o.sender.steps = []step{func(ctx context.Context, c outbox.Cleared, bodySent func() error) ([]outbox.Receipt, error) {
					change(o) // between message and copy
					return accept(ctx, c, bodySent)
				}}
				if restarts {
					o.keeper.steps = []step{failBefore(errNet)}
					o.sender.steps = nil
					o.sendDue()
					o.copied(id, outbox.Deferred, 1)
					change(o)
					o.restart()
					o.keeper.sent = nil
					o.sleep(time.Hour)
				}
				o.sendDue()
				o.state(id, outbox.Accepted, outbox.Accepted)
				o.copied(id, outbox.Dropped, 0)
				e := o.last(audit.TypeState).Data
				if o.show(id).Copy.Note == "" || e.Message != o.copyID() || e.State != outbox.Dropped || e.Note == "" {
					t.Errorf("noted %q, logged %+v", o.show(id).Copy.Note, e)
				}
			})
		}
	}
}

// What cannot be checked now waits, and is not kept meanwhile.
func TestRule24CopyThatCannotBeCheckedWaits(t *testing.T) {
	for name, change := range map[string]func(*office, *outbox.Config){
		"the installation cannot be read": func(o *office, _ *outbox.Config) { o.noBoxes = errors.New("broken disk") },
		"no way to read mailboxes":        func(_ *office, c *outbox.Config) { c.Mailbox = nil },
		"no way to check":                 func(_ *office, c *outbox.Config) { c.CheckLabel = nil },
		"no way to keep":                  func(_ *office, c *outbox.Config) { delete(c.Senders, outbox.MailboxChannel) },
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			c := o.config(o.sender)
			change(o, &c)
			o.box = outbox.New(o.store, c)
			id := o.queueWithCopy(message("SECRET", ann))
			o.sendDue()
			o.state(id, outbox.Accepted, outbox.Accepted)
			o.copied(id, outbox.Deferred, 0)
			o.noBoxes = nil
			o.restart()
			o.sleep(time.Hour)
			o.sendDue()
			o.copied(id, outbox.Accepted, 1)
		})
	}
}

// Whatever somebody did to the rows, a copy goes to the mailbox, the folder and of the message that were decided, or nowhere.
func TestRule24TamperedCopyIsDropped(t *testing.T) {
	for name, statement := range map[string]string{
		"account":               `UPDATE message SET account = 'other' WHERE folder <> ''`,
		"account and recipient": `UPDATE message SET account = 'other' WHERE folder <> ''; UPDATE message_recipient SET address = 'mailbox:other/sent' WHERE address LIKE 'mailbox:%'`,
		"recipient":             `UPDATE message_recipient SET address = 'mailbox:other/sent' WHERE address LIKE 'mailbox:%'`,
		"recipient added":       `INSERT INTO message_recipient (message, position, address, state, changed) SELECT id, 1, 'ann@atl.example', 'queued', 0 FROM message WHERE folder <> ''`,
		"folder":                `UPDATE message SET folder = 'drafts' WHERE folder <> ''`,
		"message":               `UPDATE message SET copy_of = 'another' WHERE folder <> ''`,
		"sender":                `UPDATE message SET sender = 'ann@atl.example' WHERE folder <> ''`,
		"draft":                 `UPDATE message SET draft = replace(draft, 'open', 'shut') WHERE folder <> ''`,
		"channel":               `UPDATE message SET channel = 'mail' WHERE folder <> ''`,
		"bytes":                 `UPDATE message SET wire_sha256 = printf('%064d', 0) WHERE folder <> ''`,
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			id := o.queueWithCopy(message("SECRET", ann))
			copyID := o.copyID()
			o.exec(statement)
			o.sendDue()
			o.state(id, outbox.Accepted, outbox.Accepted)
			if o.sender.attempts() != 1 || o.keeper.attempts() != 0 {
				t.Errorf("sent %d, kept %d", o.sender.attempts(), o.keeper.attempts())
			}
			if e := o.last(audit.TypeState).Data; e.Message != copyID || e.State != outbox.Dropped {
				t.Errorf("logged %+v", e)
			}
		})
	}
	t.Run("a message made a copy", func(t *testing.T) {
		o := newOffice(t)
		o.queue(message("SECRET", ann))
		o.exec(`UPDATE message SET folder = 'drafts', copy_of = 'x', channel = 'mailbox', account = 'duty'`)
		if o.sendDue(); o.sender.attempts()+o.keeper.attempts() != 0 {
			t.Error("it left")
		}
	})
	t.Run("a copy made a message", func(t *testing.T) {
		o := newOffice(t)
		o.sender.steps = []step{failBefore(errNet)}
		o.queueWithCopy(message("SECRET", ann))
		o.exec(`UPDATE message SET folder = '', channel = 'mail' WHERE folder <> ''`)
		if o.sendDue(); o.sender.attempts() != 1 || o.keeper.attempts() != 0 { // the message's own
			t.Errorf("%d attempts", o.sender.attempts())
		}
	})
}

// Of a copy nobody has to decide whether it was kept: it is tried again, by who looks first, whatever was left open.
func TestRule25CopySettlesItself(t *testing.T) {
	for name, s := range map[string]step{
		"lost before the end":    failBefore(errNet),
		"lost after the end":     failAfter(errNet),
		"no answer":              answer(map[string]outbox.State{"mailbox:duty/sent": "silence"}),
		"put off by the mailbox": answer(map[string]outbox.State{"mailbox:duty/sent": outbox.Deferred}),
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.keeper.steps = []step{s, accept}
			id := o.queueWithCopy(message("SECRET", ann))
			o.sendDue()
			o.state(id, outbox.Accepted, outbox.Accepted)
			o.copied(id, outbox.Deferred, 1)
			o.sleep(time.Minute)
			o.sendDue()
			o.copied(id, outbox.Accepted, 2)
		})
	}
	t.Run("refused by the mailbox", func(t *testing.T) {
		o := newOffice(t)
		o.keeper.steps = []step{answer(map[string]outbox.State{"mailbox:duty/sent": outbox.Refused})}
		id := o.queueWithCopy(message("SECRET", ann))
		o.sendDue()
		o.state(id, outbox.Accepted, outbox.Accepted)
		o.copied(id, outbox.Refused, 1)
	})
}

// How long a copy is tried counts from when its message was accepted.
func TestCopyExpiresByItself(t *testing.T) {
	o := newOffice(t)
	o.sender.steps = []step{failBefore(errNet), accept}
	o.keeper.steps = []step{failBefore(errors.New("the mailbox is away"))}
	id := o.queueWithCopy(message("SECRET", ann))
	o.sendDue()
	o.sleep(outbox.Expiry - time.Hour)
	o.sendDue()
	o.state(id, outbox.Accepted, outbox.Accepted)
	o.copied(id, outbox.Deferred, 1)
	o.sleep(24 * time.Hour)
	o.sendDue()
	o.copied(id, outbox.Deferred, 2)
	o.sleep(outbox.Expiry)
	o.sendDue()
	o.copied(id, outbox.Refused, 3)
	if note := o.show(id).Copy.Note; !strings.Contains(note, "the mailbox is away") {
		t.Errorf("noted %q", note)
	}
}
