package audit_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"caveat/backend/audit"
	"caveat/backend/store"
)

// rewrite writes the whole log anew, without keys and checkpoints, and with it all that the database remembers of what was signed.
func rewrite(t testing.TB, s *store.Store, change func(line map[string]json.RawMessage)) {
	t.Helper()
	var kept []byte
	for line := range strings.Lines(string(export(t, s))) {
		if !strings.Contains(line, `"type":"key"`) && !strings.Contains(line, `"type":"checkpoint"`) {
			kept = append(kept, line...)
		}
	}
	seq := 0
	anew := forge(t, kept, func(line map[string]json.RawMessage) {
		seq++
		line["seq"], _ = json.Marshal(seq)
		change(line)
	})
	exec(t, s, `DELETE FROM audit_mark; DELETE FROM audit_tree; DELETE FROM audit_way; DELETE FROM rules_logged; DELETE FROM audit`)
	must(t, s.Write(t.Context(), func(tx *sql.Tx) error {
		seq := 0
		for line := range strings.Lines(string(anew)) {
			line = strings.TrimSuffix(line, "\n")
			seq++
			if _, err := tx.Exec(`INSERT INTO audit (seq, line, hash) VALUES (?, ?, ?)`, seq, []byte(line), line[len(line)-66:len(line)-2]); err != nil {
				return err
			}
		}
		return nil
	}))
}

// Whoever can write the database, and not the secrets, has nothing signed that he wrote anew; not by the process that runs, and not by the next.
func TestALogWrittenAnewIsNotSigned(t *testing.T) {
	lie := func(line map[string]json.RawMessage) {
		line["data"] = bytes.ReplaceAll(line["data"], []byte("truth"), []byte("lie"))
	}
	for name, tt := range map[string]struct {
		change func(line map[string]json.RawMessage)
		legacy bool // the secrets are of a version that did not keep what was signed last
		says   string
	}{
		"entries":              {change: lie, says: "lines"},
		"entries, and its key": {change: lie, legacy: true, says: "does not name the key"},
		"its first line too": {change: func(line map[string]json.RawMessage) {
			lie(line)
			line["time"] = json.RawMessage(`"2026-01-01T00:00:00Z"`)
		}, says: "another log"},
		"its first line too, and its key": {change: func(line map[string]json.RawMessage) { line["time"] = json.RawMessage(`"2026-01-01T00:00:00Z"`) }, legacy: true, says: "another log"},
	} {
		s, secrets := open(t, t.TempDir()), newSafe()
		l := audit.New(s, audit.Config{Secrets: secrets})
		addMany(t, s, 5, func(int) any { return map[string]string{"who": "truth"} })
		_, err := l.Checkpoint(t.Context())
		must(t, err)
		key := secrets.kept[audit.SigningKey]
		if tt.legacy {
			delete(secrets.kept, audit.AnchorSecret)
		}
		rewrite(t, s, tt.change)
		for _, l := range []*audit.Log{l, audit.New(s, audit.Config{Secrets: secrets})} {
			if c, err := l.Checkpoint(t.Context()); !errors.Is(err, audit.ErrTampered) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("%s: %+v, %v", name, c, err)
			}
		}
		if secrets.kept[audit.SigningKey] != key {
			t.Errorf("%s: the key was replaced", name)
		}
	}
}

// A log that was cut off where it had left the machine is found out by the number of its lines.
func TestCutOffShorterThanWhatLeft(t *testing.T) {
	k := newKeeper(t, 0)
	must(t, k.log.Deliver(t.Context()))
	addMany(t, k.s, 9, func(int) any { return "as it was" })
	must(t, k.log.Deliver(t.Context()))
	exec(t, k.s, `DELETE FROM audit_mark WHERE seq > 4; DELETE FROM audit_tree WHERE position > 3; DELETE FROM audit WHERE seq > 4`)
	delete(k.secrets.kept, audit.AnchorSecret)
	must(t, os.Remove(filepath.Join(k.drop, "latest")))
	if err := k.logTo(0, audit.NewDrop(k.drop)).Deliver(t.Context()); !errors.Is(err, audit.ErrTampered) {
		t.Errorf("error %v", err)
	}
}

// A process that ends anywhere between a checkpoint and what is kept of it makes no alarm, and what was kept is caught up with.
func TestAnchorThatIsOlder(t *testing.T) {
	k := newKeeper(t, 0)
	secrets := &failing{safe: k.secrets, name: audit.AnchorSecret}
	l := audit.New(k.s, audit.Config{Secrets: secrets, Ways: []audit.Way{audit.NewDrop(k.drop)}, Now: k.Now})
	secrets.fail = true
	if _, err := l.Checkpoint(t.Context()); !errors.Is(err, audit.ErrKey) { // not even that a key is to be made
		t.Errorf("the first: %v", err)
	}
	secrets.fail = false
	first, err := l.Checkpoint(t.Context())
	must(t, err)
	secrets.fail = true
	add(t, k.s, entry(0))
	if _, err := l.Checkpoint(t.Context()); !errors.Is(err, audit.ErrKey) {
		t.Errorf("what cannot be kept: %v", err)
	}
	secrets.fail = false
	if got := k.secrets.kept[audit.AnchorSecret]; got != first.Note {
		t.Fatalf("kept is\n%s", got)
	}
	must(t, l.Deliver(t.Context())) // nothing was added since
	if got := k.secrets.kept[audit.AnchorSecret]; got == first.Note {
		t.Error("what was signed last is not kept")
	}
	if h := l.Health(t.Context()); len(h.Sentences()) != 0 {
		t.Errorf("%+v", h)
	}
	// The key was made, and then the process ended: nothing names it.
	other := open(t, t.TempDir())
	add(t, other, entry(0))
	fresh := newSafe()
	lost := &failing{safe: fresh, name: "none"}
	lost.after = func(name string) { // the database cannot be written to from here on
		if name == audit.SigningKey {
			_, err := other.Writer().Exec(`PRAGMA query_only = 1`)
			must(t, err)
		}
	}
	if _, err := audit.New(other, audit.Config{Secrets: lost}).Checkpoint(t.Context()); err == nil {
		t.Fatal("it was written")
	}
	_, err = other.Writer().Exec(`PRAGMA query_only = 0`)
	must(t, err)
	key := fresh.kept[audit.SigningKey]
	if _, err := audit.New(other, audit.Config{Secrets: fresh}).Checkpoint(t.Context()); err != nil || key == "" || fresh.kept[audit.SigningKey] != key {
		t.Errorf("after a key that nothing names: %v", err)
	}
}

