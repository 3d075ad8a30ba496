package app

import (
	"net/http"
	"runtime"
	"strings"

	"caveat/backend/api"
)

// windowURL is the page's address in the window, as Wails gives it.
func windowURL() string {
	if runtime.GOOS == "windows" {
		return "http://wails.localhost/"
	}
	return "wails://wails/"
}

// windowHandler protects the app in the window. Its requests come from the web view of this process and nowhere else: they bear
// no session, their host and remote address say nothing. Only what names another origin is not ours.
func windowHandler(next http.Handler) http.Handler {
	own := strings.TrimSuffix(windowURL(), "/")
	return recovered(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		secured(w.Header())
		origin, site := r.Header.Get("Origin"), r.Header.Get("Sec-Fetch-Site")
		if origin != "" && origin != own || site == "cross-site" || site == "same-site" {
			api.WriteProblem(w, http.StatusForbidden, "user-origin", "the request came from another site")
			return
		}
		next.ServeHTTP(w, r)
	}))
}
