package cmbac_test

import (
	"strings"
	"testing"

	"caveat/backend/cmbac"
	"caveat/backend/label"
	"caveat/backend/spif"
)

// Every reason in both languages; a variant of a language falls back to it, an unknown one to English. What is held is never told
// (RULES 19).
func TestReasonsInWords(t *testing.T) {
	p := testland(t)
	explain := func(l, c string, mode cmbac.Mode) cmbac.Reason {
		return cmbac.Explain(p, makeLabel(p, l), makeClearance(p, c), mode)[0]
	}
	across := func(l string, held ...label.Clearance) cmbac.Reason {
		site, err := spif.NewSite(p, otherland(t))
		if err != nil {
			t.Fatal(err)
		}
		return cmbac.Across(cmbac.Question{Site: site, Policy: p, Label: makeLabel(p, l), Clearances: held, Validation: spif.Validation{At: now}}).Reasons[0]
	}
	own, other := clearance(p, "OPEN"), clearance(otherland(t), "LOW")
	for _, tt := range []struct {
		name, en, fr string
		r            cmbac.Reason
	}{
		{"class", "Needs SECRET.", "Exige SECRET.", explain("SECRET", "OPEN", cmbac.Membership)},
		{"class or higher", "Needs SECRET or higher.", "Exige SECRET ou plus haut.", explain("SECRET", "OPEN", cmbac.Hierarchical)},
		{"restrictive", "Needs MEDIC and OLD (Codeword).", "Exige MEDIC et OLD (Codeword).", explain("OPEN; Codeword=MEDIC,OLD,CYBER", "OPEN; Codeword=CYBER", cmbac.Membership)},
		{"permissive", "Needs ATL or BOR (Releasable To).", "Exige ATL ou BOR (Releasable To).", explain("OPEN; Releasable To=ATL,BOR", "OPEN; Releasable To=SYL", cmbac.Membership)},
		{"invalid", `The label is invalid: "NO" is no classification of policy TESTLAND.`, `L'étiquette n'est pas valable : "NO" n'est pas une classification de la politique TESTLAND.`, explain("NO", "OPEN", cmbac.Membership)},
		{"no label", "There is no label.", "Il n'y a pas d'étiquette.", cmbac.Explain(p, spif.Label{}, makeClearance(p, "OPEN"), 0)[0]},
		{"no clearance", "No clearance is published.", "Aucune habilitation n'est publiée.", cmbac.Explain(p, makeLabel(p, "OPEN"), spif.Clearance{}, 0)[0]},
		{"another policy", "The label and the clearance are not under the same policy.", "L'étiquette et l'habilitation ne relèvent pas de la même politique.", cmbac.Explain(p, makeLabel(p, "OPEN"), makeClearance(otherland(t), "LOW"), 0)[0]},
		{"none published", "No clearance is published.", "Aucune habilitation n'est publiée.", across("OPEN")},
		{"under an unknown policy", "Needs a clearance under policy TESTLAND.", "Exige une habilitation sous la politique TESTLAND.", across("OPEN", label.Clearance{Policy: label.PolicyID{Name: "X"}})},
		{"cannot be translated", "Needs a clearance under policy TESTLAND, or one that the label can be translated to.", "Exige une habilitation sous la politique TESTLAND, ou sous une autre vers laquelle l'étiquette peut être traduite.", across("GUARDED", other)},
		{"contradiction", "The directory publishes 2 clearances under policy TESTLAND; there must be one.", "L'annuaire publie 2 habilitations sous la politique TESTLAND ; il en faut une seule.", across("OPEN", own, own)},
		{"contradiction elsewhere", "The directory publishes 3 clearances under policy OTHERLAND; there must be one.", "L'annuaire publie 3 habilitations sous la politique OTHERLAND ; il en faut une seule.", across("OPEN", other, other, other)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for lang, want := range map[string]string{"en": tt.en, "fr": tt.fr, "fr-CA": tt.fr, "FR-ca": tt.fr, "": tt.en, "tlh": tt.en, "tlh-x": tt.en} {
				if got := tt.r.Words(lang); got != want {
					t.Errorf("%s: %s\nwant %s", lang, got, want)
				}
			}
			if said := cmbac.Say([]cmbac.Reason{tt.r}, "fr"); said[0].Text != tt.fr || tt.r.Text != "" {
				t.Errorf("said %q; before: %q", said[0].Text, tt.r.Text)
			}
			for _, held := range tt.r.Held {
				if strings.Contains(tt.en, held) {
					t.Errorf("it tells what is held: %s", held)
				}
			}
		})
	}
}

// A reason that came with its own words keeps them.
func TestWordsOfOthersStay(t *testing.T) {
	if got := (cmbac.Reason{Rule: "no-route", Text: "There is no route."}).Words("fr"); got != "There is no route." {
		t.Error(got)
	}
}
