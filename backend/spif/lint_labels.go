package spif

import (
	"fmt"
	"math/bits"
	"slices"

	"caveat/backend/label"
	"caveat/backend/label/strictxml"
)

// maxWork bounds how many pairs of values, classifications and exclusions are looked at; published policies need some
// thousand. What comes after it passes for possible: nothing is told that is not certain.
const maxWork = 2_000_000

// requirements looks for rules that no label can keep, by what a rule and the values it names say themselves.
func (l *linter) requirements() {
	for _, c := range l.p.classes {
		for i, e := range named(l.at[c], "requiredCategory") {
			l.requirementOf(bearer{class: c}, c.required[i], e)
		}
	}
	for _, v := range l.p.values {
		for _, n := range v.entries {
			l.rulesOf(bearer{value: v, entry: n}, l.at[n])
		}
	}
	if l.work > maxWork {
		l.add(findingsLeftOut, l.root, "the policy has so many rules that not all were asked whether a label can keep them")
	}
}

// bearer is who has a requirement: a classification, or a value by one of its entries.
type bearer struct {
	class *Class
	value *Value
	entry *entry
}

func (b bearer) name() string {
	if b.class != nil {
		return "classification " + b.class.name
	}
	return b.value.name
}

func (b bearer) isObsolete() bool {
	return b.class != nil && b.class.obsolete || b.entry != nil && b.entry.obsolete
}

func (l *linter) rulesOf(b bearer, e *strictxml.Element) {
	n := b.entry
	for i, x := range named(e, "excludedCategory") {
		others := slices.ContainsFunc(l.valuesOf(n.excluded[i].values), func(w *Value) bool { return w.key != b.value.key || w.tag.set != b.value.tag.set })
		if !others && n.excluded[i].values.Has(b.value.number) {
			l.add(valueExcludesItself, x, "%q excludes nothing but itself, which says nothing: name the value that it must not stand with, or remove this", b.value.name)
		}
	}
	if !slices.ContainsFunc(l.p.classes, func(c *Class) bool { return l.standsWith(n, c) }) {
		why := "it excludes all classifications"
		if n.requiredClass != nil {
			why = fmt.Sprintf("it demands the classification %q and excludes it", n.requiredClass.name)
		}
		l.add(valueNoClass, e, "by this entry no label can have %q: %s", b.value.name, why)
		return
	}
	for i, x := range named(e, "requiredCategory") {
		l.requirementOf(b, n.required[i], x)
	}
}

// standsWith reports whether the entry allows the classification.
func (l *linter) standsWith(n *entry, c *Class) bool {
	if l.work += 1 + len(n.excludedClass); l.work > maxWork {
		return true
	}
	return (n.requiredClass == nil || n.requiredClass == c) && !slices.Contains(n.excludedClass, c)
}

func (l *linter) requirementOf(b bearer, q requirement, e *strictxml.Element) {
	if len(q.groups) == 0 || slices.ContainsFunc(q.groups, func(g group) bool { return len(g.names) == 0 }) || l.work > maxWork {
		return // an error is told there
	}
	if b.value != nil && l.excludes(b, q) {
		l.add(requiresExcluded, e, "%q requires what it must not stand with: by this entry no label can have it; mend one of the rules", b.value.name)
		return
	}
	if ok, why := l.reachable(b, q, func(*entry) bool { return true }); !ok {
		l.add(requirementImpossible, e, "no label can meet this requirement of %s: %s", b.name(), why)
		return
	}
	if ok, _ := l.reachable(b, q, func(n *entry) bool { return !n.obsolete }); !ok && !b.isObsolete() {
		l.add(requirementObsolete, e, "only obsolete values meet this requirement of %s: no new label can have it", b.name())
		return
	}
	if l.now.IsZero() {
		return
	}
	if ok, _ := l.reachable(b, q, func(n *entry) bool { return within(l.now, n.notBefore, n.notAfter) }); !ok {
		l.add(requirementNotInForce, e, "only values that have ended or not begun meet this requirement of %s: no label with it is valid now", b.name())
	}
}

// excludes reports whether the requirement cannot be met without a value that its bearer must not stand with.
func (l *linter) excludes(b bearer, q requirement) bool {
	hit := 0
	for _, g := range q.groups {
		if l.work > maxWork {
			return false
		}
		free := slices.ContainsFunc(l.valuesOf(g.values), func(w *Value) bool { return w == b.value || !l.excluded(b.entry, w) })
		if !free {
			hit++
		}
	}
	return hit == len(q.groups) || hit > 0 && q.operation == "all"
}

