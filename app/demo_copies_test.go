//go:build linux

package app_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"caveat/backend/demo"
)

// TestRule21SentCopies: a copy of what was sent ends in the mailbox's folder, word for word and once; of a label above the mailbox's
// clearance there is none, and the queue says why. The message goes in both cases.
func TestRule21SentCopies(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	startDemo(t, data)
	copies := func() [][]byte {
		files, err := filepath.Glob(filepath.Join(data, "demo", "mailbox", "Sent", "*.eml"))
		if err != nil {
			t.Fatal(err)
		}
		var out [][]byte
		for _, f := range files {
			mail, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, mail)
		}
		return out
	}
	if r := caveat(t, "", "send", "--data", data, "--draft", draftFor(t, "SECRET", mrod, demo.UKRCleared)); r.status != 0 {
		t.Fatal(r.stderr)
	}
	for end := time.Now().Add(time.Minute); len(copies()) == 0 && time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
	}
	kept, delivered := copies(), demoDeliveries(data)(t, demo.UKRCleared)
	if len(kept) != 1 || len(delivered) != 1 || !bytes.HasSuffix(delivered[0], kept[0]) {
		t.Fatalf("%d copies, %d deliveries", len(kept), len(delivered))
	}
	if r := caveat(t, "", "send", "--data", data, "--draft", draftFor(t, "SECRET", `{"Context": ["MROD"], "Special Category Designators": ["ATOMAL"]}`, demo.UKRCleared)); r.status != 0 {
		t.Fatal(r.stderr)
	}
	r := caveat(t, "", "outbox", "list", "--data", data, "--json")
	if n := strings.Count(r.stdout, `"mailbox": "`+demo.Mailbox+`"`); n != 2 || !strings.Contains(r.stdout, `"state": "dropped"`) || len(copies()) != 1 {
		t.Errorf("%d messages with a copy, %d copies: %s", n, len(copies()), r.stdout)
	}
}
