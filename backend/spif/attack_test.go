package spif_test

import (
	"strings"
	"testing"

	"caveat/backend/label"
	"caveat/backend/spif"
)

// What attacks on the engine found, each as a case of its own.

// small writes a policy with a classification C and the given tags and rest.
func small(name, id, class, tags, rest string) string {
	return `<SPIF xmlns="http://www.xmlspif.org/spif" schemaVersion="2.1" creationDate="20250101000000Z" originatorDN="CN=Tests" keyIdentifier="00" privilegeId="1.3.26.0.4774.5.24.1" rbacId="1.3.26.0.4774.5.24.1">
<securityPolicyId name="` + name + `" id="` + id + `"/><securityClassifications><securityClassification name="C" lacv="1" hierarchy="1">` + class + `</securityClassification></securityClassifications>
<securityCategoryTagSets><securityCategoryTagSet name="S" id="` + id + `.1">` + tags + `</securityCategoryTagSet></securityCategoryTagSets>` + rest + `</SPIF>`
}

// One name in two tags of one set and type meets the groups of both, also when an equivalence demands values.
func TestDemandsCountTwins(t *testing.T) {
	to := parse(t, small("TO", "1.3.6.1.4.1.32473.62", "", `<securityCategoryTag tagType="permissive"><tagCategory name="G" lacv="7"/><tagCategory name="N" lacv="9"/></securityCategoryTag>
<securityCategoryTag tagType="permissive"><tagCategory name="G" lacv="8"/></securityCategoryTag>`, ""))
	for lacv, what := range map[string]string{"7": "the name in the first tag", "8": "the name in the second tag"} {
		from := parse(t, small("FROM", "1.3.6.1.4.1.32473.61", `<equivalentClassification policyRef="TO" lacv="1" applied="both"><requiredCategory operation="onlyOne">
<categoryGroup tagSetRef="S" tagType="permissive" lacv="`+lacv+`"/><categoryGroup tagSetRef="S" tagType="permissive" lacv="9"/></requiredCategory></equivalentClassification>`,
			`<securityCategoryTag tagType="permissive"><tagCategory name="A" lacv="1"><equivalentSecCategoryTag policyRef="TO" tagSetId="1.3.6.1.4.1.32473.62.1" tagType="permissive" lacv="7" applied="both"/></tagCategory>
<tagCategory name="B" lacv="2"><equivalentSecCategoryTag policyRef="TO" tagSetId="1.3.6.1.4.1.32473.62.1" tagType="permissive" lacv="9" applied="both"/></tagCategory></securityCategoryTag>`,
			`<equivalentPolicies><equivalentPolicy name="TO" id="1.3.6.1.4.1.32473.62"/></equivalentPolicies>`))
		if got, err := from.TranslateTo(to, numbered(t, from, "C; S=A,B")); err == nil {
			t.Errorf("%s: both groups are met, and exactly one is demanded: %+v", what, got)
		}
		if _, err := from.TranslateTo(to, numbered(t, from, "C; S=A")); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// What is added for one demand must not break another one that was met before.
func TestDemandsHoldTogether(t *testing.T) {
	to := parse(t, small("TO", "1.3.6.1.4.1.32473.62", "", `<securityCategoryTag tagType="permissive"><tagCategory name="QA" lacv="1"/><tagCategory name="QN" lacv="2"/></securityCategoryTag>`, ""))
	group := func(lacv string) string {
		return `<categoryGroup tagSetRef="S" tagType="permissive" lacv="` + lacv + `"/>`
	}
	from := parse(t, small("FROM", "1.3.6.1.4.1.32473.61", `<equivalentClassification policyRef="TO" lacv="1" applied="both"><requiredCategory operation="onlyOne">`+group("1")+group("2")+`</requiredCategory><requiredCategory operation="all">`+group("2")+`</requiredCategory></equivalentClassification>`,
		`<securityCategoryTag tagType="permissive"><tagCategory name="A" lacv="1"><equivalentSecCategoryTag policyRef="TO" tagSetId="1.3.6.1.4.1.32473.62.1" tagType="permissive" lacv="1" applied="both"/></tagCategory></securityCategoryTag>`,
		`<equivalentPolicies><equivalentPolicy name="TO" id="1.3.6.1.4.1.32473.62"/></equivalentPolicies>`))
	if got, err := from.TranslateTo(to, numbered(t, from, "C; S=A")); err == nil {
		t.Errorf("%+v", got)
	}
}

// A restriction that stands in two tags and is discarded in one of them still stands in the other.
func TestDiscardIsOfOneTag(t *testing.T) {
	to := parse(t, small("TO", "1.3.6.1.4.1.32473.62", "", "", ""))
	discard := `<equivalentSecCategoryTag policyRef="TO" tagSetId="1.3.6" tagType="restrictive" lacv="0" applied="both" action="discard"/>`
	for second, want := range map[string]bool{"": false, discard: true} {
		from := parse(t, small("FROM", "1.3.6.1.4.1.32473.61", `<equivalentClassification policyRef="TO" lacv="1" applied="both"/>`,
			`<securityCategoryTag tagType="restrictive"><tagCategory name="A" lacv="1">`+discard+`</tagCategory></securityCategoryTag><securityCategoryTag tagType="restrictive"><tagCategory name="A" lacv="1">`+second+`</tagCategory></securityCategoryTag>`,
			`<equivalentPolicies><equivalentPolicy name="TO" id="1.3.6.1.4.1.32473.62"/></equivalentPolicies>`))
		if got, err := from.TranslateTo(to, numbered(t, from, "C; S/R=A")); (err == nil) != want {
			t.Errorf("discarded in both: %v: %+v, %v", want, got, err)
		}
	}
}

// A minimum that several typed texts can meet does not rule anything out, and neither does a typed value of another tag.
func TestChoicesWithTypedText(t *testing.T) {
	p := parse(t, small("P", "1.3.6.1.4.1.32473.61", "", `<securityCategoryTag tagType="tagType7" minSelection="2"><tagCategory name="T" lacv="1" userInput="string"/></securityCategoryTag>
<securityCategoryTag tagType="tagType7"><tagCategory name="T" lacv="1" userInput="string"><excludedClass>C</excludedClass></tagCategory></securityCategoryTag>`, ""))
	if problems := p.Validate(numbered(t, p, "C; S=a,b"), spif.Validation{At: now, New: true}); len(problems) > 0 {
		t.Fatalf("%+v", problems)
	}
	for _, part := range []string{"", "C", "C; S=a"} {
		if found := p.Choices(numbered(t, p, part), spif.Validation{At: now}, spif.Frame{}); found.Now.State != spif.Possible || found.Values[0].State != spif.Possible {
			t.Errorf("%q: %v, %v", part, found.Now.State, found.Values[0].State)
		}
	}
}

// A label has one privacy mark at most: where it must have more, or one that no new label may have, none can be made.
func TestChoicesWithPrivacyMarks(t *testing.T) {
	for marks, want := range map[string]spif.State{
		`minSelection="1"><privacyMark name="M"/>`:                                        spif.Possible,
		`minSelection="1"><privacyMark name="M" obsolete="true"/>`:                        spif.Impossible,
		`minSelection="2"><privacyMark name="M"/><privacyMark name="N"/>`:                 spif.Impossible,
		`maxSelection="1"><privacyMark name="M"/>`:                                        spif.Possible,
		`minSelection="1"><privacyMark name="X" obsolete="true"/><privacyMark name="M"/>`: spif.Possible,
	} {
		p := parse(t, small("P", "1.3.6.1.4.1.32473.61", "", "", "<privacyMarks "+marks+"</privacyMarks>"))
		if got := p.Choices(numbered(t, p, "C"), spif.Validation{At: now}, spif.Frame{}).Now.State; got != want {
			t.Errorf("%s: %v", marks, got)
		}
		made := p.Numbered(p.Classes()[0], spif.Set{})
		if valid := len(p.Validate(made, spif.Validation{At: now, New: true})) == 0; valid != (want == spif.Possible) {
			t.Errorf("%s: a label that is found is valid: %v", marks, valid)
		}
	}
}

// However large the policy, a search ends soon after its budget.
func TestBudgetIsWorkNotLabels(t *testing.T) {
	var tags strings.Builder
	for range 3000 {
		tags.WriteString(`<securityCategoryTag tagType="restrictive" singleSelection="true"><tagCategory name="A" lacv="1"/><tagCategory name="B" lacv="2"/></securityCategoryTag>`)
	}
	p := parse(t, small("P", "1.3.6.1.4.1.32473.61", "", tags.String(), ""))
	b := &spif.Budget{Left: 200_000}
	found := p.Choices(p.Label(label.Label{}), spif.Validation{At: now}, spif.Frame{Budget: b})
	if found.Now.State == spif.Impossible || found.Values[5].State == spif.Impossible {
		t.Errorf("%v", found.Now.State)
	}
	if b.Left < -300_000 {
		t.Errorf("%d steps beyond the budget", -b.Left)
	}
}
