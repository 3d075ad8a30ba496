package cmbac_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"caveat/backend/cmbac"
	"caveat/backend/label"
	"caveat/backend/spif"
)

// Each rule with the clearance that just has what is needed, the one that just has not, and the one that says it wrongly.
// "denied by" "" means permit.
func TestDecide(t *testing.T) {
	p := testland(t)
	tests := []struct {
		name, label, clearance string
		mode                   cmbac.Mode
		denied                 string
	}{
		{"class listed", "SECRET", "OPEN,SECRET", cmbac.Membership, ""},
		{"class listed in other case", "SECRET", " secret ", cmbac.Membership, ""},
		{"class not listed", "SECRET", "OPEN", cmbac.Membership, "classification"},
		{"a higher class does not imply it", "SECRET", "TOP SECRET", cmbac.Membership, "classification"},
		{"an unknown class grants nothing", "SECRET", "SECRETS", cmbac.Membership, "classification"},
		{"hierarchical: the same", "SECRET", "SECRET", cmbac.Hierarchical, ""},
		{"hierarchical: higher", "SECRET", "TOP SECRET", cmbac.Hierarchical, ""},
		{"hierarchical: lower", "SECRET", "GUARDED", cmbac.Hierarchical, "classification"},
		{"hierarchical: negative numbers", "GUARDED", "OPEN", cmbac.Hierarchical, "classification"},
		{"hierarchical: none known", "OPEN", "WSM", cmbac.Hierarchical, "classification"},
		{"obsolete class", "GUARDED", "GUARDED", cmbac.Membership, ""}, // existing labels stay good

		{"restrictive: holds it", "OPEN; Codeword=MEDIC", "OPEN; Codeword=MEDIC", cmbac.Membership, ""},
		{"restrictive: holds more", "OPEN; Codeword=MEDIC", "OPEN; Codeword=OLD,MEDIC", cmbac.Membership, ""},
		{"restrictive: holds one of two", "OPEN; Codeword=MEDIC,OLD", "OPEN; Codeword=MEDIC", cmbac.Membership, "restrictive"},
		{"restrictive: holds another", "OPEN; Codeword=MEDIC", "OPEN; Codeword=OLD", cmbac.Membership, "restrictive"},
		{"restrictive: the tag is absent", "OPEN; Codeword=MEDIC", "OPEN", cmbac.Membership, "restrictive"},
		{"restrictive: an unknown value grants nothing", "OPEN; Codeword=MEDIC", "OPEN; Codeword=MEDICS", cmbac.Membership, "restrictive"},
		{"restrictive: held under another type", "OPEN; Mixed=NORTH", "OPEN; Mixed/P=NORTH", cmbac.Membership, "restrictive"},
		{"enumerated restrictive", "OPEN; Mixed=NORTH", "OPEN; Mixed=NORTH", cmbac.Membership, ""},
		{"clearance asks for nothing", "OPEN", "OPEN; Codeword=MEDIC; Releasable To=ATL", cmbac.Membership, ""},

		{"permissive: holds the one", "OPEN; Releasable To=ATL", "OPEN; Releasable To=ATL", cmbac.Membership, ""},
		{"permissive: holds one of two", "OPEN; Releasable To=ATL,BOR", "OPEN; Releasable To=BOR,SYL", cmbac.Membership, ""},
		{"permissive: holds another", "OPEN; Releasable To=ATL,BOR", "OPEN; Releasable To=SYL", cmbac.Membership, "permissive"},
		{"permissive: the tag is absent", "OPEN; Releasable To=ATL", "OPEN", cmbac.Membership, "permissive"},
		{"permissive: another name of the same lacv", "OPEN; Releasable To=TWIN A", "OPEN; Releasable To=TWIN B", cmbac.Membership, "permissive"},
		{"permissive: held under another type", "OPEN; Mixed/P=NORTH", "OPEN; Mixed=NORTH", cmbac.Membership, "permissive"},
		{"enumerated permissive", "OPEN; Mixed/P=NORTH,SOUTH", "OPEN; Mixed/P=SOUTH", cmbac.Membership, ""},
		{"two permissive tags are both asked", "OPEN; Releasable To=ATL; Mixed/P=NORTH", "OPEN; Releasable To=ATL", cmbac.Membership, "permissive"},
		{"two types of one set are both asked", "OPEN; Mixed=NORTH; Mixed/P=SOUTH", "OPEN; Mixed/P=SOUTH", cmbac.Membership, "restrictive"},

		{"informative never counts", "OPEN; Notes=STAFF,typed; Copy=3", "OPEN", cmbac.Membership, ""},

		{"all rules are run", "SECRET; Codeword=MEDIC; Releasable To=ATL", "OPEN", cmbac.Membership, "classification restrictive permissive"},

		{"unknown class in the label", "SECRETS", "OPEN,SECRETS", cmbac.Membership, "label-invalid classification"},
		{"unknown class in the label, hierarchical", "SECRETS", "TOP SECRET", cmbac.Hierarchical, "label-invalid classification"},
		{"unknown value in the label, held by name", "OPEN; Codeword=NONE", "OPEN; Codeword=NONE", cmbac.Membership, "label-invalid"},
		{"unknown tag set in the label, held by name", "OPEN; Nowhere=X", "OPEN; Nowhere=X", cmbac.Membership, "label-invalid"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			checkDecision(t, p, makeLabel(p, tt.label), makeClearance(p, tt.clearance), tt.mode, tt.denied)
		})
	}
}

