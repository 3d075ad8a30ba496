package spif_test

import (
	"testing"

	"caveat/backend/label"
	"caveat/backend/spif"
)

func TestMark(t *testing.T) {
	p := parse(t, document(t, "marking.spif.xml"))
	tests := []struct {
		name, label, lang string
		at                spif.Placement
		want              string
	}{
		{"defaults are pageBottom and en", "LOW", "", "", "MARK low"},
		{"no marking data: the name", "PLAIN", "en", "pageBottom", "MARK PLAIN"},
		{"exact language", "LOW", "fr-CA", "pageBottom", "MARK tout bas"},
		{"exact language is not for this place: parent", "LOW", "fr-CA", "pageTop", "MARK bas"}, // per place, not per element
		{"language in other case", "LOW", "FR-ca", "pageBottom", "MARK tout bas"},
		{"parent language", "LOW", "fr-BE-x", "pageBottom", "MARK bas"},
		{"unknown language: en", "LOW", "de", "pageBottom", "MARK low"},
		{"untagged before en", "LOW", "de", "subject", "MARK l-subject"},
		{"a language that begins alike", "LOW", "f", "pageBottom", "MARK low"},
		{"place without phrase: the name", "LOW", "en", "documentStart", "MARK LOW"},
		{"pageTopBottom asked", "LOW", "en", "pageTopBottom", "MARK low"},

		{"noMarkingDisplay prints nothing", "QUIET", "en", "pageBottom", "MARK"},
		{"noMarkingDisplay shows on input", "QUIET", "en", "inputTitle", "MARK QUIET"}, // "only during input"
		{"replacePolicy on a class", "COSMIC", "en", "pageBottom", "STARS TOP"},
		{"replacePolicy on a value, name hidden", "LOW; Context=OPS", "en", "pageBottom", "MARK/OPS low"},
		{"replacePolicy of the class goes first", "COSMIC; Context=OPS", "en", "pageBottom", "STARS TOP"},
		{"the first value that replaces wins", "LOW; Context=EMPTY,OPS", "en", "pageBottom", "MARK/OPS low"}, // in the policy's order
		{"replacePolicy by an empty phrase", "LOW; Context=EMPTY", "en", "pageBottom", "low"},
		{"replacePolicy is not for this place", "LOW; Context=OPS", "en", "subject", "MARK l-subject OPS"},
		{"suppressClassName", "LOW; Context=NOCLASS", "en", "pageBottom", "MARK instead"},
		{"suppressClassName is not for this place", "LOW; Context=NOCLASS", "en", "subject", "MARK l-subject NOCLASS"},
		{"noNameDisplay does not open the tag", "LOW; Context=HIDDEN", "en", "pageBottom", "MARK low"},

		{"prefix, separator, suffix; glued with blanks", "LOW; Eyes=ATL,BOR", "en", "pageBottom", "MARK low For Atlantia, Borduria Eyes Only"},
		{"values in the policy's order", "LOW; Eyes=BOR,ATL", "en", "pageBottom", "MARK low For Atlantia, Borduria Eyes Only"},
		{"prefix with its own blank", "LOW; Eyes=ATL", "fr", "pageBottom", "MARK bas Pour Atlantie Eyes Only"},
		{"phrase only in en, prefix in fr", "LOW; Eyes=BOR", "fr", "pageBottom", "MARK bas Pour Borduria Eyes Only"},
		{"suffix after a bracket", "LOW; Eyes=SYL", "en", "pageBottom", "MARK low For Syldavia (any) Eyes Only"},
		{"prefix that ends in a colon keeps close", "LOW; Jurisdiction=EU", "en", "pageBottom", "MARK low J:EU"}, // as in TLPX:AMBER J:EU
		{"default separator", "LOW; Jurisdiction=US,EU", "en", "pageBottom", "MARK low J:EU/US"},
		{"suffix that begins with a bracket", "LOW; Jurisdiction=EU", "de", "pageBottom", "MARK low J:EU)"},

		{"portion phrase of the class speaks for the policy", "LOW", "en", "portionMarking", "L"},
		{"class without one", "PLAIN", "en", "portionMarking", "MARK PLAIN"},
		{"value hidden everywhere stays hidden", "LOW; Context=OPS", "en", "portionMarking", "L"},
		{"value never shown stays hidden", "LOW; Context=HIDDEN", "en", "portionMarking", "L"},
		{"value with a portion phrase", "LOW; Context=PORTION", "en", "portionMarking", "L P"},
		{"value without one shows its name", "LOW; Eyes=ATL", "en", "portionMarking", "L For ATL Eyes Only"},
		{"value without any marking shows its name", "LOW; Jurisdiction=EU", "en", "portionMarking", "L J:EU"},
		{"value for pageTop only", "LOW; Context=PORTION", "en", "pageTop", "MARK low page"},
		{"value for pageTop only, at the bottom", "LOW; Context=PORTION", "en", "pageBottom", "MARK low PORTION"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := p.Mark(numbered(t, p, tt.label), tt.lang, tt.at); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// What stands on the level of the policy: separator, prefix, suffix, its own marking data, its name's.
func TestMarkOfThePolicy(t *testing.T) {
	const end = "</spif:SPIF>"
	const id = `<spif:securityPolicyId name="MARK" id="1.3.6.1.4.1.32473.7.1"/>`
	tests := []struct{ name, old, new, want string }{
		{"separator, prefix, suffix", end, `<spif:markingQualifier markingCode="pageTop">
			<spif:qualifier markingQualifier="//" qualifierCode="separator"/><spif:qualifier markingQualifier="Begin" qualifierCode="prefix"/>
			<spif:qualifier markingQualifier=" end " qualifierCode="suffix"/></spif:markingQualifier>` + end, "Begin MARK//low//J:EU end"},
		{"replacePolicy", end, `<spif:markingData phrase="CAVEAT"><spif:code>pageTopBottom</spif:code><spif:code>replacePolicy</spif:code></spif:markingData>` + end, "CAVEAT low J:EU"},
		{"replacePolicy of another place", end, `<spif:markingData phrase="CAVEAT"><spif:code>subject</spif:code><spif:code>replacePolicy</spif:code></spif:markingData>` + end, "MARK low J:EU"},
		{"phrase for the policy's name", id, `<spif:securityPolicyId name="MARK" id="1.3.6.1.4.1.32473.7.1"><spif:markingData phrase="Mark Land"><spif:code>pageBottom</spif:code></spif:markingData></spif:securityPolicyId>`, "Mark Land low J:EU"},
		{"policy's name not shown", id, `<spif:securityPolicyId name="MARK" id="1.3.6.1.4.1.32473.7.1"><spif:markingData><spif:code>noNameDisplay</spif:code></spif:markingData></spif:securityPolicyId>`, "low J:EU"},
		{"marking data without a place is for the page", `<spif:markingData xml:lang="en" phrase="low"><spif:code>pageTopBottom</spif:code></spif:markingData>`, `<spif:markingData phrase="anywhere"/>`, "MARK anywhere J:EU"},
		{"a class that only replaces the policy keeps its name", `<spif:markingData xml:lang="en" phrase="low"><spif:code>pageTopBottom</spif:code></spif:markingData>`, `<spif:markingData xml:lang="en" phrase="X"><spif:code>pageBottom</spif:code><spif:code>replacePolicy</spif:code></spif:markingData>`, "X LOW J:EU"},
		{"marking data without phrase: the name", `<spif:markingData xml:lang="en" phrase="low">`, `<spif:markingData xml:lang="en">`, "MARK LOW J:EU"},
		{"noMarkingDisplay of a place", `phrase="low"><spif:code>pageTopBottom</spif:code>`, `phrase="low"><spif:code>pageTopBottom</spif:code><spif:code>noMarkingDisplay</spif:code>`, "MARK J:EU"},
		{"empty phrase of a class", `phrase="low"`, `phrase=""`, "MARK J:EU"},
		{"empty separator", end, `<spif:markingQualifier><spif:qualifier markingQualifier="" qualifierCode="separator"/></spif:markingQualifier>` + end, "MARKlowJ:EU"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := parse(t, change(t, document(t, "marking.spif.xml"), tt.old, tt.new))
			if got := p.Mark(numbered(t, p, "LOW; Jurisdiction=EU"), "en", "pageBottom"); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestMarkOfTypedText(t *testing.T) {
	p := parse(t, document(t, "testland.spif.xml"))
	if got := p.Mark(numbered(t, p, "OPEN; Notes=on the bridge,STAFF"), "en", "pageBottom"); got != "TESTLAND OPEN STAFF/on the bridge" {
		t.Errorf("got %q", got)
	}
}

func TestMarkOfTheZeroLabelDoesNotPanic(t *testing.T) {
	p := parse(t, document(t, "testland.spif.xml"))
	if got := p.Mark(spif.Label{}, "", ""); got != "TESTLAND" {
		t.Errorf("got %q", got)
	}
}

func TestIsPlacement(t *testing.T) {
	for name, want := range map[string]bool{"pageBottom": true, "xHeader": true, "replacePolicy": false, "noNameDisplay": false, "": false, "pagebottom": false} {
		if spif.IsPlacement(name) != want {
			t.Errorf("%q: %v", name, !want)
		}
	}
}

func TestPhrases(t *testing.T) {
	p := parse(t, document(t, "marking.spif.xml"))
	if got := p.Class("LOW").Phrase("fr"); got != "bas" {
		t.Error(got)
	}
	if got := p.TagSet("Eyes").Tags()[0].Values()[0].Phrase("fr"); got != "Atlantie" {
		t.Error(got)
	}
}

// The text's colour must be readable on the background (WCAG 2.1).
func TestColours(t *testing.T) {
	p := parse(t, document(t, "testland.spif.xml"))
	for text, want := range map[string][2]string{
		"OPEN": {"white", "green"}, "GUARDED": {"white", "navy"}, "SECRET": {"black", "red"}, "TOP SECRET": {"black", "#ff8c00"}, "NONE": {"", ""},
	} {
		fg, bg := p.Colours(p.Label(label.Label{Information: label.Information{Classification: text}}))
		if fg != want[0] || bg != want[1] {
			t.Errorf("%s: %q on %q, want %q", text, fg, bg, want)
		}
	}
	odd := parse(t, change(t, document(t, "testland.spif.xml"), `color="green"`, `color="#12345"`))
	if fg, bg := odd.Colours(numbered(t, odd, "OPEN")); fg != "" || bg != "" { // half a colour would hide the marking
		t.Errorf("%q on %q", fg, bg)
	}
}

// Qualifiers stand around what they are declared for, at every level, and a privacy mark is shown where it has a phrase.
func TestQualifiersAtEveryLevel(t *testing.T) {
	around := func(prefix, suffix string) string {
		return `<spif:markingQualifier markingCode="pageBottom"><spif:qualifier markingQualifier="` + prefix + `" qualifierCode="prefix"/><spif:qualifier markingQualifier="` + suffix + `" qualifierCode="suffix"/></spif:markingQualifier>`
	}
	d := document(t, "testland.spif.xml")
	d = change(t, d, `<spif:securityPolicyId name="TESTLAND" id="1.3.6.1.4.1.32473.9.1"/>`, `<spif:securityPolicyId name="TESTLAND" id="1.3.6.1.4.1.32473.9.1">`+around("[", "]")+`</spif:securityPolicyId>`)
	d = change(t, d, `</spif:securityClassifications>`, around("((", "))")+`</spif:securityClassifications>`)
	d = change(t, d, `<spif:equivalentClassification policyRef="OTHERLAND" lacv="1" applied="both"/>`, `<spif:equivalentClassification policyRef="OTHERLAND" lacv="1" applied="both"/>`+around("-", "-"))
	d = change(t, d, `<spif:tagCategory name="STAFF" lacv="1"/>`, `<spif:tagCategory name="STAFF" lacv="1">`+around("&lt;", "&gt;")+`</spif:tagCategory>`)
	d = change(t, d, `<spif:privacyMark name="PERSONAL"/>`, `<spif:privacyMark name="PERSONAL"><spif:markingData phrase="FOR YOU" xml:lang="en"><spif:code>pageBottom</spif:code></spif:markingData>`+around("*", "*")+`</spif:privacyMark>`+around("!", "!"))
	p := parse(t, d)
	i := info(t, p, "OPEN; Notes=STAFF,typed")
	i.PrivacyMark = "personal"
	l := p.Label(label.Label{Information: i})
	for at, want := range map[spif.Placement]string{
		"pageBottom": "[TESTLAND] ((-OPEN-)) <STAFF>/typed !*FOR YOU*!",
		"pageTop":    "[TESTLAND] ((-OPEN-)) <STAFF>/typed", // no phrase of the privacy mark there; qualifiers are not told apart by place
	} {
		if got := p.Mark(l, "en", at); got != want {
			t.Errorf("%s: %q, want %q", at, got, want)
		}
	}
}

// Of several free-text values of a tag set the one is meant that takes the text.
func TestSeveralFreeTextValues(t *testing.T) {
	p := parse(t, change(t, document(t, "testland.spif.xml"), `<spif:tagCategory name="date" lacv="1"`, `<spif:tagCategory name="count" lacv="2" userInput="integer"/><spif:tagCategory name="date" lacv="1"`))
	for text, want := range map[string]string{"OPEN; Until=2030-02-28": "", "OPEN; Until=12": "", "OPEN; Until=soon": "user-input"} {
		if got := rules(p.Validate(numbered(t, p, text), spif.Validation{At: now})); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
