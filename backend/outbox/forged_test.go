package outbox_test

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"testing"
	"time"

	"caveat/backend/outbox"
)

// forge changes lines of the log from a number on as somebody does who knows how it is made: every hash fits. With tail false only
// that one line is written anew.
func (o *office) forge(from int64, tail bool, old, new string) {
	o.t.Helper()
	const mark = `,"hash":"`
	must(o.t, o.store.Write(o.t.Context(), func(tx *sql.Tx) error {
		prevOld, prevNew := "", ""
		for seq := from; ; seq++ {
			var line []byte
			if err := tx.QueryRow(`SELECT line FROM audit WHERE seq = ?`, seq).Scan(&line); errors.Is(err, sql.ErrNoRows) {
				return nil
			} else if err != nil {
				return err
			}
			i := bytes.LastIndex(line, []byte(mark))
			body := bytes.ReplaceAll(line[:i:i], []byte(old), []byte(new))
			if prevOld != "" {
				body = bytes.Replace(body, []byte(prevOld), []byte(prevNew), 1)
			}
			sum := sha256.Sum256(body)
			prevOld, prevNew = string(line[i+len(mark):len(line)-2]), hex.EncodeToString(sum[:])
			if _, err := tx.Exec(`UPDATE audit SET line = ?, hash = ? WHERE seq = ?`, append(body, mark+prevNew+`"}`...), prevNew, seq); err != nil {
				return err
			}
			if !tail {
				return nil
			}
		}
	}))
}

// decided is the number of the line that cleared a message.
func (o *office) decided(id string) (seq int64) {
	o.t.Helper()
	must(o.t, o.store.Reader().QueryRow(`SELECT audit_seq FROM message WHERE id = ?`, id).Scan(&seq))
	return seq
}

