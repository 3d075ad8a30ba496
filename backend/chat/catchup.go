package chat

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"caveat/backend/plain"
	"caveat/backend/store"
)

const (
	firstArchive = 14 * 24 * time.Hour // how far back the archive is read for the first time
	rounds       = 20                  // of one archive, each as much as the Source reads at once
	enterEvery   = time.Minute         // how often a room that the user wants to be in is tried again
)

// catchUp enters the rooms that the user wants to be in, and reads in the archives what was said meanwhile, whenever an account comes
// online, a room is entered, or something is permitted that was withheld.
func (b *Box) catchUp(ctx context.Context) {
	tick := time.NewTicker(enterEvery)
	defer tick.Stop()
	entered := map[string]bool{} // conversations that were entered once: the Source stays in them
	for {
		select {
		case <-ctx.Done():
			return
		case account := <-b.again:
			b.enter(ctx, account, entered)
			b.warn(ctx, "the archive of chat cannot be read", account, b.readArchives(ctx, account))
		case <-tick.C:
			for _, a := range b.config.Accounts {
				b.enter(ctx, a.Name, nil)
			}
		}
	}
}

// enter enters the rooms that the user wants to be in and is not, but for those that the Source enters again by itself.
func (b *Box) enter(ctx context.Context, account string, entered map[string]bool) {
	if online, err := b.isOnline(ctx, account); err != nil || !online {
		return
	}
	passwords := b.readBookmarks(ctx, account)
	list, err := b.talks(ctx, b.store.Reader(), `WHERE account = ? AND kind = ? AND wanted = 1 ORDER BY created`, account, Room)
	if err != nil {
		b.warn(ctx, "the rooms to be entered cannot be read", account, err)
		return
	}
	for _, t := range list {
		if _, err := b.config.Source.Inside(account, t.address); err == nil || entered[t.id] {
			continue
		}
		if entered != nil {
			entered[t.id] = true
		}
		b.enterOne(ctx, t, passwords[t.address])
	}
}

func (b *Box) enterOne(ctx context.Context, t talk, password string) {
	b.joining.Lock()
	defer b.joining.Unlock()
	now, err := b.talk(ctx, t.id)
	if err != nil || !now.wanted {
		return // left meanwhile
	}
	if err := b.config.Source.Join(ctx, t.account, t.address, now.nick, password, 0); err != nil && ctx.Err() == nil {
		b.warn(ctx, "that a room cannot be entered cannot be written down", t.account, b.notIn(ctx, now, false, err))
	}
}

func (b *Box) isOnline(ctx context.Context, account string) (online bool, err error) {
	err = b.store.Reader().QueryRowContext(ctx, `SELECT online FROM chat_account WHERE name = ?`, account).Scan(&online)
	return online, err
}

// readBookmarks takes over which rooms are kept at the server, and gives their passwords, which are kept nowhere else. No room is
// entered because of that.
func (b *Box) readBookmarks(ctx context.Context, account string) map[string]string {
	list, err := b.config.Source.Bookmarks(ctx, account)
	if err != nil {
		return nil // a server without them; those that are known stay
	}
	passwords := map[string]string{}
	var marked []string
	for _, x := range list {
		if address := bare(x.Room); address != "" {
			passwords[address] = x.Password
			marked = append(marked, address)
		}
	}
	err = b.store.Write(ctx, func(tx *sql.Tx) error {
		talks, err := b.talks(ctx, tx, `WHERE account = ? AND kind = ?`, account, Room)
		if err != nil {
			return err
		}
		for _, t := range talks {
			_, is := passwords[t.address]
			if is == t.bookmarked {
				continue
			}
			if _, err := tx.ExecContext(ctx, `UPDATE chat_conversation SET bookmarked = ? WHERE id = ?`, is, t.id); err != nil {
				return err
			}
			if err := store.Changed(ctx, tx, ChangeKind, t.id); err != nil {
				return err
			}
		}
		return nil
	})
	b.warn(ctx, "bookmarks cannot be written down", account, err)
	return passwords
}

