package cmbac_test

import (
	"errors"
	"slices"
	"testing"

	"caveat/backend/cmbac"
	"caveat/backend/label"
	"caveat/backend/spif"
)

// orderVector asks whether A is at least as restrictive as B, or for the dominant label of Labels.
type orderVector struct {
	vector
	Policy  string       `json:"policy"`
	BPolicy string       `json:"bPolicy"` // empty: Policy
	A       *labelForm   `json:"a"`
	B       *labelForm   `json:"b"`
	Labels  *[]labelForm `json:"labels"`
	Expect  struct {
		Looser []reasonForm `json:"looser"`
		Label  labelForm    `json:"label"`
	} `json:"expect"`
}

var orderVectors = vectorKind{
	schema: "caveat_order_v1", inFile: "order.json", atLeastSoMany: 45,
	plain: []string{"at-least", "not", "dominant"}, classed: []string{"decision"}, classes: []string{"rule", "policy", "label", "absent"},
}

func TestVectorsOrder(t *testing.T) {
	eachVector(t, orderVectors, func(t *testing.T, v orderVector) {
		isOrder := v.Result == "at-least" || v.Result == "not"
		if isOrder != (v.A != nil) || isOrder != (v.B != nil) || isOrder == (v.Labels != nil) {
			t.Fatal("a vector has a and b, or labels")
		}
		p := vectorPolicy(t, v.Policy)
		if isOrder {
			v.checkOrder(t, p)
		} else {
			v.checkDominant(t, p)
		}
	})
}

func (v orderVector) checkOrder(t *testing.T, p *spif.Policy) {
	t.Helper()
	q := p // of b
	if v.BPolicy != "" {
		q = vectorPolicy(t, v.BPolicy)
	}
	infoA, infoB := v.A.information(t, p), v.B.information(t, q)
	v.checkPair(t, "as it is", underPolicy(p, infoA), underPolicy(q, infoB))
	v.checkPair(t, "other case and order", underPolicy(p, respelledLabel(p, infoA)), underPolicy(q, respelledLabel(q, infoB)))
	if v.Result == "at-least" {
		checkWhoGetsMoreGetsLess(t, p, underPolicy(p, infoA), underPolicy(p, infoB))
	}
	if slices.Contains(v.Flags, "Partial") && spif.AtLeastAsRestrictive(underPolicy(q, infoB), underPolicy(p, infoA)) {
		t.Error("it is partial, and the other way round there is an order")
	}
}

func (v orderVector) checkPair(t *testing.T, how string, a, b spif.Label) {
	t.Helper()
	looser := spif.Looser(a, b)
	if got := spif.AtLeastAsRestrictive(a, b); got != (v.Result == "at-least") || got != (len(looser) == 0) {
		t.Errorf("%s: at least as restrictive is %v, looser %+v", how, got, looser)
	}
	if len(looser) != len(v.Expect.Looser) {
		t.Errorf("%s: %+v, want %+v", how, looser, v.Expect.Looser)
		return
	}
	for i, x := range looser {
		w := v.Expect.Looser[i]
		if x.Rule != w.Rule || x.TagSet != w.TagSet || w.Needed != nil && !sameNames(x.Needed, *w.Needed) {
			t.Errorf("%s: %+v, want %+v", how, x, w)
		}
	}
}

// checkWhoGetsMoreGetsLess: whoever gets the more restrictive label gets the other one. The clearances are as small as they can be.
func checkWhoGetsMoreGetsLess(t *testing.T, p *spif.Policy, a, b spif.Label) {
	t.Helper()
	for _, c := range smallest(p, a) {
		held, _ := p.Clearance(c)
		if cmbac.Decide(p, a, held, cmbac.Hierarchical) != cmbac.Permit {
			t.Errorf("%+v does not get the label it is made for", c)
		}
		if cmbac.Decide(p, b, held, cmbac.Hierarchical) != cmbac.Permit {
			t.Errorf("%+v gets the more restrictive label and not the other", c)
		}
	}
}

// smallest is the clearances that just get a label: its class, its restrictive values, one value of each permissive tag.
func smallest(p *spif.Policy, l spif.Label) []label.Clearance {
	out := []label.Clearance{{Policy: p.PolicyID(), Classifications: []string{l.Class().Name()}}}
	for _, tag := range p.Tags() {
		var values []string
		for _, x := range tag.Values() {
			if l.Values().Has(x.Number()) {
				values = append(values, x.Name())
			}
		}
		if len(values) == 0 || tag.Type() == label.Informative {
			continue
		}
		choices := [][]string{values}
		if tag.Type() == label.Permissive {
			choices = slices.Collect(slices.Chunk(values, 1))
		}
		var more []label.Clearance
		for _, c := range out {
			for _, choice := range choices {
				d := c
				d.Categories = append(slices.Clone(c.Categories), label.Category{TagName: tag.Set().Name(), Type: tag.Type(), Values: choice})
				more = append(more, d)
			}
		}
		out = more
	}
	return out
}

func (v orderVector) checkDominant(t *testing.T, p *spif.Policy) {
	t.Helper()
	var labels []spif.Label
	for _, f := range *v.Labels {
		q := p
		if f.Policy != "" {
			q = vectorPolicy(t, f.Policy)
		}
		labels = append(labels, f.under(t, q))
	}
	for _, how := range []string{"as it is", "other order"} {
		got, err := p.Dominant(spif.Validation{At: now}, labels...)
		if v.Result == "decision" {
			if !errors.Is(err, spif.ErrPolicyDecision) || got.Classification != "" {
				t.Errorf("%s: %+v, %v", how, got, err)
			}
			continue
		}
		if has, want := showLabel(p, got), showLabel(p, v.Expect.Label.information(t, p)); err != nil || has != want {
			t.Errorf("%s: %s, want %s; %v", how, has, want, err)
		}
		if problems := p.Validate(underPolicy(p, got), spif.Validation{At: now}); spif.Invalid(problems) {
			t.Errorf("%s: it is invalid: %+v", how, problems)
		}
		slices.Reverse(labels)
	}
}
