package spif_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"caveat/backend/spif"
)

// good is a small policy about which Lint has nothing to say.
const good = `<SPIF xmlns="http://www.xmlspif.org/spif" schemaVersion="2.1" creationDate="20260101000000Z" originatorDN="CN=Tests" keyIdentifier="00" privilegeId="1.3.26.0.4774.5.24.1" rbacId="1.3.26.0.4774.5.24.1">
  <securityPolicyId name="HOME" id="1.3.6.1.4.1.32473.5.1"/>
  <securityClassifications>
    <securityClassification name="LOW" lacv="1" hierarchy="1" color="green">
    </securityClassification>
    <securityClassification name="HIGH" lacv="2" hierarchy="2" color="red">
    </securityClassification>
  </securityClassifications>
  <securityCategoryTagSets>
    <securityCategoryTagSet name="Word" id="1.3.6.1.4.1.32473.5.2.1">
      <securityCategoryTag tagType="restrictive">
        <tagCategory name="ONE" lacv="1">
        </tagCategory>
        <tagCategory name="TWO" lacv="2">
        </tagCategory>
        <tagCategory name="THREE" lacv="3">
        </tagCategory>
      </securityCategoryTag>
    </securityCategoryTagSet>
    <securityCategoryTagSet name="Note" id="1.3.6.1.4.1.32473.5.2.2">
      <securityCategoryTag tagType="tagType7" tag7Encoding="bitSetAttributes">
        <tagCategory name="STAFF" lacv="1"/>
        <tagCategory name="EXERCISE" lacv="2"/>
      </securityCategoryTag>
    </securityCategoryTagSet>
  </securityCategoryTagSets>
  <privacyMarks><privacyMark name="PERSONAL"/></privacyMarks>
  <equivalentPolicies>
    <equivalentPolicy name="AWAY" id="1.3.6.1.4.1.32473.4.1"/>
  </equivalentPolicies>
  <Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>
</SPIF>
`

// Parts of good that the cases change.
const (
	low       = `<securityClassification name="LOW" lacv="1" hierarchy="1" color="green">`
	high      = `<securityClassification name="HIGH" lacv="2" hierarchy="2" color="red">`
	words     = `<securityCategoryTag tagType="restrictive">`
	one       = `<tagCategory name="ONE" lacv="1">`
	two       = `<tagCategory name="TWO" lacv="2">`
	three     = `<tagCategory name="THREE" lacv="3">`
	staff     = `<tagCategory name="STAFF" lacv="1"/>`
	notes     = `<securityCategoryTag tagType="tagType7" tag7Encoding="bitSetAttributes">`
	marks     = `<privacyMarks>`
	away      = `<equivalentPolicy name="AWAY" id="1.3.6.1.4.1.32473.4.1"/>`
	policies  = `<equivalentPolicies>`
	home      = `<securityPolicyId name="HOME" id="1.3.6.1.4.1.32473.5.1"/>`
	signature = `  <Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>` + "\n"
	root      = `<SPIF xmlns`
	group1    = `<categoryGroup tagSetRef="Word" tagType="restrictive" lacv="1"/>`
	group2    = `<categoryGroup tagSetRef="Word" tagType="restrictive" lacv="2"/>`
	group3    = `<categoryGroup tagSetRef="Word" tagType="restrictive" lacv="3"/>`
	exclude1  = `<excludedCategory tagSetRef="Word" tagType="restrictive" lacv="1"/>`
	exclude2  = `<excludedCategory tagSetRef="Word" tagType="restrictive" lacv="2"/>`
	equal1    = `<equivalentClassification policyRef="AWAY" lacv="1" applied="both"/>`
	equalWord = `<equivalentSecCategoryTag policyRef="AWAY" tagSetId="1.3.6" tagType="restrictive" lacv="1" applied="both"/>`
	text      = `<markingData phrase="a" xml:lang="en"><code>pageTop</code></markingData>`
)

// lintCase changes good: old becomes new, in pairs. at is the text that the finding points at.
type lintCase struct {
	rule, name string
	at         string
	change     []string
}

// required is a requiredCategory.
func required(operation string, groups ...string) string {
	return `<requiredCategory operation="` + operation + `">` + strings.Join(groups, "") + `</requiredCategory>`
}

