package spif

import (
	"slices"
	"strings"

	"caveat/backend/label/strictxml"
)

const (
	signatureNamespace = "http://www.w3.org/2000/09/xmldsig#"
	instanceNamespace  = "http://www.w3.org/2001/XMLSchema-instance"
)

// identify says whether the root is that of a SPIF that can be read at all. The schema version comes first: the elements of
// another version are not judged by this one.
func (r *report) identify(root *strictxml.Element) bool {
	version, _ := root.Attr("schemaVersion")
	isSPIF := root.Name == "SPIF" && root.Space == Namespace
	looksLikeOne := root.Name == "SPIF" && strings.Contains(root.Space, "spif")
	switch {
	case (isSPIF || looksLikeOne) && strings.HasPrefix(version, "3."):
		r.add(schemaVersion, root, "schema version %q is not read: SPIF 3 has other elements; ask for the policy in schema version 2.1", version)
	case looksLikeOne && !isSPIF:
		r.add(namespaceMisspelt, root, "the namespace %q is not that of SPIF documents; it must be %q, letter by letter", root.Space, Namespace)
	case !isSPIF:
		r.add(notSPIF, root, "the root element is %q of namespace %q, not SPIF of namespace %q", root.Name, root.Space, Namespace)
	case version != "1.0" && version != "2.0" && version != "2.1":
		r.add(schemaVersion, root, "schema version %q is not known: 1.0, 2.0 and 2.1 are", version)
	default:
		return true
	}
	return false
}

// isSignature tells an enveloped XML signature. The schema has no place for one but extensions; published policies have it
// below the root all the same.
func isSignature(e *strictxml.Element) bool {
	return e.Space == signatureNamespace && e.Name == "Signature"
}

// check holds an element and everything below it to the schema.
func (r *report) check(e *strictxml.Element, t *elementType) {
	r.checkAttributes(e, t)
	if t.open {
		r.checkOpen(e, t)
		return
	}
	r.checkText(e, t)
	places := make([]int, 0, len(e.Children))
	for _, c := range e.Children {
		if t == spifElement && isSignature(c) {
			places = append(places, -1)
			continue
		}
		i := -1
		if c.Space == Namespace {
			i = slices.IndexFunc(t.children, func(k child) bool { return k.of.name == c.Name })
		}
		places = append(places, i)
		if i < 0 {
			r.unknownElement(c, t)
			continue
		}
		r.check(c, t.children[i].of)
	}
	r.checkChildren(e, t, places)
}

func (r *report) unknownElement(c *strictxml.Element, t *elementType) {
	switch {
	case c.Space == "":
		r.add(elementUnknown, c, "element %q is not in the SPIF namespace: give it the prefix that its neighbours have", c.Name)
	case c.Space != Namespace:
		r.add(elementUnknown, c, "element %q of namespace %q may stand in extensions only: move it there", c.Name, c.Space)
	default:
		r.add(elementUnknown, c, "element %q is not known in %s: remove it, or ask for a policy in schema version 2.1", c.Name, t.name)
	}
}

func (r *report) checkOpen(e *strictxml.Element, t *elementType) {
	if !strictxml.Blank(e.Text) || t == updateInfoElement && len(e.Children) > 0 {
		r.add(contentIgnored, e, "%s has content that means nothing here: remove it", t.name)
	}
}

func (r *report) checkText(e *strictxml.Element, t *elementType) {
	if !t.hasText {
		if !strictxml.Blank(e.Text) {
			r.add(textUnexpected, e, "text between the elements of %s: remove it", t.name)
		}
		return
	}
	if !t.text.accepts(e.Text) {
		r.add(attributeValue, e, "the text of %s is %q; it must be %s", t.name, e.Text, t.text.name)
	} else if t.text.spaced(e.Text) {
		r.add(whiteSpace, e, "white space around the text of %s, or doubled in it: remove it", t.name)
	}
}

// checkChildren looks at how often and in which order children stand; places tells for each child which of t.children it is.
func (r *report) checkChildren(e *strictxml.Element, t *elementType, places []int) {
	var seen [16]int
	sorted := true
	last := 0
	for i, p := range places {
		if p < 0 {
			continue
		}
		if seen[p]++; seen[p] == 2 && t.children[p].once {
			r.add(elementRepeated, e.Children[i], "%s stands twice in %s: two readers may take different ones; leave one", t.children[p].of.name, t.name)
		}
		sorted, last = sorted && p >= last, p
	}
	for i, k := range t.children {
		switch {
		case seen[i] >= k.min:
		case k.lenient:
			r.add(elementAbsent, e, "%s has no %s: remove it, or say what is meant", t.name, k.of.name)
		default:
			r.add(elementMissing, e, "%s has no %s: add it", t.name, k.of.name)
		}
	}
	if r.all && !sorted {
		r.checkOrder(e, t, places)
	}
}

