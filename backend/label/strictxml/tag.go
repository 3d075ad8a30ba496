package strictxml

import (
	"bytes"
	"fmt"
	"strings"
)

// startTag is a start tag as it is written, before references are resolved. The zero startTag is no start tag.
type startTag struct {
	nameEnd int // offset in the document of the first byte after the element's name
	end     int // offset of the ">" or "/>" that ends the tag; 0 where scanning stopped before it
	name    []byte
	attrs   []rawAttr
}

// maxName is how long a name may be, in bytes, with its prefix: it stands in the path of every error below it.
const maxName = 256

// rawAttr is one attribute of a start tag as it is written.
type rawAttr struct{ name, value []byte }

// scanTag reads the start tag at an offset of a document, without copying. It stops with ErrTooLarge after limit
// attributes, and where a name is longer than maxName: encoding/xml would collect all of them first. Whatever else is not
// well-formed is left to encoding/xml, but for a missing blank between attributes, which that accepts.
func scanTag(doc []byte, at, limit int) (startTag, error) {
	rest := doc[min(at, len(doc)):]
	if len(rest) < 2 || rest[0] != '<' || bytes.IndexByte([]byte("/!?"), rest[1]) >= 0 {
		return startTag{}, nil
	}
	end := 1 + indexOr(rest[1:], blanks+"/>")
	t := startTag{name: rest[1:end], nameEnd: at + end}
	if len(t.name) > maxName {
		return t, fmt.Errorf("%w: a name of %d bytes", ErrTooLarge, len(t.name))
	}
	for rest = rest[end:]; ; {
		bare := bytes.TrimLeft(rest, blanks)
		if len(bare) == 0 {
			return t, nil
		}
		if bare[0] == '>' || bare[0] == '/' {
			t.end = len(doc) - len(bare)
			return t, nil
		}
		if len(bare) == len(rest) {
			return t, fmt.Errorf("%w: no blank between attributes", ErrSyntax)
		}
		a, next, ok := scanAttr(bare)
		if !ok {
			return t, nil
		}
		if len(t.attrs) == limit || len(a.name) > maxName {
			return t, fmt.Errorf("%w: more than %d attributes, or a name of more than %d bytes", ErrTooLarge, limit, maxName)
		}
		t.attrs, rest = append(t.attrs, a), next
	}
}

// scanAttr reads one attribute; ok is false where it is not written as one.
func scanAttr(s []byte) (a rawAttr, rest []byte, ok bool) {
	end := indexOr(s, blanks+`=/>"'`)
	a.name = s[:end]
	s = bytes.TrimLeft(s[end:], blanks)
	if end == 0 || len(s) == 0 || s[0] != '=' {
		return rawAttr{}, nil, false
	}
	s = bytes.TrimLeft(s[1:], blanks)
	if len(s) == 0 || s[0] != '"' && s[0] != '\'' {
		return rawAttr{}, nil, false
	}
	closing := bytes.IndexByte(s[1:], s[0])
	if closing < 0 {
		return rawAttr{}, nil, false
	}
	a.value = s[1 : 1+closing]
	return a, s[closing+2:], true
}

func indexOr(s []byte, chars string) int {
	if i := bytes.IndexAny(s, chars); i >= 0 {
		return i
	}
	return len(s)
}

// prefixes lists the prefixes of the names in the tag, "" for an element without one; namespace declarations and the
// prefixes of XML itself are not among them. A name may stand in the list twice.
func (t startTag) prefixes() []string {
	prefix, _, ok := bytes.Cut(t.name, []byte(":"))
	if !ok {
		prefix = nil
	}
	out := []string{string(prefix)}
	for _, a := range t.attrs {
		if prefix, _, ok := bytes.Cut(a.name, []byte(":")); ok && string(prefix) != "xmlns" && string(prefix) != "xml" {
			out = append(out, string(prefix))
		}
	}
	return out
}

// normalised gives an attribute's value as XML has it: each line end and tab that stands in it literally is a blank, which
// encoding/xml does not do. A value that holds such a character both literally and as a reference is refused, because its
// two kinds cannot be told apart any more.
func (a rawAttr) normalised(value string) (string, error) {
	if !bytes.ContainsAny(a.value, "\t\r\n") {
		return value, nil
	}
	if bytes.Contains(a.value, []byte("&#")) {
		return "", fmt.Errorf("%w: attribute %q holds line ends beside character references", ErrForbidden, a.name)
	}
	return strings.NewReplacer("\r\n", " ", "\t", " ", "\r", " ", "\n", " ").Replace(value), nil
}
