package store

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Examination is what a look at a database file found.
type Examination struct {
	Size    int64    // bytes, with what waits in the log beside it
	Schema  int64    // number of the newest migration applied
	Newest  int64    // number of the newest one that this program knows
	Damaged []string // what is wrong inside, in SQLite's words, at most ten; empty: nothing
}

// Examine looks at the database of the data directory dir, all of it, and changes nothing: it takes no lock and migrates nothing. more,
// which may be nil, is given the open database when that is sound; its error is given on. ErrOpen: there is none, or it is no database.
func Examine(ctx context.Context, dir string, more func(context.Context, *sql.DB) error) (Examination, error) {
	return ExamineFile(ctx, filepath.Join(dir, DatabaseFile), more)
}

// ExamineFile is Examine for a copy of a database.
func ExamineFile(ctx context.Context, path string, more func(context.Context, *sql.DB) error) (Examination, error) {
	if err := isThere(path); err != nil {
		return Examination{}, err
	}
	var out Examination
	for _, name := range []string{path, path + "-wal"} {
		if info, err := os.Stat(name); err == nil {
			out.Size += info.Size()
		}
	}
	db, err := openToRead(path)
	if err != nil {
		return out, err
	}
	defer db.Close()
	if out.Damaged, err = damage(ctx, db); err != nil {
		return out, fmt.Errorf("%w: %s: %w", ErrOpen, path, err)
	}
	if len(out.Damaged) > 0 {
		return out, nil
	}
	if out.Schema, err = version(ctx, db); err != nil {
		return out, fmt.Errorf("%w: %s: %w", ErrOpen, path, err)
	}
	if out.Newest, err = newestSchema(); err != nil || more == nil {
		return out, err
	}
	return out, more(ctx, db)
}

// damage asks SQLite itself: every page, index and reference.
func damage(ctx context.Context, db *sql.DB) ([]string, error) {
	said, err := Column[string](ctx, db, `PRAGMA integrity_check(10)`)
	if err != nil {
		if IsDamaged(err) {
			return []string{err.Error()}, nil
		}
		return nil, err
	}
	var out []string
	for _, line := range said {
		if line != "ok" {
			out = append(out, strings.TrimSpace(line))
		}
	}
	broken, err := Column[string](ctx, db, `SELECT DISTINCT "table" || ' names what is not in ' || parent FROM pragma_foreign_key_check LIMIT 10`)
	if err != nil && IsDamaged(err) {
		return append(out, err.Error()), nil
	}
	return append(out, broken...), err
}

// newestSchema is the number of the newest migration that this program knows.
func newestSchema() (int64, error) {
	all, err := steps(migrations)
	if err != nil {
		return 0, err
	}
	var newest int64
	for _, m := range all {
		newest = max(newest, m.Version)
	}
	return newest, nil
}
