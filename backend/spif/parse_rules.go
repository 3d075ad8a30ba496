package spif

import (
	"fmt"
	"slices"
	"strconv"

	"caveat/backend/label"
	"caveat/backend/label/strictxml"
)

// Codes that are no places but change how a phrase is shown.
var displayCodes = []string{"noNameDisplay", "noMarkingDisplay", "suppressClassName", "replacePolicy"}

// markings reads the markingData and markingQualifier children of an element.
func (r *reader) markings(e *strictxml.Element) (data []marking, quals []qualifier) {
	for _, x := range e.Children {
		switch {
		case x.Space != Namespace:
		case x.Name == "markingData":
			data = append(data, r.marking(x))
		case x.Name == "markingQualifier":
			quals = append(quals, r.qualifiers(x)...)
		}
	}
	return data, quals
}

func (r *reader) marking(e *strictxml.Element) marking {
	m := marking{lang: language(e)}
	m.phrase, m.hasPhrase = e.Attr("phrase")
	for _, c := range named(e, "code") {
		m.codes = append(m.codes, trimXML(c.Text))
	}
	return m
}

// qualifiers reads a markingQualifier with its markingCode (qualifierText says where it counts).
func (r *reader) qualifiers(e *strictxml.Element) []qualifier {
	var out []qualifier
	for _, q := range named(e, "qualifier") {
		out = append(out, qualifier{lang: language(q), kind: r.enum(q, "qualifierCode"), text: r.text(q, "markingQualifier"), code: r.enum(e, "markingCode")})
	}
	return out
}

// requirement reads a requiredCategory of this policy.
func (r *reader) requirement(e *strictxml.Element) requirement {
	q := r.foreignRequirement(e)
	for i, x := range named(e, "categoryGroup") {
		r.later = append(r.later, func() { r.resolveGroup(x, &q.groups[i]) })
	}
	return q
}

// foreignRequirement reads a requiredCategory whose groups speak of another policy: they stay unresolved.
func (r *reader) foreignRequirement(e *strictxml.Element) requirement {
	q := requirement{operation: r.enum(e, "operation")}
	for _, x := range named(e, "categoryGroup") {
		q.groups = append(q.groups, r.group(x))
	}
	return q
}

func (r *reader) foreignRequirements(e *strictxml.Element) []requirement {
	var out []requirement
	for _, x := range named(e, "requiredCategory") {
		out = append(out, r.foreignRequirement(x))
	}
	return out
}

func (r *reader) group(e *strictxml.Element) group {
	g := group{
		setRef: r.name(e, "tagSetRef"), typ: r.enum(e, "tagType"), enumType: r.enum(e, "enumType"), lacv: trimXML(r.text(e, "lacv")), all: r.bool(e, "all"),
	}
	r.typeOf(e)
	if _, hasLACV := e.Attr("lacv"); hasLACV == g.all {
		r.add(groupChoice, e, "exactly one must be given: lacv for one value, or all=\"true\" for every value of the tag set and type")
	}
	return g
}

// groupKey is what two groups of one meaning have in common.
type groupKey struct {
	set    *TagSet
	number numberKey
	kind   string // tagType
	all    bool
}

// resolved is a group whose values have been found.
type resolved struct {
	group
	ambiguous bool // several names have its lacv
}

// resolveGroup finds the values that satisfy the group in this policy.
func (r *reader) resolveGroup(e *strictxml.Element, g *group) {
	if g.setRef == "" {
		return // told as a missing attribute
	}
	s := r.p.TagSet(g.setRef)
	if s == nil {
		r.add(tagSetRefDangling, e, "tagSetRef %q is no tag set of this policy: mend its name, or add the tag set", g.setRef)
		return
	}
	r.spelled(e, "tagSetRef", g.setRef, s.name)
	typ, ok := typeOf(g.typ, g.enumType)
	if !ok || g.lacv == "" && !g.all {
		return // told as an attribute
	}
	key := groupKey{s, numberKey{typ, lacvKey(g.lacv)}, g.typ, g.all}
	if g.all {
		key.number.lacv = ""
	}
	// The same group stands in many rules: its values are found once, and shared.
	known := r.groups[key]
	if known == nil {
		known = &resolved{group: *g}
		if err := r.p.resolveGroup(&known.group); err != nil {
			known.names = nil
		}
		known.ambiguous = !g.all && len(known.distinct()) > 1
		r.groups[key] = known
	}
	if len(known.names) == 0 && !r.broken[s] {
		r.add(groupEmpty, e, "no value of tag set %q has type %s%s: no label answers to this; mend it or remove it", s.name, typ, withLACV(g))
	}
	g.values, g.names, g.set = known.values, known.names, known.set
	if known.ambiguous {
		r.add(groupAmbiguous, e, "several names of %q have this lacv (%s), and each of them counts: give each value its own", s.name, listed(g.names, itself))
	}
}

