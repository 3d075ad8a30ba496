package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
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
// do anything. Only one person uses the program now; a host of several tells them apart here, and no operation changes.
func As(who func(*http.Request) Caller, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(WithCaller(r.Context(), who(r))))
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
