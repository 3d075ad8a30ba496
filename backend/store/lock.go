package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"
)

// lock is the file lock of a data directory. The file holds who has it, for people; the lock itself is the kernel's and
// ends with the process.
type lock struct {
	path, program string

	mu   sync.Mutex
	file *os.File // nil: not held by this process
}

// errHeld: another process has the lock.
var errHeld = errors.New("held by another process")

// try takes the lock if it is free, and reports whether this process holds it.
func (l *lock) try() (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file != nil {
		return true, nil
	}
	f, err := os.OpenFile(l.path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return false, err
	}
	if err := lockFile(f); err != nil {
		f.Close()
		if errors.Is(err, errHeld) {
			return false, nil
		}
		return false, fmt.Errorf("%s: %w", l.path, err)
	}
	l.file = f
	if err := f.Truncate(0); err != nil {
		return true, err
	}
	_, err = fmt.Fprintf(f, "%s, process %d\n", l.program, os.Getpid())
	return true, err
}

func (l *lock) held() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.file != nil
}

func (l *lock) release() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil {
		return nil
	}
	err := l.file.Close()
	l.file = nil
	return err
}

// IsHolder reports whether this process holds the lock of the data directory.
func (s *Store) IsHolder() bool { return s.lock.held() }

// TryHold takes the lock if it has become free, and reports whether this process holds it now. A schema that a newer
// version migrated in the meantime is ErrNewerSchema, and the lock is given back.
func (s *Store) TryHold(ctx context.Context) (bool, error) {
	s.holding.Lock() // nobody is told that we hold it before the epoch has begun
	defer s.holding.Unlock()
	if s.IsHolder() {
		return true, nil
	}
	held, err := s.lock.try()
	if err == nil && held {
		if err = s.migrate(ctx); err == nil {
			err = s.beginEpoch(ctx)
		}
	}
	if err != nil {
		return false, errors.Join(err, s.lock.release())
	}
	return held, nil
}

// Holder names the process that holds the lock, as it wrote itself down: "caveat demo, process 4711".
func (s *Store) Holder() string { return s.lock.holder() }

func (l *lock) holder() string {
	data, err := os.ReadFile(l.path)
	if err != nil || strings.TrimSpace(string(data)) == "" {
		return "an unknown process"
	}
	return strings.TrimSpace(string(data))
}

// ErrBusy: another process has had a file for too long.
var ErrBusy = errors.New("store: in use by another process")

// Exclusive runs f while no other process, and nobody else in this one, runs one for the same path, a file of its own that
// is made when absent. It waits for its turn at most HandOverTime; then it is ErrBusy.
func Exclusive(path string, f func() error) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer file.Close() // gives the lock back
	for start := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		err := lockFile(file)
		switch {
		case err == nil:
			return f()
		case !errors.Is(err, errHeld):
			return fmt.Errorf("%s: %w", path, err)
		case time.Since(start) > HandOverTime:
			return fmt.Errorf("%w: %s", ErrBusy, path)
		}
	}
}