// checkOrder names the fewest children that stand in the wrong place, each kind once.
func (r *report) checkOrder(e *strictxml.Element, t *elementType, places []int) {
	var kept []int
	for i, p := range places {
		if p >= 0 {
			kept = append(kept, i)
		}
	}
	inOrder := longestRise(kept, func(i int) int { return places[i] })
	var told [16]bool
	for _, i := range kept {
		if p := places[i]; !inOrder[i] && !told[p] {
			told[p] = true
			r.add(elementOrder, e.Children[i], "%s stands in the wrong place of %s; the schema's order is %s", e.Children[i].Name, t.name, t.order())
		}
	}
}

func (t *elementType) order() string {
	names := make([]string, len(t.children))
	for i, k := range t.children {
		names[i] = k.of.name
	}
	return strings.Join(names, ", ")
}

// longestRise finds the members of a longest part of the list whose keys never fall, by patience sorting.
func longestRise[T comparable](list []T, key func(T) int) map[T]bool {
	var piles []int // index in list of the top of each pile
	before := make([]int, len(list))
	for i, x := range list {
		// The first pile whose top is greater: equal keys follow one another.
		at, _ := slices.BinarySearchFunc(piles, key(x), func(top, k int) int {
			if key(list[top]) <= k {
				return -1
			}
			return 1
		})
		before[i] = -1
		if at > 0 {
			before[i] = piles[at-1]
		}
		if at == len(piles) {
			piles = append(piles, i)
		} else {
			piles[at] = i
		}
	}
	out := map[T]bool{}
	if len(piles) > 0 {
		for i := piles[len(piles)-1]; i >= 0; i = before[i] {
			out[list[i]] = true
		}
	}
	return out
}

func (r *report) checkAttributes(e *strictxml.Element, t *elementType) {
	for _, a := range e.Attrs {
		r.checkAttribute(e, t, a)
	}
	for _, k := range t.attrs {
		if !k.required {
			continue
		}
		if _, ok := e.Attr(k.name); ok {
			continue
		}
		if k.isLenient(e) {
			r.add(attributeAbsent, e, "%s has no %s: add it", t.name, k.name)
		} else {
			r.add(attributeMissing, e, "%s has no %s: add it", t.name, k.name)
		}
	}
}

// isLenient reports whether what is wrong with the attribute is a warning.
func (k attribute) isLenient(e *strictxml.Element) bool { return k.lenient || k.moot && isDiscard(e) }

func isDiscard(e *strictxml.Element) bool {
	v, _ := e.Attr("action")
	return trimXML(v) == "discard"
}

func (r *report) checkAttribute(e *strictxml.Element, t *elementType, a strictxml.Attr) {
	if a.Space != "" {
		r.checkForeign(e, t, a)
		return
	}
	i := slices.IndexFunc(t.attrs, func(k attribute) bool { return k.name == a.Name })
	switch {
	case i < 0 && t.shows:
		r.add(attributeExtra, e, "%s has no attribute %q in the schema; it is passed over: remove it", t.name, a.Name)
	case i < 0:
		r.add(attributeUnknown, e, "%s has no attribute %q in the schema: mend its spelling or remove it", t.name, a.Name)
	default:
		r.checkValue(e, t, t.attrs[i], a.Value)
	}
}

func (r *report) checkValue(e *strictxml.Element, t *elementType, k attribute, value string) {
	switch {
	case k.typ.accepts(value):
		if k.typ.spaced(value) {
			r.add(whiteSpace, e, "white space around %s of %s, or doubled in it: remove it", k.name, t.name)
		}
	case k.isLenient(e):
		r.add(attributeForm, e, "%s of %s is %q; it must be %s", k.name, t.name, value, k.typ.name)
	default:
		r.add(attributeValue, e, "%s of %s is %q; it must be %s", k.name, t.name, value, k.typ.name)
	}
}

// checkForeign judges an attribute of a namespace. Those of the schema have none: with the SPIF prefix one would be passed
// over by whoever looks for it without, and read by others.
func (r *report) checkForeign(e *strictxml.Element, t *elementType, a strictxml.Attr) {
	switch {
	case a.Space == instanceNamespace:
	case a.Space == Namespace:
		r.add(attributeUnknown, e, "attribute %q of %s has the namespace of SPIF: write it without a prefix", a.Name, t.name)
	case t.closed:
		r.add(attributeExtra, e, "%s must not have attributes of another namespace, such as %q: remove it", t.name, a.Name)
	}
}
