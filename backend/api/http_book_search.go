package api

import (
	"context"
	"net/http"
)

// LookupInput is addresses to look up.
type LookupInput struct {
	Addresses []string `json:"addresses" nullable:"false" maxItems:"2000"`
}

func (o operations) bookSearch(s *Service) {
	type searchInput struct {
		Text         string `query:"text" doc:"beginnings of words, in any order"`
		Nation       string `query:"nation"`
		Kind         string `query:"kind" enum:"person,role,list,room,organisation"`
		Organisation string `query:"organisation" doc:"name of an organisation or unit"`
		Channel      string `query:"channel" enum:"mail,chat" doc:"only those who have an address on it"`
		Receive      string `query:"receive" maxLength:"100000" doc:"label document (JSON): only those whose clearance and route permit it"`
		Reasons      string `query:"reasons" maxLength:"100000" doc:"label document (JSON): each row says whether it may receive it, as far as that is for you to know"`
		Scope        string `query:"scope" default:"cache" enum:"cache,typing,enter,all" doc:"cache: the copy; typing: and directories that may be asked while typing; enter: and partners that keep no copy here; all: every directory"`
		Offset       int    `query:"offset" minimum:"0" maximum:"100000" doc:"of the cache's answer: next of the answer before"`
		Limit        int    `query:"limit" default:"20" minimum:"1" maximum:"1000"`
		Live         bool   `query:"live" doc:"scope all, and only what the directories say"`
	}
	op(o, http.MethodGet, "/api/book/search", "search", "Find people, roles, lists and rooms of all nations",
		func(ctx context.Context, in *searchInput) (*body[SearchDocument], error) {
			r := SearchRequest{
				Text: in.Text, Nation: in.Nation, Kind: in.Kind, Organisation: in.Organisation, Channel: in.Channel,
				Scope: in.Scope, Offset: in.Offset, Limit: in.Limit, Live: in.Live,
			}
			var err error
			if r.Receive, err = parseLabel(in.Receive); err == nil {
				r.Reasons, err = parseLabel(in.Reasons)
			}
			if err != nil {
				return nil, problem(err)
			}
			return answer(s.Search(ctx, r))
		})
	op(o, http.MethodPost, "/api/book/lookup", "lookup", "Who has these addresses, as far as the cache knows, and whom they look like",
		func(ctx context.Context, in *struct{ Body LookupInput }) (*body[[]LookupHit], error) {
			return answer(s.Lookup(ctx, in.Body.Addresses))
		})
}
