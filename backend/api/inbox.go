package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"caveat/backend/draft"
	"caveat/backend/inbox"
	"caveat/backend/installation"
	"caveat/backend/label"
	"caveat/backend/message"
	"caveat/backend/outbox"
)

// newInbox makes the inbox of the user's identities. Without a mailbox it is empty.
func (s *Service) newInbox(c Config) *inbox.Box {
	config := inbox.Config{
		Connect: c.Inbox, Site: s.in.Site, Judge: s.judgeReceived, Default: s.defaultLabel, Understand: s.otherForm, Sent: s.sentOf, User: s.user, Now: s.now,
	}
	if c.Inbox == nil {
		return inbox.New(s.store, config)
	}
	seen := map[string]bool{}
	for _, id := range s.fed.Identities() {
		a, ok := s.in.Account(id.Mailbox)
		if !ok || !a.HasInbox() || seen[a.Name] {
			continue
		}
		seen[a.Name] = true
		config.Mailboxes = append(config.Mailboxes, inbox.Mailbox{Name: a.Name, Address: id.Mail, Place: a.Address + " " + a.User})
	}
	return inbox.New(s.store, config)
}

// readInbox keeps the mailboxes up to date. That it cannot stops nothing else (RULES 16).
func (s *Service) readInbox(ctx context.Context) {
	s.readsInbox.Store(true)
	defer s.readsInbox.Store(false)
	if err := s.inbox.Run(ctx); err != nil && ctx.Err() == nil {
		slog.WarnContext(ctx, "the inbox is not read until the program begins anew", "error", err)
	}
}

// ReceivedMail is the inbox.
func (s *Service) ReceivedMail() *inbox.Box { return s.inbox }

func (s *Service) defaultLabel(address string) (inbox.Default, bool) {
	d, ok := s.in.DefaultLabelOf(address)
	return inbox.Default{Domain: d.Domain, Label: d.Label}, ok
}

// Inbox gives a page of a mailbox.
func (s *Service) Inbox(ctx context.Context, q InboxQuery) (InboxDocument, error) {
	out := InboxDocument{State: "none", Mailboxes: []MailboxDocument{}, Messages: []InboxRow{}}
	for _, m := range s.inbox.Mailboxes() {
		out.Mailboxes = append(out.Mailboxes, MailboxDocument{Name: m.Name, Address: m.Address})
		if q.Mailbox == "" || q.Mailbox == m.Name {
			q.Mailbox, out.Mailbox = m.Name, m.Name
		}
	}
	if out.Mailbox == "" {
		if q.Mailbox != "" {
			return InboxDocument{}, fmt.Errorf("%w: no mailbox %q", ErrNotFound, q.Mailbox)
		}
		return out, nil
	}
	st, err := s.inbox.Status(ctx, q.Mailbox)
	if err != nil {
		return InboxDocument{}, err
	}
	out.Unread, out.Total, out.Problem = st.Unread, st.Total, st.Problem
	switch {
	case st.Synced.IsZero():
		out.State = "new"
	case st.Online && s.isInboxRead():
		out.State, out.AsOf = "online", &st.Synced
	default:
		out.State, out.AsOf = "away", &st.Synced
		if !s.isInboxRead() {
			out.Problem = join(out.Problem, "The program that reads the mailbox is not running.")
		}
	}
	if st.LeftOut {
		out.Problem = join(out.Problem, fmt.Sprintf("Only the newest %d messages are shown; older ones are in the mailbox.", inbox.DefaultMaxMessages))
	}
	p, err := s.inbox.List(ctx, inbox.Query{Mailbox: q.Mailbox, Before: q.Before, Limit: q.Limit, Unread: q.Unread})
	if err != nil {
		return InboxDocument{}, err
	}
	out.Next = p.Next
	for _, m := range p.Messages {
		out.Messages = append(out.Messages, s.inboxRow(m, q.Lang))
	}
	return out, nil
}

