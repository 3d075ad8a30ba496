package spiftest

import (
	"slices"
	"strconv"
)

func (s *sketch) applied() string { return pick(s, "both", "both", "both", "encrypt", "decrypt") }

// equivalentClasses gives a classification mostly one equivalent one, now and then none, two, or a dangling one.
func (s *sketch) equivalentClasses(n *node) {
	if s.other == nil || s.chance(8) {
		return
	}
	for first := true; first || s.chance(12); first = false {
		lacv := pick(s, s.other.classes...).lacv
		if s.chance(3) {
			lacv = 99
		}
		e := element("equivalentClassification", "policyRef", s.other.name, "lacv", strconv.Itoa(lacv), "applied", s.applied())
		if s.chance(15) {
			e.add(s.requiredThere())
		}
		n.add(e)
	}
}

// equivalentValues gives a value mostly one equivalent one, of the same name when there is one. Entries of one value have
// the same.
func (s *sketch) equivalentValues(n *node, t *tagSketch, i int) {
	if s.other == nil {
		return
	}
	first := slices.Index(t.names, t.names[i])
	if first == i || entriesDiffer {
		t.equivalents[i] = s.equivalents(t, i)
		first = i
	}
	n.add(t.equivalents[first]...)
}

func (s *sketch) equivalents(t *tagSketch, i int) []*node {
	var out []*node
	if s.chance(30) {
		return nil
	}
	for first := true; first || s.chance(15); first = false {
		e := element("equivalentSecCategoryTag", "policyRef", s.other.name)
		if set, tag, lacv := s.counterpart(t, i); set != nil && s.chance(95) {
			s.refer(e, tag)
			e.attrs = append(e.attrs, "tagSetId", set.id, "lacv", lacv)
		} else {
			e.attrs = append(e.attrs, "tagSetId", "1.3.6.1.4.1.32473.99", "tagType", "permissive", "lacv", "1")
		}
		e.set("applied", s.applied())
		if s.chance(12) {
			e.set("action", "discard")
		}
		out = append(out, e)
	}
	return out
}

func (s *sketch) refer(n *node, tag *tagSketch) {
	n.set("tagType", tag.tagType)
	if tag.enum != "" {
		n.set("enumType", tag.enum)
	}
}

// counterpart chooses a value of the other policy; nil when it has none.
func (s *sketch) counterpart(t *tagSketch, i int) (*setSketch, *tagSketch, string) {
	tags := s.other.namedTags()
	if len(tags) == 0 {
		return nil, nil, ""
	}
	if s.chance(70) {
		for _, tag := range tags {
			if k := slices.Index(tag.names, t.names[i]); k >= 0 && tag.set.name == t.set.name {
				return tag.set, tag, tag.lacvs[k]
			}
		}
	}
	tag := pick(s, tags...)
	return tag.set, tag, tag.anyLACV(s)
}

// namedTags are the tags that have a value.
func (s *sketch) namedTags() []*tagSketch {
	return slices.DeleteFunc(s.tags(), func(t *tagSketch) bool { return t.anyLACV(s) == "" })
}

// anyLACV is the number of some value, "" without one.
func (t *tagSketch) anyLACV(s *sketch) string {
	if len(t.lacvs) == 0 {
		return ""
	}
	return pick(s, t.lacvs...)
}

func (s *sketch) equivalentSet(n *node, set *setSketch) {
	if s.other == nil || len(s.other.sets) == 0 || !set.equivalent || s.chance(20) {
		return
	}
	target := pick(s, s.other.sets...)
	if k := slices.IndexFunc(s.other.sets, func(o *setSketch) bool { return o.name == set.name }); k >= 0 && s.chance(80) {
		target = s.other.sets[k]
	}
	if !target.equivalent || !textBySet && (set.typed() || target.typed()) {
		return
	}
	e := element("equivalentSecurityCategoryTagSet", "policyRef", s.other.name)
	switch s.IntN(3) {
	case 0:
		e.set("name", target.name)
	case 1:
		e.set("id", target.id)
	default:
		e.attrs = append(e.attrs, "name", target.name, "id", target.id)
	}
	if s.chance(30) {
		e.add(s.requiredThere())
	}
	n.add(e)
}

// requiredThere asks for values of the other policy, mostly without leaving a choice.
func (s *sketch) requiredThere() *node {
	group := func() *node {
		tags := s.other.namedTags()
		if len(tags) == 0 || s.chance(3) {
			return element("categoryGroup", "tagSetRef", "Nowhere", "tagType", "permissive", "lacv", "1")
		}
		t := pick(s, tags...)
		n := element("categoryGroup", "tagSetRef", t.set.name)
		s.refer(n, t)
		if s.chance(5) {
			n.set("all", "true")
		} else {
			n.set("lacv", t.anyLACV(s))
		}
		return n
	}
	n := element("requiredCategory", "operation", pick(s, "all", "all", "onlyOne", "oneOrMore")).add(group())
	if s.chance(20) {
		n.add(group())
	}
	return n
}
