package binding

import (
	"errors"

	"caveat/backend/label"
	"caveat/backend/label/strictxml"
)

// metadata reads the first part of a binding: metadata and references to metadata.
func (r *reader) metadata(q *strictxml.Sequence) ([]Metadata, error) {
	var out []Metadata
	for {
		if e := q.Take(Namespace, "Metadata"); e != nil {
			list, err := r.inline(e)
			if err != nil {
				return nil, err
			}
			out = append(out, list...)
			continue
		}
		e := q.Take(Namespace, "MetadataReference")
		if e == nil {
			return out, nil
		}
		ref, err := r.reference(e)
		if err != nil {
			return nil, err
		}
		out = append(out, Metadata{Reference: ref})
	}
}

// inline reads a Metadata element: one piece of metadata, or labels only.
func (r *reader) inline(e *strictxml.Element) ([]Metadata, error) {
	content, err := r.content(e)
	if err != nil {
		return nil, err
	}
	if e.HasText() {
		return nil, e.Errorf("%w: text in Metadata: it may be a label in a form that is not known", ErrSyntax)
	}
	if len(e.Children) == 0 {
		return nil, e.Errorf("%w: empty Metadata", ErrSyntax)
	}
	var out []Metadata
	for _, c := range e.Children {
		m, err := r.piece(c)
		if err != nil {
			return nil, err
		}
		if m.Label == nil && len(e.Children) > 1 {
			return nil, c.Errorf("%w: %q beside other metadata: only labels may share a Metadata", ErrSyntax, c.Name)
		}
		m.Content = content
		out = append(out, m)
	}
	return out, nil
}

// piece reads one element of metadata.
func (r *reader) piece(e *strictxml.Element) (Metadata, error) {
	switch {
	case e.Space == label.Namespace:
		return r.label(e)
	case isLabelName(e.Name), e.Space == Namespace, e.Space == label.ClearanceNamespace:
		return Metadata{}, e.Errorf("%w: %q in namespace %.200q is neither a label nor other metadata", ErrSyntax, e.Name, e.Space)
	}
	x, err := r.Extension(e)
	if err != nil {
		return Metadata{}, err
	}
	return Metadata{Other: &x}, nil
}

func isLabelName(name string) bool {
	switch label.Kind(name) {
	case label.Originator, label.Alternative, label.Metadata, label.Legacy:
		return true
	}
	return false
}

func (r *reader) label(e *strictxml.Element) (Metadata, error) {
	if r.labels++; r.labels > MaxLabels {
		return Metadata{}, e.Errorf("%w: more than %d labels", ErrTooLarge, MaxLabels)
	}
	x, err := r.Extension(e)
	if err != nil {
		return Metadata{}, err
	}
	l, err := label.ParseLabel([]byte(x.XML))
	switch {
	case errors.Is(err, label.ErrTooLarge):
		return Metadata{}, e.Errorf("%w: lines counted from the label: %w", ErrTooLarge, err)
	case err != nil:
		return Metadata{}, e.Errorf("%w: lines counted from the label: %w", ErrSyntax, err)
	}
	return Metadata{Label: &l}, r.once(e, l.ID)
}

// data reads the second part of a binding: data and references to data.
func (r *reader) data(q *strictxml.Sequence) ([]Data, error) {
	var out []Data
	for {
		if e := q.Take(Namespace, "Data"); e != nil {
			d, err := r.encapsulated(e)
			if err != nil {
				return nil, err
			}
			out = append(out, d)
			continue
		}
		e := q.Take(Namespace, "DataReference")
		if e == nil {
			return out, nil
		}
		ref, err := r.reference(e)
		if err != nil {
			return nil, err
		}
		out = append(out, Data{Reference: ref})
	}
}

// encapsulated reads a Data element. The schema wants exactly one element in it; data in base64 have none.
func (r *reader) encapsulated(e *strictxml.Element) (d Data, err error) {
	if d.Content, err = r.content(e); err != nil {
		return Data{}, err
	}
	start, end := e.Inner(r.Document)
	switch len(e.Children) {
	case 0:
		if !e.HasText() {
			return Data{}, e.Errorf("%w: empty Data", ErrSyntax)
		}
		d.XML = string(r.Document[start:end])
	case 1:
		x, err := r.Extension(e.Children[0])
		if err != nil {
			return Data{}, err
		}
		d.XML = string(r.Document[start:e.Children[0].Start]) + x.XML + string(r.Document[e.Children[0].End:end])
	default:
		return Data{}, e.Children[1].Errorf("%w: a second element in Data", ErrSyntax)
	}
	return d, nil
}

func (r *reader) reference(e *strictxml.Element) (*Reference, error) {
	content, err := r.content(e, "URI")
	if err != nil {
		return nil, err
	}
	ref := &Reference{Content: content}
	var ok bool
	if ref.URI, ok = e.Attr("URI"); !ok {
		return nil, e.Errorf("%w: %s without URI", ErrSyntax, e.Name)
	}
	q := r.Children(e)
	if t := q.Take(dsNamespace, "Transforms"); t != nil {
		x, err := r.Extension(t)
		if err != nil {
			return nil, err
		}
		ref.Transforms = &x
	}
	return ref, q.End()
}

// content reads the attributes that metadata, data and references share, besides those named.
func (r *reader) content(e *strictxml.Element, names ...string) (Content, error) {
	attributes, err := r.Attributes(e, true, append(names, "encoding")...)
	if err != nil {
		return Content{}, err
	}
	var c Content
	c.Encoding, _ = e.Attr("encoding")
	for _, a := range attributes {
		if a.Space == xmimeNamespace && a.Name == "contentType" {
			c.ContentType = a.Value
			continue
		}
		c.Attributes = append(c.Attributes, a)
	}
	return c, nil
}
