package api

import (
	"context"
	"net/http"
	"time"

	"caveat/backend/draft"
)

// DraftVersion is one version of a draft that was kept.
type DraftVersion struct {
	DraftSummary
	Attachments int `json:"attachments" doc:"how many files it has"`
}

// Template is a draft to begin from.
type Template struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Changed time.Time `json:"changed"`
	MarkingDocument
	Content DraftContent `json:"content"`
}

// TemplateInput is a template to keep.
type TemplateInput struct {
	Name    string       `json:"name" minLength:"1" maxLength:"200"`
	Content DraftContent `json:"content"`
}

// UnmarshalJSON is as strict as a draft's own.
func (in *TemplateInput) UnmarshalJSON(data []byte) error {
	type plain TemplateInput // without this method
	return draft.Decode(data, (*plain)(in))
}

// BegunDraft is the beginning of an answer or of a message passed on. Nothing is stored yet.
type BegunDraft struct {
	Content DraftContent `json:"content"`
	Notes   []string     `json:"notes" nullable:"false" doc:"what the drafter must know of it, such as what could not be taken over"`
}

// FromMessageInput says what a draft begins from.
type FromMessageInput struct {
	Message string `json:"message" doc:"id of a message that was sent"`
	Kind    string `json:"kind" enum:"reply,reply-all,forward"`
}

// FromFileInput is a message in a file.
type FromFileInput struct {
	Kind string `query:"kind" required:"true" enum:"reply,reply-all,forward"`
	streamedBody
}

// LangInput is a draft's or template's id and a language.
type LangInput struct {
	ID   string `path:"id" pattern:"^[a-z0-9]{16,40}$"`
	Lang string `query:"lang" default:"en" doc:"of the markings"`
}

func (o operations) history(s *Service) {
	op(o, http.MethodGet, "/api/drafts/{id}/history", "draft-history", "Versions of a draft that are kept, the newest first, at most 50; the first is the draft as it is",
		func(ctx context.Context, in *LangInput) (*body[[]DraftVersion], error) {
			return answer(s.History(ctx, in.ID, in.Lang))
		})
	type versionInput struct {
		ID      string `path:"id" pattern:"^[a-z0-9]{16,40}$"`
		Version int64  `path:"version" minimum:"1"`
	}
	op(o, http.MethodGet, "/api/drafts/{id}/history/{version}", "draft-version", "A draft as it was in a version; to restore it, save its content",
		func(ctx context.Context, in *versionInput) (*body[StoredDraft], error) {
			return answer(s.DraftVersion(ctx, in.ID, in.Version))
		})
}

func (o operations) templates(s *Service) {
	type listInput struct {
		Lang string `query:"lang" default:"en" doc:"of the markings"`
	}
	op(o, http.MethodGet, "/api/templates", "templates", "Templates, by name",
		func(ctx context.Context, in *listInput) (*body[[]Template], error) {
			return answer(s.Templates(ctx, in.Lang))
		})
	type saveInput struct {
		ID   string `path:"id" pattern:"^[a-z0-9]{16,40}$" doc:"made by the page, at random"`
		Body TemplateInput
	}
	op(o, http.MethodPut, "/api/templates/{id}", "save-template", "Keep a template",
		func(ctx context.Context, in *saveInput) (*body[Template], error) {
			return answer(s.SaveTemplate(ctx, in.ID, in.Body.Name, in.Body.Content))
		})
	type deleteInput struct {
		ID string `path:"id" pattern:"^[a-z0-9]{16,40}$"`
	}
	op(o, http.MethodDelete, "/api/templates/{id}", "delete-template", "Delete a template",
		func(ctx context.Context, in *deleteInput) (*struct{}, error) {
			return nil, problem(s.DeleteTemplate(ctx, in.ID))
		}, noContent)
}

func (o operations) beginnings(s *Service) {
	op(o, http.MethodPost, "/api/drafts/from", "draft-from-message", "The beginning of a reply to, or a forward of, a message that was sent from here",
		func(ctx context.Context, in *struct{ Body FromMessageInput }) (*body[BegunDraft], error) {
			return answer(s.BeginFromMessage(ctx, in.Body.Message, in.Body.Kind))
		})
	op(o, http.MethodPost, "/api/drafts/from-file", "draft-from-file", "The beginning of a reply to, or a forward of, a message in a file (.eml)",
		func(ctx context.Context, in *FromFileInput) (*body[BegunDraft], error) {
			return answer(s.BeginFromFile(ctx, in.Kind, in.reader, in.length))
		}, streams("message/rfc822", "the message"))
}
