package api

import (
	"context"
	"net/http"
	"time"

	"caveat/backend/draft"
)

// EveryoneInput is a draft without a label yet.
type EveryoneInput struct {
	Draft DraftContent `json:"draft"`
	Lang  string       `json:"lang,omitempty" default:"en" doc:"of the markings"`
}

// UnmarshalJSON is as strict as a draft's own.
func (in *EveryoneInput) UnmarshalJSON(data []byte) error {
	type plain EveryoneInput // without this method
	return draft.Decode(data, (*plain)(in))
}

// EveryoneDocument says what everybody here can get. It is information for whoever has not chosen a label yet: a label describes
// the content (RULES 1).
type EveryoneDocument struct {
	Labels []OfferedLabel `json:"labels" nullable:"false" doc:"the most restrictive ones: everybody can get these, and what is less restrictive"`
	More   string         `json:"more" enum:"none,some,unknown" doc:"whether there are others that are not listed"`
	Note   string         `json:"note" doc:"what limits the answer, in words; may be empty"`
}

// OfferedLabel is a label that may be chosen.
type OfferedLabel struct {
	Selection LabelSelection `json:"selection"`
	MarkingDocument
}

// LabelUse is a label that the user sent something under, or keeps as a favourite.
type LabelUse struct {
	OfferedLabel
	Used      int        `json:"used" doc:"how many messages were sent under it"`
	Last      *time.Time `json:"last" doc:"when last; null: never"`
	Favourite bool       `json:"favourite"`
}

// FavouriteLabelInput keeps a label as a favourite, or no longer.
type FavouriteLabelInput struct {
	Selection LabelSelection `json:"selection"`
	Favourite bool           `json:"favourite"`
}

// UnmarshalJSON is as strict as a draft's own.
func (in *FavouriteLabelInput) UnmarshalJSON(data []byte) error {
	type plain FavouriteLabelInput // without this method
	return draft.Decode(data, (*plain)(in))
}

func (o operations) labelUse(s *Service) {
	op(o, http.MethodPost, "/api/label/everyone", "label-everyone", "Before a label is chosen: the labels that every recipient here can get, within the asker's own clearance",
		func(ctx context.Context, in *struct{ Body EveryoneInput }) (*body[EveryoneDocument], error) {
			return answer(s.Everyone(ctx, in.Body.Draft, in.Body.Lang))
		})
	type listInput struct {
		Lang string `query:"lang" default:"en" doc:"of the markings"`
	}
	op(o, http.MethodGet, "/api/label/favourites", "label-favourites", "Labels that the user keeps or has used: favourites first, then the latest",
		func(ctx context.Context, in *listInput) (*body[[]LabelUse], error) {
			return answer(s.LabelUses(ctx, in.Lang))
		})
	type putInput struct {
		Lang string `query:"lang" default:"en" doc:"of the markings"`
		Body FavouriteLabelInput
	}
	op(o, http.MethodPut, "/api/label/favourites", "set-label-favourite", "Keep a label as a favourite, or no longer",
		func(ctx context.Context, in *putInput) (*body[[]LabelUse], error) {
			return answer(s.SetLabelFavourite(ctx, in.Body.Selection.Selection, in.Body.Favourite, in.Lang))
		})
}
