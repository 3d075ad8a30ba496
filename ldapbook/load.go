package ldapbook

import (
	"context"
	"errors"
	"fmt"
)

// The first read of a large directory is written in two steps, because to keep a million entries findable while they come in
// no order costs many times what it does at the end, in theirs. While they come, only their rows are written, and the
// directory stands in the table loading, while what the second step has to know of them is noted in memory (see gathered); then
// finishLoad makes what finds them: the lists of the index and the table lookup.
// Until then they are not found. Whoever else writes entries of the directory finishes it first: every transaction of it but those
// of the load itself comes by finishLoad. After a crash Recover does so, of all directories. Who writes another directory does not
// wait (see newPlace).

// loadThreshold: a directory whose first batch is smaller is written in one step.
const loadThreshold = 2000

// loadTransaction is inTransaction for the batches of a read of the whole directory: apply may then write in two steps.
func (b *Book) loadTransaction(ctx context.Context, dir int64, do func(w *writing) error) error {
	if err := b.Recover(ctx); err != nil {
		return err
	}
	for {
		if !b.loadsNow(dir) {
			if err := b.finishLoad(ctx, dir); err != nil {
				return err
			}
		}
		err := b.transaction(ctx, dir, func(w *writing) error {
			w.mayLoad = true
			return do(w)
		})
		if !errors.Is(err, errLoading) { // else its rows are being made findable: what comes now would not be
			return err
		}
	}
}

// loadsNow tells whether this process has a first read of the directory under way, to which rows may still be added.
func (b *Book) loadsNow(dir int64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, now := b.loads[dir]
	return now
}

// gatheredOf is what was noted of the rows of a first read that is under way; nil: it has to be gathered from them.
func (b *Book) gatheredOf(dir int64) *gathered {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.loads[dir]
}

// setLoads is called in the transactions that begin a first read, and with nil when one of them is rolled back: what was noted is
// then of rows that are not there.
func (b *Book) setLoads(dir int64, g *gathered) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.loads[dir] = g
}

// takeLoad is called in the transaction that begins to finish a first read: no rows are added to it any more.
func (b *Book) takeLoad(dir int64) *gathered {
	b.mu.Lock()
	defer b.mu.Unlock()
	g := b.loads[dir]
	delete(b.loads, dir)
	return g
}

// Recover makes findable what the first reads of a process that ended during them left. Only the holder of the lock on the data
// may call it, once and before all else that takes long: until then, what other directories bring is written, but none is read
// for the first time before it has ended. For another process it does nothing. Errors: ErrDatabase.
func (b *Book) Recover(ctx context.Context) error {
	b.writing.Lock()
	recovered := b.recovered || b.guest
	b.writing.Unlock()
	if recovered {
		return nil
	}
	left, err := b.loading(ctx)
	if err != nil {
		return err
	}
	for _, dir := range left {
		if b.loadsNow(dir) {
			continue
		}
		if err := b.finishLoad(ctx, dir); err != nil {
			return err
		}
	}
	b.writing.Lock()
	defer b.writing.Unlock()
	b.recovered = true
	return nil
}

// loading lists the directories whose rows wait for finishLoad.
func (b *Book) loading(ctx context.Context) ([]int64, error) {
	rows, err := b.read.QueryContext(ctx, `SELECT directory FROM loading`)
	if err != nil {
		return nil, databaseError(err)
	}
	defer rows.Close()
	var all []int64
	for rows.Next() {
		var dir int64
		if err := rows.Scan(&dir); err != nil {
			return nil, databaseError(err)
		}
		all = append(all, dir)
	}
	return all, databaseError(rows.Err())
}

