package xmppsend

import (
	"context"
	"io"

	"caveat/backend/outbox"
)

// Submit sends as Send does: an outbox.Cleared can be made by outbox only.
func (s *Sender) Submit(ctx context.Context, account, id string, to []string, wire []byte, bodySent func() error) ([]outbox.Receipt, error) {
	return s.submit(ctx, account, id, to, wire, bodySent)
}

// Search looks in the archives as Settle does.
func (s *Sender) Search(ctx context.Context, account, id string, to []string, wire []byte) ([]outbox.Receipt, error) {
	return s.search(ctx, account, id, to, wire)
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
