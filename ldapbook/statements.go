package ldapbook

import (
	"context"
	"database/sql"
	"errors"
)

// statements are prepared once, on the connection that writes; the bulk path lives by them.
type statements struct {
	insertEntry, updateEntry, deleteEntry, touch      *sql.Stmt
	lastPlace, insertLookup, deleteLookup             *sql.Stmt
	insertClearance, findClearance                    *sql.Stmt
	findClass, insertClass, countClass                *sql.Stmt
	findNode, insertNode, countNode                   *sql.Stmt
	findSpread, setSpread                             *sql.Stmt
	findOrganisation, insertOrganisation              *sql.Stmt
	countOrganisation                                 *sql.Stmt
	findBlocks, insertPosting, deletePosting          *sql.Stmt
	insertBlock, updateBlock, deleteBlock             *sql.Stmt
	insertTombstone, deleteTombstone, demoteTombstone *sql.Stmt
	tally, claim, unclaim                             *sql.Stmt
}

func (b *Book) prepareStatements(ctx context.Context) error {
	s := &b.statements
	for _, p := range []struct {
		into  **sql.Stmt
		query string
	}{
		{&s.insertEntry, `INSERT INTO entry (place, directory, class, node, uuid, body, content, read_at) VALUES (?,?,?,?,?,?,?,?)`},
		{&s.updateEntry, `UPDATE entry SET place = ?, class = ?, node = ?, body = ?, content = ?, read_at = ? WHERE id = ?`},
		{&s.deleteEntry, `DELETE FROM entry WHERE id = ?`},
		// A time ahead of now was read off a clock that was wrong.
		{&s.touch, `UPDATE entry SET read_at = CASE WHEN read_at > ?3 THEN ?1 ELSE max(read_at, ?1) END WHERE id = ?2`},
		{&s.lastPlace, `SELECT coalesce(max(key), 0) FROM lookup WHERE key BETWEEN ? AND ?`},
		{&s.insertLookup, `INSERT OR IGNORE INTO lookup (key, entry) VALUES (?, ?)`},
		{&s.deleteLookup, `DELETE FROM lookup WHERE key = ? AND entry = ?`},
		{&s.insertClearance, `INSERT INTO clearance (sha256, texts) VALUES (?, ?)`},
		{&s.findClearance, `SELECT id FROM clearance WHERE sha256 = ?`},
		{&s.findClass, `SELECT id FROM class WHERE directory = ? AND kind = ? AND clearance = ? AND transport = ?
			AND mail_domain = ? AND chat_domain = ? AND disabled = ? AND expires = ?`},
		{&s.insertClass, `INSERT INTO class (directory, kind, clearance, transport, mail_domain, chat_domain, disabled, expires, entries)
			VALUES (?,?,?,?,?,?,?,?,0)`},
		{&s.countClass, `UPDATE class SET entries = entries + ? WHERE id = ?`},
		{&s.findNode, `SELECT id FROM node WHERE directory = ? AND folded = ? AND unit_folded = ?`},
		{&s.insertNode, `INSERT INTO node (directory, parent, folded, unit_folded, dn, unit, entries, organisations)
			VALUES (?,?,?,?,?,?,0,0)`},
		{&s.countNode, `UPDATE node SET entries = entries + ?, organisations = organisations + ? WHERE id = ?`},
		{&s.findSpread, `SELECT counts FROM spread WHERE node = ?`},
		{&s.setSpread, `INSERT INTO spread (node, counts) VALUES (?, ?) ON CONFLICT DO UPDATE SET counts = excluded.counts`},
		{&s.findOrganisation, `SELECT id FROM organisation WHERE directory = ? AND name = ?`},
		{&s.insertOrganisation, `INSERT INTO organisation (directory, name, entries) VALUES (?, ?, 0)`},
		{&s.countOrganisation, `UPDATE organisation SET entries = entries + ? WHERE id = ?`},
		{&s.findBlocks, `WITH low (first) AS (SELECT coalesce((SELECT max(first) FROM posting WHERE term = ?1 AND first <= ?2),
				(SELECT min(first) FROM posting WHERE term = ?1)))
			SELECT p.first, coalesce(p.block, 0), coalesce(p.ids, b.ids) FROM posting p LEFT JOIN block b ON b.id = p.block
			WHERE p.term = ?1 AND p.first >= (SELECT first FROM low) AND p.first <= max(?3, (SELECT first FROM low))
			ORDER BY p.first`},
		{&s.insertPosting, `INSERT INTO posting (term, first, block, ids) VALUES (?, ?, ?, ?)`},
		{&s.deletePosting, `DELETE FROM posting WHERE term = ? AND first = ?`},
		{&s.insertBlock, `INSERT INTO block (ids) VALUES (?)`},
		{&s.updateBlock, `UPDATE block SET ids = ? WHERE id = ?`},
		{&s.deleteBlock, `DELETE FROM block WHERE id = ?`},
		{&s.insertTombstone, `INSERT INTO tombstone (folded, directory, uuid, dn, name, kind, cleared, what, gone_at)
			VALUES (?,?,?,?,?,?,?,?,?) ON CONFLICT DO UPDATE SET dn = excluded.dn, name = excluded.name,
			kind = excluded.kind, cleared = max(cleared, excluded.cleared), what = excluded.what,
			gone_at = excluded.gone_at`},
		{&s.deleteTombstone, `DELETE FROM tombstone WHERE folded = ? AND directory = ? AND uuid = ?`},
		{&s.demoteTombstone, `UPDATE tombstone SET what = 'clearance' WHERE folded = ? AND directory = ? AND uuid = ?`},
		{&s.tally, `INSERT INTO tally (directory, kind, entries) VALUES (?, ?, ?)
			ON CONFLICT DO UPDATE SET entries = entries + excluded.entries`},
		{&s.unclaim, `DELETE FROM claimed WHERE directory = ? AND key IN (SELECT value FROM json_each(?))`},
		{&s.claim, `INSERT INTO claimed (key, directory) SELECT j.value, ?1 FROM json_each(?2) j WHERE 1 < (SELECT count(*)
			FROM lookup l CROSS JOIN entry e ON e.id = l.entry WHERE l.key = j.value AND e.directory = ?1)`},
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
	// places: the last number used of each place that this transaction met.
	places   map[int64]int64
	counts   counted
	postings changes
	claims   map[int64]bool // keys of addresses that entries got or lost

	mayLoad, loading bool    // see load.go
	noPlaces         bool    // lookup holds no places, so that of no place a number is taken but in places
	packed           packing // memory for one entry
	foreign          bool    // another process wrote since the last transaction
}

// inTransaction runs do in one transaction of the directory; it is rolled back on any error. Rows of a first read that wait
// for their index get it before (see load.go).
func (b *Book) inTransaction(ctx context.Context, dir int64, do func(w *writing) error) error {
	for {
		if err := b.finishLoad(ctx, dir); err != nil {
			return err
		}
		err := b.transaction(ctx, dir, func(w *writing) error {
			waiting, err := isLoading(ctx, w.tx, dir)
			if err != nil {
				return err
			}
			if waiting { // a first read has begun in between
				return errLoading
			}
			return do(w)
		})
		if !errors.Is(err, errLoading) {
			return err
		}
	}
}

func (b *Book) transaction(ctx context.Context, dir int64, do func(w *writing) error) error {
	// The connection alone is no lock: a context that ends gives it back before this function is left.
	b.writing.Lock()
	defer b.writing.Unlock()
	tx, err := b.write.BeginTx(ctx, nil)
	if err != nil {
		return databaseError(err)
	}
	w := &writing{book: b, ctx: ctx, tx: tx, dir: dir, now: nowMicros(), places: b.places, counts: newCounted(),
		postings: changes{}}
	if w.places == nil {
		w.places = map[int64]int64{}
	}
	err = errors.Join(w.checkSubject(), w.checkInterned())
	if err == nil {
		err = do(w)
		b.transactions++
	}
	if err == nil {
		err = w.flushPostings()
	}
	if err == nil {
		err = w.flushClaims()
	}
	if err == nil {
		err = w.flushCounts()
	}
	if err == nil {
		_, err = tx.ExecContext(ctx, `UPDATE edition SET n = n + 1`)
	}
	if err == nil {
		if err = tx.Commit(); err == nil {
			return nil
		}
	}
	b.interned = newInterned() // what it knows of is rolled back
	if w.loading && b.loadsNow(dir) {
		b.setLoads(dir, nil)
	}
	_ = tx.Rollback()
	return databaseError(err)
}

// checkInterned forgets the numbers of shared rows when another process wrote since the last transaction.
func (w *writing) checkInterned() error {
	var version int64
	if err := w.tx.QueryRowContext(w.ctx, `PRAGMA data_version`).Scan(&version); err != nil {
		return err
	}
	w.foreign = version != w.book.dataVersion
	if w.foreign || w.book.interned.tooMany() {
		w.book.interned = newInterned()
	}
	w.book.dataVersion = version
	return nil
}

func (w *writing) exec(s *sql.Stmt, args ...any) error {
	_, err := w.tx.StmtContext(w.ctx, s).ExecContext(w.ctx, args...)
	return err
}
