package inbox

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"caveat/backend/plain"
	"caveat/backend/store"
)

// Run keeps the mailboxes up to date until ctx ends. Only the holder of the data directory's lock may call it (ErrNotHolder), one at
// a time. That a server is away is no error: it is tried again. Neither is a failure of the disk or the database, which is logged.
func (b *Box) Run(ctx context.Context) error {
	if !b.store.IsHolder() {
		return ErrNotHolder
	}
	if err := b.begin(ctx); err != nil {
		return err
	}
	// Before anything is shown as kept: it may not be permitted any more.
	if err := b.Recheck(ctx); err != nil && ctx.Err() == nil {
		b.warn(ctx, "what is kept of the inbox cannot be judged: each message is judged when it is shown", "", err)
	}
	var wg sync.WaitGroup
	for _, m := range b.config.Mailboxes {
		wg.Go(func() { b.keepRead(ctx, m.Name) })
	}
	wg.Go(func() { b.watch(ctx) })
	wg.Wait()
	return nil
}

// keepRead connects to a mailbox again and again.
func (b *Box) keepRead(ctx context.Context, mailbox string) {
	failures := 0
	for ctx.Err() == nil {
		began := b.config.Now()
		err := b.session(ctx, mailbox)
		if ctx.Err() != nil {
			return
		}
		if b.config.Now().Sub(began) > time.Minute {
			failures = 0
		}
		failures++
		if err := b.told(ctx, mailbox, plain.Text(err)); err != nil {
			b.warn(ctx, "the state of a mailbox cannot be written down", mailbox, err)
		}
		select {
		case <-ctx.Done():
		case <-b.wake[mailbox]: // somebody asks, or has something to tell it
		case <-time.After(b.config.Retry(failures)):
		}
	}
}

// session is one connection: what changed is read, then waited for. It ends with an error.
func (b *Box) session(ctx context.Context, mailbox string) error {
	src, err := b.config.Connect(ctx, mailbox)
	if err != nil {
		return err
	}
	defer src.Close()
	for {
		if err := b.round(ctx, src, mailbox); err != nil {
			return err
		}
		if err := b.told(ctx, mailbox, ""); err != nil {
			return err
		}
		if err := b.wait(ctx, src, mailbox); err != nil {
			return err
		}
	}
}

// wait returns when the mailbox changed, when there is something to do, or when it is to be looked through anyway.
func (b *Box) wait(ctx context.Context, src Source, mailbox string) error {
	waiting, end := context.WithTimeout(ctx, b.config.Every)
	defer end()
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		select {
		case <-b.wake[mailbox]:
			end()
		case <-stop:
		case <-waiting.Done():
		}
	})
	err := src.Wait(waiting)
	close(stop)
	wg.Wait()
	if waiting.Err() != nil && ctx.Err() == nil && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)) {
		return nil
	}
	return err
}

// round reads everything that changed, to the end.
func (b *Box) round(ctx context.Context, src Source, mailbox string) error {
	since, uids, err := b.known(ctx, mailbox)
	if err != nil {
		return err
	}
	c, err := src.Changes(ctx, since, uids)
	if err != nil {
		return err
	}
	if err := b.apply(ctx, mailbox, c); err != nil {
		return err
	}
	err = b.fetchAll(ctx, src, mailbox)
	if err == nil {
		err = b.markAll(ctx, src, mailbox)
	}
	if err != nil {
		return err
	}
	// All that is there was read: what was renumbered and not found again is gone.
	gone, err := b.store.Writer().ExecContext(ctx, `DELETE FROM inbox_message WHERE mailbox = ? AND uid = 0`, mailbox)
	if err != nil {
		return err
	}
	if n, err := gone.RowsAffected(); err != nil || n > 0 || len(c.Vanished)+len(c.New) > 0 {
		if err := b.collect(ctx); err != nil {
			b.warn(ctx, "bodies of messages that are gone cannot be removed: the next round tries again", mailbox, err)
		}
	}
	return nil
}

// fetchAll reads what is listed, the newest first, as long as there is room.
func (b *Box) fetchAll(ctx context.Context, src Source, mailbox string) error {
	j := b.newJudge()
	return b.each(ctx, func(r row) error {
		room, err := b.room(ctx)
		if err != nil {
			return err
		}
		if err := b.fetch(ctx, src, j, r, room); err != nil {
			return b.strike(ctx, r, err)
		}
		return nil
	}, `WHERE mailbox = ? AND state = ? AND uid > 0 ORDER BY received DESC, id DESC`, mailbox, stateListed)
}

