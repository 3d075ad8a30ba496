package cmbac

import (
	"strconv"
	"strings"

	"caveat/backend/spif"
)

// phrasebook is how reasons are said in one language; {needed} is what is missing, {policy} the policy it is needed under.
type phrasebook struct {
	rules   map[string]string
	and, or string
}

// Variants of rules that need words of their own.
const (
	classUnknown  = RuleClassification + "/unknown"
	classOrHigher = RuleClassification + "/hierarchical"
	policyUnnamed = RulePolicy + "/unnamed"
	policyForeign = RulePolicy + "/foreign"
)

var phrasebooks = map[string]phrasebook{
	"en": {
		rules: map[string]string{
			policyUnnamed:      "The label and the clearance are not under the same policy.",
			RulePolicy:         "Needs a clearance under policy {needed}.",
			policyForeign:      "Needs a clearance under policy {needed}, or one that the label can be translated to.",
			classUnknown:       "The label's classification is unknown.",
			RuleClassification: "Needs {needed}.",
			classOrHigher:      "Needs {needed} or higher.",
			RuleRestrictive:    "Needs {needed} ({set}).",
			RulePermissive:     "Needs {needed} ({set}).",
			RuleLabelInvalid:   "The label is invalid: {problem}.",
			RuleNoClearance:    "No clearance is published.",
			RuleNoLabel:        "There is no label.",
			RuleDirectory:      "The directory publishes {count} clearances under policy {needed}; there must be one.",
		},
		and: " and ", or: " or ",
	},
	"fr": {
		rules: map[string]string{
			policyUnnamed:      "L'étiquette et l'habilitation ne relèvent pas de la même politique.",
			RulePolicy:         "Exige une habilitation sous la politique {needed}.",
			policyForeign:      "Exige une habilitation sous la politique {needed}, ou sous une autre vers laquelle l'étiquette peut être traduite.",
			classUnknown:       "La classification de l'étiquette est inconnue.",
			RuleClassification: "Exige {needed}.",
			classOrHigher:      "Exige {needed} ou plus haut.",
			RuleRestrictive:    "Exige {needed} ({set}).",
			RulePermissive:     "Exige {needed} ({set}).",
			RuleLabelInvalid:   "L'étiquette n'est pas valable : {problem}.",
			RuleNoClearance:    "Aucune habilitation n'est publiée.",
			RuleNoLabel:        "Il n'y a pas d'étiquette.",
			RuleDirectory:      "L'annuaire publie {count} habilitations sous la politique {needed} ; il en faut une seule.",
		},
		and: " et ", or: " ou ",
	},
}

// Words says the reason in a language ("fr", "fr-CA"); English where there are no words in it. One line, one sentence. It
// never tells what is held (RULES 19). A reason of another package, which has its own text, keeps that.
func (r Reason) Words(lang string) string {
	if r.Text != "" {
		return r.Text
	}
	book, ok := phrasebooks[strings.ToLower(lang)]
	for parent := lang; !ok; book, ok = phrasebooks[strings.ToLower(parent)] {
		i := strings.LastIndexByte(parent, '-')
		if i < 0 {
			book, ok = phrasebooks["en"], true
			break
		}
		parent = parent[:i]
	}
	joint := book.or
	if r.Rule == RuleRestrictive {
		joint = book.and
	}
	problem := ""
	if r.Problem != nil {
		problem = r.Problem.Words(lang)
	}
	return strings.NewReplacer(
		"{needed}", strings.Join(r.Needed, joint), "{set}", r.TagSet, "{count}", strconv.Itoa(r.count), "{problem}", problem,
	).Replace(book.rules[r.variant()])
}

func (r Reason) variant() string {
	switch {
	case r.Rule == RuleClassification && len(r.Needed) == 0:
		return classUnknown
	case r.Rule == RuleClassification && r.mode == Hierarchical:
		return classOrHigher
	case r.Rule == RulePolicy && len(r.Needed) == 0:
		return policyUnnamed
	case r.Rule == RulePolicy && len(r.Held) > 0:
		return policyForeign
	}
	return r.Rule
}

// Say fills the text of each reason and gives the reasons back: new ones, the given stay as they are.
func Say(reasons []Reason, lang string) []Reason {
	out := make([]Reason, len(reasons))
	for i, r := range reasons {
		r.Text = r.Words(lang)
		out[i] = r
	}
	return out
}

// Told is a problem of a label as a reason by itself, in words: its rule is the policy's.
func Told(p spif.Problem, lang string) Reason {
	return Reason{Rule: p.Rule, TagSet: p.TagSet, Needed: p.Needed, Text: p.Words(lang)}
}
