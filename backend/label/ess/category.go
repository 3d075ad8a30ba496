package ess

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
)

// Where a category stands decides what is understood.
type place struct {
	missi   string // MISSI's syntax there
	tagged  bool   // whose tags are SEQUENCEs, with a security level in front
	lenient bool   // other syntaxes are kept
}

var (
	inLabel     = place{missi: StandardSecurityLabel, tagged: true}
	inClearance = place{missi: SSLPrivileges, lenient: true}
)

// categories reads a SET OF SecurityCategory.
func (n node) categories(p place) ([]Category, error) {
	switch {
	case len(n.children) == 0:
		return nil, n.fail("an empty set of categories")
	case len(n.children) > MaxCategories:
		return nil, fmt.Errorf("%w: %d categories, at most %d are read", ErrTooLarge, len(n.children), MaxCategories)
	}
	var out []Category
	values := 0
	for _, m := range n.children {
		c, err := m.category(p)
		if err != nil {
			return nil, err
		}
		for _, t := range c.Tags {
			values += len(t.Values)
		}
		if values > MaxValues {
			return nil, fmt.Errorf("%w: more than %d values", ErrTooLarge, MaxValues)
		}
		out = append(out, c)
	}
	return out, sortByEncoding(out, Category.encode)
}

// sortByEncoding puts a list in the order of the encodings of its members, as a SET OF in DER has them.
func sortByEncoding[T any](list []T, encode func(T) ([]byte, error)) error {
	type pair struct {
		value T
		der   []byte
	}
	pairs := make([]pair, len(list))
	for i, v := range list {
		der, err := encode(v)
		if err != nil {
			return err
		}
		pairs[i] = pair{v, der}
	}
	slices.SortStableFunc(pairs, func(a, b pair) int { return bytes.Compare(a.der, b.der) })
	for i, p := range pairs {
		list[i] = p.value
	}
	return nil
}

// category reads SEQUENCE { type [0] IMPLICIT OBJECT IDENTIFIER, value [1] EXPLICIT ANY }.
//
// std: RFC2634 §3.2
func (n node) category(p place) (c Category, err error) {
	if n.tag != tagSequence || len(n.children) != 2 || n.children[1].tag != context|constructed|1 || len(n.children[1].children) != 1 {
		return c, n.fail("a category is a type and a value")
	}
	if c.Type, err = n.children[0].expect(context).oid(); err != nil {
		return c, err
	}
	value := n.children[1].children[0]
	if k, ok := acp145Kind(c.Type); ok {
		t, err := value.tag145(k)
		c.Tags = []Tag{t}
		return c, err
	}
	switch {
	case c.Type == p.missi:
		c.Tags, err = value.missi(p)
	case p.lenient:
		c.Value = value.encode()
	default:
		err = fmt.Errorf("%w: octet %d: type %s", ErrCategory, n.at, c.Type)
	}
	return c, err
}

func acp145Kind(typ string) (Kind, bool) {
	for k := Restrictive; k <= EnumeratedRestrictive; k++ {
		if typ == acp145+strconv.Itoa(int(k)) {
			return k, true
		}
	}
	return 0, false
}

// tag145 reads SEQUENCE { tagName, attributes }.
//
// std: ACP 145 security categories
func (n node) tag145(k Kind) (t Tag, err error) {
	if n.tag != tagSequence || len(n.children) != 2 {
		return t, n.fail("a tag is a name and attributes")
	}
	t.Kind = k
	if t.Set, err = n.children[0].expect(tagOID).oid(); err != nil {
		return t, err
	}
	attributes := n.children[1]
	t.Listed = k == Informative && attributes.tag == tagSet
	if t.isListed() {
		t.Values, err = attributes.expect(tagSet).numbers()
	} else {
		t.Values, err = attributes.expect(tagBits).bits()
	}
	return t, err
}

