package api

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"caveat/backend/store"
)

// SyncEvery is how often the holder reads the mirrored directories again.
const SyncEvery = 15 * time.Minute

// jobSync is the job of reading directories.
const jobSync = "book-sync"

type syncRequest struct {
	Directory string `json:"directory"` // empty: all mirrored ones
}

// Work does what only the holder of the data directory's lock may do, until ctx ends: it sorts out what the last holder
// left, sends what is queued, does the jobs of other processes, and, with mirror, keeps the mirrored directories fresh.
func (s *Service) Work(ctx context.Context, mirror bool) error {
	if err := s.work(ctx, mirror); ctx.Err() == nil {
		return err
	}
	return nil // it was told to end, wherever it was
}

func (s *Service) work(ctx context.Context, mirror bool) error {
	if err := errors.Join(s.box.Recover(ctx), s.store.AbandonedJobs(ctx)); err != nil {
		return err
	}
	g, running := errgroup.WithContext(ctx)
	g.Go(func() error { return s.box.Run(running) })
	g.Go(func() error { return s.store.EachChange(running, s.doJobs) })
	if mirror {
		g.Go(func() error { return s.keepFresh(running) })
	}
	return g.Wait()
}

// doJobs does the jobs that wait, one after the other.
func (s *Service) doJobs(ctx context.Context) error {
	for {
		j, ok, err := s.store.TakeJob(ctx)
		if err != nil || !ok {
			return err
		}
		result, failure := s.doJob(ctx, j)
		if err := s.store.EndJob(context.WithoutCancel(ctx), j.ID, result, failure); err != nil {
			return err
		}
	}
}

func (s *Service) doJob(ctx context.Context, j store.Job) (any, error) {
	switch j.Kind {
	case jobSync:
		var r syncRequest
		if err := json.Unmarshal(j.Request, &r); err != nil {
			return nil, err
		}
		if _, err := s.book.Heal(ctx); err != nil {
			return nil, err
		}
		return s.Sync(ctx, r.Directory, nil)
	}
	return nil, fmt.Errorf("job of unknown kind %q", j.Kind)
}

// keepFresh reads each mirrored directory when its last reading is SyncEvery ago. One that fails is logged and tried again.
func (s *Service) keepFresh(ctx context.Context) error {
	tick := time.NewTicker(2 * time.Second)
	defer tick.Stop()
	tried := map[string]time.Time{} // a failure before the first answer, such as a missing password, leaves no trace in the book
	for {
		healed, err := s.book.Heal(ctx)
		if err != nil {
			return err
		}
		if healed {
			clear(tried)
			slog.Warn("the book was deleted: it is made anew and the directories are read")
		}
		states, err := s.Directories(ctx)
		if err != nil {
			return err
		}
		var wg sync.WaitGroup
		for i, d := range s.in.Directories {
			last := states[i].LastAttempt
			if d.Mode != "mirror" || last != nil && s.now().Sub(*last) < SyncEvery || s.now().Sub(tried[d.Name]) < SyncEvery {
				continue
			}
			tried[d.Name] = s.now()
			wg.Go(func() {
				if done := s.syncOne(ctx, d, nil); !done.OK && ctx.Err() == nil {
					slog.Warn("a directory could not be read", "directory", done.Directory, "error", done.Error)
				}
			})
		}
		wg.Wait()
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// SubmitSync hands the reading of directories to whoever holds the lock, and returns the job's number.
func (s *Service) SubmitSync(ctx context.Context, directory string) (int64, error) {
	if _, ok := s.fed.Directory(directory); !ok && directory != "" {
		return 0, fmt.Errorf("%w: no directory %q in %s", ErrNotFound, directory, s.in.Path)
	}
	return s.store.Submit(ctx, jobSync, syncRequest{Directory: directory})
}

// Job tells how far a job is.
func (s *Service) Job(ctx context.Context, id int64) (store.Job, error) {
	j, err := s.store.Job(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return j, fmt.Errorf("%w: no job %d", ErrNotFound, id)
	}
	return j, err
}

// SyncAnywhere reads directories here when this process is the holder, else has the holder do it and waits.
func (s *Service) SyncAnywhere(ctx context.Context, directory string) ([]SyncDocument, error) {
	if s.store.IsHolder() {
		return s.Sync(ctx, directory, nil)
	}
	id, err := s.SubmitSync(ctx, directory)
	if err != nil {
		return nil, err
	}
	j, err := s.store.Wait(ctx, id)
	if err != nil {
		return nil, err
	}
	if j.State == store.JobFailed {
		return nil, errors.New(j.Error)
	}
	var out []SyncDocument
	return out, json.Unmarshal(j.Result, &out)
}
