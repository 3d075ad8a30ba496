package label_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"caveat/backend/label"
	"caveat/backend/label/strictxml"
)

// fullLabel has all that the schema lets stand in a label, its namespaces declared as far away as can be, and a default
// namespace that is not the label's.
const fullLabel = `<s4774:alternativeConfidentialityLabel xmlns:s4774="urn:nato:stanag:4774:confidentialitymetadatalabel:1:0"
 xmlns:slab="urn:taken" xmlns:x="u:x" xmlns="u:default" Id="L-1" x:profile="p &amp; q" slab:k="v" xml:lang="en">
<s4774:ConfidentialityInformation>
  <s4774:PolicyIdentifier x:on="policy">TESTLAND</s4774:PolicyIdentifier>
  <s4774:Classification x:on="class">SECRET</s4774:Classification>
  <s4774:Category TagName="Codeword" Type="RESTRICTIVE" x:on="category"><s4774:GenericValue>MEDIC</s4774:GenericValue></s4774:Category>
  <Bare k="1">text <b xmlns="">&lt;none&gt;</b> and <x:i/></Bare>
</s4774:ConfidentialityInformation>
<s4774:OriginatorID IDType="jID" x:on="originator">duty@atl.example</s4774:OriginatorID>
<s4774:CreationDateTime>2025-03-01T09:00:00Z</s4774:CreationDateTime>
<s4774:SuccessionHandling>
  <s4774:SuccessionDateTime>2030-01-01T00:00:00Z</s4774:SuccessionDateTime>
  <s4774:SuccessorConfidentialityLabel>
    <s4774:ConfidentialityInformation><s4774:PolicyIdentifier>TESTLAND</s4774:PolicyIdentifier><s4774:Classification>OPEN</s4774:Classification><x:in/></s4774:ConfidentialityInformation>
    <s4774:OriginatorID IDType="x400Address" x:on="successor">/c=xx</s4774:OriginatorID>
    <s4774:CreationDateTime>2025-03-02T09:00:00Z</s4774:CreationDateTime>
    <s4774:SuccessionHandling>
      <s4774:SuccessionDateTime>2040-01-01T00:00:00Z</s4774:SuccessionDateTime>
      <s4774:SuccessorConfidentialityLabel>
        <s4774:ConfidentialityInformation><s4774:PolicyIdentifier>TESTLAND</s4774:PolicyIdentifier><s4774:Classification>GONE</s4774:Classification></s4774:ConfidentialityInformation>
      </s4774:SuccessorConfidentialityLabel>
    </s4774:SuccessionHandling>
    <x:beside/>
  </s4774:SuccessorConfidentialityLabel>
  <x:handling/>
</s4774:SuccessionHandling>
<x:last t="s4774:QName"/>
</s4774:alternativeConfidentialityLabel>`

