package spif

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"caveat/backend/label"
)

// Label is a label under one policy: its class and values numbered, and what is wrong with its names. It is made by
// Policy.Label; whether it obeys the policy's rules is Policy.Validate's question. The zero Label has no class.
type Label struct {
	policy *Policy
	class  *Class
	values Set
	uses   []use  // in the order of the policy
	mark   string // the privacy mark
	names  []Problem
}

// use is one value of a label with the entry of the policy that fits the label best.
type use struct {
	value *Value
	entry *entry
	text  string // what a person typed into a free-text value; "" for a fixed one
}

// Policy is the policy under which the label was numbered.
func (l Label) Policy() *Policy { return l.policy }

// Class is the label's classification, nil when the policy has none of that name.
func (l Label) Class() *Class { return l.class }

// Values is the set of the label's values.
func (l Label) Values() Set { return l.values }

// NamesKnown reports whether every name in the label is a name of the policy: then it can be marked. A label whose names
// are known may be invalid all the same, such as one that gives a value twice.
func (l Label) NamesKnown() bool {
	for _, p := range l.names {
		if p.unknownName() {
			return false
		}
	}
	return true
}

func (p Problem) unknownName() bool {
	switch p.Rule {
	case RuleClassification, RuleTagSet, RuleValue, RuleIdentifier:
		return true
	}
	return false
}

// UnknownNames returns the problems for which NamesKnown is false.
func (l Label) UnknownNames() []Problem {
	var out []Problem
	for _, p := range l.names {
		if p.unknownName() {
			out = append(out, p)
		}
	}
	return out
}

// Clearance is a clearance under one policy. The zero Clearance holds nothing.
type Clearance struct {
	policy  *Policy
	classes Set
	values  Set
	highest int // hierarchy of the highest class held
}

// Policy is the policy under which the clearance was numbered.
func (c Clearance) Policy() *Policy { return c.policy }

// HoldsClass reports whether the clearance lists the classification.
func (c Clearance) HoldsClass(k *Class) bool { return k != nil && c.classes.Has(k.number) }

// ReachesClass reports whether the highest classification of the clearance is at least k by hierarchy.
func (c Clearance) ReachesClass(k *Class) bool {
	return k != nil && c.classes.Len() > 0 && c.highest >= k.hierarchy
}

// Values is the set of values held.
func (c Clearance) Values() Set { return c.values }

// Problem is one thing that is wrong with a label or clearance under a policy.
type Problem struct {
	Rule   string // which rule: see the Rule constants
	TagSet string // the tag set it is about, or ""
	Needed []string
	Text   string // in words
	// Warning: the label stays valid (an obsolete value in an existing label).
	Warning bool
}

// Rules by which a label can be invalid.
const (
	RuleClassification   = "classification-unknown"
	RuleTagSet           = "tag-set-unknown"
	RuleValue            = "value-unknown"
	RuleValueTwice       = "value-twice"
	RuleEmptyCategory    = "category-empty"
	RuleIdentifier       = "identifier-mismatch"
	RuleUserInput        = "user-input"
	RuleRequiredClass    = "required-class"
	RuleExcludedClass    = "excluded-class"
	RuleRequiredCategory = "required-category"
	RuleExcludedCategory = "excluded-category"
	RuleSelectionMin     = "selection-minimum"
	RuleSelectionMax     = "selection-maximum"
	RuleValidity         = "validity"
	RuleObsolete         = "obsolete"
	RulePrivacyMark      = "privacy-mark"
	RuleRequiredTagSet   = "required-tag-set" // RULES 4
	RulePolicyExpired    = "policy-not-in-force"
)

// Label numbers a label under the policy. It never fails: what is not known is kept as problems, and such a label is
// invalid. Whether the label names this policy at all is Site.Find's question.
func (p *Policy) Label(l label.Label) Label { return p.number(l.Information) }

func (p *Policy) number(info label.Information) Label {
	out := Label{policy: p, values: newSet(len(p.values)), class: p.Class(info.Classification), mark: info.PrivacyMark}
	if out.class == nil {
		out.problem(RuleClassification, "", "%q is no classification of policy %s", info.Classification, p.name)
	}
	for _, c := range info.Categories {
		p.numberCategory(&out, c)
	}
	for i := range out.uses {
		out.uses[i].entry = p.bestEntry(out, out.uses[i].value)
	}
	slices.SortStableFunc(out.uses, func(a, b use) int { return cmp.Compare(a.value.number, b.value.number) })
	return out
}

