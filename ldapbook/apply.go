package ldapbook

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

func nowMicros() int64 { return time.Now().UnixMicro() }

// applied counts what a batch did.
type applied struct {
	added, changed, unchanged int
	ids                       []int64 // row numbers of all entries of the batch
}

// known is a row that is there already.
type known struct {
	id      int64
	content []byte
}

// apply writes a batch of entries of one directory. Rows whose content is the same are left alone; with touch, the time
// at which they were read is brought up to date.
func (w *writing) apply(batch []Entry, touch bool) (applied, error) {
	batch = lastOfEach(batch)
	have, err := w.known(batch)
	if err != nil {
		return applied{}, err
	}
	buried, err := w.buried(batch)
	if err != nil {
		return applied{}, err
	}
	var done applied
	for i := range batch {
		e := &batch[i]
		content := contentHash(e)
		old, exists := have[e.UUID]
		id := old.id
		switch {
		case exists && bytes.Equal(old.content, content):
			done.unchanged++
			if touch {
				err = w.exec(w.book.statements.touch, toMicros(e.ReadAt), id, w.now)
			}
		case exists:
			done.changed++
			id, err = w.replace(old.id, e, content)
		default:
			done.added++
			id, err = w.insert(0, e, content)
		}
		if err == nil && buried[e.UUID] {
			err = w.revive(e)
		}
		if err != nil {
			return applied{}, fmt.Errorf("entry %q: %w", e.DN, err)
		}
		done.ids = append(done.ids, id)
	}
	return done, nil
}

// lastOfEach keeps the last of several entries that have one UUID.
func lastOfEach(batch []Entry) []Entry {
	seen := make(map[string]int, len(batch))
	out := batch[:0:0]
	for _, e := range batch {
		if i, ok := seen[e.UUID]; ok {
			out[i] = e
			continue
		}
		seen[e.UUID] = len(out)
		out = append(out, e)
	}
	return out
}

func uuidsOf(batch []Entry) (string, error) {
	uuids := make([]string, len(batch))
	for i := range batch {
		uuids[i] = batch[i].UUID
	}
	b, err := json.Marshal(uuids)
	return string(b), err
}

func (w *writing) known(batch []Entry) (map[string]known, error) {
	uuids, err := uuidsOf(batch)
	if err != nil {
		return nil, err
	}
	// CROSS JOIN: see entriesByAddress.
	rows, err := w.tx.QueryContext(w.ctx, `SELECT e.uuid, e.id, e.content FROM json_each(?) j
		CROSS JOIN entry e ON e.directory = ? AND e.uuid = j.value`, uuids, w.dir)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	have := make(map[string]known, len(batch))
	for rows.Next() {
		var uuid string
		var k known
		if err := rows.Scan(&uuid, &k.id, &k.content); err != nil {
			return nil, err
		}
		have[uuid] = k
	}
	return have, rows.Err()
}

// insert writes a new row under the number given, or, if that is 0, under a new one.
func (w *writing) insert(id int64, e *Entry, content []byte) (int64, error) {
	if id == 0 {
		var err error
		if id, err = w.newID(bookPlace(e)); err != nil {
			return 0, err
		}
	}
	clearance, err := w.intern(e.Clearance)
	if err != nil {
		return 0, err
	}
	s := &w.book.statements
	err = w.exec(s.insertEntry, id, w.dir, e.UUID, e.DN, dnKey(FoldDN(e.DN)), kindNumbers[e.Kind], e.Name, e.Surname,
		e.GivenName, e.Rank, e.Title, e.Unit, e.Organisation, packList(e.Mail), packList(e.JID), packList(e.Phone),
		packList(e.Members), packList(e.Occupants), e.MembersIncomplete, clearance, string(e.Transport), content,
		toMicros(e.ReadAt))
	if err != nil {
		return 0, err
	}
	for _, a := range addresses(e) {
		if err := w.exec(s.insertAddress, a, id); err != nil {
			return 0, err
		}
	}
	w.tally[e.Kind]++
	w.words = append(w.words, indexed{id, indexText(w.dir, e)})
	return id, nil
}

