package app

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"

	"caveat/backend/api"
)

// host serves the HTTP interface to one person: the one who was given the link, or can read the token in the data directory. It is on
// loopback, or speaks TLS.
type host struct {
	addr    string   // host:port that is in the link
	names   []string // host:port that requests may name
	tls     bool     // beyond this machine
	session string   // value of the session cookie
	token   string   // for other programs of the same user: Authorization: Bearer
	dir     string   // the data directory
	tries   tries

	mu   sync.Mutex
	link string // one-time secret of the link; empty once it was used
}

// newHost makes the secrets. The token is kept in dir, mode 0600, so that it stays over a restart. tlsNames are those of the own
// certificate; without any the host is for this machine alone.
func newHost(dir, addr string, tlsNames ...string) (*host, error) {
	h := &host{session: rand.Text(), link: rand.Text(), dir: dir, tls: len(tlsNames) > 0}
	h.tries = tries{wrong: map[string]wrongTries{}, now: now}
	h.names = hostNames(h.scheme(), addr, tlsNames)
	h.addr = h.names[0]
	h.removeLinkPage() // left by a program that was killed
	var err error
	h.token, err = keptToken(dir)
	return h, err
}

// URL is the link that opens the app: it works once.
func (h *host) URL() string { return h.scheme() + "://" + h.addr + "/?link=" + h.link }

func (h *host) scheme() string {
	if h.tls {
		return "https"
	}
	return "http"
}

// handler puts in front of next everything that protects it.
func (h *host) handler(next http.Handler) http.Handler { return recovered(h.protected(next)) }

// protected lets through only requests that name this host, come from no other site, and carry the session or the token.
func (h *host) protected(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		secured(w.Header())
		hurry(w)
		if h.tls {
			w.Header().Set("Strict-Transport-Security", "max-age=31536000")
		}
		fromPage, known := h.isFromLinkPage(r), h.known(r)
		switch {
		case !h.isOurs(r.Host):
			api.WriteProblem(w, http.StatusMisdirectedRequest, "user-host", "this is "+h.addr+"; the request named another host")
		case !h.sameOrigin(r) && !fromPage:
			api.WriteProblem(w, http.StatusForbidden, "user-origin", "the request came from another site")
		case !strings.HasPrefix(r.URL.Path, "/"): // CONNECT, OPTIONS *
			w.Header().Set("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE")
			api.WriteProblem(w, http.StatusMethodNotAllowed, "user-method", "this is no proxy, and what is asked of it has a path")
		case h.useLink(r):
			http.SetCookie(w, &http.Cookie{
				Name: h.cookie(), Value: h.session, Path: "/", HttpOnly: true, Secure: h.tls, SameSite: http.SameSiteStrictMode,
			})
			if fromPage { // a redirect would still count as the file's, and come without the cookie
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				w.Write(onwards("/"))
				return
			}
			http.Redirect(w, r, "/", http.StatusSeeOther) // the secret leaves the address bar
		case known && r.URL.Path == "/" && r.URL.Query().Has("link"):
			http.Redirect(w, r, "/", http.StatusSeeOther) // opened twice
		case h.hasSession(r) && !h.hasToken(r) && changes(r) && !isFromPage(r):
			api.WriteProblem(w, http.StatusForbidden, "user-origin", "a request that changes something must say which page it comes from: other programs send the token")
		case known:
			unhurried(next, w, r)
		case r.URL.Path == "/api/openapi.json":
			next.ServeHTTP(w, r)
		case h.isOneTooMany(r): // a right one is never refused: whoever guesses must not shut out whoever knows
			w.Header().Set("Retry-After", strconv.Itoa(int(triesTime.Seconds())))
			api.WriteProblem(w, http.StatusTooManyRequests, "user-tries", "too many wrong links or tokens came from here: open the link that the program printed last, or read the token anew")
		case h.isWrong(r) && !wantsPage(r):
			api.WriteProblem(w, http.StatusUnauthorized, "user-session", "this link or token is not the program's: open the link that it printed last, or read the token anew")
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
	return h.cookiePrefix() + "caveat-session-" + h.port()
}

// cookiePrefix makes browsers take the cookie from this very host alone, where it speaks TLS; else they know no such thing.
func (h *host) cookiePrefix() string {
	if h.tls {
		return "__Host-"
	}
	return ""
}

func (h *host) port() string {
	if _, port, err := net.SplitHostPort(h.addr); err == nil {
		return port
	}
	return "443"
}

// isOurs holds the Host header to our address, so that a name that somebody points at it does not reach us.
func (h *host) isOurs(name string) bool { return slices.Contains(h.names, strings.ToLower(name)) }

func (h *host) sameOrigin(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return false
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Scheme == h.scheme() && h.isOurs(u.Host)
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

func (h *host) known(r *http.Request) bool { return h.hasSession(r) || h.hasToken(r) }

// hasSession looks at every cookie of the name: a server on another port of this machine can set one beside ours, which must not lock
// the user out.
func (h *host) hasSession(r *http.Request) bool {
	return slices.ContainsFunc(r.CookiesNamed(h.cookie()), func(c *http.Cookie) bool { return same(c.Value, h.session) })
}

func (h *host) hasToken(r *http.Request) bool {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return ok && same(token, h.token)
}

// isTry reports whether a request without a session shows a link or a token.
func (h *host) isTry(r *http.Request) bool {
	return !h.hasSession(r) && (r.Header.Get("Authorization") != "" || r.URL.Path == "/" && r.URL.Query().Has("link"))
}

// isWrong reports whether a request shows a wrong token or link. A cookie of an earlier start is none: a page that stayed open sends it.
func (h *host) isWrong(r *http.Request) bool { return h.isTry(r) && !h.showsLink(r) }

// isOneTooMany counts a wrong token or link, and reports whether too many came from there.
func (h *host) isOneTooMany(r *http.Request) bool {
	if !h.isWrong(r) {
		return false
	}
	n := h.tries.failed(r)
	if n == mostTries+1 {
		slog.Warn("many wrong links or tokens: they are refused for a minute", "from", addressOf(r))
	}
	return n > mostTries
}

// showsLink reports whether a request bears the link that has not been used yet, though not so that it may be used, as a preview does.
func (h *host) showsLink(r *http.Request) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.link != "" && r.Header.Get("Authorization") == "" && same(r.URL.Query().Get("link"), h.link)
}

// changes reports whether a request asks for more than to read.
func changes(r *http.Request) bool { return r.Method != http.MethodGet && r.Method != http.MethodHead }

// isFromPage reports whether a browser says where a request comes from; sameOrigin has judged what it says. Every browser says it of what
// changes something: a request that bears the cookie and does not say it was made by something that is no browser.
func isFromPage(r *http.Request) bool {
	return r.Header.Get("Sec-Fetch-Site") != "" || r.Header.Get("Origin") != ""
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
