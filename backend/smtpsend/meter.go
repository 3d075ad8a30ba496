package smtpsend

import (
	"encoding/binary"
	"strconv"
)

// meter counts octets as they travel, with CRLF at the end of each line and without the stuffed dots.
//
// std: RFC1870 §4
type meter struct {
	size           int64
	eightBit       bool
	eightBitHeader bool
	inLine         bool
	inBody         bool
	afterR         bool
}

func (m *meter) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		n := untilEnd(rest)
		if n == 0 {
			m.lineEnd(rest[0])
			rest = rest[1:]
			continue
		}
		m.size += int64(n)
		m.inLine, m.afterR = true, false
		if (!m.eightBit || !m.inBody) && isEightBit(rest[:n]) {
			m.eightBit, m.eightBitHeader = true, m.eightBitHeader || !m.inBody
		}
		rest = rest[n:]
	}
	return len(p), nil
}

// lineEnd takes CR and LF, which travel as CRLF. The header ends with the first line that has nothing in it.
func (m *meter) lineEnd(b byte) {
	wasR := m.afterR
	m.afterR = b == '\r'
	if b == '\n' && wasR {
		return
	}
	m.size += 2
	m.inBody = m.inBody || !m.inLine
	m.inLine = false
}

func isEightBit(p []byte) bool {
	for ; len(p) >= 8; p = p[8:] {
		if binary.NativeEndian.Uint64(p)&0x8080808080808080 != 0 {
			return true
		}
	}
	for _, b := range p {
		if b >= 0x80 {
			return true
		}
	}
	return false
}

func (m *meter) total() int64 {
	if m.inLine {
		return m.size + 2
	}
	return m.size
}

// tooLarge compares with the limit that the server published; 0 or none is no limit.
//
// std: RFC1870 §4
func (c *conn) tooLarge(size int64) (limit int64, too bool) {
	limit, err := strconv.ParseInt(c.offers["SIZE"], 10, 64)
	return limit, err == nil && limit > 0 && size > limit
}