// with puts an attribute into a start tag.
func with(tag, attribute string) string {
	if rest, ok := strings.CutSuffix(tag, "/>"); ok {
		return rest + " " + attribute + "/>"
	}
	return strings.TrimSuffix(tag, ">") + " " + attribute + ">"
}

var lintCases = slices.Concat(documentCases, structureCases, referenceCases, labelCases, equivalenceCases, markingCases, noteCases)

var documentCases = []lintCase{
	{"xml-syntax", "end tag missing", "", []string{"</SPIF>", ""}},
	{"xml-syntax", "nothing at all", "", []string{good, ""}},
	{"xml-syntax", "just behind a line", "", []string{good, "<a>\n&\n"}},
	{"too-large", "too deep", "", []string{home, home + strings.Repeat("<a>", 40) + strings.Repeat("</a>", 40)}},
	{"too-large", "too many values", "", []string{one + "\n        </tagCategory>", strings.Repeat(`<tagCategory name="1" lacv="1"/>`, 3) + manyValues(spif.MaxMembers)}},
	{"too-large", "too many tags", "", []string{words, strings.Repeat(`<securityCategoryTag tagType="restrictive"/>`, spif.MaxMembers) + words}},
	{"not-a-spif", "another document", "<html", []string{good, "<html/>"}},
	{"not-a-spif", "no namespace", "<SPIF", []string{` xmlns="http://www.xmlspif.org/spif"`, ""}},
	{"namespace-misspelt", "letters changed about", root, []string{"xmlspif", "xmslpif"}}, // real files have it
	{"schema-version", "of the next schema", root, []string{`"2.1"`, `"3.0"`, home, "<simplePhrase/>"}},
	{"schema-version", "of the next schema in another namespace", root, []string{`"2.1"`, `"3.0"`, "www.xmlspif.org/spif", "www.xmlspif.org/spif/3"}},
	{"schema-version", "none", root, []string{` schemaVersion="2.1"`, ""}},
	{"schema-version", "white space around", root, []string{`"2.1"`, `" 2.1"`}},
}

