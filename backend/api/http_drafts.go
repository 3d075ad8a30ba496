package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"caveat/backend/draft"
	"caveat/backend/outbox"
)

// SaveDraftInput is a draft to keep.
type SaveDraftInput struct {
	Version int64        `json:"version" minimum:"0" doc:"of the draft that this one follows; 0 for a new one, and to bring back one that was deleted; one that was sent cannot be brought back"`
	Name    string       `json:"name,omitempty" maxLength:"40" doc:"of this save, made by the page, at random"`
	After   string       `json:"after,omitempty" maxLength:"40" doc:"the name of a save whose answer has not come: this one follows it, too, whatever version it made"`
	Content DraftContent `json:"content"`
}

// UnmarshalJSON is as strict as a draft's own.
func (in *SaveDraftInput) UnmarshalJSON(data []byte) error {
	type plain SaveDraftInput // without this method
	return draft.Decode(data, (*plain)(in))
}

// CopyDraftInput asks for a copy of a draft.
type CopyDraftInput struct {
	Version int64 `json:"version" minimum:"1" doc:"of the draft, as it is kept"`
}

func (o operations) drafts(s *Service) {
	type listInput struct {
		Lang string `query:"lang" default:"en" doc:"of the markings"`
	}
	op(o, http.MethodGet, "/api/drafts", "drafts", "Drafts that are being written, the newest change first",
		func(ctx context.Context, in *listInput) (*body[[]DraftSummary], error) {
			return answer(s.Drafts(ctx, in.Lang))
		})
	type idInput struct {
		ID string `path:"id" pattern:"^[a-z0-9]{16,40}$" doc:"made by the page, at random"`
	}
	op(o, http.MethodGet, "/api/drafts/{id}", "draft", "One draft that is being written",
		func(ctx context.Context, in *idInput) (*body[StoredDraft], error) {
			return answer(s.Draft(ctx, in.ID))
		})
	type saveInput struct { // huma does not look into an embedded type that is not exported
		ID   string `path:"id" pattern:"^[a-z0-9]{16,40}$"`
		Body SaveDraftInput
	}
	op(o, http.MethodPut, "/api/drafts/{id}", "save-draft", "Keep a draft as far as it was typed",
		func(ctx context.Context, in *saveInput) (*body[SavedDraft], error) {
			return answer(s.SaveDraft(ctx, in.ID, in.Body))
		})
	op(o, http.MethodGet, "/api/drafts/{id}/copy", "draft-copy", "What became of the copy of a draft in the mailbox, also of one that was sent or deleted since",
		func(ctx context.Context, in *idInput) (*body[outbox.DraftCopy], error) {
			return answer(s.DraftCopy(ctx, in.ID))
		})
	type copyInput struct {
		ID   string `path:"id" pattern:"^[a-z0-9]{16,40}$"`
		Body CopyDraftInput
	}
	op(o, http.MethodPost, "/api/drafts/{id}/copy", "copy-draft", "Keep a copy of a draft in the mailbox of whoever writes it; it takes the place of an earlier one",
		func(ctx context.Context, in *copyInput) (*body[outbox.DraftCopy], error) {
			return answer(s.CopyDraft(ctx, DraftRef{ID: in.ID, Version: in.Body.Version}))
		}, func(op *huma.Operation) { op.DefaultStatus = http.StatusAccepted })
	type deleteInput struct {
		ID      string `path:"id" pattern:"^[a-z0-9]{16,40}$"`
		Version int64  `query:"version" required:"true" minimum:"1"`
	}
	op(o, http.MethodDelete, "/api/drafts/{id}", "delete-draft", "Delete a draft",
		func(ctx context.Context, in *deleteInput) (*struct{}, error) {
			return nil, problem(s.DeleteDraft(ctx, in.ID, in.Version))
		}, func(op *huma.Operation) { op.DefaultStatus = http.StatusNoContent })
}
