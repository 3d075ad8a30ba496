package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"

	"caveat/ldapbook/ldaptest"
)

// kind is what a node is.
type kind uint8

const (
	person kind = iota
	role
	list
	room
)

// node is what the mail servers must know of an entry; the rest is only in the directory.
type node struct {
	address   string // mail address, lower case; of a room its JID
	dn        string
	clearance int32 // number in the catalogue
	kind      kind
	gone      bool
}

// missing stands in parts for a member that the directory does not have.
const missing int32 = -1

// world is one nation's entries, in the order in which they were made. It grows while it is generated; later only the
// switches of Federation change it, under that one's lock.
type world struct {
	c         *culture
	catalogue *catalogue
	tree      *tree
	emit      func(ldaptest.Entry) error

	nodes     []node
	byAddress map[string]int32
	parts     map[int32][]int32 // members of a list, occupants of a role
	persons   int               // the first so many nodes are people

	// Only while it is generated:
	random *rand.Rand
	used   map[string]int // local parts
	fit    []int32        // people cleared to SECRET on the mission; at most mostFit
	keys   map[string]int32
}

// Bounds of the people that a role or list picks from.
const (
	mostFit      = 4000
	mostFitAUnit = 40
)

// newWorld prepares a nation; generate fills it.
func newWorld(c *culture, cat *catalogue, people int, seed uint64, emit func(ldaptest.Entry) error) *world {
	number := uint64(0)
	for _, b := range []byte(c.code) {
		number = number<<8 | uint64(b)
	}
	return &world{
		c: c, catalogue: cat, tree: newTree(c, people), emit: emit, random: rand.New(rand.NewPCG(seed, number)),
		nodes: make([]node, 0, people), byAddress: make(map[string]int32, people), parts: map[int32][]int32{},
		used: map[string]int{}, keys: map[string]int32{},
	}
}

// generate makes exactly so many people, roles, lists and rooms, and the tree above them.
func (w *world) generate(ctx context.Context, entries int) error {
	for _, u := range w.tree.all {
		if err := w.emit(u.entry()); err != nil {
			return err
		}
	}
	others := w.roleCount() + w.listCount() + w.roomCount()
	if err := w.people(ctx, entries-others); err != nil {
		return err
	}
	w.persons = len(w.nodes)
	for _, step := range []func() error{w.roles, w.lists, w.rooms} {
		if err := step(); err != nil {
			return err
		}
	}
	if len(w.nodes) != entries {
		return fmt.Errorf("internal error: %s has %d entries instead of %d", w.c.code, len(w.nodes), entries)
	}
	w.random, w.used, w.fit = nil, nil, nil
	for _, u := range w.tree.all {
		u.fit = nil
	}
	return nil
}

// add stores a node and gives its number.
func (w *world) add(n node, parts ...int32) int32 {
	i := int32(len(w.nodes))
	w.nodes = append(w.nodes, n)
	w.byAddress[n.address] = i
	if len(parts) > 0 {
		w.parts[i] = parts
	}
	return i
}

// find gives the node of an address; ok is false when nobody has it.
func (w *world) find(address string) (int32, bool) {
	i, ok := w.byAddress[strings.ToLower(strings.TrimSpace(address))]
	return i, ok
}

// local makes a local part unique.
func (w *world) local(latin string) string {
	base := localPart(latin)
	w.used[base]++
	if n := w.used[base]; n > 1 {
		return base + strconv.Itoa(n)
	}
	return base
}

// pick takes n different people who are cleared to SECRET on the mission, first of all from these units.
func (w *world) pick(n int, units ...*unit) []int32 {
	var out []int32
	have := map[int32]bool{}
	for _, u := range units {
		for _, i := range u.fit {
			if len(out) < n && !have[i] {
				out, have[i] = append(out, i), true
			}
		}
	}
	for tries := 0; len(out) < n && tries < 20*n; tries++ {
		if i := w.fit[w.random.IntN(len(w.fit))]; !have[i] {
			out, have[i] = append(out, i), true
		}
	}
	return out
}

// dns names nodes as an attribute does.
func (w *world) dns(parts []int32) []string {
	out := make([]string, len(parts))
	for i, p := range parts {
		if p == missing {
			out[i] = "uid=posted.away," + w.c.baseDN()
		} else {
			out[i] = w.nodes[p].dn
		}
	}
	return out
}

// set adds an attribute where it has values.
func set(e *ldaptest.Entry, name string, values ...string) {
	if len(values) > 0 && values[0] != "" {
		e.Attrs = append(e.Attrs, ldaptest.Attr{Name: name, Values: values})
	}
}
