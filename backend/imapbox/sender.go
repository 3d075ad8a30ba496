package imapbox

import (
	"context"
	"errors"
	"fmt"

	"caveat/backend/outbox"
)

// Channel is that of copies in a mailbox.
const Channel = outbox.MailboxChannel

// Sender keeps cleared copies in mailboxes. It implements outbox.Sender and is safe for concurrent use.
type Sender struct {
	lookup   func(ctx context.Context, name string) (Account, error)
	describe func(outbox.Cleared) (folder Special, messageID string)
}

var (
	_ outbox.Sender  = (*Sender)(nil)
	_ outbox.Remover = (*Sender)(nil)
)

// New makes a sender that asks lookup for the account of each copy, so that a changed password or CA holds at once, and
// describe for its folder and the Message-ID of its header.
func New(lookup func(ctx context.Context, name string) (Account, error), describe func(outbox.Cleared) (Special, string)) *Sender {
	return &Sender{lookup: lookup, describe: describe}
}

// Send tries once, as outbox.Sender says, with one difference to other channels: called again after an error that left open
// whether the copy was kept, it finds out. It refuses the zero Cleared and one of another channel with outbox.ErrNotCleared.
func (s *Sender) Send(ctx context.Context, c outbox.Cleared, bodySent func() error) ([]outbox.Receipt, error) {
	if c.IsZero() || c.Channel() != Channel {
		return nil, outbox.ErrNotCleared
	}
	account, err := s.lookup(ctx, c.Account())
	if err != nil {
		return nil, fmt.Errorf("imapbox: account %q: %w", c.Account(), err)
	}
	folder, id := s.describe(c)
	return keep(ctx, account, c.Recipients(), Copy{Folder: folder, MessageID: id, Open: c.Open, BodySent: bodySent})
}

// Remove takes a copy out of the drafts of its account, as outbox.Remover says: whatever bears its Message-ID there, and nothing else.
// Where the server cannot expunge single messages (UIDPLUS) it stays, marked as deleted, which is outbox.Refused. It refuses what is no
// copy of a draft with outbox.ErrNotCleared.
func (s *Sender) Remove(ctx context.Context, c outbox.Cleared) (outbox.Receipt, error) {
	if c.IsZero() || c.Channel() != Channel || c.Folder() != outbox.Drafts {
		return outbox.Receipt{}, outbox.ErrNotCleared
	}
	account, err := s.lookup(ctx, c.Account())
	if err != nil {
		return outbox.Receipt{}, fmt.Errorf("imapbox: account %q: %w", c.Account(), err)
	}
	_, id := s.describe(c)
	return remove(ctx, account, id)
}

// remove makes a receipt of what the server says.
func remove(ctx context.Context, a Account, messageID string) (outbox.Receipt, error) {
	out, err := removeDraft(ctx, a, messageID)
	var refusal *Refusal
	switch {
	case errors.Is(err, ErrRefused) && errors.As(err, &refusal):
		if refusal.IsTemporary() {
			return outbox.Receipt{State: outbox.Deferred, Text: refusal.Error()}, nil
		}
		return outbox.Receipt{State: outbox.Refused, Text: refusal.Error()}, nil
	case err != nil:
		return outbox.Receipt{}, err
	case out.found == 0:
		return outbox.Receipt{State: outbox.Accepted, Text: "It was not there."}, nil
	case out.isMarked:
		return outbox.Receipt{State: outbox.Refused, Text: "It is marked as deleted in " + out.folder + " and still there: the server cannot remove a single message."}, nil
	}
	return outbox.Receipt{State: outbox.Accepted, Text: "It was removed from " + out.folder + "."}, nil
}

// keep makes receipts of what the server says: its NO is an answer, and leaves nothing open.
func keep(ctx context.Context, a Account, recipients []string, c Copy) ([]outbox.Receipt, error) {
	kept, err := appendCopy(ctx, a, c)
	answer := outbox.Receipt{State: outbox.Accepted, Text: "kept in " + kept.Folder}
	var refusal *Refusal
	switch {
	case errors.Is(err, ErrRefused) && errors.As(err, &refusal):
		answer = outbox.Receipt{State: outbox.Refused, Text: refusal.Error()}
		if refusal.IsTemporary() {
			answer.State = outbox.Deferred
		}
	case err != nil:
		return nil, err
	case kept.WasThere:
		answer.Text = "was in " + kept.Folder + " already"
	}
	receipts := make([]outbox.Receipt, len(recipients))
	for i, r := range recipients {
		receipts[i] = answer
		receipts[i].Recipient = r
	}
	return receipts, nil
}
