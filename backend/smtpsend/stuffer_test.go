package smtpsend_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"caveat/backend/smtpsend"
)

// travels says octet by octet what a body must look like on its way.
func travels(body []byte, dots bool) (out []byte, header int) {
	header = -1
	start, wasR := true, false
	for _, b := range body {
		switch {
		case b == '\n' && wasR:
			wasR = false
			continue
		case b == '\n' || b == '\r':
			if start && header < 0 {
				header = len(out)
			}
			out, start = append(out, "\r\n"...), true
		default:
			if b == '.' && start && dots {
				out = append(out, '.')
			}
			out, start = append(out, b), false
		}
		wasR = b == '\r'
	}
	if !start {
		out = append(out, "\r\n"...)
	}
	return out, header
}

func holdTravels(t *testing.T, body []byte, piece int) {
	t.Helper()
	bare, header := travels(body, false)
	if header < 0 {
		header = len(bare)
	}
	high := func(p []byte) bool { return bytes.ContainsFunc(p, func(r rune) bool { return r >= 0x80 }) }
	for _, dots := range []bool{false, true} {
		want, _ := travels(body, dots)
		got, size, eightBit, eightBitHeader := smtpsend.Travels(body, dots, piece)
		if !bytes.Equal(got, want) || size != int64(len(bare)) || eightBit != high(bare) || eightBitHeader != high(bare[:header]) {
			t.Fatalf("%q in pieces of %d, dots %v: %q, %d octets, 8-bit %v, header %v; want %q", body, piece, dots, got, size, eightBit, eightBitHeader, want)
		}
		if dots && bytes.Contains(append([]byte("\r\n"), got...), []byte("\r\n.\r\n")) {
			t.Fatalf("%q: an end of the message inside", body)
		}
	}
}

// TestTravels: whatever the body holds and in whatever pieces it comes, what travels is what the rules say octet by octet.
func TestTravels(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		body := make([]byte, random.IntN(40))
		for i := range body {
			body[i] = "\r\n.a\xfc\r\n.b c"[random.IntN(11)]
		}
		holdTravels(t, body, 1+random.IntN(10))
	}
}

// FuzzTravels is the same with bodies that nobody thought of.
func FuzzTravels(f *testing.F) {
	f.Add([]byte("a: b\r\n\r\n.\r\n"), 3)
	f.Fuzz(func(t *testing.T, body []byte, piece int) { holdTravels(t, body, max(1, piece)) })
}
