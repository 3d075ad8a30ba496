package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// Handler serves the operations below /api on mux and returns their OpenAPI description: to those whom As named, by the roles that each
// operation is for. shell is what is around the page. A nil
// s gives the description only.
func Handler(mux *http.ServeMux, s *Service, shell Shell, version string) huma.API {
	c := huma.DefaultConfig("Caveat", version)
	c.Info.Description = "Address book and pre-send check for federated mission networks."
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "/api/openapi", "", ""
	c.CreateHooks = nil // no $schema in bodies
	c.Formats = map[string]huma.Format{"application/json": boundedJSON, "json": boundedJSON}
	api := humago.New(mux, c)
	api.UseMiddleware(statusOnce, roleChecked(s.recordRoleRefusal), s.asUser, strict)
	o := operations{api}
	o.policy(s)
	o.policyVersions(s)
	o.label(s)
	o.labelUse(s)
	o.book(s)
	o.directories(s)
	o.nations(s)
	o.accounts(s)
	o.identities(s)
	o.defaultLabels(s)
	o.bookSearch(s)
	o.bookEntry(s)
	o.bookTree(s)
	o.bookReceive(s)
	o.bookOwn(s)
	o.rules(s)
	o.bundle(s)
	o.drafts(s)
	o.history(s)
	o.templates(s)
	o.beginnings(s)
	o.attachments(s)
	o.messages(s)
	o.evidence(s)
	o.audit(s)
	o.inbox(s)
	o.chat(s)
	o.system(s, version)
	o.shell(s, shell)
	return api
}

// OpenAPI is the OpenAPI 3.1 document, JSON.
func OpenAPI(version string) ([]byte, error) {
	return Handler(http.NewServeMux(), nil, Shell{}, version).OpenAPI().MarshalJSON()
}

// operations registers operations; op keeps each to one line.
type operations struct{ api huma.API }

// body is an answer.
type body[T any] struct{ Body T }

func answer[T any](v T, err error) (*body[T], error) {
	if err != nil {
		return nil, problem(err)
	}
	return &body[T]{Body: v}, nil
}

// op registers an operation; more changes what is special about it.
func op[I, O any](o operations, method, path, id, summary string, f func(context.Context, *I) (*O, error), more ...func(*huma.Operation)) {
	status := http.StatusOK
	if method == http.MethodPost && (id == "send" || id == "resend" || id == "sync") {
		status = http.StatusAccepted
	}
	operation := huma.Operation{
		OperationID: id, Method: method, Path: path, Summary: summary, DefaultStatus: status, MaxBodyBytes: 20 << 20,
	}
	for _, change := range more {
		change(&operation)
	}
	declareRoles(&operation)
	huma.Register(o.api, operation, f)
}
