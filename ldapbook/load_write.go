package ldapbook

import (
	"cmp"
	"context"
	"slices"
)

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
