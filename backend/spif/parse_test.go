package spif_test

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/label"
	"caveat/backend/label/strictxml"
	"caveat/backend/spif"
)

func TestParseReadsThePolicy(t *testing.T) {
	text := document(t, "testland.spif.xml")
	p := parse(t, text)
	sum := sha256.Sum256([]byte(text))
	if p.Name() != "TESTLAND" || p.ID() != "1.3.6.1.4.1.32473.9.1" || p.Version() != 7 || p.SHA256() != hex.EncodeToString(sum[:]) {
		t.Errorf("%s %s %d %s", p.Name(), p.ID(), p.Version(), p.SHA256())
	}
	if p.PolicyID() != (label.PolicyID{Name: "TESTLAND", URI: "urn:oid:1.3.6.1.4.1.32473.9.1"}) {
		t.Errorf("%+v", p.PolicyID())
	}
	if p.IsSigned() || !p.NotAfter().Equal(time.Date(2039, 12, 31, 23, 59, 59, 0, time.UTC)) {
		t.Errorf("signed %v, until %v", p.IsSigned(), p.NotAfter())
	}
	var order []string
	for i, c := range p.Classes() {
		if c.Number() != i {
			t.Errorf("%s has number %d at %d", c.Name(), c.Number(), i)
		}
		order = append(order, c.Name())
		if c.IsObsolete() != (c.Name() == "GUARDED") || p.Class(c.Name()) != c || i > 0 && c.Hierarchy() <= p.Classes()[i-1].Hierarchy() {
			t.Errorf("%s: obsolete %v, hierarchy %d", c.Name(), c.IsObsolete(), c.Hierarchy())
		}
	}
	if len(p.TagSets()) != 6 || p.TagSets()[0].ID() != "1.3.6.1.4.1.32473.9.2.1" {
		t.Errorf("%d tag sets", len(p.TagSets()))
	}
	for _, v := range p.TagSet("Codeword").Tags()[0].Values() {
		if v.IsObsolete() != (v.Name() == "OLD") { // DOUBLE has an entry that is not
			t.Errorf("%s: obsolete %v", v.Name(), v.IsObsolete())
		}
	}
	if got := strings.Join(order, " < "); got != "OPEN < GUARDED < SECRET < TOP SECRET" { // by hierarchy, not by document or lacv
		t.Error(got)
	}
	if p.Class("top  Secret") == nil || p.Class("TOPSECRET") != nil || p.TagSet(" releasable to") == nil {
		t.Error("names are not looked up folded")
	}
	rel := p.TagSet("Releasable To")
	if rel.Tags()[0].MaxSelection() != 3 || p.TagSet("Codeword").Tags()[0].MaxSelection() != -1 || p.TagSet("Mixed").Tags()[1].MaxSelection() != 1 {
		t.Error("selection limits")
	}
	n := 0
	for _, tag := range p.Tags() {
		for _, v := range tag.Values() {
			if v.Number() != n || v.Tag() != tag || !tag.Mask().Has(n) || tag.Mask().Len() != len(tag.Values()) {
				t.Errorf("%s: number %d, want %d, mask %v", v.Name(), v.Number(), n, tag.Mask())
			}
			n++
		}
	}
}

func TestParseAcceptsASignature(t *testing.T) {
	p := parse(t, change(t, document(t, "testland.spif.xml"), "</spif:SPIF>", `<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><a/></Signature></spif:SPIF>`))
	if !p.IsSigned() {
		t.Error("the signature was not seen")
	}
}

