package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"caveat/backend/audit"
	"caveat/backend/demo"
	"caveat/backend/store"
)

// standIn is a window that shows nothing.
type standIn struct {
	handler chan http.Handler // what it was given to show
	close   chan struct{}     // as the user does
	raised  atomic.Int32
	saved   chan saved // what was saved, if anybody wants to know
}

type saved struct {
	name string
	data []byte
}

func newStandIn() *standIn {
	return &standIn{handler: make(chan http.Handler, 1), close: make(chan struct{}), saved: make(chan saved, 1)}
}

func (w *standIn) Show(ctx context.Context, h http.Handler, opened func()) error {
	w.handler <- h
	opened()
	select {
	case <-ctx.Done():
	case <-w.close:
	}
	return nil
}

func (w *standIn) Raise() { w.raised.Add(1) }

func (w *standIn) Save(_ context.Context, name string, data []byte) (string, error) {
	w.saved <- saved{name, data}
	return "/home/user/" + name, nil
}

func (w *standIn) Notify(string, string) error { return nil }

// lines collects what a command prints while it runs.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// onStage runs showWindow on a data directory until the returned function is called.
func onStage(t *testing.T, dir string) (win *standIn, h http.Handler, diag *lines, end func()) {
	t.Helper()
	win, diag = newStandIn(), &lines{}
	out := &lines{}
	c := &console{out: out, err: diag, data: dir}
	open := func(ctx context.Context, c *console) (*workspace, error) { return c.open(ctx, "caveat") }
	ended := make(chan error, 1)
	go func() {
		w, err := open(t.Context(), c)
		ended <- c.showWindow(t.Context(), win, w, err, open)
	}()
	end = sync.OnceFunc(func() {
		close(win.close)
		select {
		case err := <-ended:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(time.Minute):
			t.Error("it does not end when the window is closed")
		}
		if got := out.String(); got != "ready "+windowURL()+"\n" {
			t.Errorf("standard output %q", got)
		}
	})
	t.Cleanup(end)
	select {
	case h = <-win.handler:
	case <-time.After(time.Minute):
		t.Fatal("no window")
	}
	return win, h, diag, end
}

// install writes an installation without directories.
func install(t *testing.T, dir string) {
	t.Helper()
	const file = `format = 1
[system]
name = "Test"
nation = "GBR"
clearance = { policy = "NATO", up_to = "SECRET", categories = { "Context" = ["MROD"], "Only" = ["GBR"] } }
[[policy]]
file = "policy.xml"
accept_unsigned = "for the test"
`
	for name, data := range map[string][]byte{"policy.xml": demo.PolicyXML, "installation.toml": []byte(file)} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func codeOf(t *testing.T, body io.Reader) string {
	t.Helper()
	var p struct{ Code string }
	if err := json.NewDecoder(body).Decode(&p); err != nil {
		t.Fatal(err)
	}
	return p.Code
}

// eventually waits for something that another goroutine does.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for begin := time.Now(); time.Since(begin) < time.Minute; time.Sleep(20 * time.Millisecond) {
		if is() {
			return
		}
	}
	t.Fatalf("not within a minute: %s", what)
}

