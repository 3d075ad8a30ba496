package label_test

import (
	"strings"
	"testing"
)

// goodLabel uses every part of a label that the schema knows, one extension at each place where the schema allows them.
const goodLabel = `<slab:originatorConfidentialityLabel xmlns:slab="urn:nato:stanag:4774:confidentialitymetadatalabel:1:0" ReviewDateTime="2035-01-01T00:00:00Z">
  <slab:ConfidentialityInformation>
    <slab:PolicyIdentifier URI="urn:oid:1.3.6.1.4.1.32473.9.1">TESTLAND</slab:PolicyIdentifier>
    <slab:Classification>SECRET</slab:Classification>
    <slab:PrivacyMark>STAFF &amp; FAMILY</slab:PrivacyMark>
    <slab:Category TagName="Codeword" Type="RESTRICTIVE" URI="urn:oid:1.3.6.1.4.1.32473.9.2.1">
      <slab:GenericValue>MEDIC</slab:GenericValue>
    </slab:Category>
    <slab:Category TagName="Releasable To" Type="PERMISSIVE">
      <slab:GenericValue>ATL</slab:GenericValue>
      <slab:GenericValue>BOR</slab:GenericValue>
    </slab:Category>
    <x:Marking xmlns:x="urn:example:extension">anything</x:Marking>
  </slab:ConfidentialityInformation>
  <slab:OriginatorID IDType="rfc822Name">duty.officer@atlantia.example</slab:OriginatorID>
  <slab:CreationDateTime>2025-03-01T09:00:00.5Z</slab:CreationDateTime>
  <slab:SuccessionHandling>
    <slab:SuccessionDateTime>2030-01-01T00:00:00Z</slab:SuccessionDateTime>
    <slab:SuccessorConfidentialityLabel>
      <slab:ConfidentialityInformation>
        <slab:PolicyIdentifier>TESTLAND</slab:PolicyIdentifier>
        <slab:Classification>OPEN</slab:Classification>
      </slab:ConfidentialityInformation>
      <slab:CreationDateTime>2025-03-01T09:00:00Z</slab:CreationDateTime>
    </slab:SuccessorConfidentialityLabel>
  </slab:SuccessionHandling>
  <x:More xmlns:x="urn:example:extension"/>
</slab:originatorConfidentialityLabel>`

const goodClearance = `<sclr:ConfidentialityClearance xmlns:sclr="urn:nato:stanag:4774:confidentialityclearance:1:0" xmlns:slab="urn:nato:stanag:4774:confidentialitymetadatalabel:1:0">
  <slab:PolicyIdentifier URI="urn:oid:1.3.6.1.4.1.32473.9.1">TESTLAND</slab:PolicyIdentifier>
  <sclr:ClassificationList>
    <slab:Classification>OPEN</slab:Classification>
    <slab:Classification>SECRET</slab:Classification>
  </sclr:ClassificationList>
  <slab:Category TagName="Codeword" Type="RESTRICTIVE" URI="urn:oid:1.3.6.1.4.1.32473.9.2.1">
    <slab:GenericValue>MEDIC</slab:GenericValue>
  </slab:Category>
  <sclr:ConfidentialityClearanceExtensions/>
</sclr:ConfidentialityClearance>`

// change replaces one occurrence of old, which must be there: a case that changes nothing would prove nothing.
func change(t *testing.T, document, old, new string) string {
	t.Helper()
	if !strings.Contains(document, old) {
		t.Fatalf("the document does not hold %q", old)
	}
	return strings.Replace(document, old, new, 1)
}
