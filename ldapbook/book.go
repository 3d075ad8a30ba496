package ldapbook

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver
)

//go:embed migrations/*.sql
var migrations embed.FS

// Book is the cache of all directories in one SQLite file. It is safe for concurrent use, and other processes may read
// the same file meanwhile. It may be deleted at any time: Heal
// makes it anew, and the directories fill it again.
type Book struct {
	path  string
	file  fs.FileInfo // of the file as it was opened, to notice that it was deleted or replaced
	write *sql.DB     // one connection
	read  *sql.DB

	healing    sync.Mutex // guards file and healed
	healed     time.Time  // when Heal made the book anew; zero: never
	mu         sync.Mutex
	syncing    map[string]chan struct{} // a token per directory: one Sync at a time
	loads      map[int64]*gathered      // directories of which this process has a first read under way; see gatheredOf
	shared     sharedRows
	statements statements
	readers    readers
	counts     atomic.Pointer[classCounts]
	stale      atomic.Bool // the index has places of no entry (see byPlace)

	guest     bool          // another process may hold the lock on the data
	finishing chan struct{} // a token: one finishLoad at a time
	writing   sync.Mutex    // one transaction; guards what follows
	recovered bool          // first reads that an earlier process left are finished
	// places: the last number given at each place while first reads are under way, whose rows are not in lookup yet; nil: none
	// are. All transactions take numbers from it, or two entries might have one place; see newPlace for those that can't.
	places       map[int64]int64
	interned     *interned
	transactions int64        // run so far
	generation   atomic.Int64 // how often Heal made the book anew; it changes only while writing is held
	dataVersion  int64        // SQLite's, which changes when another process writes
}

// Option changes how a book is opened.
type Option func(*options)

type options struct{ keepSchema bool }

// OpenWithoutMigrating is for a process that doesn't hold the lock on the data: an older or missing schema is
// ErrOldSchema, and the file is not created.
func OpenWithoutMigrating() Option { return func(o *options) { o.keepSchema = true } }

// Open opens the book at path, or creates it with mode 0600 in a folder that exists, and brings its schema up to date.
//
// Errors: ErrNewerSchema, ErrOldSchema, ErrDatabase.
func Open(ctx context.Context, path string, opts ...Option) (*Book, error) {
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	if err := prepareFile(path, o.keepSchema); err != nil {
		return nil, err
	}
	b := &Book{path: path, syncing: map[string]chan struct{}{}, guest: o.keepSchema, loads: map[int64]*gathered{}, interned: newInterned(),
		finishing: make(chan struct{}, 1)}
	if err := b.open(ctx, path, o); err != nil {
		_ = b.Close()
		return nil, err
	}
	return b, nil
}

func prepareFile(path string, mustExist bool) error {
	flags := os.O_RDWR | os.O_CREATE
	if mustExist {
		flags = os.O_RDWR
	}
	f, err := os.OpenFile(path, flags, 0o600)
	if mustExist && errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %s: %w", ErrOldSchema, path, err)
	}
	if err == nil {
		err = errors.Join(f.Chmod(0o600), f.Close())
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDatabase, err)
	}
	return nil
}

func (b *Book) open(ctx context.Context, path string, o options) error {
	var err error
	if b.write, err = sql.Open("sqlite", dsn(path, "_txlock=immediate")); err != nil {
		return databaseError(err)
	}
	b.write.SetMaxOpenConns(1)
	if b.read, err = sql.Open("sqlite", dsn(path, "_pragma=query_only(1)")); err != nil {
		return databaseError(err)
	}
	b.readers.slots = make(chan struct{}, maxReaders())
	b.read.SetMaxOpenConns(2 * maxReaders())
	b.read.SetMaxIdleConns(maxReaders())
	if err := b.migrate(ctx, path, o.keepSchema); err != nil {
		return err
	}
	if b.file, err = os.Stat(path); err != nil {
		return databaseError(err)
	}
	return b.prepareStatements(ctx)
}

// dsn sets the pragmas of every connection. synchronous=NORMAL: after a power cut the last moments may be missing, and
// the next read of the directory brings them back.
func dsn(path, more string) string {
	pragmas := []string{
		"_pragma=busy_timeout(10000)", "_pragma=page_size(8192)", "_pragma=journal_mode(WAL)", "_pragma=synchronous(NORMAL)",
		"_pragma=cache_size(-16384)", "_pragma=mmap_size(2147483648)", "_pragma=temp_store(MEMORY)", more,
	}
	p := filepath.ToSlash(path)
	if len(p) > 1 && p[1] == ':' {
		p = "/" + p // C:/… on Windows
	}
	return "file:" + (&url.URL{Path: p}).EscapedPath() + "?" + strings.Join(pragmas, "&")
}

func (b *Book) migrate(ctx context.Context, path string, keep bool) error {
	have, err := schemaVersion(ctx, b.read)
	if err != nil {
		return databaseError(err)
	}
	all, err := steps(migrations)
	if err != nil {
		return databaseError(err)
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, b.write, nil, goose.WithDisableGlobalRegistry(true), goose.WithGoMigrations(all...))
	if err != nil {
		return databaseError(err)
	}
	sources := provider.ListSources()
	newest := sources[len(sources)-1].Version
	switch {
	case have > newest:
		return fmt.Errorf("%w: %s has schema %d, this program knows %d", ErrNewerSchema, path, have, newest)
	case have == newest:
		return nil
	case keep:
		return fmt.Errorf("%w: %s has schema %d, this program wants %d", ErrOldSchema, path, have, newest)
	}
	_, err = provider.Up(ctx)
	return databaseError(err)
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

// schemaVersion reads the version without touching the file; 0: none yet.
func schemaVersion(ctx context.Context, db *sql.DB) (int64, error) {
	var tables int
	const exists = `SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'goose_db_version'`
	if err := db.QueryRowContext(ctx, exists).Scan(&tables); err != nil || tables == 0 {
		return 0, err
	}
	var version sql.NullInt64
	err := db.QueryRowContext(ctx, `SELECT max(version_id) FROM goose_db_version WHERE is_applied`).Scan(&version)
	return version.Int64, err
}

// Close closes the file; running calls end with an error.
func (b *Book) Close() error {
	b.readers.dropIdle(true)
	var errs []error
	for _, db := range []*sql.DB{b.write, b.read} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

func databaseError(err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrDatabase, err)
}
