package api

import (
	"context"
	"net/http"
	"time"

	"caveat/backend/cmbac"
	"caveat/backend/label"
	"caveat/backend/spif"
)

// LabelInput is a label in XML.
type LabelInput struct {
	Label string `json:"label" doc:"STANAG 4774 label, XML"`
	Lang  string `json:"lang,omitempty" default:"en" doc:"language of the marking and of what is wrong"`
}

// PolicyDocument is a policy as a picker needs it.
type PolicyDocument struct {
	Name            string           `json:"name"`
	ID              string           `json:"id"`
	Version         int              `json:"version"`
	SHA256          string           `json:"sha256"`
	Governing       bool             `json:"governing"`
	NotAfter        *time.Time       `json:"notAfter" doc:"when it ends; null: never"`
	Mode            string           `json:"mode" enum:"membership,hierarchical" doc:"how a classification is held against a clearance"`
	Required        []string         `json:"required" nullable:"false" doc:"tag sets that the administrator requires in every label"`
	Classifications []ClassDocument  `json:"classifications" nullable:"false"`
	TagSets         []TagSetDocument `json:"tagSets" nullable:"false"`
}

// ClassDocument is one classification.
type ClassDocument struct {
	Name       string `json:"name"`
	Phrase     string `json:"phrase" doc:"as it stands in markings"`
	Obsolete   bool   `json:"obsolete"`
	Hierarchy  int    `json:"hierarchy" doc:"higher is more sensitive"`
	Foreground string `json:"foreground" doc:"colour of a marking's text; empty: none"`
	Background string `json:"background" doc:"colour behind a marking; empty: none"`
}

// TagSetDocument is one tag set.
type TagSetDocument struct {
	Name string        `json:"name"`
	Tags []TagDocument `json:"tags" nullable:"false"`
}

// TagDocument is one tag with its values.
type TagDocument struct {
	Type   string          `json:"type" enum:"RESTRICTIVE,PERMISSIVE,INFORMATIVE"`
	Max    int             `json:"max" doc:"how many values may be chosen; -1: any number"`
	Values []ValueDocument `json:"values" nullable:"false"`
}

// ValueDocument is one value.
type ValueDocument struct {
	Name     string `json:"name"`
	Phrase   string `json:"phrase" doc:"as it stands in markings; empty when it is not shown"`
	Obsolete bool   `json:"obsolete"`
}

// describe tells what a policy has to choose from, and how this installation uses it.
func (k Picker) describe(p *spif.Policy, governing bool, lang string) PolicyDocument {
	d := PolicyDocument{
		Name: p.Name(), ID: p.ID(), Version: p.Version(), SHA256: p.SHA256(), Governing: governing, Mode: "membership",
		Required: notNil(k.Rules.RequireTagSets[p.ID()]), Classifications: []ClassDocument{}, TagSets: []TagSetDocument{},
	}
	if at := p.NotAfter(); !at.IsZero() {
		d.NotAfter = &at
	}
	if k.mode(p) == cmbac.Hierarchical {
		d.Mode = "hierarchical"
	}
	for _, c := range p.Classes() {
		x := ClassDocument{Name: c.Name(), Phrase: c.Phrase(lang), Obsolete: c.IsObsolete(), Hierarchy: c.Hierarchy()}
		x.Foreground, x.Background = p.Colours(numbered(p, label.Information{Policy: p.PolicyID(), Classification: c.Name()}))
		d.Classifications = append(d.Classifications, x)
	}
	for _, s := range p.TagSets() {
		set := TagSetDocument{Name: s.Name(), Tags: []TagDocument{}}
		for _, t := range s.Tags() {
			tag := TagDocument{Type: t.Type().String(), Max: t.MaxSelection(), Values: []ValueDocument{}}
			for _, v := range t.Values() {
				tag.Values = append(tag.Values, ValueDocument{Name: v.Name(), Phrase: v.Phrase(lang), Obsolete: v.IsObsolete()})
			}
			set.Tags = append(set.Tags, tag)
		}
		d.TagSets = append(d.TagSets, set)
	}
	return d
}

