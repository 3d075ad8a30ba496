package api

import (
	"context"
	"net/http"

	"caveat/backend/draft"
)

// ChatQuery asks for a page of a conversation.
type ChatQuery struct {
	ID     string `path:"id" pattern:"^[a-z0-9]{16,40}$"`
	Before string `query:"before" maxLength:"100" doc:"next of the last answer; left out: from the newest on"`
	Limit  int    `query:"limit" default:"50" minimum:"1" maximum:"500"`
	Lang   string `query:"lang" default:"en" doc:"of the markings"`
}

// ChatPresenceQuery asks who is in a room.
type ChatPresenceQuery struct {
	ID    string `path:"id" pattern:"^[a-z0-9]{16,40}$"`
	Lang  string `query:"lang" default:"en" doc:"of the marking"`
	Draft string `query:"draft" maxLength:"40" doc:"id of a stored draft, for whose label they are judged"`
}

// ChatJoinInput names the room to enter.
type ChatJoinInput struct {
	Account  string `json:"account,omitempty" maxLength:"200" doc:"left out: the first"`
	Room     string `json:"room" maxLength:"3071"`
	Nick     string `json:"nick,omitempty" maxLength:"1023" doc:"left out: the one before, or the account's user"`
	Password string `json:"password,omitempty" maxLength:"1023"`
}

// UnmarshalJSON is as strict as a draft's own.
func (in *ChatJoinInput) UnmarshalJSON(data []byte) error {
	type plain ChatJoinInput // without this method
	return draft.Decode(data, (*plain)(in))
}

// ChatOpenInput names the person to talk to.
type ChatOpenInput struct {
	Account string `json:"account,omitempty" maxLength:"200" doc:"left out: the first"`
	Address string `json:"address" maxLength:"3071"`
}

// UnmarshalJSON is as strict as a draft's own.
func (in *ChatOpenInput) UnmarshalJSON(data []byte) error {
	type plain ChatOpenInput // without this method
	return draft.Decode(data, (*plain)(in))
}

// ChatBookmarkInput says whether a room is to be kept.
type ChatBookmarkInput struct {
	On bool `json:"on"`
}

// UnmarshalJSON is as strict as a draft's own.
func (in *ChatBookmarkInput) UnmarshalJSON(data []byte) error {
	type plain ChatBookmarkInput // without this method
	return draft.Decode(data, (*plain)(in))
}

func (o operations) chat(s *Service) {
	type listInput struct {
		Lang string `query:"lang" default:"en" doc:"of the markings"`
	}
	op(o, http.MethodGet, "/api/chat", "chat", "The chat accounts and conversations. Changes tell of a conversation (kind chat), of who is in a room (kind room), and of an account (kind chat, no id)",
		func(ctx context.Context, in *listInput) (*body[ChatDocument], error) {
			return answer(s.Chat(ctx, in.Lang))
		})
	op(o, http.MethodGet, "/api/chat/{id}", "chat-conversation", "A conversation with its newest messages, or older ones",
		func(ctx context.Context, in *ChatQuery) (*body[ChatDetail], error) {
			return answer(s.ChatConversation(ctx, *in))
		})
	op(o, http.MethodGet, "/api/chat/{id}/occupants", "chat-occupants", "Who is in a room now, and who of them may have what is said there",
		func(ctx context.Context, in *ChatPresenceQuery) (*body[ChatPresence], error) {
			return answer(s.ChatPresence(ctx, *in))
		})
	op(o, http.MethodGet, "/api/chat/services", "chat-services", "The nations' services with their rooms, as far as they show them",
		func(ctx context.Context, _ *struct{}) (*body[[]ChatService], error) {
			return answer(s.ChatServices(ctx))
		})
	o.chatRooms(s)
}

func (o operations) chatRooms(s *Service) {
	type joinInput struct{ Body ChatJoinInput }
	op(o, http.MethodPost, "/api/chat/join", "chat-join", "Enter a room and stay in it until it is left; a refusal has the room's own code",
		func(ctx context.Context, in *joinInput) (*body[ChatOpened], error) {
			return answer(s.ChatJoin(ctx, in.Body))
		})
	type openInput struct{ Body ChatOpenInput }
	op(o, http.MethodPost, "/api/chat/open", "chat-open", "Begin a conversation with a person: nothing is sent",
		func(ctx context.Context, in *openInput) (*body[ChatOpened], error) {
			return answer(s.ChatOpen(ctx, in.Body))
		})
	type idInput struct {
		ID string `path:"id" pattern:"^[a-z0-9]{16,40}$"`
	}
	op(o, http.MethodPost, "/api/chat/{id}/leave", "chat-leave", "Leave a room; its messages stay until it is closed",
		func(ctx context.Context, in *idInput) (*struct{}, error) {
			return nil, problem(s.ChatLeave(ctx, in.ID))
		}, noContent)
	op(o, http.MethodPost, "/api/chat/{id}/close", "chat-close", "Take a conversation off the list with its messages; a room is left",
		func(ctx context.Context, in *idInput) (*struct{}, error) {
			return nil, problem(s.ChatClose(ctx, in.ID))
		}, noContent)
	op(o, http.MethodPost, "/api/chat/{id}/read", "chat-read", "The user has seen what is in a conversation",
		func(ctx context.Context, in *idInput) (*struct{}, error) {
			return nil, problem(s.ChatRead(ctx, in.ID))
		}, noContent)
	type bookmarkInput struct {
		ID   string `path:"id" pattern:"^[a-z0-9]{16,40}$"`
		Body ChatBookmarkInput
	}
	op(o, http.MethodPost, "/api/chat/{id}/bookmark", "chat-bookmark", "Keep a room in the account's bookmarks at its server, or not",
		func(ctx context.Context, in *bookmarkInput) (*struct{}, error) {
			return nil, problem(s.ChatBookmark(ctx, in.ID, in.Body.On))
		}, noContent)
	type catalogueInput struct {
		ID   string `path:"id" pattern:"^[a-z0-9]{16,40}$"`
		Lang string `query:"lang" default:"en" doc:"of the markings"`
	}
	op(o, http.MethodGet, "/api/chat/{id}/catalogue", "chat-catalogue", "The labels that the server offers for messages there, as far as the policy and the installation allow them",
		func(ctx context.Context, in *catalogueInput) (*body[ChatCatalogue], error) {
			return answer(s.ChatCatalogue(ctx, in.ID, in.Lang))
		})
}
