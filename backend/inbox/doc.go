// Package inbox keeps what is in the user's mailboxes, as far as the user may read it: a list that works when the server is away,
// and the messages themselves, by their hash, in DATA/inbox.
//
// What the user's own clearance does not permit is withheld (RULES 20). Its label is judged from the header, in memory, before the
// body is asked for, and again with the labels of all that goes with it before anything is written; of what is withheld nothing but
// who, when and the label is kept, and the audit log says so once. The verdict is a new one whenever a message is listed or read;
// Recheck removes what is not permitted any more.
//
// A Source is one connection to a mailbox; who wires the program gives them. Run, for the holder of the data directory only, keeps
// the list up to date: it connects, fetches the newest first, waits for the server to tell of changes, and connects again. Reports
// on sent messages are claims: they are kept beside the message, and change nothing about it.
package inbox

import "errors"

// Sentinel errors.
var (
	// ErrUnknown: no such message.
	ErrUnknown = errors.New("inbox: unknown message")
	// ErrWithheld: the user's own clearance does not permit the message.
	ErrWithheld = errors.New("inbox: withheld")
	// ErrNotHere: the message may be read, and is not here.
	ErrNotHere = errors.New("inbox: the message is not here")
	// ErrTampered: the message on disk is another one than the one that was fetched.
	ErrTampered = errors.New("inbox: the message on disk was changed")
	// ErrNotHolder: only the holder of the data directory's lock may run.
	ErrNotHolder = errors.New("inbox: another process holds the data directory")
)

// Errors of a Source after which the connection goes on. Every other one ends it.
var (
	// ErrGone: there is no such message (any more).
	ErrGone = errors.New("inbox: no such message in the mailbox")
	// ErrTooLarge: the message is larger than may be read.
	ErrTooLarge = errors.New("inbox: message too large")
	// ErrRenumbered: the mailbox was renumbered; ask for Changes.
	ErrRenumbered = errors.New("inbox: the mailbox was renumbered")
)

// The limits, where the Config does not say.
const (
	DefaultMaxSize     = 30 << 20 // octets of a message
	DefaultMaxMessages = 1000     // of a mailbox: the newest
	DefaultMaxBytes    = 1 << 30  // octets of all that is kept
)
