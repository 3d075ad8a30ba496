package ldapbook

import (
	"context"
	"errors"
	"math"
	"slices"
)

// Search looks in the book. It gives, in this order, and each entry once:
//
//  1. entries of Query.Boost that match, as they stand there;
//  2. entries of whose name (surname, given name, name) every word of the text is a whole word; then those of which one is,
//     in the order of the text's first three words;
//  3. entries that are sorted under one of these three words (persons by surname, others by name; six letters count);
//  4. the others.
//
// Within 2, those that 3 would put first come first. Within each group entries stand in book order: by six letters of the
// surname and two of the given name; entries that are equal so far are in no particular order over the whole group, but as
// far as they are in one answer, they are sorted by surname, given name, name, then nation, then unit.
//
// It reads one state of the book. Errors: ErrDatabase.
func (b *Book) Search(ctx context.Context, q Query) ([]Entry, error) {
	words := queryWords(q.Text)
	if q.Text != "" && len(words) == 0 || q.Kind != "" && kindNumbers[q.Kind] == 0 || q.Classes != nil && len(q.Classes) == 0 {
		return nil, nil
	}
	var entries []Entry
	err := b.withSnapshot(ctx, func(s *snapshot) error {
		f, err := s.finder(q, words)
		if err != nil || f == nil {
			return err
		}
		entries, err = f.search()
		return err
	})
	return entries, databaseError(err)
}

// finder is one search.
type finder struct {
	s       *snapshot
	q       Query
	words   []queryWord
	nations bool        // a word begins a nation: directories' lists, in which there are others than addressees, are asked
	sets    termSets    // what the query wants beside its words
	classes bool        // the classes of what is found must be looked at
	long    []queryWord // words of which the index holds only a beginning: the entries must be looked at as well
	loaded  map[int64]storedEntry
	texts   map[textOf][]string // see wordsOf

	wanted int
	groups [][]int64 // places that were found, group by group
	found  int
	have   map[int64]bool
}

// queryWord is a word that was typed, with its other spellings.
type queryWord struct {
	spellings []string
	sorted    string   // its letters as names are sorted by
	whole     bool     // names have it as a whole word
	nations   []string // terms of the directories whose nation begins with it
}

// Where a search passes over entries that the index alone cannot tell apart, it looks at so many at once.
const (
	firstLook = 32
	mostLook  = 2048
)

func (s *snapshot) finder(q Query, texts []string) (*finder, error) {
	f := &finder{s: s, q: q, wanted: min(max(q.Offset, 0), MaxOffset) + q.limit(), have: map[int64]bool{},
		loaded: map[int64]storedEntry{}}
	space := spaceOf(q.Kind)
	nations, err := s.nations(len(texts) > 0)
	if err != nil {
		return nil, err
	}
	for _, t := range texts {
		w := queryWord{spellings: spellings(t), sorted: latin(t)}
		long := false
		for _, sp := range w.spellings {
			_, more := beginTerm(sp, space)
			long = long || more
		}
		if long {
			f.long = append(f.long, w)
		}
		_, ok, err := w.wholly(s, space).seek(0)
		if err != nil {
			return nil, err
		}
		w.whole = ok
		w.ofNations(nations)
		f.nations = f.nations || len(w.nations) > 0
		f.words = append(f.words, w)
	}
	ok, err := f.filter()
	if err != nil || !ok {
		return nil, err
	}
	return f, nil
}

// begins gives entries with a word, or of a directory with a nation, that begins like this one.
func (w queryWord) begins(s *snapshot, space string) stream {
	var all either
	var terms []string
	for _, sp := range w.spellings {
		if term, _ := beginTerm(sp, space); !slices.Contains(terms, term) {
			terms = append(terms, term)
			all = append(all, s.term(term))
		}
	}
	for _, term := range w.nations {
		all = append(all, s.term(term))
	}
	if len(all) == 1 {
		return all[0]
	}
	return all
}

// wholly gives entries of whose name this is a whole word.
func (w queryWord) wholly(s *snapshot, space string) stream {
	var all either
	for _, sp := range w.spellings {
		all = append(all, s.term(space+string(termWord)+sp))
	}
	return all
}

func (f *finder) search() ([]Entry, error) {
	entries, err := f.find()
	if errors.Is(err, errStale) { // once more, with a look at every place: an answer must not become short by those passed over
		f.groups, f.found, f.have = nil, 0, map[int64]bool{}
		entries, err = f.find()
	}
	return entries, err
}

func (f *finder) find() ([]Entry, error) {
	if err := f.boosted(); err != nil {
		return nil, err
	}
	if err := f.passes(); err != nil {
		return nil, err
	}
	return f.answer()
}

