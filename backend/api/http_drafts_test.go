package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"caveat/backend/api"
	"caveat/backend/outbox"
)

const (
	one = "0123456789abcdef"
	two = "fedcba9876543210"
)

// secret is the label of the tests, as the page writes it.
const secret = `{"policy":"NATO","classification":"SECRET","categories":{"Context":["MROD"]}}`

func content(labelText string, to ...string) string {
	return fmt.Sprintf(`{"channel":"mail","action":["%s"],"subject":"Bridge","body":"The bridge\n\n is open.","label":%s}`, strings.Join(to, `","`), labelText)
}

// save saves a draft that must be kept.
func (w *world) save(id string, version int64, content string) api.SavedDraft {
	w.t.Helper()
	return answered[api.SavedDraft](w, http.StatusOK, http.MethodPut, "/api/drafts/"+id, fmt.Sprintf(`{"version":%d,"content":%s}`, version, content))
}

func TestDraftsAreKept(t *testing.T) {
	w := newWorld(t, "")
	if list := get[[]api.DraftSummary](w, "/api/drafts"); list == nil || len(list) != 0 {
		t.Errorf("%v", list)
	}
	first := w.save(one, 0, `{}`)
	if first.ID != one || first.Version != 1 || first.Changed.IsZero() {
		t.Errorf("%+v", first)
	}
	w.save(two, 0, `{"typing":{"action":"kov"},"label":null}`)
	typed := strings.Replace(content(secret, ann, olha, strings.ToUpper(olha)), `"label"`, `"typing":{"info":"sm"},"label"`, 1)
	saved := w.save(one, 1, typed)
	got := get[api.StoredDraft](w, "/api/drafts/"+one)
	if got.SavedDraft != saved || got.Content.Subject != "Bridge" || got.Content.Typing.Info != "sm" || got.Content.Label.Selection.Classification != "SECRET" {
		t.Errorf("%+v", got)
	}
	list := get[[]api.DraftSummary](w, "/api/drafts")
	if len(list) != 2 {
		t.Fatalf("%+v", list)
	}
	want := api.DraftSummary{
		SavedDraft: saved, MarkingDocument: api.MarkingDocument{Marking: "NATO/MROD SECRET", Foreground: "black", Background: "red"},
		Channel: "mail", Subject: "Bridge", Recipients: 2, Excerpt: "The bridge is open.",
	}
	for _, d := range list {
		if d.ID == one && d != want {
			t.Errorf("%+v\nwant %+v", d, want)
		}
	}
	french := get[[]api.DraftSummary](w, "/api/drafts?lang=fr")
	if len(french) != 2 || list[0].Marking+list[1].Marking != "NATO/MROD SECRET" {
		t.Errorf("%+v", french)
	}
	if status, body, _ := w.ask(http.MethodDelete, fmt.Sprintf("/api/drafts/%s?version=%d", one, saved.Version), nil); status != http.StatusNoContent || body != "" {
		t.Errorf("%d %s", status, body)
	}
	w.refused(404, "user-draft-gone", "GET", "/api/drafts/"+one, nil)
	w.refused(404, "user-draft-gone", "PUT", "/api/drafts/"+one, `{"version":2,"content":{}}`) // comes late
	if again := w.save(one, 0, typed); again.Version != 3 {                                    // undo
		t.Errorf("%+v", again)
	}
	changes := get[api.ChangesDocument](w, "/api/changes?after=0&client=test")
	drafts := 0
	for _, c := range changes.Changes {
		if c.Kind == "draft" {
			drafts++
		}
	}
	if drafts != 5 {
		t.Errorf("%d changes of drafts are recorded: %+v", drafts, changes)
	}
}

func TestDraftsThatAreNotSaved(t *testing.T) {
	w := newWorld(t, "")
	w.save(one, 0, content(secret, ann))
	w.save(one, 1, content(secret, ann))
	put := func(id string, version int, content string) (string, string, string) {
		return "PUT", "/api/drafts/" + id, fmt.Sprintf(`{"version":%d,"content":%s}`, version, content)
	}
	for _, tt := range []struct {
		name    string
		id      string
		version int
		content string
		status  int
		code    string
	}{
		{"made twice", one, 0, `{}`, 409, "user-draft-changed"},
		{"an old version", one, 1, `{}`, 409, "user-draft-changed"},
		{"one that never was", two, 1, `{}`, 404, "user-draft-gone"},
		{"a bad id", "ONE", 0, `{}`, 422, "user-request"},
		{"a negative version", one, -1, `{}`, 422, "user-request"},
		{"an unknown key", one, 2, `{"colour":1}`, 422, "user-request"},
		{"a key twice", one, 2, `{"subject":"a","subject":"b"}`, 422, "user-request"},
		{"no content", one, 2, `null`, 422, "user-request"},
		// RULES 10: a label that the installation's own clearance does not permit cannot be saved.
		{"a class above the installation's", one, 2, content(`{"policy":"NATO","classification":"TOP SECRET","categories":{"Context":["MROD"]}}`, ann), 422, "user-system-high"},
		{"the same, not complete", one, 2, content(`{"policy":"NATO","classification":"TOP SECRET"}`, ann), 422, "user-system-high"},
		{"a restrictive value that it lacks", one, 2, content(`{"policy":"NATO","classification":"","categories":{"Special Category Designators":["BOHEMIA"]}}`, ann), 422, "user-system-high"},
		{"a permissive tag of others alone", one, 2, content(`{"policy":"NATO","classification":"SECRET","categories":{"Only":["DEU"]}}`, ann), 422, "user-system-high"},
		{"a part above it", one, 2, `{"parts":[{"text":"x","label":{"policy":"NATO","classification":"TOP SECRET"}}]}`, 422, "user-system-high"},
		{"an attachment above it", one, 2, `{"attachments":[{"file":"x","label":{"policy":"NATO","classification":"TOP SECRET"}}]}`, 422, "user-system-high"},
		{"an unknown policy", one, 2, content(`{"policy":"X","classification":"SECRET"}`, ann), 422, "user-label"},
		{"an unknown class", one, 2, content(`{"policy":"NATO","classification":"X"}`, ann), 422, "user-label"},
		{"an unknown value", one, 2, content(`{"policy":"NATO","classification":"SECRET","categories":{"Context":["X"]}}`, ann), 422, "user-label"},
		{"a label that is no XML", one, 2, content(`"<x/>"`, ann), 422, "user-label"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			method, path, body := put(tt.id, tt.version, tt.content)
			w.refused(tt.status, tt.code, method, path, body)
		})
	}
	if d := get[api.StoredDraft](w, "/api/drafts/"+one); d.Version != 2 {
		t.Errorf("it became version %d", d.Version)
	}
	w.refused(422, "user-request", "DELETE", "/api/drafts/"+one, nil) // a version must be named
	w.refused(409, "user-draft-changed", "DELETE", "/api/drafts/"+one+"?version=1", nil)
	w.refused(404, "user-draft-gone", "DELETE", "/api/drafts/"+two+"?version=1", nil)
}

