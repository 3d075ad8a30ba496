package spif

import (
	"caveat/backend/label"
	"caveat/backend/label/strictxml"
)

func (r *reader) tagSet(e *strictxml.Element) {
	s := &TagSet{name: r.name(e, "name"), id: r.oid(e, "id"), values: map[valueKey][]*Value{}, numbers: map[numberKey][]*Value{}}
	r.at[s] = e
	if s.name != "" {
		if r.p.setByName[label.Fold(s.name)] != nil {
			r.add(tagSetRepeated, e, "a tag set %q stands twice: labels name tag sets, give each its own name", s.name)
		}
		r.p.setByName[label.Fold(s.name)] = s
	}
	if s.id != "" {
		if other := r.p.setByID[s.id]; other != nil {
			r.add(tagSetRepeated, e, "tag set %q has the id %s of %q: give each its own", s.name, s.id, other.name)
		}
		r.p.setByID[s.id] = s
	}
	r.p.sets = append(r.p.sets, s)
	for _, x := range e.Children {
		switch {
		case x.Space != Namespace:
		case x.Name == "securityCategoryTag":
			r.tag(s, x)
		case x.Name == "equivalentSecurityCategoryTagSet":
			s.equivalents = append(s.equivalents, r.equivalentTagSet(x))
		}
	}
}

func (r *reader) tag(s *TagSet, e *strictxml.Element) {
	if r.full(e, len(r.p.tags)) {
		return
	}
	t := &Tag{
		set: s, name: r.text(e, "name"), tagType: r.enum(e, "tagType"), enumType: r.enum(e, "enumType"), tag7Encoding: r.enum(e, "tag7Encoding"),
		max: r.limit(e, "maxSelection"), min: r.limit(e, "minSelection"), single: r.bool(e, "singleSelection"), line: e.Line,
	}
	r.at[t] = e
	var ok bool
	if t.typ, ok = r.typeOf(e); !ok {
		r.broken[s] = true
	}
	if t.single && (t.max < 0 || t.max > 1) {
		if t.max > 1 {
			r.add(selectionConflict, e, "singleSelection stands beside maxSelection %d, and one value counts: remove one of them", t.max)
		}
		t.max = 1
	}
	s.tags = append(s.tags, t)
	r.p.tags = append(r.p.tags, t)
	_, t.qualifiers = r.markings(e)
	for _, x := range named(e, "tagCategory") {
		r.value(t, x)
	}
	r.selectable(e, t)
}

// typeOf reads tagType and enumType. A type that is none, or missing, has been told.
func (r *reader) typeOf(e *strictxml.Element) (label.Type, bool) {
	tagType, enumType := r.enum(e, "tagType"), r.enum(e, "enumType")
	typ, ok := typeOf(tagType, enumType)
	switch {
	case isDiscard(e):
	case tagType == "enumerated" && enumType == "":
		r.add(enumTypeMissing, e, "tagType enumerated needs an enumType, restrictive or permissive: without it nobody can tell how it decides")
	case tagType != "enumerated" && enumType != "":
		r.add(attributeIdle, e, "enumType has no meaning beside tagType %q: remove it", tagType)
	}
	return typ, ok
}

// selectable refuses limits that no label keeps.
func (r *reader) selectable(e *strictxml.Element, t *Tag) {
	there, typed := 0, false
	for _, v := range t.values {
		there++
		typed = typed || v.isFreeText() && t.typ == label.Informative
	}
	switch {
	case t.max >= 0 && t.min > t.max:
		r.add(selectionImpossible, e, "at least %d values of %q are demanded and at most %d allowed: no label is valid", t.min, t.set.name, t.max)
	case t.min > there && !typed:
		r.add(selectionImpossible, e, "at least %d values of %q are demanded and %d are there: no label is valid", t.min, t.set.name, there)
	}
}

// value reads a tagCategory. One that repeats name and tag of another is a further entry of the same value.
func (r *reader) value(t *Tag, e *strictxml.Element) {
	n := &entry{
		lacv: trimXML(r.text(e, "lacv")), userInput: r.enum(e, "userInput"), dateFormat: r.text(e, "dateFormat"), obsolete: r.bool(e, "obsolete"),
		notBefore: r.time(e, "notBefore"), notAfter: r.time(e, "notAfter"), line: e.Line,
	}
	r.at[n] = e
	name := r.name(e, "name")
	if name == "" || n.lacv == "" {
		r.broken[t.set] = true // told as a missing or empty attribute
		return
	}
	if r.full(e, len(r.p.values)) {
		return
	}
	v := r.valueOf(t, name)
	v.entries = append(v.entries, n)
	r.number(v, n)
	n.markings, n.qualifiers = r.markings(e)
	r.classRef(e, "requiredClass", r.name(e, "requiredClass"), func(c *Class) { n.requiredClass = c })
	for _, x := range e.Children {
		if x.Space == Namespace {
			r.rule(n, x)
		}
	}
}

// valueOf finds or makes the value of that name in the tag.
func (r *reader) valueOf(t *Tag, name string) *Value {
	key := valueKey{t.typ, label.Fold(name)}
	for _, have := range t.set.values[key] {
		if have.tag == t {
			return have
		}
	}
	v := &Value{tag: t, name: name, key: key, number: len(r.p.values)}
	r.p.values = append(r.p.values, v)
	t.values = append(t.values, v)
	t.set.values[key] = append(t.set.values[key], v)
	return v
}

func (r *reader) rule(n *entry, x *strictxml.Element) {
	switch x.Name {
	case "equivalentSecCategoryTag":
		n.equivalents = append(n.equivalents, r.equivalentValue(x))
	case "requiredCategory":
		n.required = append(n.required, r.requirement(x))
	case "excludedCategory":
		i := len(n.excluded)
		n.excluded = append(n.excluded, r.group(x))
		r.later = append(r.later, func() { r.resolveGroup(x, &n.excluded[i]) })
	case "excludedClass":
		r.classRef(x, "excludedClass", cleanName(x.Text), func(c *Class) { n.excludedClass = append(n.excludedClass, c) })
	}
}
