package presend

import (
	"context"
	"fmt"

	"caveat/backend/draft"
)

// CheckLabel checks of a draft what does not depend on its recipients: its label, those of its parts, and who writes it. It is for
// copies in a mailbox, of drafts that may be addressed to nobody yet. Its report has no recipients and is never sendable, nor is its
// Result one for sending. Errors are those of Check.
func CheckLabel(ctx context.Context, in Input) (*Result, error) {
	if in.Draft.Channel != draft.Mail && in.Draft.Channel != draft.Chat {
		return nil, fmt.Errorf("%w: channel %q: mail or chat", ErrDraft, in.Draft.Channel)
	}
	if err := in.Draft.CheckCounts(); err != nil {
		return nil, err
	}
	in.Sending, in.Before = false, nil
	c := newCheck(in)
	origin, bound, err := in.Directory.Originator(ctx, in.Draft.Channel, in.Draft.From, c.freshness)
	if err != nil {
		return nil, fmt.Errorf("originator: %w", err)
	}
	if err := c.readLabel(origin); err != nil {
		return nil, err
	}
	return c.result(ctx, origin, bound, nil)
}
