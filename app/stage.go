package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"caveat/backend/api"
	"caveat/backend/plain"
)

// opener opens a workspace; what it has to say goes to the console.
type opener func(context.Context, *console) (*workspace, error)

// stage is what the window shows: the app on an open workspace or, while that cannot be opened, the reason why. A window has
// nowhere to print its reason and end: it stays, says it, and tries again, so that it works as soon as the user mended it.
type stage struct {
	console *console
	open    opener
	shell   api.Shell
	scene
	said string // the last reason that was printed
}

// openAgain is how long to wait before a workspace that failed is opened again.
const openAgain = 2 * time.Second

func newStage(c *console, open opener, shell api.Shell) *stage {
	s := &stage{console: c, open: open, shell: shell}
	s.show(reasonHandler("Caveat is starting"))
	return s
}

// run shows the workspace w and works on it, or shows failure, the reason why it could not be opened, until ctx ends. It closes
// begun when there is something to show.
func (s *stage) run(ctx context.Context, w *workspace, failure error, begun chan<- struct{}) {
	began := sync.OnceFunc(func() { close(begun) })
	quiet := *s.console
	quiet.err = io.Discard // what it has to say when tried again, it has said
	for {
		if failure == nil {
			failure = s.work(ctx, w, began)
		}
		if failure == nil || ctx.Err() != nil {
			began()
			return
		}
		s.explain(failure)
		began()
		select {
		case <-ctx.Done():
			return
		case <-time.After(openAgain):
		}
		w, failure = s.open(ctx, &quiet)
	}
}

// work shows a workspace and does its work until ctx ends or something fails; then it closes the workspace.
func (s *stage) work(ctx context.Context, w *workspace, began func()) error {
	requests, end := context.WithCancel(ctx)
	app := &scene{}
	app.show(appHandler(w.service, s.shell))
	g := &gate{ctx: requests, next: app}
	s.show(g)
	began()
	err := w.keepWorking(ctx, app, s.shell)
	if err != nil {
		s.explain(err)
	}
	end()
	g.shut(shutdownTime)
	return errors.Join(err, w.Close())
}

func (s *stage) explain(reason error) {
	line := oneLine(plain.Text(reason))
	if line != s.said {
		fmt.Fprintf(s.console.err, "caveat: %s\n", line)
	}
	s.said = line
	s.show(reasonHandler(line))
}

// gate lets requests through to a workspace until it is shut. Their context ends with ctx: the window gives them none.
type gate struct {
	ctx   context.Context
	next  http.Handler
	inUse sync.RWMutex // read by each request; written to, once and for all, when the gate is shut
}

// ServeHTTP implements http.Handler.
func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !g.inUse.TryRLock() {
		api.WriteProblem(w, http.StatusServiceUnavailable, "server-installation", "the program is ending, or opens its data anew: try again")
		return
	}
	defer g.inUse.RUnlock()
	g.next.ServeHTTP(w, r.WithContext(g.ctx))
}

// shut lets nobody through any more, and waits until who is inside has come out, at most as long as patience.
func (g *gate) shut(patience time.Duration) {
	empty := make(chan struct{})
	go func() {
		g.inUse.Lock()
		close(empty)
	}()
	select {
	case <-empty:
	case <-time.After(patience):
	}
}
