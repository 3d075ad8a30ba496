package ldapbook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// SyncProgress is told after each batch that was written.
type SyncProgress struct {
	Directory            string
	Read, Added, Changed int // so far
	Before               int // entries that the book had of the directory when the read began; 0: first read
	Bytes                int64
	// Expected is how many entries the read is going to bring, where that can be told (Before of a full read); 0: unknown.
	Expected int
	Started  time.Time
}

// SyncResult says what a read brought.
type SyncResult struct {
	Directory                          string
	URL                                string
	Transport                          Transport
	Read                               int // entries that the directory sent and the book keeps
	Added, Changed, Removed, Unchanged int
	Duration                           time.Duration
	Strategy                           Strategy // what was done, never StrategyAuto
	Full                               bool     // everything was read, so that what is gone was found
	Bytes                              int64    // read from the network or file
	// Held: more would be gone than Refresh.MaxLoss allows; nothing was removed, and Book.Confirm lets it happen.
	Held int
	// Incomplete: the directory gave only a part (size limit, lost connection, referrals, less than half of what was
	// there), so nothing was removed.
	Incomplete bool
}

// shrinkGuard: a directory that had at least so many entries must not lose more than half of them in one read.
const shrinkGuard = 20

// Sync reads the whole directory and brings the book's entries of it up to date. It writes in short transactions while
// it reads, so that searches go on; what the directory no longer has is removed at the end, in one transaction, and only
// after a complete read. One Sync of a directory runs at a time; another waits.
//
// progress may be nil; it is called from the calling goroutine. The result is filled in also with an error, which is
// kept for Status. Errors: those of Dial, ErrNoSuchBase, ErrRefused, ErrSizeLimit, ErrShrunken (a directory that really
// shrank so much: Forget it first), ErrDatabase.
func (b *Book) Sync(ctx context.Context, src Source, progress func(SyncProgress)) (SyncResult, error) {
	s, err := src.prepare()
	if err != nil {
		return SyncResult{}, err
	}
	release, err := b.lockDirectory(ctx, s.Name)
	if err != nil {
		return SyncResult{}, err
	}
	defer release()
	p := &pass{book: b, src: s, started: time.Now(), progress: progress}
	p.result = SyncResult{Directory: s.Name, Transport: s.Security}
	if err := p.begin(ctx); err != nil {
		return SyncResult{}, err
	}
	err = p.read(ctx)
	if err == nil {
		err = p.end(ctx)
	}
	if err != nil || p.result.Incomplete {
		// A directory that gave nothing at all is out of reach, not incomplete: what the book has of it is old and whole.
		p.result.Incomplete = p.result.Incomplete || len(p.ids) > 0 || errors.Is(err, ErrSizeLimit)
		err = errors.Join(err, p.recordFailure(ctx, err))
	}
	p.result.Duration = time.Since(p.started)
	return p.result, err
}

// pass is one Sync under way.
type pass struct {
	book     *Book
	src      *Source
	dir      int64
	before   int // entries at the start
	started  time.Time
	progress func(SyncProgress)
	result   SyncResult
	ids      []int64 // row numbers that were read
	written  int     // rows added or changed
}

func (p *pass) begin(ctx context.Context) error {
	var err error
	if p.dir, err = p.book.directoryID(ctx, p.src.Name, p.src.Nation); err != nil {
		return err
	}
	_, err = p.book.write.ExecContext(ctx, `UPDATE directory SET last_attempt = ? WHERE id = ?`, toMicros(p.started), p.dir)
	if err != nil {
		return databaseError(err)
	}
	const count = `SELECT coalesce(sum(entries), 0) FROM tally WHERE directory = ?`
	return databaseError(p.book.write.QueryRowContext(ctx, count, p.dir).Scan(&p.before))
}

