package ldapbook

import (
	"context"
	"encoding/json"
	"slices"
	"time"
)

// What a tombstone says is gone.
const (
	GoneEntry     = "entry"
	GoneClearance = "clearance"
)

// Tombstone remembers that an address once stood for an entry of a directory, and what of it is gone since.
type Tombstone struct {
	Directory, DN, UUID, Name string
	Kind                      Kind
	Nation                    string
	What                      string // GoneEntry or GoneClearance
	GoneAt                    time.Time
}

// buried tells which entries of the batch have tombstones.
func (w *writing) buried(batch []Entry) (map[string]bool, error) {
	uuids, err := stringsJSON(uuidsOf(batch))
	if err != nil {
		return nil, err
	}
	rows, err := w.tx.QueryContext(w.ctx, `SELECT DISTINCT t.uuid FROM json_each(?) j
		CROSS JOIN tombstone t ON t.directory = ? AND t.uuid = j.value`, uuids, w.dir)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found map[string]bool
	for rows.Next() {
		var uuid string
		if err := rows.Scan(&uuid); err != nil {
			return nil, err
		}
		if found == nil {
			found = map[string]bool{}
		}
		found[uuid] = true
	}
	return found, rows.Err()
}

// bury leaves tombstones for what old had and e, its successor (nil: none), has not.
func (w *writing) bury(old *storedEntry, e *Entry) error {
	var now []string
	clearanceGone := false
	if e != nil {
		now = addresses(e)
		clearanceGone = old.clearance != 0 && len(e.Clearance) == 0
	}
	for _, a := range addresses(&old.Entry) {
		what := GoneEntry
		if slices.Contains(now, a) {
			if !clearanceGone {
				continue
			}
			what = GoneClearance
		}
		err := w.exec(w.book.statements.insertTombstone, a, w.dir, old.UUID, old.DN, old.Name, kindNumbers[old.Kind],
			old.clearance != 0, what, w.now)
		if err != nil {
			return err
		}
	}
	return nil
}

// revive puts the tombstones of an entry's addresses right: with a clearance they go; without one, those that remember
// a clearance say that it is what is gone.
func (w *writing) revive(e *Entry) error {
	s := &w.book.statements
	for _, a := range addresses(e) {
		var err error
		if len(e.Clearance) > 0 {
			err = w.exec(s.deleteTombstone, a, w.dir, e.UUID)
		} else {
			err = w.exec(s.demoteTombstone, a, w.dir, e.UUID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Withdrawn tells for which of the addresses an entry, or its clearance, was once in the book and is gone. The key is
// FoldAddress(address). An address is not withdrawn when the same directory now publishes an entry with a clearance for
// it. Of several tombstones the latest counts. Errors: ErrDatabase.
func (b *Book) Withdrawn(ctx context.Context, addrs []string) (gone map[string]Tombstone, err error) {
	err = b.withSnapshot(ctx, func(s *snapshot) error {
		found, err := s.byAddress(addrs)
		if err == nil {
			gone, err = s.withdrawn(addrs, presence(found))
		}
		return err
	})
	if err != nil {
		return nil, databaseError(err)
	}
	return gone, nil
}

// withdrawn is Withdrawn, where what the directories publish now is known.
func (s *snapshot) withdrawn(addrs []string, present map[addressIn]int) (map[string]Tombstone, error) {
	directories, err := s.directories()
	if err != nil {
		return nil, err
	}
	folded, err := foldedJSON(addrs, FoldAddress)
	if err != nil {
		return nil, err
	}
	rows, err := s.run(s.gone, folded)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := map[string]Tombstone{}
	for rows.Next() {
		var address string
		var t Tombstone
		var kind int
		var dir, gone int64
		var cleared bool
		if err := rows.Scan(&address, &dir, &t.DN, &t.UUID, &t.Name, &kind, &gone, &t.What, &cleared); err != nil {
			return nil, err
		}
		d, ok := directories[dir]
		if !ok {
			continue
		}
		t.Directory, t.Nation, t.Kind, t.GoneAt = d.name, d.nation, kindOf(kind), fromMicros(gone)
		// Present and never cleared: nothing is gone.
		now := present[addressIn{address, t.Directory}]
		if now == presentCleared || now == presentUncleared && !cleared {
			continue
		}
		if now == presentUncleared {
			t.What = GoneClearance
		}
		found[address] = t
	}
	return found, rows.Err()
}

// OnceCleared lists the addresses, folded, that once stood for an entry with a clearance which is gone: the entry, or its
// clearance alone. Some of them may stand for one with a clearance again (Withdrawn tells). Errors: ErrDatabase.
func (b *Book) OnceCleared(ctx context.Context) ([]string, error) {
	rows, err := b.read.QueryContext(ctx, `SELECT DISTINCT folded FROM tombstone WHERE cleared`)
	if err != nil {
		return nil, databaseError(err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var a string
		if err := rows.Scan(&a); err != nil {
			return nil, databaseError(err)
		}
		all = append(all, a)
	}
	return all, databaseError(rows.Err())
}

// addressIn is a folded address in one directory.
type addressIn struct{ address, directory string }

// What a directory now has for an address; the zero value: no entry.
const (
	presentUncleared = 1 + iota
	presentCleared
)

// presence tells what the directories now publish for addresses.
func presence(found []*storedEntry) map[addressIn]int {
	present := make(map[addressIn]int, len(found))
	for i := range found {
		what := presentUncleared
		if found[i].clearance != 0 {
			what = presentCleared
		}
		for _, a := range addresses(&found[i].Entry) {
			key := addressIn{a, found[i].Directory}
			present[key] = max(present[key], what)
		}
	}
	return present
}

// foldedJSON is the distinct folded texts as a JSON array, for json_each.
func foldedJSON(texts []string, fold func(string) string) (string, error) {
	folded := make([]string, 0, len(texts))
	for _, t := range texts {
		folded = append(folded, fold(t))
	}
	slices.Sort(folded)
	b, err := json.Marshal(slices.Compact(folded))
	return string(b), err
}
