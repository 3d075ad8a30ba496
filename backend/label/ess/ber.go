package ess

import (
	"fmt"
	"strconv"
	"strings"
)

// Tags of the encoding, with class and form.
const (
	tagInteger   = 0x02
	tagBits      = 0x03
	tagOID       = 0x06
	tagUTF8      = 0x0c
	tagPrintable = 0x13
	tagSequence  = 0x30
	tagSet       = 0x31
	constructed  = 0x20
	context      = 0x80
)

// node is one value of an encoding.
type node struct {
	at       int // octet in the whole, from 0
	tag      byte
	content  []byte // of a primitive value
	children []node // of a constructed one
}

func (n node) fail(format string, args ...any) error {
	return fmt.Errorf("%w: octet %d: "+format, append([]any{ErrSyntax, n.at}, args...)...)
}

// decode reads exactly one value of BER: lengths may be indefinite or longer than needed. Strings in pieces and tag
// numbers above 30 are not read: nobody writes them here. No library is used because the one at hand bounds its depth for
// the whole program only, and copies each level.
func decode(data []byte) (node, error) {
	if len(data) > MaxSize {
		return node{}, fmt.Errorf("%w: %d octets, at most %d are read", ErrTooLarge, len(data), MaxSize)
	}
	d := decoder{data}
	n, end, err := d.value(0, len(data), MaxDepth)
	if err != nil {
		return node{}, err
	}
	if end != len(data) {
		return node{}, node{at: end}.fail("something follows the value")
	}
	return n, nil
}

type decoder struct{ data []byte }

// value reads the value at an octet, which must end before limit, and says where it ends.
func (d decoder) value(at, limit, depth int) (n node, end int, err error) {
	n.at = at
	if depth == 0 {
		return node{}, 0, fmt.Errorf("%w: octet %d: more than %d levels", ErrTooLarge, at, MaxDepth)
	}
	if at+2 > limit {
		return node{}, 0, n.fail("cut off")
	}
	n.tag = d.data[at]
	if n.tag&0x1f == 0x1f || n.tag == 0 {
		return node{}, 0, n.fail("tag %#x", n.tag)
	}
	start, end, indefinite, err := d.length(n, limit)
	if err != nil {
		return node{}, 0, err
	}
	if n.tag&constructed == 0 {
		n.content = d.data[start:end]
		return n, end, nil
	}
	for start < end {
		if indefinite && start+2 <= end && d.data[start] == 0 && d.data[start+1] == 0 {
			return n, start + 2, nil
		}
		var child node
		if child, start, err = d.value(start, end, depth-1); err != nil {
			return node{}, 0, err
		}
		n.children = append(n.children, child)
	}
	if indefinite {
		return node{}, 0, n.fail("no end of contents")
	}
	return n, end, nil
}

// length reads the length of a value: where its contents start, and where they end, or may end at most.
func (d decoder) length(n node, limit int) (start, end int, indefinite bool, err error) {
	first := d.data[n.at+1]
	start = n.at + 2
	switch {
	case first == 0x80 && n.tag&constructed != 0:
		return start, limit, true, nil
	case first < 0x80:
		end = start + int(first)
	case first == 0x80 || first > 0x84 || start+int(first&0x7f) > limit:
		return 0, 0, false, n.fail("length %#x", first)
	default:
		length := 0
		for range first & 0x7f {
			length = length<<8 | int(d.data[start])
			start++
		}
		end = start + length
	}
	if end < start || end > limit { // where int has 32 bits a length may turn negative
		return 0, 0, false, n.fail("cut off")
	}
	return start, end, false, nil
}

// encode writes the value with definite lengths.
func (n node) encode() []byte {
	if n.tag&constructed == 0 {
		return tlv(n.tag, n.content)
	}
	var parts [][]byte
	for _, c := range n.children {
		parts = append(parts, c.encode())
	}
	return tlv(n.tag, parts...)
}

// oid reads an object identifier as dotted numbers.
func (n node) oid() (string, error) {
	var out []string
	var arc uint64
	for i, b := range n.content {
		if arc == 0 && b == 0x80 && (i == 0 || n.content[i-1] < 0x80) || arc >= 1<<55 {
			return "", n.fail("object identifier with an arc that is padded or too long")
		}
		if arc = arc<<7 | uint64(b&0x7f); b >= 0x80 {
			continue
		}
		if out == nil {
			first := min(arc/40, 2)
			out, arc = append(out, strconv.FormatUint(first, 10)), arc-40*first
		}
		out, arc = append(out, strconv.FormatUint(arc, 10)), 0
	}
	if len(out) == 0 || n.content[len(n.content)-1] >= 0x80 {
		return "", n.fail("object identifier cut off")
	}
	return strings.Join(out, "."), nil
}

// number reads an integer from 0 to highest.
func (n node) number(highest int) (int, error) {
	c := n.content
	switch {
	case len(c) == 0, len(c) > 1 && (c[0] == 0 && c[1] < 0x80):
		return 0, n.fail("integer of %d octets", len(c))
	case c[0] >= 0x80:
		return 0, n.fail("negative number")
	case len(c) > 5:
		return 0, n.fail("number above %d", highest)
	}
	v := 0
	for _, b := range c {
		v = v<<8 | int(b)
	}
	if v > highest {
		return 0, n.fail("number %d above %d", v, highest)
	}
	return v, nil
}

// bits reads the numbers of the bits that are set. Bits that are said not to be used must not be set: some readers look at
// them all the same.
func (n node) bits() ([]int, error) {
	if len(n.content) == 0 || n.content[0] > 7 || len(n.content) == 1 && n.content[0] != 0 {
		return nil, n.fail("bit string")
	}
	var out []int
	octets := n.content[1:]
	for i, b := range octets {
		if i == len(octets)-1 && b&(1<<n.content[0]-1) != 0 {
			return nil, n.fail("bit string with unused bits that are set")
		}
		for j := range 8 {
			if b&(0x80>>j) != 0 {
				out = append(out, 8*i+j)
			}
		}
	}
	return out, nil
}
