package app

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"caveat/backend/audit"
	"caveat/backend/outbox"
	"caveat/backend/store"
)

// How much room there must be on the disk, in bytes: below lowRoom the doctor warns, below noRoom a message may not fit any more.
const (
	lowRoom = 1 << 30
	noRoom  = 64 << 20
)

// lookAtData finds out whether the data directory is there, is nobody else's, and can be written to.
func (d *doctor) lookAtData() {
	info, err := os.Stat(d.dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		d.add("data", "", foundBlocks, "Import an installation file: caveat installation import FILE; or try: caveat demo", "%s is not there", d.dir)
		return
	case err != nil:
		d.add("data", "", foundBlocks, "Look who may enter the folders above it.", "%s", said(err))
		return
	case !info.IsDir():
		d.add("data", "", foundBlocks, "Name a directory with --data.", "%s is no directory", d.dir)
		return
	}
	if mode := info.Mode().Perm(); runtime.GOOS != "windows" && mode&0o077 != 0 {
		d.add("data", "", foundWarning, "chmod 700 "+d.dir, "others may look into it (mode %v)", mode)
	}
	f, err := os.CreateTemp(d.dir, store.NewFilePrefix+"doctor-*")
	if err == nil {
		_, err = f.Write(make([]byte, 4096))
		err = errors.Join(err, f.Sync(), f.Close(), os.Remove(f.Name()))
	}
	if err != nil {
		d.add("data", "", foundBlocks, "Look who owns it, whether its disk is mounted for reading only, and whether there is room.", "it cannot be written to: %s", said(err))
		return
	}
	holder := "no program works on it"
	if name, held := heldBy(d.dir); held {
		holder = name + " works on it"
	}
	d.add("data", "", foundOK, "", "it can be written to; %s", holder)
}

// heldBy names the process that holds the data directory, without making a lock file where there is none.
func heldBy(dir string) (string, bool) {
	path := filepath.Join(dir, "lock")
	if _, err := os.Stat(path); err != nil {
		return "", false
	}
	name := store.LockedBy(path)
	release, taken, err := store.TryLock(path, "caveat doctor")
	if err != nil {
		return "", false
	}
	if taken {
		release()
		return "", false
	}
	return name, true
}

func (d *doctor) lookAtDisk() {
	free, err := diskFree(d.dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		d.add("disk", "", foundWarning, "", "how much room there is cannot be told: %s", said(err))
	case free < noRoom:
		d.add("disk", "", foundBlocks, "Make room: nothing that was sent is deleted by the program.", "%s are free", size(free))
	case free < lowRoom:
		d.add("disk", "", foundWarning, "Make room before it is full: then nothing can be sent.", "%s are free", size(free))
	default:
		d.add("disk", "", foundOK, "", "%s are free", size(free))
	}
}

