package api

import (
	"slices"

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

// chooser finds out what may still be chosen, by making each label that would result and judging it. "Never" means: that label
// stays wrong, whatever values are added. Where nothing can be made of the present selection any more, only what a candidate
// itself makes wrong is held against it: else everything would be refused for one slip.
type chooser struct {
	k      Picker
	p      *spif.Policy
	now    label.Information // the present selection
	search *search
	// classes are those to try: the chosen one; while none is chosen, all that can be chosen, and one that fits is enough.
	classes []string
	// By classification: the values that the installation's clearance permits alone, by number, and what is wrong with the label
	// that has every value.
	held       map[string]map[int]bool
	everything map[string][]spif.Problem
}

func newChooser(k Picker, p *spif.Policy, now label.Information) *chooser {
	c := &chooser{k: k, p: p, now: now, held: map[string]map[int]bool{}, everything: map[string][]spif.Problem{}}
	c.search = &search{c: c, seen: map[string]string{}, left: maxJudged}
	if now.Classification != "" {
		c.classes = []string{now.Classification}
		return c
	}
	for _, x := range p.Classes() {
		if c.class(x) == "" {
			c.classes = append(c.classes, x.Name())
		}
	}
	if len(c.classes) == 0 { // none can be chosen: then that is said of the classifications, and values are judged under each
		for _, x := range p.Classes() {
			c.classes = append(c.classes, x.Name())
		}
	}
	return c
}

func (c *chooser) document() ChoicesDocument {
	out := ChoicesDocument{Classifications: []ChoiceDocument{}, TagSets: []TagSetChoices{}}
	for _, x := range c.p.Classes() {
		out.Classifications = append(out.Classifications, ChoiceDocument{Name: x.Name(), Refused: c.class(x)})
	}
	for _, s := range c.p.TagSets() {
		set := TagSetChoices{Name: s.Name(), Tags: []TagChoices{}}
		for _, t := range s.Tags() {
			tag := TagChoices{Type: t.Type().String(), Values: []ChoiceDocument{}}
			for _, v := range t.Values() {
				tag.Values = append(tag.Values, ChoiceDocument{Name: v.Name(), Refused: c.value(v)})
			}
			set.Tags = append(set.Tags, tag)
		}
		out.TagSets = append(out.TagSets, set)
	}
	return out
}

// class says why a classification can never be right instead of the chosen one.
func (c *chooser) class(x *spif.Class) string {
	alone := label.Information{Policy: c.now.Policy, Classification: x.Name()}
	with := c.now
	with.Classification = x.Name()
	without := c.now
	without.Classification = ""
	before := slices.DeleteFunc(c.k.problems(c.p, without), func(q spif.Problem) bool {
		return q.Rule == spif.RuleRequiredClass // no classification is none that a value demands
	})
	if q := c.lasting(before, with); q != "" {
		return q
	}
	if r := first(c.refused(nil, alone)); r != "" || !c.search.anyPossible() {
		return r
	}
	return c.search.obstacle(with)
}

// value says why a value can never be right with what is chosen.
func (c *chooser) value(v *spif.Value) string {
	if v.IsObsolete() { // nothing else can change that
		return v.Name() + " is obsolete: new labels must not use it"
	}
	why := ""
	for _, class := range c.classes {
		without := c.without(v)
		without.Classification = class
		text := c.lasting(c.k.problems(c.p, without), plus(without, v))
		if text == "" {
			text = c.notPermitted(without, v)
		}
		if text == "" && c.search.possible(class) {
			text = c.search.obstacle(plus(without, v))
		}
		if text == "" {
			return ""
		}
		if why == "" {
			why = text
		}
	}
	return why
}

// lasting finds a problem of a label that was not there before and that no value added to the label would mend.
func (c *chooser) lasting(before []spif.Problem, with label.Information) string {
	for _, q := range c.k.problems(c.p, with) {
		if !has(before, q) && c.isLasting(q, with) {
			return q.Text
		}
	}
	return ""
}

func (c *chooser) isLasting(q spif.Problem, with label.Information) bool {
	switch q.Rule {
	case spif.RuleSelectionMin, spif.RuleRequiredTagSet, spif.RuleClassification:
		return false // more can be chosen
	case spif.RuleUserInput:
		return false // the text is not typed yet
	case spif.RuleSelectionMax:
		return true
	}
	// A demand for more values, and one of several entries of the policy that define one value, may be met by more: "all of"
	// and "at least one of" by everything, "exactly one of" by a single value.
	if !has(c.problemsOfEverything(with.Classification), q) {
		return false
	}
	for _, t := range c.p.Tags() {
		for _, v := range t.Values() {
			if q.Rule == spif.RuleRequiredCategory && !slices.Contains(q.Needed, v.Name()) {
				continue
			}
			if c.search.left--; c.search.left < 0 || !has(c.k.problems(c.p, plus(with, v)), q) {
				return false
			}
		}
	}
	return true
}

func (c *chooser) problemsOfEverything(class string) []spif.Problem {
	if _, ok := c.everything[class]; !ok {
		info := label.Information{Policy: c.now.Policy, Classification: class}
		for _, t := range c.p.Tags() {
			x := label.Category{TagName: t.Set().Name(), Type: t.Type()}
			for _, v := range t.Values() {
				x.Values = append(x.Values, v.Name())
			}
			info.Categories = append(info.Categories, x)
		}
		c.everything[class] = c.k.problems(c.p, info)
	}
	return c.everything[class]
}

// notPermitted says why the installation's clearance can never permit a value. Of a permissive tag one value that the clearance
// holds is enough, so the value is right when such a one is chosen or can be added.
func (c *chooser) notPermitted(without label.Information, v *spif.Value) string {
	if c.isHeld(without.Classification, v) {
		return ""
	}
	bare := label.Information{Policy: without.Policy, Classification: without.Classification}
	before := c.k.decide(c.p, bare)
	why := first(c.refused(before, plus(bare, v)))
	if v.Tag().Type() != label.Permissive {
		return why
	}
	chosen := numbered(c.p, without).Values()
	for _, w := range v.Tag().Values() {
		if !c.isHeld(without.Classification, w) {
			continue
		}
		if chosen.Has(w.Number()) || c.lasting(c.k.problems(c.p, without), plus(plus(without, v), w)) == "" {
			return ""
		}
	}
	return why
}

// isHeld reports whether the installation's clearance permits a value alone.
func (c *chooser) isHeld(class string, v *spif.Value) bool {
	if c.held[class] == nil {
		c.held[class] = map[int]bool{}
		bare := label.Information{Policy: c.now.Policy, Classification: class}
		before := c.k.decide(c.p, bare)
		for _, t := range c.p.Tags() {
			for _, v := range t.Values() {
				c.held[class][v.Number()] = len(c.refused(before, plus(bare, v))) == 0
			}
		}
	}
	return c.held[class][v.Number()]
}

// refused is why the installation's clearance does not permit a label, but for what was refused before. A label that would be
// invalid only under the policy that it is translated to may become valid.
func (c *chooser) refused(before []cmbac.Reason, info label.Information) []cmbac.Reason {
	return slices.DeleteFunc(c.k.decide(c.p, info), func(r cmbac.Reason) bool {
		return r.Rule == cmbac.RuleLabelInvalid || slices.ContainsFunc(before, func(b cmbac.Reason) bool { return b.TagSet == r.TagSet && b.Text == r.Text })
	})
}

// without gives the present selection without a value; without all values of its tag where only one may be chosen.
func (c *chooser) without(v *spif.Value) label.Information {
	out := c.now
	out.Categories = nil
	for _, x := range c.now.Categories {
		if c.p.TagSet(x.TagName) == v.Tag().Set() && x.Type == v.Tag().Type() {
			x.Values = slices.DeleteFunc(slices.Clone(x.Values), func(name string) bool {
				return label.Fold(name) == label.Fold(v.Name()) || v.Tag().MaxSelection() == 1 && isOf(v.Tag(), name)
			})
		}
		if len(x.Values) > 0 {
			out.Categories = append(out.Categories, x)
		}
	}
	return out
}

func isOf(t *spif.Tag, name string) bool {
	return slices.ContainsFunc(t.Values(), func(v *spif.Value) bool { return label.Fold(v.Name()) == label.Fold(name) })
}

// plus adds a value to a label that may have it already.
func plus(info label.Information, v *spif.Value) label.Information {
	out := info
	out.Categories = slices.Clone(info.Categories)
	for i, x := range out.Categories {
		if label.Fold(x.TagName) != label.Fold(v.Tag().Set().Name()) || x.Type != v.Tag().Type() {
			continue
		}
		if !slices.ContainsFunc(x.Values, func(name string) bool { return label.Fold(name) == label.Fold(v.Name()) }) {
			out.Categories[i].Values = append(slices.Clone(x.Values), v.Name())
		}
		return out
	}
	out.Categories = append(out.Categories, label.Category{TagName: v.Tag().Set().Name(), Type: v.Tag().Type(), Values: []string{v.Name()}})
	return out
}

// has finds a problem among others.
func has(all []spif.Problem, q spif.Problem) bool {
	return slices.ContainsFunc(all, func(x spif.Problem) bool { return x.Rule == q.Rule && x.TagSet == q.TagSet && x.Text == q.Text })
}

// first gives the first reason in words; "" when there is none.
func first(reasons []cmbac.Reason) string {
	if len(reasons) == 0 {
		return ""
	}
	return inWords(reasons[0])
}
