package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"caveat/backend/outbox"
)

// TestRule15OverridesAreForThisDraft: as many as the draft has recipients, thresholds and sender, each once; nobody compares more.
func TestRule15OverridesAreForThisDraft(t *testing.T) {
	w := newWorld(t, "")
	many, seen := map[string]string{}, map[string]outbox.Seen{}
	for i := range 20_000 {
		a := fmt.Sprintf("somebody%d@gbr.example", i)
		many[a], seen[a] = "Exercise.", outbox.Seen{}
	}
	for name, body := range map[string]any{
		"of others":                  map[string]any{"overrides": map[string]string{olha: "Exercise."}},
		"far too many":               map[string]any{"overrides": many},
		"too much seen":              map[string]any{"overrides": map[string]string{ann: "Exercise."}, "seen": seen},
		"one address, two spellings": map[string]any{"overrides": map[string]string{ann: "Exercise.", " " + ann: "Another."}},
	} {
		given := body.(map[string]any)
		given["draft"] = json.RawMessage(content(secret, ann))
		text, err := json.Marshal(given)
		must(t, err)
		if p := w.denied("user-override", http.MethodPost, "/api/send", string(text)); p.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if list := get[[]outbox.Message](w, "/api/messages"); len(list) != 0 {
		t.Errorf("queued: %+v", list)
	}
}
