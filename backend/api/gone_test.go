package api_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
)

// gone is a client that leaves when its answer begins.
type gone struct {
	header   http.Header
	statuses []int
	leave    func()
}

func (g *gone) Header() http.Header    { return g.header }
func (g *gone) WriteHeader(status int) { g.statuses = append(g.statuses, status) }
func (g *gone) Write([]byte) (int, error) {
	g.leave()
	return 0, errors.New("broken pipe")
}

// The status of an answer is set once, also when whoever asked has left: net/http complains of a second one each time.
func TestClientThatLeavesSetsNoSecondStatus(t *testing.T) {
	w := newWorld(t, "")
	h := served(w.service)
	for path, want := range map[string]int{"/api/messages": 200, "/api/inbox": 200, "/api/messages?zz=1": 422, "/api/messages/none": 404} {
		ctx, cancel := context.WithCancel(t.Context())
		g := &gone{header: http.Header{}, leave: cancel}
		h.ServeHTTP(g, httptest.NewRequestWithContext(ctx, http.MethodGet, path, nil))
		if ctx.Err() == nil || !slices.Equal(g.statuses, []int{want}) {
			t.Errorf("%s: statuses %v, want %d once; the client left: %t", path, g.statuses, want, ctx.Err() != nil)
		}
		cancel()
	}
}
