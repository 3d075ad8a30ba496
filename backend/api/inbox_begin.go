package api

import (
	"bytes"
	"context"
	"crypto/rand"
	"strings"

	"caveat/backend/draft"
	"caveat/backend/message"
)

// BeginFromInbox makes and stores the beginning of an answer to a received message, or of a message that passes it on. It has the
// label of the message, and of all that goes with it, which cannot be made less restrictive (RULES 1); one that is assumed counts as
// any other. Without a label that somebody may go by it begins without one, and says why. inbox.ErrWithheld, inbox.ErrNotHere.
func (s *Service) BeginFromInbox(ctx context.Context, id, kind string) (BegunInInbox, error) {
	m, body, err := s.inbox.Open(ctx, id)
	if err != nil {
		return BegunInInbox{}, err
	}
	in, err := message.ReadIncoming(bytes.NewReader(body))
	if err != nil {
		return BegunInInbox{}, err
	}
	out := BegunDraft{Notes: []string{}}
	d := &out.Content.Draft
	d.Channel = draft.Mail
	for _, x := range s.inbox.Mailboxes() {
		if x.Name == m.Mailbox {
			d.From = x.Address
		}
	}
	own, why := s.labelOfReceived(m.Head)
	if !own.IsZero() {
		s.inheritXML(d, own)
	}
	if why != "" {
		out.Notes = append(out.Notes, why)
	}
	if m.Head.Assumed != nil {
		out.Notes = append(out.Notes, "The message came without a label: the draft has the one that is assumed for mail from "+m.Head.Assumed.Domain+".")
	}
	if kind == kindForward {
		err = s.pass(ctx, &out, in, bytes.NewReader(body))
	} else {
		err = s.answerReceived(&out, in, body, kind)
	}
	if err != nil {
		return BegunInInbox{}, err
	}
	return s.keepBegun(ctx, finish(out))
}

// answerReceived addresses an answer, and takes the text over: of HTML what it says.
func (s *Service) answerReceived(out *BegunDraft, in message.Incoming, body []byte, kind string) error {
	if in.Text == "" && in.HTML {
		mail, err := s.mailReader().Read(bytes.NewReader(body))
		if err != nil {
			return err
		}
		in.Text, in.Cut = mail.Text, mail.Cut
		out.Notes = append(out.Notes, "The message has no plain text: what its HTML says is taken over.")
	}
	s.recipientsOf(&out.Content.Draft, in, kind)
	answerTo(out, in)
	return nil
}

// keepBegun keeps a beginning as a draft of its own.
func (s *Service) keepBegun(ctx context.Context, begun BegunDraft) (BegunInInbox, error) {
	saved, err := s.SaveDraft(ctx, strings.ToLower(rand.Text()), SaveDraftInput{Content: begun.Content})
	if err != nil {
		return BegunInInbox{}, err
	}
	return BegunInInbox{Draft: saved.ID, Version: saved.Version, Notes: begun.Notes}, nil
}
