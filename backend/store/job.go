package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Job is a piece of work that one process hands to the holder of the lock.
type Job struct {
	ID      int64           `json:"id"`
	Kind    string          `json:"kind"`
	Request json.RawMessage `json:"request,omitempty"`
	State   JobState        `json:"state"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   string          `json:"error,omitempty"`
}

// JobState is how far a job is.
type JobState string

// The states of a job.
const (
	JobWaiting JobState = "waiting"
	JobRunning JobState = "running"
	JobDone    JobState = "done"
	JobFailed  JobState = "failed"
)

// ErrNoAnswer: the holder of the lock did not take a job up in time.
var ErrNoAnswer = errors.New("store: no answer")

// HandOverTime is how long a process waits for the holder to take a job up before it says who holds the lock.
const HandOverTime = 5 * time.Second

// Submit puts a job into the table and returns its number.
func (s *Store) Submit(ctx context.Context, kind string, request any) (int64, error) {
	data, err := json.Marshal(request)
	if err != nil {
		return 0, err
	}
	var id int64
	err = s.Write(ctx, func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, `INSERT INTO job (kind, request, state, created) VALUES (?, ?, ?, ?)`, kind, string(data), JobWaiting, time.Now().Unix())
		if err != nil {
			return err
		}
		if id, err = r.LastInsertId(); err != nil {
			return err
		}
		return Changed(ctx, tx, "job", fmt.Sprint(id))
	})
	return id, err
}

// Job reads one job.
func (s *Store) Job(ctx context.Context, id int64) (Job, error) {
	j := Job{ID: id}
	var request, result string
	err := s.r.QueryRowContext(ctx, `SELECT kind, request, state, result, error FROM job WHERE id = ?`, id).
		Scan(&j.Kind, &request, &j.State, &result, &j.Error)
	if err != nil {
		return Job{}, err
	}
	j.Request, j.Result = raw(request), raw(result)
	return j, nil
}

func raw(s string) json.RawMessage {
	if s == "" {
		return nil
	}
	return json.RawMessage(s)
}

// Wait waits until a job has ended. A holder that does not take it up within HandOverTime is ErrNoAnswer, and named.
func (s *Store) Wait(ctx context.Context, id int64) (Job, error) {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	start := time.Now()
	for {
		j, err := s.Job(ctx, id)
		if err != nil {
			return Job{}, err
		}
		switch {
		case j.State == JobDone || j.State == JobFailed:
			return j, nil
		case j.State == JobWaiting && time.Since(start) > HandOverTime:
			return Job{}, fmt.Errorf("%w: the data directory is held by %s, which did not take the work up in %s", ErrNoAnswer, s.Holder(), HandOverTime)
		}
		select {
		case <-ctx.Done():
			return Job{}, ctx.Err()
		case <-tick.C:
		}
	}
}

// TakeJob gives the holder the oldest waiting job; ok is false when there is none. Only the holder may call it.
func (s *Store) TakeJob(ctx context.Context) (j Job, ok bool, err error) {
	err = s.Write(ctx, func(tx *sql.Tx) error {
		var request string
		err := tx.QueryRowContext(ctx, `SELECT id, kind, request FROM job WHERE state = ? ORDER BY id LIMIT 1`, JobWaiting).Scan(&j.ID, &j.Kind, &request)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		j.Request, ok = raw(request), true
		_, err = tx.ExecContext(ctx, `UPDATE job SET state = ? WHERE id = ?`, JobRunning, j.ID)
		return err
	})
	if err != nil {
		return Job{}, false, err
	}
	return j, ok, nil
}

// EndJob writes a job's result down.
func (s *Store) EndJob(ctx context.Context, id int64, result any, failure error) error {
	state, text := JobDone, ""
	if failure != nil {
		state, text = JobFailed, failure.Error()
	}
	data, err := json.Marshal(result)
	if err != nil {
		return err
	}
	return s.Write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE job SET state = ?, result = ?, error = ? WHERE id = ?`, state, string(data), text, id); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM job WHERE created < ? AND state IN (?, ?)`, time.Now().Add(-24*time.Hour).Unix(), JobDone, JobFailed); err != nil {
			return err
		}
		return Changed(ctx, tx, "job", fmt.Sprint(id))
	})
}

// AbandonedJobs marks jobs that a former holder left running as failed: nobody knows how far it came. The new holder calls
// it once.
func (s *Store) AbandonedJobs(ctx context.Context) error {
	return s.Write(ctx, func(tx *sql.Tx) error {
		ids, err := Column[int64](ctx, tx, `UPDATE job SET state = ?, error = ? WHERE state = ? RETURNING id`, JobFailed, "the program that ran it ended before it was done", JobRunning)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := Changed(ctx, tx, "job", fmt.Sprint(id)); err != nil {
				return err
			}
		}
		return nil
	})
}
