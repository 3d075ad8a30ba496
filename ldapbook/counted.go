package ldapbook

import (
	"database/sql"
	"errors"
	"slices"
)

// counted keeps the counts of one transaction until its end.
type counted struct {
	kinds         map[Kind]int
	classes       map[int64]int
	nodes         map[int64]nodeCount
	spread        map[int64]map[int64]int // node, class
	organisations map[int64]int
}

type nodeCount struct{ entries, organisations int }

func newCounted() counted {
	return counted{kinds: map[Kind]int{}, classes: map[int64]int{}, nodes: map[int64]nodeCount{},
		spread: map[int64]map[int64]int{}, organisations: map[int64]int{}}
}

// count adds n (1 or -1) entries like e.
func (w *writing) count(e *Entry, class, node, organisation int64, n int) error {
	c := &w.counts
	c.kinds[e.Kind] += n
	c.classes[class] += n
	if organisation != 0 {
		c.organisations[organisation] += n
	}
	if c.spread[node] == nil {
		c.spread[node] = map[int64]int{}
	}
	c.spread[node][class] += n
	x := c.nodes[node]
	if e.Kind.addressee() {
		x.entries += n
		c.nodes[node] = x
		return nil
	}
	own, _, err := w.internNode(e.DN, "")
	if err != nil {
		return err
	}
	x = c.nodes[own]
	x.organisations += n
	c.nodes[own] = x
	return nil
}

// flushCounts writes what the transaction changed.
func (w *writing) flushCounts() error {
	s, c := &w.book.statements, w.counts
	var errs []error
	for kind, n := range c.kinds {
		errs = append(errs, w.exec(s.tally, w.dir, kindNumbers[kind], n))
	}
	for id, n := range c.classes {
		errs = append(errs, w.exec(s.countClass, n, id))
	}
	for id, n := range c.organisations {
		errs = append(errs, w.exec(s.countOrganisation, n, id))
	}
	for id, n := range c.nodes {
		errs = append(errs, w.exec(s.countNode, n.entries, n.organisations, id))
	}
	for id, classes := range c.spread {
		errs = append(errs, w.spreadOf(id, classes))
	}
	w.counts = newCounted()
	return errors.Join(errs...)
}

// spreadOf adds to the counts of one node.
func (w *writing) spreadOf(node int64, changes map[int64]int) error {
	var packed []byte
	s := &w.book.statements
	err := w.tx.StmtContext(w.ctx, s.findSpread).QueryRowContext(w.ctx, node).Scan(&packed)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	all := map[int64]int{}
	if err := eachCount(packed, func(class int64, n int) { all[class] = n }); err != nil {
		return err
	}
	for class, n := range changes {
		if all[class] += n; all[class] == 0 {
			delete(all, class)
		}
	}
	return w.exec(s.setSpread, node, packCounts(all))
}

// packCounts writes pairs of class and count by class: the difference to the class before, then the count.
func packCounts(all map[int64]int) []byte {
	classes := make([]int64, 0, len(all))
	for c := range all {
		classes = append(classes, c)
	}
	slices.Sort(classes)
	p := make(packing, 0, 3*len(all))
	before := int64(0)
	for _, c := range classes {
		p.number(uint64(c - before))
		p.number(uint64(all[c]))
		before = c
	}
	return p
}

func eachCount(packed []byte, visit func(class int64, n int)) error {
	u := unpacking{s: string(packed)}
	class := int64(0)
	for len(u.s) > 0 {
		class += int64(u.number())
		n := int(u.number())
		if u.bad {
			return errBody
		}
		visit(class, n)
	}
	return nil
}
