package ldapbook

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Status is what the book knows about one directory.
type Status struct {
	Directory, Nation string
	Entries           int
	ByKind            map[Kind]int
	LastAttempt       time.Time // of a Sync; zero: never
	LastSuccess       time.Time // of a complete Sync
	Error             string    // why the last attempt failed, one line; empty: it didn't
	Incomplete        bool      // the book does not have all that the directory has, or has more: see Error
	LastFull          time.Time // start of the last complete read of everything
	// AsOf: every entry of the directory is at least as fresh as that, and what is not in the book was not in the directory
	// then; zero: nothing is known.
	AsOf     time.Time
	Strategy Strategy // of the last attempt
	Bytes    int64    // read in the last attempt
	Duration time.Duration
	Held     int // entries that are gone from the directory and wait for Confirm; 0: none
}

// directoryID returns the directory's number, and makes a row for it when there is none.
func (b *Book) directoryID(ctx context.Context, name, nation string) (int64, error) {
	b.writing.Lock()
	defer b.writing.Unlock()
	var id int64
	// Not by ON CONFLICT: that would use up a number each time.
	const known = `UPDATE directory SET nation = CASE ?2 WHEN '' THEN nation ELSE ?2 END WHERE name = ?1 RETURNING id`
	err := b.write.QueryRowContext(ctx, known, name, nation).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		const add = `INSERT INTO directory (name, nation) SELECT ?1, ?2 WHERE (SELECT count(*) FROM directory) < ?3
			ON CONFLICT (name) DO UPDATE SET nation = nation RETURNING id`
		err = b.write.QueryRowContext(ctx, add, name, nation, maxDirectories).Scan(&id)
	}
	if errors.Is(err, sql.ErrNoRows) {
		err = fmt.Errorf("more than %d directories", maxDirectories)
	}
	return id, databaseError(err)
}

// directoryOf returns the number of a directory that is in the book, or 0, and a context for transactions on it.
func (b *Book) directoryOf(ctx context.Context, name string) (context.Context, int64, error) {
	b.writing.Lock()
	defer b.writing.Unlock()
	s := subject{generation: b.generation.Load(), name: name}
	err := b.write.QueryRowContext(ctx, `SELECT id FROM directory WHERE name = ?`, name).Scan(&s.dir)
	if errors.Is(err, sql.ErrNoRows) {
		return ctx, 0, nil
	}
	return s.in(ctx), s.dir, databaseError(err)
}

// Status returns one Status for each directory, by name. Errors: ErrDatabase.
func (b *Book) Status(ctx context.Context) ([]Status, error) {
	rows, err := b.read.QueryContext(ctx, `SELECT d.name, d.nation, d.last_attempt, d.last_success, d.full_read_at, d.incomplete, d.error,
		coalesce(r.strategy, ''), coalesce(r.last_full, 0), coalesce(r.bytes, 0), coalesce(r.duration, 0), coalesce(r.held, 0),
		coalesce(t.kind, 0), coalesce(t.entries, 0)
		FROM directory d LEFT JOIN refresh r ON r.directory = d.id LEFT JOIN tally t ON t.directory = d.id ORDER BY d.name, t.kind`)
	if err != nil {
		return nil, databaseError(err)
	}
	defer rows.Close()
	var all []Status
	for rows.Next() {
		s := Status{ByKind: map[Kind]int{}}
		var attempt, success, asOf, full, duration int64
		var kind, n int
		err := rows.Scan(&s.Directory, &s.Nation, &attempt, &success, &asOf, &s.Incomplete, &s.Error, &s.Strategy, &full,
			&s.Bytes, &duration, &s.Held, &kind, &n)
		if err != nil {
			return nil, databaseError(err)
		}
		if len(all) == 0 || all[len(all)-1].Directory != s.Directory {
			s.LastAttempt, s.LastSuccess = fromMicros(attempt), fromMicros(success)
			s.AsOf = fromMicros(asOf)
			s.LastFull, s.Duration = fromMicros(full), time.Duration(duration)*time.Microsecond
			all = append(all, s)
		}
		if n > 0 {
			last := &all[len(all)-1]
			last.Entries += n
			last.ByKind[kindOf(kind)] = n
		}
	}
	return all, databaseError(rows.Err())
}

// Forget removes a directory with its entries, tombstones and status, as if it had never been read. It waits for a Sync
// of that directory to end. A directory that isn't there is no error. Errors: ErrDatabase.
func (b *Book) Forget(ctx context.Context, directory string) error {
	release, err := b.lockDirectory(ctx, directory)
	if err != nil {
		return err
	}
	defer release()
	for {
		err := b.forget(ctx, directory)
		if !errors.Is(err, errAnew) {
			return err
		}
	}
}

func (b *Book) forget(ctx context.Context, directory string) error {
	ctx, id, err := b.directoryOf(ctx, directory)
	if err != nil || id == 0 {
		return err
	}
	return b.inTransaction(ctx, id, (*writing).forget)
}

// lockDirectory waits until no other Sync or Forget of the directory runs in this process.
func (b *Book) lockDirectory(ctx context.Context, directory string) (release func(), err error) {
	b.mu.Lock()
	token, ok := b.syncing[directory]
	if !ok {
		token = make(chan struct{}, 1)
		b.syncing[directory] = token
	}
	b.mu.Unlock()
	select {
	case token <- struct{}{}:
		return func() { <-token }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
