package ldapbook

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"slices"

	"caveat/ldapbook/internal/wire"
)

// Limits of what is followed for one search.
const (
	maxHops     = 8  // from server to server
	maxFollowed = 64 // searches in all
)

// asker runs a search on the connection to the server of a referral.
type asker func(ctx context.Context, client *wire.Client, search wire.Search) (wire.Done, error)

// unread is what references named and could not be had.
type unread struct {
	count int
	why   error // of the first; nil: count is 0
}

func (u *unread) add(n int, why error) {
	if u.why == nil && n > 0 {
		u.why = why
	}
	u.count += n
}

// reference is one that is still to be followed; any of its URLs serves.
type reference struct {
	urls      []string
	search    wire.Search // whose answer it was in
	needsBase bool        // a continuation reference, not a referral
	chain     []string    // keys of the destinations that led here
}

// follower follows the references of one search.
type follower struct {
	conn  *Conn
	ask   asker
	open  []reference
	asked map[string]bool
	left  unread
}

// follow asks the servers to which the end of a search refers (by code 10, or by search result references), and those to
// which these refer, within Source.Referrals. The connection's lock is held. What cannot be had is counted, so that the
// answer is incomplete; an error is only returned when ctx ended.
func (c *Conn) follow(ctx context.Context, search wire.Search, done wire.Done, ask asker) (unread, error) {
	f := &follower{conn: c, ask: ask, asked: map[string]bool{}}
	own, _, _ := c.src.endpoint(c.url)
	chain := []string{destination{address: own, search: search}.key()}
	f.add(done, search, chain)
	for n := 0; len(f.open) > 0; n++ {
		if err := ctx.Err(); err != nil {
			return unread{}, err
		}
		if n == maxFollowed {
			f.left.add(len(f.open), fmt.Errorf("more than %d references", maxFollowed))
			break
		}
		next := f.open[0]
		f.open = f.open[1:]
		if err := f.one(ctx, next); err != nil {
			f.left.add(1, err)
		}
	}
	return f.left, nil
}

// add notes the references in a search's end.
func (f *follower) add(done wire.Done, search wire.Search, chain []string) {
	if done.Code == codeReferral {
		f.open = append(f.open, reference{done.Referral, search, false, chain})
	}
	for _, urls := range done.Refs {
		f.open = append(f.open, reference{urls, search, true, chain})
	}
	f.left.add(done.References-len(done.Refs), errors.New("more references than are kept"))
}

// one follows a reference by the first of its URLs that leads to an answer.
func (f *follower) one(ctx context.Context, r reference) error {
	why := errors.New("a reference without a usable URL")
	for _, raw := range r.urls {
		t, err := f.conn.src.destination(raw, r.search, r.needsBase)
		if err != nil {
			why = err
			continue
		}
		key := t.key()
		switch {
		case slices.Contains(r.chain, key):
			why = fmt.Errorf("the referrals go in a circle, by %.200q", raw)
			continue
		case len(r.chain) > maxHops:
			why = fmt.Errorf("more than %d referrals one after the other", maxHops)
			continue
		case f.asked[key]:
			return nil // read already, or counted already
		}
		f.asked[key] = true
		done, err := f.at(ctx, t)
		if err == nil && done.Code != 0 && done.Code != codeReferral {
			err = &done.Result
		}
		if err != nil {
			why = fmt.Errorf("%s: %w", t.url, err)
			continue
		}
		f.add(done, t.search, append(slices.Clone(r.chain), key))
		return nil
	}
	return why
}

// at asks one server, on the connection that an earlier reference opened, or on a new one.
func (f *follower) at(ctx context.Context, t destination) (wire.Done, error) {
	client, err := f.conn.other(ctx, t)
	if err != nil {
		return wire.Done{}, err
	}
	done, err := f.ask(ctx, client, t.search)
	if err != nil {
		_ = client.Close()
		delete(f.conn.others, t.address)
	}
	return done, err
}

