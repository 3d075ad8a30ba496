package ldapbook

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
)

// WritesLate writes a batch of the first read of directory number 1 after those that make its rows findable have listed them, and
// tells whether it was written.
func WritesLate(ctx context.Context, b *Book, batch []Entry) (bool, error) {
	f := &finish{book: b, dir: 1}
	if err := f.begin(ctx); err != nil {
		return false, err
	}
	err := b.transaction(ctx, f.dir, func(w *writing) error {
		w.mayLoad = true
		_, err := w.apply(batch, false)
		return err
	})
	if errors.Is(err, errLoading) {
		return false, nil
	}
	return err == nil, err
}

// SharedKeys gives the entries of a first read that have a key in common with the one before, when the keys are written n at a
// time: entry i has the i-th key.
func SharedKeys(n int, keys ...string) ([]int64, error) {
	var r lookupRun
	for i, k := range keys {
		r.add(lookupKey(keyUUID, k), int64(i))
	}
	for len(r.next(n)) > 0 {
	}
	return r.shared, nil
}

// FirstRead writes entries as the first read of a directory does, in two steps; forgetful: what was noted while they came is lost,
// as after a crash.
func FirstRead(ctx context.Context, b *Book, directory string, entries []Entry, forgetful bool) error {
	dir, err := b.directoryID(ctx, directory, "NOR")
	if err != nil {
		return err
	}
	for batch := range slices.Chunk(entries, loadThreshold) {
		err := b.loadTransaction(ctx, dir, func(w *writing) error {
			_, err := w.apply(batch, false)
			return err
		})
		if err != nil {
			return err
		}
	}
	if waiting, err := isLoading(ctx, b.read, dir); err != nil || !waiting {
		return errors.Join(err, errors.New("it was written in one step"))
	}
	if forgetful {
		b.takeLoad(dir)
	}
	return b.finishLoad(ctx, dir)
}

// Index lists the terms of a book's index with the UUIDs of their entries, and the keys of lookup but the places with theirs. For the
// number of a node stands its name.
func Index(ctx context.Context, b *Book) (map[string][]string, error) {
	all, err := b.entries(ctx, b.read, `SELECT `+entryColumns+entryTables)
	if err != nil {
		return nil, err
	}
	byPlace := map[int64]string{}
	index := map[string][]string{}
	for i := range all {
		byPlace[all[i].place] = all[i].UUID
	}
	rows, err := b.read.QueryContext(ctx, `SELECT p.term, p.first, coalesce(p.ids, b.ids) FROM posting p LEFT JOIN block b ON b.id = p.block`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var term, packed []byte
		var first int64
		if err := rows.Scan(&term, &first, &packed); err != nil {
			return nil, err
		}
		places, err := readPlaces(nil, first, packed)
		if err != nil {
			return nil, err
		}
		name := string(term)
		if number, ok := strings.CutPrefix(name, string(termNode)); ok {
			id, err := strconv.ParseInt(number, 10, 64)
			if err != nil {
				return nil, err
			}
			n, err := b.node(ctx, b.read, id)
			if err != nil {
				return nil, err
			}
			name = FoldDN(n.dn) + " " + foldText(n.unit)
		}
		for _, p := range places {
			index[name] = append(index[string(term)], byPlace[p])
		}
	}
	keys, err := b.read.QueryContext(ctx, `SELECT l.key, e.uuid FROM lookup l LEFT JOIN entry e ON e.id = l.entry WHERE key < 0`)
	if err != nil {
		return nil, errors.Join(err, rows.Err())
	}
	defer keys.Close()
	for keys.Next() {
		var key int64
		var uuid []byte
		if err := keys.Scan(&key, &uuid); err != nil {
			return nil, err
		}
		name := strconv.FormatInt(key, 10)
		index[name] = append(index[name], unpackUUID(uuid))
	}
	for _, uuids := range index {
		slices.Sort(uuids)
	}
	return index, errors.Join(rows.Err(), keys.Err())
}

// Remember gives texts that share memory.
func Remember(values ...[]byte) (texts []string) {
	var m textMemory
	for _, v := range values {
		texts = append(texts, m.text(v))
	}
	return texts
}
