package app

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const testAddr = "127.0.0.1:8470"

// testHost is a host in front of a handler that answers "inside".
func testHost(t *testing.T) (*host, http.Handler) {
	t.Helper()
	h, err := newHost(t.TempDir(), testAddr)
	if err != nil {
		t.Fatal(err)
	}
	return h, h.handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("inside")) }))
}

// knock asks the host by its own name.
func knock(h http.Handler, method, path string, header ...string) *httptest.ResponseRecorder {
	return ask(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Host = testAddr
		h.ServeHTTP(w, r)
	}), method, path, header...)
}

// TestLinkOpensOnce: the link sets the session and leaves the address bar; it is used up by the person who opens it and by
// nothing else.
func TestLinkOpensOnce(t *testing.T) {
	host, h := testHost(t)
	link := strings.TrimPrefix(host.URL(), "http://"+testAddr)
	for name, x := range map[string]struct {
		method string
		header []string
	}{
		"a preview by HEAD":    {"HEAD", nil},
		"a prefetch":           {"GET", []string{"Sec-Purpose", "prefetch"}},
		"a prerender":          {"GET", []string{"Sec-Purpose", "prefetch;prerender"}},
		"an older prefetch":    {"GET", []string{"Purpose", "prefetch"}},
		"Firefox' prefetch":    {"GET", []string{"X-Moz", "prefetch"}},
		"Safari's preview":     {"GET", []string{"X-Purpose", "preview"}},
		"a form of some page":  {"POST", nil},
		"another site's link":  {"GET", []string{"Sec-Fetch-Site", "cross-site"}},
		"another port's link":  {"GET", []string{"Sec-Fetch-Site", "same-site"}},
		"another site's form":  {"POST", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document", "Origin", "null"}},
		"another site's frame": {"GET", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"}},
	} {
		if w := knock(h, x.method, link, x.header...); w.Code != 401 && w.Code != 403 || len(w.Result().Cookies()) > 0 {
			t.Errorf("%s: %d %v", name, w.Code, w.Header())
		}
	}
	w := knock(h, "GET", link, "Sec-Fetch-Site", "none")
	cookies := w.Result().Cookies()
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/" || len(cookies) != 1 {
		t.Fatalf("the link: %d %v", w.Code, w.Header())
	}
	c := cookies[0]
	if c.Name != "caveat-session-8470" || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" {
		t.Errorf("cookie %+v", c)
	}
	session := c.Name + "=" + c.Value
	if w := knock(h, "GET", "/", "Cookie", session); w.Code != 200 || w.Body.String() != "inside" {
		t.Errorf("with the session: %d %s", w.Code, w.Body)
	}
	if w := knock(h, "GET", link, "Cookie", session); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/" {
		t.Errorf("the link opened twice in the same browser: %d", w.Code)
	}
	if w := knock(h, "GET", link); w.Code != 401 {
		t.Errorf("the link in another browser: %d", w.Code)
	}
	if w := knock(h, "GET", "/", "Cookie", "caveat-session-8471="+c.Value); w.Code != 401 {
		t.Errorf("the session of another port: %d", w.Code)
	}
}

// TestStrangersAreToldWhatToDo: a person gets a page that says what happened, a program the problem.
func TestStrangersAreToldWhatToDo(t *testing.T) {
	_, h := testHost(t)
	const browser = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"
	for path, want := range map[string]struct {
		accept, language, kind, says string
	}{
		"/":                 {browser, "en", "text/html; charset=utf-8", "This link has been used or has ended"},
		"/?link=WRONG":      {browser, "", "text/html; charset=utf-8", "<code class=\"command\">ready http://127.0.0.1:…</code>"},
		"/draft/abc":        {browser, "fr", "text/html; charset=utf-8", "Ce lien a déjà servi"},
		"/book":             {"*/*", "", "application/problem+json", `"code":"user-session"`},
		"/api/installation": {browser, "", "application/problem+json", `"code":"user-session"`},
		"/assets/index.js":  {"*/*", "", "application/problem+json", `"code":"user-session"`},
	} {
		w := knock(h, "GET", path, "Accept", want.accept, "Accept-Language", want.language)
		if w.Code != 401 || w.Header().Get("Content-Type") != want.kind || !strings.Contains(w.Body.String(), want.says) || strings.Contains(w.Body.String(), "<script") {
			t.Errorf("%s: %d %v %s", path, w.Code, w.Header(), w.Body)
		}
		if w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: %v", path, w.Header())
		}
	}
	if w := knock(h, "POST", "/", "Accept", browser); w.Code != 401 || w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("a form: %d %v", w.Code, w.Header())
	}
}