func checkDecision(t *testing.T, p *spif.Policy, l spif.Label, c spif.Clearance, mode cmbac.Mode, denied string) {
	t.Helper()
	want := cmbac.Deny
	if denied == "" {
		want = cmbac.Permit
	}
	if got := cmbac.Decide(p, l, c, mode); got != want {
		t.Errorf("decided %v", got)
	}
	reasons := cmbac.Explain(p, l, c, mode)
	if got := rules(reasons); got != denied {
		t.Errorf("denied by %q, want %q", got, denied)
	}
	for _, r := range reasons {
		if r.Words("en") == "" || strings.ContainsAny(r.Words("en"), "\r\n") {
			t.Errorf("text %q", r.Words("en"))
		}
	}
}

func rules(reasons []cmbac.Reason) string {
	out := make([]string, len(reasons))
	for i, r := range reasons {
		out[i] = r.Rule
	}
	return strings.Join(out, " ")
}

// Anything of another policy, or of none, is denied, whatever it holds.
func TestDecideAcrossPoliciesDenies(t *testing.T) {
	p, again, q := testland(t), testland(t), otherland(t)
	all, allAgain := makeClearance(p, "OPEN,SECRET"), makeClearance(again, "OPEN,SECRET")
	for name, c := range map[string]struct {
		policy    *spif.Policy
		label     spif.Label
		clearance spif.Clearance
		rule      string // "": policy
	}{
		"no policy":                        {nil, makeLabel(p, "OPEN"), all, ""},
		"nothing at all":                   {nil, spif.Label{}, spif.Clearance{}, "no-label"},
		"nil label":                        {p, spif.Label{}, all, "no-label"},
		"nil clearance":                    {p, makeLabel(p, "OPEN"), spif.Clearance{}, "no-clearance"},
		"label of another policy":          {p, makeLabel(q, "LOW"), all, ""},
		"clearance of another policy":      {p, makeLabel(p, "OPEN"), makeClearance(q, "LOW,HIGH"), ""},
		"both of another policy":           {p, makeLabel(q, "LOW"), makeClearance(q, "LOW"), ""},
		"another edition with equal names": {p, makeLabel(p, "OPEN"), allAgain, ""}, // numbers may differ between editions
	} {
		t.Run(name, func(t *testing.T) {
			for _, mode := range []cmbac.Mode{cmbac.Membership, cmbac.Hierarchical} {
				checkDecision(t, c.policy, c.label, c.clearance, mode, cmp.Or(c.rule, "policy"))
			}
		})
	}
}

func TestZeroDecisionIsDeny(t *testing.T) {
	var d cmbac.Decision
	if d != cmbac.Deny || d.String() != "deny" || cmbac.Permit.String() != "permit" || cmbac.Decision(7).String() != "deny" {
		t.Error("a decision that nobody made is not a deny")
	}
}

