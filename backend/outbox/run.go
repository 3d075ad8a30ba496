package outbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"caveat/backend/audit"
	"caveat/backend/plain"
	"caveat/backend/store"
)

// Expiry is how long a message is tried where Config says nothing else.
const Expiry = 5 * 24 * time.Hour

// Recover sorts out what an earlier holder of the lock left: body-sent becomes perhaps-delivered (of a copy: queued, since
// whoever keeps it looks first whether it is there), sending becomes queued (RULES 25). What was checked before counts no more, and a checkpoint in the log says where that is. Wire bytes that no row names
// are removed. The holder calls it once, before Run; for others it is ErrNotHolder.
func (b *Box) Recover(ctx context.Context) error {
	if !b.store.IsHolder() {
		return ErrNotHolder
	}
	err := b.store.Write(ctx, func(tx *sql.Tx) error {
		seq, err := audit.Append(ctx, tx, audit.TypeCheckpoint, struct{}{})
		if err != nil {
			return err
		}
		b.begun.Store(seq)
		if err := b.moveAll(ctx, tx, BodySent, false, PerhapsDelivered, "The program ended after the message was handed over and before the server answered."); err != nil {
			return err
		}
		return errors.Join(b.moveAll(ctx, tx, BodySent, true, Queued, ""), b.moveAll(ctx, tx, Sending, false, Queued, ""), b.moveAll(ctx, tx, Sending, true, Queued, ""))
	})
	if err != nil {
		return err
	}
	b.remember(ctx)
	return b.cleanSpool(ctx)
}

// moveAll moves every message, or every copy, that is in one state.
func (b *Box) moveAll(ctx context.Context, tx *sql.Tx, from State, copies bool, to State, note string) error {
	ids, err := store.Column[string](ctx, tx, `SELECT id FROM message WHERE state = ? AND (folder <> '') = ?`, from, copies)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := b.move(ctx, tx, id, to, note); err != nil {
			return err
		}
	}
	return nil
}

// move changes the state of a message and of its recipients that are not settled, with an audit entry.
func (b *Box) move(ctx context.Context, tx *sql.Tx, id string, to State, note string) error {
	return b.moveBy(ctx, tx, id, stateChange{State: to, Note: note})
}

// moveBy is move as a line of the log says it, whose message and time are added.
func (b *Box) moveBy(ctx context.Context, tx *sql.Tx, id string, change stateChange) error {
	if _, err := tx.ExecContext(ctx, `UPDATE message_recipient SET state = ?, changed = ? WHERE message = ? AND state NOT IN (?, ?)`,
		change.State, b.config.Now().UnixMilli(), id, Accepted, Refused); err != nil {
		return err
	}
	return b.markBy(ctx, tx, id, change)
}

// mark changes the state of a message alone, with an audit entry.
func (b *Box) mark(ctx context.Context, tx *sql.Tx, id string, to State, note string) error {
	return b.markBy(ctx, tx, id, stateChange{State: to, Note: note})
}

func (b *Box) markBy(ctx context.Context, tx *sql.Tx, id string, change stateChange) error {
	if _, err := tx.ExecContext(ctx, `UPDATE message SET state = ?, note = ? WHERE id = ?`, change.State, change.Note, id); err != nil {
		return err
	}
	if change.Message = id; change.State == Removing {
		at := b.config.Now().UTC()
		change.At = &at
	}
	if _, err := audit.Append(ctx, tx, audit.TypeState, change); err != nil {
		return err
	}
	return store.Changed(ctx, tx, "message", id)
}

// Run sends what is due until ctx ends. Only the holder of the lock may call it, one at a time. Accounts do not wait for one another:
// each has a worker, and copies are kept beside messages, so that a server that is slow or silent delays only what goes through it. When
// one of them fails with the database, so does Run, after the others have ended.
func (b *Box) Run(ctx context.Context) error {
	g, running := errgroup.WithContext(ctx)
	for _, c := range []*crew{b.messageCrew(g), b.copyCrew(g)} {
		g.Go(func() error {
			return b.store.EachChange(running, func(context.Context) error { return c.round(running) })
		})
	}
	err := g.Wait()
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return nil // a worker that was told to end
	}
	return err
}

