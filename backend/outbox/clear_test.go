package outbox_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"caveat/backend/audit"
	"caveat/backend/draft"
	"caveat/backend/label"
	wire "caveat/backend/message"
	"caveat/backend/outbox"
	"caveat/backend/presend"
)

// nothing holds the office to having queued nothing at all.
func (o *office) nothing(why string) {
	o.t.Helper()
	list, err := o.box.List(o.t.Context(), 10)
	must(o.t, err)
	if len(list) > 0 || len(o.spooled()) > 0 {
		o.t.Errorf("%s: queued %d, spooled %v", why, len(list), o.spooled())
	}
	o.sendDue()
	if n := o.sender.attempts(); n > 0 {
		o.t.Errorf("%s: %d attempts", why, n)
	}
}

func TestRule24ClearQueuesWhatPassed(t *testing.T) {
	o := newOffice(t)
	d := message("SECRET", ann, "BOB@bor.example")
	d.Info = []string{op, ann}
	c, err := o.clear(d, nil)
	must(t, err)
	if c.IsZero() || c.Channel() != draft.Mail || c.Account() != "atl" || c.Sender() != op || len(c.ID()) != 26 {
		t.Errorf("cleared %+v", c)
	}
	if got := strings.Join(c.Recipients(), ","); got != ann+",BOB@bor.example,"+op {
		t.Errorf("recipients %q: each once, in order, as spelled", got)
	}
	body, err := c.Open()
	must(t, err)
	text, err := io.ReadAll(body)
	must(t, err)
	must(t, body.Close())
	if l, err := wire.ReadLabel(strings.NewReader(string(text))); err != nil || l.Label.Classification != "SECRET" {
		t.Errorf("the label on the wire: %+v, %v", l, err)
	}
	sum := sha256.Sum256(text)
	if name := hex.EncodeToString(sum[:]); c.Size() != int64(len(text)) || strings.Join(o.spooled(), " ") != name {
		t.Errorf("size %d of %d, spooled %v, want %s", c.Size(), len(text), o.spooled(), name)
	}
	o.state(c.ID(), outbox.Queued, outbox.Queued, outbox.Queued, outbox.Queued)
	e := o.last(audit.TypeDecision).Data
	if e.Result != "cleared" || e.Message != c.ID() || e.Wire != hex.EncodeToString(sum[:]) || len(e.Recipients) != 3 ||
		e.Recipients[0].Address != ann || e.Recipients[0].UUID != "uuid of "+ann || e.Originator.UUID != "uuid of "+op || e.Recipients[0].Override != nil {
		t.Errorf("logged %+v", e)
	}
	for path, mode := range map[string]os.FileMode{"spool": 0o700, filepath.Join("spool", o.spooled()[0]): 0o600} {
		if info, err := os.Stat(filepath.Join(o.dir, path)); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
}

func TestRule24ZeroClearedHoldsNothing(t *testing.T) {
	var c outbox.Cleared
	if r, err := c.Open(); !c.IsZero() || r != nil || !errors.Is(err, outbox.ErrNotCleared) || c.ID() != "" || len(c.Recipients()) != 0 {
		t.Errorf("%+v: %v, %v", c, r, err)
	}
}

// A caller cannot widen what was cleared.
func TestRule24RecipientsAreACopy(t *testing.T) {
	o := newOffice(t)
	c, err := o.clear(message("OPEN", ann), nil)
	must(t, err)
	c.Recipients()[0] = lou
	if c.Recipients()[0] != ann {
		t.Errorf("recipients %v", c.Recipients())
	}
}

func TestRule24ClearRefusesWhatIsNoFreshCheck(t *testing.T) {
	o := newOffice(t)
	d := message("OPEN", ann)
	good, err := o.checkAtSend(t.Context(), d)
	must(t, err)
	drafting, err := o.check(t.Context(), d, false)
	must(t, err)
	shared := message("OPEN", ann)
	changed, err := o.checkAtSend(t.Context(), shared)
	must(t, err)
	shared.Action[0] = lou // the slice that the check was given
	repainted, err := o.checkAtSend(t.Context(), message("SECRET", ann, lou))
	must(t, err)
	repainted.Report().Recipients[1].Verdict = repainted.Report().Recipients[0].Verdict
	for name, c := range map[string]struct {
		result *presend.Result
		later  time.Duration
	}{
		"no check":                       {nil, 0},
		"the zero check":                 {&presend.Result{}, 0},
		"a check while drafting":         {drafting, 0},
		"a check of some minutes ago":    {good, 61 * time.Second},
		"a check of the future":          {good, -time.Hour},
		"a draft changed after it":       {changed, 0},
		"a report whose verdict changed": {repainted, 0},
	} {
		o.sleep(c.later)
		got, err := o.box.Clear(t.Context(), outbox.Request{Result: c.result, Account: "atl", Overrides: map[string]string{ann: "x", lou: "x"}})
		if !errors.Is(err, outbox.ErrNotCleared) || !got.IsZero() {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		o.nothing(name)
		o.sleep(-c.later)
	}
	if _, err := o.box.Clear(t.Context(), outbox.Request{Result: good, Account: "atl"}); err != nil {
		t.Errorf("the good one: %v", err)
	}
}

// Whatever is not cleared blocks, and that it did is on record (RULES 14).
func TestRule14Blocked(t *testing.T) {
	for name, c := range map[string]struct {
		draft   draft.Draft
		prepare func(*office)
	}{
		"not cleared":                    {message("SECRET", ann, lou), nil},
		"unknown":                        {message("OPEN", gone), nil},
		"stale":                          {message("OPEN", old), nil},
		"copied to somebody who may not": {func() draft.Draft { d := message("SECRET", ann); d.Info = []string{lou}; return d }(), nil},
		"link":                           {message("SECRET", far), nil},
		"no route":                       {message("OPEN", ann), func(o *office) { delete(o.links, "atl.example") }},
		"invalid label":                  {func() draft.Draft { d := message("SECRET", ann); d.Label.Selection.Categories = nil; return d }(), nil},
		"originator not cleared":         {message("SECRET", ann), func(o *office) { o.set(op, "OPEN") }},
		"identity of somebody else":      {message("OPEN", ann), func(o *office) { o.bound = false }},
		"above the installation":         {message("SECRET", ann), func(o *office) { o.rules.SystemHigh = o.clearance("OPEN") }},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			if c.prepare != nil {
				c.prepare(o)
			}
			got, err := o.clear(c.draft, map[string]string{ann: "urgent", lou: "urgent", gone: "urgent", old: "urgent", far: "urgent", op: "urgent"})
			var blocked *outbox.BlockedError
			if !errors.As(err, &blocked) || !errors.Is(err, outbox.ErrNotCleared) || !got.IsZero() || blocked.Report.Draft != c.draft.Digest() {
				t.Fatalf("%+v, %v", got, err)
			}
			o.nothing(name)
			if e := o.last(audit.TypeDecision).Data; e.Result != "blocked" || e.Message != "" || len(e.Recipients) == 0 || len(o.log()) != 1 {
				t.Errorf("logged %+v", e)
			}
		})
	}
}