// maxStrikes is how often one message may end the connection before it is passed over.
const maxStrikes = 3

// strike counts the times that a message ended the connection: one that does so again and again must not stand before all the others.
func (b *Box) strike(ctx context.Context, r row, err error) error {
	if ctx.Err() != nil {
		return err
	}
	err = fmt.Errorf("message of %s: %w", r.received.Format(time.RFC3339), err)
	b.mu.Lock()
	b.strikes[r.id]++
	out := b.strikes[r.id] >= maxStrikes
	if out {
		delete(b.strikes, r.id)
	}
	b.mu.Unlock()
	if !out {
		return err
	}
	return errors.Join(err, b.fail(ctx, r, "The mailbox does not give it: "+plain.Text(err)))
}

// room is how many octets may still be kept.
func (b *Box) room(ctx context.Context) (int64, error) {
	var used int64
	err := b.store.Reader().QueryRowContext(ctx, `SELECT coalesce(sum(size), 0) FROM inbox_message WHERE body <> ''`).Scan(&used)
	return b.config.MaxBytes - used, err
}

// markAll tells the mailbox what the user did.
func (b *Box) markAll(ctx context.Context, src Source, mailbox string) error {
	err := b.each(ctx, func(r row) error {
		err := src.Mark(ctx, r.uid, r.seen, r.answered)
		if err != nil && !errors.Is(err, ErrGone) {
			return err
		}
		_, err = b.store.Writer().ExecContext(ctx, `UPDATE inbox_message SET to_mark = 0 WHERE id = ? AND seen = ? AND answered = ?`, r.id, r.seen, r.answered)
		return err
	}, `WHERE mailbox = ? AND to_mark = 1 AND uid > 0`, mailbox)
	if errors.Is(err, ErrRenumbered) {
		return nil // the next Changes tells
	}
	return err
}

// rested is how long Recheck rests after it ran: while a directory is read, the book changes all the time.
const rested = 3 * time.Second

// watch does what other parts of the program ask for: it wakes the mailboxes when somebody asks to look now, or marked something, and
// judges anew when the book or the installation may say something else.
func (b *Box) watch(ctx context.Context) {
	w := watcher{box: b, asked: map[string]int64{}}
	for ctx.Err() == nil {
		err := b.store.EachChange(ctx, w.look)
		if err != nil {
			b.warn(ctx, "changes that concern the inbox cannot be read: tried again", "", err)
			select {
			case <-ctx.Done():
			case <-time.After(rested):
			}
		}
	}
}

type watcher struct {
	box     *Box
	asked   map[string]int64
	seq     int64
	began   bool
	dirty   bool
	checked time.Time
}

func (w *watcher) look(ctx context.Context) error {
	for _, m := range w.box.config.Mailboxes {
		var asked, marks int64
		if err := w.box.store.Reader().QueryRowContext(ctx, `SELECT asked, (SELECT count(*) FROM inbox_message WHERE mailbox = ?1 AND to_mark = 1 AND uid > 0)
			FROM inbox_mailbox WHERE name = ?1`, m.Name).Scan(&asked, &marks); err != nil {
			return err
		}
		// A mailbox that is away is not asked more often because a mark waits for it.
		if n := asked + marks<<32; n != w.asked[m.Name] {
			if w.began && (asked != w.asked[m.Name]&0xffffffff || marks > w.asked[m.Name]>>32) {
				w.box.rouse(m.Name)
			}
			w.asked[m.Name] = n
		}
	}
	changes, newest, reset, err := w.box.store.Changes(ctx, w.seq)
	if err != nil {
		return err
	}
	w.seq = newest
	if w.began && (reset || bearsOnClearance(changes)) {
		w.dirty = true
	}
	w.began = true
	if !w.dirty || time.Since(w.checked) < rested {
		return nil
	}
	w.dirty, w.checked = false, time.Now()
	return w.box.Recheck(ctx)
}

// bearsOnClearance reports that something changed that may change a verdict: anything but messages, drafts, chat and the inbox itself.
func bearsOnClearance(list []store.Change) bool {
	for _, c := range list {
		switch c.Kind {
		case ChangeKind, "message", "draft", "chat", "room":
		default:
			return true
		}
	}
	return false
}
