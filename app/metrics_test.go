//go:build linux

package app_test

import (
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// scrape reads the metrics of a running program; change may spoil the request.
func scrape(t *testing.T, addr string, change func(*http.Request)) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+addr+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(req)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// byToken talks to a running program as another program of the same user does.
func (p *program) byToken(t *testing.T, data string) *client {
	t.Helper()
	token, err := os.ReadFile(filepath.Join(data, "api-token"))
	if err != nil {
		t.Fatal(err)
	}
	base, _, _ := strings.Cut(p.url, "/?")
	return &client{t: t, base: base, token: strings.TrimSpace(string(token)), http: http.DefaultClient}
}

// freeAddr is an address of loopback that nobody listens on now.
func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// TestMetrics holds what Prometheus is told to what was done, and to what must not be told.
func TestMetrics(t *testing.T) {
	t.Parallel()
	e := embeddedWorld(t)
	at := freeAddr(t)
	p := start(t, "serve", "--data", e.data, "--listen", "127.0.0.1:0", "--metrics", at)
	c := p.byToken(t, e.data)
	for range 300 { // its directories are read first
		if _, text := scrape(t, at, nil); strings.Count(text, `result="ok"`) == 4 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	d := `{"channel": "mail", "action": ["officer@gbr.example", "officer@ukr.example", "stranger@nowhere.example"], "subject": "Bridge", "body": "Grid follows.",
		"label": {"policy": "NATO", "classification": "SECRET", "categories": ` + mrod + `}}`
	if status, body, _ := c.do(http.MethodPost, "/api/check", d, nil); status != http.StatusOK {
		t.Fatalf("%d: %s", status, body)
	}
	c.do(http.MethodPost, "/api/messages/officer@gbr.example/drop", "", nil)
	status, text := scrape(t, at, nil)
	for _, want := range []string{
		`caveat_checks_total{at="drafting",channel="mail",sendable="false"} 1`,
		`caveat_recipient_outcomes_total{at="drafting",nation="GBR",outcome="cleared"} 1`,
		`caveat_recipient_outcomes_total{at="drafting",nation="UKR",outcome="cleared"} 1`,
		`caveat_recipient_outcomes_total{at="drafting",nation="other",outcome="unknown"} 1`,
		`caveat_directory_reads_total{directory="DEU",nation="DEU",result="ok"} 1`,
		`caveat_directory_entries{directory="UKR",nation="UKR"} 2`,
		`caveat_directory_failing{directory="UKR",nation="UKR"} 0`,
		`caveat_messages{state="queued"} 0`, `caveat_holder 1`, `caveat_state_readable 1`, `caveat_epoch `, `caveat_log_lines `,
		`caveat_http_requests_total{operation="POST /api/check",status="2xx"} 1`,
		`caveat_policy_end_timestamp_seconds{policy="NATO"}`, `caveat_disk_free_bytes `, `go_goroutines `,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not tell %s", want)
		}
	}
	for _, personal := range []string{"@", "officer", "stranger", "Bridge", "Chris", "SECRET", "dc=gbr"} {
		if strings.Contains(text, personal) {
			t.Errorf("it tells %q", personal)
		}
	}
	if status != http.StatusOK || t.Failed() {
		t.Logf("%d: %s", status, text)
	}
	for _, name := range []string{"[::1]", "[::1]:9470", "127.0.0.1", "LOCALHOST"} {
		if status, body := scrape(t, at, func(r *http.Request) { r.Host = name }); status != http.StatusOK {
			t.Errorf("as %s: %d: %s", name, status, body)
		}
	}
	for name, refused := range map[string]func(*http.Request){
		"a name that leads to loopback": func(r *http.Request) { r.Host = "evil.example" },
		"another site's page":           func(r *http.Request) { r.Header.Set("Origin", "http://evil.example") },
		"another site's image":          func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"an operation":                  func(r *http.Request) { r.URL.Path = "/api/messages" },
		"a change":                      func(r *http.Request) { r.Method = http.MethodPost },
	} {
		if status, body := scrape(t, at, refused); status < 400 || strings.Contains(body, "caveat_") {
			t.Errorf("%s: %d: %s", name, status, body)
		}
	}
	p.stop()
	for _, wrong := range []string{"0.0.0.0:0", "example.org:1", "9470"} {
		if r := caveat(t, "", "serve", "--data", e.data, "--listen", "127.0.0.1:0", "--metrics", wrong); r.status != 2 || !strings.Contains(r.stderr, "--metrics") {
			t.Errorf("%s: %d: %s", wrong, r.status, r.stderr)
		}
	}
}
