package ess

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// ParseLabel reads one security label, BER, at most MaxSize octets. Its members may come in any order, as in every SET. The
// zero Label comes with any error.
//
// std: RFC2634 §3.2
func ParseLabel(data []byte) (Label, error) {
	set, err := decode(data)
	if err != nil {
		return Label{}, err
	}
	if set.tag != tagSet || len(set.children) == 0 {
		return Label{}, set.fail("a label is a SET of at least one member")
	}
	var l Label
	seen := map[byte]bool{}
	for _, m := range set.children {
		tag := m.tag
		if tag == tagUTF8 {
			tag = tagPrintable // the two forms of one member
		}
		if seen[tag] {
			return Label{}, m.fail("a member stands twice")
		}
		seen[tag] = true
		if err := l.member(m); err != nil {
			return Label{}, err
		}
	}
	return l, nil
}

func (l *Label) member(m node) (err error) {
	switch m.tag {
	case tagOID:
		l.Policy, err = m.oid()
	case tagInteger:
		var class int
		if class, err = m.number(MaxClass); err == nil {
			l.Classification = &class
		}
	case tagPrintable, tagUTF8:
		l.PrivacyMark, err = m.privacyMark()
	case tagSet:
		l.Categories, err = m.categories(inLabel)
	default:
		err = m.fail("tag %#x is no member of a label", m.tag)
	}
	return err
}

// privacyMark reads a text for people. Control characters are refused: it is shown.
func (n node) privacyMark() (string, error) {
	s := string(n.content)
	switch {
	case s == "":
		return "", n.fail("empty privacy mark")
	case n.tag == tagPrintable && !isPrintable(s):
		return "", n.fail("privacy mark that is no PrintableString of at most 128 characters")
	case !isText(s):
		return "", n.fail("privacy mark that is not UTF-8, or holds control characters")
	}
	return s, nil
}

// isPrintable reports a PrintableString that a privacy mark may be.
func isPrintable(s string) bool {
	return len(s) <= 128 && !strings.ContainsFunc(s, func(r rune) bool {
		return (r|0x20 < 'a' || r|0x20 > 'z') && (r < '0' || r > '9') && !strings.ContainsRune(" '()+,-./:=?", r)
	})
}

func isText(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return r < 0x20 || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 || r == 0xfffe || r == 0xffff
	})
}

// ParseClearance reads the value of one Clearance attribute, BER, at most MaxSize octets, also in the form of RFC 3281,
// which tagged its members by mistake. Without a class list it holds unclassified alone. The zero Clearance comes with any
// error.
//
// std: RFC5755 §4.4.6
func ParseClearance(data []byte) (Clearance, error) {
	seq, err := decode(data)
	if err != nil {
		return Clearance{}, err
	}
	if seq.tag != tagSequence || len(seq.children) == 0 || len(seq.children) > 3 {
		return Clearance{}, seq.fail("a clearance is a SEQUENCE of one to three members")
	}
	tags := [3]byte{tagOID, tagBits, tagSet}
	if seq.children[0].tag == context {
		tags = [3]byte{context, context | 1, context | constructed | 2}
	}
	var c Clearance
	if c.Policy, err = seq.children[0].expect(tags[0]).oid(); err != nil {
		return Clearance{}, err
	}
	c.ClassList = []int{1}
	rest := seq.children[1:]
	if len(rest) > 0 && rest[0].tag == tags[1] {
		if c.ClassList, err = rest[0].bits(); err != nil {
			return Clearance{}, err
		}
		rest = rest[1:]
	}
	if len(rest) > 0 && rest[0].tag == tags[2] {
		if c.Categories, err = rest[0].categories(inClearance); err != nil {
			return Clearance{}, err
		}
		rest = rest[1:]
	}
	if len(rest) > 0 {
		return Clearance{}, rest[0].fail("tag %#x may not stand here", rest[0].tag)
	}
	if len(c.ClassList) > MaxValues {
		return Clearance{}, fmt.Errorf("%w: %d classes", ErrTooLarge, len(c.ClassList))
	}
	return c, nil
}

// expect gives the value, or one without tag and contents where its tag is another: whatever reads it fails.
func (n node) expect(tag byte) node {
	if n.tag != tag {
		return node{at: n.at}
	}
	return n
}
