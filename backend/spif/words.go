package spif

import (
	"strconv"
	"strings"
	"time"
)

// phrasebook is how problems are said in one language. Templates name fields of Problem in braces; {'subject'} is the same
// in quotation marks, for what came from outside and may be anything.
type phrasebook struct {
	rules    map[string]string
	groups   map[string]string // by operation, where there are several groups
	anyValue string            // {'set'}
	values   string            // {names} {'set'}
	or       string
}

var phrasebooks = map[string]phrasebook{
	"en": {
		rules: map[string]string{
			RuleClassification:   "{'subject'} is no classification of policy {against}",
			noClassification:     "no classification is chosen yet",
			RuleTagSet:           "{'subject'} is no tag set of policy {against}",
			RuleValue:            "{'subject'} is no {type} value of tag set {'set'}",
			RuleValueTwice:       "{'subject'} of {'set'} stands twice",
			RuleEmptyCategory:    "tag set {'set'} is named without a value",
			RuleIdentifier:       "tag set {'set'} has the identifier {against}, the label says {subject}",
			RuleUserInput:        "{'subject'} holds a control character",
			inputInteger:         "{'subject'} is no unsigned whole number",
			inputDate:            "{'subject'} is no date of the form {against}",
			RuleRequiredClass:    "{subject} demands the classification {against}",
			RuleExcludedClass:    "{subject} must not stand with the classification {against}",
			RuleRequiredCategory: "{subject} requires {groups}",
			requiredByClass:      "classification {subject} requires {groups}",
			RuleExcludedCategory: "{subject} must not stand with {groups}",
			RuleSelectionMin:     "at least {limit} value(s) of {'set'} must be chosen, the label has {count}",
			RuleSelectionMax:     "at most {limit} value(s) of {'set'} may be chosen, the label has {count}",
			RuleValidity:         "{subject} is not valid at {at}",
			RuleObsolete:         "{subject} is obsolete: new labels must not use it",
			RulePrivacyMark:      "{'subject'} is no privacy mark of policy {against}",
			RuleRequiredTagSet:   "this installation requires a value of {'set'} in every label",
			RulePolicyExpired:    "policy {subject} version {count} is not in force at {at}",

			RuleOrderPolicy:         "the labels cannot be compared",
			RuleOrderClassification: "{subject} is lower than {against}",
			RuleOrderRestrictive:    "it lacks {needed} of {'set'}",
			RuleOrderPermissive:     "it must have {'set'}, with no other value than {needed}",

			RuleNoEquivalence:    "policy {subject} names no equivalent policy {against}",
			RuleNotOfPolicy:      "the label is not one of policy {against}",
			RuleNoClass:          "classification {subject} has {count} counterparts in {against}, one is needed",
			RuleNoCounterpart:    "{subject} of {'set'} has {count} counterparts in {against}, one is needed",
			RuleNoTarget:         "policy {against} has {count} values, not one, for {subject} of {'set'}",
			noCounterpart:        "{subject} of {'set'} has no counterpart in {against}",
			noClassCounterpart:   "classification {subject} has no counterpart in {against}",
			noTarget:             "policy {against} has no value for {subject} of {'set'}",
			noTargetClass:        "policy {against} has no classification for {subject}",
			RuleOpenTranslation:  "the equivalence leaves open which of {groups} the label must have",
			RuleWrongTranslation: "the equivalence demands {subject} of {'set'}, which policy {against} does not have",
		},
		groups:   map[string]string{"onlyOne": "exactly one of: ", "oneOrMore": "at least one of: ", "all": "all of: "},
		anyValue: "a value of {'set'}", values: "{names} of {'set'}", or: " or ",
	},
	"fr": {
		rules: map[string]string{
			RuleClassification:   "{'subject'} n'est pas une classification de la politique {against}",
			noClassification:     "aucune classification n'est encore choisie",
			RuleTagSet:           "{'subject'} n'est pas un ensemble de catégories de la politique {against}",
			RuleValue:            "{'subject'} n'est pas une valeur {type} de {'set'}",
			RuleValueTwice:       "{'subject'} de {'set'} figure deux fois",
			RuleEmptyCategory:    "{'set'} est nommé sans valeur",
			RuleIdentifier:       "{'set'} a l'identifiant {against}, l'étiquette dit {subject}",
			RuleUserInput:        "{'subject'} contient un caractère de contrôle",
			inputInteger:         "{'subject'} n'est pas un nombre entier sans signe",
			inputDate:            "{'subject'} n'est pas une date de la forme {against}",
			RuleRequiredClass:    "{subject} exige la classification {against}",
			RuleExcludedClass:    "{subject} est incompatible avec la classification {against}",
			RuleRequiredCategory: "{subject} exige {groups}",
			requiredByClass:      "la classification {subject} exige {groups}",
			RuleExcludedCategory: "{subject} est incompatible avec {groups}",
			RuleSelectionMin:     "au moins {limit} valeur(s) de {'set'} à choisir, l'étiquette en a {count}",
			RuleSelectionMax:     "au plus {limit} valeur(s) de {'set'} possibles, l'étiquette en a {count}",
			RuleValidity:         "{subject} n'est pas valable le {at}",
			RuleObsolete:         "{subject} est obsolète : une nouvelle étiquette ne doit pas l'employer",
			RulePrivacyMark:      "{'subject'} n'est pas une mention de confidentialité de la politique {against}",
			RuleRequiredTagSet:   "cette installation exige une valeur de {'set'} dans chaque étiquette",
			RulePolicyExpired:    "la politique {subject} version {count} n'est pas en vigueur le {at}",

			RuleOrderPolicy:         "les étiquettes ne peuvent pas être comparées",
			RuleOrderClassification: "{subject} est inférieur à {against}",
			RuleOrderRestrictive:    "il lui manque {needed} de {'set'}",
			RuleOrderPermissive:     "elle doit avoir {'set'}, sans autre valeur que {needed}",

			RuleNoEquivalence:    "la politique {subject} ne nomme pas d'équivalence avec la politique {against}",
			RuleNotOfPolicy:      "l'étiquette ne relève pas de la politique {against}",
			RuleNoClass:          "la classification {subject} a {count} équivalents dans {against}, il en faut un",
			RuleNoCounterpart:    "{subject} de {'set'} a {count} équivalents dans {against}, il en faut un",
			RuleNoTarget:         "la politique {against} a {count} valeurs, et non une, pour {subject} de {'set'}",
			noCounterpart:        "{subject} de {'set'} n'a pas d'équivalent dans {against}",
			noClassCounterpart:   "la classification {subject} n'a pas d'équivalent dans {against}",
			noTarget:             "la politique {against} n'a pas de valeur pour {subject} de {'set'}",
			noTargetClass:        "la politique {against} n'a pas de classification pour {subject}",
			RuleOpenTranslation:  "l'équivalence laisse ouvert lequel de {groups} l'étiquette doit avoir",
			RuleWrongTranslation: "l'équivalence exige {subject} de {'set'}, que la politique {against} n'a pas",
		},
		groups:   map[string]string{"onlyOne": "exactement un de : ", "oneOrMore": "au moins un de : ", "all": "tous : "},
		anyValue: "une valeur de {'set'}", values: "{names} de {'set'}", or: " ou ",
	},
}

