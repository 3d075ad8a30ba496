package api_test

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"caveat/backend/api"
	"caveat/backend/audit"
	"caveat/backend/installation"
	"caveat/backend/store"
)

// phases are rules of two sets, and one of none.
const phases = `[[rule]]
name = "old copies"
set = "phase 2"
outcome = "stale"
action = "warn"
until = 2035-01-01T00:00:00Z
[[rule]]
name = "always"
outcome = "unknown"
nation = "UKR"
action = "warn"
[[threshold]]
name = "many"
set = "phase 1"
limit = 20
action = "warn"
`

// phasedWorld is a world with those rules, which the log knows.
func phasedWorld(t *testing.T) *adminWorld {
	t.Helper()
	w := newAdminWorld(t, false, nil)
	f, err := os.OpenFile(w.path(), os.O_APPEND|os.O_WRONLY, 0)
	must(t, err)
	_, err = f.WriteString(phases)
	must(t, err)
	must(t, f.Close())
	w.renew()
	must(t, w.service.NoteRules(t.Context()))
	return w
}

func (w *adminWorld) use(sets ...string) api.RulesDocument {
	w.t.Helper()
	return answered[api.RulesDocument](w.world, http.StatusOK, "POST", "/api/rules/active", map[string][]string{"sets": append([]string{}, sets...)})
}

func texts(v any) (out []string) {
	for _, x := range v.([]any) {
		out = append(out, x.(string))
	}
	return out
}

// A switch is one act: the file, one audit entry that says who, before, after, and what came into force, and word to whoever works
// by the file.
func TestRule14SetsAreSwitchedInOneAuditedAct(t *testing.T) {
	w := phasedWorld(t)
	seq, err := w.store.NewestChange(t.Context())
	must(t, err)
	got := w.use("phase 2")
	if !slices.Equal(got.Sets, []api.RuleSet{{Name: "phase 1"}, {Name: "phase 2", Active: true}}) || !got.Rules[0].Active || !got.Switchable {
		t.Errorf("%+v", got)
	}
	if text := w.file(); !strings.Contains(text, "# Kept by the signal office") || !strings.Contains(text, "active_rule_sets = ['phase 2']") {
		t.Errorf("the file:\n%s", text)
	}
	changes, _, _, err := w.store.Changes(t.Context(), seq)
	must(t, err)
	if !slices.ContainsFunc(changes, func(c store.Change) bool { return c.Kind == api.ChangeInstallation }) {
		t.Errorf("nobody is told: %v", changes)
	}
	w.renew()
	if now := get[api.RulesDocument](w.world, "/api/rules"); !slices.Equal(now.Sets, got.Sets) {
		t.Errorf("%+v", now)
	}
	w.use("phase 1")
	w.use("phase 1") // as it is: nothing happens, and nothing is written down
	w.use()
	found := w.audited(audit.TypeRules)
	if len(found) != 3 {
		t.Fatalf("%d entries: %v", len(found), found)
	}
	for i, want := range []struct{ before, after, on, off []string }{
		{nil, []string{"phase 2"}, []string{"old copies"}, nil},
		{[]string{"phase 2"}, []string{"phase 1"}, []string{"many"}, []string{"old copies"}},
		{[]string{"phase 1"}, nil, nil, []string{"many"}},
	} {
		e := found[i]
		names := func(key string) (out []string) {
			for _, list := range []string{"rules", "thresholds"} {
				for _, x := range e[key].(map[string]any)[list].([]any) {
					out = append(out, x.(map[string]any)["name"].(string))
				}
			}
			return out
		}
		if e["by"] != "tester" || !slices.Equal(texts(e["before"]), want.before) || !slices.Equal(texts(e["after"]), want.after) ||
			!slices.Equal(names("on"), want.on) || !slices.Equal(names("off"), want.off) {
			t.Errorf("%d: %v, want %v", i, e, want)
		}
	}
	if until := found[0]["on"].(map[string]any)["rules"].([]any)[0].(map[string]any)["until"]; until != "2035-01-01T00:00:00Z" {
		t.Errorf("its time is not said: %v", until)
	}
	must(t, w.service.NoteRules(t.Context()))
	if n := len(w.audited(audit.TypeChanged)); n != 1 { // that of the beginning
		t.Errorf("%d changes noted: a switch is none", n)
	}
}

