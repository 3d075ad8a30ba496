package spif_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/label/strictxml"
	"caveat/backend/spif"
)

// Everything that full.spif.xml says is found again in the policy: the document written from the policy's accessors, and from
// the XML by another way, are one text.
func TestPolicyHoldsTheWholeDocument(t *testing.T) {
	for _, name := range []string{"full.spif.xml", "partner.spif.xml", "marking.spif.xml", "otherland.spif.xml"} {
		text := document(t, name)
		root, err := strictxml.Parse([]byte(text), strictxml.Limits{Bytes: spif.MaxSize, Comments: true})
		if err != nil {
			t.Fatal(err)
		}
		var want outline
		want.element(root)
		var got outline
		got.policy(parse(t, text))
		for i := range max(len(want.lines), len(got.lines)) {
			if i >= len(want.lines) || i >= len(got.lines) || want.lines[i] != got.lines[i] {
				t.Fatalf("%s differs at line %d:\nwant %s\ngot  %s", name, i, strings.Join(want.lines[i:min(i+3, len(want.lines))], "\n     "), strings.Join(got.lines[i:min(i+3, len(got.lines))], "\n     "))
			}
		}
		if name == "full.spif.xml" && len(want.lines) < 150 {
			t.Errorf("only %d lines were compared", len(want.lines))
		}
	}
}

// outline is a policy as lines, one an element: name, then attributes sorted. What is the schema's default is left out.
type outline struct{ lines []string }

func (o *outline) line(name string, pairs ...string) {
	var attributes []string
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			attributes = append(attributes, " "+pairs[i]+"="+pairs[i+1])
		}
	}
	slices.Sort(attributes)
	o.lines = append(o.lines, name+strings.Join(attributes, ""))
}

// attributes are those that an outline has; markingCode is that of the element around a qualifier.
var attributes = strings.Fields(`schemaVersion version creationDate originatorDN keyIdentifier privilegeId rbacId userRefURI docRefURI notBefore notAfter
	name id policyRef lacv hierarchy color obsolete applied tagSetId tagSetRef tagType enumType tag7Encoding singleSelection maxSelection minSelection
	userInput dateFormat requiredClass action operation all lang phrase qualifierCode markingQualifier markingCode text`)

func (o *outline) element(e *strictxml.Element) {
	switch e.Name {
	case "extensions":
		for _, c := range e.Children {
			o.line("extension", "name", c.Name, "space", c.Space)
		}
		return
	case "markingQualifier": // only its qualifiers are written
	default:
		var pairs []string
		for _, name := range attributes {
			pairs = append(pairs, name, plain(e, name))
		}
		o.line(e.Name, pairs...)
	}
	for _, c := range e.Children {
		if c.Name != "Signature" {
			o.element(c)
		}
	}
}

// plain is an attribute in one spelling; "" for a default.
func plain(e *strictxml.Element, name string) string {
	v, _ := e.Attr(name)
	switch name {
	case "lang":
		for _, a := range e.Attrs {
			if a.Name == "lang" {
				v = strings.ToLower(a.Value)
			}
		}
	case "markingCode":
		if e.Parent != nil {
			v, _ = e.Parent.Attr(name)
		}
	case "text":
		if len(e.Children) == 0 {
			v = strings.TrimSpace(e.Text)
		}
	case "notBefore", "notAfter":
		if at, err := time.Parse(time.RFC3339, v); err == nil {
			v = stamp(at)
		}
	case "version":
		if e.Name == "SPIF" && v == "" {
			v = "1"
		}
	}
	switch v {
	case "unbounded", "false":
		v = ""
	case "true":
		v = "yes"
	}
	if name == "all" || name == "obsolete" {
		v = strings.NewReplacer("0", "", "1", "yes").Replace(v)
	}
	return v
}

