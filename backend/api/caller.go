package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"caveat/backend/installation"
)

// Caller is who asks for an operation, as the host that let him in knows him. The zero Caller may do nothing.
type Caller struct {
	User  string   // login name
	Roles []string // of installation.Roles
}

// Has reports whether the caller has one of the roles.
func (c Caller) Has(roles ...string) bool {
	return slices.ContainsFunc(roles, func(role string) bool { return slices.Contains(c.Roles, role) })
}

type callerKey struct{}

// WithCaller says in whose name the operations are asked for with a context.
func WithCaller(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// As serves h in the name of who, asked at every request. A host puts it before the handler of the operations: without it nobody may
// do anything.
//
// One person uses the program: the one whose process it is. A login for several users will tell them apart here: the operations ask their
// context who calls, for what his roles allow and for what the log says of him. That is not enough for more. What an operation does for a
// person, the Service does for its own user: identities and their clearances (federation.Identities, Originator), drafts, the queue, the
// inbox and chat. Of these each user needs his own, so a Service of his own, before asUser may let him in.
func As(who func(*http.Request) Caller, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(WithCaller(r.Context(), who(r))))
	})
}

// isUser reports whether somebody is the person for whom the Service does what it does.
func (s *Service) isUser(c Caller) bool { return s == nil || c.User == s.user } // nil: of a description alone

// actsAsUser reports whether an operation with those roles is done as the Service's user: whatever a drafter may ask for goes by his
// identities and clearance, or shows what is his. What only administrators and auditors may ask for is about the installation and its
// log; but who may receive a label is told by the asker's own clearance (RULES 19).
func actsAsUser(operation string, roles []string) bool {
	return slices.Contains(roles, installation.RoleDrafter) || operation == "receive-export"
}

// asUser refuses whoever is not the Service's user what is done as that user: else one person's messages would bear another's name, and
// be shown to him.
func (s *Service) asUser(ctx huma.Context, next func(huma.Context)) {
	caller, _ := ctx.Context().Value(callerKey{}).(Caller)
	id := ctx.Operation().OperationID
	roles, _ := ctx.Operation().Extensions[rolesKey].([]string)
	if s.isUser(caller) || !actsAsUser(id, roles) {
		next(ctx)
		return
	}
	s.recordRoleRefusal(ctx.Context(), id)
	writeProblem(ctx, &Problem{
		Title: http.StatusText(http.StatusForbidden), Status: http.StatusForbidden, Code: "user-other",
		Detail: fmt.Sprintf("the operation %q is done as the user of the program, and somebody else asks for it", id),
	})
}

// Local is the person at the program, with the roles that the installation file gives him now.
func (s *Service) Local() Caller { return Caller{User: s.user, Roles: s.fed.Roles()} }

// caller is who asks: over HTTP whom the host named, at the command line and in the background the person at the program.
func (s *Service) caller(ctx context.Context) Caller {
	if c, ok := ctx.Value(callerKey{}).(Caller); ok {
		return c
	}
	return s.Local()
}

// needRole refuses callers who have none of the roles: what an operation's own row in the table does not say.
func (s *Service) needRole(ctx context.Context, what string, roles ...string) error {
	if s.caller(ctx).Has(roles...) {
		return nil
	}
	return notFor(what, roles)
}

func notFor(what string, roles []string) error {
	return fmt.Errorf("%w: %s is for %s: the administrator gives the role in the installation file, with the identity", ErrRole, what, strings.Join(roles, " or "))
}
