package audit

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"caveat/backend/store"
)

// Chain holds the log of one database to what this process has seen of it: what was seen once must stay as it was, and what comes
// later must follow it. So somebody who writes lines anew, with hashes that fit, is found out while the program runs; what was
// done before it began shows only where a line does not follow the one before it. Lines are read once, as far back as somebody
// asks. The zero Chain has seen nothing. Safe for concurrent use; it belongs to one database.
type Chain struct {
	mu sync.Mutex
	// The lines first to last were seen, or none when began is false: then last, of the hash head, is where it begins.
	began       bool
	first, last int64
	prev, head  string // what line first says of the line before it; the hash of line last
	sound       int64  // the log holds together from this line on, as far as it was seen
	about       map[string][]Ref
}

// Ref is a line that was seen, about one message.
type Ref struct {
	Seq  int64
	Type string
	hash string
}

// Read runs f in a transaction that only reads, all of one moment, after the lines that came since the last time were taken in.
// That the log was altered is no error here: Lines tells of the lines that matter. f must use the transaction, and no other
// connection.
func (c *Chain) Read(ctx context.Context, s *store.Store, f func(*sql.Tx) error) error {
	tx, err := c.begin(ctx, s)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	return f(tx)
}

// Follow takes in the lines that came since the last time. ErrTampered: they do not follow what was seen, or that was altered; it
// is told once.
func (c *Chain) Follow(ctx context.Context, s *store.Store) error {
	c.mu.Lock()
	before := c.sound
	c.mu.Unlock()
	if err := c.Read(ctx, s, func(*sql.Tx) error { return nil }); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if before > 0 && c.sound > before {
		return fmt.Errorf("%w: before line %d", ErrTampered, c.sound)
	}
	return nil
}

// begin begins the transaction. Its moment is that of its first read, which nobody else does meanwhile: of two, the later one sees
// what the earlier one saw, and perhaps more. The connection is taken before the lock: who has one waits for the lock.
func (c *Chain) begin(ctx context.Context, s *store.Store) (*sql.Tx, error) {
	tx, err := s.Reader().BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.follow(ctx, tx); err != nil {
		return nil, errors.Join(err, tx.Rollback())
	}
	return tx, nil
}

func (c *Chain) follow(ctx context.Context, tx *sql.Tx) error {
	var newest int64
	if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0) FROM audit`).Scan(&newest); err != nil {
		return err
	}
	if !c.began {
		c.began, c.first, c.last, c.sound, c.about = true, newest+1, newest, 1, map[string][]Ref{}
		return c.seenFrom(ctx, tx, newest)
	}
	if err := c.seenIsThere(ctx, tx, newest); err != nil {
		return err
	}
	w := walk{prev: c.head, next: c.last + 1, sound: c.sound, add: c.add}
	if err := w.run(ctx, tx, newest); err != nil {
		return err
	}
	c.last, c.head, c.sound = newest, w.prev, w.sound
	return nil
}

// seenIsThere notices that the newest line that was seen is another one now, or gone; then nothing up to it counts.
func (c *Chain) seenIsThere(ctx context.Context, tx *sql.Tx, newest int64) error {
	if c.last == 0 {
		return nil
	}
	at := min(c.last, newest)
	_, hash, err := readLineAt(ctx, tx, at)
	switch {
	case err != nil && !errors.Is(err, ErrTampered):
		return err
	case err == nil && at == c.last && hash == c.head:
		return nil
	}
	c.last, c.head, c.sound, c.first = at, hash, at+1, min(c.first, at+1)
	return nil
}

// seenFrom takes in what lies before the lines that were seen, from a number on.
func (c *Chain) seenFrom(ctx context.Context, tx *sql.Tx, from int64) error {
	from = max(from, c.sound)
	if !c.began || from >= c.first || from < 1 {
		return nil
	}
	older := map[string][]Ref{}
	w := walk{next: from, sound: c.sound, add: func(message string, r Ref) { older[message] = append(older[message], r) }}
	if err := w.run(ctx, tx, c.first-1); err != nil {
		return err
	}
	switch {
	case c.first > c.last: // nothing was seen yet
		c.head = w.prev
	case w.prev != c.prev:
		w.sound = max(w.sound, c.first)
	}
	for message, refs := range older {
		c.about[message] = append(refs, c.about[message]...)
	}
	c.first, c.prev, c.sound = from, w.began, max(c.sound, w.sound)
	return nil
}

func (c *Chain) add(message string, r Ref) { c.about[message] = append(c.about[message], r) }

// Lines lists the lines about a message from a number on, oldest first; tx is one that Read gave. ErrTampered: not every line from
// there to the end of the log follows the one before it, as this process knows them. Any other error says nothing about the log.
func (c *Chain) Lines(ctx context.Context, tx *sql.Tx, from int64, message string) ([]Ref, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.seenFrom(ctx, tx, from); err != nil {
		return nil, err
	}
	if from < c.sound || from > c.last {
		return nil, fmt.Errorf("%w: line %d is not held by what follows it", ErrTampered, from)
	}
	var out []Ref
	for _, r := range c.about[message] {
		if r.Seq >= from {
			out = append(out, r)
		}
	}
	return out, nil
}

// Data reads the data of a line that was seen, and when it was written. ErrTampered: it is another one now.
func (r Ref) Data(ctx context.Context, tx *sql.Tx, data any) (time.Time, error) {
	h, hash, err := readLineAt(ctx, tx, r.Seq)
	if err == nil && hash != r.hash {
		err = fmt.Errorf("%w: line %d is another one than it was", ErrTampered, r.Seq)
	}
	if err != nil {
		return time.Time{}, err
	}
	at, err := time.Parse(time.RFC3339Nano, h.Time)
	if err == nil {
		err = json.Unmarshal(h.Data, data)
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("%w: line %d: %w", ErrTampered, r.Seq, err)
	}
	return at, nil
}

func readLineAt(ctx context.Context, tx *sql.Tx, seq int64) (h head, hash string, err error) {
	line, err := rawLine(ctx, tx, seq)
	if err != nil {
		return head{}, "", err
	}
	h, hash, err = openLine(line)
	if err == nil && h.Seq != seq {
		err = fmt.Errorf("it has the number %d", h.Seq)
	}
	if err != nil {
		return head{}, "", fmt.Errorf("%w: line %d: %w", ErrTampered, seq, err)
	}
	return h, hash, nil
}
