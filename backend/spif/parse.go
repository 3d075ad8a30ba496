package spif

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"caveat/backend/label"
	"caveat/backend/label/strictxml"
)

// Namespace of SPIF documents.
const Namespace = "http://www.xmlspif.org/spif"

// MaxSize is the longest SPIF that is read, in bytes. The largest published one has 80 KiB.
const MaxSize = 8 << 20

// Parse reads a SPIF, UTF-8, at most MaxSize bytes. A nil Policy comes with any error; the error wraps one of the
// sentinels of this package and says line, column and element path.
//
// std: Open XML SPIF 2.1
func Parse(r io.Reader) (*Policy, error) {
	limits := strictxml.Limits{Bytes: MaxSize, Depth: 32, Elements: 500_000, Comments: true}
	data, err := strictxml.Read(r, limits)
	if errors.Is(err, strictxml.ErrTooLarge) {
		return nil, fmt.Errorf("%w: %w", ErrTooLarge, err)
	}
	if err != nil {
		return nil, err
	}
	root, err := strictxml.Parse(data, limits)
	if errors.Is(err, strictxml.ErrTooLarge) {
		return nil, fmt.Errorf("%w: %w", ErrTooLarge, err)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSyntax, err)
	}
	return read(root, data)
}

func read(root *strictxml.Element, data []byte) (*Policy, error) {
	if root.Name != "SPIF" || root.Space != Namespace {
		return nil, root.Errorf("%w: root element %q of namespace %q", ErrNotSPIF, root.Name, root.Space)
	}
	if v, _ := root.Attr("schemaVersion"); v != "1.0" && v != "2.0" && v != "2.1" {
		return nil, root.Errorf("%w %q: known are 1.0, 2.0 and 2.1", ErrVersion, v)
	}
	sum := sha256.Sum256(data)
	r := &reader{p: &Policy{
		sha256:      hex.EncodeToString(sum[:]),
		classByName: map[string]*Class{}, setByName: map[string]*TagSet{}, setByID: map[string]*TagSet{},
	}}
	r.policy(root)
	r.resolve()
	if r.err != nil {
		return nil, r.err
	}
	return r.p, nil
}

// reader turns the element tree into a Policy. The first error stays in err; the steps after it do no harm.
type reader struct {
	p     *Policy
	err   error
	later []func() // what can be resolved only when all names are known
}

func (r *reader) fail(e *strictxml.Element, format string, args ...any) {
	if r.err == nil {
		r.err = e.Errorf("%w: "+format, append([]any{ErrInvalid}, args...)...)
	}
}

// children hands each child to the function of its name. An element that the schema does not know is an error: a rule
// that is not understood must not be skipped.
func (r *reader) children(e *strictxml.Element, known map[string]func(*strictxml.Element)) {
	for _, c := range e.Children {
		f, ok := known[c.Name]
		if c.Space != Namespace || !ok {
			r.fail(c, "element %q of namespace %q is not known here", c.Name, c.Space)
			return
		}
		if f != nil {
			f(c)
		}
	}
	if strings.TrimSpace(e.Text) != "" {
		r.fail(e, "text between elements")
	}
}

func (r *reader) policy(root *strictxml.Element) {
	p := r.p
	p.version = r.int(root, "version", 1)
	p.notBefore, p.notAfter = r.time(root, "notBefore"), r.time(root, "notAfter")
	p.signed = r.dropSignatures(root)
	r.once(root)
	r.children(root, map[string]func(*strictxml.Element){
		"defaultSecurityPolicyId": nil,
		"updateInfo":              nil,
		"extensions":              nil,
		"securityPolicyId": func(e *strictxml.Element) {
			p.name, p.id = r.name(e, "name"), r.oid(e, "id")
			r.children(e, map[string]func(*strictxml.Element){
				"markingData":      func(x *strictxml.Element) { p.nameMarkings = append(p.nameMarkings, r.marking(x)) },
				"markingQualifier": nil,
			})
		},
		"securityClassifications": r.classifications,
		"securityCategoryTagSets": func(e *strictxml.Element) {
			r.children(e, map[string]func(*strictxml.Element){"securityCategoryTagSet": r.tagSet})
		},
		"privacyMarks": func(e *strictxml.Element) {
			r.children(e, map[string]func(*strictxml.Element){
				"privacyMark": func(m *strictxml.Element) { p.privacyMarks = append(p.privacyMarks, r.name(m, "name")) },
				"markingData": nil, "markingQualifier": nil,
			})
		},
		"equivalentPolicies": func(e *strictxml.Element) {
			r.children(e, map[string]func(*strictxml.Element){"equivalentPolicy": r.equivalentPolicy})
		},
		"markingData":      func(e *strictxml.Element) { p.markings = append(p.markings, r.marking(e)) },
		"markingQualifier": func(e *strictxml.Element) { p.qualifiers = append(p.qualifiers, r.qualifiers(e)...) },
	})
	if p.id == "" {
		r.fail(root, "no securityPolicyId")
	}
	if len(p.classes) == 0 {
		r.fail(root, "no securityClassification")
	}
}

