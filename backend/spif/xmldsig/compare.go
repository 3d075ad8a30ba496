package xmldsig

import (
	"cmp"
	"slices"

	"caveat/backend/label/strictxml"
)

// differs says where two documents differ in what a reader of elements, attributes and text sees; "" when they do not. Of the read one
// the signature is left out: it cannot be part of what it signs.
func differs(read, signed, without *strictxml.Element) string {
	if read.Space != signed.Space || read.Name != signed.Name || read.Text != signed.Text || !slices.Equal(attributes(read), attributes(signed)) {
		return read.Path()
	}
	rest := slices.DeleteFunc(slices.Clone(read.Children), func(e *strictxml.Element) bool { return e == without })
	if len(rest) != len(signed.Children) {
		return read.Path()
	}
	for i, c := range rest {
		if where := differs(c, signed.Children[i], without); where != "" {
			return where
		}
	}
	return ""
}

func attributes(e *strictxml.Element) []strictxml.Attr {
	out := slices.Clone(e.Attrs)
	slices.SortFunc(out, func(a, b strictxml.Attr) int {
		return cmp.Or(cmp.Compare(a.Space, b.Space), cmp.Compare(a.Name, b.Name))
	})
	return out
}
