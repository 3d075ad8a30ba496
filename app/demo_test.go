//go:build linux

package app_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"caveat/backend/demo"
)

// startDemo starts the demonstration on a data directory.
func startDemo(t *testing.T, data string, more ...string) *program {
	t.Helper()
	return start(t, append([]string{"demo", "--data", data, "--listen", "127.0.0.1:0", "--people", "300", "--no-open"}, more...)...)
}

// demoDeliveries reads what the demonstration's servers delivered to an address.
func demoDeliveries(data string) func(*testing.T, string) [][]byte {
	return func(t *testing.T, address string) [][]byte {
		t.Helper()
		files, err := filepath.Glob(filepath.Join(data, "demo", "mail", "*", "*.eml"))
		if err != nil {
			t.Fatal(err)
		}
		var out [][]byte
		for _, f := range files {
			mail, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(mail, []byte("Delivered-To: "+address+"\r\n")) {
				out = append(out, mail)
			}
		}
		return out
	}
}

// TestDemoMainJob is the main job on the demonstration federation, with other commands working beside the running program.
// A message that the demonstration's servers refuse would have been let through by a missed check.
func TestDemoMainJob(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	p := startDemo(t, data)
	mainJob(t, world{
		data: data, policy: filepath.Join(data, "demo", "policy.spif.xml"), gbr: demo.GBRCleared, ukr: demo.UKRCleared,
		deu: demo.DEUCleared, ukrLow: demo.UKRRestricted, ausWrong: demo.AUSWrongGBR, deliveries: demoDeliveries(data),
	})
	t.Run("every outcome of the special entries", func(t *testing.T) { specialEntries(t, data) })
	t.Run("sync is done by the running program", func(t *testing.T) {
		if r := caveat(t, "", "book", "sync", "--data", data); r.status != 0 || strings.Count(r.stdout, "\n") != 4 {
			t.Errorf("status %d: %s%s", r.status, r.stdout, r.stderr)
		}
	})
	if refused, err := os.ReadFile(filepath.Join(data, "demo", "refused.jsonl")); err == nil {
		t.Errorf("the servers refused what the check let through: %s", refused)
	}
	p.stop()
}

func specialEntries(t *testing.T, data string) {
	want := []struct{ address, outcome, rule string }{
		{demo.UKRNoATOMAL, "not-cleared", "restrictive"},
		{demo.UKRNoContext, "not-cleared", "permissive"},
		{demo.UKRRestricted, "not-cleared", "classification"},
		{demo.UKRNone, "unknown", "no-clearance"},
		{demo.UKRUnreadable, "error", "clearance-unreadable"},
		{demo.UKROtherPolicy, "not-cleared", "policy"},
		{demo.UKRTwoValues, "error", "directory-error"},
		{"nobody@ukr.example", "unknown", "unlisted"},
		{demo.Address("UKR", demo.RoleG2), "cleared", ""},
		{demo.Address("UKR", demo.RoleBadOccupant), "not-cleared", "member"},
		{demo.Address("UKR", demo.ListOneBad), "not-cleared", "member"},
		{demo.Address("UKR", demo.ListDangling), "not-cleared", "member"},
	}
	var to []string
	for _, w := range want {
		to = append(to, w.address)
	}
	_, r := check(t, data, draftFor(t, "SECRET", `{"Context": ["MROD"], "Special Category Designators": ["ATOMAL"]}`, to...))
	for i, w := range want {
		v := r.Recipients[i].Verdict
		rules := []string{}
		for _, x := range v.Reasons {
			rules = append(rules, x.Rule)
		}
		if v.Outcome != w.outcome || w.rule != "" && !slices.Contains(rules, w.rule) || w.rule == "" && len(rules) > 0 {
			t.Errorf("%s: %s %v, want %s %s", w.address, v.Outcome, rules, w.outcome, w.rule)
		}
	}
	lists := []struct{ local, outcome string }{
		{demo.ListCleared, "cleared"}, {demo.ListNested, "cleared"}, {demo.ListCycle, "cleared"}, {demo.ListNestedBad, "not-cleared"},
		{demo.ListOneBad, "unknown"}, {demo.ListDangling, "unknown"}, {demo.ListOwn, "not-cleared"}, {demo.RoleWatchKeeper, "cleared"},
		{demo.RoleNoClearance, "unknown"}, {demo.RoleBadOccupant, "unknown"},
	}
	to = nil
	for _, l := range lists {
		to = append(to, demo.Address("GBR", l.local))
	}
	_, r = check(t, data, draftFor(t, "SECRET", mrod, to...))
	for i, l := range lists {
		if got := r.Recipients[i].Verdict.Outcome; got != l.outcome {
			t.Errorf("%s: %s, want %s: %+v", to[i], got, l.outcome, r.Recipients[i].Verdict.Reasons)
		}
	}
}

