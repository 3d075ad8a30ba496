package ldaptest

import (
	"errors"
	"fmt"
	"hash/maphash"
	"strings"
	"sync"
	"time"

	"caveat/ldapbook"
)

// Errors of changes to a server's entries.
var (
	ErrExists   = errors.New("ldaptest: there is an entry of that name")
	ErrNotFound = errors.New("ldaptest: there is no entry of that name")
)

// value is one value of an entry. Attributes are numbered per server: a million entries don't repeat their names.
type value struct {
	attr uint16
	text string
}

// record is a stored entry; it never changes once it is stored.
type record struct {
	dn, folded string
	uuid       string
	values     []value // in the order given; values of one attribute are neighbours
	changed    int64   // unix seconds
	serial     int64
	made       bool // a container made for an entry below it
}

// indexed attributes are found by hash instead of by looking at every entry.
var indexed = []string{"mail", "jid", "entryuuid", "uid", "cn", "sn"}

// indexedUUID is the number of entryUUID.
const indexedUUID = 2

// wellKnown attributes are known also while no entry has them, so that filters about them are false, not undefined.
var wellKnown = []string{"objectClass", "displayName", "givenName", "personalTitle", "title", "ou", "o",
	"telephoneNumber", "mobile", "member", "uniqueMember", "roleOccupant", "confidentialityClearance"}

// store holds the records in slots that are never used again, so that a page's cookie stays valid.
type store struct {
	mu     sync.RWMutex
	slots  []*record // nil: deleted
	byDN   map[string]int32
	index  []map[uint64][]int32 // per indexed attribute
	seed   maphash.Seed
	names  []string // attribute number → name as first given
	number map[string]uint16
	shared []map[string]string // per attribute: values that recur
	serial int64
	guids  bool // entries have an objectGUID, as those of Active Directory
	// gone are the deleted entries, for syncs that go on from a cookie; forgotten is the serial up to which they are missing.
	gone      []goneEntry
	forgotten int64
}

// maxShared: an attribute with more distinct values than that is not worth sharing.
const maxShared = 20_000

func newStore() *store {
	st := &store{byDN: map[string]int32{}, seed: maphash.MakeSeed(), number: map[string]uint16{}}
	for _, name := range indexed {
		st.attr(name)
		st.index = append(st.index, map[uint64][]int32{})
	}
	st.names[indexedUUID] = "entryUUID"
	for _, name := range wellKnown {
		st.attr(name)
	}
	return st
}

// attr numbers an attribute. The first numbers are those of the indexed ones.
func (st *store) attr(name string) uint16 {
	key := strings.ToLower(name)
	n, ok := st.number[key]
	if !ok {
		n = uint16(len(st.names))
		st.number[key] = n
		st.names = append(st.names, name)
		st.shared = append(st.shared, map[string]string{})
	}
	return n
}

func (st *store) share(attr uint16, text string) string {
	if int(attr) < len(indexed) {
		return text
	}
	if s, ok := st.shared[attr][text]; ok {
		return s
	}
	if len(st.shared[attr]) < maxShared {
		st.shared[attr][text] = text
	}
	return text
}

func (st *store) record(e Entry) *record {
	st.serial++
	r := &record{dn: e.DN, folded: ldapbook.FoldDN(e.DN), uuid: uuidOf(e), changed: time.Now().Unix(), serial: st.serial}
	n := 0
	for _, a := range e.Attrs {
		n += len(a.Values)
	}
	r.values = make([]value, 0, n)
	for _, a := range e.Attrs {
		number := st.attr(a.Name)
		for _, v := range a.Values {
			r.values = append(r.values, value{number, st.share(number, v)})
		}
	}
	return r
}

// add stores an entry and the containers above it, up to the suffix.
func (st *store) add(e Entry, suffix string) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	r := st.record(e)
	if i, ok := st.byDN[r.folded]; ok {
		if !st.slots[i].made {
			return fmt.Errorf("%w: %s", ErrExists, e.DN)
		}
		st.put(i, r)
		return nil
	}
	if r.folded != suffix && !strings.HasSuffix(r.folded, ","+suffix) {
		return fmt.Errorf("ldaptest: %q is not below %q", e.DN, suffix)
	}
	if err := st.addParents(parentOf(r.folded), suffix); err != nil {
		return err
	}
	st.append(r)
	return nil
}

func (st *store) addParents(folded, suffix string) error {
	if _, ok := st.byDN[folded]; ok || len(folded) < len(suffix) {
		return nil
	}
	if err := st.addParents(parentOf(folded), suffix); err != nil {
		return err
	}
	e, err := container(folded)
	if err != nil {
		return err
	}
	r := st.record(e)
	r.made = true
	st.append(r)
	return nil
}

func (st *store) append(r *record) {
	i := int32(len(st.slots))
	st.slots = append(st.slots, nil)
	st.put(i, r)
}

// put stores r in a slot, in place of what is there.
func (st *store) put(i int32, r *record) {
	st.drop(i)
	st.slots[i] = r
	st.byDN[r.folded] = i
	for _, v := range st.keys(r) {
		h := st.hash(v.text)
		st.index[v.attr][h] = append(st.index[v.attr][h], i)
	}
}

// drop empties a slot.
func (st *store) drop(i int32) {
	old := st.slots[i]
	if old == nil {
		return
	}
	st.slots[i] = nil
	delete(st.byDN, old.folded)
	for _, v := range st.keys(old) {
		h := st.hash(v.text)
		var left []int32
		for _, slot := range st.index[v.attr][h] {
			if slot != i {
				left = append(left, slot)
			}
		}
		if left == nil {
			delete(st.index[v.attr], h)
		} else {
			st.index[v.attr][h] = left
		}
	}
}

// keys lists the indexed values of a record, the UUID among them.
func (st *store) keys(r *record) []value {
	keys := []value{{indexedUUID, r.uuid}}
	for _, v := range r.values {
		if int(v.attr) < len(indexed) {
			keys = append(keys, v)
		}
	}
	return keys
}

func (st *store) hash(text string) uint64 { return maphash.String(st.seed, strings.ToLower(text)) }

// entry turns a record back into what the program gave.
func (st *store) entry(r *record) Entry {
	e := Entry{DN: r.dn, UUID: r.uuid}
	for i := 0; i < len(r.values); {
		a := Attr{Name: st.names[r.values[i].attr]}
		first := r.values[i].attr
		for ; i < len(r.values) && r.values[i].attr == first; i++ {
			a.Values = append(a.Values, r.values[i].text)
		}
		e.Attrs = append(e.Attrs, a)
	}
	return e
}

// change replaces an entry by what edit makes of it.
func (st *store) change(dn string, edit func(*Entry) error) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	i, ok := st.byDN[ldapbook.FoldDN(dn)]
	if !ok {
		return fmt.Errorf("%w: %s", ErrNotFound, dn)
	}
	e := st.entry(st.slots[i])
	if err := edit(&e); err != nil {
		return err
	}
	st.put(i, st.record(e))
	return nil
}

func (st *store) remove(dn string) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	i, ok := st.byDN[ldapbook.FoldDN(dn)]
	if !ok {
		return fmt.Errorf("%w: %s", ErrNotFound, dn)
	}
	st.serial++
	st.gone = append(st.gone, goneEntry{st.slots[i], st.serial})
	st.drop(i)
	return nil
}
