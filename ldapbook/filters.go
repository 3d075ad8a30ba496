package ldapbook

import (
	"errors"
	"slices"
	"strings"
	"time"
)

// termSets are what the filters ask the index for: of each set an entry must have one term.
type termSets [][]string

// filter prepares the query's filters; ok is false when nothing can match.
func (f *finder) filter() (ok bool, err error) {
	var sets termSets
	switch {
	case f.q.Kind != "":
		sets = append(sets, []string{kindTerm(f.q.Kind)})
	case len(f.words) == 0 || f.nations:
		sets = append(sets, []string{string(termAddressees)})
	}
	if f.q.Channel != "" {
		sets = append(sets, []string{channelTerm(f.q.Channel)})
	}
	if f.q.Organisation != "" {
		terms, err := f.s.organisationTerms(f.q.Organisation)
		if err != nil {
			return false, err
		}
		sets = append(sets, terms)
	}
	directories, err := f.directories()
	if err != nil {
		return false, err
	}
	if directories != nil {
		sets = append(sets, directories)
	}
	if f.q.Classes != nil {
		terms, err := f.classTerms()
		if err != nil {
			return false, err
		}
		if f.classes = terms == nil; terms != nil {
			sets = append(sets, terms)
		}
	}
	f.sets = sets
	return !slices.ContainsFunc(sets, func(set []string) bool { return len(set) == 0 }), nil
}

// newFilters makes the streams of the filters.
func (f *finder) newFilters() (all both) {
	for _, set := range f.sets {
		var one either
		for _, t := range set {
			one = append(one, f.s.term(t))
		}
		if len(one) == 1 {
			all = append(all, one[0])
		} else {
			all = append(all, one)
		}
	}
	return all
}

// nationOf is a directory's nation, as words find it.
type nationOf struct {
	directory int64
	words     []string
}

// nations are those of all directories, if they are wanted.
func (s *snapshot) nations(wanted bool) ([]nationOf, error) {
	if !wanted {
		return nil, nil
	}
	if _, err := s.directories(); err != nil {
		return nil, err
	}
	var all []nationOf
	for _, d := range s.inOrder {
		set := wordSet{limit: maxQueryWords}
		set.addText(d.nation, false)
		all = append(all, nationOf{d.id, set.words})
	}
	return all, nil
}

// ofNations notes the directories of nations that begin with the word.
func (w *queryWord) ofNations(all []nationOf) {
	for _, n := range all {
		if beginsOne(n.words, w.spellings) {
			w.nations = append(w.nations, numberedTerm(termDirectory, n.directory))
		}
	}
}

// beginsOne tells whether one of the words begins with one of the spellings.
func beginsOne(words, spellings []string) bool {
	return slices.ContainsFunc(words, func(have string) bool {
		return slices.ContainsFunc(spellings, func(sp string) bool { return strings.HasPrefix(have, sp) })
	})
}

// directories are the terms of the directories that the nation and the classes leave; nil: all, empty: none.
func (f *finder) directories() ([]string, error) {
	if f.q.Nation == "" && f.q.Classes == nil {
		return nil, nil
	}
	of, err := f.classDirectories()
	if err != nil {
		return nil, err
	}
	if _, err := f.s.directories(); err != nil {
		return nil, err
	}
	terms := []string{}
	all := true
	for _, d := range f.s.inOrder {
		if (f.q.Nation == "" || strings.EqualFold(d.nation, f.q.Nation)) && (f.q.Classes == nil || of[d.id]) {
			terms = append(terms, numberedTerm(termDirectory, d.id))
		} else {
			all = false
		}
	}
	if all && len(terms) > 0 {
		return nil, nil
	}
	return terms, nil
}

// classDirectories are the directories that the query's classes belong to.
func (f *finder) classDirectories() (map[int64]bool, error) {
	if f.q.Classes == nil {
		return nil, nil
	}
	counts, err := f.s.book.classCounts(f.s)
	if err != nil {
		return nil, err
	}
	of := map[int64]bool{}
	for id, in := range f.q.Classes {
		if !in {
			continue
		}
		if c, ok := counts.classes[id]; ok {
			of[c.directory] = true
			continue
		}
		c, err := f.s.book.class(f.s.ctx, f.s, id) // it may be younger than the counts
		if errors.Is(err, errDangling) {
			continue // it is no more
		}
		if err != nil {
			return nil, err
		}
		of[c.directory] = true
	}
	return of, nil
}

// maxUnits: an organisation's name may be that of so many units.
const maxUnits = 500

// organisationTerms are the terms of entries that name this organisation or unit.
func (s *snapshot) organisationTerms(name string) ([]string, error) {
	terms := []string{namedTerm(name)}
	rows, err := s.QueryContext(s.ctx, `SELECT id FROM node WHERE unit_folded = ? LIMIT ?`, foldText(name), maxUnits)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		terms = append(terms, numberedTerm(termNode, id))
	}
	return terms, rows.Err()
}

