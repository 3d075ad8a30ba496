package label

import (
	"regexp"
	"slices"
	"time"

	"caveat/backend/label/strictxml"
)

// Attribute is an attribute of a foreign namespace, which the schema lets stand on an element of a label or clearance.
type Attribute = strictxml.Attr

// Extension is an element of a foreign namespace, which the schema lets stand in a label or clearance. Marshal writes it
// as it was received; it means the same in any other document, too.
type Extension = strictxml.Extension

// ParseLabel reads one confidentiality label, UTF-8, at most MaxSize bytes. The zero Label comes with any error; the
// error carries line, column and element path and wraps ErrSyntax or ErrTooLarge. It does not look at a policy. What
// other namespaces add is kept where the schema lets it stand, and refused elsewhere.
//
// std: ADatP-4774/A1 App 1
func ParseLabel(document []byte) (Label, error) {
	r, root, err := open(document, labelScope)
	if err != nil {
		return Label{}, err
	}
	kind := Kind(root.Name)
	if root.Space != Namespace || kind != Originator && kind != Alternative && kind != Metadata && kind != Legacy {
		return Label{}, root.Errorf("%w: %q in namespace %.200q is not a STANAG 4774 label", ErrSyntax, root.Name, root.Space)
	}
	l := Label{Kind: kind}
	if err := r.label(root, &l); err != nil {
		return Label{}, err
	}
	if err := r.checkSize(root, l.Marshal); err != nil {
		return Label{}, err
	}
	l.XML = append([]byte(nil), document...)
	return l, nil
}

// ParseClearance reads one confidentiality clearance, UTF-8, at most MaxSize bytes; errors as for ParseLabel.
//
// std: ADatP-4774/A1 App 2 Annex A
func ParseClearance(document []byte) (Clearance, error) {
	r, root, err := open(document, clearanceScope)
	if err != nil {
		return Clearance{}, err
	}
	if root.Space != ClearanceNamespace || root.Name != "ConfidentialityClearance" {
		return Clearance{}, root.Errorf("%w: %q in namespace %.200q is not a STANAG 4774 clearance", ErrSyntax, root.Name, root.Space)
	}
	var c Clearance
	if err := r.clearance(root, &c); err != nil {
		return Clearance{}, err
	}
	if err := r.checkSize(root, c.Marshal); err != nil {
		return Clearance{}, err
	}
	return c, nil
}

// reader turns the element tree into values.
type reader struct{ strictxml.Schema }

var limits = strictxml.Limits{Bytes: MaxSize}

func open(document []byte, scope []strictxml.Namespace) (*reader, *strictxml.Element, error) {
	root, err := strictxml.Parse(document, limits)
	if err != nil {
		return nil, nil, strictxml.Wrap(err, ErrSyntax, ErrTooLarge)
	}
	return &reader{strictxml.Schema{
		Document: document, Own: []string{Namespace, ClearanceNamespace}, Scope: scope, Syntax: ErrSyntax, TooLarge: ErrTooLarge, Limits: limits,
	}}, root, nil
}

// checkSize refuses what would be too long to be read again once it is written here: prefixes and escapes make it longer,
// but never as much as eightfold without declarations that extensions gain.
func (r *reader) checkSize(root *strictxml.Element, marshal func() []byte) error {
	if len(r.Document)+r.Grown() > MaxSize/8 && len(marshal()) > MaxSize {
		return root.Errorf("%w: more than %d bytes in its canonical form", ErrTooLarge, MaxSize)
	}
	return nil
}

func (r *reader) label(root *strictxml.Element, l *Label) error {
	var err error
	if l.Attributes, err = r.Attributes(root, true, "Id", "ReviewDateTime"); err != nil {
		return err
	}
	if v, ok := root.Attr("Id"); ok {
		if l.ID = v; !xmlID.MatchString(v) {
			return root.Errorf("%w: Id %.80q is not an XML name", ErrSyntax, v)
		}
	}
	if v, ok := root.Attr("ReviewDateTime"); ok {
		if l.Review, err = parseTime(root, v); err != nil {
			return err
		}
	}
	var s Successor
	if err := r.base(root, &s); err != nil {
		return err
	}
	l.Information, l.Created, l.Succession, l.LabelExtensions = s.Label, s.Created, s.Succession, s.LabelExtensions
	l.OriginatorID, l.OriginatorIDType, l.OriginatorAttributes = s.OriginatorID, s.OriginatorIDType, s.OriginatorAttributes
	return nil
}

