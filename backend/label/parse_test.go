package label_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"caveat/backend/label"
	"caveat/backend/label/strictxml"
)

func TestParseLabelReadsEverything(t *testing.T) {
	l, err := label.ParseLabel([]byte(goodLabel))
	if err != nil {
		t.Fatal(err)
	}
	l.XML = nil
	want := label.Label{
		Kind: label.Originator,
		Information: label.Information{
			Policy:         label.PolicyID{Name: "TESTLAND", URI: "urn:oid:1.3.6.1.4.1.32473.9.1"},
			Classification: "SECRET", PrivacyMark: "STAFF & FAMILY",
			Categories: []label.Category{
				{TagName: "Codeword", Type: label.Restrictive, URI: "urn:oid:1.3.6.1.4.1.32473.9.2.1", Values: []string{"MEDIC"}},
				{TagName: "Releasable To", Type: label.Permissive, Values: []string{"ATL", "BOR"}},
			},
			Extensions: []label.Extension{{
				Space: "urn:example:extension", Name: "Marking", XML: `<x:Marking xmlns:x="urn:example:extension">anything</x:Marking>`,
			}},
		},
		LabelExtensions: []label.Extension{{Space: "urn:example:extension", Name: "More", XML: `<x:More xmlns:x="urn:example:extension"/>`}},
		OriginatorID:    "duty.officer@atlantia.example", OriginatorIDType: "rfc822Name",
		Created: time.Date(2025, 3, 1, 9, 0, 0, 5e8, time.UTC), Review: time.Date(2035, 1, 1, 0, 0, 0, 0, time.UTC),
		Succession: &label.Successor{
			At:      time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC),
			Label:   label.Information{Policy: label.PolicyID{Name: "TESTLAND"}, Classification: "OPEN"},
			Created: time.Date(2025, 3, 1, 9, 0, 0, 0, time.UTC),
		},
	}
	if !reflect.DeepEqual(l, want) {
		t.Errorf("got  %+v\nwant %+v", l, want)
	}
}