// What is not finished is saved: it is not a message yet.
func TestUnfinishedLabelsAreSaved(t *testing.T) {
	w := newWorld(t, "")
	for i, text := range []string{
		`{"policy":"NATO","classification":""}`,
		`{"policy":"NATO","classification":"SECRET"}`, // Context is missing (RULES 4)
		`{"policy":"NATO","classification":"","categories":{"Releasable To":["DEU","GBR"]}}`,
		`{"policy":"NATO","classification":"SECRET","categories":{"Special Category Designators":["ATOMAL"]}}`,
	} {
		w.save(one, int64(i), content(text, ann))
	}
}

// sendStored is a request to send the draft that is kept.
func sendStored(content string, version int64) string {
	return fmt.Sprintf(`{"draft":%s,"stored":{"id":%q,"version":%d}}`, content, one, version)
}

func TestSendTakesTheStoredDraft(t *testing.T) {
	w := newWorld(t, "")
	text := content(secret, ann, olha)
	w.save(one, 0, text)
	w.refused(404, "user-draft-gone", "POST", "/api/send", strings.Replace(sendStored(text, 1), one, two, 1))
	w.refused(409, "user-draft-changed", "POST", "/api/send", sendStored(text, 2))
	blocked := content(secret, ann, ron)
	w.refused(409, "user-blocked", "POST", "/api/send", sendStored(blocked, 1))
	w.refused(409, "user-draft-changed", "POST", "/api/send", sendStored(blocked, 2)) // told before it is checked, which takes time
	if d := get[api.StoredDraft](w, "/api/drafts/"+one); d.Version != 1 {
		t.Errorf("a blocked send left %+v", d)
	}
	if m := get[[]outbox.Message](w, "/api/messages"); len(m) != 0 {
		t.Errorf("queued: %+v", m)
	}
	sent := answered[api.Sent](w, http.StatusAccepted, "POST", "/api/send", sendStored(text, 1))
	if m := get[[]outbox.Message](w, "/api/messages"); len(m) != 1 || m[0].ID != sent.Message {
		t.Errorf("queued: %+v", m)
	}
	// The click that is repeated, the answer that was lost, the save that comes late.
	w.refused(404, "user-draft-gone", "POST", "/api/send", sendStored(text, 1))
	w.refused(404, "user-draft-gone", "PUT", "/api/drafts/"+one, `{"version":1,"content":`+text+`}`)
	w.refused(404, "user-draft-gone", "PUT", "/api/drafts/"+one, `{"version":0,"content":`+text+`}`)
	if m := get[[]outbox.Message](w, "/api/messages"); len(m) != 1 {
		t.Errorf("%d messages", len(m))
	}
}

// Two tabs at the same moment: one message.
func TestStoredDraftIsSentOnceFromTwoTabs(t *testing.T) {
	w := newWorld(t, "")
	text := content(secret, ann)
	w.save(one, 0, text)
	var mu sync.Mutex
	statuses := map[int]int{}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			status, body, _ := w.ask("POST", "/api/send", sendStored(text, 1))
			mu.Lock()
			defer mu.Unlock()
			statuses[status]++
			if status != http.StatusAccepted && !strings.Contains(body, `"user-draft-gone"`) {
				t.Errorf("%d %s", status, body)
			}
		})
	}
	wg.Wait()
	if statuses[http.StatusAccepted] != 1 || statuses[http.StatusNotFound] != 3 {
		t.Errorf("%v", statuses)
	}
	if m := get[[]outbox.Message](w, "/api/messages"); len(m) != 1 {
		t.Errorf("%d messages", len(m))
	}
}

func TestExcerpt(t *testing.T) {
	w := newWorld(t, "")
	w.save(one, 0, fmt.Sprintf(`{"body":%q}`, strings.Repeat("ä ", 500)))
	d := get[[]api.DraftSummary](w, "/api/drafts")[0]
	if n := len([]rune(d.Excerpt)); n > 80 || n < 70 || !strings.HasSuffix(d.Excerpt, "…") {
		t.Errorf("%d characters: %q", n, d.Excerpt)
	}
}
