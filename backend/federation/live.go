package federation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"caveat/backend/installation"
	"caveat/backend/plain"
	"caveat/ldapbook"
)

// kept is a bound connection that is used again within a short time: a check asks first for addresses, then for members.
type kept struct {
	conn *ldapbook.Conn
	used time.Time
	end  *time.Timer // closes it when nobody has used it for too long
}

const (
	// keepConnection is how long a connection waits for its next use: as long as somebody may write before he sends.
	keepConnection = 5 * time.Minute
	// quiet is how long a connection is sure to be alive still. After a longer wait it is tried first: what stands
	// between may have dropped it without a word.
	quiet = 30 * time.Second
	// keepFault is how long a directory that failed is not asked again, so that one check waits for it once.
	keepFault = 3 * time.Second
)

// fault is why a directory could not be asked, in words, and until when that is believed.
type fault struct {
	text  string
	until time.Time
}

// deadline is how long the live read of one nation may take (RULES 13).
func (f *Federation) deadline() time.Duration {
	return f.in.File.Check.Deadline.Or(installation.DefaultDeadline)
}

// ask runs f on a connection to the directory within its deadline. Its answer is "" or the fault in words.
func (f *Federation) ask(ctx context.Context, d installation.Directory, run func(context.Context, *ldapbook.Conn) error) string {
	return f.askWithin(ctx, d, f.deadline(), run)
}

// askWithin is ask with a deadline of the asker's own.
func (f *Federation) askWithin(ctx context.Context, d installation.Directory, deadline time.Duration, run func(context.Context, *ldapbook.Conn) error) string {
	if d.LDIF != "" {
		return fmt.Sprintf("The directory %s is read from a file: it cannot be asked.", d.Name)
	}
	if d.Paused {
		return fmt.Sprintf("The directory %s is paused by the administrator: it is not asked.", d.Name)
	}
	if text := f.recentFault(d.Name); text != "" {
		return text
	}
	asked, cancel := context.WithTimeout(ctx, left(ctx, d.Name, deadline))
	defer cancel()
	start := time.Now()
	err := f.withConn(asked, d, run)
	spend(ctx, d.Name, time.Since(start))
	if err == nil {
		return ""
	}
	text := words(d, err, asked.Err(), deadline)
	if ctx.Err() == nil { // not when the asker gave up
		f.mu.Lock()
		f.down[d.Name] = fault{text, f.now().Add(keepFault)}
		f.mu.Unlock()
	}
	return text
}

func (f *Federation) recentFault(name string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if x, ok := f.down[name]; ok && f.now().Before(x.until) {
		return x.text
	}
	delete(f.down, name)
	return ""
}

// withConn runs on the kept connection, or a new one. A kept one may have died meanwhile: then once more on a new one.
func (f *Federation) withConn(ctx context.Context, d installation.Directory, run func(context.Context, *ldapbook.Conn) error) error {
	if conn, idle := f.takeConn(d.Name); conn != nil {
		again, err := f.tryKept(ctx, d, conn, idle, run)
		if !again {
			return err
		}
	}
	conn, err := f.dial(ctx, d)
	if err != nil {
		return err
	}
	if err := run(ctx, conn); err != nil {
		conn.Close()
		return err
	}
	f.keepConn(d.Name, conn)
	return nil
}

// tryKept runs on a connection that was kept; again: it was dead, and a new one is worth a try. After a long wait it is tried first
// with a question that every server answers at once, so that a slow answer to the real one is not taken for a dead connection.
func (f *Federation) tryKept(ctx context.Context, d installation.Directory, conn *ldapbook.Conn, idle time.Duration, run func(context.Context, *ldapbook.Conn) error) (again bool, err error) {
	if idle > quiet && !isAlive(ctx, conn) {
		conn.Close()
		return ctx.Err() == nil, ctx.Err()
	}
	if err := run(ctx, conn); err != nil {
		conn.Close()
		return ctx.Err() == nil && errors.Is(err, ldapbook.ErrUnreachable), err
	}
	f.keepConn(d.Name, conn)
	return false, nil
}

// isAlive tries a connection for a quarter of the time that is left.
func isAlive(ctx context.Context, conn *ldapbook.Conn) bool {
	trial, cancel := ctx, context.CancelFunc(func() {})
	if end, ok := ctx.Deadline(); ok {
		trial, cancel = context.WithTimeout(ctx, time.Until(end)/4)
	}
	defer cancel()
	return conn.Alive(trial) == nil
}

func (f *Federation) dial(ctx context.Context, d installation.Directory) (*ldapbook.Conn, error) {
	src, err := f.Source(d)
	if err != nil {
		return nil, err
	}
	return ldapbook.Dial(ctx, src)
}

// takeConn gives the connection that is kept, and for how long nobody has used it; nil: none.
func (f *Federation) takeConn(name string) (conn *ldapbook.Conn, idle time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	k := f.conns[name]
	if k == nil {
		return nil, 0
	}
	if idle = f.now().Sub(k.used); idle > keepConnection {
		f.dropConn(name)
		return nil, 0
	}
	k.end.Stop()
	delete(f.conns, name)
	return k.conn, idle
}

