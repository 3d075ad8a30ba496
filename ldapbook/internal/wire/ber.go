package wire

import (
	"encoding/binary"
	"errors"
)

// Tags of the elements that occur here: universal ones, then the protocol operations of RFC 4511 section 4.
const (
	TagBoolean     byte = 0x01
	TagInteger     byte = 0x02
	TagOctetString byte = 0x04
	TagEnumerated  byte = 0x0a
	TagSequence    byte = 0x30
	TagSet         byte = 0x31
	TagControls    byte = 0xa0

	OpBindRequest     byte = 0x60
	OpBindResponse    byte = 0x61
	OpUnbindRequest   byte = 0x42
	OpSearchRequest   byte = 0x63
	OpSearchEntry     byte = 0x64
	OpSearchDone      byte = 0x65
	OpSearchReference byte = 0x73
	OpExtendedRequest byte = 0x77
	OpExtended        byte = 0x78
	OpIntermediate    byte = 0x79
)

// ErrMalformed: the bytes are not what RFC 4511 allows at this place.
var ErrMalformed = errors.New("malformed LDAP message")

// header reads a tag and a definite length at the start of b. n is the number of bytes that the two take, 0 when b is
// too short to tell. Tags of more than one byte, the indefinite form, and lengths of 2 GiB and more are malformed: LDAP
// uses none of them (RFC 4511 section 5.1).
func header(b []byte) (tag byte, length, n int, err error) {
	if len(b) < 2 {
		return 0, 0, 0, nil
	}
	if b[0]&0x1f == 0x1f {
		return 0, 0, 0, ErrMalformed
	}
	if b[1] < 0x80 {
		return b[0], int(b[1]), 2, nil
	}
	size := int(b[1] & 0x7f)
	if size == 0 || size > 4 {
		return 0, 0, 0, ErrMalformed
	}
	if len(b) < 2+size {
		return 0, 0, 0, nil
	}
	var l uint32
	for _, c := range b[2 : 2+size] {
		l = l<<8 | uint32(c)
	}
	if l > 1<<31-1 {
		return 0, 0, 0, ErrMalformed
	}
	return b[0], int(l), 2 + size, nil
}

// Next splits b into its first element's tag and content, and what follows. The slices share b's memory.
func Next(b []byte) (tag byte, content, rest []byte, err error) {
	tag, l, n, err := header(b)
	if err != nil {
		return 0, nil, nil, err
	}
	if n == 0 || l > len(b)-n {
		return 0, nil, nil, ErrMalformed
	}
	return tag, b[n : n+l : n+l], b[n+l:], nil
}

// expect is Next for an element whose tag is known.
func expect(b []byte, want byte) (content, rest []byte, err error) {
	tag, content, rest, err := Next(b)
	if err == nil && tag != want {
		err = ErrMalformed
	}
	if err != nil {
		return nil, nil, err
	}
	return content, rest, nil
}

// parseInt reads the content of an INTEGER or ENUMERATED of at most 8 bytes.
func parseInt(b []byte) (int64, error) {
	if len(b) == 0 || len(b) > 8 {
		return 0, ErrMalformed
	}
	v := int64(int8(b[0]))
	for _, c := range b[1:] {
		v = v<<8 | int64(c)
	}
	return v, nil
}

// AppendHeader appends a tag and the definite length of the n bytes of content that the caller appends next.
func AppendHeader(b []byte, tag byte, n int) []byte {
	switch {
	case n < 0x80:
		return append(b, tag, byte(n))
	case n < 0x100:
		return append(b, tag, 0x81, byte(n))
	case n < 0x10000:
		return append(b, tag, 0x82, byte(n>>8), byte(n))
	default:
		return append(b, tag, 0x84, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	}
}

// HeaderSize is the number of bytes that AppendHeader appends for n bytes of content.
func HeaderSize(n int) int {
	switch {
	case n < 0x80:
		return 2
	case n < 0x100:
		return 3
	case n < 0x10000:
		return 4
	default:
		return 6
	}
}

// TLV returns one element that holds the parts one after the other.
func TLV(tag byte, parts ...[]byte) []byte {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	b := AppendHeader(make([]byte, 0, n+HeaderSize(n)), tag, n)
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

// Text returns one primitive element that holds s.
func Text(tag byte, s string) []byte {
	b := AppendHeader(make([]byte, 0, len(s)+HeaderSize(len(s))), tag, len(s))
	return append(b, s...)
}

// Int returns an INTEGER or ENUMERATED in its shortest form.
func Int(tag byte, v int64) []byte {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(v))
	i := 0
	for i < 7 && (b[i] == 0 && b[i+1] < 0x80 || b[i] == 0xff && b[i+1] >= 0x80) {
		i++
	}
	return TLV(tag, b[i:])
}

// Bool returns a BOOLEAN; RFC 4511 section 5.1 wants TRUE as 0xff.
func Bool(v bool) []byte {
	if v {
		return []byte{TagBoolean, 1, 0xff}
	}
	return []byte{TagBoolean, 1, 0}
}
