package spif

import (
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

// maxMembers is how many tags, and how many values, a policy may have; published ones have some hundred values. Every tag has
// a bit set of values, so that the memory needed grows with the product.
const maxMembers = 10_000

var limits = strictxml.Limits{Bytes: MaxSize, Depth: 32, Elements: 200_000, Comments: true}

// Parse reads a SPIF, UTF-8, at most MaxSize bytes. A nil Policy comes with any error; the error wraps one of the
// sentinels of this package and says line, column and element path. It is the first finding of Lint that is an error.
//
// std: Open XML SPIF 2.1
func Parse(r io.Reader) (*Policy, error) {
	data, err := strictxml.Read(r, limits)
	if errors.Is(err, strictxml.ErrTooLarge) {
		return nil, fmt.Errorf("%w: %w", ErrTooLarge, err)
	}
	if err != nil {
		return nil, err
	}
	p, found := examine(data, time.Time{}, false)
	if err := found.err(); err != nil {
		return nil, err
	}
	return p, nil
}

// examine reads a document: what Parse and Lint share. The policy is of use only when the report holds no error; all says
// whether warnings and notes are wanted too.
func examine(data []byte, at time.Time, all bool) (*Policy, *report) {
	found := &report{all: all}
	root, err := strictxml.Parse(data, limits)
	if err != nil {
		found.unreadable(err)
		return nil, found
	}
	if !found.identify(root) {
		return nil, found
	}
	found.check(root, spifElement)
	r := newReader(found, root, data)
	r.policy(root)
	r.resolve()
	if all && !r.overflow {
		(&linter{reader: r, now: at}).run()
	}
	if found.left > 0 {
		found.keep(findingsLeftOut, Finding{Line: root.Line, Column: root.Column, Path: root.Path()},
			fmt.Sprintf("%d more findings are left out: mend the first ones and look again", found.left))
	}
	return r.p, found
}

// reader turns the element tree into a Policy. The tree was held to the schema before: what is wrong with a single element or
// attribute has been told, and leaves a zero here; only what takes more than one element to see is told by the reader.
type reader struct {
	*report
	p        *Policy
	root     *strictxml.Element
	data     []byte
	later    []func() // what can be resolved only when all names are known
	at       map[any]*strictxml.Element
	groups   map[groupKey]*resolved
	filed    map[filed]bool
	broken   map[*TagSet]bool // a tag or value of it could not be read
	byLACV   map[int]*Class
	byRank   map[int]*Class
	policies map[string]*equivalentPolicy
	overflow bool
}

func newReader(found *report, root *strictxml.Element, data []byte) *reader {
	sum := sha256.Sum256(data)
	return &reader{
		report: found, root: root, data: data,
		p: &Policy{
			sha256:      hex.EncodeToString(sum[:]),
			classByName: map[string]*Class{}, setByName: map[string]*TagSet{}, setByID: map[string]*TagSet{},
		},
		at: map[any]*strictxml.Element{}, groups: map[groupKey]*resolved{}, filed: map[filed]bool{}, broken: map[*TagSet]bool{},
		byLACV: map[int]*Class{}, byRank: map[int]*Class{}, policies: map[string]*equivalentPolicy{},
	}
}

func (r *reader) policy(root *strictxml.Element) {
	p := r.p
	p.schemaVersion, _ = root.Attr("schemaVersion")
	p.version, _ = r.int(root, "version")
	if _, ok := root.Attr("version"); !ok {
		p.version = 1
	}
	p.notBefore, p.notAfter = r.time(root, "notBefore"), r.time(root, "notAfter")
	p.creationDate, p.originatorDN, p.keyIdentifier = r.text(root, "creationDate"), r.text(root, "originatorDN"), r.text(root, "keyIdentifier")
	p.privilegeID, p.rbacID = r.oid(root, "privilegeId"), r.oid(root, "rbacId")
	p.userRefURI, p.docRefURI = r.text(root, "userRefURI"), r.text(root, "docRefURI")
	for _, e := range root.Children {
		if isSignature(e) {
			p.signed = true
		}
		if e.Space == Namespace {
			r.part(e)
		}
	}
}

// part reads one child of the root. Of a child that must not stand twice, and does, the last is kept: the policy is refused.
func (r *reader) part(e *strictxml.Element) {
	p := r.p
	switch e.Name {
	case "securityPolicyId":
		p.name, p.id = r.name(e, "name"), r.oid(e, "id")
		p.nameMarkings, p.nameQualifiers = r.markings(e)
	case "defaultSecurityPolicyId":
		p.defaultPolicy = &policyName{name: r.name(e, "name"), id: r.oid(e, "id")}
		p.defaultPolicy.markings, p.defaultPolicy.qualifiers = r.markings(e)
		r.at[p.defaultPolicy] = e
	case "updateInfo":
		p.updateInfo = slices.Clone(r.data[e.Start:e.End])
	case "securityClassifications":
		r.classifications(e)
	case "securityCategoryTagSets":
		for _, x := range named(e, "securityCategoryTagSet") {
			r.tagSet(x)
		}
	case "privacyMarks":
		r.privacy(e)
	case "equivalentPolicies":
		for _, x := range named(e, "equivalentPolicy") {
			r.equivalentPolicy(x)
		}
	case "markingData":
		p.markings = append(p.markings, r.marking(e))
	case "markingQualifier":
		p.qualifiers = append(p.qualifiers, r.qualifiers(e)...)
	case "extensions":
		r.extensions(e)
	}
}

// named lists the children of that name.
func named(e *strictxml.Element, name string) []*strictxml.Element {
	var out []*strictxml.Element
	for _, c := range e.Children {
		if c.Name == name && c.Space == Namespace {
			out = append(out, c)
		}
	}
	return out
}

// resolve numbers the values, makes the masks and ties the references.
func (r *reader) resolve() {
	if r.overflow {
		return
	}
	for _, t := range r.p.tags {
		t.mask = newSet(len(r.p.values))
		for _, v := range t.values {
			t.mask.add(v.number)
		}
	}
	r.identities()
	for _, f := range r.later {
		f()
	}
	if isReversed(r.p.notBefore, r.p.notAfter) {
		r.add(policyNeverValid, r.root, "the policy ends (notAfter) before it begins (notBefore): no label is ever valid; mend the dates")
	}
}

// isReversed reports whether a time ends before it begins.
func isReversed(notBefore, notAfter time.Time) bool {
	return !notAfter.IsZero() && notBefore.After(notAfter)
}

// full refuses a policy with too many members; each call counts one more of the list.
func (r *reader) full(e *strictxml.Element, have int) bool {
	if have < maxMembers {
		return false
	}
	if !r.overflow {
		r.add(tooLarge, e, "more than %d tags or values: no policy of this size is read", maxMembers)
	}
	r.overflow = true
	return true
}

func (r *reader) text(e *strictxml.Element, attr string) string {
	v, _ := e.Attr(attr)
	return v
}

// enum reads an attribute of an enumeration.
func (r *reader) enum(e *strictxml.Element, attr string) string { return trimXML(r.text(e, attr)) }

// name reads a name as labels carry it; "" when it is none.
func (r *reader) name(e *strictxml.Element, attr string) string {
	return cleanName(r.text(e, attr))
}

// oid reads an object identifier; "" when it is none.
func (r *reader) oid(e *strictxml.Element, attr string) string {
	if v := trimXML(r.text(e, attr)); isOID(v) {
		return v
	}
	return ""
}

// int reads a whole number; not ok when it is missing or none.
func (r *reader) int(e *strictxml.Element, attr string) (n int, ok bool) {
	n, err := atoi(r.text(e, attr))
	if err != nil {
		return 0, false // told as a value, or an attribute that is missing
	}
	return n, true
}

// limit reads minSelection and maxSelection; -1 stands for unbounded, which is also the default.
func (r *reader) limit(e *strictxml.Element, attr string) int {
	if n, ok := parseSelection(r.text(e, attr)); ok {
		return n
	}
	return -1
}

func (r *reader) bool(e *strictxml.Element, attr string) bool {
	v := r.enum(e, attr)
	return v == "true" || v == "1"
}

// time reads a date and time; zero when there is none.
func (r *reader) time(e *strictxml.Element, attr string) time.Time {
	v, ok := e.Attr(attr)
	if !ok {
		return time.Time{}
	}
	at, hasZone, ok := parseTime(v)
	if ok && !hasZone {
		r.add(timeZoneMissing, e, "%s %q has no time zone and is read as UTC: add Z or an offset", attr, v)
	}
	return at
}

// language is the language of an element's text, lower-case; "" when it has none.
func language(e *strictxml.Element) string {
	for _, a := range e.Attrs {
		if a.Name == "lang" && (a.Space == "xml" || a.Space == "http://www.w3.org/XML/1998/namespace") {
			return strings.ToLower(a.Value)
		}
	}
	return ""
}

// spelled warns of a reference that names something in other letters than it has.
func (r *reader) spelled(e *strictxml.Element, what, written, name string) {
	if written != name && label.Fold(written) == label.Fold(name) {
		r.add(referenceSpelling, e, "%s %q is spelled %q where it is defined: other programs compare letter by letter; write it the same", what, written, name)
	}
}
