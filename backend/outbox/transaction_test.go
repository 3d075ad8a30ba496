package outbox_test

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"testing"
	"time"

	"caveat/backend/audit"
	"caveat/backend/draft"
	"caveat/backend/draftbox"
	"caveat/backend/outbox"
)

const stored = "0123456789abcdef"

// keep keeps a draft, as a page does while it is written.
func (o *office) keep(d draft.Draft) *draftbox.Box {
	o.t.Helper()
	b := draftbox.New(o.store, o.Now)
	_, err := b.Save(o.t.Context(), stored, 0, draftbox.Content{Draft: d})
	must(o.t, err)
	return b
}

// clearStored clears the draft that is kept, in its first version.
func (o *office) clearStored(ctx context.Context, box *outbox.Box, kept *draftbox.Box, d draft.Draft) (outbox.Cleared, error) {
	r, err := o.checkAtSend(ctx, d)
	if err != nil {
		return outbox.Cleared{}, err
	}
	return box.Clear(ctx, outbox.Request{Result: r, Account: "atl", InTransaction: func(ctx context.Context, tx *sql.Tx) error {
		return kept.Take(ctx, tx, stored, 1)
	}})
}

// left is how many messages, drafts and spool files there are.
func (o *office) left() (messages, drafts, files int) {
	o.t.Helper()
	must(o.t, o.store.Reader().QueryRow(`SELECT (SELECT count(*) FROM message), (SELECT count(*) FROM draft WHERE gone = '')`).Scan(&messages, &drafts))
	return messages, drafts, len(o.spooled())
}

// One draft is sent once, however often and from wherever that is asked for at the same moment.
func TestStoredDraftIsSentOnce(t *testing.T) {
	o := newOffice(t)
	d := message("SECRET", ann, bob)
	kept := o.keep(d)
	other := openStore(t, o.dir) // another process
	boxes := []*outbox.Box{o.box, o.box, outbox.New(other, o.config(nil)), outbox.New(other, o.config(nil))}
	var mu sync.Mutex
	var won []string
	var wg sync.WaitGroup
	for _, box := range boxes {
		wg.Go(func() {
			c, err := o.clearStored(t.Context(), box, kept, d)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				won = append(won, c.ID())
			case !errors.Is(err, draftbox.ErrGone) || !c.IsZero():
				t.Errorf("%v, %+v", err, c)
			}
		})
	}
	wg.Wait()
	if len(won) != 1 {
		t.Fatalf("%d messages were made of it", len(won))
	}
	if messages, drafts, files := o.left(); messages != 1 || drafts != 0 || files != 1 {
		t.Errorf("%d messages, %d drafts, %d spool files", messages, drafts, files)
	}
	cleared := 0
	for _, e := range o.log() {
		if e.Type == audit.TypeDecision {
			cleared++
		}
	}
	if cleared != 1 {
		t.Errorf("%d decisions are logged", cleared)
	}
	o.sendDue()
	o.state(won[0], outbox.Accepted, outbox.Accepted, outbox.Accepted)
	// A click that comes later, too.
	if _, err := o.clearStored(t.Context(), o.box, kept, d); !errors.Is(err, draftbox.ErrGone) {
		t.Errorf("sent again: %v", err)
	}
}

// What was saved on another page since is not sent unseen.
func TestStoredDraftThatChanged(t *testing.T) {
	o := newOffice(t)
	d := message("OPEN", ann)
	kept := o.keep(d)
	elsewhere := d
	elsewhere.Subject = "changed on another page"
	_, err := kept.Save(t.Context(), stored, 1, draftbox.Content{Draft: elsewhere})
	must(t, err)
	if _, err := o.clearStored(t.Context(), o.box, kept, d); !errors.Is(err, draftbox.ErrChanged) {
		t.Errorf("%v", err)
	}
	if messages, drafts, files := o.left(); messages != 0 || drafts != 1 || files != 0 {
		t.Errorf("%d messages, %d drafts, %d spool files", messages, drafts, files)
	}
}

// A draft that the check does not allow stays.
func TestBlockedSendLeavesTheDraft(t *testing.T) {
	o := newOffice(t)
	d := message("SECRET", ann, lou)
	kept := o.keep(d)
	var blocked *outbox.BlockedError
	if _, err := o.clearStored(t.Context(), o.box, kept, d); !errors.As(err, &blocked) {
		t.Errorf("%v", err)
	}
	if got, err := kept.Get(t.Context(), stored); err != nil || got.Version != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	if messages, drafts, files := o.left(); messages != 0 || drafts != 1 || files != 0 {
		t.Errorf("%d messages, %d drafts, %d spool files", messages, drafts, files)
	}
}

// Where the transaction is not committed, neither has happened.
func TestTransactionThatFails(t *testing.T) {
	for name, fail := range map[string]func(end context.CancelFunc, tx *sql.Tx) error{
		"the hook fails after it wrote": func(context.CancelFunc, *sql.Tx) error { return errors.New("failure") },
		"the context ends in it":        func(end context.CancelFunc, _ *sql.Tx) error { end(); return nil },
		"the database fails after it": func(_ context.CancelFunc, tx *sql.Tx) error {
			_, err := tx.Exec(`DROP TABLE message_recipient`) // until it is rolled back
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			d := message("OPEN", ann)
			kept := o.keep(d)
			r, err := o.checkAtSend(t.Context(), d)
			must(t, err)
			ctx, end := context.WithTimeout(t.Context(), time.Minute)
			defer end()
			c, err := o.box.Clear(ctx, outbox.Request{Result: r, Account: "atl", InTransaction: func(ctx context.Context, tx *sql.Tx) error {
				return errors.Join(kept.Take(ctx, tx, stored, 1), fail(end, tx))
			}})
			if err == nil || !c.IsZero() {
				t.Errorf("cleared: %v", c.ID())
			}
			if messages, drafts, files := o.left(); messages != 0 || drafts != 1 || files != 0 {
				t.Errorf("%d messages, %d drafts, %d spool files", messages, drafts, files)
			}
			if c, err := o.clearStored(t.Context(), o.box, kept, d); err != nil || c.IsZero() {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}
