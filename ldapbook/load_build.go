package ldapbook

import (
	"cmp"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
)

// listBuilder makes the blocks of the index from entries that come in book order. A list is handed on block by block; all
// are when they take too much memory, and at the end.
type listBuilder struct {
	lists map[string]*builtList
	texts map[builtText]textLists // of texts that recur
	bytes int
	emit  func(builtBlock) error

	met textLists // of the entry that is being added
}

// textLists are the lists of the words of a text, and how many words these are.
type textLists struct {
	lists []*builtList
	words int
}

type builtList struct {
	term        string
	first, last int64
	packed      []byte
}

type builtText struct {
	text, space string
	name        bool
}

// Limits of a listBuilder's memory: bytes of lists, with what a list takes beside its places.
const (
	builderBytes = 32 << 20
	listOverhead = 160
	maxTexts     = 20_000
)

// entry adds an entry at its place.
func (b *listBuilder) entry(s *storedEntry, dir int64) error {
	if b.bytes > builderBytes {
		if err := b.flush(); err != nil {
			return err
		}
	}
	if b.lists == nil {
		b.lists, b.texts = map[string]*builtList{}, map[builtText]textLists{}
	}
	e := &s.Entry
	space := spaceOf(e.Kind)
	b.met = textLists{lists: b.met.lists[:0]}
	visit := func(term string) { b.met.lists = append(b.met.lists, b.list(term)) }
	for _, text := range []string{e.Surname, e.GivenName} {
		b.text(text, space, true)
	}
	if e.Name != e.GivenName+" "+e.Surname {
		b.words(e.Name, space, true)
	}
	for _, text := range []string{e.Rank, e.Title, e.Unit, e.Organisation} {
		b.text(text, space, false)
	}
	for _, list := range [][]string{e.Mail, e.JID} {
		for _, text := range list {
			b.words(text, space, false)
		}
	}
	if b.met.words > maxIndexWords { // those that count are to be told by entryTerms, which a later change of the entry asks
		b.met.lists = b.met.lists[:0]
		for _, term := range entryTerms(e, dir, s.class, s.node) {
			visit(term)
		}
	} else {
		markTerms(e, dir, s.class, s.node, visit)
	}
	for _, l := range b.met.lists {
		if err := b.add(l, s.place); err != nil {
			return err
		}
	}
	return nil
}

// words is text for one that is seldom like another, though its words may be.
func (b *listBuilder) words(text, space string, name bool) {
	for _, w := range splitWords(text) {
		b.text(w, space, name)
	}
}

// text notes the lists of a text's words for the entry; which these are is remembered.
func (b *listBuilder) text(text, space string, name bool) {
	if text == "" {
		return
	}
	key := builtText{text: text, space: space, name: name}
	found, known := b.texts[key]
	if !known {
		set := wordSet{limit: maxIndexWords + 1} // one more tells that there are too many
		set.addText(text, name)
		found.words = len(set.words)
		for _, w := range set.words {
			wordTerms(w, space, name, func(term string) { found.lists = append(found.lists, b.list(term)) })
		}
		if len(b.texts) < maxTexts && !hasDigit(text) {
			b.texts[key] = found
		}
	}
	b.met.lists = append(b.met.lists, found.lists...)
	b.met.words += found.words
}

func hasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") && len(s) < 12 }

func (b *listBuilder) list(term string) *builtList {
	l := b.lists[term]
	if l == nil {
		l = &builtList{term: term}
		b.lists[term] = l
		b.bytes += listOverhead
	}
	return l
}

func (b *listBuilder) add(l *builtList, place int64) error {
	if l.last == place { // a block may just have been handed on with it
		return nil
	}
	if len(l.packed) == 0 {
		l.first, l.last = place, place
		if l.packed == nil {
			l.packed = make([]byte, 0, 8)
		}
		l.packed = append(l.packed, 0)
		b.bytes++
		return nil
	}
	before := len(l.packed)
	l.packed = binary.AppendUvarint(l.packed, uint64(place-l.last))
	b.bytes += len(l.packed) - before
	l.last = place
	if len(l.packed) < blockBytes-binary.MaxVarintLen64 {
		return nil
	}
	return b.hand(l)
}

// hand hands a list's block on.
func (b *listBuilder) hand(l *builtList) error {
	block := builtBlock{l.term, l.first, slices.Clone(l.packed)}
	b.bytes -= len(l.packed)
	l.packed = l.packed[:0]
	return b.emit(block)
}

// flush hands everything on, in the order of the terms.
func (b *listBuilder) flush() error {
	all := make([]*builtList, 0, len(b.lists))
	for _, l := range b.lists {
		if len(l.packed) > 0 {
			all = append(all, l)
		}
	}
	b.lists, b.texts, b.bytes = nil, nil, 0
	slices.SortFunc(all, func(x, y *builtList) int {
		if x.term < y.term {
			return -1
		}
		return 1
	})
	for i, l := range all {
		if err := b.hand(l); err != nil {
			return err
		}
		all[i] = nil
	}
	b.bytes = 0
	return nil
}

// lookupRun gathers the keys of a load, to write them in their order. A number holds a key's lower bits and which entry of
// the load it is of, so that a million entries take some 30 MB.
type lookupRun struct {
	buckets [1 << 10][]uint64
	base    int64
	shared  []int64 // entries that have a key in common with another
}

var errTooManyRows = errors.New("the book is too large")

const (
	bucketBits = keyBits - 10
	idBits     = 64 - bucketBits
)

func (r *lookupRun) add(key, id int64) {
	k := uint64(-1 - key)
	n := id - r.base // see begin
	bucket := &r.buckets[k>>bucketBits]
	*bucket = append(*bucket, k<<idBits|uint64(n))
}

// begin says which row numbers the load has.
func (r *lookupRun) begin(all []placed) error {
	if len(all) == 0 {
		return nil
	}
	byID := func(a, b placed) int { return cmp.Compare(a.id, b.id) }
	r.base = slices.MinFunc(all, byID).id
	if slices.MaxFunc(all, byID).id-r.base >= 1<<idBits {
		return errTooManyRows
	}
	return nil
}

// each visits the keys in their order, in lists of at most n.
func (r *lookupRun) each(n int, visit func([]placed) error) error {
	out := make([]placed, 0, n)
	before := placed{place: 1}                 // the key before, also where a new list begins; no key is above 0
	for i := len(r.buckets) - 1; i >= 0; i-- { // keys are below 0
		bucket := r.buckets[i]
		slices.Sort(bucket)
		for j := len(bucket) - 1; j >= 0; j-- {
			x := bucket[j]
			p := placed{-1 - int64(uint64(i)<<bucketBits|x>>idBits), r.base + int64(x&(1<<idBits-1))}
			if before.place == p.place {
				r.shared = append(r.shared, before.id, p.id)
			}
			before = p
			if out = append(out, p); len(out) == n {
				if err := visit(out); err != nil {
					return err
				}
				out = make([]placed, 0, n)
			}
		}
		r.buckets[i] = nil
	}
	return visit(out)
}
