//go:build linux

package app_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"caveat/backend/demo"
)

// TestDemoChat: in the demonstration the command sends by chat to who is cleared, over the running program's session; to who is not, and to a
// room of which this process does not know who is inside, nothing goes.
func TestDemoChat(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	startDemo(t, data)
	jid := func(mail string) string { return strings.Replace(mail, "@", "@chat.", 1) }
	for name, c := range map[string]struct {
		to, class string
		status    int
		outcome   string
	}{
		"who is cleared":       {jid(demo.UKRCleared), "SECRET", 0, "cleared"},
		"who is not":           {jid(demo.UKRRestricted), "SECRET", 3, "not-cleared"},
		"above the link":       {jid(demo.DEUCleared), "CONFIDENTIAL", 3, "not-cleared"},
		"a room from outside":  {demo.RoomJID("UKR", demo.RoomOperations), "SECRET", 3, "unknown"},
		"who is in no book":    {"nobody@chat.ukr.example", "SECRET", 3, "unknown"},
		"the same by the link": {jid(demo.DEUCleared), "RESTRICTED", 0, "cleared"},
	} {
		t.Run(name, func(t *testing.T) {
			file := write(t, "chat.json", fmt.Sprintf(`{"channel": "chat", "action": [%q], "body": "Fuel state?", "label": {"policy": "NATO", "classification": %q, "categories": %s}}`, c.to, c.class, mrod))
			r := caveat(t, "", "send", "--data", data, "--draft", file, "--json")
			var d struct {
				Sent   bool
				Report struct {
					Recipients []struct{ Verdict, Link struct{ Outcome string } }
				}
			}
			if err := json.Unmarshal([]byte(r.stdout), &d); err != nil || r.status != c.status || d.Sent != (c.status == 0) {
				t.Fatalf("status %d: %s%s", r.status, r.stdout, r.stderr)
			}
			if x := d.Report.Recipients[0]; x.Verdict.Outcome != c.outcome && x.Link.Outcome != c.outcome {
				t.Errorf("%+v, want %s", x, c.outcome)
			}
		})
	}
}
