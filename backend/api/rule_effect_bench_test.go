package api_test

import (
	"database/sql"
	"testing"

	"caveat/backend/api"
	"caveat/backend/audit"
)

// The effect of a change on 20,000 attempts to send: the first time the log is read, then what was read is held.
func BenchmarkRuleEffectOf20000(b *testing.B) {
	w := newAdminWorld(b, false, nil)
	line := map[string]any{
		"result": "blocked", "channel": "mail", "sender": me, "marking": "NATO/MROD SECRET", "classification": "SECRET", "reach": map[string]int{"persons": 3},
		"recipients": []map[string]any{
			{"address": ann, "nation": "GBR", "outcome": "cleared", "action": "pass", "link": map[string]string{"outcome": "cleared", "action": "pass"}},
			{"address": ron, "nation": "UKR", "outcome": "unknown", "action": "block", "link": map[string]string{"outcome": "cleared", "action": "pass"},
				"grounds": []map[string]any{{"nation": "UKR", "outcome": "unknown", "tagSets": []string{"Context"}}}},
		},
	}
	must(b, w.store.Write(b.Context(), func(tx *sql.Tx) error {
		for range 20_000 {
			if _, err := audit.Append(b.Context(), tx, audit.TypeDecision, line); err != nil {
				return err
			}
		}
		return nil
	}))
	rules, err := w.service.Rules(b.Context())
	must(b, err)
	c := api.RuleChange{Revision: rules.Revision, Do: "add-rule", Rule: &api.RuleInput{Name: "exercise", Outcome: "unknown"}}
	effect := func() {
		e, err := w.service.RuleEffect(b.Context(), c)
		must(b, err)
		if e.Attempts != 20_000 || e.After.Warn != 20_000 || e.More != 20_000-len(e.Sends) {
			b.Fatalf("%+v", e.After)
		}
	}
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			service := w.service
			w.service = w.newService(w.store, w.book, false)
			effect()
			must(b, w.service.Close())
			w.service = service
		}
	})
	b.Run("again", func(b *testing.B) {
		effect()
		for b.Loop() {
			effect()
		}
	})
}
