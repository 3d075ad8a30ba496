package ldapbook

import (
	"context"
	"strings"
)

// ByUUID returns the entry of one directory that has this entryUUID; found is false when there is none. Errors: ErrDatabase.
func (b *Book) ByUUID(ctx context.Context, directory, uuid string) (e Entry, found bool, err error) {
	ref := Ref{directory, strings.ToLower(uuid)}
	all, err := b.ByRefs(ctx, []Ref{ref})
	e, found = all[ref]
	return e, found, err
}

// ByRefs returns those of the entries that the book has, in one question. The key is the Ref with its UUID in small letters.
// Errors: ErrDatabase.
func (b *Book) ByRefs(ctx context.Context, refs []Ref) (map[Ref]Entry, error) {
	wanted, uuids := make(map[Ref]bool, len(refs)), make([]string, 0, len(refs))
	for _, r := range refs {
		r.UUID = strings.ToLower(r.UUID)
		if !wanted[r] {
			wanted[r] = true
			uuids = append(uuids, r.UUID)
		}
	}
	keys, err := keysJSON(keyUUID, uuids)
	if err != nil {
		return nil, err
	}
	candidates, err := b.entries(ctx, b.read, `SELECT DISTINCT `+entryColumns+entriesByKey, keys)
	if err != nil {
		return nil, databaseError(err)
	}
	found := make(map[Ref]Entry, len(refs))
	for _, s := range candidates {
		if r := (Ref{s.Directory, s.UUID}); wanted[r] {
			found[r] = s.Entry
		}
	}
	return found, nil
}