func TestCanonicalFormKeepsEverything(t *testing.T) {
	l, err := label.ParseLabel([]byte(fullLabel))
	if err != nil {
		t.Fatal(err)
	}
	roundTripLabel(t, l)
	l.XML = nil
	x := func(on string) []label.Attribute { return []label.Attribute{{Space: "u:x", Name: "on", Value: on}} }
	// Prefixes in scope go with an extension, since a text may use one; the default namespace only where a name uses it.
	const scope = ` xmlns:s4774="urn:nato:stanag:4774:confidentialitymetadatalabel:1:0" xmlns:slab="urn:taken" xmlns:x="u:x"`
	ext := func(name string) []label.Extension {
		return []label.Extension{{Space: "u:x", Name: name, XML: "<x:" + name + scope + "/>"}}
	}
	day := func(y, d int) time.Time { return time.Date(y, 3, d, 9, 0, 0, 0, time.UTC) }
	policy := label.PolicyID{Name: "TESTLAND"}
	want := label.Label{
		Kind: label.Alternative, ID: "L-1",
		Attributes: []label.Attribute{
			{Space: "u:x", Name: "profile", Value: "p & q"}, {Space: "urn:taken", Name: "k", Value: "v"},
			{Space: "http://www.w3.org/XML/1998/namespace", Name: "lang", Value: "en"},
		},
		Information: label.Information{
			Policy: policy, PolicyAttributes: x("policy"), Classification: "SECRET", ClassificationAttributes: x("class"),
			Categories: []label.Category{{TagName: "Codeword", Type: label.Restrictive, Values: []string{"MEDIC"}, Attributes: x("category")}},
			Extensions: []label.Extension{{Space: "u:default", Name: "Bare", XML: `<Bare xmlns="u:default"` + scope + ` k="1">text <b xmlns="">&lt;none&gt;</b> and <x:i/></Bare>`}},
		},
		OriginatorID: "duty@atl.example", OriginatorIDType: "jID", OriginatorAttributes: x("originator"), Created: day(2025, 1),
		LabelExtensions: []label.Extension{{Space: "u:x", Name: "last", XML: "<x:last" + scope + ` t="s4774:QName"/>`}},
		Succession: &label.Successor{
			At:           time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC),
			Label:        label.Information{Policy: policy, Classification: "OPEN", Extensions: ext("in")},
			OriginatorID: "/c=xx", OriginatorIDType: "x400Address", OriginatorAttributes: x("successor"), Created: day(2025, 2),
			Succession: &label.Successor{
				At: time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC), Label: label.Information{Policy: policy, Classification: "GONE"},
			},
			LabelExtensions: ext("beside"), Extensions: ext("handling"),
		},
	}
	if !reflect.DeepEqual(l, want) {
		t.Errorf("got  %+v\nwant %+v", l, want)
	}
}

// What is kept stands alone: it is the same element in a document that declares nothing.
func TestExtensionsStandAlone(t *testing.T) {
	l, err := label.ParseLabel([]byte(fullLabel))
	if err != nil {
		t.Fatal(err)
	}
	e, err := strictxml.Parse([]byte(l.Information.Extensions[0].XML), strictxml.Limits{})
	if err != nil || e.Space != "u:default" || e.Children[0].Space != "" || e.Children[1].Space != "u:x" {
		t.Errorf("%+v, %v", e, err)
	}
}

const fullClearance = `<ConfidentialityClearance xmlns="urn:nato:stanag:4774:confidentialityclearance:1:0"
 xmlns:l="urn:nato:stanag:4774:confidentialitymetadatalabel:1:0" xmlns:x="u:x" x:k="root">
<l:PolicyIdentifier x:k="policy">TESTLAND</l:PolicyIdentifier>
<ClassificationList><l:Classification>OPEN</l:Classification><l:Classification x:k="secret">SECRET</l:Classification>
  <ConfidentialityClearanceExtensions><x:list/></ConfidentialityClearanceExtensions></ClassificationList>
<l:Category TagName="Codeword" Type="RESTRICTIVE" x:k="category"><l:GenericValue>MEDIC</l:GenericValue></l:Category>
<ConfidentialityClearanceExtensions><x:whole>t</x:whole></ConfidentialityClearanceExtensions>
</ConfidentialityClearance>`

func TestCanonicalClearanceKeepsEverything(t *testing.T) {
	c, err := label.ParseClearance([]byte(fullClearance))
	if err != nil {
		t.Fatal(err)
	}
	k := func(v string) []label.Attribute { return []label.Attribute{{Space: "u:x", Name: "k", Value: v}} }
	const scope = ` xmlns:l="urn:nato:stanag:4774:confidentialitymetadatalabel:1:0" xmlns:x="u:x"`
	want := label.Clearance{
		Policy: label.PolicyID{Name: "TESTLAND"}, PolicyAttributes: k("policy"), Attributes: k("root"),
		Classifications: []string{"OPEN", "SECRET"}, ClassificationAttributes: [][]label.Attribute{nil, k("secret")},
		Categories:     []label.Category{{TagName: "Codeword", Type: label.Restrictive, Values: []string{"MEDIC"}, Attributes: k("category")}},
		ListExtensions: []label.Extension{{Space: "u:x", Name: "list", XML: "<x:list" + scope + "/>"}},
		Extensions:     []label.Extension{{Space: "u:x", Name: "whole", XML: "<x:whole" + scope + ">t</x:whole>"}},
	}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("got  %+v\nwant %+v", c, want)
	}
	roundTripClearance(t, c)
}

