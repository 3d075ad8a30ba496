package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"caveat/backend/store"
)

// stored reads the hashes of the tree in the database. It is a tlog.HashReader.
type stored struct {
	ctx context.Context
	tx  *sql.Tx
}

// ReadHashes gives the hashes at some positions; ErrTampered when one is not there.
func (s stored) ReadHashes(at []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(at))
	for i, position := range at {
		var h []byte
		err := s.tx.QueryRowContext(s.ctx, `SELECT hash FROM audit_tree WHERE position = ?`, position).Scan(&h)
		switch {
		case errors.Is(err, sql.ErrNoRows), err == nil && len(h) != tlog.HashSize:
			return nil, fmt.Errorf("%w: hash %d of its tree is missing", ErrTampered, position)
		case err != nil:
			return nil, err
		}
		out[i] = tlog.Hash(h)
	}
	return out, nil
}

// size is how many lines the tree in the database covers.
func (s stored) size() (int64, error) {
	var newest sql.NullInt64
	if err := s.tx.QueryRowContext(s.ctx, `SELECT max(position) FROM audit_tree`).Scan(&newest); err != nil || !newest.Valid {
		return 0, err
	}
	level, n := tlog.SplitStoredHashIndex(newest.Int64) // the last of those that its last line completed
	return (n + 1) << level, nil
}

// tree is what the database holds of the tree, ready to grow.
func (s stored) tree() (t tree, err error) {
	if t.size, err = s.size(); err == nil {
		t.full, err = s.ReadHashes(fullAt(t.size))
	}
	return t, err
}

// growLines is how many lines are taken into the tree in one transaction: nobody waits long for the one writing connection.
const growLines = 5000

// grow takes all lines that are there into the tree. Each must follow the one before it: ErrTampered.
func grow(ctx context.Context, s *store.Store) error {
	for more := true; more; {
		err := s.Write(ctx, func(tx *sql.Tx) (err error) {
			_, more, err = growIn(ctx, tx)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// growIn is a part of grow, in a transaction; more: there are lines left.
func growIn(ctx context.Context, tx *sql.Tx) (t tree, more bool, err error) {
	if t, err = (stored{ctx, tx}).tree(); err != nil {
		return tree{}, false, err
	}
	lines, prev, err := linesAfter(ctx, tx, t.size)
	if err != nil || len(lines) == 0 {
		return t, false, err
	}
	insert, err := tx.PrepareContext(ctx, `INSERT INTO audit_tree (position, hash) VALUES (?, ?)`)
	if err != nil {
		return tree{}, false, err
	}
	defer insert.Close()
	for _, line := range lines {
		h, hash, err := openLine(line)
		switch {
		case err != nil:
			return tree{}, false, fmt.Errorf("%w: line %d: %w", ErrTampered, t.size+1, err)
		case h.Seq != t.size+1 || h.Prev != prev:
			return tree{}, false, fmt.Errorf("%w: line %d does not follow the one before it", ErrTampered, t.size+1)
		}
		prev = hash
		at := tlog.StoredHashCount(t.size)
		for i, h := range t.add(tlog.RecordHash(line)) {
			if _, err := insert.ExecContext(ctx, at+int64(i), h[:]); err != nil {
				return tree{}, false, err
			}
		}
	}
	return t, len(lines) == growLines, nil
}

// linesAfter reads the lines after a number, at most growLines, and the hash of the line of that number.
func linesAfter(ctx context.Context, tx *sql.Tx, seq int64) (lines [][]byte, prev string, err error) {
	prev = genesis
	if seq > 0 {
		if prev, err = newestInTree(ctx, tx, seq); err != nil {
			return nil, "", err
		}
	}
	lines, err = store.Column[[]byte](ctx, tx, `SELECT line FROM audit WHERE seq > ? ORDER BY seq LIMIT ?`, seq, growLines)
	return lines, prev, err
}

// newestInTree is the hash of the newest line in the tree, provided that it is the one that was taken in: whoever wrote lines anew, with
// hashes that fit, must not have his go on.
func newestInTree(ctx context.Context, tx *sql.Tx, seq int64) (hash string, err error) {
	line, err := rawLine(ctx, tx, seq)
	if err != nil {
		return "", err
	}
	leaf, err := stored{ctx, tx}.ReadHashes([]int64{tlog.StoredHashIndex(0, seq-1)})
	if err != nil {
		return "", err
	}
	if leaf[0] != tlog.RecordHash(line) {
		return "", fmt.Errorf("%w: line %d is another one than it was", ErrTampered, seq)
	}
	_, hash, err = openLine(line)
	return hash, err
}

// rawLine reads the bytes of a line; ErrTampered when it is gone.
func rawLine(ctx context.Context, tx *sql.Tx, seq int64) (line []byte, err error) {
	err = tx.QueryRowContext(ctx, `SELECT line FROM audit WHERE seq = ?`, seq).Scan(&line)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("%w: no line %d", ErrTampered, seq)
	}
	return line, err
}
