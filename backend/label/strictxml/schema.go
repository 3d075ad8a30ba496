package strictxml

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Extension is an element of a foreign namespace, which a schema lets stand in a document (any ##other). XML is the
// element as it was received, with the namespace declarations that it took from around it: it stands alone.
type Extension struct{ Space, Name, XML string }

// Schema reads documents of one standard: elements in a fixed order, attributes that are known, and what comes from
// foreign namespaces kept where it may stand. One Schema reads one document.
type Schema struct {
	Document []byte
	Own      []string    // namespaces of the standard; all others are foreign
	Scope    []Namespace // declarations that the canonical form of the document always has on its root
	Syntax   error       // sentinel that errors of this reading wrap
	TooLarge error       // sentinel for documents that gain more than Limits.Bytes by namespace declarations
	Limits   Limits      // of the document; a document written from what was read keeps them, too

	grown int
}

const xsiNamespace = "http://www.w3.org/2001/XMLSchema-instance"

// maxForeign is how many foreign attributes an element may have: written with a declaration each, they can be read again.
const maxForeign = 64

// ownPrefix starts the prefixes that Writer.Foreign makes. A declaration of such a prefix is no part of the document's
// meaning, so an extension inherits it only where one of its names uses it.
const ownPrefix = "x-"

// Grown is how many bytes what was kept so far has gained by namespace declarations.
func (s *Schema) Grown() int { return s.grown }

func (s *Schema) isForeign(space string) bool { return space != "" && !slices.Contains(s.Own, space) }

// Attributes refuses every attribute of the element but the unqualified ones named. Attributes of foreign namespaces are
// given back where foreign is true and refused elsewhere. Those by which an XML processor would read the element in
// another way than its name says (xsi:type, xsi:nil, xml:base) are refused everywhere.
func (s *Schema) Attributes(e *Element, foreign bool, names ...string) ([]Attr, error) {
	var out []Attr
	for _, a := range e.Attrs {
		switch {
		case a.Space == "" && slices.Contains(names, a.Name):
		case !foreign || !s.isForeign(a.Space) || changesMeaning(a):
			return nil, e.Errorf("%w: attribute %q of namespace %.200q may not stand on %q", s.Syntax, a.Name, a.Space, e.Name)
		case len(out) == maxForeign:
			return nil, e.Errorf("%w: more than %d attributes of other namespaces", s.TooLarge, maxForeign)
		default:
			if err := s.grow(e, len(a.Space)+len(` xmlns:x-00=""`)); err != nil { // Writer.Foreign declares it each time
				return nil, err
			}
			out = append(out, a)
		}
	}
	return out, nil
}

func changesMeaning(a Attr) bool {
	return a.Space == xsiNamespace && (a.Name == "type" || a.Name == "nil") || a.Space == xmlNamespace && a.Name == "base"
}

// Leaf is the text of an element that may hold text only.
func (s *Schema) Leaf(e *Element) (string, error) {
	if len(e.Children) > 0 {
		return "", e.Errorf("%w: element inside %q", s.Syntax, e.Name)
	}
	return e.Text, nil
}

// Extension keeps an element of a foreign namespace. One that inherits more declarations than an element may have is
// refused: it could not be read again.
func (s *Schema) Extension(e *Element) (Extension, error) {
	inherited := e.inherited(s.Document, s.Scope)
	if limit := s.Limits.withDefaults().Attrs; len(e.Attrs)+len(e.Namespaces)+len(inherited) > limit {
		return Extension{}, e.Errorf("%w: more than %d attributes and declarations where the element stands alone", s.TooLarge, limit)
	}
	x := Extension{Space: e.Space, Name: e.Name, XML: e.with(s.Document, inherited)}
	if err := s.grow(e, len(x.XML)-(e.End-e.Start)); err != nil {
		return Extension{}, err
	}
	return x, nil
}

// grow counts what a namespace declaration adds: a few bytes of a document could become megabytes.
func (s *Schema) grow(e *Element, by int) error {
	limit := s.Limits.withDefaults().Bytes
	if s.grown += by; s.grown > limit {
		return e.Errorf("%w: the document gains more than %d bytes by namespace declarations", s.TooLarge, limit)
	}
	return nil
}

// Children walks the child elements in the order that the schema prescribes.
func (s *Schema) Children(e *Element) *Sequence { return &Sequence{schema: s, of: e} }

// Sequence is a walk over the children of one element.
type Sequence struct {
	schema *Schema
	of     *Element
	next   int
}

// Peek returns the next child, nil at the end.
func (q *Sequence) Peek() *Element {
	if q.next < len(q.of.Children) {
		return q.of.Children[q.next]
	}
	return nil
}

// Take returns the next child when it has this name, else nil.
func (q *Sequence) Take(space, name string) *Element {
	if c := q.Peek(); c != nil && c.Space == space && c.Name == name {
		q.next++
		return c
	}
	return nil
}

// Need is Take, and an error when the child is not there.
func (q *Sequence) Need(space, name string) (*Element, error) {
	if c := q.Take(space, name); c != nil {
		return c, nil
	}
	if c := q.Peek(); c != nil {
		return nil, c.Errorf("%w: %q of namespace %.200q stands where %q must", q.schema.Syntax, c.Name, c.Space, name)
	}
	return nil, q.of.Errorf("%w: no %q", q.schema.Syntax, name)
}

// Extensions takes the following elements of foreign namespaces (any ##other, lax).
func (q *Sequence) Extensions() ([]Extension, error) {
	var out []Extension
	for c := q.Peek(); c != nil && q.schema.isForeign(c.Space); c = q.Peek() {
		x, err := q.schema.Extension(c)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
		q.next++
	}
	return out, nil
}

// End refuses whatever is left, and text between the elements.
func (q *Sequence) End() error {
	if c := q.Peek(); c != nil {
		return c.Errorf("%w: unexpected %q of namespace %.200q", q.schema.Syntax, c.Name, c.Space)
	}
	if q.of.hasText {
		return q.of.Errorf("%w: text between elements", q.schema.Syntax)
	}
	return nil
}

// Wrap puts an error of Parse or Read under the sentinels of a standard.
func Wrap(err, syntax, tooLarge error) error {
	if errors.Is(err, ErrTooLarge) {
		return fmt.Errorf("%w: %w", tooLarge, err)
	}
	return fmt.Errorf("%w: %w", syntax, err)
}

// passedOver reports a declaration that an extension needs only where a name uses it.
func passedOver(n Namespace, given []Namespace) bool {
	return n.Prefix == "" || strings.HasPrefix(n.Prefix, ownPrefix) || slices.Contains(given, n)
}
