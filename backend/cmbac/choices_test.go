package cmbac_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"caveat/backend/cmbac"
	"caveat/backend/spif"
)

var newLabels = spif.Validation{At: now, New: true}

// why lists the steps that rule a choice out: the rule, or of an invalid label the policy's rule, and who stands in the way.
func why(c cmbac.Choice) string {
	var out []string
	for _, r := range c.Why {
		rule := r.Rule
		if r.Problem != nil {
			rule = r.Problem.Rule
		}
		out = append(out, strings.TrimSpace(rule+" "+strings.Join(r.Needed, ",")))
	}
	if len(c.Blocking) > 0 {
		out = append(out, fmt.Sprint(c.Blocking))
	}
	return strings.Join(out, "; ")
}

func value(t testing.TB, p *spif.Policy, set, name string) *spif.Value {
	t.Helper()
	for _, tag := range p.TagSet(set).Tags() {
		for _, v := range tag.Values() {
			if v.Name() == name {
				return v
			}
		}
	}
	t.Fatalf("no value %s of %s", name, set)
	return nil
}

// Why something cannot be chosen, and whose clearance stands in the way.
func TestChoicesSayWhyNot(t *testing.T) {
	p := testland(t)
	all := "OPEN,SECRET,TOP SECRET; Codeword=MEDIC,CYBER,CRYSTAL,AMBER,DOUBLE; Releasable To=ATL,BOR,SYL"
	for _, tt := range []struct {
		name, part string
		held       []string
		set, value string // no set: the classification
		want       string // "": it is possible
	}{
		{"nobody stands in the way", "SECRET", nil, "Codeword", "MEDIC", ""},
		{"the policy: with what is chosen", "SECRET; Codeword=MEDIC", nil, "Codeword", "CYBER", "excluded-category"},
		{"the policy: with the classification", "OPEN", nil, "Codeword", "MEDIC", "excluded-class"},
		{"the policy: never again", "SECRET", nil, "Codeword", "OLD", "obsolete"},
		{"the policy: at another time", "SECRET", nil, "Codeword", "TIMED", "validity"},
		{"the policy: needs what it cannot have", "OPEN", nil, "Codeword", "AMBER", "required-category MEDIC,BOR; excluded-class"},
		{"one clearance lacks a restrictive value", "SECRET", []string{all, "SECRET; Releasable To=ATL", all}, "Codeword", "MEDIC", "restrictive MEDIC; [1]"},
		{"two lack it", "SECRET", []string{"SECRET; Releasable To=ATL", all, "SECRET; Releasable To=ATL"}, "Codeword", "MEDIC", "restrictive MEDIC; [0 2]"},
		{"one holds nothing of a permissive tag", "OPEN", []string{all, "OPEN"}, "Releasable To", "ATL", "permissive ATL; [1]"},
		{"each holds another, and both can be chosen", "OPEN", []string{"OPEN; Releasable To=ATL", "OPEN; Releasable To=BOR"}, "Releasable To", "SYL", ""},
		{"the classification is not listed", "", []string{all, "OPEN"}, "", "SECRET", "classification SECRET; [1]"},
		{"a value that needs another one that is not held", "SECRET", []string{"SECRET; Codeword=AMBER,MEDIC"}, "Codeword", "AMBER",
			"required-category MEDIC,BOR; permissive BOR; [0]"},
		{"a value that needs another one, beside which one that is held can stand", "SECRET", []string{"SECRET; Codeword=AMBER,MEDIC; Releasable To=ATL"}, "Codeword", "AMBER", ""},
		{"a nil clearance permits nothing", "OPEN", []string{all, ""}, "Releasable To", "ATL", "no-clearance; [1]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var held []spif.Clearance
			for _, text := range tt.held {
				if text == "" {
					held = append(held, spif.Clearance{})
				} else {
					held = append(held, makeClearance(p, text))
				}
			}
			found := cmbac.Choices(p, makeLabel(p, tt.part), newLabels, held, cmbac.Membership)
			c := found.Classes[p.Class("SECRET").Number()]
			if tt.set != "" {
				c = found.Values[value(t, p, tt.set, tt.value).Number()]
			}
			if got := why(c); got != tt.want || (c.State == spif.Impossible) != (tt.want != "") {
				t.Errorf("%v: %s, want %s", c.State, got, tt.want)
			}
		})
	}
}