// What, in microseconds, the two ways to search among classes take: to open a class's list, or to look at the class of an
// entry that the words found.
const (
	openList  = 25
	lookClass = 3
)

// classTerms are the terms of the query's classes where it is faster to join their lists than to look at what the words find;
// else nil. Which is faster depends on how many entries the classes have.
func (f *finder) classTerms() ([]string, error) {
	counts, err := f.s.book.classCounts(f.s)
	if err != nil {
		return nil, err
	}
	among, lists := 0, 0
	for id, in := range f.q.Classes {
		if c := counts.classes[id]; in && c.entries > 0 {
			among += c.entries
			lists++
		}
	}
	if among > 0 && lists*openList > f.wanted*lookClass*(counts.total/among) {
		return nil, nil
	}
	if lists > maxUnits {
		return nil, nil
	}
	terms := []string{}
	for id, in := range f.q.Classes {
		if in {
			terms = append(terms, numberedTerm(termClass, id))
		}
	}
	return terms, nil
}

// countsAge: how old the counts may be by which a way is chosen; what is found does not depend on them.
const countsAge = 5 * time.Second

type classCounts struct {
	at      time.Time
	classes map[int64]classCount
	total   int
}

type classCount struct {
	directory int64
	entries   int
}

func (b *Book) classCounts(s *snapshot) (*classCounts, error) {
	if c := b.counts.Load(); c != nil && time.Since(c.at) < countsAge {
		return c, nil
	}
	rows, err := s.QueryContext(s.ctx, `SELECT id, directory, entries FROM class`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	c := &classCounts{at: time.Now(), classes: map[int64]classCount{}}
	for rows.Next() {
		var id int64
		var n classCount
		if err := rows.Scan(&id, &n.directory, &n.entries); err != nil {
			return nil, err
		}
		c.classes[id] = n
		c.total += n.entries
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	b.counts.Store(c)
	return c, nil
}

// ofClasses keeps the entries that are of one of the query's classes.
func (f *finder) ofClasses(places []int64) ([]int64, error) {
	list, err := numbersJSON(places)
	if err != nil {
		return nil, err
	}
	rows, err := f.s.run(f.s.reader.classes, list)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	kept := make([]int64, 0, len(places))
	for rows.Next() {
		var place, class int64
		if err := rows.Scan(&place, &class); err != nil {
			return nil, err
		}
		if f.q.Classes[class] {
			kept = append(kept, place)
		}
	}
	slices.Sort(kept)
	return kept, rows.Err()
}

// boosted finds the entries of Query.Boost that match.
func (f *finder) boosted() error {
	f.groups = append(f.groups, nil)
	boost := f.q.Boost[:min(len(f.q.Boost), MaxBoost)]
	if len(boost) == 0 {
		return nil
	}
	order := map[Ref]int{}
	var uuids []string
	for i, r := range boost {
		r.UUID = strings.ToLower(r.UUID)
		if _, twice := order[r]; !twice {
			order[r] = i
			uuids = append(uuids, r.UUID)
		}
	}
	keys, err := keysJSON(keyUUID, uuids)
	if err != nil {
		return err
	}
	entries, err := f.s.book.entries(f.s.ctx, f.s, `SELECT DISTINCT `+entryColumns+entriesByKey, keys)
	if err != nil {
		return err
	}
	entries = slices.DeleteFunc(entries, func(s storedEntry) bool {
		_, ok := order[Ref{s.Directory, s.UUID}]
		return !ok || !f.matches(&s)
	})
	slices.SortFunc(entries, func(x, y storedEntry) int {
		return order[Ref{x.Directory, x.UUID}] - order[Ref{y.Directory, y.UUID}]
	})
	for i := range entries {
		if p := entries[i].place; f.found < f.wanted && !f.have[p] {
			f.have[p] = true
			f.found++
			f.groups[0] = append(f.groups[0], p)
		}
	}
	return nil
}

// matches tells whether an entry is what the query asks for.
func (f *finder) matches(s *storedEntry) bool {
	q, e := &f.q, &s.Entry
	switch {
	case q.Kind != "" && e.Kind != q.Kind, q.Kind == "" && !e.Kind.addressee(),
		q.Nation != "" && !strings.EqualFold(q.Nation, e.Nation),
		q.Channel == ChannelMail && len(e.Mail) == 0, q.Channel == ChannelChat && len(e.JID) == 0,
		q.Channel != "" && q.Channel != ChannelMail && q.Channel != ChannelChat,
		q.Classes != nil && !q.Classes[s.class]:
		return false
	}
	if o := foldText(q.Organisation); o != "" && foldText(e.Organisation) != o && foldText(e.Unit) != o {
		return false
	}
	return f.hasWords(e, f.words)
}
