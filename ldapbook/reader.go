package ldapbook

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"runtime"
	"sync"
)

// A search is a dozen short statements, and so is a look at many addresses. On a connection of its own, with statements that stay
// prepared and no goroutine that waits for the end of each statement's context, they take half of the time that they take through a pool.

// maxReaders: so many searches and looks at once; as many connections again are for all other questions.
func maxReaders() int { return max(4, runtime.NumCPU()) }

// reader is a connection for snapshots, used by one of them at a time.
type reader struct {
	conn  *sql.Conn
	round int64 // readers.round when it was opened

	begin, end                                *sql.Stmt
	directories, blocks, byKey, classes, gone *sql.Stmt
}

// readers keeps the connections that no snapshot uses.
type readers struct {
	slots  chan struct{} // a token for each that is in use
	mu     sync.Mutex
	idle   []*reader
	round  int64 // those of an earlier one have another file open; see Heal
	closed bool
}

// borrow gives a reader that belongs to the caller until giveBack.
func (b *Book) borrow(ctx context.Context) (*reader, error) {
	p := &b.readers
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	p.mu.Lock()
	var r *reader
	if n := len(p.idle); n > 0 {
		r, p.idle = p.idle[n-1], p.idle[:n-1]
	}
	round := p.round
	p.mu.Unlock()
	if r != nil {
		return r, nil
	}
	r, err := openReader(ctx, b.read, round)
	if err != nil {
		<-p.slots
	}
	return r, err
}

// giveBack keeps a reader for the next, unless something went wrong with it or it is not of this file.
func (b *Book) giveBack(r *reader, good bool) {
	p := &b.readers
	p.mu.Lock()
	keep := good && r.round == p.round && !p.closed
	if keep {
		p.idle = append(p.idle, r)
	}
	p.mu.Unlock()
	if !keep {
		r.drop()
	}
	<-p.slots
}

// dropIdle closes the readers that nobody uses; those in use are closed when they are given back. It returns the round that begins.
func (p *readers) dropIdle(closed bool) int64 {
	p.mu.Lock()
	idle := p.idle
	p.idle, p.closed = nil, p.closed || closed
	p.round++
	round := p.round
	p.mu.Unlock()
	for _, r := range idle {
		r.drop()
	}
	return round
}

func openReader(ctx context.Context, db *sql.DB, round int64) (*reader, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	r := &reader{conn: conn, round: round}
	for _, p := range []struct {
		into  **sql.Stmt
		query string
	}{
		{&r.begin, `BEGIN`},
		{&r.end, `ROLLBACK`},
		{&r.directories, `SELECT id, name, nation, full_read_at FROM directory`},
		{&r.blocks, `SELECT p.first, coalesce(p.ids, b.ids) FROM posting p LEFT JOIN block b ON b.id = p.block
			WHERE p.term = ?1 AND p.first >= coalesce((SELECT max(first) FROM posting WHERE term = ?1 AND first <= ?2), 0)
			ORDER BY p.first LIMIT ?3 + 0`}, // a bare ?3 makes SQLite compile the statement again for each number
		{&r.byKey, `SELECT e.id, e.place, e.directory, e.class, e.node, e.uuid, e.body, e.read_at
			FROM json_each(?) j CROSS JOIN lookup l ON l.key = j.value CROSS JOIN entry e ON e.id = l.entry`},
		{&r.classes, `SELECT l.key, e.class FROM json_each(?) j CROSS JOIN lookup l ON l.key = j.value
			CROSS JOIN entry e ON e.id = l.entry`},
		{&r.gone, `SELECT t.folded, t.directory, t.dn, t.uuid, t.name, t.kind, t.gone_at, t.what, t.cleared
			FROM json_each(?) j CROSS JOIN tombstone t ON t.folded = j.value ORDER BY t.gone_at`},
	} {
		if *p.into, err = conn.PrepareContext(ctx, p.query); err != nil {
			r.drop()
			return nil, err
		}
	}
	return r, nil
}

// drop closes the connection, and whatever transaction it is in.
func (r *reader) drop() {
	_ = r.conn.Raw(func(any) error { return driver.ErrBadConn })
	_ = r.conn.Close()
}

// snapshot is a reader that sees the book as it was at one moment. Its statements run to their end, whatever becomes of ctx; between
// two of them its end is noticed.
type snapshot struct {
	*reader
	book     *Book
	ctx      context.Context
	known    map[int64]*directoryRow // nil: not read yet
	inOrder  []*directoryRow
	toldOnce bool // that the index is stale
}

// directoryRow is what entries have from their directory.
type directoryRow struct {
	id           int64
	name, nation string
	full         int64 // full_read_at
}

// withSnapshot runs do on one.
func (b *Book) withSnapshot(ctx context.Context, do func(s *snapshot) error) error {
	r, err := b.borrow(ctx)
	if err != nil {
		return err
	}
	good := false // a panic leaves it so
	defer func() { b.giveBack(r, good) }()
	unhurried := context.WithoutCancel(ctx)
	if _, err := r.begin.ExecContext(unhurried); err != nil {
		return err
	}
	err = do(&snapshot{reader: r, book: b, ctx: ctx})
	_, endErr := r.end.ExecContext(unhurried)
	good = endErr == nil && (err == nil || ctx.Err() != nil)
	return errors.Join(err, endErr)
}

// run asks one of the prepared statements.
func (s *snapshot) run(statement *sql.Stmt, args ...any) (*sql.Rows, error) {
	if err := s.ctx.Err(); err != nil {
		return nil, err
	}
	return statement.QueryContext(context.WithoutCancel(s.ctx), args...)
}

// QueryContext runs a query in the snapshot; it is not broken off.
func (s *snapshot) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return s.conn.QueryContext(context.WithoutCancel(ctx), query, args...)
}

// directories are the rows of all directories, by number.
func (s *snapshot) directories() (map[int64]*directoryRow, error) {
	if s.known != nil {
		return s.known, nil
	}
	rows, err := s.run(s.reader.directories)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	known := map[int64]*directoryRow{}
	for rows.Next() {
		d := &directoryRow{}
		if err := rows.Scan(&d.id, &d.name, &d.nation, &d.full); err != nil {
			return nil, err
		}
		known[d.id] = d
		s.inOrder = append(s.inOrder, d)
	}
	s.known = known
	return known, rows.Err()
}
