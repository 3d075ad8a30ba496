package api

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"

	"golang.org/x/sync/errgroup"

	"caveat/backend/plain"
	"caveat/backend/store"
)

// jobSync is the job of reading directories; its request is a SyncRequest.
const jobSync = "book-sync"

// Work does what only the holder of the data directory's lock may do, until ctx ends: it sorts out what the last holder
// left, sends what is queued, does the jobs of other processes, and, with mirror, keeps the mirrored directories fresh.
func (s *Service) Work(ctx context.Context, mirror bool) error {
	if err := s.work(ctx, mirror); ctx.Err() == nil {
		return err
	}
	return nil // it was told to end, wherever it was
}

func (s *Service) work(ctx context.Context, mirror bool) error {
	if err := errors.Join(s.box.Recover(ctx), s.store.AbandonedJobs(ctx), s.forgetRuns(ctx), s.forgetStrangers(ctx)); err != nil {
		return err
	}
	// What lies there too long harms nobody; a message that does not leave does (RULES 16).
	if err := s.box.Collect(ctx, s.kept.Attachments); err != nil && ctx.Err() == nil {
		slog.WarnContext(ctx, "attachments that nothing refers to any more cannot be removed: the next start tries again", "error", err)
	}
	g, running := errgroup.WithContext(ctx)
	g.Go(func() error { s.log.Run(running); return nil })
	g.Go(func() error { return s.box.Run(running) })
	g.Go(func() error { s.readInbox(running); return nil })
	g.Go(func() error { s.keepTalks(running); return nil })
	g.Go(func() error {
		if err := s.book.Recover(running); err != nil && running.Err() == nil { // each Sync tries again
			slog.WarnContext(running, "the directories that were being read when the program ended last cannot be searched yet", "error", err)
		}
		return nil
	})
	g.Go(func() error {
		return s.store.EachChange(running, func(ctx context.Context) error { return s.takeJobs(ctx, g) })
	})
	if mirror {
		g.Go(func() error { s.readAhead(running); return nil })
		g.Go(func() error { return s.keepFresh(running) })
	}
	return g.Wait()
}

// takeJobs begins the jobs that wait, each by itself: a directory that is slow delays no other.
func (s *Service) takeJobs(ctx context.Context, g *errgroup.Group) error {
	for {
		j, ok, err := s.store.TakeJob(ctx)
		if err != nil || !ok {
			return err
		}
		g.Go(func() error {
			result, failure := s.doJob(ctx, j)
			if failure != nil {
				failure = errors.New(plain.Text(failure)) // only its words are kept
			}
			return s.store.EndJob(context.WithoutCancel(ctx), j.ID, result, failure)
		})
	}
}

func (s *Service) doJob(ctx context.Context, j store.Job) (any, error) {
	switch j.Kind {
	case jobSync:
		var r SyncRequest
		if err := json.Unmarshal(j.Request, &r); err != nil {
			return nil, err
		}
		if _, err := s.book.Heal(ctx); err != nil {
			return nil, err
		}
		defer s.readAhead(ctx)
		return s.SyncWith(ctx, r, nil)
	}
	return nil, fmt.Errorf("job of unknown kind %q", j.Kind)
}

// SubmitSync hands the reading of directories to whoever holds the lock, and returns the job's number.
func (s *Service) SubmitSync(ctx context.Context, r SyncRequest) (int64, error) {
	if _, err := s.meant(r.Directory); err != nil {
		return 0, err
	}
	return s.store.Submit(ctx, jobSync, r)
}

// SubmitConfirm has the holder of the lock let go what a directory no longer has, and read it again.
func (s *Service) SubmitConfirm(ctx context.Context, name string) (int64, error) {
	if _, ok := s.fed.Directory(name); !ok {
		return 0, s.noDirectory(name)
	}
	if _, err := s.heldOf(ctx, name); err != nil {
		return 0, err
	}
	return s.SubmitSync(ctx, SyncRequest{Directory: name, Confirm: true})
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
func (s *Service) SyncAnywhere(ctx context.Context, r SyncRequest) ([]SyncDocument, error) {
	if s.store.IsHolder() {
		return s.SyncWith(ctx, r, nil)
	}
	id, err := s.SubmitSync(ctx, r)
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
