package app

import (
	"net"
	"net/http"
	"sync"
	"time"
)

// tries bounds how often somebody may guess the link or the token. They cannot be guessed (130 random bits): this keeps the attempt from
// costing anything, and leaves a line in the program's log.
type tries struct {
	mu    sync.Mutex
	wrong map[string]wrongTries // by address
	now   func() time.Time
}

type wrongTries struct {
	n     int
	since time.Time
}

const (
	mostTries  = 10 // wrong ones within triesTime; then no more are looked at, not even right ones
	triesTime  = time.Minute
	mostTriers = 1000 // addresses that are remembered
)

// isOver reports whether the address of a request has tried too often.
func (t *tries) isOver(r *http.Request) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	w := t.wrong[addressOf(r)]
	return w.n >= mostTries && t.now().Sub(w.since) < triesTime
}

// failed counts a wrong one, and reports whether it was the last that is looked at for now.
func (t *tries) failed(r *http.Request) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	at, now := addressOf(r), t.now()
	w := t.wrong[at]
	if now.Sub(w.since) >= triesTime {
		w = wrongTries{since: now}
	}
	w.n++
	if len(t.wrong) >= mostTriers {
		t.forget(now)
	}
	t.wrong[at] = w
	return w.n == mostTries
}

// forget makes room: those whose time is over go, and where there are none, all.
func (t *tries) forget(now time.Time) {
	for at, w := range t.wrong {
		if now.Sub(w.since) >= triesTime {
			delete(t.wrong, at)
		}
	}
	if len(t.wrong) >= mostTriers {
		clear(t.wrong)
	}
}

func addressOf(r *http.Request) string {
	at, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return at
}
