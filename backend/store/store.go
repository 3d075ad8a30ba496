// Package store opens caveat.db: it locks the data directory, migrates the schema and hands out the connections. What the
// tables hold is the business of the packages that own them; they keep their own SQL.
//
// caveat.db holds what only we have (outbox, audit log, what was once seen) and must survive a kill at any instant:
// WAL, synchronous=FULL, one writer connection whose transactions take the write lock at once.
//
// Several processes may open one data directory. Exactly one is the holder of the lock: it alone migrates, syncs the book
// and sends. The others hand their work to it through the job table. All methods are safe for concurrent use.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver
)

// Sentinel errors.
var (
	// ErrNewerSchema: the data was written by a newer version of this program.
	ErrNewerSchema = errors.New("store: the data directory was written by a newer version")
	// ErrOldSchema: the data must be migrated, and another process holds the lock.
	ErrOldSchema = errors.New("store: the data directory must be migrated, but another process holds it")
	// ErrLost: the database of a data directory that was in use is gone.
	ErrLost = errors.New("store: the database is lost")
	// ErrOpen: the data directory or the database cannot be opened.
	ErrOpen = errors.New("store: cannot open")
)

//go:embed migrations/*.sql
var migrations embed.FS

// Store is an open caveat.db.
type Store struct {
	dir     string
	lock    *lock
	holding sync.Mutex // held while this process becomes the holder
	w, r    *sql.DB
	watch   *sql.DB // for WaitChange alone: whoever waits must not take a connection from those who read
}

// Open opens the data directory dir, made with mode 0700 when absent. program names the process to others that wait for it.
// Where the lock is free this process becomes the holder and migrates the schema.
func Open(ctx context.Context, dir, program string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOpen, err)
	}
	s := &Store{dir: dir, lock: &lock{path: filepath.Join(dir, "lock"), program: program}}
	if _, err := s.lock.try(); err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %w", ErrOpen, err), s.Close())
	}
	if err := s.open(ctx); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Store) open(ctx context.Context) error {
	path := filepath.Join(s.dir, DatabaseFile)
	if err := s.notLost(path); err != nil {
		return err
	}
	if err := s.makeFile(ctx, path); err != nil {
		return err
	}
	var err error
	if s.w, err = sql.Open("sqlite", dsn(path, "_txlock=immediate")); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrOpen, path, err)
	}
	s.w.SetMaxOpenConns(1)
	if s.r, err = sql.Open("sqlite", dsn(path, "_pragma=query_only(1)")); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrOpen, path, err)
	}
	s.r.SetMaxOpenConns(4)
	if s.watch, err = sql.Open("sqlite", dsn(path, "_pragma=query_only(1)")); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrOpen, path, err)
	}
	if err := s.migrate(ctx); err != nil {
		return err
	}
	return s.beginEpoch(ctx)
}

// makeFile makes the file, as holder; another process waits until the holder has put it into WAL mode. SQLite does not wait by
// itself there: of several that open a new file at once, all but one would be told that it is locked.
func (s *Store) makeFile(ctx context.Context, path string) error {
	for start := time.Now(); !s.IsHolder(); {
		if isWAL(path) {
			return nil
		}
		if err := s.waitForHolder(ctx, start); err != nil {
			return err
		}
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) // SQLite would make it 0644
	if err == nil {
		err = errors.Join(f.Chmod(0o600), f.Close()) // it may have been there, such as a copy brought back
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrOpen, err)
	}
	return nil
}

// isWAL reads the mode from the file's header without opening it as a database (SQLite database file format, section 1.3.3).
func isWAL(path string) bool {
	const length, writeVersion, readVersion, wal = 20, 18, 19, 2
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	header := make([]byte, length)
	_, err = io.ReadFull(f, header)
	return err == nil && header[writeVersion] == wal && header[readVersion] == wal
}

// waitForHolder waits a moment for the holder, which may have begun just now; it may also have ended, and left its work to
// us. After HandOverTime it is ErrOldSchema.
func (s *Store) waitForHolder(ctx context.Context, start time.Time) error {
	if time.Since(start) > HandOverTime {
		return fmt.Errorf("%w (%s): end it, or wait", ErrOldSchema, s.Holder())
	}
	select {
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", ErrOpen, ctx.Err())
	case <-time.After(50 * time.Millisecond):
	}
	if _, err := s.lock.try(); err != nil {
		return fmt.Errorf("%w: %w", ErrOpen, err)
	}
	return nil
}

