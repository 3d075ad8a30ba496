package ldapbook

import (
	"context"
	"errors"
	"hash/maphash"

	"github.com/go-ldap/ldap/v3"

	"caveat/ldapbook/internal/wire"
)

// errLoop: page after page brings nothing new.
var errLoop = errors.New("the pages repeat without end")

const (
	batchSize = 4000
	// maxBarrenPages: some servers send empty pages in between; one that only repeats itself is cut off.
	maxBarrenPages        = 16
	codeCriticalExtension = 12
)

// reading is the bulk read of one directory.
type reading struct {
	conn  *Conn
	emit  func([]Entry) error
	batch []Entry
	seen  map[uint64]struct{} // hashes of UUIDs
	seed  maphash.Seed

	pages, references int
	pace              *pacer
	// partial are entries whose members came in ranges: the rest is read when the page has ended.
	partial []Entry
}

// readAll reads all entries page by page and hands them on in batches, whose memory is the receiver's. It returns the
// number of pages and of references that could not be followed, also with an error. The read as a whole has no time limit, only
// silence has.
func (c *Conn) readAll(ctx context.Context, emit func([]Entry) error) (pages, references int, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	search, err := c.search(c.src.BaseDN, wire.ScopeSubtree, c.src.Mapping.classFilter(""))
	if err != nil {
		return 0, 0, err
	}
	search.PageSize = c.src.PageSize
	r := &reading{conn: c, emit: emit, seen: map[uint64]struct{}{}, seed: maphash.MakeSeed(), pace: newPacer(c.src.Rate)}
	err = r.run(ctx, search)
	if flushErr := r.flush(); err == nil {
		err = flushErr
	}
	return r.pages, r.references, err
}

func (r *reading) run(ctx context.Context, search wire.Search) error {
	barren := 0
	entry := func(m wire.Message) error {
		if err := r.pace.wait(ctx); err != nil {
			return err
		}
		return r.entry(m)
	}
	for {
		before := len(r.seen)
		done, err := r.conn.client.Search(ctx, 0, search, entry)
		if err != nil {
			return r.conn.explain(err)
		}
		left, err := r.conn.followPages(ctx, search, done, entry)
		if err != nil {
			return r.conn.explain(err)
		}
		r.references += left.count
		if done.Code == codeReferral && left.count == 0 {
			done.Code = 0 // all of it is elsewhere, and was read there
		}
		if done.Code == codeCriticalExtension && r.pages == 0 && search.PageSize > 0 {
			search.PageSize = 0 // a server without paged results
			continue
		}
		if done.Code != 0 {
			return r.conn.explain(&done.Result)
		}
		r.pages++
		if err := r.complete(ctx); err != nil {
			return err
		}
		if len(done.Cookie) == 0 {
			return nil
		}
		if barren++; len(r.seen) > before {
			barren = 0
		}
		if barren > maxBarrenPages {
			return r.conn.explain(errLoop)
		}
		search.Cookie = done.Cookie
	}
}

func (r *reading) entry(m wire.Message) error {
	e, ok, err := r.conn.mapper.entry(m)
	if err != nil || !ok {
		return err
	}
	r.seen[maphash.String(r.seed, e.UUID)] = struct{}{}
	if e.MembersIncomplete {
		r.partial = append(r.partial, e)
		return nil
	}
	r.batch = append(r.batch, e)
	if len(r.batch) < batchSize {
		return nil
	}
	return r.flush()
}

func (r *reading) flush() error {
	if len(r.batch) == 0 {
		return nil
	}
	batch := r.batch
	r.batch = nil
	return r.emit(batch)
}

// search makes a request for the mapped attributes.
func (c *Conn) search(base string, scope int, filter string) (wire.Search, error) {
	packet, err := ldap.CompileFilter(filter)
	if err != nil {
		return wire.Search{}, explain(ErrSource, err, c.src, c.url)
	}
	return wire.Search{Base: base, Scope: scope, Filter: packet.Bytes(), Attrs: c.src.Mapping.attributes()}, nil
}