// SendDue tries every message that is due, once, then every copy. For others than the holder it is ErrNotHolder.
func (b *Box) SendDue(ctx context.Context) error {
	if err := b.once(ctx, b.messageCrew); err != nil {
		return err
	}
	b.beforeCopies()
	return b.once(ctx, b.copyCrew)
}

// once is one round of a crew, to its end.
func (b *Box) once(ctx context.Context, of func(*errgroup.Group) *crew) error {
	g, running := errgroup.WithContext(ctx)
	c := of(g)
	return errors.Join(c.round(running), g.Wait())
}

// tamperedNote is what the user is told of an ErrTampered.
const tamperedNote = "The queued message does not match what the audit log says was cleared. It was not sent."

// sendOne takes one message through an attempt. Its error is one of the database; what happens to the message is a state.
func (b *Box) sendOne(ctx context.Context, id string) error {
	l, err := b.load(ctx, id)
	switch {
	case errors.Is(err, ErrTampered):
		return b.hold(ctx, id, nil, tamperedNote)
	case errors.Is(err, errSpool):
		if claimed, err := b.claim(ctx, l); err != nil || !claimed {
			return err
		}
		return b.putOff(ctx, l, plain.Text(err))
	case err != nil:
		return err
	case l.sendAt.After(b.config.Now()):
		return nil // whatever the row says
	}
	backs := b.waits.backsOf(l)
	if err := b.tryOne(ctx, l); err != nil || backs == b.waits.backsOf(l) {
		return err
	}
	// The account came back while it was being put off, and Online has not seen it waiting.
	return b.release(ctx, []string{id})
}

// tryOne takes a message that was loaded through an attempt.
func (b *Box) tryOne(ctx context.Context, l loaded) error {
	if waits, err := b.awaitLog(ctx, l); err != nil || waits {
		return err
	}
	if l.isCopy() {
		if due, err := b.isCopyDue(ctx, &l); err != nil || !due {
			return err
		}
	}
	if until, note, waits := b.waits.of(l, b.config.Now()); waits {
		return b.write(ctx, func(ctx context.Context, tx *sql.Tx) error { return b.waitUntil(ctx, tx, l, until, note) })
	}
	for again := true; again; l.attempts++ {
		if good, err := b.checkAgain(ctx, &l); err != nil || !good {
			return err
		}
		claimed, err := b.claim(ctx, l)
		if err != nil || !claimed {
			return err
		}
		if again, err = b.attempt(ctx, l); err != nil {
			return err
		}
		l.checked = time.Time{} // of others than those who get it
	}
	return nil
}

// claim marks the message as being sent; false when it is not waiting any more (the user dropped it), or was tried since it
// was loaded: then what was loaded is not true any more; or where the settings that it was checked by are not in force any more: then it
// waits for those who know the others.
func (b *Box) claim(ctx context.Context, l loaded) (claimed bool, err error) {
	err = b.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if waits, err := b.awaitSettings(ctx, tx, l); err != nil || waits {
			return err
		}
		claimed, err = update(ctx, tx, `UPDATE message SET state = ?, attempts = attempts + 1, note = '' WHERE id = ? AND attempts = ? AND state IN (?, ?)`,
			Sending, l.id, l.attempts, Queued, Deferred)
		if err != nil || !claimed {
			return err
		}
		return store.Changed(ctx, tx, "message", l.id)
	})
	return claimed && err == nil, err
}

// update runs a statement that changes one row, and reports whether it did.
func update(ctx context.Context, tx *sql.Tx, statement string, args ...any) (bool, error) {
	r, err := tx.ExecContext(ctx, statement, args...)
	if err != nil {
		return false, err
	}
	n, err := r.RowsAffected()
	return n == 1, err
}

// write is a write transaction that a shutdown does not interrupt: a state that was reached is written down. f must use the
// context that it is given.
func (b *Box) write(ctx context.Context, f func(context.Context, *sql.Tx) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer cancel()
	return b.store.Write(ctx, func(tx *sql.Tx) error { return f(ctx, tx) })
}

