//go:build linux

package app_test

import (
	"crypto/rand"
	"os"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
)

// The commands of the log, as scripts use them: what was kept elsewhere decides what is said.
func TestAuditCommands(t *testing.T) {
	e := embeddedWorld(t)
	if r := e.run(t, "", "book", "sync"); r.status != 0 {
		t.Fatal(r.stderr)
	}
	signed := e.run(t, "", "audit", "checkpoint").stdout
	kept, key := write(t, "kept.note", signed), write(t, "key", e.run(t, "", "audit", "key").stdout)
	log := write(t, "log.jsonl", e.run(t, "", "audit", "export").stdout)
	proof := write(t, "proof.json", e.run(t, "", "audit", "prove", "1", "--json").stdout)
	if r := e.run(t, "", "audit", "prove", "1"); r.status != 0 || !strings.Contains(r.stdout, "caveat-audit-1") || !strings.Contains(r.stdout, "--proof") {
		t.Errorf("a proof for people: %+v", r)
	}
	changed := write(t, "changed.jsonl", strings.Replace(contents(t, log), `"type":"key"`, `"type":"kex"`, 1))
	bad := write(t, "bad.json", strings.Replace(contents(t, proof), `"seq": 1`, `"seq": 2`, 1))
	_, public, err := note.GenerateKey(rand.Reader, "caveat-audit/0123456789abcdef")
	if err != nil {
		t.Fatal(err)
	}
	alien := write(t, "alien", public)
	text, out := write(t, "text", "hello\n"), write(t, "forged.jsonl", strings.Replace(contents(t, log), `"type":"key"`, `"type":"key\nconsistent"`, 1))
	for name, tt := range map[string]struct {
		args   []string
		status int
		words  string
	}{
		"nothing kept":        {[]string{log}, 0, "consistent; later entries may be missing\n"},
		"a signed checkpoint": {[]string{log, "--checkpoint", kept}, 0, "consistent, and complete up to the checkpoint of 20"},
		"with its key":        {[]string{log, "--checkpoint", kept, "--key", key}, 0, "signed up to line "},
		"an earlier export":   {[]string{log, "--checkpoint", log}, 0, "complete up to the checkpoint of"},
		"its JSON":            {[]string{log, "--checkpoint", write(t, "kept.json", e.run(t, "", "audit", "checkpoint", "--json").stdout)}, 0, "complete up to the checkpoint of"},
		"a proof's":           {[]string{log, "--checkpoint", proof}, 0, "complete up to the checkpoint of"},
		"a text":              {[]string{log, "--checkpoint", text}, 1, "text: the checkpoint is none"},
		"a forged answer":     {[]string{out}, 3, "line "},
		"changed":             {[]string{changed}, 3, "line "},
		"another key":         {[]string{log, "--key", alien}, 3, "key that was given"},
		"no key":              {[]string{log, "--key", log}, 1, "is no key"},
		"a proof":             {[]string{"--proof", proof, "--key", key}, 0, "entry 1, header"},
		"by its own key":      {[]string{"--proof", proof}, 0, "compare it"},
		"by another key":      {[]string{"--proof", proof, "--key", alien}, 3, "none of the keys"},
		"changed proof":       {[]string{"--proof", bad}, 3, "the proof of line 2"},
		"a log as a proof":    {[]string{"--proof", log}, 1, "this is no proof"},
		"both":                {[]string{log, "--proof", proof}, 2, "exactly one"},
		"neither":             {nil, 2, "exactly one"},
		"a checkpoint":        {[]string{"--proof", proof, "--checkpoint", kept}, 2, "--checkpoint"},
	} {
		r := e.run(t, "", append([]string{"audit", "verify"}, tt.args...)...)
		if r.status != tt.status || !strings.Contains(r.stdout+r.stderr, tt.words) {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if r := e.run(t, "", "audit", "begin-anew"); r.status != 2 {
		t.Errorf("without a reason: %+v", r)
	}
	anew := e.run(t, "", "audit", "begin-anew", "--reason", "the disk was broken")
	if r := e.run(t, "", "audit", "export"); anew.status != 0 || !strings.Contains(anew.stdout, "A new series") || !strings.Contains(r.stdout, "the disk was broken") {
		t.Errorf("a new series: %+v", anew)
	}
	var doc struct {
		Consistent                             bool
		Lines, Complete, Signed                int64
		First, Last, Head, Key, CheckpointTime string
	}
	r := e.run(t, "", "audit", "verify", log, "--checkpoint", kept, "--json")
	if r.decode(t, &doc); !doc.Consistent || doc.Lines == 0 || doc.Complete == 0 || doc.Signed == 0 || doc.First == "" || doc.Last == "" || len(doc.Head) != 64 || doc.Key == "" || doc.CheckpointTime == "" {
		t.Errorf("%s", r.stdout)
	}
	if r := e.run(t, "", "audit", "prove", "99999"); r.status != 1 || !strings.Contains(r.stderr, "no such line") {
		t.Errorf("a line that is not there: %+v", r)
	}
}

// Who got what, and what would now be refused: a message to somebody whose clearance is lowered afterwards.
func TestAuditAnswersOnTheCommandLine(t *testing.T) {
	e := embeddedWorld(t)
	if r := e.run(t, "", "book", "sync"); r.status != 0 {
		t.Fatal(r.stderr)
	}
	if r := e.run(t, "", "audit", "refused", "--since", "2001-01-01"); r.status != 0 || !strings.Contains(r.stdout, "decided anew: 0") {
		t.Errorf("nothing was sent: %+v", r)
	}
	if r := e.run(t, "", "audit", "refused", "--since", "yesterday"); r.status != 2 {
		t.Errorf("no date: %+v", r)
	}
	if r := e.run(t, "", "audit", "who", "NONE"); r.status != 1 || !strings.Contains(r.stderr, "NONE") {
		t.Errorf("a message that is not there: %+v", r)
	}
	m := e.killed(t, func(kill func()) { e.hooks(nil, kill) }, nil)
	e.settles(t, m, "perhaps-delivered")
	if r := e.run(t, "", "outbox", "drop", m.ID); r.status != 0 {
		t.Fatal(r.stderr)
	}
	var who struct{ Recipients []struct{ Got string } }
	r := e.run(t, "", "audit", "who", "<"+m.ID+"@gbr.example>", "--json")
	if r.decode(t, &who); r.status != 0 || len(who.Recipients) == 0 || who.Recipients[0].Got != "perhaps" {
		t.Errorf("%+v", r)
	}
	if r := e.run(t, "", "audit", "who", m.ID); r.status != 0 || !strings.Contains(r.stdout, "perhaps got it  ") {
		t.Errorf("for people: %+v", r)
	}
}

func contents(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
