package spif

import (
	"cmp"
	"slices"
	"strings"

	"caveat/backend/label"
)

// Label is a label under one policy: its class and values numbered, and what is wrong with its names. It is made by
// Policy.Label; whether it obeys the policy's rules is Policy.Validate's question. It is as small as a pointer and read only.
// The zero Label has no policy and no class.
type Label struct{ *numbered }

type numbered struct {
	policy  *Policy
	class   *Class
	unknown bool // it has a name that the policy does not know
	values  Set
	// What it asks of clearances, compiled once: the values of restrictive tags, and those of each permissive tag.
	restrictive Set
	permissive  Groups

	uses  []use  // in the order of the policy
	mark  string // the privacy mark
	names []Problem
}

// use is one value of a label with the entry of the policy that fits the label best.
type use struct {
	value *Value
	entry *entry
	text  string // what a person typed into a free-text value; "" for a fixed one
}

// Policy is the policy under which the label was numbered; nil for the zero Label.
func (l Label) Policy() *Policy {
	if l.numbered == nil {
		return nil
	}
	return l.policy
}

// Class is the label's classification, nil when the policy has none of that name.
func (l Label) Class() *Class {
	if l.numbered == nil {
		return nil
	}
	return l.class
}

// Values is the set of the label's values.
func (l Label) Values() Set {
	if l.numbered == nil {
		return Set{}
	}
	return l.values
}

// Restrictive is the label's values of restrictive tags: a clearance must hold all of them.
func (l Label) Restrictive() Set {
	if l.numbered == nil {
		return Set{}
	}
	return l.restrictive
}

// Permissive is the label's values of each permissive tag that it uses: a clearance must hold one of each.
func (l Label) Permissive() Groups {
	if l.numbered == nil {
		return Groups{}
	}
	return l.permissive
}

// NamesKnown reports whether every name in the label is a name of the policy: then it can be marked. A label whose names
// are known may be invalid all the same, such as one that gives a value twice. The zero Label has no known name.
func (l Label) NamesKnown() bool { return l.numbered != nil && !l.unknown }

// UnknownNames returns the problems for which NamesKnown is false.
func (l Label) UnknownNames() []Problem {
	var out []Problem
	if l.numbered == nil {
		return nil
	}
	for _, p := range l.names {
		if p.unknownName() {
			out = append(out, p)
		}
	}
	return out
}

// Clearance is a clearance under one policy: its classes and values numbered. It is as small as a pointer and read only. The
// zero Clearance holds nothing.
type Clearance struct{ *cleared }

type cleared struct {
	policy  *Policy
	classes Set
	values  Set
	highest int // hierarchy of the highest class held
}

// Policy is the policy under which the clearance was numbered; nil for the zero Clearance.
func (c Clearance) Policy() *Policy {
	if c.cleared == nil {
		return nil
	}
	return c.policy
}

// HoldsClass reports whether the clearance lists the classification.
func (c Clearance) HoldsClass(k *Class) bool {
	return k != nil && c.cleared != nil && c.classes.Has(k.number)
}

// ReachesClass reports whether the highest classification of the clearance is at least k by hierarchy.
func (c Clearance) ReachesClass(k *Class) bool {
	return k != nil && c.cleared != nil && !c.classes.IsEmpty() && c.highest >= k.hierarchy
}

// Values is the set of values held.
func (c Clearance) Values() Set {
	if c.cleared == nil {
		return Set{}
	}
	return c.values
}

// Label numbers a label under the policy. It never fails: what is not known is kept as problems, and such a label is
// invalid. Whether the label names this policy at all is Site.Find's question.
func (p *Policy) Label(l label.Label) Label { return p.number(l.Information) }

// known gives the label itself; for the zero Label one without anything, which is invalid.
func (p *Policy) known(l Label) Label {
	if l.numbered == nil {
		return p.number(label.Information{})
	}
	return l
}

func (p *Policy) number(info label.Information) Label {
	out := Label{&numbered{policy: p, values: newSet(len(p.values)), class: p.Class(info.Classification), mark: info.PrivacyMark}}
	if out.class == nil {
		out.problem(Problem{Rule: RuleClassification, Subject: info.Classification, Against: p.name})
	}
	for _, c := range info.Categories {
		p.numberCategory(out, c)
	}
	for i := range out.uses {
		out.uses[i].entry = p.bestEntry(out, out.uses[i].value)
	}
	slices.SortStableFunc(out.uses, func(a, b use) int { return cmp.Compare(a.value.number, b.value.number) })
	out.compile()
	return out
}

func (l Label) problem(x Problem) {
	l.names = append(l.names, x)
	l.unknown = l.unknown || x.unknownName()
}

