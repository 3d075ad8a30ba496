package ldapbook

import (
	"cmp"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
)

// A term's list of places is kept in blocks of this many bytes, so that four fill a page: a list of one letter has hundreds
// of thousands of places, of which a search reads a few, and a change touches one block. Small lists lie beside the term.
const (
	blockBytes  = 1900
	inlineBytes = 120
)

var errPosting = errors.New("a list of the index cannot be read")

// appendPlaces writes places in order, each as the difference to the one before; first stands before the first.
func appendPlaces(b []byte, first int64, places []int64) []byte {
	for _, p := range places {
		b = binary.AppendUvarint(b, uint64(p-first))
		first = p
	}
	return b
}

// readPlaces appends to places what appendPlaces wrote.
func readPlaces(places []int64, first int64, b []byte) ([]int64, error) {
	for i := 0; i < len(b); {
		d, shift := uint64(0), 0
		for {
			if i >= len(b) || shift > 63 {
				return nil, errPosting
			}
			c := b[i]
			i++
			d |= uint64(c&0x7f) << shift
			if c < 0x80 {
				break
			}
			shift += 7
		}
		first += int64(d)
		places = append(places, first)
	}
	return places, nil
}

// changes are what one transaction does to the index: for each term the places that come and go; of several changes to one
// place the last counts.
type changes map[string]*[]change

type change struct {
	place int64
	comes bool
}

func (c changes) set(term string, place int64, comes bool) {
	list := c[term]
	if list == nil {
		list = new([]change)
		c[term] = list
	}
	*list = append(*list, change{place, comes})
}

// settled sorts a term's changes by place and keeps the last of each.
func settled(all []change) []change {
	slices.SortStableFunc(all, func(a, b change) int { return cmp.Compare(a.place, b.place) })
	out := all[:0]
	for _, c := range all {
		if n := len(out); n > 0 && out[n-1].place == c.place {
			out[n-1] = c
			continue
		}
		out = append(out, c)
	}
	return out
}

// flushPostings writes the transaction's changes, term by term in the order of the table.
func (w *writing) flushPostings() error {
	terms := make([]string, 0, len(w.postings))
	for t := range w.postings {
		terms = append(terms, t)
	}
	slices.Sort(terms)
	for _, t := range terms {
		if err := w.mergeTerm(t, *w.postings[t]); err != nil {
			return err
		}
	}
	w.postings = changes{}
	return nil
}

// storedBlock is one block of a term.
type storedBlock struct {
	first  int64
	number int64 // 0: inline
	places []int64
	dirty  bool
}

func (w *writing) mergeTerm(term string, all []change) error {
	all = settled(all)
	blocks, err := w.blocksOf(term, all[0].place, all[len(all)-1].place)
	if err != nil {
		return err
	}
	if len(blocks) == 0 {
		var places []int64
		for _, c := range all {
			if c.comes {
				places = append(places, c.place)
			}
		}
		return w.insertBlocks(term, places, blockBytes)
	}
	for len(all) > 0 {
		n := len(all)
		if len(blocks) > 1 {
			n, _ = slices.BinarySearchFunc(all, blocks[1].first, func(c change, first int64) int { return cmp.Compare(c.place, first) })
		}
		blocks[0].merge(all[:n])
		if err := w.rewrite(term, &blocks[0]); err != nil {
			return err
		}
		all, blocks = all[n:], blocks[1:]
	}
	return nil
}

// merge carries changes out; both they and the places are in order.
func (b *storedBlock) merge(all []change) {
	merged := make([]int64, 0, len(b.places)+len(all))
	i := 0
	for _, c := range all {
		for i < len(b.places) && b.places[i] < c.place {
			merged = append(merged, b.places[i])
			i++
		}
		have := i < len(b.places) && b.places[i] == c.place
		if have {
			i++
		}
		if c.comes {
			merged = append(merged, c.place)
		}
		b.dirty = b.dirty || have != c.comes
	}
	b.places = append(merged, b.places[i:]...)
}

// blocksOf reads the blocks that hold, or would hold, places from low to high; without such, the term's first.
func (w *writing) blocksOf(term string, low, high int64) ([]storedBlock, error) {
	rows, err := w.tx.StmtContext(w.ctx, w.book.statements.findBlocks).QueryContext(w.ctx, []byte(term), low, high)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []storedBlock
	for rows.Next() {
		var b storedBlock
		var packed []byte
		if err := rows.Scan(&b.first, &b.number, &packed); err != nil {
			return nil, err
		}
		if b.places, err = readPlaces(nil, b.first, packed); err != nil {
			return nil, err
		}
		all = append(all, b)
	}
	return all, rows.Err()
}

// rewrite stores a changed block, in several when it grew.
func (w *writing) rewrite(term string, b *storedBlock) error {
	if !b.dirty {
		return nil
	}
	s := &w.book.statements
	packed := []byte(nil)
	if len(b.places) > 0 && b.places[0] >= b.first {
		packed = appendPlaces(nil, b.first, b.places)
	}
	if b.number != 0 && len(packed) > inlineBytes/2 && len(packed) <= blockBytes {
		return w.exec(s.updateBlock, packed, b.number)
	}
	errs := []error{w.exec(s.deletePosting, []byte(term), b.first)}
	if b.number != 0 {
		errs = append(errs, w.exec(s.deleteBlock, b.number))
	}
	if err := errors.Join(errs...); err != nil || len(b.places) == 0 {
		return err
	}
	limit := blockBytes
	if size := len(appendPlaces(nil, b.places[0], b.places)); size > limit {
		limit = size/(size/blockBytes+1) + binary.MaxVarintLen64 // parts of one size, so that each has room to grow
	}
	return w.insertBlocks(term, b.places, limit)
}

// insertBlocks stores places, of which there are no blocks yet, in blocks of at most limit bytes.
func (w *writing) insertBlocks(term string, places []int64, limit int) error {
	for len(places) > 0 {
		n := 0
		packed := make([]byte, 0, limit)
		before := places[0]
		for n < len(places) && len(packed) <= limit-binary.MaxVarintLen64 {
			packed = binary.AppendUvarint(packed, uint64(places[n]-before))
			before = places[n]
			n++
		}
		if err := w.insertBlock(term, places[0], packed); err != nil {
			return err
		}
		places = places[n:]
	}
	return nil
}

func (w *writing) insertBlock(term string, first int64, packed []byte) error {
	s := &w.book.statements
	if len(packed) <= inlineBytes {
		return w.exec(s.insertPosting, []byte(term), first, nil, packed)
	}
	number, err := w.newRow(s.insertBlock, packed)
	if err != nil {
		return err
	}
	return w.exec(s.insertPosting, []byte(term), first, number, nil)
}

// index notes the terms of an entry at its place; those it already has there are left alone.
func (w *writing) index(oldTerms []string, oldPlace int64, newTerms []string, newPlace int64) {
	if oldPlace != newPlace {
		for _, t := range oldTerms {
			w.postings.set(t, oldPlace, false)
		}
		for _, t := range newTerms {
			w.postings.set(t, newPlace, true)
		}
		return
	}
	i, j := 0, 0
	for i < len(oldTerms) || j < len(newTerms) {
		switch {
		case j == len(newTerms) || i < len(oldTerms) && strings.Compare(oldTerms[i], newTerms[j]) < 0:
			w.postings.set(oldTerms[i], oldPlace, false)
			i++
		case i == len(oldTerms) || oldTerms[i] > newTerms[j]:
			w.postings.set(newTerms[j], newPlace, true)
			j++
		default:
			i++
			j++
		}
	}
}
