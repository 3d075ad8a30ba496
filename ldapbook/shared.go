package ldapbook

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"sync"
)

// class, node: what of their rows never changes.
type class struct {
	directory              int64
	kind                   int
	transport              string
	mailDomain, chatDomain string
	clearance              int64
	disabled, expires      bool
}

type node struct {
	directory int64
	parent    int64
	dn, unit  string
}

// sharedRows keeps what many entries share once it was read. Such rows never change, and no number is used again while the book is
// not made anew: then the numbers begin again, and what a question under way still reads from the old file is not kept.
type sharedRows struct {
	mu            sync.RWMutex
	round         int64 // readers.round of the file that the rows are of
	classes       map[int64]*class
	nodes         map[int64]*node
	organisations map[int64]string
	clearances    map[int64][]string
}

// maxShareds bounds each of the maps; when one is full it begins anew.
const maxShareds = 100_000

func (s *sharedRows) clear(round int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.round = round
	s.classes, s.nodes, s.organisations, s.clearances = nil, nil, nil, nil
}

// errDangling: a row refers to one that isn't there.
var errDangling = errors.New("the book contradicts itself: delete it, the directories fill it again")

// remembered returns what a map holds under a number, or loads it. Only what was committed is kept: in a transaction that
// writes, a number may yet come to nothing.
func remembered[T any](ctx context.Context, s *sharedRows, all *map[int64]T, q queryer, id int64, query string,
	scan func(rows *sql.Rows) (T, error)) (T, error) {
	s.mu.RLock()
	v, ok := (*all)[id]
	now := s.round
	s.mu.RUnlock()
	round := now // of the file that q reads
	if snapshot, is := q.(*snapshot); is {
		round = snapshot.round
	}
	if ok && round == now {
		return v, nil
	}
	var zero T
	rows, err := q.QueryContext(ctx, query, id)
	if err != nil {
		return zero, err
	}
	defer rows.Close()
	if !rows.Next() {
		return zero, errors.Join(rows.Err(), fmt.Errorf("%w (number %d)", errDangling, id))
	}
	if v, err = scan(rows); err != nil {
		return zero, err
	}
	if _, writing := q.(*sql.Tx); writing {
		return v, rows.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.round != round {
		return v, rows.Err()
	}
	if *all == nil || len(*all) >= maxShareds {
		*all = map[int64]T{}
	}
	(*all)[id] = v
	return v, rows.Err()
}

func (b *Book) class(ctx context.Context, q queryer, id int64) (*class, error) {
	const query = `SELECT directory, kind, transport, mail_domain, chat_domain, clearance, disabled, expires FROM class WHERE id = ?`
	return remembered(ctx, &b.shared, &b.shared.classes, q, id, query, func(rows *sql.Rows) (*class, error) {
		var c class
		return &c, rows.Scan(&c.directory, &c.kind, &c.transport, &c.mailDomain, &c.chatDomain, &c.clearance, &c.disabled, &c.expires)
	})
}

func (b *Book) node(ctx context.Context, q queryer, id int64) (*node, error) {
	const query = `SELECT directory, parent, dn, unit FROM node WHERE id = ?`
	return remembered(ctx, &b.shared, &b.shared.nodes, q, id, query, func(rows *sql.Rows) (*node, error) {
		var n node
		return &n, rows.Scan(&n.directory, &n.parent, &n.dn, &n.unit)
	})
}

func (b *Book) organisation(ctx context.Context, q queryer, id int64) (string, error) {
	if id == 0 {
		return "", nil
	}
	const query = `SELECT name FROM organisation WHERE id = ?`
	return remembered(ctx, &b.shared, &b.shared.organisations, q, id, query, func(rows *sql.Rows) (string, error) {
		var name string
		return name, rows.Scan(&name)
	})
}

// clearance returns the texts of a stored clearance, which the caller must not change.
func (b *Book) clearance(ctx context.Context, q queryer, id int64) ([]string, error) {
	if id == 0 {
		return nil, nil
	}
	const query = `SELECT texts FROM clearance WHERE id = ?`
	return remembered(ctx, &b.shared, &b.shared.clearances, q, id, query, func(rows *sql.Rows) ([]string, error) {
		var packed []byte
		err := rows.Scan(&packed)
		return unpackList(packed), err
	})
}

// clearances is clearance for many, with one query for all that are not known yet.
func (b *Book) clearances(ctx context.Context, ids []int64) (map[int64][]string, error) {
	all := make(map[int64][]string, len(ids))
	var missing []int64
	b.shared.mu.RLock()
	for _, id := range ids {
		texts, ok := b.shared.clearances[id]
		if !ok && id != 0 {
			missing = append(missing, id)
		}
		all[id] = texts
	}
	round := b.shared.round
	b.shared.mu.RUnlock()
	if len(missing) == 0 {
		return all, nil
	}
	list, err := numbersJSON(missing)
	if err != nil {
		return nil, err
	}
	rows, err := b.read.QueryContext(ctx, `SELECT c.id, c.texts FROM json_each(?) j CROSS JOIN clearance c ON c.id = j.value`, list)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := map[int64][]string{}
	for rows.Next() {
		var id int64
		var packed sql.RawBytes
		if err := rows.Scan(&id, &packed); err != nil {
			return nil, err
		}
		found[id] = unpackList(packed)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for _, id := range missing {
		texts, ok := found[id]
		if !ok {
			return nil, fmt.Errorf("%w (number %d)", errDangling, id)
		}
		all[id] = texts
	}
	b.shared.keepClearances(found, round)
	return all, nil
}

// keepClearances keeps what was read while the round was that.
func (s *sharedRows) keepClearances(found map[int64][]string, round int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.round != round {
		return
	}
	if s.clearances == nil || len(s.clearances)+len(found) >= maxShareds {
		s.clearances = map[int64][]string{}
	}
	maps.Copy(s.clearances, found)
}
