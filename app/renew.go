package app

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"net/http"
	"sync/atomic"

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
// on with the new one; with one that makes no sense it keeps the old, and says so.
func (w *workspace) keepWorking(ctx context.Context, on *scene, shell api.Shell) error {
	for first := true; ; first = false {
		after, err := w.store.NewestChange(ctx)
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
		if err := g.Wait(); ctx.Err() != nil || !errors.Is(err, errChanged) {
			return err
		}
		if err := w.renew(ctx); err != nil && ctx.Err() == nil {
			slog.Warn("the changed installation cannot be used: the former one stays in use", "error", err)
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

// renew takes the installation file as it is now into use. Requests that are under way end on the former one.
func (w *workspace) renew(ctx context.Context) error {
	in, err := installation.Load(w.service.Installation().Path)
	if err != nil {
		return err
	}
	in.Managed = w.service.Installation().Managed
	old, mail := w.service, w.mail
	next := w.newService(in)
	if err := next.NoteRules(ctx); err != nil { // rules that nobody could write down do not come into force
		err = errors.Join(err, next.Close(), w.mail.Close())
		w.mail = mail
		return err
	}
	w.service = next
	return errors.Join(old.Close(), mail.Close())
}

// tellRenewed has pages read everything anew. It is told when the new installation answers, not before: who hears it asks at once.
func (w *workspace) tellRenewed(ctx context.Context) error {
	return w.store.Write(ctx, func(tx *sql.Tx) error { return store.Changed(ctx, tx, "renewed", "") })
}