func TestParseRefuses(t *testing.T) {
	const medic = `<spif:tagCategory name="MEDIC" lacv="1">`
	const mark = `<spif:privacyMarks>`
	const id = `<spif:securityPolicyId name="TESTLAND" id="1.3.6.1.4.1.32473.9.1"/>`
	tests := []struct {
		name, old, new string
		want           error
	}{
		{"end tag missing", "</spif:SPIF>", "", spif.ErrSyntax},
		{"misspelt end tag", "</spif:privacyMarks>", "</spif:privacyMark>", spif.ErrSyntax},
		{"DOCTYPE", "<spif:SPIF", "<!DOCTYPE SPIF><spif:SPIF", spif.ErrSyntax},
		{"processing instruction", mark, "<?x?>" + mark, spif.ErrSyntax},
		{"comment inside text", ">OPEN<", ">OP<!-- -->EN<", spif.ErrSyntax},
		{"invalid UTF-8", "TESTLAND", "TEST\xffLAND", spif.ErrSyntax},
		{"foreign charset", `encoding="UTF-8"`, `encoding="ISO-8859-1"`, spif.ErrSyntax},
		{"misspelt namespace", "http://www.xmlspif.org/spif", "http://www.xmslpif.org/spif", spif.ErrNotSPIF}, // real files have it
		{"no namespace", `xmlns:spif="http://www.xmlspif.org/spif" `, "", spif.ErrSyntax},
		{"schema version 3.0", `schemaVersion="2.1"`, `schemaVersion="3.0"`, spif.ErrVersion},
		{"schema version of a namespace", `schemaVersion="2.1"`, `spif:schemaVersion="2.1"`, spif.ErrVersion},
		{"no schema version", `schemaVersion="2.1"`, "", spif.ErrVersion},
		{"no policy id", id, "", spif.ErrInvalid},
		{"policy id twice", id, id + id, spif.ErrInvalid}, // two readers could take different ones
		{"policy without name", `name="TESTLAND" `, "", spif.ErrInvalid},
		{"policy with a bad identifier", `id="1.3.6.1.4.1.32473.9.1"`, `id="3.1"`, spif.ErrInvalid},
		{"policy with a URN for identifier", `id="1.3.6.1.4.1.32473.9.1"`, `id="urn:oid:1.3"`, spif.ErrInvalid},
		{"unknown element in the policy id", id, strings.Replace(id, "/>", "><spif:x/></spif:securityPolicyId>", 1), spif.ErrInvalid},
		{"unknown element", mark, "<spif:privacyRules/>" + mark, spif.ErrInvalid}, // a rule not understood must not be skipped
		{"unknown element in a class", `color="green">`, `color="green"><spif:deniedClass/>`, spif.ErrInvalid},
		{"element without namespace", mark, "<privacyMarks/>" + mark, spif.ErrInvalid}, // ACME.xml writes some so
		{"text between elements", mark, "x" + mark, spif.ErrInvalid},
		{"classifications twice", mark, `<spif:securityClassifications/>` + mark, spif.ErrInvalid},
		{"tag sets twice", mark, `<spif:securityCategoryTagSets/>` + mark, spif.ErrInvalid},
		{"class lacv twice", `lacv="1" hierarchy="-20"`, `lacv="2" hierarchy="-20"`, spif.ErrInvalid},
		{"class hierarchy twice", `hierarchy="-20"`, `hierarchy="20"`, spif.ErrInvalid},
		{"class name twice", `name="OPEN" lacv="1"`, `name="secret" lacv="1"`, spif.ErrInvalid}, // folded they are one
		{"class without lacv", `name="OPEN" lacv="1"`, `name="OPEN"`, spif.ErrInvalid},
		{"class without hierarchy", ` hierarchy="-20"`, "", spif.ErrInvalid},
		{"class lacv no number", `name="OPEN" lacv="1"`, `name="OPEN" lacv="one"`, spif.ErrInvalid},
		{"obsolete neither true nor false", `color="navy" obsolete="true"`, `color="navy" obsolete="yes"`, spif.ErrInvalid},
		{"tag set name twice", `name="Mixed" id`, `name="codeword" id`, spif.ErrInvalid},
		{"tag set id twice", `id="1.3.6.1.4.1.32473.9.2.3"`, `id="1.3.6.1.4.1.32473.9.2.1"`, spif.ErrInvalid},
		{"tag type unknown", `tagType="restrictive">`, `tagType="strict">`, spif.ErrInvalid},
		{"enumerated without enumType", ` enumType="restrictive"`, "", spif.ErrInvalid},
		{"maxSelection no number", `maxSelection="3"`, `maxSelection="many"`, spif.ErrInvalid},
		{"maxSelection negative", `maxSelection="3"`, `maxSelection="-3"`, spif.ErrInvalid}, // would read as unbounded
		{"value without name", medic, `<spif:tagCategory lacv="1">`, spif.ErrInvalid},
		{"value without lacv", medic, `<spif:tagCategory name="MEDIC">`, spif.ErrInvalid},
		{"name too long", `name="MEDIC"`, `name="` + strings.Repeat("M", 257) + `"`, spif.ErrInvalid},
		{"userInput unknown", `userInput="string"`, `userInput="text"`, spif.ErrInvalid}, // would be taken without a check
		{"validity no date", `notBefore="2025-01-01T00:00:00Z"`, `notBefore="2025"`, spif.ErrInvalid},
		{"policy validity no date", `notAfter="2039-12-31T23:59:59Z"`, `notAfter="never"`, spif.ErrInvalid},
		{"requiredClass unknown", `requiredClass="TOP SECRET"`, `requiredClass="TOP"`, spif.ErrInvalid},
		{"excludedClass unknown", ">OPEN<", ">OPENED<", spif.ErrInvalid},
		{"tagSetRef dangling in a class", `tagSetRef="Releasable To" tagType="permissive" all`, `tagSetRef="Releasable" tagType="permissive" all`, spif.ErrInvalid},
		{"tagSetRef dangling in a value", `tagSetRef="Codeword" tagType="restrictive" lacv="1"/>
            <spif:cat`, `tagSetRef="Codewords" tagType="restrictive" lacv="1"/>
            <spif:cat`, spif.ErrInvalid}, // the schema's own selector misses this one
		{"excludedCategory dangling", `<spif:excludedCategory tagSetRef="Codeword"`, `<spif:excludedCategory tagSetRef="X"`, spif.ErrInvalid},
		{"lacv of a rule without value", `<spif:excludedCategory tagSetRef="Codeword" tagType="restrictive" lacv="1"`, `<spif:excludedCategory tagSetRef="Codeword" tagType="restrictive" lacv="77"`, spif.ErrInvalid},
		{"type of a rule without value", `<spif:excludedCategory tagSetRef="Codeword" tagType="restrictive"`, `<spif:excludedCategory tagSetRef="Codeword" tagType="permissive"`, spif.ErrInvalid},
		{"rule with lacv and all", `tagType="permissive" all="true"`, `tagType="permissive" lacv="1" all="true"`, spif.ErrInvalid},
		{"rule with neither", `tagType="permissive" all="true"`, `tagType="permissive"`, spif.ErrInvalid},
		{"operation missing", `<spif:requiredCategory operation="oneOrMore">
        <`, `<spif:requiredCategory>
        <`, spif.ErrInvalid},
		{"operation unknown", `operation="oneOrMore"`, `operation="any"`, spif.ErrInvalid},
		{"requiredCategory empty", `<spif:privacyMarks>`, `<spif:privacyMarks><spif:x/>`, spif.ErrInvalid},
		{"requiredCategory without groups", medic, medic + `<spif:requiredCategory operation="all"/>`, spif.ErrInvalid},
		{"policyRef dangling on a class", `policyRef="OTHERLAND" lacv="1" applied="both"`, `policyRef="NOLAND" lacv="1" applied="both"`, spif.ErrInvalid},
		{"policyRef dangling on a value", `<spif:equivalentSecCategoryTag policyRef="OTHERLAND"`, `<spif:equivalentSecCategoryTag policyRef="NOLAND"`, spif.ErrInvalid},
		{"policyRef dangling on a tag set", `<spif:equivalentSecurityCategoryTagSet policyRef="OTHERLAND"`, `<spif:equivalentSecurityCategoryTagSet policyRef="NOLAND"`, spif.ErrInvalid},
		{"applied unknown", `lacv="1" applied="both"`, `lacv="1" applied="always"`, spif.ErrInvalid},
		{"applied missing", `lacv="1" applied="both"`, `lacv="1"`, spif.ErrInvalid},
		{"action unknown", `action="discard"`, `action="keep"`, spif.ErrInvalid},
		{"equivalent policy twice", `<spif:equivalentPolicies>`, `<spif:equivalentPolicies><spif:equivalentPolicy name="OTHERLAND" id="1.3.6.1.4.1.32473.8.2"/>`, spif.ErrInvalid},
		{"marking code unknown", mark, `<spif:markingData phrase="x"><spif:code>pageLeft</spif:code></spif:markingData>` + mark, spif.ErrInvalid},
		{"qualifier code unknown", mark, `<spif:markingQualifier markingCode="pageTop"><spif:qualifier markingQualifier="x" qualifierCode="infix"/></spif:markingQualifier>` + mark, spif.ErrInvalid},
		{"too deep", mark, strings.Repeat("<spif:extensions>", 40) + strings.Repeat("</spif:extensions>", 40) + mark, spif.ErrTooLarge},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			refuse(t, strings.NewReader(change(t, document(t, "testland.spif.xml"), tt.old, tt.new)), tt.want)
		})
	}
	t.Run("no class at all", func(t *testing.T) {
		text := document(t, "otherland.spif.xml")
		from, to := strings.Index(text, "<securityClassifications>"), strings.Index(text, "<securityCategoryTagSets>")
		refuse(t, strings.NewReader(text[:from]+text[to:]), spif.ErrInvalid)
	})
	t.Run("empty file", func(t *testing.T) { refuse(t, strings.NewReader(""), spif.ErrSyntax) })
	t.Run("not XML", func(t *testing.T) { refuse(t, strings.NewReader("PK\x03\x04"), spif.ErrSyntax) })
	t.Run("another XML document", func(t *testing.T) { refuse(t, strings.NewReader("<html/>"), spif.ErrNotSPIF) })
	t.Run("a SPIF after a SPIF", func(t *testing.T) {
		text := document(t, "otherland.spif.xml")
		refuse(t, strings.NewReader(text+strings.TrimPrefix(text, `<?xml version="1.0" encoding="UTF-8"?>`)), spif.ErrSyntax)
	})
}