func stamp(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

func limit(n int) string {
	if n < 0 {
		return ""
	}
	return fmt.Sprint(n)
}

func (o *outline) policy(p *spif.Policy) {
	o.line("SPIF", "schemaVersion", p.SchemaVersion(), "version", fmt.Sprint(p.Version()), "creationDate", p.CreationDate(), "originatorDN", p.OriginatorDN(),
		"keyIdentifier", p.KeyIdentifier(), "privilegeId", p.PrivilegeID(), "rbacId", p.RBACID(), "userRefURI", p.UserRefURI(), "docRefURI", p.DocRefURI(),
		"notBefore", stamp(p.NotBefore()), "notAfter", stamp(p.NotAfter()))
	if name, id, m, ok := p.DefaultPolicy(); ok {
		o.line("defaultSecurityPolicyId", "name", name, "id", id)
		o.markings(m)
	}
	o.line("securityPolicyId", "name", p.Name(), "id", p.ID())
	o.markings(p.NameMarkings())
	if p.UpdateInfo() != nil {
		o.line("updateInfo")
	}
	o.line("securityClassifications", "name", p.ClassificationsName())
	for _, c := range p.Classes() {
		o.line("securityClassification", "name", c.Name(), "lacv", fmt.Sprint(c.LACV()), "hierarchy", fmt.Sprint(c.Hierarchy()), "color", c.Color(), "obsolete", yes(c.IsObsolete()))
		o.equivalents("equivalentClassification", c.Equivalents())
		o.markings(c.Markings())
		o.requirements(c.Requirements())
	}
	o.markings(p.ClassificationMarkings())
	o.line("securityCategoryTagSets")
	for _, s := range p.TagSets() {
		o.tagSet(s)
	}
	if least, most := p.PrivacyMarkSelection(); len(p.PrivacyMarks()) > 0 {
		o.line("privacyMarks", "maxSelection", limit(most), "minSelection", limit(least))
		for _, m := range p.PrivacyMarks() {
			o.line("privacyMark", "name", m.Name(), "obsolete", yes(m.IsObsolete()))
			o.markings(m.Markings())
		}
		o.markings(p.PrivacyMarkings())
	}
	o.equivalentPolicies(p)
	o.markings(p.Markings())
	for _, x := range p.Extensions() {
		o.line("extension", "name", x.Name, "space", x.Space)
	}
}

// equivalentPolicies leaves out the default policy, which counts as one where an equivalence refers to it.
func (o *outline) equivalentPolicies(p *spif.Policy) {
	for i, q := range p.EquivalentPolicies() {
		if name, _, _, _ := p.DefaultPolicy(); q.Name == name {
			continue
		}
		if i == 0 {
			o.line("equivalentPolicies")
		}
		o.line("equivalentPolicy", "name", q.Name, "id", q.ID, "userRefURI", q.UserRefURI, "docRefURI", q.DocRefURI)
		o.requirements(q.Required)
	}
}

func (o *outline) tagSet(s *spif.TagSet) {
	o.line("securityCategoryTagSet", "name", s.Name(), "id", s.ID())
	for _, t := range s.Tags() {
		most := t.MaxSelection()
		if t.IsSingleSelection() && t.Name() != "Mixed any" { // which says both
			most = -1
		}
		o.line("securityCategoryTag", "name", t.Name(), "tagType", t.TagType(), "enumType", t.EnumType(), "tag7Encoding", t.Tag7Encoding(),
			"singleSelection", yes(t.IsSingleSelection()), "maxSelection", limit(most), "minSelection", limit(t.MinSelection()))
		for _, v := range t.Values() {
			for _, e := range v.Entries() {
				o.entry(v, e)
			}
		}
		o.markings(t.Markings())
	}
	o.equivalents("equivalentSecurityCategoryTagSet", s.Equivalents())
}

func (o *outline) entry(v *spif.Value, e spif.Entry) {
	class := ""
	if c := e.RequiredClass(); c != nil {
		class = c.Name()
	}
	o.line("tagCategory", "notBefore", stamp(e.NotBefore()), "notAfter", stamp(e.NotAfter()), "name", v.Name(), "lacv", e.LACV(), "obsolete", yes(e.IsObsolete()),
		"userInput", e.UserInput(), "dateFormat", e.DateFormat(), "requiredClass", class)
	o.equivalents("equivalentSecCategoryTag", e.Equivalents())
	o.markings(e.Markings())
	for _, c := range e.ExcludedClasses() {
		o.line("excludedClass", "text", c.Name())
	}
	o.requirements(e.Requirements())
	for _, g := range e.Exclusions() {
		o.group("excludedCategory", g)
	}
}

func (o *outline) equivalents(name string, all []spif.Equivalent) {
	for _, q := range all {
		action := ""
		if q.IsDiscarded {
			action = "discard"
		}
		id, tagSetID := "", q.TagSetID
		if name == "equivalentSecurityCategoryTagSet" {
			id, tagSetID = q.TagSetID, ""
		}
		o.line(name, "name", q.TagSet, "id", id, "policyRef", q.Policy, "lacv", q.LACV, "applied", q.Applied, "tagSetId", tagSetID, "tagType", q.TagType,
			"enumType", q.EnumType, "action", action)
		o.requirements(q.Required)
	}
}

func (o *outline) requirements(all []spif.Requirement) {
	for _, q := range all {
		o.line("requiredCategory", "operation", q.Operation)
		for _, g := range q.Groups {
			o.group("categoryGroup", g)
		}
	}
}

func (o *outline) group(name string, g spif.CategoryGroup) {
	o.line(name, "lacv", g.LACV, "tagSetRef", g.TagSet, "tagType", g.TagType, "enumType", g.EnumType, "all", yes(g.All))
}

func (o *outline) markings(m spif.Markings) {
	for _, d := range m.Data {
		o.line("markingData", "lang", d.Language, "phrase", d.Phrase)
		for _, c := range d.Codes {
			o.line("code", "text", c)
		}
	}
	for _, q := range m.Qualifiers {
		o.line("qualifier", "lang", q.Language, "qualifierCode", q.Kind, "markingQualifier", q.Text, "markingCode", q.Code)
	}
}

func TestPolicyContents(t *testing.T) {
	p := parse(t, document(t, "full.spif.xml"))
	if want := time.Date(2026, 1, 31, 11, 30, 0, 500_000_000, time.UTC); !p.CreatedAt().Equal(want) {
		t.Errorf("created %v", p.CreatedAt())
	}
	if !p.IsSigned() { // inside extensions, the only place that the schema has for a signature
		t.Error("the signature was not seen")
	}
	if got := string(p.UpdateInfo()); got != "<updateInfo/>" {
		t.Error(got)
	}
	x := p.Extensions()
	if len(x) != 3 || string(x[1].XML) != `<x:note xmlns:x="urn:example:note" kind="any">kept &lt;as it is&gt;</x:note>` {
		t.Fatalf("%s", x)
	}
	x[1].XML[0] = '?'
	if p.Extensions()[1].XML[0] != '<' {
		t.Error("the policy was changed from outside")
	}
	m := p.Memberships()
	if len(m) != 1 || m[0].Name != "Coastal Pact" || len(m[0].Members) != 2 || m[0].Members[0] != (spif.Member{Name: "ATL", LACV: "001"}) ||
		m[0].Members[1] != (spif.Member{Name: "SYL", LACV: "3", IsObsolete: true}) {
		t.Errorf("%+v", m)
	}
	level := p.Class("LEVEL 2").Markings()
	if len(level.Data) != 1 || level.Data[0].HasPhrase {
		t.Errorf("%+v", level)
	}
	alpha := p.TagSet("Codeword").Tags()[0].Values()[0]
	if got := p.Class("LEVEL 2").Requirements()[0].Groups[0].Values; got.Len() != 1 || !got.Has(alpha.Number()) || alpha.Entries()[0].Line() < 1 {
		t.Errorf("%v", got)
	}
}

// A policy without what may be absent.
func TestPolicyContentsAbsent(t *testing.T) {
	p := parse(t, document(t, "partner.spif.xml"))
	if _, _, _, ok := p.DefaultPolicy(); ok || p.UpdateInfo() != nil || len(p.Extensions())+len(p.Memberships())+len(p.PrivacyMarks()) > 0 || p.IsSigned() {
		t.Errorf("%+v", p)
	}
	if least, most := p.PrivacyMarkSelection(); least != -1 || most != -1 {
		t.Errorf("%d to %d privacy marks", least, most)
	}
	if p.Version() != 1 || p.SchemaVersion() != "1.0" || !p.CreatedAt().Equal(time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("version %d, %s, %v", p.Version(), p.SchemaVersion(), p.CreatedAt())
	}
	odd := parse(t, change(t, document(t, "full.spif.xml"), `<privacyMarks maxSelection="2"`, `<privacyMarks maxSelection="-2"`))
	if least, most := odd.PrivacyMarkSelection(); least != -1 || most != -1 { // passed over with a warning, never read as none
		t.Errorf("%d to %d privacy marks", least, most)
	}
	odd = parse(t, change(t, document(t, "partner.spif.xml"), "2025010100", "2025-01-01"))
	if !odd.CreatedAt().IsZero() || odd.CreationDate() != "2025-01-01" {
		t.Errorf("%v", odd.CreatedAt())
	}
}

// The two policies of the full schema translate to one another, also by the default policy.
func TestFullPolicyTranslates(t *testing.T) {
	full, partner := parse(t, document(t, "full.spif.xml")), parse(t, document(t, "partner.spif.xml"))
	for text, want := range map[string]string{
		"LEVEL 0":                              "PLAIN; Mark/I=TRANSLATED",
		"LEVEL 0; Release=ATL":                 "PLAIN; Nation/P=ATL,XTR; Mark/I=TRANSLATED",
		"LEVEL 2; Codeword=ALPHA; Release=BOR": "FANCY; Word/R=SEVEN; Nation/P=BOR,XTR; Mark/I=TRANSLATED",
		"LEVEL 2; Mixed/R=SOUTH":               "FANCY; Nation/P=XTR; Mark/I=TRANSLATED",
		"LEVEL 0; Codeword=CHARLIE":            "PLAIN; Mark/I=TRANSLATED",
		"LEVEL 3":                              "", // has no counterpart
		"LEVEL 0; Release=SYL":                 "", // the same name is not there
	} {
		got, err := full.TranslateTo(partner, numbered(t, full, text))
		checkTranslation(t, partner, got, err, want)
	}
	got, err := full.TranslateFrom(partner, numbered(t, partner, "PLAIN; Word=SEVEN; Nation=EASTERN"))
	checkTranslation(t, full, got, err, "LEVEL 0; Codeword/R=ALPHA; Mixed/P=EAST")
	base := parse(t, strings.NewReplacer(`"HOME" id="1.3.6.1.4.1.32473.5.1"`, `"BASELAND" id="1.3.6.1.4.1.32473.6.9"`).Replace(good))
	got, err = full.TranslateFrom(base, numbered(t, base, "LOW"))
	checkTranslation(t, full, got, err, "LEVEL 0")
}
