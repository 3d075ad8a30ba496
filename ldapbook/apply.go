package ldapbook

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

func nowMicros() int64 { return time.Now().UnixMicro() }

// applied counts what a batch did.
type applied struct {
	added, changed, unchanged int
	resent                    int     // unchanged ones that are old
	ids                       []int64 // row numbers of all entries of the batch
}

// known is a row that is there already.
type known struct{ id, content int64 }

// apply writes a batch of entries of one directory. Rows whose content is the same are left alone; with touch, the time
// at which they were read is brought up to date; that of dynamic lists always is.
func (w *writing) apply(batch []Entry, touch bool) (applied, error) {
	batch = lastOfEach(batch)
	if loads, err := w.loads(batch); err != nil {
		return applied{}, err
	} else if loads {
		return w.applyRows(batch)
	}
	have, err := w.known(batch)
	if err != nil {
		return applied{}, err
	}
	buried, err := w.buried(batch)
	if err != nil {
		return applied{}, err
	}
	var done applied
	for i := range batch {
		e := &batch[i]
		content := w.contentHash(e)
		old, exists := have[e.UUID]
		id := old.id
		switch {
		case exists && old.content == content:
			done.unchanged++
			if e.old {
				done.resent++
			}
			if touch || e.Dynamic { // of a dynamic list the time of the directory's read says nothing
				err = w.exec(w.book.statements.touch, toMicros(e.ReadAt), id, w.now)
			}
		case exists:
			done.changed++
			err = w.replace(id, e, content)
		default:
			done.added++
			id, err = w.insert(e, content)
		}
		if err == nil && buried[e.UUID] {
			err = w.revive(e)
		}
		if err != nil {
			return applied{}, fmt.Errorf("entry %q: %w", e.DN, err)
		}
		done.ids = append(done.ids, id)
	}
	return done, nil
}

// lastOfEach keeps the last of several entries that have one UUID.
func lastOfEach(batch []Entry) []Entry {
	seen := make(map[string]int, len(batch))
	for i := range batch {
		if seen[batch[i].UUID] = i; len(seen) <= i {
			return lastOfSome(batch)
		}
	}
	return batch
}

func lastOfSome(batch []Entry) []Entry {
	seen := make(map[string]int, len(batch))
	out := batch[:0:0]
	for _, e := range batch {
		if i, ok := seen[e.UUID]; ok {
			out[i] = e
			continue
		}
		seen[e.UUID] = len(out)
		out = append(out, e)
	}
	return out
}

func uuidsOf(batch []Entry) []string {
	uuids := make([]string, len(batch))
	for i := range batch {
		uuids[i] = batch[i].UUID
	}
	return uuids
}

func (w *writing) known(batch []Entry) (map[string]known, error) {
	keys, err := keysJSON(keyUUID, uuidsOf(batch))
	if err != nil {
		return nil, err
	}
	rows, err := w.tx.QueryContext(w.ctx, `SELECT e.uuid, e.id, e.content FROM json_each(?) j
		CROSS JOIN lookup l ON l.key = j.value CROSS JOIN entry e ON e.id = l.entry WHERE e.directory = ?`, keys, w.dir)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	have := make(map[string]known, len(batch))
	for rows.Next() {
		var uuid sql.RawBytes
		var k known
		if err := rows.Scan(&uuid, &k.id, &k.content); err != nil {
			return nil, err
		}
		have[unpackUUID(uuid)] = k
	}
	return have, rows.Err()
}

// columns are what the row of an entry holds beside its number, place, directory and UUID.
type columns struct {
	class, node, organisation int64
	body                      []byte
}

func (w *writing) columns(e *Entry) (columns, error) {
	class, err := w.internClass(e)
	if err != nil {
		return columns{}, err
	}
	rdn, container := splitDN(e.DN)
	node, n, err := w.internNode(container, e.Unit)
	if err != nil {
		return columns{}, err
	}
	organisation, err := w.internOrganisation(e.Organisation)
	if err != nil {
		return columns{}, err
	}
	return columns{class, node, organisation, packBody(e, rdn, container, organisation, n)}, nil
}

// insert writes a new row.
func (w *writing) insert(e *Entry, content int64) (int64, error) {
	place, err := w.newPlace(w.bookPlace(e))
	if err != nil {
		return 0, err
	}
	c, err := w.columns(e)
	if err != nil {
		return 0, err
	}
	s := &w.book.statements
	id, err := w.newRow(s.insertEntry, place, w.dir, c.class, c.node, packUUID(e.UUID), c.body, content, toMicros(e.ReadAt))
	if err != nil {
		return 0, err
	}
	if err := w.setKeys(id, nil, append(lookupKeys(e), place)); err != nil {
		return 0, err
	}
	w.index(nil, 0, entryTerms(e, w.dir, c.class, c.node), place)
	return id, w.count(e, c.class, c.node, c.organisation, 1)
}