// compile works out what the label asks of clearances.
func (l Label) compile() {
	l.restrictive = newSet(len(l.policy.values))
	for _, t := range l.policy.tags {
		switch t.typ {
		case label.Restrictive:
			l.restrictive.addAll(l.values.And(t.mask))
		case label.Permissive:
			l.permissive.add(l.values.And(t.mask))
		}
	}
}

func (p *Policy) numberCategory(out Label, c label.Category) {
	s := p.TagSet(c.TagName)
	if s == nil {
		out.problem(Problem{Rule: RuleTagSet, TagSet: c.TagName, Subject: c.TagName, Against: p.name})
		return
	}
	if id := strings.TrimPrefix(c.URI, "urn:oid:"); id != "" && id != s.id {
		out.problem(Problem{Rule: RuleIdentifier, TagSet: s.name, Subject: id, Against: s.id})
		return
	}
	if len(c.Values) == 0 {
		out.problem(Problem{Rule: RuleEmptyCategory, TagSet: s.name, Type: c.Type})
	}
	for _, name := range c.Values {
		p.numberValue(out, s, c.Type, name)
	}
}

func (p *Policy) numberValue(out Label, s *TagSet, typ label.Type, name string) {
	if vs := s.values[valueKey{typ, label.Fold(name)}]; len(vs) > 0 && !vs[0].isFreeText() {
		// The same name in two tags of one type: all of them are meant, so that no tag's condition is lost.
		for _, v := range vs {
			if out.values.Has(v.number) {
				out.problem(Problem{Rule: RuleValueTwice, TagSet: s.name, Subject: name, Type: typ})
				continue
			}
			out.values.add(v.number)
			out.uses = append(out.uses, use{value: v})
		}
		return
	}
	if v, problem := s.freeText(typ, name); v != nil {
		if problem != nil {
			out.problem(*problem)
		}
		if slices.ContainsFunc(out.uses, func(u use) bool { return u.value == v && label.Fold(u.text) == label.Fold(name) }) {
			out.problem(Problem{Rule: RuleValueTwice, TagSet: s.name, Subject: name, Type: typ})
		}
		out.values.add(v.number)
		out.uses = append(out.uses, use{value: v, text: name})
		return
	}
	out.problem(Problem{Rule: RuleValue, TagSet: s.name, Subject: name, Type: typ})
}

// bestEntry chooses among several entries of one value the first whose rules fit the label, else the first.
func (p *Policy) bestEntry(l Label, v *Value) *entry {
	for _, n := range v.entries {
		if len(v.entries) == 1 || len(ruleProblems(l.class, l.values, v, n)) == 0 {
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
	out := Clearance{&cleared{policy: p, classes: newSet(len(p.classes)), values: newSet(len(p.values))}}
	var problems []Problem
	warn := func(x Problem) {
		x.Warning = true
		problems = append(problems, x)
	}
	for _, name := range c.Classifications {
		k := p.Class(name)
		if k == nil {
			warn(Problem{Rule: RuleClassification, Subject: name, Against: p.name})
			continue
		}
		if out.classes.IsEmpty() || k.hierarchy > out.highest { // a hierarchy may be negative
			out.highest = k.hierarchy
		}
		out.classes.add(k.number)
	}
	for _, cat := range c.Categories {
		s := p.TagSet(cat.TagName)
		if s == nil || cat.URI != "" && cat.URI != "urn:oid:"+s.id {
			warn(Problem{Rule: RuleTagSet, TagSet: cat.TagName, Subject: strings.TrimSpace(cat.TagName + " " + cat.URI), Against: p.name})
			continue
		}
		for _, name := range cat.Values {
			vs := s.values[valueKey{cat.Type, label.Fold(name)}]
			if len(vs) == 0 {
				warn(Problem{Rule: RuleValue, TagSet: s.name, Subject: name, Type: cat.Type})
			}
			for _, v := range vs {
				out.values.add(v.number)
			}
		}
	}
	return out, problems
}

// Numbered is the label with a classification and values of the policy, as a search finds them; a typed value in it stands for
// a text that is still to be typed, and where the policy demands a privacy mark the label has the first one there is. A classification of another policy gives the zero Label.
func (p *Policy) Numbered(k *Class, values Set) Label {
	if k == nil || p.Class(k.name) != k {
		return Label{}
	}
	out := Label{&numbered{policy: p, class: k, values: values.clone(len(p.values)), mark: p.somePrivacyMark()}}
	for number := range values.All() {
		out.uses = append(out.uses, use{value: p.values[number]})
	}
	for i := range out.uses {
		out.uses[i].entry = p.bestEntry(out, out.uses[i].value)
	}
	out.compile()
	return out
}
