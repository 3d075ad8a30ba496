//go:build linux

package app_test

import (
	"bytes"
	"fmt"
	"net/http"
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

// TestRule21DraftCopies: over HTTP, a draft to nobody yet is kept in the mailbox's folder when that is asked for, in the newest form alone, and is
// gone from there when the draft was deleted.
func TestRule21DraftCopies(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	p := startDemo(t, data)
	token, err := os.ReadFile(filepath.Join(data, "api-token"))
	if err != nil {
		t.Fatal(err)
	}
	base, _, _ := strings.Cut(p.url, "/?")
	c := &client{t: t, base: base, token: strings.TrimSpace(string(token)), http: &http.Client{Timeout: time.Minute}}
	const path = "/api/drafts/0123456789abcdef"
	ask := func(method, path, body string, want int) string {
		t.Helper()
		status, text, _ := c.do(method, path, body, nil)
		if status != want {
			t.Fatalf("%s %s: %d, want %d: %s", method, path, status, want, text)
		}
		return text
	}
	inFolder := func() (out []string) {
		files, err := filepath.Glob(filepath.Join(data, "demo", "mailbox", "Drafts", "*.eml"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if mail, err := os.ReadFile(f); err == nil { // it may be removed right now
				out = append(out, string(mail))
			}
		}
		return out
	}
	until := func(what string, is func([]string) bool) {
		t.Helper()
		for end := time.Now().Add(time.Minute); !is(inFolder()); time.Sleep(20 * time.Millisecond) {
			if time.Now().After(end) {
				_, text, _ := c.do("GET", path+"/copy", "", nil)
				t.Fatalf("%s: %q, %s", what, inFolder(), text)
			}
		}
	}
	for i, text := range []string{"The first form.", "The second form."} {
		ask("PUT", path, fmt.Sprintf(`{"version":%d,"content":{"channel":"mail","subject":"s","body":%q,"label":{"policy":"NATO","classification":"SECRET","categories":%s}}}`, i, text, mrod), http.StatusOK)
		ask("POST", path+"/copy", fmt.Sprintf(`{"version":%d}`, i+1), http.StatusAccepted)
		until("kept alone", func(all []string) bool {
			return len(all) == 1 && strings.Contains(all[0], text) && strings.Contains(all[0], "SIO-Label:") && !strings.Contains(all[0], "\nTo:")
		})
	}
	if text := ask("GET", path, "", http.StatusOK); !strings.Contains(text, `"copy":{"mailbox":"`+demo.Mailbox+`"`) {
		t.Errorf("the draft: %s", text)
	}
	ask("DELETE", path+"?version=2", "", http.StatusNoContent)
	until("taken out", func(all []string) bool { return len(all) == 0 })
}