var structureCases = []lintCase{
	{"element-unknown", "unknown", "<deniedClass", []string{low, low + "<deniedClass/>"}},
	{"element-unknown", "in the wrong place", "<excludedClass", []string{low, low + "<excludedClass>LOW</excludedClass>"}},
	{"element-unknown", "another namespace", "<x ", []string{low, low + `<x xmlns="urn:x"/>`}},
	{"element-unknown", "no namespace", "<categoryGroup xm", []string{one, one + required("all", group2, `<categoryGroup xmlns="" tagSetRef="Word"/>`)}}, // ACME.xml has such
	{"element-unknown", "in a group", "<x/>", []string{one, one + required("all", strings.Replace(group2, "/>", "><x/></categoryGroup>", 1))}},
	{"element-unknown", "in a text", "<x/>", []string{one, one + "<excludedClass>LOW<x/></excludedClass>"}},
	{"element-unknown", "signature below the root", "<Signature xmlns", []string{low, low + strings.TrimSpace(signature)}},
	{"element-missing", "no policy", root, []string{home, ""}},
	{"element-missing", "requirement without a group", "<requiredCategory", []string{one, one + required("all")}},
	{"element-absent", "tag set without a tag", `<securityCategoryTagSet name="Empty"`, []string{`<securityCategoryTagSet name="Note"`, `<securityCategoryTagSet name="Empty" id="1.3.9"/><securityCategoryTagSet name="Note"`}},
	{"element-absent", "marking without a code", "<markingData", []string{low, low + `<markingData phrase="x"/>`}},
	{"element-absent", "no privacy mark", marks, []string{`<privacyMark name="PERSONAL"/>`, ""}},
	{"element-repeated", "policy", `<securityPolicyId name="O`, []string{home, home + `<securityPolicyId name="OTHER" id="1.3.5"/>`}}, // two readers could take different ones
	{"element-order", "equivalent policies too early", policies, []string{policies + "\n    " + away + "\n  </equivalentPolicies>", "", "<securityClassifications>", policies + away + "</equivalentPolicies><securityClassifications>"}},
	{"element-order", "exclusion before a marking", "<excludedClass", []string{one, one + "<excludedClass>LOW</excludedClass>" + text + text[:24] + ` xml:lang="fr"><code>pageTop</code></markingData>`}},
	{"attribute-missing", "lacv of a class", `<securityClassification name="LOW" hi`, []string{` lacv="1" hierarchy`, " hierarchy"}},
	{"attribute-missing", "operation", "<requiredCategory", []string{one, one + strings.Replace(required("all", group2), ` operation="all"`, "", 1)}},
	{"attribute-absent", "creation date", root, []string{` creationDate="20260101000000Z"`, ""}},
	{"attribute-absent", "name of a privacy mark", "<privacyMark/", []string{` name="PERSONAL"`, ""}},
	{"attribute-absent", "tag set of what is discarded", "<equivalentSec", []string{one, one + `<equivalentSecCategoryTag policyRef="AWAY" tagType="restrictive" lacv="1" applied="both" action="discard"/>`}},
	{"attribute-value", "lacv of a class", low[:40], []string{`name="LOW" lacv="1"`, `name="LOW" lacv="1.0"`}},
	{"attribute-value", "number too long for any program", low[:40], []string{`name="LOW" lacv="1"`, `name="LOW" lacv="99999999999999999999"`}},
	{"attribute-value", "obsolete", one[:24], []string{one, with(one, `obsolete="yes"`)}},
	{"attribute-value", "date", one[:24], []string{one, with(one, `notAfter="2026-02-30T00:00:00Z"`)}},
	{"attribute-value", "limit", words[:21], []string{words, with(words, `maxSelection="-1"`)}}, // read as -1 it would be no limit
	{"attribute-value", "encoding of tag type 7", notes[:40], []string{"bitSetAttributes", "bitSet"}},
	{"attribute-value", "object identifier", `<securityCategoryTagSet name="Word"`, []string{`id="1.3.6.1.4.1.32473.5.2.1"`, `id="urn:oid:1.3"`}},
	{"attribute-value", "name that is no character long", one[:12], []string{one, with(`<tagCategory name="" lacv="7">`, `notBefore="2026-01-01T00:00:00Z"`)}},
	{"attribute-value", "name of blanks only", `<tagCategory name="` + "  ", []string{one, `<tagCategory name="` + "  " + `" lacv="1">`}},
	{"attribute-value", "name of 257 characters", one[:19], []string{`"ONE"`, `"` + strings.Repeat("É", 257) + `"`}},
	{"attribute-value", "marking code", "<code", []string{low, low + `<markingData phrase="x"><code>pageLeft</code></markingData>`}},
	{"attribute-value", "kind of qualifier", "<qualifier ", []string{low, low + `<markingQualifier><qualifier markingQualifier="x" qualifierCode="infix"/></markingQualifier>`}},
	{"attribute-value", "empty exclusion", "<excludedClass", []string{one, one + "<excludedClass> </excludedClass>"}},
	{"attribute-form", "colour", low[:40], []string{`"green"`, `"fuchsia"`}},                      // the schema's own spelling is another
	{"attribute-form", "creation date", root, []string{"20260101000000Z", "2026-01-01 00:00:00"}}, // published policies have it
	{"attribute-form", "phrase", "<markingData", []string{low, low + `<markingData phrase="` + strings.Repeat("x", 257) + `"><code>pageTop</code></markingData>`}},
	{"attribute-form", "tag set of what is discarded", "<equivalentSec", []string{one, one + `<equivalentSecCategoryTag policyRef="AWAY" tagSetId="none" tagType="restrictive" lacv="1" applied="both" action="discard"/>`}},
	{"attribute-unknown", "misspelt rule", one[:24], []string{one, with(one, `requiredclass="HIGH"`)}}, // the value would be free for every class
	{"attribute-unknown", "with the prefix of SPIF", one[:24], []string{root, `<SPIF xmlns:s="http://www.xmlspif.org/spif" xmlns`, one, with(one, `s:obsolete="true"`)}},
	{"attribute-extra", "of a marking", "<markingData", []string{low, low + `<markingData phrase="x" colour="red"><code>pageTop</code></markingData>`}},
	{"attribute-extra", "of another namespace", marks[:13], []string{marks, `<privacyMarks xml:lang="en">`}},
	{"attribute-idle", "enumType", words[:21], []string{words, with(words, `enumType="permissive"`)}},
	{"attribute-idle", "dateFormat", staff[:25], []string{staff, `<tagCategory name="STAFF" lacv="1" userInput="string" dateFormat="YYYY"/>`}},
	{"attribute-idle", "tag7Encoding", words[:21], []string{words, with(words, `tag7Encoding="bitSetAttributes"`)}},
	{"text-unexpected", "between classes", "<securityClassifications>", []string{low, "and " + low}},
	{"content-ignored", "updateInfo", "<updateInfo", []string{home, home + "<updateInfo><a/></updateInfo>"}},
	{"content-ignored", "text of extensions", "<extensions", []string{signature, signature + "<extensions>text</extensions>"}},
	{"content-ignored", "organisation without a name", "<membership/", []string{signature, signature + `<extensions><memberships xmlns="urn:nato:stanag:4774:spif:extensions:1:0"><membership/></memberships></extensions>`}},
	{"content-ignored", "member without a name", "<member/", []string{signature, signature + `<extensions><memberships xmlns="urn:nato:stanag:4774:spif:extensions:1:0"><membership name="X"><member/></membership></memberships></extensions>`}},
	{"white-space", "enumeration", words[:21], []string{`"restrictive"`, `"restrictive "`}},
	{"white-space", "code", "<code", []string{low, low + "<markingData phrase=\"x\"><code>\n pageTop</code></markingData>"}},
	{"white-space", "name", one[:12], []string{`"ONE"`, `" ONE"`}},
	{"enum-type-missing", "tag", words[:21], []string{`"restrictive"`, `"enumerated"`}},
	{"group-choice", "both", "<categoryGroup", []string{one, one + required("all", with(group2, `all="true"`))}},
	{"group-choice", "neither", "<excludedCategory", []string{one, one + `<excludedCategory tagSetRef="Word" tagType="restrictive"/>`}},
	{"group-choice", "all that is false", "<excludedCategory", []string{one, one + `<excludedCategory tagSetRef="Word" tagType="restrictive" all="false"/>`}},
	{"time-zone-missing", "policy", root, []string{` schemaVersion`, ` notBefore="2026-01-01T00:00:00" schemaVersion`}},
}

