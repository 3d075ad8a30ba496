package spif

import (
	"slices"
	"strconv"
)

// Requirement is a requiredCategory element: how many of its groups a label must satisfy.
type Requirement struct {
	Operation string // onlyOne, oneOrMore, all
	Groups    []CategoryGroup
}

// CategoryGroup names values: of one tag set and type either those of one lacv, or all.
type CategoryGroup struct {
	TagSet, TagType, EnumType string
	LACV                      string // "" when All
	All                       bool
	Values                    Set // the values of this policy that satisfy it; empty where the group speaks of another policy
}

func requirementsOf(required []requirement) []Requirement {
	var out []Requirement
	for _, q := range required {
		out = append(out, Requirement{Operation: q.operation, Groups: groupsOf(q.groups)})
	}
	return out
}

func groupsOf(groups []group) []CategoryGroup {
	var out []CategoryGroup
	for _, g := range groups {
		out = append(out, CategoryGroup{TagSet: g.setRef, TagType: g.typ, EnumType: g.enumType, LACV: g.lacv, All: g.all, Values: g.values})
	}
	return out
}

// Equivalent says what a classification, a value or a tag set is in another policy.
type Equivalent struct {
	Policy      string // by its name among the equivalent policies
	Applied     string // encrypt (before sending), decrypt (on reception) or both; "" for a tag set, which is always both
	LACV        string // of the classification or value there; "" for a tag set
	TagSet      string // its name there, for a tag set
	TagSetID    string // its object identifier there; "" for a classification
	TagType     string // for a value
	EnumType    string // for a value
	IsDiscarded bool   // the value has no counterpart and is left out
	Required    []Requirement
}

// EquivalentPolicy is a policy that labels can be translated to, with what every translated label has besides.
type EquivalentPolicy struct {
	Name, ID              string
	UserRefURI, DocRefURI string
	Required              []Requirement
}

// EquivalentPolicies returns the policies that labels can be translated to, in the order of the document.
func (p *Policy) EquivalentPolicies() []EquivalentPolicy {
	var out []EquivalentPolicy
	for _, q := range p.equivalents {
		out = append(out, EquivalentPolicy{q.name, q.id, q.userRefURI, q.docRefURI, requirementsOf(q.required)})
	}
	return out
}

// Equivalents returns what the classification is in other policies.
func (c *Class) Equivalents() []Equivalent {
	var out []Equivalent
	for _, e := range c.equivalents {
		out = append(out, Equivalent{Policy: e.policyRef, Applied: e.applied, LACV: strconv.Itoa(e.lacv), Required: requirementsOf(e.required)})
	}
	return out
}

// Equivalents returns what the tag set is in other policies: a tag set there that has the same values.
func (s *TagSet) Equivalents() []Equivalent {
	var out []Equivalent
	for _, e := range s.equivalents {
		out = append(out, Equivalent{Policy: e.policyRef, TagSet: e.name, TagSetID: e.id, Required: requirementsOf(e.required)})
	}
	return out
}

// Equivalents returns what the value is in other policies.
func (e Entry) Equivalents() []Equivalent {
	var out []Equivalent
	for _, q := range e.n.equivalents {
		out = append(out, Equivalent{
			Policy: q.policyRef, Applied: q.applied, LACV: q.lacv, TagSetID: q.tagSetID, TagType: q.tagType, EnumType: q.enumType, IsDiscarded: q.discard,
		})
	}
	return out
}

// Markings is what a policy says about how something is shown, in all languages and for all places.
type Markings struct {
	Data       []MarkingData
	Qualifiers []MarkingQualifier
}

// MarkingData is a phrase for some places in one language.
type MarkingData struct {
	Language  string // lower-case; "" for any
	Phrase    string
	HasPhrase bool     // an empty phrase is one; without it the name is shown
	Codes     []string // places, and codes that change how the phrase is shown
}

// MarkingQualifier is text before, between or after what is shown.
type MarkingQualifier struct {
	Language string // lower-case; "" for any
	Kind     string // prefix, separator, suffix
	Text     string
	Code     string // the place it is declared for; one for a page counts everywhere else where there is none
}

func markingsOf(data []marking, quals []qualifier) Markings {
	var out Markings
	for _, m := range data {
		out.Data = append(out.Data, MarkingData{m.lang, m.phrase, m.hasPhrase, slices.Clone(m.codes)})
	}
	for _, q := range quals {
		out.Qualifiers = append(out.Qualifiers, MarkingQualifier{q.lang, q.kind, q.text, q.code})
	}
	return out
}

// Markings is how a whole label is shown.
func (p *Policy) Markings() Markings { return markingsOf(p.markings, p.qualifiers) }

// NameMarkings is how the policy's name is shown.
func (p *Policy) NameMarkings() Markings { return markingsOf(p.nameMarkings, p.nameQualifiers) }

// ClassificationMarkings is how classifications are shown, whichever it is.
func (p *Policy) ClassificationMarkings() Markings {
	return markingsOf(p.classesMarkings, p.classesQualifiers)
}

// PrivacyMarkings is how privacy marks are shown, whichever it is.
func (p *Policy) PrivacyMarkings() Markings {
	return markingsOf(p.privacy.markings, p.privacy.qualifiers)
}

// Markings is how the classification is shown.
func (c *Class) Markings() Markings { return markingsOf(c.markings, c.qualifiers) }

// Markings is what stands around and between the tag's values.
func (t *Tag) Markings() Markings { return markingsOf(nil, t.qualifiers) }

// Markings is how the value is shown by this entry.
func (e Entry) Markings() Markings { return markingsOf(e.n.markings, e.n.qualifiers) }