// loads tells whether a batch is to be written in two steps, and begins with it where that is possible: in a directory
// without entries and tombstones. errLoading: they are being made findable.
func (w *writing) loads(batch []Entry) (bool, error) {
	if !w.mayLoad || w.book.guest { // another process can finish none
		return false, nil
	}
	var begun, used bool
	err := w.tx.QueryRowContext(w.ctx, `SELECT EXISTS (SELECT 1 FROM loading WHERE directory = ?1),
		EXISTS (SELECT 1 FROM class WHERE directory = ?1 AND entries > 0) OR EXISTS (SELECT 1 FROM tombstone WHERE directory = ?1)`,
		w.dir).Scan(&begun, &used)
	if err == nil && begun && !w.book.loadsNow(w.dir) {
		err = errLoading
	}
	if err != nil || begun {
		w.loading = begun
		return begun, err
	}
	if used || len(batch) < loadThreshold {
		return false, nil
	}
	w.loading = true
	w.book.places = w.places
	w.book.setLoads(w.dir, newGathered())
	_, err = w.tx.ExecContext(w.ctx, `INSERT INTO loading (directory) VALUES (?)`, w.dir)
	return true, err
}

// rowsPerInsert: so many rows in one statement.
const rowsPerInsert = 50

// applyRows writes the rows of a batch, and nothing that finds them.
func (w *writing) applyRows(batch []Entry) (applied, error) {
	var last int64
	err := w.tx.QueryRowContext(w.ctx, `SELECT coalesce(max(id), 0), NOT EXISTS (SELECT 1 FROM lookup WHERE key > 0) FROM entry`).
		Scan(&last, &w.noPlaces)
	if err != nil {
		return applied{}, err
	}
	insert := w.many(`INSERT INTO entry (id, place, directory, class, node, uuid, body, content, read_at) VALUES `, 9)
	noted := w.book.gatheredOf(w.dir)
	done := applied{added: len(batch), ids: make([]int64, 0, len(batch))}
	for i := range batch {
		e := &batch[i]
		place, err := w.newPlace(w.bookPlace(e))
		if err != nil {
			return applied{}, err
		}
		c, err := w.columns(e)
		if err != nil {
			return applied{}, fmt.Errorf("entry %q: %w", e.DN, err)
		}
		w.counts.kinds[e.Kind]++ // the rest is counted at the end
		last++
		if noted != nil {
			if err := noted.add(place, last, e, c); err != nil {
				return applied{}, err
			}
		}
		done.ids = append(done.ids, last)
		err = insert.add(last, place, w.dir, c.class, c.node, packUUID(e.UUID), c.body, w.contentHash(e), toMicros(e.ReadAt))
		if err != nil {
			return applied{}, err
		}
	}
	return done, insert.end()
}

// finishLoad makes the rows of a first read findable, if there are such that wait for it. It writes in short transactions, and
// what a crash left of it is done again.
func (b *Book) finishLoad(ctx context.Context, dir int64) error {
	ctx = b.inThisBook(ctx)
	if waiting, err := isLoading(ctx, b.read, dir); err != nil || !waiting {
		return databaseError(err)
	}
	if b.guest {
		return databaseError(ErrFirstRead)
	}
	select {
	case b.finishing <- struct{}{}:
		defer func() { <-b.finishing }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if waiting, err := isLoading(ctx, b.read, dir); err != nil || !waiting {
		return databaseError(err)
	}
	f := &finish{book: b, dir: dir}
	if err := f.run(ctx); err != nil {
		return databaseError(err)
	}
	return b.release(ctx)
}

// release gives back what only first reads need, when none is under way: the numbers of places and of shared rows, and the
// connections that are idle, each with its cache of pages and the part of the file that it has mapped.
func (b *Book) release(ctx context.Context) error {
	b.writing.Lock()
	defer b.writing.Unlock()
	left, err := b.loading(ctx)
	if err == nil && len(left) == 0 {
		b.places, b.interned = nil, newInterned()
		b.closeIdle()
	}
	return err
}

// errLoading: a first read of the directory is under way, or is being finished. Callers wait in finishLoad, and try again.
var errLoading = errors.New("a first read is under way")

// isLoading tells whether a directory has rows that wait for finishLoad.
func isLoading(ctx context.Context, q queryer, dir int64) (waiting bool, err error) {
	rows, err := q.QueryContext(ctx, `SELECT 1 FROM loading WHERE directory = ?`, dir)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	waiting = rows.Next()
	return waiting, rows.Err()
}
