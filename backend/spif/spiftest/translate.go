package spiftest

import (
	"slices"

	"caveat/backend/label"
	"caveat/backend/label/strictxml"
)

// target is one value of the policy that a label is mapped to.
type target struct {
	set  *strictxml.Element
	typ  label.Type
	name string
}

// TranslateTo maps a label of this policy to another one by this policy's equivalences, as its originator may before
// sending. False: no translation. The result still has to be valid there.
//
// std: ADatP-4774.1/A1 Tables 8-9
func (r Reference) TranslateTo(to Reference, l label.Information) (label.Information, bool) {
	policy := r.equivalentPolicy(to)
	class := r.class(l.Classification)
	if policy == nil || class == nil || !r.translatable(l) {
		return label.Information{}, false
	}
	equivalents := applicable(children(class, "equivalentClassification"), attr(policy, "name"), "encrypt")
	if len(equivalents) != 1 {
		return label.Information{}, false
	}
	counterpart := to.classByLACV(attr(equivalents[0], "lacv"))
	if counterpart == nil {
		return label.Information{}, false
	}
	var targets []target
	demanding := []*strictxml.Element{equivalents[0]} // equivalences that were used, which may require more values
	for _, v := range r.values(l.Categories) {
		more, bySet, ok := r.counterparts(to, v, attr(policy, "name"))
		if !ok {
			return label.Information{}, false
		}
		targets = append(targets, more...)
		if bySet != nil {
			demanding = append(demanding, bySet)
		}
	}
	for _, open := range []bool{false, true} { // what leaves a choice comes last: it may be settled by then
		for _, e := range append(demanding, policy) {
			var ok bool
			if targets, ok = to.required(e, targets, open); !ok {
				return label.Information{}, false
			}
		}
	}
	return to.information(counterpart, targets), true
}

// translatable: all names are known and nothing stands twice, so that what is wrong here cannot become right there.
func (r Reference) translatable(l label.Information) bool {
	return r.NamesKnown(l) && r.twiceRule(r.values(l.Categories)) == nil
}

// equivalentPolicy is the equivalentPolicy that means the other policy, nil without one.
func (r Reference) equivalentPolicy(other Reference) *strictxml.Element {
	for _, e := range children(child(r.spif, "equivalentPolicies"), "equivalentPolicy") {
		if "urn:oid:"+attr(e, "id") == other.PolicyID().URI {
			return e
		}
	}
	return nil
}

// applicable are the equivalences to one policy that are applied by that side, or by both.
func applicable(equivalents []*strictxml.Element, policy, side string) []*strictxml.Element {
	var out []*strictxml.Element
	for _, e := range equivalents {
		if attr(e, "policyRef") == policy && (attr(e, "applied") == side || attr(e, "applied") == "both") {
			out = append(out, e)
		}
	}
	return out
}

func (r Reference) classByLACV(lacv string) *strictxml.Element {
	for _, c := range r.classes() {
		if sameLACV(attr(c, "lacv"), lacv) {
			return c
		}
	}
	return nil
}

// counterparts are the values of the other policy that one value becomes: by its own equivalences, else by those of its
// tag set, which is given then. None with true: it is discarded.
func (r Reference) counterparts(to Reference, v value, policy string) (out []target, bySet *strictxml.Element, ok bool) {
	var equivalents []*strictxml.Element
	settled := 0 // places that have an equivalence
	for _, p := range v.places {
		before := len(equivalents)
		for _, e := range p.entries {
			equivalents = append(equivalents, applicable(children(e, "equivalentSecCategoryTag"), policy, "encrypt")...)
		}
		if len(equivalents) > before {
			settled++
		}
	}
	for _, e := range equivalents {
		if attr(e, "action") == "discard" {
			continue
		}
		t, ok := to.numbered(to.setByID(attr(e, "tagSetId")), e)
		if !ok {
			return nil, nil, false
		}
		out = append(out, t)
	}
	if len(out) == 0 && settled < len(v.places) { // what one tag discards still stands in the other
		return r.bySet(to, v, policy)
	}
	return out, nil, true
}

