package app

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"

	"caveat/backend/api"
	"caveat/backend/installation"
)

// host serves the HTTP interface on loopback to one person: the one who was given the link, or can read the token in the
// data directory.
type host struct {
	addr    string // host:port that requests must name
	session string // value of the session cookie
	token   string // for other programs of the same user: Authorization: Bearer
	dir     string // the data directory

	mu   sync.Mutex
	link string // one-time secret of the link; empty once it was used
}

// tokenFile holds the token that other programs of the same user send.
const tokenFile = "api-token"

// newHost makes the secrets. The token is kept in dir, mode 0600, so that it stays over a restart.
func newHost(dir, addr string) (*host, error) {
	h := &host{addr: addr, session: rand.Text(), link: rand.Text(), dir: dir}
	h.removeLinkPage() // left by a program that was killed
	path := filepath.Join(dir, tokenFile)
	data, err := os.ReadFile(path)
	if h.token = strings.TrimSpace(string(data)); err == nil && h.token != "" {
		return h, nil
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	h.token = rand.Text()
	return h, installation.WriteFile(path, []byte(h.token+"\n"))
}

// URL is the link that opens the app: it works once.
func (h *host) URL() string { return "http://" + h.addr + "/?link=" + h.link }

// handler puts in front of next everything that protects it.
func (h *host) handler(next http.Handler) http.Handler { return recovered(h.protected(next)) }

// protected lets through only requests that name this host, come from no other site, and carry the session or the token.
func (h *host) protected(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		secured(w.Header())
		fromPage := h.isFromLinkPage(r)
		switch {
		case !h.isOurs(r.Host):
			api.WriteProblem(w, http.StatusMisdirectedRequest, "user-host", "this is "+h.addr+"; the request named another host")
		case !h.sameOrigin(r) && !fromPage:
			api.WriteProblem(w, http.StatusForbidden, "user-origin", "the request came from another site")
		case h.useLink(r):
			http.SetCookie(w, &http.Cookie{Name: h.cookie(), Value: h.session, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
			if fromPage { // a redirect would still count as the file's, and come without the cookie
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				w.Write(onwards("/"))
				return
			}
			http.Redirect(w, r, "/", http.StatusSeeOther) // the secret leaves the address bar
		case h.known(r) && r.URL.Path == "/" && r.URL.Query().Has("link"):
			http.Redirect(w, r, "/", http.StatusSeeOther) // opened twice
		case h.known(r) || r.URL.Path == "/api/openapi.json":
			next.ServeHTTP(w, r)
		case wantsPage(r):
			writeNotice(w, r, http.StatusUnauthorized, noticeEnded)
		default:
			api.WriteProblem(w, http.StatusUnauthorized, "user-session", "open the app by the link that the program printed, or send the token in "+tokenFile+" of the data directory as a Bearer token")
		}
	})
}

// cookie is the name of the session's cookie. A browser sends cookies to every port of a host: with one name for all, the
// demonstration and the app on the user's own settings would end each other's sessions.
func (h *host) cookie() string {
	_, port, _ := net.SplitHostPort(h.addr)
	return "caveat-session-" + port
}

// isOurs holds the Host header to our address, so that a name that somebody points at loopback does not reach us.
func (h *host) isOurs(name string) bool {
	if name == h.addr {
		return true
	}
	_, port, _ := net.SplitHostPort(h.addr)
	return name == "localhost:"+port || name == "127.0.0.1:"+port
}

func (h *host) sameOrigin(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return false
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Scheme == "http" && h.isOurs(u.Host)
}

// useLink takes the one-time secret, if the request carries it.
func (h *host) useLink(r *http.Request) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if isPrefetch(r) || !h.hasLink(r) {
		return false
	}
	h.link = ""
	h.removeLinkPage()
	return true
}

// hasLink reports whether the request carries the one-time secret; h.mu is held.
func (h *host) hasLink(r *http.Request) bool {
	return r.URL.Path == "/" && r.Method == http.MethodGet && h.link != "" && same(r.URL.Query().Get("link"), h.link)
}

// isPrefetch reports whether a browser asks before anybody opened the link: that must not use it up.
func isPrefetch(r *http.Request) bool {
	for _, name := range []string{"Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"} {
		if v := r.Header.Get(name); strings.Contains(v, "prefetch") || strings.Contains(v, "preview") {
			return true
		}
	}
	return false
}

func (h *host) known(r *http.Request) bool {
	if c, err := r.Cookie(h.cookie()); err == nil && same(c.Value, h.session) {
		return true
	}
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return ok && same(token, h.token)
}

// same compares secrets in a time that does not tell where they differ.
func same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// recovered keeps one request's panic from ending the program.
func recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if p := recover(); p != nil && p != http.ErrAbortHandler {
				slog.Error("a request failed", "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
				api.WriteProblem(w, http.StatusInternalServerError, "server-internal", "internal error: it is in the program's log")
			}
		}()
		next.ServeHTTP(w, r)
	})
}
