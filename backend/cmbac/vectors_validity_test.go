package cmbac_test

import (
	"slices"
	"strings"
	"testing"

	"caveat/backend/label"
	"caveat/backend/spif"
)

type validityVector struct {
	vector
	Policy         string    `json:"policy"`
	At             string    `json:"at"`
	New            bool      `json:"new"`
	RequireTagSets []string  `json:"requireTagSets"`
	Label          labelForm `json:"label"`
	Expect         struct {
		Problems []problemForm `json:"problems"`
	} `json:"expect"`
	Mended *labelForm `json:"mended"` // the nearest label that is valid: the fault is the only one
}

type problemForm struct {
	Rule    string `json:"rule"`
	OrRule  string `json:"orRule"` // where the standard leaves open which of two is told
	TagSet  string `json:"tagSet"`
	Subject string `json:"subject"`
	Warning bool   `json:"warning"`
}

var validityVectors = vectorKind{
	schema: "caveat_validity_v1", inFile: "validity.json", atLeastSoMany: 115,
	plain: []string{"valid"}, classed: []string{"invalid"}, classes: []string{"name", "input", "rule", "time", "installation"},
}

func TestVectorsValidity(t *testing.T) {
	eachVector(t, validityVectors, func(t *testing.T, v validityVector) {
		p := vectorPolicy(t, v.Policy)
		info := v.Label.information(t, p)
		v.check(t, "as it is", p, info)
		v.check(t, "other case and order", p, respelledLabel(p, info))
		v.check(t, "written and read", p, overTheWire(t, info))
		if v.Result == "valid" {
			for _, lang := range []string{"en", "fr"} {
				if p.Mark(underPolicy(p, info), lang, "") == "" {
					t.Errorf("the valid label has no marking in %s", lang)
				}
			}
		}
		if v.Mended != nil {
			if problems := p.Validate(v.Mended.under(t, p), v.how(t)); spif.Invalid(problems) {
				t.Errorf("the mended label is not valid: %+v", problems)
			}
		}
	})
}

func (v validityVector) how(t *testing.T) spif.Validation {
	return spif.Validation{At: vectorTime(t, v.At), New: v.New, RequireTagSets: v.RequireTagSets}
}

func (v validityVector) check(t *testing.T, name string, p *spif.Policy, info label.Information) {
	t.Helper()
	problems := p.Validate(underPolicy(p, info), v.how(t))
	if spif.Invalid(problems) != (v.Result == "invalid") {
		t.Errorf("%s: want %s, got %+v", name, v.Result, problems)
	}
	left := slices.Clone(v.Expect.Problems)
	for _, x := range problems {
		i := slices.IndexFunc(left, func(w problemForm) bool { return w.matches(x) })
		if i < 0 {
			t.Errorf("%s: %+v is not expected", name, x)
			continue
		}
		left = slices.Delete(left, i, i+1)
		if text := x.Words("en"); text == "" || strings.ContainsAny(text, "\r\n") {
			t.Errorf("%s: it reads %q", name, text)
		}
	}
	if len(left) > 0 {
		t.Errorf("%s: not found: %+v", name, left)
	}
}

func (w problemForm) matches(x spif.Problem) bool {
	return (x.Rule == w.Rule || w.OrRule != "" && x.Rule == w.OrRule) && x.Warning == w.Warning &&
		(w.TagSet == "" || label.Fold(x.TagSet) == label.Fold(w.TagSet)) &&
		(w.Subject == "" || label.Fold(x.Subject) == label.Fold(w.Subject))
}