// passes asks for one group after the other until there are enough.
func (f *finder) passes() error {
	all := len(f.words) > 0
	for _, w := range f.words {
		all = all && w.whole
	}
	if all {
		if err := f.group(func(int) bool { return true }, true, true); err != nil {
			return err
		}
	}
	for i := range f.words[:min(len(f.words), rankedWords)] {
		if len(f.words) > 1 && f.words[i].whole {
			if err := f.group(func(j int) bool { return i == j }, true, true); err != nil {
				return err
			}
		}
	}
	none := func(int) bool { return false }
	if err := f.group(none, true, false); err != nil {
		return err
	}
	return f.group(none, false, true)
}

// rankedWords: so many of a query's words have a say in the order.
const rankedWords = 3

// streams makes the streams of the words; whole says of which only whole words of names count. They only go forwards, so that
// each pass has its own.
func (f *finder) streams(whole func(i int) bool) (all both) {
	space := spaceOf(f.q.Kind)
	for i, w := range f.words {
		if whole(i) {
			all = append(all, w.wholly(f.s, space))
		} else {
			all = append(all, w.begins(f.s, space))
		}
	}
	return all
}

// group finds one group: within it first what is sorted under one of the words, then all.
func (f *finder) group(whole func(i int) bool, sorted, rest bool) error {
	f.groups = append(f.groups, nil)
	if sorted {
		for _, w := range f.words[:min(len(f.words), rankedWords)] {
			low, high, ok := surnameRange(w.sorted)
			if !ok {
				continue
			}
			if err := f.pass(f.streams(whole), low, high); err != nil {
				return err
			}
		}
		f.groups = append(f.groups, nil)
	}
	if !rest {
		return nil
	}
	return f.pass(f.streams(whole), 0, math.MaxInt64)
}

// pass takes what all streams and filters have from low to high.
func (f *finder) pass(words both, low, high int64) error {
	if f.found >= f.wanted {
		return nil
	}
	all := append(words, f.newFilters()...)
	look := firstLook
	for at := low; f.found < f.wanted; {
		var some []int64
		for len(some) < look && (len(f.long) > 0 || f.classes || f.found+len(some) < f.wanted) {
			place, ok, err := all.seek(at)
			if err != nil {
				return err
			}
			if !ok || place > high {
				return f.take(some)
			}
			if at = place + 1; !f.have[place] {
				some = append(some, place)
			}
		}
		if err := f.take(some); err != nil {
			return err
		}
		look = min(2*look, mostLook)
	}
	return nil
}

// take adds places to the group that is being found, after a look at what the index doesn't say.
func (f *finder) take(some []int64) error {
	var err error
	if f.classes {
		if some, err = f.ofClasses(some); err != nil {
			return err
		}
	}
	if len(f.long) > 0 || f.s.book.stale.Load() {
		if some, err = f.withTails(some); err != nil {
			return err
		}
	}
	last := &f.groups[len(f.groups)-1]
	for _, p := range some {
		if f.found < f.wanted && !f.have[p] {
			f.have[p] = true
			f.found++
			*last = append(*last, p)
		}
	}
	return nil
}

// withTails keeps the entries that are there and have the words to their last letter.
func (f *finder) withTails(places []int64) ([]int64, error) {
	entries, err := f.s.byPlace(places)
	if err != nil {
		return nil, err
	}
	kept := places[:0]
	for i := range entries {
		if f.hasWords(&entries[i].Entry, f.long) {
			kept = append(kept, entries[i].place)
			f.loaded[entries[i].place] = entries[i]
		}
	}
	return kept, nil
}

// hasWords tells whether each of the words begins a word of the entry. It looks no further than it must.
func (f *finder) hasWords(e *Entry, words []queryWord) bool {
	left := slices.Clone(words)
	look := func(text string, name bool) {
		if len(left) == 0 || text == "" {
			return
		}
		have := f.wordsOf(text, name)
		left = slices.DeleteFunc(left, func(w queryWord) bool { return beginsOne(have, w.spellings) })
	}
	eachText(e, look)
	look(e.Nation, false)
	return len(left) == 0
}

// textOf is a text of an entry; in names some words have more forms.
type textOf struct {
	text string
	name bool
}

// wordsOf are the words of a text. Those that a search looks at have many texts in common: names, units, titles.
func (f *finder) wordsOf(text string, name bool) []string {
	words, ok := f.texts[textOf{text, name}]
	if !ok {
		set := wordSet{limit: maxIndexWords}
		set.addText(text, name)
		words = set.words
		if f.texts == nil {
			f.texts = map[textOf][]string{}
		}
		f.texts[textOf{text, name}] = words
	}
	return words
}
