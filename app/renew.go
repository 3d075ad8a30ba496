package app

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"caveat/backend/api"
	"caveat/backend/installation"
	"caveat/backend/store"
)

// scene is a handler that can be exchanged while it serves.
type scene struct{ now atomic.Pointer[http.Handler] }

func (s *scene) show(h http.Handler) { s.now.Store(&h) }

// ServeHTTP implements http.Handler.
func (s *scene) ServeHTTP(w http.ResponseWriter, r *http.Request) { (*s.now.Load()).ServeHTTP(w, r) }

// errChanged: the installation file was changed.
var errChanged = errors.New("app: the installation was changed")

// keepWorking shows the workspace and does its work until ctx ends. When a command or the page changed the installation file, it goes
// on with the new one; with one that makes no sense it keeps the old, by which nothing is sent any more, says so, and looks whether it
// makes sense meanwhile.
func (w *workspace) keepWorking(ctx context.Context, on *scene, shell api.Shell) error {
	w.isRenewed.Store(true)
	after, err := w.store.NewestChange(ctx)
	for first, failed := true, 0; ; first = false {
		if err != nil && ctx.Err() == nil {
			return err
		}
		on.show(appHandler(w.service, shell))
		if !first {
			if err := w.tellRenewed(ctx); err != nil && ctx.Err() == nil {
				slog.Warn("pages are not told that the installation is another one", "error", err)
			}
		}
		g, running := errgroup.WithContext(ctx)
		g.Go(func() error { return w.workWhenHolder(running) })
		g.Go(func() error { return waitInstallation(running, w.store, after) })
		g.Go(func() error { return w.waitInForce(running, failed) })
		if err := g.Wait(); ctx.Err() != nil || !errors.Is(err, errChanged) {
			return err
		}
		after, err = w.store.NewestChange(ctx) // before the file is read: who writes it later than that has it read again
		failed++
		if cannot := w.renew(ctx); cannot == nil {
			failed = 0
		} else if ctx.Err() == nil {
			w.service.CannotRenew(cannot)
			slog.Warn("the changed installation cannot be used: nothing is sent until it can", "error", cannot)
		}
	}
}

// waitInstallation is errChanged when the installation file was changed after a change of the store; nil when ctx ends.
func waitInstallation(ctx context.Context, s *store.Store, after int64) error {
	for {
		err := s.WaitChange(ctx, after)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		changes, newest, reset, err := s.Changes(ctx, after)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		for _, c := range changes {
			reset = reset || c.Kind == api.ChangeInstallation
		}
		if reset { // or so much has changed that nobody knows
			return errChanged
		}
		after = newest
	}
}

// How often is looked whether what is in force can be taken up; the more often in vain, the longer is waited.
const (
	lookAgain = 5 * time.Second
	longest   = time.Hour
)

// waitInForce is errChanged when an installation file that could not be used, after so many attempts, can be, or when nobody has told that
// it is another one; nil when ctx ends. Where the log alone says so, because who changed it was killed, that is set right meanwhile.
func (w *workspace) waitInForce(ctx context.Context, failed int) error {
	wait := lookAgain << min(max(failed-1, 0), 3) // at most 40 s
	for isOther := false; ; {                     // before
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
		if w.service.Unusable() != "" {
			if _, err := installation.Load(w.service.Installation().Path); err == nil {
				return errChanged
			}
			continue
		}
		was := isOther
		var mended bool
		var err error
		mended, isOther, err = w.service.Reconcile(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			slog.Warn("it cannot be seen which settings are in force: nothing is sent meanwhile", "error", err)
			wait = min(2*wait, longest)
		case mended: // a program of another version may see the file otherwise: they must not write it down in turn for ever
			slog.Warn("the log had a change of settings that was not made: it says so now")
			wait = min(2*wait, longest)
		case isOther && was: // else who changed it is about to tell
			return errChanged
		}
	}
}

// successor is the Service that takes another one's place; done is closed when it is there.
type successor struct {
	done chan struct{}
	next *api.Service
}

// soon is how long a Service waits for its successor: loading an installation takes far less, on a machine that is not busy.
const soon = 20 * time.Second

// wait waits for the successor; nil: it has not come in time.
func (x *successor) wait(ctx context.Context) *api.Service {
	late := time.NewTimer(soon)
	defer late.Stop()
	select {
	case <-x.done:
		return x.next
	case <-late.C:
	case <-ctx.Done():
	}
	return nil
}

// renew takes the installation file as it is now into use. Requests that are under way end on the former one.
func (w *workspace) renew(ctx context.Context) error {
	in, err := installation.Load(w.service.Installation().Path)
	if err != nil {
		return err
	}
	in.Managed = w.service.Installation().Managed
	old, mail, talks, of := w.service, w.mail, w.chat, w.successor
	next := w.newService(in)
	if !in.File.IsSame(old.Installation().File) { // else two programs that work by two files would tell each other for ever
		err = next.NoteRules(ctx)
	}
	if err != nil { // rules that nobody could write down do not come into force
		err = errors.Join(err, next.Close(), w.mail.Close())
		w.mail, w.chat, w.successor = mail, talks, of
		w.metrics.in.Store(old.Installation())
		return err
	}
	w.service, of.next = next, next
	close(of.done)
	if err := errors.Join(old.Close(), mail.Close()); err != nil { // it is the new one all the same
		slog.Warn("connections of the former installation could not be closed", "error", err)
	}
	return nil
}

// tellRenewed has pages read everything anew. It is told when the new installation answers, not before: who hears it asks at once.
func (w *workspace) tellRenewed(ctx context.Context) error {
	return w.store.Write(ctx, func(tx *sql.Tx) error { return store.Changed(ctx, tx, "renewed", "") })
}
