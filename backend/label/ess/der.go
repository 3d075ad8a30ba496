package ess

import (
	"bytes"
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

// tlv writes one value of DER.
func tlv(tag byte, parts ...[]byte) []byte {
	content := bytes.Join(parts, nil)
	out := []byte{tag}
	switch n := len(content); {
	case n < 0x80:
		out = append(out, byte(n))
	case n < 0x100:
		out = append(out, 0x81, byte(n))
	default: // MaxSize fits into two octets; what is longer is refused when all is written
		out = append(out, 0x82, byte(n>>8), byte(n))
	}
	return append(out, content...)
}

// setOf writes a SET OF: its members in the order of their encodings.
//
// std: X.690 §11.6
func setOf(tag byte, members [][]byte) []byte {
	slices.SortFunc(members, bytes.Compare)
	return tlv(tag, members...)
}

func encodeOID(tag byte, dotted string) ([]byte, error) {
	arcs := strings.Split(dotted, ".")
	if len(arcs) < 2 {
		return nil, fmt.Errorf("%w: object identifier %q", ErrValue, dotted)
	}
	var out []byte
	var first uint64
	for i, a := range arcs {
		v, err := strconv.ParseUint(a, 10, 64)
		switch {
		case err != nil || strconv.FormatUint(v, 10) != a || i == 0 && v > 2 || i == 1 && first < 2 && v > 39 || v >= 1<<62:
			return nil, fmt.Errorf("%w: object identifier %q", ErrValue, dotted)
		case i == 0:
			first = v
			continue
		case i == 1:
			v += 40 * first
		}
		for shift := max(bits.Len64(v)-1, 0) / 7 * 7; shift >= 0; shift -= 7 {
			b := byte(v>>shift) & 0x7f
			if shift > 0 {
				b |= 0x80
			}
			out = append(out, b)
		}
	}
	return tlv(tag, out), nil
}

func encodeNumber(v, highest int) ([]byte, error) {
	if v < 0 || v > highest {
		return nil, fmt.Errorf("%w: number %d is not from 0 to %d", ErrValue, v, highest)
	}
	out := []byte{byte(v)}
	for v >= 0x80 {
		v >>= 8
		out = append([]byte{byte(v)}, out...)
	}
	return tlv(tagInteger, out), nil
}

// encodeBits writes a named bit list: without zero bits at its end.
//
// std: X.690 §11.2
func encodeBits(tag byte, set []int) ([]byte, error) {
	out := []byte{0}
	for _, v := range set {
		if v < 0 || v >= 8*MaxSize {
			return nil, fmt.Errorf("%w: no bit string has a bit %d", ErrValue, v)
		}
		for len(out)-1 <= v/8 {
			out = append(out, 0)
		}
		out[1+v/8] |= 0x80 >> (v % 8)
	}
	if len(out) > 1 {
		out[0] = byte(bits.TrailingZeros8(out[len(out)-1]))
	}
	return tlv(tag, out), nil
}

// encodeNumbers writes a SET OF INTEGER.
func encodeNumbers(tag byte, values []int) ([]byte, error) {
	var members [][]byte
	for _, v := range values {
		m, err := encodeNumber(v, MaxLACV)
		if err != nil {
			return nil, err
		}
		members = append(members, m)
	}
	return setOf(tag, members), nil
}

// rising refuses values that are not in order, or stand twice: such a tag would not read back as it was.
func rising(values []int) error {
	for i := 1; i < len(values); i++ {
		if values[i] <= values[i-1] {
			return fmt.Errorf("%w: values %d, %d are not rising", ErrValue, values[i-1], values[i])
		}
	}
	return nil
}
