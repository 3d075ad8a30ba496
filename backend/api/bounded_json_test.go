package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"caveat/backend/draft"
)

// many is a JSON text of n parts, each made from its number.
func many(n int, form string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, form+",", i)
	}
	return strings.TrimSuffix(b.String(), ",")
}

// TestRequestsAreBoundedInNumber: a request that holds more than any draft needs is refused before anything is done for it, and the answer
// is short whatever is wrong with it.
func TestRequestsAreBoundedInNumber(t *testing.T) {
	w := newWorld(t, "")
	document := func(action, categories string) string {
		return fmt.Sprintf(`{"channel":"mail","subject":"s","body":"b","action":[%s],"label":{"policy":"NATO","classification":"SECRET","categories":{%s}}}`, action, categories)
	}
	const one, context = `"u@deu.example"`, `"Context":["MROD"]`
	for name, body := range map[string]string{
		"more recipients than there may be": document(many(draft.MaxRecipients+1, `"u%d@deu.example"`), context),
		"as many as in an attack":           document(many(300_000, `"u%d@deu.example"`), context),
		"tag sets":                          document(one, many(draft.MaxTagSets+1, `"C%d":["MROD"]`)),
		"half a million tag sets":           document(one, many(500_000, `"C%d":["MROD"]`)),
		"values":                            document(one, `"Context":[`+many(draft.MaxValues+1, `"V%d"`)+`]`),
		"values of several tag sets":        document(one, `"A":[`+many(draft.MaxValues, `"V%d"`)+`],`+context),
		"unknown keys":                      `{` + many(2000, `"k%d":1`) + `}`,
		"a million unknown keys":            `{` + many(1_000_000, `"k%d":1`) + `}`,
		"a long key":                        `{"` + strings.Repeat("é", 1<<20) + `":1}`,
		"a long text in a wrong place":      `{"channel":"` + strings.Repeat("é", 1<<20) + `"}`,
	} {
		r, err := http.NewRequestWithContext(t.Context(), "POST", w.server.URL+"/api/check", strings.NewReader(body))
		must(t, err)
		r.Header.Set("Content-Type", "application/json")
		answer, err := w.server.Client().Do(r)
		must(t, err)
		defer answer.Body.Close()
		var said bytes.Buffer
		if _, err := said.ReadFrom(answer.Body); err != nil || said.Len() > 20_000 || answer.StatusCode < 400 || answer.StatusCode >= 500 {
			t.Errorf("%s: %d, %d bytes, %v", name, answer.StatusCode, said.Len(), err)
		}
		var p struct {
			Errors []struct{ Message, Location string }
		}
		if err := json.Unmarshal(said.Bytes(), &p); err != nil || len(p.Errors) > 21 {
			t.Errorf("%s: %v, %d errors", name, err, len(p.Errors))
		}
		for _, x := range p.Errors {
			if utf8.RuneCountInString(x.Message) > 301 || utf8.RuneCountInString(x.Location) > 301 {
				t.Errorf("%s: %.400s", name, x.Message)
			}
		}
	}
	status, p := w.asked("GET", "/api/installation?"+strings.ReplaceAll(many(1000, "q%d=1"), ",", "&"), "")
	if status != http.StatusUnprocessableEntity || len(p.Errors) > 20 {
		t.Errorf("unknown parameters: %d, %d errors", status, len(p.Errors))
	}
	// As much as there may be is no fault.
	if status, p := w.asked("POST", "/api/policy/lint", `{"text":"`+strings.Repeat(`,:[{\"`, 200_000)+`"}`); strings.Contains(fmt.Sprint(p), "too many values") {
		t.Errorf("a long text: %d %+v", status, p)
	}
}
