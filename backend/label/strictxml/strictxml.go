// Package strictxml reads one XML document into a tree of elements, and refuses everything that two readers could
// understand differently.
//
// encoding/xml accepts a DOCTYPE, joins text around a comment ("UNCLASSIFIED<!-- -->SECRET"), accepts repeated
// attributes, text before the root and a second root. In a label or a clearance each of these is a way to make one
// program read SECRET where another reads UNCLASSIFIED. Here each is an error that carries line, column and element path.
//
// The package is pure; all functions are safe for concurrent use.
package strictxml

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

const xmlNamespace = "http://www.w3.org/XML/1998/namespace"

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
	return at + ": " + e.Cause.Error()
}

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

	text     strings.Builder // becomes Text at the end tag: joining strings piece by piece would take quadratic time
	hasText  bool            // text holds more than white space
	prefixes []string        // declared on this element
}

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
	p := parser{limits: limits.withDefaults(), doc: document}
	if len(document) > p.limits.Bytes {
		return nil, p.fail(fmt.Errorf("%w: more than %d bytes", ErrTooLarge, p.limits.Bytes))
	}
	if !utf8.Valid(document) {
		return nil, p.fail(fmt.Errorf("%w: not UTF-8", ErrSyntax))
	}
	body := bytes.TrimPrefix(document, []byte("\xef\xbb\xbf"))
	p.skipped = len(document) - len(body)
	p.dec = xml.NewDecoder(bytes.NewReader(body))
	if err := p.run(); err != nil {
		return nil, err
	}
	return p.root, nil
}

type parser struct {
	limits   Limits
	doc      []byte
	dec      *xml.Decoder
	skipped  int // bytes of a byte order mark in front
	root     *Element
	open     *Element
	depth    int
	elements int
	seen     bool // a token came before
}

func (p *parser) run() error {
	for {
		start := int(p.dec.InputOffset()) + p.skipped
		line, column := p.dec.InputPos()
		tok, err := p.dec.Token()
		if errors.Is(err, io.EOF) {
			if p.root == nil {
				return p.fail(fmt.Errorf("%w: no root element", ErrSyntax))
			}
			return nil
		}
		if err != nil {
			return p.fail(fmt.Errorf("%w: %w", ErrSyntax, err))
		}
		if err := p.token(tok, start, line, column); err != nil {
			return err
		}
		p.seen = true
	}
}

func (p *parser) token(tok xml.Token, start, line, column int) error {
	switch t := tok.(type) {
	case xml.StartElement:
		return p.startElement(t, start, line, column)
	case xml.EndElement:
		p.endElement()
		return nil
	case xml.CharData:
		return p.text(t)
	case xml.Comment:
		return p.comment()
	case xml.Directive:
		return p.fail(fmt.Errorf("%w: DOCTYPE or other declaration", ErrForbidden))
	case xml.ProcInst:
		if t.Target == "xml" && !p.seen {
			return nil
		}
		return p.fail(fmt.Errorf("%w: processing instruction %q", ErrForbidden, t.Target))
	}
	return p.fail(fmt.Errorf("%w: unknown token", ErrSyntax))
}

func (p *parser) startElement(t xml.StartElement, start, line, column int) error {
	if p.open == nil && p.root != nil {
		return p.fail(fmt.Errorf("%w: a second root element %q", ErrSyntax, t.Name.Local))
	}
	p.depth++
	p.elements++
	if p.depth > p.limits.Depth || p.elements > p.limits.Elements {
		return p.fail(fmt.Errorf("%w: more than %d levels or %d elements", ErrTooLarge, p.limits.Depth, p.limits.Elements))
	}
	e := &Element{Space: t.Name.Space, Name: t.Name.Local, Line: line, Column: column, Start: start, Parent: p.open}
	if err := p.attributes(e, t.Attr); err != nil {
		return err
	}
	if err := p.declared(e, start); err != nil {
		return err
	}
	if p.open == nil {
		p.root = e
	} else {
		p.open.Children = append(p.open.Children, e)
		p.open.Mixed = p.open.hasText
	}
	p.open = e
	return nil
}

