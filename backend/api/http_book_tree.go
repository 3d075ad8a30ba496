package api

import (
	"context"
	"net/http"
)

func (o operations) bookTree(s *Service) {
	type treeInput struct {
		Directory string `query:"directory" required:"true"`
		Node      int64  `query:"node" minimum:"0" doc:"left out: the top"`
	}
	op(o, http.MethodGet, "/api/book/tree", "tree", "The nodes directly below one, by name",
		func(ctx context.Context, in *treeInput) (*body[[]NodeDocument], error) {
			return answer(s.Tree(ctx, in.Directory, in.Node))
		})
	type entriesInput struct {
		Node   int64 `query:"node" required:"true" minimum:"1"`
		Offset int   `query:"offset" minimum:"0" maximum:"100000"`
		Limit  int   `query:"limit" default:"100" minimum:"1" maximum:"1000"`
	}
	op(o, http.MethodGet, "/api/book/tree/entries", "tree-entries", "The addressees directly in a node, in book order",
		func(ctx context.Context, in *entriesInput) (*body[NodeEntriesDocument], error) {
			return answer(s.TreeEntries(ctx, in.Node, in.Offset, in.Limit))
		})
	type organisationsInput struct {
		Directory string `query:"directory" doc:"left out: all"`
		Text      string `query:"text" doc:"beginning of the name"`
		Limit     int    `query:"limit" default:"20" minimum:"1" maximum:"200"`
	}
	op(o, http.MethodGet, "/api/book/organisations", "organisations", "Names of organisations and units, for the filter",
		func(ctx context.Context, in *organisationsInput) (*body[[]string], error) {
			return answer(s.Organisations(ctx, in.Directory, in.Text, in.Limit))
		})
	type membersInput struct {
		ID    string `query:"id" required:"true"`
		Depth int    `query:"depth" default:"8" minimum:"1" maximum:"32"`
	}
	op(o, http.MethodGet, "/api/book/members", "members", "A list or role opened to the last level, each entry once",
		func(ctx context.Context, in *membersInput) (*body[MembersDocument], error) {
			return answer(s.Members(ctx, in.ID, in.Depth))
		})
}
