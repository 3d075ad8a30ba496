package outbox

import "errors"

// State of a queued message, or of one of its recipients.
type State string

// The states. A message goes queued → sending → body-sent → accepted, refused or deferred; deferred goes back to sending
// when its time comes.
const (
	Queued   State = "queued"
	Sending  State = "sending"
	BodySent State = "body-sent" // committed before the final dot is sent
	Accepted State = "accepted"
	Refused  State = "refused"
	Deferred State = "deferred"
	// PerhapsDelivered: the connection or the program ended between the end of the message and the reply; the user decides.
	PerhapsDelivered State = "perhaps-delivered"
	// Held: a check before sending found it no longer cleared; the user decides (RULES 24).
	Held State = "held"
	// Dropped: the user decided not to send it (again).
	Dropped State = "dropped"
	// Removing: a copy in drafts that is, or perhaps is, in the mailbox, and is to be taken out of it.
	Removing State = "removing"
	// Removed: such a copy is there no more.
	Removed State = "removed"
	// Left: such a copy could not be taken out; its note says why.
	Left State = "left"
)

// Sentinel errors.
var (
	// ErrNotCleared: what was handed in did not pass the check.
	ErrNotCleared = errors.New("outbox: not cleared")
	// ErrTampered: a queued message differs from what the audit log says was cleared.
	ErrTampered = errors.New("outbox: queued message does not match its audit entry")
	// ErrLog: the audit log is not kept as it must be, and nothing is sent without it.
	ErrLog = errors.New("outbox: nothing is sent without the audit log")
	// ErrUnknownMessage: no message of that id.
	ErrUnknownMessage = errors.New("outbox: unknown message")
	// ErrWrongState: the message is in no state in which that can be done.
	ErrWrongState = errors.New("outbox: not possible in this state")
	// ErrNotHolder: only the holder of the data directory's lock may send and recover.
	ErrNotHolder = errors.New("outbox: another process holds the data directory")
)

// Causes inside this package.
var (
	// errSpool: the wire bytes are there and cannot be read now.
	errSpool = errors.New("outbox: the spooled message cannot be read")
	// errConnection: a Sender's error that concerns the connection.
	errConnection = errors.New("outbox: connection")
	// errNotSending: somebody else changed the state of a message that is being sent.
	errNotSending = errors.New("outbox: the message is not being sent any more")
)
