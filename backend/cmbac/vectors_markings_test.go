package cmbac_test

import (
	"testing"

	"caveat/backend/spif"
)

type markingVector struct {
	vector
	Policy    string    `json:"policy"`
	Language  string    `json:"language"`
	Placement string    `json:"placement"`
	Label     labelForm `json:"label"`
	Expect    struct {
		Marking string `json:"marking"`
	} `json:"expect"`
}

var markingVectors = vectorKind{
	schema: "caveat_marking_v1", inFile: "markings.json", atLeastSoMany: 80, plain: []string{"marked", "empty"},
}

func TestVectorsMarkings(t *testing.T) {
	places := map[string]bool{}
	eachVector(t, markingVectors, func(t *testing.T, v markingVector) {
		if v.Language == "" || !spif.IsPlacement(v.Placement) || (v.Result == "empty") != (v.Expect.Marking == "") {
			t.Fatalf("language %q, placement %q, %s %q", v.Language, v.Placement, v.Result, v.Expect.Marking)
		}
		places[v.Placement] = true
		p := vectorPolicy(t, v.Policy)
		info := v.Label.information(t, p)
		l := underPolicy(p, info)
		if problems := p.Validate(l, spif.Validation{At: now}); spif.Invalid(problems) {
			t.Errorf("the label is not valid: %+v", problems)
		}
		for name, x := range map[string]spif.Label{"as it is": l, "other case and order": underPolicy(p, respelledLabel(p, info)),
			"written and read": underPolicy(p, overTheWire(t, info))} {
			if got := p.Mark(x, v.Language, spif.Placement(v.Placement)); got != v.Expect.Marking {
				t.Errorf("%s: %q, want %q", name, got, v.Expect.Marking)
			}
		}
	})
	if len(places) < 11 {
		t.Errorf("only %d placements are in the vectors", len(places))
	}
}
