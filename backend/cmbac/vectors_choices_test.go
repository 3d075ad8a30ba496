package cmbac_test

import (
	"slices"
	"testing"

	"caveat/backend/cmbac"
	"caveat/backend/label"
	"caveat/backend/spif"
)

type choiceVector struct {
	vector
	Policy         string           `json:"policy"`
	Mode           string           `json:"mode"`
	At             string           `json:"at"`
	RequireTagSets []string         `json:"requireTagSets"`
	Part           labelForm        `json:"part"`       // what is chosen; the classification may be missing
	Clearances     []*clearanceForm `json:"clearances"` // who must be permitted; null is somebody without one
	Ask            struct {
		Now            bool   `json:"now"`
		Classification string `json:"classification"`
		TagSet         string `json:"tagSet"`
		Type           string `json:"type"`
		Value          string `json:"value"`
	} `json:"ask"`
	Expect struct {
		Witness  *labelForm `json:"witness"`  // a label that proves it possible
		Why      []string   `json:"why"`      // rules of which the first obstacle names one
		TagSet   string     `json:"tagSet"`   // of the first obstacle
		Blocking []int      `json:"blocking"` // positions of the clearances in the way
	} `json:"expect"`
}

var choiceVectors = vectorKind{
	schema: "caveat_choice_v1", inFile: "choices.json", atLeastSoMany: 48,
	plain: []string{"possible", "undetermined"}, classed: []string{"impossible"}, classes: []string{"policy", "clearance"},
}

func TestVectorsChoices(t *testing.T) {
	eachVector(t, choiceVectors, func(t *testing.T, v choiceVector) {
		p := vectorPolicy(t, v.Policy)
		info := v.Part.information(t, p)
		held := v.held(t, p)
		for how, part := range map[string]spif.Label{"as it is": underPolicy(p, info), "other case and order": underPolicy(p, respelledLabel(p, info))} {
			got := v.answer(t, p, cmbac.Choices(p, part, v.how(t), held, vectorMode(t, v.Mode)))
			if got.State.String() != v.Result {
				t.Errorf("%s: %v, want %s: %+v", how, got.State, v.Result, got.Why)
				continue
			}
			v.checkWhy(t, how, got)
		}
		if v.Result == "possible" {
			v.checkWitness(t, p, held)
		}
	})
}

func (v choiceVector) how(t *testing.T) spif.Validation {
	return spif.Validation{At: vectorTime(t, v.At), New: true, RequireTagSets: v.RequireTagSets}
}

func (v choiceVector) held(t *testing.T, p *spif.Policy) []spif.Clearance {
	t.Helper()
	var out []spif.Clearance
	for _, f := range v.Clearances {
		c := spif.Clearance{}
		if f != nil {
			q := p
			if f.Policy.File != "" {
				q = vectorPolicy(t, f.Policy.File)
			}
			c, _ = q.Clearance(f.clearance(t, q))
		}
		out = append(out, c)
	}
	return out
}

// answer finds what is asked for among the choices.
func (v choiceVector) answer(t *testing.T, p *spif.Policy, all cmbac.ChoiceSet) cmbac.Choice {
	t.Helper()
	if v.Ask.Now {
		return all.Now
	}
	if v.Ask.Classification != "" {
		return all.Classes[p.Class(v.Ask.Classification).Number()]
	}
	return all.Values[v.asked(t, p).Number()]
}

func (v choiceVector) asked(t *testing.T, p *spif.Policy) *spif.Value {
	t.Helper()
	typ, err := valueForm{Type: v.Ask.Type, Name: v.Ask.Value}.typeIn(p, v.Ask.TagSet)
	if err != nil {
		t.Fatal(err)
	}
	for _, tag := range p.TagSet(v.Ask.TagSet).Tags() {
		for _, x := range tag.Values() {
			if tag.Type() == typ && label.Fold(x.Name()) == label.Fold(v.Ask.Value) {
				return x
			}
		}
	}
	t.Fatalf("no value %+v", v.Ask)
	return nil
}

func (v choiceVector) checkWhy(t *testing.T, how string, got cmbac.Choice) {
	t.Helper()
	if v.Result != "impossible" {
		if len(got.Why) > 0 || len(got.Blocking) > 0 {
			t.Errorf("%s: %v with reasons %+v", how, got.State, got.Why)
		}
		return
	}
	if len(got.Why) == 0 {
		t.Errorf("%s: impossible, and nothing says why", how)
		return
	}
	rule := got.Why[0].Rule
	if rule == cmbac.RuleLabelInvalid {
		rule = got.Why[0].Problem.Rule
	}
	if !slices.Contains(v.Expect.Why, rule) || v.Expect.TagSet != "" && got.Why[0].TagSet != v.Expect.TagSet {
		t.Errorf("%s: because of %s of %q, want %q of %q", how, rule, got.Why[0].TagSet, v.Expect.Why, v.Expect.TagSet)
	}
	if !slices.Equal(got.Blocking, v.Expect.Blocking) {
		t.Errorf("%s: blocking %v, want %v", how, got.Blocking, v.Expect.Blocking)
	}
}

// checkWitness: the vector's own label has what is chosen and what is asked for, is valid, and everybody may get it.
func (v choiceVector) checkWitness(t *testing.T, p *spif.Policy, held []spif.Clearance) {
	t.Helper()
	if v.Expect.Witness == nil {
		t.Fatal("possible without a witness")
	}
	l, part := v.Expect.Witness.under(t, p), v.Part.under(t, p)
	if problems := p.Validate(l, v.how(t)); len(problems) > 0 {
		t.Errorf("the witness is not valid: %+v", problems)
	}
	if blocking := cmbac.Blocking(p, l, held, vectorMode(t, v.Mode)); len(blocking) > 0 {
		t.Errorf("the witness is denied to %v", blocking)
	}
	want := part.Values()
	if v.Ask.Value != "" {
		x := v.asked(t, p)
		if x.Tag().MaxSelection() == 1 { // instead of the chosen one
			want = want.Without(x.Tag().Mask())
		}
		want = want.With(x.Number())
	}
	class := part.Class()
	if v.Ask.Classification != "" {
		class = p.Class(v.Ask.Classification)
	}
	if !l.Values().Covers(want) || class != nil && l.Class() != class {
		t.Error("the witness does not have what is chosen and asked for")
	}
}
