package spif

import (
	"slices"
	"time"

	"caveat/backend/label"
)

// Validation says how a label is to be judged.
type Validation struct {
	At  time.Time // now, as a rule; validity dates are compared with it. At the zero time no policy is in force
	New bool      // the label is being made: obsolete values are not allowed
	// RequireTagSets names tag sets that the label must have a value of (RULES 4); unknown ones make every label invalid.
	RequireTagSets []string
}

// Validate returns everything that is wrong with a label, in the order of the policy; only warnings: the label is valid.
//
// std: Open XML SPIF 2.1; ADatP-4774.1/A1 §3.11.2
func (p *Policy) Validate(l Label, v Validation) []Problem {
	l = p.known(l)
	out := append([]Problem(nil), l.names...)
	if !p.InForce(v.At) {
		out = append(out, Problem{Rule: RulePolicyExpired, Subject: p.name, Count: p.version, At: v.At})
	}
	if c := l.class; c != nil {
		if c.obsolete {
			out = append(out, Problem{Rule: RuleObsolete, Subject: c.name, Warning: !v.New})
		}
		out = append(out, requirementProblems(l.values, c.required, c.name, 0)...)
	}
	for _, u := range l.uses {
		out = append(out, p.valueProblems(l, u, v)...)
	}
	for _, t := range p.tags {
		out = append(out, t.selectionProblems(l.uses)...)
	}
	out = append(out, p.privacyMarkProblems(l.mark, v)...)
	for _, name := range v.RequireTagSets {
		out = append(out, p.requiredTagSet(l, name)...)
	}
	return out
}

// privacyMarkProblems: a privacy mark never counts in a decision, so that one the policy does not know is only warned of. What the
// policy says about its own marks holds.
func (p *Policy) privacyMarkProblems(mark string, how Validation) []Problem {
	count := 0
	var out []Problem
	if mark != "" {
		count = 1
		i := slices.IndexFunc(p.privacy.marks, func(m *PrivacyMark) bool { return label.Fold(m.name) == label.Fold(mark) })
		switch {
		case i < 0:
			out = append(out, Problem{Rule: RulePrivacyMark, Subject: mark, Against: p.name, Warning: true})
		case p.privacy.marks[i].obsolete:
			out = append(out, Problem{Rule: RuleObsolete, Subject: p.privacy.marks[i].name, Warning: !how.New})
		}
	}
	if p.privacy.there && count < p.privacy.min {
		out = append(out, Problem{Rule: RuleSelectionMin, TagSet: privacyMarks, Limit: p.privacy.min, Count: count})
	}
	if p.privacy.there && p.privacy.max >= 0 && count > p.privacy.max {
		out = append(out, Problem{Rule: RuleSelectionMax, TagSet: privacyMarks, Limit: p.privacy.max, Count: count})
	}
	return out
}

// noPrivacyMark says why no new label can have as many privacy marks as it must: a label has one at most.
func (p *Policy) noPrivacyMark() *Problem {
	if !p.privacy.there || p.privacy.min < 1 {
		return nil
	}
	for _, m := range p.privacy.marks {
		if !m.obsolete && p.privacy.min == 1 && p.privacy.max != 0 {
			return nil
		}
	}
	return &Problem{Rule: RuleSelectionMin, TagSet: privacyMarks, Limit: p.privacy.min}
}

// somePrivacyMark is one that a new label can have where it must have one; else "".
func (p *Policy) somePrivacyMark() string {
	for _, m := range p.privacy.marks {
		if p.privacy.min == 1 && !m.obsolete {
			return m.name
		}
	}
	return ""
}

// privacyMarks stands for the name of a tag set in problems: the SPIF calls them so, and they have none.
const privacyMarks = "privacyMarks"

// valueProblems judges one value: it is right when one of its entries is, in everything. Otherwise the entry that fits the
// label best says why not.
func (p *Policy) valueProblems(l Label, u use, how Validation) []Problem {
	obsolete := false
	for _, n := range u.value.entries {
		if found := p.entryProblems(l, u.value, n, how); len(found) == 0 {
			return nil
		} else if !Invalid(found) {
			obsolete = true
		}
	}
	if obsolete {
		return []Problem{obsoleteProblem(u.value, how)}
	}
	return p.entryProblems(l, u.value, u.entry, how)
}

