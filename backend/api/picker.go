package api

import (
	"fmt"
	"slices"
	"time"

	"caveat/backend/cmbac"
	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/presend"
	"caveat/backend/spif"
)

// LabelDocument says of a selection what label it makes, and what may still be chosen.
type LabelDocument struct {
	MarkingDocument
	Portion   string          `json:"portion" doc:"the marking as it stands before a paragraph, without brackets"`
	Valid     bool            `json:"valid" doc:"nothing is wrong with it under the policy and the installation's rules"`
	Problems  []cmbac.Reason  `json:"problems" nullable:"false" doc:"what makes it invalid"`
	Permitted bool            `json:"permitted" doc:"the installation's own clearance permits it; else it cannot be saved or sent"`
	Refusals  []cmbac.Reason  `json:"refusals" nullable:"false" doc:"why the installation's clearance does not permit it"`
	Choices   ChoicesDocument `json:"choices"`
}

// MarkingDocument is a marking with its colours.
type MarkingDocument struct {
	Marking    string `json:"marking" doc:"empty where there is no label, or none that can be marked"`
	Foreground string `json:"foreground" doc:"colour of the marking's text; empty: none"`
	Background string `json:"background" doc:"colour behind the marking; empty: none"`
}

// Picker judges what a person chooses for a label, while it is chosen: by the policy, the administrator's rules (RULES 4) and
// the installation's own clearance (RULES 10). It is pure: it reads nothing but its fields.
type Picker struct {
	Site  *spif.Site
	Rules presend.Rules
	Now   time.Time
}

// Document judges a selection; its classification may be empty while none is chosen. A selection of names that the policy does
// not have, or of a tag set without a value, is ErrLabel.
func (k Picker) Document(sel label.Selection, lang string) (LabelDocument, error) {
	p, info, err := k.build(sel)
	if err != nil {
		return LabelDocument{}, err
	}
	out := LabelDocument{MarkingDocument: mark(p, info, lang), Problems: []cmbac.Reason{}, Refusals: []cmbac.Reason{}}
	if n := numbered(p, info); n.NamesKnown() {
		out.Portion = p.Mark(n, lang, "portionMarking")
	}
	for _, x := range k.problems(p, info) {
		out.Problems = append(out.Problems, cmbac.Told(x, lang))
	}
	out.Refusals = append(out.Refusals, k.refusals(p, info, lang)...)
	out.Valid, out.Permitted = len(out.Problems) == 0, len(out.Refusals) == 0
	out.Choices = k.choices(p, info, lang)
	return out, nil
}

// Refusals says why the installation's own clearance does not permit a draft's label; nothing when it does, or when there is
// none. One that is incomplete is judged as far as it goes. One that cannot be understood is ErrLabel.
func (k Picker) Refusals(l draft.Label) ([]cmbac.Reason, error) {
	p, info, err := k.read(l)
	if p == nil || err != nil {
		return nil, err
	}
	return k.refusals(p, info, "en"), nil
}

// Marking is the marking of a draft's label; empty for none, and while no classification is chosen. One that cannot be
// understood is ErrLabel.
func (k Picker) Marking(l draft.Label, lang string) (MarkingDocument, error) {
	p, info, err := k.read(l)
	if p == nil || err != nil {
		return MarkingDocument{}, err
	}
	return mark(p, info, lang), nil
}

func mark(p *spif.Policy, info label.Information, lang string) (out MarkingDocument) {
	if n := numbered(p, info); n.NamesKnown() {
		out.Marking = p.Mark(n, lang, "")
		out.Foreground, out.Background = p.Colours(n)
	}
	return out
}

// read understands a draft's label; the policy is nil when there is none.
func (k Picker) read(l draft.Label) (*spif.Policy, label.Information, error) {
	none := label.Information{}
	switch {
	case l.IsZero():
		return nil, none, nil
	case l.Selection != nil:
		return k.build(*l.Selection)
	}
	x, err := label.ParseLabel([]byte(l.XML))
	if err != nil {
		return nil, none, fmt.Errorf("%w: %w", ErrLabel, err)
	}
	p, err := k.Site.Find(x.Policy)
	if err != nil {
		return nil, none, fmt.Errorf("%w: %w", ErrLabel, err)
	}
	if unknown := p.Label(x).UnknownNames(); len(unknown) > 0 {
		return nil, none, fmt.Errorf("%w: %s", ErrLabel, unknown[0].Words("en"))
	}
	return p, x.Information, nil
}

