package outbox_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"caveat/backend/outbox"
)

// What was sent can be shown, byte for byte, in any state: spool file and row are kept.
func TestWireGivesTheExactBytesInAnyState(t *testing.T) {
	o := newOffice(t)
	id := o.queue(message("SECRET", ann, bob))
	queued, err := o.box.Wire(t.Context(), id)
	must(t, err)
	o.sendDue()
	o.state(id, outbox.Accepted, outbox.Accepted, outbox.Accepted)
	if len(o.sender.sent) != 1 || o.sender.sent[0].wire != string(queued) {
		t.Errorf("sent %q\ngave %q", o.sender.sent, queued)
	}
	o.restart()
	must(t, o.box.Recover(t.Context())) // cleans the spool
	accepted, err := o.box.Wire(t.Context(), id)
	if err != nil || !bytes.Equal(accepted, queued) {
		t.Errorf("after a restart %q, %v", accepted, err)
	}
	dropped := o.queue(message("OPEN", ann))
	must(t, o.box.Drop(t.Context(), dropped, "tester"))
	if wire, err := o.box.Wire(t.Context(), dropped); err != nil || !strings.Contains(string(wire), "The bridge is open.") {
		t.Errorf("of a dropped message %q, %v", wire, err)
	}
}

func TestEvidenceIsWhatWasCleared(t *testing.T) {
	o := newOffice(t)
	d := message("SECRET", ann, bob)
	r, err := o.checkAtSend(t.Context(), d)
	must(t, err)
	c, err := o.box.Clear(t.Context(), outbox.Request{Result: r, Account: "atl"})
	must(t, err)
	o.sendDue()
	e, err := o.box.Evidence(t.Context(), c.ID())
	must(t, err)
	if !reflect.DeepEqual(e.Draft, d) { // the whole, though nobody is left to be sent to
		t.Errorf("draft %+v", e.Draft)
	}
	if e.Report == nil || e.Report.Digest() != r.ReportDigest() || e.Message.ID != c.ID() || e.Message.State != outbox.Accepted {
		t.Errorf("%+v, %+v", e.Message, e.Report)
	}
}

// A message from before reports were kept has evidence without one.
func TestEvidenceWithoutAReport(t *testing.T) {
	o := newOffice(t)
	id := o.queue(message("OPEN", ann))
	o.exec(`UPDATE message SET report = ''`)
	if e, err := o.box.Evidence(t.Context(), id); err != nil || e.Report != nil || e.Draft.Subject != "Bridge" {
		t.Errorf("%+v, %v", e, err)
	}
}

func TestEvidenceOfNothing(t *testing.T) {
	o := newOffice(t)
	if _, err := o.box.Evidence(t.Context(), "NONE"); !errors.Is(err, outbox.ErrUnknownMessage) {
		t.Errorf("Evidence: %v", err)
	}
	if _, err := o.box.Wire(t.Context(), "NONE"); !errors.Is(err, outbox.ErrUnknownMessage) {
		t.Errorf("Wire: %v", err)
	}
}

// Evidence that the audit log does not name is none.
func TestTamperedEvidenceIsRefused(t *testing.T) {
	row := func(statement string, args ...any) func(*office) {
		return func(o *office) { o.exec(`PRAGMA defer_foreign_keys = ON`); o.exec(statement, args...) }
	}
	file := func(change func(path string) error) func(*office) {
		return func(o *office) { must(o.t, change(filepath.Join(o.dir, "spool", o.spooled()[0]))) }
	}
	for name, tt := range map[string]struct {
		tamper         func(*office)
		evidence, wire bool // whether it shows there
	}{
		"report":            {row(`UPDATE message SET report = replace(report, 'cleared', 'unknown')`), true, false},
		"report is none":    {row(`UPDATE message SET report = '{}'`), true, false},
		"report's digest":   {row(`UPDATE message SET report_digest = 'sha256:00'`), true, true},
		"report and digest": {row(`UPDATE message SET report = 'null', report_digest = 'sha256:74234e98afe7498fb5daf1f36ac2d78acc339464f950703b8c019892f982b90b'`), true, true},
		"draft":             {row(`UPDATE message SET draft = replace(draft, 'open', 'shut')`), true, true},
		"sender":            {row(`UPDATE message SET sender = ?`, ann), true, true},
		"a recipient more":  {row(`INSERT INTO message_recipient (message, position, address, state, changed) SELECT id, 9, ?, 'accepted', 0 FROM message`, lou), true, true},
		"audit line":        {row(`UPDATE audit SET line = CAST(replace(line, 'ann@', 'eve@') AS BLOB) WHERE seq = (SELECT audit_seq FROM message)`), true, true},
		"wire's hash":       {row(`UPDATE message SET wire_sha256 = ?`, strings.Repeat("0", 64)), true, true},
		"wire's size":       {row(`UPDATE message SET wire_size = wire_size + 1`), false, true},
		"wire":              {file(func(p string) error { return os.WriteFile(p, []byte("shut"), 0o600) }), false, true},
		"wire is gone":      {file(os.Remove), false, true},
		"wire, as long as before": {file(func(p string) error {
			data, err := os.ReadFile(p)
			must(t, err)
			return os.WriteFile(p, bytes.ReplaceAll(data, []byte("open"), []byte("shut")), 0o600)
		}), false, true},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			id := o.queue(message("SECRET", ann, bob))
			o.sendDue()
			tt.tamper(o)
			e, err := o.box.Evidence(t.Context(), id)
			if errors.Is(err, outbox.ErrTampered) != tt.evidence || err != nil && e.Report != nil {
				t.Errorf("Evidence: %v, %+v", err, e)
			}
			wire, err := o.box.Wire(t.Context(), id)
			if errors.Is(err, outbox.ErrTampered) != tt.wire || err != nil && wire != nil {
				t.Errorf("Wire: %v, %q", err, wire)
			}
		})
	}
}

// Bytes that cannot be read now are no tampering.
func TestWireThatCannotBeRead(t *testing.T) {
	o := newOffice(t)
	id := o.queue(message("OPEN", ann))
	path := filepath.Join(o.dir, "spool", o.spooled()[0])
	must(t, os.Remove(path))
	must(t, os.Mkdir(path, 0o700)) // opens, and cannot be read
	if wire, err := o.box.Wire(t.Context(), id); err == nil || errors.Is(err, outbox.ErrTampered) || wire != nil {
		t.Errorf("%v, %q", err, wire)
	}
}