// dropConn closes the connection that is kept, where there is one. The caller holds the lock.
func (f *Federation) dropConn(name string) {
	if k := f.conns[name]; k != nil {
		k.end.Stop()
		k.conn.Close()
		delete(f.conns, name)
	}
}

func (f *Federation) keepConn(name string, conn *ldapbook.Conn) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.dropConn(name)
	if f.closed {
		conn.Close()
		return
	}
	k := &kept{conn: conn, used: f.now()}
	f.conns[name] = k
	k.end = time.AfterFunc(f.keepFor, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.conns[name] == k {
			f.dropConn(name)
		}
	})
	delete(f.aheadFailed, name) // it can be reached, and takes our password
}

// words says why a directory could not be asked, for people who are about to send.
func words(d installation.Directory, err, late error, deadline time.Duration) string {
	why := plain.Text(err)
	switch {
	case errors.Is(err, ldapbook.ErrFirstRead):
		why = "another program on this machine is reading it for the first time: ask again when that is done, `caveat directory list` shows how far it is"
	case errors.Is(err, ldapbook.ErrTimeout), late != nil:
		why = fmt.Sprintf("no answer in %s", deadline)
	case errors.Is(err, ldapbook.ErrUnreachable):
		why = "it cannot be reached"
	case errors.Is(err, ldapbook.ErrTLS):
		why = "its certificate is not trusted"
	case errors.Is(err, ldapbook.ErrBind):
		why = "it refused our name or password"
	case errors.Is(err, ldapbook.ErrSizeLimit):
		why = "it gave only a part"
	case errors.Is(err, installation.ErrSecret):
		why = "our password for it is not stored"
	case errors.Is(err, ldapbook.ErrSource), errors.Is(err, installation.ErrInvalid):
		why = "it is not set up properly"
	}
	return fmt.Sprintf("Could not ask the directory %s (%s).", d.Name, why)
}

// errPartial: the directory gave only a part, so what is missing may be there.
var errPartial = fmt.Errorf("federation: %w", ldapbook.ErrSizeLimit)

// readAddresses reads the entries of addresses and stores them in the book.
func (f *Federation) readAddresses(ctx context.Context, d installation.Directory, addresses []string) string {
	return f.ask(ctx, d, func(ctx context.Context, c *ldapbook.Conn) error {
		entries, incomplete, err := c.ByAddress(ctx, addresses)
		if err != nil {
			return err
		}
		if incomplete {
			return errPartial // what is missing may be a second entry that claims an address: nothing of it counts as read now
		}
		if err := f.book.Put(ctx, d.Name, entries, ldapbook.Asked{Addresses: addresses}); err != nil {
			return err
		}
		return nil
	})
}

// manyNames is from how many entries on, of those that the book has, they are asked for by their addresses first: fifty of these go
// into one search, while LDAP has no question for many names. A list of 5,000 is 100 searches then.
const manyNames = 50

// readNames reads entries by their DNs and stores them in the book; have is what it has of them, by folded DN.
func (f *Federation) readNames(ctx context.Context, d installation.Directory, dns []string, have map[string]ldapbook.Entry) string {
	return f.ask(ctx, d, func(ctx context.Context, c *ldapbook.Conn) error {
		found, left, err := byAddressFirst(ctx, c, dns, have)
		if err != nil {
			return err
		}
		if len(left) > 0 {
			named, _, err := c.ByDN(ctx, left)
			if err != nil {
				return err
			}
			found = append(found, named...)
		}
		return f.book.Put(ctx, d.Name, found, ldapbook.Asked{DNs: dns})
	})
}

// byAddressFirst reads those of many entries that still stand under the same name and bear the address that the book has of them.
// left are the names of all others: nothing is known of them yet, as a part of an answer is enough here.
func byAddressFirst(ctx context.Context, c *ldapbook.Conn, dns []string, have map[string]ldapbook.Entry) (found []ldapbook.Entry, left []string, err error) {
	var addresses []string
	missing := make(map[string]bool, len(dns))
	for _, dn := range dns {
		missing[ldapbook.FoldDN(dn)] = true
		if a := have[ldapbook.FoldDN(dn)].Address(); a != "" {
			addresses = append(addresses, a)
		}
	}
	if len(addresses) < manyNames {
		return nil, dns, nil
	}
	all, _, err := c.ByAddress(ctx, addresses)
	if err != nil && !errors.Is(err, ldapbook.ErrRefused) { // one that refuses to search may let names be read
		return nil, nil, err
	}
	for _, e := range all {
		if dn := ldapbook.FoldDN(e.DN); missing[dn] {
			missing[dn] = false
			found = append(found, e)
		}
	}
	for _, dn := range dns {
		if missing[ldapbook.FoldDN(dn)] {
			left = append(left, dn)
		}
	}
	return found, left, nil
}