// judge is the installation's way to judge labels.
func (s *Service) judge(lang string) Judge {
	required := s.fed.Rules().RequireTagSets
	return Judge{Site: s.in.Site, Now: s.now(), Lang: lang, RequireTagSets: func(p *spif.Policy) []string { return required[p.ID()] }}
}

func (o operations) policy(s *Service) {
	type langInput struct {
		Lang string `query:"lang" default:"en"`
	}
	op(o, http.MethodGet, "/api/policies", "policies", "The policies of this installation, the governing one first",
		func(_ context.Context, in *langInput) (*body[[]PolicyDocument], error) {
			out, k := []PolicyDocument{}, s.picker()
			for i, p := range s.in.Site.Policies() {
				out = append(out, k.describe(p, i == 0, in.Lang))
			}
			return answer(out, nil)
		})
	op(o, http.MethodPost, "/api/policy/valid", "policy-valid", "Is a label valid under its policy?",
		func(_ context.Context, in *struct{ Body LabelInput }) (*body[ValidDocument], error) {
			l, err := label.ParseLabel([]byte(in.Body.Label))
			if err != nil {
				return nil, problem(err)
			}
			return answer(s.judge(in.Body.Lang).Valid(l))
		})
	o.policyMark(s)
	o.policyDecide(s)
}

// MarkInput asks for a marking.
type MarkInput struct {
	Label string `json:"label" doc:"STANAG 4774 label, XML"`
	Lang  string `json:"lang,omitempty" default:"en"`
	At    string `json:"at,omitempty" default:"pageBottom" doc:"a marking code of the SPIF"`
}

// MarkDocument is a marking.
type MarkDocument struct {
	Marking  string   `json:"marking"`
	Warnings []string `json:"warnings" nullable:"false" doc:"why the label is not to be used as it is"`
}

func (o operations) policyMark(s *Service) {
	op(o, http.MethodPost, "/api/policy/mark", "policy-mark", "The marking of a label",
		func(_ context.Context, in *struct{ Body MarkInput }) (*body[MarkDocument], error) {
			l, err := label.ParseLabel([]byte(in.Body.Label))
			if err != nil {
				return nil, problem(err)
			}
			marking, problems, err := s.judge(in.Body.Lang).Mark(l, spif.Placement(in.Body.At))
			out := MarkDocument{Marking: marking, Warnings: []string{}}
			for _, p := range problems {
				out.Warnings = append(out.Warnings, p.Words(in.Body.Lang))
			}
			return answer(out, err)
		})
}

// DecideInput asks whether clearances permit a label.
type DecideInput struct {
	Label        string   `json:"label" doc:"STANAG 4774 label, XML"`
	Clearances   []string `json:"clearances" doc:"STANAG 4774 clearances, XML" minItems:"1" maxItems:"100"`
	Hierarchical bool     `json:"hierarchical,omitempty"`
	Lang         string   `json:"lang,omitempty" default:"en" doc:"language of the marking and the reasons"`
}

func (o operations) policyDecide(s *Service) {
	op(o, http.MethodPost, "/api/policy/decide", "policy-decide", "Do these clearances permit this label?",
		func(_ context.Context, in *struct{ Body DecideInput }) (*body[DecideDocument], error) {
			l, err := label.ParseLabel([]byte(in.Body.Label))
			if err != nil {
				return nil, problem(err)
			}
			var clearances []label.Clearance
			for _, text := range in.Body.Clearances {
				c, err := label.ParseClearance([]byte(text))
				if err != nil {
					return nil, problem(err)
				}
				clearances = append(clearances, c)
			}
			j := s.judge(in.Body.Lang)
			j.Hierarchical = in.Body.Hierarchical
			return answer(j.Decide(l, clearances...))
		})
}
