//go:build unix

package audit_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"caveat/backend/audit"
)

// What lies in a folder that others write to is read as far as a note goes, and a file only.
func TestDropIsHostile(t *testing.T) {
	for name, put := range map[string]func(path string) error{
		"a huge file": func(path string) error {
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				return err
			}
			return os.Truncate(path, 1<<42)
		},
		"a device": func(path string) error { return os.Symlink("/dev/zero", path) },
		"a folder": func(path string) error { return os.Mkdir(path, 0o700) },
		"a pipe":   pipe,
	} {
		k := newKeeper(t, 0)
		must(t, k.log.Deliver(t.Context()))
		path := filepath.Join(k.drop, "latest")
		must(t, os.Remove(path))
		must(t, put(path))
		if err := k.log.Deliver(t.Context()); !errors.Is(err, audit.ErrNote) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A checkpoint that was taken away from the folder is told, and so is an older one in its place.
func TestCheckpointTakenAway(t *testing.T) {
	for name, take := range map[string]func(latest string, first []byte) error{
		"taken away": func(latest string, _ []byte) error { return os.Remove(latest) },
		"an older":   func(latest string, first []byte) error { return os.WriteFile(latest, first, 0o600) },
	} {
		k := newKeeper(t, time.Hour)
		must(t, k.log.Deliver(t.Context()))
		latest := filepath.Join(k.drop, "latest")
		first, err := os.ReadFile(latest)
		must(t, err)
		add(t, k.s, entry(1))
		must(t, k.log.Deliver(t.Context()))
		must(t, take(latest, first))
		must(t, k.log.Deliver(t.Context()))
		if h := k.log.Health(t.Context()); h.Problem != "" || !strings.Contains(h.Warning, "by somebody") && !strings.Contains(h.Warning, "somebody put") {
			t.Errorf("%s: %+v", name, h)
		}
		if out := exported(t, k.log); bytes.Count(out, []byte(`"type":"delivery"`)) != 1 {
			t.Errorf("%s: the log does not tell:\n%s", name, out)
		}
		if note, err := os.ReadFile(latest); err != nil || bytes.Equal(note, first) {
			t.Errorf("%s: nothing newer lies there: %v", name, err)
		}
	}
}

// hung are secrets that do not answer.
type hung struct {
	*safe
	until chan struct{}
}

func (h hung) Secret(name string) (string, error) { <-h.until; return h.safe.Secret(name) }

// Secrets that do not answer are told, keep nobody from the log, and stop the sending when that is required.
func TestSecretsThatDoNotAnswer(t *testing.T) {
	k := newKeeper(t, time.Hour)
	h := hung{k.secrets, make(chan struct{})}
	defer close(h.until)
	l := audit.New(k.s, audit.Config{Secrets: h, Ways: []audit.Way{audit.NewDrop(k.drop)}, Required: time.Hour, Now: k.Now, SecretTime: time.Millisecond})
	if err := l.Deliver(t.Context()); !errors.Is(err, audit.ErrKey) || !strings.Contains(err.Error(), "do not answer") {
		t.Errorf("error %v", err)
	}
	if x := l.Health(t.Context()); x.Problem != "" || !strings.Contains(x.Warning, "do not answer") {
		t.Errorf("at first: %+v", x)
	}
	k.pass(2 * time.Hour)
	if x := l.Health(t.Context()); !strings.Contains(x.Problem, "has left the machine") {
		t.Errorf("later: %+v", x)
	}
	// An attempt that goes on and on: the rest of Run does too.
	slow := audit.New(k.s, audit.Config{Secrets: h, Ways: []audit.Way{audit.NewDrop(k.drop)}, SecretTime: time.Hour, Now: k.Now})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { slow.Run(ctx); close(ended) }()
	probed := func() (n int) {
		must(t, k.s.Reader().QueryRow(`SELECT count(*) FROM audit_way WHERE name = 'log'`).Scan(&n))
		return n
	}
	for probed() == 0 {
		must(t, t.Context().Err())
		time.Sleep(time.Millisecond)
	}
	cancel()
	<-ended
}

// Only the age of what left last counts, whether or not somebody wrote down that an attempt failed.
func TestRequiredCountsFromTheLast(t *testing.T) {
	k := newKeeper(t, time.Hour)
	fresh := k.logTo(time.Hour, audit.NewDrop(k.drop))
	if h := fresh.Health(t.Context()); len(h.Sentences()) != 0 {
		t.Errorf("at the beginning: %+v", h)
	}
	k.pass(2 * time.Hour)
	if h := fresh.Health(t.Context()); !strings.Contains(h.Problem, "Since 22 Nov 2026, 09:00Z") {
		t.Errorf("never tried: %+v", h)
	}
	must(t, k.log.Deliver(t.Context()))
	k.pass(10 * 24 * time.Hour)
	again := k.logTo(time.Hour, audit.NewDrop(k.drop))
	if h := again.Health(t.Context()); h.Problem == "" {
		t.Errorf("ten days ago: %+v", h)
	}
	// Whoever sends then waits for an attempt, in a command that makes it itself and in the program that runs.
	if h := again.HealthToSend(t.Context()); len(h.Sentences()) != 0 {
		t.Errorf("after an attempt: %+v", h)
	}
	k.pass(10 * 24 * time.Hour)
	running := k.logTo(time.Hour, audit.NewDrop(k.drop))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { running.Run(ctx); close(ended) }()
	if h := running.HealthToSend(t.Context()); len(h.Sentences()) != 0 {
		t.Errorf("while it runs: %+v", h)
	}
	cancel()
	<-ended
}

// With the true key a tail that another key signed, or names, is no part of the log; what the true key signed after it is.
func TestTailOfAnotherKey(t *testing.T) {
	s := open(t, t.TempDir())
	secrets := newSafe()
	l := audit.New(s, audit.Config{Secrets: secrets})
	add(t, s, entry(1))
	_, err := l.Checkpoint(t.Context())
	must(t, err)
	keys := keysOf(t, l)
	other := signed(s)
	addMany(t, s, 20, func(n int) any { return entry(n) })
	_, err = audit.VerifyBy(bytes.NewReader(exported(t, other)), nil, keys)
	if !errors.Is(err, audit.ErrTampered) || !strings.Contains(err.Error(), "was not given") {
		t.Errorf("a tail: %v", err)
	}
	if _, err := audit.VerifyBy(bytes.NewReader(exported(t, l)), nil, keys); err != nil {
		t.Errorf("signed by the key again: %v", err)
	}
}

// A line says when and what in forms that cannot look like anything else.
func TestLinesThatForgeTheAnswer(t *testing.T) {
	log := log(t, 2)
	for name, tt := range map[string]struct{ member, value string }{
		"a time of two lines": {"time", "2026-11-22T08:00:00Z\nconsistent, and complete up to"},
		"a time that moves":   {"time", "2026-11-22T08:00:00Z\x1b[1A"},
		"no time":             {"time", "today"},
		"a type of two lines": {"type", "decision\nconsistent"},
		"no type":             {"type", ""},
	} {
		n := 0
		forged := forge(t, log, func(line map[string]json.RawMessage) {
			if n++; n == 2 {
				line[tt.member], _ = json.Marshal(tt.value)
			}
		})
		_, err := audit.Verify(bytes.NewReader(forged), nil)
		if !errors.Is(err, audit.ErrTampered) || strings.ContainsAny(err.Error(), "\n\x1b") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What was kept is known however it was kept; what is no checkpoint is no sign of tampering.
func TestFilesOfCheckpoints(t *testing.T) {
	s := open(t, t.TempDir())
	l := signed(s)
	add(t, s, entry(0))
	c, err := l.Checkpoint(t.Context())
	must(t, err)
	p, err := l.Prove(t.Context(), 2)
	must(t, err)
	early := exported(t, l)
	add(t, s, entry(1))
	log, proof := exported(t, l), indented(t, p)
	for name, tt := range map[string]struct {
		file string
		size int64
	}{
		"a note":                  {c.Note, c.Size},
		"CRLF":                    {strings.ReplaceAll(c.Note, "\n", "\r\n"), c.Size},
		"no newline at its end":   {strings.TrimRight(c.Note, "\n"), c.Size},
		"a mark at its beginning": {"\uFEFF" + c.Note, c.Size},
		"an empty line before":    {"\n" + c.Note, c.Size},
		"its JSON":                {indented(t, map[string]any{"lines": c.Size, "note": c.Note}), c.Size},
		"a proof":                 {proof, c.Size},
		"from a syslog server":    {`<109>1 2026 host caveat 1 checkpoint [x@1 a="{"] ` + compact(t, map[string]any{"size": c.Size, "note": c.Note}), c.Size},
		"an export":               {string(early), c.Size + 2},
		"an export with CRLF":     {strings.ReplaceAll(string(early), "\n", "\r\n"), c.Size + 2},
		"an export cut off":       {string(early[:len(early)-20]), c.Size + 1},
		"a text":                  {"hello\n", 0},
		"half a line":             {string(early[:40]), 0},
		"a line that was changed": {strings.Replace(string(early), `"type":"checkpoint"`, `"type":"checkpoinT"`, -1), 0},
		"another JSON":            {`{"a":1}`, 0},
	} {
		kept, err := audit.ReadCheckpoint(strings.NewReader(tt.file))
		must(t, err)
		sum, err := audit.VerifyBy(bytes.NewReader(log), kept, keysOf(t, l))
		if sum.Complete != tt.size || (err != nil) != (tt.size == 0) || err != nil && (!errors.Is(err, audit.ErrCheckpoint) || errors.Is(err, audit.ErrTampered)) {
			t.Errorf("%s: %+v, %v", name, sum, err)
		}
	}
	long := append(bytes.Repeat([]byte(strings.Repeat("x", 1<<20)+"\n"), 5), early...)
	kept, err := audit.ReadCheckpoint(bytes.NewReader(long[:len(long)-20]))
	must(t, err)
	if sum, err := audit.Verify(bytes.NewReader(log), kept); err != nil || sum.Complete != c.Size+1 {
		t.Errorf("a long file: %+v, %v", sum, err)
	}
}

func indented(t testing.TB, v any) string {
	t.Helper()
	text, err := json.MarshalIndent(v, "", "  ")
	must(t, err)
	return string(text) + "\n"
}

func compact(t testing.TB, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	must(t, err)
	return string(text) + "\n"
}
