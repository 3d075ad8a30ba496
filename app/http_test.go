//go:build linux

package app_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"caveat/backend/demo"
	"caveat/backend/label"
	"caveat/backend/label/binding"
	"caveat/backend/presend"
)

// client talks to a running program's HTTP interface.
type client struct {
	t     *testing.T
	base  string // http://host:port
	token string
	http  *http.Client
}

func (c *client) do(method, path, body string, header map[string]string) (int, string, http.Header) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.base+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for k, v := range header {
		if k == "Host" {
			r.Host = v
		}
		r.Header.Set(k, v)
	}
	res, err := c.http.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return res.StatusCode, string(data), res.Header
}

// TestHTTPMainJob is the main job over HTTP, as another program of the same user does it.
func TestHTTPMainJob(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	p := startDemo(t, data)
	token, err := os.ReadFile(filepath.Join(data, "api-token"))
	if err != nil {
		t.Fatal(err)
	}
	base, _, _ := strings.Cut(p.url, "/?")
	c := &client{t: t, base: base, token: strings.TrimSpace(string(token)), http: &http.Client{Timeout: time.Minute}}
	t.Run("only the holder of a secret is answered", func(t *testing.T) { strangers(t, p, c) })
	t.Run("search, check, send", func(t *testing.T) { httpMainJob(t, c, data) })
	t.Run("check says the same over HTTP and on the command line", func(t *testing.T) { sameReport(t, c, data) })
	t.Run("a sidecar beside a file that is corrected", func(t *testing.T) { sidecarBeside(t, data) })
	t.Run("problems have stable codes", func(t *testing.T) { httpProblems(t, c) })
	t.Run("requests are bounded", func(t *testing.T) { bounded(t, c) })
	p.stop()
}

