package ldapbook

import (
	"context"
	"slices"
)

// Edition is a number that changes with everything that is written into the book, by whatever process. Errors: ErrDatabase.
func (b *Book) Edition(ctx context.Context) (n int64, err error) {
	err = b.read.QueryRowContext(ctx, `SELECT n FROM edition`).Scan(&n)
	return n, databaseError(err)
}

// Shared lists the addresses, folded, that more than one entry publishes, of whatever directories. It reads the keys of all
// addresses, which takes some tenths of a second in a book of a million people. Errors: ErrDatabase.
func (b *Book) Shared(ctx context.Context) ([]string, error) {
	low, high := keyRange(keyAddress)
	keys, err := b.claimedTwice(ctx, low, high)
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
	claims := map[string]int{}
	for i := range found {
		for _, a := range addresses(&found[i].Entry) {
			claims[a]++
		}
	}
	var all []string
	for a, n := range claims {
		if n > 1 {
			all = append(all, a)
		}
	}
	slices.Sort(all)
	return all, nil
}

func (b *Book) claimedTwice(ctx context.Context, low, high int64) ([]int64, error) {
	rows, err := b.read.QueryContext(ctx, `SELECT key FROM lookup WHERE key BETWEEN ? AND ? GROUP BY key HAVING count(*) > 1`, low, high)
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
