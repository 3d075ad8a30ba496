package ldapbook

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
)

// finish is one run of finishLoad.
type finish struct {
	book  *Book
	dir   int64
	order []placed
	fresh bool  // there is nothing in the index yet but what this run wrote
	alien int64 // transactions of others, when fresh was last known to be true

	lookups lookupRun
	builder listBuilder
	counts  counted
	indexed int
}

// placed is an entry's place and number.
type placed struct{ place, id int64 }

// chunkRows: so many entries are loaded, in the order of their places, and then written.
const chunkRows = 25_000

func (f *finish) run(ctx context.Context) error {
	if err := f.begin(ctx); err != nil {
		return err
	}
	if err := f.readOrder(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	pieces := make(chan piece, 1)
	failed := make(chan error, 1)
	go func() {
		defer close(pieces)
		failed <- f.produce(ctx, pieces)
	}()
	for p := range pieces {
		if err := f.write(ctx, p); err != nil {
			cancel()
			for range pieces { // its goroutine must not be left behind
			}
			return err
		}
	}
	if err := <-failed; err != nil {
		return err
	}
	return f.end(ctx)
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
		f.book.setLoads(f.dir, false)
		f.alien = f.book.transactions + 1 // with this one
		if f.fresh = !others; f.fresh {
			for _, table := range []string{"posting", "block", "lookup"} {
				if _, err := w.tx.ExecContext(ctx, `DELETE FROM `+table); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (f *finish) readOrder(ctx context.Context) error {
	rows, err := f.book.read.QueryContext(ctx, `SELECT place, id FROM entry WHERE directory = ?`, f.dir)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var p placed
		if err := rows.Scan(&p.place, &p.id); err != nil {
			return err
		}
		f.order = append(f.order, p)
	}
	slices.SortFunc(f.order, func(a, b placed) int { return cmp.Compare(a.place, b.place) })
	if err := rows.Err(); err != nil {
		return err
	}
	return f.lookups.begin(f.order)
}

// piece is what is written in one transaction.
type piece struct {
	blocks []builtBlock
	keys   []placed // place: the key
}

type builtBlock struct {
	term   string
	first  int64
	packed []byte
}

// pieceBlocks and pieceKeys keep the transactions short.
const (
	pieceBlocks = 4000
	pieceKeys   = 100_000
)

// produce reads the entries in book order and hands on what is to be written.
func (f *finish) produce(ctx context.Context, pieces chan<- piece) error {
	send := func(p piece) error {
		select {
		case pieces <- p:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	var out piece
	f.builder.emit = func(b builtBlock) error {
		if out.blocks = append(out.blocks, b); len(out.blocks) < pieceBlocks {
			return nil
		}
		full := out
		out = piece{}
		return send(full)
	}
	for chunk := range slices.Chunk(f.order, chunkRows) {
		rows, err := f.load(ctx, chunk)
		if err != nil {
			return err
		}
		for i := range rows {
			s := &rows[i]
			if err := f.book.fill(ctx, f.book.read, s); err != nil {
				return err
			}
			if err := f.builder.entry(s, f.dir); err != nil {
				return err
			}
			f.counts.add(s)
			f.indexed++
			out.keys = append(out.keys, placed{s.place, s.id})
			for _, k := range lookupKeys(&s.Entry) {
				f.lookups.add(k, s.id)
			}
			rows[i] = storedEntry{}
		}
	}
	f.order = nil
	if err := f.builder.flush(); err != nil {
		return err
	}
	if err := send(out); err != nil {
		return err
	}
	return f.lookups.each(pieceKeys, func(keys []placed) error { return send(piece{keys: keys}) })
}

// load reads a chunk of rows, which are not unpacked yet. They are asked for in the order of the table, and given in that of
// their places.
func (f *finish) load(ctx context.Context, chunk []placed) ([]storedEntry, error) {
	ids := make([]int64, len(chunk))
	for i, p := range chunk {
		ids[i] = p.id
	}
	slices.Sort(ids)
	list, err := numbersJSON(ids)
	if err != nil {
		return nil, err
	}
	found, err := f.book.read.QueryContext(ctx, `SELECT e.id, e.place, e.class, e.node, e.uuid, e.body
		FROM json_each(?) j CROSS JOIN entry e ON e.id = j.value`, list)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	rows := make([]storedEntry, 0, len(chunk))
	var uuid sql.RawBytes
	for found.Next() {
		rows = append(rows, storedEntry{})
		s := &rows[len(rows)-1]
		if err := found.Scan(&s.id, &s.place, &s.class, &s.node, &uuid, &s.body); err != nil {
			return nil, err
		}
		s.UUID = unpackUUID(uuid)
	}
	slices.SortFunc(rows, func(a, b storedEntry) int { return cmp.Compare(a.place, b.place) })
	return rows, found.Err()
}

// write stores one piece.
func (f *finish) write(ctx context.Context, p piece) error {
	return f.book.transaction(ctx, f.dir, func(w *writing) error {
		// Others may have written since: then every list may hold what is theirs.
		if f.fresh = f.fresh && f.book.transactions == f.alien && !w.foreign; f.fresh {
			f.alien++
		}
		if err := f.writeBlocks(w, p.blocks); err != nil {
			return err
		}
		insert := w.many(`INSERT OR IGNORE INTO lookup (key, entry) VALUES `, 2)
		for _, k := range p.keys {
			if err := insert.add(k.place, k.id); err != nil {
				return err
			}
		}
		return insert.end()
	})
}

func (f *finish) writeBlocks(w *writing, blocks []builtBlock) error {
	if !f.fresh {
		return f.mergeBlocks(w, blocks)
	}
	number, err := w.lastBlock()
	if err != nil {
		return err
	}
	// In the order of the terms, so that neighbours go to one page.
	slices.SortStableFunc(blocks, func(a, b builtBlock) int { return cmp.Compare(a.term, b.term) })
	postings := w.many(`INSERT INTO posting (term, first, block, ids) VALUES `, 4)
	rows := w.many(`INSERT INTO block (id, ids) VALUES `, 2)
	for _, b := range blocks {
		if len(b.packed) <= inlineBytes {
			err = postings.add([]byte(b.term), b.first, nil, b.packed)
		} else {
			number++
			if err = postings.add([]byte(b.term), b.first, number, nil); err == nil {
				err = rows.add(number, b.packed)
			}
		}
		if err != nil {
			return err
		}
	}
	if err := postings.end(); err != nil {
		return err
	}
	return rows.end()
}

func (w *writing) lastBlock() (number int64, err error) {
	err = w.tx.QueryRowContext(w.ctx, `SELECT coalesce(max(id), 0) FROM block`).Scan(&number)
	return number, err
}

func (f *finish) mergeBlocks(w *writing, blocks []builtBlock) error {
	for _, b := range blocks {
		places, err := readPlaces(nil, b.first, b.packed)
		if err != nil {
			return err
		}
		all := make([]change, len(places))
		for i, p := range places {
			all[i] = change{p, true}
		}
		if err := w.mergeTerm(b.term, all); err != nil {
			return err
		}
	}
	return nil
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
		w.counts = f.counts
		for _, dn := range f.counts.containers {
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
	slices.Sort(f.lookups.shared) // rows that have several keys in common are in it several times
	f.lookups.shared = slices.Compact(f.lookups.shared)
	for ids := range slices.Chunk(f.lookups.shared, batchSize) {
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