// TestDemoKeepsItsWorld: started again on the same data it keeps people, queue and mail; and it refuses what is no demo.
func TestDemoKeepsItsWorld(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	list := func() string {
		lines := strings.Split(caveat(t, "", "book", "search", "--data", data, "--limit", "1000", "--nation", "UKR").stdout, "\n")
		slices.Sort(lines) // whom one writes to comes first
		return strings.Join(lines, "\n")
	}
	p := startDemo(t, data)
	before := list()
	if r := caveat(t, "", "send", "--data", data, "--draft", draftFor(t, "SECRET", mrod, demo.UKRCleared)); r.status != 0 {
		t.Fatalf("send: %s%s", r.stdout, r.stderr)
	}
	p.stop()
	p = startDemo(t, data)
	if list() != before {
		t.Error("the people are others after a restart")
	}
	if r := caveat(t, "", "send", "--data", data, "--draft", draftFor(t, "SECRET", mrod, demo.UKRCleared)); r.status != 0 {
		t.Fatalf("send after a restart: %s%s", r.stdout, r.stderr)
	}
	if n := len(demoDeliveries(data)(t, demo.UKRCleared)); n != 2 {
		t.Errorf("%d messages kept, want 2", n)
	}
	var box struct{ Messages []queued }
	if err := json.Unmarshal([]byte(caveat(t, "", "outbox", "list", "--data", data, "--json").stdout), &box); err != nil || len(box.Messages) != 2 {
		t.Errorf("outbox: %v %+v", err, box)
	}
	p.stop()
}

// TestDemoMayShrink: fewer people than before are no fault of the directory here.
func TestDemoMayShrink(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	startDemo(t, data).stop()
	p := start(t, "demo", "--data", data, "--listen", "127.0.0.1:0", "--people", "120", "--no-open")
	var found struct {
		Hits []struct{ Nation string }
		More bool
	}
	caveat(t, "", "book", "search", "--data", data, "--limit", "1000", "--json").decode(t, &found)
	if len(found.Hits) != 480 || found.More {
		t.Errorf("%d hits, more %v", len(found.Hits), found.More)
	}
	caveat(t, "", "book", "search", "--data", data, "--limit", "5", "--json").decode(t, &found)
	if len(found.Hits) != 5 || !found.More {
		t.Errorf("%d hits, more %v", len(found.Hits), found.More)
	}
	p.stop()
}

func TestDemoRefusesARealInstallation(t *testing.T) {
	data := t.TempDir()
	file := filepath.Join(data, "installation.toml")
	if err := os.WriteFile(file, []byte("format = 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := caveat(t, "", "demo", "--data", data, "--listen", "127.0.0.1:0", "--no-open")
	if r.status != 1 || strings.Count(r.stderr, "\n") != 1 {
		t.Errorf("status %d: %s", r.status, r.stderr)
	}
	left, err := os.ReadDir(data)
	if err != nil || len(left) != 1 {
		t.Errorf("something was written: %v %v", left, err)
	}
}
