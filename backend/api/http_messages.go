package api

import (
	"context"
	"net/http"

	"caveat/backend/draft"
	"caveat/backend/outbox"
	"caveat/backend/presend"
)

// SendInput is a draft to send.
type SendInput struct {
	Draft     DraftBody              `json:"draft"`
	Overrides map[string]string      `json:"overrides,omitempty" doc:"the user's reasons, by address; for a threshold by \"threshold:\" and its name"`
	Seen      map[string]outbox.Seen `json:"seen,omitempty" doc:"what the user was shown for each reason, under the same key: what is otherwise now is blocked"`
	Stored    *DraftRef              `json:"stored,omitempty" doc:"the stored draft that this is: it is removed when the message is queued, and nothing is queued when it is not there in that version"`
}

// UnmarshalJSON is as strict as a draft's own: of two drafts in one request none is sent.
func (in *SendInput) UnmarshalJSON(data []byte) error {
	type plain SendInput // without this method
	return draft.Decode(data, (*plain)(in))
}

// OverrideInput is reasons for sending all the same.
type OverrideInput struct {
	Overrides map[string]string      `json:"overrides,omitempty" doc:"the user's reasons, by address; for a threshold by \"threshold:\" and its name"`
	Seen      map[string]outbox.Seen `json:"seen,omitempty" doc:"what the user was shown for each reason, under the same key: what is otherwise now is blocked"`
}

// UnmarshalJSON is as strict as SendInput's: a key that is not understood might be what the user was shown.
func (in *OverrideInput) UnmarshalJSON(data []byte) error {
	type plain OverrideInput // without this method
	return draft.Decode(data, (*plain)(in))
}

func (o operations) messages(s *Service) {
	type checkInput struct {
		Lang string `query:"lang" default:"en" doc:"of the marking"`
		Body DraftBody
	}
	op(o, http.MethodPost, "/api/check", "check", "Who may get a draft, who may not, and why",
		func(ctx context.Context, in *checkInput) (*body[presend.Report], error) {
			// Who writes will send soon: what Send will ask is connected to meanwhile.
			s.fed.OpenAhead(in.Body.Channel, in.Body.From, in.Body.Recipients())
			return answer(s.CheckIn(ctx, in.Body.Draft, in.Lang))
		})
	op(o, http.MethodPost, "/api/send", "send", "Check a draft with fresh data and queue it",
		func(ctx context.Context, in *struct{ Body SendInput }) (*body[Sent], error) {
			given := Overrides{Reasons: in.Body.Overrides, Seen: in.Body.Seen}
			if in.Body.Stored != nil {
				return answer(s.SendStored(ctx, in.Body.Draft.Draft, given, *in.Body.Stored))
			}
			return answer(s.Send(ctx, in.Body.Draft.Draft, given))
		})
	type listInput struct {
		Limit int `query:"limit" default:"50" minimum:"1" maximum:"1000"`
	}
	op(o, http.MethodGet, "/api/messages", "messages", "Messages, newest first",
		func(ctx context.Context, in *listInput) (*body[[]SentMessage], error) {
			return answer(s.Messages(ctx, in.Limit))
		})
	type idInput struct {
		ID string `path:"id"`
	}
	op(o, http.MethodGet, "/api/messages/{id}", "message", "One message with what became of each recipient",
		func(ctx context.Context, in *idInput) (*body[MessageDocument], error) {
			return answer(s.Message(ctx, in.ID))
		})
	type resendInput struct {
		ID   string `path:"id"`
		Body OverrideInput
	}
	op(o, http.MethodPost, "/api/messages/{id}/resend", "resend", "Check a held or perhaps-delivered message again and send it anew",
		func(ctx context.Context, in *resendInput) (*body[Sent], error) {
			return answer(s.Resend(ctx, in.ID, Overrides{Reasons: in.Body.Overrides, Seen: in.Body.Seen}))
		})
	op(o, http.MethodPost, "/api/messages/{id}/drop", "drop", "Do not send a message (again)",
		func(ctx context.Context, in *idInput) (*body[outbox.Message], error) {
			if err := s.Drop(ctx, in.ID); err != nil {
				return nil, problem(err)
			}
			return answer(s.box.Show(ctx, in.ID))
		})
}
