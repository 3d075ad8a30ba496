package spif

import (
	"cmp"
	"slices"
	"time"

	"caveat/backend/label"
	"caveat/backend/label/strictxml"
)

// linter looks for what takes the whole policy to see. It gives warnings and notes only: what is an error, Parse must see too.
type linter struct {
	*reader
	now  time.Time // zero: unknown
	work int       // steps of looking for what rules demand, see maxWork
}

func (l *linter) run() {
	l.document()
	l.classes()
	for _, s := range l.p.sets {
		l.tagSet(s)
		l.context(s)
	}
	for _, t := range l.p.tags {
		l.tag(t)
	}
	for _, v := range l.p.values {
		l.value(v)
	}
	l.privacySelection()
	l.requirements()
	l.equivalences()
	l.markings()
	l.usable()
}

func (l *linter) document() {
	p := l.p
	if !p.signed {
		l.add(unsigned, l.root, "the policy is not signed: whoever puts it into force must know where it comes from")
	}
	if !l.now.IsZero() && !p.InForce(l.now) && !isReversed(p.notBefore, p.notAfter) {
		l.add(policyNotInForce, l.root, "the policy is not in force at %s, so that no label is valid: get the edition of that time", l.now.UTC().Format(time.RFC3339))
	}
	d := p.defaultPolicy
	if d == nil || d.id == p.id || label.Fold(d.name) == label.Fold(p.name) {
		return
	}
	for _, c := range p.classes {
		for _, e := range c.equivalents {
			if e.policyRef == d.name && e.applied != "encrypt" {
				return
			}
		}
	}
	l.add(defaultPolicyUnmapped, l.at[d], "unlabelled data counts as policy %q, and no classification here answers to one of that policy on reception", d.name)
}

func (l *linter) classes() {
	classes := l.p.classes
	// An order that the numbers do not follow is told once for each classification that stands out of it.
	inOrder := longestRise(classes, func(c *Class) int { return c.lacv })
	colours := map[uint32]*Class{}
	obsolete := true
	for _, c := range classes {
		obsolete = obsolete && c.obsolete
		if !inOrder[c] && l.first == nil { // a lacv that could not be read is 0
			l.add(classLACVOrder, l.at[c], "the lacv %d of %q is out of the order of hierarchy: who compares lacv takes it for more or less sensitive than it is", c.lacv, c.name)
		}
		rgb, ok := parseColour(c.color)
		if other := colours[rgb]; ok && other != nil {
			l.add(colourRepeated, l.at[c], "classification %q has the colour of %q: people tell them apart by it; give each its own", c.name, other.name)
		} else if ok {
			colours[rgb] = c
		}
	}
	if obsolete && len(classes) > 0 {
		l.add(allObsolete, l.root, "all classifications are obsolete: no new label can be made")
	}
}

// tagSet tells what names and numbers of the set's values have in common.
func (l *linter) tagSet(s *TagSet) {
	names := map[string]*Value{}
	told := map[numberKey]bool{}
	encoding := ""
	for _, t := range s.tags {
		if t.tag7Encoding != "" && encoding != "" && t.tag7Encoding != encoding {
			l.add(tag7EncodingMixed, l.at[t], "tag7Encoding is %s here and %s before in %q: a tag set has one; mend it", t.tag7Encoding, encoding, s.name)
		}
		encoding = cmp.Or(encoding, t.tag7Encoding)
		for _, v := range t.values {
			if first := names[label.Fold(v.name)]; first != nil {
				l.add(nameShared, l.at[v.entries[0]], "the name %q stands in several tags of %q (%s and %s): a label must say the type, and all tags of that type are meant",
					v.name, s.name, first.tag.typ, t.typ)
			} else {
				names[label.Fold(v.name)] = v
			}
			for _, n := range v.entries {
				if key := (numberKey{t.typ, lacvKey(n.lacv)}); !told[key] && len(s.numbers[key]) > 1 {
					told[key] = true
					l.shared(s, key)
				}
			}
		}
	}
}

// shared tells of a number that several names have, where the second of them stands.
func (l *linter) shared(s *TagSet, key numberKey) {
	values := distinctNames(s.numbers[key])
	if len(values) < 2 {
		return
	}
	for _, n := range values[1].entries {
		if lacvKey(n.lacv) == key.lacv {
			l.add(lacvShared, l.at[n], "lacv %s of %q is shared by %s: ASN.1 labels, groups and equivalences cannot tell them apart",
				n.lacv, s.name, listed(values, (*Value).Name))
			return
		}
	}
}

// distinctNames leaves one value of each name.
func distinctNames(values []*Value) []*Value {
	var out []*Value
	seen := map[string]bool{}
	for _, v := range values {
		if key := label.Fold(v.name); !seen[key] {
			seen[key] = true
			out = append(out, v)
		}
	}
	return out
}

