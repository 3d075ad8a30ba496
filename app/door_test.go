package app

import (
	"net/http"
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

// TestGuessing: after ten wrong links or tokens within a minute none is looked at, also the right one; a session goes on, and so does
// everybody at another address. Cookies of an earlier start do not count.
func TestGuessing(t *testing.T) {
	host, h := testHost(t)
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
	for path, header := range map[string][]string{"/?link=WRONG": nil, "/?link=" + host.link: nil, "/api/drafts": {"Authorization", "Bearer " + host.token}} {
		if got := from(one, path, header...); got != http.StatusTooManyRequests {
			t.Errorf("%s once more: %d", path, got)
		}
	}
	if got := from(one, "/", "Cookie", session); got != http.StatusOK {
		t.Errorf("the session: %d", got)
	}
	if got := from(other, "/api/drafts", "Authorization", "Bearer "+host.token); got != http.StatusOK {
		t.Errorf("another address: %d", got)
	}
	if got := from(one, "/"); got != http.StatusUnauthorized { // is told what to do
		t.Errorf("without anything: %d", got)
	}
	at = at.Add(triesTime)
	if got := from(one, "/?link="+host.link); got != http.StatusSeeOther {
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
