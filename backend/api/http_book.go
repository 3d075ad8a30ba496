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

// LookupInput is addresses to look up.
type LookupInput struct {
	Addresses []string `json:"addresses" nullable:"false" maxItems:"2000"`
}

func (o operations) book(s *Service) {
	type searchInput struct {
		Text   string `query:"text" doc:"beginnings of words, in any order"`
		Nation string `query:"nation"`
		Kind   string `query:"kind" enum:"person,role,list,room"`
		Limit  int    `query:"limit" default:"20" minimum:"1" maximum:"1000"`
		Live   bool   `query:"live" doc:"ask the directories, not the cache"`
	}
	op(o, http.MethodGet, "/api/book/search", "search", "Find people, roles, lists and rooms of all nations",
		func(ctx context.Context, in *searchInput) (*body[SearchDocument], error) {
			return answer(s.Search(ctx, SearchRequest{Text: in.Text, Nation: in.Nation, Kind: in.Kind, Limit: in.Limit, Live: in.Live}))
		})
	type showInput struct {
		What string `query:"what" required:"true" doc:"id or address"`
	}
	op(o, http.MethodGet, "/api/book/entry", "show", "One entry, by id or address",
		func(ctx context.Context, in *showInput) (*body[[]EntryDocument], error) {
			return answer(s.Show(ctx, in.What))
		})
	op(o, http.MethodPost, "/api/book/lookup", "lookup", "Who has these addresses, as far as the cache knows",
		func(ctx context.Context, in *struct{ Body LookupInput }) (*body[[]LookupHit], error) {
			return answer(s.Lookup(ctx, in.Body.Addresses))
		})
	type jobInput struct {
		ID int64 `path:"id"`
	}
	op(o, http.MethodGet, "/api/jobs/{id}", "job", "How far a job is",
		func(ctx context.Context, in *jobInput) (*body[store.Job], error) {
			return answer(s.Job(ctx, in.ID))
		})
}
