package app

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"caveat/backend/audit"
	"caveat/backend/installation"
	"caveat/backend/outbox"
	"caveat/backend/plain"
	"caveat/backend/store"
)

type backupCommand struct {
	File string `arg:"" help:"File to write; one that is there already is not replaced."`
}

// backupFormat names the form of the archive: a ZIP whose last file is the manifest.
const backupFormat = "caveat-backup-1"

const manifestFile = "manifest.json"

// manifest says what a backup holds; it is the last file in it, so that one that was cut off has none.
type manifest struct {
	Format  string      `json:"format"`
	Made    time.Time   `json:"made"` // before the database was copied
	Program string      `json:"program"`
	Schema  int64       `json:"schema"`
	Log     logHead     `json:"log"`
	Managed string      `json:"managed,omitempty"` // the machine-wide installation file, which is not in it
	Missing backupNames `json:"missing,omitempty"` // files that were gone when the backup was made
	Files   backupFiles `json:"files"`
}

type logHead struct {
	Lines int64  `json:"lines"`
	Head  string `json:"head"` // hash of the last line
}

type backupFile struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Run copies the data directory, also while a program works on it. Secrets, the token of the HTTP interface and the address book, which
// is a cache, are not copied.
func (cmd backupCommand) Run(ctx context.Context, c *console) error {
	dir, err := c.dataDir()
	if err != nil {
		return err
	}
	if _, err := os.Lstat(cmd.File); err == nil {
		return fmt.Errorf("%s is there already: name another file", cmd.File)
	}
	if _, err := os.Stat(filepath.Join(dir, store.DatabaseFile)); err != nil {
		return fmt.Errorf("there is nothing to back up: %w", err)
	}
	for _, path := range leftBeside(cmd.File) {
		c.warn("%s was left by an earlier backup that was killed, and holds messages: remove it, unless a backup to the same file still runs", path)
	}
	c.noteBackup(ctx, dir, cmd.File)
	var m manifest
	if err := writeNew(cmd.File, func(w io.Writer) error {
		m, err = writeBackup(ctx, dir, cmd.File, w)
		return err
	}); err != nil {
		return fmt.Errorf("%s is not written: %w", cmd.File, err)
	}
	for _, name := range m.Missing {
		c.warn("%s was gone already, and is not in the backup: what names it is", name)
	}
	return c.answer(map[string]any{"file": cmd.File, "made": m.Made, "schema": m.Schema, "log": m.Log, "files": len(m.Files), "managed": m.Managed, "missing": append([]string{}, m.Missing...)}, func(out io.Writer) {
		fmt.Fprintf(out, "%s holds %d files, the log up to line %d, and no secret. Whoever has it reads every message: keep it as you keep the data directory.\n",
			cmd.File, len(m.Files), m.Log.Lines)
		if m.Managed != "" {
			fmt.Fprintf(out, "The machine-wide %s is not in it: its administrator has it.\n", m.Managed)
		}
	})
}

// noteBackup writes down that somebody took a copy. A directory of an older version is left as it is, and so is one that cannot be
// written to: the backup is worth more than the line.
func (c *console) noteBackup(ctx context.Context, dir, file string) {
	x, err := store.Examine(ctx, dir, nil)
	if err != nil || len(x.Damaged) > 0 || x.Schema != x.Newest {
		return // the copy finds it out
	}
	s, err := store.Open(ctx, dir, "caveat backup")
	if err == nil {
		err = errors.Join(recordSettings(ctx, s, "backup written to "+file), s.Close())
	}
	if err != nil {
		c.warn("the log does not tell of this backup: %s", plain.Text(err))
	}
}

// beginning is how the names begin of what lies beside a backup while it is made.
func beginning(file string) string { return store.NewFilePrefix + filepath.Base(file) + "-" }

// leftBeside are what earlier backups to the same file have left that were killed.
func leftBeside(file string) (out []string) {
	list, _ := os.ReadDir(filepath.Dir(file)) // what cannot be read is told when it is written
	for _, e := range list {
		if strings.HasPrefix(e.Name(), beginning(file)) {
			out = append(out, filepath.Join(filepath.Dir(file), e.Name()))
		}
	}
	return out
}

// writeNew writes a file of mode 0600 that is there whole or not at all.
func writeNew(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), beginning(path)+"*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // after the rename it is gone
	if err := errors.Join(write(f), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return store.SyncFolder(filepath.Dir(path))
}