// Every case is one way in which two programs could read two different labels out of one document.
func TestParseLabelRefuses(t *testing.T) {
	const class = "<slab:Classification>SECRET</slab:Classification>"
	const policy = `<slab:PolicyIdentifier URI="urn:oid:1.3.6.1.4.1.32473.9.1">TESTLAND</slab:PolicyIdentifier>`
	const value = "<slab:GenericValue>ATL</slab:GenericValue>"
	const created = "<slab:CreationDateTime>2025-03-01T09:00:00.5Z</slab:CreationDateTime>"
	const root = `<slab:originatorConfidentialityLabel xmlns:slab="urn:nato:stanag:4774:confidentialitymetadatalabel:1:0"`
	tests := []struct{ name, old, new string }{
		{"comment inside text", ">SECRET<", ">SE<!-- -->CRET<"},                                                 // joined or cut
		{"comment between elements", class, "<!-- x -->" + class},                                               // hides elements from people
		{"DOCTYPE", "<slab:originator", "<!DOCTYPE x><slab:originator"},                                         // may define entities
		{"entity of one's own", ">SECRET<", ">&secret;<"},                                                       // no definition
		{"processing instruction", class, "<?caveat x?>" + class},                                               // programs obey some
		{"xml declaration not at the start", class, "<?xml version=\"1.0\"?>" + class},                          // a second document begins
		{"junk before the root", root, "junk" + root},                                                           // not XML
		{"attribute twice", `Type="PERMISSIVE"`, `Type="PERMISSIVE" Type="INFORMATIVE"`},                        // first or last wins
		{"attribute twice by two prefixes", `IDType="`, `xmlns:a="u:x" xmlns:b="u:x" a:k="1" b:k="2" IDType="`}, // one name after all
		{"Classification twice", class, class + "<slab:Classification>OPEN</slab:Classification>"},              // first or last wins
		{"PolicyIdentifier twice", policy, policy + policy},                                                     // the same
		{"CreationDateTime twice", created, created + created},                                                  // the same
		{"two information blocks", "</slab:ConfidentialityInformation>", "</slab:ConfidentialityInformation><slab:ConfidentialityInformation/>"},
		{"root of the wrong namespace", "metadatalabel:1:0", "metadatalabel:2:0"},
		{"root of another name", "originatorConfidentialityLabel", "originatorConfidentialityLabelX"},
		{"Classification of a foreign namespace", class, `<o:Classification xmlns:o="urn:other">SECRET</o:Classification>`},
		{"Classification without namespace among extensions", "<x:Marking", "<Classification>OPEN</Classification><x:Marking"}, // ##other excludes it
		{"prefix without a declaration", `<x:Marking xmlns:x="urn:example:extension">`, "<x:Marking>"},                         // means something else elsewhere
		{"attribute prefix without a declaration", `IDType="`, `q:k="v" IDType="`},
		{"prefix declared on a sibling only", "<x:More xmlns:x=\"urn:example:extension\"/>", "<x:More/>"},
		{"prefix declared as nothing", `xmlns:x="urn:example:extension"/>`, `xmlns:x=""/>`},
		{"prefix xml bound to another namespace", `xmlns:x="urn:example:extension"/>`, `xmlns:x="u:x" xmlns:xml="u:y"/>`},
		{"IntegerValue", value, "<slab:IntegerValue>1</slab:IntegerValue>"},                             // GenericValue only
		{"BitStringValue", value, "<slab:BitStringValue>01</slab:BitStringValue>"},                      // GenericValue only
		{"value of a foreign namespace", value, `<o:GenericValue xmlns:o="urn:o">ATL</o:GenericValue>`}, // no extension allowed there
		{"text between elements", class, "TOP SECRET" + class},
		{"text after elements", "</slab:ConfidentialityInformation>", "x</slab:ConfidentialityInformation>"},
		{"text between values", value, "CYBER" + value},
		{"text in SuccessionHandling", "<slab:SuccessorConfidentialityLabel>", "x<slab:SuccessorConfidentialityLabel>"},
		{"element inside Classification", ">SECRET<", ">SECRET<slab:x/><"},
		{"element inside PrivacyMark", "FAMILY<", "FAMILY<slab:x/><"},
		{"element inside a value", ">ATL<", "><slab:GenericValue>ATL</slab:GenericValue><"},
		{"element inside a date", "09:00:00.5Z<", "09:00:00.5Z<slab:x/><"},
		{"no Classification", class, ""},
		{"no PolicyIdentifier", policy, ""},
		{"wrong order of policy and class", policy, class + policy},
		{"PrivacyMark after categories", "<x:Marking", "<slab:PrivacyMark>x</slab:PrivacyMark><x:Marking"},
		{"category after an extension", "</x:Marking>", `</x:Marking><slab:Category TagName="A" Type="RESTRICTIVE"/>`},
		{"OriginatorID after CreationDateTime", created, created + `<slab:OriginatorID IDType="jID">a@b</slab:OriginatorID>`},
		{"empty Classification", ">SECRET<", "> \n <"},
		{"empty PolicyIdentifier", ">TESTLAND<", "><"},
		{"empty value", ">ATL<", "><"},
		{"empty TagName", `TagName="Codeword"`, `TagName=" "`},
		{"no TagName", `TagName="Codeword"`, `tagName="Codeword"`}, // the spelling of a misprint
		{"TagName of a namespace", `TagName="Codeword"`, `slab:TagName="Codeword"`},
		{"no Type", `Type="PERMISSIVE"`, ""},
		{"Type in lower case", `Type="PERMISSIVE"`, `Type="permissive"`}, // the schema's enumeration is upper case
		{"Type that does not exist", `Type="PERMISSIVE"`, `Type="ENUMERATED"`},
		{"policy URI that is no urn:oid", "urn:oid:1.3.6.1.4.1.32473.9.1", "http://policy.example/"},
		{"policy URI of a bare identifier", "urn:oid:1.3.6.1.4.1.32473.9.1", "1.3.6.1.4.1.32473.9.1"},
		{"category URI without identifier", "urn:oid:1.3.6.1.4.1.32473.9.2.1", "urn:oid:"}, // would match any tag set
		{"category URI with blank", "urn:oid:1.3.6.1.4.1.32473.9.2.1", "urn:oid:1.3.6 "},
		{"review date that is none", "2035-01-01T00:00:00Z", "tomorrow"},
		{"creation date without time", "2025-03-01T09:00:00.5Z", "2025-03-01"},
		{"date with comma", "2025-03-01T09:00:00.5Z", "2025-03-01T09:00:00,5Z"},
		{"date with one-digit hour", "2025-03-01T09:00:00.5Z", "2025-03-01T9:00:00Z"},
		{"year 10000 in UTC", "2035-01-01T00:00:00Z", "9999-12-31T23:59:59-01:00"}, // could not be written again
		{"year before 1 in UTC", "2035-01-01T00:00:00Z", "0001-01-01T00:00:00+01:00"},
		{"succession without label", "slab:SuccessorConfidentialityLabel>", "slab:successorConfidentialityLabel>"},
		{"succession without date", "<slab:SuccessionDateTime>2030-01-01T00:00:00Z</slab:SuccessionDateTime>", ""},
		{"succession at no date", "2030-01-01T00:00:00Z", "then"},
		{"succession to half a label", "<slab:Classification>OPEN</slab:Classification>", ""},
		{"text in a PolicyIdentifier's child", ">TESTLAND<", "><slab:x>TESTLAND</slab:x><"},
		{"control character by number", ">SECRET<", ">SEC&#7;RET<"},
		{"foreign charset", "<slab:originator", `<?xml version="1.0" encoding="ISO-8859-1"?><slab:originator`},
		{"invalid UTF-8", ">SECRET<", ">SECRET\xff<"},
		{"overlong UTF-8", ">SECRET<", ">SECRET\xc0\xbc<"},
		{"tag that is not closed", "</slab:originatorConfidentialityLabel>", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			refuseLabel(t, change(t, goodLabel, tt.old, tt.new), label.ErrSyntax)
		})
	}
	t.Run("empty document", func(t *testing.T) { refuseLabel(t, "", label.ErrSyntax) })
	t.Run("only blanks", func(t *testing.T) { refuseLabel(t, " \n", label.ErrSyntax) })
	t.Run("second root", func(t *testing.T) { refuseLabel(t, goodLabel+goodLabel, label.ErrSyntax) })
	t.Run("junk after the root", func(t *testing.T) { refuseLabel(t, goodLabel+"x", label.ErrSyntax) })
	t.Run("UTF-16", func(t *testing.T) { refuseLabel(t, "\xff\xfe<\x00a\x00/\x00>\x00", label.ErrSyntax) })
	t.Run("two byte order marks", func(t *testing.T) { refuseLabel(t, "\ufeff\ufeff"+goodLabel, label.ErrSyntax) })
	t.Run("a clearance", func(t *testing.T) { refuseLabel(t, goodClearance, label.ErrSyntax) })
	t.Run("longer than MaxSize", func(t *testing.T) {
		refuseLabel(t, goodLabel+strings.Repeat(" ", label.MaxSize-len(goodLabel)+1), label.ErrTooLarge)
	})
	t.Run("33 levels", func(t *testing.T) {
		deep := strings.Repeat("<x:a>", 32) + strings.Repeat("</x:a>", 32)
		refuseLabel(t, change(t, goodLabel, `<x:More xmlns:x="urn:example:extension"/>`,
			`<x:More xmlns:x="urn:example:extension">`+deep+"</x:More>"), label.ErrTooLarge)
	})
	t.Run("more than 4096 elements", func(t *testing.T) {
		refuseLabel(t, change(t, goodLabel, `<x:More xmlns:x="urn:example:extension"/>`,
			`<x:More xmlns:x="urn:example:extension">`+strings.Repeat("<x:a/>", 4096)+"</x:More>"), label.ErrTooLarge)
	})
	t.Run("more than 256 attributes", func(t *testing.T) {
		var many strings.Builder
		for i := range 257 {
			many.WriteString(" a" + strings.Repeat("b", i%20) + string(rune('A'+i/20)) + `=""`)
		}
		refuseLabel(t, change(t, goodLabel, "<x:More ", "<x:More"+many.String()+" "), label.ErrTooLarge)
	})
}

