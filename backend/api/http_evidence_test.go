package api_test

import (
	"database/sql"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"caveat/backend/api"
)

// exec changes caveat.db behind the program's back.
func (w *world) exec(statement string) {
	w.t.Helper()
	must(w.t, w.store.Write(w.t.Context(), func(tx *sql.Tx) error {
		_, err := tx.Exec(statement)
		return err
	}))
}

func TestEvidenceAndWire(t *testing.T) {
	w := newWorld(t, "")
	text := strings.Replace(content(secret, ann), `"action":["`+ann+`"]`, `"action":[],"info":["`+ann+`"]`, 1)
	sent := answered[api.Sent](w, http.StatusAccepted, "POST", "/api/send", fmt.Sprintf(`{"draft":%s}`, text))
	evidence, wire := "/api/messages/"+sent.Message+"/evidence", "/api/messages/"+sent.Message+"/wire"

	e := get[api.EvidenceDocument](w, evidence)
	if e.Message.ID != sent.Message || e.Draft.Body != "The bridge\n\n is open." || e.Report == nil || e.Report.Digest() != sent.Report.Digest() {
		t.Errorf("%+v", e)
	}
	if _, body, _ := w.ask("GET", evidence, nil); !strings.Contains(body, `"action":[]`) || strings.Contains(body, `"held"`) {
		t.Error(body) // a list is never null; RULES 19
	}
	status, body, header := w.ask("GET", wire, nil)
	if status != http.StatusOK || header.Get("Content-Type") != "message/rfc822" || header.Get("Content-Disposition") != `attachment; filename="`+sent.Message+`.eml"` {
		t.Errorf("%d %v", status, header)
	}
	if !strings.Contains(body, "Message-ID: <"+sent.Message+"@gbr.example>\r\n") || !strings.Contains(body, "The bridge") {
		t.Error(body)
	}

	w.exec(`UPDATE message SET report = ''`) // as of a message from before reports were kept
	if _, body, _ := w.ask("GET", evidence, nil); !strings.Contains(body, `"report":null`) {
		t.Error(body)
	}
	w.exec(`UPDATE message SET report = '{}'`)
	w.refused(http.StatusInternalServerError, "server-tampered", "GET", evidence, nil)
	w.exec(`UPDATE message SET wire_size = 1`)
	w.refused(http.StatusInternalServerError, "server-tampered", "GET", wire, nil)
	for _, what := range []string{"evidence", "wire"} {
		w.refused(http.StatusNotFound, "user-unknown-message", "GET", "/api/messages/NONE/"+what, nil)
	}
}
