package presend

import (
	"context"
	"time"

	"caveat/backend/draft"
	"caveat/backend/label"
)

// Directory finds the entries that decide. Package federation implements it over the address book.
type Directory interface {
	// Resolve finds, for each address, the entries of the directory that decides for it; one Party per address, in order.
	// freshness says how old what is in the cache may be before the directory is asked. A directory that cannot be asked
	// is no error: its parties say so in Fault, and hold what was last read.
	Resolve(ctx context.Context, channel draft.Channel, addresses []string, freshness Freshness) ([]Party, error)
	// Open finds the parties behind references, that is members and occupants.
	Open(ctx context.Context, channel draft.Channel, refs []Ref, freshness Freshness) (map[Ref]Party, error)
	// Originator finds the entry of an identity that the administrator bound to the user; an empty from means the first.
	// bound is false when the user has no such identity.
	Originator(ctx context.Context, channel draft.Channel, from string, freshness Freshness) (p Party, bound bool, err error)
}

// Routes knows the way from our network to an address.
type Routes interface {
	// Route gives the links on the way; ok is false when there is no route.
	Route(channel draft.Channel, address string) (r Route, ok bool)
}

// Occupants tells who is in a chat room now. It is optional: without it nothing is known of a room but what directories publish.
type Occupants interface {
	// Occupants lists whom the service shows in a room. complete is false when there may be others besides those. An error says,
	// in words for the user, why the room could not be asked; nobody is known then.
	Occupants(ctx context.Context, room string) (known []Occupant, complete bool, err error)
}

// Occupant is somebody in a room.
type Occupant struct {
	Address string // bare JID; "": the service does not tell who it is
	Nick    string // the name by which the room shows them
}

// Alternatives finds others to write to in place of somebody who may not get a draft (RULES 18). It is optional.
type Alternatives interface {
	// Alternatives gives candidates by Party.Address; those without any may be left out. They are candidates only: each is decided
	// exactly as a recipient, and whether it is the same person or of the same unit is held against its entries.
	Alternatives(ctx context.Context, channel draft.Channel, parties []Party) (map[string][]Alternative, error)
}

// Kinds of alternatives, which are those of the ways forward too.
const (
	AlternativeAddress = "other-address"
	AlternativeRole    = "role"
)

// Alternative is one candidate.
type Alternative struct {
	// Kind: AlternativeAddress for an entry of the same person, that is linked by DN in the directory that decides (RULES 6);
	// AlternativeRole for a role of the same unit in that directory.
	Kind  string
	Party Party // with its address on the channel
}

// Freshness says how old an entry may be before it is read again. MaxAge 0 with Live false means: the cache only.
type Freshness struct {
	Live   bool
	MaxAge time.Duration
}

// IsOld reports that what was read at a time must be read again.
func (f Freshness) IsOld(now, readAt time.Time) bool { return isOld(now, readAt, f.MaxAge) }

// maxAhead is more than a check can take, during which entries are read whose time lies after the check's.
const maxAhead = 5 * time.Minute

// isOld compares an age with its limit. A time that lies further ahead than maxAhead was read off a clock that was wrong:
// how old the entry is, nobody knows, so it counts as old.
func isOld(now, readAt time.Time, limit time.Duration) bool {
	age := now.Sub(readAt)
	return age > limit || age < -maxAhead
}

// Ref points at an entry of a directory. DN is in the directory's folded form: equal names are equal text.
type Ref struct{ Directory, DN string }

// Party is who stands behind an address.
type Party struct {
	Address string  // as asked; of a member, its address on the channel, or ""
	Nation  string  // of the directory that decides, else ""
	Entries []Entry // those that claim the address in the directory that decides (RULES 6); empty: none
	// Looked says where was looked when Entries is empty: the directory's name, or why there is none.
	Looked string
	// Fault says, in words, why the directory could not be asked, or gave only part. Entries are then as last read.
	Fault string
	// Foreign counts entries that other directories publish for the address; they are shown and never decide (RULES 6).
	Foreign int
}

// Entry is one directory entry as far as it decides.
type Entry struct {
	Name, Nation  string
	Kind          Kind
	Directory, DN string
	UUID          string    // the entry's identity in its directory
	Self          Ref       // what other entries' Parts say when they mean this one
	ReadAt        time.Time // zero: never read
	Transport     string
	Clearances    []string // as published, opaque
	// Withdrawn: the entry or its clearance was once seen and is gone (RULES 8).
	Withdrawn bool
	// Untrusted: read over a plain connection or from an unsigned file (RULES 9); Ceiling then bounds it, nil meaning that
	// nothing read so counts.
	Untrusted bool
	Ceiling   *label.Clearance
	Parts     []Ref  // members of a list, occupants of a role, known members of a room
	Partial   string // why Parts may not be all of them; "" when they are
	// ByMembers, of a list: its members are written to one by one, not the list (RULES 7: what the administrator chose for the nation).
	ByMembers bool

	// Disabled: the directory says that the entry is not in use (a disabled account; ACP 133 active FALSE).
	Disabled bool
	// ExpiresAt is when the account, or a role, ends; zero: nothing published.
	ExpiresAt time.Time
	// CertificateUntil is the end of the certificate that lasts longest; zero: none published.
	CertificateUntil time.Time
	Capabilities     Capabilities
	Unit             string   // as published, "" for none
	Addresses        []string // all of its addresses on the channel, as published
	// SamePerson names, by DN, other entries that this one says are of the same person: it proves nothing, and only a source of
	// alternatives looks at it.
	SamePerson []string

	// Filtered, of a room: the administrator recorded that its service filters each occupant by clearance (RULES 7).
	Filtered bool
	// Nodes, of a room: the domains of the nodes of a federated room, each of which adds its route (RULES 7).
	Nodes []string
	// NodesUnlisted, of a room: it is federated, and Nodes may not be all of its nodes.
	NodesUnlisted bool
}

// Capabilities is what an entry says that it can take (RULES 23; ACP 133). The zero value: nothing published.
type Capabilities struct {
	MaxSize       int64  // bytes of one message; 0: not published
	NoAttachments bool   // takes none
	EmCon         string // "enabled", "receive-only", "electronic-silence", "disabled"; "": not published
	Labels        Answer // understands confidentiality labels
	MMHS          Answer // understands military headers
}

// Answer is what a directory says to a question that it need not answer.
type Answer string

// The answers. The zero value: it does not say.
const (
	AnswerYes Answer = "yes"
	AnswerNo  Answer = "no"
)

// Route is the way to a destination.
type Route struct {
	Nation string
	Own    bool // the own nation's: its one link is the installation itself (RULES 11)
	Links  []Link
}

// Link is one hop with the clearance of the peer behind it.
type Link struct {
	Name      string
	Clearance label.Clearance
}
