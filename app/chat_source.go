package app

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"caveat/backend/chat"
	"caveat/backend/message"
	"caveat/backend/xmppsend"
)

// chatSource is the sessions of the chat accounts as the conversations see them. It is the xmppsend.Handler of its sender, too; what
// comes while nobody runs it is nobody's.
type chatSource struct {
	sender *xmppsend.Sender
	keep   func(ctx context.Context, accounts ...string) error // keeps the sessions until ctx ends

	mu      sync.Mutex
	handler chat.Handler
}

// setSender says whose sessions they are, and how they are kept; nil: the sender keeps them itself. It is called before anything else.
func (s *chatSource) setSender(sender *xmppsend.Sender, keep func(ctx context.Context, accounts ...string) error) {
	s.sender, s.keep = sender, keep
	if keep == nil {
		s.keep = sender.Run
	}
}

// Run implements chat.Source. An account that has its session already is told of as it is.
func (s *chatSource) Run(ctx context.Context, h chat.Handler, accounts ...string) error {
	s.setHandler(h)
	defer s.setHandler(nil)
	for _, a := range accounts {
		if x := s.sender.State(a); x.IsOnline {
			h.State(a, stateOf(x))
		}
	}
	return s.keep(ctx, accounts...)
}

func (s *chatSource) setHandler(h chat.Handler) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.handler = h
}

func (s *chatSource) tell(f func(chat.Handler)) {
	s.mu.Lock()
	h := s.handler
	s.mu.Unlock()
	if h != nil {
		f(h)
	}
}

// Message implements xmppsend.Handler.
func (s *chatSource) Message(m xmppsend.Incoming) {
	s.tell(func(h chat.Handler) { h.Message(incomingOf(m)) })
}

// Room implements xmppsend.Handler.
func (s *chatSource) Room(e xmppsend.RoomEvent) {
	out := chat.RoomEvent{
		Account: e.Account, Room: e.Room, Kind: chat.RoomEventKind(e.Kind), Occupant: occupantOf(e.Occupant, s.sender.Nick(e.Account, e.Room)), Codes: e.Codes,
		Reason: e.Reason, Destroyed: e.Destroyed,
	}
	if e.Message != nil {
		m := incomingOf(*e.Message)
		out.Message = &m
	}
	s.tell(func(h chat.Handler) { h.Room(out) })
}

// State implements xmppsend.Handler.
func (s *chatSource) State(account string, x xmppsend.State) {
	s.tell(func(h chat.Handler) { h.State(account, stateOf(x)) })
}

func stateOf(x xmppsend.State) chat.State {
	return chat.State{IsOnline: x.IsOnline, Since: x.Since, Problem: x.Error, NextTry: x.NextTry}
}

func incomingOf(m xmppsend.Incoming) chat.Incoming {
	return chat.Incoming{
		Account: m.Account, Chat: m.Chat, Peer: m.Peer, Room: m.Room, Nick: m.Nick, Own: m.Own, ArchiveID: m.ArchiveID, Raw: m.Raw,
	}
}

func (s *chatSource) Join(ctx context.Context, account, room, nick, password string, history int) error {
	return chatError(s.sender.Join(ctx, account, room, nick, xmppsend.JoinOptions{Password: password, History: history}))
}

func (s *chatSource) Leave(ctx context.Context, account, room string) error {
	return chatError(s.sender.Leave(ctx, account, room))
}

func (s *chatSource) Inside(account, room string) ([]chat.Occupant, error) {
	list, err := s.sender.Inside(account, room)
	if err != nil {
		return nil, chatError(err)
	}
	nick := s.sender.Nick(account, room)
	var out []chat.Occupant
	for _, o := range list {
		out = append(out, occupantOf(o, nick))
	}
	return out, nil
}

// occupantOf is somebody in a room, where nick is the user's own.
func occupantOf(o xmppsend.Occupant, nick string) chat.Occupant {
	return chat.Occupant{Nick: o.Nick, Affiliation: o.Affiliation, Role: o.Role, Address: o.Address, Own: nick != "" && o.Nick == nick}
}

func (s *chatSource) Services(ctx context.Context, account, server string) ([]chat.Item, error) {
	list, err := s.sender.Services(ctx, account, server)
	return itemsOf(list), chatError(err)
}

func (s *chatSource) Rooms(ctx context.Context, account, service string) ([]chat.Item, error) {
	list, err := s.sender.Rooms(ctx, account, service)
	return itemsOf(list), chatError(err)
}

func itemsOf(list []xmppsend.Item) []chat.Item {
	var out []chat.Item
	for _, x := range list {
		out = append(out, chat.Item{Address: x.JID, Name: x.Name})
	}
	return out
}

func (s *chatSource) Bookmarks(ctx context.Context, account string) ([]chat.Bookmark, error) {
	list, err := s.sender.Bookmarks(ctx, account)
	var out []chat.Bookmark
	for _, x := range list {
		out = append(out, chat.Bookmark(x))
	}
	return out, chatError(err)
}

func (s *chatSource) SetBookmarks(ctx context.Context, account string, list []chat.Bookmark) error {
	var out []xmppsend.Bookmark
	for _, x := range list {
		out = append(out, xmppsend.Bookmark(x))
	}
	return chatError(s.sender.SetBookmarks(ctx, account, out))
}

func (s *chatSource) Archive(ctx context.Context, account, with string, since time.Time, each func(chat.Incoming) error) error {
	return chatError(s.sender.Archive(ctx, account, with, since, func(m xmppsend.Incoming) error { return each(incomingOf(m)) }))
}

func (s *chatSource) Catalogue(ctx context.Context, account, target string) (chat.Catalogue, error) {
	c, err := s.sender.Catalogue(ctx, account, target)
	if err != nil {
		return chat.Catalogue{}, chatError(err)
	}
	out := chat.Catalogue{Name: c.Name, IsRestricted: c.IsRestricted}
	for _, x := range c.Items {
		out.Items = append(out.Items, chat.CatalogueItem(x))
	}
	return out, nil
}

// chatError names an error as the conversations know it.
func chatError(err error) error {
	if err == nil {
		return nil
	}
	var refusal *message.StanzaError
	if errors.As(err, &refusal) {
		return fmt.Errorf("%w: %w", &chat.Refusal{Condition: refusal.Condition, Text: refusal.Text}, err)
	}
	for _, x := range []struct{ have, want error }{
		{xmppsend.ErrOffline, chat.ErrOffline}, {xmppsend.ErrUnreachable, chat.ErrOffline}, {xmppsend.ErrClosed, chat.ErrOffline},
		{xmppsend.ErrNotJoined, chat.ErrNotJoined}, {xmppsend.ErrNoArchive, chat.ErrNoArchive}, {xmppsend.ErrNoCatalogue, chat.ErrNoCatalogue},
		{xmppsend.ErrTooMuch, chat.ErrTooMuch}, {xmppsend.ErrAddress, chat.ErrAddress},
	} {
		if errors.Is(err, x.have) {
			return fmt.Errorf("%w: %w", x.want, err)
		}
	}
	return err
}