// writeBackup writes the archive. The database comes first, and its files after: they are durable before their rows are, so that
// all it names is there. The copy of the database lies in the folder of file for as long as that takes.
func writeBackup(ctx context.Context, dir, file string, to io.Writer) (manifest, error) {
	m := manifest{Format: backupFormat, Made: now().UTC(), Program: version}
	temporary, err := os.MkdirTemp(filepath.Dir(file), beginning(file)+"database-*")
	if err != nil {
		return m, err
	}
	defer os.RemoveAll(temporary)
	copied := filepath.Join(temporary, store.DatabaseFile)
	if err := store.Snapshot(ctx, dir, copied); err != nil {
		return m, err
	}
	w := &backupWriter{zip: zip.NewWriter(to), dir: dir, manifest: &m}
	spooled, err := examineCopy(ctx, copied, &m)
	if err != nil {
		return m, err
	}
	if err := w.file(store.DatabaseFile, copied); err != nil {
		return m, err
	}
	if err := w.installation(); err != nil {
		return m, err
	}
	for _, x := range spooled {
		if err := w.ofData(path.Join("spool", x.SHA256)); err != nil {
			return m, err
		}
	}
	for _, folder := range keptFolders {
		if err := w.folder(folder); err != nil {
			return m, err
		}
	}
	return m, w.end()
}

// keptFolders are those that are copied whole: messages that came in, and versions of policies.
var keptFolders = []string{"inbox", "policies"}

// examineCopy holds the copy of the database to all that can be known of it: a backup that cannot be brought back is none.
func examineCopy(ctx context.Context, path string, m *manifest) (spooled []outbox.Spooled, err error) {
	x, err := store.ExamineFile(ctx, path, func(ctx context.Context, db *sql.DB) error {
		sum, err := audit.Check(ctx, db)
		if err != nil {
			return err
		}
		m.Log = logHead{Lines: sum.Lines, Head: sum.Head}
		spooled, err = outbox.SpooledBy(ctx, db)
		return err
	})
	if err == nil && len(x.Damaged) > 0 {
		err = fmt.Errorf("%w: the database is damaged: %s: bring an earlier backup back", store.ErrOpen, strings.Join(x.Damaged, "; "))
	}
	m.Schema = x.Schema
	return spooled, err
}

// backupWriter writes files into the archive and notes them in the manifest.
type backupWriter struct {
	zip      *zip.Writer
	dir      string
	manifest *manifest
}

// ofData adds a file of the data directory; one that is gone is noted.
func (w *backupWriter) ofData(name string) error {
	err := w.file(name, filepath.Join(w.dir, filepath.FromSlash(name)))
	if errors.Is(err, fs.ErrNotExist) {
		w.manifest.Missing = append(w.manifest.Missing, name)
		return nil
	}
	return err
}

func (w *backupWriter) file(name, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return w.add(name, f)
}

func (w *backupWriter) add(name string, from io.Reader) error {
	to, err := w.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: w.manifest.Made})
	if err != nil {
		return err
	}
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(to, h), from)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	w.manifest.Files = append(w.manifest.Files, backupFile{Name: name, Size: n, SHA256: hex.EncodeToString(h.Sum(nil))})
	return nil
}

// folder adds the finished files of a folder that is not below another one.
func (w *backupWriter) folder(name string) error {
	list, err := os.ReadDir(filepath.Join(w.dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range list {
		if err == nil && e.Type().IsRegular() && !strings.HasPrefix(e.Name(), ".") {
			err = w.ofData(path.Join(name, e.Name()))
		}
	}
	return err
}

// installation adds the installation file with what it names. The machine-wide one is its administrator's.
func (w *backupWriter) installation() error {
	in, err := installation.Find(w.dir)
	switch {
	case errors.Is(err, installation.ErrNone):
		return nil
	case err != nil: // it may be what somebody wants to mend: as it is
		return w.ofData(installation.FileName)
	case in.Managed:
		w.manifest.Managed = in.Path
		return nil
	}
	text, err := in.Bundle()
	if err != nil {
		return err
	}
	if same, err := isWhole(in, text); err == nil && same { // as it was written, with its comments
		return w.ofData(installation.FileName)
	}
	return w.add(installation.FileName, strings.NewReader(string(text)))
}

// isWhole reports that an installation file holds all that its bundle does.
func isWhole(in *installation.Installation, bundle []byte) (bool, error) {
	f, _, err := in.OnDisk()
	if err != nil {
		return false, err
	}
	text, err := installation.Marshal(f)
	return string(text) == string(bundle), err
}

func (w *backupWriter) end() error {
	text, err := json.MarshalIndent(w.manifest, "", "  ")
	if err != nil {
		return err
	}
	to, err := w.zip.CreateHeader(&zip.FileHeader{Name: manifestFile, Method: zip.Deflate, Modified: w.manifest.Made})
	if err == nil {
		_, err = to.Write(text)
	}
	return errors.Join(err, w.zip.Close())
}
