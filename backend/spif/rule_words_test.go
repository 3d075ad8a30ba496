package spif_test

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/label"
	"caveat/backend/spif"
)

func demoPolicy(t *testing.T) *spif.Policy {
	t.Helper()
	data, err := os.ReadFile("../demo/policy.spif.xml")
	if err != nil {
		t.Fatal(err)
	}
	p, err := spif.Parse(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func namedValue(t *testing.T, p *spif.Policy, set, name string) *spif.Value {
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

// What is said of each value's classifications is what Validate does with it: no word may promise another rule than the one enforced.
func TestRuleWordsSayWhatValidateDoes(t *testing.T) {
	checkRuleWords(t, demoPolicy(t))
	for _, file := range []string{"nato-v91.spif.xml", "coalition.spif.xml", "atlantia.spif.xml"} {
		if p := sample(t, file); p != nil {
			checkRuleWords(t, p)
		}
	}
}

func checkRuleWords(t *testing.T, p *spif.Policy) {
	t.Helper()
	for _, set := range p.TagSets() {
		for _, tag := range set.Tags() {
			for _, v := range tag.Values() {
				said := strings.Join(p.ValueRules(v, "en"), "\n")
				var with []string
				for _, c := range p.Classes() {
					l := p.Label(label.Label{Information: label.Information{Policy: p.PolicyID(), Classification: c.Name(), Categories: []label.Category{
						{TagName: set.Name(), Type: tag.Type(), Values: []string{v.Name()}},
					}}})
					wrong := slices.ContainsFunc(p.Validate(l, spif.Validation{At: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)}), func(x spif.Problem) bool {
						return x.Rule == spif.RuleRequiredClass || x.Rule == spif.RuleExcludedClass
					})
					if !wrong {
						with = append(with, c.Name())
					}
				}
				want := ""
				switch {
				case len(with) == len(p.Classes()):
				case len(with) > 1 && with[len(with)-1] == p.Classes()[len(p.Classes())-1].Name() && len(with) == len(p.Classes())-slices.IndexFunc(p.Classes(), func(c *spif.Class) bool { return c.Name() == with[0] }):
					want = "needs " + with[0] + " or above"
				default:
					want = "only with " + strings.Join(with, " or ")
				}
				if hasOne := strings.Contains(said, " or above") || strings.Contains(said, "only with "); want == "" && hasOne || !strings.Contains(said, want) {
					t.Errorf("%s of %s stands with %v, and is said to: %q", v.Name(), set.Name(), with, said)
				}
			}
		}
	}
}

// A small policy with each kind of rule.
const ruleful = `<SPIF xmlns="http://www.xmlspif.org/spif" schemaVersion="2.1" version="1" creationDate="20260101000000Z" originatorDN="CN=x" keyIdentifier="0" privilegeId="1.3.26.0.4774.5.24.1" rbacId="1.3.26.0.4774.5.24.1">
<securityPolicyId name="P" id="1.2.3"/>
<securityClassifications>
<securityClassification name="OPEN" lacv="1" hierarchy="1"/>
<securityClassification name="CLOSED" lacv="2" hierarchy="2"><requiredCategory operation="oneOrMore"><categoryGroup tagSetRef="S" tagType="restrictive" all="true"/></requiredCategory></securityClassification>
<securityClassification name="SHUT" lacv="3" hierarchy="3"/>
</securityClassifications>
<securityCategoryTagSets><securityCategoryTagSet name="S" id="1.2.3.1"><securityCategoryTag name="S" tagType="restrictive" minSelection="1" maxSelection="2">
<tagCategory name="UP" lacv="1"><excludedClass>OPEN</excludedClass></tagCategory>
<tagCategory name="MID" lacv="2" requiredClass="CLOSED"/>
<tagCategory name="TIMED" lacv="3" notAfter="2027-01-01T00:00:00Z"><excludedCategory tagSetRef="S" tagType="restrictive" lacv="1"/></tagCategory>
</securityCategoryTag></securityCategoryTagSet></securityCategoryTagSets>
</SPIF>`

func TestRuleWordsOfEachKind(t *testing.T) {
	p, err := spif.Parse(strings.NewReader(ruleful))
	if err != nil {
		t.Fatal(err)
	}
	value := func(name, lang string) []string { return p.ValueRules(namedValue(t, p, "S", name), lang) }
	for _, c := range []struct {
		got  []string
		want string
	}{
		{value("UP", "en"), "needs CLOSED or above"},
		{value("UP", "fr"), "exige CLOSED ou plus"},
		{value("MID", "en"), "only with CLOSED"},
		{value("TIMED", "en"), `not together with UP of "S"|valid until 1 Jan 2027, 00:00Z`},
		{p.ClassRules(p.Class("CLOSED"), "en"), `needs a value of "S"`},
		{p.ClassRules(p.Class("OPEN"), "en"), ""},
		{p.TagSet("S").Tags()[0].TagRules("en"), "a person must hold every value that a label has|a label has at least 1|a label has at most 2"},
	} {
		if got := strings.Join(c.got, "|"); got != c.want {
			t.Errorf("%q, not %q", got, c.want)
		}
	}
}

func TestLanguagesOfAPolicy(t *testing.T) {
	if got := demoPolicy(t).Languages(); !slices.Equal(got, []string{"en", "fr"}) {
		t.Errorf("%q", got)
	}
}
