package spif

import (
	"time"

	"caveat/backend/label"
)

// Policy is one parsed security policy.
type Policy struct {
	name, id      string
	version       int
	schemaVersion string
	sha256        string // hex, of the document's bytes
	notBefore     time.Time
	notAfter      time.Time
	signed        bool

	creationDate, originatorDN, keyIdentifier string // as written
	privilegeID, rbacID                       string
	userRefURI, docRefURI                     string
	updateInfo                                []byte // the element as it stands in the document
	defaultPolicy                             *policyName

	classes     []*Class
	classByName map[string]*Class
	sets        []*TagSet
	setByName   map[string]*TagSet
	setByID     map[string]*TagSet
	tags        []*Tag
	values      []*Value // position is the value's number

	privacy        privacy
	equivalents    []*equivalentPolicy
	nameMarkings   []marking // how the policy's name is shown
	nameQualifiers []qualifier
	markings       []marking
	qualifiers     []qualifier

	classesName       string // of securityClassifications
	classesMarkings   []marking
	classesQualifiers []qualifier

	extensions  []Extension
	memberships []Membership
}

// Name is the policy's name as labels carry it.
func (p *Policy) Name() string { return p.name }

// ID is the policy's object identifier, dotted.
func (p *Policy) ID() string { return p.id }

// Version is the issuer's number of this edition of the policy.
func (p *Policy) Version() int { return p.version }

// SHA256 is the hash of the SPIF document, lower-case hexadecimal: the name of this exact edition in evidence and audit.
func (p *Policy) SHA256() string { return p.sha256 }

// NotAfter is when the policy ends; zero: never.
func (p *Policy) NotAfter() time.Time { return p.notAfter }

// IsSigned reports whether the document carries an XML signature. It says nothing about who signed.
func (p *Policy) IsSigned() bool { return p.signed }

// PolicyID is how labels made under this policy name it.
func (p *Policy) PolicyID() label.PolicyID {
	return label.PolicyID{Name: p.name, URI: "urn:oid:" + p.id}
}

// Classes returns the classifications by rising hierarchy. The slice is the policy's own: read only.
func (p *Policy) Classes() []*Class { return p.classes }

// TagSets returns the tag sets in the order of the document. The slice is the policy's own: read only.
func (p *Policy) TagSets() []*TagSet { return p.sets }

// Tags returns all tags in the order of the document. The slice is the policy's own: read only.
func (p *Policy) Tags() []*Tag { return p.tags }

// Class finds a classification by its name, case folded; nil when the policy has none of that name.
func (p *Policy) Class(name string) *Class { return p.classByName[label.Fold(name)] }

// TagSet finds a tag set by its name, case folded; nil when the policy has none of that name.
func (p *Policy) TagSet(name string) *TagSet { return p.setByName[label.Fold(name)] }

// InForce reports whether the policy is valid at that time; at the zero time, which says that nobody gave one, none is.
func (p *Policy) InForce(at time.Time) bool {
	return !at.IsZero() && within(at, p.notBefore, p.notAfter)
}

// within reports whether at lies between two bounds, each of which may be zero (open).
func within(at, notBefore, notAfter time.Time) bool {
	return !at.Before(notBefore) && (notAfter.IsZero() || !at.After(notAfter))
}

// Class is one classification.
type Class struct {
	name        string
	number      int // position in Policy.classes
	lacv        int
	hierarchy   int
	color       string
	obsolete    bool
	line        int
	equivalents []equivalentClass
	markings    []marking
	qualifiers  []qualifier
	required    []requirement
}

// Name is the classification as labels carry it.
func (c *Class) Name() string { return c.name }

// Number is the position in Policy.Classes, from 0, by rising hierarchy.
func (c *Class) Number() int { return c.number }

// Hierarchy orders classifications: higher is more sensitive.
func (c *Class) Hierarchy() int { return c.hierarchy }

// IsObsolete reports that new labels must not use the classification; existing ones stay valid.
func (c *Class) IsObsolete() bool { return c.obsolete }

// TagSet is a set of tags with one object identifier; labels name it in Category/@TagName.
type TagSet struct {
	name, id    string
	tags        []*Tag
	values      map[valueKey][]*Value
	numbers     map[numberKey][]*Value
	equivalents []equivalentTagSet
}

type valueKey struct {
	typ  label.Type
	name string // folded
}

// Name is the tag set's name as labels carry it.
func (s *TagSet) Name() string { return s.name }

// ID is the tag set's object identifier, dotted.
func (s *TagSet) ID() string { return s.id }

// Tags returns the tags in the order of the document. The slice is the policy's own: read only.
func (s *TagSet) Tags() []*Tag { return s.tags }

// Tag is one tag of a tag set: values that are chosen and decided together.
type Tag struct {
	set          *TagSet
	name         string
	tagType      string // as the SPIF spells it
	enumType     string
	typ          label.Type
	tag7Encoding string
	max, min     int  // -1: unbounded
	single       bool // singleSelection; then max is at most 1
	values       []*Value
	mask         Set
	qualifiers   []qualifier
	line         int
}

// Set is the tag set that the tag belongs to.
func (t *Tag) Set() *TagSet { return t.set }

// Type is how the tag's values count in a decision.
func (t *Tag) Type() label.Type { return t.typ }

// Values returns the values in the order of the document. The slice is the policy's own: read only.
func (t *Tag) Values() []*Value { return t.values }

// Mask is the set of all values of the tag.
func (t *Tag) Mask() Set { return t.mask }

// MaxSelection is how many values a label may have of the tag; -1 means any number.
func (t *Tag) MaxSelection() int { return t.max }

// Value is one value of a tag. Several entries of the SPIF may define one value (NATO's Context "NATO" is written twice,
// once for COSMIC): the value may be used when one of them allows it.
type Value struct {
	tag     *Tag
	name    string
	key     valueKey // in the tag set
	number  int      // position in Policy.values
	entries []*entry
}

// twins is the values that a label always has together: those of the same name in the tags of one tag set and type; v among them.
// A typed text is one value's: such a value has no twin.
func (v *Value) twins() []*Value {
	if v.isFreeText() {
		return []*Value{v}
	}
	return v.tag.set.values[v.key]
}

// Name is the value as labels carry it.
func (v *Value) Name() string { return v.name }

// Number is the value's number in the Sets of its policy, from 0.
func (v *Value) Number() int { return v.number }

// Tag is the tag that the value belongs to.
func (v *Value) Tag() *Tag { return v.tag }

// IsObsolete reports that no entry of the value may be used in new labels.
func (v *Value) IsObsolete() bool {
	for _, e := range v.entries {
		if !e.obsolete {
			return false
		}
	}
	return true
}

// entry is one tagCategory element.
type entry struct {
	lacv          string
	userInput     string // string, integer, date; empty: a fixed value
	dateFormat    string
	requiredClass *Class
	obsolete      bool
	notBefore     time.Time
	notAfter      time.Time
	equivalents   []equivalentValue
	markings      []marking
	qualifiers    []qualifier
	excludedClass []*Class
	required      []requirement
	excluded      []group
	line          int
}

// requirement is a requiredCategory: how many of its groups the label must satisfy.
type requirement struct {
	operation string // onlyOne, oneOrMore, all
	groups    []group
}

// group is a categoryGroup or excludedCategory, resolved to the values that satisfy it.
type group struct {
	values Set
	names  []string
	set    string
	// What it says, kept for groups that speak of another policy and are resolved when that is at hand.
	setRef, typ, enumType, lacv string
	all                         bool
}