func roundTripClearance(t *testing.T, c label.Clearance) {
	t.Helper()
	document := c.Marshal()
	back, err := label.ParseClearance(document)
	if err != nil || !reflect.DeepEqual(back, c) {
		t.Fatalf("%+v\nbecame %+v, %v", c, back, err)
	}
	if again := back.Marshal(); string(again) != string(document) {
		t.Errorf("written again it differs:\n%s\n%s", document, again)
	}
}

// A case is what is refused where: foreign things where the schema has no place for them, the standard's own where it does
// not know them, and attributes by which an XML processor would read something else.
func TestForeignThingsHaveTheirPlaces(t *testing.T) {
	const ns = ` xmlns:q="u:q" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" `
	for _, tt := range []struct{ name, old, new string }{
		{"attribute on the information", "<slab:ConfidentialityInformation>", "<slab:ConfidentialityInformation" + ns + `q:k="">`},
		{"attribute on a value", "<slab:GenericValue>ATL", "<slab:GenericValue" + ns + `q:k="">ATL`},
		{"attribute on a privacy mark", "<slab:PrivacyMark>", "<slab:PrivacyMark" + ns + `q:k="">`},
		{"attribute on a date", "<slab:CreationDateTime>2025-03-01T09:00:00.5Z", "<slab:CreationDateTime" + ns + `q:k="">2025-03-01T09:00:00.5Z`},
		{"attribute on the handling", "<slab:SuccessionHandling>", "<slab:SuccessionHandling" + ns + `q:k="">`},
		{"attribute on the successor", "<slab:SuccessorConfidentialityLabel>", `<slab:SuccessorConfidentialityLabel ReviewDateTime="2030-01-01T00:00:00Z">`},
		{"unknown attribute on the label", " ReviewDateTime=", ` Review="x" ReviewDateTime=`},
		{"attribute of the label's namespace", " ReviewDateTime=", ` slab:Id="x" ReviewDateTime=`},
		{"attribute of the clearance's namespace", " ReviewDateTime=", ` xmlns:c="urn:nato:stanag:4774:confidentialityclearance:1:0" c:Id="x" ReviewDateTime=`},
		{"URI on the classification", "<slab:Classification>SECRET", `<slab:Classification URI="urn:oid:1.2.3">SECRET`}, // the text forbids it
		{"unknown attribute on a category", `TagName="Codeword"`, `Tag="x" TagName="Codeword"`},
		{"xsi:type", "<slab:Classification>SECRET", "<slab:Classification" + ns + `xsi:type="q:t">SECRET`},
		{"xsi:nil", "<slab:Classification>SECRET", "<slab:Classification" + ns + `xsi:nil="true">SECRET`},
		{"xml:base", " ReviewDateTime=", ` xml:base="http://x/" ReviewDateTime=`},
		{"Id that is no name", " ReviewDateTime=", ` Id="1" ReviewDateTime=`},
		{"empty Id", " ReviewDateTime=", ` Id="" ReviewDateTime=`},
		{"IDType missing", ` IDType="rfc822Name"`, ``},
		{"IDType unknown", `"rfc822Name"`, `"email"`},
		{"IDType in another case", `"rfc822Name"`, `"RFC822Name"`},
		{"element of the label's namespace among extensions", "<x:More ", "<slab:More/><x:More "},
		{"element of the clearance's namespace among extensions", "<x:More ", `<c:More xmlns:c="urn:nato:stanag:4774:confidentialityclearance:1:0"/><x:More `},
		{"element without namespace among extensions", "<x:More ", "<More/><x:More "},
		{"foreign element in a category", "<slab:GenericValue>ATL", `<q:v xmlns:q="u:q"/><slab:GenericValue>ATL`},
		{"foreign element before the policy", "<slab:PolicyIdentifier", `<q:v xmlns:q="u:q"/><slab:PolicyIdentifier`},
		{"review date zero", "2035-01-01T00:00:00Z", "0001-01-01T00:00:00Z"}, // would read as none
		{"name of a no-break space only joined to a comment", ">SECRET<", ">SEC<!---->RET<"},
	} {
		t.Run(tt.name, func(t *testing.T) { refuseLabel(t, change(t, goodLabel, tt.old, tt.new), label.ErrSyntax) })
	}
	for _, tt := range []struct{ name, old, new string }{
		{"clearance: attribute on the list", "<sclr:ClassificationList>", `<sclr:ClassificationList xmlns:q="u:q" q:k="">`},
		{"clearance: attribute on the extensions", "<sclr:ConfidentialityClearanceExtensions/>", `<sclr:ConfidentialityClearanceExtensions k=""/>`},
		{"clearance: unknown attribute", "<sclr:ConfidentialityClearance ", `<sclr:ConfidentialityClearance Id="x" `},
		{"clearance: the label's element among extensions", "<sclr:ConfidentialityClearanceExtensions/>", `<sclr:ConfidentialityClearanceExtensions><slab:Category TagName="A" Type="PERMISSIVE"/></sclr:ConfidentialityClearanceExtensions>`},
		{"clearance: text among extensions", "<sclr:ConfidentialityClearanceExtensions/>", `<sclr:ConfidentialityClearanceExtensions>x</sclr:ConfidentialityClearanceExtensions>`},
	} {
		t.Run(tt.name, func(t *testing.T) { refuseClearance(t, change(t, goodClearance, tt.old, tt.new), label.ErrSyntax) })
	}
}

