package xmppsend

import (
	"time"

	"caveat/backend/message"
)

// Handler is told what comes. Calls for one account come in order, one at a time; while one runs, nothing more of that account is
// taken up once some hundred wait.
type Handler interface {
	// Message is a chat message, a room's, a refusal, a receipt.
	Message(Incoming)
	// Room is a change in a room.
	Room(RoomEvent)
	// State is an account that went online or offline.
	State(account string, s State)
}

// Incoming is a message with where it came from. Nothing joins a room or answers by itself.
type Incoming struct {
	Account string
	message.Chat
	Peer string // bare address of the person, or of the room
	Room bool   // Peer is a room
	Nick string // in a room: whose it is; "" for the room's own words
	Own  bool   // our own message as the room reflects it, or as the archive has it
	// ArchiveID is the archive's name for it; "" where it did not come from one.
	ArchiveID string
	Raw       []byte // the message element as it came
}

// RoomEventKind is what happened in a room.
type RoomEventKind string

// The kinds. Joined and Left are others'; Entered and Gone are our own.
const (
	Entered RoomEventKind = "entered"
	Gone    RoomEventKind = "gone"
	Joined  RoomEventKind = "joined"
	Left    RoomEventKind = "left"
	Changed RoomEventKind = "changed" // affiliation, role, address or nick
	Subject RoomEventKind = "subject"
	Config  RoomEventKind = "config" // the room's configuration or privacy changed, see Codes
)

// RoomEvent is one change. Codes are the status codes of XEP-0045 that came with it, such as 307 (kicked) or 100 (addresses are shown
// to everybody).
type RoomEvent struct {
	Account, Room string
	Kind          RoomEventKind
	Occupant      Occupant
	NewNick       string // of Changed: the nick from now on
	Subject       string
	Message       *Incoming // of Subject: as it came, with its label
	Codes         []int
	Reason        string // in the room's words
	Destroyed     bool
}

// Occupant is somebody in a room.
type Occupant struct {
	Nick, Affiliation, Role string
	Address                 string // bare; "": the room does not tell
	isShared                bool   // the nick stands for several people, or for somebody who is not told
}

// State is how it stands with an account.
type State struct {
	IsOnline bool      `json:"isOnline"`
	JID      string    `json:"jid,omitempty"`    // as bound, while online
	Since    time.Time `json:"since"`            // when it became so
	Error    string    `json:"error,omitempty"`  // why it is offline
	NextTry  time.Time `json:"nextTry,omitzero"` // zero: nobody tries
}

// Controls are what a link to a domain carries and tells, as the administrator says. The zero Controls tell nothing: of presence never
// more than available or not goes out, without status, priority or capabilities, and never chat states, versions or idle times; that
// is so whatever they say.
type Controls struct {
	Receipts  bool // that a message has arrived is told
	FirstLine bool // messages with the marking in their first line, and no label element, may go there (RULES 26)
	NoChat    bool // no messages to people
	NoRooms   bool // no rooms: neither joined nor written to
	NoQueries bool // no questions to its servers and rooms, so that nothing with a label can be sent there
}

// event is what came of a message that was sent: reflected by a room, or refused.
type event struct {
	from    string
	refusal *message.StanzaError // nil: reflected
	shown   []byte               // of what is reflected: the message
}