// other returns a connection to the server of a referral. Where the account was refused it is not tried again.
func (c *Conn) other(ctx context.Context, t destination) (*wire.Client, error) {
	if o, ok := c.others[t.address]; ok {
		return o.client, o.refused
	}
	client, refused, err := connect(ctx, c.src.at(t), t.url)
	if err == nil || refused {
		if c.others == nil {
			c.others = map[string]other{}
		}
		c.others[t.address] = other{client, err}
	}
	return client, err
}

// other is a connection to the server of a referral, or why there is none.
type other struct {
	client  *wire.Client
	refused error
}

// followPages is follow for a paged search, such as the bulk read: it is called at the end of each page, with the search that
// brought it. entry is called for each entry; an error of it ends the following, and is returned as it is.
func (c *Conn) followPages(ctx context.Context, search wire.Search, done wire.Done, entry func(wire.Message) error) (unread, error) {
	if done.Code != codeReferral && done.References == 0 {
		return unread{}, nil
	}
	var fatal error
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	guarded := func(m wire.Message) error {
		err := entry(m)
		if err != nil && fatal == nil {
			fatal = err
			cancel(err)
		}
		return err
	}
	left, err := c.follow(ctx, search, done, func(ctx context.Context, client *wire.Client, search wire.Search) (wire.Done, error) {
		return pages(ctx, client, search, guarded)
	})
	if fatal != nil {
		return unread{}, fatal
	}
	return left, err
}

// pages reads all pages of a search; the references in it are those of all pages. Pages that only repeat others are cut off.
func pages(ctx context.Context, client *wire.Client, search wire.Search, entry func(wire.Message) error) (wire.Done, error) {
	var all wire.Done
	var sum uint64 // of the page, wherever an entry stands in it
	seed, sums, barren := maphash.MakeSeed(), map[uint64]bool{}, 0
	counted := func(m wire.Message) error {
		sum += maphash.Bytes(seed, m.Body)
		return entry(m)
	}
	for {
		sum = 0
		done, err := client.Search(ctx, 0, search, counted)
		if err != nil {
			return wire.Done{}, err
		}
		if done.Code == codeCriticalExtension && search.PageSize > 0 && search.Cookie == nil {
			search.PageSize = 0 // a server without paged results
			continue
		}
		all.Result = done.Result
		all.References += done.References
		all.Refs = append(all.Refs, done.Refs[:min(len(done.Refs), wire.MaxReferences-len(all.Refs))]...)
		if done.Code != 0 || len(done.Cookie) == 0 {
			return all, nil
		}
		if barren++; sum != 0 && !sums[sum] {
			barren = 0
		}
		if barren > maxBarrenPages {
			return wire.Done{}, errLoop
		}
		sums[sum] = true
		search.Cookie = done.Cookie
	}
}

// followSmall is follow for a search with a short answer: all that is followed takes no longer than Source.Timeout, and what
// was not had until then is unread.
func (c *Conn) followSmall(ctx context.Context, search wire.Search, done wire.Done, ask asker) (unread, error) {
	if done.Code != codeReferral && done.References == 0 {
		return unread{}, nil
	}
	limited, cancel := context.WithTimeout(ctx, c.src.Timeout)
	defer cancel()
	left, err := c.follow(limited, search, done, ask)
	if err != nil && ctx.Err() == nil {
		return unread{count: 1, why: err}, nil
	}
	return left, err
}

// oneElsewhere reads the entry that a search with scope base was referred for. No answer of the servers that were asked, or
// of none, is ErrReferral: whether there is such an entry is not known.
func (c *Conn) oneElsewhere(ctx context.Context, search wire.Search, done wire.Done) (found []Entry, err error) {
	left, err := c.followSmall(ctx, search, done, func(ctx context.Context, client *wire.Client, search wire.Search) (wire.Done, error) {
		return client.Search(ctx, c.src.Timeout, search, func(m wire.Message) error {
			e, ok, err := c.mapper.entry(m)
			if ok && err == nil {
				found = append(found, e)
			}
			return err
		})
	})
	if err != nil {
		return nil, c.explain(err)
	}
	if left.count > 0 && len(found) == 0 {
		return nil, explain(ErrReferral, fmt.Errorf("%s: %w", search.Base, left.why), c.src, c.url)
	}
	return found, nil
}
