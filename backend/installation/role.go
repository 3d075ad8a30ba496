package installation

import "slices"

// The roles that a user can have (RULES 19). What each may do is in the table of the HTTP operations (backend/api/roles.go).
const (
	RoleDrafter       = "drafter"       // writes, checks and sends; sees what is missing, never what else somebody holds
	RoleAdministrator = "administrator" // changes settings; sees what people hold, and exports
	RoleAuditor       = "auditor"       // reads the audit log; sees what people hold
)

// Roles lists them all, in the order in which they are told.
func Roles() []string { return []string{RoleDrafter, RoleAdministrator, RoleAuditor} }

// RolesOf says which roles a user of this machine has, in the order of Roles. A file in which no identity has the key gives the one
// user all of them: a desktop, or the web for one person. As soon as one identity has it, everybody has what stands with his own
// identities, and is a drafter by being bound to one; who is bound to none has no role.
func (f *File) RolesOf(user string) []string {
	if !slices.ContainsFunc(f.Identities, func(id IdentityFile) bool { return id.Roles != nil }) {
		return Roles()
	}
	var given []string
	for _, id := range f.Identities {
		if id.IsFor(user) {
			given = append(append(given, RoleDrafter), id.Roles...)
		}
	}
	return slices.DeleteFunc(Roles(), func(role string) bool { return !slices.Contains(given, role) })
}

// IsFor reports whether the identity is bound to a user of this machine.
func (id IdentityFile) IsFor(user string) bool { return id.User == "*" || id.User == user }
