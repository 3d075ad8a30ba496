package ldapbook

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
)

// statements are prepared once, on the connection that writes; the bulk path lives by them.
type statements struct {
	lastPlace, insertEntry, deleteEntry, touch        *sql.Stmt
	insertWords, deleteWords                          *sql.Stmt
	insertAddress, deleteAddress                      *sql.Stmt
	insertClearance, findClearance                    *sql.Stmt
	insertTombstone, deleteTombstone, demoteTombstone *sql.Stmt
	tally                                             *sql.Stmt
}

func (b *Book) prepareStatements(ctx context.Context) error {
	s := &b.statements
	for _, p := range []struct {
		into  **sql.Stmt
		query string
	}{
		{&s.lastPlace, `SELECT max(id) FROM entry WHERE id BETWEEN ? AND ?`},
		{&s.insertEntry, `INSERT INTO entry (id, directory, uuid, dn, dn_key, kind, name, surname, given_name, rank, title,
			unit, organisation, mail, jid, phone, members, occupants, partial, clearance, transport, content, read_at)
			VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`},
		{&s.deleteEntry, `DELETE FROM entry WHERE id = ?`},
		// A time ahead of now was read off a clock that was wrong.
		{&s.touch, `UPDATE entry SET read_at = CASE WHEN read_at > ?3 THEN ?1 ELSE max(read_at, ?1) END WHERE id = ?2`},
		{&s.insertWords, `INSERT INTO words (rowid, text) VALUES (?, ?)`},
		{&s.deleteWords, `DELETE FROM words WHERE rowid = ?`},
		{&s.insertAddress, `INSERT OR IGNORE INTO address (folded, entry) VALUES (?, ?)`},
		{&s.deleteAddress, `DELETE FROM address WHERE folded = ? AND entry = ?`},
		{&s.insertClearance, `INSERT INTO clearance (sha256, texts) VALUES (?, ?)`},
		{&s.findClearance, `SELECT id FROM clearance WHERE sha256 = ?`},
		{&s.insertTombstone, `INSERT INTO tombstone (folded, directory, uuid, dn, name, kind, cleared, what, gone_at)
			VALUES (?,?,?,?,?,?,?,?,?) ON CONFLICT DO UPDATE SET dn = excluded.dn, name = excluded.name,
			kind = excluded.kind, cleared = max(cleared, excluded.cleared), what = excluded.what,
			gone_at = excluded.gone_at`},
		{&s.deleteTombstone, `DELETE FROM tombstone WHERE folded = ? AND directory = ? AND uuid = ?`},
		{&s.demoteTombstone, `UPDATE tombstone SET what = 'clearance' WHERE folded = ? AND directory = ? AND uuid = ?`},
		{&s.tally, `INSERT INTO tally (directory, kind, entries) VALUES (?, ?, ?)
			ON CONFLICT DO UPDATE SET entries = entries + excluded.entries`},
	} {
		var err error
		if *p.into, err = b.write.PrepareContext(ctx, p.query); err != nil {
			return databaseError(err)
		}
	}
	return nil
}

// writing is one transaction on a book.
type writing struct {
	book *Book
	ctx  context.Context
	tx   *sql.Tx
	dir  int64
	now  int64
	// places: the last row number used of each place that this transaction met.
	places map[int64]int64
	tally  map[Kind]int
	// words are written at the end, in the order of their numbers: FTS5 begins a new segment, and soon merges many, each
	// time that a number is smaller than the one before.
	words []indexed
}

// indexed is what the word index holds for a row.
type indexed struct {
	id   int64
	text string
}

func (w *writing) flushWords() error {
	slices.SortFunc(w.words, func(a, b indexed) int { return cmp.Compare(a.id, b.id) })
	for _, x := range w.words {
		if err := w.exec(w.book.statements.insertWords, x.id, x.text); err != nil {
			return err
		}
	}
	w.words = nil
	return nil
}

// inTransaction runs do in one transaction of the directory; it is rolled back on any error.
func (b *Book) inTransaction(ctx context.Context, dir int64, do func(w *writing) error) error {
	tx, err := b.write.BeginTx(ctx, nil)
	if err != nil {
		return databaseError(err)
	}
	defer func() { _ = tx.Rollback() }()
	w := &writing{book: b, ctx: ctx, tx: tx, dir: dir, now: nowMicros(), places: map[int64]int64{}, tally: map[Kind]int{}}
	if err := do(w); err != nil {
		return databaseError(err)
	}
	if err := w.flushWords(); err != nil {
		return databaseError(err)
	}
	for kind, n := range w.tally {
		if err := w.exec(b.statements.tally, dir, kindNumbers[kind], n); err != nil {
			return databaseError(err)
		}
	}
	return databaseError(tx.Commit())
}

func (w *writing) exec(s *sql.Stmt, args ...any) error {
	_, err := w.tx.StmtContext(w.ctx, s).ExecContext(w.ctx, args...)
	return err
}