var referenceCases = []lintCase{
	{"class-repeated", "case folded", high[:24] + `name="low"`, []string{`"HIGH"`, `"low"`}},
	{"class-lacv-repeated", "written otherwise", high[:40], []string{`name="HIGH" lacv="2"`, `name="HIGH" lacv="01"`}},
	{"class-hierarchy-repeated", "", high[:40], []string{`hierarchy="2"`, `hierarchy="1"`}},
	{"class-lacv-order", "", low[:40], []string{`name="LOW" lacv="1"`, `name="LOW" lacv="9"`}},
	{"colour-repeated", "written otherwise", high[:40], []string{`"red"`, `"#008000"`}},
	{"tag-set-repeated", "name, case folded", `<securityCategoryTagSet name="word"`, []string{`"Note"`, `"word"`}},
	{"tag-set-repeated", "id", `<securityCategoryTagSet name="Note"`, []string{`5.2.2"`, `5.2.1"`}},
	{"privacy-mark-repeated", "", `<privacyMark name="personal"`, []string{"</privacyMarks>", `<privacyMark name="personal"/></privacyMarks>`}},
	{"policy-identity", "equivalent policy with the own id", "<equivalentPolicy ", []string{"32473.4.1", "32473.5.1"}},
	{"policy-identity", "default policy with another id", "<defaultSecurityPolicyId", []string{home, `<defaultSecurityPolicyId name="home" id="1.3.6.9"/>` + home}},
	{"equivalent-policy-repeated", "name", `<equivalentPolicy name="AWAY" id="1.3.7"`, []string{away, away + `<equivalentPolicy name="AWAY" id="1.3.7"/>`}},
	{"equivalent-policy-repeated", "id", `<equivalentPolicy name="FAR"`, []string{away, away + strings.Replace(away, "AWAY", "FAR", 1)}},
	{"equivalent-policy-own", "is the default policy", away[:20], []string{home, `<defaultSecurityPolicyId name="AWAY" id="1.3.6.1.4.1.32473.4.1"/>` + home, low, low + equal1}},
	{"equivalent-policy-own", "", `<equivalentPolicy name="HOME"`, []string{away, strings.NewReplacer("AWAY", "HOME", "32473.4.1", "32473.5.1").Replace(away)}},
	{"policy-ref-dangling", "class", "<equivalentClass", []string{low, low + strings.Replace(equal1, "AWAY", "NOWHERE", 1)}},
	{"policy-ref-dangling", "other letters", "<equivalentClass", []string{low, low + strings.Replace(equal1, "AWAY", "away", 1)}}, // translation compares letter by letter
	{"policy-ref-dangling", "tag set", "<equivalentSecurity", []string{"</securityCategoryTag>", `</securityCategoryTag><equivalentSecurityCategoryTagSet policyRef="NOWHERE" name="Word"/>`}},
	{"policy-ref-own", "", "<equivalentClass", []string{low, low + strings.Replace(equal1, "AWAY", "HOME", 1)}},
	{"class-ref-dangling", "requiredClass", one[:24], []string{one, with(one, `requiredClass="TOP"`)}},
	{"class-ref-dangling", "excludedClass", "<excludedClass", []string{one, one + "<excludedClass>TOP</excludedClass>"}},
	{"tag-set-ref-dangling", "of a class", "<categoryGroup", []string{low, low + required("all", strings.Replace(group2, "Word", "Words", 1))}},
	{"tag-set-ref-dangling", "of a value", "<categoryGroup", []string{one, one + required("all", strings.Replace(group2, "Word", "Words", 1))}}, // the schema's own selector misses it
	{"tag-set-ref-dangling", "of an exclusion", "<excludedCategory", []string{one, one + strings.Replace(exclude2, "Word", "Words", 1)}},
	{"group-empty", "no such number", "<categoryGroup", []string{one, one + required("all", strings.Replace(group2, `lacv="2"`, `lacv="22"`, 1))}},
	{"group-empty", "no such type", "<excludedCategory", []string{one, one + `<excludedCategory tagSetRef="Word" tagType="permissive" all="true"/>`}},
	{"group-ambiguous", "", "<excludedCategory", []string{one, one + exclude2, three, `<tagCategory name="THREE" lacv="002">`}},
	{"reference-spelling", "class", one[:24], []string{one, with(one, `requiredClass="high"`)}},
	{"reference-spelling", "tag set", "<excludedCategory", []string{one, one + strings.Replace(exclude2, "Word", "WORD", 1)}},
	{"value-lacvs", "", `<tagCategory name="one"`, []string{two, `<tagCategory name="one" lacv="2">`}},
	{"tag7-encoding-mixed", "", `<securityCategoryTag tagType="tagType7" tag7Encoding="securityAttributes"`, []string{notes, `<securityCategoryTag tagType="tagType7" tag7Encoding="bitSetAttributes"/>` + strings.Replace(notes, "bitSet", "security", 1)}},
}

