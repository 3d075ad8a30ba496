package federation

import (
	"context"
	"slices"
	"time"

	"caveat/backend/draft"
	"caveat/backend/installation"
	"caveat/ldapbook"
)

// Scope is how far a search asks (RULES 22).
type Scope int

// The scopes, each with what the one before asks.
const (
	CacheOnly Scope = iota
	Typing          // directories that may be asked while somebody types
	Enter           // partners that keep no copy here
	Everybody       // mirrored partners too
)

// Asks reports whether a search of that scope asks a directory. Delivered: the own nation while typing, partners that keep no copy
// here on Enter, mirrored partners only when somebody says so for this one search (Everybody); the administrator may say otherwise per
// directory, and "never" is never. What is read from a file is never asked, nor what is paused.
func (f *Federation) Asks(d installation.Directory, scope Scope) bool {
	if len(d.URLs) == 0 || d.Live == "never" || d.Paused {
		return false
	}
	switch {
	case scope == Everybody:
		return true
	case d.Live == "typing", d.Live == "" && d.Nation == f.in.File.System.Nation:
		return scope >= Typing
	case d.Live == "enter", d.Live == "" && d.Mode == "look-up":
		return scope >= Enter
	}
	return false
}

// State is what the cache can say of one directory.
type State struct {
	Directory installation.Directory
	Known     bool // the book has met it
	Entries   int
	// ReadAt is the moment as of which the copy was complete; zero: there is none. Every entry of a copy is at least as fresh.
	ReadAt     time.Time
	Incomplete bool   // the last read brought only a part
	Error      string // why the last read failed
}

// IsMirror reports that the directory agreed to a copy of it.
func (s State) IsMirror() bool { return s.Directory.Mode == "mirror" }

// States tells the state of every directory of the installation, in its order.
func (f *Federation) States(ctx context.Context) ([]State, error) {
	status, err := f.statuses(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]State, len(f.in.Directories))
	for i, d := range f.in.Directories {
		st, known := status[d.Name]
		out[i] = State{Directory: d, Known: known, Entries: st.Entries, ReadAt: st.AsOf, Incomplete: st.Incomplete, Error: st.Error}
	}
	return out, nil
}

// Decides reports whether a directory decides for an address on a channel (RULES 6). An address that is only folded into one of
// its domains is nobody's.
func (f *Federation) Decides(directory string, channel draft.Channel, address string) bool {
	d, ok := f.deciding(channel, key(address))
	return ok && d.Name == directory
}

// AddressOn is the address by which an entry is written to on a channel: one that its directory decides for, else its first; ""
// when it has none.
func (f *Federation) AddressOn(e ldapbook.Entry, channel draft.Channel) string {
	d, _ := f.Directory(e.Directory)
	return addressOf(d, e, channel)
}

// DecidesFor reports whether an entry's directory decides for its address on either channel.
func (f *Federation) DecidesFor(e ldapbook.Entry) bool {
	decides := func(channel draft.Channel) func(string) bool {
		return func(a string) bool { return f.Decides(e.Directory, channel, a) }
	}
	return slices.ContainsFunc(e.Mail, decides(draft.Mail)) || slices.ContainsFunc(e.JID, decides(draft.Chat))
}
