package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"caveat/backend/api"
)

// A page that ends sends what it has while its last save is still under way, and nobody knows in which order the two arrive, or
// whether the first one does. What was typed last is what is kept.
func TestLastSaveOfAPageIsKeptInAnyOrder(t *testing.T) {
	const running, last = `{"version":%d,"name":"r","content":{"subject":"a"}}`, `{"version":%d,"name":"l","after":"r","content":{"subject":"ab"}}`
	for _, tt := range []struct {
		name   string
		before bool // the draft is there already
		saves  []string
	}{
		{"as they were sent", true, []string{running, last}},
		{"the other way round", true, []string{last, running}},
		{"the first one never comes", true, []string{last}},
		{"of a new draft, as they were sent", false, []string{running, last}},
		{"of a new draft, the other way round", false, []string{last, running}},
		{"of a new draft, the first one never comes", false, []string{last}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, "")
			version := 0
			if tt.before {
				version = int(w.save(one, 0, `{}`).Version)
			}
			for _, body := range tt.saves {
				w.ask(http.MethodPut, "/api/drafts/"+one, fmt.Sprintf(body, version))
			}
			if d := get[api.StoredDraft](w, "/api/drafts/"+one); d.Content.Subject != "ab" {
				t.Errorf("kept is %q, version %d", d.Content.Subject, d.Version)
			}
		})
	}
}

func TestSaveFollowsNoOtherPagesSave(t *testing.T) {
	w := newWorld(t, "")
	w.save(one, 0, `{}`)
	w.save(one, 1, content(secret, ann)) // another page's, without a name
	const after = `{"version":1,"name":"l","after":%q,"content":%s}`
	w.refused(409, "user-draft-changed", "PUT", "/api/drafts/"+one, fmt.Sprintf(after, "r", `{}`))
	w.refused(409, "user-draft-changed", "PUT", "/api/drafts/"+one, fmt.Sprintf(after, "", `{}`))
	w.refused(422, "user-request", "PUT", "/api/drafts/"+one, fmt.Sprintf(after, "0123456789012345678901234567890123456789x", `{}`))
}

// RULES 1: a save that follows another one by its name is held to the label that that one left.
func TestRule1SaveThatFollowsByNameNeedsAReasonToo(t *testing.T) {
	w := newWorld(t, "")
	restricted := strings.Replace(secret, "SECRET", "RESTRICTED", 1)
	w.save(one, 0, content(restricted, ann))
	named := func(name, after, label string) string {
		return fmt.Sprintf(`{"version":1,"name":%q,"after":%q,"content":%s}`, name, after, content(label, ann))
	}
	answered[api.SavedDraft](w, http.StatusOK, http.MethodPut, "/api/drafts/"+one, named("r", "", secret))
	w.refused(422, "user-relabel-reason", "PUT", "/api/drafts/"+one, named("l", "r", restricted))
}