// TestTokenStays: another program's token holds over a restart, and lies where only the user can read it.
func TestTokenStays(t *testing.T) {
	dir := t.TempDir()
	one, err := newHost(dir, testAddr)
	if err != nil {
		t.Fatal(err)
	}
	two, err := newHost(dir, testAddr)
	if err != nil || one.token == "" || one.token != two.token || one.session == two.session {
		t.Errorf("%v: tokens %q %q", err, one.token, two.token)
	}
	if info, err := os.Stat(filepath.Join(dir, tokenFile)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
}

// TestTokenThatIsNoSecret: a token that is short, that others could read, or that lies elsewhere is not taken.
func TestTokenThatIsNoSecret(t *testing.T) {
	const long = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	for name, spoil := range map[string]func(path string) error{
		"empty":      func(path string) error { return os.WriteFile(path, []byte("\n"), 0o600) },
		"one letter": func(path string) error { return os.WriteFile(path, []byte("x\n"), 0o600) },
		"others read it": func(path string) error {
			return errors.Join(os.WriteFile(path, []byte(long), 0o600), os.Chmod(path, 0o644))
		},
		"the group does": func(path string) error {
			return errors.Join(os.WriteFile(path, []byte(long), 0o600), os.Chmod(path, 0o640))
		},
		"a link to another": func(path string) error {
			return errors.Join(os.WriteFile(path+"2", []byte(long), 0o600), os.Symlink(path+"2", path))
		},
	} {
		path := filepath.Join(t.TempDir(), tokenFile)
		if err := spoil(path); err != nil {
			t.Fatal(err)
		}
		h, err := newHost(filepath.Dir(path), testAddr)
		if err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil || len(h.token) < shortestToken || h.token == long || string(data) != h.token+"\n" {
			t.Errorf("%s: the token is %q, the file has %q, %v", name, h.token, data, err)
		}
		if info, err := os.Lstat(path); err != nil || info.Mode() != 0o600 {
			t.Errorf("%s: %v %v", name, info, err)
		}
	}
}

// TestLinkPage: the browser is given a file, which nobody else can read, and which is gone when the link was used.
func TestLinkPage(t *testing.T) {
	host, h := testHost(t)
	link := strings.TrimPrefix(host.URL(), "http://"+testAddr)
	address, err := host.writeLinkPage()
	if err != nil || address != "file://"+host.linkPage() || strings.Contains(address, host.link) {
		t.Fatalf("%q, %v", address, err)
	}
	info, err := os.Stat(host.linkPage())
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v %v", info, err)
	}
	if data, err := os.ReadFile(host.linkPage()); err != nil || !strings.Contains(string(data), host.URL()) {
		t.Fatalf("%s %v", data, err)
	}
	fromFile := []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}
	for name, path := range map[string]string{"without the link": "/", "with another": "/?link=WRONG", "to an operation": "/api/installation?link=" + host.link} {
		if w := knock(h, "GET", path, fromFile...); w.Code != 403 {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	w := knock(h, "GET", link, fromFile...)
	if w.Code != 200 || !strings.Contains(w.Body.String(), `content="0; url=/"`) || len(w.Result().Cookies()) != 1 || strings.Contains(w.Body.String(), "inside") {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	if _, err := os.Stat(host.linkPage()); err == nil {
		t.Error("the file is still there though the link was used")
	}
	if w := knock(h, "GET", link, fromFile...); w.Code != 403 {
		t.Errorf("the link again: %d", w.Code)
	}
}
