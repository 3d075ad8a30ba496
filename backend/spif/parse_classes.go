package spif

import (
	"cmp"
	"slices"

	"caveat/backend/label"
	"caveat/backend/label/strictxml"
)

func (r *reader) classifications(e *strictxml.Element) {
	r.p.classesName = r.text(e, "name")
	r.p.classesMarkings, r.p.classesQualifiers = r.markings(e)
	for _, x := range named(e, "securityClassification") {
		r.class(x)
	}
	slices.SortStableFunc(r.p.classes, func(a, b *Class) int { return cmp.Compare(a.hierarchy, b.hierarchy) })
	for i, c := range r.p.classes {
		c.number = i
	}
}

func (r *reader) class(e *strictxml.Element) {
	c := &Class{name: r.name(e, "name"), color: r.colour(e), obsolete: r.bool(e, "obsolete"), line: e.Line}
	c.markings, c.qualifiers = r.markings(e)
	r.at[c] = e
	r.unique(e, c)
	r.p.classes = append(r.p.classes, c)
	for _, x := range e.Children {
		switch {
		case x.Space != Namespace:
		case x.Name == "equivalentClassification":
			c.equivalents = append(c.equivalents, r.equivalentClass(x))
		case x.Name == "requiredCategory":
			c.required = append(c.required, r.requirement(x))
		}
	}
}

// colour reads a class's colour; "" when it is none: half a colour could hide a marking.
func (r *reader) colour(e *strictxml.Element) string {
	v := r.enum(e, "color")
	if _, ok := parseColour(v); !ok {
		return ""
	}
	return v
}

// unique reads what must tell a class from the others.
func (r *reader) unique(e *strictxml.Element, c *Class) {
	var ok bool
	if c.lacv, ok = r.int(e, "lacv"); ok {
		if other := r.byLACV[c.lacv]; other != nil {
			r.add(classLACVRepeated, e, "classification %q has the lacv %d of %q: give each its own", c.name, c.lacv, other.name)
		}
		r.byLACV[c.lacv] = c
	}
	if c.hierarchy, ok = r.int(e, "hierarchy"); ok {
		if other := r.byRank[c.hierarchy]; other != nil {
			r.add(classHierarchyRepeated, e, "classification %q has the hierarchy %d of %q: say which of them is more sensitive", c.name, c.hierarchy, other.name)
		}
		r.byRank[c.hierarchy] = c
	}
	if c.name == "" {
		return
	}
	if r.p.classByName[label.Fold(c.name)] != nil {
		r.add(classRepeated, e, "classification %q stands twice: remove one", c.name)
	}
	r.p.classByName[label.Fold(c.name)] = c
}

// classRef ties a reference to a classification once all are known.
func (r *reader) classRef(e *strictxml.Element, what, name string, set func(*Class)) {
	if name == "" {
		return // told as a missing or empty attribute
	}
	r.later = append(r.later, func() {
		c := r.p.classByName[label.Fold(name)]
		if c == nil {
			r.add(classRefDangling, e, "%s %q is no classification of this policy: mend its name, or add the classification", what, name)
			return
		}
		r.spelled(e, what, name, c.name)
		set(c)
	})
}

func (r *reader) privacy(e *strictxml.Element) {
	p := r.p
	p.privacy.min, p.privacy.max = r.limit(e, "minSelection"), r.limit(e, "maxSelection")
	p.privacy.markings, p.privacy.qualifiers = r.markings(e)
	p.privacy.there = true
	r.at[&p.privacy] = e
	seen := map[string]bool{}
	for _, x := range named(e, "privacyMark") {
		m := &PrivacyMark{name: r.name(x, "name"), obsolete: r.bool(x, "obsolete")}
		m.markings, m.qualifiers = r.markings(x)
		if m.name == "" {
			continue // told as a missing attribute; it cannot be chosen
		}
		if seen[label.Fold(m.name)] {
			r.add(privacyMarkRepeated, x, "privacy mark %q stands twice: remove one", m.name)
		}
		seen[label.Fold(m.name)] = true
		p.privacy.marks = append(p.privacy.marks, m)
	}
}
