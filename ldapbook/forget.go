package ldapbook

import "errors"

// forget removes all rows of the directory.
func (w *writing) forget() error {
	var others bool
	err := w.tx.QueryRowContext(w.ctx, `SELECT EXISTS (SELECT 1 FROM entry WHERE directory <> ?)`, w.dir).Scan(&others)
	if err != nil {
		return err
	}
	if !others { // a million rows one by one take minutes
		for _, table := range []string{"entry", "lookup", "posting", "block", "claimed"} {
			if _, err := w.tx.ExecContext(w.ctx, `DELETE FROM `+table); err != nil {
				return err
			}
		}
	}
	for others {
		some, err := w.book.entries(w.ctx, w.tx, `SELECT `+entryColumns+entryTables+`WHERE e.directory = ? LIMIT ?`, w.dir, batchSize)
		if err != nil {
			return err
		}
		if len(some) == 0 {
			break
		}
		for i := range some {
			if err := w.remove(&some[i]); err != nil {
				return err
			}
		}
		if err := errors.Join(w.flushPostings(), w.flushClaims()); err != nil {
			return err
		}
	}
	if err := w.flushCounts(); err != nil {
		return err
	}
	w.book.interned = newInterned()
	for _, statement := range []string{
		`DELETE FROM spread WHERE node IN (SELECT id FROM node WHERE directory = ?)`,
		`DELETE FROM node WHERE directory = ?`,
		`DELETE FROM class WHERE directory = ?`,
		`DELETE FROM organisation WHERE directory = ?`,
		`DELETE FROM tombstone WHERE directory = ?`,
		`DELETE FROM tally WHERE directory = ?`,
		`DELETE FROM loading WHERE directory = ?`,
		`DELETE FROM refresh WHERE directory = ?`,
		`DELETE FROM container WHERE directory = ?`,
		`DELETE FROM directory WHERE id = ?`,
	} {
		if _, err := w.tx.ExecContext(w.ctx, statement, w.dir); err != nil {
			return err
		}
	}
	_, err = w.tx.ExecContext(w.ctx, `DELETE FROM clearance WHERE id NOT IN (SELECT clearance FROM class)`)
	return err
}
