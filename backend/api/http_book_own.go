package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

func noContent(op *huma.Operation) { op.DefaultStatus = http.StatusNoContent }

func (o operations) bookOwn(s *Service) {
	type idInput struct {
		ID string `path:"id"`
	}
	op(o, http.MethodGet, "/api/book/favourites", "favourites", "The user's favourites, by name",
		func(ctx context.Context, _ *struct{}) (*body[[]UsedHit], error) { return answer(s.Favourites(ctx)) })
	op(o, http.MethodPut, "/api/book/favourites/{id}", "add-favourite", "Make an entry a favourite",
		func(ctx context.Context, in *idInput) (*struct{}, error) {
			return nil, problem(s.SetFavourite(ctx, in.ID, true))
		}, noContent)
	op(o, http.MethodDelete, "/api/book/favourites/{id}", "remove-favourite", "No longer a favourite",
		func(ctx context.Context, in *idInput) (*struct{}, error) {
			return nil, problem(s.SetFavourite(ctx, in.ID, false))
		}, noContent)
	type recentInput struct {
		Limit int `query:"limit" default:"30" minimum:"1" maximum:"200"`
	}
	op(o, http.MethodGet, "/api/book/recent", "recent", "Whom the user wrote to or picked, the latest first",
		func(ctx context.Context, in *recentInput) (*body[[]UsedHit], error) {
			return answer(s.Recent(ctx, in.Limit))
		})
	op(o, http.MethodPost, "/api/book/used", "used", "Entries were picked as recipients: they come first next time",
		func(ctx context.Context, in *struct{ Body PickedInput }) (*struct{}, error) {
			return nil, problem(s.Picked(ctx, in.Body.IDs))
		}, noContent)
	op(o, http.MethodGet, "/api/book/groups", "groups", "The user's own groups, by name",
		func(ctx context.Context, _ *struct{}) (*body[[]OwnGroup], error) { return answer(s.OwnGroups(ctx)) })
	op(o, http.MethodPost, "/api/book/groups", "add-group", "Make a group",
		func(ctx context.Context, in *struct{ Body OwnGroupInput }) (*body[OwnGroup], error) {
			return answer(s.SaveGroup(ctx, "", in.Body))
		})
	type groupInput struct {
		Group string `path:"group"`
		Body  OwnGroupInput
	}
	op(o, http.MethodPut, "/api/book/groups/{group}", "save-group", "Change a group",
		func(ctx context.Context, in *groupInput) (*body[OwnGroup], error) {
			return answer(s.SaveGroup(ctx, in.Group, in.Body))
		})
	type deleteInput struct {
		Group string `path:"group"`
	}
	op(o, http.MethodDelete, "/api/book/groups/{group}", "delete-group", "Delete a group",
		func(ctx context.Context, in *deleteInput) (*struct{}, error) {
			return nil, problem(s.DeleteGroup(ctx, in.Group))
		}, noContent)
}
