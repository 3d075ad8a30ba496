package ldapbook

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
)

// chunkRows: so many entries are loaded, in the order of their places, and then written.
const chunkRows = 25_000

// loadedRow is what the index is made of. Its texts share memory with those of the other rows that were read with it.
type loadedRow struct {
	place, id       int64
	classID, nodeID int64
	class           *class
	node            *node
	organisation    string
	body            string
	texts           bodyTexts
	end             int // of the body, among those of all
}

func (r *loadedRow) kind() Kind { return kindOf(r.class.kind) }

// whole is the entry itself, as far as words find it.
func (r *loadedRow) whole() (Entry, error) {
	e := Entry{Kind: r.kind(), Organisation: r.organisation}
	_, err := unpackBody(r.body, &e, r.class, r.node)
	return e, err
}

// produce reads the rows in book order and hands on what is to be written.
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
	builder := listBuilder{dir: f.dir}
	builder.emit = func(b builtBlock) error {
		if out.blocks = append(out.blocks, b); len(out.blocks) < pieceBlocks {
			return nil
		}
		full := out
		out = piece{}
		return send(full)
	}
	var rows []loadedRow
	for chunk := range slices.Chunk(f.rows.order, chunkRows) {
		var err error
		if rows, err = f.load(ctx, chunk, rows); err != nil {
			return err
		}
		for i := range rows {
			if rows[i].class == nil {
				continue
			}
			if err := builder.entry(&rows[i]); err != nil {
				return err
			}
			f.indexed++
		}
	}
	if err := builder.flush(); err != nil {
		return err
	}
	return send(out)
}

// load reads a chunk of rows, in the memory of those before. They are asked for in the order of the table, and given in that of
// the chunk; one that is not there has no class.
func (f *finish) load(ctx context.Context, chunk []placed, rows []loadedRow) ([]loadedRow, error) {
	rows = slices.Grow(rows[:0], len(chunk))[:len(chunk)]
	const bits = 16 // of a number within the chunk
	order := make([]int64, len(chunk))
	ids := make([]int64, len(chunk))
	for i, p := range chunk {
		order[i] = p.id<<bits | int64(i)
		rows[i] = loadedRow{place: p.place, texts: bodyTexts{mail: rows[i].texts.mail, jid: rows[i].texts.jid}}
	}
	slices.Sort(order)
	for i, x := range order {
		ids[i] = x >> bits
	}
	list, err := numbersJSON(ids)
	if err != nil {
		return nil, err
	}
	found, err := f.book.read.QueryContext(ctx, `SELECT e.id, e.class, e.node, e.body
		FROM json_each(?) j CROSS JOIN entry e ON e.id = j.value`, list)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	bodies := make([]byte, 0, 128*len(chunk))
	var body sql.RawBytes
	for next := 0; found.Next(); {
		var id, class, node int64
		if err := found.Scan(&id, &class, &node, &body); err != nil {
			return nil, err
		}
		for next < len(ids) && ids[next] < id {
			next++
		}
		if next == len(ids) {
			return nil, fmt.Errorf("%w (number %d)", errDangling, id)
		}
		r := &rows[order[next]&(1<<bits-1)]
		bodies = append(bodies, body...)
		r.id, r.classID, r.nodeID, r.end = id, class, node, len(bodies)
	}
	if err := found.Err(); err != nil {
		return nil, err
	}
	return rows, f.unpack(ctx, rows, order, string(bodies))
}

// unpack fills in rows of which the bodies follow each other in the order of the table.
func (f *finish) unpack(ctx context.Context, rows []loadedRow, order []int64, bodies string) error {
	start := 0
	for _, x := range order {
		r := &rows[x&(1<<16-1)]
		if r.end == 0 {
			continue
		}
		r.body = bodies[start:r.end]
		start = r.end
		var err error
		if r.class, err = f.book.class(ctx, f.book.read, r.classID); err != nil {
			return err
		}
		if r.node, err = f.book.node(ctx, f.book.read, r.nodeID); err != nil {
			return err
		}
		u := unpacking{s: r.body}
		if r.texts.unpack(&u); u.bad {
			return fmt.Errorf("%w: number %d", errBody, r.id)
		}
		if r.organisation, err = f.book.organisation(ctx, f.book.read, r.texts.organisation); err != nil {
			return err
		}
	}
	return nil
}
