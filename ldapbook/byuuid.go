package ldapbook

import (
	"context"
	"strings"
)

// ByUUID returns the entry of one directory that has this entryUUID; found is false when there is none. Errors: ErrDatabase.
func (b *Book) ByUUID(ctx context.Context, directory, uuid string) (e Entry, found bool, err error) {
	uuid = strings.ToLower(uuid)
	keys, err := keysJSON(keyUUID, []string{uuid})
	if err != nil {
		return Entry{}, false, err
	}
	candidates, err := b.entries(ctx, b.read, `SELECT DISTINCT `+entryColumns+entriesByKey+`WHERE d.name = ?`, keys, directory)
	if err != nil {
		return Entry{}, false, databaseError(err)
	}
	for _, s := range candidates {
		if s.UUID == uuid {
			return s.Entry, true, nil
		}
	}
	return Entry{}, false, nil
}
