package api

import (
	"context"
	"io"
	"mime"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"caveat/backend/draft"
)

// ReplyInput says whom an answer is for.
type ReplyInput struct {
	All bool `json:"all,omitempty" doc:"everybody whom it was addressed to, too"`
}

// UnmarshalJSON is as strict as a draft's own.
func (in *ReplyInput) UnmarshalJSON(data []byte) error {
	type plain ReplyInput // without this method
	return draft.Decode(data, (*plain)(in))
}

// InboxQuery asks for a page of a mailbox.
type InboxQuery struct {
	Mailbox string `query:"mailbox" maxLength:"200" doc:"name; left out: the first of the user's"`
	Before  string `query:"before" maxLength:"100" doc:"next of the last answer; left out: from the newest on"`
	Limit   int    `query:"limit" default:"50" minimum:"1" maximum:"500"`
	Unread  bool   `query:"unread" doc:"only what was not seen yet"`
	Lang    string `query:"lang" default:"en" doc:"of the markings"`
}

func (o operations) inbox(s *Service) {
	op(o, http.MethodGet, "/api/inbox", "inbox", "Messages of the user's mailbox, newest first, as far as they are known here",
		func(ctx context.Context, in *InboxQuery) (*body[InboxDocument], error) {
			return answer(s.Inbox(ctx, *in))
		})
	type showInput struct {
		ID   string `path:"id" pattern:"^[a-z0-9]{16,40}$"`
		Lang string `query:"lang" default:"en" doc:"of the markings"`
	}
	op(o, http.MethodGet, "/api/inbox/{id}", "inbox-message", "One message of the inbox; of one that is withheld only what the list says",
		func(ctx context.Context, in *showInput) (*body[InboxMessage], error) {
			return answer(s.InboxMessage(ctx, in.ID, in.Lang))
		})
	type idInput struct {
		ID string `path:"id" pattern:"^[a-z0-9]{16,40}$"`
	}
	op(o, http.MethodPost, "/api/inbox/{id}/seen", "inbox-seen", "The user has seen a message; the mailbox is told when it is there",
		func(ctx context.Context, in *idInput) (*struct{}, error) {
			return nil, problem(s.InboxSeen(ctx, in.ID))
		}, noContent)
	type replyInput struct {
		ID   string `path:"id" pattern:"^[a-z0-9]{16,40}$"`
		Body ReplyInput
	}
	op(o, http.MethodPost, "/api/inbox/{id}/reply", "inbox-reply", "Begin an answer: a stored draft with the label of the message",
		func(ctx context.Context, in *replyInput) (*body[BegunInInbox], error) {
			kind := kindReply
			if in.Body.All {
				kind = kindReplyAll
			}
			return answer(s.BeginFromInbox(ctx, in.ID, kind))
		}, created)
	op(o, http.MethodPost, "/api/inbox/{id}/forward", "inbox-forward", "Begin to pass a message on: a stored draft with its label, the message attached",
		func(ctx context.Context, in *idInput) (*body[BegunInInbox], error) {
			return answer(s.BeginFromInbox(ctx, in.ID, kindForward))
		}, created)
	type syncInput struct {
		Mailbox string `query:"mailbox" maxLength:"200" doc:"name; left out: all"`
	}
	op(o, http.MethodPost, "/api/inbox/sync", "inbox-sync", "Look into the mailbox now; what comes of it the changes tell (kind inbox)",
		func(ctx context.Context, in *syncInput) (*struct{}, error) {
			return nil, problem(s.InboxSync(ctx, in.Mailbox))
		}, noContent)
	o.inboxFiles(s)
}

func (o operations) inboxFiles(s *Service) {
	type fileInput struct {
		ID string `path:"id" pattern:"^[a-z0-9]{16,40}$"`
		N  int    `path:"n" minimum:"0" maximum:"100000"`
	}
	op(o, http.MethodGet, "/api/inbox/{id}/files/{n}", "inbox-file", "The content of a file that came with a message",
		func(ctx context.Context, in *fileInput) (*huma.StreamResponse, error) {
			f, err := s.InboxFile(ctx, in.ID, in.N)
			if err != nil {
				return nil, problem(err)
			}
			return &huma.StreamResponse{Body: func(c huma.Context) {
				// Never shown by the browser itself: whatever it holds, it is saved.
				c.SetHeader("Content-Type", "application/octet-stream")
				c.SetHeader("X-Content-Type-Options", "nosniff")
				c.SetHeader("Content-Security-Policy", "sandbox; default-src 'none'")
				c.SetHeader("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": draft.FileName(f.Name)}))
				io.Copy(c.BodyWriter(), f)
			}}, nil
		}, func(op *huma.Operation) {
			op.Responses = map[string]*huma.Response{"200": {Description: "The content", Content: map[string]*huma.MediaType{
				"application/octet-stream": {Schema: &huma.Schema{Type: "string", Format: "binary"}},
			}}}
		})
}
