package api

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"caveat/backend/audit"
	"caveat/backend/installation"
	"caveat/backend/plain"
	"caveat/backend/store"
	"caveat/ldapbook"
)

// SyncDocument says what reading one directory brought.
type SyncDocument struct {
	Directory  string  `json:"directory"`
	Nation     string  `json:"nation"`
	OK         bool    `json:"ok"`
	Error      string  `json:"error,omitempty"`
	Incomplete bool    `json:"incomplete"`
	Held       int     `json:"held" doc:"entries that are gone from the directory and are kept until somebody confirms it"`
	Stopped    bool    `json:"stopped" doc:"somebody stopped it"`
	Strategy   string  `json:"strategy,omitempty"`
	Full       bool    `json:"full" doc:"everything was read"`
	Read       int     `json:"read"`
	Added      int     `json:"added"`
	Changed    int     `json:"changed"`
	Removed    int     `json:"removed"`
	Bytes      int64   `json:"bytes"`
	Seconds    float64 `json:"seconds"`
}

// SyncRequest says what to read.
type SyncRequest struct {
	Directory string `json:"directory,omitempty"` // empty: all mirrored ones
	Full      bool   `json:"full,omitempty"`      // everything, not only what changed
	Confirm   bool   `json:"confirm,omitempty"`   // what the last read held may go; with Directory
}

// ErrStopped is why a read ended that somebody stopped.
var ErrStopped = errors.New("api: the read was stopped; what it brought so far stays, nothing was removed")

// Sync reads the mirrored directories (all, or one by name), in parallel. One that fails does not hinder the others; its
// document says why. Only the holder of the lock may call it.
func (s *Service) Sync(ctx context.Context, only string, progress func(ldapbook.SyncProgress)) ([]SyncDocument, error) {
	return s.SyncWith(ctx, SyncRequest{Directory: only}, progress)
}

// SyncWith is Sync with everything that can be asked for.
func (s *Service) SyncWith(ctx context.Context, r SyncRequest, progress func(ldapbook.SyncProgress)) ([]SyncDocument, error) {
	due, err := s.meant(r.Directory)
	if err != nil {
		return nil, err
	}
	if r.Confirm {
		if err := s.confirm(ctx, r.Directory); err != nil {
			return nil, err
		}
	}
	out := make([]SyncDocument, len(due))
	var wg sync.WaitGroup
	for i, d := range due {
		wg.Go(func() {
			out[i] = s.reads.of(d.Name).read(ctx, r.Full, func() SyncDocument {
				done := s.syncOne(ctx, d, r.Full, progress)
				s.observer.Synced(done)
				return done
			})
		})
	}
	wg.Wait()
	return out, nil
}

// meant lists the directories that a request is about. A look-up directory is never read as a whole (RULES 22).
func (s *Service) meant(only string) ([]installation.Directory, error) {
	var due []installation.Directory
	for _, d := range s.in.Directories {
		if only == d.Name || only == "" && d.Mode == installation.ModeMirror && !d.Paused {
			due = append(due, d)
		}
	}
	switch {
	case only == "":
		return due, nil
	case len(due) == 0:
		return nil, s.noDirectory(only)
	case due[0].Mode != installation.ModeMirror:
		return nil, fmt.Errorf("%w: %s is a look-up directory: only what is asked for is read there", ErrLookUp, only)
	case due[0].Paused:
		return nil, fmt.Errorf("%w: %s: resume it first", ErrPaused, only)
	}
	return due, nil
}

// ErrLookUp: a look-up directory is not read as a whole: its nation has not agreed to a copy (RULES 22).
var ErrLookUp = errors.New("api: look-up directory")

// ErrPaused: a directory that the administrator has paused is not read.
var ErrPaused = errors.New("api: directory paused")

func (s *Service) noDirectory(name string) error {
	return fmt.Errorf("%w: no directory %q in %s", ErrNotFound, name, s.in.Path)
}

// syncOne reads one directory. Whoever wants to know sees in the meantime how far it is, and may stop it.
func (s *Service) syncOne(ctx context.Context, d installation.Directory, full bool, progress func(ldapbook.SyncProgress)) (out SyncDocument) {
	out = SyncDocument{Directory: d.Name, Nation: d.Nation}
	whole, started := ctx, s.now()
	defer func() { s.recordRead(whole, started, out) }()
	src, err := s.fed.Source(d)
	if err != nil {
		out.Error = plain.Text(err)
		return out
	}
	if full {
		src.Refresh.Strategy = ldapbook.StrategyFull
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	run := s.beginRun(ctx, d.Name, full, stop)
	r, err := s.book.Sync(ctx, src, func(p ldapbook.SyncProgress) {
		run.note(p)
		if progress != nil {
			progress(p)
		}
	})
	run.end()
	out.OK, out.Incomplete, out.Held = err == nil && !r.Incomplete && r.Held == 0, r.Incomplete, r.Held
	out.Strategy, out.Full, out.Bytes = string(r.Strategy), r.Full, r.Bytes
	out.Read, out.Added, out.Changed, out.Removed, out.Seconds = r.Read, r.Added, r.Changed, r.Removed, r.Duration.Seconds()
	if cause := context.Cause(ctx); err != nil && errors.Is(cause, ErrStopped) {
		err, out.Stopped = cause, true
	}
	if err != nil {
		out.Error = plain.Text(err)
	}
	return out
}

// confirm lets the next read of a directory remove what the last one held. That somebody let it is in the log first.
func (s *Service) confirm(ctx context.Context, name string) error {
	held, err := s.heldOf(ctx, name)
	if err != nil {
		return err
	}
	what := fmt.Sprintf("directory %s: the loss of %d entries is confirmed", name, held)
	if err := s.recordSettings(ctx, settingsEntry{What: what, By: s.caller(ctx).User, Kind: kindDirectory, Name: name, Change: verbLossConfirmed}); err != nil {
		return err
	}
	return s.book.Confirm(ctx, name)
}

// ErrNothingHeld: there is nothing to confirm.
var ErrNothingHeld = errors.New("api: nothing is held")

// heldOf is how many entries of a directory wait for confirmation.
func (s *Service) heldOf(ctx context.Context, name string) (int, error) {
	status, err := s.book.Status(ctx)
	if err != nil {
		return 0, err
	}
	for _, st := range status {
		if st.Directory == name && st.Held > 0 {
			return st.Held, nil
		}
	}
	return 0, fmt.Errorf("%w: of the directory %s nothing waits for confirmation", ErrNothingHeld, name)
}

// recordSettings writes into the log that the installation, or what it rests on, was changed.
func (s *Service) recordSettings(ctx context.Context, e settingsEntry) error {
	return s.store.Write(ctx, func(tx *sql.Tx) error {
		_, err := audit.Append(ctx, tx, audit.TypeSettings, e)
		return err
	})
}

// tellSynced lets pages know that a directory was read, or that it could not be. It is only news: that it cannot be told is
// no fault of the reading.
func (s *Service) tellSynced(ctx context.Context, d installation.Directory) {
	err := s.store.Write(context.WithoutCancel(ctx), func(tx *sql.Tx) error { return store.Changed(context.WithoutCancel(ctx), tx, "book", d.Name) })
	if err != nil {
		slog.Warn("pages are not told that a directory was read", "directory", d.Name, "error", err)
	}
}
