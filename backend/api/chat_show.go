package api

import (
	"context"
	"fmt"

	"caveat/backend/chat"
	"caveat/backend/draft"
	"caveat/backend/message"
	"caveat/backend/presend"
	"caveat/ldapbook"
)

// Chat lists the accounts and conversations.
func (s *Service) Chat(ctx context.Context, lang string) (ChatDocument, error) {
	out := ChatDocument{Accounts: []ChatAccount{}, Conversations: []ChatConversation{}}
	states, err := s.talks.Status(ctx)
	if err != nil {
		return ChatDocument{}, err
	}
	for _, x := range states {
		a := ChatAccount{Name: x.Name, JID: x.JID, State: "away", Since: timeOrNil(x.Since), NextTry: timeOrNil(x.NextTry), Problem: x.Problem}
		switch {
		case !x.Live:
			a.State = "elsewhere"
		case x.Online:
			a.State = "online"
		}
		out.Accounts = append(out.Accounts, a)
	}
	list, err := s.talks.Conversations(ctx)
	if err != nil {
		return ChatDocument{}, err
	}
	people := s.newPeople()
	for _, c := range list {
		people.ask(c.Address)
		if c.Last != nil {
			people.ask(c.Last.Address)
		}
	}
	if err := people.find(ctx); err != nil {
		return ChatDocument{}, err
	}
	drafts, err := s.kept.ChatTo(ctx)
	if err != nil {
		return ChatDocument{}, err
	}
	for _, c := range list {
		out.Unread += c.Unread
		out.Conversations = append(out.Conversations, s.chatConversation(c, people, drafts, lang))
	}
	return out, nil
}

func (s *Service) chatConversation(c chat.Conversation, people *people, drafts map[string]string, lang string) ChatConversation {
	who := people.sender("", c.Address)
	out := ChatConversation{
		ID: c.ID, Account: c.Account, Kind: c.Kind, Address: c.Address, Name: who.Name, Nation: who.Nation, Unread: c.Unread, Bookmarked: c.Bookmarked,
		Joined: c.Joined, Wanted: c.Wanted, Nick: c.Nick, Occupants: c.Occupants, NotCleared: c.NotCleared, Problem: c.Problem, Code: c.Code,
		Draft: drafts[draft.FoldAddress(c.Address)],
		Label: s.chatLabel(chat.Head{Assumed: c.Default}, c.Default == nil, lang),
	}
	if out.Name == "" {
		out.Name = c.Address
	}
	if c.Default != nil {
		_, out.Choice = s.choiceOf(chat.CatalogueItem{Sensitivity: message.Sensitivity{Label: &c.Default.Label.Information}}, lang)
	}
	if m := c.Last; m != nil {
		from := people.sender(m.Nick, m.Address)
		out.Last = &ChatLast{
			At: m.At, Mine: m.Mine, From: firstOf(m.Nick, from.Name, m.Address), Label: s.chatLabel(m.Head, false, lang),
			Text: begin(m.Body), Withheld: !m.Verdict.MayRead,
		}
	}
	return out
}

// shownOfLast is how much of the newest message the list shows, in characters.
const shownOfLast = 120

func begin(text string) string {
	n := 0
	for i := range text {
		if n++; n > shownOfLast {
			return text[:i] + "…"
		}
	}
	return text
}

func firstOf(list ...string) string {
	for _, x := range list {
		if x != "" {
			return x
		}
	}
	return ""
}

// chatLabel is what the label of a message is worth; bare: there is none at all.
func (s *Service) chatLabel(h chat.Head, bare bool, lang string) InboxLabel {
	if bare {
		h.Sensitivity.Fault = "no-label"
	}
	if d := h.Assumed; d != nil {
		return s.receivedLabel(h.Sensitivity, &d.Label, fmt.Sprintf("It came without a label; this is the one that the administrator set for %s.", d.Of), lang)
	}
	return s.receivedLabel(h.Sensitivity, nil, "", lang)
}