// read fetches in one goroutine and writes in this one, so that the network and the disk work at the same time.
func (p *pass) read(ctx context.Context) error {
	conn, err := Dial(ctx, *p.src)
	if err != nil {
		return err
	}
	defer conn.Close()
	p.result.URL = conn.URL()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	batches := make(chan []Entry, 2)
	end := make(chan error, 1)
	var references int
	go func() {
		defer close(batches)
		var err error
		_, references, err = conn.readAll(ctx, func(batch []Entry) error {
			select {
			case batches <- batch:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
		end <- err
	}()
	var writeErr error
	for batch := range batches {
		if writeErr == nil {
			if writeErr = p.write(ctx, batch); writeErr != nil {
				cancel()
			}
		}
	}
	readErr := <-end
	p.result.Incomplete = references > 0
	if writeErr != nil {
		return writeErr
	}
	return readErr
}

func (p *pass) write(ctx context.Context, batch []Entry) error {
	var done applied
	err := p.book.inTransaction(ctx, p.dir, func(w *writing) (err error) {
		done, err = w.apply(batch, false)
		return err
	})
	if err != nil {
		return err
	}
	p.ids = append(p.ids, done.ids...)
	p.written += done.added + done.changed
	p.result.Read += len(batch)
	p.result.Added += done.added
	p.result.Changed += done.changed
	p.result.Unchanged += done.unchanged
	if p.progress != nil {
		p.progress(SyncProgress{Directory: p.src.Name, Read: p.result.Read, Added: p.result.Added,
			Changed: p.result.Changed, Before: p.before})
	}
	return nil
}

// end closes a read that came to its end.
func (p *pass) end(ctx context.Context) error {
	slices.Sort(p.ids)
	p.ids = slices.Compact(p.ids)
	if p.result.Incomplete {
		return nil
	}
	if p.before >= shrinkGuard && 2*len(p.ids) < p.before {
		return fmt.Errorf("%w: %s: %d of %d entries", ErrShrunken, p.src.Name, len(p.ids), p.before)
	}
	if err := p.sweep(ctx); err != nil {
		return err
	}
	return p.book.mergeIndex(ctx, p.written)
}

// sweep removes what the read didn't bring, and records that the book now is what the directory is, in one transaction.
func (p *pass) sweep(ctx context.Context) error {
	missing, err := p.missing(ctx)
	if err != nil {
		return databaseError(err)
	}
	return p.book.inTransaction(ctx, p.dir, func(w *writing) error {
		for _, id := range missing {
			gone, err := w.removeIfOlder(id, toMicros(p.started))
			if err != nil {
				return err
			}
			if gone {
				p.result.Removed++
			}
		}
		_, err := w.tx.ExecContext(ctx, `UPDATE directory SET last_success = ?, full_read_at = ?, incomplete = 0, error = ''
			WHERE id = ?`, nowMicros(), toMicros(p.started), p.dir)
		return err
	})
}

// missing lists the directory's rows that the read didn't bring. p.ids is sorted.
func (p *pass) missing(ctx context.Context) ([]int64, error) {
	rows, err := p.book.read.QueryContext(ctx, `SELECT id FROM entry WHERE directory = ?`, p.dir)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var missing []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		if _, seen := slices.BinarySearch(p.ids, id); !seen {
			missing = append(missing, id)
		}
	}
	return missing, rows.Err()
}

// removeIfOlder removes a row, and leaves tombstones, unless a live read brought it since the given time.
func (w *writing) removeIfOlder(id, started int64) (bool, error) {
	found, err := w.book.entries(w.ctx, w.tx, `SELECT `+entryColumns+entryTables+
		`WHERE e.id = ? AND e.directory = ? AND e.read_at < ?`, id, w.dir, started)
	if err != nil || len(found) == 0 {
		return false, err
	}
	if err := w.remove(&found[0]); err != nil {
		return false, err
	}
	return true, w.bury(&found[0], nil)
}

// recordFailure closes a read that failed or brought only a part: what it brought counts as read, nothing is removed.
func (p *pass) recordFailure(ctx context.Context, cause error) error {
	text := "the directory referred to other servers; what they hold was not read"
	if cause != nil {
		text = cause.Error()
	}
	// The caller's context may be what ended the read; what happened is recorded all the same.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	for ids := range slices.Chunk(p.ids, batchSize) {
		list, err := json.Marshal(ids)
		if err != nil {
			return err
		}
		_, err = p.book.write.ExecContext(ctx, `UPDATE entry SET read_at = ?1
			WHERE id IN (SELECT value FROM json_each(?2)) AND directory = ?3 AND read_at < ?1`,
			toMicros(p.started), string(list), p.dir)
		if err != nil {
			return databaseError(err)
		}
	}
	_, err := p.book.write.ExecContext(ctx, `UPDATE directory SET incomplete = max(incomplete, ?), error = ? WHERE id = ?`, p.result.Incomplete, text, p.dir)
	return databaseError(err)
}

// mergeThreshold: rows written in one read after which the index is put in order.
const mergeThreshold = 5000

// mergeIndex joins the parts of the word index that a large write left, in short steps, so that others may write too.
func (b *Book) mergeIndex(ctx context.Context, written int) error {
	if written < mergeThreshold {
		return nil
	}
	for pages := -1000; ; pages = 1000 {
		conn, err := b.write.Conn(ctx)
		if err != nil {
			return databaseError(err)
		}
		var before, after int64
		err = errors.Join(
			conn.QueryRowContext(ctx, `SELECT total_changes()`).Scan(&before),
			execOn(ctx, conn, `INSERT INTO words (words, rank) VALUES ('merge', ?)`, pages),
			conn.QueryRowContext(ctx, `SELECT total_changes()`).Scan(&after),
			conn.Close())
		if err != nil {
			return databaseError(err)
		}
		if after-before < 2 {
			return nil
		}
	}
}