// bySet maps a value to the one of the same name in the equivalent tag set.
func (r Reference) bySet(to Reference, v value, policy string) ([]target, *strictxml.Element, bool) {
	for _, e := range children(v.set, "equivalentSecurityCategoryTagSet") {
		if attr(e, "policyRef") != policy {
			continue
		}
		t, ok := to.equallyNamed(to.referred(e), v)
		return []target{t}, e, ok
	}
	return nil, nil, false
}

// referred is the tag set that an equivalentSecurityCategoryTagSet means: by its id, without one by its name.
func (r Reference) referred(e *strictxml.Element) *strictxml.Element {
	if has(e, "id") {
		return r.setByID(attr(e, "id"))
	}
	return r.set(attr(e, "name"))
}

// equallyNamed is the value of that name and type in a tag set. Free text has no name.
func (r Reference) equallyNamed(set *strictxml.Element, v value) (target, bool) {
	for _, p := range r.places(set, v.typ, v.text) {
		if !p.typed {
			return target{set, v.typ, attr(p.entries[0], "name")}, true
		}
	}
	return target{}, false
}

// numbered is the one value of a tag set that a reference by tag type and lacv, or all, means; false where it means none,
// or several names, which published policies give one lacv to.
func (r Reference) numbered(set, reference *strictxml.Element) (target, bool) {
	if set == nil {
		return target{}, false
	}
	var names []string
	var out target
	for _, tag := range children(set, "securityCategoryTag") {
		if !sameKind(reference, tag) {
			continue
		}
		for _, e := range children(tag, "tagCategory") {
			if !truth(reference, "all") && !sameLACV(attr(e, "lacv"), attr(reference, "lacv")) {
				continue
			}
			if has(e, "userInput") { // a title, not a value
				return target{}, false
			}
			out = target{set, typeOf(tag), attr(e, "name")}
			if !slices.Contains(names, r.fold(out.name)) {
				names = append(names, r.fold(out.name))
			}
		}
	}
	return out, len(names) == 1
}

// required adds the values of this policy that the requiredCategory elements of another policy's equivalence want besides those
// that are there. What is met already wants none; where they leave a choice there is none.
func (r Reference) required(equivalence *strictxml.Element, there []target, open bool) ([]target, bool) {
	for _, required := range children(equivalence, "requiredCategory") {
		groups := children(required, "categoryGroup")
		if open != (attr(required, "operation") != "all" && len(groups) > 1) {
			continue
		}
		met := 0
		for _, group := range groups {
			if !r.speaksOfAny(group) {
				return nil, false
			}
			if r.meetsGroup(group, there) {
				met++
			}
		}
		switch operation := attr(required, "operation"); {
		case operation == "oneOrMore" && met > 0, operation == "onlyOne" && met == 1, met == len(groups) && operation == "all":
			continue
		case operation != "all" && len(groups) != 1:
			return nil, false
		}
		for _, group := range groups {
			if r.meetsGroup(group, there) {
				continue
			}
			t, ok := r.numbered(r.set(attr(group, "tagSetRef")), group)
			if !ok {
				return nil, false
			}
			there = append(there, t)
		}
	}
	return there, true
}

// speaksOfAny reports whether a group names a value of this policy at all.
func (r Reference) speaksOfAny(group *strictxml.Element) bool {
	for _, tag := range children(r.set(attr(group, "tagSetRef")), "securityCategoryTag") {
		for _, e := range children(tag, "tagCategory") {
			if sameKind(group, tag) && (truth(group, "all") || sameLACV(attr(e, "lacv"), attr(group, "lacv"))) {
				return true
			}
		}
	}
	return false
}

// meetsGroup reports whether one of the values is of a group.
func (r Reference) meetsGroup(group *strictxml.Element, there []target) bool {
	set := r.set(attr(group, "tagSetRef"))
	for _, t := range there {
		for _, tag := range children(set, "securityCategoryTag") {
			for _, e := range children(tag, "tagCategory") {
				if t.set == set && typeOf(tag) == t.typ && sameKind(group, tag) && r.same(attr(e, "name"), t.name) &&
					(truth(group, "all") || sameLACV(attr(e, "lacv"), attr(group, "lacv"))) {
					return true
				}
			}
		}
	}
	return false
}

