package label

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"caveat/backend/label/strictxml"
)

// ParseLabel reads one confidentiality label, UTF-8, at most MaxSize bytes. The zero Label comes with any error; the
// error carries line, column and element path and wraps ErrSyntax or ErrTooLarge. It does not look at a policy. Unknown
// extension elements (other namespaces, where the schema allows them) are kept in Label.XML and otherwise passed over.
//
// std: ADatP-4774/A1 App 1
func ParseLabel(document []byte) (Label, error) {
	root, err := parseDocument(document)
	if err != nil {
		return Label{}, err
	}
	kind := Kind(root.Name)
	if root.Space != Namespace || kind != Originator && kind != Alternative && kind != Metadata && kind != Legacy {
		return Label{}, root.Errorf("%w: %q in namespace %q is not a STANAG 4774 label", ErrSyntax, root.Name, root.Space)
	}
	l := Label{Kind: kind, XML: append([]byte(nil), document...)}
	if err := readLabel(root, &l); err != nil {
		return Label{}, err
	}
	return l, nil
}

// ParseClearance reads one confidentiality clearance, UTF-8, at most MaxSize bytes; errors as for ParseLabel.
//
// std: ADatP-4774/A1 App 2 Annex A
func ParseClearance(document []byte) (Clearance, error) {
	root, err := parseDocument(document)
	if err != nil {
		return Clearance{}, err
	}
	if root.Space != ClearanceNamespace || root.Name != "ConfidentialityClearance" {
		return Clearance{}, root.Errorf("%w: %q in namespace %q is not a STANAG 4774 clearance", ErrSyntax, root.Name, root.Space)
	}
	var c Clearance
	if err := readClearance(root, &c); err != nil {
		return Clearance{}, err
	}
	return c, nil
}

func parseDocument(document []byte) (*strictxml.Element, error) {
	root, err := strictxml.Parse(document, strictxml.Limits{Bytes: MaxSize})
	switch {
	case errors.Is(err, strictxml.ErrTooLarge):
		return nil, fmt.Errorf("%w: %w", ErrTooLarge, err)
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrSyntax, err)
	}
	return root, nil
}

// sequence walks the children of an element in the order that the schema prescribes.
type sequence struct {
	of   *strictxml.Element
	next int
}

// take returns the next child when it has this name, else nil.
func (s *sequence) take(space, name string) *strictxml.Element {
	if s.next < len(s.of.Children) {
		if c := s.of.Children[s.next]; c.Space == space && c.Name == name {
			s.next++
			return c
		}
	}
	return nil
}

// need is take, and an error when the child is not there.
func (s *sequence) need(space, name string) (*strictxml.Element, error) {
	if c := s.take(space, name); c != nil {
		return c, nil
	}
	if s.next < len(s.of.Children) {
		c := s.of.Children[s.next]
		return nil, c.Errorf("%w: %q stands where %q must", ErrSyntax, c.Name, name)
	}
	return nil, s.of.Errorf("%w: no %q", ErrSyntax, name)
}

// extensions passes over elements of foreign namespaces (##other, lax). One without a namespace is not foreign: the
// schema does not allow it.
func (s *sequence) extensions() {
	for s.next < len(s.of.Children) && s.of.Children[s.next].Space != s.of.Space && s.of.Children[s.next].Space != "" {
		s.next++
	}
}

// end refuses whatever is left, and text between the elements.
func (s *sequence) end() error {
	if s.next < len(s.of.Children) {
		c := s.of.Children[s.next]
		return c.Errorf("%w: unexpected %q", ErrSyntax, c.Name)
	}
	if strings.TrimSpace(s.of.Text) != "" {
		return s.of.Errorf("%w: text between elements", ErrSyntax)
	}
	return nil
}

func readLabel(root *strictxml.Element, l *Label) error {
	if v, ok := root.Attr("ReviewDateTime"); ok {
		t, err := parseTime(root, v)
		if err != nil {
			return err
		}
		l.Review = t
	}
	s := &sequence{of: root}
	info, err := s.need(Namespace, "ConfidentialityInformation")
	if err != nil {
		return err
	}
	if err := readInformation(info, &l.Information); err != nil {
		return err
	}
	if e := s.take(Namespace, "OriginatorID"); e != nil {
		if l.OriginatorID, err = leaf(e); err != nil {
			return err
		}
		if l.OriginatorID != "" {
			l.OriginatorIDType, _ = e.Attr("IDType")
		}
	}
	if e := s.take(Namespace, "CreationDateTime"); e != nil {
		if l.Created, err = timeIn(e); err != nil {
			return err
		}
	}
	if e := s.take(Namespace, "SuccessionHandling"); e != nil {
		if l.Succession, err = readSuccession(e); err != nil {
			return err
		}
	}
	s.extensions()
	return s.end()
}

func readSuccession(e *strictxml.Element) (*Successor, error) {
	s := &sequence{of: e}
	at, err := s.need(Namespace, "SuccessionDateTime")
	if err != nil {
		return nil, err
	}
	out := &Successor{}
	if out.At, err = timeIn(at); err != nil {
		return nil, err
	}
	next, err := s.need(Namespace, "SuccessorConfidentialityLabel")
	if err != nil {
		return nil, err
	}
	var inner Label
	if err := readLabel(next, &inner); err != nil {
		return nil, err
	}
	out.Label = inner.Information
	s.extensions()
	return out, s.end()
}

