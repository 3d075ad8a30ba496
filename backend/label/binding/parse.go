package binding

import (
	"regexp"
	"strings"

	"caveat/backend/label"
	"caveat/backend/label/strictxml"
)

var (
	limits = strictxml.Limits{Bytes: MaxSize, Depth: 64, Elements: 1 << 14}
	// scope is what every object written here declares on its root.
	scope = []strictxml.Namespace{{Prefix: "mb", URI: Namespace}, {Prefix: "xmime", URI: xmimeNamespace}}
)

// Parse reads one binding data object, UTF-8, at most MaxSize bytes. The zero Object comes with any error. Several labels
// in one Metadata, as ADatP-4774.1 prints them, are read as if each had one of its own, as the schema has it.
//
// Metadata that might be a label and cannot be read as one is an error: text, an element of the standard's own namespaces,
// a label's name in another namespace.
//
// std: STANAG 4778 binding data objects
func Parse(document []byte) (Object, error) {
	o, r, root, err := parse(document)
	if err != nil {
		return Object{}, err
	}
	if len(document)+r.Grown() > MaxSize/8 {
		// What is written anew has longer prefixes, and an element more for each label: it must be readable, too.
		if _, _, _, err := parse(o.Marshal()); err != nil {
			return Object{}, root.Errorf("%w: the canonical form cannot be read: %w", ErrTooLarge, err)
		}
	}
	o.XML = append([]byte(nil), document...)
	return o, nil
}

func parse(document []byte) (Object, *reader, *strictxml.Element, error) {
	root, err := strictxml.Parse(document, limits)
	if err != nil {
		return Object{}, nil, nil, strictxml.Wrap(err, ErrSyntax, ErrTooLarge)
	}
	r := &reader{Schema: strictxml.Schema{
		Document: document, Own: []string{Namespace, label.Namespace, label.ClearanceNamespace}, Scope: scope,
		Syntax: ErrSyntax, TooLarge: ErrTooLarge, Limits: limits,
	}, ids: map[string]bool{}}
	if err := refuseDrafts(root); err != nil {
		return Object{}, nil, nil, err
	}
	if root.Space != Namespace || root.Name != "BindingInformation" {
		return Object{}, nil, nil, root.Errorf("%w: %q in namespace %.200q is not a STANAG 4778 binding data object", ErrSyntax, root.Name, root.Space)
	}
	o, err := r.object(root)
	if err != nil {
		return Object{}, nil, nil, err
	}
	return o, r, root, nil
}

// refuseDrafts looks for elements of the drafts everywhere but in encapsulated data, which is no business of ours.
func refuseDrafts(e *strictxml.Element) error {
	if strings.Contains(e.Space, ":metadatabindingmechanism:") {
		return e.Errorf("%w: %w: %.200q", ErrSyntax, ErrDraft, e.Space)
	}
	if e.Space == Namespace && e.Name == "Data" {
		return nil
	}
	for _, c := range e.Children {
		if err := refuseDrafts(c); err != nil {
			return err
		}
	}
	return nil
}

type reader struct {
	strictxml.Schema
	ids    map[string]bool
	labels int
}

func (r *reader) object(root *strictxml.Element) (Object, error) {
	var o Object
	var err error
	if o.Attributes, err = r.Attributes(root, true); err != nil {
		return Object{}, err
	}
	q := r.Children(root)
	for e := q.Take(dsNamespace, "Signature"); e != nil; e = q.Take(dsNamespace, "Signature") {
		x, err := r.Extension(e)
		if err != nil {
			return Object{}, err
		}
		o.Signatures = append(o.Signatures, x)
	}
	first, err := q.Need(Namespace, "MetadataBindingContainer")
	if err != nil {
		return Object{}, err
	}
	for e := first; e != nil; e = q.Take(Namespace, "MetadataBindingContainer") {
		c, err := r.container(e)
		if err != nil {
			return Object{}, err
		}
		o.Containers = append(o.Containers, c)
	}
	if o.Extensions, err = q.Extensions(); err != nil {
		return Object{}, err
	}
	if err := q.End(); err != nil {
		return Object{}, err
	}
	return o, nil
}

func (r *reader) container(e *strictxml.Element) (c Container, err error) {
	if c.ID, c.Attributes, err = r.identified(e); err != nil {
		return c, err
	}
	q := r.Children(e)
	first, err := q.Need(Namespace, "MetadataBinding")
	if err != nil {
		return c, err
	}
	for x := first; x != nil; x = q.Take(Namespace, "MetadataBinding") {
		b, err := r.binding(x)
		if err != nil {
			return c, err
		}
		c.Bindings = append(c.Bindings, b)
	}
	if c.Extensions, err = q.Extensions(); err != nil {
		return c, err
	}
	return c, q.End()
}

func (r *reader) binding(e *strictxml.Element) (b Binding, err error) {
	if b.ID, b.Attributes, err = r.identified(e); err != nil {
		return b, err
	}
	q := r.Children(e)
	if b.Metadata, err = r.metadata(q); err != nil {
		return b, err
	}
	if len(b.Metadata) == 0 {
		return b, e.Errorf("%w: a binding without metadata", ErrSyntax)
	}
	if b.Data, err = r.data(q); err != nil {
		return b, err
	}
	if err := q.End(); err != nil {
		return b, err
	}
	if len(b.Data) == 0 {
		return b, e.Errorf("%w: a binding without data", ErrSyntax)
	}
	return b, nil
}

// identified reads the Id of an element and its foreign attributes. An Id stands once: a signature's reference to one that
// stands twice would be to either.
func (r *reader) identified(e *strictxml.Element) (string, []label.Attribute, error) {
	attributes, err := r.Attributes(e, true, "Id")
	if err != nil {
		return "", nil, err
	}
	id, ok := e.Attr("Id")
	if ok && !xmlID.MatchString(id) {
		return "", nil, e.Errorf("%w: Id %.80q is not an XML name", ErrSyntax, id)
	}
	return id, attributes, r.once(e, id)
}

func (r *reader) once(e *strictxml.Element, id string) error {
	if id != "" && r.ids[id] {
		return e.Errorf("%w: Id %.80q stands twice", ErrSyntax, id)
	}
	r.ids[id] = true
	return nil
}

// xmlID is the form of xs:ID, less the letters of rare alphabets.
var xmlID = regexp.MustCompile(`^[\pL_][\pL\pN\pM_.-]*$`)
