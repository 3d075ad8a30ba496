package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"caveat/backend/api"
	"caveat/backend/presend"
)

func TestRule14RulesAreShown(t *testing.T) {
	w := newWorld(t, `[[rule]]
name = "old copies"
set = "phase 2"
outcome = "stale"
action = "warn"
trial = true
[[rule]]
name = "until last year"
action = "warn"
until = 2020-01-01T00:00:00Z
[[threshold]]
name = "many"
classification = "SECRET"
limit = 20
action = "warn"
`)
	got := get[api.RulesDocument](w, "/api/rules")
	if len(got.Rules) != 2 || got.Rules[0].Active || !got.Rules[0].Trial || got.Rules[1].Active || got.Rules[1].Until == nil {
		t.Errorf("%+v", got.Rules)
	}
	if len(got.Thresholds) != 1 || !got.Thresholds[0].Active || got.Thresholds[0].Limit != 20 {
		t.Errorf("%+v", got.Thresholds)
	}
	if !slices.Equal(got.Sets, []api.RuleSet{{Name: "phase 2"}}) {
		t.Errorf("%+v", got.Sets)
	}
}

// TestRule15OverrideNamesWhatWasShown: a threshold that was confirmed for fewer than it would reach now is shown again.
func TestRule15OverrideNamesWhatWasShown(t *testing.T) {
	w := newWorld(t, "[[threshold]]\nname = \"many\"\nclassification = \"RESTRICTED\"\nlimit = 1\naction = \"warn\"\n")
	draft := content(secret, ann, olha)
	r := answered[presend.Report](w, http.StatusOK, http.MethodPost, "/api/check", draft)
	if len(r.Thresholds) != 1 || r.Thresholds[0].Recipients != 2 {
		t.Fatalf("%+v", r.Thresholds)
	}
	send := func(recipients int) string {
		return fmt.Sprintf(`{"draft":%s,"overrides":{"threshold:many":"Exercise."},"seen":{"threshold:many":{"marking":%q,"policy":%q,"limit":1,"recipients":%d}}}`,
			draft, r.Label.Marking, r.Originator.Evidence.Policy.SHA256, recipients)
	}
	if p := w.denied("user-blocked", http.MethodPost, "/api/send", send(1)); p.Report == nil || len(p.Report.Thresholds) != 1 {
		t.Errorf("%+v", p)
	}
	answered[api.Sent](w, http.StatusAccepted, http.MethodPost, "/api/send", send(2))
}

func TestExpandSaysWhoWouldNotGetIt(t *testing.T) {
	w := newWorld(t, "")
	got := answered[api.Expanded](w, 200, "POST", "/api/book/expand", api.ExpandInput{Address: "ALL@gbr.example"})
	if len(got.Members) != 2 || got.Members[0].Address != me || got.Members[1].Name != "Ann Able" || len(got.Unreachable) != 1 || got.Incomplete {
		t.Errorf("%+v", got)
	}
	w.refused(404, "user-no-group", "POST", "/api/book/expand", map[string]string{"address": "nobody@atl.example"})
	w.refused(404, "user-no-group", "POST", "/api/book/expand", map[string]string{"address": "x@elsewhere.example", "channel": "chat"})
}
