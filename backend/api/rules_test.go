package api_test

import (
	"slices"
	"testing"

	"caveat/backend/api"
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

func TestExpandSaysWhoWouldNotGetIt(t *testing.T) {
	w := newWorld(t, "")
	got := answered[api.Expanded](w, 200, "POST", "/api/book/expand", api.ExpandInput{Address: "ALL@gbr.example"})
	if len(got.Members) != 2 || got.Members[0].Address != me || got.Members[1].Name != "Ann Able" || len(got.Unreachable) != 1 || got.Incomplete {
		t.Errorf("%+v", got)
	}
	w.refused(404, "user-no-group", "POST", "/api/book/expand", map[string]string{"address": "nobody@atl.example"})
	w.refused(404, "user-no-group", "POST", "/api/book/expand", map[string]string{"address": "x@elsewhere.example", "channel": "chat"})
}
