package outbox

import (
	"strings"
	"sync"
	"time"

	"caveat/backend/draft"
)

// DefaultOverdue is after what time whoever sends a message of a precedence is warned that it has not been accepted yet: the objectives
// for the speed of service that ACP 121 names.
var DefaultOverdue = map[string]time.Duration{"override": 10 * time.Minute, "flash": 10 * time.Minute, "immediate": 30 * time.Minute}

// DefaultRetry waits 30 s, 1, 2, 5, 15 and then every 30 minutes.
func DefaultRetry(attempts int) time.Duration {
	return stepOf(attempts, 30*time.Minute, 30*time.Second, time.Minute, 2*time.Minute, 5*time.Minute, 15*time.Minute)
}

func stepOf(attempts int, then time.Duration, waits ...time.Duration) time.Duration {
	if attempts >= 1 && attempts <= len(waits) {
		return waits[attempts-1]
	}
	return then
}

// retry is the wait before the next attempt after so many, by what the server said: a server that turns strangers away at first
// (greylisting, 4.7.x) is asked again soon, one without room (452, 4.2.2, 4.3.1) later, all others as DefaultRetry says.
//
// std: RFC5321 §4.5.4.1, RFC3463 §3
func (b *Box) retry(attempts int, r Receipt) time.Duration {
	switch {
	case b.config.Retry != nil:
		return b.config.Retry(attempts)
	case strings.HasPrefix(r.Status, "4.7."):
		return stepOf(attempts, 30*time.Minute, time.Minute, 2*time.Minute, 3*time.Minute, 5*time.Minute, 10*time.Minute)
	case r.Code == 452 || r.Status == "4.2.2" || r.Status == "4.3.1":
		return stepOf(attempts, time.Hour, 5*time.Minute, 15*time.Minute, 30*time.Minute)
	}
	return DefaultRetry(attempts)
}

// retryOf is the shortest wait that one of the recipients who were put off asks for.
func (b *Box) retryOf(attempts int, receipts []Receipt) time.Duration {
	shortest := time.Duration(-1)
	for _, r := range receipts {
		if w := b.retry(attempts, r); r.State == Deferred && (shortest < 0 || w < shortest) {
			shortest = w
		}
	}
	if shortest < 0 {
		return b.retry(attempts, Receipt{})
	}
	return shortest
}

// connectionWaits are the accounts whose server could not be reached, or turned us away: what waits for one of them waits together, so
// that a queue of many does not wait out as many timeouts. They are forgotten when the program ends. The zero value is none. Safe for
// concurrent use.
type connectionWaits struct {
	mu    sync.Mutex
	by    map[string]*connectionWait
	backs map[string]int // how often an account was told to be usable again
}

type connectionWait struct {
	failures    int
	last, until time.Time
	note        string
	waiting     map[string]bool // ids of what waits for it
}

func (c Cleared) waitsFor() string { return accountKey(c.channel, c.account) }

func accountKey(channel draft.Channel, account string) string { return string(channel) + " " + account }

// of tells until when something must wait for its account, and why. What was queued since the account failed may find out whether the
// server is back, once the first wait is over.
func (w *connectionWaits) of(l loaded, now time.Time) (until time.Time, note string, waits bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	x := w.by[l.waitsFor()]
	switch {
	case x == nil || !now.Before(x.until) || now.Before(x.last): // or the clock was set back
		return time.Time{}, "", false
	case l.created.After(x.last) && now.Sub(x.last) >= DefaultRetry(1):
		return time.Time{}, "", false
	}
	x.waiting[l.id] = true
	return x.until, x.note, true
}

// failed notes that the account of a message could not be used, and gives the wait.
func (w *connectionWaits) failed(l loaded, now time.Time, note string, retry func(failures int) time.Duration) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.by == nil {
		w.by = map[string]*connectionWait{}
	}
	x := w.by[l.waitsFor()]
	if x == nil {
		x = &connectionWait{waiting: map[string]bool{}}
		w.by[l.waitsFor()] = x
	}
	x.failures++
	x.waiting[l.id] = true
	wait := retry(x.failures)
	x.last, x.until, x.note = now, now.Add(wait), note
	return wait
}

// worked notes that the account could be used, and gives what waited for that.
func (w *connectionWaits) worked(l loaded) (ids []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if x := w.by[l.waitsFor()]; x != nil {
		for id := range x.waiting {
			if id != l.id { // whose own answer says when it is tried again
				ids = append(ids, id)
			}
		}
		delete(w.by, l.waitsFor())
	}
	return ids
}

// back notes that an account can be used again, and forgets what was known against it.
func (w *connectionWaits) back(channel draft.Channel, account string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.backs == nil {
		w.backs = map[string]int{}
	}
	w.backs[accountKey(channel, account)]++
	delete(w.by, accountKey(channel, account))
}

// backsOf counts how often the account of a message came back.
func (w *connectionWaits) backsOf(l loaded) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.backs[l.waitsFor()]
}
