package message

import (
	"crypto/sha256"
	"strings"
)

// labelElements are the local names of elements that hold a label, or bind one.
//
// std: ADatP-4774/A1 App 1
var labelElements = map[string]bool{
	"BindingInformation": true, "ConfidentialityLabel": true, "originatorConfidentialityLabel": true,
	"alternativeConfidentialityLabel": true, "metadataConfidentialityLabel": true,
}

// elements looks for XML elements. What is inside of one that was found is part of it.
func (s *markScanner) elements(b byte) {
	if s.element != nil && b > ' ' {
		s.element.Write([]byte{b})
	}
	switch {
	case b == '<':
		s.inTag, s.tag = true, s.tag[:0]
	case !s.inTag:
	case b == '>' || b == '/' && len(s.tag) > 0 || b <= ' ':
		s.inTag = false
		s.tagNamed(string(s.tag))
	case len(s.tag) < maxTag:
		s.tag = append(s.tag, b)
	default:
		s.inTag = false
	}
}

// tagNamed takes the name of a tag, with its prefix, and with a slash before it where it ends an element.
func (s *markScanner) tagNamed(name string) {
	bare, ends := strings.CutPrefix(name, "/")
	if s.element != nil {
		if ends && bare == s.name {
			s.endElement()
		}
		return
	}
	local := bare[strings.LastIndexByte(bare, ':')+1:]
	if !ends && labelElements[local] {
		s.element, s.name = sha256.New(), bare
	}
}

func (s *markScanner) endElement() {
	s.into.see(mark(s.element.Sum(nil)))
	s.element, s.name = nil, ""
}
