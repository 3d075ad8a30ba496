package ldapbook

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
)

// Asked says what a live read asked a directory for, so that what it didn't bring is known to be gone. Leave out what
// the directory did not answer to the end.
type Asked struct {
	DNs       []string
	UUIDs     []string
	Addresses []string // mail addresses and JIDs
}

// Put stores what a live read of the directory brought. Entries of the book that were asked for and are not among
// entries are removed and leave tombstones. Entry.Directory is taken from directory; each entry's ReadAt counts.
// Errors: ErrDatabase; with it ErrFirstRead, in a process that doesn't hold the lock on the data, when the one that does is reading
// this directory for the first time.
func (b *Book) Put(ctx context.Context, directory string, entries []Entry, asked Asked) error {
	for {
		err := b.put(ctx, directory, entries, asked)
		if !errors.Is(err, errAnew) {
			return err
		}
	}
}

func (b *Book) put(ctx context.Context, directory string, entries []Entry, asked Asked) error {
	ctx, id, err := b.directoryForPut(ctx, directory, entries)
	if err != nil || id == 0 {
		return err
	}
	batch := slices.Clone(entries)
	for i := range batch {
		batch[i].Directory = directory
		if batch[i].UUID == "" {
			batch[i].UUID = derivedUUID(directory, batch[i].DN)
		}
	}
	return b.inTransaction(ctx, id, func(w *writing) error {
		wanted, err := w.asked(asked)
		if err != nil {
			return err
		}
		if _, err := w.apply(batch, true); err != nil {
			return err
		}
		for i := range wanted {
			old := &wanted[i]
			if slices.ContainsFunc(batch, func(e Entry) bool { return e.UUID == old.UUID }) {
				continue
			}
			if err := w.remove(old); err != nil {
				return err
			}
			if err := w.bury(old, nil); err != nil {
				return err
			}
		}
		return nil
	})
}

// directoryForPut gives 0 when there is nothing to do: no entries, and a directory that is not in the book.
func (b *Book) directoryForPut(ctx context.Context, directory string, entries []Entry) (context.Context, int64, error) {
	if len(entries) == 0 {
		return b.directoryOf(ctx, directory)
	}
	s := subject{generation: b.generation.Load(), name: directory}
	var err error
	s.dir, err = b.directoryID(ctx, directory, entries[0].Nation)
	return s.in(ctx), s.dir, err
}

// asked loads the rows that a live read asked for.
func (w *writing) asked(a Asked) ([]storedEntry, error) {
	byDN, err := w.book.byDN(w.ctx, w.tx, w.dir, a.DNs)
	if err != nil {
		return nil, err
	}
	byAddress, err := w.byAddress(a.Addresses)
	if err != nil {
		return nil, err
	}
	all, err := w.byUUID(a.UUIDs)
	if err != nil {
		return nil, err
	}
	all = append(append(all, byDN...), byAddress...)
	slices.SortFunc(all, func(a, b storedEntry) int { return int(min(max(a.id-b.id, -1), 1)) })
	return slices.CompactFunc(all, func(a, b storedEntry) bool { return a.id == b.id }), nil
}

func (w *writing) byAddress(addrs []string) ([]storedEntry, error) {
	return w.book.byAddress(w.ctx, w.tx, `WHERE e.directory = ? `, addrs, w.dir)
}

// byUUID loads the directory's rows with these UUIDs.
func (w *writing) byUUID(uuids []string) ([]storedEntry, error) {
	wanted := foldedSet(uuids, strings.ToLower)
	keys, err := keysJSON(keyUUID, slices.Collect(maps.Keys(wanted)))
	if err != nil {
		return nil, err
	}
	found, err := w.book.entries(w.ctx, w.tx, `SELECT DISTINCT `+entryColumns+entriesByKey+`WHERE e.directory = ?`, keys, w.dir)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(found, func(s storedEntry) bool { return !wanted[s.UUID] }), nil
}

func foldedSet(texts []string, fold func(string) string) map[string]bool {
	set := make(map[string]bool, len(texts))
	for _, t := range texts {
		set[fold(t)] = true
	}
	return set
}
