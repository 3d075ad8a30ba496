package app

import (
	"net/http"

	"caveat/backend/api"
	"caveat/frontend"
)

// appHandler serves the operations and the page: the same in the browser and in the window. Who may ask is for those in front
// of it to decide: host.handler and windowHandler.
func appHandler(s *api.Service, shell api.Shell) http.Handler {
	mux := http.NewServeMux()
	api.Handler(mux, s, shell, version)
	caller := func(*http.Request) api.Caller { return s.Local() } // whoever was let in is the person at the program
	mux.HandleFunc("/api/", func(w http.ResponseWriter, _ *http.Request) {
		api.WriteProblem(w, http.StatusNotFound, "user-not-found", "there is no such operation: see /api/openapi.json")
	})
	mux.Handle("/", newPage(frontend.Built(), s.NewestChange))
	return api.As(caller, counted(mux, s.Observer()))
}

// reasonHandler serves the page and, in place of the operations, the reason why there are none.
func reasonHandler(reason string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/api/", func(w http.ResponseWriter, _ *http.Request) {
		api.WriteProblem(w, http.StatusServiceUnavailable, "server-installation", reason)
	})
	mux.Handle("/", newPage(frontend.Built(), nil))
	return mux
}
