package api

import (
	"context"
	"database/sql"
	"log/slog"
	"sync"
	"time"

	"caveat/backend/store"
	"caveat/ldapbook"
)

const (
	// runFirst is how long a read goes on before anybody is told: most are over by then. runEvery is how often it is told then.
	runFirst = 300 * time.Millisecond
	runEvery = time.Second
	// runLost is how old the last word of a read may be: older, whoever did it is gone.
	runLost = 15 * time.Second
	// rateOver is how much of the past a rate is measured over: long enough to be steady, short enough to follow a link.
	rateOver = 10 * time.Second
)

// run is a read that goes on. What it tells lies in caveat.db, where every process sees it.
type run struct {
	s         *Service
	directory string
	full      bool
	started   time.Time
	stop      context.CancelCauseFunc

	mu      sync.Mutex
	now     ldapbook.SyncProgress
	samples []sample
	stopped chan struct{} // closed by end
	done    chan struct{} // closed when nothing more is written
}

// sample is how far a read was at a time.
type sample struct {
	at   time.Time
	read int
}

// beginRun begins to tell about a read; stop is called when somebody asks for that.
func (s *Service) beginRun(ctx context.Context, directory string, full bool, stop context.CancelCauseFunc) *run {
	r := &run{s: s, directory: directory, full: full, started: s.now(), stop: stop, stopped: make(chan struct{}), done: make(chan struct{})}
	go r.tell(context.WithoutCancel(ctx))
	return r
}

// note takes what the read says; it does not wait for anything.
func (r *run) note(p ldapbook.SyncProgress) {
	r.mu.Lock()
	r.now = p
	r.mu.Unlock()
}

// end ends the telling.
func (r *run) end() {
	close(r.stopped)
	<-r.done
}

func (r *run) tell(ctx context.Context) {
	defer close(r.done)
	next := time.NewTimer(runFirst)
	defer next.Stop()
	told := false
	for {
		select {
		case <-r.stopped:
			if told {
				r.warn(r.s.forgetRun(ctx, r.directory))
			}
			return
		case <-next.C:
			stop, err := r.write(ctx)
			r.warn(err)
			if told = true; stop {
				r.stop(ErrStopped)
			}
			next.Reset(runEvery)
		}
	}
}

// warn: that nobody sees how far a read is does not harm the read.
func (r *run) warn(err error) {
	if err != nil {
		slog.Warn("nobody can be told how far a read is", "directory", r.directory, "error", err)
	}
}

// write tells how far the read is, and reports whether somebody asked it to stop.
func (r *run) write(ctx context.Context) (stop bool, err error) {
	r.mu.Lock()
	p, now := r.now, r.s.now()
	rate := r.rate(now, p.Read)
	r.mu.Unlock()
	err = r.s.store.Write(ctx, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, `INSERT INTO sync_run (directory, started, updated, full, entries, added, changed, expected, per_second, bytes)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (directory) DO UPDATE SET
			stop = stop AND started = ?2, started = ?2, updated = ?3, full = ?4, entries = ?5, added = ?6, changed = ?7, expected = ?8, per_second = ?9, bytes = ?10
			RETURNING stop`,
			r.directory, r.started.UnixMilli(), now.UnixMilli(), r.full, p.Read, p.Added, p.Changed, p.Expected, rate, p.Bytes).Scan(&stop)
		if err != nil {
			return err
		}
		return store.Changed(ctx, tx, "sync", r.directory)
	})
	return stop, err
}

// rate is how many entries came each second of late; r.mu is held.
func (r *run) rate(now time.Time, read int) float64 {
	if len(r.samples) == 0 {
		r.samples = append(r.samples, sample{at: r.started})
	}
	for len(r.samples) > 1 && now.Sub(r.samples[1].at) >= rateOver {
		r.samples = r.samples[1:]
	}
	first := r.samples[0]
	r.samples = append(r.samples, sample{now, read})
	if took := now.Sub(first.at).Seconds(); took > 0 && read > first.read {
		return float64(read-first.read) / took
	}
	return 0
}

func (s *Service) forgetRun(ctx context.Context, directory string) error {
	return s.store.Write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM sync_run WHERE directory = ?`, directory); err != nil {
			return err
		}
		return store.Changed(ctx, tx, "sync", directory)
	})
}

// forgetRuns clears what a former holder left: nothing goes on any more.
func (s *Service) forgetRuns(ctx context.Context) error {
	return s.store.Write(ctx, func(tx *sql.Tx) error {
		gone, err := store.Column[string](ctx, tx, `DELETE FROM sync_run RETURNING directory`)
		for _, name := range gone {
			if err == nil {
				err = store.Changed(ctx, tx, "sync", name)
			}
		}
		return err
	})
}

// Runs tells, by directory, how far the reads are that go on, in this process or the holder's.
func (s *Service) Runs(ctx context.Context) (map[string]RunDocument, error) {
	rows, err := s.store.Reader().QueryContext(ctx, `SELECT directory, started, updated, full, entries, added, changed, expected, per_second, bytes, stop FROM sync_run`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]RunDocument{}
	for rows.Next() {
		var name string
		var started, updated int64
		var d RunDocument
		if err := rows.Scan(&name, &started, &updated, &d.Full, &d.Read, &d.Added, &d.Changed, &d.Expected, &d.PerSecond, &d.Bytes, &d.Stopping); err != nil {
			return nil, err
		}
		d.Started, d.Updated = time.UnixMilli(started).UTC(), time.UnixMilli(updated).UTC()
		if s.now().Sub(d.Updated) > runLost {
			continue
		}
		if d.PerSecond > 0 && d.Expected > d.Read {
			left := int(float64(d.Expected-d.Read)/d.PerSecond) + 1
			d.Left = &left
		}
		out[name] = d
	}
	return out, rows.Err()
}

// StopSync asks the read of a directory to stop; whoever does it notices within a second.
func (s *Service) StopSync(ctx context.Context, name string) (StoppedDocument, error) {
	if _, ok := s.fed.Directory(name); !ok {
		return StoppedDocument{}, s.noDirectory(name)
	}
	out := StoppedDocument{Directory: name}
	err := s.store.Write(ctx, func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, `UPDATE sync_run SET stop = 1 WHERE directory = ? AND updated >= ?`, name, s.now().Add(-runLost).UnixMilli())
		if err != nil {
			return err
		}
		n, err := r.RowsAffected()
		if out.Stopping = n > 0; err != nil || n == 0 {
			return err
		}
		return store.Changed(ctx, tx, "sync", name)
	})
	return out, err
}
