package outbox_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"caveat/backend/audit"
	"caveat/backend/outbox"
)

// withLog gives the office a log that takes its checkpoints to a folder, as an administrator may require.
func (o *office) withLog(drop string) *audit.Log {
	o.t.Helper()
	l := audit.New(o.store, audit.Config{Secrets: secrets{}, Ways: []audit.Way{audit.NewDrop(drop)}, Required: time.Hour, Now: o.Now})
	c := o.config(o.sender)
	c.Log = l
	o.box = outbox.New(o.store, c)
	return l
}

type secrets map[string]string

func (s secrets) Secret(name string) (string, error) {
	if v, ok := s[name]; ok {
		return v, nil
	}
	return "", errors.New("no such secret")
}

func (s secrets) SetSecret(name, value string) error { s[name] = value; return nil }

// Nothing is cleared, and nothing that is queued leaves, while the log cannot be taken off the machine as it is required; then all goes on.
func TestNothingIsSentWithoutTheLog(t *testing.T) {
	o := newOffice(t)
	drop := filepath.Join(t.TempDir(), "drop")
	must(t, os.Mkdir(drop, 0o700))
	l := o.withLog(drop)
	must(t, l.Deliver(t.Context()))
	must(t, os.Rename(drop, drop+"~"))
	id := o.queue(message("OPEN", ann))
	o.sleep(2 * time.Hour)
	if err := l.Deliver(t.Context()); err == nil {
		t.Fatal("a folder that is not there")
	}
	if _, err := o.clear(message("OPEN", bob), nil); !errors.Is(err, outbox.ErrLog) || !strings.Contains(err.Error(), "no checkpoint of the audit log has left") {
		t.Errorf("cleared: %v", err)
	}
	o.sendDue()
	o.state(id, outbox.Deferred, outbox.Deferred)
	if m := o.show(id); o.sender.attempts() != 0 || m.Attempts != 0 || !strings.Contains(m.Note, "Nothing is sent until one does") {
		t.Errorf("%d attempts, %+v", o.sender.attempts(), m)
	}
	must(t, os.Rename(drop+"~", drop))
	must(t, l.Deliver(t.Context()))
	o.sleep(time.Minute)
	o.sendDue()
	o.state(id, outbox.Accepted, outbox.Accepted)
	if _, err := o.clear(message("OPEN", bob), nil); err != nil {
		t.Error(err)
	}
}

// A log whose end was written anew while the program runs stops it: what was cleared before is held, and nothing more is.
func TestNothingIsSentAfterTheLogWasAltered(t *testing.T) {
	o := newOffice(t)
	l := o.withLog(t.TempDir())
	must(t, o.box.Recover(t.Context()))
	first := o.queue(message("OPEN", ann))
	if h := l.Health(t.Context()); h.Problem != "" {
		t.Fatal(h.Problem)
	}
	o.exec(`UPDATE audit SET line = CAST(replace(line, 'ann@', 'eve@') AS BLOB) WHERE seq = (SELECT max(seq) FROM audit)`)
	o.sendDue()
	o.state(first, outbox.Held, outbox.Held)
	if _, err := o.clear(message("OPEN", bob), nil); !errors.Is(err, outbox.ErrLog) || !strings.Contains(err.Error(), "was altered") {
		t.Errorf("cleared: %v", err)
	}
	if n := o.sender.attempts(); n != 0 {
		t.Errorf("%d attempts", n)
	}
}

// What is missing of the log is told in words before anything is begun.
func TestNothingIsClearedWithoutTheTableOfTheLog(t *testing.T) {
	o := newOffice(t)
	o.withLog(t.TempDir())
	o.exec(`PRAGMA foreign_keys = OFF`)
	o.exec(`ALTER TABLE audit RENAME TO gone`)
	if _, err := o.clear(message("OPEN", bob), nil); !errors.Is(err, outbox.ErrLog) || !strings.Contains(err.Error(), "cannot be read") {
		t.Errorf("cleared: %v", err)
	}
}
