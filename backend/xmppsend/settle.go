package xmppsend

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"caveat/backend/draft"
	"caveat/backend/message"
	"caveat/backend/outbox"
)

// settlePages is how far back an archive is searched for a message whose fate is open.
const settlePages = 20

// Settle looks in the archives for a message of which nobody knows whether it was delivered (RULES 25). Of whom it is found with, it
// gives a receipt; of whom not, none: that it is not in an archive does not prove that it did not arrive. An error says why an archive
// could not be asked; the receipts so far come with it.
//
// std: XEP-0313 §4, XEP-0359 §3.1
func (s *Sender) Settle(ctx context.Context, c outbox.Cleared) ([]outbox.Receipt, error) {
	if c.IsZero() || c.Channel() != draft.Chat {
		return nil, outbox.ErrNotCleared
	}
	wire, err := readWire(c)
	if err != nil {
		return nil, err
	}
	return s.search(ctx, c.Account(), c.ID(), c.Recipients(), wire)
}

func (s *Sender) search(ctx context.Context, account, id string, to []string, wire []byte) (out []outbox.Receipt, err error) {
	sent, err := message.Reader{}.ReadStanza(wire)
	if err != nil || sent.ID != id {
		return nil, fmt.Errorf("%w: not as it is composed here", ErrStanza)
	}
	x, st, err := s.online(account)
	if err != nil {
		return nil, err
	}
	for _, address := range to {
		found, err := s.searchOne(ctx, x, st, address, sent)
		if err != nil {
			return out, err
		}
		if found {
			out = append(out, outbox.Receipt{Recipient: address, State: outbox.Accepted, Text: "found in the archive"})
		}
	}
	return out, nil
}

// searchOne goes back through an archive.
func (s *Sender) searchOne(ctx context.Context, x *session, st *stream, address string, sent message.Chat) (bool, error) {
	with, err := bareOf(address)
	if err != nil {
		return false, err
	}
	if sent.Type == "groupchat" && x.roomNow(with.String()) == nil {
		return false, fmt.Errorf("%w: %s", ErrNotJoined, with)
	}
	archive, filter, err := s.archiveOf(ctx, x, st, with)
	if err != nil {
		return false, err
	}
	before := newest
	for range settlePages {
		p, err := x.page(ctx, st, archive, filter, time.Time{}, "", before)
		if err != nil {
			return false, err
		}
		for _, m := range p.messages {
			if isThat(m, sent, with.String()) {
				return true, nil
			}
		}
		if p.isComplete || p.first == "" || p.first == before {
			return false, nil
		}
		before = p.first
	}
	return false, nil
}

// isThat reports that an archived message is the one that was sent: ours, to that address, with the same id, text and label.
func isThat(m Incoming, sent message.Chat, with string) bool {
	if !m.Own || m.Damage != "" || m.ID != sent.ID && m.OriginID != sent.ID || m.Body != sent.Body {
		return false
	}
	if peer, err := bareOf(m.Peer); err != nil || peer.String() != with {
		return false
	}
	return sameSensitivity(m.Sensitivity, sent.Sensitivity)
}

// sameSensitivity reports that two messages have the same label, or none both.
func sameSensitivity(m, sent message.Sensitivity) bool {
	a, b := m.Received, sent.Received
	if len(a) == 0 || len(b) == 0 {
		return len(a) == len(b) && m.Fault == sent.Fault
	}
	x, y := a[0], b[0]
	x.XML, y.XML = nil, nil // servers write the same in other words
	return bytes.Equal(x.Marshal(), y.Marshal())
}