func (p *parser) attributes(e *Element, attrs []xml.Attr) error {
	if len(attrs) > p.limits.Attrs {
		return p.fail(fmt.Errorf("%w: more than %d attributes", ErrTooLarge, p.limits.Attrs))
	}
	for i, a := range attrs {
		for _, b := range attrs[:i] {
			if a.Name == b.Name {
				return p.fail(fmt.Errorf("%w: attribute %q twice", ErrSyntax, a.Name.Local))
			}
		}
		if a.Name.Space == "xmlns" {
			if a.Value == "" || a.Name.Local == "xmlns" || (a.Name.Local == "xml") != (a.Value == xmlNamespace) {
				return p.fail(fmt.Errorf("%w: namespace declaration xmlns:%s=%q", ErrSyntax, a.Name.Local, a.Value))
			}
			e.prefixes = append(e.prefixes, a.Name.Local)
			continue
		}
		if a.Name.Space == "" && a.Name.Local == "xmlns" {
			continue
		}
		e.Attrs = append(e.Attrs, Attr{Space: a.Name.Space, Name: a.Name.Local, Value: a.Value})
	}
	return nil
}

// declared refuses prefixes without a declaration: encoding/xml takes the prefix for the namespace, and such an element
// means something else as soon as it stands in another document, where its bytes are forwarded to.
func (p *parser) declared(e *Element, start int) error {
	for _, prefix := range prefixes(p.doc[start : int(p.dec.InputOffset())+p.skipped]) {
		known := prefix == "xml" || prefix == "xmlns"
		for up := e; up != nil && !known; up = up.Parent {
			known = slices.Contains(up.prefixes, prefix)
		}
		if !known {
			return p.fail(fmt.Errorf("%w: prefix %q without a namespace declaration", ErrSyntax, prefix))
		}
	}
	return nil
}

// prefixes lists the prefixes of the names in a start tag, which encoding/xml has found to be well-formed.
func prefixes(tag []byte) []string {
	var out []string
	name := func(n []byte) {
		if prefix, _, ok := bytes.Cut(bytes.TrimSpace(n), []byte(":")); ok && len(prefix) > 0 {
			out = append(out, string(prefix))
		}
	}
	tag = bytes.TrimSuffix(bytes.TrimSuffix(bytes.TrimPrefix(tag, []byte("<")), []byte(">")), []byte("/"))
	end := bytes.IndexAny(tag, " \t\r\n")
	if end < 0 {
		end = len(tag)
	}
	name(tag[:end])
	for rest := tag[end:]; ; {
		equals := bytes.IndexByte(rest, '=')
		if equals < 0 {
			return out
		}
		name(rest[:equals])
		value := bytes.TrimLeft(rest[equals+1:], " \t\r\n")
		closing := bytes.IndexByte(value[1:], value[0])
		rest = value[closing+2:]
	}
}

func (p *parser) endElement() {
	p.open.Text = p.open.text.String()
	p.open.End = int(p.dec.InputOffset()) + p.skipped
	p.open = p.open.Parent
	p.depth--
}

func (p *parser) text(t xml.CharData) error {
	if p.open == nil {
		if len(bytes.TrimSpace(t)) > 0 {
			return p.fail(fmt.Errorf("%w: text outside the root element", ErrSyntax))
		}
		return nil
	}
	p.open.text.Write(t)
	p.open.hasText = p.open.hasText || len(bytes.TrimSpace(t)) > 0
	p.open.Mixed = len(p.open.Children) > 0 && p.open.hasText
	return nil
}

// comment allows comments only where they cannot split a text: outside the root, or in an element that has only white
// space so far. What follows a comment inside such an element may be text; two texts around a comment never join,
// because the second comment position would then stand after text.
func (p *parser) comment() error {
	if !p.limits.Comments {
		return p.fail(fmt.Errorf("%w: comment", ErrForbidden))
	}
	if p.open != nil && p.open.hasText {
		return p.fail(fmt.Errorf("%w: comment inside text", ErrForbidden))
	}
	return nil
}

func (p *parser) fail(cause error) error {
	e := &Error{Line: 1, Column: 1, Cause: cause}
	if p.dec != nil {
		e.Line, e.Column = p.dec.InputPos()
	}
	e.Path = p.open.Path()
	return e
}
