package installation_test

import (
	"errors"
	"strings"
	"testing"

	"caveat/backend/installation"
)

var releasable = map[string][]string{"Releasable To": {"BOR"}}

func withDefault(t testing.TB, all ...installation.DefaultLabelFile) installation.File {
	f := valid(t)
	f.DefaultLabels = all
	return f
}

func TestRule20DefaultLabels(t *testing.T) {
	open := installation.DefaultLabelFile{Domain: "Old.BOR.example", Policy: "TESTLAND", Classification: "open", Categories: releasable}
	in := mustLoad(t, withDefault(t, open))
	l, ok := in.DefaultLabelOf("Somebody@old.bor.EXAMPLE")
	if !ok || l.Label.Classification != "OPEN" || len(l.Label.Categories) != 1 || l.Label.Policy.Name != "TESTLAND" || l.Domain != "old.bor.example" {
		t.Fatalf("%+v", l)
	}
	for _, address := range []string{"a@bor.example", "a@x.old.bor.example", "old.bor.example", "a@old.bor.example@atl.example", "", "a@"} {
		if l, ok := in.DefaultLabelOf(address); ok {
			t.Errorf("%q has the default label %+v", address, l)
		}
	}
	// The same in XML.
	xml := installation.DefaultLabelFile{Domain: "old.bor.example", XML: string(l.Label.Marshal())}
	again, ok := mustLoad(t, withDefault(t, xml)).DefaultLabelOf("a@old.bor.example")
	if !ok || again.Label.Classification != "OPEN" || len(again.Label.Categories) != 1 {
		t.Errorf("%+v", again)
	}
}

// RULES 4, 5, 20: a label with a slip would be assumed of others' mail, so that it is held to the policy.
func TestRule20WrongDefaultLabels(t *testing.T) {
	good := installation.DefaultLabelFile{Domain: "bor.example", Policy: "TESTLAND", Classification: "OPEN", Categories: releasable}
	for name, c := range map[string]struct {
		change func(*installation.DefaultLabelFile)
		says   string
	}{
		"no domain":                      {func(d *installation.DefaultLabelFile) { d.Domain = "" }, "domain of its own"},
		"an address":                     {func(d *installation.DefaultLabelFile) { d.Domain = "a@bor.example" }, "domain of its own"},
		"an unknown policy":              {func(d *installation.DefaultLabelFile) { d.Policy = "OTHER" }, "OTHER"},
		"an unknown classification":      {func(d *installation.DefaultLabelFile) { d.Classification = "OPNE" }, "OPNE"},
		"no classification":              {func(d *installation.DefaultLabelFile) { d.Classification = "" }, "classification"},
		"an unknown tag set":             {func(d *installation.DefaultLabelFile) { d.Categories = map[string][]string{"Nobody": {"BOR"}} }, "Nobody"},
		"an unknown value":               {func(d *installation.DefaultLabelFile) { d.Categories = map[string][]string{"Releasable To": {"XXX"}} }, "XXX"},
		"a tag set without a value":      {func(d *installation.DefaultLabelFile) { d.Categories = map[string][]string{"Releasable To": {}} }, "without a value"},
		"without a tag set that must be": {func(d *installation.DefaultLabelFile) { d.Categories = nil }, "Releasable To"},
		"xml that is no label": {func(d *installation.DefaultLabelFile) {
			*d = installation.DefaultLabelFile{Domain: "bor.example", XML: "<x/>"}
		}, "label"},
		"xml beside names": {func(d *installation.DefaultLabelFile) { d.XML = "<x/>" }, "xml stands alone"},
	} {
		t.Run(name, func(t *testing.T) {
			d := good
			c.change(&d)
			in, err := load(t, withDefault(t, d))
			if !errors.Is(err, installation.ErrInvalid) || !strings.Contains(err.Error(), c.says) || in != nil {
				t.Fatalf("%v; want one that says %q", err, c.says)
			}
		})
	}
	twice := good
	twice.Domain = "BOR.example"
	if _, err := load(t, withDefault(t, good, twice)); !errors.Is(err, installation.ErrInvalid) {
		t.Errorf("twice: %v", err)
	}
	// What the policy has outlived is told, and stops nothing.
	old := good
	old.Classification = "GUARDED"
	if in := mustLoad(t, withDefault(t, old)); len(in.Warnings) != 1 || !strings.Contains(in.Warnings[0], `default_label of "bor.example"`) {
		t.Errorf("%q", in.Warnings)
	}
}
