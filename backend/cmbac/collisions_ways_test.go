package cmbac_test

import (
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
	"testing"

	"caveat/backend/cmbac"
	"caveat/backend/label"
	"caveat/backend/spif"
)

// checkCommon: what a holder of b alone can get never has a without b, in either mode.
func (x collision) checkCommon(t *testing.T, p *spif.Policy, class string) {
	c, _ := p.Clearance(x.holding(p, x.b))
	a, b := x.value(t, p, x.a), x.value(t, p, x.b)
	for _, mode := range []cmbac.Mode{cmbac.Membership, cmbac.Hierarchical} {
		found := cmbac.Common(p, spif.Validation{At: now}, []spif.Clearance{c}, mode)
		if len(found.Classes) == 0 {
			t.Fatal("nothing in common with oneself")
		}
		for _, k := range found.Classes {
			alone := k.Restrictive
			for _, tag := range k.Permissive {
				alone = append(alone, tag.Alone...)
			}
			has := func(v *spif.Value) bool {
				return slices.ContainsFunc(alone, func(have cmbac.CommonValue) bool { return have.Value == v })
			}
			if has(a) || k.Class.Name() == class && !has(b) {
				t.Errorf("mode %d, %s: %s alone lets in: %v; %s alone: %v", mode, k.Class.Name(), x.a, has(a), x.b, has(b))
			}
		}
		for _, l := range found.Labels {
			if l.Values().Has(a.Number()) && !l.Values().Has(b.Number()) || cmbac.Decide(p, l, c, mode) != cmbac.Permit {
				t.Errorf("mode %d: a label for %s is said to be for %s", mode, x.a, x.b)
			}
		}
	}
}

// checkChoices: where one value of the tag may be chosen, a cannot be for a holder of b; with several, b would be added to it.
func (x collision) checkChoices(t *testing.T, document []byte, class string) {
	single := x.partner(t, document, false)
	p := parse(t, []byte(strings.Replace(single, "<securityCategoryTag ", `<securityCategoryTag singleSelection="true" `, 1)))
	c, _ := p.Clearance(x.holding(p, x.b))
	part := underPolicy(p, label.Information{Policy: p.PolicyID(), Classification: class})
	for _, mode := range []cmbac.Mode{cmbac.Membership, cmbac.Hierarchical} {
		got := cmbac.Choices(p, part, spif.Validation{At: now}, []spif.Clearance{c}, mode)
		wrong, right := got.Values[x.value(t, p, x.a).Number()], got.Values[x.value(t, p, x.b).Number()]
		if wrong.State != spif.Impossible || !slices.Equal(wrong.Blocking, []int{0}) {
			t.Errorf("mode %d: %s can be chosen for %s: %v, blocking %v", mode, x.a, x.b, wrong.State, wrong.Blocking)
		}
		if right.State != spif.Possible {
			t.Errorf("mode %d: %s cannot be chosen for itself: %+v", mode, x.b, right.Why)
		}
		got = cmbac.Choices(p, x.label(p, class, x.a), spif.Validation{At: now}, []spif.Clearance{c}, mode)
		if got.Now.State != spif.Impossible {
			t.Errorf("mode %d: with %s chosen, %s can still be let in: %v", mode, x.a, x.b, got.Now.State)
		}
	}
}

// checkTranslations: by numbers nothing that is shared is translated, by names each name stays itself; both ways.
func (x collision) checkTranslations(t *testing.T, document []byte, class string) {
	p := parse(t, document)
	for _, byName := range []bool{false, true} {
		q := parse(t, []byte(x.partner(t, document, byName)))
		site, err := spif.NewSite(p, q)
		if err != nil {
			t.Fatal(err)
		}
		info, err := q.TranslateFrom(p, x.label(p, class, x.a))
		if isRefused(info, err) == byName { // one of the numbers of a is that of b too: what it answers to is doubtful, another number or not
			t.Errorf("by name %v, read by the partner: %+v, %v", byName, info, err)
		}
		info, err = q.TranslateTo(p, x.label(q, class, x.a))
		if isRefused(info, err) == (byName || x.aHasOwn) {
			t.Errorf("by name %v, sent by the partner: %+v, %v", byName, info, err)
		}
		for _, way := range [][2]*spif.Policy{{p, q}, {q, p}} {
			x.checkAcross(t, site, way[0], way[1], class, byName)
		}
	}
}

