package api

import (
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"caveat/backend/installation"
	"caveat/backend/plain"
)

// Who may do what (RULES 19): a drafter everything about messages; an administrator changes settings; an auditor reads the log; both
// see what people hold.
var (
	everybody     = installation.Roles()
	drafter       = []string{installation.RoleDrafter}
	administrator = []string{installation.RoleAdministrator}
	keepers       = []string{installation.RoleDrafter, installation.RoleAdministrator} // who works with the directories
	heldFor       = []string{installation.RoleAdministrator, installation.RoleAuditor} // who may see what people hold
)

// rolesFor says for each operation, by its id, who may call it. The list is sorted. An operation that is not in it cannot be
// registered; what must be checked beyond the role, such as the asker's own clearance, stands in the function.
var rolesFor = map[string][]string{
	"accounts":            administrator,
	"add-account":         administrator,
	"add-attachment":      drafter,
	"add-directory":       administrator,
	"add-favourite":       drafter,
	"add-group":           drafter,
	"add-identity":        administrator,
	"attachment":          drafter,
	"audit-export":        heldFor,
	"audit-line":          heldFor,
	"audit-lines":         heldFor,
	"audit-message":       heldFor,
	"audit-proof":         heldFor,
	"audit-refused":       heldFor,
	"change-account":      administrator,
	"change-directory":    administrator,
	"change-identity":     administrator,
	"change-rules":        administrator,
	"changes":             everybody,
	"chat":                drafter,
	"chat-bookmark":       drafter,
	"chat-catalogue":      drafter,
	"chat-close":          drafter,
	"chat-conversation":   drafter,
	"chat-join":           drafter,
	"chat-leave":          drafter,
	"chat-occupants":      drafter,
	"chat-open":           drafter,
	"chat-read":           drafter,
	"chat-services":       drafter,
	"check":               drafter,
	"confirm-directory":   administrator,
	"copy-draft":          drafter,
	"default-labels":      administrator,
	"delete-draft":        drafter,
	"delete-group":        drafter,
	"delete-template":     drafter,
	"directories":         everybody,
	"directory-reads":     everybody,
	"directory-settings":  heldFor,
	"draft":               drafter,
	"draft-copy":          drafter,
	"draft-from-file":     drafter,
	"draft-from-message":  drafter,
	"draft-history":       drafter,
	"draft-version":       drafter,
	"drafts":              drafter,
	"drop":                drafter,
	"drop-default-label":  administrator,
	"entry-clearance":     heldFor,
	"entry-live":          everybody,
	"evidence":            drafter,
	"expand":              drafter,
	"export-installation": administrator,
	"favourites":          drafter,
	"groups":              drafter,
	"identities":          administrator,
	"import-installation": administrator,
	"inbox":               drafter,
	"inbox-file":          drafter,
	"inbox-forward":       drafter,
	"inbox-message":       drafter,
	"inbox-reply":         drafter,
	"inbox-seen":          drafter,
	"inbox-sync":          drafter,
	"installation":        everybody,
	"job":                 everybody,
	"label":               everybody,
	"label-everyone":      drafter,
	"label-favourites":    everybody,
	"lookup":              keepers,
	"members":             everybody,
	"message":             drafter,
	"messages":            drafter,
	"nations":             heldFor,
	"organisations":       everybody,
	"pause-directory":     administrator,
	"policies":            everybody,
	"policy-decide":       everybody,
	"policy-drawing":      everybody,
	"policy-impact":       administrator,
	"policy-lint":         administrator,
	"policy-load":         administrator,
	"policy-mark":         everybody,
	"policy-use":          administrator,
	"policy-valid":        everybody,
	"policy-versions":     everybody,
	"policy-withdraw":     administrator,
	"preview-import":      administrator,
	"propose-directory":   administrator,
	"receive":             everybody,
	"receive-export":      heldFor,
	"receive-why":         everybody,
	"recent":              drafter,
	"remove-account":      administrator,
	"remove-directory":    administrator,
	"remove-favourite":    drafter,
	"remove-identity":     administrator,
	"remove-route":        administrator,
	"reread":              keepers,
	"resend":              drafter,
	"resume-directory":    administrator,
	"rule-effect":         administrator,
	"rule-trials":         heldFor,
	"rules":               everybody,
	"save-draft":          drafter,
	"save-group":          drafter,
	"save-template":       drafter,
	"search":              everybody,
	"send":                drafter,
	"set-default-label":   administrator,
	"set-label-favourite": drafter,
	"set-route":           administrator,
	"shell":               everybody,
	"shell-notify":        everybody,
	"shell-save":          everybody,
	"show":                everybody,
	"stop-directory":      keepers,
	"switch-rules":        administrator,
	"sync":                keepers,
	"templates":           drafter,
	"test-account":        administrator,
	"test-directory":      keepers,
	"tree":                everybody,
	"tree-entries":        everybody,
	"try-account":         administrator,
	"used":                drafter,
	"vcard":               everybody,
	"wire":                drafter,
}

// rolesKey is where the OpenAPI document tells them.
const rolesKey = "x-caveat-roles"

// declareRoles puts an operation's roles into its description. It panics for one that is not in the table: nothing is served of which
// nobody said who may have it.
func declareRoles(o *huma.Operation) {
	roles, ok := rolesFor[o.OperationID]
	if !ok {
		panic(fmt.Sprintf("api: internal error: operation %q is not in the table of roles (roles.go)", o.OperationID))
	}
	o.Extensions = map[string]any{rolesKey: roles}
}

// roleChecked refuses callers who have none of the operation's roles, before anything of the request is read. refused is told of each.
func roleChecked(refused func(ctx context.Context, operation string)) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		caller, _ := ctx.Context().Value(callerKey{}).(Caller) // none: may do nothing
		roles, _ := ctx.Operation().Extensions[rolesKey].([]string)
		if caller.Has(roles...) {
			next(ctx)
			return
		}
		refused(ctx.Context(), ctx.Operation().OperationID)
		refusal := notFor(fmt.Sprintf("the operation %q", ctx.Operation().OperationID), roles)
		writeProblem(ctx, &Problem{
			Title: http.StatusText(http.StatusForbidden), Status: http.StatusForbidden, Code: "user-role", Detail: plain.Text(refusal),
		})
	}
}
