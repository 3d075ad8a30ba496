package xmppsend

import (
	"errors"
	"fmt"

	"caveat/backend/message"
	"caveat/backend/outbox"
)

// Sentinel errors, by phase. An error of Send that comes before bodySent was called means that nothing was delivered.
var (
	// ErrAccount: the account cannot be used as it is written.
	ErrAccount = errors.New("xmppsend: unusable account")
	// ErrUnreachable: no connection, it was lost, or the server turned us away.
	ErrUnreachable = errors.New("xmppsend: server unreachable")
	// ErrOffline: the account has no session now; Run makes one when it can.
	ErrOffline = errors.New("xmppsend: the account is offline")
	// ErrTimeout: the server, or whom it asked for us, did not answer in time.
	ErrTimeout = errors.New("xmppsend: timeout")
	// ErrNoStartTLS: the account wants STARTTLS and the server does not offer it, or refused it.
	ErrNoStartTLS = errors.New("xmppsend: server without STARTTLS")
	// ErrTLS: no secure connection: unknown CA, wrong name, or no common version.
	ErrTLS = errors.New("xmppsend: TLS failed")
	// ErrAuth: the server does not let the account in, has no way of logging in that may be used, or is not believed.
	ErrAuth = errors.New("xmppsend: authentication failed")
	// ErrProtocol: the server said something that XMPP does not allow.
	ErrProtocol = errors.New("xmppsend: protocol error")
	// ErrTooMuch: the server said more than anybody needs: a stanza, its depth or elements, occupants of a room, pages of an answer.
	ErrTooMuch = errors.New("xmppsend: more than is read")
	// ErrRefused: a stanza was refused. A *message.StanzaError is wrapped beside it.
	ErrRefused = errors.New("xmppsend: refused")
	// ErrNotJoined: the account is not in the room.
	ErrNotJoined = errors.New("xmppsend: not in the room")
	// ErrSomebodyCame: somebody entered the room while a message was on its way there; it was not sent, and is to be checked again.
	ErrSomebodyCame = fmt.Errorf("xmppsend: somebody entered the room (%w)", outbox.ErrOutdated)
	// ErrNoCatalogue: the server has no catalogue of labels.
	ErrNoCatalogue = errors.New("xmppsend: server without a catalogue of labels")
	// ErrNoArchive: the server, or room, keeps no archive.
	ErrNoArchive = errors.New("xmppsend: no archive there")
	// ErrClosed: the session was ended here.
	ErrClosed = errors.New("xmppsend: closed")

	// ErrBody: the message could not be read now.
	ErrBody = errors.New("xmppsend: unusable body")
	// ErrStanza: what was cleared is no chat message as they are composed here. No later attempt will mend it.
	ErrStanza = fmt.Errorf("xmppsend: not a chat message (%w)", outbox.ErrPermanent)
	// ErrAddress: an address that is no JID.
	ErrAddress = fmt.Errorf("xmppsend: unusable address (%w)", outbox.ErrPermanent)
	// ErrNoLabels: the message has a label, and a server on its way does not understand labels (XEP-0258); or it has none, and nobody
	// allowed that (RULES 26).
	ErrNoLabels = fmt.Errorf("xmppsend: no labels there (%w)", outbox.ErrPermanent)
	// ErrNotAllowed: the link there does not carry such a stanza.
	ErrNotAllowed = fmt.Errorf("xmppsend: not carried by the link (%w)", outbox.ErrPermanent)
)

// refused wraps a server's refusal.
func refused(what string, e *message.StanzaError) error {
	return fmt.Errorf("%w: %s: %w", ErrRefused, what, e)
}
