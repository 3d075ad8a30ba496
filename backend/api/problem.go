package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"caveat/backend/audit"
	"caveat/backend/chat"
	"caveat/backend/contacts"
	"caveat/backend/draft"
	"caveat/backend/draftbox"
	"caveat/backend/federation"
	"caveat/backend/inbox"
	"caveat/backend/installation"
	"caveat/backend/label"
	"caveat/backend/message"
	"caveat/backend/outbox"
	"caveat/backend/plain"
	"caveat/backend/policybook"
	"caveat/backend/presend"
	"caveat/backend/spif"
	"caveat/backend/store"
)

// Problem is an RFC 9457 problem with a code that does not change: programs act on the code, people read the detail.
type Problem struct {
	Type   string              `json:"type,omitempty" doc:"about:blank"`
	Title  string              `json:"title" doc:"the HTTP status in words"`
	Status int                 `json:"status"`
	Code   string              `json:"code" doc:"stable name of what went wrong: user-… the asker can mend, server-… not"`
	Detail string              `json:"detail,omitempty" doc:"what, where, and what to do"`
	Field  string              `json:"field,omitempty" doc:"the key of the draft that must be changed, such as primaryPrecedence"`
	Errors []*huma.ErrorDetail `json:"errors,omitempty" doc:"single places in the request"`
	Report *presend.Report     `json:"report,omitempty" doc:"why a draft was blocked"`
	// Reasons are why no copy is kept in the mailbox.
	Reasons []presend.Reason `json:"reasons,omitempty" doc:"why a copy of a draft may not be kept in the mailbox"`
	// Relabelled is what ErrRelabel wants a reason for.
	Relabelled []MissingReason `json:"relabelled,omitempty" doc:"changes of labels that lack a reason: with one, they are the entries of relabelled to add"`
}

// MissingReason is one change of a label to a less restrictive one that no reason is given for (RULES 1).
type MissingReason struct {
	Of   string    `json:"of,omitempty" enum:"paragraph,attachment" doc:"whose label; left out: the draft's"`
	Name string    `json:"name,omitempty" doc:"of an attachment: its file name"`
	From LabelBody `json:"from"`
	To   LabelBody `json:"to" doc:"empty text: its own is taken off"`
}

// Error implements error.
func (p *Problem) Error() string { return p.Detail }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType makes the answer application/problem+json.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// huma makes its own errors (a body that does not fit its schema) by this variable; there is no other way to give them a
// code. Nor is there another way to say that no list in an answer is ever null.
func init() {
	huma.DefaultArrayNullable = false
	huma.NewError = func(status int, detail string, errs ...error) huma.StatusError {
		p := &Problem{Title: http.StatusText(status), Status: status, Code: "user-request", Detail: detail}
		if status >= 500 {
			p.Code = "server-internal"
		}
		for i, err := range errs {
			if i == mostErrors {
				p.Errors = append(p.Errors, &huma.ErrorDetail{Message: fmt.Sprintf("and %d more", len(errs)-i)})
				break
			}
			var d huma.ErrorDetailer
			if errors.As(err, &d) {
				// The value is left out: it may be a whole message.
				p.Errors = append(p.Errors, &huma.ErrorDetail{Message: shortened(d.ErrorDetail().Message), Location: shortened(d.ErrorDetail().Location)})
			} else if err != nil {
				p.Errors = append(p.Errors, &huma.ErrorDetail{Message: shortened(plain.Text(err))})
			}
		}
		return p
	}
}

// Bounds of what a problem says of a request: it may be wrong in a million places, and repeats what stands there.
const (
	mostErrors   = 20
	longestError = 300 // characters
)

func shortened(s string) string {
	n := 0
	for i := range s {
		if n++; n > longestError {
			return s[:i] + "…"
		}
	}
	return s
}

