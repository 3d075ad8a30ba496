package presend_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/presend"
	"caveat/backend/spif"
)

// national is a nation's own policy: what its classifications N1 to N3 and its words A and B are in the mission's policy is written
// as elements of equivalence.
func national(classes [3]string, words [2]string) []byte {
	var b strings.Builder
	b.WriteString(`<SPIF xmlns="http://www.xmlspif.org/spif" schemaVersion="2.0" creationDate="20250101000000Z" originatorDN="CN=Tests" keyIdentifier="00"
		privilegeId="1.3.26.0.4774.5.24.1" rbacId="1.3.26.0.4774.5.24.1"><securityPolicyId name="NAT" id="1.3.6.1.4.1.32473.7.1"/><securityClassifications>`)
	for i, c := range classes {
		fmt.Fprintf(&b, `<securityClassification name="N%d" lacv="%d" hierarchy="%d">%s</securityClassification>`, i+1, i+1, i+1, c)
	}
	b.WriteString(`</securityClassifications><securityCategoryTagSets><securityCategoryTagSet name="Word" id="1.3.6.1.4.1.32473.7.2"><securityCategoryTag name="Word" tagType="restrictive">`)
	for i, w := range words {
		fmt.Fprintf(&b, `<tagCategory name="%c" lacv="%d">%s</tagCategory>`, 'A'+i, i+1, w)
	}
	b.WriteString(`</securityCategoryTag></securityCategoryTagSet></securityCategoryTagSets><equivalentPolicies><equivalentPolicy name="NATO" id="1.3.6.1.4.1.32473.4774.1"/></equivalentPolicies></SPIF>`)
	return []byte(b.String())
}

func sameClass(lacv int, applied string) string {
	return fmt.Sprintf(`<equivalentClassification policyRef="NATO" lacv="%d" applied="%s"><requiredCategory operation="all">
		<categoryGroup tagSetRef="Context" tagType="permissive" lacv="1"/></requiredCategory></equivalentClassification>`, lacv, applied)
}

const (
	atomalWord = `<equivalentSecCategoryTag policyRef="NATO" tagSetId="1.3.6.1.4.1.32473.4774.2.2" tagType="restrictive" lacv="1" applied="both"/>`
	noWord     = `<equivalentSecCategoryTag policyRef="NATO" tagSetId="1.3.6.1.4.1.32473.4774.2.2" tagType="restrictive" lacv="0" applied="encrypt" action="discard"/>`
)

// plain is a national policy of which all but the word B, which is left out, has a counterpart: N1 is RESTRICTED, N3 is SECRET.
func plain() []byte {
	return national([3]string{sameClass(2, "both"), sameClass(3, "both"), sameClass(4, "both")}, [2]string{atomalWord, noWord})
}

// TestRule02PartUnderAnotherPolicy: its translation is compared where that keeps everything; else the reason says why, and what to do.
func TestRule02PartUnderAnotherPolicy(t *testing.T) {
	for name, c := range map[string]struct {
		whole, part string
		says        string // "": it is covered
	}{
		"equal":                {secret, "N3", ""},
		"lower":                {secret, "N1", ""},
		"with its word":        {atomal, "N3; Word=A", ""},
		"higher":               {"RESTRICTED; Context=MROD", "N3", `there it is "NATO/MROD SECRET`},
		"word missing":         {secret, "N3; Word=A", `there it is "NATO/MROD SECRET`},
		"word that gets lost":  {atomal, "N3; Word=B", "without loss"},
		"no equivalence there": {secret, "", "cannot be translated"},
	} {
		t.Run(name, func(t *testing.T) {
			document := plain()
			if c.part == "" {
				document, c.part = national([3]string{sameClass(2, "both"), "", ""}, [2]string{}), "N3"
			}
			w := newWorld(t, policyText(t), document)
			w.person("good", "GBR", "TOP SECRET; Context=MROD; Special Category Designators=ATOMAL,BOHEMIA; Only=GBR")
			l := chosen("NAT", c.part)
			for _, where := range []string{"paragraph", "attachment", "inherited"} {
				d := w.draft(c.whole, addr("good", "GBR"))
				switch where {
				case "paragraph":
					d.Parts = []draft.Part{{Text: "…", Label: l}}
				case "attachment":
					d.Attachments = []draft.Attachment{{File: "a.txt", Label: &l}}
				default:
					d.Inherited = &l
				}
				r := w.report(d)
				text := fmt.Sprint(r.Label.Problems)
				if r.Label.Valid != (c.says == "") || !strings.Contains(text, c.says) || c.says != "" && !(strings.Contains(text, "NAT") && strings.Contains(text, "NATO")) {
					t.Errorf("%s: %v, %s", where, r.Label.Valid, text)
				}
			}
		})
	}
}

