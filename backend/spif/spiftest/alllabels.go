package spiftest

import (
	"fmt"
	"iter"
	"slices"

	"caveat/backend/label"
	"caveat/backend/label/strictxml"
)

// MaxAll is how many values a policy may have for AllLabels.
const MaxAll = 14

// Named is every value that a label can carry by name, each as a category of its own: by tag set, type and name, in the
// order of the document. Free text is not among them.
func (r Reference) Named() []label.Category {
	var out []label.Category
	for _, set := range r.sets() {
		for _, tag := range children(set, "securityCategoryTag") {
			for _, e := range children(tag, "tagCategory") {
				if has(e, "userInput") {
					continue
				}
				c := category(set, typeOf(tag), attr(e, "name"))
				if !slices.ContainsFunc(out, func(o label.Category) bool {
					return o.TagName == c.TagName && o.Type == c.Type && r.same(o.Values[0], c.Values[0])
				}) {
					out = append(out, c)
				}
			}
		}
	}
	return out
}

// category is some values of a tag set, named as labels name it.
func category(set *strictxml.Element, typ label.Type, values ...string) label.Category {
	return label.Category{TagName: attr(set, "name"), Type: typ, URI: "urn:oid:" + attr(set, "id"), Values: values}
}

// Classes is the name of every classification, in the order of the document.
func (r Reference) Classes() []string {
	var out []string
	for _, c := range r.classes() {
		out = append(out, attr(c, "name"))
	}
	return out
}

// AllLabels goes through every label of a small policy: each classification with each subset of the named values, valid or
// not, without privacy mark and free text. It panics for a policy of more than MaxAll values, whose labels nobody waits for.
func (r Reference) AllLabels() iter.Seq[label.Information] {
	named := r.Named()
	if len(named) > MaxAll {
		panic(fmt.Sprintf("spiftest: internal error: %d values make too many labels", len(named)))
	}
	return func(yield func(label.Information) bool) {
		for _, class := range r.Classes() {
			for subset := range 1 << len(named) {
				var chosen []label.Category
				for i, v := range named {
					if subset>>i&1 == 1 {
						chosen = append(chosen, v)
					}
				}
				if !yield(label.Information{Policy: r.PolicyID(), Classification: class, Categories: Gather(chosen)}) {
					return
				}
			}
		}
	}
}

// Gather joins categories of one tag set and type into one, each value once, in the order in which they come.
func Gather(categories []label.Category) []label.Category {
	var out []label.Category
	for _, c := range categories {
		i := slices.IndexFunc(out, func(o label.Category) bool { return o.TagName == c.TagName && o.Type == c.Type && o.URI == c.URI })
		if i < 0 {
			out = append(out, label.Category{TagName: c.TagName, Type: c.Type, URI: c.URI})
			i = len(out) - 1
		}
		for _, v := range c.Values {
			if !slices.Contains(out[i].Values, v) {
				out[i].Values = append(out[i].Values, v)
			}
		}
	}
	return out
}
