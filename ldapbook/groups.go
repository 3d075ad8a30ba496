package ldapbook

import (
	"context"
	"database/sql"
	"slices"
	"strings"
)

// stored loads one entry; sql.ErrNoRows: there is none.
func (b *Book) stored(ctx context.Context, q queryer, r Ref) (*storedEntry, error) {
	uuid := strings.ToLower(r.UUID)
	keys, err := keysJSON(keyUUID, []string{uuid})
	if err != nil {
		return nil, err
	}
	found, err := b.entries(ctx, q, `SELECT DISTINCT `+entryColumns+entriesByKey+`WHERE d.name = ?`, keys, r.Directory)
	if err != nil {
		return nil, err
	}
	for i := range found {
		if found[i].UUID == uuid {
			return &found[i], nil
		}
	}
	return nil, sql.ErrNoRows
}

// GroupsOf lists the lists and roles of a directory that have this DN among their members or occupants, in book order.
// Errors: ErrDatabase.
func (b *Book) GroupsOf(ctx context.Context, directory, dn string) ([]Entry, error) {
	folded := FoldDN(dn)
	keys, err := keysJSON(keyMember, []string{folded})
	if err != nil {
		return nil, err
	}
	found, err := b.entries(ctx, b.read, `SELECT DISTINCT `+entryColumns+entriesByKey+`WHERE d.name = ? ORDER BY e.place`, keys, directory)
	if err != nil {
		return nil, databaseError(err)
	}
	var all []Entry
	for i := range found {
		e := found[i].Entry
		is := func(member string) bool { return FoldDN(member) == folded }
		if slices.ContainsFunc(e.Members, is) || slices.ContainsFunc(e.Occupants, is) {
			all = append(all, e)
		}
	}
	return all, nil
}

// Organisations lists the distinct organisations and units of a directory that begin with text, without case and accents,
// by name; limit 0: DefaultLimit. Errors: ErrDatabase.
func (b *Book) Organisations(ctx context.Context, directory, text string, limit int) ([]string, error) {
	rows, err := b.read.QueryContext(ctx, `SELECT o.name FROM organisation o JOIN directory d ON d.id = o.directory
			WHERE d.name = ?1 AND o.entries > 0
		UNION SELECT n.unit FROM node n JOIN directory d ON d.id = n.directory JOIN spread s ON s.node = n.id
			WHERE d.name = ?1 AND n.unit <> '' AND length(s.counts) > 0`, directory)
	if err != nil {
		return nil, databaseError(err)
	}
	defer rows.Close()
	wanted := sortText(text)
	seen := map[string]bool{}
	var all []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, databaseError(err)
		}
		if f := foldText(name); !seen[f] && strings.HasPrefix(sortText(name), wanted) {
			seen[f] = true
			all = append(all, name)
		}
	}
	slices.SortFunc(all, compareNames)
	return all[:min(len(all), (&Query{Limit: limit}).limit())], databaseError(rows.Err())
}
