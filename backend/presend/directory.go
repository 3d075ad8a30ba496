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
	Parts     []Ref  // members of a list, occupants of a role
	Partial   string // why Parts may not be all of them; "" when they are
}

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
