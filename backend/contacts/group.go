package contacts

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"caveat/backend/store"
)

// Group is a list of the user's own.
type Group struct {
	ID      string // empty: a new one
	Name    string
	Members []Member
	Changed time.Time
}

// Member is one member of a group: an entry, and the address that is written to.
type Member struct {
	Contact
	Address string
}

// Groups lists the groups by name.
func (c *Contacts) Groups(ctx context.Context) ([]Group, error) {
	return c.groups(ctx, `SELECT g.id, g.name, g.changed, m.directory, m.uuid, m.address, m.name FROM own_group g
		LEFT JOIN own_group_member m ON m.own_group = g.id ORDER BY g.name, g.id, m.position`)
}

// Group reads one group; ErrNoGroup.
func (c *Contacts) Group(ctx context.Context, id string) (Group, error) {
	found, err := c.groups(ctx, `SELECT g.id, g.name, g.changed, m.directory, m.uuid, m.address, m.name FROM own_group g
		LEFT JOIN own_group_member m ON m.own_group = g.id WHERE g.id = ? ORDER BY m.position`, id)
	if err != nil {
		return Group{}, err
	}
	if len(found) == 0 {
		return Group{}, fmt.Errorf("%w: %q", ErrNoGroup, id)
	}
	return found[0], nil
}

func (c *Contacts) groups(ctx context.Context, query string, args ...any) ([]Group, error) {
	rows, err := c.store.Reader().QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Group
	for rows.Next() {
		var g Group
		var changed int64
		var directory, uuid, address, name sql.NullString
		if err := rows.Scan(&g.ID, &g.Name, &changed, &directory, &uuid, &address, &name); err != nil {
			return nil, err
		}
		if len(out) == 0 || out[len(out)-1].ID != g.ID {
			g.Changed = time.UnixMilli(changed).UTC()
			out = append(out, g)
		}
		if directory.Valid {
			last := &out[len(out)-1]
			last.Members = append(last.Members, Member{Contact{Ref{directory.String, uuid.String}, name.String}, address.String})
		}
	}
	return out, rows.Err()
}

// SaveGroup makes a group, or changes the one with that id, and returns it as it is kept. Errors: ErrNoGroup, ErrName, ErrMany.
func (c *Contacts) SaveGroup(ctx context.Context, g Group) (Group, error) {
	g.Name = strings.Join(strings.Fields(g.Name), " ")
	if g.Name == "" {
		return Group{}, fmt.Errorf("%w: a group needs one", ErrName)
	}
	if len(g.Members) > MaxMembers {
		return Group{}, fmt.Errorf("%w: a group has at most %d members", ErrMany, MaxMembers)
	}
	g.Changed = c.now().UTC().Truncate(time.Millisecond)
	err := c.store.Write(ctx, func(tx *sql.Tx) error { return c.saveGroup(ctx, tx, &g) })
	if err != nil {
		return Group{}, err
	}
	g.Members = slices.Clone(g.Members)
	return g, nil
}

func (c *Contacts) saveGroup(ctx context.Context, tx *sql.Tx, g *Group) error {
	names, err := store.Column[string](ctx, tx, `SELECT name FROM own_group WHERE id <> ?`, g.ID)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, g.Name) }) {
		return fmt.Errorf("%w: there is another group %q", ErrName, g.Name)
	}
	if g.ID == "" {
		g.ID = strings.ToLower(rand.Text())
		if _, err := tx.ExecContext(ctx, `INSERT INTO own_group (id, name, changed) VALUES (?, ?, 0)`, g.ID, g.Name); err != nil {
			return err
		}
	}
	done, err := tx.ExecContext(ctx, `UPDATE own_group SET name = ?, changed = ? WHERE id = ?`, g.Name, g.Changed.UnixMilli(), g.ID)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return fmt.Errorf("%w: %q", ErrNoGroup, g.ID)
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM own_group_member WHERE own_group = ?`, g.ID); err != nil {
		return err
	}
	for i, m := range g.Members {
		_, err := tx.ExecContext(ctx, `INSERT INTO own_group_member (own_group, position, directory, uuid, address, name) VALUES (?, ?, ?, ?, ?, ?)`,
			g.ID, i, m.Directory, m.UUID, m.Address, m.Name)
		if err != nil {
			return err
		}
	}
	if err := atMost(ctx, tx, MaxGroups, `SELECT count(*) FROM own_group`); err != nil {
		return err
	}
	return store.Changed(ctx, tx, "contacts", g.ID)
}

// DeleteGroup removes a group; ErrNoGroup.
func (c *Contacts) DeleteGroup(ctx context.Context, id string) error {
	return c.store.Write(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `DELETE FROM own_group WHERE id = ?`, id)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return fmt.Errorf("%w: %q", ErrNoGroup, id)
		}
		return store.Changed(ctx, tx, "contacts", id)
	})
}

func atMost(ctx context.Context, tx *sql.Tx, limit int, query string) error {
	var n int
	if err := tx.QueryRowContext(ctx, query).Scan(&n); err != nil {
		return err
	}
	if n > limit {
		return fmt.Errorf("%w: at most %d are kept", ErrMany, limit)
	}
	return nil
}
