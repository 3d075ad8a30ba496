package label_test

import (
	"testing"

	"caveat/backend/label"
)

func TestSame(t *testing.T) {
	base := func() label.Information {
		return label.Information{
			Policy: label.PolicyID{Name: "P", URI: "urn:oid:1.2"}, Classification: "SECRET", PrivacyMark: "M",
			Categories: []label.Category{{TagName: "A", Type: label.Restrictive, Values: []string{"x", "y"}}, {TagName: "B", Type: label.Permissive, Values: []string{"z"}}},
			Extensions: []label.Extension{{XML: "<e/>"}},
		}
	}
	for name, c := range map[string]struct {
		change func(*label.Information)
		want   bool
	}{
		"equal":            {func(*label.Information) {}, true},
		"another order":    {func(i *label.Information) { i.Categories[0].Values = []string{"y", "x", "x"} }, true},
		"another spelling": {func(i *label.Information) { i.Classification, i.Categories[0].TagName = "Secret", " a " }, true},
		"categories apart": {func(i *label.Information) {
			i.Categories[0].Values = []string{"x"}
			i.Categories = append(i.Categories, label.Category{TagName: "A", Type: label.Restrictive, Values: []string{"y"}})
		}, true},
		"a category without": {func(i *label.Information) {
			i.Categories = append(i.Categories, label.Category{TagName: "C", Type: label.Restrictive})
		}, true},
		"the policy by URI":  {func(i *label.Information) { i.Policy.URI = "urn:oid:1.3" }, false},
		"the classification": {func(i *label.Information) { i.Classification = "OPEN" }, false},
		"the mark":           {func(i *label.Information) { i.PrivacyMark = "" }, false},
		"a value less":       {func(i *label.Information) { i.Categories[0].Values = []string{"x"} }, false},
		"a value more":       {func(i *label.Information) { i.Categories[0].Values = []string{"x", "y", "z"} }, false},
		"a value moved": {func(i *label.Information) {
			i.Categories[0].Values, i.Categories[1].Values = []string{"x"}, []string{"z", "y"}
		}, false},
		"another type":         {func(i *label.Information) { i.Categories[0].Type = label.Informative }, false},
		"what others add":      {func(i *label.Information) { i.Extensions = nil }, false},
		"what others add, too": {func(i *label.Information) { i.Extensions[0].XML = "<f/>" }, false},
	} {
		t.Run(name, func(t *testing.T) {
			other := base()
			c.change(&other)
			if base().Same(other) != c.want || other.Same(base()) != c.want {
				t.Errorf("%+v: want %v", other, c.want)
			}
		})
	}
}
