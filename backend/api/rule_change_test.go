package api_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/api"
	"caveat/backend/audit"
	"caveat/backend/presend"
)

const stranger = "stranger@ukr.example" // in no book

// sendAll asks for messages to be sent, one to each, and takes what comes.
func (w *adminWorld) sendAll(to ...string) {
	w.t.Helper()
	for _, a := range to {
		w.ask(http.MethodPost, "/api/send", `{"draft":`+content(secret, a)+`}`)
	}
}

func (w *adminWorld) effect(c api.RuleChange) api.RuleEffect {
	w.t.Helper()
	return answered[api.RuleEffect](w.world, http.StatusOK, http.MethodPost, "/api/rules/effect", c)
}

// A change to the rules is shown with what it would have made of the messages of the last 30 days, which is what a check by the changed
// rules then says; made, it is in the log and in the file.
func TestRule14ChangeShowsItsEffectAndIsMade(t *testing.T) {
	w := phasedWorld(t)
	w.readAll()
	w.sendAll(ann, ron, stranger, stranger, "nobody@gbr.example")
	rules := get[api.RulesDocument](w.world, "/api/rules")
	before := w.file()
	// "always" relaxes unknown addresses of UKR already; a label of SECRET is not about Only.
	c := api.RuleChange{Revision: rules.Revision, Do: "add-rule", Rule: &api.RuleInput{Name: "exercise", Outcome: "not-cleared", Nation: "UKR"}}
	e := w.effect(c)
	if e.Attempts != 5 || e.Unknown != 0 || e.Before != (api.ActionSum{Pass: 1, Warn: 2, Block: 2}) || e.After != (api.ActionSum{Pass: 1, Warn: 3, Block: 1}) {
		t.Errorf("%+v", e)
	}
	want := api.EffectCount{Nation: "UKR", Outcome: presend.NotCleared, Before: presend.Block, After: presend.Warn, Count: 1}
	if len(e.By) != 1 || e.By[0] != want || len(e.Sends) != 1 || e.Sends[0].Recipients[0].Address != ron || e.Sends[0].Actor != "tester" || e.Sends[0].Seq == 0 {
		t.Errorf("%+v", e)
	}
	if w.file() != before {
		t.Error("it was only to be shown")
	}
	got := answered[api.RulesDocument](w.world, http.StatusOK, http.MethodPost, "/api/rules/change", c)
	if len(got.Rules) != 3 || got.Rules[2].Name != "exercise" || !got.Rules[2].Active || got.Revision == rules.Revision {
		t.Errorf("%+v", got)
	}
	if !strings.Contains(w.file(), "# Kept by the signal office") || !strings.Contains(w.file(), "exercise") {
		t.Errorf("the file:\n%s", w.file())
	}
	w.renew()
	r := answered[presend.Report](w.world, http.StatusOK, http.MethodPost, "/api/check", content(secret, ron))
	if r.Recipients[0].Verdict.Action != presend.Warn {
		t.Errorf("a check says %s", r.Recipients[0].Verdict.Action)
	}
	line := w.logged(audit.TypeSettings)
	if line["kind"] != "rule" || line["name"] != "exercise" || line["change"] != "added" || line["by"] != "tester" || !strings.Contains(line["after"].(string), "exercise") {
		t.Errorf("logged %v", line)
	}
	if l := w.lines("type=settings").Lines[0]; !slices.Equal(l.Changes, []api.AuditChange{{Section: "rule", Name: "exercise", Change: "added"}}) || l.Kind != "rule" {
		t.Errorf("%+v", l)
	}
	// Made for the rules as they were, it is refused; so is what makes no sense.
	w.refused(http.StatusConflict, "user-rules-changed", http.MethodPost, "/api/rules/change", c)
	w.refused(http.StatusConflict, "user-rules-changed", http.MethodPost, "/api/rules/effect", c)
	for name, bad := range map[string]api.RuleChange{
		"of no such outcome":        {Do: "add-rule", Rule: &api.RuleInput{Name: "x", Outcome: "cleared"}},
		"of no such classification": {Do: "add-rule", Rule: &api.RuleInput{Name: "x", Classification: "COSMIC"}},
		"without a name":            {Do: "add-rule", Rule: &api.RuleInput{}},
		"of a name that is there":   {Do: "add-rule", Rule: &api.RuleInput{Name: "Exercise"}},
		"without the rule":          {Do: "add-rule"},
		"that is not there":         {Do: "remove-rule", At: 9},
		"a misspelt tag set":        {Do: "protect", TagSets: []string{"Onli"}},
	} {
		bad.Revision = got.Revision
		t.Log(name)
		w.refused(http.StatusUnprocessableEntity, "user-installation", http.MethodPost, "/api/rules/change", bad)
	}
	// The log says from what to what it was changed.
	answered[api.RulesDocument](w.world, http.StatusOK, http.MethodPost, "/api/rules/change", api.RuleChange{
		Revision: got.Revision, Do: "change-rule", At: 2, Rule: &api.RuleInput{Name: "exercise", Outcome: "stale", Channel: "mail"},
	})
	l := w.lines("type=settings").Lines[0]
	told := []api.AuditChange{
		{Section: "rule", Name: "exercise", Field: "channel", Change: "added", After: "mail"},
		{Section: "rule", Name: "exercise", Field: "nation", Change: "removed", Before: "UKR"},
		{Section: "rule", Name: "exercise", Field: "outcome", Change: "changed", Before: "not-cleared", After: "stale"},
	}
	if !slices.Equal(l.Changes, told) || l.More != 0 {
		t.Errorf("%+v", l)
	}
	if e := get[api.AuditEntry](w.world, fmt.Sprintf("/api/audit/lines/%d", l.Seq)); !slices.Equal(e.Changes, told) {
		t.Errorf("%+v", e)
	}
}

