package installation

// The roles that an identity can have (RULES 19): they see what people hold. Without one, the user is a drafter, who sees what is
// missing.
const (
	RoleAdministrator = "administrator" // sees what people hold, and exports
	RoleAuditor       = "auditor"       // sees what people hold
)
