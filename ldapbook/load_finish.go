package ldapbook

import (
	"context"
	"fmt"
	"slices"
)

// finish is one run of finishLoad.
type finish struct {
	book    *Book
	dir     int64
	rows    *gathered
	fresh   bool  // there is nothing in the index yet but what this run wrote
	alien   int64 // transactions of others, when fresh was last known to be true
	placed  int   // of rows.order, whose places are in lookup
	indexed int
}

func (f *finish) run(ctx context.Context) (err error) {
	if err := f.begin(ctx); err != nil {
		return err
	}
	if f.rows == nil {
		if f.rows, err = f.gather(ctx); err != nil {
			return err
		}
	}
	f.rows.sort()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	pieces := make(chan piece, 1)
	failed := make(chan error, 1)
	go func() {
		defer close(pieces)
		failed <- f.produce(ctx, pieces)
	}()
	if err := f.writeAll(ctx, pieces); err != nil {
		cancel()
		for range pieces { // its goroutine must not be left behind
		}
		return err
	}
	if err := <-failed; err != nil {
		return err
	}
	return f.end(ctx)
}

// writeAll writes the pieces, and while none is ready the keys.
func (f *finish) writeAll(ctx context.Context, pieces <-chan piece) error {
	for open := true; ; {
		var p piece
		select {
		case p, open = <-pieces:
		default:
			if p.keys = f.nextKeys(); len(p.keys) == 0 {
				p, open = <-pieces
			}
		}
		if !open {
			p.keys = f.nextKeys()
			if len(p.keys) == 0 {
				return nil
			}
		}
		if err := f.write(ctx, p); err != nil {
			return err
		}
	}
}

// nextKeys returns keys in the order of the table: those of lookupKeys, then the places.
func (f *finish) nextKeys() []placed {
	if keys := f.rows.lookups.next(pieceKeys); len(keys) > 0 {
		return keys
	}
	some := f.rows.order[f.placed:]
	some = some[:min(len(some), pieceKeys)]
	f.placed += len(some)
	return some
}

// begin looks whether the index is empty, and empties it of what an earlier run left when no other directory is in it. From its
// transaction on no rows are added to those that wait.
func (f *finish) begin(ctx context.Context) error {
	return f.book.transaction(ctx, f.dir, func(w *writing) error {
		var others bool
		err := w.tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM class WHERE directory <> ? AND entries > 0)`, f.dir).Scan(&others)
		if err != nil {
			return err
		}
		f.rows = f.book.takeLoad(f.dir)
		f.alien = f.book.transactions + 1 // with this one
		if f.fresh = !others; f.fresh {
			for _, table := range []string{"posting", "block", "lookup", "claimed"} {
				if _, err := w.tx.ExecContext(ctx, `DELETE FROM `+table); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// end counts, removes what came twice, and lets the directory's rows count as findable.
func (f *finish) end(ctx context.Context) error {
	return f.book.transaction(ctx, f.dir, func(w *writing) error {
		var came int
		const count = `SELECT coalesce(sum(entries), 0) FROM tally WHERE directory = ?`
		if err := w.tx.QueryRowContext(ctx, count, f.dir).Scan(&came); err != nil {
			return err
		}
		if came != f.indexed {
			return fmt.Errorf("%w (%d entries came, %d were indexed)", errDangling, came, f.indexed)
		}
		w.counts = f.rows.counted()
		for _, dn := range f.rows.containers {
			own, _, err := w.internNode(dn, "")
			if err != nil {
				return err
			}
			x := w.counts.nodes[own]
			x.organisations++
			w.counts.nodes[own] = x
		}
		if err := f.removeTwins(w); err != nil {
			return err
		}
		_, err := w.tx.ExecContext(ctx, `DELETE FROM loading WHERE directory = ?`, f.dir)
		return err
	})
}

// removeTwins removes, of rows with one UUID, all but the last.
func (f *finish) removeTwins(w *writing) error {
	last := map[string]storedEntry{}
	slices.Sort(f.rows.lookups.shared) // rows that have several keys in common are in it several times
	f.rows.lookups.shared = slices.Compact(f.rows.lookups.shared)
	for ids := range slices.Chunk(f.rows.lookups.shared, batchSize) {
		list, err := numbersJSON(ids)
		if err != nil {
			return err
		}
		entries, err := f.book.entries(w.ctx, w.tx, `SELECT `+entryColumns+` FROM json_each(?) j CROSS JOIN entry e ON e.id = j.value
			JOIN directory d ON d.id = e.directory`, list)
		if err != nil {
			return err
		}
		for _, s := range entries {
			for _, k := range lookupKeys(&s.Entry) {
				w.noteClaim(k)
			}
			other, twice := last[s.UUID]
			if !twice || other.id < s.id {
				last[s.UUID] = s
			}
			if twice && other.id != s.id {
				if other.id > s.id {
					other = s
				}
				if err := w.remove(&other); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
