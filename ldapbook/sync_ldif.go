package ldapbook

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"
)

// readFile reads the source's LDIF file. What it says is as old as the file. One whose content is the same as the last time
// is not read into the book again.
func (p *pass) readFile(ctx context.Context) error {
	p.result.Strategy = StrategyFull
	path := p.src.Refresh.LDIF
	p.result.URL = path
	before, err := os.Stat(path)
	if err != nil {
		return p.fileError(err)
	}
	sum, err := fileSum(ctx, path)
	if err != nil {
		return p.fileError(err)
	}
	p.asOf = earlier(p.started, before.ModTime())
	scope := scopeHash(p.src, "", StrategyFull)
	o := outcome{sweep: true, wholly: true, scope: scope, file: sum + " " + hex.EncodeToString(scope)}
	if p.state.file == o.file {
		return p.unchangedFile(ctx)
	}
	p.expected = p.before
	bytes, err := p.pullFile(ctx, path)
	p.bytes = func() int64 { return bytes }
	if err != nil {
		return p.fileError(err)
	}
	if after, err := os.Stat(path); err != nil || !sameFile(before, after) {
		return p.fileError(fmt.Errorf("it was changed while it was read: %w", fs.ErrInvalid))
	}
	p.result.Full = true
	return p.end(ctx, o)
}

// pullFile reads in one goroutine and writes in this one.
func (p *pass) pullFile(ctx context.Context, path string) (int64, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type end struct {
		bytes int64
		err   error
	}
	batches, ended := make(chan []Entry, 2), make(chan end, 1)
	go func() {
		defer close(batches)
		n, err := readLDIF(ctx, p.src, newMapper(p.src), path, func(batch []Entry) error {
			for i := range batch {
				batch[i].ReadAt = p.asOf.UTC().Truncate(time.Microsecond)
			}
			select {
			case batches <- batch:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
		ended <- end{n, err}
	}()
	var writeErr error
	for batch := range batches {
		if writeErr == nil {
			if writeErr = p.write(ctx, batch, false); writeErr != nil {
				cancel()
			}
		}
	}
	e := <-ended
	if writeErr != nil {
		return e.bytes, writeErr
	}
	return e.bytes, e.err
}

// unchangedFile notes that the file is what the book has already.
func (p *pass) unchangedFile(ctx context.Context) error {
	p.result.Full, p.result.Unchanged = true, p.before
	return p.book.inTransaction(ctx, p.dir, func(w *writing) error {
		if err := p.recordAttempt(w); err != nil {
			return err
		}
		// Delivered again with the same content: what it says is as old as the file is now.
		_, err := w.tx.ExecContext(ctx, `UPDATE directory SET last_success = ?, full_read_at = max(full_read_at, ?),
			incomplete = 0, error = '' WHERE id = ?`, nowMicros(), toMicros(p.asOf), p.dir)
		return err
	})
}

func (p *pass) fileError(err error) error {
	if errors.Is(err, ErrDatabase) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return fmt.Errorf("%w: %s: %w", ErrFile, p.src.Name, err)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func sameFile(a, b fs.FileInfo) bool { return a.Size() == b.Size() && a.ModTime().Equal(b.ModTime()) }

// fileSum is the hash of a file's content; the context ends it between two blocks.
func fileSum(ctx context.Context, path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	for {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		if _, err := io.CopyN(h, f, 4<<20); err == io.EOF {
			return hex.EncodeToString(h.Sum(nil)), nil
		} else if err != nil {
			return "", err
		}
	}
}
