// Package strictxml reads one XML document into a tree of elements, and refuses everything that two readers could
// understand differently.
//
// encoding/xml accepts a DOCTYPE, joins text around a comment ("UNCLASSIFIED<!-- -->SECRET"), accepts repeated
// attributes, text before the root and a second root. In a label or a clearance each of these is a way to make one
// program read SECRET where another reads UNCLASSIFIED. Here each is an error that carries line, column and element path.
//
// Memory stays within a small multiple of Limits.Bytes: attributes are counted before encoding/xml collects them, and
// levels and elements before they are kept.
//
// The package is pure; all functions are safe for concurrent use.
package strictxml

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// Sentinel errors. Every error of this package wraps exactly one of them.
var (
	// ErrTooLarge: the document is longer than Limits.Bytes, deeper than Limits.Depth or has more elements or attributes than allowed.
	ErrTooLarge = errors.New("document too large")
	// ErrSyntax: not well-formed XML in UTF-8.
	ErrSyntax = errors.New("not well-formed XML")
	// ErrForbidden: well-formed, but a construct that is refused here (DOCTYPE, processing instruction, comment where not allowed).
	ErrForbidden = errors.New("construct not allowed")
)

// Limits bound what Parse reads. A zero field means the default in brackets.
type Limits struct {
	Bytes    int  // bytes of the document [64 KiB]
	Depth    int  // nesting of elements, the root counts as 1 [32]
	Elements int  // number of elements [4096]
	Attrs    int  // attributes and namespace declarations of one element [256]
	Comments bool // comments are allowed between elements (never inside text) [false]
}

func (l Limits) withDefaults() Limits {
	if l.Bytes == 0 {
		l.Bytes = 64 << 10
	}
	if l.Depth == 0 {
		l.Depth = 32
	}
	if l.Elements == 0 {
		l.Elements = 4096
	}
	if l.Attrs == 0 {
		l.Attrs = 256
	}
	return l
}

// Error says where a document is wrong. Line and Column start at 1; Path is the chain of local names, "/SPIF/securityPolicyId".
type Error struct {
	Line, Column int
	Path         string
	Cause        error // wraps one of the sentinels
}

func (e *Error) Error() string {
	at := fmt.Sprintf("line %d, column %d", e.Line, e.Column)
	if e.Path != "" {
		at += ", in " + e.Path
	}
	cause := e.Cause.Error()
	if len(cause) > maxCause {
		cause = strings.ToValidUTF8(cause[:maxCause], "") + "…"
	}
	return at + ": " + cause
}

// maxCause is how much of a cause an error says, in bytes: it may quote a document of megabytes.
const maxCause = 1024

func (e *Error) Unwrap() error { return e.Cause }

// Attr is one attribute; Space is empty for an unqualified one. Namespace declarations are not attributes here.
type Attr struct{ Space, Name, Value string }

// Element is one element of the tree. An element holds either text or child elements besides white space, or Mixed is true.
type Element struct {
	Space, Name string // namespace URI and local name
	Attrs       []Attr
	Children    []*Element
	Text        string // the character data, concatenated, white space kept
	Mixed       bool   // text other than white space stands beside child elements
	Line        int    // of the start tag, from 1
	Column      int
	Start, End  int // byte offsets of the element in the document: document[Start:End]
	Parent      *Element

	// Namespaces are the declarations on this element, in their order. Prefix is empty for the default namespace.
	Namespaces []Namespace

	text      strings.Builder // becomes Text at the end tag: joining strings piece by piece would take quadratic time
	hasText   bool            // text holds more than white space
	commented bool            // a comment stands directly in the element
}

// Namespace is a namespace declaration: xmlns:Prefix="URI", or xmlns="URI" with an empty Prefix.
type Namespace struct{ Prefix, URI string }

// blanks are what XML calls white space. A no-break space is none: it is part of a name that it stands in.
const blanks = " \t\r\n"

// Blank reports whether a text holds white space only, as XML understands it.
func Blank(s string) bool { return strings.Trim(s, blanks) == "" }

// Collapse gives a text as xs:token has it: without white space at its ends, and one blank for each run within.
func Collapse(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(blanks, r) }), " ")
}

// HasText reports whether text other than white space stands directly in the element.
func (e *Element) HasText() bool { return e.hasText }

// Path is the chain of local names from the root, "/SPIF/securityClassifications/securityClassification".
func (e *Element) Path() string {
	if e == nil {
		return ""
	}
	return e.Parent.Path() + "/" + e.Name
}

// Attr returns the value of the unqualified attribute of that name, and whether it is there.
func (e *Element) Attr(name string) (string, bool) {
	for _, a := range e.Attrs {
		if a.Space == "" && a.Name == name {
			return a.Value, true
		}
	}
	return "", false
}

// Errorf makes an Error that points at the element. The format should wrap a sentinel of the caller with %w.
func (e *Element) Errorf(format string, args ...any) error {
	return &Error{Line: e.Line, Column: e.Column, Path: e.Path(), Cause: fmt.Errorf(format, args...)}
}

// Read reads a whole document of at most limits.Bytes from r; a longer one is ErrTooLarge and at most limits.Bytes+1
// bytes of it are held in memory.
func Read(r io.Reader, limits Limits) ([]byte, error) {
	limits = limits.withDefaults()
	data, err := io.ReadAll(io.LimitReader(r, int64(limits.Bytes)+1))
	if err != nil {
		return nil, err
	}
	if len(data) > limits.Bytes {
		return nil, &Error{Line: 1, Column: 1, Cause: fmt.Errorf("%w: more than %d bytes", ErrTooLarge, limits.Bytes)}
	}
	return data, nil
}

// Parse reads document into a tree. On error the tree is nil.
func Parse(document []byte, limits Limits) (*Element, error) {
	p, err := newParser(document, limits.withDefaults())
	if err != nil {
		return nil, err
	}
	for err == nil {
		err = p.next()
	}
	if !errors.Is(err, io.EOF) {
		return nil, err
	}
	return p.root, nil
}

// Root gives the name of the document's root element alone: by it a reader chooses how to read the document, which is then
// held to everything that Parse holds it to. Nothing after the start tag is looked at.
func Root(document []byte) (space, name string, err error) {
	p, err := newParser(document, Limits{Bytes: len(document)}.withDefaults())
	for err == nil && p.root == nil {
		err = p.next()
	}
	if err != nil {
		return "", "", err
	}
	return p.root.Space, p.root.Name, nil
}