// once refuses a part of the policy that stands twice: of two policy identifiers two readers could take different ones.
func (r *reader) once(root *strictxml.Element) {
	seen := map[string]bool{}
	for _, c := range root.Children {
		if c.Name != "markingData" && c.Name != "markingQualifier" && seen[c.Name] {
			r.fail(c, "element %q stands twice", c.Name)
		}
		seen[c.Name] = true
	}
}

// dropSignatures takes enveloped XML signatures out of the tree: the 2.1 schema has no place for them, published files
// have them all the same.
func (r *reader) dropSignatures(root *strictxml.Element) bool {
	before := len(root.Children)
	root.Children = slices.DeleteFunc(root.Children, func(c *strictxml.Element) bool {
		return c.Space == "http://www.w3.org/2000/09/xmldsig#" && c.Name == "Signature"
	})
	return len(root.Children) < before
}

func (r *reader) classifications(e *strictxml.Element) {
	r.children(e, map[string]func(*strictxml.Element){
		"securityClassification": r.class, "markingData": nil, "markingQualifier": nil,
	})
	slices.SortStableFunc(r.p.classes, func(a, b *Class) int { return cmp.Compare(a.hierarchy, b.hierarchy) })
	for i, c := range r.p.classes {
		c.number = i
	}
}

func (r *reader) class(e *strictxml.Element) {
	c := &Class{
		name: r.name(e, "name"), lacv: r.int(e, "lacv", -1), hierarchy: r.int(e, "hierarchy", -1),
		obsolete: r.bool(e, "obsolete"), line: e.Line,
	}
	c.color, _ = e.Attr("color")
	for _, other := range r.p.classes {
		if other.lacv == c.lacv || other.hierarchy == c.hierarchy {
			r.fail(e, "classification %q has the lacv or hierarchy of %q", c.name, other.name)
		}
	}
	if r.p.classByName[label.Fold(c.name)] != nil {
		r.fail(e, "classification %q stands twice", c.name)
	}
	r.p.classByName[label.Fold(c.name)] = c
	r.p.classes = append(r.p.classes, c)
	r.children(e, map[string]func(*strictxml.Element){
		"equivalentClassification": func(x *strictxml.Element) { c.equivalents = append(c.equivalents, r.equivalentClass(x)) },
		"markingData":              func(x *strictxml.Element) { c.markings = append(c.markings, r.marking(x)) },
		"markingQualifier":         func(x *strictxml.Element) { c.qualifiers = append(c.qualifiers, r.qualifiers(x)...) },
		"requiredCategory":         func(x *strictxml.Element) { c.required = append(c.required, r.requirement(x)) },
	})
}

func (r *reader) tagSet(e *strictxml.Element) {
	s := &TagSet{name: r.name(e, "name"), id: r.oid(e, "id"), values: map[valueKey][]*Value{}}
	if r.p.setByName[label.Fold(s.name)] != nil || r.p.setByID[s.id] != nil {
		r.fail(e, "tag set %q: its name or id stands twice", s.name)
	}
	r.p.setByName[label.Fold(s.name)], r.p.setByID[s.id] = s, s
	r.p.sets = append(r.p.sets, s)
	r.children(e, map[string]func(*strictxml.Element){
		"securityCategoryTag":              func(x *strictxml.Element) { r.tag(s, x) },
		"equivalentSecurityCategoryTagSet": func(x *strictxml.Element) { s.equivalents = append(s.equivalents, r.equivalentTagSet(x)) },
	})
}

func (r *reader) tag(s *TagSet, e *strictxml.Element) {
	t := &Tag{set: s, max: r.limit(e, "maxSelection"), min: r.limit(e, "minSelection"), line: e.Line}
	t.name, _ = e.Attr("name")
	t.tagType, _ = e.Attr("tagType")
	t.enumType, _ = e.Attr("enumType")
	typ, ok := typeOf(t.tagType, t.enumType)
	if !ok {
		r.fail(e, "tagType %q with enumType %q", t.tagType, t.enumType)
	}
	t.typ = typ
	if r.bool(e, "singleSelection") {
		t.max = 1
	}
	s.tags = append(s.tags, t)
	r.p.tags = append(r.p.tags, t)
	r.children(e, map[string]func(*strictxml.Element){
		"tagCategory":      func(x *strictxml.Element) { r.value(t, x) },
		"markingQualifier": func(x *strictxml.Element) { t.qualifiers = append(t.qualifiers, r.qualifiers(x)...) },
	})
}

