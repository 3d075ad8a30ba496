package ldapbook

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"slices"
	"time"
)

// kindNumbers: how kinds are stored. A number's meaning never changes.
var kindNumbers = map[Kind]int{KindPerson: 1, KindRole: 2, KindList: 3, KindRoom: 4, KindOrganisation: 5}

func kindOf(number int) Kind {
	for k, n := range kindNumbers {
		if n == number {
			return k
		}
	}
	return ""
}

// indexVersion is part of every content hash: raising it makes the next read write every row, and with it the words and
// addresses derived from it, anew.
const indexVersion = 1

// contentHash covers everything that was published and how it was read, but not when.
func contentHash(e *Entry) []byte {
	b := binary.AppendUvarint(nil, indexVersion)
	b = append(b, byte(kindNumbers[e.Kind]))
	if e.MembersIncomplete {
		b = append(b, 1)
	}
	single := []string{e.DN, e.Nation, e.Name, e.Surname, e.GivenName, e.Rank, e.Title, e.Unit, e.Organisation,
		string(e.Transport)}
	for _, list := range [][]string{single, e.Mail, e.JID, e.Phone, e.Clearance, e.Members, e.Occupants} {
		b = binary.AppendUvarint(b, uint64(len(list)))
		b = append(b, packList(list)...)
	}
	sum := sha256.Sum256(b)
	return sum[:16]
}

// entryColumns are what scanEntry reads, from "entry e JOIN directory d ON d.id = e.directory".
const entryColumns = `e.id, d.name, d.nation, d.full_read_at, e.uuid, e.dn, e.kind, e.name, e.surname, e.given_name,
	e.rank, e.title, e.unit, e.organisation, e.mail, e.jid, e.phone, e.members, e.occupants, e.partial, e.clearance,
	e.transport, e.read_at`

const entryTables = ` FROM entry e JOIN directory d ON d.id = e.directory `

// entriesByAddress takes a JSON array of folded addresses. CROSS JOIN makes SQLite begin with the few that are asked for:
// left to itself it reads the whole table for each batch.
const entriesByAddress = ` FROM json_each(?) j CROSS JOIN address a ON a.folded = j.value
	CROSS JOIN entry e ON e.id = a.entry JOIN directory d ON d.id = e.directory `

type storedEntry struct {
	Entry
	id        int64
	clearance int64
}

func scanEntry(rows *sql.Rows) (storedEntry, error) {
	var s storedEntry
	var full, read int64
	var kind int
	var mail, jid, phone, members, occupants sql.RawBytes
	err := rows.Scan(&s.id, &s.Directory, &s.Nation, &full, &s.UUID, &s.DN, &kind, &s.Name, &s.Surname, &s.GivenName,
		&s.Rank, &s.Title, &s.Unit, &s.Organisation, &mail, &jid, &phone, &members, &occupants, &s.MembersIncomplete,
		&s.clearance, &s.Transport, &read)
	if err != nil {
		return storedEntry{}, err
	}
	s.Kind = kindOf(kind)
	s.Mail, s.JID, s.Phone = unpackList(mail), unpackList(jid), unpackList(phone)
	s.Members, s.Occupants = unpackList(members), unpackList(occupants)
	s.ReadAt = fromMicros(max(full, read))
	return s, nil
}

// queryer is a database or a transaction.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// entries runs a query for entryColumns and fills in the clearances.
func (b *Book) entries(ctx context.Context, q queryer, query string, args ...any) ([]storedEntry, error) {
	rows, err := q.QueryContext(ctx, query, args...)
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
		if all[i].Clearance, err = b.clearance(ctx, q, all[i].clearance); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// clearance returns the texts of a stored clearance. Rows of that table never change and numbers are never used again,
// so that what was read once is kept.
func (b *Book) clearance(ctx context.Context, q queryer, id int64) ([]string, error) {
	if id == 0 {
		return nil, nil
	}
	if texts, ok := b.clearances.Load(id); ok {
		return slices.Clone(texts.([]string)), nil
	}
	rows, err := q.QueryContext(ctx, `SELECT texts FROM clearance WHERE id = ?`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var packed []byte
	if rows.Next() {
		if err := rows.Scan(&packed); err != nil {
			return nil, err
		}
	}
	if err := rows.Err(); err != nil || packed == nil {
		return nil, err
	}
	texts := unpackList(packed)
	b.clearances.Store(id, texts)
	return slices.Clone(texts), nil
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
