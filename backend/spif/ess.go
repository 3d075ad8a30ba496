package spif

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"caveat/backend/label"
	"caveat/backend/label/ess"
)

// ErrNumber: a number of an ASN.1 label that stands for no name of the policy, or for several.
var ErrNumber = errors.New("spif: number without one meaning")

// ESSLabel gives the names that the numbers of an ASN.1 security label stand for. The policy is found by its object
// identifier, the classification by its lacv, each value by tag set, type and lacv. Published policies give one number to
// several names (NATO: Releasable To NATO and OCCAR): a label that uses one is ErrNumber, as is any number that the policy
// does not know: a label half understood is no label. Whether the result is valid is Policy.Validate's question.
//
// std: RFC2634 §3.2
func (s *Site) ESSLabel(l ess.Label) (label.Information, error) {
	p, err := s.byNumber(l.Policy)
	if err != nil {
		return label.Information{}, err
	}
	if l.Classification == nil {
		return label.Information{}, fmt.Errorf("%w: the label has no classification", ErrNumber)
	}
	class := p.classByLACV(*l.Classification)
	if class == nil {
		return label.Information{}, fmt.Errorf("%w: policy %s has no classification %d", ErrNumber, p.name, *l.Classification)
	}
	out := label.Information{Policy: p.PolicyID(), Classification: class.name, PrivacyMark: l.PrivacyMark}
	for _, c := range l.Categories {
		if c.Value != nil {
			return label.Information{}, fmt.Errorf("%w: category of unknown type %s", ErrNumber, c.Type)
		}
		for _, t := range c.Tags {
			if err := p.essTag(t, &out.Categories, func(_ string, err error) error { return err }); err != nil {
				return label.Information{}, err
			}
		}
	}
	return out, nil
}

// ESSClearance gives the names that the numbers of an ASN.1 clearance stand for. A number that stands for none, or for
// several, grants nothing, and neither does a category of an unknown type: they are returned as problems (warnings). Only
// an unknown policy is an error. A clearance of which no classification is left permits nothing.
//
// std: RFC5755 §4.4.6
func (s *Site) ESSClearance(c ess.Clearance) (label.Clearance, []Problem, error) {
	p, err := s.byNumber(c.Policy)
	if err != nil {
		return label.Clearance{}, nil, err
	}
	out := label.Clearance{Policy: p.PolicyID()}
	var problems []Problem
	warn := func(rule, set, number string) {
		problems = append(problems, Problem{Rule: rule, TagSet: set, Subject: number, Against: p.name, Warning: true})
	}
	for _, n := range c.ClassList {
		if class := p.classByLACV(n); class != nil {
			out.Classifications = append(out.Classifications, class.name)
		} else {
			warn(RuleClassification, "", strconv.Itoa(n))
		}
	}
	for _, cat := range c.Categories {
		if cat.Value != nil {
			warn(RuleTagSet, "", cat.Type)
		}
		for _, t := range cat.Tags {
			_ = p.essTag(t, &out.Categories, func(number string, _ error) error {
				if set := p.nameOfSet(t.Set); set == "" {
					warn(RuleTagSet, "", t.Set)
				} else {
					warn(RuleValue, set, number)
				}
				return nil
			})
		}
	}
	return out, problems, nil
}

func (s *Site) byNumber(id string) (*Policy, error) {
	if p := s.byID[id]; p != nil && id != "" {
		return p, nil
	}
	return nil, fmt.Errorf("%w: id %q (known: %s)", ErrUnknownPolicy, id, s.names())
}

// classByLACV finds a classification; the parser has seen to it that no two have one number.
func (p *Policy) classByLACV(lacv int) *Class {
	for _, c := range p.classes {
		if c.lacv == lacv {
			return c
		}
	}
	return nil
}

// nameOfSet is the tag set's name where the policy knows it.
func (p *Policy) nameOfSet(id string) string {
	if s := p.setByID[id]; s != nil {
		return s.name
	}
	return ""
}

// essTag adds the values of a tag to the categories. What has no one meaning is handed to unclear, whose error ends it.
func (p *Policy) essTag(t ess.Tag, out *[]label.Category, unclear func(number string, err error) error) error {
	s := p.setByID[t.Set]
	if s == nil {
		return unclear("", fmt.Errorf("%w: policy %s has no tag set %s", ErrNumber, p.name, t.Set))
	}
	if len(t.Values) == 0 {
		// A tag without values: it stays one, and is invalid as such. Its type is known where the numbers are not needed for it.
		if typ, ok := essType(t.Kind); ok {
			s.categoryOf(out, typ)
			return nil
		}
		return unclear("", fmt.Errorf("%w: tag set %q is named without a value", ErrNumber, s.name))
	}
	for _, lacv := range t.Values {
		v, err := s.valueOf(t.Kind, lacv)
		if err != nil {
			if err := unclear(strconv.Itoa(lacv), err); err != nil {
				return err
			}
			continue
		}
		c := s.categoryOf(out, v.tag.typ)
		c.Values = append(c.Values, v.name)
	}
	return nil
}

// categoryOf finds or adds the category of the tag set and type.
func (s *TagSet) categoryOf(list *[]label.Category, typ label.Type) *label.Category {
	i := slices.IndexFunc(*list, func(c label.Category) bool { return c.TagName == s.name && c.Type == typ })
	if i < 0 {
		i = len(*list)
		*list = append(*list, label.Category{TagName: s.name, Type: typ, URI: "urn:oid:" + s.id})
	}
	return &(*list)[i]
}

// essType is how the values of a kind count; ok is false for MISSI's enumerated tags, of which the policy says it.
func essType(k ess.Kind) (typ label.Type, ok bool) {
	switch k {
	case ess.Restrictive, ess.EnumeratedRestrictive:
		return label.Restrictive, true
	case ess.Permissive, ess.EnumeratedPermissive:
		return label.Permissive, true
	case ess.Informative:
		return label.Informative, true
	}
	return 0, false
}

// valueOf finds the one value that a number means. Several entries of one name are one value; several names are none. A
// free-text value means what somebody typed, which no number says.
func (s *TagSet) valueOf(k ess.Kind, lacv int) (*Value, error) {
	typ, typed := essType(k)
	var found []*Value
	for _, t := range s.tags {
		if typed && t.typ != typ || !typed && t.tagType != "enumerated" {
			continue
		}
		for _, v := range t.values {
			if v.hasLACV(strconv.Itoa(lacv)) && !isNamed(found, v) {
				found = append(found, v)
			}
		}
	}
	switch {
	case len(found) == 0:
		return nil, fmt.Errorf("%w: %d is no value of that kind in tag set %q", ErrNumber, lacv, s.name)
	case len(found) > 1:
		return nil, fmt.Errorf("%w: %d of tag set %q may be %s", ErrNumber, lacv, s.name, listed(found, (*Value).Name))
	case found[0].isFreeText():
		return nil, fmt.Errorf("%w: %d of tag set %q stands for a text that is not there", ErrNumber, lacv, s.name)
	}
	return found[0], nil
}

// hasLACV reports whether one of the value's entries has the number.
func (v *Value) hasLACV(lacv string) bool {
	return slices.ContainsFunc(v.entries, func(n *entry) bool { return sameLACV(n.lacv, lacv) })
}
