package ldapbook

import (
	"context"
	"errors"
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
	// Incomplete: the directory gave only a part (size limit, lost connection, referrals), or what is gone is held, so
	// nothing was removed.
	Incomplete bool
}

// Sync brings the book's entries of a directory up to date, as Source.Refresh says. It writes in short transactions while
// it reads, so that searches go on, and none of them waits for the network; what the directory no longer has is removed at
// the end, in one transaction together with what the next read goes on from, and only after a complete read. One Sync of a
// directory runs at a time; another waits.
//
// After a break the next Sync goes on cheaply: with StrategySyncrepl it asks for what it has not got yet, where the server
// sent a cookie in the middle; otherwise it begins anew and passes over rows that are the same.
//
// progress may be nil; it is called from the calling goroutine. The result is filled in also with an error, which is
// kept for Status. Errors: those of Dial, ErrNoSuchBase, ErrRefused, ErrSizeLimit, ErrShrunken (more is gone than
// Refresh.MaxLoss allows: see Confirm), ErrTooMany, ErrDatabase.
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
	p := &pass{book: b, src: s, started: time.Now(), progress: progress, gone: map[int64]int64{}}
	p.asOf = p.started
	p.bytes = func() int64 { return 0 }
	p.result = SyncResult{Directory: s.Name, Transport: s.Security}
	if ctx, err = p.begin(ctx); err != nil {
		return SyncResult{}, err
	}
	err = p.run(ctx)
	p.result.Bytes = p.bytes()
	if err != nil || p.result.Incomplete {
		// A directory that gave nothing at all is out of reach, not incomplete: what the book has of it is old and whole.
		p.result.Incomplete = p.result.Incomplete || p.result.Read > 0 || p.result.Held > 0 || errors.Is(err, ErrSizeLimit)
		err = errors.Join(err, p.book.finishLoad(context.WithoutCancel(ctx), p.dir), p.recordFailure(ctx, err))
	}
	p.result.Duration = time.Since(p.started)
	return p.result, err
}

// pass is one Sync under way.
type pass struct {
	book     *Book
	src      *Source
	dir      int64
	state    refreshState
	before   int // entries at the start
	started  time.Time
	asOf     time.Time // what is read is as old as that: started, or the time of a file
	progress func(SyncProgress)
	bytes    func() int64 // read so far
	expected int
	result   SyncResult

	ids     []int64         // row numbers of what was read, or is there according to the server
	gone    map[int64]int64 // row numbers of what is gone according to the server, and when it said so (microseconds)
	barren  int             // identifiers that told nothing new
	renamed bool            // a container has another name
	resent  int             // entries that came though they have not changed since the last read
}

// begin returns the context of all that the pass does.
func (p *pass) begin(ctx context.Context) (context.Context, error) {
	s := subject{generation: p.book.generation.Load(), name: p.src.Name}
	var err error
	if p.dir, err = p.book.directoryID(ctx, p.src.Name, p.src.Nation); err != nil {
		return ctx, err
	}
	s.dir = p.dir
	ctx = s.in(ctx)
	return ctx, p.book.transaction(ctx, p.dir, func(w *writing) error {
		_, err := w.tx.ExecContext(ctx, `UPDATE directory SET last_attempt = ? WHERE id = ?`, toMicros(p.started), p.dir)
		if err != nil {
			return err
		}
		if p.state, err = w.refreshState(); err != nil {
			return err
		}
		const count = `SELECT coalesce(sum(entries), 0) FROM tally WHERE directory = ?`
		return w.tx.QueryRowContext(ctx, count, p.dir).Scan(&p.before)
	})
}

// forget begins anew: what came until now does not count, though it stays in the book.
func (p *pass) forget() {
	p.ids, p.gone, p.barren, p.renamed = nil, map[int64]int64{}, 0, false
	p.result.Read, p.result.Unchanged, p.resent = 0, 0, 0
}

// outcome is what a complete read says about the directory as a whole.
type outcome struct {
	sweep  bool // what the read did not bring is gone
	wholly bool // what is gone is known, so that every row is as fresh as this read
	// What the next read goes on from.
	scope, cookie []byte
	mark, file    string
}

// end closes a read that came to its end.
func (p *pass) end(ctx context.Context, o outcome) error {
	if p.result.Incomplete {
		return nil
	}
	losing, err := p.losing(ctx, o)
	if err != nil {
		return databaseError(err)
	}
	if err := p.hold(len(losing)); err != nil {
		return err
	}
	return p.book.inTransaction(ctx, p.dir, func(w *writing) error {
		removed := 0
		for _, id := range losing {
			since, ok := p.gone[id]
			if !ok {
				since = toMicros(p.started)
			}
			gone, err := w.removeIfOlder(id, since)
			if err != nil {
				return err
			}
			if gone {
				removed++
			}
		}
		p.result.Removed = removed
		return p.recordSuccess(w, o)
	})
}

// losing lists the rows that go: those that the server called gone, and with a sweep those that it did not speak of.
func (p *pass) losing(ctx context.Context, o outcome) ([]int64, error) {
	if o.sweep {
		slices.Sort(p.ids)
		p.ids = slices.Compact(p.ids)
		return p.missing(ctx)
	}
	var losing []int64
	for id := range p.gone {
		losing = append(losing, id)
	}
	slices.Sort(losing)
	return losing, nil
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
		_, seen := slices.BinarySearch(p.ids, id)
		if _, gone := p.gone[id]; gone || !seen {
			missing = append(missing, id)
		}
	}
	return missing, rows.Err()
}

// removeIfOlder removes a row, and leaves tombstones, unless a live read brought it since the given time.
func (w *writing) removeIfOlder(id, since int64) (bool, error) {
	found, err := w.book.entries(w.ctx, w.tx, `SELECT `+entryColumns+entryTables+
		`WHERE e.id = ? AND e.directory = ? AND e.read_at < ?`, id, w.dir, since)
	if err != nil || len(found) == 0 {
		return false, err
	}
	if err := w.remove(&found[0]); err != nil {
		return false, err
	}
	return true, w.bury(&found[0], nil)
}
