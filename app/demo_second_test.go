//go:build linux

package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"caveat/backend/demo"
)

// TestDemoSecondUser: the user of another nation joins the running demonstration with the command alone; what each writes by chat arrives
// at the other under its label, in a room of either nation and between the two.
func TestDemoSecondUser(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	first := startDemo(t, data)
	second := start(t, "demo", "--data", data, "--as", "ukr", "--listen", "127.0.0.1:0", "--no-open")
	her := filepath.Join(data, "demo", "as-ukr")
	olena, sarah := strings.Replace(demo.UKRCleared, "@", "@chat.", 1), demo.UserJID()
	online(t, first, data)
	online(t, second, her)
	for name, c := range map[string]struct {
		from, to string
		class    string
		at       *program
		dir      string
		status   int
	}{
		"to her":                  {data, olena, "SECRET", second, her, 0},
		"to him":                  {her, sarah, "SECRET", first, data, 0},
		"above what the link may": {her, sarah, "TOP SECRET", first, data, 3},
	} {
		t.Run(name, func(t *testing.T) {
			file := write(t, "chat.json", fmt.Sprintf(`{"channel": "chat", "action": [%q], "body": "Said %s", "label": {"policy": "NATO", "classification": %q, "categories": %s}}`, c.to, name, c.class, mrod))
			r := caveat(t, "", "send", "--data", c.from, "--draft", file, "--json")
			if r.status != c.status {
				t.Fatalf("status %d: %s%s", r.status, r.stdout, r.stderr)
			}
			if c.status == 0 {
				said(t, c.at, c.dir, "Said "+name, c.class)
			}
		})
	}
	if r := caveat(t, "", "demo", "--data", t.TempDir(), "--as", "ukr", "--no-open"); r.status != 1 || !strings.Contains(r.stderr, "no demonstration runs") {
		t.Errorf("without a demonstration: %d %s", r.status, r.stderr)
	}
	if r := caveat(t, "", "demo", "--data", data, "--as", "gbr", "--no-open"); r.status != 1 || !strings.Contains(r.stderr, "ukr, aus, deu") {
		t.Errorf("GBR's user has the demonstration itself: %d %s", r.status, r.stderr)
	}
}

// askChat asks a running program over HTTP, with the token of its data directory.
func askChat(t *testing.T, p *program, data, path string, into any) {
	t.Helper()
	token, err := os.ReadFile(filepath.Join(data, "api-token"))
	if err != nil {
		t.Fatal(err)
	}
	base, _, _ := strings.Cut(p.url, "/?")
	c := &client{t: t, base: base, token: strings.TrimSpace(string(token)), http: &http.Client{Timeout: time.Minute}}
	status, text, _ := c.do("GET", path, "", nil)
	if status != http.StatusOK {
		t.Fatalf("GET %s: %d %s", path, status, text)
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatal(err)
	}
}

// chatList is what these tests read of /api/chat.
type chatList struct {
	Accounts      []struct{ JID, State, Problem string }
	Conversations []struct{ ID, Address string }
}

// online waits until the program's chat account is.
func online(t *testing.T, p *program, data string) {
	t.Helper()
	var list chatList
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if askChat(t, p, data, "/api/chat", &list); len(list.Accounts) == 1 && list.Accounts[0].State == "online" {
			return
		}
	}
	t.Fatalf("not online: %+v", list)
}

// said waits until a program shows a text that somebody else said, and holds its label to the classification.
func said(t *testing.T, p *program, data, text, class string) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		var list chatList
		askChat(t, p, data, "/api/chat", &list)
		for _, c := range list.Conversations {
			var d struct {
				Messages []struct {
					Body  string
					Mine  bool
					Label struct{ State, Marking string }
				}
			}
			askChat(t, p, data, "/api/chat/"+c.ID, &d)
			for _, m := range d.Messages {
				if m.Body == text && !m.Mine {
					if !strings.Contains(m.Label.Marking, class) {
						t.Errorf("%+v", m)
					}
					return
				}
			}
		}
	}
	t.Fatalf("%q does not arrive", text)
}
