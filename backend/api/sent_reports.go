package api

import (
	"context"

	"caveat/backend/inbox"
	"caveat/backend/outbox"
)

// SentMessage is a message of the queue, with what was reported of its recipients.
type SentMessage struct {
	outbox.Message
	Recipients []SentRecipient `json:"recipients" nullable:"false"`
}

// SentRecipient is what became of one recipient: what the server said when the message was handed over, and what others reported
// since.
type SentRecipient struct {
	outbox.RecipientStatus
	Reports []SentClaim `json:"reports" nullable:"false" doc:"the oldest first; claims of whoever reports, which change no state"`
}

// withReports adds to messages what was reported of their recipients.
func (s *Service) withReports(ctx context.Context, list []outbox.Message) ([]SentMessage, error) {
	var ids []string
	for _, m := range list {
		ids = append(ids, m.ID)
	}
	claims, err := s.inbox.Claims(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := []SentMessage{}
	for _, m := range list {
		x := SentMessage{Message: m, Recipients: []SentRecipient{}}
		for _, r := range m.Recipients {
			x.Recipients = append(x.Recipients, SentRecipient{RecipientStatus: r, Reports: reportedOf(r.Address, claims[m.ID])})
		}
		out = append(out, x)
	}
	return out, nil
}

func reportedOf(address string, claims []inbox.Claim) []SentClaim {
	out := []SentClaim{}
	for _, c := range claims {
		if c.Recipient == address {
			out = append(out, SentClaim{Kind: c.Kind, At: c.At, Status: c.Status, Text: c.Text, Reporter: c.Reporter, From: c.From, Automatic: c.Automatic})
		}
	}
	return out
}

// Messages lists the newest messages that were sent, newest first.
func (s *Service) Messages(ctx context.Context, limit int) ([]SentMessage, error) {
	list, err := s.box.List(ctx, limit)
	if err != nil {
		return nil, err
	}
	return s.withReports(ctx, list)
}

func (s *Service) reported(ctx context.Context, m outbox.Message) (SentMessage, error) {
	list, err := s.withReports(ctx, []outbox.Message{m})
	if err != nil {
		return SentMessage{}, err
	}
	return list[0], nil
}
