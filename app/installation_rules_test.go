//go:build linux

package app_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"caveat/backend/api"
	"caveat/backend/installation"
)

// phasedWorld is the embedded world with two sets of rules, the user being an administrator.
func phasedWorld(t *testing.T) *embedded {
	t.Helper()
	e := embeddedWorld(t)
	path := filepath.Join(e.data, installation.FileName)
	in, err := installation.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	f := in.File
	f.Identities[0].Roles = []string{installation.RoleAdministrator}
	f.Rules = []installation.RuleFile{
		{Name: "old copies", Set: "phase 1", Outcome: "stale", Action: "warn"},
		{Name: "until autumn", Set: "phase 2", Outcome: "unknown", Nation: "UKR", Action: "warn", Until: time.Date(2040, 9, 23, 0, 0, 0, 0, time.UTC)},
	}
	text, err := installation.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return e
}

func TestRule14SetsAreSwitchedByCommand(t *testing.T) {
	e := phasedWorld(t)
	before := e.installationFile(t)
	for _, c := range []struct {
		args []string
		want int
		says string
	}{
		{[]string{"use"}, 2, "--none"},
		{[]string{"use", "phase 1", "--none"}, 2, "--none"},
		{[]string{"use", "phase 3"}, 1, "there are phase 1, phase 2"},
	} {
		r := e.run(t, "", append([]string{"installation", "rules"}, c.args...)...)
		if r.status != c.want || !strings.Contains(r.stderr, c.says) || r.stdout != "" || e.installationFile(t) != before {
			t.Errorf("%v: %d %s%s", c.args, r.status, r.stdout, r.stderr)
		}
	}
	for _, c := range []struct {
		args []string
		on   string
	}{
		{nil, ""}, {[]string{"use", "phase 2"}, "phase 2"}, {nil, "phase 2"}, {[]string{"use", "phase 2", "phase 1"}, "phase 1, phase 2"}, {[]string{"use", "--none"}, ""},
	} {
		r := e.run(t, "", append(append([]string{"installation", "rules"}, c.args...), "--json")...)
		var doc api.RulesDocument
		r.decode(t, &doc)
		var on []string
		for _, s := range doc.Sets {
			if s.Active {
				on = append(on, s.Name)
			}
		}
		if r.status != 0 || len(doc.Sets) != 2 || strings.Join(on, ", ") != c.on {
			t.Errorf("%v: %d %+v", c.args, r.status, doc.Sets)
		}
	}
	r := e.run(t, "", "installation", "rules")
	for _, want := range []string{"phase 1: off\n  rule old copies: warn, outcome stale\n", "phase 2: off\n  rule until autumn: warn, outcome unknown, nation UKR, until 2040-09-23T00:00:00Z\n"} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("without %q:\n%s", want, r.stdout)
		}
	}
	log := e.run(t, "", "audit", "export").stdout
	if strings.Count(log, `"type":"rules"`) != 3 || strings.Count(log, `"type":"changed"`) != 1 {
		t.Errorf("the log:\n%s", log)
	}
	if r := e.run(t, log, "audit", "verify", "-"); r.status != 0 {
		t.Errorf("%d %s", r.status, r.stderr)
	}
}

// A running program goes by the switched sets without being started again, whoever switches them.
func TestRule14SwitchIsTakenUpByARunningProgram(t *testing.T) {
	e := phasedWorld(t)
	p := start(t, "serve", "--listen", "127.0.0.1:0", "--data", e.data)
	token, err := os.ReadFile(filepath.Join(e.data, "api-token"))
	if err != nil {
		t.Fatal(err)
	}
	base, _, _ := strings.Cut(p.url, "/?")
	c := &client{t: t, base: base, token: strings.TrimSpace(string(token)), http: &http.Client{Timeout: time.Minute}}
	becomes := func(want string) {
		t.Helper()
		for begin := time.Now(); time.Since(begin) < time.Minute; time.Sleep(50 * time.Millisecond) {
			if _, text, _ := c.do("GET", "/api/rules", "", nil); strings.Contains(text, want) {
				return
			}
		}
		t.Fatalf("the program does not go by the new sets: no %s\n%s", want, p.log)
	}
	becomes(`"name":"phase 1","active":false`)
	if r := e.run(t, "", "installation", "rules", "use", "phase 1"); r.status != 0 {
		t.Fatalf("%d %s", r.status, r.stderr)
	}
	becomes(`"name":"phase 1","active":true`)
	status, text, _ := c.do("POST", "/api/rules/active", `{"sets":["phase 2"]}`, map[string]string{"Content-Type": "application/json"})
	if status != http.StatusOK || !strings.Contains(text, `"name":"phase 2","active":true`) {
		t.Fatalf("%d %s", status, text)
	}
	becomes(`"name":"phase 1","active":false`)
	if r := e.run(t, "", "installation", "rules"); !strings.Contains(r.stdout, "phase 2: on") {
		t.Errorf("%s%s", r.stdout, r.stderr)
	}
}
