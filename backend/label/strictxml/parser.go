package strictxml

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Namespaces that the XML standards keep to themselves: no other prefix may be bound to them.
const (
	xmlNamespace   = "http://www.w3.org/XML/1998/namespace"
	xmlnsNamespace = "http://www.w3.org/2000/xmlns/"
)

type parser struct {
	limits   Limits
	doc      []byte
	dec      *xml.Decoder
	skipped  int // bytes of a byte order mark in front
	root     *Element
	open     *Element
	depth    int
	elements int
	seen     bool     // a token came before
	tag      startTag // the start tag that comes next
	scope    scope    // of the element that is open
}

// scope counts, for each prefix, the elements from the root down that declare it.
type scope map[string]int

func (s scope) enter(e *Element) {
	for _, n := range e.Namespaces {
		s[n.Prefix]++
	}
}

func (s scope) leave(e *Element) {
	for _, n := range e.Namespaces {
		s[n.Prefix]--
	}
}

func newParser(document []byte, limits Limits) (*parser, error) {
	p := &parser{limits: limits, doc: document, scope: scope{}}
	if len(document) > limits.Bytes {
		return nil, p.fail(fmt.Errorf("%w: more than %d bytes", ErrTooLarge, limits.Bytes))
	}
	if !utf8.Valid(document) {
		return nil, p.fail(fmt.Errorf("%w: not UTF-8", ErrSyntax))
	}
	body := bytes.TrimPrefix(document, []byte("\xef\xbb\xbf"))
	p.skipped = len(document) - len(body)
	p.dec = xml.NewDecoder(bytes.NewReader(body))
	return p, nil
}

// next reads one token. At the end of a good document it returns io.EOF alone; an end in the middle of it is a syntax error.
func (p *parser) next() error {
	start := p.offset()
	line, column := p.dec.InputPos()
	if err := p.lookAhead(start); err != nil {
		return err
	}
	tok, err := p.dec.Token()
	switch {
	case errors.Is(err, io.EOF) && p.root == nil:
		return p.fail(fmt.Errorf("%w: no root element", ErrSyntax))
	case errors.Is(err, io.EOF):
		return io.EOF
	case err != nil:
		return p.fail(fmt.Errorf("%w: %.200s", ErrSyntax, err.Error())) // it may quote the document
	}
	if err := p.token(tok, start, line, column); err != nil {
		return err
	}
	p.seen = true
	return nil
}

// offset is where the decoder stands in the document.
func (p *parser) offset() int { return int(p.dec.InputOffset()) + p.skipped }

// lookAhead counts the attributes of a start tag before encoding/xml reads them into memory.
func (p *parser) lookAhead(at int) error {
	var err error
	if p.tag, err = scanTag(p.doc, at, p.limits.Attrs); err != nil {
		return p.fail(err)
	}
	return nil
}

func (p *parser) token(tok xml.Token, start, line, column int) error {
	switch t := tok.(type) {
	case xml.StartElement:
		return p.startElement(t, start, line, column)
	case xml.EndElement:
		p.endElement()
		return nil
	case xml.CharData:
		return p.text(t, start)
	case xml.Comment:
		return p.comment()
	case xml.Directive:
		return p.fail(fmt.Errorf("%w: DOCTYPE or other declaration", ErrForbidden))
	case xml.ProcInst:
		return p.instruction(t)
	}
	return p.fail(fmt.Errorf("%w: unknown token", ErrSyntax))
}

// declaration is what may stand between "<?xml" and "?>". encoding/xml looks for "encoding=" only, so that it would pass
// over `encoding = "UTF-16"`, which another reader obeys.
var declaration = regexp.MustCompile(`^version\s*=\s*("1\.0"|'1\.0')(\s+encoding\s*=\s*("(?i:utf-8)"|'(?i:utf-8)'))?(\s+standalone\s*=\s*("(yes|no)"|'(yes|no)'))?\s*$`)