func (l *Label) problem(rule, tagSet, format string, args ...any) {
	l.names = append(l.names, Problem{Rule: rule, TagSet: tagSet, Text: fmt.Sprintf(format, args...)})
}

func (p *Policy) numberCategory(out *Label, c label.Category) {
	s := p.TagSet(c.TagName)
	if s == nil {
		out.problem(RuleTagSet, c.TagName, "%q is no tag set of policy %s", c.TagName, p.name)
		return
	}
	if id := strings.TrimPrefix(c.URI, "urn:oid:"); id != "" && id != s.id {
		out.problem(RuleIdentifier, s.name, "tag set %q has the identifier %s, the label says %s", s.name, s.id, id)
		return
	}
	if len(c.Values) == 0 {
		out.problem(RuleEmptyCategory, s.name, "tag set %q is named without a value", s.name)
	}
	for _, name := range c.Values {
		p.numberValue(out, s, c.Type, name)
	}
}

func (p *Policy) numberValue(out *Label, s *TagSet, typ label.Type, name string) {
	if vs := s.values[valueKey{typ, label.Fold(name)}]; len(vs) > 0 && !vs[0].isFreeText() {
		// The same name in two tags of one type: all of them are meant, so that no tag's condition is lost.
		for _, v := range vs {
			if out.values.Has(v.number) {
				out.problem(RuleValueTwice, s.name, "%s of %q stands twice", name, s.name)
				continue
			}
			out.values.add(v.number)
			out.uses = append(out.uses, use{value: v})
		}
		return
	}
	if v, problem := s.freeText(typ, name); v != nil {
		if problem != "" {
			out.problem(RuleUserInput, s.name, "%s", problem)
		}
		out.values.add(v.number)
		out.uses = append(out.uses, use{value: v, text: name})
		return
	}
	out.problem(RuleValue, s.name, "%q is no %s value of tag set %q", name, strings.ToLower(typ.String()), s.name)
}

// bestEntry chooses among several entries of one value the first whose rules fit the label, else the first.
func (p *Policy) bestEntry(l Label, v *Value) *entry {
	for _, n := range v.entries {
		if len(v.entries) == 1 || len(p.entryProblems(l, v, n)) == 0 {
			return n
		}
	}
	return v.entries[0]
}

// Clearance numbers a clearance under the policy. Values and classifications that the policy does not know grant nothing
// and are returned as problems (warnings): a policy loses values over time, and the clearance stays good for the rest.
//
// std: ADatP-4774.1/A1 §3.11.4
func (p *Policy) Clearance(c label.Clearance) (Clearance, []Problem) {
	out := Clearance{policy: p, classes: newSet(len(p.classes)), values: newSet(len(p.values))}
	var problems []Problem
	warn := func(rule, set, format string, args ...any) {
		problems = append(problems, Problem{Rule: rule, TagSet: set, Text: fmt.Sprintf(format, args...), Warning: true})
	}
	for _, name := range c.Classifications {
		k := p.Class(name)
		if k == nil {
			warn(RuleClassification, "", "%q is no classification of policy %s", name, p.name)
			continue
		}
		if out.classes.Len() == 0 || k.hierarchy > out.highest { // a hierarchy may be negative
			out.highest = k.hierarchy
		}
		out.classes.add(k.number)
	}
	for _, cat := range c.Categories {
		s := p.TagSet(cat.TagName)
		if s == nil || cat.URI != "" && cat.URI != "urn:oid:"+s.id {
			warn(RuleTagSet, cat.TagName, "%q (%s) is no tag set of policy %s", cat.TagName, cat.URI, p.name)
			continue
		}
		for _, name := range cat.Values {
			vs := s.values[valueKey{cat.Type, label.Fold(name)}]
			if len(vs) == 0 {
				warn(RuleValue, s.name, "%q is no %s value of tag set %q", name, strings.ToLower(cat.Type.String()), s.name)
			}
			for _, v := range vs {
				out.values.add(v.number)
			}
		}
	}
	return out, problems
}