func readInformation(e *strictxml.Element, info *Information) error {
	s := &sequence{of: e}
	policy, err := s.need(Namespace, "PolicyIdentifier")
	if err != nil {
		return err
	}
	if info.Policy, err = readPolicy(policy); err != nil {
		return err
	}
	class, err := s.need(Namespace, "Classification")
	if err != nil {
		return err
	}
	if info.Classification, err = name(class); err != nil {
		return err
	}
	if pm := s.take(Namespace, "PrivacyMark"); pm != nil {
		if info.PrivacyMark, err = leaf(pm); err != nil {
			return err
		}
	}
	if info.Categories, err = readCategories(s); err != nil {
		return err
	}
	s.extensions()
	return s.end()
}

func readClearance(root *strictxml.Element, c *Clearance) error {
	s := &sequence{of: root}
	policy, err := s.need(Namespace, "PolicyIdentifier")
	if err != nil {
		return err
	}
	if c.Policy, err = readPolicy(policy); err != nil {
		return err
	}
	list, err := s.need(ClearanceNamespace, "ClassificationList")
	if err != nil {
		return err
	}
	if c.Classifications, err = readClassificationList(list); err != nil {
		return err
	}
	if c.Categories, err = readCategories(s); err != nil {
		return err
	}
	s.take(ClearanceNamespace, "ConfidentialityClearanceExtensions")
	return s.end()
}

func readClassificationList(list *strictxml.Element) ([]string, error) {
	s := &sequence{of: list}
	var out []string
	for e := s.take(Namespace, "Classification"); e != nil; e = s.take(Namespace, "Classification") {
		n, err := name(e)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	if len(out) == 0 {
		return nil, list.Errorf("%w: a clearance lists at least one classification", ErrSyntax)
	}
	s.take(ClearanceNamespace, "ConfidentialityClearanceExtensions")
	return out, s.end()
}

func readPolicy(e *strictxml.Element) (PolicyID, error) {
	n, err := name(e)
	if err != nil {
		return PolicyID{}, err
	}
	uri, _ := e.Attr("URI")
	if err := checkURI(e, uri); err != nil {
		return PolicyID{}, err
	}
	return PolicyID{Name: n, URI: uri}, nil
}

func readCategories(s *sequence) ([]Category, error) {
	var out []Category
	for e := s.take(Namespace, "Category"); e != nil; e = s.take(Namespace, "Category") {
		c, err := readCategory(e)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

func readCategory(e *strictxml.Element) (Category, error) {
	var c Category
	tag, ok := e.Attr("TagName")
	if c.TagName = strings.Join(strings.Fields(tag), " "); !ok || c.TagName == "" {
		return c, e.Errorf("%w: a Category without TagName", ErrSyntax)
	}
	typ, _ := e.Attr("Type")
	if c.Type, ok = ParseType(typ); !ok || typ != c.Type.String() {
		return c, e.Errorf("%w: Category Type %q", ErrSyntax, typ)
	}
	c.URI, _ = e.Attr("URI")
	if err := checkURI(e, c.URI); err != nil {
		return c, err
	}
	for _, v := range e.Children {
		if v.Space != Namespace || v.Name != "GenericValue" {
			// ADatP-4774 allows IntegerValue and BitStringValue in the schema and forbids them in the text: only GenericValue SHALL be used.
			return c, v.Errorf("%w: %q where only GenericValue may stand", ErrSyntax, v.Name)
		}
		text, err := name(v)
		if err != nil {
			return c, err
		}
		c.Values = append(c.Values, text)
	}
	return c, (&sequence{of: e, next: len(e.Children)}).end()
}

// checkURI holds identifiers to the only form the standard allows.
func checkURI(e *strictxml.Element, uri string) error {
	if uri != "" && !oidURI.MatchString(uri) {
		return e.Errorf("%w: URI %q is not urn:oid: and an object identifier", ErrSyntax, uri)
	}
	return nil
}

var oidURI = regexp.MustCompile(`^urn:oid:[0-2](\.[0-9]+)+$`)

// leaf is the text of an element that may hold text only.
func leaf(e *strictxml.Element) (string, error) {
	if len(e.Children) > 0 {
		return "", e.Errorf("%w: element inside %q", ErrSyntax, e.Name)
	}
	return e.Text, nil
}

// name is a leaf that must not be empty, with white space collapsed (xs:token).
func name(e *strictxml.Element) (string, error) {
	t, err := leaf(e)
	if err != nil {
		return "", err
	}
	if t = strings.Join(strings.Fields(t), " "); t == "" {
		return "", e.Errorf("%w: empty %q", ErrSyntax, e.Name)
	}
	return t, nil
}

func timeIn(e *strictxml.Element) (time.Time, error) {
	t, err := leaf(e)
	if err != nil {
		return time.Time{}, err
	}
	return parseTime(e, t)
}

// parseTime reads xs:dateTime. One without a zone is taken as UTC: the standard does not say, and UTC is what the
// military network runs on.
func parseTime(e *strictxml.Element, s string) (time.Time, error) {
	s = strings.TrimSpace(s)
	if dateTime.MatchString(s) {
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999"} {
			// A year that has five digits in UTC could not be written again.
			if t, err := time.Parse(layout, s); err == nil && t.UTC().Year() >= 1 && t.UTC().Year() <= 9999 {
				return t.UTC(), nil
			}
		}
	}
	return time.Time{}, e.Errorf("%w: %q is not a date and time", ErrSyntax, s)
}

// dateTime is the form of xs:dateTime; time.Parse would take "9:00:00" and "09:00:00,5" too.
var dateTime = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$`)
