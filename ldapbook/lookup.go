package ldapbook

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"
)

// ByAddress returns, for each address that is in the book, the entries of all directories that publish it as a mail
// address or JID, by directory. The key is FoldAddress(address). Errors: ErrDatabase.
func (b *Book) ByAddress(ctx context.Context, addrs []string) (map[string][]Entry, error) {
	found, err := b.byAddress(ctx, b.read, `ORDER BY d.name, e.place`, addrs)
	if err != nil {
		return nil, databaseError(err)
	}
	wanted := foldedSet(addrs, FoldAddress)
	byAddress := map[string][]Entry{}
	for i := range found {
		for _, a := range addresses(&found[i].Entry) {
			if wanted[a] {
				byAddress[a] = append(byAddress[a], found[i].Entry)
			}
		}
	}
	return byAddress, nil
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
	var dir int64
	err := b.read.QueryRowContext(ctx, `SELECT id FROM directory WHERE name = ?`, directory).Scan(&dir)
	if errors.Is(err, sql.ErrNoRows) {
		return map[string]Entry{}, nil
	}
	if err != nil {
		return nil, databaseError(err)
	}
	found, err := b.byDN(ctx, b.read, dir, dns)
	if err != nil {
		return nil, databaseError(err)
	}
	byDN := make(map[string]Entry, len(found))
	for _, s := range found {
		byDN[FoldDN(s.DN)] = s.Entry
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