// attempt hands the message to its sender and writes down what came of it. again: it is to be checked and tried again at once.
func (b *Box) attempt(ctx context.Context, l loaded) (again bool, err error) {
	sender := b.config.Senders[l.channel]
	if sender == nil {
		return false, b.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
			return b.postpone(ctx, tx, l, fmt.Sprintf("This program cannot send on the channel %s yet.", l.channel), b.retry(l.attempts+1, Receipt{}))
		})
	}
	handedOver := false
	bodySent := func() error {
		err := b.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
			ours, err := update(ctx, tx, `UPDATE message SET state = ? WHERE id = ? AND state IN (?, ?)`, BodySent, l.id, Sending, BodySent)
			if err != nil {
				return err
			}
			if !ours {
				return errNotSending
			}
			if !handedOver { // a row could be altered while the program is not there: the log says that it was near its end
				if _, err := audit.Append(ctx, tx, audit.TypeState, stateChange{Message: l.id, State: BodySent}); err != nil {
					return err
				}
			}
			return store.Changed(ctx, tx, "message", l.id)
		})
		handedOver = handedOver || err == nil
		return err
	}
	receipts, err := sender.Send(ctx, l.leavingBy(b.asOfCheck(l)), bodySent)
	if errors.Is(err, ErrOutdated) && !l.isCopy() {
		return b.outdated(ctx, l, handedOver, plain.Text(err))
	}
	b.came.Delete(l.id)
	if errors.Is(err, ErrTampered) && !handedOver { // its bytes were exchanged since they were loaded
		return false, b.write(ctx, func(ctx context.Context, tx *sql.Tx) error { return b.move(ctx, tx, l.id, l.stopped(), tamperedNote) })
	}
	ending := ctx.Err() != nil
	wait, released := b.waitAfter(l, receipts, err, ending)
	written := b.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if ended, err := isEnded(ctx, tx, l.id); err != nil || ended {
			return err // before its end was sent: bodySent was refused, or never asked
		}
		switch {
		case err != nil && l.isCopy() && !ending && !errors.Is(err, ErrPermanent):
			return b.postpone(ctx, tx, l, plain.Text(err), wait)
		case err != nil && l.isCopy() && ending:
			return b.move(ctx, tx, l.id, Queued, "")
		case err != nil && handedOver && !l.isCopy():
			return b.move(ctx, tx, l.id, PerhapsDelivered, "The connection ended after the message was handed over and before the server answered: "+plain.Text(err))
		case errors.Is(err, ErrPermanent):
			return b.giveUp(ctx, tx, l, plain.Text(err))
		case err != nil && ending: // nothing was delivered, and nothing is wrong with the message
			return b.move(ctx, tx, l.id, Queued, "")
		case err != nil:
			return b.postpone(ctx, tx, l, plain.Text(err), wait)
		}
		return b.receive(ctx, tx, l, receipts, handedOver, wait)
	})
	return false, errors.Join(written, b.release(ctx, released))
}

// stopped is what becomes of something that must not be sent, and of which only a person could say what is to be done. Nobody is asked
// about copies.
func (l loaded) stopped() State {
	if l.isCopy() {
		return Dropped
	}
	return Held
}

// waitAfter is how long to wait after an attempt, if there is to be another one. That the server could not be reached, or is about to
// go (421), concerns everything of the account; any other answer shows that it can be used, and releases what waited for that.
//
// std: RFC5321 §3.8
func (b *Box) waitAfter(l loaded, receipts []Receipt, err error, ending bool) (wait time.Duration, released []string) {
	own := func(attempts int) time.Duration { return b.retry(attempts, Receipt{}) }
	i := slices.IndexFunc(receipts, func(r Receipt) bool { return r.State == Deferred && r.Code == 421 })
	switch {
	case ending:
	case err == nil && i >= 0:
		return b.waits.failed(l, b.config.Now(), receipts[i].Text, own), nil
	case errors.Is(err, errConnection):
		return b.waits.failed(l, b.config.Now(), plain.Text(err), own), nil
	case err == nil:
		released = b.waits.worked(l)
	}
	return b.retryOf(l.attempts+1, receipts), released
}