func TestRule14SwitchRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		change func(w *adminWorld)
		body   any
		status int
		code   string
	}{
		"an unknown set":    {nil, `{"sets":["phase 1","phase 3"]}`, http.StatusUnprocessableEntity, "user-no-rule-set"},
		"nothing named":     {nil, `{}`, http.StatusUnprocessableEntity, "user-request"},
		"a drafter":         {func(w *adminWorld) { w.edit("administrator", "drafter") }, `{"sets":["phase 1"]}`, http.StatusForbidden, "user-role"},
		"an auditor":        {func(w *adminWorld) { w.edit("administrator", "auditor") }, `{"sets":["phase 1"]}`, http.StatusForbidden, "user-role"},
		"a file that broke": {func(w *adminWorld) { must(w.t, os.WriteFile(w.path(), []byte("format = 1\n[[ruel]]\n"), 0o600)) }, `{"sets":["phase 1"]}`, http.StatusConflict, "user-installation"},
	} {
		t.Run(name, func(t *testing.T) {
			w := phasedWorld(t)
			if c.change != nil {
				c.change(w)
				if !strings.Contains(w.file(), "ruel") {
					w.renew()
				}
			}
			before := w.file()
			w.refused(c.status, c.code, "POST", "/api/rules/active", c.body)
			if w.file() != before || len(w.audited(audit.TypeRules)) != 0 {
				t.Error("it was done, or written down as if")
			}
		})
	}
	w := phasedWorld(t)
	_, text, _ := w.ask("POST", "/api/rules/active", `{"sets":["phase 3"]}`)
	if !strings.Contains(text, "there are phase 1, phase 2") {
		t.Errorf("the known ones are not named: %s", text)
	}
}

// edit changes the file by hand.
func (w *adminWorld) edit(old, new string) {
	w.t.Helper()
	text := w.file()
	if !strings.Contains(text, old) {
		w.t.Fatalf("no %q in\n%s", old, text)
	}
	must(w.t, os.WriteFile(w.path(), []byte(strings.Replace(text, old, new, 1)), 0o600))
}

// RULES 27: a machine-wide file is its administrator's, whatever role the user has here.
func TestRule14SwitchIsRefusedWhereCentrallyManaged(t *testing.T) {
	w := phasedWorld(t)
	in, err := installation.Load(w.path())
	must(t, err)
	in.Managed = true
	s := api.New(api.Config{Installation: in, Secrets: w.secrets, Store: w.store, Book: w.book, User: "tester"})
	defer s.Close()
	w.server.Config.Handler = served(s)
	before := w.file()
	w.refused(http.StatusForbidden, "user-managed", "POST", "/api/rules/active", `{"sets":["phase 1"]}`)
	if got := get[api.RulesDocument](w.world, "/api/rules"); got.Switchable || w.file() != before || len(w.audited(audit.TypeRules)) != 0 {
		t.Errorf("%+v", got)
	}
}

// A file that cannot be written: the log says in the end what holds.
func TestRule14SwitchThatFailsIsTakenBackInTheLog(t *testing.T) {
	w := phasedWorld(t)
	link := filepath.Join(w.dir, "linked.toml") // what is no regular file is never written over
	must(t, os.Symlink(w.path(), link))
	in, err := installation.Load(link)
	must(t, err)
	s := api.New(api.Config{Installation: in, Secrets: w.secrets, Store: w.store, Book: w.book, User: "tester"})
	defer s.Close()
	if _, err = s.SwitchRules(t.Context(), []string{"phase 1"}); err == nil {
		t.Fatal("a file was written where none can be")
	}
	noted := w.audited(audit.TypeChanged)
	if len(w.audited(audit.TypeRules)) != 1 || len(noted) != 2 || len(texts(noted[1]["active"])) != 0 {
		t.Errorf("%v", noted)
	}
}

// A change by hand is in the log once, when the file is loaded, and before a switch that comes upon it.
func TestRule14ChangeByHandIsNoticed(t *testing.T) {
	w := phasedWorld(t)
	first := w.audited(audit.TypeChanged)
	if len(first) != 1 || first[0]["what"] != "installation written down for the first time" || len(first[0]["sha256"].(string)) != 64 {
		t.Fatalf("rules that nobody switched on: %v", first)
	}
	note := func(want int) {
		t.Helper()
		w.renew()
		must(t, w.service.NoteRules(t.Context()))
		must(t, w.service.NoteRules(t.Context()))
		if n := len(w.audited(audit.TypeChanged)); n != want {
			t.Errorf("%d entries, want %d", n, want)
		}
	}
	note(1)
	w.edit("drafting_age = \"12h\"", "drafting_age = \"11h\"")
	note(2) // its rules are the same, and it is another one
	w.edit("[check]", "[check]\nactive_rule_sets = [\"phase 1\"]")
	note(3)
	if e := w.audited(audit.TypeChanged)[2]; !slices.Equal(texts(e["active"]), []string{"phase 1"}) || e["sha256"] == first[0]["sha256"] || e["noticedBy"] != "tester" {
		t.Errorf("%v", e)
	}
	w.edit("2035", "2036")
	note(4)
	// What was slipped in just before a switch is not hidden by it.
	w.edit("2036", "2037")
	w.use("phase 2")
	if n := len(w.audited(audit.TypeChanged)); n != 5 {
		t.Errorf("%d entries, want 5", n)
	}
	note(5)
}