// codes tells what each error means to who asked, the first that fits.
var codes = []struct {
	err    error
	status int
	code   string
}{
	{draftbox.ErrGone, http.StatusNotFound, "user-draft-gone"},
	{draftbox.ErrChanged, http.StatusConflict, "user-draft-changed"},
	{draftbox.ErrID, http.StatusUnprocessableEntity, "user-request"},
	{outbox.ErrTooLarge, http.StatusRequestEntityTooLarge, "user-attachment-size"},
	{outbox.ErrNotKept, http.StatusUnprocessableEntity, "user-attachment-not-kept"},
	{outbox.ErrContent, http.StatusConflict, "user-attachment-changed"},
	{ErrBorne, http.StatusUnprocessableEntity, "user-attachment-label"},
	{ErrRelabel, http.StatusUnprocessableEntity, "user-relabel-reason"},
	{ErrInherited, http.StatusUnprocessableEntity, "user-inherited-label"},
	{draftbox.ErrName, http.StatusUnprocessableEntity, "user-name"},
	{draftbox.ErrMany, http.StatusUnprocessableEntity, "user-too-many"},
	{ErrSystemHigh, http.StatusUnprocessableEntity, "user-system-high"},
	{outbox.ErrTampered, http.StatusInternalServerError, "server-tampered"},
	{audit.ErrTampered, http.StatusInternalServerError, "server-tampered"},
	{outbox.ErrUnknownMessage, http.StatusNotFound, "user-unknown-message"},
	{outbox.ErrWrongState, http.StatusConflict, "user-wrong-state"},
	{ErrOverride, http.StatusUnprocessableEntity, "user-override"},
	{inbox.ErrUnknown, http.StatusNotFound, "user-not-found"},
	{inbox.ErrWithheld, http.StatusForbidden, "user-own-clearance"},
	{inbox.ErrNotHere, http.StatusConflict, "user-inbox-not-here"},
	{inbox.ErrTampered, http.StatusInternalServerError, "server-tampered"},
	{chat.ErrUnknown, http.StatusNotFound, "user-not-found"},
	{chat.ErrAddress, http.StatusUnprocessableEntity, "user-chat-address"},
	{chat.ErrMany, http.StatusUnprocessableEntity, "user-too-many"},
	{chat.ErrNotHolder, http.StatusConflict, "user-chat-elsewhere"},
	{chat.ErrNotJoined, http.StatusConflict, "user-chat-not-joined"},
	{chat.ErrOffline, http.StatusServiceUnavailable, "server-chat-offline"},
	{federation.ErrNoGroup, http.StatusNotFound, "user-no-group"},
	{outbox.ErrLog, http.StatusServiceUnavailable, "server-audit-log"},
	{outbox.ErrOtherPolicy, http.StatusServiceUnavailable, "server-other-policy"},
	{outbox.ErrOtherSettings, http.StatusServiceUnavailable, "server-other-settings"},
	{outbox.ErrNotCleared, http.StatusConflict, "user-not-cleared"},
	{ErrNotFound, http.StatusNotFound, "user-not-found"},
	{ErrExists, http.StatusConflict, "user-directory-exists"},
	{ErrAccountExists, http.StatusConflict, "user-account-exists"},
	{ErrAccountUsed, http.StatusConflict, "user-account-used"},
	{ErrPasswordAnew, http.StatusUnprocessableEntity, "user-password-anew"},
	{ErrOwnRole, http.StatusConflict, "user-own-role"},
	{ErrLookUp, http.StatusConflict, "user-look-up"},
	{ErrPaused, http.StatusConflict, "user-directory-paused"},
	{ErrNothingHeld, http.StatusConflict, "user-nothing-held"},
	{installation.ErrManaged, http.StatusForbidden, "user-managed"},
	{ErrRulesChanged, http.StatusConflict, "user-rules-changed"},
	{ErrRouteChanged, http.StatusConflict, "user-route-changed"},
	{ErrSettingsChanged, http.StatusConflict, "user-settings-changed"},
	{installation.ErrNoRuleSet, http.StatusUnprocessableEntity, "user-no-rule-set"},
	{installation.ErrInvalid, http.StatusUnprocessableEntity, "user-installation"},
	{installation.ErrSyntax, http.StatusConflict, "user-installation"},
	{ErrRole, http.StatusForbidden, "user-role"},
	{ErrOwnClearance, http.StatusForbidden, "user-own-clearance"},
	{contacts.ErrNoGroup, http.StatusNotFound, "user-not-found"},
	{contacts.ErrName, http.StatusUnprocessableEntity, "user-name"},
	{contacts.ErrMany, http.StatusUnprocessableEntity, "user-too-many"},
	{ErrNoDrafts, http.StatusConflict, "user-no-drafts-mailbox"},
	{ErrCannotSend, http.StatusUnprocessableEntity, "user-cannot-send"},
	{ErrLabel, http.StatusUnprocessableEntity, "user-label"},
	{presend.ErrDraft, http.StatusUnprocessableEntity, "user-draft"},
	{draft.ErrInvalid, http.StatusUnprocessableEntity, "user-draft"},
	{draft.ErrSyntax, http.StatusBadRequest, "user-draft-syntax"},
	{message.ErrInvalid, http.StatusUnprocessableEntity, "user-draft"},
	{message.ErrSyntax, http.StatusUnprocessableEntity, "user-message-syntax"},
	{message.ErrUnsupported, http.StatusUnprocessableEntity, "user-cannot-send"},
	{label.ErrSyntax, http.StatusBadRequest, "user-label-syntax"},
	{label.ErrTooLarge, http.StatusBadRequest, "user-label-syntax"},
	{policybook.ErrUnknown, http.StatusNotFound, "user-not-found"},
	{policybook.ErrMany, http.StatusUnprocessableEntity, "user-too-many"},
	{policybook.ErrAltered, http.StatusInternalServerError, "server-tampered"},
	{ErrPolicyAcceptance, http.StatusUnprocessableEntity, "user-policy-acceptance"},
	{ErrPolicySignature, http.StatusUnprocessableEntity, "user-policy-signature"},
	{ErrPolicyChanged, http.StatusConflict, "user-policy-changed"},
	{ErrPolicyUse, http.StatusConflict, "user-policy-use"},
	{ErrPolicyRefused, http.StatusUnprocessableEntity, "user-policy-refused"},
	{spif.ErrUnknownPolicy, http.StatusUnprocessableEntity, "user-unknown-policy"},
	{spif.ErrSelection, http.StatusUnprocessableEntity, "user-label"},
	{installation.ErrSecret, http.StatusInternalServerError, "server-secret"},
	{store.ErrNoAnswer, http.StatusServiceUnavailable, "server-no-answer"},
	{context.DeadlineExceeded, http.StatusGatewayTimeout, "server-timeout"},
}