// The refusal is on record, or the caller is told that it is not.
func TestRule14BlockedAndNotLogged(t *testing.T) {
	o := newOffice(t)
	r, err := o.checkAtSend(t.Context(), message("OPEN", gone))
	must(t, err)
	ended, end := context.WithCancel(t.Context())
	end()
	var blocked *outbox.BlockedError
	if _, err := o.box.Clear(ended, outbox.Request{Result: r}); err == nil || errors.As(err, &blocked) {
		t.Errorf("error %v", err)
	}
}

// Spool, row and audit entry are there together or not at all.
func TestRule25ClearIsAtomic(t *testing.T) {
	for name, statement := range map[string]string{
		"the row fails":              `CREATE TRIGGER fail BEFORE INSERT ON message BEGIN SELECT RAISE(ABORT, 'disk full'); END`,
		"a recipient fails":          `CREATE TRIGGER fail BEFORE INSERT ON message_recipient BEGIN SELECT RAISE(ABORT, 'disk full'); END`,
		"the audit entry fails":      `CREATE TRIGGER fail BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'disk full'); END`,
		"what others are told fails": `CREATE TRIGGER fail BEFORE INSERT ON change BEGIN SELECT RAISE(ABORT, 'disk full'); END`,
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.exec(statement)
			if c, err := o.clear(message("OPEN", ann), nil); err == nil || !c.IsZero() {
				t.Errorf("%+v, %v", c, err)
			}
			o.exec(`DROP TRIGGER fail`)
			o.nothing(name)
			if log := o.log(); len(log) != 0 {
				t.Errorf("logged %+v", log)
			}
		})
	}
	t.Run("its context ended", func(t *testing.T) {
		o := newOffice(t)
		r, err := o.checkAtSend(t.Context(), message("OPEN", ann))
		must(t, err)
		ended, end := context.WithCancel(t.Context())
		end()
		if c, err := o.box.Clear(ended, outbox.Request{Result: r}); err == nil || !c.IsZero() {
			t.Errorf("%+v, %v", c, err)
		}
		o.nothing("its context ended")
	})
	t.Run("no spool", func(t *testing.T) {
		o := newOffice(t)
		must(t, os.WriteFile(filepath.Join(o.dir, "spool"), nil, 0o600))
		if c, err := o.clear(message("OPEN", ann), nil); err == nil || !c.IsZero() || len(o.log()) != 0 {
			t.Errorf("%+v, %v", c, err)
		}
	})
}

// What cannot be written as a message is not queued.
func TestClearRefusesWhatCannotBeComposed(t *testing.T) {
	o := newOffice(t)
	d := message("OPEN", ann)
	d.Attachments = []draft.Attachment{{File: "plan.pdf"}}
	if c, err := o.clear(d, nil); !errors.Is(err, outbox.ErrNotKept) || !c.IsZero() {
		t.Errorf("%+v, %v", c, err)
	}
	d = message("OPEN", ann)
	d.Label = draft.Label{XML: string(label.Label{}.Marshal())}
	if _, err := o.checkAtSend(t.Context(), d); err == nil {
		t.Error("a label of no policy was checked")
	}
	o.nothing("not composed")
}

// Two spellings of one address are one recipient, in the header and for the server; who stands in both lists acts.
func TestTwoSpellingsAreOneRecipient(t *testing.T) {
	o := newOffice(t)
	d := message("SECRET", "Ann@atl.example", ann, bob)
	d.Info = []string{"ANN@atl.example", op, "Op@atl.example"}
	c, err := o.clear(d, nil)
	must(t, err)
	if got := strings.Join(c.Recipients(), " "); got != "Ann@atl.example "+bob+" "+op {
		t.Errorf("to the server: %s", got)
	}
	text, err := o.box.Wire(t.Context(), c.ID())
	must(t, err)
	m, err := mail.ReadMessage(strings.NewReader(string(text)))
	must(t, err)
	for field, want := range map[string]string{"To": "Ann@atl.example " + bob, "Cc": op} {
		list, err := m.Header.AddressList(field)
		must(t, err)
		var got []string
		for _, a := range list {
			got = append(got, a.Address)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %s", field, got)
		}
	}
}
