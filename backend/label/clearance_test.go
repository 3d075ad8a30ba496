package label_test

import (
	"errors"
	"reflect"
	"testing"

	"caveat/backend/label"
	"caveat/backend/label/strictxml"
)

func TestParseClearanceReadsEverything(t *testing.T) {
	c, err := label.ParseClearance([]byte(goodClearance))
	if err != nil {
		t.Fatal(err)
	}
	want := label.Clearance{
		Policy:          label.PolicyID{Name: "TESTLAND", URI: "urn:oid:1.3.6.1.4.1.32473.9.1"},
		Classifications: []string{"OPEN", "SECRET"},
		Categories: []label.Category{
			{TagName: "Codeword", Type: label.Restrictive, URI: "urn:oid:1.3.6.1.4.1.32473.9.2.1", Values: []string{"MEDIC"}},
		},
	}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("got  %+v\nwant %+v", c, want)
	}
}

func TestParseClearanceRefuses(t *testing.T) {
	const list = "<sclr:ClassificationList>"
	const class = "<slab:Classification>SECRET</slab:Classification>"
	tests := []struct {
		name, old, new string
		want           error
	}{
		{"comment inside text", ">SECRET<", ">SEC<!-- -->RET<", label.ErrSyntax},
		{"DOCTYPE", "<sclr:Confidentiality", "<!DOCTYPE x><sclr:Confidentiality", label.ErrSyntax},
		{"junk before", "<sclr:Confidentiality", "x<sclr:Confidentiality", label.ErrSyntax},
		{"root of the label's namespace", "sclr:ConfidentialityClearance ", "slab:ConfidentialityClearance ", label.ErrSyntax},
		{"root of another namespace", "clearance:1:0", "clearance:1:1", label.ErrSyntax},
		{"classification in the clearance's namespace", class, "<sclr:Classification>SECRET</sclr:Classification>", label.ErrSyntax},
		{"list in the label's namespace", "sclr:ClassificationList", "slab:ClassificationList", label.ErrSyntax},
		{"second list", "</sclr:ClassificationList>", "</sclr:ClassificationList><sclr:ClassificationList>" + class + "</sclr:ClassificationList>", label.ErrSyntax},
		{"second policy", list, "<slab:PolicyIdentifier>OTHER</slab:PolicyIdentifier>" + list, label.ErrSyntax}, // one clearance, one policy
		{"policy after the list", list, list + "<slab:PolicyIdentifier>X</slab:PolicyIdentifier>", label.ErrSyntax},
		{"empty classification", ">SECRET<", "><", label.ErrSyntax},
		{"text in the list", class, "TOP SECRET" + class, label.ErrSyntax},
		{"text beside the list", list, "x" + list, label.ErrSyntax},
		{"IntegerValue", "slab:GenericValue>MEDIC</slab:GenericValue", "slab:IntegerValue>1</slab:IntegerValue", label.ErrSyntax},
		{"foreign element outside the extensions", "<sclr:ConfidentialityClearanceExtensions/>", `<x:a xmlns:x="u:x"/>`, label.ErrSyntax},
		{"extensions twice", "<sclr:ConfidentialityClearanceExtensions/>", "<sclr:ConfidentialityClearanceExtensions/><sclr:ConfidentialityClearanceExtensions/>", label.ErrSyntax},
		{"category after the extensions", "</sclr:ConfidentialityClearance>", `<slab:Category TagName="A" Type="PERMISSIVE"/></sclr:ConfidentialityClearance>`, label.ErrSyntax},
		{"bad URI", "urn:oid:1.3.6.1.4.1.32473.9.1", "oid:1.3.6", label.ErrSyntax},
		{"a value outside its category", "<slab:Category ", "<slab:GenericValue>X</slab:GenericValue><slab:Category ", label.ErrSyntax},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { refuseClearance(t, change(t, goodClearance, tt.old, tt.new), tt.want) })
	}
	t.Run("no classification at all", func(t *testing.T) {
		none := change(t, change(t, goodClearance, class, ""), "<slab:Classification>OPEN</slab:Classification>", "")
		refuseClearance(t, none, label.ErrSyntax)
	})
	t.Run("second root", func(t *testing.T) { refuseClearance(t, goodClearance+goodClearance, label.ErrSyntax) })
	t.Run("a label", func(t *testing.T) { refuseClearance(t, goodLabel, label.ErrSyntax) })
	t.Run("too long", func(t *testing.T) {
		refuseClearance(t, goodClearance+string(make([]byte, label.MaxSize)), label.ErrTooLarge) // size is looked at first
	})
}

func refuseClearance(t *testing.T, document string, want error) {
	t.Helper()
	c, err := label.ParseClearance([]byte(document))
	if !errors.Is(err, want) {
		t.Fatalf("error %v, want one that wraps %v", err, want)
	}
	if !reflect.DeepEqual(c, label.Clearance{}) {
		t.Errorf("a clearance came with the error: %+v", c)
	}
	var at *strictxml.Error
	if !errors.As(err, &at) || at.Line < 1 {
		t.Errorf("the error says no place: %v", err)
	}
}

func TestParseClearanceAcceptsExtensionsOfTheList(t *testing.T) {
	document := change(t, goodClearance, "</sclr:ClassificationList>",
		`<sclr:ConfidentialityClearanceExtensions><x:a xmlns:x="u:x">y</x:a></sclr:ConfidentialityClearanceExtensions></sclr:ClassificationList>`)
	c, err := label.ParseClearance([]byte(document))
	if err != nil || len(c.Classifications) != 2 {
		t.Errorf("%+v, %v", c, err)
	}
}