// build finds the names of a selection in its policy. Without a classification the rest is built all the same: the categories
// do not depend on it.
func (k Picker) build(sel label.Selection) (*spif.Policy, label.Information, error) {
	p, err := k.Site.Find(label.PolicyID{Name: sel.Policy})
	if err != nil {
		return nil, label.Information{}, fmt.Errorf("%w: %w", ErrLabel, err)
	}
	none := sel.Classification == ""
	if none && len(p.Classes()) > 0 {
		sel.Classification = p.Classes()[0].Name()
	}
	info, err := k.Site.Build(sel)
	if err != nil {
		return nil, label.Information{}, fmt.Errorf("%w: %w", ErrLabel, err)
	}
	if none {
		info.Classification = ""
	}
	return p, info, nil
}

func numbered(p *spif.Policy, info label.Information) spif.Label {
	return p.Label(label.Label{Information: info})
}

func (k Picker) validation(p *spif.Policy) spif.Validation {
	return spif.Validation{At: k.Now, New: true, RequireTagSets: k.Rules.RequireTagSets[p.ID()]}
}

// problems lists what makes the label invalid as a new one.
func (k Picker) problems(p *spif.Policy, info label.Information) []spif.Problem {
	var out []spif.Problem
	for _, x := range p.Validate(numbered(p, info), k.validation(p)) {
		if x.Warning {
			continue
		}
		out = append(out, x)
	}
	return out
}

// refusals holds a label to the installation's own clearance, in words for people. Held is for administrators (RULES 19).
func (k Picker) refusals(p *spif.Policy, info label.Information, lang string) []cmbac.Reason {
	out := k.decide(p, info)
	for i := range out {
		out[i].Held, out[i].Rule, out[i].Text = nil, presend.RuleSystemHigh, inWords(out[i], lang)
	}
	return out
}

func inWords(r cmbac.Reason, lang string) string { return words(lang).systemHigh + r.Words(lang) }

// decide holds a label to the installation's own clearance, whether it is valid or not. While no classification is chosen the
// one that it fits best counts: the label can then be made permitted by choosing that one.
func (k Picker) decide(p *spif.Policy, info label.Information) []cmbac.Reason {
	if info.Classification != "" {
		return k.across(p, info)
	}
	var best []cmbac.Reason
	for i, c := range p.Classes() {
		info.Classification = c.Name()
		if found := k.across(p, info); i == 0 || len(found) < len(best) {
			best = found
		}
	}
	return best
}

func (k Picker) across(p *spif.Policy, info label.Information) []cmbac.Reason {
	v := cmbac.Across(cmbac.Question{
		Site: k.Site, Policy: p, Label: numbered(p, info), Clearances: []label.Clearance{k.Rules.SystemHigh},
		Validation: k.validation(p), Mode: k.mode,
	})
	return v.Reasons
}

func (k Picker) mode(p *spif.Policy) cmbac.Mode {
	if slices.Contains(k.Rules.Hierarchical, p.ID()) {
		return cmbac.Hierarchical
	}
	return cmbac.Membership
}

// SystemHigh is the marking that frames the window (RULES 10), made from the installation's clearance: its highest
// classification, values of the tag sets that the administrator requires, and every restrictive value that it holds.
func (k Picker) SystemHigh(lang string) (MarkingDocument, error) {
	p, err := k.Site.Find(k.Rules.SystemHigh.Policy)
	if err != nil {
		return MarkingDocument{}, err
	}
	held, _ := p.Clearance(k.Rules.SystemHigh)
	info := label.Information{Policy: p.PolicyID()}
	for _, c := range p.Classes() { // by rising hierarchy
		if held.HoldsClass(c) {
			info.Classification = c.Name()
		}
	}
	for _, t := range p.Tags() {
		required := slices.ContainsFunc(k.Rules.RequireTagSets[p.ID()], func(name string) bool { return p.TagSet(name) == t.Set() })
		if t.Type() == label.Restrictive || required {
			info.Categories = append(info.Categories, heldOf(t, held)...)
		}
	}
	return mark(p, info, lang), nil
}

// heldOf gives the values of a tag that a clearance holds, no more than a label may have.
func heldOf(t *spif.Tag, held spif.Clearance) []label.Category {
	c := label.Category{TagName: t.Set().Name(), Type: t.Type()}
	for _, v := range t.Values() {
		if held.Values().Has(v.Number()) && (t.MaxSelection() < 0 || len(c.Values) < t.MaxSelection()) {
			c.Values = append(c.Values, v.Name())
		}
	}
	if len(c.Values) == 0 {
		return nil
	}
	return []label.Category{c}
}