// Each kind of change has its effect, and leaves everything as it was until it is made.
func TestRule14EveryKindOfChangeHasAnEffect(t *testing.T) {
	w := phasedWorld(t)
	w.readAll()
	w.sendAll(ann, ron, stranger)
	past := time.Now().Add(-time.Hour)
	for name, x := range map[string]struct {
		change api.RuleChange
		after  api.ActionSum
	}{
		"the rule removed":      {api.RuleChange{Do: "remove-rule", At: 1}, api.ActionSum{Pass: 1, Block: 2}},
		"of another nation now": {api.RuleChange{Do: "change-rule", At: 1, Rule: &api.RuleInput{Name: "always", Outcome: "unknown", Nation: "GBR"}}, api.ActionSum{Pass: 1, Block: 2}},
		"put on trial":          {api.RuleChange{Do: "change-rule", At: 1, Rule: &api.RuleInput{Name: "always", Outcome: "unknown", Trial: true}}, api.ActionSum{Pass: 1, Block: 2}},
		"ended":                 {api.RuleChange{Do: "change-rule", At: 1, Rule: &api.RuleInput{Name: "always", Outcome: "unknown", Until: &past}}, api.ActionSum{Pass: 1, Block: 2}},
		"a threshold":           {api.RuleChange{Do: "add-threshold", Threshold: &api.ThresholdInput{Name: "none", Limit: 0, Action: "block", Classification: "SECRET"}}, api.ActionSum{Block: 3}},
		"a threshold above it":  {api.RuleChange{Do: "add-threshold", Threshold: &api.ThresholdInput{Name: "none", Limit: 0, Action: "block", Classification: "TOP SECRET"}}, api.ActionSum{Pass: 1, Warn: 1, Block: 1}},
		"more is protected":     {api.RuleChange{Do: "protect", TagSets: []string{"Context"}}, api.ActionSum{Pass: 1, Block: 2}},
		"a set is renamed":      {api.RuleChange{Do: "rename-set", Set: "phase 2", To: "phase 3"}, api.ActionSum{Pass: 1, Warn: 1, Block: 1}},
		"a set is removed":      {api.RuleChange{Do: "remove-set", Set: "phase 1"}, api.ActionSum{Pass: 1, Warn: 1, Block: 1}},
		"sets are switched":     {api.RuleChange{Do: "switch-sets", Sets: []string{"phase 1", "phase 2"}}, api.ActionSum{Pass: 1, Warn: 1, Block: 1}},
	} {
		x.change.Revision = get[api.RulesDocument](w.world, "/api/rules").Revision
		if e := w.effect(x.change); e.Before != (api.ActionSum{Pass: 1, Warn: 1, Block: 1}) || e.After != x.after || (e.Before == e.After) != (len(e.Sends) == 0) {
			t.Errorf("%s: %+v", name, e)
		}
	}
	// What the log learns afterwards is in the next answer.
	w.sendAll(ann)
	if e := w.effect(api.RuleChange{Revision: get[api.RulesDocument](w.world, "/api/rules").Revision, Do: "remove-rule"}); e.Attempts != 4 {
		t.Errorf("%+v", e)
	}
	// And what is older than the days is in none.
	w.ahead.Store(int64(31 * 24 * time.Hour))
	if e := w.effect(api.RuleChange{Revision: get[api.RulesDocument](w.world, "/api/rules").Revision, Do: "remove-rule"}); e.Attempts != 0 {
		t.Errorf("after 31 days: %+v", e)
	}
}