// value reads a tagCategory. One that repeats name and tag of another is a further entry of the same value.
func (r *reader) value(t *Tag, e *strictxml.Element) {
	n := &entry{obsolete: r.bool(e, "obsolete"), notBefore: r.time(e, "notBefore"), notAfter: r.time(e, "notAfter"), line: e.Line}
	if n.lacv, _ = e.Attr("lacv"); strings.TrimSpace(n.lacv) == "" {
		r.fail(e, "attribute %q is missing", "lacv")
	}
	n.userInput, _ = e.Attr("userInput")
	if n.userInput != "" && n.userInput != "string" && n.userInput != "integer" && n.userInput != "date" {
		r.fail(e, "userInput %q: string, integer or date", n.userInput)
	}
	n.dateFormat, _ = e.Attr("dateFormat")
	name := r.name(e, "name")
	key := valueKey{t.typ, label.Fold(name)}
	var v *Value
	for _, have := range t.set.values[key] {
		if have.tag == t {
			v = have
		}
	}
	if v == nil {
		v = &Value{tag: t, name: name, number: len(r.p.values)}
		r.p.values = append(r.p.values, v)
		t.values = append(t.values, v)
		t.set.values[key] = append(t.set.values[key], v)
	}
	v.entries = append(v.entries, n)
	r.classReference(e, func(c *Class) { n.requiredClass = c })
	r.children(e, map[string]func(*strictxml.Element){
		"equivalentSecCategoryTag": func(x *strictxml.Element) { n.equivalents = append(n.equivalents, r.equivalentValue(x)) },
		"markingData":              func(x *strictxml.Element) { n.markings = append(n.markings, r.marking(x)) },
		"markingQualifier":         func(x *strictxml.Element) { n.qualifiers = append(n.qualifiers, r.qualifiers(x)...) },
		"requiredCategory":         func(x *strictxml.Element) { n.required = append(n.required, r.requirement(x)) },
		"excludedCategory": func(x *strictxml.Element) {
			i := len(n.excluded)
			n.excluded = append(n.excluded, r.group(x))
			r.later = append(r.later, func() {
				r.resolveGroup(x, &n.excluded[i])
				n.excluded[i].leaveOut(t.set.values[key])
			})
		},
		"excludedClass": func(x *strictxml.Element) {
			r.later = append(r.later, func() {
				c := r.p.classByName[label.Fold(x.Text)]
				if c == nil {
					r.fail(x, "excludedClass %q is no classification of this policy", x.Text)
					return
				}
				n.excludedClass = append(n.excludedClass, c)
			})
		},
	})
}

func (r *reader) classReference(e *strictxml.Element, set func(*Class)) {
	name, ok := e.Attr("requiredClass")
	if !ok {
		return
	}
	r.later = append(r.later, func() {
		c := r.p.classByName[label.Fold(name)]
		if c == nil {
			r.fail(e, "requiredClass %q is no classification of this policy", name)
			return
		}
		set(c)
	})
}

// resolve numbers the values, makes the masks and ties the references.
func (r *reader) resolve() {
	for _, t := range r.p.tags {
		t.mask = newSet(len(r.p.values))
		for _, v := range t.values {
			t.mask.add(v.number)
		}
	}
	for _, f := range r.later {
		f()
	}
}

func (r *reader) name(e *strictxml.Element, attr string) string {
	v, ok := e.Attr(attr)
	v = strings.Join(strings.Fields(v), " ")
	if !ok || v == "" || len(v) > 256 {
		r.fail(e, "attribute %q must be there and have 1 to 256 characters", attr)
	}
	return v
}

func (r *reader) oid(e *strictxml.Element, attr string) string {
	v, _ := e.Attr(attr)
	if !isOID(v) {
		r.fail(e, "attribute %q is no object identifier: %q", attr, v)
	}
	return v
}

func isOID(s string) bool {
	if len(s) < 3 || s[0] < '0' || s[0] > '2' || s[1] != '.' {
		return false
	}
	for _, arc := range strings.Split(s, ".") {
		if arc == "" || strings.Trim(arc, "0123456789") != "" {
			return false
		}
	}
	return true
}

func (r *reader) int(e *strictxml.Element, attr string, absent int) int {
	v, ok := e.Attr(attr)
	if !ok {
		if absent < 0 {
			r.fail(e, "attribute %q is missing", attr)
		}
		return absent
	}
	n, err := atoi(v)
	if err != nil {
		r.fail(e, "attribute %q is no whole number: %q", attr, v)
	}
	return n
}

// limit reads minSelection and maxSelection; -1 stands for unbounded, which is also the default.
func (r *reader) limit(e *strictxml.Element, attr string) int {
	if v, ok := e.Attr(attr); !ok || v == "unbounded" {
		return -1
	}
	n := r.int(e, attr, 0)
	if n < 0 {
		r.fail(e, "attribute %q must not be negative", attr)
	}
	return n
}

func (r *reader) bool(e *strictxml.Element, attr string) bool {
	switch v, ok := e.Attr(attr); {
	case !ok, v == "false", v == "0":
		return false
	case v == "true", v == "1":
		return true
	default:
		r.fail(e, "attribute %q is neither true nor false: %q", attr, v)
		return false
	}
}

func (r *reader) time(e *strictxml.Element, attr string) time.Time {
	v, ok := e.Attr(attr)
	if !ok {
		return time.Time{}
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, strings.TrimSpace(v)); err == nil {
			return t.UTC()
		}
	}
	r.fail(e, "attribute %q is no date and time: %q", attr, v)
	return time.Time{}
}