// Only what XML calls white space is white space: a no-break space is part of the name.
func TestNoBreakSpaceIsNoBlank(t *testing.T) {
	l, err := label.ParseLabel([]byte(change(t, goodLabel, ">SECRET<", ">\u00a0SECRET \n<")))
	if err != nil || l.Classification != "\u00a0SECRET" {
		t.Errorf("%q, %v", l.Classification, err)
	}
	refuseLabel(t, change(t, goodLabel, "<slab:PrivacyMark>", "\u00a0<slab:PrivacyMark>"), label.ErrSyntax)
}

// Extensions gain namespace declarations; what they gain is bounded, or 64 KiB would become megabytes.
func TestExtensionsCannotGrow(t *testing.T) {
	var many strings.Builder
	for i := range 200 {
		many.WriteString(` xmlns:p` + strings.Repeat("q", i%15) + string(rune('A'+i/15)) + `="` + strings.Repeat("u", 100) + `"`)
	}
	document := change(t, goodLabel, " ReviewDateTime=", many.String()+" ReviewDateTime=")
	refuseLabel(t, change(t, document, "</slab:originator", strings.Repeat(`<x:a xmlns:x="u:x"/>`, 200)+"</slab:originator"), label.ErrTooLarge)
	// An attribute is written with a declaration of its own, so that a long namespace stands in the canonical form each time.
	far := change(t, goodClearance, "<sclr:ConfidentialityClearance ", `<sclr:ConfidentialityClearance xmlns:x="`+strings.Repeat("u", 30_000)+`" `)
	far = change(t, far, "<slab:Classification>", strings.Repeat(`<slab:Classification x:k="">A</slab:Classification>`, 500)+"<slab:Classification>")
	if allocated := allocates(func() { refuseClearance(t, far, label.ErrTooLarge) }); allocated > maxGrowth*label.MaxSize {
		t.Errorf("%d bytes allocated", allocated)
	}
	var attributes strings.Builder
	for i := range 65 {
		attributes.WriteString(` xml:a` + strings.Repeat("b", i) + `=""`)
	}
	refuseLabel(t, change(t, goodLabel, " ReviewDateTime=", attributes.String()+" ReviewDateTime="), label.ErrTooLarge)
}

// A label that we could not read again once it is written is not taken.
func TestCanonicalFormMustFit(t *testing.T) {
	document := change(t, goodLabel, "STAFF &amp; FAMILY", strings.Repeat("'", label.MaxSize/2))
	refuseLabel(t, document, label.ErrTooLarge)
	refuseClearance(t, change(t, goodClearance, ">MEDIC<", ">"+strings.Repeat("'", label.MaxSize/2)+"<"), label.ErrTooLarge)
}
