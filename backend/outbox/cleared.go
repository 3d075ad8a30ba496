package outbox

import (
	"context"
	"errors"
	"io"
	"time"

	"caveat/backend/draft"
)

// Cleared is a message that passed the check for every one of its recipients, or that the user was allowed to send on an
// override, and that is durably queued. Only this package makes one with anything in it; senders take nothing else, so no
// code path can send what was not checked (RULES 24). The zero Cleared holds nothing, and senders refuse it.
type Cleared struct {
	id         string
	channel    draft.Channel
	account    string
	sender     string
	recipients []string
	spool      string // file that holds the wire bytes
	sum        string // their SHA-256
	size       int64
	folder     Folder // of a copy
	messageID  string // with its angle brackets
	isTraced   bool   // its header names the labels that the draft had before
	asOf       time.Time
}

// IsZero reports that there is no message in it.
func (c Cleared) IsZero() bool { return c.id == "" }

// ID names the message in queue, audit and evidence: letters and digits only, fit for an SMTP ENVID.
func (c Cleared) ID() string { return c.id }

// Channel is how the message is to travel.
func (c Cleared) Channel() draft.Channel { return c.channel }

// Account is the name of the account that it leaves by.
func (c Cleared) Account() string { return c.account }

// Sender is the envelope's sender address.
func (c Cleared) Sender() string { return c.sender }

// Recipients are the addresses that are still to be tried, in the draft's order.
func (c Cleared) Recipients() []string { return append([]string(nil), c.recipients...) }

// Size is the length of the wire form in bytes.
func (c Cleared) Size() int64 { return c.size }

// SHA256 names the bytes to send, in lower-case hexadecimal.
func (c Cleared) SHA256() string { return c.sum }

// Open gives the exact bytes to send: size and hash, as the audit entry names them, are held to while they are read. Where they
// are others, the last Read gives ErrTampered in place of io.EOF: what was read so far must not be used, nor the message ended.
func (c Cleared) Open() (io.ReadCloser, error) {
	if c.IsZero() {
		return nil, ErrNotCleared
	}
	return openHeld(c.spool, c.sum, c.size)
}

// Folder is where a copy is to be kept, "" of a message. The only recipient of a copy is MailboxChannel, ":", Account, "/" and this.
func (c Cleared) Folder() Folder { return c.folder }

// MessageID is the Message-ID in the header of the bytes to send, with its angle brackets.
func (c Cleared) MessageID() string { return c.messageID }

// AsOf is when the check began by which the message leaves: whoever came into a room since was no part of it (RULES 7). Zero: nobody
// knows, and everybody is to be taken for having come.
func (c Cleared) AsOf() time.Time { return c.asOf }

// leavingBy is the message as it is handed over by a check that began at a time.
func (c Cleared) leavingBy(at time.Time) Cleared {
	c.asOf = at
	return c
}

// Receipt is what the server said about one recipient.
type Receipt struct {
	Recipient string `json:"recipient"`
	State     State  `json:"state"`            // Accepted, Refused or Deferred
	Code      int    `json:"code,omitempty"`   // the reply code, such as 550; 0 where there was none
	Status    string `json:"status,omitempty"` // the enhanced status code, such as 5.1.1 (RFC 3463); empty where there was none
	Text      string `json:"text,omitempty"`   // the server's own words
}

// What a Sender says in a receipt (Accepted) of a room that does not show a message as it was sent. The user is told beside the message.
const (
	ShownUnlabelled = "The room shows this message to others without its label."
	ShownRelabelled = "The room shows this message to others with another label."
)

// ConnectionError makes a sentinel for errors of a Sender that concern the connection to the server and not the message: every other
// message of the account would come to the same, so that all of them wait together. The error says exactly text.
func ConnectionError(text string) error { return connectionError(text) }

type connectionError string

func (e connectionError) Error() string { return string(e) }

// Is makes it an errConnection.
func (e connectionError) Is(target error) bool { return target == errConnection }

// Remover is a Sender that can take a copy out of a mailbox again.
type Remover interface {
	// Remove takes a copy out of the drafts of its account, and nothing else. Called again it comes to the same. Accepted: it is not
	// there (any more); Refused: it stays, and Text says why; Deferred: later perhaps. An error: nobody knows.
	Remove(ctx context.Context, c Cleared) (Receipt, error)
}

// ErrPermanent is wrapped by an error of a Sender that no later attempt will mend: the message is refused, not deferred.
var ErrPermanent = errors.New("outbox: permanent")

// ErrOutdated is wrapped by an error of a Sender that found, before it handed over the end of a message, that others would get it than
// those of whom the check was: nothing was delivered, also where bodySent was called. The message is checked again.
var ErrOutdated = errors.New("outbox: the check is out of date")

// Sender sends messages of one channel.
type Sender interface {
	// Send tries once. It calls bodySent when everything but the end of the message has been handed to the server, and
	// goes on only when that returns nil; after that, and before a receipt, delivery is uncertain. Receipts cover every
	// recipient, or err says why there are none. An error before bodySent: nothing was delivered. An error after it:
	// perhaps it was, unless it wraps ErrOutdated.
	Send(ctx context.Context, c Cleared, bodySent func() error) ([]Receipt, error)
}
