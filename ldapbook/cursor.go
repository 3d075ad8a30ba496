package ldapbook

import (
	"database/sql"
	"encoding/binary"
	"errors"
	"log/slog"
	"slices"
)

// errStale: a list of the index has places of no entry.
var errStale = errors.New("the index has entries that are not there")

// byPlace loads entries in the order in which their places are given. Where there is none, it is passed over; that is logged, and
// from then on searches look at every place before they count it.
func (s *snapshot) byPlace(places []int64) ([]storedEntry, error) {
	if len(places) == 0 {
		return nil, nil
	}
	found, err := s.rowsOf(places)
	if err != nil {
		return nil, err
	}
	if len(found) != len(places) {
		s.noteStale(len(places) - len(found))
	}
	at := make(map[int64]int, len(places))
	for i, p := range places {
		at[p] = i
	}
	slices.SortFunc(found, func(x, y storedEntry) int { return at[x.place] - at[y.place] })
	return found, nil
}

// rowsOf loads the entries that are found under keys of lookup, places among them, as they come; one under two keys comes twice.
func (s *snapshot) rowsOf(keys []int64) ([]storedEntry, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	directories, err := s.directories()
	if err != nil {
		return nil, err
	}
	list, err := numbersJSON(keys)
	if err != nil {
		return nil, err
	}
	rows, err := s.run(s.reader.byKey, list)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := make([]storedEntry, 0, len(keys))
	var uuid, body sql.RawBytes
	for rows.Next() {
		var e storedEntry
		var dir int64
		if err := rows.Scan(&e.id, &e.place, &dir, &e.class, &e.node, &uuid, &body, &e.read); err != nil {
			return nil, err
		}
		d, ok := directories[dir]
		if !ok {
			continue
		}
		e.Directory, e.Nation, e.UUID, e.ReadAt, e.body = d.name, d.nation, unpackUUID(uuid), fromMicros(max(d.full, e.read)), body
		if err := s.book.fill(s.ctx, s, &e); err != nil {
			return nil, err
		}
		found = append(found, e)
	}
	return found, rows.Err()
}

// noteStale logs once for each search.
func (s *snapshot) noteStale(n int) {
	s.book.stale.Store(true)
	if !s.toldOnce {
		slog.WarnContext(s.ctx, "ldapbook: the index has entries that are not there; delete the book, the directories fill it again",
			"file", s.book.path, "places", n)
	}
	s.toldOnce = true
}

// stream gives places in ascending order.
type stream interface {
	// seek returns the first place that is not below at; ok is false at the end.
	seek(at int64) (place int64, ok bool, err error)
}

// cursor is a stream over the list of one term. Of the blocks that it read it unpacks no more than it is asked for.
type cursor struct {
	s      *snapshot
	term   []byte
	blocks []rawBlock
	packed []byte // of all blocks
	block  int    // the one that is being unpacked
	place  int64  // the last place that was unpacked
	found  bool   // it was given, and may be asked for again
	hits   int    // places given since blocks were read last
	ended  bool
	bad    bool // a block cannot be read: the answer would be short
}

// rawBlock is a block: what is left of it begins in cursor.packed at next.
type rawBlock struct {
	first     int64
	next, end int
}

func (s *snapshot) term(term string) *cursor { return &cursor{s: s, term: []byte(term)} }

// maxBlocks: so many blocks are read at once where a list is read through.
const maxBlocks = 64

func (c *cursor) seek(at int64) (int64, bool, error) {
	if c.found && c.place >= at {
		return c.place, true, nil
	}
	for {
		if c.found = c.unpack(at); c.found {
			c.hits++
			return c.place, true, nil
		}
		if c.bad {
			return 0, false, errPosting
		}
		if c.ended {
			return 0, false, nil
		}
		if err := c.read(at); err != nil {
			return 0, false, err
		}
	}
}

// unpack moves on to the first place not below at in the blocks that were read.
func (c *cursor) unpack(at int64) bool {
	for ; c.block < len(c.blocks); c.block++ {
		if c.block+1 < len(c.blocks) && c.blocks[c.block+1].first <= at {
			continue
		}
		b := &c.blocks[c.block]
		c.place = max(c.place, b.first)
		for b.next < b.end {
			d, n := binary.Uvarint(c.packed[b.next:b.end])
			if n <= 0 {
				c.bad = true
				return false
			}
			b.next += n
			if c.place += int64(d); c.place >= at {
				return true
			}
		}
	}
	return false
}

// read loads the blocks from the one on in which at would be: two after a jump, more and more while read through.
func (c *cursor) read(at int64) error {
	n := 2
	if before := len(c.blocks); before > 0 && (at <= c.place+1 || c.hits > 8) {
		n = min(2*before, maxBlocks)
	}
	rows, err := c.s.run(c.s.blocks, c.term, at, n)
	if err != nil {
		return err
	}
	defer rows.Close()
	c.blocks, c.packed, c.block, c.place, c.hits = c.blocks[:0], c.packed[:0], 0, 0, 0
	for rows.Next() {
		b := rawBlock{next: len(c.packed)}
		var packed sql.RawBytes
		if err := rows.Scan(&b.first, &packed); err != nil {
			return err
		}
		if len(packed) == 0 || packed[len(packed)-1] >= 0x80 {
			return errPosting
		}
		c.packed = append(c.packed, packed...)
		b.end = len(c.packed)
		c.blocks = append(c.blocks, b)
	}
	c.ended = len(c.blocks) < n
	return rows.Err()
}

// both gives the places that all streams have.
type both []stream

func (all both) seek(at int64) (int64, bool, error) {
	for agreed, i := 0, 0; agreed < len(all); i++ {
		place, ok, err := all[i%len(all)].seek(at)
		if err != nil || !ok {
			return 0, false, err
		}
		if place != at {
			at, agreed = place, 0
		}
		agreed++
	}
	return at, len(all) > 0, nil
}

// either gives the places that at least one stream has.
type either []stream

func (all either) seek(at int64) (best int64, found bool, err error) {
	for _, s := range all {
		place, ok, err := s.seek(at)
		if err != nil {
			return 0, false, err
		}
		if ok && (!found || place < best) {
			best, found = place, true
		}
	}
	return best, found, nil
}
