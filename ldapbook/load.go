package ldapbook

import (
	"context"
	"errors"
	"fmt"
)

// The first read of a large directory is written in two steps, because to keep a million entries findable while they come in
// no order costs many times what it does at the end, in theirs. While they come, only their rows are written, and the
// directory stands in the table loading; then finishLoad makes what finds them: the lists of the index and the table lookup.
// Until then they are not found. Whoever else writes entries of the directory finishes it first, as does the next process
// after a crash: every transaction but those of the load itself comes by finishLoad.

// loadThreshold: a directory whose first batch is smaller is written in one step.
const loadThreshold = 2000

// loadTransaction is inTransaction for the batches of a read of the whole directory: apply may then write in two steps.
func (b *Book) loadTransaction(ctx context.Context, dir int64, do func(w *writing) error) error {
	if err := b.recover(ctx); err != nil {
		return err
	}
	b.mu.Lock()
	loading := b.loads[dir]
	b.mu.Unlock()
	if !loading {
		if err := b.finishLoad(ctx, dir); err != nil {
			return err
		}
	}
	err := b.transaction(ctx, dir, func(w *writing) error {
		w.mayLoad = true
		defer func() { loading = loading || w.loading }()
		return do(w)
	})
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.loads, dir)
	if err == nil && loading {
		b.loads[dir] = true
	}
	return err
}

// recover finishes, before this process writes for the first time, the first reads that another left: where their rows stand
// in the book, nobody knows but they.
func (b *Book) recover(ctx context.Context) error {
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
		b.mu.Lock()
		own := b.loads[dir]
		b.mu.Unlock()
		if own {
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

// checkGuest: a process that doesn't hold the lock on the data cannot know which places the first reads of the one that does
// have given away.
func (w *writing) checkGuest() error {
	if !w.book.guest {
		return nil
	}
	var waiting bool
	err := w.tx.QueryRowContext(w.ctx, `SELECT EXISTS (SELECT 1 FROM loading)`).Scan(&waiting)
	if err == nil && waiting {
		err = errLoadingElsewhere
	}
	return err
}

var errLoadingElsewhere = errors.New("a directory is being read for the first time by another process: try again when it has been")

// loads tells whether a batch is to be written in two steps, and begins with it where that is possible: in a directory
// without entries and tombstones.
func (w *writing) loads(batch []Entry) (bool, error) {
	if !w.mayLoad {
		return false, nil
	}
	var begun, used bool
	err := w.tx.QueryRowContext(w.ctx, `SELECT EXISTS (SELECT 1 FROM loading WHERE directory = ?1),
		EXISTS (SELECT 1 FROM class WHERE directory = ?1 AND entries > 0) OR EXISTS (SELECT 1 FROM tombstone WHERE directory = ?1)`,
		w.dir).Scan(&begun, &used)
	if err != nil || begun {
		w.loading = begun
		return begun, err
	}
	if used || len(batch) < loadThreshold {
		return false, nil
	}
	w.loading = true
	w.book.places = w.places
	_, err = w.tx.ExecContext(w.ctx, `INSERT INTO loading (directory) VALUES (?)`, w.dir)
	return true, err
}

// rowsPerInsert: so many rows in one statement.
const rowsPerInsert = 50

// applyRows writes the rows of a batch, and nothing that finds them.
func (w *writing) applyRows(batch []Entry) (applied, error) {
	var last int64
	if err := w.tx.QueryRowContext(w.ctx, `SELECT coalesce(max(id), 0) FROM entry`).Scan(&last); err != nil {
		return applied{}, err
	}
	insert := w.many(`INSERT INTO entry (id, place, directory, class, node, uuid, body, content, read_at) VALUES `, 9)
	done := applied{added: len(batch), ids: make([]int64, 0, len(batch))}
	for i := range batch {
		e := &batch[i]
		place, err := w.newPlace(bookPlace(e))
		if err != nil {
			return applied{}, err
		}
		c, err := w.columns(e)
		if err != nil {
			return applied{}, fmt.Errorf("entry %q: %w", e.DN, err)
		}
		w.counts.kinds[e.Kind]++ // the rest is counted at the end
		last++
		done.ids = append(done.ids, last)
		err = insert.add(last, place, w.dir, c.class, c.node, packUUID(e.UUID), c.body, contentHash(e), toMicros(e.ReadAt))
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
		return databaseError(errLoadingElsewhere)
	}
	b.finishing.Lock()
	defer b.finishing.Unlock()
	if waiting, err := isLoading(ctx, b.read, dir); err != nil || !waiting {
		return databaseError(err)
	}
	b.mu.Lock()
	delete(b.loads, dir)
	b.mu.Unlock()
	f := &finish{book: b, dir: dir, counts: newCounted()}
	if err := f.run(ctx); err != nil {
		return databaseError(err)
	}
	return b.forgetPlaces(ctx)
}

// forgetPlaces drops what only first reads need, when none is under way.
func (b *Book) forgetPlaces(ctx context.Context) error {
	b.writing.Lock()
	defer b.writing.Unlock()
	left, err := b.loading(ctx)
	if err == nil && len(left) == 0 {
		b.places = nil
	}
	return err
}

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
