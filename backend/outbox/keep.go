package outbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"

	"caveat/backend/store"
)

// Sentinel errors of attachments.
var (
	// ErrTooLarge: a file that is longer than what may be attached.
	ErrTooLarge = errors.New("outbox: file too large")
	// ErrNotKept: an attachment whose content is not in the spool.
	ErrNotKept = errors.New("outbox: the content of an attachment is not kept")
	// ErrContent: an attachment whose bytes are others than those that its hash names.
	ErrContent = errors.New("outbox: the content of an attachment is not what the draft names")
)

// Kept is the content of a file in the spool.
type Kept struct {
	SHA256 string
	Size   int64
	Borne  []Borne // every label that it bears or ever bore; none: it never had one
}

// Keep writes the content of a file durably into the spool, without holding it in memory: a file under another name, fsync,
// rename, then the rows. What a crash leaves behind is never half a file under its hash, and is removed when the holder of the
// lock begins. borne reads the labels that the file bears in itself; with its error nothing is kept. Kept once more, a file is as new: what it
// bears in itself is what was read now, and the labels that sidecars gave it stay.
// Errors: ErrTooLarge when there are more than limit bytes, those of r, of the file and of the database.
func (b *Box) Keep(ctx context.Context, r io.Reader, limit int64, borne func(io.ReadSeeker) ([]Borne, error)) (Kept, error) {
	f, err := newSpoolFile(b.store)
	if err != nil {
		return Kept{}, fmt.Errorf("outbox: spool: %w", err)
	}
	defer f.discard()
	if _, err := io.Copy(f, io.LimitReader(r, limit+1)); err != nil {
		return Kept{}, fmt.Errorf("outbox: spool: %w", err)
	}
	if f.size > limit {
		return Kept{}, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, limit)
	}
	out := Kept{Size: f.size}
	if out.Borne, err = borneBy(f.file, borne); err != nil {
		return Kept{}, err
	}
	if out.SHA256, err = f.finish(); err != nil {
		return Kept{}, fmt.Errorf("outbox: spool: %w", err)
	}
	// The name is given inside the transaction: whoever collects what nothing refers to does that inside one too.
	return out, b.store.Write(ctx, func(tx *sql.Tx) error {
		if err := f.rename(b.store, out.SHA256); err != nil {
			return fmt.Errorf("outbox: spool: %w", err)
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO attachment (sha256, size, kept) VALUES (?1, ?2, ?3) ON CONFLICT (sha256) DO UPDATE SET kept = ?3`,
			out.SHA256, out.Size, b.config.Now().UnixMilli())
		if err != nil || borne == nil {
			return err
		}
		return replaceInside(ctx, tx, out.SHA256, out.Borne)
	})
}

// Kept tells of a file in the spool; ErrNotKept.
func (b *Box) Kept(ctx context.Context, sum string) (Kept, error) {
	k := Kept{SHA256: sum}
	err := b.store.Reader().QueryRowContext(ctx, `SELECT size FROM attachment WHERE sha256 = ?`, sum).Scan(&k.Size)
	if errors.Is(err, sql.ErrNoRows) {
		return Kept{}, fmt.Errorf("%w: %.64q", ErrNotKept, sum)
	}
	if err != nil {
		return Kept{}, err
	}
	if k.Borne, err = b.borne(ctx, sum); err != nil {
		return Kept{}, err
	}
	return k, nil
}

// Content opens a file in the spool. It is not held to its hash: Verify does that, and so does Clear. Errors: ErrNotKept, those
// of the file.
func (b *Box) Content(ctx context.Context, sum string) (*os.File, error) {
	if !isSum(sum) {
		return nil, fmt.Errorf("%w: %.64q is no hash", ErrNotKept, sum)
	}
	if _, err := b.Kept(ctx, sum); err != nil {
		return nil, err
	}
	f, err := os.Open(spoolPath(b.store, sum))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s: its row is there, and the file is not", ErrNotKept, sum)
	}
	return f, err
}

// stamp is how a file looked when its bytes were held to its hash.
type stamp struct {
	size     int64
	modified time.Time
}

// Verify holds a file in the spool to its hash and size. One that looks as it did then is not read again while drafting: Clear
// reads it in any case. Errors: ErrNotKept, ErrContent, those of the file.
func (b *Box) Verify(ctx context.Context, sum string, size int64) error {
	f, err := b.Content(ctx, sum)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	now := stamp{info.Size(), info.ModTime()}
	if now.size != size {
		return fmt.Errorf("%w: %s has %d bytes, not %d", ErrContent, sum, now.size, size)
	}
	if have, ok := b.seen.Load(sum); ok && have == now {
		return nil
	}
	if _, err := checkSpool(f.Name(), sum); errors.Is(err, ErrTampered) {
		return fmt.Errorf("%w: %s: the file has another hash", ErrContent, sum)
	} else if err != nil {
		return err
	}
	b.seen.Store(sum, now)
	return nil
}

// Collect removes what was kept and nothing refers to: no message, and nothing of what used lists, which is asked within the
// transaction that forgets. What was kept within the last hour stays: its draft may not be saved yet. A file that cannot be
// removed keeps no other one, and is told of; with an error of the database nothing is forgotten. Only the holder of the lock may
// call it.
func (b *Box) Collect(ctx context.Context, used func(context.Context, *sql.Tx) ([]string, error)) error {
	if !b.store.IsHolder() {
		return ErrNotHolder
	}
	var gone []string
	err := b.store.Write(ctx, func(tx *sql.Tx) (err error) {
		gone, err = b.forgetUnused(ctx, tx, used)
		return err
	})
	if err != nil {
		return err
	}
	// Only now: had the transaction been undone, rows would stand there without their files.
	for _, sum := range gone {
		_, failed := b.removeOrphan(ctx, sum)
		err = errors.Join(err, failed)
	}
	return err
}

// forgetUnused removes the rows of what nothing refers to, and gives the hashes.
func (b *Box) forgetUnused(ctx context.Context, tx *sql.Tx, used func(context.Context, *sql.Tx) ([]string, error)) ([]string, error) {
	list, err := used(ctx, tx)
	if err != nil {
		return nil, err
	}
	mine, err := store.Column[string](ctx, tx, `SELECT DISTINCT json_extract(a.value, '$.sha256') FROM message, json_each(message.draft, '$.attachments') AS a
		WHERE json_extract(a.value, '$.sha256') IS NOT NULL`)
	if err != nil {
		return nil, err
	}
	have, err := store.Column[string](ctx, tx, `SELECT sha256 FROM attachment WHERE kept < ?`, b.config.Now().Add(-spoolAge).UnixMilli())
	if err != nil {
		return nil, err
	}
	needed := append(list, mine...)
	gone := slices.DeleteFunc(have, func(sum string) bool { return slices.Contains(needed, sum) })
	for _, sum := range gone {
		for _, statement := range []string{`DELETE FROM attachment_label WHERE sha256 = ?`, `DELETE FROM attachment WHERE sha256 = ?`} {
			if _, err := tx.ExecContext(ctx, statement, sum); err != nil {
				return nil, err
			}
		}
	}
	return gone, nil
}