// setKeys makes a row be found under the keys that are new, and no longer under those that are not among them.
func (w *writing) setKeys(id int64, before, now []int64) error {
	s := &w.book.statements
	is := map[int64]bool{}
	for _, k := range now {
		is[k] = true
	}
	was := map[int64]bool{}
	for _, k := range before {
		was[k] = true
		if !is[k] {
			w.noteClaim(k)
			if err := w.exec(s.deleteLookup, k, id); err != nil {
				return err
			}
		}
	}
	for k := range is {
		if !was[k] {
			w.noteClaim(k)
			if err := w.exec(s.insertLookup, k, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// replace writes a changed entry. It keeps its number, and its place in the book as long as its name is sorted there.
func (w *writing) replace(id int64, e *Entry, content int64) error {
	old, err := w.load(id)
	if err != nil {
		return err
	}
	if err := w.bury(old, e); err != nil {
		return err
	}
	place := old.place
	if place>>sequenceBits != w.bookPlace(e) {
		if place, err = w.newPlace(w.bookPlace(e)); err != nil {
			return err
		}
	}
	c, err := w.columns(e)
	if err != nil {
		return err
	}
	if err := w.exec(w.book.statements.updateEntry, place, c.class, c.node, c.body, content, toMicros(e.ReadAt), id); err != nil {
		return err
	}
	if err := w.setKeys(id, append(lookupKeys(&old.Entry), old.place), append(lookupKeys(e), place)); err != nil {
		return err
	}
	w.index(entryTerms(&old.Entry, w.dir, old.class, old.node), old.place, entryTerms(e, w.dir, c.class, c.node), place)
	if err := w.count(&old.Entry, old.class, old.node, old.organisation, -1); err != nil {
		return err
	}
	return w.count(e, c.class, c.node, c.organisation, 1)
}

func (w *writing) load(id int64) (*storedEntry, error) {
	found, err := w.book.entries(w.ctx, w.tx, `SELECT `+entryColumns+entryTables+`WHERE e.id = ?`, id)
	if err != nil {
		return nil, err
	}
	if len(found) != 1 {
		return nil, sql.ErrNoRows
	}
	return &found[0], nil
}

// remove deletes a row and all that was derived from it.
func (w *writing) remove(old *storedEntry) error {
	err := errors.Join(w.exec(w.book.statements.deleteEntry, old.id),
		w.setKeys(old.id, append(lookupKeys(&old.Entry), old.place), nil),
		w.count(&old.Entry, old.class, old.node, old.organisation, -1))
	w.index(entryTerms(&old.Entry, w.dir, old.class, old.node), old.place, nil, 0)
	return err
}

// newPlace returns a free number at the place. Rows of first reads have numbers of the lower half that are not in lookup yet. Who
// doesn't know them (another process, and the one that holds the lock until it has finished what the one before it left) takes
// numbers from the upper half, where lookup has all that are taken.
func (w *writing) newPlace(place int64) (int64, error) {
	lower := place << sequenceBits
	upper := lower + upperHalf
	if !w.loading && (w.book.guest || !w.book.recovered) {
		return w.upperPlace(upper)
	}
	last, ok := w.places[place]
	if !ok && w.noPlaces {
		last = lower
	} else if !ok {
		found, err := w.oneNumber(w.book.statements.lastPlace, lower, upper-1)
		if err != nil {
			return 0, err
		}
		last = max(found, lower)
	}
	if last < upper-1 {
		w.places[place] = last + 1
		return last + 1, nil
	}
	if w.loading {
		return 0, errTooManyRows
	}
	return w.upperPlace(upper)
}

func (w *writing) upperPlace(first int64) (int64, error) {
	last, err := w.oneNumber(w.book.statements.lastPlace, first, first+upperHalf-1)
	if err != nil {
		return 0, err
	}
	if last == first+upperHalf-1 {
		return w.freePlace(first)
	}
	return max(last, first) + 1, nil
}

// freePlace finds a number of the upper half that became free, when the last one is taken.
func (w *writing) freePlace(first int64) (int64, error) {
	const gap = `SELECT l.key + 1 FROM lookup l WHERE l.key BETWEEN ? AND ?
		AND NOT EXISTS (SELECT 1 FROM lookup n WHERE n.key = l.key + 1) LIMIT 1`
	var id int64
	err := w.tx.QueryRowContext(w.ctx, gap, first, first+upperHalf-2).Scan(&id)
	return id, err
}

func stringsJSON(texts []string) (string, error) {
	b, err := json.Marshal(texts)
	return string(b), err
}
