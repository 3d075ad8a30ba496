package chat

import (
	"context"
	"database/sql"
	"sync"
	"time"

	"caveat/backend/store"
)

// Run has the Source keep the sessions, and takes in what comes, until ctx ends. Only the holder of the data directory's lock may call
// it (ErrNotHolder), one at a time. That a server is away is no error; neither is a failure of the disk or the database, which is logged.
func (b *Box) Run(ctx context.Context) error {
	if !b.store.IsHolder() {
		return ErrNotHolder
	}
	if err := b.begin(ctx); err != nil {
		return err
	}
	if b.config.Source == nil || len(b.config.Accounts) == 0 {
		return nil
	}
	// Before anything is shown as kept: it may not be permitted any more.
	b.warn(ctx, "what is kept of the chat cannot be judged: each message is judged when it is shown", "", b.Recheck(ctx))
	var names []string
	for _, a := range b.config.Accounts {
		names = append(names, a.Name)
	}
	var wg sync.WaitGroup
	wg.Go(func() { b.writeDown(ctx) })
	wg.Go(func() { b.catchUp(ctx) })
	wg.Go(func() { b.watch(ctx) })
	err := b.config.Source.Run(ctx, hears{b, ctx}, names...)
	if ctx.Err() == nil {
		b.warn(ctx, "the chat sessions have ended", "", err)
	}
	wg.Wait()
	return nil
}

// begin makes the rows of the accounts that are configured, and removes what was said to others.
func (b *Box) begin(ctx context.Context) error {
	return b.store.Write(ctx, func(tx *sql.Tx) error {
		have, err := store.Column[string](ctx, tx, `SELECT name FROM chat_account`)
		if err != nil {
			return err
		}
		for _, name := range have {
			a, ok := b.account(name)
			if _, err := tx.ExecContext(ctx, `DELETE FROM chat_account WHERE name = ? AND (NOT ? OR jid <> ?)`, name, ok, bare(a.JID)); err != nil {
				return err
			}
		}
		for _, a := range b.config.Accounts {
			if _, err := tx.ExecContext(ctx, `INSERT INTO chat_account (name, jid) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET online = 0`, a.Name, bare(a.JID)); err != nil {
				return err
			}
		}
		return store.Changed(ctx, tx, ChangeKind, "")
	})
}

// rested is how long Recheck rests after it ran: while a directory is read, the book changes all the time.
const rested = 3 * time.Second

// watch judges anew when the book or the installation may say something else.
func (b *Box) watch(ctx context.Context) {
	w := watcher{box: b}
	for ctx.Err() == nil {
		if err := b.store.EachChange(ctx, w.look); err != nil {
			b.warn(ctx, "changes that concern the chat cannot be read: tried again", "", err)
			select {
			case <-ctx.Done():
			case <-time.After(rested):
			}
		}
	}
}

type watcher struct {
	box     *Box
	seq     int64
	began   bool
	dirty   bool
	checked time.Time
}

func (w *watcher) look(ctx context.Context) error {
	changes, newest, reset, err := w.box.store.Changes(ctx, w.seq)
	if err != nil {
		return err
	}
	w.seq = newest
	if w.began && (reset || BearsOnClearance(changes)) {
		w.dirty = true
		w.box.roster.forget()
	}
	w.began = true
	if !w.dirty || time.Since(w.checked) < rested {
		return nil
	}
	w.dirty, w.checked = false, time.Now()
	return w.box.Recheck(ctx)
}

// BearsOnClearance reports that something changed that may change what somebody is cleared for: anything but messages, drafts, the
// inbox and the chat itself.
func BearsOnClearance(list []store.Change) bool {
	for _, c := range list {
		switch c.Kind {
		case ChangeKind, RoomKind, "inbox", "message", "draft":
		default:
			return true
		}
	}
	return false
}

// Recheck judges all that is kept once more: what is not permitted any more is removed from the disk, and written down as withheld;
// what is permitted now is looked for in the archive.
func (b *Box) Recheck(ctx context.Context) error {
	j := b.newJudge()
	list, err := b.talks(ctx, b.store.Reader(), `ORDER BY id`)
	if err != nil {
		return err
	}
	for _, t := range list {
		if err := b.recheck(ctx, j, t); err != nil {
			return err
		}
	}
	return nil
}

func (b *Box) recheck(ctx context.Context, j judge, t talk) error {
	list, err := rows(ctx, b.store.Reader(), `WHERE conversation = ? AND kind <> ? ORDER BY seq`, t.id, KindRefusal)
	if err != nil {
		return err
	}
	heads := map[string]Head{} // most messages have one of a few labels
	for _, r := range list {
		h, ok := heads[r.envelope]
		if !ok {
			h = b.head(r.envelope, t.address)
			heads[r.envelope] = h
		}
		v, err := j.of(ctx, t.account, h)
		if err != nil {
			return err
		}
		switch {
		case v.Unsure: // it is not shown; the next answer may be another one
		case !v.MayRead && (r.state != stateWithheld || !r.logged):
			err = b.rewrite(ctx, t, r.seq, func(tx *sql.Tx, r *row) error {
				r.withhold()
				return b.logWithheld(ctx, tx, t, r, h, v)
			})
		case v.MayRead && r.state == stateWithheld:
			if err = b.rewrite(ctx, t, r.seq, func(_ *sql.Tx, r *row) error { r.state = stateMissing; return nil }); err == nil {
				b.ask(t.account)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// rewrite changes one row as it is now; one that is gone stays gone.
func (b *Box) rewrite(ctx context.Context, t talk, seq int64, f func(*sql.Tx, *row) error) error {
	return b.store.Write(ctx, func(tx *sql.Tx) error {
		list, err := rows(ctx, tx, `WHERE seq = ?`, seq)
		if err != nil || len(list) == 0 {
			return err
		}
		if err := f(tx, &list[0]); err != nil {
			return err
		}
		if err := list[0].update(ctx, tx); err != nil {
			return err
		}
		return store.Changed(ctx, tx, ChangeKind, t.id)
	})
}
