package api

import (
	"context"
	"sync"
)

// reads lets one read of each directory happen at a time. Whoever asks while one goes on waits for the next, because what changed
// a moment ago need not be in this one; all who wait share that next one.
type reads struct {
	mu sync.Mutex
	by map[string]*turns
}

func (r *reads) of(directory string) *turns {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.by == nil {
		r.by = map[string]*turns{}
	}
	t := r.by[directory]
	if t == nil {
		t = &turns{token: make(chan struct{}, 1)}
		r.by[directory] = t
	}
	return t
}

// turns are the reads of one directory.
type turns struct {
	token chan struct{} // in it: somebody reads

	mu    sync.Mutex
	begun int // reads that have begun
	last  SyncDocument
	full  bool // the last one read everything
	cut   bool // the last one was broken off by whoever had asked for it
}

// read does the work in its turn, or gives what a read brought that began after this one was asked for.
func (t *turns) read(ctx context.Context, full bool, work func() SyncDocument) SyncDocument {
	t.mu.Lock()
	asked := t.begun
	t.mu.Unlock()
	select {
	case t.token <- struct{}{}:
	case <-ctx.Done():
		return SyncDocument{Error: ctx.Err().Error()}
	}
	defer func() { <-t.token }()
	t.mu.Lock()
	if t.begun > asked && !t.cut && (t.full || !full) {
		defer t.mu.Unlock()
		return t.last
	}
	t.begun++
	t.cut = true // unless it comes to its end
	t.mu.Unlock()
	done := work()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last, t.full, t.cut = done, full, ctx.Err() != nil
	return done
}

// isGoing reports whether a read goes on.
func (t *turns) isGoing() bool { return len(t.token) > 0 }
