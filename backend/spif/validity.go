package spif

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"caveat/backend/label"
)

// Validation says how a label is to be judged.
type Validation struct {
	At  time.Time // now, as a rule; validity dates are compared with it
	New bool      // the label is being made: obsolete values are not allowed
	// RequireTagSets names tag sets that the label must have a value of (RULES 4); unknown ones make every label invalid.
	RequireTagSets []string
}

// Validate returns everything that is wrong with a label, in the order of the policy; only warnings: the label is valid.
//
// std: Open XML SPIF 2.1; ADatP-4774.1/A1 §3.11.2
func (p *Policy) Validate(l Label, v Validation) []Problem {
	out := append([]Problem(nil), l.names...)
	if !p.InForce(v.At) {
		out = append(out, Problem{Rule: RulePolicyExpired, Text: fmt.Sprintf("policy %s version %d is not in force at %s", p.name, p.version, v.At.UTC().Format(time.RFC3339))})
	}
	if l.class != nil {
		out = append(out, obsoleteProblem(l.class.obsolete, v.New, l.class.name, "")...)
		out = append(out, requirementProblems(l.values, l.class.required, "classification "+l.class.name)...)
	}
	for _, u := range l.uses {
		out = append(out, obsoleteProblem(p.isObsoleteIn(l, u.value), v.New, u.value.name, u.value.tag.set.name)...)
		out = append(out, p.valueProblems(l, u.value, v.At)...)
	}
	for _, t := range p.tags {
		out = append(out, t.selectionProblems(l.uses)...)
	}
	out = append(out, p.privacyMarkProblems(l.mark)...)
	for _, name := range v.RequireTagSets {
		out = append(out, p.requiredTagSet(l, name)...)
	}
	return out
}

// privacyMarkProblems only warns: a privacy mark never counts in a decision.
func (p *Policy) privacyMarkProblems(mark string) []Problem {
	known := func(name string) bool { return label.Fold(name) == label.Fold(mark) }
	if mark == "" || slices.ContainsFunc(p.privacyMarks, known) {
		return nil
	}
	return []Problem{{Rule: RulePrivacyMark, Warning: true, Text: fmt.Sprintf("%q is no privacy mark of policy %s", mark, p.name)}}
}

// isObsoleteIn reports whether every entry by which the label may have the value is obsolete; where none allows it, every
// entry counts.
func (p *Policy) isObsoleteIn(l Label, v *Value) bool {
	fits := false
	for _, n := range v.entries {
		if len(p.entryProblems(l, v, n)) == 0 {
			fits = true
			if !n.obsolete {
				return false
			}
		}
	}
	return fits || v.IsObsolete()
}

// Invalid reports whether problems hold more than warnings.
func Invalid(problems []Problem) bool {
	for _, p := range problems {
		if !p.Warning {
			return true
		}
	}
	return false
}

func obsoleteProblem(obsolete, isNew bool, name, set string) []Problem {
	if !obsolete {
		return nil
	}
	return []Problem{{Rule: RuleObsolete, TagSet: set, Warning: !isNew, Text: fmt.Sprintf("%s is obsolete: new labels must not use it", name)}}
}

// valueProblems judges one value: it is right when one of its entries is.
func (p *Policy) valueProblems(l Label, v *Value, at time.Time) []Problem {
	var first []Problem
	for _, n := range v.entries {
		found := p.entryProblems(l, v, n)
		if !within(at, n.notBefore, n.notAfter) {
			found = append(found, Problem{Rule: RuleValidity, TagSet: v.tag.set.name, Text: fmt.Sprintf("%s is not valid at %s", v.name, at.UTC().Format(time.RFC3339))})
		}
		if len(found) == 0 {
			return nil
		}
		if first == nil {
			first = found
		}
	}
	return first
}

func (p *Policy) entryProblems(l Label, v *Value, n *entry) []Problem {
	var out []Problem
	set := v.tag.set.name
	add := func(rule string, needed []string, format string, args ...any) {
		out = append(out, Problem{Rule: rule, TagSet: set, Needed: needed, Text: fmt.Sprintf(format, args...)})
	}
	if c := n.requiredClass; c != nil && c != l.class {
		add(RuleRequiredClass, []string{c.name}, "%s demands the classification %s", v.name, c.name)
	}
	for _, c := range n.excludedClass {
		if c == l.class {
			add(RuleExcludedClass, nil, "%s must not stand with the classification %s", v.name, c.name)
		}
	}
	for _, g := range n.excluded {
		if l.values.Meets(g.values) {
			add(RuleExcludedCategory, nil, "%s must not stand with %s", v.name, g.text)
		}
	}
	return append(out, requirementProblems(l.values, n.required, v.name)...)
}

// requirementProblems holds the values to requiredCategory elements: all elements must hold; the operation counts groups.
func requirementProblems(values Set, required []requirement, who string) []Problem {
	var out []Problem
	for _, q := range required {
		met := 0
		for _, g := range q.groups {
			if values.Meets(g.values) {
				met++
			}
		}
		if met > 0 && q.operation == "oneOrMore" || met == 1 && q.operation == "onlyOne" || met == len(q.groups) && q.operation == "all" {
			continue
		}
		out = append(out, q.problem(who))
	}
	return out
}

func (q requirement) problem(who string) Problem {
	texts := make([]string, len(q.groups))
	var needed []string
	for i, g := range q.groups {
		texts[i] = g.text
		needed = append(needed, g.names...)
	}
	what := strings.Join(texts, "; ")
	if len(q.groups) > 1 {
		what = map[string]string{"onlyOne": "exactly one of: ", "oneOrMore": "at least one of: ", "all": "all of: "}[q.operation] + what
	}
	return Problem{
		Rule: RuleRequiredCategory, TagSet: q.groups[0].set, Needed: needed,
		Text: fmt.Sprintf("%s requires %s", who, what),
	}
}

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
		return []Problem{{Rule: RuleSelectionMax, TagSet: t.set.name, Text: fmt.Sprintf("at most %d value(s) of %q may be chosen, the label has %d", t.max, t.set.name, n)}}
	case n < t.min:
		return []Problem{{Rule: RuleSelectionMin, TagSet: t.set.name, Text: fmt.Sprintf("at least %d value(s) of %q must be chosen, the label has %d", t.min, t.set.name, n)}}
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
	return []Problem{{Rule: RuleRequiredTagSet, TagSet: name, Text: fmt.Sprintf("this installation requires a value of %q in every label", name)}}
}
