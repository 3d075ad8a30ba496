package outbox

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"caveat/backend/store"
)

// spoolPath is where the wire bytes of that hash lie.
func spoolPath(s *store.Store, sum string) string { return filepath.Join(s.Dir(), "spool", sum) }

// spoolFile is a file of the spool that has no name yet: what is written to it is hashed on the way.
type spoolFile struct {
	file *os.File
	hash hash.Hash
	size int64
}

// newSpoolFile begins a file in the spool, under a name that a crash may leave behind (cleanSpool).
func newSpoolFile(s *store.Store) (*spoolFile, error) {
	dir := filepath.Join(s.Dir(), "spool")
	switch err := os.Mkdir(dir, 0o700); {
	case err == nil:
		if err := store.SyncFolder(s.Dir()); err != nil {
			return nil, err
		}
	case !errors.Is(err, fs.ErrExist):
		return nil, err
	}
	f, err := os.CreateTemp(dir, store.NewFilePrefix+"*") // mode 0600
	if err != nil {
		return nil, err
	}
	return &spoolFile{file: f, hash: sha256.New()}, nil
}

// Write implements io.Writer.
func (f *spoolFile) Write(p []byte) (int, error) {
	n, err := f.file.Write(p)
	f.hash.Write(p[:n])
	f.size += int64(n)
	return n, err
}

// finish makes the bytes durable and returns their hash.
func (f *spoolFile) finish() (sum string, err error) {
	if err := errors.Join(f.file.Sync(), f.file.Close()); err != nil {
		return "", err
	}
	return hex.EncodeToString(f.hash.Sum(nil)), nil
}

// rename gives the finished file its name, durably. Where the spool has those bytes already they are written anew, and so are as
// new to whoever cleans up.
func (f *spoolFile) rename(s *store.Store, sum string) error {
	path := spoolPath(s, sum)
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no regular file: it is left as it is", path)
	}
	if err := os.Rename(f.file.Name(), path); err != nil {
		return err
	}
	return store.SyncFolder(filepath.Dir(path))
}

// discard removes a file that was not given its name; after rename it does nothing.
func (f *spoolFile) discard() {
	f.file.Close()
	os.Remove(f.file.Name())
}

// checkSpool holds the spooled bytes to their hash and returns their length.
func checkSpool(path, sum string) (int64, error) {
	f, err := openSpool(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, f)
	if err != nil {
		return 0, err
	}
	if hex.EncodeToString(h.Sum(nil)) != sum {
		return 0, fmt.Errorf("%w: the spooled bytes have another hash", ErrTampered)
	}
	return n, nil
}

// spoolAge is how old a file that no row names must be before it is removed: another process may be clearing a message now,
// and its row comes after the file.
const spoolAge = time.Hour

// cleanSpool removes what a program that was killed between file and row left behind. A file that cannot be removed stays
// until the next time; other people's files stay.
func (b *Box) cleanSpool(ctx context.Context) error {
	entries, err := os.ReadDir(filepath.Join(b.store.Dir(), "spool"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() || b.config.Now().Sub(info.ModTime()) < spoolAge {
			continue
		}
		switch name := e.Name(); {
		case strings.HasPrefix(name, store.NewFilePrefix):
			os.Remove(spoolPath(b.store, name))
		case isSum(name):
			var ofFile *fs.PathError
			if _, err := b.removeOrphan(ctx, name); err != nil && !errors.As(err, &ofFile) {
				return err
			}
		}
	}
	return nil
}

func isSum(name string) bool {
	raw, err := hex.DecodeString(name)
	return err == nil && len(raw) == sha256.Size
}

// removeOrphan removes the wire bytes of that hash unless a row names them, of a message or of a file that is attached, and
// reports whether a message's does.
func (b *Box) removeOrphan(ctx context.Context, sum string) (named bool, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer cancel()
	err = b.store.Write(ctx, func(tx *sql.Tx) error { // so that nobody names it in between
		var kept bool
		err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM message WHERE wire_sha256 = ?1), EXISTS (SELECT 1 FROM attachment WHERE sha256 = ?1)`, sum).Scan(&named, &kept)
		if err != nil || named || kept {
			return err
		}
		if err := os.Remove(spoolPath(b.store, sum)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	})
	return named, err
}