// failing fails to store one secret.
type failing struct {
	*safe
	name  string
	fail  bool
	after func(name string)
}

func (f *failing) SetSecret(name, value string) error {
	if f.fail && name == f.name {
		return errors.New("not now")
	}
	err := f.safe.SetSecret(name, value)
	if f.after != nil {
		f.after(name)
	}
	return err
}

// A log that was brought back from a backup stops, says what to do, and goes on with a new series of checkpoints, which is on record.
func TestBeginAnew(t *testing.T) {
	drop, secrets, a, b := t.TempDir(), newSafe(), t.TempDir(), t.TempDir()
	make := func(s *store.Store) *audit.Log {
		return audit.New(s, audit.Config{Secrets: secrets, Ways: []audit.Way{audit.NewDrop(drop)}, Required: time.Hour})
	}
	s := open(t, a)
	add(t, s, entry(1))
	must(t, make(s).Deliver(t.Context()))
	must(t, store.Snapshot(t.Context(), a, filepath.Join(b, store.DatabaseFile)))
	addMany(t, s, 3, func(n int) any { return entry(n) })
	must(t, make(s).Deliver(t.Context()))
	lost := secrets.kept[audit.AnchorSecret]

	r := open(t, b)
	must(t, audit.NoteRestored(t.Context(), r, "brought back from a backup of today, up to line 4", "ann"))
	addMany(t, r, 30, func(n int) any { return entry(n) })
	if err := make(r).Deliver(t.Context()); !errors.Is(err, audit.ErrTampered) {
		t.Fatalf("before: %v", err)
	}
	l := make(r)
	_ = l.Deliver(t.Context())
	if h := l.Health(t.Context()); !strings.Contains(h.Problem, "caveat audit begin-anew --reason") {
		t.Errorf("what to do: %q", h.Problem)
	}
	c, err := l.BeginAnew(t.Context(), "ann", "the disk was broken")
	must(t, err)
	if note := contents(t, filepath.Join(drop, "latest")); note != c.Note || secrets.kept[audit.AnchorSecret] != c.Note {
		t.Errorf("afterwards there lies\n%s", note)
	}
	add(t, r, entry(0))
	for _, l := range []*audit.Log{l, make(r)} {
		if err := l.Deliver(t.Context()); err != nil || len(l.Health(t.Context()).Sentences()) != 0 {
			t.Errorf("afterwards: %v, %+v", err, l.Health(t.Context()))
		}
	}
	out := exported(t, l)
	if _, err := audit.VerifyBy(bytes.NewReader(out), []byte(c.Note), keysOf(t, l)); err != nil {
		t.Error(err)
	}
	said, _ := json.Marshal(lost)
	for _, words := range []string{"the disk was broken", "up to line 4", `"lay":{"drop":` + string(said), `"before":` + string(said)} {
		if !bytes.Contains(out, []byte(words)) {
			t.Errorf("the log does not say %s", words)
		}
	}
	tampered(t, "the series that was lost", out, []byte(lost))

	exec(t, r, `UPDATE audit SET line = CAST(replace(line, 'decision', 'decisiom') AS BLOB) WHERE seq = 9`)
	if _, err := l.BeginAnew(t.Context(), "ann", "x"); !errors.Is(err, audit.ErrTampered) {
		t.Errorf("a log that does not hold together: %v", err)
	}
	other := newKeeper(t, 0)
	must(t, other.log.Deliver(t.Context()))
	if _, err := audit.New(s, audit.Config{Secrets: newSafe(), Ways: []audit.Way{audit.NewDrop(other.drop)}}).BeginAnew(t.Context(), "ann", "x"); !errors.Is(err, audit.ErrNote) {
		t.Errorf("another log's folder: %v", err)
	}
}

// Checkpoints of as many lines, of a series that ended, stay.
func TestDropKeepsWhatWasThere(t *testing.T) {
	drop := t.TempDir()
	d := audit.NewDrop(drop)
	for _, note := range []string{"one", "two", "two"} {
		must(t, d.Send(t.Context(), audit.Checkpoint{Size: 7, Note: note}))
	}
	files, err := os.ReadDir(drop)
	must(t, err)
	if len(files) != 3 || contents(t, filepath.Join(drop, "checkpoint-7.note")) != "one" || contents(t, filepath.Join(drop, "checkpoint-7.2.note")) != "two" {
		t.Errorf("%v", files)
	}
}

func contents(t testing.TB, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	must(t, err)
	return string(data)
}