// SYL would let in who holds it, but no fourth value fits; and the reason never tells what is held (RULES 19).
func TestChoicesNameWhatIsMissingOnly(t *testing.T) {
	p := testland(t)
	part := makeLabel(p, "SECRET; Releasable To=ATL,BOR,TWIN A")
	got := cmbac.Choices(p, part, newLabels, []spif.Clearance{makeClearance(p, "SECRET; Releasable To=SYL")}, cmbac.Membership)
	if got.Now.State != spif.Impossible || why(got.Now) != "permissive ATL,BOR,TWIN A; selection-maximum; [0]" {
		t.Errorf("%v: %s", got.Now.State, why(got.Now))
	}
}

// A clearance under another policy may permit a translation of the label: nothing is promised, and nothing is ruled out for it.
func TestChoicesWithAClearanceOfAnotherPolicy(t *testing.T) {
	p := testland(t)
	held := []spif.Clearance{makeClearance(p, "OPEN; Releasable To=ATL"), makeClearance(otherland(t), "LOW")}
	got := cmbac.Choices(p, makeLabel(p, "OPEN"), newLabels, held, cmbac.Membership)
	if got.Now.State != spif.Undetermined || got.Now.Why != nil || got.Classes[p.Class("SECRET").Number()].State != spif.Impossible {
		t.Errorf("%+v", got)
	}
	common := cmbac.Common(p, newLabels, held, cmbac.Membership)
	if len(common.Labels) > 0 || common.More != spif.Undetermined || len(common.Classes) != 1 || common.Classes[0].State != spif.Undetermined {
		t.Errorf("%+v", common)
	}
}

func TestCommonOfANilClearance(t *testing.T) {
	p := testland(t)
	got := cmbac.Common(p, newLabels, []spif.Clearance{makeClearance(p, "OPEN"), {}}, cmbac.Membership)
	if len(got.Classes) > 0 || len(got.Labels) > 0 || got.More != spif.Impossible {
		t.Errorf("%+v", got)
	}
}

// RULES 1: the parts of the labels that all can get.
func TestCommon(t *testing.T) {
	p := parse(t, file(t, "..", "demo", "policy.spif.xml"))
	gbr := makeClearance(p, "RESTRICTED,SECRET; Context=MROD; Special Category Designators=ATOMAL,BOHEMIA; Only=GBR; Releasable To=GBR")
	aus := makeClearance(p, "RESTRICTED,SECRET; Context=MROD; Special Category Designators=ATOMAL; Only=AUS; Releasable To=AUS")
	deu := makeClearance(p, "RESTRICTED; Context=MROD; Releasable To=DEU,AUS")
	two, three := common(t, p, gbr, aus), common(t, p, gbr, aus, deu)
	if want := "RESTRICTED: ATOMAL; Context: MROD; Only: together; Releasable To: together | SECRET: ATOMAL; Context: MROD; Only: together; Releasable To: together"; two != want {
		t.Errorf("two: %s", two)
	}
	if want := "RESTRICTED: ; Context: MROD; Releasable To: together"; three != want {
		t.Errorf("three: %s", three)
	}
	labels := cmbac.Common(p, newLabels, []spif.Clearance{gbr, aus}, cmbac.Membership)
	if len(labels.Labels) != 1 || labels.More != spif.Impossible || p.Mark(labels.Labels[0], "en", "") != "NATO/MROD SECRET ATOMAL UK, AUSTRALIA ONLY RELEASABLE TO UK, AUSTRALIA" {
		t.Errorf("%d labels, %s", len(labels.Labels), p.Mark(labels.Labels[0], "en", ""))
	}
}

func common(t *testing.T, p *spif.Policy, held ...spif.Clearance) string {
	t.Helper()
	names := func(values []cmbac.CommonValue) string {
		var out []string
		for _, v := range values {
			out = append(out, v.Value.Name())
		}
		return strings.Join(out, ",")
	}
	var classes []string
	for _, c := range cmbac.Common(p, newLabels, held, cmbac.Membership).Classes {
		text := c.Class.Name() + ": " + names(c.Restrictive)
		for _, tag := range c.Permissive {
			alone := names(tag.Alone)
			if alone == "" {
				alone = "together"
			}
			text += "; " + tag.Tag.Set().Name() + ": " + alone
		}
		classes = append(classes, text)
	}
	return strings.Join(classes, " | ")
}

