package app

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// entered opens the link, and gives the session's cookie as a header.
func entered(t *testing.T, host *host, h http.Handler) string {
	t.Helper()
	w := knock(h, "GET", "/?link="+host.link)
	cookies := w.Result().Cookies()
	if len(cookies) != 1 {
		t.Fatalf("the link: %d %v", w.Code, w.Header())
	}
	return cookies[0].Name + "=" + cookies[0].Value
}

// TestDNSRebinding: a name that somebody points at this machine reaches nothing, with a session or without, also to read, also what needs
// no session; the link is not used up by it.
func TestDNSRebinding(t *testing.T) {
	host, h := testHost(t)
	named := func(name, method, path string, header ...string) int {
		return ask(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.Host = name
			h.ServeHTTP(w, r)
		}), method, path, header...).Code
	}
	for _, name := range []string{"evil.example", "evil.example:8470", "127.0.0.1", "127.0.0.1:80", "127.0.0.1:8471", "127.0.0.1.evil.example:8470", "", "[::1]:8470", "localhost.:8470"} {
		for _, path := range []string{"/", "/?link=" + host.link, "/api/openapi.json", "/api/drafts", "/assets/index.js"} {
			for _, method := range []string{"GET", "POST"} {
				if got := named(name, method, path, "Authorization", "Bearer "+host.token); got != http.StatusMisdirectedRequest {
					t.Errorf("%s %s as %q: %d", method, path, name, got)
				}
			}
		}
	}
	session := entered(t, host, h)
	if got := named("evil.example:8470", "GET", "/", "Cookie", session); got != http.StatusMisdirectedRequest {
		t.Errorf("with the session: %d", got)
	}
	for _, name := range []string{testAddr, "localhost:8470", "LOCALHOST:8470"} {
		if got := named(name, "GET", "/", "Cookie", session); got != http.StatusOK {
			t.Errorf("as %q: %d", name, got)
		}
	}
}

// TestCrossSite: what comes from another site is refused before anybody looks at the session, to read and to change; what changes
// something must say where it comes from, unless it bears the token, which no browser sends by itself.
func TestCrossSite(t *testing.T) {
	host, h := testHost(t)
	session := entered(t, host, h)
	for name, x := range map[string]struct {
		header   []string
		get, set int
	}{
		"the page":                {[]string{"Sec-Fetch-Site", "same-origin", "Origin", "http://" + testAddr}, 200, 200},
		"an older browser's page": {[]string{"Origin", "http://" + testAddr}, 200, 200},
		"the address bar":         {[]string{"Sec-Fetch-Site", "none"}, 200, 200},
		"nobody says from where":  {nil, 200, 403},
		"another site":            {[]string{"Sec-Fetch-Site", "cross-site", "Origin", "http://evil.example"}, 403, 403},
		"its form":                {[]string{"Origin", "http://evil.example", "Content-Type", "text/plain"}, 403, 403},
		"a sandboxed frame":       {[]string{"Origin", "null"}, 403, 403},
		"another port":            {[]string{"Sec-Fetch-Site", "same-site", "Origin", "http://127.0.0.1:9999"}, 403, 403},
		"another scheme":          {[]string{"Origin", "https://" + testAddr}, 403, 403},
		"an image on its page":    {[]string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Dest", "image"}, 403, 403},
		"a header that lies":      {[]string{"Sec-Fetch-Site", "same-origin", "Origin", "http://evil.example"}, 403, 403},
	} {
		header := append([]string{"Cookie", session}, x.header...)
		if got := knock(h, "GET", "/api/drafts", header...); got.Code != x.get || got.Header().Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s reads: %d %v", name, got.Code, got.Header())
		}
		for _, method := range []string{"POST", "PUT", "DELETE", "PATCH", "OPTIONS"} {
			if got := knock(h, method, "/api/drafts", header...); got.Code != x.set {
				t.Errorf("%s, %s: %d, want %d", name, method, got.Code, x.set)
			}
		}
	}
	if got := knock(h, "POST", "/api/check", "Authorization", "Bearer "+host.token); got.Code != 200 {
		t.Errorf("another program: %d", got.Code)
	}
}

