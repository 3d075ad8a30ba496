package federation

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"caveat/backend/presend"
	"caveat/ldapbook"
)

// memory is what caveat.db remembers of an address that a check has met (RULES 8). The book is a cache and may be deleted;
// that somebody once had a clearance must not be forgotten with it.
type memory struct {
	directory, uuid, dn, name, kind string
	hadClearance                    bool
	lastSeen                        time.Time
}

// memories reads what is remembered of addresses.
func (f *Federation) memories(ctx context.Context, keys []string) (map[string][]memory, error) {
	const columns = `SELECT s.address, s.directory, s.uuid, s.dn, s.name, s.kind, s.had_clearance, s.last_seen FROM `
	out := make(map[string][]memory, len(keys))
	read := func(query string, arg string) error {
		rows, err := f.store.Reader().QueryContext(ctx, columns+query, arg)
		if err != nil {
			return err
		}
		return readMemories(rows, out)
	}
	var texts []string
	for _, k := range slices.Compact(slices.Sorted(slices.Values(keys))) {
		if isText(k) {
			texts = append(texts, k)
		} else if err := read(`seen s WHERE s.address = ?`, k); err != nil {
			return nil, err
		}
	}
	list, err := json.Marshal(texts)
	if err != nil {
		return nil, err
	}
	// CROSS JOIN makes SQLite begin with those that are asked for.
	return out, read(`json_each(?) j CROSS JOIN seen s ON s.address = j.value`, string(list))
}

// isText reports that a JSON document can hold a text as it is: others would become, in it, other texts.
func isText(s string) bool { return utf8.ValidString(s) && !strings.Contains(s, "\x00") }

func readMemories(rows *sql.Rows, out map[string][]memory) error {
	defer rows.Close()
	for rows.Next() {
		var k string
		var m memory
		var seen int64
		if err := rows.Scan(&k, &m.directory, &m.uuid, &m.dn, &m.name, &m.kind, &m.hadClearance, &seen); err != nil {
			return err
		}
		m.lastSeen = time.Unix(seen, 0)
		out[k] = append(out[k], m)
	}
	return rows.Err()
}

// memoriesOf reads what is remembered of entries of a directory by their names; the key is the folded DN.
func (f *Federation) memoriesOf(ctx context.Context, directory string, dns []string) (map[string]memory, error) {
	out := map[string]memory{}
	if len(dns) == 0 {
		return out, nil
	}
	wanted := map[string]bool{}
	for _, dn := range dns {
		wanted[dn] = true
	}
	rows, err := f.store.Reader().QueryContext(ctx, `SELECT address, directory, uuid, dn, name, kind, had_clearance, last_seen
		FROM seen WHERE directory = ?`, directory)
	if err != nil {
		return nil, err
	}
	all := map[string][]memory{}
	if err := readMemories(rows, all); err != nil {
		return nil, err
	}
	for _, list := range all {
		for _, m := range list {
			if dn := ldapbook.FoldDN(m.dn); wanted[dn] {
				m.hadClearance = m.hadClearance || out[dn].hadClearance
				out[dn] = m
			}
		}
	}
	return out, nil
}

// rememberAgain is how old a memory may be before it is written again: not every check while typing writes.
const rememberAgain = 24 * time.Hour

// remember writes down what a check met; known is what was remembered of the addresses before.
func (f *Federation) remember(ctx context.Context, keys []string, parties []presend.Party, known map[string][]memory) error {
	type news struct {
		key string
		e   presend.Entry
	}
	var due []news
	for i, p := range parties {
		for _, e := range p.Entries {
			if !e.Withdrawn && f.isNews(known[keys[i]], e) {
				due = append(due, news{keys[i], e})
			}
		}
	}
	if len(due) == 0 {
		return nil
	}
	return f.store.Write(ctx, func(tx *sql.Tx) error {
		for _, n := range due {
			_, err := tx.ExecContext(ctx, `INSERT INTO seen (address, directory, uuid, dn, name, kind, nation, had_clearance, last_seen)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
				ON CONFLICT (address, directory, uuid) DO UPDATE SET dn = excluded.dn, name = excluded.name, kind = excluded.kind,
					had_clearance = max(had_clearance, excluded.had_clearance), last_seen = excluded.last_seen`,
				n.key, n.e.Directory, n.e.UUID, n.e.DN, n.e.Name, string(n.e.Kind), n.e.Nation, len(n.e.Clearances) > 0, f.now().Unix())
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func (f *Federation) isNews(known []memory, e presend.Entry) bool {
	for _, m := range known {
		if m.directory == e.Directory && m.uuid == e.UUID && m.dn == e.DN {
			return len(e.Clearances) > 0 && !m.hadClearance || f.now().Sub(m.lastSeen) > rememberAgain
		}
	}
	return true
}
