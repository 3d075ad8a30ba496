package spif

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"caveat/backend/label"
	"caveat/backend/label/strictxml"
)

// Codes that are no places but change how a phrase is shown.
var displayCodes = []string{"noNameDisplay", "noMarkingDisplay", "suppressClassName", "replacePolicy"}

func (r *reader) marking(e *strictxml.Element) marking {
	m := marking{lang: language(e)}
	m.phrase, m.hasPhrase = e.Attr("phrase")
	r.children(e, map[string]func(*strictxml.Element){"code": func(c *strictxml.Element) {
		code := strings.TrimSpace(c.Text)
		if !IsPlacement(code) && !slices.Contains(displayCodes, code) {
			r.fail(c, "marking code %q", code)
		}
		m.codes = append(m.codes, code)
	}})
	return m
}

// qualifiers reads a markingQualifier. Its markingCode is not used: published policies declare qualifiers for pageTop and
// data for pageTopBottom.
func (r *reader) qualifiers(e *strictxml.Element) []qualifier {
	var out []qualifier
	r.children(e, map[string]func(*strictxml.Element){"qualifier": func(q *strictxml.Element) {
		kind, _ := q.Attr("qualifierCode")
		if kind != "prefix" && kind != "suffix" && kind != "separator" {
			r.fail(q, "qualifierCode %q", kind)
		}
		text, _ := q.Attr("markingQualifier")
		out = append(out, qualifier{lang: language(q), kind: kind, text: text})
	}})
	return out
}

func language(e *strictxml.Element) string {
	for _, a := range e.Attrs {
		if a.Name == "lang" && (a.Space == "xml" || a.Space == "http://www.w3.org/XML/1998/namespace") {
			return strings.ToLower(a.Value)
		}
	}
	return ""
}

// requirement reads a requiredCategory of this policy.
func (r *reader) requirement(e *strictxml.Element) requirement {
	q := r.foreignRequirement(e)
	groups := q.groups
	for i := range groups {
		r.later = append(r.later, func() { r.resolveGroup(e.Children[i], &groups[i]) })
	}
	return q
}

// foreignRequirement reads a requiredCategory whose groups speak of another policy: they stay unresolved.
func (r *reader) foreignRequirement(e *strictxml.Element) requirement {
	var q requirement
	q.operation, _ = e.Attr("operation")
	if q.operation != "onlyOne" && q.operation != "oneOrMore" && q.operation != "all" {
		r.fail(e, "operation %q: onlyOne, oneOrMore or all", q.operation)
	}
	r.children(e, map[string]func(*strictxml.Element){
		"categoryGroup": func(x *strictxml.Element) { q.groups = append(q.groups, r.group(x)) },
	})
	if len(q.groups) == 0 {
		r.fail(e, "requiredCategory without categoryGroup")
	}
	return q
}

func (r *reader) group(e *strictxml.Element) group {
	var g group
	g.setRef = r.name(e, "tagSetRef")
	g.typ, _ = e.Attr("tagType")
	g.enumType, _ = e.Attr("enumType")
	lacv, hasLACV := e.Attr("lacv")
	g.lacv, g.all = lacv, r.bool(e, "all")
	if hasLACV == g.all {
		r.fail(e, "exactly one of lacv and all must be given")
	}
	return g
}

// resolveGroup finds the values that satisfy the group in this policy.
func (r *reader) resolveGroup(e *strictxml.Element, g *group) {
	if err := r.p.resolveGroup(g); err != nil && r.err == nil {
		r.err = e.Errorf("%w", err)
	}
}

func (p *Policy) resolveGroup(g *group) error {
	s := p.TagSet(g.setRef)
	if s == nil {
		return fmt.Errorf("%w: tagSetRef %q is no tag set", ErrInvalid, g.setRef)
	}
	typ, ok := typeOf(g.typ, g.enumType)
	if !ok {
		return fmt.Errorf("%w: tagType %q with enumType %q", ErrInvalid, g.typ, g.enumType)
	}
	g.set, g.values = s.name, newSet(len(p.values))
	for _, t := range s.tags {
		if t.typ != typ {
			continue
		}
		for _, v := range t.values {
			if g.all || slices.ContainsFunc(v.entries, func(n *entry) bool { return sameLACV(n.lacv, g.lacv) }) {
				g.values.add(v.number)
				g.names = append(g.names, v.name)
			}
		}
	}
	if len(g.names) == 0 {
		return fmt.Errorf("%w: no value of tag set %q has type %s and lacv %q", ErrInvalid, s.name, typ, g.lacv)
	}
	g.text = fmt.Sprintf("%s of %q", strings.Join(g.names, " or "), s.name)
	if g.all {
		g.text = fmt.Sprintf("a value of %q", s.name)
	}
	return nil
}

// leaveOut takes values out of a group: a value does not stand in its own way, so that "all of this tag set" excludes the others.
func (g *group) leaveOut(own []*Value) {
	for _, v := range own {
		if g.values.Has(v.number) {
			g.values.remove(v.number)
		}
	}
}

// sameLACV compares as numbers where both are: policies write 051 and 51.
func sameLACV(a, b string) bool {
	x, errA := atoi(a)
	y, errB := atoi(b)
	if errA == nil && errB == nil {
		return x == y
	}
	return label.Fold(a) == label.Fold(b)
}

func atoi(s string) (int, error) { return strconv.Atoi(strings.TrimSpace(s)) }
