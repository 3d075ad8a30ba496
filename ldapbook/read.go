package ldapbook

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"caveat/ldapbook/internal/wire"
)

// errLoop: what the server sends repeats without end.
var errLoop = errors.New("the answers repeat without end")

const (
	batchSize = 4000
	// batchBytes bounds a batch of large entries; four batches are in memory at a time.
	batchBytes = 8 << 20
	// maxBarrenPages: some servers send empty pages in between; one that only repeats itself is cut off.
	maxBarrenPages        = 16
	codeCriticalExtension = 12
)

// reading is the bulk read of one directory, in the goroutine that reads.
type reading struct {
	ctx  context.Context
	conn *Conn
	send func(brought) error

	out   brought
	bytes int // of out.entries' messages
	pace  *pacer
	// partial are entries whose members came in ranges: the rest is read when the search has ended.
	partial []Entry

	// For the goroutine that writes; set before anything is sent.
	touch     bool // the time at which unchanged rows were read is to be brought up to date
	resumable bool // cookies are to be kept
	scope     []byte

	cookies    bool // one was passed on: what a broken read brought after it is better left out, as it comes again
	watch      bool // containers and marks are looked for
	entries    int  // kept or not
	pages      int
	references int
	marks      marks
	seen       seenPages
}

func newReading(ctx context.Context, conn *Conn, send func(brought) error) *reading {
	conn.mapper.memory = new(textMemory) // the entries go into the book
	return &reading{ctx: ctx, conn: conn, send: send, pace: newPacer(conn.src.Rate)}
}

// readPages reads all that a filter finds, page by page. The read as a whole has no time limit, only silence has.
func (r *reading) readPages(filter string) error {
	r.conn.mu.Lock()
	defer r.conn.mu.Unlock()
	search, err := r.search(filter)
	if err != nil {
		return err
	}
	search.PageSize = r.conn.src.PageSize
	r.seen.begin()
	for {
		done, err := r.conn.client.Search(r.ctx, 0, search, r.entry)
		if err != nil {
			return r.explain(err)
		}
		if done.Code == codeCriticalExtension && r.pages == 0 && search.PageSize > 0 {
			search.PageSize = 0 // a server without paged results
			continue
		}
		if done, err = r.elsewhere(search, done); err != nil {
			return err
		}
		if done.Code != 0 {
			return r.conn.explain(&done.Result)
		}
		r.pages++
		if err := r.complete(len(done.Cookie) == 0); err != nil {
			return err
		}
		if len(done.Cookie) == 0 {
			return nil
		}
		if r.seen.isBarren() {
			return r.conn.explain(errLoop)
		}
		search.Cookie = done.Cookie
	}
}

// search is Conn.search for the mapped attributes and what a reading watches for.
func (r *reading) search(filter string) (wire.Search, error) {
	search, err := r.conn.search(r.conn.src.BaseDN, wire.ScopeSubtree, filter)
	if r.watch {
		for _, attr := range []string{attrEntryCSN, attrModifyTimestamp, "entryUUID"} {
			search.Attrs = appendAttribute(search.Attrs, attr)
		}
	}
	return search, err
}

func appendAttribute(attrs []string, name string) []string {
	for _, a := range attrs {
		if strings.EqualFold(a, name) {
			return attrs
		}
	}
	return append(attrs, name)
}

// elsewhere reads what a search referred to, as far as that is allowed; the answer is done as it stands after that.
func (r *reading) elsewhere(search wire.Search, done wire.Done) (wire.Done, error) {
	left, err := r.conn.followPages(r.ctx, search, done, r.entry)
	if err != nil {
		return done, r.explain(err)
	}
	r.references += left.count
	if done.Code == codeReferral && left.count == 0 {
		done.Code = 0 // all of it is elsewhere, and was read there
	}
	return done, nil
}

// complete reads the rest of members that came in ranges. It is called at the end of a search, when the connection is free; those
// of dynamic lists wait for the last page, as servers keep one paged search per connection.
func (r *reading) complete(last bool) error {
	var waiting []Entry
	var err error
	if last {
		err = r.conn.completeMembers(r.ctx, r.partial)
	} else {
		var now []Entry
		for _, e := range r.partial {
			if e.Dynamic {
				waiting = append(waiting, e)
			} else {
				now = append(now, e)
			}
		}
		r.partial = now
		err = r.conn.completeRanges(r.ctx, now)
	}
	if err != nil {
		return err
	}
	r.out.entries = append(r.out.entries, r.partial...)
	r.partial = waiting
	return r.flushFrom(len(r.out.entries))
}

