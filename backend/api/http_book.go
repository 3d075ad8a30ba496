package api

import (
	"context"
	"net/http"

	"caveat/backend/store"
)

// JobDocument names a job that was started.
type JobDocument struct {
	Job int64 `json:"job" doc:"ask /api/jobs/{id} how far it is"`
}

func (o operations) book(s *Service) {
	type jobInput struct {
		ID int64 `path:"id"`
	}
	op(o, http.MethodGet, "/api/jobs/{id}", "job", "How far a job is",
		func(ctx context.Context, in *jobInput) (*body[store.Job], error) {
			return answer(s.Job(ctx, in.ID))
		})
}