// Five people who hold two values each, no two the same, can share a label in 32 ways: twenty are listed, and it is said that
// there are more.
func TestCommonListsTwentyAndSaysThatThereAreMore(t *testing.T) {
	var values, held []string
	for i := range 10 {
		values = append(values, fmt.Sprintf(`<tagCategory name="V%d" lacv="%d"/>`, i, i))
		if i%2 == 1 {
			held = append(held, fmt.Sprintf("LOW; S=V%d,V%d", i-1, i))
		}
	}
	p := parse(t, fmt.Appendf(nil, onePermissiveTag, "", strings.Join(values, "")))
	var cleared []spif.Clearance
	for _, text := range held {
		cleared = append(cleared, makeClearance(p, text))
	}
	four := cmbac.Common(p, newLabels, cleared[:4], cmbac.Membership)
	if len(four.Labels) != 16 || four.More != spif.Impossible {
		t.Errorf("four people: %d labels, more: %v", len(four.Labels), four.More)
	}
	five := cmbac.Common(p, newLabels, cleared, cmbac.Membership)
	if len(five.Labels) != cmbac.MaxCommonLabels || five.More != spif.Possible {
		t.Errorf("five people: %d labels, more: %v", len(five.Labels), five.More)
	}
	for _, l := range five.Labels {
		if l.Values().Len() != 5 || len(cmbac.Blocking(p, l, cleared, cmbac.Membership)) > 0 {
			t.Errorf("%v", slices.Collect(l.Values().All()))
		}
	}
}

const onePermissiveTag = `<SPIF xmlns="http://www.xmlspif.org/spif" schemaVersion="2.1" creationDate="20250101000000Z" originatorDN="CN=Tests" keyIdentifier="00" privilegeId="1.3.26.0.4774.5.24.1" rbacId="1.3.26.0.4774.5.24.1">
<securityPolicyId name="ONE TAG" id="1.3.6.1.4.1.32473.56.1"/>
<securityClassifications><securityClassification name="LOW" lacv="1" hierarchy="1"/></securityClassifications>
<securityCategoryTagSets><securityCategoryTagSet name="S" id="1.3.6.1.4.1.32473.56.2"><securityCategoryTag name="S" tagType="permissive"%s>%s</securityCategoryTag></securityCategoryTagSet></securityCategoryTagSets></SPIF>`

// Sixty people with eight values each of forty, of which a label may have six: nobody can try all of it. The answer comes, and it
// is "undetermined" or right: a label that is listed is one that all may get.
func TestSearchIsBounded(t *testing.T) {
	r, seed := random(t)
	var values []string
	for i := range 40 {
		values = append(values, fmt.Sprintf(`<tagCategory name="V%d" lacv="%d"/>`, i, i))
	}
	p := parse(t, fmt.Appendf(nil, onePermissiveTag, ` maxSelection="6"`, strings.Join(values, "")))
	var held []spif.Clearance
	for range 60 {
		var names []string
		for _, n := range r.Perm(40)[:8] {
			names = append(names, fmt.Sprintf("V%d", n))
		}
		held = append(held, makeClearance(p, "LOW; S="+strings.Join(names, ",")))
	}
	got := cmbac.Common(p, newLabels, held, cmbac.Membership)
	for _, l := range got.Labels {
		if len(cmbac.Blocking(p, l, held, cmbac.Membership)) > 0 {
			t.Errorf("seed %d: a label is listed that not all may get", seed)
		}
	}
	if len(got.Classes) != 1 || got.Classes[0].State != spif.Possible || len(got.Classes[0].Permissive) != 1 { // without the tag
		t.Fatalf("seed %d: %+v", seed, got)
	}
	if tag := got.Classes[0].Permissive[0]; tag.Together != spif.Undetermined || got.More != spif.Undetermined {
		t.Errorf("seed %d: together %v, more %v", seed, tag.Together, got.More)
	}
}

// Where the budget ends the answer is that nobody knows, with no reason.
func TestChoicesBeyondTheBudget(t *testing.T) {
	p := testland(t)
	got := p.Choices(makeLabel(p, "OPEN"), newLabels, spif.Frame{Budget: &spif.Budget{Left: 40}})
	if got.Now.State != spif.Possible || got.Values[2].State != spif.Undetermined || got.Values[2].Why != nil { // the first answer takes it
		t.Errorf("%+v", got)
	}
}