// RULES 19: the text says what is missing, never what else somebody holds.
func TestReasons(t *testing.T) {
	p := testland(t)
	reasons := cmbac.Explain(p, makeLabel(p, "SECRET; Codeword=MEDIC,OLD,CYBER; Releasable To=ATL,BOR"),
		makeClearance(p, "OPEN,TOP SECRET; Codeword=MEDIC,CRYSTAL; Releasable To=SYL"), cmbac.Membership)
	want := []cmbac.Reason{
		{Rule: "classification", Needed: []string{"SECRET"}, Held: []string{"OPEN", "TOP SECRET"}},
		{Rule: "restrictive", TagSet: "Codeword", Needed: []string{"CYBER", "OLD"}, Held: []string{"MEDIC", "CRYSTAL"}},
		{Rule: "permissive", TagSet: "Releasable To", Needed: []string{"ATL", "BOR"}, Held: []string{"SYL"}},
	}
	if len(reasons) != len(want) {
		t.Fatalf("%+v", reasons)
	}
	for i, r := range reasons {
		if r.Rule != want[i].Rule || r.TagSet != want[i].TagSet || !slices.Equal(r.Needed, want[i].Needed) || !slices.Equal(r.Held, want[i].Held) {
			t.Errorf("got %+v, want %+v", r, want[i])
		}
		for _, held := range []string{"TOP SECRET", "OPEN", "MEDIC", "CRYSTAL", "SYL"} {
			if strings.Contains(r.Words("en"), held) {
				t.Errorf("the text tells what is held: %s", r.Words("en"))
			}
		}
		for _, needed := range r.Needed {
			if !strings.Contains(r.Words("en"), needed) {
				t.Errorf("the text does not say %s: %s", needed, r.Words("en"))
			}
		}
	}
}

// Values compare by name: in the NATO policy, Releasable To NATO and OCCAR have one lacv, and so have others.
func TestLACVCollisionPermitsNothing(t *testing.T) {
	for _, name := range []string{"nato-v88.spif.xml", "nato-v91.spif.xml"} {
		data := sample(t, name)
		if data == nil {
			return
		}
		p := parse(t, data)
		for _, pair := range [][2]string{{"NATO", "OCCAR"}, {"EAPC", "EUROCONTROL"}, {"KFOR", "EU Council"}, {"PFP", "EEAS"}} {
			for i := range pair {
				l := makeLabel(p, "SECRET; Releasable To="+pair[i])
				checkDecision(t, p, l, makeClearance(p, "SECRET; Releasable To="+pair[1-i]), cmbac.Membership, "permissive")
				checkDecision(t, p, l, makeClearance(p, "SECRET; Releasable To="+pair[i]), cmbac.Membership, "")
			}
		}
	}
}

func TestInvalidReasonsLeaveWarningsOut(t *testing.T) {
	got := cmbac.InvalidReasons([]spif.Problem{{Rule: spif.RuleObsolete, Warning: true}, {Rule: spif.RuleValue, TagSet: "S", Subject: "y", Needed: []string{"N"}}})
	if len(got) != 1 || got[0].Rule != cmbac.RuleLabelInvalid || got[0].TagSet != "S" || got[0].Needed[0] != "N" || !strings.Contains(got[0].Words("en"), "y") {
		t.Errorf("%+v", got)
	}
}

func TestDecideDoesNotAllocate(t *testing.T) {
	p := testland(t)
	l := makeLabel(p, "SECRET; Codeword=MEDIC; Releasable To=ATL; Notes=typed")
	bad := makeLabel(p, "SECRETS; Codeword=NONE")
	c := makeClearance(p, "SECRET; Codeword=MEDIC,OLD; Releasable To=ATL")
	var none label.Clearance
	deny, _ := p.Clearance(none)
	if n := testing.AllocsPerRun(1000, func() {
		cmbac.Decide(p, l, c, cmbac.Membership)
		cmbac.Decide(p, l, deny, cmbac.Hierarchical)
		cmbac.Decide(p, bad, c, cmbac.Membership)
		cmbac.Decide(nil, spif.Label{}, spif.Clearance{}, cmbac.Membership)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
