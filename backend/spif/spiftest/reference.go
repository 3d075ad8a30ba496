package spiftest

import (
	"math/big"
	"strings"
	"time"

	"caveat/backend/label"
	"caveat/backend/label/strictxml"
)

const namespace = "http://www.xmlspif.org/spif"

// Evaluator is the two questions about one policy on which evaluators are compared. Reference answers them rightly; tests
// of the comparison itself wrap it in wrong ones.
type Evaluator interface {
	Valid(l label.Information, at time.Time, isNew bool, requireTagSets []string) (bool, []string)
	Permits(l label.Information, c label.Clearance, hierarchical bool) bool
}

// Reference evaluates labels and clearances straight over the elements of a SPIF. The zero Reference knows no policy.
type Reference struct {
	spif   *strictxml.Element
	folded map[string]string // label.Fold of every text of the document: a memory of a pure function, nothing more
}

// New reads a SPIF that spif.Parse accepts; what is wrong with another one is not New's question. The error is strictxml's.
func New(document []byte) (Reference, error) {
	root, err := strictxml.Parse(document, strictxml.Limits{Bytes: 8 << 20, Depth: 64, Elements: 1 << 17, Comments: true})
	if err != nil {
		return Reference{}, err
	}
	r := Reference{spif: root, folded: map[string]string{}}
	r.remember(root)
	return r, nil
}

func (r Reference) remember(e *strictxml.Element) {
	r.folded[e.Text] = label.Fold(e.Text)
	for _, a := range e.Attrs {
		r.folded[a.Value] = label.Fold(a.Value)
	}
	for _, c := range e.Children {
		r.remember(c)
	}
}

// same is how names compare: white space collapsed, case folded.
//
// std: ADatP-4774.1/A1 §3.11
func (r Reference) same(a, b string) bool { return a == b || r.fold(a) == r.fold(b) }

func (r Reference) fold(s string) string {
	if f, ok := r.folded[s]; ok {
		return f
	}
	return label.Fold(s)
}

// children are the elements of that name directly under e; none for nil.
func children(e *strictxml.Element, name string) []*strictxml.Element {
	if e == nil {
		return nil
	}
	var out []*strictxml.Element
	for _, c := range e.Children {
		if c.Space == namespace && c.Name == name {
			out = append(out, c)
		}
	}
	return out
}

func child(e *strictxml.Element, name string) *strictxml.Element {
	for _, c := range children(e, name) {
		return c
	}
	return nil
}

func attr(e *strictxml.Element, name string) string {
	v, _ := e.Attr(name)
	return v
}

func has(e *strictxml.Element, name string) bool {
	_, ok := e.Attr(name)
	return ok
}

// truth reads an xs:boolean; absent is false.
func truth(e *strictxml.Element, name string) bool {
	v := strings.TrimSpace(attr(e, name))
	return v == "true" || v == "1"
}

// sameLACV compares two values of the schema's union of integer and string: as numbers where both are.
func sameLACV(a, b string) bool {
	x, isNumber := new(big.Int).SetString(strings.TrimSpace(a), 10)
	y, also := new(big.Int).SetString(strings.TrimSpace(b), 10)
	if isNumber && also {
		return x.Cmp(y) == 0
	}
	return !isNumber && !also && a == b
}

// integer reads an xs:integer that spif.Parse has accepted.
func integer(e *strictxml.Element, name string) *big.Int {
	n, ok := new(big.Int).SetString(strings.TrimSpace(attr(e, name)), 10)
	if !ok {
		return new(big.Int)
	}
	return n
}

// PolicyID is how labels name the policy: name, and "urn:oid:" with its identifier.
//
// std: ADatP-4774.1/A1 Table 10
func (r Reference) PolicyID() label.PolicyID {
	id := child(r.spif, "securityPolicyId")
	return label.PolicyID{Name: attr(id, "name"), URI: "urn:oid:" + attr(id, "id")}
}

// Names reports whether an identifier in a label or clearance means this policy. Where it has a URI, both must agree.
func (r Reference) Names(id label.PolicyID) bool {
	own := r.PolicyID()
	return r.same(id.Name, own.Name) && (id.URI == "" || id.URI == own.URI)
}

func (r Reference) classes() []*strictxml.Element {
	return children(child(r.spif, "securityClassifications"), "securityClassification")
}

// class is the classification of that name, nil without one.
func (r Reference) class(name string) *strictxml.Element {
	name = r.fold(name)
	for _, c := range r.classes() {
		if r.fold(attr(c, "name")) == name {
			return c
		}
	}
	return nil
}

func (r Reference) sets() []*strictxml.Element {
	return children(child(r.spif, "securityCategoryTagSets"), "securityCategoryTagSet")
}

// set is the tag set that a label's Category/@TagName names, nil without one.
//
// std: ADatP-4774.1/A1 Table 10
func (r Reference) set(name string) *strictxml.Element {
	name = r.fold(name)
	for _, s := range r.sets() {
		if r.fold(attr(s, "name")) == name {
			return s
		}
	}
	return nil
}

func (r Reference) setByID(id string) *strictxml.Element {
	for _, s := range r.sets() {
		if attr(s, "id") == id {
			return s
		}
	}
	return nil
}

// typeOf is Category/@Type for the values of a tag: an enumerated tag is what its enumType says.
//
// std: ADatP-4774.1/A1 Table 10
func typeOf(tag *strictxml.Element) label.Type {
	kind := attr(tag, "tagType")
	if kind == "enumerated" {
		kind = attr(tag, "enumType")
	}
	switch kind {
	case "restrictive":
		return label.Restrictive
	case "permissive":
		return label.Permissive
	}
	return label.Informative // tagType7, notApplicable
}
