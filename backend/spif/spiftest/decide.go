package spiftest

import (
	"time"

	"caveat/backend/label"
	"caveat/backend/label/strictxml"
)

// Decide is the whole question: both name this policy, the label is valid as an existing one, and the clearance permits it.
//
// std: ADatP-4774.1/A1 §3.11.4
func (r Reference) Decide(l label.Information, c label.Clearance, at time.Time, hierarchical bool) bool {
	valid, _ := r.Valid(l, at, false, nil)
	return valid && r.Names(l.Policy) && r.Names(c.Policy) && r.Permits(l, c, hierarchical)
}

// Permits is the decision alone, of a label whose names are all known; one with other names is denied. The validity of the
// label and the policies named are not asked.
//
// std: ADatP-4774.1/A1 §3.11.4
func (r Reference) Permits(l label.Information, c label.Clearance, hierarchical bool) bool {
	if !r.NamesKnown(l) || !r.classPermits(l.Classification, c.Classifications, hierarchical) {
		return false
	}
	asked, held := r.values(l.Categories), r.values(c.Categories)
	for _, set := range r.sets() {
		for _, tag := range children(set, "securityCategoryTag") {
			if !r.tagPermits(tag, inTag(asked, tag), inTag(held, tag)) {
				return false
			}
		}
	}
	return true
}

// classPermits: the clearance lists the label's classification; hierarchical: it lists one that is at least as high.
func (r Reference) classPermits(name string, held []string, hierarchical bool) bool {
	class := r.class(name)
	for _, h := range held {
		k := r.class(h)
		if k == nil {
			continue
		}
		if k == class || hierarchical && integer(k, "hierarchy").Cmp(integer(class, "hierarchy")) >= 0 {
			return true
		}
	}
	return false
}

// inTag are the values that the tag has by name.
func inTag(values []value, tag *strictxml.Element) []value {
	var out []value
	for _, v := range values {
		for _, p := range v.places {
			if p.tag == tag {
				out = append(out, v)
			}
		}
	}
	return out
}

// tagPermits is the rule of one tag: restrictive, the clearance holds all values; permissive, one at least.
func (r Reference) tagPermits(tag *strictxml.Element, asked, held []value) bool {
	met := 0
	for _, a := range asked {
		for _, h := range held {
			if r.sameValue(a, h) {
				met++
				break
			}
		}
	}
	switch typeOf(tag) {
	case label.Restrictive:
		return met == len(asked)
	case label.Permissive:
		return len(asked) == 0 || met > 0
	}
	return true
}

// Dominates reports whether label a is at least as restrictive as label b (RULES 2): its classification is at least as
// high, it keeps every restrictive value of b, and every permissive tag of b without adding a value to it. Labels with
// unknown names are not comparable.
func (r Reference) Dominates(a, b label.Information) bool {
	if !r.NamesKnown(a) || !r.NamesKnown(b) {
		return false
	}
	if integer(r.class(a.Classification), "hierarchy").Cmp(integer(r.class(b.Classification), "hierarchy")) < 0 {
		return false
	}
	ofA, ofB := r.values(a.Categories), r.values(b.Categories)
	for _, set := range r.sets() {
		for _, tag := range children(set, "securityCategoryTag") {
			va, vb := inTag(ofA, tag), inTag(ofB, tag)
			if typeOf(tag) == label.Restrictive && !r.within(vb, va) {
				return false
			}
			if typeOf(tag) == label.Permissive && len(vb) > 0 && (len(va) == 0 || !r.within(va, vb)) {
				return false
			}
		}
	}
	return true
}

// within: every value of a is one of b.
func (r Reference) within(a, b []value) bool {
	for _, v := range a {
		found := false
		for _, w := range b {
			found = found || r.sameValue(v, w)
		}
		if !found {
			return false
		}
	}
	return true
}
