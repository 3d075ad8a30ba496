package app

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"caveat/backend/api"
	"caveat/backend/audit"
	"caveat/backend/installation"
	"caveat/backend/outbox"
	"caveat/backend/store"
)

type restoreCommand struct {
	File string `arg:"" help:"A backup."`
}

// errBackup: a file is no backup, or not a whole one.
var errBackup = errors.New("no sound backup")

// Run brings a backup back into an empty data directory: all of it, proven against its hashes and the log's chain, or nothing.
func (cmd restoreCommand) Run(ctx context.Context, c *console) error {
	dir, err := c.dataDir()
	if err != nil {
		return err
	}
	archive, err := zip.OpenReader(cmd.File)
	if errors.Is(err, zip.ErrFormat) {
		return fmt.Errorf("%s: %w: it is no archive, or was cut off", cmd.File, errBackup)
	}
	if err != nil {
		return err
	}
	defer archive.Close()
	m, err := readManifest(&archive.Reader)
	if err != nil {
		return fmt.Errorf("%s: %w", cmd.File, err)
	}
	if err := cmd.bounded(&archive.Reader, m); err != nil {
		return fmt.Errorf("%s: %w", cmd.File, err)
	}
	held := 0
	if err := intoEmpty(dir, func(work string) error {
		if free, err := c.free(work); err == nil && !m.fits(free) { // where the system is not asked, the disk itself says so
			return fmt.Errorf("%s: it unpacks to %s, and on the disk of %s %s are free: make room, or choose another directory with --data", cmd.File, size(m.total()), dir, size(free))
		}
		err := extract(&archive.Reader, m, work)
		if err == nil {
			err = proven(ctx, work, m)
		}
		if err == nil {
			held, err = holdRestored(ctx, work, m)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", cmd.File, err)
		}
		return nil
	}); err != nil {
		return err
	}
	secrets, ways := []string{}, []audit.Way{}
	if in, err := installation.Find(dir); err == nil {
		ways = api.LogWays(in)
		secrets = append(secrets, in.Secrets()...)
	}
	return c.answer(map[string]any{"data": dir, "made": m.Made, "files": len(m.Files), "log": m.Log, "held": held, "managed": m.Managed, "secrets": secrets, "missing": append([]string{}, m.Missing...)}, func(out io.Writer) {
		fmt.Fprintf(out, "%s is as it was on %s: %d files, the log up to line %d.\n", dir, m.Made.Format(timeForm), len(m.Files), m.Log.Lines)
		if held > 0 {
			fmt.Fprintf(out, "%d messages waited then and may have left since: they are held until you decide (caveat outbox list).\n", held)
		}
		if m.Managed != "" {
			fmt.Fprintf(out, "It was set up by the machine-wide %s, which is not in the backup.\n", m.Managed)
		}
		for _, name := range secrets {
			fmt.Fprintf(out, "Store its password %q with: caveat installation secret %s\n", name, name)
		}
		for _, w := range ways {
			fmt.Fprintf(out, "Checkpoints of its log go to %s %s. Later ones than the backup, there or signed on this machine, stand against it, and nothing is sent until a new series begins: caveat audit begin-anew --reason TEXT\n", w.Name(), w.Place())
		}
		fmt.Fprintln(out, "The address book is read anew: caveat book sync")
	})
}

// timeForm is how times are written for people.
const timeForm = "2 Jan 2006, 15:04:05Z"

// intoEmpty lets fill put files into a folder, and moves them into the empty directory dir, the database last, when it has not failed.
// Nobody opens dir meanwhile. What fails leaves dir empty; where the process is killed, store.RestoreMark stays, by which nobody takes
// what is there for a directory, and the next restore begins anew.
func intoEmpty(dir string, fill func(work string) error) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := isEmpty(dir); err != nil { // before a lock file is made in what is somebody's
		return err
	}
	lock := filepath.Join(dir, "lock")
	release, taken, err := store.TryLock(lock, "caveat restore")
	if err == nil && !taken {
		err = fmt.Errorf("%s is in use by %s", dir, store.LockedBy(lock))
	}
	if err != nil {
		return err
	}
	defer release()
	if err := removeHalf(dir); err != nil {
		return err
	}
	work, err := os.MkdirTemp(dir, store.NewFilePrefix+"restore-*")
	if err != nil {
		return err
	}
	if err = fill(work); err == nil {
		err = moveAll(work, dir)
	}
	if err = errors.Join(err, os.RemoveAll(work)); err != nil {
		return errors.Join(err, removeHalf(dir), os.Remove(lock))
	}
	return nil
}

// removeHalf removes what a restore has left that did not come to its end: without its mark, nothing.
func removeHalf(dir string) error {
	mark := filepath.Join(dir, store.RestoreMark)
	if _, err := os.Lstat(mark); err != nil {
		return nil
	}
	left, err := filepath.Glob(filepath.Join(dir, store.NewFilePrefix+"restore-*"))
	if err != nil {
		return err
	}
	for _, name := range append(restored(), store.DatabaseFile+"-wal", store.DatabaseFile+"-shm") {
		left = append(left, filepath.Join(dir, name))
	}
	for _, path := range left {
		if err := os.RemoveAll(path); err != nil {
			return err
		}
	}
	return os.Remove(mark)
}

