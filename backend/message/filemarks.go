package message

import (
	"crypto/sha256"
	"hash"
)

// Limits of what is looked for: a file with more of it counts as one whose labels cannot be read.
const (
	maxMarks = 1000
	maxTag   = 200 // bytes of an XML tag that are kept: more than any name of an element of ours
)

// mark names something in a file that looks like a label, by the hash of what it says without its white space: so the same label is
// the same mark in whatever way its lines are folded.
type mark [sha256.Size]byte

// marks are what looks like a label in a file, and which of it was read as one. The zero marks are ready to use.
type marks struct {
	seen, read map[mark]bool
	tooMany    bool
}

func (m *marks) see(k mark) {
	if m.seen == nil {
		m.seen = map[mark]bool{}
	}
	if m.tooMany = m.tooMany || len(m.seen) >= maxMarks; !m.tooMany {
		m.seen[k] = true
	}
}

// account remembers that everything that looks like a label in a text was read as one.
func (m *marks) account(text []byte) {
	var all marks
	s := newMarkScanner(&all)
	s.Write(text)
	s.end()
	if m.read == nil {
		m.read = map[mark]bool{}
	}
	for k := range all.seen {
		m.read[k] = true
	}
}

// unread reports that something looks like a label and was not read as one.
func (m *marks) unread() bool {
	for k := range m.seen {
		if !m.read[k] {
			return true
		}
	}
	return m.tooMany
}

// markScanner finds what looks like a label in the bytes written to it, and holds none of them: a field "SIO-Label:" at the start of a
// line, with the lines that continue it, and an XML element of STANAG 4774 or 4778. It passes over NUL bytes, so that it finds them
// in UTF-16 too. It stands for nothing: a label that it finds has to be read by somebody else.
//
// std: RFC7444 §4
type markScanner struct {
	into  *marks
	named int // how many bytes of the field's name the line begins with; 0: with something else
	field hash.Hash
	// fresh: at the start of a line; folds: the byte before ended a line of a field, which the next one may continue.
	fresh, folds bool
	last         byte

	inTag   bool
	tag     []byte // what follows a "<"
	element hash.Hash
	name    string // of the element, with its prefix
}

func newMarkScanner(into *marks) *markScanner { return &markScanner{into: into, fresh: true} }

// Write implements io.Writer; it never fails.
func (s *markScanner) Write(p []byte) (int, error) {
	for i := 0; i < len(p); i++ {
		if s.isIdle() { // most of a long file
			for i < len(p) && p[i] != '\n' && p[i] != '\r' && p[i] != '<' {
				i++
			}
		}
		if i < len(p) && p[i] != 0 {
			s.fields(p[i])
			s.elements(p[i])
			s.last = p[i]
		}
	}
	return len(p), nil
}

// isIdle: nothing is open that each byte belongs to.
func (s *markScanner) isIdle() bool {
	return !s.fresh && !s.folds && s.named == 0 && s.field == nil && !s.inTag && s.element == nil
}

// end says that nothing follows.
func (s *markScanner) end() {
	if s.field != nil {
		s.endField()
	}
	if s.element != nil {
		s.endElement() // cut off: it still looks like one
	}
}

const fieldName = "sio-label"

// fields looks for the header field.
func (s *markScanner) fields(b byte) {
	switch {
	case b == '\n' || b == '\r':
		isEmpty := s.folds && (b != '\n' || s.last != '\r') // an empty line ends a header
		if isEmpty {
			s.endField()
		}
		s.folds = s.field != nil
		s.fresh, s.named = !s.folds, 0
	case s.folds && b != ' ' && b != '\t':
		s.endField()
		s.begin(b)
	case s.field != nil:
		s.folds = false
		if b != ' ' && b != '\t' {
			s.field.Write([]byte{b})
		}
	case s.fresh:
		s.begin(b)
	case s.named > 0:
		s.goOn(b)
	}
}

// begin takes the first byte of a line.
func (s *markScanner) begin(b byte) {
	s.fresh, s.folds = false, false
	if lower(b) == fieldName[0] {
		s.named = 1
	} else if b >= 0x80 || b == '\v' || b == '\f' {
		s.fresh = true // a byte order mark, or what some take for the end of a line
	}
}

// goOn takes a further byte of what may be the name.
func (s *markScanner) goOn(b byte) {
	switch n := s.named; {
	case n < len(fieldName) && lower(b) == fieldName[n]:
		s.named++
	case n == len(fieldName) && b == ':':
		s.named, s.field = 0, sha256.New()
	case n == len(fieldName) && (b == ' ' || b == '\t'):
	default:
		s.named = 0
	}
}

func (s *markScanner) endField() {
	s.into.see(mark(s.field.Sum(nil)))
	s.field, s.folds = nil, false
}

func lower(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		return b | 0x20
	}
	return b
}