// isInboxRead reports that somebody reads the mailboxes now: this process, or the one that holds the data directory.
func (s *Service) isInboxRead() bool { return !s.store.IsHolder() || s.readsInbox.Load() }

// InboxSeen remembers that the user has seen a message.
func (s *Service) InboxSeen(ctx context.Context, id string) error { return s.inbox.MarkSeen(ctx, id) }

// InboxSync has the mailbox looked into now; "": all.
func (s *Service) InboxSync(ctx context.Context, mailbox string) error {
	return s.inbox.Sync(ctx, mailbox)
}

// references are those of a received message that is answered, oldest first.
func (s *Service) references(ctx context.Context, d draft.Draft) []string {
	list, err := s.inbox.References(ctx, answeredBy(d))
	if err != nil {
		return nil // it was not received here, is withheld, or cannot be told from another: the answer names it alone
	}
	return list
}

func answeredBy(d draft.Draft) inbox.Answered {
	return inbox.Answered{ID: d.Answers, MessageID: d.InReplyTo}
}

// answered remembers that the message which a sent draft answers was answered; that it cannot be remembered harms nothing.
func (s *Service) answered(ctx context.Context, d draft.Draft) {
	if err := s.inbox.MarkAnswered(context.WithoutCancel(ctx), answeredBy(d)); err != nil {
		slog.WarnContext(ctx, "that a message was answered cannot be remembered", "error", err)
	}
}

// sentOf finds the message that a report is about: by the identifier of its envelope or its own, which must not contradict each other.
// One that names neither is about none: whoever knows an address could write it.
func (s *Service) sentOf(ctx context.Context, r message.Report) (inbox.Sent, bool, error) {
	var found *outbox.Message
	for _, id := range []string{r.EnvelopeID, identifierOf(r.MessageID)} {
		if id == "" {
			continue
		}
		m, err := s.box.Show(ctx, id)
		if errors.Is(err, outbox.ErrUnknownMessage) {
			return inbox.Sent{}, false, nil
		}
		if err != nil {
			return inbox.Sent{}, false, err
		}
		if found != nil && found.ID != m.ID {
			return inbox.Sent{}, false, nil
		}
		found = &m
	}
	if found == nil || r.MessageID != "" && !strings.EqualFold(r.MessageID, "<"+found.ID+"@"+draft.Domain(found.Sender)+">") {
		return inbox.Sent{}, false, nil
	}
	return sentDocument(*found), true, nil
}

// identifierOf gives the name in the queue that a Message-ID of ours was made of.
func identifierOf(messageID string) string {
	id, _, ok := strings.Cut(strings.Trim(messageID, "<>"), "@")
	if !ok {
		return ""
	}
	return id
}

func sentDocument(m outbox.Message) inbox.Sent {
	out := inbox.Sent{ID: m.ID, Subject: m.Subject}
	for _, r := range m.Recipients {
		out.Recipients = append(out.Recipients, r.Address)
	}
	return out
}

// nationOf is the nation whose directory decides for an address; "": none does.
func (s *Service) nationOf(address string) string {
	for _, d := range s.in.Directories {
		if address != "" && s.fed.Decides(d.Name, draft.Mail, address) {
			return d.Nation
		}
	}
	return ""
}

// judgeReceived holds the label of received mail to the clearances of the user, of the installation and of the mailbox (RULES 10, 20,
// 21).
func (s *Service) judgeReceived(ctx context.Context, mailbox string, l label.Label) (inbox.Verdict, error) {
	h := holder{channel: draft.Mail, rule: ruleMailbox, called: "mailbox"}
	if a, ok := s.in.Account(mailbox); ok && a.Kind == installation.KindIMAP {
		h.ceiling = a.Ceiling
	}
	for _, m := range s.inbox.Mailboxes() {
		if m.Name == mailbox {
			h.from = m.Address
		}
	}
	reasons, isUnsure, err := s.refusedTo(ctx, h, l)
	return inbox.Verdict{MayRead: err == nil && len(reasons) == 0, Unsure: isUnsure, Reasons: reasons}, err
}
