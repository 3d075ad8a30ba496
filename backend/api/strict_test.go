package api_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"caveat/backend/api"
	"caveat/backend/plain"
)

// asked sends a request and reads the problem that it is answered with; its zero value where there is none.
func (w *world) asked(method, path, body string) (status int, p api.Problem) {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.server.URL+path, strings.NewReader(body))
	must(w.t, err)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := w.server.Client().Do(r)
	must(w.t, err)
	defer answer.Body.Close()
	if answer.StatusCode >= 400 {
		if got := answer.Header.Get("Content-Type"); got != "application/problem+json" {
			w.t.Errorf("%s %s: %s", method, path, got)
		}
		must(w.t, json.NewDecoder(answer.Body).Decode(&p))
	}
	return answer.StatusCode, p
}

// A parameter that is not looked at gives another answer than was asked for: the whole book, in place of a name in it.
func TestEveryOperationRefusesUnknownParameters(t *testing.T) {
	w := newWorld(t, role("administrator", "auditor"))
	document, err := api.OpenAPI("test")
	must(t, err)
	var all struct {
		Paths map[string]map[string]struct {
			OperationID string
			Parameters  []struct{ Name, In string }
			RequestBody any
		}
	}
	must(t, json.Unmarshal(document, &all))
	blank := regexp.MustCompile(`\{[^}]*\}`)
	count := 0
	for path, methods := range all.Paths {
		for method, o := range methods {
			count++
			at := blank.ReplaceAllString(path, "1")
			status, p := w.asked(strings.ToUpper(method), at+"?zz=1&Yy=&zz=2", "")
			if status != http.StatusUnprocessableEntity || p.Code != "user-unknown-parameter" || !strings.Contains(p.Detail, `"Yy", "zz"`) || len(p.Errors) != 2 {
				t.Errorf("%s: %d %+v", o.OperationID, status, p)
			}
			for _, known := range o.Parameters {
				if known.In == "query" && !strings.Contains(p.Detail, known.Name) {
					t.Errorf("%s: %q does not name %s", o.OperationID, p.Detail, known.Name)
				}
			}
			if o.RequestBody != nil {
				continue
			}
			if status, p := w.asked(strings.ToUpper(method), at, `{"directory":"GBR"}`); status != http.StatusUnprocessableEntity || p.Code != "user-unknown-body" {
				t.Errorf("%s, a body that it does not take: %d %+v", o.OperationID, status, p)
			}
		}
	}
	if count < 60 {
		t.Errorf("only %d operations were seen", count)
	}
}

func TestKnownParametersAndBodiesAreTaken(t *testing.T) {
	w := newWorld(t, "")
	for _, tt := range []struct {
		name, method, path, body string
		status                   int
		code                     string
	}{
		{"a parameter that it has", "GET", "/api/book/search?text=x&limit=5", "", 200, ""},
		{"in another case", "GET", "/api/book/search?Text=x", "", 422, "user-unknown-parameter"},
		{"none", "GET", "/api/directories", "", 200, ""},
		{"a parameter without value", "GET", "/api/directories?", "", 200, ""},
		{"an empty document where no body is taken", "POST", "/api/book/sync?directory=GBR", " {} \n", 202, ""},
		{"a body where none is taken", "POST", "/api/book/sync", `{"directory":"GBR"}`, 422, "user-unknown-body"},
		{"a long body of nothing", "POST", "/api/book/sync", strings.Repeat(" ", 1<<20), 422, "user-unknown-body"},
		{"a key that a body does not have", "POST", "/api/book/lookup", `{"addresses":[],"adresses":[]}`, 422, "user-request"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, p := w.asked(tt.method, tt.path, tt.body)
			if status != tt.status || p.Code != tt.code {
				t.Errorf("%d %+v", status, p)
			}
		})
	}
}

// TestProblemsNameNoPackage: what people read says nothing of how the program is made.
func TestProblemsNameNoPackage(t *testing.T) {
	w := newWorld(t, role("administrator", "auditor"))
	for _, tt := range []struct{ method, path, body, says string }{
		{"POST", "/api/check", strings.Replace(content(secret, ann), `"subject"`, `"sic":["a"],"subject"`, 1), `"detail":"invalid: sic`},
		{"POST", "/api/check", strings.Replace(content(secret, ann), `"subject"`, `"sendAt":"2020-01-01T00:00:00Z","subject"`, 1), "invalid: sendAt 2020-01-01T00:00:00Z is past"},
		{"POST", "/api/send", `{"draft":` + strings.Replace(content(secret, ann), `"subject"`, `"sendAt":"2020-01-01T00:00:00Z","subject"`, 1) + `}`, "invalid: sendAt 2020-01-01T00:00:00Z is past"},
		{"GET", "/api/directories/none/test", "", ""},
		{"POST", "/api/directories/none/test", "", "no directory"},
		{"GET", "/api/book/search?nation=XXX", "", "there are GBR, UKR"},
		{"GET", "/api/messages/none/wire", "", "unknown message"},
		{"POST", "/api/directories", `{"name":"FRA","nation":"fra"}`, "three capital letters"},
		{"DELETE", "/api/drafts/aaaaaaaaaaaaaaaa?version=1", "", ""},
	} {
		status, text, _ := w.ask(tt.method, tt.path, tt.body)
		if status < 400 || !strings.Contains(text, tt.says) {
			t.Errorf("%s %s: %d %s, without %q", tt.method, tt.path, status, text, tt.says)
		}
		for _, name := range plain.Names() {
			if strings.Contains(text, `"`+name+": ") || strings.Contains(text, ": "+name+": ") {
				t.Errorf("%s %s: %q stands in %s", tt.method, tt.path, name, text)
			}
		}
	}
}
