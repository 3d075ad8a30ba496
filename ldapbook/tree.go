package ldapbook

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"math"
	"slices"
	"strings"

	"github.com/go-ldap/ldap/v3"
)

// Node is a place in the tree of a directory: a container (every entry that has others below it, or that is one by its
// class), or, inside of a container whose entries name units of their own, one such unit.
type Node struct {
	ID        int64 // stable while the directory has it
	Directory string
	Name      string // of the unit: the entry's name, or the value of its RDN
	DN        string // of the container; "": a unit inside of one
	Nodes     int    // nodes directly below
	Entries   int    // addressees directly in it
	Total     int    // addressees in it and below
}

// tree is the tree of one directory as the table node has it.
type tree struct {
	directory string
	nodes     map[int64]*treeNode
	top       []int64
}

type treeNode struct {
	Node
	folded, unitFolded string
	parent             int64
	below              []int64 // only what has something in it
	rows               []int64 // rows whose entries stand directly in it: a unit that has the container's name is the container
	kept               bool    // it has addressees in it or below, or is one by its class
	organisations      int
}

// tree loads the tree of a directory; nil: there is no such directory.
func (b *Book) tree(ctx context.Context, q queryer, where string, arg any) (*tree, error) {
	rows, err := q.QueryContext(ctx, `SELECT n.id, n.parent, n.folded, n.unit_folded, n.dn, n.unit, n.entries, n.organisations, d.name, d.id
		FROM directory d JOIN node n ON n.directory = d.id WHERE `+where+` ORDER BY n.id`, arg)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	t := &tree{nodes: map[int64]*treeNode{}}
	var order []*treeNode
	var dir int64
	for rows.Next() {
		n := &treeNode{}
		var unit string
		err := rows.Scan(&n.ID, &n.parent, &n.folded, &n.unitFolded, &n.DN, &unit, &n.Entries, &n.organisations, &t.directory, &dir)
		if err != nil {
			return nil, err
		}
		n.Directory, n.Total = t.directory, n.Entries
		if n.unitFolded != "" {
			n.DN, n.Name = "", unit
		} else {
			n.Name = rdnValue(n.DN)
		}
		n.rows = []int64{n.ID}
		t.nodes[n.ID] = n
		order = append(order, n)
	}
	if err := rows.Err(); err != nil || len(order) == 0 {
		return nil, err
	}
	rows.Close()
	if err := b.nameOfOneUnit(ctx, q, dir, t, order); err != nil {
		return nil, err
	}
	t.link(order)
	return t, nil
}

// nameOfOneUnit gives containers in which there is one unit alone the names of their own entries: where the unit repeats it, the two
// are one place (link), whatever the RDN is.
func (b *Book) nameOfOneUnit(ctx context.Context, q queryer, dir int64, t *tree, order []*treeNode) error {
	units := map[int64]int{}
	for _, n := range order {
		if n.unitFolded != "" {
			units[n.parent]++
		}
	}
	var dns []string
	of := map[string]*treeNode{}
	for id, n := range units {
		if c := t.nodes[id]; n == 1 && c != nil && c.unitFolded == "" {
			dns = append(dns, c.DN)
			of[c.folded] = c
		}
	}
	found, err := b.byDN(ctx, q, dir, dns)
	for i := range found {
		if c := of[FoldDN(found[i].DN)]; c != nil && found[i].Name != "" {
			c.Name = found[i].Name
		}
	}
	return err
}

// rdnValue is the value of the first attribute of a DN's first RDN.
func rdnValue(dn string) string {
	parsed, err := ldap.ParseDN(dn)
	if err != nil || len(parsed.RDNs) == 0 || len(parsed.RDNs[0].Attributes) == 0 {
		rdn, _ := splitDN(dn)
		return showable(rdn)
	}
	return showable(parsed.RDNs[0].Attributes[0].Value)
}

// link joins units with containers of the same name, adds up, and leaves out what has nothing in it.
func (t *tree) link(order []*treeNode) {
	for _, n := range order {
		parent := t.nodes[n.parent]
		if n.unitFolded != "" && parent != nil && foldText(parent.Name) == n.unitFolded {
			parent.rows = append(parent.rows, n.ID)
			parent.Entries += n.Entries
			parent.Total += n.Entries
			t.nodes[n.ID] = parent
		}
	}
	// Parents are made before what is below them, so backwards each node is whole before it is added to its parent.
	for _, n := range slices.Backward(order) {
		if t.nodes[n.ID] != n {
			continue
		}
		n.kept = n.kept || n.Total > 0 || n.organisations > 0
		parent := t.nodes[n.parent]
		switch {
		case !n.kept:
		case parent == nil:
			t.top = append(t.top, n.ID)
		default:
			parent.Total += n.Total
			parent.kept = true
			parent.below = append(parent.below, n.ID)
			parent.Nodes++
		}
	}
	// A chain of containers that hold nothing else, such as dc=example, is not worth a step each.
	for len(t.top) == 1 {
		n := t.nodes[t.top[0]]
		if n.Entries > 0 || n.organisations > 0 || len(n.below) != 1 {
			break
		}
		t.top = n.below
	}
}

