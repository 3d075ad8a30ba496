package audit

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"caveat/backend/store"
)

// Recorded is one line of the log as it is kept. Of a line that is gone, or does not match its own hash, only the number, the bytes
// and Fault are there.
type Recorded struct {
	Seq   int64
	Time  time.Time
	Type  string
	Prev  string // hash of the line before it
	Hash  string
	Data  json.RawMessage
	Line  []byte // byte for byte as it is exported, without its newline
	Fault string // in words; "": it matches its own hash
}

// How many lines, and about how many bytes, one Older reads.
const (
	olderLines = 20_000
	olderBytes = 32 << 20
)

// Older reads the log backwards from the line before a number; 0: from its end. Lines whose bytes keep accepts (nil: all) are handed
// to found, and those that are damaged or missing in any case, since nobody can say what stood there, until it gives false. It reads
// a bounded part; next is where to go on, 0 when the first line was reached. Whether lines follow each other is not looked at.
func Older(ctx context.Context, q store.Querier, before int64, keep func(line []byte) bool, found func(Recorded) bool) (next int64, err error) {
	if before <= 0 {
		if before, err = LastSeq(ctx, q); err != nil {
			return 0, err
		}
		before++
	}
	rows, err := q.QueryContext(ctx, `SELECT seq, line FROM audit WHERE seq < ? ORDER BY seq DESC LIMIT ?`, before, olderLines)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	next = before
	for size := 0; size < olderBytes && rows.Next(); {
		var seq int64
		var line sql.RawBytes
		if err := rows.Scan(&seq, &line); err != nil {
			return 0, err
		}
		for next--; next > seq && next > 0; next-- {
			if !found(gone(next)) {
				return next, nil
			}
		}
		size += len(line)
		if r, isWanted := take(seq, line, keep); isWanted && !found(r) {
			return onward(seq), rows.Err()
		}
	}
	if err := rows.Err(); err != nil {
		return 0, err
	}
	if next < before {
		return onward(next), nil
	}
	for next--; next > 0; next-- { // nothing is there below
		if !found(gone(next)) {
			return next, nil
		}
	}
	return 0, nil
}

func gone(seq int64) Recorded { return Recorded{Seq: seq, Fault: "the line is not there"} }

// onward is where to go on after a line.
func onward(seq int64) int64 {
	if seq <= 1 {
		return 0
	}
	return seq
}

// take opens a line that is wanted or damaged.
func take(seq int64, line []byte, keep func([]byte) bool) (Recorded, bool) {
	isWanted := keep == nil || keep(line)
	if !isWanted && isHeld(line) {
		return Recorded{}, false
	}
	r := Recorded{Seq: seq, Line: append([]byte(nil), line...)}
	h, hash, err := openLine(r.Line)
	if err == nil && h.Seq != seq {
		err = fmt.Errorf("it has the number %d", h.Seq)
	}
	if err == nil {
		r.Time, err = time.Parse(time.RFC3339Nano, h.Time)
	}
	if err != nil {
		r.Fault = err.Error()
		return r, true
	}
	r.Type, r.Prev, r.Hash, r.Data = h.Type, h.Prev, hash, h.Data
	return r, isWanted
}

// isHeld reports that a line's bytes match the hash at its end; what it says is not looked at.
func isHeld(line []byte) bool {
	_, _, err := openLine(line)
	return err == nil
}

// At reads one line; nil when there is none of that number. One that is damaged is given with its Fault.
func At(ctx context.Context, q store.Querier, seq int64) (*Recorded, error) {
	rows, err := q.QueryContext(ctx, `SELECT line FROM audit WHERE seq = ?`, seq)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	if !rows.Next() {
		return nil, rows.Err()
	}
	var line []byte
	if err := rows.Scan(&line); err != nil {
		return nil, err
	}
	r, _ := take(seq, line, nil)
	return &r, errors.Join(rows.Err(), rows.Close())
}

// LastSeq is the number of the newest line, 0 when there is none.
func LastSeq(ctx context.Context, q store.Querier) (int64, error) {
	all, err := store.Column[int64](ctx, q, `SELECT coalesce(max(seq), 0) FROM audit`)
	if err != nil || len(all) == 0 {
		return 0, err
	}
	return all[0], nil
}
