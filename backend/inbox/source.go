package inbox

import (
	"context"
	"io"
	"time"
)

// Source is a connection that reads a mailbox. It is used by one goroutine at a time; Close may be called by another.
type Source interface {
	// Changes says what is different since a State; known are the messages that the caller knows.
	Changes(ctx context.Context, since State, known []uint32) (Changes, error)
	// Header gives a message's header, with its empty line.
	Header(ctx context.Context, uid uint32) ([]byte, error)
	// Body writes a whole message of at most limit octets.
	Body(ctx context.Context, uid uint32, limit int64, w io.Writer) (int64, error)
	// Mark tells the mailbox what the user did with a message.
	Mark(ctx context.Context, uid uint32, seen, answered bool) error
	// Wait returns nil when the mailbox changed; when ctx ends, its error, and the Source stays usable.
	Wait(ctx context.Context) error
	Close()
}

// State is how far a mailbox was read. The zero State knows nothing.
type State struct {
	Validity uint32
	NextUID  uint32
	ModSeq   uint64
}

// Changes is what is different since a State.
type Changes struct {
	State    State
	Reset    bool // the mailbox was renumbered, or nothing was known: New has all
	New      []Listed
	LeftOut  bool // the mailbox has more than are listed, older than New
	Flags    []Flagged
	Vanished []uint32
}

// Listed is what the mailbox says of one message.
type Listed struct {
	UID      uint32
	Size     int64 // octets, as the mailbox says: room is counted by what comes
	Received time.Time
	Flags
}

// Flags are what the mailbox remembers of a message.
type Flags struct{ Seen, Answered bool }

// Flagged is a message with the flags that it has now.
type Flagged struct {
	UID uint32
	Flags
}
