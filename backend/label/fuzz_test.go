package label_test

import (
	"reflect"
	"testing"

	"caveat/backend/label"
)

// With an error comes the zero value; without one, writing and reading again gives the same, and a received label keeps
// its bytes.
func FuzzParseLabel(f *testing.F) {
	for _, seed := range []string{
		goodLabel, fullLabel, goodClearance, "", "<a/>", "\ufeff" + goodLabel,
		`<originatorConfidentialityLabel xmlns="urn:nato:stanag:4774:confidentialitymetadatalabel:1:0"><ConfidentialityInformation><PolicyIdentifier>P</PolicyIdentifier><Classification>C</Classification><PrivacyMark> </PrivacyMark></ConfidentialityInformation><OriginatorID IDType="jID"/></originatorConfidentialityLabel>`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, document []byte) {
		l, err := label.ParseLabel(document)
		if err != nil {
			if !reflect.DeepEqual(l, label.Label{}) {
				t.Fatalf("a label came with %v", err)
			}
			return
		}
		if len(document) > label.MaxSize || string(l.Marshal()) != string(document) {
			t.Fatal("the label's bytes were not kept")
		}
		roundTripLabel(t, l)
	})
}

func FuzzParseClearance(f *testing.F) {
	for _, seed := range []string{
		goodClearance, fullClearance, goodLabel, "",
		`<c:ConfidentialityClearance xmlns:c="urn:nato:stanag:4774:confidentialityclearance:1:0" xmlns="urn:nato:stanag:4774:confidentialitymetadatalabel:1:0"><PolicyIdentifier>P</PolicyIdentifier><c:ClassificationList><Classification>C</Classification></c:ClassificationList></c:ConfidentialityClearance>`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, document []byte) {
		c, err := label.ParseClearance(document)
		if err != nil {
			if !reflect.DeepEqual(c, label.Clearance{}) {
				t.Fatalf("a clearance came with %v", err)
			}
			return
		}
		roundTripClearance(t, c)
	})
}
