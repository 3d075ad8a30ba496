package ldapbook

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
)

// gathered is what finishLoad has to know of a directory's rows beside their words. It is noted while the rows come; of rows that
// another process, or an earlier run, left it is gathered from them. For a million rows it takes some 60 MB.
type gathered struct {
	order   []placed
	lookups lookupRun

	counts        map[nodeClass]*int
	organisations map[int64]int
	containers    []string // DNs of entries that are no addressees
}

// placed is an entry's place and number.
type placed struct{ place, id int64 }

type nodeClass struct {
	node, class int64
	addressee   bool
}

func newGathered() *gathered {
	return &gathered{counts: map[nodeClass]*int{}, organisations: map[int64]int{}}
}

// add notes a row; their numbers ascend.
func (g *gathered) add(place, id int64, e *Entry, c columns) error {
	g.order = append(g.order, placed{place, id})
	key := nodeClass{c.node, c.class, e.Kind.addressee()}
	n := g.counts[key]
	if n == nil {
		n = new(int)
		g.counts[key] = n
	}
	*n++
	if c.organisation != 0 {
		g.organisations[c.organisation]++
	}
	if !key.addressee {
		g.containers = append(g.containers, strings.Clone(e.DN))
	}
	return g.lookups.addEntry(e, id)
}

// counted is what was counted, but for kinds, which were when the rows came.
func (g *gathered) counted() counted {
	all := newCounted()
	all.organisations = g.organisations
	for key, n := range g.counts {
		all.classes[key.class] += *n
		if all.spread[key.node] == nil {
			all.spread[key.node] = map[int64]int{}
		}
		all.spread[key.node][key.class] += *n
		if key.addressee {
			x := all.nodes[key.node]
			x.entries += *n
			all.nodes[key.node] = x
		}
	}
	return all
}

// sort brings the rows in book order.
func (g *gathered) sort() {
	slices.SortFunc(g.order, func(a, b placed) int { return cmp.Compare(a.place, b.place) })
}

// gather reads the rows.
func (f *finish) gather(ctx context.Context) (*gathered, error) {
	g := newGathered()
	for last := int64(0); ; {
		rows, err := f.gatherSome(ctx, g, last)
		if err != nil {
			return nil, err
		}
		if rows == 0 {
			return g, nil
		}
		last = g.order[len(g.order)-1].id
	}
}

// gatherSome reads rows with numbers above last, and returns how many.
func (f *finish) gatherSome(ctx context.Context, g *gathered, last int64) (int, error) {
	const query = `SELECT id, place, class, node, uuid, body FROM entry WHERE id > ? AND directory = ? ORDER BY id LIMIT ?`
	found, err := f.book.read.QueryContext(ctx, query, last, f.dir, batchSize)
	if err != nil {
		return 0, err
	}
	defer found.Close()
	var rows []storedEntry
	for found.Next() {
		rows = append(rows, storedEntry{})
		s := &rows[len(rows)-1]
		var uuid sql.RawBytes
		if err := found.Scan(&s.id, &s.place, &s.class, &s.node, &uuid, &s.body); err != nil {
			return 0, err
		}
		s.UUID = unpackUUID(uuid)
	}
	if err := found.Err(); err != nil {
		return 0, err
	}
	for i := range rows {
		s := &rows[i]
		if err := f.book.fill(ctx, f.book.read, s); err != nil {
			return 0, err
		}
		if err := g.add(s.place, s.id, &s.Entry, columns{class: s.class, node: s.node, organisation: s.organisation}); err != nil {
			return 0, err
		}
	}
	return len(rows), nil
}

// lookupRun gathers the keys of a load, to write them in their order. A number holds a key's lower bits and which entry of
// the load it is of, so that the keys of a million entries take some 30 MB.
type lookupRun struct {
	buckets [1 << 10][]uint64
	base    int64 // the first row's number
	begun   bool
	shared  []int64 // entries that have a key in common with another

	// Where next goes on.
	done   int // buckets
	sorted []uint64
	before placed
}

var errTooManyRows = errors.New("the book is too large")

const (
	bucketBits = keyBits - 10
	idBits     = 64 - bucketBits
)

// addEntry adds the keys of an entry; the numbers of entries ascend.
func (r *lookupRun) addEntry(e *Entry, id int64) error {
	if !r.begun {
		r.base, r.begun = id, true
	}
	if id-r.base >= 1<<idBits {
		return errTooManyRows
	}
	eachKey(e, func(key int64) { r.add(key, id) })
	return nil
}

func (r *lookupRun) add(key, id int64) {
	k := uint64(-1 - key)
	bucket := &r.buckets[k>>bucketBits]
	*bucket = append(*bucket, k<<idBits|uint64(id-r.base))
}

// next returns the next n keys in their order, or fewer at the end.
func (r *lookupRun) next(n int) []placed {
	out := make([]placed, 0, n)
	for len(out) < n {
		if len(r.sorted) == 0 {
			if r.done == len(r.buckets) {
				break
			}
			r.done++
			last := len(r.buckets) - r.done // keys are below 0
			r.sorted, r.buckets[last] = r.buckets[last], nil
			slices.Sort(r.sorted)
			continue
		}
		x := r.sorted[len(r.sorted)-1]
		r.sorted = r.sorted[:len(r.sorted)-1]
		k := uint64(len(r.buckets)-r.done)<<bucketBits | x>>idBits
		p := placed{-1 - int64(k), r.base + int64(x&(1<<idBits-1))}
		if r.before.place == p.place { // no key is 0
			r.shared = append(r.shared, r.before.id, p.id)
		}
		r.before = p
		out = append(out, p)
	}
	return out
}
