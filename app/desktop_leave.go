//go:build desktop || bindings || dev

package app

import (
	"net/http"
	"sync"
	"time"

	"github.com/wailsapp/wails/v2/pkg/runtime"
)

// The page saves what was typed last when it is left (the event "pagehide"). Web views end a page with its window: the event comes
// too late or not at all. So before the window closes the page is told, and what it asks then is waited for.
const (
	// leaveTime is how long that may take in all, on a busy machine; it is part of the shutdownTime that Show gives the toolkit.
	// leaveQuiet is for how long nothing must have been under way.
	leaveTime  = 1500 * time.Millisecond
	leaveQuiet = 100 * time.Millisecond
	// leftPath is what the page asks when it has been told, so that a page that is busy is waited for too.
	leftPath    = "/api/window/left"
	leaveScript = `window.dispatchEvent(new PageTransitionEvent("pagehide")); setTimeout(() => fetch("` + leftPath + `", { method: "POST" }), 0);`
)

// traffic counts what the page asks for, on its way to next. What only reads does not count: a poll is always under way.
type traffic struct {
	next http.Handler

	mu      sync.Mutex
	running int
	asked   int       // so far; without leftPath
	left    int       // how often leftPath was asked
	changed time.Time // the last of them began or ended
}

// ServeHTTP implements http.Handler.
func (t *traffic) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == leftPath:
		t.count(func() { t.left++ })
		w.WriteHeader(http.StatusNoContent)
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		t.next.ServeHTTP(w, r)
	default:
		t.count(func() { t.running++; t.asked++ })
		defer t.count(func() { t.running-- })
		t.next.ServeHTTP(w, r)
	}
}

func (t *traffic) count(change func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	change()
	t.changed = time.Now()
}

// await waits until the page has said left times that it was told, and nothing has been under way for leaveQuiet, but not after end. It
// returns how much was asked so far.
func (t *traffic) await(left int, end time.Time) (asked int) {
	begin := time.Now()
	for ; ; time.Sleep(leaveQuiet / 10) {
		t.mu.Lock()
		quiet := t.left >= left && t.running == 0 && time.Since(t.changed) >= leaveQuiet && time.Since(begin) >= leaveQuiet
		asked = t.asked
		t.mu.Unlock()
		if quiet || !time.Now().Before(end) {
			return asked
		}
	}
}

// leave has the page save what it has not saved. It is told after a moment, because keys that were pressed before may still be on
// their way to it, and again for as long as it had something to save.
func (w *wailsWindow) leave() {
	life, t := w.life.Load(), w.traffic.Load()
	if life == nil || t == nil {
		return
	}
	end := time.Now().Add(leaveTime)
	asked := t.await(0, time.Now().Add(3*leaveQuiet))
	for left := 1; time.Now().Before(end); left++ {
		runtime.WindowExecJS(*life, leaveScript)
		before := asked
		if asked = t.await(left, end); asked == before {
			return
		}
	}
}
