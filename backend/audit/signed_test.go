package audit_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"caveat/backend/audit"
)

// A log with checkpoints, two of which were kept.
func TestVerifyByASignedCheckpoint(t *testing.T) {
	s := open(t, t.TempDir())
	l := signed(s)
	add(t, s, entry(0))
	first, err := l.Checkpoint(t.Context())
	must(t, err)
	early := exported(t, l)
	add(t, s, entry(1))
	second, err := l.Checkpoint(t.Context())
	must(t, err)
	log, keys := exported(t, l), keysOf(t, l)

	for name, tt := range map[string]struct {
		checkpoint []byte
		keys       audit.Keys
		complete   int64
	}{
		"nothing kept":                 {nil, audit.Keys{}, 0},
		"the key":                      {nil, keys, 0},
		"a note":                       {[]byte(first.Note), audit.Keys{}, first.Size},
		"a note and the key":           {[]byte(first.Note), keys, first.Size},
		"a later note":                 {[]byte(second.Note), keys, second.Size},
		"an earlier export":            {early, audit.Keys{}, int64(bytes.Count(early, []byte("\n")))},
		"an earlier export, with keys": {early, keys, int64(bytes.Count(early, []byte("\n")))},
	} {
		sum, err := audit.VerifyBy(bytes.NewReader(log), tt.checkpoint, tt.keys)
		if err != nil || sum.Complete != tt.complete || sum.Signed != sum.Lines-1 || (sum.CheckpointTime == "") != (tt.checkpoint == nil) || sum.Key != first.Key {
			t.Errorf("%s: %+v, %v", name, sum, err)
		}
	}
	tampered(t, "cut off", early, []byte(second.Note))
	if _, err := audit.VerifyBy(bytes.NewReader(log), nil, keysOf(t, otherLog(t))); !errors.Is(err, audit.ErrTampered) {
		t.Errorf("by another key: %v", err)
	}
	alien, err := otherLog(t).Checkpoint(t.Context())
	must(t, err)
	tampered(t, "another log's note", log, []byte(alien.Note))

	for name, note := range map[string]string{
		"a signature that is none": strings.Replace(first.Note, first.Note[len(first.Note)-8:], "AAAAAA=\n", 1),
		"not a number of lines":    strings.Replace(first.Note, "\n3\n", "\n03\n", 1),
		"another time":             strings.Replace(first.Note, "time 2", "time 3", 1),
		"no head":                  strings.Replace(first.Note, "head ", "foot ", 1),
		"more lines":               strings.Replace(first.Note, "\n\n", "\nmore\n\n", 1),
	} {
		if note == first.Note {
			t.Fatalf("%s: the test does not know the note:\n%s", name, note)
		}
		if sum, err := audit.VerifyBy(bytes.NewReader(log), []byte(note), keys); !errors.Is(err, audit.ErrNote) || sum != (audit.Summary{}) {
			t.Errorf("%s: %+v, %v", name, sum, err)
		}
	}
	if _, err := audit.VerifyBy(bytes.NewReader(log), []byte(first.Note), keysOf(t, otherLog(t))); !errors.Is(err, audit.ErrTampered) {
		t.Errorf("a note by a key that was not given: %v", err)
	}
}

// Whoever writes the chain anew, signed checkpoints and all, is found out by what the checkpoints say.
func TestForgedCheckpoints(t *testing.T) {
	s := open(t, t.TempDir())
	l := signed(s)
	add(t, s, map[string]string{"n": "as it was"})
	kept, err := l.Checkpoint(t.Context())
	must(t, err)
	log := exported(t, l)
	if same := forge(t, log, func(map[string]json.RawMessage) {}); !bytes.Equal(same, log) {
		t.Fatalf("the test does not know the format:\n%s\n%s", same, log)
	}
	words := func(line map[string]json.RawMessage) {
		line["data"] = bytes.ReplaceAll(line["data"], []byte("as it was"), []byte("otherwise"))
	}
	tampered(t, "a line before a checkpoint", forge(t, log, words), nil)
	unsigned := forge(t, log, func(line map[string]json.RawMessage) {
		if words(line); string(line["type"]) == `"checkpoint"` {
			line["data"] = json.RawMessage(`{}`)
		}
	})
	if _, err := audit.Verify(bytes.NewReader(unsigned), nil); err != nil {
		t.Errorf("without any signature it is a chain like any other: %v", err)
	}
	tampered(t, "checkpoints taken out, and one was kept", unsigned, []byte(kept.Note))
	if _, err := audit.VerifyBy(bytes.NewReader(unsigned), nil, keysOf(t, l)); !errors.Is(err, audit.ErrTampered) {
		t.Errorf("checkpoints taken out, and the key was kept: %v", err)
	}
	for name, change := range map[string]func(entry map[string]any){
		"size": func(e map[string]any) { e["size"] = 2 },
		"root": func(e map[string]any) { e["root"] = "AAAA" },
		"note": func(e map[string]any) { e["note"] = strings.Replace(e["note"].(string), "time 2", "time 3", 1) },
		"none": func(e map[string]any) { e["note"] = "x" },
		"key":  func(e map[string]any) { e["key"] = "x" },
	} {
		of := `"checkpoint"`
		if name == "key" {
			of = `"key"`
		}
		tampered(t, name, forge(t, log, func(line map[string]json.RawMessage) {
			if string(line["type"]) != of {
				return
			}
			var e map[string]any
			must(t, json.Unmarshal(line["data"], &e))
			change(e)
			line["data"], err = json.Marshal(e)
			must(t, err)
		}), nil)
	}
}

// The key is made once, kept, told by the log, and made anew where it is lost; where it cannot be kept nothing is signed.
func TestSigningKey(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	secrets := newSafe()
	l := audit.New(s, audit.Config{Secrets: secrets})
	if key, err := l.Key(t.Context()); key != "" || err != nil {
		t.Errorf("before the first: %q, %v", key, err)
	}
	first, err := l.Checkpoint(t.Context())
	must(t, err)
	again, err := audit.New(s, audit.Config{Secrets: secrets}).Checkpoint(t.Context())
	must(t, err)
	if again.Key != first.Key || again.Size != first.Size+1 {
		t.Errorf("%+v after %+v", again, first)
	}
	for _, line := range slices.Collect(strings.Lines(string(exported(t, l)))) {
		if strings.Contains(line, "PRIVATE") || strings.Contains(line, secrets.kept[audit.SigningKey]) {
			t.Errorf("the log tells the secret: %s", line)
		}
	}
	delete(secrets.kept, audit.SigningKey) // as after a backup was brought back
	later, err := l.Checkpoint(t.Context())
	must(t, err)
	if later.Key == first.Key {
		t.Error("the key that was lost signs")
	}
	sum, err := audit.Verify(bytes.NewReader(exported(t, l)), []byte(first.Note))
	if err != nil || sum.Key != later.Key {
		t.Errorf("with two keys: %+v, %v", sum, err)
	}
	secrets.fail = errors.New("the keychain is locked")
	if _, err := l.Checkpoint(t.Context()); !errors.Is(err, audit.ErrKey) || !errors.Is(err, secrets.fail) {
		t.Errorf("without a key: %v", err)
	}
	out := exported(t, l)
	if sum, err := audit.Verify(bytes.NewReader(out), []byte(first.Note)); err != nil || sum.Signed == sum.Lines-1 || !bytes.Contains(out, []byte("the keychain is locked")) {
		t.Errorf("its export: %+v, %v", sum, err)
	}
}
