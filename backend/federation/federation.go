// Package federation joins the address book and the installation: which directory decides for an address, what clearance is
// published there, how fresh that is, which route leads there. It implements the interfaces that package presend asks.
//
// RULES 6: a directory decides only for the domains that the administrator gave it. RULES 8: what was once seen and is gone
// is withdrawn, not unknown. RULES 13: at Send whatever is older than the sending age is read again, all nations in
// parallel, each within its deadline; a nation that does not answer delays nobody else's answer beyond that.
//
// A Federation is safe for concurrent use.
package federation

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"caveat/backend/draft"
	"caveat/backend/installation"
	"caveat/backend/plain"
	"caveat/backend/presend"
	"caveat/backend/store"
	"caveat/ldapbook"
)

// Federation answers from one installation, one book and one store.
type Federation struct {
	in      *installation.Installation
	secrets installation.Secrets
	book    *ldapbook.Book
	store   *store.Store
	user    string // login name, for identities
	now     func() time.Time

	mu    sync.Mutex
	conns map[string]*kept // by directory
	opens map[string]bool  // directories to which a connection is being opened ahead
	// aheadFailed is until when no connection to a directory is opened ahead, as that failed; zero: until one is opened at Send.
	aheadFailed map[string]time.Time
	closed      bool
	keepFor     time.Duration      // how long a connection waits for its next use
	opening     sync.WaitGroup     // connections that are being opened ahead
	alive       context.Context    // ended by Close
	end         context.CancelFunc // ends alive
	down        map[string]fault   // directories that failed a moment ago
	// sharing is the addresses that several entries claim, as far as they are known.
	sharing sharing
	lost    map[draft.Channel]lost // who is without the clearance that he once had, as far as it is known
	memory  presend.Memory         // of clearances
}

// Config is what a Federation is made of.
type Config struct {
	Installation *installation.Installation
	Secrets      installation.Secrets
	Book         *ldapbook.Book
	Store        *store.Store
	User         string           // login name of the person at the program
	Now          func() time.Time // nil: time.Now
}

// New makes a Federation. It connects to nothing.
func New(c Config) *Federation {
	if c.Now == nil {
		c.Now = time.Now
	}
	alive, end := context.WithCancel(context.Background())
	return &Federation{
		alive: alive, end: end, keepFor: keepConnection,
		in: c.Installation, secrets: c.Secrets, book: c.Book, store: c.Store, user: c.User, now: c.Now,
		conns: map[string]*kept{}, opens: map[string]bool{}, aheadFailed: map[string]time.Time{}, down: map[string]fault{},
	}
}

// Installation is what the Federation answers from.
func (f *Federation) Installation() *installation.Installation { return f.in }

// Book is the cache it answers from.
func (f *Federation) Book() *ldapbook.Book { return f.book }

// Directory finds a directory by name.
func (f *Federation) Directory(name string) (installation.Directory, bool) {
	for _, d := range f.in.Directories {
		if d.Name == name {
			return d, true
		}
	}
	return installation.Directory{}, false
}

// deciding finds the directory that decides for an address on a channel (RULES 6).
func (f *Federation) deciding(channel draft.Channel, address string) (installation.Directory, bool) {
	domain := draft.Domain(address)
	for _, d := range f.in.Directories {
		for _, have := range domainsOn(channel, d) {
			if domain != "" && draft.FoldAddress(have) == domain {
				return d, true
			}
		}
	}
	return installation.Directory{}, false
}

// key is how an address is looked up: folded, and of a JID the bare part. An address that only the book's own folding would
// make equal to another (the Kelvin sign for a K) is nobody's: a NUL keeps it apart.
func key(address string) string {
	a := draft.FoldAddress(address)
	if ldapbook.FoldAddress(a) != a {
		return "\x00" + a
	}
	if at, slash := strings.IndexByte(a, '@'), strings.IndexByte(a, '/'); at >= 0 && slash > at {
		a = a[:slash]
	}
	return a
}

// closeWait bounds how long Close waits for connections that are being opened: what dials hears at once that it is over.
const closeWait = 5 * time.Second

// Close ends the connections that are kept open, and waits for those that are being opened.
func (f *Federation) Close() error {
	f.end()
	f.mu.Lock()
	f.closed = true
	for name := range f.conns {
		f.dropConn(name)
	}
	f.mu.Unlock()
	done := make(chan struct{})
	go func() {
		f.opening.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-time.After(closeWait):
		return fmt.Errorf("federation: a connection to a directory is still being opened after %s", closeWait)
	}
}

// statuses tells per directory what the book knows of it.
func (f *Federation) statuses(ctx context.Context) (map[string]ldapbook.Status, error) {
	list, err := f.book.Status(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string]ldapbook.Status{}
	for _, s := range list {
		s.Error = plain.Written(s.Error)
		out[s.Directory] = s
	}
	return out, nil
}
