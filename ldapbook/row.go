package ldapbook

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"fmt"
	"slices"
	"time"
)

// kindNumbers: how kinds are stored. A number's meaning never changes.
var kindNumbers = map[Kind]int{KindPerson: 1, KindRole: 2, KindList: 3, KindRoom: 4, KindOrganisation: 5}

func kindOf(number int) Kind {
	if number < 0 || number >= len(numberedKinds) {
		return ""
	}
	return numberedKinds[number]
}

var numberedKinds = func() (all [6]Kind) {
	for k, n := range kindNumbers {
		all[n] = k
	}
	return all
}()

// addressee tells whether entries of a kind can be written to: a search without a kind finds them.
func (k Kind) addressee() bool { return k != KindOrganisation }

// indexVersion is part of every content hash: raising it makes the next read write every row, and with it the words and
// addresses derived from it, anew.
const indexVersion = 2

// contentHash covers everything that was published and how it was read, but not when.
func (w *writing) contentHash(e *Entry) int64 {
	p := w.packed[:0]
	p.number(indexVersion)
	p.number(uint64(kindNumbers[e.Kind]))
	for i, flag := range []bool{e.MembersIncomplete, e.Disabled, e.Dynamic} {
		if flag {
			p.number(uint64(1 + i))
		}
	}
	texts := [...]string{e.DN, e.Nation, e.Name, e.Surname, e.GivenName, e.Rank, e.Title, e.Unit, e.Organisation,
		string(e.Transport)}
	p.list(texts[:])
	for _, list := range [...][]string{e.Mail, e.JID, e.Phone, e.Clearance, e.Members, e.Occupants} {
		p.list(list)
	}
	packCapabilities(&p, e)
	if len(e.SamePerson) > 0 { // of all others the hash is what it was before there was such a field: they are not written anew
		p.list(e.SamePerson)
	}
	w.packed = p
	sum := sha256.Sum256(p)
	return int64(binary.BigEndian.Uint64(sum[:]))
}

// entryColumns are what scanEntry reads, from "entry e JOIN directory d ON d.id = e.directory".
const entryColumns = `e.id, e.place, e.class, e.node, d.name, d.nation, d.full_read_at, e.uuid, e.body, e.read_at`

const entryTables = ` FROM entry e JOIN directory d ON d.id = e.directory `

// entriesByKey takes a JSON array of keys of lookup. CROSS JOIN makes SQLite begin with the few that are asked for: left to
// itself it reads the whole table for each batch.
const entriesByKey = ` FROM json_each(?) j CROSS JOIN lookup l ON l.key = j.value
	CROSS JOIN entry e ON e.id = l.entry JOIN directory d ON d.id = e.directory `

type storedEntry struct {
	Entry
	id, place    int64
	class, node  int64
	clearance    int64
	organisation int64
	read         int64 // when the row itself was read
	body         []byte
}

func scanEntry(rows *sql.Rows) (storedEntry, error) {
	var s storedEntry
	var full int64
	var uuid sql.RawBytes
	err := rows.Scan(&s.id, &s.place, &s.class, &s.node, &s.Directory, &s.Nation, &full, &uuid, &s.body, &s.read)
	if err != nil {
		return storedEntry{}, err
	}
	s.UUID = unpackUUID(uuid)
	s.ReadAt = fromMicros(max(full, s.read))
	return s, nil
}

// queryer is a database or a transaction.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// entries runs a query for entryColumns and fills in what is kept elsewhere.
func (b *Book) entries(ctx context.Context, q queryer, query string, args ...any) ([]storedEntry, error) {
	return b.entriesOf(ctx, q, func() (*sql.Rows, error) { return q.QueryContext(ctx, query, args...) })
}

func (b *Book) entriesOf(ctx context.Context, q queryer, ask func() (*sql.Rows, error)) ([]storedEntry, error) {
	rows, err := ask()
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []storedEntry
	for rows.Next() {
		s, err := scanEntry(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for i := range all {
		if err := b.fill(ctx, q, &all[i]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// fill unpacks an entry's row.
func (b *Book) fill(ctx context.Context, q queryer, s *storedEntry) error {
	c, err := b.class(ctx, q, s.class)
	if err != nil {
		return err
	}
	n, err := b.node(ctx, q, s.node)
	if err != nil {
		return err
	}
	s.Kind, s.Transport, s.clearance = kindOf(c.kind), Transport(c.transport), c.clearance
	if s.organisation, err = unpackBody(string(s.body), &s.Entry, c, n); err != nil {
		return fmt.Errorf("%w: number %d", err, s.id)
	}
	s.body = nil
	if s.Dynamic { // who belongs to it is not known from a read of the directory that did not ask its URLs
		s.ReadAt = fromMicros(s.read)
	}
	if s.Organisation, err = b.organisation(ctx, q, s.organisation); err != nil {
		return err
	}
	texts, err := b.clearance(ctx, q, s.clearance)
	s.Clearance = slices.Clone(texts)
	return err
}

func toMicros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicros(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// addresses returns the distinct folded addresses of an entry.
func addresses(e *Entry) []string {
	var all []string
	for _, list := range [][]string{e.Mail, e.JID} {
		for _, a := range list {
			if f := FoldAddress(a); f != "" && !slices.Contains(all, f) {
				all = append(all, f)
			}
		}
	}
	return all
}