// named fills in the names of containers whose entries the book has, and sorts by name.
func (b *Book) named(ctx context.Context, q queryer, t *tree, ids []int64) ([]Node, error) {
	var dns []string
	var dir int64
	for _, id := range ids {
		if n := t.nodes[id]; n.DN != "" {
			dns = append(dns, n.DN)
		}
	}
	rows, err := q.QueryContext(ctx, `SELECT id FROM directory WHERE name = ?`, t.directory)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&dir); err != nil {
			return nil, err
		}
	}
	found, err := b.byDN(ctx, q, dir, dns)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for i := range found {
		names[FoldDN(found[i].DN)] = found[i].Name
	}
	all := make([]Node, 0, len(ids))
	for _, id := range ids {
		n := t.nodes[id].Node
		if name := names[t.nodes[id].folded]; name != "" && n.DN != "" {
			n.Name = name
		}
		all = append(all, n)
	}
	return all, rows.Err()
}

// Nodes lists the nodes directly below one, by name; parent 0: the topmost ones of the directory, where a chain of containers
// with nothing else in them counts as its last. Errors: ErrDatabase.
func (b *Book) Nodes(ctx context.Context, directory string, parent int64) ([]Node, error) {
	t, err := b.tree(ctx, b.read, `d.name = ?`, directory)
	if err != nil || t == nil {
		return nil, databaseError(err)
	}
	ids := t.top
	if parent != 0 {
		n := t.nodes[parent]
		if n == nil {
			return nil, nil
		}
		ids = n.below
	}
	all, err := b.named(ctx, b.read, t, ids)
	slices.SortFunc(all, func(x, y Node) int {
		return cmp.Or(compareNames(x.Name, y.Name), cmp.Compare(x.ID, y.ID))
	})
	return all, databaseError(err)
}

// compareNames sorts as people do: "2 Company" before "10 Company".
func compareNames(x, y string) int {
	a, b := sortText(x), sortText(y)
	for a != "" && b != "" {
		na, nb := digits(a), digits(b)
		if na > 0 && nb > 0 {
			va, vb := strings.TrimLeft(a[:na], "0"), strings.TrimLeft(b[:nb], "0")
			if c := cmp.Or(cmp.Compare(len(va), len(vb)), cmp.Compare(va, vb)); c != 0 {
				return c
			}
			a, b = a[na:], b[nb:]
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(x, y))
}

func digits(s string) int {
	n := 0
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	return n
}

// InNode lists the addressees directly in a node in book order, from offset on; limit 0: DefaultLimit, at most MaxLimit.
// Errors: ErrDatabase.
func (b *Book) InNode(ctx context.Context, node int64, offset, limit int) ([]Entry, error) {
	var entries []Entry
	err := b.withSnapshot(ctx, func(s *snapshot) error {
		t, err := b.tree(ctx, s, `d.id = (SELECT directory FROM node WHERE id = ?)`, node)
		if err != nil || t == nil || t.nodes[node] == nil {
			return err
		}
		f := &finder{s: s, q: Query{Offset: offset, Limit: limit}, have: map[int64]bool{}}
		f.wanted = min(max(offset, 0), MaxOffset) + f.q.limit()
		var terms []string
		for _, row := range t.nodes[node].rows {
			terms = append(terms, numberedTerm(termNode, row))
		}
		f.sets = termSets{terms, {string(termAddressees)}}
		f.groups = make([][]int64, 2) // the first is for boosts
		if err := f.pass(nil, 0, math.MaxInt64); err != nil {
			return err
		}
		entries, err = f.answer()
		return err
	})
	return entries, databaseError(err)
}

// PathTo lists the nodes from the topmost one to the one that the entry stands in; none when there is no such entry.
// Errors: ErrDatabase.
func (b *Book) PathTo(ctx context.Context, r Ref) ([]Node, error) {
	var path []Node
	err := b.withSnapshot(ctx, func(s *snapshot) error {
		e, err := b.stored(ctx, s, r)
		if err != nil {
			return err
		}
		t, err := b.tree(ctx, s, `d.name = ?`, r.Directory)
		if err != nil || t == nil {
			return err
		}
		top := map[int64]bool{}
		for _, id := range t.top {
			top[id] = true
		}
		var ids []int64
		for n := t.nodes[e.node]; n != nil && len(ids) <= maxDepth+2; n = t.nodes[n.parent] {
			ids = append(ids, n.ID)
			if top[n.ID] {
				break
			}
		}
		slices.Reverse(ids)
		path, err = b.named(ctx, s, t, ids)
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return path, databaseError(err)
}
