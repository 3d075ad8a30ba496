package ldapbook

import (
	"cmp"
	"context"
	"maps"
	"slices"
)

// Found is what the book has of some addresses at one moment. The keys are FoldAddress(address).
type Found struct {
	// Entries are, for each address that is in the book, those of all directories that publish it as a mail address or JID, by
	// directory.
	Entries map[string][]Entry
	// Gone is what was once in the book and is gone, as Withdrawn tells it.
	Gone map[string]Tombstone
}

// LookUp is ByAddress and Withdrawn as of one moment: no write comes between them. Errors: ErrDatabase.
func (b *Book) LookUp(ctx context.Context, addrs []string) (f Found, err error) {
	err = b.withSnapshot(ctx, func(s *snapshot) error {
		found, err := s.byAddress(addrs)
		if err == nil {
			f.Entries = perAddress(found, addrs)
			f.Gone, err = s.withdrawn(addrs, presence(found))
		}
		return err
	})
	if err != nil {
		return Found{}, databaseError(err)
	}
	return f, nil
}

// ByAddress returns, for each address that is in the book, the entries of all directories that publish it as a mail
// address or JID, by directory. The key is FoldAddress(address). Errors: ErrDatabase.
func (b *Book) ByAddress(ctx context.Context, addrs []string) (byAddress map[string][]Entry, err error) {
	err = b.withSnapshot(ctx, func(s *snapshot) error {
		found, err := s.byAddress(addrs)
		byAddress = perAddress(found, addrs)
		return err
	})
	if err != nil {
		return nil, databaseError(err)
	}
	return byAddress, nil
}

// perAddress gives what was found for each address.
func perAddress(found []*storedEntry, addrs []string) map[string][]Entry {
	wanted := foldedSet(addrs, FoldAddress)
	byAddress := make(map[string][]Entry, len(found))
	all := make([]Entry, len(found)) // nearly every address is that of one: its list needs no memory of its own
	for i := range found {
		all[i] = found[i].Entry
		for _, a := range addresses(&all[i]) {
			switch have, ok := byAddress[a]; {
			case !wanted[a]:
			case !ok:
				byAddress[a] = all[i : i+1 : i+1]
			default:
				byAddress[a] = append(have, all[i])
			}
		}
	}
	return byAddress
}

// byAddress loads the entries that have one of the addresses, by directory and in book order.
func (s *snapshot) byAddress(addrs []string) ([]*storedEntry, error) {
	wanted := foldedSet(addrs, FoldAddress)
	found, err := s.withKeys(keyAddress, wanted, func(e *Entry) bool {
		return slices.ContainsFunc(addresses(e), func(a string) bool { return wanted[a] })
	})
	slices.SortFunc(found, func(x, y *storedEntry) int {
		return cmp.Or(cmp.Compare(x.Directory, y.Directory), cmp.Compare(x.place, y.place))
	})
	return found, err
}

// withKeys loads, each once, the entries that are found under some folded texts and are what is asked for: two texts may have one key.
func (s *snapshot) withKeys(what byte, wanted map[string]bool, is func(*Entry) bool) ([]*storedEntry, error) {
	keys := make([]int64, 0, len(wanted))
	for text := range wanted {
		keys = append(keys, lookupKey(what, text))
	}
	found, err := s.rowsOf(keys)
	if err != nil {
		return nil, err
	}
	had, kept := make(map[int64]bool, len(found)), make([]*storedEntry, 0, len(found))
	for i := range found {
		if e := &found[i]; !had[e.id] && is(&e.Entry) {
			had[e.id] = true
			kept = append(kept, e)
		}
	}
	return kept, nil
}

// byAddress loads the entries that have one of the addresses; rest ends the query.
func (b *Book) byAddress(ctx context.Context, q queryer, rest string, addrs []string, args ...any) ([]storedEntry, error) {
	wanted := foldedSet(addrs, FoldAddress)
	keys, err := keysJSON(keyAddress, slices.Collect(maps.Keys(wanted)))
	if err != nil {
		return nil, err
	}
	found, err := b.entries(ctx, q, `SELECT DISTINCT `+entryColumns+entriesByKey+rest, append([]any{keys}, args...)...)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(found, func(s storedEntry) bool {
		return !slices.ContainsFunc(addresses(&s.Entry), func(a string) bool { return wanted[a] })
	}), nil
}

// ByDN returns the entries of one directory that have these names. The key is FoldDN(dn). Errors: ErrDatabase.
func (b *Book) ByDN(ctx context.Context, directory string, dns []string) (map[string]Entry, error) {
	byDN := map[string]Entry{}
	err := b.withSnapshot(ctx, func(s *snapshot) error {
		wanted := foldedSet(dns, FoldDN)
		found, err := s.withKeys(keyDN, wanted, func(e *Entry) bool { return e.Directory == directory && wanted[FoldDN(e.DN)] })
		for i := range found {
			byDN[FoldDN(found[i].DN)] = found[i].Entry
		}
		return err
	})
	if err != nil {
		return nil, databaseError(err)
	}
	return byDN, nil
}

func (b *Book) byDN(ctx context.Context, q queryer, dir int64, dns []string) ([]storedEntry, error) {
	wanted := foldedSet(dns, FoldDN)
	keys, err := keysJSON(keyDN, slices.Collect(maps.Keys(wanted)))
	if err != nil {
		return nil, err
	}
	found, err := b.entries(ctx, q, `SELECT DISTINCT `+entryColumns+entriesByKey+`WHERE e.directory = ?`, keys, dir)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(found, func(s storedEntry) bool { return !wanted[FoldDN(s.DN)] }), nil
}