// numbers reads a SET OF INTEGER. One that names a number twice is malformed.
func (n node) numbers() ([]int, error) {
	if n.tag&constructed == 0 {
		return nil, n.fail("tag %#x where a set of numbers must stand", n.tag)
	}
	if len(n.children) > MaxValues {
		return nil, fmt.Errorf("%w: octet %d: more than %d values", ErrTooLarge, n.at, MaxValues)
	}
	var out []int
	for _, m := range n.children {
		v, err := m.expect(tagInteger).number(MaxLACV)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	slices.Sort(out)
	for i := 1; i < len(out); i++ {
		if out[i] == out[i-1] {
			return nil, n.fail("number %d stands twice", out[i])
		}
	}
	return out, nil
}

// missi reads StandardSecurityLabel or SSLPrivileges: SET OF SEQUENCE { tagSetName, SEQUENCE OF tag }.
//
// std: SDN.801 MISSI categories
func (n node) missi(p place) ([]Tag, error) {
	if n.tag != tagSet {
		return nil, n.fail("no set of tag sets")
	}
	seen := map[string]bool{}
	var groups [][]Tag
	for _, m := range n.children {
		group, err := m.missiSet(p)
		if err != nil {
			return nil, err
		}
		if seen[group[0].Set] {
			return nil, m.fail("tag set %s stands twice", group[0].Set)
		}
		seen[group[0].Set] = true
		groups = append(groups, group)
	}
	if err := sortByEncoding(groups, func(g []Tag) ([]byte, error) { return encodeMISSISet(g, p.tagged) }); err != nil {
		return nil, err
	}
	return slices.Concat(groups...), nil
}

// missiSet reads SEQUENCE { tagSetName, SEQUENCE OF tag }; it gives at least one tag.
func (n node) missiSet(p place) ([]Tag, error) {
	if n.tag != tagSequence || len(n.children) != 2 || n.children[1].tag != tagSequence || len(n.children[1].children) == 0 {
		return nil, n.fail("a tag set is a name and tags")
	}
	set, err := n.children[0].expect(tagOID).oid()
	if err != nil {
		return nil, err
	}
	var out []Tag
	for _, m := range n.children[1].children {
		t, err := m.missiTag(p)
		if err != nil {
			return nil, err
		}
		t.Set = set
		out = append(out, t)
	}
	return out, nil
}

// missiTag reads one tag: [1] restrictive, [2] enumerated, [6] permissive, [7] free form (in labels).
func (n node) missiTag(p place) (t Tag, err error) {
	number, isConstructed := n.tag&0x1f, n.tag&constructed != 0
	if n.tag&0xc0 != context {
		return t, n.fail("tag %#x is none of MISSI's", n.tag)
	}
	if number == 7 && p.tagged {
		return n.freeForm()
	}
	kinds := map[byte]Kind{1: Restrictive, 2: Enumerated, 6: Permissive}
	kind, ok := kinds[number]
	if !ok || isConstructed != (p.tagged || kind == Enumerated) {
		return t, n.fail("tag %#x is none of MISSI's", n.tag)
	}
	t.Kind = kind
	attributes := n
	if p.tagged {
		if len(n.children) != 1 { // two: a security level of its own, which no policy here knows
			return t, n.fail("a tag with %d members: only its attributes are understood", len(n.children))
		}
		attributes = n.children[0]
		if kind == Enumerated {
			attributes = attributes.expect(tagSet)
		} else {
			attributes = attributes.expect(tagBits)
		}
	}
	if kind == Enumerated {
		t.Values, err = attributes.numbers()
	} else {
		t.Values, err = attributes.bits()
	}
	return t, err
}

// freeForm reads [7] { BIT STRING | SET OF INTEGER }.
func (n node) freeForm() (Tag, error) {
	if len(n.children) != 1 {
		return Tag{}, n.fail("a free form tag without attributes")
	}
	t := Tag{Kind: Informative, Listed: n.children[0].tag == tagSet}
	var err error
	if t.Listed {
		t.Values, err = n.children[0].numbers()
	} else {
		t.Values, err = n.children[0].expect(tagBits).bits()
	}
	return t, err
}
