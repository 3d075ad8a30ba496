package api

import (
	"context"

	"caveat/backend/label"
	"caveat/backend/spif"
)

// PolicyDrawing is a policy drawn so that a person can read it: what it has, and its rules in words.
type PolicyDrawing struct {
	Version     PolicyVersion       `json:"version"`
	Schema      string              `json:"schema" doc:"version of the SPIF schema"`
	Originator  string              `json:"originator" doc:"who issued it, as it says itself"`
	Key         string              `json:"key" doc:"identifier of the issuer's key, as it says itself"`
	Languages   []string            `json:"languages" nullable:"false" doc:"in which it has markings"`
	Mode        string              `json:"mode" enum:"membership,hierarchical" doc:"how a classification is held against a clearance here"`
	Required    []string            `json:"required" nullable:"false" doc:"tag sets that the administrator requires in every label"`
	Unlabelled  string              `json:"unlabelled" doc:"the policy that it assumes for data without a label; empty: none"`
	Classes     []DrawnClass        `json:"classes" nullable:"false" doc:"the most sensitive first"`
	TagSets     []DrawnTagSet       `json:"tagSets" nullable:"false"`
	Privacy     []string            `json:"privacyMarks" nullable:"false"`
	Equivalents []DrawnEquivalent   `json:"equivalents" nullable:"false" doc:"policies that its labels can be translated to"`
	Memberships map[string][]string `json:"memberships,omitempty" doc:"who belongs to each organisation that it names"`
}

// DrawnPhrase is how something is marked in a language.
type DrawnPhrase struct {
	Lang string `json:"lang"`
	Text string `json:"text"`
}

// DrawnClass is a classification.
type DrawnClass struct {
	Name        string        `json:"name"`
	Hierarchy   int           `json:"hierarchy" doc:"higher is more sensitive"`
	Number      int           `json:"number" doc:"its number in ASN.1 labels"`
	Obsolete    bool          `json:"obsolete"`
	Foreground  string        `json:"foreground"`
	Background  string        `json:"background"`
	Phrases     []DrawnPhrase `json:"phrases" nullable:"false"`
	Rules       []string      `json:"rules" nullable:"false"`
	Equivalents []string      `json:"equivalents" nullable:"false"`
}

// DrawnTagSet is a tag set.
type DrawnTagSet struct {
	Name        string     `json:"name"`
	ID          string     `json:"id"`
	Equivalents []string   `json:"equivalents" nullable:"false"`
	Tags        []DrawnTag `json:"tags" nullable:"false"`
}

// DrawnTag is a tag with its values.
type DrawnTag struct {
	Name   string       `json:"name"`
	Type   string       `json:"type" enum:"RESTRICTIVE,PERMISSIVE,INFORMATIVE"`
	Rules  []string     `json:"rules" nullable:"false"`
	Values []DrawnValue `json:"values" nullable:"false"`
}

// DrawnValue is a value.
type DrawnValue struct {
	Name        string        `json:"name"`
	Number      string        `json:"number" doc:"in ASN.1 labels"`
	Obsolete    bool          `json:"obsolete"`
	Phrases     []DrawnPhrase `json:"phrases" nullable:"false"`
	Rules       []string      `json:"rules" nullable:"false"`
	Equivalents []string      `json:"equivalents" nullable:"false"`
}

// DrawnEquivalent is a policy that labels can be translated to.
type DrawnEquivalent struct {
	Name  string `json:"name"`
	ID    string `json:"id"`
	Known bool   `json:"known" doc:"it is in force here, too"`
}

// DrawPolicy draws a version, loaded or in force. Errors: policybook.ErrUnknown, ErrAltered.
func (s *Service) DrawPolicy(ctx context.Context, sum, lang string) (PolicyDrawing, error) {
	p, _, err := s.policyDocument(ctx, sum)
	if err != nil {
		return PolicyDrawing{}, err
	}
	v, err := s.version(ctx, s.in, sum)
	if err != nil {
		return PolicyDrawing{}, err
	}
	k := s.picker()
	d := drawing{p: p, lang: lang, site: s.in.Site}.draw()
	d.Version, d.Required = v, notNil(k.Rules.RequireTagSets[p.ID()])
	d.Mode = k.describe(p, false, lang).Mode
	return d, nil
}