// What a rule in trial recorded is told by rule, nation and outcome.
func TestRule14TrialsAreTold(t *testing.T) {
	w := phasedWorld(t)
	w.edit(`name = "always"`, "name = \"always\"\ntrial = true")
	w.renew()
	w.readAll()
	w.sendAll(stranger, stranger, ron)
	got := get[api.TrialsDocument](w.world, "/api/rules/trials")
	if len(got.Rules) != 1 || got.Rules[0].Rule != "always" || got.Rules[0].Attempts != 2 || len(got.Rules[0].By) != 1 ||
		got.Rules[0].By[0] != (api.TrialCount{Nation: "UKR", Outcome: presend.Unknown, Count: 2}) {
		t.Errorf("%+v", got)
	}
}

// Lines of before the log said what rules ask about are counted, and not guessed at.
func TestRule14OldDecisionsAreUndecidable(t *testing.T) {
	w := phasedWorld(t)
	w.append(audit.TypeDecision, map[string]any{"result": "blocked", "channel": "mail", "recipients": []map[string]any{{"address": ron, "outcome": "not-cleared", "action": "block"}}})
	e := w.effect(api.RuleChange{Revision: get[api.RulesDocument](w.world, "/api/rules").Revision, Do: "add-rule", Rule: &api.RuleInput{Name: "x"}})
	if e.Attempts != 1 || e.Unknown != 1 || e.Before != (api.ActionSum{}) || len(e.Sends) != 0 {
		t.Errorf("%+v", e)
	}
}

// Only an administrator changes rules and sees what they would have done; nobody, where they are made centrally.
func TestRule27RulesOfAManagedInstallationAreReadOnly(t *testing.T) {
	for _, managed := range []bool{false, true} {
		w := newAdminWorld(t, managed, nil)
		c := api.RuleChange{Revision: get[api.RulesDocument](w.world, "/api/rules").Revision, Do: "add-rule", Rule: &api.RuleInput{Name: "x"}}
		if managed {
			if _, err := w.service.ChangeRules(t.Context(), c); err == nil {
				t.Error("changed")
			}
			if _, err := w.service.RuleEffect(t.Context(), c); err == nil {
				t.Error("shown")
			}
			continue
		}
		if _, err := w.service.ChangeRules(t.Context(), c); err != nil {
			t.Error(err)
		}
	}
}

// logged is the data of the newest line of a type.
func (w *adminWorld) logged(typ string) (data map[string]any) {
	w.t.Helper()
	must(w.t, audit.Newest(w.t.Context(), w.store, 0, func(e audit.Entry) (bool, error) {
		if e.Type != typ {
			return true, nil
		}
		return false, json.Unmarshal(e.Data, &data)
	}))
	return data
}

// append writes a line into the log.
func (w *adminWorld) append(typ string, data any) {
	w.t.Helper()
	must(w.t, w.store.Write(w.t.Context(), func(tx *sql.Tx) error {
		_, err := audit.Append(w.t.Context(), tx, typ, data)
		return err
	}))
}