// entry takes one entry of a paged search.
func (r *reading) entry(m wire.Message) error {
	e, ok, err := r.conn.mapper.entry(m)
	if err != nil {
		return err
	}
	if err := r.count(); err != nil {
		return err
	}
	if r.watch {
		seen, err := look(m)
		if err != nil {
			return err
		}
		r.marks.add(seen)
		if err := r.container(seen, seen.uuid, e, ok); err != nil {
			return err
		}
	}
	if !ok {
		return nil
	}
	r.seen.add(e.UUID)
	return r.add(e, len(m.Body))
}

// count counts an entry, kept or not, before the next message is taken from the network: it keeps to the rate of the source,
// and ends the read of a server that sends too many.
func (r *reading) count() error {
	r.entries++
	if most := r.conn.src.Refresh.maxEntries(); r.entries > most {
		return tooMany(most)
	}
	return r.pace.wait(r.ctx)
}

// tooMany is how many entries are allowed.
type tooMany int

// Error says how many.
func (n tooMany) Error() string { return fmt.Sprintf("more than %d", int(n)) }

func (r *reading) explain(err error) error {
	if errors.As(err, new(tooMany)) {
		return explain(ErrTooMany, err, r.conn.src, r.conn.url)
	}
	return r.conn.explain(err)
}

// container passes on the name of an entry that others may stand below.
func (r *reading) container(seen sighting, uuid string, e Entry, kept bool) error {
	if !seen.container || uuid == "" || kept && e.Kind != KindOrganisation {
		return nil
	}
	r.out.containers = append(r.out.containers, container{uuid, FoldDN(seen.dn)})
	return r.flushFrom(len(r.out.containers))
}

// add passes an entry on; n is the size of its message.
func (r *reading) add(e Entry, n int) error {
	if e.MembersIncomplete && len(r.partial) < maxPending {
		r.partial = append(r.partial, e)
		return nil
	}
	if r.out.present != nil || r.out.gone != nil {
		if err := r.flush(); err != nil {
			return err
		}
	}
	if n := len(r.out.entries); n == cap(r.out.entries) && n >= batchSize/16 { // a large read
		r.out.entries = slices.Grow(r.out.entries, batchSize-n)
	}
	r.out.entries = append(r.out.entries, e)
	if r.bytes += n; r.bytes >= batchBytes {
		return r.flush()
	}
	return r.flushFrom(len(r.out.entries))
}

// list passes on the identifier of an entry that is gone, or has not changed.
func (r *reading) list(uuid string, gone bool) error {
	if gone && r.out.gone == nil || !gone && r.out.present == nil {
		if err := r.flush(); err != nil {
			return err
		}
	}
	if gone {
		r.out.gone = append(r.out.gone, uuid)
		return r.flushFrom(len(r.out.gone))
	}
	r.out.present = append(r.out.present, uuid)
	return r.flushFrom(len(r.out.present))
}

// cookie passes on from where the read could go on, if everything before it has been passed on.
func (r *reading) cookie(c []byte) error {
	if len(r.partial) > 0 {
		return nil
	}
	if err := r.flush(); err != nil {
		return err
	}
	r.out.cookie, r.cookies = c, true
	return r.flush()
}

func (r *reading) flushFrom(n int) error {
	if n < batchSize {
		return nil
	}
	return r.flush()
}

// flush hands on what was collected; its memory is the receiver's.
func (r *reading) flush() error {
	out := r.out
	r.out, r.bytes = brought{}, 0
	if out.entries == nil && out.present == nil && out.gone == nil && out.containers == nil && out.cookie == nil {
		return nil
	}
	return r.send(out)
}

// search makes a request for the mapped attributes.
func (c *Conn) search(base string, scope int, filter string) (wire.Search, error) {
	packet, err := ldap.CompileFilter(filter)
	if err != nil {
		return wire.Search{}, explain(ErrSource, err, c.src, c.url)
	}
	return wire.Search{Base: base, Scope: scope, Filter: packet.Bytes(), Attrs: c.src.Mapping.attributes()}, nil
}

// seenPages tells pages that bring something from those that a server repeats, by a sum of each page: of a million
// entries it keeps a thousand numbers.
type seenPages struct {
	seed   maphash.Seed
	sums   map[uint64]struct{}
	sum    uint64
	barren int
}

func (s *seenPages) begin() { s.seed, s.sums = maphash.MakeSeed(), map[uint64]struct{}{} }

// add counts an entry to the page, wherever it stands in it.
func (s *seenPages) add(uuid string) { s.sum += maphash.String(s.seed, uuid) }

// isBarren ends a page: an empty one, and one that was there before, brings nothing.
func (s *seenPages) isBarren() bool {
	_, repeated := s.sums[s.sum]
	if s.barren++; s.sum != 0 && !repeated {
		s.barren = 0
	}
	s.sums[s.sum] = struct{}{}
	s.sum = 0
	return s.barren > maxBarrenPages
}
