package chat

import (
	"context"
	"time"

	"caveat/backend/message"
)

// Source keeps the sessions of chat accounts. It is safe for concurrent use. An account is named as in Config.Accounts; addresses are
// bare. Errors are those of this package, a *Refusal, or others, which an attempt later may mend.
type Source interface {
	// Run keeps the sessions of the accounts until ctx ends, and tells h. Calls for one account come in order, one at a time.
	Run(ctx context.Context, h Handler, accounts ...string) error

	// Join enters a room and stays in it over lost connections until Leave. history is how many past messages are asked for, where the
	// room does not know up to where they were read.
	Join(ctx context.Context, account, room, nick, password string, history int) error
	Leave(ctx context.Context, account, room string) error
	// Inside lists who is in a room, the user too; ErrNotJoined.
	Inside(account, room string) ([]Occupant, error)

	// Services lists the services of a server that have rooms, and Rooms the rooms of a service.
	Services(ctx context.Context, account, server string) ([]Item, error)
	Rooms(ctx context.Context, account, service string) ([]Item, error)
	Bookmarks(ctx context.Context, account string) ([]Bookmark, error)
	SetBookmarks(ctx context.Context, account string, list []Bookmark) error

	// Archive gives what was said since a time, oldest first: in a room, or, where with is empty, with people. The error of each ends it.
	Archive(ctx context.Context, account, with string, since time.Time, each func(Incoming) error) error
	// Catalogue asks the own server what may be chosen for messages to target; ErrNoCatalogue.
	Catalogue(ctx context.Context, account, target string) (Catalogue, error)
}

// Handler is told what comes.
type Handler interface {
	Message(Incoming)
	Room(RoomEvent)
	State(account string, s State)
}

// Incoming is a message with where it came from.
type Incoming struct {
	Account string
	message.Chat
	Peer string // bare address of the person, or of the room
	Room bool   // Peer is a room
	Nick string // in a room: whose it is; "" for the room's own words
	Own  bool   // our own message, as the room reflects it or the archive has it
	// ArchiveID is the archive's name for it; "" where it did not come from one.
	ArchiveID string
	Raw       []byte // the message element as it came
}

// RoomEventKind is what happened in a room.
type RoomEventKind string

// The kinds. Joined and Left are others'; Entered and Gone are our own.
const (
	Entered  RoomEventKind = "entered"
	Gone     RoomEventKind = "gone"
	Joined   RoomEventKind = "joined"
	Left     RoomEventKind = "left"
	Changed  RoomEventKind = "changed" // affiliation, role, address or nick
	Subject  RoomEventKind = "subject" // Message has it, with its label
	Settings RoomEventKind = "config"
)

// RoomEvent is one change in a room.
type RoomEvent struct {
	Account, Room string
	Kind          RoomEventKind
	Occupant      Occupant
	Codes         []int  // status codes of XEP-0045
	Reason        string // in the room's words
	Destroyed     bool
	Message       *Incoming // of Subject
}

// Occupant is somebody in a room.
type Occupant struct {
	Nick, Affiliation, Role string
	Address                 string // bare; "": the room does not tell
	Own                     bool   // it is the user
}

// State is how it stands with an account.
type State struct {
	IsOnline bool
	Since    time.Time // when it became so
	Problem  string    // why it is offline
	NextTry  time.Time // zero: nobody tries
}

// Item is one thing that a service has.
type Item struct{ Address, Name string }

// Bookmark is a room that the user keeps at the server.
type Bookmark struct {
	Room, Name, Nick, Password string
	IsAutomatic                bool
}

// Catalogue is what a server lets be chosen for messages to one address.
type Catalogue struct {
	Name         string
	IsRestricted bool // nothing but its items may be chosen
	Items        []CatalogueItem
}

// CatalogueItem is one label that may be chosen; with a fault in Sensitivity it must not be.
type CatalogueItem struct {
	Selector    []string
	IsDefault   bool
	XML         []byte // the securitylabel element, to be sent as it is
	Sensitivity message.Sensitivity
}
