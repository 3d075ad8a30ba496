package app

import (
	"net"
	"net/http"
	"sync"
	"time"
)

// tries counts how often somebody guesses the link or the token. They cannot be guessed (130 random bits), and all local users have one
// address: so a right one always opens. Beyond mostTries wrong ones are told to wait, and the program's log has a line.
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
	mostTries  = 10 // wrong ones within triesTime
	triesTime  = time.Minute
	mostTriers = 1000 // addresses that are remembered
)

// failed counts a wrong one, and says how many came from there within triesTime.
func (t *tries) failed(r *http.Request) int {
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
	return w.n
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
