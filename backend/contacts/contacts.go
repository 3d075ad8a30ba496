// Package contacts keeps, in caveat.db, whom the user writes to, the favourites and the user's own groups. It names entries of
// the address book and holds nothing else of them but a name and an address to show when the book does not have them.
//
// All methods are safe for concurrent use.
package contacts

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"time"

	"caveat/backend/store"
)

// Sentinel errors.
var (
	// ErrNoGroup: there is no group of that id.
	ErrNoGroup = errors.New("contacts: no such group")
	// ErrName: a group needs a name, and one that no other group has.
	ErrName = errors.New("contacts: name")
	// ErrMany: more favourites, groups or members than are kept.
	ErrMany = errors.New("contacts: too many")
)

// Limits of what is kept.
const (
	MaxFavourites = 500
	MaxGroups     = 500
	MaxMembers    = 2000 // of one group
	maxUsed       = 5000 // those used least are forgotten
)

// Ref names an entry of the address book.
type Ref struct{ Directory, UUID string }

// Contact is an entry with its name as last known.
type Contact struct {
	Ref
	Name string
}

// Used is how often somebody was written to.
type Used struct {
	Contact
	Count int
	Last  time.Time // zero: never
}

// Contacts is the user's own view of the address book.
type Contacts struct {
	store *store.Store
	now   func() time.Time
}

// New works on a store.
func New(s *store.Store, now func() time.Time) *Contacts { return &Contacts{s, now} }

// halfLife is how long a use takes to count half as much.
const halfLife = 30 * 24 * time.Hour

// use is the weight of one use at a time, as a logarithm to the base of 2: each half-life later it is one more. So an order by
// the sum of such weights stays the same while time passes.
func use(at time.Time) float64 { return float64(at.UnixMilli()) / float64(halfLife.Milliseconds()) }

// both is the logarithm of the sum of two weights.
func both(a, b float64) float64 {
	high, low := max(a, b), min(a, b)
	return high + math.Log2(1+math.Exp2(low-high))
}

// Use counts one use of each.
func (c *Contacts) Use(ctx context.Context, who []Contact) error {
	if len(who) == 0 {
		return nil
	}
	return c.store.Write(ctx, func(tx *sql.Tx) error { return c.UseIn(ctx, tx, who) })
}

// UseIn is Use in a transaction of the caller's.
func (c *Contacts) UseIn(ctx context.Context, tx *sql.Tx, who []Contact) error {
	now := c.now()
	for _, x := range who {
		heat := use(now)
		var before float64
		err := tx.QueryRowContext(ctx, `SELECT heat FROM used WHERE directory = ? AND uuid = ?`, x.Directory, x.UUID).Scan(&before)
		switch {
		case err == nil:
			heat = both(heat, before)
		case !errors.Is(err, sql.ErrNoRows):
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO used (directory, uuid, name, count, last, heat) VALUES (?, ?, ?, 1, ?, ?)
			ON CONFLICT (directory, uuid) DO UPDATE SET name = excluded.name, count = count + 1, last = excluded.last, heat = excluded.heat`,
			x.Directory, x.UUID, x.Name, now.UnixMilli(), heat)
		if err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM used WHERE (directory, uuid) IN
		(SELECT directory, uuid FROM used ORDER BY heat DESC LIMIT -1 OFFSET ?)`, maxUsed)
	return err
}

// Ranked lists whom the user writes to, those first who were written to most and last, each use counting half as much after 30
// days.
func (c *Contacts) Ranked(ctx context.Context, limit int) ([]Used, error) {
	return c.used(ctx, `ORDER BY heat DESC, directory, uuid LIMIT ?`, limit)
}

// Recent lists whom the user wrote to, the latest first.
func (c *Contacts) Recent(ctx context.Context, limit int) ([]Used, error) {
	return c.used(ctx, `ORDER BY last DESC, heat DESC, directory, uuid LIMIT ?`, limit)
}

func (c *Contacts) used(ctx context.Context, order string, limit int) ([]Used, error) {
	return c.list(ctx, `SELECT directory, uuid, name, count, last FROM used `+order, limit)
}

// Favourites lists the favourites by name.
func (c *Contacts) Favourites(ctx context.Context) ([]Used, error) {
	return c.list(ctx, `SELECT f.directory, f.uuid, f.name, coalesce(u.count, 0), coalesce(u.last, 0)
		FROM favourite f LEFT JOIN used u USING (directory, uuid) ORDER BY f.name, f.directory, f.uuid`)
}

// list reads directory, uuid, name, how often and when last; 0: never.
func (c *Contacts) list(ctx context.Context, query string, args ...any) ([]Used, error) {
	rows, err := c.store.Reader().QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Used
	for rows.Next() {
		var u Used
		var last int64
		if err := rows.Scan(&u.Directory, &u.UUID, &u.Name, &u.Count, &last); err != nil {
			return nil, err
		}
		if last != 0 {
			u.Last = time.UnixMilli(last).UTC()
		}
		out = append(out, u)
	}
	return out, rows.Err()
}

// AddFavourite makes somebody a favourite; one already is renamed. ErrMany.
func (c *Contacts) AddFavourite(ctx context.Context, who Contact) error {
	return c.store.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO favourite (directory, uuid, name) VALUES (?, ?, ?)
			ON CONFLICT (directory, uuid) DO UPDATE SET name = excluded.name`, who.Directory, who.UUID, who.Name)
		if err != nil {
			return err
		}
		if err := atMost(ctx, tx, MaxFavourites, `SELECT count(*) FROM favourite`); err != nil {
			return err
		}
		return store.Changed(ctx, tx, "contacts", "favourites")
	})
}

// RemoveFavourite takes one away; one that is none is no error.
func (c *Contacts) RemoveFavourite(ctx context.Context, r Ref) error {
	return c.store.Write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM favourite WHERE directory = ? AND uuid = ?`, r.Directory, r.UUID); err != nil {
			return err
		}
		return store.Changed(ctx, tx, "contacts", "favourites")
	})
}