// TestGuessing: after ten wrong links or tokens within a minute further wrong ones are told to wait, and the log says so once. Right ones
// always open: other users of the machine come from the same address. Cookies of an earlier start do not count.
func TestGuessing(t *testing.T) {
	host, h := testHost(t)
	var said bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&said, nil)))
	defer slog.SetDefault(before)
	at := time.Date(2026, 11, 21, 14, 5, 0, 0, time.UTC)
	host.tries.now = func() time.Time { return at }
	from := func(address, path string, header ...string) int {
		return knock(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.RemoteAddr = address
			h.ServeHTTP(w, r)
		}), "GET", path, header...).Code
	}
	const one, other = "192.0.2.1:4711", "192.0.2.2:4711"
	session := entered(t, host, h)
	host.link = "ANOTHER"
	for range 30 {
		from(one, "/", "Cookie", "caveat-session-8470=OLD")
		from(one, "/?link="+host.link, "Sec-Purpose", "prefetch")
	}
	for i := range mostTries {
		path, header := "/?link=WRONG", []string(nil)
		if i%2 == 1 {
			path, header = "/api/drafts", []string{"Authorization", "Bearer WRONG"}
		}
		if got := from(one, path, header...); got != http.StatusUnauthorized {
			t.Fatalf("wrong for the %d. time: %d", i+1, got)
		}
	}
	for range 3 {
		for path, header := range map[string][]string{"/?link=WRONG": nil, "/api/drafts": {"Authorization", "Bearer WRONG"}} {
			if got := from(one, path, header...); got != http.StatusTooManyRequests {
				t.Errorf("%s once more: %d", path, got)
			}
		}
	}
	if n := strings.Count(said.String(), "many wrong"); n != 1 {
		t.Errorf("the log says it %d times: %s", n, &said)
	}
	for address, whose := range map[string]string{one: "the same address", other: "another address"} {
		if got := from(address, "/api/drafts", "Authorization", "Bearer "+host.token); got != http.StatusOK {
			t.Errorf("the token from %s: %d", whose, got)
		}
	}
	if got := from(one, "/?link="+host.link); got != http.StatusSeeOther {
		t.Errorf("the link: %d", got)
	}
	if got := from(one, "/", "Cookie", session); got != http.StatusOK {
		t.Errorf("the session: %d", got)
	}
	if got := from(one, "/"); got != http.StatusUnauthorized { // is told what to do
		t.Errorf("without anything: %d", got)
	}
	at = at.Add(triesTime)
	if got := from(one, "/?link=WRONG"); got != http.StatusUnauthorized {
		t.Errorf("a minute later: %d", got)
	}
	for i := range 3 * mostTriers {
		from("192.0.2."+strings.Repeat("1", i%5)+":1"+string(rune('a'+i%26))+strings.Repeat("x", i/26), "/?link=WRONG")
	}
	if n := len(host.tries.wrong); n > mostTriers {
		t.Errorf("%d addresses are remembered", n)
	}
}

// TestHeaders: every answer, whoever gets it, says that nothing may frame it, load from it or guess at it, and allows no inline script.
func TestHeaders(t *testing.T) {
	host, h := testHost(t)
	session := entered(t, host, h)
	for name, header := range map[string][]string{
		"inside": {"Cookie", session}, "a stranger": nil, "another site": {"Origin", "http://evil.example"},
	} {
		got := knock(h, "GET", "/", header...).Header()
		for key, want := range map[string]string{
			"X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin",
			"Cross-Origin-Opener-Policy": "same-origin", "Cache-Control": "no-store", "Strict-Transport-Security": "",
		} {
			if got.Get(key) != want {
				t.Errorf("%s: %s is %q, want %q", name, key, got.Get(key), want)
			}
		}
		for _, part := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"} {
			if p := got.Get("Content-Security-Policy"); !strings.Contains(p, part) || strings.Contains(p, "unsafe") {
				t.Errorf("%s: %s", name, p)
			}
		}
	}
}

// TestCookieBesideOurs: a server on another port of this machine can set a cookie of the same name for a longer path, which browsers send
// first. It does not lock the user out, and opens nothing.
func TestCookieBesideOurs(t *testing.T) {
	host, h := testHost(t)
	session := entered(t, host, h)
	tossed := host.cookie() + "=WRONG"
	for cookies, want := range map[string]int{tossed + "; " + session: 200, session + "; " + tossed: 200, tossed + "; " + tossed: 401} {
		if got := knock(h, "GET", "/api/drafts", "Cookie", cookies).Code; got != want {
			t.Errorf("%s: %d, want %d", strings.ReplaceAll(cookies, host.session, "SESSION"), got, want)
		}
	}
}

// TestNoProxy: what names no path is answered with a problem, whoever asks.
func TestNoProxy(t *testing.T) {
	host, h := testHost(t)
	for method, path := range map[string]string{"CONNECT": "", "OPTIONS": "*"} {
		for name, header := range map[string][]string{"the user": {"Authorization", "Bearer " + host.token}, "a stranger": nil} {
			w := httptest.NewRecorder()
			r := &http.Request{Method: method, URL: &url.URL{Path: path}, Host: testAddr, Header: http.Header{}}
			if header != nil {
				r.Header.Set(header[0], header[1])
			}
			h.ServeHTTP(w, r)
			if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s by %s: %d %v %s", method, name, w.Code, w.Header(), w.Body)
			}
		}
	}
}

// TestHostNames: a request may name what the program listens on, as browsers write it, and nothing else.
func TestHostNames(t *testing.T) {
	six := []string{"[::1]:8470"}
	if meansLocalhost("::1") {
		six = append(six, "localhost:8470")
	}
	for name, x := range map[string]struct {
		scheme, addr string
		tls, want    []string
	}{
		"loopback":              {"http", "127.0.0.1:8470", nil, []string{"127.0.0.1:8470", "localhost:8470"}},
		"the default port":      {"http", "127.0.0.1:80", nil, []string{"127.0.0.1:80", "127.0.0.1", "localhost:80", "localhost"}},
		"TLS's port without it": {"http", "127.0.0.1:443", nil, []string{"127.0.0.1:443", "localhost:443"}},
		"another of loopback":   {"http", "127.0.0.2:8470", nil, []string{"127.0.0.2:8470"}},
		"IPv6":                  {"http", "[::1]:8470", nil, six},
		"TLS":                   {"https", "0.0.0.0:8470", []string{"HQ.example"}, []string{"hq.example:8470"}},
		"TLS on its port":       {"https", "[::]:443", []string{"hq.example", "2001:DB8:0::1"}, []string{"hq.example:443", "hq.example", "[2001:db8::1]:443", "[2001:db8::1]"}},
		"brackets":              {"https", "[::]:8470", []string{"[2001:db8::1]"}, []string{"[2001:db8::1]:8470"}},
	} {
		if got := hostNames(x.scheme, x.addr, x.tls); !slices.Equal(got, x.want) {
			t.Errorf("%s: %q, want %q", name, got, x.want)
		}
	}
}