// replace writes a changed entry. It keeps its number as long as its place in the book is the same.
func (w *writing) replace(id int64, e *Entry, content []byte) (int64, error) {
	old, err := w.load(id)
	if err != nil {
		return 0, err
	}
	if err := w.remove(old); err != nil {
		return 0, err
	}
	if err := w.bury(old, e); err != nil {
		return 0, err
	}
	if id>>sequenceBits != bookPlace(e) {
		id = 0
	}
	return w.insert(id, e, content)
}

func (w *writing) load(id int64) (*storedEntry, error) {
	found, err := w.book.entries(w.ctx, w.tx, `SELECT `+entryColumns+entryTables+`WHERE e.id = ?`, id)
	if err != nil {
		return nil, err
	}
	if len(found) != 1 {
		return nil, sql.ErrNoRows
	}
	return &found[0], nil
}

// remove deletes a row and all that was derived from it.
func (w *writing) remove(old *storedEntry) error {
	s := &w.book.statements
	w.words = slices.DeleteFunc(w.words, func(x indexed) bool { return x.id == old.id })
	errs := []error{w.exec(s.deleteEntry, old.id), w.exec(s.deleteWords, old.id)}
	for _, a := range addresses(&old.Entry) {
		errs = append(errs, w.exec(s.deleteAddress, a, old.id))
	}
	w.tally[old.Kind]--
	return errors.Join(errs...)
}

// newID returns a free row number at the place.
func (w *writing) newID(place int64) (int64, error) {
	first := place << sequenceBits
	last, ok := w.places[place]
	if !ok {
		var found sql.NullInt64
		row := w.tx.StmtContext(w.ctx, w.book.statements.lastPlace).QueryRowContext(w.ctx, first, first|maxSequence)
		if err := row.Scan(&found); err != nil {
			return 0, err
		}
		last = max(found.Int64, first)
	}
	if last >= first|maxSequence {
		return w.freeID(first)
	}
	w.places[place] = last + 1
	return last + 1, nil
}

// freeID finds a number that became free, when the place's last one is taken.
func (w *writing) freeID(first int64) (int64, error) {
	const gap = `SELECT e.id + 1 FROM entry e WHERE e.id BETWEEN ? AND ?
		AND NOT EXISTS (SELECT 1 FROM entry n WHERE n.id = e.id + 1) LIMIT 1`
	var id int64
	err := w.tx.QueryRowContext(w.ctx, gap, first, first|maxSequence-1).Scan(&id)
	return id, err
}

// intern returns the number of a clearance; 0 for none.
func (w *writing) intern(clearance []string) (int64, error) {
	if len(clearance) == 0 {
		return 0, nil
	}
	packed := packList(slices.Sorted(slices.Values(clearance)))
	sum := sha256.Sum256(packed)
	s := &w.book.statements
	var id int64
	err := w.tx.StmtContext(w.ctx, s.findClearance).QueryRowContext(w.ctx, sum[:]).Scan(&id)
	if !errors.Is(err, sql.ErrNoRows) {
		return id, err
	}
	result, err := w.tx.StmtContext(w.ctx, s.insertClearance).ExecContext(w.ctx, sum[:], packed)
	if err != nil {
		return 0, err
	}
	return result.LastInsertId()
}

// indexText is what the index holds for an entry: marks for directory and kind, then its words.
func indexText(dir int64, e *Entry) string {
	return strings.Join(append([]string{directoryMark(dir), kindMark(e.Kind)}, entryWords(e)...), " ")
}

// entryWords are the words under which an entry is found.
func entryWords(e *Entry) []string {
	texts := []string{e.Surname, e.GivenName, e.Name, e.Rank, e.Title, e.Unit, e.Organisation, e.Nation}
	return indexWords(append(append(texts, e.Mail...), e.JID...)...)
}

// Marks are single characters of the private use area, which no text folds to: so a search by nation or kind is answered
// by the index itself. The directory's number is bounded by directoryID.
const (
	firstDirectoryMark = 0xE000
	firstKindMark      = 0xF8F0
	maxDirectories     = firstKindMark - firstDirectoryMark
)

func directoryMark(dir int64) string { return string(rune(firstDirectoryMark + dir)) }

func kindMark(k Kind) string { return string(rune(firstKindMark + kindNumbers[k])) }
