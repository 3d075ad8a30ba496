package smtpsend

import (
	"errors"
	"fmt"

	"caveat/backend/outbox"
)

// Sentinel errors, by phase. An error that comes before bodySent was called means that nothing was delivered.
var (
	// ErrAccount: the account cannot be used as it is written.
	ErrAccount = errors.New("smtpsend: unusable account")
	// ErrAddress: an envelope address that cannot stand in a command; nothing was sent to anybody.
	ErrAddress = fmt.Errorf("smtpsend: unusable address (%w)", outbox.ErrPermanent)
	// ErrBody: the message could not be read, changed while it was read, or is not the one that was cleared (outbox.ErrTampered).
	ErrBody = errors.New("smtpsend: unusable body")
	// ErrUnreachable: no connection, it was lost, or the server turned us away at once.
	ErrUnreachable = outbox.ConnectionError("smtpsend: server unreachable")
	// ErrTimeout: the server did not answer in time.
	ErrTimeout = outbox.ConnectionError("smtpsend: timeout")
	// ErrNoStartTLS: the account wants STARTTLS and the server does not offer it, or refused it.
	ErrNoStartTLS = outbox.ConnectionError("smtpsend: server without STARTTLS")
	// ErrTLS: no secure connection: unknown CA, wrong name, or no common version.
	ErrTLS = outbox.ConnectionError("smtpsend: TLS failed")
	// ErrAuth: the server does not let the account in, or has no way of authentication that may be used.
	ErrAuth = outbox.ConnectionError("smtpsend: authentication failed")
	// ErrNoRequireTLS: the account wants TLS on every hop (RFC 8689), and the server does not promise it.
	ErrNoRequireTLS = errors.New("smtpsend: server without REQUIRETLS")
	// ErrProtocol: the server said something that SMTP does not allow.
	ErrProtocol = errors.New("smtpsend: protocol error")
)

// Reply is what a server answered. As an error it is a refusal that concerns the connection, not one recipient.
type Reply struct {
	Code int    // 200 to 599
	Text string // the server's words in one line, without control characters

	lines []string // as they came
}

// Error gives the code and the words.
func (r *Reply) Error() string { return fmt.Sprintf("%d %s", r.Code, r.Text) }

// IsTemporary reports 4yz: trying again later may help.
func (r *Reply) IsTemporary() bool { return r.Code/100 == 4 }

// isYes reports 2yz; nil is no yes.
func (r *Reply) isYes() bool { return r != nil && r.Code/100 == 2 }