// readArchives reads what was said with people, and in the rooms that the account is in.
func (b *Box) readArchives(ctx context.Context, account string) error {
	if online, err := b.isOnline(ctx, account); err != nil || !online {
		return err
	}
	var caught int64
	if err := b.store.Reader().QueryRowContext(ctx, `SELECT caught FROM chat_account WHERE name = ?`, account).Scan(&caught); err != nil {
		return err
	}
	since := b.config.Now().Add(-firstArchive)
	if caught > 0 {
		since = time.UnixMilli(caught)
	}
	err := b.readArchive(ctx, account, "", since, `kind = 'person' AND account = ?`, account, func(at int64) (string, []any) {
		return `UPDATE chat_account SET caught = ? WHERE name = ?`, []any{at, account}
	})
	list, listErr := b.talks(ctx, b.store.Reader(), `WHERE account = ? AND kind = ? ORDER BY created`, account, Room)
	if listErr != nil {
		return listErr
	}
	problems := []error{err}
	for _, t := range list {
		if _, err := b.config.Source.Inside(account, t.address); err != nil {
			continue
		}
		problems = append(problems, b.readArchive(ctx, account, t.address, time.UnixMilli(max(t.caught, t.created)), `id = ?`, t.id, func(at int64) (string, []any) {
			return `UPDATE chat_conversation SET caught = ? WHERE id = ?`, []any{at, t.id}
		}))
	}
	err = errors.Join(problems...)
	if ctx.Err() != nil || errors.Is(err, ErrOffline) {
		return nil // read when it is online again
	}
	note := ""
	if err != nil {
		note = "The archive could not be read to its end: messages may be missing here. " + plain.Text(err)
	}
	return errors.Join(err, b.noteArchive(ctx, account, note))
}

// readArchive reads one archive from a time on, or from the first message on that is missing here, as far as it goes; which are its
// conversations where and arg say, and caught how it is remembered up to when it was read.
func (b *Box) readArchive(ctx context.Context, account, with string, since time.Time, where string, arg any, caught func(int64) (string, []any)) error {
	inThese := `conversation IN (SELECT id FROM chat_conversation WHERE ` + where + `) AND state = '` + stateMissing + `' AND problem = ''`
	var first sql.NullInt64
	if err := b.store.Reader().QueryRowContext(ctx, `SELECT min(at) FROM chat_message WHERE `+inThese, arg).Scan(&first); err != nil {
		return err
	}
	if first.Valid && first.Int64 < since.UnixMilli() {
		since = time.UnixMilli(first.Int64)
	}
	began := b.config.Now()
	for n := 0; ; n++ {
		last, err := b.readRound(ctx, account, with, since)
		switch {
		case errors.Is(err, ErrNoArchive):
			return nil
		case errors.Is(err, ErrTooMuch) && last.After(since) && n < rounds:
			since = last
			continue
		case err != nil:
			if with != "" {
				return fmt.Errorf("%s: %w", with, err)
			}
			return err
		}
		break
	}
	query, args := caught(began.UnixMilli())
	return b.store.Write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, query, args...); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE chat_message SET problem = 'Your clearance permits it now, but the archive does not have it any more.' WHERE `+inThese, arg)
		return err
	})
}

// readRound reads what the Source reads at once, and gives the time of the last message.
func (b *Box) readRound(ctx context.Context, account, with string, since time.Time) (last time.Time, err error) {
	var batch []incoming
	flush := func() error {
		err := b.take(ctx, batch)
		batch = nil
		return err
	}
	err = b.config.Source.Archive(ctx, account, with, since, func(m Incoming) error {
		if m.Delay != nil && m.Delay.At.After(last) {
			last = m.Delay.At
		}
		if m.Room != (with != "") {
			return nil // what a person said is no room's, and the other way round
		}
		batch = append(batch, incoming{message: &m})
		if len(batch) < maxBatch {
			return nil
		}
		return flush()
	})
	return last, errors.Join(err, flush())
}