// restored are the names in a data directory that a backup brings.
func restored() []string {
	return append([]string{store.DatabaseFile, installation.FileName, "spool"}, keptFolders...)
}

// isEmpty refuses a directory in which there is something that could be lost.
func isEmpty(dir string) error {
	list, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	_, err = os.Lstat(filepath.Join(dir, store.RestoreMark))
	half := err == nil // then what a backup brings is what one that was killed has brought
	for _, e := range list {
		switch name := e.Name(); {
		case half && (name == store.RestoreMark || slices.Contains(restored(), strings.TrimSuffix(strings.TrimSuffix(name, "-wal"), "-shm"))):
		case name == "lock", name == "lost+found", strings.HasPrefix(name, store.NewFilePrefix):
		default:
			return fmt.Errorf("%s is not empty, it holds %s: a backup is brought back into an empty directory only: choose another with --data, or move this one away", dir, name)
		}
	}
	return nil
}

// moveAll marks the directory to, and moves the database last.
func moveAll(from, to string) error {
	list, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	names := []string{}
	for _, e := range list {
		if e.Name() != store.DatabaseFile {
			names = append(names, e.Name())
		}
	}
	mark := filepath.Join(to, store.RestoreMark)
	if err := store.WriteFile(mark, []byte("A backup is brought back into this directory. Where no program does so, do it again: caveat restore FILE\n")); err != nil {
		return err
	}
	for _, name := range append(names, store.DatabaseFile) {
		if err := os.Rename(filepath.Join(from, name), filepath.Join(to, name)); err != nil {
			return err
		}
	}
	if err := errors.Join(store.SyncFolder(to), os.Remove(mark)); err != nil {
		return err
	}
	return store.SyncFolder(to)
}

// extract writes what the manifest names, each file held to its size and hash.
func extract(archive *zip.Reader, m manifest, dir string) error {
	for _, x := range m.Files {
		path := filepath.Join(dir, filepath.FromSlash(x.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		if err := extractOne(archive, x, path); err != nil {
			return err
		}
	}
	for _, folder := range append([]string{".", "spool"}, keptFolders...) {
		if err := store.SyncFolder(filepath.Join(dir, folder)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func extractOne(archive *zip.Reader, x backupFile, path string) error {
	from, err := archive.Open(x.Name)
	if err != nil {
		return fmt.Errorf("%w: %s is missing in it: %w", errBackup, x.Name, err)
	}
	defer from.Close()
	to, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(to, h), io.LimitReader(from, x.Size+1))
	var ofFile *fs.PathError // the disk's fault, and not the archive's
	if damaged := err != nil && !errors.As(err, &ofFile); damaged || err == nil && (n != x.Size || hex.EncodeToString(h.Sum(nil)) != x.SHA256) {
		return errors.Join(fmt.Errorf("%w: %s in it is not what was backed up", errBackup, x.Name), to.Close())
	}
	return errors.Join(err, to.Sync(), to.Close())
}

// proven holds what was extracted to the manifest: the database is sound, of a version that this program knows, its log holds together
// and ends where it ended, and all files that it names are there.
func proven(ctx context.Context, dir string, m manifest) error {
	have := manifest{}
	path := filepath.Join(dir, store.DatabaseFile)
	spooled, err := examineCopy(ctx, path, &have)
	if err != nil {
		return err
	}
	if have.Log != m.Log {
		return fmt.Errorf("%w: its log ends with line %d, and should with line %d", errBackup, have.Log.Lines, m.Log.Lines)
	}
	for _, name := range []string{path + "-wal", path + "-shm"} { // left by the look at it
		os.Remove(name)
	}
	for _, x := range spooled {
		name := "spool/" + x.SHA256
		if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(name))); err != nil && !slices.Contains(m.Missing, name) {
			return fmt.Errorf("%w: %s is missing, and its database names it", errBackup, name)
		}
	}
	return nil
}

// holdRestored keeps what waited in the backup from leaving: nobody here knows what has left since. It happens before the directory is
// anybody's.
func holdRestored(ctx context.Context, work string, m manifest) (int, error) {
	s, err := store.Open(ctx, work, "caveat restore")
	if err != nil {
		return 0, err
	}
	what := fmt.Sprintf("brought back from a backup of %s, up to line %d", m.Made.Format(timeForm), m.Log.Lines)
	if err := audit.NoteRestored(ctx, s, what, loginName()); err != nil {
		return 0, errors.Join(err, s.Close())
	}
	n, err := outbox.New(s, outbox.Config{Now: now}).HoldAll(ctx, loginName(), "brought back from a backup of "+m.Made.Format(timeForm)+": it may have been sent since")
	return n, errors.Join(err, s.Close(), os.Remove(filepath.Join(work, "lock")))
}