func refuseLabel(t *testing.T, document string, want error) {
	t.Helper()
	l, err := label.ParseLabel([]byte(document))
	if !errors.Is(err, want) {
		t.Fatalf("error %v, want one that wraps %v", err, want)
	}
	if !reflect.DeepEqual(l, label.Label{}) {
		t.Errorf("a label came with the error: %+v", l)
	}
	var at *strictxml.Error
	if !errors.As(err, &at) || at.Line < 1 || at.Column < 1 {
		t.Errorf("the error says no place: %v", err)
	}
}

// What is unusual and still means exactly one thing is read.
func TestParseLabelAccepts(t *testing.T) {
	tests := []struct {
		name, old, new string
		field          func(label.Label) string
		want           string
	}{
		{"byte order mark", "<slab:originator", "\ufeff<slab:originator", class, "SECRET"},
		{"xml declaration", "<slab:originator", `<?xml version="1.0" encoding="utf-8"?><slab:originator`, class, "SECRET"},
		{"blanks around a name", ">SECRET<", ">\n  TOP \t SECRET <", class, "TOP SECRET"}, // xs:token
		{"CDATA", ">SECRET<", "><![CDATA[SEC]]>RET<", class, "SECRET"},                    // one text by the XML standard
		{"character reference", ">SECRET<", ">SECRE&#84;<", class, "SECRET"},
		{"no creation date", "<slab:CreationDateTime>2025-03-01T09:00:00.5Z</slab:CreationDateTime>", "", class, "SECRET"},
		{"date with offset", "2025-03-01T09:00:00.5Z", "2025-03-01T10:00:00.5+01:00", created, "2025-03-01T09:00:00.5Z"},
		{"date without zone is UTC", "2025-03-01T09:00:00.5Z", "2025-03-01T09:00:00.5", created, "2025-03-01T09:00:00.5Z"},
		{"review date in the past", "2035-01-01", "1999-01-01", class, "SECRET"},  // does not make a label invalid
		{"classification in lower case", ">SECRET<", ">secret<", class, "secret"}, // the spelling is kept
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l, err := label.ParseLabel([]byte(change(t, goodLabel, tt.old, tt.new)))
			if err != nil {
				t.Fatal(err)
			}
			if got := tt.field(l); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	for _, kind := range []label.Kind{label.Alternative, label.Metadata, label.Legacy} {
		t.Run(string(kind), func(t *testing.T) {
			l, err := label.ParseLabel([]byte(strings.ReplaceAll(goodLabel, "originatorConfidentialityLabel", string(kind))))
			if err != nil || l.Kind != kind {
				t.Errorf("kind %q, error %v", l.Kind, err)
			}
		})
	}
	t.Run("32 levels", func(t *testing.T) {
		deep := strings.Repeat("<x:a>", 30) + strings.Repeat("</x:a>", 30)
		if _, err := label.ParseLabel([]byte(change(t, goodLabel, `<x:More xmlns:x="urn:example:extension"/>`,
			`<x:More xmlns:x="urn:example:extension">`+deep+"</x:More>"))); err != nil {
			t.Error(err)
		}
	})
	t.Run("exactly MaxSize", func(t *testing.T) {
		if _, err := label.ParseLabel([]byte(goodLabel + strings.Repeat(" ", label.MaxSize-len(goodLabel)))); err != nil {
			t.Error(err)
		}
	})
}

func class(l label.Label) string   { return l.Classification }
func created(l label.Label) string { return l.Created.Format(time.RFC3339Nano) }

func TestParseErrorPointsAtTheElement(t *testing.T) {
	_, err := label.ParseLabel([]byte(change(t, goodLabel, `Type="PERMISSIVE"`, `Type="x"`)))
	var at *strictxml.Error
	if !errors.As(err, &at) {
		t.Fatal(err)
	}
	if at.Line != 9 || at.Path != "/originatorConfidentialityLabel/ConfidentialityInformation/Category" {
		t.Errorf("line %d, path %s", at.Line, at.Path)
	}
}

// What XML calls white space is collapsed and the case is folded, and nothing else: two names that another reader tells apart stay two.
func TestFold(t *testing.T) {
	for _, same := range [][2]string{{" NATO\t SECRET\n", "nato secret"}, {"ÉCHO", "écho"}, {"ТАЙНО", "тайно"}} {
		if label.Fold(same[0]) != label.Fold(same[1]) {
			t.Errorf("%q and %q are two", same[0], same[1])
		}
	}
	for _, two := range [][2]string{{"İSAF", "ISAF"}, {"DIGGER", "DİGGER"}, {"TOP\u00a0SECRET", "TOP SECRET"}, {"TOP\u2028SECRET", "TOP SECRET"}, {"ı", "i"}, {"RED\u200b", "RED"}, {"e\u0301", "é"}} {
		if label.Fold(two[0]) == label.Fold(two[1]) {
			t.Errorf("%q and %q are one", two[0], two[1])
		}
	}
}
