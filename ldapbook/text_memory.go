package ldapbook

import "strings"

// textMemory makes texts that share memory, for entries that are soon written and forgotten: one that is kept keeps its
// neighbours as well, so whoever keeps a text of such an entry clones it. The zero value is ready.
type textMemory struct{ block strings.Builder }

// Sizes of a textMemory's blocks, and of the largest text that goes into one; bytes.
const (
	textBlock = 64 << 10
	maxInText = 4 << 10
)

func (m *textMemory) text(value []byte) string {
	if len(value) > maxInText {
		return string(value)
	}
	if m.block.Cap()-m.block.Len() < len(value) {
		m.block = strings.Builder{}
		m.block.Grow(textBlock)
	}
	start := m.block.Len()
	m.block.Write(value)
	return m.block.String()[start:]
}
