package spiftest

import (
	"slices"
	"strings"
	"time"

	"caveat/backend/label"
	"caveat/backend/label/strictxml"
)

// value is one value of a label and what it stands for in the policy.
type value struct {
	set    *strictxml.Element
	typ    label.Type
	text   string
	places []place // none: the policy does not know it
}

// place is a tag that has the value, with every tagCategory that may define it there: NATO's Context "NATO" is written
// twice.
type place struct {
	tag     *strictxml.Element
	entries []*strictxml.Element
	typed   bool // free text for a tagCategory with userInput
}

// values is every value of a list of categories, in order. Unknown ones have no places.
func (r Reference) values(categories []label.Category) []value {
	var out []value
	for _, c := range categories {
		set := r.setOf(c)
		for _, text := range c.Values {
			out = append(out, value{set: set, typ: c.Type, text: text, places: r.places(set, c.Type, text)})
		}
	}
	return out
}

// setOf is the tag set of a category, nil where the policy has none of that name or the URI is another one's.
func (r Reference) setOf(c label.Category) *strictxml.Element {
	set := r.set(c.TagName)
	if set == nil || c.URI != "" && c.URI != "urn:oid:"+attr(set, "id") {
		return nil
	}
	return set
}

// places looks a value's name up in every tag of the tag set and type, and takes it for free text only where it is
// nowhere.
func (r Reference) places(set *strictxml.Element, typ label.Type, text string) []place {
	if set == nil {
		return nil
	}
	var out []place
	for _, tag := range children(set, "securityCategoryTag") {
		if typeOf(tag) != typ {
			continue
		}
		if entries := r.named(tag, text); len(entries) > 0 {
			out = append(out, place{tag: tag, entries: entries})
		}
	}
	if len(out) == 0 && typ == label.Informative {
		out = typedPlaces(set, text)
	}
	return out
}

// named are the tagCategories of that name. The name of one with userInput is a title, not a value.
func (r Reference) named(tag *strictxml.Element, text string) []*strictxml.Element {
	text = r.fold(text)
	var out []*strictxml.Element
	for _, e := range children(tag, "tagCategory") {
		if !has(e, "userInput") && r.fold(attr(e, "name")) == text {
			out = append(out, e)
		}
	}
	return out
}

// typedPlaces are the informative tags that take the text as user input; where its form fits none, all that take any.
func typedPlaces(set *strictxml.Element, text string) []place {
	var fitting, all []place
	for _, tag := range children(set, "securityCategoryTag") {
		if typeOf(tag) != label.Informative {
			continue
		}
		var fit, any []*strictxml.Element
		for _, e := range children(tag, "tagCategory") {
			if !has(e, "userInput") {
				continue
			}
			any = append(any, e)
			if fitsInput(e, text) {
				fit = append(fit, e)
			}
		}
		if len(fit) > 0 {
			fitting = append(fitting, place{tag: tag, entries: fit, typed: true})
		}
		if len(any) > 0 {
			all = append(all, place{tag: tag, entries: any, typed: true})
		}
	}
	if len(fitting) > 0 {
		return fitting
	}
	return all
}

// fitsInput reports whether a text has the form that a tagCategory with userInput asks for: any string, an unsigned
// integer, or a date of the given form (YYYY-MM-DD when none is given).
func fitsInput(e *strictxml.Element, text string) bool {
	text = strictxml.Collapse(text)
	switch attr(e, "userInput") {
	case "string":
		return text != ""
	case "integer":
		return text != "" && strings.Trim(text, "0123456789") == ""
	case "date":
		form := map[string]string{"": "2006-01-02", "YYYY-MM-DD": "2006-01-02", "YYYYMMDD": "20060102"}[attr(e, "dateFormat")]
		_, err := time.Parse(form, text)
		return form != "" && err == nil
	}
	return false
}

// sameValue reports whether two values of labels or clearances are one: same tag set, type and name.
func (r Reference) sameValue(a, b value) bool {
	return a.set == b.set && a.typ == b.typ && r.same(a.text, b.text)
}

// typedFor reports whether a value is free text for that tagCategory: two texts of it are two values, and of one kind.
func typedFor(e *strictxml.Element, v value) bool {
	for _, p := range v.places {
		if p.typed && slices.Contains(p.entries, e) {
			return true
		}
	}
	return false
}

// speaksOf reports whether a categoryGroup or excludedCategory of this policy means the value: its tag set, the type of
// the tag as the policy writes it, and its lacv or any.
func (r Reference) speaksOf(group *strictxml.Element, v value) bool {
	if v.set == nil || attr(group, "tagSetRef") != attr(v.set, "name") {
		return false
	}
	for _, p := range v.places {
		if !sameKind(group, p.tag) {
			continue
		}
		if truth(group, "all") {
			return true
		}
		for _, e := range p.entries {
			if sameLACV(attr(group, "lacv"), attr(e, "lacv")) {
				return true
			}
		}
	}
	return false
}

// sameKind compares the tagType, and the enumType of enumerated ones, of a reference with those of a tag.
func sameKind(reference, tag *strictxml.Element) bool {
	if attr(reference, "tagType") != attr(tag, "tagType") {
		return false
	}
	return attr(tag, "tagType") != "enumerated" || attr(reference, "enumType") == attr(tag, "enumType")
}