// distinct gives the names of the group, each once.
func (g *group) distinct() []string {
	var out []string
	seen := map[string]bool{}
	for _, name := range g.names {
		if key := label.Fold(name); !seen[key] {
			seen[key] = true
			out = append(out, name)
		}
	}
	return out
}

func itself(s string) string { return s }

func withLACV(g *group) string {
	if g.all {
		return ""
	}
	return fmt.Sprintf(" and lacv %q", g.lacv)
}

// resolveGroup finds the values of this policy that satisfy a group.
func (p *Policy) resolveGroup(g *group) error {
	s := p.TagSet(g.setRef)
	if s == nil {
		return fmt.Errorf("%w: tagSetRef %q is no tag set", ErrInvalid, g.setRef)
	}
	typ, ok := typeOf(g.typ, g.enumType)
	if !ok {
		return fmt.Errorf("%w: tagType %q with enumType %q", ErrInvalid, g.typ, g.enumType)
	}
	g.set, g.values, g.names = s.name, newSet(len(p.values)), nil
	add := func(v *Value) {
		if !g.values.Has(v.number) {
			g.values.add(v.number)
			g.names = append(g.names, v.name)
		}
	}
	meant := s.tagsOf(g.typ, g.enumType)
	for _, t := range meant {
		for _, v := range t.values {
			if g.all {
				add(v)
			}
		}
	}
	if !g.all {
		for _, v := range s.numbers[numberKey{typ, lacvKey(g.lacv)}] {
			if slices.Contains(meant, v.tag) {
				add(v)
			}
		}
	}
	if len(g.names) == 0 {
		return fmt.Errorf("%w: no value of tag set %q has type %s and lacv %q", ErrInvalid, s.name, typ, g.lacv)
	}
	return nil
}

// tagsOf gives the tags that a tagType and enumType speak of: those of exactly this kind. A tag set may have a restrictive and an
// enumerated restrictive tag, with equal numbers.
func (s *TagSet) tagsOf(tagType, enumType string) []*Tag {
	var out []*Tag
	for _, t := range s.tags {
		if t.tagType == tagType && (tagType != "enumerated" || t.enumType == enumType) {
			out = append(out, t)
		}
	}
	return out
}

// numberKey is what ASN.1 labels tell the values of a tag set by.
type numberKey struct {
	typ  label.Type
	lacv string // by lacvKey
}

// number files a value under the lacv of one of its entries.
func (r *reader) number(v *Value, n *entry) {
	key := filed{v, numberKey{v.tag.typ, lacvKey(n.lacv)}}
	if !r.filed[key] {
		r.filed[key] = true
		numbers := v.tag.set.numbers
		numbers[key.number] = append(numbers[key.number], v)
	}
}

type filed struct {
	value  *Value
	number numberKey
}

// lacvKey is the same for two lacv exactly when sameLACV holds.
func lacvKey(lacv string) string {
	if n, err := atoi(lacv); err == nil {
		return strconv.Itoa(n)
	}
	return label.Fold(lacv) + "\x00" // no number is spelled so
}

// sameLACV compares as numbers where both are: policies write 051 and 51.
func sameLACV(a, b string) bool {
	x, errA := atoi(a)
	y, errB := atoi(b)
	if errA == nil || errB == nil {
		return errA == nil && errB == nil && x == y
	}
	return label.Fold(a) == label.Fold(b)
}

func atoi(s string) (int, error) { return strconv.Atoi(trimXML(s)) }
