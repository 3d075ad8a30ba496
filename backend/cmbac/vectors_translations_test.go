package cmbac_test

import (
	"errors"
	"testing"

	"caveat/backend/cmbac"
	"caveat/backend/label"
	"caveat/backend/spif"
)

type translationVector struct {
	vector
	From   string    `json:"from"`
	To     string    `json:"to"`
	Side   string    `json:"side"` // sender: From's equivalences; recipient: To's, read backwards
	Label  labelForm `json:"label"`
	Expect struct {
		Label labelForm `json:"label"`
		Valid bool      `json:"valid"` // in To
	} `json:"expect"`
	Mended *labelForm `json:"mended"` // the nearest label that is translated: the fault is the only one
}

var translationVectors = vectorKind{
	schema: "caveat_translation_v1", inFile: "translations.json", atLeastSoMany: 65,
	plain: []string{"translated"}, classed: []string{"untranslatable"},
	classes: []string{"policy", "classification", "value", "direction", "number", "choice", "label"},
}

func TestVectorsTranslations(t *testing.T) {
	eachVector(t, translationVectors, func(t *testing.T, v translationVector) {
		from, to := vectorPolicy(t, v.From), vectorPolicy(t, v.To)
		info := v.Label.information(t, from)
		if problems := from.Validate(underPolicy(from, info), spif.Validation{At: now}); spif.Invalid(problems) != (v.Class == "label") {
			t.Errorf("the label to translate: %+v", problems)
		}
		v.check(t, "as it is", from, to, info)
		v.check(t, "other case and order", from, to, respelledLabel(from, info))
		v.check(t, "written and read", from, to, overTheWire(t, info))
		if v.Mended != nil {
			if _, err := v.translate(t, from, to, v.Mended.information(t, from)); err != nil {
				t.Errorf("the mended label: %v", err)
			}
		}
	})
}

func (v translationVector) translate(t *testing.T, from, to *spif.Policy, info label.Information) (label.Information, error) {
	t.Helper()
	switch v.Side {
	case "sender":
		return from.TranslateTo(to, underPolicy(from, info))
	case "recipient":
		return to.TranslateFrom(from, underPolicy(from, info))
	}
	t.Fatalf("side %q", v.Side)
	return label.Information{}, nil
}

func (v translationVector) check(t *testing.T, how string, from, to *spif.Policy, info label.Information) {
	t.Helper()
	got, err := v.translate(t, from, to, info)
	if v.Result == "untranslatable" {
		if !errors.Is(err, spif.ErrNoTranslation) || got.Classification != "" || len(got.Categories) > 0 {
			t.Errorf("%s: %+v, %v", how, got, err)
		}
		return
	}
	if err != nil {
		t.Errorf("%s: %v", how, err)
		return
	}
	if has, want := showLabel(to, got), showLabel(to, v.Expect.Label.information(t, to)); has != want || got.Policy != to.PolicyID() {
		t.Errorf("%s: %s, want %s", how, has, want)
	}
	l := underPolicy(to, overTheWire(t, got))
	problems := to.Validate(l, spif.Validation{At: now})
	if spif.Invalid(problems) == v.Expect.Valid {
		t.Errorf("%s: valid there must be %v: %+v", how, v.Expect.Valid, problems)
	}
	// Who holds just what the translated label says gets it; who holds nothing does not.
	full, _ := to.Clearance(label.Clearance{Classifications: []string{got.Classification}, Categories: got.Categories})
	none, _ := to.Clearance(label.Clearance{})
	if cmbac.Decide(to, l, full, cmbac.Membership) != cmbac.Permit || cmbac.Decide(to, l, none, cmbac.Hierarchical) != cmbac.Deny {
		t.Errorf("%s: the translated label is decided wrongly", how)
	}
}
