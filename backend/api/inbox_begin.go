package api

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"

	"caveat/backend/draft"
	"caveat/backend/inbox"
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
	mail, err := s.mailReader().Read(bytes.NewReader(body))
	if err != nil {
		return BegunInInbox{}, err
	}
	in := incoming(mail)
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
	if m.Head.IsFaulty() {
		d.Label = draft.Label{} // what it inherits is a bound: the drafter chooses
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
		s.answerReceived(&out, mail, in, kind)
		d.Answers = id
	}
	if err != nil {
		return BegunInInbox{}, err
	}
	return s.keepBegun(ctx, finish(out))
}

// incoming is what an answer needs of a message, just as it was shown.
func incoming(m message.Mail) message.Incoming {
	return message.Incoming{
		From: writable(m.From), ReplyTo: writable(m.ReplyTo), To: writable(m.To), Cc: writable(m.Cc),
		Subject: m.Subject, MessageID: m.MessageID, Date: m.Date, Text: m.Text, Cut: m.Cut,
	}
}

// writable leaves out those that cannot be written to.
func writable(list []message.Address) []message.Address {
	return slices.DeleteFunc(slices.Clone(list), func(a message.Address) bool { return a.Address == "" })
}

// answerReceived addresses an answer, and takes the text over that was shown: of HTML what it says.
func (s *Service) answerReceived(out *BegunDraft, mail message.Mail, in message.Incoming, kind string) {
	if mail.FromHTML && mail.Text != "" {
		out.Notes = append(out.Notes, "The message has no plain text: what its HTML says is taken over.")
	}
	if mail.Differs {
		out.Notes = append(out.Notes, "The message has its text in another form too, which does not say the same: that is not taken over.")
	}
	s.recipientsOf(&out.Content.Draft, in, kind)
	out.Notes = append(out.Notes, s.goesElsewhere(mail, in)...)
	answerTo(out, in)
}

// goesElsewhere says that an answer goes to others than the sender, or to several senders.
func (s *Service) goesElsewhere(mail message.Mail, in message.Incoming) (notes []string) {
	if mail.SeveralFrom {
		notes = append(notes, "The message names its sender more than once: "+inbox.SendersOf(mail.From)+". Make sure whom the answer is for.")
	}
	from := map[string]bool{}
	for _, a := range in.From {
		from[draft.FoldAddress(a.Address)] = true
	}
	var others []string
	for _, a := range in.ReplyTo {
		if !from[draft.FoldAddress(a.Address)] {
			others = append(others, fmt.Sprintf("%s (%s)", a.Address, cmp.Or(s.nationOf(a.Address), "no nation known")))
		}
	}
	switch {
	case len(others) > maxOthers:
		others = append(others[:maxOthers], fmt.Sprintf("%d more", len(others)-maxOthers))
	case len(others) == 0:
		return notes
	}
	sender := cmp.Or(inbox.SendersOf(mail.From), "whom it names none")
	return append(notes, fmt.Sprintf("Answers go to %s, as the message asks, not to the sender, %s.", strings.Join(others, ", "), sender))
}

// maxOthers is how many addresses a note names.
const maxOthers = 5

// keepBegun keeps a beginning as a draft of its own.
func (s *Service) keepBegun(ctx context.Context, begun BegunDraft) (BegunInInbox, error) {
	saved, err := s.SaveDraft(ctx, strings.ToLower(rand.Text()), SaveDraftInput{Content: begun.Content})
	if err != nil {
		return BegunInInbox{}, err
	}
	return BegunInInbox{Draft: saved.ID, Version: saved.Version, Notes: begun.Notes}, nil
}
