package ldapbook

import (
	"crypto/sha256"
	"database/sql"
	"errors"
	"slices"
	"strings"
)

// interned remembers the numbers of shared rows for the one connection that writes. After a rollback, or when another
// process wrote, it begins anew.
type interned struct {
	classes       map[string]int64 // by packClass
	clearances    map[string]int64 // by packed texts
	single        map[string]int64 // by the text, where it is one
	organisations map[directoryText]int64
	nodes         map[string]int64 // by packNode
	byNumber      map[int64]*node
	letters       map[string]int64 // by name; see firstLetters
	key           packing          // memory for one
}

type directoryText struct {
	directory int64
	text      string
}

// packNode names a container and unit; spelling tells whether they are folded, or as entries spell them.
func (in *interned) packNode(directory int64, parent, unit string, spelling byte) packing {
	in.key = append(in.key[:0], spelling)
	in.key.number(uint64(directory))
	in.key.text(parent)
	in.key.text(unit)
	return in.key
}

// Spellings for packNode.
const (
	asPublished byte = iota
	asFolded
)

func (in *interned) packClass(c *class) packing {
	in.key = in.key[:0]
	for _, n := range [...]int64{c.directory, int64(c.kind), c.clearance, flag(c.disabled), flag(c.expires)} {
		in.key.number(uint64(n))
	}
	for _, s := range [...]string{c.transport, c.mailDomain, c.chatDomain} {
		in.key.text(s)
	}
	return in.key
}

// flag is how a class's yes or no is stored.
func flag(is bool) int64 {
	if is {
		return 1
	}
	return 0
}

func newInterned() *interned {
	return &interned{classes: map[string]int64{}, clearances: map[string]int64{}, single: map[string]int64{},
		organisations: map[directoryText]int64{}, nodes: map[string]int64{}, byNumber: map[int64]*node{},
		letters: map[string]int64{}}
}

// tooMany: hostile directories must not fill the memory.
func (in *interned) tooMany() bool {
	return len(in.classes)+len(in.clearances)+len(in.organisations)+len(in.nodes) > 4*maxShareds
}

// oneNumber runs a statement whose answer is one number; 0: no row.
func (w *writing) oneNumber(s *sql.Stmt, args ...any) (int64, error) {
	var id int64
	err := w.tx.StmtContext(w.ctx, s).QueryRowContext(w.ctx, args...).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return id, err
}

// newRow runs an INSERT and returns the number of the row.
func (w *writing) newRow(s *sql.Stmt, args ...any) (int64, error) {
	result, err := w.tx.StmtContext(w.ctx, s).ExecContext(w.ctx, args...)
	if err != nil {
		return 0, err
	}
	return result.LastInsertId()
}

// internClearance returns the number of a clearance; 0 for none.
func (w *writing) internClearance(clearance []string) (int64, error) {
	if len(clearance) == 0 {
		return 0, nil
	}
	in := w.book.interned
	if len(clearance) == 1 {
		if id, ok := in.single[clearance[0]]; ok {
			return id, nil
		}
	}
	packed := packList(clearance)
	if !slices.IsSorted(clearance) {
		packed = packList(slices.Sorted(slices.Values(clearance)))
	}
	if id, ok := in.clearances[string(packed)]; ok {
		return id, nil
	}
	sum := sha256.Sum256(packed)
	id, err := w.oneNumber(w.book.statements.findClearance, sum[:])
	if err == nil && id == 0 {
		id, err = w.newRow(w.book.statements.insertClearance, sum[:], packed)
	}
	if err != nil {
		return 0, err
	}
	in.clearances[string(packed)] = id
	if len(clearance) == 1 {
		in.single[clearance[0]] = id
	}
	return id, nil
}

// internClass returns the number of an entry's class.
func (w *writing) internClass(e *Entry) (int64, error) {
	clearance, err := w.internClearance(e.Clearance)
	if err != nil {
		return 0, err
	}
	c := class{directory: w.dir, kind: kindNumbers[e.Kind], transport: string(e.Transport), mailDomain: mailDomain(e),
		chatDomain: chatDomain(e), clearance: clearance, disabled: e.Disabled, expires: toMicros(e.ExpiresAt) != 0}
	in := w.book.interned
	key := in.packClass(&c)
	if id, ok := in.classes[string(key)]; ok {
		return id, nil
	}
	s := &w.book.statements
	row := []any{c.directory, c.kind, c.clearance, c.transport, c.mailDomain, c.chatDomain, flag(c.disabled), flag(c.expires)}
	id, err := w.oneNumber(s.findClass, row...)
	if err == nil && id == 0 {
		id, err = w.newRow(s.insertClass, row...)
	}
	if err != nil {
		return 0, err
	}
	in.classes[string(key)] = id
	return id, nil
}

func (w *writing) internOrganisation(name string) (int64, error) {
	if name == "" {
		return 0, nil
	}
	key := directoryText{w.dir, name}
	if id, ok := w.book.interned.organisations[key]; ok {
		return id, nil
	}
	s := &w.book.statements
	id, err := w.oneNumber(s.findOrganisation, w.dir, name)
	if err == nil && id == 0 {
		id, err = w.newRow(s.insertOrganisation, w.dir, name)
	}
	if err != nil {
		return 0, err
	}
	key.text = strings.Clone(name)
	w.book.interned.organisations[key] = id
	return id, nil
}

// internNode returns the node for the entries of a container (its DN as published) that name a unit.
func (w *writing) internNode(container, unit string) (int64, *node, error) {
	in := w.book.interned
	if id, ok := in.nodes[string(in.packNode(w.dir, container, unit, asPublished))]; ok {
		return id, in.byNumber[id], nil
	}
	id, n, err := w.internFolded(strings.Clone(container), strings.Clone(unit)) // they are kept
	if err != nil {
		return 0, nil, err
	}
	in.nodes[string(in.packNode(w.dir, container, unit, asPublished))] = id
	return id, n, nil
}

// maxDepth: a container that lies deeper is put at the top.
const maxDepth = 64

func (w *writing) internFolded(container, unit string) (int64, *node, error) {
	in := w.book.interned
	dn, folded := container, FoldDN(container)
	if folded == "" {
		dn = ""
	}
	unitFolded := foldText(unit)
	if id, ok := in.nodes[string(in.packNode(w.dir, folded, unitFolded, asFolded))]; ok {
		return id, in.byNumber[id], nil
	}
	s := &w.book.statements
	id, err := w.oneNumber(s.findNode, w.dir, folded, unitFolded)
	if err != nil {
		return 0, nil, err
	}
	n := &node{directory: w.dir, dn: dn, unit: unit}
	if id != 0 {
		n, err = w.book.node(w.ctx, w.tx, id)
	} else {
		if n.parent, err = w.parentNode(dn, unit); err == nil {
			id, err = w.newRow(s.insertNode, w.dir, n.parent, folded, unitFolded, dn, unit)
		}
	}
	if err != nil {
		return 0, nil, err
	}
	in.nodes[string(in.packNode(w.dir, folded, unitFolded, asFolded))], in.byNumber[id] = id, n
	return id, n, nil
}

// parentNode is the node above: of a unit its container, of a container the one that its DN lies in.
func (w *writing) parentNode(dn, unit string) (int64, error) {
	if unit != "" {
		id, _, err := w.internFolded(dn, "")
		return id, err
	}
	_, parent := splitDN(dn)
	if strings.TrimSpace(parent) == "" || strings.Count(parent, ",") > maxDepth {
		return 0, nil
	}
	id, _, err := w.internFolded(strings.TrimLeft(parent, " "), "")
	return id, err
}