func (x collision) checkAcross(t *testing.T, site *spif.Site, from, to *spif.Policy, class string, byName bool) {
	t.Helper()
	for _, mode := range []cmbac.Mode{cmbac.Membership, cmbac.Hierarchical} {
		decide := func(name string, held ...string) cmbac.Decision {
			return cmbac.Across(cmbac.Question{Site: site, Policy: from, Label: x.label(from, class, name), Validation: spif.Validation{At: now},
				Clearances: []label.Clearance{x.holding(to, held...)}, Mode: func(*spif.Policy) cmbac.Mode { return mode }}).Decision
		}
		if decide(x.a, x.b) != cmbac.Deny || decide(x.a, x.others(to)...) != cmbac.Deny {
			t.Errorf("%s to %s, by name %v: %s opens %s", from.Name(), to.Name(), byName, x.b, x.a)
		}
		if got := decide(x.a, x.a); (got == cmbac.Permit) != (byName || x.aHasOwn && from.Name() == "PARTNER") {
			t.Errorf("%s to %s, by name %v: %s for itself is %v", from.Name(), to.Name(), byName, x.a, got)
		}
		if x.unique != "" && decide(x.unique, x.unique) != cmbac.Permit { // or the test would prove nothing
			t.Errorf("%s to %s, by name %v: %s, whose number is its own, is not translated", from.Name(), to.Name(), byName, x.unique)
		}
	}
}

// partner writes a policy that has the classes and the one tag of the document, and translates to and from it: by the numbers of
// the values, or by the names of the whole tag set.
func (x collision) partner(t *testing.T, document []byte, byName bool) string {
	t.Helper()
	d := readPublished(t, document)
	var b strings.Builder
	write := func(format string, args ...any) {
		for i, a := range args {
			var escaped strings.Builder
			if err := xml.EscapeText(&escaped, fmt.Append(nil, a)); err != nil {
				t.Fatal(err)
			}
			args[i] = escaped.String()
		}
		fmt.Fprintf(&b, format, args...)
	}
	b.WriteString(`<SPIF xmlns="http://www.xmlspif.org/spif" schemaVersion="2.1" creationDate="20260101000000Z" originatorDN="CN=Vectors" keyIdentifier="00"
		privilegeId="1.3.26.0.4774.5.24.1" rbacId="1.3.26.0.4774.5.24.1"><securityPolicyId name="PARTNER" id="1.3.6.1.4.1.32473.90.1"/><securityClassifications>`)
	for _, k := range d.Classes {
		write(`<securityClassification name="%s" lacv="%s" hierarchy="%s"><equivalentClassification policyRef="%s" lacv="%s" applied="both"/></securityClassification>`,
			k.Name, k.LACV, k.Hierarchy, d.ID.Name, k.LACV)
	}
	write(`</securityClassifications><securityCategoryTagSets><securityCategoryTagSet name="%s" id="1.3.6.1.4.1.32473.90.2"><securityCategoryTag tagType="%s"`, x.set, x.tagType)
	if x.enumType != "" {
		write(` enumType="%s"`, x.enumType)
	}
	b.WriteString(">")
	for _, tag := range x.tags(d) {
		for _, v := range tag.Values {
			write(`<tagCategory name="%s" lacv="%s">`, v.Name, v.LACV)
			if !byName {
				write(`<equivalentSecCategoryTag policyRef="%s" tagSetId="%s" tagType="%s" lacv="%s" applied="both"`, d.ID.Name, x.setID, x.tagType, v.LACV)
				if x.enumType != "" {
					write(` enumType="%s"`, x.enumType)
				}
				b.WriteString("/>")
			}
			b.WriteString("</tagCategory>")
		}
	}
	b.WriteString("</securityCategoryTag>")
	if byName {
		write(`<equivalentSecurityCategoryTagSet policyRef="%s" name="%s" id="%s"/>`, d.ID.Name, x.set, x.setID)
	}
	write(`</securityCategoryTagSet></securityCategoryTagSets><equivalentPolicies><equivalentPolicy name="%s" id="%s"/></equivalentPolicies></SPIF>`, d.ID.Name, d.ID.ID)
	return b.String()
}
