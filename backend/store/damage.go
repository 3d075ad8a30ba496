package store

import (
	"errors"
	"io/fs"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// IsDamaged reports that an error says that a database file is damaged, or is none.
func IsDamaged(err error) bool { return hasCode(err, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) }

// IsFull reports that an error says that the disk takes no more.
func IsFull(err error) bool {
	return hasCode(err, sqlite3.SQLITE_FULL) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG)
}

// IsReadOnly reports that an error says that the data directory, or a file in it, cannot be written to.
func IsReadOnly(err error) bool {
	return hasCode(err, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM) || errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)
}

// hasCode reports whether a database said one of these codes; extended ones count as what they extend.
func hasCode(err error, codes ...int) bool {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return false
	}
	for _, c := range codes {
		if e.Code()&0xff == c {
			return true
		}
	}
	return false
}

// Advice says how to go on after an error of the disk or of the database; "" where the error is another one, which says it itself.
func Advice(err error) string {
	switch {
	case err == nil || errors.Is(err, ErrLost):
		return ""
	case IsDamaged(err):
		return "the database is damaged: end the program, keep the data directory as it is, and bring a backup back into an empty one with `caveat restore`; `caveat doctor` says what is damaged"
	case IsFull(err):
		return "the disk takes no more: nothing that was there is lost; make room and try again"
	case hasCode(err, sqlite3.SQLITE_IOERR):
		return "the disk is full or fails: nothing that was there is lost; look at it, make room and try again"
	case IsReadOnly(err):
		return "it cannot be written to: look who owns the data directory and whether its disk is mounted for reading only; nothing was changed"
	}
	return ""
}
