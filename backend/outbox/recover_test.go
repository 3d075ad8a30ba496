package outbox_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"caveat/backend/audit"
	"caveat/backend/outbox"
)

func TestRule25Recover(t *testing.T) {
	o := newOffice(t)
	states := map[outbox.State]outbox.State{ // what an earlier holder left, and what becomes of it
		outbox.BodySent: outbox.PerhapsDelivered, outbox.Sending: outbox.Queued, outbox.Queued: outbox.Queued, outbox.Deferred: outbox.Deferred,
		outbox.Accepted: outbox.Accepted, outbox.Refused: outbox.Refused, outbox.Held: outbox.Held, outbox.PerhapsDelivered: outbox.PerhapsDelivered, outbox.Dropped: outbox.Dropped,
	}
	ids := map[outbox.State]string{}
	for left := range states {
		ids[left] = o.queue(message("OPEN", ann, bob))
		o.exec(`UPDATE message SET state = ? WHERE id = ?`, left, ids[left])
	}
	o.exec(`UPDATE message_recipient SET state = ? WHERE message = ? AND position = 0`, outbox.Accepted, ids[outbox.BodySent])
	o.restart()
	must(t, o.box.Recover(t.Context()))
	for left, want := range states {
		if got := o.show(ids[left]).State; got != want {
			t.Errorf("%s became %s, want %s", left, got, want)
		}
	}
	o.state(ids[outbox.BodySent], outbox.PerhapsDelivered, outbox.Accepted, outbox.PerhapsDelivered)
	moved := 0
	for _, e := range o.log() {
		if e.Type == audit.TypeState {
			moved++
		}
	}
	if moved != 2 {
		t.Errorf("%d changes in the log, want 2", moved)
	}
	must(t, o.box.Recover(t.Context())) // again: nothing more
	if got := len(o.log()); got != len(states)+2 {
		t.Errorf("%d lines in the log", got)
	}
}

// A process that is not the holder must not take the holder's message for one that was left behind.
func TestRule25OnlyTheHolderRecoversAndSends(t *testing.T) {
	o := newOffice(t)
	id := o.queue(message("OPEN", ann))
	o.exec(`UPDATE message SET state = ?`, outbox.Sending)
	guest := outbox.New(openStore(t, o.dir), o.config(o.sender))
	if err := guest.Recover(t.Context()); !errors.Is(err, outbox.ErrNotHolder) {
		t.Errorf("Recover: %v", err)
	}
	if err := guest.SendDue(t.Context()); !errors.Is(err, outbox.ErrNotHolder) {
		t.Errorf("SendDue: %v", err)
	}
	if err := guest.Run(t.Context()); !errors.Is(err, outbox.ErrNotHolder) {
		t.Errorf("Run: %v", err)
	}
	o.state(id, outbox.Sending, outbox.Queued)
}

// A program that was killed between file and row leaves a file that nothing names.
func TestRecoverCleansTheSpool(t *testing.T) {
	o := newOffice(t)
	must(t, o.box.Recover(t.Context())) // without a spool
	waiting, done := o.queue(message("OPEN", ann)), o.queue(message("OPEN", bob))
	o.exec(`UPDATE message SET state = ? WHERE id = ?`, outbox.Accepted, done)
	want := o.spooled()
	put := func(name string, age time.Duration) {
		path := filepath.Join(o.dir, "spool", name)
		must(t, os.WriteFile(path, []byte(name), 0o600))
		must(t, os.Chtimes(path, o.Now(), o.Now().Add(-age)))
	}
	sum := func(s string) string { h := sha256.Sum256([]byte(s)); return hex.EncodeToString(h[:]) }
	put(sum("orphan"), 2*time.Hour)
	put(".new-orphan", 2*time.Hour)
	for name, age := range map[string]time.Duration{ // they stay
		sum("being cleared by another process"): time.Minute, ".new-being-written": time.Minute, "README": 100 * time.Hour, "abcdef": 100 * time.Hour,
	} {
		put(name, age)
		want = append(want, name)
	}
	for _, name := range o.spooled() { // those with a row are as old
		if path := filepath.Join(o.dir, "spool", name); slices.Index(want, name) < 2 && slices.Contains(want, name) {
			must(t, os.Chtimes(path, o.Now(), o.Now().Add(-9*time.Hour)))
		}
	}
	must(t, o.box.Recover(t.Context()))
	slices.Sort(want)
	if got := o.spooled(); !slices.Equal(got, want) {
		t.Errorf("in the spool: %v, want %v", got, want)
	}
	o.sendDue()
	o.state(waiting, outbox.Accepted, outbox.Accepted)
}
