package label

import (
	"fmt"
	"slices"
)

// Same reports that two labels say the same: policy, classification, and the values of each type and tag set, in whatever order and
// spelling. Privacy marks count; what other namespaces add must be equal. Two policies of which nobody can say that they are one are two.
func (i Information) Same(o Information) bool {
	same, err := i.Policy.Same(o.Policy)
	if err != nil || !same || Fold(i.Classification) != Fold(o.Classification) || Fold(i.PrivacyMark) != Fold(o.PrivacyMark) {
		return false
	}
	return slices.Equal(i.values(), o.values()) && slices.Equal(i.added(), o.added())
}

// values lists the values with their type and tag set, sorted, each once.
func (i Information) values() (out []string) {
	for _, c := range i.Categories {
		for _, v := range c.Values {
			out = append(out, fmt.Sprintf("%d %q %q", c.Type, Fold(c.TagName), Fold(v)))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// added lists what other namespaces add.
func (i Information) added() (out []string) {
	for _, x := range i.Extensions {
		out = append(out, x.XML)
	}
	return out
}
