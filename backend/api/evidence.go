package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"caveat/backend/outbox"
	"caveat/backend/presend"
)

// EvidenceDocument is what a message was cleared on, held to the audit log.
type EvidenceDocument struct {
	Message outbox.Message  `json:"message"`
	Draft   DraftBody       `json:"draft"`
	Report  *presend.Report `json:"report" doc:"of the check at Send; null for a message from before reports were kept"`
}

// TransformSchema implements huma.SchemaTransformer: the report may be null.
func (EvidenceDocument) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	report := *s.Properties["report"]
	s.Properties["report"] = &huma.Schema{Description: report.Description, OneOf: []*huma.Schema{{Ref: report.Ref}, {Type: "null"}}}
	return s
}

// Evidence gives what a message was cleared on; outbox.ErrTampered when the audit log does not name it.
func (s *Service) Evidence(ctx context.Context, id string) (EvidenceDocument, error) {
	e, err := s.box.Evidence(ctx, id)
	if err != nil {
		return EvidenceDocument{}, err
	}
	if e.Draft.Action == nil {
		e.Draft.Action = []string{} // who reads the document finds a list
	}
	return EvidenceDocument{Message: e.Message, Draft: DraftBody{e.Draft}, Report: e.Report}, nil
}
