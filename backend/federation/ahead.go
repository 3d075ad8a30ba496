package federation

import (
	"context"
	"errors"
	"time"

	"caveat/backend/draft"
	"caveat/backend/installation"
	"caveat/ldapbook"
)

// OpenAhead opens and binds, in the background, a connection to each directory that Send will ask about these addresses, so that it
// need not then: over a satellite link connecting alone takes seconds (RULES 13). It returns at once; what fails here is tried again
// at Send, and said there, and here only after a pause.
func (f *Federation) OpenAhead(channel draft.Channel, from string, addresses []string) {
	wanted := map[string]installation.Directory{}
	for _, a := range addresses {
		if d, ok := f.deciding(channel, a); ok {
			wanted[d.Name] = d
		}
	}
	if id, _, ok := f.Identity(channel, from); ok && len(wanted) > 0 {
		if d, ok := f.Directory(id.Directory); ok {
			wanted[d.Name] = d
		}
	}
	for _, d := range wanted {
		if d.LDIF == "" && !d.Paused && f.beginOpening(d.Name) {
			go func() {
				defer f.opening.Done()
				f.openAhead(d)
			}()
		}
	}
}

// beginOpening reports whether a connection is missing and nobody is opening one. The caller must then open one, and say when it is
// done.
func (f *Federation) beginOpening(name string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if k := f.conns[name]; f.closed || f.opens[name] || k != nil && f.now().Sub(k.used) < keepConnection/2 {
		return false
	}
	if x, failed := f.down[name]; failed && f.now().Before(x.until) {
		return false
	}
	if until, failed := f.aheadFailed[name]; failed && (until.IsZero() || f.now().Before(until)) {
		return false
	}
	f.opens[name] = true
	f.opening.Add(1) // under the lock that Close takes before it waits
	return true
}

// aheadPause is how long no connection is opened ahead to a directory that could not be reached.
const aheadPause = time.Minute

// aheadAgain is when a connection may be opened ahead again, after an error; zero: not by itself. A wrong password is not tried with
// every word that somebody types: a server may lock the account for that.
func (f *Federation) aheadAgain(err error) time.Time {
	if errors.Is(err, ldapbook.ErrBind) || errors.Is(err, installation.ErrSecret) {
		return time.Time{}
	}
	return f.now().Add(aheadPause)
}

func (f *Federation) openAhead(d installation.Directory) {
	ctx, cancel := context.WithTimeout(f.alive, f.deadline())
	defer cancel()
	conn, err := f.dial(ctx, d)
	f.mu.Lock()
	delete(f.opens, d.Name)
	if err != nil {
		f.aheadFailed[d.Name] = f.aheadAgain(err)
	}
	f.mu.Unlock()
	if err == nil {
		f.keepConn(d.Name, conn) // closes it where the Federation is closed
	}
}
