package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"caveat/backend/draft"
	"caveat/backend/installation"
	"caveat/backend/label"
	"caveat/backend/message"
	"caveat/backend/outbox"
	"caveat/backend/presend"
	"caveat/backend/spif"
)

// ChatLink is the sessions of the user's chat accounts in this process. Safe for concurrent use.
type ChatLink interface {
	presend.Occupants
	// Run keeps the sessions until ctx ends. Only the holder of the data directory's lock calls it.
	Run(ctx context.Context)
	// Enter has an account be in a room; where it is, nothing happens. It waits a moment for a session that is being made.
	Enter(ctx context.Context, account, room string) error
	// Takes is presend.Servers.Takes for messages that leave by an account.
	Takes(ctx context.Context, account, address string, isRoom, live bool) (presend.Taken, error)
}

// servers asks the servers on the way of a draft what they take; nil: nobody can be asked.
func (s *Service) servers(d draft.Draft) presend.Servers {
	if s.chat == nil || d.Channel != draft.Chat {
		return nil
	}
	account, err := s.account(d)
	if err != nil {
		return nil // who sends is told
	}
	return byAccount{s.chat, account}
}

// byAccount implements presend.Servers.
type byAccount struct {
	link    ChatLink
	account string
}

// Takes implements presend.Servers.
func (b byAccount) Takes(ctx context.Context, address string, isRoom, live bool) (presend.Taken, error) {
	return b.link.Takes(ctx, b.account, address, isRoom, live)
}

// occupants asks who is in rooms; nil: nobody can be asked.
func (s *Service) occupants() presend.Occupants {
	if s.chat == nil {
		return nil
	}
	return s.chat
}

// enterRooms enters the rooms that a chat draft is sent to: who is in them is known only from within. What comes of it is for the check
// to say. Without an account it is ErrCannotSend.
func (s *Service) enterRooms(ctx context.Context, d draft.Draft) error {
	if d.Channel != draft.Chat {
		return nil
	}
	account, err := s.account(d)
	if err != nil || s.chat == nil {
		return err
	}
	r, err := s.check(ctx, d, false)
	if err != nil {
		return err
	}
	for _, a := range d.Recipients() {
		if !slices.ContainsFunc(r.Party(a).Entries, func(e presend.Entry) bool { return e.Kind == presend.Room }) {
			continue
		}
		if err := s.chat.Enter(ctx, account, a); err != nil {
			slog.WarnContext(ctx, "the room cannot be entered", "room", a, "error", err)
		}
	}
	return ctx.Err()
}

// account chooses by which account a draft leaves: the one it names, else the identity's, else the only one there is. Never a mailbox, and
// of chat only one whose JID is the identity's: the server stamps that on whatever leaves.
func (s *Service) account(d draft.Draft) (string, error) {
	id, address, _ := s.fed.Identity(d.Channel, d.From)
	kind, want := installation.KindSMTP, id.Account
	if d.Channel == draft.Chat {
		kind, want = installation.KindXMPP, id.Chat
	}
	if d.Account != "" {
		want = d.Account
	}
	out := slices.DeleteFunc(slices.Clone(s.in.Accounts), func(a installation.Account) bool {
		return a.Kind != kind || kind == installation.KindXMPP && !strings.EqualFold(a.JID, address)
	})
	for _, a := range out {
		if a.Name == want || want == "" && len(out) == 1 {
			return a.Name, nil
		}
	}
	return "", fmt.Errorf("%w: account %q of kind %s is not set up in %s", ErrCannotSend, want, kind, s.in.Path)
}

// stanza says how a chat message is written: with a marking in place of its label where the servers of everybody whom it goes to do not
// understand labels, and the administrator allows that (RULES 26), with labels that say the same in the policies of the links on its way, and with a wish for receipts where all of
// these tell them.
//
// std: XEP-0258 §4
func (s *Service) stanza(_ context.Context, r *presend.Result) (message.Stanza, error) {
	o := message.Stanza{Reader: s.chatReader(), Receipt: true}
	first, policies := 0, []label.PolicyID{}
	to := r.Draft().Recipients()
	for _, a := range to {
		domain := draft.Domain(a)
		c := s.in.ChatControls(domain)
		o.Receipt = o.Receipt && c.Receipts
		if c.FirstLine && r.IsMarkedOnly(a) {
			first++
		}
		policies = append(policies, s.policiesTo(domain)...)
	}
	switch first {
	case 0:
		var err error
		o.Equivalents, err = s.equivalents(o.Reader, r.Label(), policies)
		return o, err
	case len(to):
		o.FirstLine = true
		return o, nil
	}
	return message.Stanza{}, fmt.Errorf("%w: some of the recipients get a marking in place of the label (first_line), the others get the label: send to each by itself", ErrCannotSend)
}

// policiesTo lists the policies by which the links to a chat domain are cleared.
func (s *Service) policiesTo(domain string) (out []label.PolicyID) {
	for _, r := range s.in.Routes {
		if r.Channel != string(draft.Chat) || !strings.EqualFold(r.Domain, domain) {
			continue
		}
		for _, c := range r.Clearances {
			out = append(out, c.Policy)
		}
	}
	return out
}

// equivalents are the label in other policies, each once; one that cannot be said there exactly is left out.
func (s *Service) equivalents(r message.Reader, l label.Label, policies []label.PolicyID) (out []label.Label, err error) {
	own, err := s.in.Site.Find(l.Policy)
	if err != nil {
		return nil, err
	}
	done := []*spif.Policy{own}
	for _, id := range policies {
		p, err := s.in.Site.Find(id)
		if err != nil || slices.Contains(done, p) {
			continue // a policy that is not known here has no translation here
		}
		done = append(done, p)
		e, err := r.Equivalent(l, p)
		switch {
		case errors.Is(err, spif.ErrNoTranslation):
		case err != nil:
			return nil, err
		default:
			out = append(out, e)
		}
	}
	return out, nil
}

// beginChat makes the beginning of a further message to those whom a chat message went to, under its label. There is nothing that could be
// forwarded: ErrCannotSend.
func (s *Service) beginChat(e outbox.Evidence, kind string) (BegunDraft, error) {
	if kind == kindForward {
		return BegunDraft{}, fmt.Errorf("%w: a chat message is not forwarded: write another", ErrCannotSend)
	}
	out := BegunDraft{Notes: []string{}}
	d := &out.Content.Draft
	d.Channel, d.From, d.Account, d.Action = draft.Chat, e.Message.Sender, e.Draft.Account, slices.Clone(e.Draft.Action)
	inherit(d, e.Draft.Label)
	return finish(out), nil
}
