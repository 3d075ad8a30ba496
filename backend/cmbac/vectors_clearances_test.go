package cmbac_test

import (
	"slices"
	"testing"

	"caveat/backend/cmbac"
	"caveat/backend/label"
	"caveat/backend/spif"
)

type clearancesVector struct {
	vector
	Policies   []string        `json:"policies"` // that are known, the governing one first
	Policy     string          `json:"policy"`   // of the label
	Mode       string          `json:"mode"`
	Label      *labelForm      `json:"label"`
	Clearances []clearanceForm `json:"clearances"`
	Expect     struct {
		Reasons []reasonForm `json:"reasons"`
		Via     string       `json:"via"`
		Ignored []string     `json:"ignored"` // names in the clearances that grant nothing
	} `json:"expect"`
}

var clearancesVectors = vectorKind{
	schema: "caveat_clearances_v1", inFile: "clearances.json", atLeastSoMany: 30,
	plain: []string{"permit"}, classed: []string{"deny", "error"}, classes: []string{"access", "label", "policy", "absent", "directory"},
}

func TestVectorsClearances(t *testing.T) {
	eachVector(t, clearancesVectors, func(t *testing.T, v clearancesVector) {
		site, policy := v.site(t)
		q := cmbac.Question{Site: site, Policy: policy, Label: v.Label.under(t, policy), Validation: spif.Validation{At: now},
			Mode: func(*spif.Policy) cmbac.Mode { return vectorMode(t, v.Mode) }}
		if problems := policy.Validate(q.Label, q.Validation); v.Label != nil && len(problems) > 0 {
			t.Errorf("the label is not valid: %+v", problems)
		}
		for _, f := range v.Clearances {
			q.Clearances = append(q.Clearances, f.in(t, site))
		}
		v.check(t, cmbac.Across(q))
		v.checkIgnored(t, site, q.Clearances)
		if v.Result == "permit" && v.Label != nil {
			q.Label = spif.Label{}
			if cmbac.Across(q).Decision != cmbac.Deny {
				t.Error("the same clearances permit no label at all")
			}
		}
	})
}

// A different order of the clearances gives the same decision.
func TestVectorsClearancesInAnyOrder(t *testing.T) {
	eachVector(t, clearancesVectors, func(t *testing.T, v clearancesVector) {
		site, policy := v.site(t)
		q := cmbac.Question{Site: site, Policy: policy, Label: v.Label.under(t, policy), Validation: spif.Validation{At: now},
			Mode: func(*spif.Policy) cmbac.Mode { return vectorMode(t, v.Mode) }}
		for _, f := range slices.Backward(v.Clearances) {
			q.Clearances = append(q.Clearances, f.in(t, site))
		}
		got := cmbac.Across(q)
		if (got.Decision == cmbac.Permit) != (v.Result == "permit") || got.Broken != (v.Result == "error") {
			t.Errorf("%+v", got)
		}
	})
}

func (v clearancesVector) site(t *testing.T) (*spif.Site, *spif.Policy) {
	t.Helper()
	var all []*spif.Policy
	i := slices.Index(v.Policies, v.Policy)
	for _, name := range v.Policies {
		all = append(all, vectorPolicy(t, name))
	}
	site, err := spif.NewSite(all...)
	if err != nil || i < 0 {
		t.Fatalf("%v; policy %q", err, v.Policy)
	}
	return site, all[i]
}

// in reads a clearance with the names of the policy that it is under, if that is known.
func (f clearanceForm) in(t *testing.T, site *spif.Site) label.Clearance {
	t.Helper()
	p, err := site.Find(f.Policy.id())
	if err != nil {
		p = nil
	}
	return f.clearance(t, p)
}

func (v clearancesVector) check(t *testing.T, got cmbac.Verdict) {
	t.Helper()
	if (got.Decision == cmbac.Permit) != (v.Result == "permit") || got.Broken != (v.Result == "error") {
		t.Errorf("%v, broken %v, want %s: %+v", got.Decision, got.Broken, v.Result, got.Reasons)
	}
	if (got.Decision == cmbac.Permit) != (len(got.Reasons) == 0) {
		t.Errorf("%v with the reasons %+v", got.Decision, got.Reasons)
	}
	if got.Via != v.Expect.Via || got.NoClearance != (len(v.Clearances) == 0) {
		t.Errorf("via %q, no clearance %v, want %q", got.Via, got.NoClearance, v.Expect.Via)
	}
	checkReasons(t, "verdict", got.Reasons, v.Expect.Reasons)
}

func (v clearancesVector) checkIgnored(t *testing.T, site *spif.Site, clearances []label.Clearance) {
	t.Helper()
	var ignored []string
	for _, c := range clearances {
		p, err := site.Find(c.Policy)
		if err != nil {
			continue
		}
		_, problems := p.Clearance(c)
		for _, x := range problems {
			if ignored = append(ignored, x.Subject); !x.Warning {
				t.Errorf("%+v is no warning", x)
			}
		}
	}
	if !sameNames(ignored, v.Expect.Ignored) {
		t.Errorf("ignored %q, want %q", ignored, v.Expect.Ignored)
	}
}