var labelCases = []lintCase{
	{"policy-never-valid", "", root, []string{` schemaVersion`, ` notBefore="2026-01-02T00:00:00Z" notAfter="2026-01-01T00:00:00Z" schemaVersion`}},
	{"value-never-valid", "", one[:24], []string{one, with(one, `notBefore="2026-01-02T00:00:00Z" notAfter="2026-01-01T00:00:00Z"`)}},
	{"value-no-class", "demands what it excludes", one[:24], []string{one, with(one, `requiredClass="LOW"`) + "<excludedClass>LOW</excludedClass>"}},
	{"value-no-class", "excludes all", one[:24], []string{one, one + "<excludedClass>LOW</excludedClass><excludedClass>HIGH</excludedClass>"}},
	{"value-excludes-itself", "by number", "<excludedCategory", []string{one, one + exclude1}},
	{"requires-excluded", "all", "<requiredCategory", []string{one, one + required("all", group2, group3) + exclude2}},
	{"requires-excluded", "the only way", "<requiredCategory", []string{one, one + required("oneOrMore", group2) + exclude2}},
	{"never-usable", "all of two of which one excludes the other", low, []string{low, low + required("all", group1, group2), one, one + exclude2}},
	{"never-usable", "exactly one and both", high, []string{high, high + required("onlyOne", group1, group2) + required("all", group1, group2)}},
	{"requirement-unreachable", "excludes the class", "<requiredCategory", []string{low, low + required("all", group1), one, one + "<excludedClass>LOW</excludedClass>"}},
	{"requirement-unreachable", "demands another class", "<requiredCategory", []string{low, low + required("all", group1), one, with(one, `requiredClass="HIGH"`)}},
	{"requirement-unreachable", "value demands a value of another class", "<requiredCategory", []string{one, with(one, `requiredClass="LOW"`) + required("all", group2), two, with(two, `requiredClass="HIGH"`)}},
	{"requirement-unreachable", "value excludes who requires it", "<requiredCategory", []string{one, one + required("all", group2), two, two + exclude1}},
	{"requirement-unreachable", "none of several", "<requiredCategory", []string{low, low + required("oneOrMore", group1, group2), one, one + "<excludedClass>LOW</excludedClass>", two, with(two, `requiredClass="HIGH"`)}},
	{"requirement-unreachable", "one of two groups that are the same", "<requiredCategory", []string{low, low + required("onlyOne", group1, group1)}},
	{"requirement-unreachable", "typed text that nobody can hold", "<requiredCategory", []string{low, low + required("all", group1), one, with(one, `userInput="string"`)}},
	{"requirement-unreachable", "two of one", "<requiredCategory", []string{low, low + required("all", group1, group2), words, with(words, `singleSelection="true"`)}},
	{"requirement-unreachable", "another of one", "<requiredCategory", []string{one, one + required("all", group2), words, with(words, `maxSelection="1"`)}},
	{"requirement-unreachable", "three of two", "<requiredCategory", []string{one, one + required("all", group2, group3), words, with(words, `maxSelection="2"`)}},
	{"requirement-unreachable", "of none", "<requiredCategory", []string{low, low + required("all", group1), words, with(words, `maxSelection="0"`)}},
	{"selection-impossible", "more than allowed", words[:21], []string{words, with(words, `minSelection="3" maxSelection="2"`)}},
	{"selection-impossible", "more than one of one", words[:21], []string{words, with(words, `minSelection="2" singleSelection="true"`)}},
	{"selection-impossible", "more than there are", words[:21], []string{words, with(words, `minSelection="4"`)}},
	{"selection-conflict", "", words[:21], []string{words, with(words, `maxSelection="2" singleSelection="true"`)}},
	{"privacy-selection", "", marks[:13], []string{marks, `<privacyMarks minSelection="2">`}},
	{"privacy-selection", "more than allowed", marks[:13], []string{marks, `<privacyMarks minSelection="1" maxSelection="0">`}},
	{"date-format", "letters of another language", staff[:26], []string{staff, `<tagCategory name="STAFF" lacv="1" userInput="date" dateFormat="TT.MM.JJJJ"/>`}},
	{"date-format", "without a year", staff[:26], []string{staff, `<tagCategory name="STAFF" lacv="1" userInput="date" dateFormat="MM-DD"/>`}},
}

