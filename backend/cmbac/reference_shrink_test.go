package cmbac_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/label"
	"caveat/backend/spif/spiftest"
)

// wrong answers as the reference does but for what is set.
type wrong struct {
	spiftest.Reference
	permits func(r spiftest.Reference, l label.Information, c label.Clearance, hierarchical bool) bool
	valid   func(r spiftest.Reference, l label.Information, at time.Time, isNew bool, required []string) (bool, []string)
}

func (w wrong) Permits(l label.Information, c label.Clearance, hierarchical bool) bool {
	if w.permits == nil {
		return w.Reference.Permits(l, c, hierarchical)
	}
	return w.permits(w.Reference, l, c, hierarchical)
}

func (w wrong) Valid(l label.Information, at time.Time, isNew bool, required []string) (bool, []string) {
	if w.valid == nil {
		return w.Reference.Valid(l, at, isNew, required)
	}
	return w.valid(w.Reference, l, at, isNew, required)
}

// forgets is an evaluator that does not know one rule of validity.
func forgets(rule string) wrong {
	return wrong{valid: func(r spiftest.Reference, l label.Information, at time.Time, isNew bool, required []string) (bool, []string) {
		_, broken := r.Valid(l, at, isNew, required)
		broken = slices.DeleteFunc(broken, func(b string) bool { return b == rule })
		return len(broken) == 0, broken
	}}
}

// permissiveAsRestrictive asks for every permissive value too.
func permissiveAsRestrictive(r spiftest.Reference, l label.Information, c label.Clearance, hierarchical bool) bool {
	for _, k := range l.Categories {
		for _, v := range k.Values {
			if k.Type == label.Permissive && !holds(c, k.TagName, v) {
				return false
			}
		}
	}
	return r.Permits(l, c, hierarchical)
}

func holds(c label.Clearance, tagSet, value string) bool {
	for _, k := range c.Categories {
		for _, v := range k.Values {
			if k.Type == label.Permissive && label.Fold(k.TagName) == label.Fold(tagSet) && label.Fold(v) == label.Fold(value) {
				return true
			}
		}
	}
	return false
}

// The comparison finds an evaluator that is wrong in one thing, and shrinks the difference to the little that shows it: a
// comparison that cannot fail, or whose cases nobody can read, would prove nothing.
func TestComparisonFindsAWrongEvaluator(t *testing.T) {
	number := seed(t)
	tests := []struct {
		name             string
		evaluator        wrong
		elements, values int // that are enough to show it, of policy and label
	}{
		{"permissive taken for restrictive", wrong{permits: permissiveAsRestrictive}, 9, 2},
		{"hierarchy ignored", wrong{permits: func(r spiftest.Reference, l label.Information, c label.Clearance, _ bool) bool {
			return r.Permits(l, c, false)
		}}, 5, 0},
		{"everything permitted", wrong{permits: func(spiftest.Reference, label.Information, label.Clearance, bool) bool {
			return true
		}}, 4, 0},
		{"required categories forgotten", forgets(spiftest.RuleRequiredCategory), 17, 3},
		{"excluded categories forgotten", forgets(spiftest.RuleExcludedCategory), 12, 2},
		{"excluded classes forgotten", forgets(spiftest.RuleExcludedClass), 9, 1},
		{"maximum forgotten", forgets(spiftest.RuleSelectionMax), 11, 4},
		{"dates of values forgotten", forgets(spiftest.RuleValidity), 8, 1},
		{"required tag sets forgotten", forgets(spiftest.RuleRequiredTagSet), 4, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wrap := func(r spiftest.Reference) spiftest.Evaluator { w := tt.evaluator; w.Reference = r; return w }
			y := compareRandom(t, number, wrap)
			if y.found == nil {
				t.Fatalf("%d triples, and no difference", y.triples)
			}
			small := shrink(*y.found, wrap)
			if kind, _ := compare(small, wrap); kind == "" {
				t.Fatalf("the evaluators agree on the case that was shrunk\n%v", small)
			}
			if elements, values := count(small); elements > tt.elements || values > tt.values {
				t.Errorf("%d elements and %d values of the label are left, want %d and %d\n%v", elements, values, tt.elements, tt.values, small)
			}
			if len(small.Clearance.Categories) > 1 || len(small.Clearance.Classifications) > 1 || len(small.Required) > 1 {
				t.Errorf("label and clearance hold more than the difference needs\n%v", small)
			}
		})
	}
}

// count is the elements of the policy and the values of the label.
func count(c spiftest.Case) (elements, values int) {
	for _, k := range c.Label.Categories {
		values += len(k.Values)
	}
	return strings.Count(string(c.Policy), "<") - strings.Count(string(c.Policy), "</"), values
}
