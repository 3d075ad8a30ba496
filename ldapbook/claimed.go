package ldapbook

import (
	"context"
	"maps"
	"slices"
)

// Edition is a number that changes with everything that is written into the book, by whatever process; a book
// that was made anew has no number of the one before. Errors: ErrDatabase.
func (b *Book) Edition(ctx context.Context) (n int64, err error) {
	err = b.read.QueryRowContext(ctx, `SELECT n FROM edition`).Scan(&n)
	return n, databaseError(err)
}

// Shared lists the addresses, folded, that more than one entry of a directory publishes; what two directories publish is not
// shared by that. It takes as long as there are such: the book keeps count of them. Errors: ErrDatabase.
func (b *Book) Shared(ctx context.Context) ([]string, error) {
	keys, err := b.claimed(ctx)
	if err != nil || len(keys) == 0 {
		return nil, databaseError(err)
	}
	list, err := numbersJSON(keys)
	if err != nil {
		return nil, err
	}
	found, err := b.entries(ctx, b.read, `SELECT DISTINCT `+entryColumns+entriesByKey, list)
	if err != nil {
		return nil, databaseError(err)
	}
	type claim struct{ directory, address string }
	claims := map[claim]int{}
	for i := range found {
		for _, a := range addresses(&found[i].Entry) {
			claims[claim{found[i].Directory, a}]++
		}
	}
	var all []string
	for c, n := range claims {
		if n > 1 {
			all = append(all, c.address)
		}
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

func (b *Book) claimed(ctx context.Context) ([]int64, error) {
	rows, err := b.read.QueryContext(ctx, `SELECT DISTINCT key FROM claimed`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var keys []int64
	for rows.Next() {
		var key int64
		if err := rows.Scan(&key); err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, rows.Err()
}

// noteClaim notes that one more or one fewer entry of the directory has a key.
func (w *writing) noteClaim(key int64) {
	if low, high := keyRange(keyAddress); low <= key && key <= high {
		if w.claims == nil {
			w.claims = map[int64]bool{}
		}
		w.claims[key] = true
	}
}

// flushClaims counts who has the keys that were noted.
func (w *writing) flushClaims() error {
	for keys := range slices.Chunk(slices.Sorted(maps.Keys(w.claims)), batchSize) {
		list, err := numbersJSON(keys)
		if err != nil {
			return err
		}
		if err := w.exec(w.book.statements.unclaim, w.dir, list); err != nil {
			return err
		}
		if err := w.exec(w.book.statements.claim, w.dir, list); err != nil {
			return err
		}
	}
	w.claims = nil
	return nil
}
