package audit

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
)

// walk reads lines, each of which must follow the one before it.
type walk struct {
	next  int64  // number of the next line
	prev  string // hash of the line before it; "": not known, then anything does
	began string // what the first line says of the line before it
	sound int64  // the lines from here on hold together
	add   func(message string, r Ref)
}

// run reads up to a number. What does not fit is no error: sound then lies behind it.
func (w *walk) run(ctx context.Context, tx *sql.Tx, last int64) error {
	if w.next > last {
		return nil
	}
	rows, err := tx.QueryContext(ctx, `SELECT seq, line FROM audit WHERE seq BETWEEN ? AND ? ORDER BY seq`, w.next, last)
	if err != nil {
		return err
	}
	defer rows.Close()
	start := w.next
	for rows.Next() {
		var seq int64
		var line sql.RawBytes
		if err := rows.Scan(&seq, &line); err != nil {
			return err
		}
		w.line(seq, line, seq == start)
	}
	if w.next != last+1 { // lines are missing at the end
		w.next, w.prev, w.sound = last+1, "", last+1
	}
	return rows.Err()
}

func (w *walk) line(seq int64, line []byte, isFirst bool) {
	h, hash, err := openLine(line)
	if isFirst {
		w.began = h.Prev
	}
	switch {
	case err != nil || h.Seq != seq:
		w.sound = seq + 1
	case seq != w.next || w.prev != "" && h.Prev != w.prev:
		w.sound = seq
	}
	w.next, w.prev = seq+1, hash
	if err != nil {
		return
	}
	if message := messageOf(h.Data); message != "" {
		w.add(message, Ref{Seq: seq, Type: h.Type, hash: hash})
	}
}

// messageOf gives the member "message" of a line's data; "": it has none. Where that stands first, as outbox writes it, the rest,
// which may be long, is not taken apart.
func messageOf(data []byte) string {
	const first = `{"message":"`
	if rest, ok := bytes.CutPrefix(data, []byte(first)); ok {
		if id, _, ok := bytes.Cut(rest, []byte(`"`)); ok && !bytes.Contains(id, []byte(`\`)) {
			return string(id)
		}
	}
	var about struct {
		Message string `json:"message"`
	}
	if json.Unmarshal(data, &about) != nil {
		return ""
	}
	return about.Message
}
