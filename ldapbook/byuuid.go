package ldapbook

import (
	"context"
	"strings"
)

// ByUUID returns the entry of one directory that has this entryUUID; found is false when there is none. Errors: ErrDatabase.
func (b *Book) ByUUID(ctx context.Context, directory, uuid string) (e Entry, found bool, err error) {
	entries, err := b.entries(ctx, b.read, `SELECT `+entryColumns+entryTables+`WHERE d.name = ? AND e.uuid = ?`, directory, strings.ToLower(uuid))
	if err != nil {
		return Entry{}, false, databaseError(err)
	}
	if len(entries) == 0 {
		return Entry{}, false, nil
	}
	return entries[0].Entry, true, nil
}
