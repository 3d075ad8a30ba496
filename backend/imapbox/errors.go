package imapbox

import (
	"errors"
	"fmt"
	"strings"

	"caveat/backend/message"
	"caveat/backend/outbox"
)

// Sentinel errors, by phase.
var (
	// ErrAccount: the account cannot be used as it is written.
	ErrAccount = errors.New("imapbox: unusable account")
	// ErrUnreachable: no connection, it was lost, or the server turned us away at once.
	ErrUnreachable = outbox.ConnectionError("imapbox: server unreachable")
	// ErrTimeout: the server did not answer, or take what it was sent, in time.
	ErrTimeout = outbox.ConnectionError("imapbox: timeout")
	// ErrNoStartTLS: the account wants STARTTLS and the server does not offer it, or refused it.
	ErrNoStartTLS = outbox.ConnectionError("imapbox: server without STARTTLS")
	// ErrTLS: no secure connection: unknown CA, wrong name, or no common version.
	ErrTLS = outbox.ConnectionError("imapbox: TLS failed")
	// ErrAuth: the server does not let the account in, has no way of logging in that may be used, or is not believed.
	ErrAuth = outbox.ConnectionError("imapbox: authentication failed")
	// ErrProtocol: the server said something that IMAP does not allow, or more than anybody needs.
	ErrProtocol = errors.New("imapbox: protocol error")
	// ErrCopy: the copy cannot be kept as it is: its Message-ID or its bytes. No later attempt will mend it.
	ErrCopy = fmt.Errorf("imapbox: unusable copy (%w)", outbox.ErrPermanent)
	// ErrBody: the copy could not be read, or changed while it was read.
	ErrBody = errors.New("imapbox: unusable body")
	// ErrTooLarge: the message is larger than may be read, or than the server takes.
	ErrTooLarge = errors.New("imapbox: too large")
	// ErrGone: there is no such message (any more).
	ErrGone = errors.New("imapbox: no such message")
	// ErrValidity: the mailbox was renumbered; ask for Changes.
	ErrValidity = errors.New("imapbox: UIDVALIDITY changed")
	// ErrRefused: the server did not do what it was asked. A *Refusal is wrapped beside it.
	ErrRefused = errors.New("imapbox: refused")
	// ErrClosed: the Mailbox was closed, or is over since an earlier error.
	ErrClosed = errors.New("imapbox: closed")
)

// Refusal is a server's NO, BAD or BYE.
type Refusal struct {
	Status string // NO, BAD or BYE
	Code   string // response code in upper case, such as OVERQUOTA; empty where there was none
	Text   string // the server's words in one line, without control characters
}

// Error gives status, code and words.
func (r *Refusal) Error() string {
	words := []string{r.Status}
	if r.Code != "" {
		words = append(words, "["+r.Code+"]")
	}
	if r.Text != "" {
		words = append(words, r.Text)
	}
	return strings.Join(words, " ")
}

// IsTemporary reports that trying again later may help. A refusal without a reason counts as temporary: whoever retries
// gives up when the message expires.
//
// std: RFC5530 §3
func (r *Refusal) IsTemporary() bool {
	switch r.Code {
	case "NOPERM", "CANNOT", "TOOBIG", "CLIENTBUG", "AUTHORIZATIONFAILED", "PRIVACYREQUIRED", "BADCHARSET", "UNKNOWN-CTE":
		return false
	}
	return r.Status != "BAD"
}

// maxText is how many characters of a server's words are kept.
const maxText = 1000

// clean makes one line of a server's words, of bounded length.
func clean(s string) string {
	s = message.OneLine(s)
	if r := []rune(s); len(r) > maxText {
		return string(r[:maxText])
	}
	return s
}