// TestRule02PartIsDecidedUnderItsOwnPolicy: whoever has a clearance under the part's policy must be cleared for the part by that one.
func TestRule02PartIsDecidedUnderItsOwnPolicy(t *testing.T) {
	w := newWorld(t, policyText(t), plain())
	nat := w.site.Policies()[1]
	for name, upTo := range map[string]string{"high": "N3", "low": "N1"} {
		e := w.entry(name, "GBR", presend.Person, "SECRET; Context=MROD")
		own := clearance(nat, upTo)
		e.Clearances = append(e.Clearances, string(own.Marshal()))
		w.put(e)
	}
	d := w.draft(secret, addr("high", "GBR"), addr("low", "GBR"))
	d.Parts = []draft.Part{{Text: "…", Label: chosen("NAT", "N3")}}
	r := w.report(d)
	want(t, "cleared for both", r.Recipients[0].Verdict, "cleared pass")
	want(t, "by translation only", r.Recipients[1].Verdict, "not-cleared block")
	if rules := r.Recipients[1].Verdict.Reasons; len(rules) != 1 || rules[0].Rule != presend.RulePartNotCleared {
		t.Errorf("%+v", rules)
	}
}

// TestRule02TranslationAcceptsNothingThatADirectComparisonRefuses: over random equivalences, also ones that collapse, cross or drop.
func TestRule02TranslationAcceptsNothingThatADirectComparisonRefuses(t *testing.T) {
	rnd := rand.New(rand.NewPCG(6, 3))
	pick := func(list ...string) string { return list[rnd.IntN(len(list))] }
	isBelow := func(w *world, whole string, part draft.Label) bool {
		d := w.draft(whole, addr("good", "GBR"))
		d.Parts = []draft.Part{{Text: "…", Label: part}}
		return !slices.ContainsFunc(w.report(d).Label.Problems, func(p presend.Reason) bool { return p.Rule == presend.RulePart })
	}
	accepted, refused := 0, 0
	for range 1500 {
		var classes [3]string
		for i := range classes {
			classes[i] = pick("", "", sameClass(1+rnd.IntN(5), pick("both", "both", "both", "encrypt"))+pick("", "", sameClass(1+rnd.IntN(5), "decrypt")))
		}
		w := newWorld(t, policyText(t), national(classes, [2]string{pick(atomalWord, noWord, ""), pick(atomalWord, noWord, "")}))
		w.person("good", "GBR", secret)
		mission, nat := w.site.Policies()[0], w.site.Policies()[1]
		whole := pick("RESTRICTED", "CONFIDENTIAL", "SECRET", "TOP SECRET") + "; Context=MROD" + pick("", "; Special Category Designators=ATOMAL")
		part := pick("N1", "N2", "N3") + pick("", "; Word=A", "; Word=B", "; Word=A,B")
		if !isBelow(w, whole, chosen("NAT", part)) {
			refused++
			continue
		}
		accepted++
		p := labelOf(t, w.site, "NAT", part)
		info, err := nat.TranslateTo(mission, p)
		if err != nil {
			if info, err = mission.TranslateFrom(nat, p); err != nil {
				t.Fatalf("%s is accepted under %s, and has no translation", part, whole)
			}
		}
		translated := label.Label{Kind: label.Originator, Information: info}
		if !isBelow(w, whole, draft.Label{XML: string(translated.Marshal())}) {
			t.Errorf("%s under %s: its translation is refused", part, whole)
		}
		back, err := nat.TranslateFrom(mission, labelOf(t, w.site, "NATO", strings.Replace(whole, "; Context=MROD", "", 1)))
		if err == nil && !spif.AtLeastAsRestrictive(nat.Label(label.Label{Information: back}), p) {
			t.Errorf("%s under %s: refused under the nation's own policy", part, whole)
		}
	}
	if accepted < 40 || refused < 20 {
		t.Errorf("%d accepted, %d refused: nothing is shown", accepted, refused)
	}
}

func labelOf(t *testing.T, s *spif.Site, policy, text string) spif.Label {
	t.Helper()
	info, err := s.Build(*chosen(policy, text).Selection)
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.Find(info.Policy)
	if err != nil {
		t.Fatal(err)
	}
	return p.Label(label.Label{Information: info})
}
