package ldapbook

import (
	"cmp"
	"slices"
)

// answer loads what was found, from the offset on.
func (f *finder) answer() ([]Entry, error) {
	skip := max(f.q.Offset, 0)
	var places []int64
	var ends []int
	for _, g := range f.groups {
		n := min(skip, len(g))
		skip -= n
		places = append(places, g[n:]...)
		ends = append(ends, len(places))
	}
	if f.q.Offset > MaxOffset {
		return nil, nil
	}
	found, err := f.load(places)
	if err != nil {
		return nil, err
	}
	start := 0
	for i, end := range ends {
		if i > 0 { // the first group is in the order of the boosts
			sortNeighbours(found[start:end])
		}
		start = end
	}
	var entries []Entry
	for i := range found {
		entries = append(entries, found[i].Entry)
	}
	return entries, nil
}

// load gives entries in the order of their places; some were loaded before. errStale: some are not there.
func (f *finder) load(places []int64) ([]storedEntry, error) {
	missing := make([]int64, 0, len(places))
	for _, p := range places {
		if _, ok := f.loaded[p]; !ok {
			missing = append(missing, p)
		}
	}
	found, err := f.s.byPlace(missing)
	if err == nil && len(found) != len(missing) {
		err = errStale
	}
	if err != nil || len(missing) == len(places) {
		return found, err
	}
	for _, e := range found {
		f.loaded[e.place] = e
	}
	all := make([]storedEntry, len(places))
	for i, p := range places {
		all[i] = f.loaded[p]
	}
	return all, nil
}

// sortNeighbours sorts what stands at one place of the book.
func sortNeighbours(found []storedEntry) {
	for start := 0; start < len(found); {
		end := start + 1
		for end < len(found) && found[end].place>>sequenceBits == found[start].place>>sequenceBits {
			end++
		}
		if end > start+1 {
			sortByName(found[start:end])
		}
		start = end
	}
}

func sortByName(found []storedEntry) {
	type sorted struct {
		surname, given, name string
		*storedEntry
	}
	keys := make([]sorted, len(found))
	texts := map[string]string{} // what stands at one place mostly has one name
	text := func(name string) string {
		t, ok := texts[name]
		if !ok {
			t = sortText(name)
			texts[name] = t
		}
		return t
	}
	for i := range found {
		e := found[i]
		keys[i] = sorted{text(e.Surname), text(e.GivenName), "", &e}
		if e.Name != e.GivenName+" "+e.Surname {
			keys[i].name = text(e.Name)
		}
	}
	slices.SortStableFunc(keys, func(x, y sorted) int {
		return cmp.Or(cmp.Compare(x.surname, y.surname), cmp.Compare(x.given, y.given), cmp.Compare(x.name, y.name),
			cmp.Compare(x.Nation, y.Nation), cmp.Compare(x.Unit, y.Unit), cmp.Compare(x.place, y.place))
	})
	for i := range keys {
		found[i] = *keys[i].storedEntry
	}
}