func obsoleteProblem(v *Value, how Validation) Problem {
	return Problem{Rule: RuleObsolete, TagSet: v.tag.set.name, Subject: v.name, Type: v.tag.typ, Warning: !how.New}
}

// entryProblems judges a value as one of its entries has it.
func (p *Policy) entryProblems(l Label, v *Value, n *entry, how Validation) []Problem {
	var out []Problem
	if n.obsolete {
		out = append(out, obsoleteProblem(v, how))
	}
	if !within(how.At, n.notBefore, n.notAfter) {
		out = append(out, Problem{Rule: RuleValidity, TagSet: v.tag.set.name, Subject: v.name, Type: v.tag.typ, At: how.At})
	}
	return append(out, ruleProblems(l.class, l.values, v, n)...)
}

// ruleProblems holds a label to what an entry of one of its values says about the others.
func ruleProblems(class *Class, values Set, v *Value, n *entry) []Problem {
	var out []Problem
	set := v.tag.set.name
	if c := n.requiredClass; c != nil && c != class {
		out = append(out, Problem{Rule: RuleRequiredClass, TagSet: set, Subject: v.name, Type: v.tag.typ, Against: c.name, Needed: []string{c.name}})
	}
	for _, c := range n.excludedClass {
		if c == class {
			out = append(out, Problem{Rule: RuleExcludedClass, TagSet: set, Subject: v.name, Type: v.tag.typ, Against: c.name})
		}
	}
	for _, g := range n.excluded {
		if v.isExcludedBy(&g, values) {
			out = append(out, Problem{Rule: RuleExcludedCategory, TagSet: set, Subject: v.name, Type: v.tag.typ, Groups: []Group{g.public()}})
		}
	}
	return append(out, requirementProblems(values, n.required, v.name, v.tag.typ)...)
}

// isExcludedBy reports whether a label has a value of the group besides v itself: a value does not stand in its own way, so that
// "all of this tag set" excludes the others.
func (v *Value) isExcludedBy(g *group, values Set) bool {
	others := values.lenWithin(g.values)
	for _, same := range v.twins() {
		if others > 0 && values.Has(same.number) && g.values.Has(same.number) {
			others--
		}
	}
	return others > 0
}

// requirementProblems holds the values to requiredCategory elements: all elements must hold; the operation counts groups.
// typ is the type of the value that requires, zero for a classification.
func requirementProblems(values Set, required []requirement, who string, typ label.Type) []Problem {
	var out []Problem
	for _, q := range required {
		if q.isMet(values) {
			continue
		}
		out = append(out, q.problem(who, typ))
	}
	return out
}

func (q *requirement) problem(who string, typ label.Type) Problem {
	x := Problem{Rule: RuleRequiredCategory, TagSet: q.groups[0].set, Subject: who, Type: typ, Operation: q.operation}
	for _, g := range q.groups {
		x.Groups = append(x.Groups, g.public())
		x.Needed = append(x.Needed, g.names...)
	}
	return x
}

// isMet: the operation counts the groups of which the label has a value.
func (q *requirement) isMet(values Set) bool {
	met := 0
	for _, g := range q.groups {
		if values.Meets(g.values) {
			met++
		}
	}
	switch q.operation {
	case "oneOrMore":
		return met > 0
	case "onlyOne":
		return met == 1
	}
	return met == len(q.groups)
}

func (g group) public() Group { return Group{TagSet: g.set, Names: g.names, All: g.all} }

// selectionProblems counts what stands in the label: two typed texts are two, though they have one number.
func (t *Tag) selectionProblems(uses []use) []Problem {
	n := 0
	for _, u := range uses {
		if u.value.tag == t {
			n++
		}
	}
	switch {
	case t.max >= 0 && n > t.max:
		return []Problem{{Rule: RuleSelectionMax, TagSet: t.set.name, Type: t.typ, Limit: t.max, Count: n}}
	case n < t.min:
		return []Problem{{Rule: RuleSelectionMin, TagSet: t.set.name, Type: t.typ, Limit: t.min, Count: n}}
	}
	return nil
}

// requiredTagSet is the administrator's rule that a label must have a value of a tag set (RULES 4).
func (p *Policy) requiredTagSet(l Label, name string) []Problem {
	if s := p.TagSet(name); s != nil {
		for _, t := range s.tags {
			if l.values.Meets(t.mask) {
				return nil
			}
		}
	}
	return []Problem{{Rule: RuleRequiredTagSet, TagSet: name}}
}
