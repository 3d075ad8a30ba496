package cmbac_test

import (
	"testing"

	"caveat/backend/cmbac"
	"caveat/backend/label"
	"caveat/backend/spif"
)

func TestAcross(t *testing.T) {
	p, q := testland(t), otherland(t)
	third := parse(t, file(t, "..", "spif", "testdata", "marking.spif.xml"))
	site, err := spif.NewSite(p, q, third)
	if err != nil {
		t.Fatal(err)
	}
	unknown := label.Clearance{Policy: label.PolicyID{Name: "NOLAND"}, Classifications: []string{"OPEN"}}
	misnamed := clearance(p, "OPEN,SECRET")
	misnamed.Policy.Name = "OTHERLAND"
	at := spif.Validation{At: now}
	tests := []struct {
		name       string
		from       *spif.Policy
		label      string
		clearances []label.Clearance
		denied     string // rules, "" for permit
		via        string
		broken     bool
		none       bool
	}{
		{"own policy, permit", p, "OPEN", []label.Clearance{clearance(p, "OPEN")}, "", "", false, false},
		{"own policy, deny", p, "OPEN", []label.Clearance{clearance(p, "SECRET")}, "classification", "", false, false},
		{"own policy decides alone", p, "OPEN", []label.Clearance{clearance(q, "LOW"), clearance(p, "SECRET")}, "classification", "", false, false},
		{"two of one policy", p, "OPEN", []label.Clearance{clearance(p, "OPEN"), clearance(p, "OPEN")}, "directory-error", "", true, false}, // which one holds?
		{"two of one policy, one by name only", p, "OPEN", []label.Clearance{clearance(p, "OPEN"), {Policy: label.PolicyID{Name: "testland"}, Classifications: []string{"OPEN"}}}, "directory-error", "", true, false},
		{"two of another policy", p, "OPEN", []label.Clearance{clearance(q, "LOW"), clearance(q, "HIGH")}, "directory-error", "", true, false},
		{"none", p, "OPEN", nil, "no-clearance", "", false, true},
		{"only of an unknown policy", p, "OPEN", []label.Clearance{unknown}, "policy", "", false, false},
		{"name and id disagree", p, "OPEN", []label.Clearance{misnamed}, "policy", "", false, false}, // not to be guessed at
		{"an unknown policy beside the own", p, "OPEN", []label.Clearance{unknown, clearance(p, "OPEN")}, "", "", false, false},

		{"by the sender's policy, permit", p, "SECRET; Codeword=MEDIC", []label.Clearance{clearance(q, "HIGH; Word=ONE")}, "", "sender-policy", false, false},
		{"by the sender's policy, deny", p, "SECRET; Codeword=MEDIC", []label.Clearance{clearance(q, "HIGH")}, "restrictive", "sender-policy", false, false},
		{"what the equivalence requires is asked too", p, "OPEN; Releasable To=ATL", []label.Clearance{clearance(q, "LOW; Nation=XTR")}, "", "sender-policy", false, false},
		{"by the recipient's policy, permit", q, "HIGH; Word=ONE", []label.Clearance{clearance(p, "SECRET; Codeword=MEDIC")}, "", "recipient-policy", false, false},
		{"by the recipient's policy, deny", q, "HIGH; Word=ONE", []label.Clearance{clearance(p, "SECRET")}, "restrictive", "recipient-policy", false, false},
		{"mapped and invalid is the answer", q, "HIGH", []label.Clearance{clearance(p, "SECRET")}, "label-invalid", "recipient-policy", false, false}, // SECRET requires a category
		{"cannot be mapped by either", p, "OPEN; Notes=STAFF", []label.Clearance{clearance(q, "LOW")}, "policy", "", false, false},
		{"a policy without equivalence", p, "OPEN", []label.Clearance{clearance(third, "LOW")}, "policy", "", false, false},
		{"two other policies, one permits", p, "OPEN", []label.Clearance{clearance(third, "LOW"), clearance(q, "LOW")}, "", "sender-policy", false, false},
		{"two other policies, none permits", p, "OPEN", []label.Clearance{clearance(third, "LOW"), clearance(q, "HIGH")}, "policy classification", "sender-policy", false, false},
		{"a number that two names share", q, "HIGH; Word=DUP A", []label.Clearance{clearance(p, "SECRET; Codeword=AMBER")}, "policy", "", false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := cmbac.Across(cmbac.Question{Site: site, Policy: tt.from, Label: makeLabel(tt.from, tt.label), Clearances: tt.clearances, Validation: at})
			if rules(v.Reasons) != tt.denied || (v.Decision == cmbac.Permit) != (tt.denied == "") {
				t.Errorf("%v by %q, want %q", v.Decision, rules(v.Reasons), tt.denied)
			}
			if v.Via != tt.via || v.Broken != tt.broken || v.NoClearance != tt.none {
				t.Errorf("via %q, broken %v, none %v", v.Via, v.Broken, v.NoClearance)
			}
		})
	}
}