func refuse(t *testing.T, r io.Reader, want error) {
	t.Helper()
	p, err := spif.Parse(r)
	if p != nil {
		t.Fatal("a policy came back")
	}
	for _, sentinel := range []error{spif.ErrTooLarge, spif.ErrSyntax, spif.ErrNotSPIF, spif.ErrVersion, spif.ErrInvalid} {
		if errors.Is(err, sentinel) != (sentinel == want) {
			t.Errorf("error %v; %v is %v", err, sentinel, errors.Is(err, sentinel))
		}
	}
	var at *strictxml.Error
	if !errors.As(err, &at) || at.Line < 1 {
		t.Errorf("the error says no line: %v", err)
	}
}

func TestParseErrorNamesLineAndElement(t *testing.T) {
	text := change(t, document(t, "testland.spif.xml"), ` requiredClass="TOP SECRET"`, ` requiredClass="TOP"`)
	_, err := spif.Parse(strings.NewReader(text))
	var at *strictxml.Error
	if !errors.As(err, &at) {
		t.Fatal(err)
	}
	want := 1 + strings.Count(text[:strings.Index(text, ` requiredClass="TOP"`)], "\n")
	if at.Line != want || !strings.HasSuffix(at.Path, "/securityCategoryTag/tagCategory") {
		t.Errorf("line %d, want %d, path %s", at.Line, want, at.Path)
	}
}