// size writes bytes for people.
func size(n int64) string {
	switch {
	case n < 1<<20:
		return fmt.Sprintf("%d KiB", (n+1023)>>10)
	case n < 10<<30:
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d GiB", n>>30)
}

// lookAtDatabase reads all of caveat.db: pages, references, the log's chain, and whether the files that it names are there.
func (d *doctor) lookAtDatabase(ctx context.Context) {
	path := filepath.Join(d.dir, store.DatabaseFile)
	const bring = "End the program, keep this directory as it is, and bring a backup back into an empty one: caveat restore FILE"
	if _, err := os.Lstat(filepath.Join(d.dir, store.RestoreMark)); err == nil {
		d.add("database", "", foundBlocks, "Bring the backup back again: caveat restore FILE", "%s holds a part of a backup alone: bringing it back did not come to its end", d.dir)
		return
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(filepath.Join(d.dir, "book.db")); err == nil {
			d.add("database", "", foundBlocks, bring, "%s is lost", path)
		} else {
			d.add("database", "", foundOK, "", "there is none yet: the first command makes it")
		}
		return
	}
	x, err := store.Examine(ctx, d.dir, func(ctx context.Context, db *sql.DB) error {
		d.lookAtLog(ctx, db)
		d.lookAtCheckpoints(ctx, db)
		d.lookAtSpool(ctx, db)
		d.lookAtQueue(ctx, db)
		return nil
	})
	switch {
	case err != nil:
		d.add("database", "", foundBlocks, bring, "%s", said(err))
	case len(x.Damaged) > 0:
		d.add("database", "", foundBlocks, bring, "%s is damaged: %s", path, strings.Join(x.Damaged, "; "))
	case x.Schema > x.Newest:
		d.add("database", "", foundBlocks, "Use that version.", "a newer version of this program wrote it (schema %d, this one knows %d)", x.Schema, x.Newest)
	case x.Schema < x.Newest:
		d.add("database", "", foundWarning, "Make a backup first: caveat backup FILE", "%s, sound; the next start brings it from schema %d to %d", size(x.Size), x.Schema, x.Newest)
	default:
		d.add("database", "", foundOK, "", "%s, sound, schema %d", size(x.Size), x.Schema)
	}
}

func (d *doctor) lookAtLog(ctx context.Context, db *sql.DB) {
	sum, err := audit.Check(ctx, db)
	if err != nil {
		d.add("log", "", foundBlocks, "Keep this directory: it is evidence. Compare with an export that was kept elsewhere: caveat audit verify FILE --checkpoint EXPORT", "%s", said(err))
		return
	}
	last, err := time.Parse(time.RFC3339Nano, sum.Last)
	switch {
	case sum.Lines == 0:
		d.add("log", "", foundOK, "", "it has not begun")
	case err == nil && last.Sub(d.now) > clockDoubt:
		d.add("log", "", foundWarning, "Set this machine's clock.", "%d lines, consistent; the last one is of %s, which is to come: the clock was put back", sum.Lines, last.Format(timeForm))
	default:
		d.add("log", "", foundOK, "", "%d lines, consistent; later lines may be missing, which only an export kept elsewhere shows", sum.Lines)
	}
}

func (d *doctor) lookAtSpool(ctx context.Context, db *sql.DB) {
	named, err := outbox.SpooledBy(ctx, db)
	if err != nil {
		d.add("spool", "", foundBroken, "", "%s", said(err))
		return
	}
	var bytes int64
	var wrong []string
	for _, x := range named {
		info, err := os.Lstat(filepath.Join(d.dir, "spool", x.SHA256))
		if err != nil || !info.Mode().IsRegular() || info.Size() != x.Size {
			wrong = append(wrong, x.SHA256)
			continue
		}
		bytes += x.Size
	}
	if len(wrong) > 0 {
		d.add("spool", "", foundBroken, "Put them back from a backup; a message that waits without its file is held.", "%d of %d files are missing or have another length, such as spool/%s", len(wrong), len(named), wrong[0])
		return
	}
	d.add("spool", "", foundOK, "", "%d files, %s, all there", len(named), size(bytes))
}

func (d *doctor) lookAtQueue(ctx context.Context, db *sql.DB) {
	var waiting, undecided int
	err := db.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE state IN (?, ?, ?, ?)), count(*) FILTER (WHERE state IN (?, ?)) FROM message WHERE folder = ''`,
		outbox.Queued, outbox.Sending, outbox.BodySent, outbox.Deferred, outbox.Held, outbox.PerhapsDelivered).Scan(&waiting, &undecided)
	switch {
	case err != nil:
		d.add("queue", "", foundWarning, "", "it cannot be read in this schema: %s", said(err))
	case undecided > 0:
		d.add("queue", "", foundWarning, "caveat outbox list; then caveat outbox resend ID or caveat outbox drop ID", "%d messages wait to be sent, %d for your decision", waiting, undecided)
	default:
		d.add("queue", "", foundOK, "", "%d messages wait to be sent", waiting)
	}
}
