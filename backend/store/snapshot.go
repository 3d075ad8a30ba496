package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"modernc.org/sqlite"
)

// DatabaseFile is the name of the database in a data directory.
const DatabaseFile = "caveat.db"

// Snapshot copies the database of the data directory dir into a new file of mode 0600, as it is at one moment, while other processes read
// and write it; they do not wait. It takes no lock and migrates nothing, so that what an older version left is copied as it is. ErrOpen:
// there is no database, or it cannot be read; a file that is there already is left as it is, with fs.ErrExist.
func Snapshot(ctx context.Context, dir, to string) (failure error) {
	path := filepath.Join(dir, DatabaseFile)
	if err := isThere(path); err != nil {
		return err
	}
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600) // SQLite would make it 0644
	if err != nil {
		return err
	}
	defer func() {
		if failure = errors.Join(failure, f.Sync(), f.Close()); failure != nil {
			os.Remove(to)
		}
	}()
	db, err := openToRead(path)
	if err != nil {
		return err
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("%w: %s: %w", ErrOpen, path, err)
	}
	defer conn.Close()
	return conn.Raw(func(c any) error {
		b, err := c.(backuper).NewBackup(fileURI(to))
		if err != nil {
			return err
		}
		_, failed := b.Step(-1) // all of it in one read transaction: in steps it would begin anew with each write
		if err := b.Finish(); failed == nil {
			failed = err // else it says the same once more
		}
		return failed
	})
}

// backuper is what the driver's connections can do besides.
type backuper interface {
	driver.Conn
	NewBackup(string) (*sqlite.Backup, error)
}

// isThere is ErrOpen where there is no database with anything in it.
func isThere(path string) error {
	info, err := os.Stat(path)
	if err == nil && info.Size() == 0 {
		err = fmt.Errorf("%s is empty", path)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrOpen, err)
	}
	return nil
}

// openToRead opens a database file for reading alone, one connection. In a folder that cannot be written to, SQLite can read it only
// when it is told that nobody changes it; that is so where no other process has a log beside it.
func openToRead(path string) (*sql.DB, error) {
	uri := fileURI(path) + "?mode=ro&_pragma=busy_timeout(10000)&_pragma=query_only(1)"
	if _, err := os.Stat(path + "-wal"); errors.Is(err, fs.ErrNotExist) && !isWritable(filepath.Dir(path)) {
		uri += "&immutable=1"
	}
	db, err := sql.Open("sqlite", uri)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrOpen, path, err)
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

func fileURI(path string) string {
	return "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()
}

// isWritable finds out by making a file, which is the only way to know.
func isWritable(dir string) bool {
	f, err := os.CreateTemp(dir, NewFilePrefix+"*")
	if err != nil {
		return false
	}
	return errors.Join(f.Close(), os.Remove(f.Name())) == nil
}