// TestWindowShowsWhyItCannotWork: a window has nowhere to print its reason and end. It says it to the page, and works as soon as
// the user has mended what was wrong.
func TestWindowShowsWhyItCannotWork(t *testing.T) {
	dir := t.TempDir()
	_, h, diag, end := onStage(t, dir)
	for _, path := range []string{"/api/installation", "/api/shell", "/api/nothing"} {
		w := ask(h, "GET", path)
		if w.Code != 503 || !strings.Contains(w.Body.String(), "no installation file at "+dir) || codeOf(t, w.Body) != "server-installation" {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	if w := ask(h, "GET", "/draft/abc"); w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
		t.Errorf("the page: %d %v", w.Code, w.Header())
	}
	install(t, dir)
	eventually(t, "the installation is there", func() bool { return ask(h, "GET", "/api/installation").Code == 200 })
	if w := ask(h, "GET", "/api/shell"); w.Code != 200 || !strings.Contains(w.Body.String(), `"window":true`) {
		t.Errorf("/api/shell: %d %s", w.Code, w.Body)
	}
	end()
	if got := diag.String(); strings.Count(got, "no installation file") != 1 {
		t.Errorf("standard error, after several tries: %q", got)
	}
	if w := ask(h, "GET", "/api/installation"); w.Code != 503 {
		t.Errorf("after the end: %d", w.Code)
	}
	again, err := store.Open(t.Context(), dir, "test")
	if err != nil || !again.IsHolder() {
		t.Fatalf("the data directory is not free after the end: %v", err)
	}
	again.Close()
}

// TestWindowEndsWhatWaits: a long poll does not keep the program from ending, and a request is not cut off by the page.
func TestWindowEndsWhatWaits(t *testing.T) {
	dir := t.TempDir()
	install(t, dir)
	_, h, _, end := onStage(t, dir)
	polled := make(chan int, 1)
	go func() { polled <- ask(h, "GET", "/api/changes?after=0&client=test").Code }()
	time.Sleep(200 * time.Millisecond)
	begin := time.Now()
	end()
	if code := <-polled; code != 200 || time.Since(begin) > 20*time.Second { // the poll itself takes 25
		t.Errorf("the poll ended with %d, all after %s", code, time.Since(begin))
	}
}

// TestWindowSavesTheAuditLog: the page names what to save, the program proposes the file's name and gives the bytes.
func TestWindowSavesTheAuditLog(t *testing.T) {
	dir := t.TempDir()
	install(t, dir)
	win, h, _, _ := onStage(t, dir)
	r := httptest.NewRequest("POST", "/api/shell/save", strings.NewReader(`{"what": "audit"}`))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	got := <-win.saved
	if name := "caveat-audit-" + time.Now().UTC().Format(time.DateOnly) + ".jsonl"; got.name != name || w.Code != 200 || !strings.Contains(w.Body.String(), `"path":"/home/user/`+name+`"`) {
		t.Errorf("%d %s: %q", w.Code, w.Body, got.name)
	}
	if _, err := audit.Verify(bytes.NewReader(got.data), nil); err != nil {
		t.Errorf("what was saved is no audit log: %v", err)
	}
	for body, code := range map[string]string{`{"what": "message", "id": "NONE"}`: "user-unknown-message", `{"what": "everything"}`: "user-request"} {
		r := httptest.NewRequest("POST", "/api/shell/save", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, r); w.Code < 400 || codeOf(t, w.Body) != code {
			t.Errorf("%s: %d", body, w.Code)
		}
	}
}

// TestSecondStartRaisesTheFirst: one window per data directory; who starts again sees the one that is there.
func TestSecondStartRaisesTheFirst(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	first := newStandIn()
	release, mine, err := claimWindow(t.Context(), dir, "caveat", first)
	if err != nil || !mine {
		t.Fatalf("%v %v", mine, err)
	}
	for i := range int32(2) {
		second := newStandIn()
		if _, mine, err := claimWindow(t.Context(), dir, "caveat", second); err != nil || mine {
			t.Fatalf("a second window: %v %v", mine, err)
		}
		diag := &lines{}
		if err := (&console{err: diag}).raiseOther(t.Context(), dir); err != nil || diag.String() != "caveat: the window is already open: brought forward\n" {
			t.Errorf("%v: %q", err, diag)
		}
		eventually(t, "the first is raised", func() bool { return first.raised.Load() == i+1 })
		if second.raised.Load() != 0 {
			t.Error("the second was raised")
		}
	}
	release()
	release, mine, err = claimWindow(t.Context(), dir, "caveat", newStandIn())
	if err != nil || !mine {
		t.Fatalf("after the first ended: %v %v", mine, err)
	}
	release()
}

// TestSecondStartSaysThatTheFirstHangs: a window that does not answer is named, and nothing is left behind.
func TestSecondStartSaysThatTheFirstHangs(t *testing.T) {
	dir := t.TempDir()
	release, _, err := store.TryLock(filepath.Join(dir, windowLock), "caveat demo")
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	err = (&console{err: io.Discard}).raiseOther(t.Context(), dir)
	if err == nil || !strings.Contains(err.Error(), "caveat demo, process ") {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, raiseFile)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("left behind: %v", err)
	}
}

// TestWindowHandler: in the window there is no session; what names another origin is refused, and every answer is protected.
func TestWindowHandler(t *testing.T) {
	h := windowHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/panic" {
			panic("a defect")
		}
		w.Write([]byte("inside"))
	}))
	for name, x := range map[string]struct {
		path   string
		header []string
		want   int
	}{
		"no origin":               {"/", nil, 200},
		"our own":                 {"/api/check", []string{"Origin", strings.TrimSuffix(windowURL(), "/")}, 200},
		"another":                 {"/api/check", []string{"Origin", "http://evil.example"}, 403},
		"an opaque one":           {"/api/check", []string{"Origin", "null"}, 403},
		"one that begins as ours": {"/", []string{"Origin", strings.TrimSuffix(windowURL(), "/") + ".evil"}, 403},
		"another site":            {"/", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		"a defect of ours":        {"/panic", nil, 500},
	} {
		w := ask(h, "POST", x.path, x.header...)
		if w.Code != x.want || !strings.HasPrefix(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: %d %v %s", name, w.Code, w.Header(), w.Body)
		}
	}
}

// TestGate: requests that are inside when it is shut are waited for, but not for ever; nobody comes in after.
func TestGate(t *testing.T) {
	inside, leave := make(chan struct{}), make(chan struct{})
	g := &gate{ctx: t.Context(), next: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { close(inside); <-leave })}
	done := make(chan struct{})
	go func() { ask(g, "GET", "/"); close(done) }()
	<-inside
	begin := time.Now()
	g.shut(100 * time.Millisecond)
	if waited := time.Since(begin); waited < 100*time.Millisecond || waited > time.Minute {
		t.Errorf("waited %s", waited)
	}
	if w := ask(g, "GET", "/"); w.Code != 503 {
		t.Errorf("after it was shut: %d", w.Code)
	}
	close(leave)
	<-done
}
