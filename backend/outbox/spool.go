package outbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
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

// writeSpool writes the wire bytes durably and returns their hash: file, fsync, rename, fsync of the folder. The queue row
// comes after.
func writeSpool(s *store.Store, wire []byte) (sum string, err error) {
	h := sha256.Sum256(wire)
	sum = hex.EncodeToString(h[:])
	dir := filepath.Join(s.Dir(), "spool")
	switch err := os.Mkdir(dir, 0o700); {
	case err == nil:
		if err := store.SyncFolder(s.Dir()); err != nil {
			return "", err
		}
	case !errors.Is(err, fs.ErrExist):
		return "", err
	}
	return sum, store.WriteFile(spoolPath(s, sum), wire)
}

// checkSpool holds the spooled bytes to their hash and returns their length.
func checkSpool(path, sum string) (int64, error) {
	f, err := os.Open(path)
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
			if _, err := b.removeOrphan(ctx, name); err != nil && !errors.Is(err, fs.ErrPermission) {
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

// removeOrphan removes the wire bytes of that hash unless a row names them, and reports whether one does.
func (b *Box) removeOrphan(ctx context.Context, sum string) (named bool, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer cancel()
	err = b.store.Reader().QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM message WHERE wire_sha256 = ?)`, sum).Scan(&named)
	if err != nil || named {
		return named, err
	}
	if err := os.Remove(spoolPath(b.store, sum)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	return false, nil
}
