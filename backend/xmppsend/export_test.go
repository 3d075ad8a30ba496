package xmppsend

import (
	"context"
	"io"
	"time"

	"caveat/backend/outbox"
)

// Submit sends as Send does: an outbox.Cleared can be made by outbox only.
func (s *Sender) Submit(ctx context.Context, account, id string, to []string, wire []byte, bodySent func() error) ([]outbox.Receipt, error) {
	return s.submit(ctx, account, id, to, wire, s.options.Now(), bodySent)
}

// SubmitAsOf is Submit of what was checked at a time.
func (s *Sender) SubmitAsOf(ctx context.Context, account, id string, to []string, wire []byte, asOf time.Time, bodySent func() error) ([]outbox.Receipt, error) {
	return s.submit(ctx, account, id, to, wire, asOf, bodySent)
}

// Search looks in the archives as Settle does.
func (s *Sender) Search(ctx context.Context, account, id string, to []string, wire []byte) ([]outbox.Receipt, error) {
	return s.search(ctx, account, id, to, wire)
}

// NobodyCame is what IsAsChecked says of messages to rooms.
func (s *Sender) NobodyCame(account string, rooms []string, since time.Time) bool {
	return s.session(account).nobodyCame(rooms, since)
}

// Waits gives the waits between attempts, of which each session lasted so long.
func Waits(lasted ...time.Duration) (out []time.Duration) {
	var b backoff
	for _, d := range lasted {
		out = append(out, b.next(d))
	}
	return out
}

// WaitAfterGivenUp is the longest wait after many sessions that we ended in the middle of a message, of which each lasted so long.
func WaitAfterGivenUp(lasted time.Duration) (longest time.Duration) {
	var b backoff
	for range 10 {
		longest = max(longest, b.after(errGivenUp, lasted))
	}
	return longest
}

// Units cuts a stream into pieces, and says why there are no more.
func Units(r io.Reader) (pieces []string, most int, err error) {
	u := &units{r: r}
	for {
		p, err := u.next()
		most = max(most, cap(u.buf))
		if err != nil {
			return pieces, most, err
		}
		if u.tooMuch != nil {
			p = append([]byte("(cut) "), p...)
		}
		pieces = append(pieces, string(p))
	}
}

// CheckChallenge opens the look at what a server asks in SCRAM.
func CheckChallenge(s string) error { return checkChallenge([]byte(s)) }

// ErrStreamEnd is how a stream ends in order.
var ErrStreamEnd = errStreamEnd

// Limits of units.
const (
	MaxUnit          = maxUnit
	MaxElements      = maxElements
	MaxAnswerElement = maxAnswerElement
	MaxDepth         = maxDepth
)