// Clearances that were prepared for one policy say nothing about labels of another, and the zero value about none.
func TestPreparedForAnotherPolicyPermitsNothing(t *testing.T) {
	p, q := testland(t), otherland(t)
	site, err := spif.NewSite(p, q)
	if err != nil {
		t.Fatal(err)
	}
	ask := cmbac.Question{Site: site, Policy: q, Label: makeLabel(q, "LOW"), Validation: spif.Validation{At: now}}
	for name, x := range map[string]cmbac.Prepared{
		"another policy": cmbac.Prepare(site, p, []label.Clearance{clearance(q, "LOW")}), "zero": {},
	} {
		if v := x.Across(ask); v.Decision != cmbac.Deny || len(v.Reasons) != 1 {
			t.Errorf("%s: %+v", name, v)
		}
	}
	if v := (cmbac.Prepared{}).Across(cmbac.Question{Site: site}); v.Decision != cmbac.Deny {
		t.Errorf("%+v", v)
	}
	prepared := cmbac.Prepare(site, q, []label.Clearance{clearance(q, "LOW")})
	for range 2 { // it holds for any number of labels
		if v := prepared.Across(ask); v.Decision != cmbac.Permit {
			t.Errorf("%+v", v)
		}
	}
}

// A mapped label that the sender's side makes invalid is the answer: the recipient's side is not asked for a better one.
func TestAcrossDoesNotShopForAPermit(t *testing.T) {
	coalition, atlantia := sample(t, "coalition.spif.xml"), sample(t, "atlantia.spif.xml")
	if coalition == nil || atlantia == nil {
		return
	}
	from, to := parse(t, atlantia), parse(t, coalition)
	site, err := spif.NewSite(from, to)
	if err != nil {
		t.Fatal(err)
	}
	// ATLANTIA maps CLOSED to SECRET, which COALITION does not allow without Releasable To.
	v := cmbac.Across(cmbac.Question{Site: site, Policy: from, Label: makeLabel(from, "CLOSED"),
		Clearances: []label.Clearance{clearance(to, "SECRET; Releasable To=ATL")}, Validation: spif.Validation{At: now}})
	if v.Decision != cmbac.Deny || rules(v.Reasons) != "label-invalid" || v.Via != cmbac.ViaSenderPolicy {
		t.Errorf("%+v", v)
	}
}

// Rules that an administrator named for one policy are not rules of another; the mode is the deciding policy's.
func TestAcrossRulesOfTheDecidingPolicy(t *testing.T) {
	p, q := testland(t), otherland(t)
	site, err := spif.NewSite(p, q)
	if err != nil {
		t.Fatal(err)
	}
	question := cmbac.Question{
		Site: site, Policy: p, Label: makeLabel(p, "SECRET; Codeword=MEDIC"),
		Clearances: []label.Clearance{clearance(q, "HIGHER; Word=ONE")},
		Validation: spif.Validation{At: now, RequireTagSets: []string{"Codeword"}},
	}
	if v := cmbac.Across(question); v.Decision != cmbac.Deny {
		t.Errorf("membership: %+v", v)
	}
	var asked []string
	question.Mode = func(x *spif.Policy) cmbac.Mode { asked = append(asked, x.Name()); return cmbac.Hierarchical }
	if v := cmbac.Across(question); v.Decision != cmbac.Permit || len(asked) != 1 || asked[0] != "OTHERLAND" {
		t.Errorf("hierarchical: %+v, asked for %v", v, asked)
	}
}

// A label that is valid under its own policy and older than the other one's end is judged by the other one's validity.
func TestAcrossPolicyNotInForce(t *testing.T) {
	p, q := testland(t), otherland(t)
	site, err := spif.NewSite(q, p)
	if err != nil {
		t.Fatal(err)
	}
	v := cmbac.Across(cmbac.Question{Site: site, Policy: q, Label: makeLabel(q, "LOW"), Clearances: []label.Clearance{clearance(p, "OPEN")},
		Validation: spif.Validation{At: now.AddDate(50, 0, 0)}})
	if v.Decision != cmbac.Deny || rules(v.Reasons) != "label-invalid" {
		t.Errorf("%+v", v)
	}
}

// A clearance that has the identifier of a known policy and another name may be the one that contradicts the other.
func TestAcrossWithAMisnamedClearance(t *testing.T) {
	p := testland(t)
	site, err := spif.NewSite(p)
	if err != nil {
		t.Fatal(err)
	}
	good, misnamed := clearance(p, "OPEN,SECRET"), clearance(p, "OPEN")
	misnamed.Policy.Name = "TESTLAND (NEW)"
	for name, held := range map[string][]label.Clearance{"alone": {misnamed}, "before": {misnamed, good}, "behind": {good, misnamed}} {
		v := cmbac.Across(cmbac.Question{Site: site, Policy: p, Label: makeLabel(p, "OPEN"), Clearances: held, Validation: spif.Validation{At: now}})
		if v.Decision != cmbac.Deny || v.Broken != (name != "alone") {
			t.Errorf("%s: %v, contradiction: %v", name, v.Decision, v.Broken)
		}
	}
}
