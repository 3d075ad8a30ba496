package store_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"caveat/backend/store"
)

type request struct{ Directory string }

func TestJobGoesToTheHolderAndBack(t *testing.T) {
	dir := t.TempDir()
	holder, guest := open(t, dir, "holder"), open(t, dir, "guest")
	if _, ok, err := holder.TakeJob(t.Context()); ok || err != nil {
		t.Errorf("a job from nowhere: %v, %v", ok, err)
	}
	first, err := guest.Submit(t.Context(), "sync", request{"GBR"})
	must(t, err)
	second, err := guest.Submit(t.Context(), "sync", request{"DEU"})
	must(t, err)
	j, ok, err := holder.TakeJob(t.Context())
	must(t, err)
	var asked request
	must(t, json.Unmarshal(j.Request, &asked))
	if !ok || j.ID != first || j.Kind != "sync" || asked.Directory != "GBR" {
		t.Errorf("taken: %+v, %v", j, ok)
	}
	if now, err := guest.Job(t.Context(), first); err != nil || now.State != store.JobRunning {
		t.Errorf("while it runs: %+v, %v", now, err)
	}
	must(t, holder.EndJob(t.Context(), first, map[string]int{"entries": 7}, nil))
	done, err := guest.Wait(t.Context(), first)
	if err != nil || done.State != store.JobDone || string(done.Result) != `{"entries":7}` || done.Error != "" {
		t.Errorf("done: %+v, %v", done, err)
	}
	if j, ok, err = holder.TakeJob(t.Context()); !ok || j.ID != second || err != nil {
		t.Errorf("the second: %+v, %v, %v", j, ok, err)
	}
	must(t, holder.EndJob(t.Context(), second, nil, errors.New("no answer from DEU")))
	if done, err = guest.Wait(t.Context(), second); err != nil || done.State != store.JobFailed || done.Error != "no answer from DEU" {
		t.Errorf("failed: %+v, %v", done, err)
	}
	changes, _, _, err := guest.Changes(t.Context(), 0)
	if must(t, err); len(changes) != 4 || changes[0].Kind != "job" || changes[0].ID != "1" {
		t.Errorf("changes: %v", changes)
	}
	if j, err := guest.Job(t.Context(), 99); !errors.Is(err, sql.ErrNoRows) || j.ID != 0 {
		t.Errorf("a job that does not exist: %+v, %v", j, err)
	}
}

func TestWaitNamesTheHolderThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	open(t, dir, "caveat that hangs")
	guest := open(t, dir, "guest")
	id, err := guest.Submit(t.Context(), "sync", nil)
	must(t, err)
	_, err = guest.Wait(t.Context(), id)
	if !errors.Is(err, store.ErrNoAnswer) || !strings.Contains(err.Error(), guest.Holder()) {
		t.Errorf("error %v", err)
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	s := open(t, t.TempDir(), "test")
	id, err := s.Submit(t.Context(), "sync", nil)
	must(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Wait(ctx, id); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestAbandonedJobs(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, "first holder")
	for range 2 {
		_, err := s.Submit(t.Context(), "sync", nil)
		must(t, err)
	}
	running, _, err := s.TakeJob(t.Context())
	must(t, err)
	must(t, s.Close())
	s = open(t, dir, "second holder")
	before, err := s.NewestChange(t.Context())
	must(t, err)
	must(t, s.AbandonedJobs(t.Context()))
	if j, err := s.Job(t.Context(), running.ID); err != nil || j.State != store.JobFailed || j.Error == "" {
		t.Errorf("what ran: %+v, %v", j, err)
	}
	if changes, _, _, err := s.Changes(t.Context(), before); err != nil || len(changes) != 1 {
		t.Errorf("whoever shows it is told %v, %v", changes, err)
	}
	if j, ok, err := s.TakeJob(t.Context()); !ok || j.ID == running.ID || err != nil {
		t.Errorf("what waited: %+v, %v, %v", j, ok, err)
	}
}

func TestOldJobsAreForgotten(t *testing.T) {
	s := open(t, t.TempDir(), "test")
	old, err := s.Submit(t.Context(), "sync", nil)
	must(t, err)
	must(t, s.EndJob(t.Context(), old, nil, nil))
	run(t, s, `UPDATE job SET created = ?`, time.Now().Add(-48*time.Hour).Unix())
	waiting, err := s.Submit(t.Context(), "sync", nil)
	must(t, err)
	run(t, s, `UPDATE job SET created = ?`, time.Now().Add(-48*time.Hour).Unix())
	last, err := s.Submit(t.Context(), "sync", nil)
	must(t, err)
	must(t, s.EndJob(t.Context(), last, nil, nil))
	if _, err := s.Job(t.Context(), old); !errors.Is(err, sql.ErrNoRows) {
		t.Errorf("a job of the day before yesterday: %v", err)
	}
	if _, err := s.Job(t.Context(), waiting); err != nil {
		t.Errorf("an old job that still waits: %v", err)
	}
}