// problem turns an error of the Service into a Problem. A blocked draft brings its report.
func problem(err error) error {
	if err == nil {
		return nil
	}
	var blocked *outbox.BlockedError
	if errors.As(err, &blocked) {
		return &Problem{Title: http.StatusText(http.StatusConflict), Status: http.StatusConflict, Code: "user-blocked", Detail: plain.Text(err), Report: &blocked.Report}
	}
	var noCopy *outbox.CopyBlockedError
	if errors.As(err, &noCopy) {
		return &Problem{Title: http.StatusText(http.StatusConflict), Status: http.StatusConflict, Code: "user-copy-blocked", Detail: plain.Text(err), Reasons: noCopy.Report.Reasons}
	}
	if refusal, ok := errors.AsType[*chat.Refusal](err); ok {
		return &Problem{Title: http.StatusText(http.StatusConflict), Status: http.StatusConflict, Code: chatCode(refusal.Condition), Detail: plain.Text(err)}
	}
	for _, c := range codes {
		if errors.Is(err, c.err) {
			return &Problem{
				Title: http.StatusText(c.status), Status: c.status, Code: c.code, Detail: plain.Text(err), Field: fieldOf(err), Relabelled: missingReasons(err),
			}
		}
	}
	return &Problem{Title: http.StatusText(http.StatusInternalServerError), Status: http.StatusInternalServerError, Code: "server-internal", Detail: plain.Text(err)}
}

// chatCode names what a room or server says against something.
func chatCode(condition string) string {
	switch condition {
	case "conflict":
		return "user-chat-nick-taken"
	case "not-authorized":
		return "user-chat-password"
	case "registration-required":
		return "user-chat-members-only"
	case "item-not-found":
		return "user-chat-no-room"
	}
	return "user-chat-refused"
}

func missingReasons(err error) []MissingReason {
	var e *RelabelError
	if !errors.As(err, &e) {
		return nil
	}
	var out []MissingReason
	for _, m := range e.Missing {
		out = append(out, MissingReason{Of: m.Of, Name: m.Name, From: LabelBody{m.From}, To: LabelBody{m.To}})
	}
	return out
}

// fieldOf is the key of the draft that an error is about; "" where it is about none.
func fieldOf(err error) string {
	var f *draft.FieldError
	if errors.As(err, &f) {
		return f.Field
	}
	return ""
}

// problemStatus is the HTTP status that an error of the Service means.
func problemStatus(err error) int {
	var p *Problem
	if !errors.As(problem(err), &p) {
		return http.StatusOK
	}
	return p.Status
}

// WriteProblem answers a request outside the operations with a Problem.
func WriteProblem(w http.ResponseWriter, status int, code, detail string) {
	p := &Problem{Title: http.StatusText(status), Status: status, Code: code, Detail: detail}
	data, err := json.Marshal(p)
	if err != nil {
		panic("api: internal error: " + err.Error()) // strings and numbers always marshal
	}
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(status)
	w.Write(data)
}
