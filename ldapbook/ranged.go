package ldapbook

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"caveat/ldapbook/internal/wire"
)

// Limits of what is read in ranges. Active Directory gives 1500 values at a time.
const (
	maxPending     = 10_000     // entries of one answer
	maxRangeValues = 10_000_000 // of one attribute
	maxRangeBytes  = 512 << 20  // of one attribute
	maxRanges      = 20_000     // of one attribute
)

// rest is what is left of an attribute of which a server gave a range.
//
// std: MS-ADTS 3.1.1.3.1.3.3
type rest struct {
	attr string // description without the option, as the server spells it
	next int    // number of the first value that is left; -1: the server doesn't say
}

// splitRange reads "member;range=0-1499"; last is -1 for "*", the end. ok is false when there is no such option, or one that
// cannot be read, which malformed tells.
func splitRange(attr string) (base string, first, last int, ok, malformed bool) {
	at := strings.Index(asciiLower(attr), ";range=") // strings.ToLower makes bytes that are not UTF-8 longer
	if at < 0 {
		return attr, 0, 0, false, false
	}
	option, others, more := strings.Cut(attr[at+len(";range="):], ";")
	base = attr[:at]
	if more {
		base += ";" + others
	}
	from, to, _ := strings.Cut(option, "-")
	first, err := strconv.Atoi(from)
	if err != nil || first < 0 {
		return base, 0, 0, false, true
	}
	if to == "*" {
		return base, first, -1, true, false
	}
	last, err = strconv.Atoi(to)
	if err != nil || last < first {
		return base, 0, 0, false, true
	}
	return base, first, last, true, false
}

// rangeLeft tells what a description leaves open; nil: nothing.
func rangeLeft(attr string) *rest {
	base, first, last, ok, malformed := splitRange(attr)
	switch {
	case malformed, ok && first != 0:
		return &rest{base, -1}
	case ok && last >= 0:
		return &rest{base, last + 1}
	default:
		return nil
	}
}

// noteRange keeps in mind that values of an attribute are missing.
func (m *mapper) noteRange(p place) {
	m.partial = true
	if !p.members || p.left.next < 0 {
		m.lost = true
		return
	}
	i := slices.Index(m.ranges, *p.left)
	if i < 0 {
		i = len(m.ranges)
		m.ranges, m.came = append(m.ranges, *p.left), append(m.came, 0)
	}
	m.came[i]++
}

// rangesHold tells whether the ranges of the current entry, which all begin at 0, held as many values as they said.
func (m *mapper) rangesHold() bool {
	for i, r := range m.ranges {
		if m.came[i] != r.next {
			return false
		}
	}
	return true
}

// keepPending keeps what is left of the current entry until completeMembers reads it.
func (m *mapper) keepPending(dn string) {
	before, twice := m.pending[dn]
	switch {
	case twice && !slices.Equal(before, m.ranges):
		m.pending[dn] = []rest{{next: -1}} // two that contradict each other: neither is completed
	case len(m.pending) < maxPending:
		m.pending[dn] = m.ranges
	}
}

// forget drops what an answer left that broke off before it was completed: it would be taken for part of the next one.
func (m *mapper) forget() {
	clear(m.pending)
	clear(m.dynamic)
}

// completeMembers reads the rest of the members and occupants of those entries whose values came in ranges, and the members of
// dynamic lists, and clears their MembersIncomplete; the entries are those that the mapper made since the last call. An entry whose
// rest the server doesn't give, or gives wrongly, stays incomplete. An error is one of the connection. The connection is locked by
// the caller, and no search is under way on it, no paged one between two pages either.
func (c *Conn) completeMembers(ctx context.Context, entries []Entry) error {
	defer clear(c.mapper.dynamic)
	if err := c.completeRanges(ctx, entries); err != nil || len(c.mapper.dynamic) == 0 {
		return err
	}
	return c.completeDynamic(ctx, entries)
}

// completeRanges is completeMembers for what came in ranges alone. A paged search may be between two pages.
func (c *Conn) completeRanges(ctx context.Context, entries []Entry) error {
	pending := c.mapper.pending
	if len(pending) == 0 {
		return nil
	}
	defer clear(pending)
	for i := range entries {
		e := &entries[i]
		left, ok := pending[e.DN]
		if !ok || !e.MembersIncomplete {
			continue
		}
		whole, err := c.completeEntry(ctx, e, left)
		if err != nil {
			return err
		}
		if list, ok := c.mapper.dynamic[e.DN]; ok {
			list.partial = !whole
			c.mapper.dynamic[e.DN] = list
			continue
		}
		e.MembersIncomplete = !whole
	}
	return nil
}

func (c *Conn) completeEntry(ctx context.Context, e *Entry, left []rest) (whole bool, err error) {
	for _, r := range left {
		if r.next < 0 {
			return false, nil
		}
		values, whole, err := c.readRest(ctx, e.DN, r)
		if err != nil || !whole {
			return false, err
		}
		for _, t := range c.mapper.lookUp(r.attr).targets {
			switch t.field {
			case fieldMembers:
				e.Members = append(e.Members, values...)
			case fieldOccupants:
				e.Occupants = append(e.Occupants, values...)
			}
		}
	}
	return true, nil
}

// readRest reads the values from r.next on; whole is false when the server doesn't give them all.
func (c *Conn) readRest(ctx context.Context, dn string, r rest) (values []string, whole bool, err error) {
	size := 0
	for range maxRanges {
		part := rangePart{attr: r.attr, from: r.next}
		request, err := c.search(dn, wire.ScopeBase, "(objectClass=*)")
		if err != nil {
			return nil, false, nil // a DN that cannot be asked for
		}
		request.Attrs = []string{fmt.Sprintf("%s;range=%d-*", r.attr, r.next)}
		done, err := c.client.Search(ctx, c.src.Timeout, request, part.read)
		if err != nil {
			return nil, false, c.explain(err)
		}
		if done.Code != 0 || !part.sound() {
			return nil, false, nil
		}
		for _, v := range part.values {
			size += len(v)
		}
		values = append(values, part.values...)
		if part.last < 0 {
			return values, true, nil
		}
		r.next = part.last + 1
		if r.next > maxRangeValues || size > maxRangeBytes {
			return nil, false, nil
		}
	}
	return nil, false, nil
}

// rangePart is one answer to a search for a range.
type rangePart struct {
	attr        string
	from        int // asked for
	first, last int // of what came; last -1: this is the end
	found       bool
	broken      bool
	values      []string
}

func (p *rangePart) read(m wire.Message) error {
	_, err := m.Entry(func(attr, value []byte) {
		base, first, last, ok, malformed := splitRange(string(attr))
		if !strings.EqualFold(base, p.attr) {
			return
		}
		if malformed || !ok || p.found && (first != p.first || last != p.last) {
			p.broken = true
			return
		}
		p.found, p.first, p.last = true, first, last
		p.values = append(p.values, string(value))
	})
	return err
}

// sound tells whether the answer goes on exactly where the one before ended, and holds what it says.
func (p *rangePart) sound() bool {
	if !p.found || p.broken || p.first != p.from {
		return false
	}
	return p.last < 0 || len(p.values) == p.last-p.first+1
}
