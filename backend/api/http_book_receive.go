package api

import (
	"context"
	"net/http"
)

func (o operations) bookReceive(s *Service) {
	op(o, http.MethodPost, "/api/book/receive", "receive", "How many people may receive a label, by nation and unit",
		func(ctx context.Context, in *struct{ Body ReceiveInput }) (*body[ReceiveDocument], error) {
			return answer(s.Receive(ctx, in.Body.request()))
		})
	op(o, http.MethodPost, "/api/book/receive/why", "receive-why", "Why one entry may receive a label, or not",
		func(ctx context.Context, in *struct{ Body WhyInput }) (*body[WhyDocument], error) {
			return answer(s.Why(ctx, in.Body.request(), in.Body.ID))
		})
	type exportInput struct {
		Format string `query:"format" default:"csv" enum:"csv,json"`
		Body   ReceiveInput
	}
	op(o, http.MethodPost, "/api/book/receive/export", "receive-export", "The counts by nation and unit as a file; for administrators and auditors",
		func(ctx context.Context, in *exportInput) (*fileOutput, error) {
			data, err := s.ExportReceive(ctx, in.Body.request(), in.Format)
			contentType := "text/csv; charset=utf-8"
			if in.Format == "json" {
				contentType = "application/json"
			}
			return file(contentType, "who-may-receive."+in.Format, data, err)
		})
}
