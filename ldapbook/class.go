package ldapbook

import (
	"cmp"
	"context"
	"slices"
)

// Class is what all that can be decided about an entry from the book depends on: entries of one class have all this in
// common. A million people are of a few thousand classes, so that a decision is made once for each class.
type Class struct {
	ID        int64 // never used for another class
	Directory string
	Nation    string
	Kind      Kind
	Transport Transport
	// MailDomain and ChatDomain are those of the address by which the entry goes on that channel (its first), folded;
	// "": it has none.
	MailDomain, ChatDomain string
	Clearance              []string // see Entry.Clearance
	Disabled               bool     // see Entry.Disabled
	Expires                bool     // an end is published (Entry.ExpiresAt): when, each entry says for itself
	Entries                int
}

// Classes lists the classes that have entries, by directory and number. The texts of a clearance are shared: they must not be
// changed. Errors: ErrDatabase.
func (b *Book) Classes(ctx context.Context) ([]Class, error) {
	rows, err := b.read.QueryContext(ctx, `SELECT c.id, d.name, d.nation, c.kind, c.transport, c.mail_domain, c.chat_domain,
		c.clearance, c.disabled, c.expires, c.entries FROM class c JOIN directory d ON d.id = c.directory WHERE c.entries > 0 ORDER BY d.name, c.id`)
	if err != nil {
		return nil, databaseError(err)
	}
	defer rows.Close()
	var all []Class
	var clearances []int64
	for rows.Next() {
		var c Class
		var kind int
		var clearance int64
		err := rows.Scan(&c.ID, &c.Directory, &c.Nation, &kind, &c.Transport, &c.MailDomain, &c.ChatDomain, &clearance,
			&c.Disabled, &c.Expires, &c.Entries)
		if err != nil {
			return nil, databaseError(err)
		}
		c.Kind = kindOf(kind)
		all = append(all, c)
		clearances = append(clearances, clearance)
	}
	if err := rows.Err(); err != nil {
		return nil, databaseError(err)
	}
	texts, err := b.clearances(ctx, clearances)
	if err != nil {
		return nil, databaseError(err)
	}
	for i := range all {
		all[i].Clearance = texts[clearances[i]]
	}
	return all, nil
}

// Spread is how many entries of a class stand in a unit.
type Spread struct {
	Unit    string // Entry.Unit; of several spellings that differ only in case, one
	Class   int64
	Entries int
}

// Spread tells how the entries of one directory are spread over units and classes, by unit and class. Errors: ErrDatabase.
func (b *Book) Spread(ctx context.Context, directory string) ([]Spread, error) {
	rows, err := b.read.QueryContext(ctx, `SELECT n.unit_folded, n.unit, s.counts FROM directory d
		JOIN node n ON n.directory = d.id JOIN spread s ON s.node = n.id WHERE d.name = ? ORDER BY n.unit_folded, n.id`, directory)
	if err != nil {
		return nil, databaseError(err)
	}
	defer rows.Close()
	var all []Spread
	var folded string // of the unit whose counts stand from start on
	start := 0
	for rows.Next() {
		var f, unit string
		var packed []byte
		if err := rows.Scan(&f, &unit, &packed); err != nil {
			return nil, databaseError(err)
		}
		if f != folded {
			all = joinSpread(all, start)
			folded, start = f, len(all)
		}
		err := eachCount(packed, func(class int64, n int) { all = append(all, Spread{unit, class, n}) })
		if err != nil {
			return nil, databaseError(err)
		}
	}
	return joinSpread(all, start), databaseError(rows.Err())
}

// joinSpread sorts the counts of one unit, which stand from start on, and adds up those of one class.
func joinSpread(all []Spread, start int) []Spread {
	unit := all[start:]
	byClass := func(x, y Spread) int { return cmp.Compare(x.Class, y.Class) }
	if !slices.IsSortedFunc(unit, byClass) {
		slices.SortStableFunc(unit, byClass)
	}
	out := all[:start]
	for _, s := range unit {
		if n := len(out); n > start && out[n-1].Class == s.Class {
			out[n-1].Entries += s.Entries
			continue
		}
		if len(out) > start {
			s.Unit = out[start].Unit
		}
		out = append(out, s)
	}
	return out
}