// Variants of rules that need words of their own.
const (
	noClassification = RuleClassification + "/none"
	requiredByClass  = RuleRequiredCategory + "/class"
	inputInteger     = RuleUserInput + "/integer"
	inputDate        = RuleUserInput + "/date"
	noTargetClass    = RuleNoTarget + "/class"

	noCounterpart      = RuleNoCounterpart + "/none"
	noClassCounterpart = RuleNoClass + "/none"
	noTarget           = RuleNoTarget + "/none"
)

// types are the words for the types of values.
var types = map[string][3]string{
	"en": {"restrictive", "permissive", "informative"},
	"fr": {"restrictive", "permissive", "informative"},
}

// Words says the problem in a language ("fr", "fr-CA"); English where there are no words in it. One line, without a full
// stop.
func (p Problem) Words(lang string) string {
	lang, book := bookOf(lang)
	typ := ""
	if p.Type > 0 && int(p.Type) <= len(types[lang]) {
		typ = types[lang][p.Type-1]
	}
	template := book.rules[p.variant()]
	if typ == "" {
		template = strings.NewReplacer("{type} ", "", " {type}", "").Replace(template)
	}
	at := ""
	if !p.At.IsZero() {
		at = p.At.UTC().Format(time.RFC3339)
	}
	return strings.NewReplacer(
		"{'subject'}", strconv.Quote(p.Subject), "{subject}", p.Subject, "{against}", p.Against, "{'set'}", strconv.Quote(p.TagSet),
		"{type}", typ, "{limit}", strconv.Itoa(p.Limit), "{count}", strconv.Itoa(p.Count), "{at}", at, "{groups}", book.groupWords(p),
		"{needed}", strings.Join(p.Needed, ", "),
	).Replace(template)
}

func bookOf(lang string) (string, phrasebook) {
	for _, l := range languages(lang) {
		if b, ok := phrasebooks[l]; ok {
			return l, b
		}
	}
	return "en", phrasebooks["en"]
}

func (p Problem) variant() string {
	switch {
	case p.Rule == RuleClassification && p.Subject == "":
		return noClassification
	case p.Rule == RuleRequiredCategory && p.Type == 0:
		return requiredByClass
	case p.Rule == RuleUserInput && p.Operation == "integer":
		return inputInteger
	case p.Rule == RuleUserInput && p.Operation == "date":
		return inputDate
	case p.Rule == RuleNoTarget && p.TagSet == "":
		return noTargetClass
	case p.Rule == RuleNoCounterpart && p.Count == 0:
		return noCounterpart
	case p.Rule == RuleNoClass && p.Count == 0:
		return noClassCounterpart
	case p.Rule == RuleNoTarget && p.Count == 0:
		return noTarget
	}
	return p.Rule
}

func (b phrasebook) groupWords(p Problem) string {
	texts := make([]string, len(p.Groups))
	for i, g := range p.Groups {
		form := b.values
		if g.All {
			form = b.anyValue
		}
		texts[i] = strings.NewReplacer("{names}", strings.Join(g.Names, b.or), "{'set'}", strconv.Quote(g.TagSet)).Replace(form)
	}
	what := strings.Join(texts, "; ")
	if len(texts) > 1 {
		return b.groups[p.Operation] + what
	}
	return what
}