// ChatConversation gives a conversation with a page of its messages. chat.ErrUnknown.
func (s *Service) ChatConversation(ctx context.Context, q ChatQuery) (ChatDetail, error) {
	c, err := s.talks.Show(ctx, q.ID)
	if err != nil {
		return ChatDetail{}, err
	}
	page, err := s.talks.Messages(ctx, q.ID, q.Before, q.Limit)
	if err != nil {
		return ChatDetail{}, err
	}
	people := s.newPeople()
	people.ask(c.Address)
	if c.Last != nil {
		people.ask(c.Last.Address)
	}
	for _, m := range page.Messages {
		people.ask(m.Address)
	}
	if err := people.find(ctx); err != nil {
		return ChatDetail{}, err
	}
	drafts, err := s.kept.ChatTo(ctx)
	if err != nil {
		return ChatDetail{}, err
	}
	out := ChatDetail{
		Conversation: s.chatConversation(c, people, drafts, q.Lang), Messages: []ChatMessage{}, Next: page.Next, SubjectLabel: s.chatLabel(chat.Head{}, true, q.Lang),
	}
	if m := page.Subject; m != nil {
		out.Subject, out.SubjectHidden, out.SubjectFlagged, out.SubjectLabel = m.Body, !m.Verdict.MayRead, m.Flagged, s.chatLabel(m.Head, false, q.Lang)
	}
	for _, m := range page.Messages {
		out.Messages = append(out.Messages, s.chatMessage(m, people, q.Lang))
	}
	return out, nil
}

func (s *Service) chatMessage(m chat.Message, people *people, lang string) ChatMessage {
	return ChatMessage{
		ID: m.ID, Kind: m.Kind, At: m.At, Late: m.Late, Mine: m.Mine, From: people.sender(m.Nick, m.Address), Subject: m.Subject, Body: m.Body, Cut: m.Cut,
		Label: s.chatLabel(m.Head, false, lang), Withheld: !m.Verdict.MayRead, WithheldWhy: append([]presend.Reason{}, m.Verdict.Reasons...), Flagged: m.Flagged,
		Private: m.Private, Corrected: m.Corrected, Unread: m.Unread, Problem: m.Problem, Room: m.Room, Message: m.Outbox, State: m.Outgoing.State,
		StateWhy: m.Outgoing.Why, Delivered: m.Delivered,
	}
}

// people finds names, of many at once.
type people struct {
	s     *Service
	asked []string
	names map[string]string
}

func (s *Service) newPeople() *people { return &people{s: s, names: map[string]string{}} }

func (p *people) ask(address string) {
	if _, done := p.names[draft.FoldAddress(address)]; address != "" && !done {
		p.names[draft.FoldAddress(address)] = ""
		p.asked = append(p.asked, draft.FoldAddress(address))
	}
}

// find looks them up in the book, where the directory that decides for an address has it; nothing is asked on the network.
func (p *people) find(ctx context.Context) error {
	if len(p.asked) == 0 {
		return nil
	}
	found, err := p.s.book.LookUp(ctx, p.asked)
	if err != nil {
		return err
	}
	for address, entries := range found.Entries {
		for _, e := range entries {
			if !p.s.fed.Decides(e.Directory, draft.Chat, address) {
				continue
			}
			if p.names[address] = e.Name; e.Kind == ldapbook.KindPerson && e.Rank != "" {
				p.names[address] = e.Rank + " " + e.Name
			}
		}
	}
	return nil
}

func (p *people) sender(nick, address string) ChatSender {
	return ChatSender{Nick: nick, Address: address, Name: p.names[draft.FoldAddress(address)], Nation: p.s.chatNationOf(address)}
}

// chatNationOf is the nation whose directory decides for a chat address; "": none does.
func (s *Service) chatNationOf(address string) string {
	for _, d := range s.in.Directories {
		if address != "" && s.fed.Decides(d.Name, draft.Chat, address) {
			return d.Nation
		}
	}
	return ""
}