// excluded reports whether the entry must not stand with the value.
func (l *linter) excluded(n *entry, w *Value) bool {
	if l.work += 1 + len(n.excluded); l.work > maxWork {
		return false
	}
	return slices.ContainsFunc(n.excluded, func(g group) bool { return g.values.Has(w.number) })
}

// valuesOf lists the values of a set.
func (l *linter) valuesOf(s Set) []*Value {
	var out []*Value
	for i, w := range s.words {
		for ; w != 0; w &= w - 1 {
			out = append(out, l.p.values[i*64+bits.TrailingZeros64(w)])
		}
	}
	l.work += len(s.words) + len(out)
	return out
}

// reachable reports whether a label of the bearer could meet the requirement by values of which some entry passes; else why
// not. It looks at the bearer and at each named value, not at what these require in turn.
func (l *linter) reachable(b bearer, q requirement, passes func(*entry) bool) (bool, string) {
	met, why := 0, ""
	for i, g := range q.groups {
		found, reason := false, ""
		for _, w := range l.valuesOf(g.values) {
			if l.work > maxWork {
				return true, ""
			}
			if q.operation == "onlyOne" && l.inOther(q.groups, i, w) {
				reason = fmt.Sprintf("%s stands in several of its groups, of which exactly one must be met", w.name)
				continue
			}
			if found, reason = l.canStand(b, w, passes); found {
				break
			}
		}
		if found {
			met++
		} else if why == "" {
			why = reason
		}
	}
	if met == 0 || q.operation == "all" && met < len(q.groups) {
		return false, why
	}
	if q.operation == "all" {
		return l.withinLimits(b, q)
	}
	return true, ""
}

func (l *linter) inOther(groups []group, i int, w *Value) bool {
	l.work += len(groups)
	for j, g := range groups {
		if j != i && g.values.Has(w.number) {
			return true
		}
	}
	return false
}

// canStand reports whether a label of the bearer may have the value w.
func (l *linter) canStand(b bearer, w *Value, passes func(*entry) bool) (bool, string) {
	if w == b.value {
		return true, ""
	}
	switch t := w.tag; {
	case t.max == 0, t.max == 1 && b.value != nil && b.value.tag == t:
		return false, fmt.Sprintf("%s would be one more value than the tag of %q allows", w.name, t.set.name)
	case w.isFreeText() && t.typ != label.Informative:
		return false, fmt.Sprintf("%s is typed text in a tag that decides access", w.name)
	case b.entry != nil && l.excluded(b.entry, w):
		return false, fmt.Sprintf("%s must not stand with %s", b.name(), w.name)
	}
	why := fmt.Sprintf("%s has no entry for it", w.name)
	for _, m := range w.entries {
		switch {
		case !passes(m):
		case b.value != nil && l.excluded(m, b.value):
			why = fmt.Sprintf("%s must not stand with %s", w.name, b.name())
		case l.shareClass(b, m):
			return true, ""
		case m.requiredClass != nil:
			why = fmt.Sprintf("%s demands the classification %s", w.name, m.requiredClass.name)
		default:
			why = fmt.Sprintf("%s must not stand with the classification that %s has", w.name, b.name())
		}
	}
	return false, why
}

// shareClass reports whether there is a classification that both the bearer and the entry allow.
func (l *linter) shareClass(b bearer, m *entry) bool {
	if b.class != nil {
		return l.standsWith(m, b.class)
	}
	return slices.ContainsFunc(l.p.classes, func(c *Class) bool { return l.standsWith(b.entry, c) && l.standsWith(m, c) })
}

// withinLimits reports whether the values without which "all" cannot be met, and the bearer, are no more than their tags allow.
func (l *linter) withinLimits(b bearer, q requirement) (bool, string) {
	forced := map[*Value]bool{}
	count := map[*Tag]int{}
	if b.value != nil {
		forced[b.value], count[b.value.tag] = true, 1
	}
	for _, g := range q.groups {
		only := l.valuesOf(g.values)
		if len(only) != 1 || forced[only[0]] {
			continue
		}
		t := only[0].tag
		forced[only[0]] = true
		if count[t]++; t.max >= 0 && count[t] > t.max {
			return false, fmt.Sprintf("it takes more values of a tag of %q than the %d that may be chosen", t.set.name, t.max)
		}
	}
	return true, ""
}
