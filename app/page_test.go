package app

import (
	"context"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

// builtPage stands for what `npm run build` makes.
var builtPage = fstest.MapFS{
	".gitkeep":             {},
	"index.html":           {Data: []byte(`<!doctype html><meta name="caveat-style-nonce" content="__STYLE_NONCE__"><meta name="caveat-newest-change" content="__NEWEST_CHANGE__"><script type="module" src="/assets/index-abc.js"></script>`)},
	"caveat.svg":           {Data: []byte(`<svg/>`)},
	"assets/index-abc.js":  {Data: []byte(`export {}`)},
	"assets/index-abc.css": {Data: []byte(`body {}`)},
	"assets/inter.woff2":   {Data: []byte(`wOF2`)},
	"assets/odd.thing":     {Data: []byte(`?`)},
}

// ask sends one request to a handler, with headers as pairs.
func ask(h http.Handler, method, path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestPageFiles(t *testing.T) {
	p := newPage(builtPage, newestOf(7))
	const forever = "public, max-age=31536000, immutable"
	for path, want := range map[string]struct{ kind, cache string }{
		"/assets/index-abc.js":  {"text/javascript; charset=utf-8", forever},
		"/assets/index-abc.css": {"text/css; charset=utf-8", forever},
		"/assets/inter.woff2":   {"font/woff2", forever},
		"/assets/odd.thing":     {"application/octet-stream", forever},
		"/caveat.svg":           {"image/svg+xml", ""}, // its name does not change with it: "no-store" of secured stays
	} {
		w := ask(p, "GET", path)
		if w.Code != 200 || w.Header().Get("Content-Type") != want.kind || w.Header().Get("Cache-Control") != want.cache || w.Body.Len() == 0 {
			t.Errorf("%s: %d %v %q", path, w.Code, w.Header(), w.Body)
		}
	}
}

// TestPageIsEverywhere: the page routes by itself, so a reload or a link deep into it is the page.
func TestPageIsEverywhere(t *testing.T) {
	p := newPage(builtPage, newestOf(7))
	for _, path := range []string{
		"/", "/index.html", "/draft/abc", "/book", "/book/olena.kovalchuk@ukr.example", "/sent/", "/assets", "/.gitkeep", "/../../etc/passwd",
		"/%2e%2e/x", "/a%00b", "/no.svg",
	} {
		w := ask(p, "GET", path)
		if w.Code != 200 || w.Header().Get("Content-Type") != "text/html; charset=utf-8" || !strings.Contains(w.Body.String(), "/assets/index-abc.js") {
			t.Errorf("%s: %d %v %q", path, w.Code, w.Header(), w.Body)
		}
	}
	if w := ask(p, "HEAD", "/draft/abc"); w.Code != 200 || w.Header().Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("HEAD: %d %v", w.Code, w.Header())
	}
	// A page in place of a script would be refused by the browser with a reason that nobody understands.
	if w := ask(p, "GET", "/assets/index-old.js"); w.Code != 404 || w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("an asset of another build: %d %v", w.Code, w.Header())
	}
	if w := ask(p, "POST", "/draft/abc"); w.Code != 405 || w.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: %d %v", w.Code, w.Header())
	}
}

var nonceOf = regexp.MustCompile(`'nonce-([A-Z2-7]{26,})'`)

// TestPagePolicy: nothing but our own, no inline script, and inline style only with a nonce that is used once.
func TestPagePolicy(t *testing.T) {
	p := newPage(builtPage, newestOf(7))
	seen := map[string]bool{}
	for range 3 {
		w := ask(p, "GET", "/")
		policy := w.Header().Get("Content-Security-Policy")
		for _, part := range []string{
			"default-src 'none'", "script-src 'self'", "style-src-attr 'none'", "img-src 'self' data:", "font-src 'self'", "connect-src 'self'",
			"base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
		} {
			if !strings.Contains("; "+policy+";", "; "+part+";") {
				t.Errorf("no %q in %q", part, policy)
			}
		}
		if strings.Contains(policy, "unsafe") || strings.Contains(policy, "__") {
			t.Errorf("policy %q", policy)
		}
		nonce := nonceOf.FindStringSubmatch(policy)
		if nonce == nil || seen[nonce[1]] {
			t.Fatalf("no new nonce in %q", policy)
		}
		seen[nonce[1]] = true
		if !strings.Contains(w.Body.String(), `<meta name="caveat-style-nonce" content="`+nonce[1]+`">`) {
			t.Errorf("the page has another nonce: %s", w.Body)
		}
		if !strings.Contains(w.Body.String(), `<meta name="caveat-newest-change" content="7">`) {
			t.Errorf("the page does not know from which change on to ask: %s", w.Body)
		}
	}
}

// TestPageNotBuilt: a clean clone says how to build the page, in the asker's language.
func TestPageNotBuilt(t *testing.T) {
	p := newPage(fstest.MapFS{".gitkeep": {}}, nil)
	for language, want := range map[string]string{
		"": "The page is not built", "de": "The page is not built", "fr-CA,fr;q=0.9,en;q=0.5": "La page n’est pas construite",
	} {
		w := ask(p, "GET", "/draft/abc", "Accept-Language", language)
		body := w.Body.String()
		if w.Code != 200 || !strings.Contains(body, want) || !strings.Contains(body, "make build") || strings.Contains(body, "<script") {
			t.Errorf("%q: %d %s", language, w.Code, body)
		}
		nonce := nonceOf.FindStringSubmatch(w.Header().Get("Content-Security-Policy"))
		if nonce == nil || !strings.Contains(body, `<style nonce="`+nonce[1]+`">`) {
			t.Errorf("%q: its style would not be used: %v", language, w.Header())
		}
	}
}

func newestOf(n int64) func(context.Context) (int64, error) {
	return func(context.Context) (int64, error) { return n, nil }
}
