package audit

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
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
	// Kept is the checkpoint that lies there, a signed note; nil: none, or nobody can see it from here.
	Kept() ([]byte, error)
}

// SendTime is how long a way may take.
const SendTime = 15 * time.Second

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
		if err := d.write(fmt.Sprintf("checkpoint-%d.note", c.Size), c); err != nil {
			return err
		}
		return d.write(latest, c)
	})
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
func (d *Drop) Kept() (note []byte, err error) {
	err = d.within(context.Background(), func() error {
		data, err := os.ReadFile(filepath.Join(d.dir, latest))
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		note = data
		return err
	})
	return note, err
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