func strangers(t *testing.T, p *program, c *client) {
	none := &client{t: t, base: c.base, http: &http.Client{Timeout: time.Minute}}
	for name, x := range map[string]struct {
		c      *client
		header map[string]string
		want   int
	}{
		"no secret":      {none, nil, http.StatusUnauthorized},
		"wrong token":    {none, map[string]string{"Authorization": "Bearer x"}, http.StatusUnauthorized},
		"another host":   {c, map[string]string{"Host": "evil.example"}, http.StatusMisdirectedRequest},
		"another origin": {c, map[string]string{"Origin": "http://evil.example"}, http.StatusForbidden},
		"another site":   {c, map[string]string{"Sec-Fetch-Site": "cross-site"}, http.StatusForbidden},
		"another port":   {c, map[string]string{"Sec-Fetch-Site": "same-site"}, http.StatusForbidden},
		"the token":      {c, nil, http.StatusOK},
		"our own origin": {c, map[string]string{"Origin": c.base}, http.StatusOK},
	} {
		if status, body, _ := x.c.do("GET", "/api/installation", "", x.header); status != x.want {
			t.Errorf("%s: %d, want %d: %s", name, status, x.want, body)
		}
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &client{t: t, base: c.base, http: &http.Client{Timeout: time.Minute, Jar: jar}}
	link := strings.TrimPrefix(p.url, c.base)
	if status, _, _ := browser.do("GET", link, "", nil); status != http.StatusOK {
		t.Errorf("the link: %d", status)
	}
	status, _, header := browser.do("GET", "/api/installation", "", nil)
	if status != http.StatusOK || !strings.Contains(header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("with the cookie: %d, %v", status, header)
	}
	if status, _, _ := none.do("GET", link, "", nil); status != http.StatusUnauthorized {
		t.Errorf("the link worked twice: %d", status)
	}
}

func httpMainJob(t *testing.T, c *client, data string) {
	status, body, _ := c.do("GET", "/api/book/search?text=kovalchuk&nation=UKR", "", nil)
	if status != 200 || !strings.Contains(body, demo.UKRCleared) {
		t.Fatalf("search: %d %s", status, body)
	}
	draft, err := os.ReadFile(draftFor(t, "SECRET", mrod, demo.GBRCleared, demo.UKRCleared, demo.DEUCleared))
	if err != nil {
		t.Fatal(err)
	}
	status, body, _ = c.do("POST", "/api/check", string(draft), nil)
	var report reportDoc
	if err := json.Unmarshal([]byte(body), &report); err != nil || status != 200 || report.Sendable || len(report.Recipients) != 3 {
		t.Fatalf("check: %d %v %s", status, err, body)
	}
	status, body, _ = c.do("POST", "/api/send", fmt.Sprintf(`{"draft": %s}`, draft), nil)
	if status != http.StatusConflict || !strings.Contains(body, `"code":"user-blocked"`) || !strings.Contains(body, `"report"`) {
		t.Fatalf("send of a blocked draft: %d %s", status, body)
	}
	without := bytes.Replace(draft, []byte(`,"`+demo.DEUCleared+`"`), nil, 1)
	status, body, _ = c.do("POST", "/api/send", fmt.Sprintf(`{"draft": %s}`, without), nil)
	var sent struct{ Message string }
	if err := json.Unmarshal([]byte(body), &sent); err != nil || status != http.StatusAccepted || sent.Message == "" {
		t.Fatalf("send: %d %s", status, body)
	}
	for range 1200 {
		status, body, _ = c.do("GET", "/api/messages/"+sent.Message, "", nil)
		if strings.Contains(body, `"state":"accepted"`) {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if status != 200 || len(demoDeliveries(data)(t, demo.UKRCleared)) != 1 {
		t.Errorf("message: %d %s", status, body)
	}
	status, body, _ = c.do("GET", "/api/changes?after=0&client=test", "", nil)
	if status != 200 || !strings.Contains(body, sent.Message) {
		t.Errorf("changes: %d %s", status, body)
	}
}

// bounded: what is too long or comes too slowly is refused, and nothing of it is kept.
func bounded(t *testing.T, c *client) {
	if status, text, _ := c.do("POST", "/api/check", strings.Repeat(" ", 21<<20), nil); status != http.StatusRequestEntityTooLarge {
		t.Errorf("a body of 21 MB: %d %.200s", status, text)
	}
	if status, _, _ := c.do("GET", "/api/drafts", "", map[string]string{"X-Long": strings.Repeat("x", 80<<10)}); status != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("a header of 80 kB: %d", status)
	}
	conn, err := net.Dial("tcp", strings.TrimPrefix(c.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /api/check HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
		strings.TrimPrefix(c.base, "http://"), c.token)
	conn.SetReadDeadline(time.Now().Add(time.Minute)) // then the program waits for ever
	answer, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil || !strings.Contains(answer, " 408 ") {
		t.Errorf("a body that does not come: %q, %v", answer, err)
	}
}

func httpProblems(t *testing.T, c *client) {
	for name, x := range map[string]struct{ method, path, body, code string }{
		"an unknown message": {"GET", "/api/messages/NONE", "", "user-unknown-message"},
		"an unknown entry":   {"GET", "/api/book/entry?what=nobody@ukr.example", "", "user-not-found"},
		"an unknown key":     {"POST", "/api/check", `{"channel": "mail", "action": ["a@b"], "body": "", "label": "x", "colour": 1}`, "user-request"},
		"an unknown policy":  {"POST", "/api/check", `{"channel": "mail", "action": ["a@b"], "body": "", "label": {"policy": "X", "classification": "Y"}}`, "user-draft"},
		"a broken label":     {"POST", "/api/policy/valid", `{"label": "<x/>"}`, "user-label-syntax"},
	} {
		status, body, header := c.do(x.method, x.path, x.body, nil)
		if status < 400 || status >= 500 || header.Get("Content-Type") != "application/problem+json" || !strings.Contains(body, fmt.Sprintf(`"code":%q`, x.code)) {
			t.Errorf("%s: %d %s %s", name, status, header.Get("Content-Type"), body)
		}
	}
}

// TestOpenAPIIsADocument: the description of the interface is there without a running program.
func TestOpenAPIIsADocument(t *testing.T) {
	r := caveat(t, "", "openapi")
	var d struct {
		OpenAPI string `json:"openapi"`
		Paths   map[string]any
	}
	r.decode(t, &d)
	for _, path := range []string{"/api/check", "/api/send", "/api/book/search", "/api/changes", "/api/policy/decide"} {
		if d.Paths[path] == nil {
			t.Errorf("no %s in the document", path)
		}
	}
	if !strings.HasPrefix(d.OpenAPI, "3.1") {
		t.Errorf("OpenAPI %s", d.OpenAPI)
	}
}

// readAt is when something was read: the copies may be refreshed between two checks.
var readAt = regexp.MustCompile(`"readAt":"[^"]*"|as published at [0-9:]+Z`)

// sidecarBeside corrects the sidecar beside a file: the more restrictive label counts, whichever came first (RULES 1).
func sidecarBeside(t *testing.T, data string) {
	for name, classes := range map[string][]string{"raised": {"RESTRICTED", "CONFIDENTIAL"}, "lowered": {"CONFIDENTIAL", "RESTRICTED"}} {
		t.Run(name, func(t *testing.T) {
			plan := write(t, "plan.txt", "The plan that was "+name+".")
			draft := write(t, "draft.json", fmt.Sprintf(`{"channel": "mail", "action": [%q], "attachments": [{"file": %q}], "subject": "Bridge", "body": "x",
				"label": {"policy": "NATO", "classification": "SECRET", "categories": {"Context": ["MROD"]}}}`, demo.GBRCleared, plan))
			var r result
			for _, class := range classes {
				l := label.Label{Kind: label.Originator, Information: label.Information{Policy: label.PolicyID{Name: "NATO"}, Classification: class,
					Categories: []label.Category{{TagName: "Context", Type: label.Permissive, Values: []string{"MROD"}}}}}
				o := binding.Object{Containers: []binding.Container{{Bindings: []binding.Binding{{
					Metadata: []binding.Metadata{{Label: &l}}, Data: []binding.Data{{Reference: &binding.Reference{URI: "plan.txt"}}}}}}}}
				// In which case the name ends says nothing.
				suffix := map[string]string{"RESTRICTED": ".bdo", "CONFIDENTIAL": ".BDO"}[class]
				if err := os.WriteFile(plan+suffix, o.Marshal(), 0o600); err != nil {
					t.Fatal(err)
				}
				r = caveat(t, "", "check", "--data", data, "--draft", draft, "--json")
			}
			var report presend.Report
			if err := json.Unmarshal([]byte(r.stdout), &report); err != nil || len(report.Parts) != 1 || !strings.Contains(report.Parts[0].Marking, "CONFIDENTIAL") {
				t.Errorf("%v: %+v: %s", err, report.Parts, r.stderr)
			}
		})
	}
}

// sameReport holds the report of the command to that of the operation, byte for byte, for drafts with all that a draft can have.
func sameReport(t *testing.T, c *client, data string) {
	label := `{"policy": "NATO", "classification": "SECRET", "categories": {"Context": ["MROD"]}}`
	plan := write(t, "plan.txt", "The plan.")
	status, kept, _ := c.do("POST", "/api/attachments?name=plan.txt", "The plan.", map[string]string{"Content-Type": "application/octet-stream"})
	var k struct {
		File, SHA256, Type string
		Size               int64
	}
	if err := json.Unmarshal([]byte(kept), &k); err != nil || status != http.StatusCreated {
		t.Fatalf("%d %s", status, kept)
	}
	here := fmt.Sprintf(`"attachments": [{"file": %q}]`, plan)
	there := fmt.Sprintf(`"attachments": [{"file": %q, "sha256": %q, "size": %d, "type": %q}]`, k.File, k.SHA256, k.Size, k.Type)
	for name, d := range map[string]string{
		"three nations": fmt.Sprintf(`"action": [%q, %q, %q]`, demo.GBRCleared, demo.UKRCleared, demo.DEUCleared),
		"parts": fmt.Sprintf(`"action": [%q], "parts": [{"text": "One.", "label": %s}, {"text": "Two.", "label": {"policy": "NATO", "classification": "RESTRICTED"}}]`,
			demo.GBRCleared, label),
		"an attachment": fmt.Sprintf(`"action": [%q], FILES`, demo.UKRCleared),
		"a list":        fmt.Sprintf(`"action": [%q], "info": [%q]`, demo.ListNested+"@gbr.example", demo.ListNestedBad+"@gbr.example"),
		"a time":        fmt.Sprintf(`"action": [%q], "sendAt": "2040-01-01T00:00:00Z"`, demo.GBRCleared),
		"nobody knows":  `"action": ["nobody@nowhere.example"]`,
	} {
		t.Run(name, func(t *testing.T) {
			draft := `{"channel": "mail", ` + d + `, "subject": "Bridge", "body": "Grid follows.", "label": ` + label + `}`
			r := caveat(t, "", "check", "--data", data, "--draft", write(t, "draft.json", strings.Replace(draft, "FILES", here, 1)), "--json")
			status, body, _ := c.do("POST", "/api/check", strings.Replace(draft, "FILES", there, 1), nil)
			var command, operation bytes.Buffer
			if err := errors.Join(json.Compact(&command, []byte(r.stdout)), json.Compact(&operation, []byte(body))); err != nil || status != http.StatusOK {
				t.Fatalf("%d %v: %s %s", status, err, r.stderr, body)
			}
			a, b := readAt.ReplaceAllString(command.String(), "READ"), readAt.ReplaceAllString(operation.String(), "READ")
			if a != b || !strings.Contains(a, `"recipients":[{`) {
				t.Errorf("command:   %s\noperation: %s", a, b)
			}
		})
	}
}

// compact is a JSON document without white space between its parts.
func compact(t *testing.T, document string) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, []byte(document)); err != nil {
		t.Fatalf("%v: %s", err, document)
	}
	return b.String()
}
