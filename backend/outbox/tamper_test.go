package outbox_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"caveat/backend/audit"
	"caveat/backend/outbox"
)

// Whatever somebody did to the queue, what does not match the audit log is held and not sent.
func TestRule24TamperedMessagesAreHeld(t *testing.T) {
	spool := func(change func(path string) error) func(*office) {
		return func(o *office) { must(o.t, change(filepath.Join(o.dir, "spool", o.spooled()[0]))) }
	}
	sql := func(statement string, args ...any) func(*office) {
		return func(o *office) { o.exec(`PRAGMA defer_foreign_keys = ON`); o.exec(statement, args...) }
	}
	for name, tamper := range map[string]func(*office){
		"draft":              sql(`UPDATE message SET draft = replace(draft, 'open', 'shut')`),
		"draft is no draft":  sql(`UPDATE message SET draft = '{}'`),
		"draft and digest":   sql(`UPDATE message SET draft = replace(draft, 'open', 'shut'), draft_digest = 'sha256:00'`),
		"draft's digest":     sql(`UPDATE message SET draft_digest = 'sha256:00'`),
		"report's digest":    sql(`UPDATE message SET report_digest = 'sha256:00'`),
		"sender":             sql(`UPDATE message SET sender = ?`, ann),
		"account":            sql(`UPDATE message SET account = 'deu'`),
		"channel":            sql(`UPDATE message SET channel = 'chat'`),
		"wire's hash":        sql(`UPDATE message SET wire_sha256 = ?`, fmt.Sprintf("%064d", 0)),
		"wire's size":        sql(`UPDATE message SET wire_size = wire_size + 1`),
		"recipient added":    sql(`INSERT INTO message_recipient (message, position, address, state, changed) SELECT id, 9, ?, 'queued', 0 FROM message`, lou),
		"recipient removed":  sql(`DELETE FROM message_recipient WHERE position = 0`),
		"recipient changed":  sql(`UPDATE message_recipient SET address = ? WHERE position = 1`, lou),
		"recipients swapped": sql(`UPDATE message_recipient SET address = CASE position WHEN 0 THEN ? ELSE ? END`, bob, ann),
		"nobody left":        sql(`UPDATE message_recipient SET state = 'accepted'`),
		"audit line changed": sql(`UPDATE audit SET line = CAST(replace(line, 'ann@', 'eve@') AS BLOB) WHERE seq = (SELECT audit_seq FROM message)`),
		"another audit line": sql(`UPDATE message SET audit_seq = 1`),
		"the wire is longer": spool(func(p string) error {
			f, err := os.OpenFile(p, os.O_APPEND|os.O_WRONLY, 0)
			must(t, err)
			_, err = f.WriteString("PS: all of it.\r\n")
			must(t, err)
			return f.Close()
		}),
		"the wire is another": spool(func(p string) error {
			data, err := os.ReadFile(p)
			must(t, err)
			return os.WriteFile(p, bytes.ReplaceAll(data, []byte("open"), []byte("shut")), 0o600)
		}),
		"the wire is empty":         spool(func(p string) error { return os.Truncate(p, 0) }),
		"the wire is gone":          spool(os.Remove),
		"the wire is another's too": spool(func(p string) error { return os.Rename(p, p+"x") }),
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			id := o.queue(message("SECRET", ann, bob))
			tamper(o)
			o.sendDue()
			if m := o.show(id); m.State != outbox.Held || m.Note == "" || !m.IsDone() {
				t.Errorf("%s, %q", m.State, m.Note)
			}
			if n := o.sender.attempts(); n != 0 {
				t.Errorf("%d attempts", n)
			}
			if name == "audit line changed" {
				return // the log says so itself
			}
			if e := o.last(audit.TypeState).Data; e.Message != id || e.State != outbox.Held {
				t.Errorf("logged %+v", e)
			}
		})
	}
}

// The audit entry of one message does not clear another.
func TestRule24OneEntryClearsOneMessage(t *testing.T) {
	o := newOffice(t)
	first := o.queue(message("OPEN", ann))
	o.sendDue()
	o.state(first, outbox.Accepted, outbox.Accepted)
	second := o.queue(message("OPEN", bob))
	o.exec(`UPDATE message SET (audit_seq, draft, draft_digest, report_digest, wire_sha256, wire_size) =
		(SELECT audit_seq, draft, draft_digest, report_digest, wire_sha256, wire_size FROM message WHERE id = ?) WHERE id = ?`, first, second)
	o.exec(`UPDATE message_recipient SET address = ? WHERE message = ?`, ann, second)
	o.sendDue()
	o.state(second, outbox.Held, outbox.Held)
	if n := o.sender.attempts(); n != 1 {
		t.Errorf("%d attempts", n)
	}
}

// A file that cannot be read now is no tampering: it is tried again.
func TestSpoolThatCannotBeReadIsTriedAgain(t *testing.T) {
	o := newOffice(t)
	id := o.queue(message("OPEN", ann))
	path := filepath.Join(o.dir, "spool", o.spooled()[0])
	must(t, os.Rename(path, path+"~"))
	must(t, os.Mkdir(path, 0o700)) // opens, and cannot be read
	o.sendDue()
	o.state(id, outbox.Deferred, outbox.Deferred)
	if m := o.show(id); m.Note == "" || m.Attempts != 1 {
		t.Errorf("%+v", m)
	}
	must(t, os.Remove(path))
	must(t, os.Rename(path+"~", path))
	o.sleep(time.Minute)
	o.sendDue()
	o.state(id, outbox.Accepted, outbox.Accepted)
}

// What was altered while it waited for the user's decision is not handed out to be sent anew in his name.
func TestRule24TamperedDraftIsNotSentAnew(t *testing.T) {
	o := newOffice(t)
	id := o.queue(message("SECRET", ann, bob))
	if _, err := o.box.Draft(t.Context(), id); err != nil {
		t.Fatalf("before: %v", err)
	}
	o.exec(`UPDATE message SET draft = replace(draft, 'open', 'shut')`)
	if d, err := o.box.Draft(t.Context(), id); !errors.Is(err, outbox.ErrTampered) {
		t.Errorf("altered draft given: %v, %+v", err, d)
	}
}