func (p *parser) instruction(t xml.ProcInst) error {
	switch {
	case t.Target != "xml" || p.seen:
		return p.fail(fmt.Errorf("%w: processing instruction %.80q", ErrForbidden, t.Target))
	case !declaration.Match(t.Inst):
		return p.fail(fmt.Errorf("%w: XML declaration %.80q: only version 1.0 in UTF-8 is read", ErrSyntax, t.Inst))
	}
	return nil
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
	if strings.Contains(e.Name, ":") {
		return p.fail(fmt.Errorf("%w: name %q", ErrSyntax, e.Name))
	}
	if err := p.attributes(e, t.Attr); err != nil {
		return err
	}
	if err := p.declared(e); err != nil {
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
	if len(attrs) != len(p.tag.attrs) {
		return p.fail(fmt.Errorf("%w: attributes", ErrSyntax))
	}
	for i, a := range attrs {
		for _, b := range attrs[:i] {
			if a.Name == b.Name {
				return p.fail(fmt.Errorf("%w: attribute %q twice", ErrSyntax, a.Name.Local))
			}
		}
		value, err := p.tag.attrs[i].normalised(a.Value)
		if err != nil {
			return p.fail(err)
		}
		switch {
		case strings.Contains(a.Name.Local, ":"):
			return p.fail(fmt.Errorf("%w: name %q", ErrSyntax, a.Name.Local))
		case a.Name.Space == "xmlns":
			err = declare(e, a.Name.Local, value)
		case a.Name.Space == "" && a.Name.Local == "xmlns":
			err = declare(e, "", value)
		default:
			e.Attrs = append(e.Attrs, Attr{Space: a.Name.Space, Name: a.Name.Local, Value: value})
		}
		if err != nil {
			return p.fail(err)
		}
	}
	return nil
}

// declare notes a namespace declaration. A prefix cannot be undeclared, and "xml" and "xmlns" cannot be moved.
func declare(e *Element, prefix, uri string) error {
	switch {
	case prefix == "xmlns", uri == xmlnsNamespace, (prefix == "xml") != (uri == xmlNamespace), prefix != "" && uri == "":
		return fmt.Errorf("%w: namespace declaration of %q as %.200q", ErrSyntax, prefix, uri)
	}
	e.Namespaces = append(e.Namespaces, Namespace{prefix, uri})
	return nil
}

// declared refuses prefixes without a declaration: encoding/xml takes the prefix for the namespace, and such an element
// means something else as soon as it stands in another document, where its bytes are forwarded to.
func (p *parser) declared(e *Element) error {
	p.scope.enter(e)
	for _, prefix := range p.tag.prefixes() {
		if prefix != "" && p.scope[prefix] == 0 {
			return p.fail(fmt.Errorf("%w: prefix %q without a namespace declaration", ErrSyntax, prefix))
		}
	}
	return nil
}

func (p *parser) endElement() {
	p.open.Text = p.open.text.String()
	p.open.End = p.offset()
	p.scope.leave(p.open)
	p.open = p.open.Parent
	p.depth--
}

func (p *parser) text(t xml.CharData, start int) error {
	if p.open == nil {
		// The bytes count and not what they stand for: neither CDATA nor a reference may stand here.
		if len(bytes.Trim(p.doc[start:p.offset()], blanks)) > 0 {
			return p.fail(fmt.Errorf("%w: text outside the root element", ErrSyntax))
		}
		return nil
	}
	p.open.text.Write(t)
	p.open.hasText = p.open.hasText || len(bytes.Trim(t, blanks)) > 0
	if p.open.hasText && p.open.commented {
		return p.fail(fmt.Errorf("%w: comment inside text", ErrForbidden))
	}
	p.open.Mixed = len(p.open.Children) > 0 && p.open.hasText
	return nil
}

// comment allows comments only where there is no text that they could split or hide: outside the root, and between elements.
func (p *parser) comment() error {
	if !p.limits.Comments {
		return p.fail(fmt.Errorf("%w: comment", ErrForbidden))
	}
	if p.open != nil && p.open.hasText {
		return p.fail(fmt.Errorf("%w: comment inside text", ErrForbidden))
	}
	if p.open != nil {
		p.open.commented = true
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