// TranslateFrom maps a label of another policy to this one by this policy's equivalences read backwards, as the recipient
// may on reception. False: no translation.
//
// std: ADatP-4774.1/A1 Tables 8-9
func (r Reference) TranslateFrom(from Reference, l label.Information) (label.Information, bool) {
	policy := r.equivalentPolicy(from)
	foreign := from.class(l.Classification)
	if policy == nil || foreign == nil || !from.translatable(l) {
		return label.Information{}, false
	}
	var classes []*strictxml.Element
	for _, c := range r.classes() {
		for _, e := range applicable(children(c, "equivalentClassification"), attr(policy, "name"), "decrypt") {
			if sameLACV(attr(e, "lacv"), attr(foreign, "lacv")) && !slices.Contains(classes, c) {
				classes = append(classes, c)
			}
		}
	}
	if len(classes) != 1 {
		return label.Information{}, false
	}
	var targets []target
	for _, v := range from.values(l.Categories) {
		t, ok := r.localValue(from, v, attr(policy, "name"))
		if !ok {
			return label.Information{}, false
		}
		targets = append(targets, t)
	}
	return r.information(classes[0], targets), true
}

// localValue is the one value of this policy whose equivalences name the other policy's value, by number or else by its
// tag set.
func (r Reference) localValue(from Reference, v value, policy string) (target, bool) {
	var answers []target
	for _, set := range r.sets() {
		for _, tag := range children(set, "securityCategoryTag") {
			for _, e := range children(tag, "tagCategory") {
				for _, q := range applicable(children(e, "equivalentSecCategoryTag"), policy, "decrypt") {
					if attr(q, "action") == "discard" || attr(q, "tagSetId") != attr(v.set, "id") || !meets(q, v) {
						continue
					}
					if _, ok := from.numbered(v.set, q); !ok || has(e, "userInput") {
						return target{}, false
					}
					answers = r.answer(answers, target{set, typeOf(tag), attr(e, "name")})
				}
			}
		}
	}
	if len(answers) == 0 {
		answers = r.localByName(from, v, policy)
	}
	if len(answers) != 1 {
		return target{}, false
	}
	return answers[0], true
}

// localByName are the equally named values of the tag sets that are equivalent to the other policy's tag set.
func (r Reference) localByName(from Reference, v value, policy string) []target {
	var answers []target
	for _, set := range r.sets() {
		for _, q := range children(set, "equivalentSecurityCategoryTagSet") {
			if attr(q, "policyRef") != policy || from.referred(q) != v.set {
				continue
			}
			if t, ok := r.equallyNamed(set, v); ok {
				answers = r.answer(answers, t)
			}
		}
	}
	return answers
}

// meets: the equivalence means a tag that has the value, and its number there.
func meets(equivalence *strictxml.Element, v value) bool {
	for _, p := range v.places {
		for _, e := range p.entries {
			if sameKind(equivalence, p.tag) && sameLACV(attr(e, "lacv"), attr(equivalence, "lacv")) {
				return true
			}
		}
	}
	return false
}

// answer adds a value that is not there yet.
func (r Reference) answer(answers []target, t target) []target {
	for _, a := range answers {
		if a.set == t.set && a.typ == t.typ && r.same(a.name, t.name) {
			return answers
		}
	}
	return append(answers, t)
}

// information writes a label of this policy, each value once, in the order of the policy.
func (r Reference) information(class *strictxml.Element, targets []target) label.Information {
	out := label.Information{Policy: r.PolicyID(), Classification: attr(class, "name")}
	var once []target
	for _, t := range targets {
		once = r.answer(once, t)
	}
	for _, set := range r.sets() {
		for _, typ := range []label.Type{label.Restrictive, label.Permissive, label.Informative} {
			c := category(set, typ)
			for _, t := range once {
				if t.set == set && t.typ == typ {
					c.Values = append(c.Values, t.name)
				}
			}
			if len(c.Values) > 0 {
				out.Categories = append(out.Categories, c)
			}
		}
	}
	return out
}
