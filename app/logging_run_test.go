//go:build linux

package app_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestLogOfARunNamesNobody runs a program through reading, checking, sending and failing, and looks for everybody's names, addresses and
// subjects in its log, which is JSON, line by line.
func TestLogOfARunNamesNobody(t *testing.T) {
	t.Parallel()
	e := embeddedWorld(t)
	p := start(t, "serve", "--data", e.data, "--listen", "127.0.0.1:0", "--log-format", "json")
	c := p.byToken(t, e.data)
	for range 300 {
		if strings.Count(p.log.String(), "a directory was read") == 4 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	e.directories["DEU"].RefuseBind(true)
	send := func(address string) string {
		status, body, _ := c.do(http.MethodPost, "/api/send", `{"draft": {"channel": "mail", "action": ["`+address+`"], "subject": "Bridge reconnaissance", "body": "Grid follows.",
			"label": {"policy": "NATO", "classification": "SECRET", "categories": `+mrod+`}}}`, nil)
		t.Logf("%s: %d", address, status)
		return body
	}
	var sent struct{ Message string }
	if err := json.Unmarshal([]byte(send("officer@ukr.example")), &sent); err != nil || sent.Message == "" {
		t.Fatalf("not queued: %v\n%s", err, p.log)
	}
	for range 300 {
		if e.deliveries(sent.Message) > 0 {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	send("officer@deu.example")
	send("stranger@nowhere.example")
	for _, path := range []string{"/api/book/search?q=Chris+Officer", "/api/messages/officer@gbr.example", "/api/book/receive?address=officer@gbr.example"} {
		c.do(http.MethodGet, path, "", nil)
	}
	if r := caveat(t, "", "book", "sync", "--data", e.data); r.status != 1 { // DEU fails, in the program
		t.Errorf("%d: %s", r.status, r.stderr)
	}
	p.stop()
	log := p.log.String()
	for _, want := range []string{`"msg":"the program serves"`, `"msg":"a directory was read"`, `"msg":"a message was cleared and queued"`, `"msg":"the program ends"`, `"msg":"not centrally managed"`} {
		if !strings.Contains(log, want) {
			t.Errorf("it does not say %s", want)
		}
	}
	for _, line := range strings.Split(strings.TrimSpace(log), "\n") {
		if !json.Valid([]byte(line)) {
			t.Errorf("no JSON: %s", line)
		}
	}
	for _, personal := range []string{"@", "fficer", "hris", "obin", "stranger", "Bridge", "Grid", "cn=", "dc="} {
		if strings.Contains(log, personal) {
			t.Errorf("it holds %q", personal)
		}
	}
	if t.Failed() {
		t.Log(log)
	}
}
