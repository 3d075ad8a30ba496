package api

import (
	"context"
	"errors"
	"fmt"

	"caveat/backend/chat"
	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/message"
	"caveat/backend/plain"
	"caveat/ldapbook"
)

// ChatServices lists the rooms of the nations' services, as far as they show them.
func (s *Service) ChatServices(ctx context.Context) ([]ChatService, error) {
	list, err := s.talks.Services(ctx)
	if err != nil {
		return nil, err
	}
	known, err := s.talks.Conversations(ctx)
	if err != nil {
		return nil, err
	}
	state := map[string]chat.Conversation{}
	for _, c := range known {
		state[c.Account+"\x00"+c.Address] = c
	}
	var addresses []string
	for _, x := range list {
		for _, r := range x.Rooms {
			addresses = append(addresses, draft.FoldAddress(r.Address))
		}
	}
	found, err := s.book.LookUp(ctx, addresses)
	if err != nil {
		return nil, err
	}
	out := []ChatService{}
	for _, x := range list {
		service := ChatService{
			Account: x.Account, Service: x.Address, Name: firstOf(x.Name, x.Address), Nation: s.chatNationOf("x@" + x.Address), Problem: x.Problem, Rooms: []ChatRoom{},
		}
		for _, r := range x.Rooms {
			key := draft.FoldAddress(r.Address)
			c := state[x.Account+"\x00"+key]
			service.Rooms = append(service.Rooms, ChatRoom{
				Address: r.Address, Name: firstOf(r.Name, r.Address), Joined: c.Joined, Bookmarked: c.Bookmarked, Listed: s.isListed(key, found.Entries[key]),
			})
		}
		out = append(out, service)
	}
	return out, nil
}

// isListed reports that the directory that decides for a room publishes it.
func (s *Service) isListed(address string, entries []ldapbook.Entry) bool {
	for _, e := range entries {
		if e.Kind == ldapbook.KindRoom && s.fed.Decides(e.Directory, draft.Chat, address) {
			return true
		}
	}
	return false
}

// ChatJoin enters a room. Errors are those of chat.Box.Join.
func (s *Service) ChatJoin(ctx context.Context, in ChatJoinInput) (ChatOpened, error) {
	id, err := s.talks.Join(ctx, in.Account, in.Room, in.Nick, in.Password)
	return ChatOpened{ID: id}, err
}

// ChatOpen begins a conversation with a person. Errors are those of chat.Box.Open.
func (s *Service) ChatOpen(ctx context.Context, in ChatOpenInput) (ChatOpened, error) {
	id, err := s.talks.Open(ctx, in.Account, in.Address)
	return ChatOpened{ID: id}, err
}

// ChatLeave leaves a room.
func (s *Service) ChatLeave(ctx context.Context, id string) error { return s.talks.Leave(ctx, id) }

// ChatClose takes a conversation off the list, with its messages.
func (s *Service) ChatClose(ctx context.Context, id string) error { return s.talks.Close(ctx, id) }

// ChatRead remembers that the user has seen what is in a conversation.
func (s *Service) ChatRead(ctx context.Context, id string) error { return s.talks.Read(ctx, id) }

// ChatBookmark keeps a room in the bookmarks at the server, or not.
func (s *Service) ChatBookmark(ctx context.Context, id string, on bool) error {
	return s.talks.Bookmark(ctx, id, on)
}

// ChatCatalogue gives the labels that the server offers for messages of a conversation, each held to the policy, the administrator's rules
// and the installation's clearance: what they do not allow cannot be chosen, whatever the server says (RULES 4, 10, 26).
func (s *Service) ChatCatalogue(ctx context.Context, id, lang string) (ChatCatalogue, error) {
	out := ChatCatalogue{Items: []ChatItem{}}
	c, err := s.talks.Catalogue(ctx, id)
	switch {
	case errors.Is(err, chat.ErrUnknown), ctx.Err() != nil:
		return ChatCatalogue{}, err
	case errors.Is(err, chat.ErrNoCatalogue):
		return out, nil
	case err != nil:
		out.Problem = plain.Text(err)
		return out, nil
	}
	out.Offered, out.Name, out.Restricted = true, c.Name, c.IsRestricted
	for _, x := range c.Items {
		item := ChatItem{Selector: append([]string{}, x.Selector...), Default: x.IsDefault, Label: s.chatLabel(chat.Head{Sensitivity: x.Sensitivity}, false, lang)}
		item.Why, item.Choice = s.choiceOf(x, lang)
		if item.Usable = item.Choice != nil; item.Usable {
			item.XML = string(x.XML)
		}
		out.Items = append(out.Items, item)
	}
	return out, nil
}

// readItem reads the item of a catalogue that a draft names, or says in a sentence why it cannot be gone by.
func (s *Service) readItem(d draft.Draft) (*label.Information, string) {
	if d.CatalogueItem == "" {
		return nil, ""
	}
	read, err := s.chatReader().ReadItem([]byte(d.CatalogueItem))
	if err != nil {
		return nil, fault(faultWords[message.FaultMalformed], plain.Text(err))
	}
	if read.Label == nil {
		return nil, fault(faultWords[read.Fault], read.Detail)
	}
	return read.Label, ""
}

// chatReader reads labels of chat as they are worth here and now.
func (s *Service) chatReader() message.Reader { return message.Reader{Site: s.in.Site, At: s.now()} }

// choiceOf is the draft's label that an item of a catalogue means, or why it cannot be chosen.
func (s *Service) choiceOf(x chat.CatalogueItem, lang string) (why string, choice *LabelBody) {
	switch {
	case x.Sensitivity.Label == nil:
		return fault(faultWords[x.Sensitivity.Fault], x.Sensitivity.Detail), nil
	case len(x.XML) > draft.MaxItem:
		return fmt.Sprintf("It is longer than %d bytes.", draft.MaxItem), nil
	}
	k := s.picker()
	p, err := s.in.Site.Find(x.Sensitivity.Label.Policy)
	if err != nil {
		return "Its policy is not known here.", nil
	}
	info := *x.Sensitivity.Label
	if list := k.problems(p, info); len(list) > 0 {
		return list[0].Words(lang), nil
	}
	if list := k.refusals(p, info, lang); len(list) > 0 {
		return list[0].Text, nil
	}
	l := label.Label{Kind: label.Originator, Information: info}
	sel := selectionOf(p, info)
	again, err := s.in.Site.Build(sel)
	if err != nil || string((label.Label{Kind: label.Originator, Information: again}).Marshal()) != string(l.Marshal()) {
		return "", &LabelBody{draft.Label{XML: string(l.Marshal())}} // the picker has no words for all of it
	}
	return "", &LabelBody{draft.Label{Selection: &sel}}
}