// beginEpoch counts that this process became the holder.
func (s *Store) beginEpoch(ctx context.Context) error {
	if !s.IsHolder() {
		return nil
	}
	_, err := s.w.ExecContext(ctx, `UPDATE epoch SET count = count + 1`)
	return err
}

// Epoch counts how often a process became the holder of this data directory. It is read in the transaction that uses it.
func Epoch(ctx context.Context, tx *sql.Tx) (int64, error) {
	var n int64
	err := tx.QueryRowContext(ctx, `SELECT count FROM epoch`).Scan(&n)
	return n, err
}

// RestoreMark is the file of a data directory that is there as long as a backup is brought back into it: nothing is opened meanwhile.
const RestoreMark = "restore.unfinished"

// notLost refuses to begin anew where a database once was: the audit log, the queue and what was withdrawn would be gone
// without a word. The address book is made after caveat.db, so where there is a book there was a database.
func (s *Store) notLost(path string) error {
	if _, err := os.Lstat(filepath.Join(s.dir, RestoreMark)); err == nil {
		return fmt.Errorf("%w: %s holds a part of a backup alone: bringing it back did not come to its end: do so again: caveat restore FILE", ErrLost, s.dir)
	}
	if info, err := os.Stat(path); err == nil && info.Size() > 0 {
		return nil
	}
	book := filepath.Join(s.dir, "book.db")
	if _, err := os.Stat(book); err != nil {
		return nil // a new data directory
	}
	return fmt.Errorf("%w: %s is missing or empty, though %s is there: restore it from a backup, or delete that file too to begin anew with an empty audit log", ErrLost, path, book)
}

func dsn(path, more string) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() +
		"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&" + more
}

func (s *Store) migrate(ctx context.Context) error {
	all, err := steps(migrations)
	if err != nil {
		panic("store: internal error: " + err.Error())
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, s.w, nil, goose.WithDisableGlobalRegistry(true), goose.WithGoMigrations(all...))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrOpen, err)
	}
	sources := p.ListSources()
	newest := sources[len(sources)-1].Version
	for start := time.Now(); ; {
		have, err := s.version(ctx)
		switch {
		case err != nil:
			return fmt.Errorf("%w: %w", ErrOpen, err)
		case have > newest:
			return fmt.Errorf("%w (schema %d, this program knows %d): use that version", ErrNewerSchema, have, newest)
		case have == newest:
			return nil
		case s.IsHolder():
			if _, err := p.Up(ctx); err != nil {
				return fmt.Errorf("%w: migration: %w", ErrOpen, err)
			}
			return nil
		}
		if err := s.waitForHolder(ctx, start); err != nil {
			return err
		}
	}
}

// steps are the migrations, each file one script that SQLite reads: goose would take 4 MB of memory for each line of it.
func steps(files fs.FS) ([]*goose.Migration, error) {
	names, err := fs.Glob(files, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	var all []*goose.Migration
	for _, name := range names {
		script, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		version, err := goose.NumericComponent(name)
		if err != nil {
			return nil, err
		}
		all = append(all, goose.NewGoMigration(version, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, string(script))
			return err
		}}, nil))
	}
	return all, nil
}

// version is the number of the newest migration applied, 0 for a new database.
func (s *Store) version(ctx context.Context) (int64, error) { return version(ctx, s.w) }

func version(ctx context.Context, db *sql.DB) (int64, error) {
	var tables int
	if err := db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema WHERE name = 'goose_db_version'`).Scan(&tables); err != nil || tables == 0 {
		return 0, err
	}
	var v sql.NullInt64
	err := db.QueryRowContext(ctx, `SELECT max(version_id) FROM goose_db_version WHERE is_applied`).Scan(&v)
	return v.Int64, err
}

// Dir is the data directory.
func (s *Store) Dir() string { return s.dir }

// Writer is the one connection that writes; its transactions hold the write lock from their beginning.
func (s *Store) Writer() *sql.DB { return s.w }

// Reader is the pool for reading; writing through it fails.
func (s *Store) Reader() *sql.DB { return s.r }

// Write runs f in one write transaction; an error or a panic of f rolls it back.
func (s *Store) Write(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := s.w.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // after a panic only: whoever recovers it must find the one writing connection free
	if err := f(tx); err != nil {
		return errors.Join(err, ignoreDone(tx.Rollback()))
	}
	return tx.Commit()
}

// ignoreDone: a context that ended has rolled the transaction back already.
func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// Close closes the database and gives the lock back.
func (s *Store) Close() error {
	var errs []error
	for _, db := range []*sql.DB{s.watch, s.r, s.w} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	errs = append(errs, s.lock.release())
	return errors.Join(errs...)
}
