package api

import (
	"context"
	"net/http"
)

func (o operations) nations(s *Service) {
	op(o, http.MethodGet, "/api/nations", "nations", "The nations: their domains, who decides there, and the links that lead there",
		func(_ context.Context, _ *struct{}) (*body[[]NationDocument], error) {
			return answer(s.Nations(), nil)
		})
	type routePath struct {
		Channel  string `path:"channel" enum:"mail,chat"`
		Domain   string `path:"domain" maxLength:"253"`
		Revision string `query:"revision" required:"true" maxLength:"64" doc:"of the route that is to go: RouteInput.revision"`
	}
	op(o, http.MethodPut, "/api/routes/{channel}/{domain}", "set-route", "Make the route to a domain, or put another in its place",
		func(ctx context.Context, in *struct {
			Channel string `path:"channel" enum:"mail,chat"`
			Domain  string `path:"domain" maxLength:"253"`
			Body    RouteInput
		}) (*body[ChangedDocument], error) {
			return answer(s.SetRoute(ctx, in.Channel, in.Domain, in.Body))
		})
	op(o, http.MethodDelete, "/api/routes/{channel}/{domain}", "remove-route", "Take the route to a domain away",
		func(ctx context.Context, in *routePath) (*body[ChangedDocument], error) {
			return answer(s.RemoveRoute(ctx, in.Channel, in.Domain, in.Revision))
		})
}