// Who writes a decision anew, with a hash that fits, sends to nobody else: the draft says to whom, and the log holds together.
func TestRule24ForgedDecisionIsHeld(t *testing.T) {
	another := func(o *office, id string) { // to whom, in the row and in the log
		o.exec(`UPDATE message_recipient SET address = ? WHERE message = ?`, lou, id)
	}
	for name, forge := range map[string]func(o *office, id string){
		"its one line":              func(o *office, id string) { o.forge(o.decided(id), false, ann, lou); another(o, id) },
		"while the program was not": func(o *office, id string) { o.forge(o.decided(id), false, ann, lou); another(o, id); o.restart() },
		"and what follows": func(o *office, id string) {
			o.queue(message("OPEN", bob))
			o.forge(o.decided(id), true, ann, lou)
			another(o, id)
		},
		"everything, while the program was not": func(o *office, id string) {
			o.queue(message("OPEN", bob))
			o.forge(o.decided(id), true, ann, lou)
			another(o, id)
			o.restart()
		},
		"the recipients agree": func(o *office, id string) { // only the chain says so
			o.queue(message("OPEN", bob))
			o.forge(o.decided(id), false, `"account":"atl"`, `"account":"deu"`)
			o.exec(`UPDATE message SET account = 'deu' WHERE id = ?`, id)
			o.restart()
		},
		"the newest line, while the program runs": func(o *office, id string) {
			o.forge(o.decided(id), false, `"account":"atl"`, `"account":"deu"`)
			o.exec(`UPDATE message SET account = 'deu' WHERE id = ?`, id)
		},
		"everything, while the program runs": func(o *office, id string) {
			o.queue(message("OPEN", bob))
			o.forge(o.decided(id), true, `"account":"atl"`, `"account":"deu"`)
			o.exec(`UPDATE message SET account = 'deu' WHERE id = ?`, id)
		},
		"a line after it is gone": func(o *office, id string) {
			later := o.queue(message("OPEN", bob))
			o.exec(`PRAGMA defer_foreign_keys = ON`)
			o.exec(`UPDATE message SET audit_seq = ? WHERE id = ?`, o.decided(id), later)
			o.exec(`DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.queue(message("OPEN", bob))
			o.sendDue()
			id := o.queue(message("OPEN", ann))
			forge(o, id)
			o.sendDue()
			if m := o.show(id); m.State != outbox.Held || m.Note == "" {
				t.Errorf("%s, %q", m.State, m.Note)
			}
			for _, s := range o.sender.sent {
				if s.id == id {
					t.Errorf("it was sent to %v by %s", s.to, s.account)
				}
			}
			if _, err := o.box.Draft(t.Context(), id); !errors.Is(err, outbox.ErrTampered) {
				t.Errorf("given to be sent anew: %v", err)
			}
		})
	}
}

// What the log says has come to rest is not sent because a row says that it waits.
func TestRule24RowsAreNotTrusted(t *testing.T) {
	waits := func(state outbox.State) func(*office, string) {
		return func(o *office, id string) {
			o.exec(`UPDATE message SET state = ?, next_try = 0 WHERE id = ?`, state, id)
			o.exec(`UPDATE message_recipient SET state = ? WHERE message = ?`, state, id)
		}
	}
	for name, c := range map[string]struct {
		steps []step
		rest  func(*office, string) // comes to rest
		alter func(*office, string)
	}{
		"accepted":          {nil, nil, waits(outbox.Queued)},
		"accepted, put off": {nil, nil, waits(outbox.Deferred)},
		"accepted by one":   {[]step{answer(map[string]outbox.State{bob: outbox.Deferred})}, nil, waits(outbox.Deferred)},
		"refused":           {[]step{answer(map[string]outbox.State{ann: outbox.Refused, bob: outbox.Refused})}, nil, waits(outbox.Queued)},
		"given up":          {[]step{failBefore(errors.Join(errNet, outbox.ErrPermanent))}, nil, waits(outbox.Queued)},
		"uncertain":         {[]step{failAfter(errNet)}, nil, waits(outbox.Queued)},
		"no answer":         {[]step{answer(map[string]outbox.State{bob: "silence"})}, nil, waits(outbox.Queued)},
		"dropped":           {[]step{failBefore(errNet)}, func(o *office, id string) { must(o.t, o.box.Drop(o.t.Context(), id, "tester")) }, waits(outbox.Queued)},
		"dropped, as if it was being sent": {[]step{failBefore(errNet)}, func(o *office, id string) { must(o.t, o.box.Drop(o.t.Context(), id, "tester")) },
			func(o *office, id string) {
				waits(outbox.Sending)(o, id)
				o.restart()
				must(o.t, o.box.Recover(o.t.Context()))
			}},
		"held": {[]step{failBefore(errNet)}, func(o *office, id string) {
			o.sleep(time.Hour)
			o.set(ann, "SECRET") // not OPEN any more
			o.sendDue()
			o.state(id, outbox.Held, outbox.Held, outbox.Held)
			o.set(ann, "OPEN", "SECRET")
		}, waits(outbox.Queued)},
		"accepted, its receipts cut off": {nil, nil, func(o *office, id string) {
			o.exec(`DELETE FROM audit WHERE seq > ?`, o.decided(id))
			waits(outbox.Queued)(o, id)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.sender.steps = append(c.steps, accept)
			id := o.queue(message("OPEN", ann, bob))
			o.sendDue()
			if c.rest != nil {
				c.rest(o, id)
			}
			before := o.sender.attempts()
			c.alter(o, id)
			for range 3 {
				o.sleep(time.Hour)
				o.sendDue()
			}
			if n := o.sender.attempts(); n != before || n != 1 {
				t.Errorf("%d attempts, of them %d before the row was altered", n, before)
			}
			if m := o.show(id); m.State != outbox.Held {
				t.Errorf("%s, %q", m.State, m.Note)
			}
			if d, err := o.box.Draft(t.Context(), id); errors.Is(err, outbox.ErrTampered) == (name == "held") { // what was held before is again
				t.Errorf("given to be sent anew to %v, %v", d.Recipients(), err)
			}
		})
	}
}

// The end of a message is in the log before it is sent: who makes a row of that moment one that waits has it sent no second time.
func TestRule25EndOfTheMessageIsInTheLog(t *testing.T) {
	for name, left := range map[string]outbox.State{"queued": outbox.Queued, "being sent": outbox.Sending} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			id := killed(t, dir, "before the reply")
			o := &office{world: newWorld(t), t: t, dir: dir, sender: &sender{}}
			o.restart()
			o.exec(`UPDATE message SET state = ?`, left)
			must(t, o.box.Recover(t.Context()))
			o.sendDue()
			if m := o.show(id); m.State != outbox.Held || o.sender.attempts() != 0 {
				t.Errorf("%s, %d attempts", m.State, o.sender.attempts())
			}
		})
	}
}

// Neither an altered time makes a message leave early, nor an altered check spares it the next one.
func TestRule24TimesAreTheLogs(t *testing.T) {
	for name, c := range map[string]struct {
		after time.Duration
		alter func(*office)
	}{
		"queued later, as its row says": {0, func(o *office) {
			o.exec(`UPDATE message SET next_try = 0, send_at = 0, created = created + 10 * 86400000`)
		}},
		"checked just now, as its row says": {time.Hour, func(o *office) {
			o.exec(`UPDATE message SET checked = ?`, o.Now().UnixMilli())
		}},
		"checked by this process, as its row says": {0, func(o *office) {
			o.restart()
			o.exec(`UPDATE message SET epoch = (SELECT count FROM epoch)`)
		}},
		"the count of processes set back": {0, func(o *office) {
			o.restart()
			must(o.t, o.box.Recover(o.t.Context()))
			o.exec(`UPDATE epoch SET count = count - 1`)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			d := message("SECRET", ann)
			if c.after == 0 && name[:6] == "queued" {
				d = o.later(24*time.Hour, ann)
			}
			id := o.queue(d)
			o.sleep(c.after)
			o.set(ann, "OPEN") // not cleared any more
			c.alter(o)
			o.sendDue()
			o.state(id, outbox.Held, outbox.Held)
			if n := o.sender.attempts(); n != 0 {
				t.Errorf("%d attempts", n)
			}
		})
	}
}

// A message from before the log said when and in which epoch it was checked is checked again, and sent.
func TestMessageOfAnEarlierVersionIsCheckedAgain(t *testing.T) {
	o := newOffice(t)
	id := o.queue(message("OPEN", ann))
	must(t, o.store.Close())
	o.store = openStore(t, o.dir)
	o.forge(o.decided(id), true, `"passed":`, `"unknown":`)
	o.forge(o.decided(id), true, `"created":`, `"made":`)
	o.restart()
	must(t, o.box.Recover(t.Context()))
	o.sendDue()
	o.state(id, outbox.Accepted, outbox.Accepted)
	again := 0
	for _, e := range o.log() {
		if e.Data.Result == "checked-again" {
			again++
		}
	}
	if again != 1 {
		t.Errorf("checked again %d times", again)
	}
}
