package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

func (o operations) evidence(s *Service) {
	type idInput struct {
		ID string `path:"id"`
	}
	op(o, http.MethodGet, "/api/messages/{id}/evidence", "evidence", "What a message was cleared on: its draft and the report of the check at Send",
		func(ctx context.Context, in *idInput) (*body[EvidenceDocument], error) {
			return answer(s.Evidence(ctx, in.ID))
		})
	op(o, http.MethodGet, "/api/messages/{id}/wire", "wire", "The exact bytes of a message",
		func(ctx context.Context, in *idInput) (*wireOutput, error) {
			wire, err := s.box.Wire(ctx, in.ID)
			if err != nil {
				return nil, problem(err)
			}
			// The id is one of ours by now: letters and digits.
			return &wireOutput{ContentType: "message/rfc822", Disposition: `attachment; filename="` + in.ID + `.eml"`, Body: wire}, nil
		}, func(op *huma.Operation) {
			op.Responses = map[string]*huma.Response{"200": {Description: "The message", Content: map[string]*huma.MediaType{
				"message/rfc822": {Schema: &huma.Schema{Type: "string", Format: "binary"}},
			}}}
		})
}

type wireOutput struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}
