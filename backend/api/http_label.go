package api

import (
	"context"
	"net/http"

	"caveat/backend/draft"
)

// LabelQuestion asks what label a selection makes.
type LabelQuestion struct {
	Selection LabelSelection `json:"selection"`
	Lang      string         `json:"lang,omitempty" default:"en" doc:"of the marking"`
}

// UnmarshalJSON is as strict as a draft's own.
func (in *LabelQuestion) UnmarshalJSON(data []byte) error {
	type plain LabelQuestion // without this method
	return draft.Decode(data, (*plain)(in))
}

func (o operations) label(s *Service) {
	op(o, http.MethodPost, "/api/label", "label", "What label a selection makes, whether it can be used here, and what may still be chosen",
		func(_ context.Context, in *struct{ Body LabelQuestion }) (*body[LabelDocument], error) {
			return answer(s.picker().Document(in.Body.Selection.Selection, in.Body.Lang))
		})
}
