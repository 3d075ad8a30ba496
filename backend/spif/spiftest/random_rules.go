package spiftest

import (
	"slices"
	"strconv"
	"strings"
)

// document writes the policy with random rules, in the order that the schema prescribes.
func (s *sketch) document() []byte {
	root := element("SPIF", "xmlns", namespace, "schemaVersion", "2.1", "version", "1", "creationDate", "20250101000000Z",
		"originatorDN", "CN=Random", "keyIdentifier", "00", "privilegeId", "1.3.26.0.4774.5.24.1", "rbacId", "1.3.26.0.4774.5.24.1")
	if s.chance(40) {
		s.validity(root)
	}
	root.add(element("securityPolicyId", "name", s.name, "id", s.id))
	classes := element("securityClassifications")
	for _, c := range s.classes {
		classes.add(s.class(c))
	}
	root.add(classes)
	if len(s.sets) > 0 {
		sets := element("securityCategoryTagSets")
		for _, set := range s.sets {
			sets.add(s.set(set))
		}
		root.add(sets)
	}
	if s.chance(30) {
		root.add(element("privacyMarks", "maxSelection", "1").add(element("privacyMark", "name", "PERSONAL")))
	}
	if s.other != nil {
		policy := element("equivalentPolicy", "name", s.other.name, "id", s.other.id)
		if s.chance(20) {
			policy.add(s.requiredThere())
		}
		root.add(element("equivalentPolicies").add(policy))
	}
	var b strings.Builder
	root.write(&b, "")
	return []byte(b.String())
}

// Times about which policies and values begin and end. Sampler.Time draws from around them.
const (
	early = "2025-06-01T00:00:00Z"
	late  = "2027-06-01T23:59:59Z"
)

func (s *sketch) validity(n *node) {
	switch s.IntN(5) {
	case 0:
		n.set("notBefore", early)
	case 1:
		n.set("notAfter", late)
	case 2:
		n.set("notBefore", early)
		n.set("notAfter", late)
	case 3:
		n.set("notAfter", "2027-06-01T23:59:59.5+02:00")
	default:
		n.set("notBefore", "2025-06-01T00:00:00") // an xs:dateTime need not have a zone
	}
}

func (s *sketch) class(c className) *node {
	n := element("securityClassification", "name", c.name, "lacv", strconv.Itoa(c.lacv), "hierarchy", strconv.Itoa(c.hierarchy))
	if s.chance(15) {
		n.set("obsolete", pick(s, "true", "1"))
	}
	s.equivalentClasses(n)
	for s.chance(25) && len(s.tags()) > 0 {
		n.add(s.required())
	}
	return n
}

func (s *sketch) set(set *setSketch) *node {
	n := element("securityCategoryTagSet", "name", set.name, "id", set.id)
	for _, t := range set.tags {
		n.add(s.tag(t))
	}
	s.equivalentSet(n, set)
	return n
}

func (s *sketch) tag(t *tagSketch) *node {
	n := element("securityCategoryTag", "name", t.set.name, "tagType", t.tagType)
	if t.enum != "" {
		n.set("enumType", t.enum)
	}
	if t.tagType == "tagType7" {
		n.set("tag7Encoding", "bitSetAttributes")
	}
	most := 3
	if s.chance(18) {
		single := pick(s, "true", "1", "false")
		n.set("singleSelection", single)
		if single != "false" {
			most = 1
		}
	}
	if s.chance(25) && most > 1 {
		most = 1 + s.IntN(3)
		n.set("maxSelection", strconv.Itoa(most))
	} else if s.chance(10) {
		n.set("maxSelection", pick(s, "unbounded", strconv.Itoa(most)))
	}
	if s.chance(10) { // never more than there are, and may be chosen: no label would be valid
		least := min(most, 2, len(distinct(t.names)))
		n.set("minSelection", pick(s, "0", "unbounded", strconv.Itoa(least)))
	}
	for i := range t.names {
		n.add(s.value(t, i))
	}
	return n
}

func (s *sketch) value(t *tagSketch, i int) *node {
	n := element("tagCategory", "name", t.names[i], "lacv", t.lacvs[i])
	if t.inputs[i] != "" {
		n.set("userInput", t.inputs[i])
		if t.inputs[i] == "date" && s.chance(60) {
			n.set("dateFormat", pick(s, "YYYY-MM-DD", "YYYYMMDD"))
		}
	}
	if s.chance(10) {
		n.set("requiredClass", pick(s, s.classes...).name)
	}
	if s.chance(10) {
		n.set("obsolete", pick(s, "true", "1", "false"))
	}
	if s.chance(15) {
		s.validity(n)
	}
	s.equivalentValues(n, t, i)
	for s.chance(12) {
		n.add(&node{name: "excludedClass", text: pick(s, s.classes...).name})
	}
	for s.chance(12) {
		n.add(s.required())
	}
	for s.chance(18) {
		n.add(s.group("excludedCategory", 20))
	}
	return n
}

func (s *sketch) required() *node {
	n := element("requiredCategory", "operation", pick(s, "onlyOne", "oneOrMore", "oneOrMore", "all"))
	for n.add(s.group("categoryGroup", 30)); s.chance(45); {
		n.add(s.group("categoryGroup", 30))
	}
	return n
}

// group refers to a value of this policy, or to all of a tag.
func (s *sketch) group(name string, all int) *node {
	t := pick(s, s.tags()...)
	n := element(name, "tagSetRef", t.set.name, "tagType", t.tagType)
	if t.enum != "" {
		n.set("enumType", t.enum)
	}
	if s.chance(all) {
		n.set("all", pick(s, "true", "1"))
	} else {
		n.set("lacv", pick(s, t.lacvs...))
	}
	return n
}

func distinct(names []string) []string {
	out := slices.Clone(names)
	slices.Sort(out)
	return slices.Compact(out)
}
