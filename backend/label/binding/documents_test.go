package binding_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const slab = ` xmlns:slab="urn:nato:stanag:4774:confidentialitymetadatalabel:1:0"`

// labelXML is a label of that kind, whose prefix the document around it must declare.
func labelXML(kind, policy, class string) string {
	return "<slab:" + kind + "><slab:ConfidentialityInformation><slab:PolicyIdentifier>" + policy + "</slab:PolicyIdentifier><slab:Classification>" +
		class + "</slab:Classification></slab:ConfidentialityInformation><slab:CreationDateTime>2025-03-01T09:00:00Z</slab:CreationDateTime></slab:" + kind + ">"
}

func originator(class string) string {
	return labelXML("originatorConfidentialityLabel", "TESTLAND", class)
}

func alternative(policy, class string) string {
	return labelXML("alternativeConfidentialityLabel", policy, class)
}

// bind writes one binding of metadata elements to references.
func bind(metadata string, references ...string) string {
	out := "<mb:MetadataBinding>" + metadata
	for _, r := range references {
		out += `<mb:DataReference URI="` + r + `"/>`
	}
	return out + "</mb:MetadataBinding>"
}

func meta(content string) string { return "<mb:Metadata>" + content + "</mb:Metadata>" }

// object writes a binding data object of one container.
func object(bindings ...string) string {
	return `<mb:BindingInformation xmlns:mb="urn:nato:stanag:4778:bindinginformation:1:0"` + slab + `><mb:MetadataBindingContainer>` +
		strings.Join(bindings, "") + `</mb:MetadataBindingContainer></mb:BindingInformation>`
}

// fullObject has all that the schema knows, and both printed forms of several labels.
const fullObject = `<?xml version="1.0" encoding="UTF-8"?>
<b:BindingInformation xmlns:b="urn:nato:stanag:4778:bindinginformation:1:0" xmlns:m="http://www.w3.org/2005/05/xmlmime"
 xmlns:ds="http://www.w3.org/2000/09/xmldsig#" xmlns:slab="urn:nato:stanag:4774:confidentialitymetadatalabel:1:0"
 xmlns:x="u:x" x:profile="p" xmlns:mb="u:taken" mb:k="v">
<ds:Signature Id="s1"><ds:SignedInfo>a<ds:Reference URI="#b1"/></ds:SignedInfo></ds:Signature>
<ds:Signature/>
<b:MetadataBindingContainer Id="c1" x:on="container">
 <b:MetadataBinding Id="b1" x:on="binding">
  <b:Metadata m:contentType="application/xml" encoding="utf-8" x:on="metadata">` +
	`<slab:originatorConfidentialityLabel Id="l1"><slab:ConfidentialityInformation><slab:PolicyIdentifier>TESTLAND</slab:PolicyIdentifier><slab:Classification>SECRET</slab:Classification></slab:ConfidentialityInformation></slab:originatorConfidentialityLabel>` +
	`<slab:alternativeConfidentialityLabel><slab:ConfidentialityInformation><slab:PolicyIdentifier>OTHER</slab:PolicyIdentifier><slab:Classification>HIGH</slab:Classification></slab:ConfidentialityInformation></slab:alternativeConfidentialityLabel>` +
	`</b:Metadata>
  <b:Metadata><x:Title>Fuel</x:Title></b:Metadata>
  <b:MetadataReference URI="http://x/label.xml" m:contentType="application/xml" x:on="reference"/>
  <b:DataReference URI="./report.txt" m:contentType="text/plain" encoding="utf-8"/>
  <b:DataReference URI="cid:part1@x"><ds:Transforms><ds:Transform Algorithm="xpath"><ds:XPath>//b:x</ds:XPath></ds:Transform></ds:Transforms></b:DataReference>
  <b:Data encoding="base64" m:contentType="text/plain">QUJD</b:Data>
  <b:Data> <x:doc xml:base="http://x/"><y>&amp;</y></x:doc> </b:Data>
 </b:MetadataBinding>
 <x:in/>
</b:MetadataBindingContainer>
<b:MetadataBindingContainer>
 <b:MetadataBinding>
  <b:Metadata><slab:metadataConfidentialityLabel><slab:ConfidentialityInformation><slab:PolicyIdentifier>TESTLAND</slab:PolicyIdentifier><slab:Classification>OPEN</slab:Classification></slab:ConfidentialityInformation></slab:metadataConfidentialityLabel></b:Metadata>
  <b:DataReference URI=""/>
 </b:MetadataBinding>
</b:MetadataBindingContainer>
<x:last/>
</b:BindingInformation>
`

// change replaces one occurrence of old, which must be there: a case that changes nothing would prove nothing.
func change(t *testing.T, document, old, new string) string {
	t.Helper()
	if !strings.Contains(document, old) {
		t.Fatalf("the document does not hold %q", old)
	}
	return strings.Replace(document, old, new, 1)
}

// standards reads a file of the standards' material, which lies beside the repository; nil where it need not be there.
func standards(t *testing.T, name ...string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(append([]string{"..", "..", "..", "..", "shared", "standards"}, name...)...))
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Logf("not checked: %v", err)
	}
	return data
}
