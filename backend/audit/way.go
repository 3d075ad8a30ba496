package audit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"caveat/backend/store"
)

// Way takes checkpoints off the machine. Implementations are safe for concurrent use.
type Way interface {
	// Name and Place say which way it is, and where it leads.
	Name() string
	Place() string
	// Send takes a checkpoint there. It ends within SendTime, or with ctx.
	Send(ctx context.Context, c Checkpoint) error
	// Kept is the checkpoint that lies there, a signed note; nil: nobody can see it from here. ErrNoneKept: none lies there. It ends within
	// SendTime, or with ctx.
	Kept(ctx context.Context) ([]byte, error)
}

// SendTime is how long a way may take.
const SendTime = 15 * time.Second

// ErrNoneKept: no checkpoint lies where checkpoints go.
var ErrNoneKept = errors.New("audit: no checkpoint lies there")

// Drop is a folder, such as one of another machine, in which every checkpoint is left as checkpoint-LINES.note, and the newest as latest
// besides. The folder must be there: one that is made where a share is not mounted would keep the checkpoints on this machine.
type Drop struct {
	dir  string
	busy sync.Mutex // held by what was begun there and has not ended
}

// NewDrop takes checkpoints into a folder.
func NewDrop(dir string) *Drop { return &Drop{dir: dir} }

// latest is the name of the newest checkpoint in a drop.
const latest = "latest"

// Name is "drop".
func (*Drop) Name() string { return "drop" }

// Place is the folder.
func (d *Drop) Place() string { return d.dir }

// Send writes the checkpoint, and then makes it the newest; each is there whole or not at all. A share that does not answer keeps it waiting
// no longer than SendTime.
func (d *Drop) Send(ctx context.Context, c Checkpoint) error {
	return d.within(ctx, func() error {
		name, err := d.free(c)
		if err == nil {
			err = d.write(name, c)
		}
		if err != nil {
			return err
		}
		return d.write(latest, c)
	})
}

// free is the name of a checkpoint's own file. Another one of as many lines, of a series that ended, is not replaced.
func (d *Drop) free(c Checkpoint) (string, error) {
	for n := 1; ; n++ {
		name := fmt.Sprintf("checkpoint-%d.note", c.Size)
		if n > 1 {
			name = fmt.Sprintf("checkpoint-%d.%d.note", c.Size, n)
		}
		is, err := readNote(filepath.Join(d.dir, name))
		if errors.Is(err, fs.ErrNotExist) || err == nil && string(is) == c.Note || n == 100 {
			return name, nil
		}
		if err != nil && !errors.Is(err, ErrNote) {
			return "", err
		}
	}
}

func (d *Drop) write(name string, c Checkpoint) error {
	path := filepath.Join(d.dir, name)
	if err := store.WriteFile(path, []byte(c.Note)); err != nil {
		return err
	}
	_ = os.Chmod(path, 0o644) // there is nothing secret in it; a share that knows no modes has it all the same
	return nil
}

// Kept reads the newest checkpoint in the folder.
func (d *Drop) Kept(ctx context.Context) ([]byte, error) {
	read := make(chan []byte, 1)
	err := d.within(ctx, func() error {
		note, err := readNote(filepath.Join(d.dir, latest))
		if errors.Is(err, fs.ErrNotExist) {
			if _, err = os.Stat(d.dir); err == nil {
				err = ErrNoneKept
			}
		}
		read <- note
		return err
	})
	if err != nil {
		return nil, err
	}
	return <-read, nil
}

// readNote reads a note where others may write too: what is no file, or longer than a note, is ErrNote and not read; nothing that lies there
// can keep the program waiting for a writer.
func readNote(path string) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if is, err := f.Stat(); err != nil || !is.Mode().IsRegular() {
		return nil, errors.Join(fmt.Errorf("%w: %s is no file", ErrNote, path), err)
	}
	data, err := io.ReadAll(io.LimitReader(f, MaxNote+1))
	if err == nil && len(data) > MaxNote {
		err = fmt.Errorf("%w: %s is longer than %d bytes", ErrNote, path, MaxNote)
	}
	return data, err
}

// errSlow: a way did not answer in time.
var errSlow = fmt.Errorf("it does not answer within %s", SendTime)

// within does what nobody can interrupt, such as a call to a file system that does not answer, and does not wait for it too long. While
// that goes on nothing else is begun.
func (d *Drop) within(ctx context.Context, do func() error) error {
	if !d.busy.TryLock() {
		return errSlow
	}
	done := make(chan error, 1)
	go func() {
		err := do()
		d.busy.Unlock()
		done <- err
	}()
	late := time.NewTimer(SendTime)
	defer late.Stop()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-late.C:
		return errSlow
	}
}
