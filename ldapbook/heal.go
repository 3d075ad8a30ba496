package ldapbook

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"
)

// Heal makes the file anew when it was deleted or replaced while the book is open, and reports whether it did: the book is
// empty then, and the directories fill it again. A Sync that is under way ends with an error: what it read so far went with
// the old book. Only the holder of the lock on the data may call it. Errors: ErrDatabase.
func (b *Book) Heal(ctx context.Context) (healed bool, err error) {
	b.healing.Lock()
	defer b.healing.Unlock()
	now, err := os.Stat(b.path)
	if err == nil && os.SameFile(now, b.file) {
		b.retireConnections()
		return false, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, databaseError(err)
	}
	// No transaction runs meanwhile, and those that belong to one begun before come to nothing.
	b.writing.Lock()
	defer b.writing.Unlock()
	b.generation.Add(1)
	// What the deleted database left beside it does not belong to the new one.
	if err := removeBeside(b.path); err != nil {
		return false, databaseError(err)
	}
	if err := prepareFile(b.path, false); err != nil {
		return false, err
	}
	b.dropConnections()
	if err := b.migrate(ctx, b.path, false); err != nil {
		return false, err
	}
	b.shared.clear(b.readers.dropIdle(false)) // from here on none has the old file
	b.counts.Store(nil)
	b.stale.Store(false)
	b.mu.Lock()
	clear(b.loads)
	b.mu.Unlock()
	b.interned, b.places, b.recovered = newInterned(), nil, false
	b.file, err = os.Stat(b.path)
	return true, databaseError(err)
}

// dropConnections closes the idle connections, which still hold the old file; statements are prepared anew by themselves.
func (b *Book) dropConnections() {
	b.healed = time.Now()
	b.retireConnections()
	b.closeIdle()
}

// closeIdle closes the idle connections; others are opened when they are needed.
func (b *Book) closeIdle() {
	b.write.SetMaxIdleConns(-1)
	b.read.SetMaxIdleConns(-1)
	b.write.SetMaxIdleConns(1)
	b.read.SetMaxIdleConns(maxReaders())
}

// retireConnections has those that searches held while the book was made anew be closed instead of used again: every one that was
// opened before is older than that.
func (b *Book) retireConnections() {
	if !b.healed.IsZero() {
		b.read.SetConnMaxLifetime(max(time.Since(b.healed), 1))
	}
}

// removeBeside removes the write-ahead log and its index.
func removeBeside(path string) error {
	for _, suffix := range []string{"-wal", "-shm"} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Remove deletes a book that no process has open. It is a cache: the directories fill it again.
func Remove(path string) error {
	if err := removeBeside(path); err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
