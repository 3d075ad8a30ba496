package label

import (
	"regexp"

	"caveat/backend/label/strictxml"
)

func (r *reader) clearance(root *strictxml.Element, c *Clearance) error {
	var err error
	if c.Attributes, err = r.Attributes(root, true); err != nil {
		return err
	}
	q := r.Children(root)
	policy, err := q.Need(Namespace, "PolicyIdentifier")
	if err != nil {
		return err
	}
	if c.Policy, c.PolicyAttributes, err = r.policy(policy); err != nil {
		return err
	}
	list, err := q.Need(ClearanceNamespace, "ClassificationList")
	if err != nil {
		return err
	}
	if err := r.classificationList(list, c); err != nil {
		return err
	}
	if c.Categories, err = r.categories(q); err != nil {
		return err
	}
	if c.Extensions, err = r.clearanceExtensions(q); err != nil {
		return err
	}
	return q.End()
}

func (r *reader) classificationList(list *strictxml.Element, c *Clearance) error {
	if _, err := r.Attributes(list, false); err != nil {
		return err
	}
	q := r.Children(list)
	attributes, any := [][]Attribute{}, false
	for e := q.Take(Namespace, "Classification"); e != nil; e = q.Take(Namespace, "Classification") {
		n, a, err := r.classification(e)
		if err != nil {
			return err
		}
		c.Classifications, attributes, any = append(c.Classifications, n), append(attributes, a), any || len(a) > 0
	}
	if len(c.Classifications) == 0 {
		return list.Errorf("%w: a clearance lists at least one classification", ErrSyntax)
	}
	if any {
		c.ClassificationAttributes = attributes
	}
	var err error
	if c.ListExtensions, err = r.clearanceExtensions(q); err != nil {
		return err
	}
	return q.End()
}

// clearanceExtensions reads the element that holds what other namespaces add to a clearance.
func (r *reader) clearanceExtensions(q *strictxml.Sequence) ([]Extension, error) {
	e := q.Take(ClearanceNamespace, "ConfidentialityClearanceExtensions")
	if e == nil {
		return nil, nil
	}
	if _, err := r.Attributes(e, false); err != nil {
		return nil, err
	}
	inner := r.Children(e)
	out, err := inner.Extensions()
	if err != nil {
		return nil, err
	}
	return out, inner.End()
}

func (r *reader) policy(e *strictxml.Element) (PolicyID, []Attribute, error) {
	attributes, err := r.Attributes(e, true, "URI")
	if err != nil {
		return PolicyID{}, nil, err
	}
	n, err := r.name(e)
	if err != nil {
		return PolicyID{}, nil, err
	}
	uri, _ := e.Attr("URI")
	return PolicyID{Name: n, URI: uri}, attributes, checkURI(e, uri)
}

// classification reads a name. The schema would let it have a URI; the text of the standard forbids that, and a reader who
// went by it could take another class than one who goes by the name.
func (r *reader) classification(e *strictxml.Element) (string, []Attribute, error) {
	attributes, err := r.Attributes(e, true)
	if err != nil {
		return "", nil, err
	}
	n, err := r.name(e)
	return n, attributes, err
}

func (r *reader) categories(q *strictxml.Sequence) ([]Category, error) {
	var out []Category
	for e := q.Take(Namespace, "Category"); e != nil; e = q.Take(Namespace, "Category") {
		c, err := r.category(e)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

func (r *reader) category(e *strictxml.Element) (Category, error) {
	var c Category
	var err error
	if c.Attributes, err = r.Attributes(e, true, "TagName", "Type", "URI"); err != nil {
		return c, err
	}
	tag, _ := e.Attr("TagName")
	if c.TagName = strictxml.Collapse(tag); c.TagName == "" {
		return c, e.Errorf("%w: a Category without TagName", ErrSyntax)
	}
	typ, _ := e.Attr("Type")
	var ok bool
	if c.Type, ok = ParseType(typ); !ok || typ != c.Type.String() {
		return c, e.Errorf("%w: Category Type %.80q", ErrSyntax, typ)
	}
	c.URI, _ = e.Attr("URI")
	if err := checkURI(e, c.URI); err != nil {
		return c, err
	}
	q := r.Children(e)
	for v := q.Take(Namespace, "GenericValue"); v != nil; v = q.Take(Namespace, "GenericValue") {
		text, err := r.value(v)
		if err != nil {
			return c, err
		}
		c.Values = append(c.Values, text)
	}
	if v := q.Peek(); v != nil {
		// The schema knows IntegerValue and BitStringValue and the text forbids them: only GenericValue SHALL be used.
		return c, v.Errorf("%w: %q where only GenericValue may stand", ErrSyntax, v.Name)
	}
	return c, q.End()
}

// checkURI holds identifiers to the only form the standard allows.
func checkURI(e *strictxml.Element, uri string) error {
	if uri != "" && !oidURI.MatchString(uri) {
		return e.Errorf("%w: URI %.200q is not urn:oid: and an object identifier", ErrSyntax, uri)
	}
	return nil
}

var oidURI = regexp.MustCompile(`^urn:oid:[0-2](\.[0-9]+)+$`)

// plain is the text of an element that may hold text only, and no attribute.
func (r *reader) plain(e *strictxml.Element) (string, error) {
	if _, err := r.Attributes(e, false); err != nil {
		return "", err
	}
	return r.Leaf(e)
}

// value is a name without attributes.
func (r *reader) value(e *strictxml.Element) (string, error) {
	if _, err := r.Attributes(e, false); err != nil {
		return "", err
	}
	return r.name(e)
}

// name is a text that must not be empty, with white space collapsed (xs:token).
func (r *reader) name(e *strictxml.Element) (string, error) {
	t, err := r.Leaf(e)
	if err != nil {
		return "", err
	}
	if t = strictxml.Collapse(t); t == "" {
		return "", e.Errorf("%w: empty %q", ErrSyntax, e.Name)
	}
	return t, nil
}
