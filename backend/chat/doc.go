// Package chat keeps what is said in the user's chat, as far as the user may read it: conversations with people and in rooms, that can
// be read when the server is away, and who is in the rooms now.
//
// What the user's own clearance does not permit is withheld (RULES 20): it is judged in memory, before anything is written; of what is
// withheld nothing but who, when and the label is kept, and the audit log says so once. The verdict is a new one whenever a message is
// shown; Recheck removes what is not permitted any more. What has no label has the default one of its room or domain, and is shown as
// such; a correction never changes a label.
//
// A Source keeps the sessions; who wires the program gives one. Run, for the holder of the data directory only, has it keep them,
// takes in what comes, enters the rooms that the user wants to be in, and reads the archives. What is sent is not sent here: it goes
// through the queue as mail does; Said puts it into its conversation.
package chat

import (
	"errors"
	"fmt"
)

// Sentinel errors.
var (
	// ErrUnknown: no such account, conversation or message.
	ErrUnknown = errors.New("chat: unknown")
	// ErrAddress: an address that nobody can have.
	ErrAddress = errors.New("chat: unusable address")
	// ErrNotHolder: only the holder of the data directory's lock has sessions.
	ErrNotHolder = errors.New("chat: another process keeps the chat sessions")
	// ErrMany: more conversations than are kept.
	ErrMany = errors.New("chat: too many conversations")
)

// Errors of a Source.
var (
	// ErrOffline: the account has no session now.
	ErrOffline = errors.New("chat: the account is offline")
	// ErrNotJoined: the account is not in the room.
	ErrNotJoined = errors.New("chat: not in the room")
	// ErrNoArchive: no archive is kept there.
	ErrNoArchive = errors.New("chat: no archive there")
	// ErrNoCatalogue: the server has no catalogue of labels.
	ErrNoCatalogue = errors.New("chat: no catalogue of labels there")
	// ErrTooMuch: an archive has more than was read; what came is what is oldest.
	ErrTooMuch = errors.New("chat: more than is read at once")
)

// Refusal is what a server or room says against something. Condition is its name there, such as conflict (the nick is taken),
// not-authorized (a password is needed, or it is another one), registration-required (members only) or forbidden.
type Refusal struct{ Condition, Text string }

// Error gives condition and words.
func (r *Refusal) Error() string {
	if r.Text == "" {
		return fmt.Sprintf("chat: refused: %s", r.Condition)
	}
	return fmt.Sprintf("chat: refused: %s: %s", r.Condition, r.Text)
}

// The limits, where the Config does not say.
const (
	DefaultMaxMessages      = 2000 // of a conversation: the newest
	DefaultMaxConversations = 500
	DefaultHistory          = 50 // messages of a room that are asked for when it is entered for the first time
)

// The kinds of the store's changes. Of ChangeKind the id is the conversation's, or empty where accounts or several conversations
// changed; of RoomKind it is that of the room's conversation, whose occupants changed.
const (
	ChangeKind = "chat"
	RoomKind   = "room"
)