// A stream of 200 MB must end soon and must not be held.
func TestParseOfAnEndlessFile(t *testing.T) {
	r := &endless{left: 200 << 20}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	refuse(t, r, spif.ErrTooLarge)
	runtime.ReadMemStats(&after)
	if r.read > 2*spif.MaxSize {
		t.Errorf("%d bytes were read", r.read)
	}
	if got := after.TotalAlloc - before.TotalAlloc; got > 100<<20 {
		t.Errorf("%d bytes were allocated in all", got)
	}
}

// endless is a SPIF that never comes to its end tag.
type endless struct{ read, left int }

func (e *endless) Read(b []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	for i := range b {
		b[i] = ' '
	}
	if e.read == 0 {
		copy(b, `<SPIF xmlns="http://www.xmlspif.org/spif">`)
	}
	n := min(len(b), e.left)
	e.read, e.left = e.read+n, e.left-n
	return n, nil
}

func TestParsePassesOnReadErrors(t *testing.T) {
	broken := errors.New("broken disk")
	if _, err := spif.Parse(io.MultiReader(strings.NewReader("<SPIF"), failing{broken})); !errors.Is(err, broken) || errors.Is(err, spif.ErrSyntax) {
		t.Error(err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// The same group in many rules is held once: memory does not grow with rules times values.
func TestParseSharesGroups(t *testing.T) {
	values := `<securityCategoryTagSet name="Other" id="1.3.8"><securityCategoryTag tagType="permissive">` + manyValues(spif.MaxMembers-10) + `</securityCategoryTag></securityCategoryTagSet>`
	group := `<categoryGroup tagSetRef="Other" tagType="permissive" all="true"/>`
	c := lintCase{change: []string{`<securityCategoryTagSet name="Note"`, values + `<securityCategoryTagSet name="Note"`, low, low + required("oneOrMore", strings.Repeat(group, 20_000))}}
	data := []byte(c.document(t))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	p, err := spif.Parse(bytes.NewReader(data))
	runtime.ReadMemStats(&after)
	if err != nil || p.Class("LOW").Requirements()[0].Groups[19_999].Values.Len() != spif.MaxMembers-10 {
		t.Error(err)
	}
	if got := after.TotalAlloc - before.TotalAlloc; got > 200<<20 {
		t.Errorf("%d bytes were allocated in all", got)
	}
}

// With an error comes no policy, and Lint tells the same error; the same bytes give the same findings and a policy that says the
// same, in bounded number and length; what was read survives being asked.
func FuzzParse(f *testing.F) {
	for _, name := range []string{"testland.spif.xml", "otherland.spif.xml", "marking.spif.xml", "full.spif.xml", "partner.spif.xml"} {
		f.Add([]byte(document(f, name)))
	}
	for _, c := range lintCases {
		if text := c.document(f); len(text) < 64<<10 {
			f.Add([]byte(text))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := spif.Parse(bytes.NewReader(data))
		if (p == nil) == (err == nil) {
			t.Fatalf("%v, %v", p, err)
		}
		found, linted := spif.Lint(data, now)
		agree(t, data, found, linted)
		if again, _ := spif.Lint(data, now); !slices.Equal(found, again) {
			t.Fatalf("%+v\n%+v", found, again)
		}
		if len(found) > 3*spif.MaxFindings+1 || !slices.IsSortedFunc(found, func(a, b spif.Finding) int {
			return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
		}) {
			t.Fatalf("%d findings", len(found))
		}
		for _, x := range found {
			if x.Line < 1 || x.Column < 1 || x.Text == "" || len(x.Text) > spif.MaxFindingText+len("…") || strings.ContainsAny(x.Text, "\r\n") {
				t.Fatalf("%+v", x)
			}
		}
		if err != nil {
			return
		}
		again := parse(t, string(data))
		var one, two outline
		one.policy(p)
		two.policy(again)
		if !slices.Equal(one.lines, two.lines) {
			t.Fatalf("%q\n%q", one.lines, two.lines)
		}
		for _, c := range p.Classes() {
			text := info(t, p, c.Name())
			text.Classification = c.Name()
			l := p.Label(label.Label{Information: text})
			if l.Class() != c || p.Mark(l, "fr-CA", "pageTop") != again.Mark(again.Label(label.Label{Information: text}), "fr-CA", "pageTop") {
				t.Fatalf("class %q", c.Name())
			}
			p.Validate(l, spif.Validation{At: now, New: true})
		}
	})
}

func BenchmarkParse(b *testing.B) {
	demo, err := os.ReadFile(filepath.Join("..", "demo", "policy.spif.xml"))
	if err != nil {
		b.Fatal(err)
	}
	for name, data := range map[string][]byte{"demo": demo, "full": []byte(document(b, "full.spif.xml")), "nato-v91": sampleFile(b, "nato-v91.spif.xml")} {
		if data == nil {
			continue
		}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := spif.Parse(bytes.NewReader(data)); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/lint", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, p := spif.Lint(data, now); p == nil {
					b.Fatal("no policy")
				}
			}
		})
	}
}
