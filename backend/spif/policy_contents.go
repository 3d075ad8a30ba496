package spif

import (
	"slices"
	"time"
)

// What a SPIF says besides the rules by which labels are judged, as data. Slices that methods here return are the caller's
// own; texts are as the document has them.

// SchemaVersion is the version of the SPIF schema, 1.0, 2.0 or 2.1.
func (p *Policy) SchemaVersion() string { return p.schemaVersion }

// CreationDate is when this edition was made, as written; CreatedAt reads it.
func (p *Policy) CreationDate() string { return p.creationDate }

// CreatedAt is the creation date in UTC; zero when it is not written as the schema wants it.
func (p *Policy) CreatedAt() time.Time {
	at, _ := parseGenTime(trimXML(p.creationDate))
	return at
}

// OriginatorDN is the distinguished name (RFC 4514) of who issued the policy. It is what the document claims.
func (p *Policy) OriginatorDN() string { return p.originatorDN }

// KeyIdentifier names the key by which the issuer signs the policy.
func (p *Policy) KeyIdentifier() string { return p.keyIdentifier }

// PrivilegeID is the object identifier of the syntax of categories in clearances; "" when it is missing or none.
func (p *Policy) PrivilegeID() string { return p.privilegeID }

// RBACID is the object identifier of the syntax of categories in labels; "" when it is missing or none.
func (p *Policy) RBACID() string { return p.rbacID }

// UserRefURI and DocRefURI point at documents about the use of the policy and about its values. Nothing is fetched from them.
func (p *Policy) UserRefURI() string { return p.userRefURI }

// DocRefURI: see UserRefURI.
func (p *Policy) DocRefURI() string { return p.docRefURI }

// NotBefore is when the policy begins; zero: it always was.
func (p *Policy) NotBefore() time.Time { return p.notBefore }

// UpdateInfo is the element of that name as it stands in the document, nil when there is none. The schema gives it no meaning.
func (p *Policy) UpdateInfo() []byte { return slices.Clone(p.updateInfo) }

// DefaultPolicy is the policy that is assumed for data without a label; ok is false when the document names none.
//
// std: ADatP-4774.1/A1 §3.3.1
func (p *Policy) DefaultPolicy() (name, id string, m Markings, ok bool) {
	d := p.defaultPolicy
	if d == nil {
		return "", "", Markings{}, false
	}
	return d.name, d.id, markingsOf(d.markings, d.qualifiers), true
}

// ClassificationsName is what the policy calls its classifications; mostly "".
func (p *Policy) ClassificationsName() string { return p.classesName }

// Extensions returns what stands inside the extensions element.
func (p *Policy) Extensions() []Extension {
	out := slices.Clone(p.extensions)
	for i := range out {
		out[i].XML = slices.Clone(out[i].XML)
	}
	return out
}

// Memberships returns the organisations of NATO's extension, in the order of the document.
func (p *Policy) Memberships() []Membership {
	out := slices.Clone(p.memberships)
	for i := range out {
		out[i].Members = slices.Clone(out[i].Members)
	}
	return out
}

// PrivacyMark is one privacy mark: words on a label that never count in a decision.
type PrivacyMark struct {
	name       string
	obsolete   bool
	markings   []marking
	qualifiers []qualifier
}

// Name is the mark as labels carry it.
func (m *PrivacyMark) Name() string { return m.name }

// IsObsolete reports that new labels must not use the mark.
func (m *PrivacyMark) IsObsolete() bool { return m.obsolete }

// Markings is how the mark is shown.
func (m *PrivacyMark) Markings() Markings { return markingsOf(m.markings, m.qualifiers) }

// privacy is the privacyMarks element.
type privacy struct {
	there      bool
	min, max   int // -1: unbounded
	marks      []*PrivacyMark
	markings   []marking
	qualifiers []qualifier
}

// PrivacyMarks returns the privacy marks in the order of the document.
func (p *Policy) PrivacyMarks() []*PrivacyMark { return slices.Clone(p.privacy.marks) }

// PrivacyMarkSelection is how many privacy marks a label has at least and at most; -1 means no limit.
func (p *Policy) PrivacyMarkSelection() (least, most int) {
	if !p.privacy.there {
		return -1, -1
	}
	return p.privacy.min, p.privacy.max
}

// Color is the colour of the classification, a name of the SPIF schema or "#RRGGBB"; "" when it has none.
func (c *Class) Color() string { return c.color }

// LACV is the classification's label and certificate value: its number in ASN.1 labels and clearances.
func (c *Class) LACV() int { return c.lacv }

// Requirements returns what a label of this classification must have besides; all of them must hold.
func (c *Class) Requirements() []Requirement { return requirementsOf(c.required) }

// Name is what the tag is called in the SPIF; labels carry the name of its tag set. It may be "".
func (t *Tag) Name() string { return t.name }

// TagType is the tag's type as the SPIF spells it, such as enumerated; EnumType says how an enumerated one decides.
func (t *Tag) TagType() string { return t.tagType }

// EnumType: see TagType.
func (t *Tag) EnumType() string { return t.enumType }

// Tag7Encoding is how a tag of type 7 is written in ASN.1 labels: bitSetAttributes, securityAttributes or "".
func (t *Tag) Tag7Encoding() string { return t.tag7Encoding }

// MinSelection is how many values a label must have of the tag; -1 means none.
func (t *Tag) MinSelection() int { return t.min }

// IsSingleSelection reports that a label may have one value of the tag; MaxSelection is at most 1 then.
func (t *Tag) IsSingleSelection() bool { return t.single }

// Entries returns the tagCategory elements that define the value, in the order of the document; at least one.
func (v *Value) Entries() []Entry {
	out := make([]Entry, len(v.entries))
	for i, n := range v.entries {
		out[i] = Entry{n}
	}
	return out
}

// Entry is one tagCategory element: a value may be used when one of its entries allows it.
type Entry struct{ n *entry }

// LACV is the value's number, or in some policies text, in ASN.1 labels and clearances. Several names may share one.
func (e Entry) LACV() string { return e.n.lacv }

// UserInput says what a person may type for the value: string, integer or date; "" for a fixed value.
func (e Entry) UserInput() string { return e.n.userInput }

// DateFormat is the form of a typed date, such as YYYY-MM-DD; "" leaves it to that.
func (e Entry) DateFormat() string { return e.n.dateFormat }

// IsObsolete reports that new labels must not use the value by this entry.
func (e Entry) IsObsolete() bool { return e.n.obsolete }

// NotBefore and NotAfter bound when the value is valid; zero: no bound.
func (e Entry) NotBefore() time.Time { return e.n.notBefore }

// NotAfter: see NotBefore.
func (e Entry) NotAfter() time.Time { return e.n.notAfter }

// RequiredClass is the classification that the value demands; nil when it demands none.
func (e Entry) RequiredClass() *Class { return e.n.requiredClass }

// ExcludedClasses returns the classifications that the value must not stand with.
func (e Entry) ExcludedClasses() []*Class { return slices.Clone(e.n.excludedClass) }

// Requirements returns what a label with the value must have besides; all of them must hold.
func (e Entry) Requirements() []Requirement { return requirementsOf(e.n.required) }

// Exclusions returns the values that the value must not stand with.
func (e Entry) Exclusions() []CategoryGroup { return groupsOf(e.n.excluded) }

// Line is where the entry stands in the document, from 1.
func (e Entry) Line() int { return e.n.line }