var equivalenceCases = []lintCase{
	{"equivalent-class-several", "sending", `<equivalentClassification policyRef="AWAY" lacv="2"`, []string{low, low + equal1 + `<equivalentClassification policyRef="AWAY" lacv="2" applied="encrypt"/>`}},
	{"equivalent-class-several", "reception", `<equivalentClassification policyRef="AWAY" lacv="1" applied="decrypt"`, []string{low, low + equal1, high, high + strings.Replace(equal1, "both", "decrypt", 1)}},
	{"equivalent-value-several", "", `<equivalentSecCategoryTag policyRef="AWAY" tagSetId="1.3.6" tagType="restrictive" lacv="01"`, []string{one, one + equalWord, two, two + strings.Replace(equalWord, `lacv="1"`, `lacv="01"`, 1)}},
	{"equivalent-set-unnamed", "", "<equivalentSecurity", []string{"</securityCategoryTag>", `</securityCategoryTag><equivalentSecurityCategoryTagSet policyRef="AWAY"/>`}},
	{"equivalent-choice", "one of two", "<requiredCategory", []string{away, strings.Replace(away, "/>", ">"+required("onlyOne", group1, group2)+"</equivalentPolicy>", 1)}},
	{"equivalent-choice", "any of a set", "<requiredCategory", []string{low, low + strings.Replace(equal1, "/>", ">"+required("all", `<categoryGroup tagSetRef="There" tagType="permissive" all="true"/>`)+"</equivalentClassification>", 1)}},
	{"discard-with-mapping", "", `<equivalentSecCategoryTag policyRef="AWAY" tagSetId="1.3.6" tagType="restrictive" lacv="1" applied="encrypt"`, []string{one, one + equalWord + with(strings.Replace(equalWord, "both", "encrypt", 1), `action="discard"`)}},
}