// drawing draws one policy in a language; site holds the others that its equivalences may speak of.
type drawing struct {
	p    *spif.Policy
	lang string
	site *spif.Site
}

func (x drawing) draw() PolicyDrawing {
	p := x.p
	d := PolicyDrawing{
		Schema: p.SchemaVersion(), Originator: p.OriginatorDN(), Key: p.KeyIdentifier(), Languages: p.Languages(),
		Required: []string{}, Classes: []DrawnClass{}, TagSets: []DrawnTagSet{}, Privacy: []string{}, Equivalents: []DrawnEquivalent{},
	}
	if name, _, _, ok := p.DefaultPolicy(); ok {
		d.Unlabelled = name
	}
	for i := len(p.Classes()) - 1; i >= 0; i-- {
		d.Classes = append(d.Classes, x.class(p.Classes()[i]))
	}
	for _, set := range p.TagSets() {
		d.TagSets = append(d.TagSets, x.tagSet(set))
	}
	for _, m := range p.PrivacyMarks() {
		d.Privacy = append(d.Privacy, m.Name())
	}
	for _, e := range p.EquivalentPolicies() {
		d.Equivalents = append(d.Equivalents, DrawnEquivalent{e.Name, e.ID, x.other(e.Name) != nil})
	}
	for _, m := range p.Memberships() {
		if d.Memberships == nil {
			d.Memberships = map[string][]string{}
		}
		for _, x := range m.Members {
			d.Memberships[m.Name] = append(d.Memberships[m.Name], x.Name)
		}
	}
	return d
}

// other is the policy that equivalences call by a name; nil when it is not in force here.
func (x drawing) other(name string) *spif.Policy {
	for _, e := range x.p.EquivalentPolicies() {
		if e.Name != name {
			continue
		}
		for _, p := range x.site.Policies() {
			if p.ID() == e.ID {
				return p
			}
		}
	}
	return nil
}

func (x drawing) class(c *spif.Class) DrawnClass {
	out := DrawnClass{
		Name: c.Name(), Hierarchy: c.Hierarchy(), Number: c.LACV(), Obsolete: c.IsObsolete(), Phrases: x.phrases(c.Phrase),
		Rules: notNil(x.p.ClassRules(c, x.lang)), Equivalents: x.equivalents(c.Equivalents()),
	}
	out.Foreground, out.Background = x.p.Colours(numbered(x.p, label.Information{Policy: x.p.PolicyID(), Classification: c.Name()}))
	return out
}

func (x drawing) tagSet(set *spif.TagSet) DrawnTagSet {
	out := DrawnTagSet{Name: set.Name(), ID: set.ID(), Equivalents: x.equivalents(set.Equivalents()), Tags: []DrawnTag{}}
	for _, t := range set.Tags() {
		tag := DrawnTag{Name: t.Name(), Type: t.Type().String(), Rules: t.TagRules(x.lang), Values: []DrawnValue{}}
		for _, v := range t.Values() {
			tag.Values = append(tag.Values, x.value(v))
		}
		out.Tags = append(out.Tags, tag)
	}
	return out
}

func (x drawing) value(v *spif.Value) DrawnValue {
	out := DrawnValue{Name: v.Name(), Number: v.Entries()[0].LACV(), Obsolete: v.IsObsolete(), Phrases: x.phrases(v.Phrase), Rules: notNil(x.p.ValueRules(v, x.lang))}
	var all []spif.Equivalent
	for _, e := range v.Entries() {
		all = append(all, e.Equivalents()...)
	}
	out.Equivalents = x.equivalents(all)
	return out
}

// phrases is how something is marked in each language of the policy; once where it is the same in all.
func (x drawing) phrases(in func(lang string) string) []DrawnPhrase {
	out := []DrawnPhrase{}
	same := true
	for _, lang := range x.p.Languages() {
		out = append(out, DrawnPhrase{lang, in(lang)})
		same = same && out[len(out)-1].Text == out[0].Text
	}
	if len(out) == 0 || same {
		return []DrawnPhrase{{"", in("")}}
	}
	return out
}

func (x drawing) equivalents(list []spif.Equivalent) []string {
	out := []string{}
	for _, e := range list {
		out = append(out, e.EquivalentWords(x.other(e.Policy), x.lang))
	}
	return out
}
