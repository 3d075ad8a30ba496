package ldapbook

import (
	"context"
	"time"
)

// expireBatch is how many entries one transaction forgets, so that nobody waits long for the writer.
const expireBatch = 500

// Expire forgets the entries of a directory that were read before a time, and returns how many. They leave no tombstones: that we
// no longer keep somebody says nothing about whether the directory still publishes him. Tombstones that are there stay. It is for
// directories of which only what was found is kept; a Sync would count what is missing as gone. A directory that isn't there has
// no entries. Errors: ErrDatabase.
func (b *Book) Expire(ctx context.Context, directory string, before time.Time) (int, error) {
	release, err := b.lockDirectory(ctx, directory)
	if err != nil {
		return 0, err
	}
	defer release()
	ctx, id, err := b.directoryOf(ctx, directory)
	if err != nil || id == 0 {
		return 0, err
	}
	all := 0
	for {
		n := 0
		err := b.inTransaction(ctx, id, func(w *writing) error {
			old, err := w.book.entries(ctx, w.tx, `SELECT `+entryColumns+entryTables+
				`WHERE e.directory = ? AND max(e.read_at, d.full_read_at) < ? LIMIT ?`, id, toMicros(before), expireBatch)
			if err != nil {
				return err
			}
			for i := range old {
				if err := w.remove(&old[i]); err != nil {
					return err
				}
			}
			n = len(old)
			return nil
		})
		if err != nil {
			return all, err
		}
		if all += n; n < expireBatch {
			return all, nil
		}
	}
}
