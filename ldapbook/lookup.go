package ldapbook

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
)

// ByAddress returns, for each address that is in the book, the entries of all directories that publish it as a mail
// address or JID, by directory. The key is FoldAddress(address). Errors: ErrDatabase.
func (b *Book) ByAddress(ctx context.Context, addrs []string) (map[string][]Entry, error) {
	folded, err := foldedJSON(addrs, FoldAddress)
	if err != nil {
		return nil, err
	}
	found, err := b.entries(ctx, b.read, `SELECT DISTINCT `+entryColumns+entriesByAddress+`ORDER BY d.name, e.id`, folded)
	if err != nil {
		return nil, databaseError(err)
	}
	wanted := map[string]bool{}
	for _, a := range addrs {
		wanted[FoldAddress(a)] = true
	}
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
	wanted := map[string]bool{}
	var keys []int64
	for _, dn := range dns {
		if f := FoldDN(dn); !wanted[f] {
			wanted[f] = true
			keys = append(keys, dnKey(f))
		}
	}
	if len(keys) == 0 {
		return nil, nil
	}
	list, err := json.Marshal(keys)
	if err != nil {
		return nil, err
	}
	found, err := b.entries(ctx, q, `SELECT `+entryColumns+entryTables+
		`WHERE e.directory = ? AND e.dn_key IN (SELECT value FROM json_each(?))`, dir, string(list))
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(found, func(s storedEntry) bool { return !wanted[FoldDN(s.DN)] }), nil
}
