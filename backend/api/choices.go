package api

import (
	"strings"

	"caveat/backend/cmbac"
	"caveat/backend/label"
	"caveat/backend/spif"
)

// ChoicesDocument is everything that a policy lets a person choose, in the order of PolicyDocument.
type ChoicesDocument struct {
	Classifications []ChoiceDocument `json:"classifications" nullable:"false" doc:"each judged instead of the one that is chosen"`
	TagSets         []TagSetChoices  `json:"tagSets" nullable:"false"`
}

// TagSetChoices is the choices of one tag set.
type TagSetChoices struct {
	Name string       `json:"name"`
	Tags []TagChoices `json:"tags" nullable:"false"`
}

// TagChoices is the choices of one tag.
type TagChoices struct {
	Type   string           `json:"type" enum:"RESTRICTIVE,PERMISSIVE,INFORMATIVE"`
	Values []ChoiceDocument `json:"values" nullable:"false" doc:"each judged in addition to what is chosen; where only one value of the tag may be chosen, instead of it"`
}

// ChoiceDocument is one classification or value.
type ChoiceDocument struct {
	Name    string `json:"name"`
	Refused string `json:"refused,omitempty" doc:"why choosing it can never be right, whatever else is added; left out: it can"`
}

// choices finds out what may still be chosen. "Never" means: no valid label that the installation's clearance permits has what is
// chosen and the choice. Where the search was bounded, nobody is told "never".
func (k Picker) choices(p *spif.Policy, info label.Information, lang string) ChoicesDocument {
	found := k.search(p, numbered(p, info))
	out := ChoicesDocument{Classifications: []ChoiceDocument{}, TagSets: []TagSetChoices{}}
	for _, c := range p.Classes() {
		out.Classifications = append(out.Classifications, ChoiceDocument{Name: c.Name(), Refused: refused(found.Classes[c.Number()], lang)})
	}
	for _, s := range p.TagSets() {
		set := TagSetChoices{Name: s.Name(), Tags: []TagChoices{}}
		for _, t := range s.Tags() {
			tag := TagChoices{Type: t.Type().String(), Values: []ChoiceDocument{}}
			for _, v := range t.Values() {
				tag.Values = append(tag.Values, ChoiceDocument{Name: v.Name(), Refused: refused(found.Values[v.Number()], lang)})
			}
			set.Tags = append(set.Tags, tag)
		}
		out.TagSets = append(out.TagSets, set)
	}
	return out
}

// search narrows by the installation's clearance where that is under the label's policy. Under another one the label would have
// to be translated, which only a whole label can be: then the choices are narrowed by validity, and the check says the rest.
func (k Picker) search(p *spif.Policy, part spif.Label) cmbac.ChoiceSet {
	var clearances []spif.Clearance
	if q, err := k.Site.Find(k.Rules.SystemHigh.Policy); err == nil && q == p {
		held, _ := p.Clearance(k.Rules.SystemHigh)
		clearances = append(clearances, held)
	}
	return cmbac.Choices(p, part, k.validation(p), clearances, k.mode(p))
}

// refused says in words why a choice can never be right; "" when it can, or nobody knows.
func refused(c cmbac.Choice, lang string) string {
	if c.State != spif.Impossible {
		return ""
	}
	var steps []string
	for _, r := range c.Why {
		if r.Problem != nil {
			steps = append(steps, r.Problem.Words(lang))
		} else {
			steps = append(steps, inWords(r, lang))
		}
	}
	return strings.Join(steps, words(lang).but)
}
