package api

import (
	"context"
	"hash/fnv"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"caveat/backend/installation"
	"caveat/backend/plain"
	"caveat/ldapbook"
)

const (
	// lookEvery is how often the schedule is looked at.
	lookEvery = time.Second
	// stagger is how far apart directories begin that are all due at the start of the program, the own nation's first.
	stagger = time.Second
	// retryEvery is how soon a read that failed is tried again, where the directory's own interval is not shorter.
	retryEvery = installation.DefaultEvery
	// expireEvery is how often what was found in look-up directories is looked over.
	expireEvery = 24 * time.Hour
)

// plan is when each directory is read. The zero value: nobody reads, because this process does not keep the book fresh.
type plan struct {
	mu    sync.Mutex
	began time.Time            // when this process began to keep the book fresh
	tried map[string]time.Time // a failure before the first answer, such as a missing password, leaves no trace in the book
}

func (p *plan) begin(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.began, p.tried = now, map[string]time.Time{}
}

func (p *plan) try(name string, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tried[name] = now
}

// next says when a directory is read again; the zero time: never by itself. place is its place in the order of the first reads.
func (p *plan) next(d installation.Directory, place int, st ldapbook.Status) time.Time {
	p.mu.Lock()
	began, tried := p.began, p.tried[d.Name]
	p.mu.Unlock()
	every := d.Interval()
	if began.IsZero() || every == 0 {
		return time.Time{}
	}
	first := began.Add(time.Duration(place) * stagger)
	last, failed := st.LastAttempt, st.Error != "" || st.LastSuccess.IsZero()
	if tried.After(last) {
		last, failed = tried, true
	}
	if failed && last.Before(began) { // the program was started anew: perhaps that mended it
		return first
	}
	if failed {
		every = min(every, retryEvery)
	}
	next := last.Add(every + jitter(d.Name, last, every))
	if next.Before(first) {
		return first
	}
	return next
}

// jitter spreads reads by up to a tenth of their interval, at most a minute, so that directories that began together do not stay
// together, and a federation's installations do not ask one server all at once. It is the same whenever it is asked for.
func jitter(name string, last time.Time, every time.Duration) time.Duration {
	h := fnv.New64a()
	h.Write([]byte(name + strconv.FormatInt(last.UnixNano(), 10)))
	return time.Duration(h.Sum64() % uint64(min(every/10, time.Minute)))
}

// places gives each directory its place in the order of the first reads: the own nation's before the others, else as in the file.
func (s *Service) places() map[string]int {
	out := map[string]int{}
	for _, own := range []bool{true, false} {
		for _, d := range s.in.Directories {
			if (d.Nation == s.in.File.System.Nation) == own && d.Interval() > 0 {
				out[d.Name] = len(out)
			}
		}
	}
	return out
}

// keepFresh reads each mirrored directory when it is due, each by itself: one that is slow delays no other. One that fails is
// logged and tried again.
func (s *Service) keepFresh(ctx context.Context) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	s.plan.begin(s.now())
	defer s.plan.begin(time.Time{})
	var expired time.Time
	for {
		healed, err := s.book.Heal(ctx)
		if err != nil {
			return err
		}
		if healed {
			s.plan.begin(s.now())
			slog.Warn("the book was deleted: it is made anew and the directories are read")
		}
		due, err := s.due(ctx)
		if err != nil {
			return err
		}
		for _, x := range due {
			s.plan.try(x.Name, s.now())
			wg.Go(func() { s.freshen(ctx, x) })
		}
		if s.now().Sub(expired) >= expireEvery {
			expired = s.now()
			s.expire(ctx)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// due lists what is to be read now and is not being read. Whether everything is (full_every), the book decides.
func (s *Service) due(ctx context.Context) ([]installation.Directory, error) {
	status, err := s.statuses(ctx)
	if err != nil {
		return nil, err
	}
	places, now := s.places(), s.now()
	var out []installation.Directory
	for _, d := range s.in.Directories {
		next := s.plan.next(d, places[d.Name], status[d.Name])
		if !next.IsZero() && !next.After(now) && !s.reads.of(d.Name).isGoing() {
			out = append(out, d)
		}
	}
	return out, nil
}

func (s *Service) freshen(ctx context.Context, d installation.Directory) {
	done, err := s.SyncWith(ctx, SyncRequest{Directory: d.Name}, nil)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		slog.Warn("a directory could not be read", "directory", d.Name, "error", err)
	case !done[0].OK:
		slog.Warn("a directory could not be read", "directory", d.Name, "error", done[0].Error, "held", done[0].Held)
	default:
		slog.Info("a directory was read", "directory", d.Name, "entries", done[0].Read, "changed", done[0].Added+done[0].Changed+done[0].Removed, "seconds", done[0].Seconds)
		s.readAhead(ctx)
	}
}

// expire forgets what was found in look-up directories and is older than they allow (RULES 22).
func (s *Service) expire(ctx context.Context) {
	for _, d := range s.in.Directories {
		if d.Kept() == 0 {
			continue
		}
		n, err := s.book.Expire(ctx, d.Name, s.now().Add(-d.Kept()))
		switch {
		case err != nil && ctx.Err() == nil:
			slog.Warn("what was found in a directory cannot be forgotten", "directory", d.Name, "error", err)
		case n > 0:
			slog.Info("what was found in a directory is forgotten", "directory", d.Name, "entries", n)
			s.tellSynced(ctx, d)
		}
	}
}

// statuses tells per directory what the book knows of it.
func (s *Service) statuses(ctx context.Context) (map[string]ldapbook.Status, error) {
	list, err := s.book.Status(ctx)
	if err != nil {
		return nil, err
	}
	out := make(map[string]ldapbook.Status, len(list))
	for _, st := range list {
		st.Error = plain.Written(st.Error)
		out[st.Directory] = st
	}
	return out, nil
}