var markingCases = []lintCase{
	{"marking-several", "same place", `<markingData phrase="b"`, []string{low, low + text + strings.Replace(text, `"a"`, `"b"`, 1)}},
	{"marking-several", "page top twice", `<markingData phrase="b"`, []string{low, low + text + `<markingData phrase="b" xml:lang="EN"><code>pageTopBottom</code></markingData>`}},
	{"marking-several", "policy's name twice", `<markingData phrase="c"`, []string{home, strings.Replace(home, "/>", ">"+text+`<markingData phrase="b" xml:lang="en"><code>replacePolicy</code></markingData><markingData phrase="c" xml:lang="en"><code>pageTop</code><code>replacePolicy</code></markingData></securityPolicyId>`, 1)}},
	{"marking-language", "class", high[:40], []string{low, low + text + strings.Replace(text, `"en"`, `"fr"`, 1), high, high + text}},
	{"marking-language", "value", two[:24], []string{one, one + text + strings.Replace(text, `"en"`, `"fr"`, 1), two, two + text}},
}

var noteCases = []lintCase{
	{"unsigned", "", root, []string{signature, ""}},
	{"policy-not-in-force", "ended", root, []string{` schemaVersion`, ` notAfter="2026-05-31T00:00:00Z" schemaVersion`}},
	{"policy-not-in-force", "not begun", root, []string{` schemaVersion`, ` notBefore="2026-06-02T00:00:00Z" schemaVersion`}},
	{"value-not-in-force", "", one[:24], []string{one, with(one, `notAfter="2026-05-31T00:00:00Z"`)}},
	{"all-obsolete", "classes", root, []string{low, with(low, `obsolete="1"`), high, with(high, `obsolete="true"`)}},
	{"all-obsolete", "values", notes[:40], []string{staff, with(staff, `obsolete="true"`), `"EXERCISE"`, `"EXERCISE" obsolete="true"`}},
	{"requirement-obsolete", "", "<requiredCategory", []string{low, low + required("oneOrMore", group1, group2), one, with(one, `obsolete="true"`), two, with(two, `obsolete="true"`)}},
	{"context-not-required", "", `<securityCategoryTagSet name="context"`, []string{`"Word"`, `"context"`}},
	{"context-not-required", "an alternative does not demand it", `<securityCategoryTagSet name="Context"`, []string{`"Word"`, `"Context"`,
		low, low + strings.ReplaceAll(required("oneOrMore", group1, `<categoryGroup tagSetRef="Note" tagType="tagType7" all="true"/>`), `"Word"`, `"Context"`)}},
	{"lacv-shared", "", two[:18] + `"TWO"`, []string{two, `<tagCategory name="TWO" lacv="01">`}},
	{"value-repeated", "", `<tagCategory name="One"`, []string{two, `<tagCategory name="One" lacv="1">`}},
	{"name-shared", "", `<tagCategory name="ONE" lacv="8"`, []string{"</securityCategoryTag>", `</securityCategoryTag><securityCategoryTag tagType="permissive"><tagCategory name="ONE" lacv="8"/></securityCategoryTag>`}},
	{"tag7-encoding-absent", "", `<securityCategoryTag tagType="tagType7"`, []string{` tag7Encoding="bitSetAttributes"`, ""}},
	{"user-input-decides", "", one[:24], []string{one, with(one, `userInput="string"`)}},
	{"default-policy-unmapped", "", "<defaultSecurityPolicyId", []string{home, `<defaultSecurityPolicyId name="BASE" id="1.3.6.9"/>` + home}},
	{"default-policy-unmapped", "for sending only", "<defaultSecurityPolicyId", []string{home, `<defaultSecurityPolicyId name="BASE" id="1.3.6.9"/>` + home, low, low + `<equivalentClassification policyRef="BASE" lacv="1" applied="encrypt"/>`}},
}

// besides tells what else is found where a rule cannot be broken alone.
var besides = map[string]string{
	"group-ambiguous ": "lacv-shared",
	"requirement-unreachable typed text that nobody can hold": "user-input-decides",
}

// manyValues are n values, each with its own number.
func manyValues(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `<tagCategory name="V%d" lacv="%d"/>`, i, i)
	}
	return b.String()
}

func (c lintCase) document(t testing.TB) string {
	out := good
	for i := 0; i < len(c.change); i += 2 {
		out = change(t, out, c.change[i], c.change[i+1])
	}
	return out
}
