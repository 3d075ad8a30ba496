package spif_test

import (
	"strings"
	"testing"

	"caveat/backend/label"
	"caveat/backend/spif"
)

// placedPolicy makes a policy whose markings and qualifiers are given.
func placedPolicy(t *testing.T, low, value, policy string) *spif.Policy {
	t.Helper()
	return parse(t, `<spif:SPIF xmlns:spif="http://www.xmlspif.org/spif" schemaVersion="2.1" creationDate="20260101000000Z" originatorDN="CN=x" keyIdentifier="00" `+
		`privilegeId="1.3.26.0.4774.5.24.1" rbacId="1.3.26.0.4774.5.24.1"><spif:securityPolicyId name="P" id="1.3.6.1.4.1.32473.70.1"/><spif:securityClassifications>`+
		`<spif:securityClassification name="LOW" lacv="1" hierarchy="1">`+low+`</spif:securityClassification></spif:securityClassifications>`+
		`<spif:securityCategoryTagSets><spif:securityCategoryTagSet name="To" id="1.3.6.1.4.1.32473.70.2"><spif:securityCategoryTag name="To" tagType="permissive">`+
		`<spif:tagCategory name="ATL" lacv="1">`+value+`</spif:tagCategory></spif:securityCategoryTag></spif:securityCategoryTagSet></spif:securityCategoryTagSets>`+
		`<spif:privacyMarks><spif:privacyMark name="PERSONAL"><spif:markingData phrase="Personal"><spif:code>subject</spif:code></spif:markingData></spif:privacyMark></spif:privacyMarks>`+policy+`</spif:SPIF>`)
}

func data(phrase, codes string) string {
	out := `<spif:markingData phrase="` + phrase + `">`
	for c := range strings.FieldsSeq(codes) {
		out += "<spif:code>" + c + "</spif:code>"
	}
	return out + "</spif:markingData>"
}

func qualified(code, text string) string {
	return `<spif:markingQualifier markingCode="` + code + `"><spif:qualifier markingQualifier="` + text + `" qualifierCode="prefix"/></spif:markingQualifier>`
}

func TestPlaced(t *testing.T) {
	for _, tt := range []struct {
		name, low, value, policy string
		mark                     string
		to                       bool
		want                     spif.Placed
	}{
		{name: "no codes: nothing", low: data("low", "pageTopBottom portionMarking")},
		{name: "data without a place is for pages", low: data("low", "")},
		{name: "each place of its own", low: data("first", "firstLineOfText") + data("last", "lastLineOfText") + data("subj", "subject") + data("head", "xHeader"),
			want: spif.Placed{FirstLine: "P first", LastLine: "P last", Subject: "P subj", Header: "P head", HeaderName: spif.DefaultHeader}},
		{name: "a value alone asks for the place", value: data("Atlantia", "subject"), to: true, want: spif.Placed{Subject: "P LOW Atlantia"}},
		{name: "a value that the label has not", value: data("Atlantia", "subject")},
		{name: "the policy's own data", policy: data("P-ALL", "subject replacePolicy"), want: spif.Placed{Subject: "P-ALL LOW"}},
		{name: "a privacy mark", mark: "personal", want: spif.Placed{Subject: "P LOW Personal"}},
		{name: "the header's name is no text", low: data("low", "xHeader"), policy: qualified("xHeader", "X-Pennant-Marking: "),
			want: spif.Placed{Header: "P low", HeaderName: "X-Pennant-Marking"}},
		{name: "a name asks for the header", policy: qualified("xHeader", "X-Pennant-Marking"), want: spif.Placed{Header: "P LOW", HeaderName: "X-Pennant-Marking"}},
		{name: "a page's prefix names no header", low: data("low", "xHeader"), policy: qualified("pageTop", "MARKED "),
			want: spif.Placed{Header: "MARKED P low", HeaderName: spif.DefaultHeader}},
		{name: "nothing is shown there", low: data("low", "subject noMarkingDisplay"), policy: data("", "subject replacePolicy"), want: spif.Placed{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := placedPolicy(t, tt.low, tt.value, tt.policy)
			info := label.Information{Policy: p.PolicyID(), Classification: "LOW", PrivacyMark: tt.mark}
			if tt.to {
				info.Categories = []label.Category{{TagName: "To", Type: label.Permissive, Values: []string{"ATL"}}}
			}
			if got := p.Placed(p.Label(label.Label{Information: info}), ""); got != tt.want {
				t.Errorf("%+v; want %+v", got, tt.want)
			}
		})
	}
}

func TestIsMarkedAs(t *testing.T) {
	p := parse(t, document(t, "marking.spif.xml"))
	l := p.Label(label.Label{Information: label.Information{Policy: p.PolicyID(), Classification: "LOW", Categories: []label.Category{{TagName: "Eyes", Type: label.Permissive, Values: []string{"ATL", "BOR"}}}}})
	for text, want := range map[string]bool{
		"MARK low For Atlantia, Borduria Eyes Only":   true,
		"mark LOW  for borduria / atlantia eyes only": true, // as ADatP-4774.1's stylesheet sorts them
		"MARK bas Pour Atlantie, Borduria Eyes Only":  true, // in another language of the policy
		"MARK low":                        false,
		"MARK low For Atlantia Eyes Only": false,
		"MARK low For Atlantia, Borduria, Syldavia (any) Eyes Only": false,
		"MARK PLAIN For Atlantia, Borduria Eyes Only":               false,
		"": false, "-- //": false,
	} {
		if got := p.IsMarkedAs(l, text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
