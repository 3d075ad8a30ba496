package demo

import "sync"

// mostWaiting is how many stanzas may wait.
const mostWaiting = 20_000

// lane takes stanzas without holding up whoever sends them, and has them carried one after the other.
type lane struct {
	mu      sync.Mutex
	waiting []stanza
	more    chan struct{}
	closed  bool
}

func newLane() *lane { return &lane{more: make(chan struct{}, 1)} }

// put reports whether the lane takes a stanza: one that is closed or full does not.
func (l *lane) put(x stanza) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || len(l.waiting) >= mostWaiting {
		return false
	}
	l.waiting = append(l.waiting, x)
	l.wake()
	return true
}

func (l *lane) wake() {
	select {
	case l.more <- struct{}{}:
	default:
	}
}

// take gives all that waits, and waits for it; nothing: the lane is closed.
func (l *lane) take() []stanza {
	for {
		l.mu.Lock()
		out, closed := l.waiting, l.closed
		l.waiting = nil
		l.mu.Unlock()
		if len(out) > 0 || closed {
			return out
		}
		<-l.more
	}
}

// close lets no more in; what waits is still given.
func (l *lane) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	l.wake()
}
