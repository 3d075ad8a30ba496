package app

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"caveat/backend/installation"
	"caveat/backend/store"
)

// What is read of a manifest, in bytes: at most maxManifest, and no more than so much for each file that the archive really has, and so
// much besides, in which files may be named that were missing.
const (
	maxManifest     = 200 << 20
	perManifestFile = 1 << 10
	perManifest     = 4 << 20
)

// readManifest reads what a backup says of itself, and holds its names to sense before anything is written. It takes no
// more memory than a few times what is in the file, whatever that unpacks to.
func readManifest(archive *zip.Reader) (manifest, error) {
	var m manifest
	f, err := archive.Open(manifestFile)
	if err != nil {
		return m, fmt.Errorf("%w: it has no %s", errBackup, manifestFile)
	}
	defer f.Close()
	most := min(maxManifest, perManifest+perManifestFile*int64(len(archive.File)))
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(text)) > most {
		err = errors.New("it is too long")
	}
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	switch {
	case err != nil:
		return m, fmt.Errorf("%w: %s: %w", errBackup, manifestFile, err)
	case m.Format != backupFormat:
		return m, fmt.Errorf("%w: its form is %q, and this program reads %q", errBackup, m.Format, backupFormat)
	}
	if !slices.ContainsFunc(m.Files, func(x backupFile) bool { return x.Name == store.DatabaseFile }) {
		return m, fmt.Errorf("%w: it has no %s", errBackup, store.DatabaseFile)
	}
	return m, nil
}

// isOfBackup reports whether a backup may hold a file of that name: nothing outside the data directory, and nothing that a program
// would take for its secrets.
func isOfBackup(name string) bool {
	if name == store.DatabaseFile || name == installation.FileName {
		return true
	}
	folder, file, ok := strings.Cut(name, "/")
	return ok && fs.ValidPath(name) && filepath.IsLocal(filepath.FromSlash(name)) && !strings.ContainsAny(file, `/\:`) && !strings.HasPrefix(file, ".") &&
		slices.Contains(append([]string{"spool"}, keptFolders...), folder)
}

// backupFiles and backupNames are read one by one, so that a list of nothing, which packs well, is no memory full of them.
type (
	backupFiles []backupFile
	backupNames []string
)

// errTwice: a key of the manifest stands in it twice; what the first one says would be joined to what the second says.
var errTwice = errors.New("one of its lists stands in it twice")

// UnmarshalJSON refuses what no backup may hold, and what is twice in it.
func (l *backupFiles) UnmarshalJSON(text []byte) error {
	if len(*l) > 0 {
		return errTwice
	}
	seen := map[string]bool{}
	return eachOf(text, func(x backupFile) error {
		if !isOfBackup(x.Name) || seen[x.Name] {
			return fmt.Errorf("it must not hold %.100q", x.Name)
		}
		seen[x.Name] = true
		*l = append(*l, x)
		return nil
	})
}

// UnmarshalJSON refuses what no backup may hold.
func (l *backupNames) UnmarshalJSON(text []byte) error {
	if len(*l) > 0 {
		return errTwice
	}
	return eachOf(text, func(name string) error {
		if !isOfBackup(name) {
			return fmt.Errorf("it must not miss %.100q", name)
		}
		*l = append(*l, name)
		return nil
	})
}

// eachOf reads the elements of a JSON array; null has none.
func eachOf[T any](text []byte, take func(T) error) error {
	d := json.NewDecoder(bytes.NewReader(text))
	if begin, err := d.Token(); err != nil || begin == nil {
		return err
	} else if begin != json.Delim('[') {
		return errors.New("a list is wanted")
	}
	for d.More() {
		var x T
		if err := d.Decode(&x); err != nil {
			return err
		}
		if err := take(x); err != nil {
			return err
		}
	}
	return nil
}
