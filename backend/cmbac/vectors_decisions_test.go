package cmbac_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"caveat/backend/cmbac"
	"caveat/backend/label"
	"caveat/backend/spif"
)

type decisionVector struct {
	vector
	Policy          string         `json:"policy"`
	ClearancePolicy string         `json:"clearancePolicy"`
	Modes           []string       `json:"modes"`
	Label           *labelForm     `json:"label"`
	Clearance       *clearanceForm `json:"clearance"`
	LabelXML        string         `json:"labelXML"`
	ClearanceXML    string         `json:"clearanceXML"`
	Expect          struct {
		Reasons []reasonForm `json:"reasons"`
	} `json:"expect"`
}

// reasonForm is an expected reason. Needed and Held are compared where they are given, without regard to order.
type reasonForm struct {
	Rule    string    `json:"rule"`
	TagSet  string    `json:"tagSet"`
	Needed  *[]string `json:"needed"`
	Held    *[]string `json:"held"`
	Problem string    `json:"problem"` // of the rule label-invalid
}

var decisionVectors = vectorKind{
	schema: "caveat_decision_v1", inFile: "decisions.json", atLeastSoMany: 90,
	plain: []string{"permit"}, classed: []string{"deny"}, classes: []string{"access", "label", "policy", "absent", "syntax"},
}

func TestVectorsDecisions(t *testing.T) {
	weakened := 0
	eachVector(t, decisionVectors, func(t *testing.T, v decisionVector) {
		if v.LabelXML != "" {
			v.checkXML(t)
			return
		}
		if len(v.Modes) == 0 {
			t.Fatal("no mode")
		}
		for _, name := range v.Modes {
			weakened += v.checkMode(t, vectorMode(t, name))
		}
	})
	if weakened < 50 {
		t.Errorf("only %d permits were put to the test of a weaker clearance", weakened)
	}
}

// checkMode decides the vector, and its variants; it returns how many weaker clearances were denied.
func (v decisionVector) checkMode(t *testing.T, mode cmbac.Mode) int {
	t.Helper()
	p := vectorPolicy(t, v.Policy)
	q := p // of the clearance
	if v.ClearancePolicy != "" {
		q = vectorPolicy(t, v.ClearancePolicy)
	}
	if v.Label == nil || v.Clearance == nil {
		var c spif.Clearance
		if v.Clearance != nil {
			c, _ = q.Clearance(v.Clearance.clearance(t, q))
		}
		v.check(t, "as it is", p, v.Label.under(t, p), c, mode)
		return 0
	}
	info, held := v.Label.information(t, p), v.Clearance.clearance(t, q)
	other := held
	other.Categories = respelled(q, held.Categories)
	other.Classifications = nil
	for _, name := range slices.Backward(held.Classifications) {
		other.Classifications = append(other.Classifications, otherCase(name))
	}
	read, err := label.ParseClearance(held.Marshal())
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		name string
		info label.Information
		held label.Clearance
	}{{"as it is", info, held}, {"other case and order", respelledLabel(p, info), other}, {"written and read", overTheWire(t, info), read}} {
		c, _ := q.Clearance(x.held)
		v.check(t, x.name, p, underPolicy(p, x.info), c, mode)
	}
	if v.Result != "permit" {
		return 0
	}
	return v.checkWeaker(t, p, info, held, mode)
}

func (v decisionVector) check(t *testing.T, how string, p *spif.Policy, l spif.Label, c spif.Clearance, mode cmbac.Mode) {
	t.Helper()
	got, reasons := cmbac.Decide(p, l, c, mode), cmbac.Explain(p, l, c, mode)
	if got.String() != v.Result {
		t.Errorf("%s: %v, want %s", how, got, v.Result)
	}
	if (got == cmbac.Permit) != (len(reasons) == 0) {
		t.Errorf("%s: %v with the reasons %+v", how, got, reasons)
	}
	if many := cmbac.Many(p, l, []spif.Clearance{{}, c}, mode, nil); many[0] != cmbac.Deny || many[1] != got {
		t.Errorf("%s: among many %v", how, many)
	}
	checkReasons(t, how, reasons, v.Expect.Reasons)
}

func checkReasons(t *testing.T, how string, got []cmbac.Reason, want []reasonForm) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d reasons, want %d: %+v", how, len(got), len(want), got)
		return
	}
	for i, r := range got {
		w := want[i]
		if r.Rule != w.Rule || label.Fold(r.TagSet) != label.Fold(w.TagSet) {
			t.Errorf("%s: reason %d is %s of %q, want %s of %q", how, i, r.Rule, r.TagSet, w.Rule, w.TagSet)
		}
		if w.Needed != nil && !sameNames(r.Needed, *w.Needed) || w.Held != nil && !sameNames(r.Held, *w.Held) {
			t.Errorf("%s: reason %d needs %q and sees %q held", how, i, r.Needed, r.Held)
		}
		if w.Problem != "" && (r.Problem == nil || r.Problem.Rule != w.Problem) {
			t.Errorf("%s: reason %d has the problem %+v, want %s", how, i, r.Problem, w.Problem)
		}
		if text := r.Words("en"); text == "" || strings.ContainsAny(text, "\r\n") {
			t.Errorf("%s: reason %d reads %q", how, i, text)
		}
	}
}

func sameNames(a, b []string) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(a, b)
}

// checkXML reads the documents, finds the policies that they name, and decides.
func (v decisionVector) checkXML(t *testing.T) {
	t.Helper()
	site, err := spif.NewSite(vectorPolicy(t, "harbour"), vectorPolicy(t, "workshop"), vectorPolicy(t, "rulebook"))
	if err != nil {
		t.Fatal(err)
	}
	l, badLabel := label.ParseLabel([]byte(v.LabelXML))
	c, badClearance := label.ParseClearance([]byte(v.ClearanceXML))
	if v.Class == "syntax" {
		if (badLabel == nil) == (badClearance == nil) || !errors.Is(errors.Join(badLabel, badClearance), label.ErrSyntax) {
			t.Errorf("label: %v; clearance: %v", badLabel, badClearance)
		}
		return
	}
	if err := errors.Join(badLabel, badClearance); err != nil {
		t.Fatal(err)
	}
	p, err := site.Find(l.Policy)
	if err != nil {
		if v.Class != "policy" || !errors.Is(err, spif.ErrUnknownPolicy) {
			t.Error(err)
		}
		return
	}
	numbered := p.Label(l)
	if problems := p.Validate(numbered, spif.Validation{At: now}); len(problems) > 0 {
		t.Errorf("the label is not valid: %+v", problems)
	}
	for _, name := range v.Modes {
		verdict := cmbac.Across(cmbac.Question{Site: site, Policy: p, Label: numbered, Clearances: []label.Clearance{c},
			Validation: spif.Validation{At: now}, Mode: func(*spif.Policy) cmbac.Mode { return vectorMode(t, name) }})
		if verdict.Decision.String() != v.Result {
			t.Errorf("%v: %+v", verdict.Decision, verdict.Reasons)
		}
		checkReasons(t, name, verdict.Reasons, v.Expect.Reasons)
	}
}