// base reads what a label and a successor have in common.
func (r *reader) base(e *strictxml.Element, out *Successor) error {
	q := r.Children(e)
	info, err := q.Need(Namespace, "ConfidentialityInformation")
	if err != nil {
		return err
	}
	if err := r.information(info, &out.Label); err != nil {
		return err
	}
	if x := q.Take(Namespace, "OriginatorID"); x != nil {
		if err := r.originator(x, out); err != nil {
			return err
		}
	}
	if x := q.Take(Namespace, "CreationDateTime"); x != nil {
		if out.Created, err = r.timeIn(x); err != nil {
			return err
		}
	}
	if x := q.Take(Namespace, "SuccessionHandling"); x != nil {
		if out.Succession, err = r.succession(x); err != nil {
			return err
		}
	}
	if out.LabelExtensions, err = q.Extensions(); err != nil {
		return err
	}
	return q.End()
}

func (r *reader) originator(e *strictxml.Element, out *Successor) error {
	var err error
	if out.OriginatorAttributes, err = r.Attributes(e, true, "IDType"); err != nil {
		return err
	}
	out.OriginatorIDType, _ = e.Attr("IDType")
	if !slices.Contains(OriginatorIDTypes, out.OriginatorIDType) {
		return e.Errorf("%w: IDType %.80q: one of %v is needed", ErrSyntax, out.OriginatorIDType, OriginatorIDTypes)
	}
	out.OriginatorID, err = r.Leaf(e)
	return err
}

// std: ADatP-4774/A1 succession
func (r *reader) succession(e *strictxml.Element) (*Successor, error) {
	if _, err := r.Attributes(e, false); err != nil {
		return nil, err
	}
	q := r.Children(e)
	at, err := q.Need(Namespace, "SuccessionDateTime")
	if err != nil {
		return nil, err
	}
	out := &Successor{}
	if out.At, err = r.timeIn(at); err != nil {
		return nil, err
	}
	next, err := q.Need(Namespace, "SuccessorConfidentialityLabel")
	if err != nil {
		return nil, err
	}
	if _, err := r.Attributes(next, false); err != nil {
		return nil, err
	}
	if err := r.base(next, out); err != nil {
		return nil, err
	}
	if out.Extensions, err = q.Extensions(); err != nil {
		return nil, err
	}
	return out, q.End()
}

func (r *reader) information(e *strictxml.Element, info *Information) error {
	if _, err := r.Attributes(e, false); err != nil {
		return err
	}
	q := r.Children(e)
	policy, err := q.Need(Namespace, "PolicyIdentifier")
	if err != nil {
		return err
	}
	if info.Policy, info.PolicyAttributes, err = r.policy(policy); err != nil {
		return err
	}
	class, err := q.Need(Namespace, "Classification")
	if err != nil {
		return err
	}
	if info.Classification, info.ClassificationAttributes, err = r.classification(class); err != nil {
		return err
	}
	if x := q.Take(Namespace, "PrivacyMark"); x != nil {
		if info.PrivacyMark, err = r.plain(x); err != nil {
			return err
		}
	}
	if info.Categories, err = r.categories(q); err != nil {
		return err
	}
	if info.Extensions, err = q.Extensions(); err != nil {
		return err
	}
	return q.End()
}

// timeIn is the date and time that an element holds.
func (r *reader) timeIn(e *strictxml.Element) (time.Time, error) {
	t, err := r.plain(e)
	if err != nil {
		return time.Time{}, err
	}
	return parseTime(e, t)
}

// parseTime reads xs:dateTime. One without a zone is taken as UTC: the standard does not say, and UTC is what the
// military network runs on.
func parseTime(e *strictxml.Element, s string) (time.Time, error) {
	s = strictxml.Collapse(s)
	if dateTime.MatchString(s) {
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999"} {
			// A year that has five digits in UTC could not be written again; the zero time would read as none at all.
			if t, err := time.Parse(layout, s); err == nil && t.UTC().Year() >= 1 && t.UTC().Year() <= 9999 && !t.IsZero() {
				return t.UTC(), nil
			}
		}
	}
	return time.Time{}, e.Errorf("%w: %.80q is not a date and time", ErrSyntax, s)
}

var (
	// dateTime is the form of xs:dateTime; time.Parse would take "9:00:00" and "09:00:00,5" too.
	dateTime = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$`)
	// xmlID is the form of xs:ID, less the letters of rare alphabets.
	xmlID = regexp.MustCompile(`^[\pL_][\pL\pN\pM_.-]*$`)
)
