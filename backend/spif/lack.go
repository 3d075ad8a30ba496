package spif

import "caveat/backend/label"

// lack is a rule that a label breaks and that one more value may mend.
type lack struct {
	fixes Set // each of these values may mend it; no other value can
	open  int // how many of them may still be added
	// What is broken: one of these.
	who      *Value // whose entry requires; nil with require set: the classification requires
	require  *requirement
	tag      *Tag   // has fewer values than its minimum
	tagSet   string // that the installation demands a value of
	demand   int    // of the frame, when the others are not set
	ofClass  *Class
	selected int
}

// judge holds a label to every rule. What no further value can mend is dead; otherwise every lack is listed, and none means
// that the label is right.
func (s *search) judge(k *Class, have, without Set) (lacks []lack, dead []Obstacle) {
	j := judgement{s: s, class: k, have: have, without: without}
	for i := range k.required {
		j.requirement(&k.required[i])
	}
	for number := range have.All() {
		j.value(s.p.values[number])
	}
	for i, t := range s.limited {
		j.selection(t, s.typed[i])
	}
	for _, r := range s.required {
		if !have.Meets(r.values) {
			j.lacking(lack{fixes: r.values, tagSet: r.name})
		}
	}
	for i, d := range s.f.Demands {
		if (d.When.IsEmpty() || have.Meets(d.When)) && !have.Meets(d.Any) {
			j.lacking(lack{fixes: d.Any, demand: i})
		}
	}
	return j.lacks, j.dead
}

// judgement is a label on its way through the rules. Nothing is added once it is dead.
type judgement struct {
	s             *search
	class         *Class
	have, without Set
	lacks         []lack
	dead          []Obstacle
}

// lacking takes a lack; one that no value may mend any more is the end.
func (j *judgement) lacking(x lack) {
	if j.dead != nil {
		return
	}
	x.ofClass = j.class
	if x.open = x.fixes.lenWithout(j.without); x.open > 0 {
		j.lacks = append(j.lacks, x)
		return
	}
	j.dead = x.obstacle(j.s)
	if first := x.fixes.first(); first >= 0 && j.s.f.Forbidden.Has(first) {
		j.dead = append(j.dead, Obstacle{Value: j.s.p.values[first]})
	}
}

func (j *judgement) requirement(q *requirement) {
	if !q.isMet(j.have) {
		fixes, hopeless := q.fixes(j.have)
		if hopeless {
			fixes = Set{}
		}
		j.lacking(lack{fixes: fixes, require: q})
	}
}

// value is right when one of its entries is. Each entry that is not hopeless says what it wants first; the label must get one
// of all these values.
func (j *judgement) value(v *Value) {
	if j.dead != nil {
		return
	}
	var lacking lack
	for _, n := range j.s.entries[v.number] {
		if n.clashes(j.class, j.have, v) {
			continue
		}
		want := n.unmet(j.have)
		if want == nil {
			return
		}
		fixes, hopeless := want.fixes(j.have)
		if hopeless {
			continue
		}
		if lacking.require == nil {
			lacking = lack{who: v, require: want, fixes: fixes}
		} else {
			lacking.fixes = lacking.fixes.Or(fixes)
		}
	}
	if lacking.require != nil {
		j.lacking(lacking)
		return
	}
	j.dead = j.s.whyNot(j.class, j.have, v)
}

// clashes reports that an entry contradicts what the label has, which nothing more can mend.
func (n *entry) clashes(k *Class, have Set, v *Value) bool {
	if n.requiredClass != nil && n.requiredClass != k {
		return true
	}
	for _, c := range n.excludedClass {
		if c == k {
			return true
		}
	}
	for i := range n.excluded {
		if v.isExcludedBy(&n.excluded[i], have) {
			return true
		}
	}
	return false
}

func (n *entry) unmet(have Set) *requirement {
	for i := range n.required {
		if !n.required[i].isMet(have) {
			return &n.required[i]
		}
	}
	return nil
}

// fixes gives the values of which the label must get one for the requirement to be met. It is hopeless when there is too much
// already.
func (q *requirement) fixes(have Set) (Set, bool) {
	if q.operation == "all" {
		for _, g := range q.groups {
			if !have.Meets(g.values) {
				return g.values, false
			}
		}
	}
	out := Set{}
	for _, g := range q.groups {
		if have.Meets(g.values) {
			return Set{}, true // more than the one that may be
		}
		out = out.Or(g.values)
	}
	return out, false
}

// selection holds the number of a tag's values to its limits.
func (j *judgement) selection(t *Tag, typed int) {
	n := typed + j.have.lenWithin(t.mask)
	switch {
	case j.dead != nil:
	case t.max >= 0 && n > t.max:
		j.dead = problem(Problem{Rule: RuleSelectionMax, TagSet: t.set.name, Type: t.typ, Limit: t.max, Count: n})
	case n < t.min && !t.hasTyped(j.have): // of what is typed there can be several
		j.lacking(lack{fixes: t.mask.Without(j.have), tag: t, selected: n})
	}
}

// hasTyped reports whether the set has a free-text value of the tag: any number of texts can be typed for it.
func (t *Tag) hasTyped(have Set) bool {
	for _, v := range t.values {
		if t.typ == label.Informative && v.isFreeText() && have.Has(v.number) {
			return true
		}
	}
	return false
}

// obstacle says what is lacking.
func (x lack) obstacle(s *search) []Obstacle {
	switch {
	case x.require != nil:
		p := x.require.problem(x.ofClass.name, 0)
		if x.who != nil {
			p = x.require.problem(x.who.name, x.who.tag.typ)
		}
		return problem(p)
	case x.tag != nil:
		return problem(Problem{Rule: RuleSelectionMin, TagSet: x.tag.set.name, Type: x.tag.typ, Limit: x.tag.min, Count: x.selected})
	case x.tagSet != "":
		return problem(Problem{Rule: RuleRequiredTagSet, TagSet: x.tagSet})
	}
	demand := x.demand
	return []Obstacle{{Demand: &demand}}
}

// whyNot says why no entry of a value can stand in the label: by the entry that comes nearest.
func (s *search) whyNot(k *Class, have Set, v *Value) []Obstacle {
	var best []Problem
	l := Label{&numbered{policy: s.p, class: k, values: have}}
	for _, n := range v.entries {
		if found := s.p.entryProblems(l, v, n, s.how); best == nil || len(found) < len(best) {
			best = found
		}
	}
	if len(best) == 0 { // typed text in a tag that decides: no label can have it
		return problem(Problem{Rule: RuleValue, TagSet: v.tag.set.name, Subject: v.name, Type: v.tag.typ})
	}
	return problem(best[0])
}
