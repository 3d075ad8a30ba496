package api_test

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"caveat/backend/api"
	"caveat/backend/installation"
)

// operation is one of the OpenAPI document.
type operation struct {
	OperationID string   `json:"operationId"`
	Roles       []string `json:"x-caveat-roles"`
	method      string
	path        string // with something in place of each parameter
}

// parameter stands in the path of an operation.
var parameter = regexp.MustCompile(`\{[^}]+\}`)

// operations reads them out of the document, as a client would.
func operations(t *testing.T) []operation {
	t.Helper()
	text, err := api.OpenAPI("test")
	must(t, err)
	var d struct {
		Paths map[string]map[string]operation
	}
	must(t, json.Unmarshal(text, &d))
	var out []operation
	for path, methods := range d.Paths {
		for method, o := range methods {
			o.method, o.path = strings.ToUpper(method), parameter.ReplaceAllString(path, "1")
			out = append(out, o)
		}
	}
	slices.SortFunc(out, func(a, b operation) int { return strings.Compare(a.OperationID, b.OperationID) })
	return out
}

// TestRule19EachRoleTriesEachOperation: every operation declares who may call it, and nobody else may, whatever he asks with. What is
// asked for does not exist or is malformed where it could be: an operation that lets somebody in answers otherwise than with user-role.
func TestRule19EachRoleTriesEachOperation(t *testing.T) {
	all := operations(t)
	if len(all) < 80 {
		t.Fatalf("the document has only %d operations", len(all))
	}
	w := newWorld(t, "")
	mux := http.NewServeMux()
	api.Handler(mux, w.service, api.Shell{}, "test")
	callers := map[string]api.Caller{"nobody": {}, "another role": {Roles: []string{"owner"}}}
	for _, role := range installation.Roles() {
		callers[role] = api.Caller{User: w.service.Local().User, Roles: []string{role}}
	}
	for _, o := range all {
		if len(o.Roles) == 0 || slices.ContainsFunc(o.Roles, func(r string) bool { return !slices.Contains(installation.Roles(), r) }) {
			t.Errorf("%s declares the roles %v", o.OperationID, o.Roles)
		}
		for _, name := range slices.Sorted(maps.Keys(callers)) {
			// An unknown parameter: who is let in is told of it, and nothing is done.
			r := httptest.NewRequest(o.method, o.path+"?zz=1", nil)
			got := httptest.NewRecorder()
			api.As(func(*http.Request) api.Caller { return callers[name] }, mux).ServeHTTP(got, r)
			want, code := http.StatusForbidden, "user-role"
			if slices.Contains(o.Roles, name) {
				want, code = http.StatusUnprocessableEntity, "user-unknown-parameter"
			}
			if got.Code != want || !strings.Contains(got.Body.String(), `"code":"`+code+`"`) || got.Header().Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s asks for %s: %d %s, want %d %s", name, o.OperationID, got.Code, got.Body, want, code)
			}
		}
	}
}

// TestRule19NobodyActsAsAnother: whoever is not the person for whom the program works gets nothing that is done as that person, whatever
// his roles are; what is about the installation alone he gets by them.
func TestRule19NobodyActsAsAnother(t *testing.T) {
	w := newWorld(t, "")
	mux := http.NewServeMux()
	api.Handler(mux, w.service, api.Shell{}, "test")
	for _, user := range []string{"", "another", strings.ToUpper(w.service.Local().User) + " "} {
		refused := map[string]bool{}
		for _, o := range operations(t) {
			got := httptest.NewRecorder()
			r := httptest.NewRequest(o.method, o.path+"?zz=1", nil)
			api.As(func(*http.Request) api.Caller { return api.Caller{User: user, Roles: installation.Roles()} }, mux).ServeHTTP(got, r)
			refused[o.OperationID] = strings.Contains(got.Body.String(), `"code":"user-other"`)
			if slices.Contains(o.Roles, installation.RoleDrafter) && (!refused[o.OperationID] || got.Code != http.StatusForbidden) {
				t.Errorf("%q asks for %s: %d %s", user, o.OperationID, got.Code, got.Body)
			}
		}
		for id, want := range map[string]bool{"identities": false, "audit-lines": false, "check": true, "inbox": true, "chat": true, "drafts": true, "receive-export": true} {
			if refused[id] != want {
				t.Errorf("%q asks for %s: refused %v", user, id, refused[id])
			}
		}
	}
}

// Without a host that says who asks, nothing is done: a new way to the operations opens none.
func TestRule19NobodyIsNamed(t *testing.T) {
	w := newWorld(t, "")
	mux := http.NewServeMux()
	api.Handler(mux, w.service, api.Shell{}, "test")
	for _, o := range operations(t) {
		got := httptest.NewRecorder()
		mux.ServeHTTP(got, httptest.NewRequest(o.method, o.path, strings.NewReader("{}")))
		if got.Code != http.StatusForbidden || !strings.Contains(got.Body.String(), `"code":"user-role"`) {
			t.Errorf("%s: %d %s", o.OperationID, got.Code, got.Body)
		}
	}
}

// What a role may not have is not to be had by another operation either.
func TestRule19SaveHasTheSameRoles(t *testing.T) {
	w := newWorld(t, "")
	shell := api.Shell{
		Save:   func(context.Context, string, []byte) (string, error) { return "saved", nil },
		Notify: func(string, string) error { return nil },
	}
	mux := http.NewServeMux()
	api.Handler(mux, w.service, shell, "test")
	for what, may := range map[string][]string{
		"audit": {installation.RoleAdministrator, installation.RoleAuditor}, "message": {installation.RoleDrafter}, "receive": {installation.RoleAdministrator, installation.RoleAuditor},
	} {
		for _, role := range installation.Roles() {
			r := httptest.NewRequest("POST", "/api/shell/save", strings.NewReader(`{"what":"`+what+`","id":"none","receive":{"label":`+secret+`}}`))
			r.Header.Set("Content-Type", "application/json")
			got := httptest.NewRecorder()
			api.As(func(*http.Request) api.Caller { return api.Caller{User: w.service.Local().User, Roles: []string{role}} }, mux).ServeHTTP(got, r)
			if refused := strings.Contains(got.Body.String(), `"code":"user-role"`); refused == slices.Contains(may, role) {
				t.Errorf("%s saves %s: %d %s", role, what, got.Code, got.Body)
			}
		}
	}
}
