package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"caveat/backend/api"
	"caveat/backend/outbox"
)

// copyWorld is a world whose user has a mailbox; keys are those of its account.
func copyWorld(t *testing.T, keys string) *world {
	t.Helper()
	return newWorldOf(t, people(), func(file string) string {
		return strings.Replace(file, "mail = \"me@gbr.example\"\n", "mail = \"me@gbr.example\"\nmailbox = \"box\"\n", 1) +
			"[[account]]\nname = \"box\"\nkind = \"imap\"\naddress = \"127.0.0.1:1\"\nsecurity = \"plain\"\n" + keys
	})
}

const (
	toConfidential = "clearance = { policy = \"NATO\", up_to = \"CONFIDENTIAL\", categories = { Context = [\"MROD\"] } }\n"
	toSecret       = "clearance = { policy = \"NATO\", up_to = \"SECRET\", categories = { Context = [\"MROD\"] } }\n"
	toNobody       = `{"channel":"mail","subject":"Bridge","body":"Open.","exempted":["olha@ukr.example"],"label":` + secret + `}`
)

// queued is how many copies of drafts the queue has.
func (w *world) queued() (n int) {
	w.t.Helper()
	must(w.t, w.store.Reader().QueryRow(`SELECT count(*) FROM message WHERE folder = 'drafts' AND state = 'queued'`).Scan(&n))
	return n
}

// TestRule21CopyOfADraft: a labelled draft is copied when somebody asks for it, also to nobody yet; the draft and its copy tell what became
// of that; a copy that waits goes with the draft.
func TestRule21CopyOfADraft(t *testing.T) {
	w := copyWorld(t, "drafts = true\n"+toSecret)
	path := "/api/drafts/" + one + "/copy"
	w.refused(http.StatusNotFound, "user-draft-gone", http.MethodGet, path, nil)
	w.refused(http.StatusNotFound, "user-draft-gone", http.MethodPost, path, `{"version":1}`)
	saved := w.save(one, 0, toNobody)
	if c := get[api.StoredDraft](w, "/api/drafts/"+one).Copy; c == nil || *c != (outbox.DraftCopy{Mailbox: "box", State: "none"}) {
		t.Errorf("before: %+v", c)
	}
	w.refused(http.StatusConflict, "user-draft-changed", http.MethodPost, path, `{"version":2}`)
	w.refused(http.StatusUnprocessableEntity, "user-request", http.MethodPost, path, `{}`)
	for range 2 {
		c := answered[outbox.DraftCopy](w, http.StatusAccepted, http.MethodPost, path, `{"version":1}`)
		if c.Mailbox != "box" || c.State != outbox.Queued || c.At == nil || c.At.Before(saved.Changed) || w.queued() != 1 {
			t.Errorf("asked for: %+v, %d queued", c, w.queued())
		}
	}
	if c := get[api.StoredDraft](w, "/api/drafts/"+one).Copy; c == nil || c.State != outbox.Queued {
		t.Errorf("afterwards: %+v", c)
	}
	if status, text, _ := w.ask(http.MethodDelete, "/api/drafts/"+one+"?version=9", nil); status != http.StatusConflict || w.queued() != 1 {
		t.Errorf("%d %s: a draft that was not deleted has no copy any more", status, text)
	}
	if status, text, _ := w.ask(http.MethodDelete, "/api/drafts/"+one+"?version=1", nil); status != http.StatusNoContent || w.queued() != 0 {
		t.Errorf("%d %s, %d queued", status, text, w.queued())
	}
	if c := get[outbox.DraftCopy](w, path); c.State != outbox.Dropped || c.Note == "" {
		t.Errorf("deleted: %+v", c)
	}
	if list := get[[]api.SentMessage](w, "/api/messages"); len(list) != 0 {
		t.Errorf("listed as a message: %+v", list)
	}
}

// TestRule21CopyGoesWithTheDraftThatIsSent: what was sent leaves no copy of its draft; what was blocked does.
func TestRule21CopyGoesWithTheDraftThatIsSent(t *testing.T) {
	w := copyWorld(t, "drafts = true\n"+toSecret)
	for _, c := range []struct {
		id, to string
		status int
		left   int
	}{{one, ron, http.StatusConflict, 1}, {two, ann, http.StatusAccepted, 1}} {
		document := content(secret, c.to)
		w.save(c.id, 0, document)
		answered[outbox.DraftCopy](w, http.StatusAccepted, http.MethodPost, "/api/drafts/"+c.id+"/copy", `{"version":1}`)
		status, text, _ := w.ask(http.MethodPost, "/api/send", `{"draft":`+document+`,"stored":{"id":"`+c.id+`","version":1}}`)
		if status != c.status || w.queued() != c.left {
			t.Errorf("to %s: %d, %d copies wait: %s", c.to, status, w.queued(), text)
		}
	}
}

// TestRule21DraftThatMayNotBeCopied: the reasons are said, and nothing is queued.
func TestRule21DraftThatMayNotBeCopied(t *testing.T) {
	noLabel := `{"channel":"mail","subject":"Bridge","body":"Open.","label":null}`
	halfLabel := `{"channel":"mail","subject":"Bridge","body":"Open.","label":{"policy":"NATO","classification":"SECRET"}}`
	chat := strings.Replace(toNobody, `"mail"`, `"chat"`, 1)
	for name, c := range map[string]struct {
		keys, content string
		status        int
		code          string
		reason        string
	}{
		"no label":                {"drafts = true\n" + toSecret, noLabel, http.StatusUnprocessableEntity, "user-label", ""},
		"a label without MROD":    {"drafts = true\n" + toSecret, halfLabel, http.StatusConflict, "user-copy-blocked", "Context"},
		"mailbox below it":        {"drafts = true\n" + toConfidential, toNobody, http.StatusConflict, "user-copy-blocked", "box"},
		"keeps only sent mail":    {"sent = true\n" + toSecret, toNobody, http.StatusConflict, "user-no-drafts-mailbox", ""},
		"chat":                    {"drafts = true\n" + toSecret, chat, http.StatusConflict, "user-no-drafts-mailbox", ""},
		"an address that is none": {"drafts = true\n" + toSecret, strings.Replace(toNobody, `"exempted"`, `"action":["a b"],"exempted"`, 1), http.StatusUnprocessableEntity, "user-draft", ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := copyWorld(t, c.keys)
			w.save(one, 0, c.content)
			status, text, _ := w.ask(http.MethodPost, "/api/drafts/"+one+"/copy", `{"version":1}`)
			var p api.Problem
			must(t, json.Unmarshal([]byte(text), &p))
			if status != c.status || p.Code != c.code || w.queued() != 0 {
				t.Fatalf("%d, %d queued: %s", status, w.queued(), text)
			}
			if c.reason != "" && (len(p.Reasons) == 0 || !strings.Contains(text, c.reason)) {
				t.Errorf("no reason: %s", text)
			}
		})
	}
}