// context tells that labels may leave out the set that says whose they are: without it a label has the widest audience.
func (l *linter) context(s *TagSet) {
	decides := slices.ContainsFunc(s.tags, func(t *Tag) bool { return t.typ != label.Informative })
	demanded := slices.ContainsFunc(s.tags, func(t *Tag) bool { return t.min > 0 })
	if label.Fold(s.name) != "context" || !decides || demanded {
		return
	}
	var without []*Class
	for _, c := range l.p.classes {
		if !slices.ContainsFunc(c.required, func(q requirement) bool { return q.demands(s.name) }) {
			without = append(without, c)
		}
	}
	if len(without) > 0 {
		l.add(contextNotRequired, l.at[s], "a label need not have a %q with %s, and without one its audience is the widest: require the tag set in the installation",
			s.name, listed(without, (*Class).Name))
	}
}

// demands reports whether meeting the requirement always takes a value of the tag set.
func (q requirement) demands(set string) bool {
	is := func(g group) bool { return g.set == set }
	if q.operation == "all" {
		return slices.ContainsFunc(q.groups, is)
	}
	return !slices.ContainsFunc(q.groups, func(g group) bool { return !is(g) })
}

func (l *linter) tag(t *Tag) {
	e := l.at[t]
	switch {
	case t.tagType == "tagType7" && t.tag7Encoding == "":
		l.add(tag7EncodingAbsent, e, "the tag has no tag7Encoding: its values cannot be written in ASN.1 labels; add bitSetAttributes or securityAttributes")
	case t.tagType != "tagType7" && t.tag7Encoding != "":
		l.add(attributeIdle, e, "tag7Encoding has no meaning beside tagType %q: remove it", t.tagType)
	}
	if len(t.values) > 0 && !slices.ContainsFunc(t.values, func(v *Value) bool { return !v.IsObsolete() }) {
		l.add(allObsolete, e, "all values of a tag of %q are obsolete: no new label can have one", t.set.name)
	}
}

func (l *linter) value(v *Value) {
	inForce := l.now.IsZero()
	for i, n := range v.entries {
		e := l.at[n]
		l.entry(v, n, e)
		switch lacv := v.entries[0].lacv; {
		case i > 0 && !sameLACV(n.lacv, lacv):
			l.add(valueLACVs, e, "%q of %q stands with lacv %s here and %s before, and is one value for labels: a group by either means both; leave one", v.name, v.tag.set.name, n.lacv, lacv)
		case i > 0:
			l.add(valueRepeated, e, "%q of %q stood before with the same lacv: a label may have it when one of its %d entries fits", v.name, v.tag.set.name, len(v.entries))
		}
		inForce = inForce || within(l.now, n.notBefore, n.notAfter) || isReversed(n.notBefore, n.notAfter)
	}
	if !inForce {
		l.add(valueNotInForce, l.at[v.entries[0]], "%q of %q is not in force at %s: labels with it are invalid", v.name, v.tag.set.name, l.now.UTC().Format(time.RFC3339))
	}
}

func (l *linter) entry(v *Value, n *entry, e *strictxml.Element) {
	if isReversed(n.notBefore, n.notAfter) {
		l.add(valueNeverValid, e, "%q ends (notAfter) before it begins (notBefore): no label can have it; mend the dates", v.name)
	}
	if n.userInput != "" && v.tag.typ != label.Informative {
		l.add(userInputDecides, e, "text can be typed for %q, and its tag decides access: a typed text is never held by anybody, and no such label is valid", v.name)
	}
	switch {
	case n.dateFormat != "" && n.userInput != "date":
		l.add(attributeIdle, e, "dateFormat has no meaning without userInput=\"date\": remove it")
	case n.userInput == "date" && !isDateFormat(n.dateFormat):
		l.add(dateFormat, e, "by dateFormat %q no date can be typed: write it as in YYYY-MM-DD", n.dateFormat)
	}
}

// isDateFormat reports whether a date written by the format is read back as the same day.
func isDateFormat(format string) bool {
	day := time.Date(2031, 12, 24, 0, 0, 0, 0, time.UTC)
	layout := dateLayout(format)
	got, err := time.Parse(layout, day.Format(layout))
	return err == nil && got.Equal(day)
}

func (l *linter) privacySelection() {
	p := &l.p.privacy
	if p.there && (p.max >= 0 && p.min > p.max || p.min > len(p.marks)) {
		l.add(privacySelection, l.at[p], "at least %d privacy marks are demanded, %d are there: mend minSelection or maxSelection", p.min, len(p.marks))
	}
}
