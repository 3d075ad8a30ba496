package spif

import (
	"cmp"
	"errors"
	"slices"
	"strconv"

	"caveat/backend/label"
)

// ErrNoTranslation: the policy has no equivalence that covers the label. The error is an *Untranslatable, which says why.
var ErrNoTranslation = errors.New("spif: no translation")

// Rules by which a label can have no translation.
const (
	RuleNoEquivalence    = "translation-policy"         // the policies name no equivalence
	RuleNotOfPolicy      = "translation-label"          // the label is not one of the policy
	RuleNoClass          = "translation-classification" // none, or several, answer to the classification
	RuleNoCounterpart    = "translation-value"          // none, or several, answer to a value
	RuleNoTarget         = "translation-target"         // an equivalence names what the other policy does not have, or has twice
	RuleOpenTranslation  = "translation-choice"         // an equivalence demands a value and leaves open which
	RuleWrongTranslation = "translation-demand"         // an equivalence demands what the other policy does not have
)

// Untranslatable is why a label has no counterpart in another policy.
type Untranslatable struct{ Problem Problem }

func (e *Untranslatable) Error() string {
	return ErrNoTranslation.Error() + ": " + e.Problem.Words("en") + " (" + e.Problem.Rule + ")"
}

func (e *Untranslatable) Unwrap() error { return ErrNoTranslation }

func untranslatable(p Problem) error { return &Untranslatable{p} }

// TranslateTo maps a label of this policy to another policy by this policy's own equivalences, as its originator may do
// before sending ("encrypt" or "both"). The result still has to be validated under the other policy. ErrNoTranslation says
// which part has no counterpart. It serves decisions and alternative labels; it never replaces the originator's label.
//
// std: Open XML SPIF 2.1; ADatP-4774.1/A1 Tables 8-9
func (p *Policy) TranslateTo(to *Policy, l Label) (label.Information, error) {
	none := label.Information{}
	q := p.equivalentByID(to.id)
	if q == nil {
		return none, untranslatable(Problem{Rule: RuleNoEquivalence, Subject: p.name, Against: to.name})
	}
	if l.Class() == nil || len(l.names) > 0 {
		return none, untranslatable(Problem{Rule: RuleNotOfPolicy, Against: p.name})
	}
	class, required, err := p.outgoingClass(q, to, l.class)
	if err != nil {
		return none, err
	}
	var picks []pick
	for i, u := range l.uses {
		if l.hadBefore(i) {
			continue
		}
		more, req, err := p.outgoingValue(q, to, l.sameAs(u))
		if err != nil {
			return none, err
		}
		picks, required = append(picks, more...), append(required, req...)
	}
	more, err := to.demanded(append(required, q.required...), picks)
	if err != nil {
		return none, err
	}
	return label.Information{Policy: to.PolicyID(), Classification: class.name, Categories: categories(append(picks, more...))}, nil
}

// TranslateFrom maps a label of another policy to this one by this policy's equivalences read backwards, as a recipient may
// do on reception ("decrypt" or "both").
func (p *Policy) TranslateFrom(from *Policy, l Label) (label.Information, error) {
	none := label.Information{}
	q := p.equivalentByID(from.id)
	if q == nil {
		return none, untranslatable(Problem{Rule: RuleNoEquivalence, Subject: p.name, Against: from.name})
	}
	if l.Class() == nil || len(l.names) > 0 {
		return none, untranslatable(Problem{Rule: RuleNotOfPolicy, Against: from.name})
	}
	class, err := p.incomingClass(q, l.class)
	if err != nil {
		return none, err
	}
	var picks []pick
	for i, u := range l.uses {
		if l.hadBefore(i) {
			continue
		}
		k, err := p.incomingValue(q, from, u)
		if err != nil {
			return none, err
		}
		picks = append(picks, k...)
	}
	return label.Information{Policy: p.PolicyID(), Classification: class.name, Categories: categories(picks)}, nil
}

func (p *Policy) equivalentByID(id string) *equivalentPolicy {
	for _, q := range p.equivalents {
		if q.id == id {
			return q
		}
	}
	return nil
}

func (p *Policy) outgoingClass(q *equivalentPolicy, to *Policy, c *Class) (*Class, []requirement, error) {
	var found []equivalentClass
	for _, e := range c.equivalents {
		if e.policyRef == q.name && e.applied != "decrypt" {
			found = append(found, e)
		}
	}
	if len(found) != 1 {
		return nil, nil, untranslatable(Problem{Rule: RuleNoClass, Subject: c.name, Count: len(found), Against: to.name})
	}
	if k := to.classByLACV(found[0].lacv); k != nil {
		// Clipped: the caller appends, and must not write into the policy.
		return k, slices.Clip(found[0].required), nil
	}
	return nil, nil, untranslatable(Problem{Rule: RuleNoTarget, Subject: strconv.Itoa(found[0].lacv), Against: to.name})
}

// hadBefore reports whether a use before that one is of the same name: a label says a name once, in however many tags of one tag
// set and type it stands.
func (l Label) hadBefore(i int) bool {
	return slices.ContainsFunc(l.uses[:i], l.uses[i].isTwin)
}

func (u use) isTwin(x use) bool {
	return x.value.key == u.value.key && x.value.tag.set == u.value.tag.set && x.text == u.text
}

// sameAs gives the uses that a name of the label has.
func (l Label) sameAs(u use) []use {
	return slices.DeleteFunc(slices.Clone(l.uses), func(x use) bool { return !u.isTwin(x) })
}

// outgoingValue maps a value, given as all the uses that its name has.
func (p *Policy) outgoingValue(q *equivalentPolicy, to *Policy, uses []use) ([]pick, []requirement, error) {
	var out []pick
	u, settled := uses[0], 0
	for _, x := range uses {
		more, mapped, err := x.counterparts(q, to)
		if err != nil {
			return nil, nil, err
		}
		if out = append(out, more...); mapped {
			settled++
		}
	}
	if len(out) > 0 || settled == len(uses) { // what one tag discards still stands in the other
		return out, nil, nil
	}
	for _, s := range u.value.tag.set.equivalents {
		if s.policyRef == q.name {
			return to.sameName(s, u)
		}
	}
	return nil, nil, u.untranslatable(to, 0)
}

// untranslatable says that a used value has no counterpart in the other policy, or more than the one that is needed.
func (u use) untranslatable(to *Policy, count int) error {
	return untranslatable(Problem{Rule: RuleNoCounterpart, TagSet: u.value.tag.set.name, Subject: u.value.name, Type: u.value.tag.typ, Count: count, Against: to.name})
}

// counterparts gives what the equivalences of one use name. It is mapped, too, where all of them discard it.
func (u use) counterparts(q *equivalentPolicy, to *Policy) (out []pick, mapped bool, err error) {
	for _, e := range u.entry.equivalents {
		if e.policyRef != q.name || e.applied == "decrypt" {
			continue
		}
		if mapped = true; e.discard {
			continue
		}
		v, err := to.valueByLACV(e.tagSetID, e.tagType, e.enumType, e.lacv)
		if err != nil {
			return nil, false, err
		}
		out = append(out, pick{value: v})
	}
	return out, mapped, nil
}

// sameName maps by a whole tag set that has the same values in the other policy.
func (p *Policy) sameName(s equivalentTagSet, u use) ([]pick, []requirement, error) {
	set := p.setByID[s.id]
	if s.id == "" {
		set = p.TagSet(s.name)
	}
	if set == nil {
		return nil, nil, untranslatable(Problem{Rule: RuleNoTarget, TagSet: cmp.Or(s.name, s.id), Against: p.name})
	}
	vs := set.values[valueKey{u.value.tag.typ, label.Fold(u.value.name)}]
	if len(vs) == 0 {
		return nil, nil, untranslatable(Problem{Rule: RuleNoTarget, TagSet: set.name, Subject: u.value.name, Against: p.name})
	}
	return []pick{{value: vs[0], text: u.text}}, s.required, nil
}

// valueByLACV finds the one value that the ASN.1 numbers name. Published policies give one number to several names; then
// nobody can tell which is meant, and nothing is translated.
func (p *Policy) valueByLACV(setID, tagType, enumType, lacv string) (*Value, error) {
	var found []*Value
	if s := p.setByID[setID]; s != nil {
		for _, t := range s.tagsOf(tagType, enumType) {
			for _, v := range t.values {
				if v.hasLACV(lacv) && !isNamed(found, v) {
					found = append(found, v)
				}
			}
		}
	}
	if len(found) == 1 && found[0].isFreeText() {
		found = nil // it stands for what somebody types: which text, no number says
	}
	if len(found) != 1 {
		return nil, untranslatable(Problem{Rule: RuleNoTarget, TagSet: setID, Subject: lacv, Count: len(found), Against: p.name})
	}
	return found[0], nil
}

// isNamed reports whether a value of that name and type is among those found: a label with one has all of that name.
func isNamed(found []*Value, v *Value) bool {
	return slices.ContainsFunc(found, func(x *Value) bool { return x.key == v.key && x.tag.set == v.tag.set })
}

// demanded gives the values that requiredCategory elements of equivalences add to those that are there. What is met needs none;
// otherwise only "all" says which values to add, any other leaves a choice that nobody here may make.
func (p *Policy) demanded(required []requirement, there []pick) ([]pick, error) {
	var out []pick
	have := newSet(len(p.values))
	for _, k := range there {
		have.addWhole(k.value)
	}
	required = slices.Clone(required) // the caller's stay as they are
	// What names its values goes first: a choice that they settle is none.
	slices.SortStableFunc(required, func(a, b requirement) int { return cmp.Compare(a.choices(), b.choices()) })
	for i := range required {
		groups, err := p.resolved(required[i])
		if err != nil {
			return nil, err
		}
		required[i].groups = groups
		q := &required[i]
		if q.isMet(have) {
			continue
		}
		for _, g := range groups {
			if have.Meets(g.values) && q.operation == "all" {
				continue
			}
			if len(g.distinct()) != 1 || q.operation != "all" && len(groups) != 1 {
				return nil, untranslatable(Problem{Rule: RuleOpenTranslation, TagSet: g.set, Operation: q.operation, Groups: []Group{g.public()}, Against: p.name})
			}
			v := p.values[g.values.first()]
			if v.isFreeText() { // it stands for what somebody types: which text, no equivalence says
				return nil, untranslatable(Problem{Rule: RuleWrongTranslation, TagSet: g.setRef, Subject: g.lacv, Against: p.name})
			}
			have.addWhole(v)
			out = append(out, pick{value: v})
		}
	}
	for _, q := range required {
		if !q.isMet(have) { // what was added for one demand breaks another
			return nil, untranslatable(Problem{Rule: RuleOpenTranslation, TagSet: q.groups[0].set, Operation: q.operation, Groups: publicGroups(q.groups), Against: p.name})
		}
	}
	return out, nil
}

func publicGroups(groups []group) (out []Group) {
	for _, g := range groups {
		out = append(out, g.public())
	}
	return out
}

// choices is 1 where a requirement leaves a choice between groups, else 0.
func (q requirement) choices() int {
	if q.operation != "all" && len(q.groups) > 1 {
		return 1
	}
	return 0
}

// addWhole adds a value and those that a label always has with it.
func (s Set) addWhole(v *Value) {
	for _, twin := range v.twins() {
		s.add(twin.number)
	}
}

// resolved finds the values of the groups of a requirement that another policy makes. That policy's own stay as they are.
func (p *Policy) resolved(q requirement) ([]group, error) {
	groups := slices.Clone(q.groups)
	for i := range groups {
		g := &groups[i]
		if err := p.resolveGroup(g); err != nil {
			return nil, untranslatable(Problem{Rule: RuleWrongTranslation, TagSet: g.setRef, Subject: g.lacv, Against: p.name})
		}
	}
	return groups, nil
}

func (p *Policy) incomingClass(q *equivalentPolicy, foreign *Class) (*Class, error) {
	var found []*Class
	for _, c := range p.classes {
		if slices.ContainsFunc(c.equivalents, func(e equivalentClass) bool {
			return e.policyRef == q.name && e.applied != "encrypt" && e.lacv == foreign.lacv
		}) {
			found = append(found, c)
		}
	}
	if len(found) != 1 {
		return nil, untranslatable(Problem{Rule: RuleNoClass, Subject: foreign.name, Count: len(found), Against: p.name})
	}
	return found[0], nil
}

func (p *Policy) incomingValue(q *equivalentPolicy, from *Policy, u use) ([]pick, error) {
	var out []pick
	var found []*Value
	for _, v := range p.values {
		answers, err := v.answersTo(q, from, u)
		if err != nil {
			return nil, err
		}
		if answers && !isNamed(found, v) {
			found, out = append(found, v), append(out, pick{value: v})
		}
	}
	if len(out) == 0 {
		out = p.equallyNamed(q, u)
	}
	if len(out) != 1 {
		return nil, u.untranslatable(p, len(out))
	}
	return out, nil
}

// equallyNamed finds the values of the tag sets that are equivalent, as a whole, to the used value's.
func (p *Policy) equallyNamed(q *equivalentPolicy, u use) []pick {
	var out []pick
	for _, s := range p.sets {
		for _, e := range s.equivalents {
			if e.policyRef != q.name || e.id != u.value.tag.set.id && (e.id != "" || label.Fold(e.name) != label.Fold(u.value.tag.set.name)) {
				continue
			}
			if vs := s.values[valueKey{u.value.tag.typ, label.Fold(u.value.name)}]; len(vs) > 0 {
				out = append(out, pick{value: vs[0], text: u.text})
			}
		}
	}
	return out
}

// answersTo reports whether an equivalence of the value points at the used value of the other policy. A number that several of
// its names share says nothing: where it is that of the used value, there is no translation.
func (v *Value) answersTo(q *equivalentPolicy, from *Policy, u use) (bool, error) {
	for _, n := range v.entries {
		for _, e := range n.equivalents {
			if e.policyRef != q.name || e.applied == "encrypt" || e.discard || e.tagSetID != u.value.tag.set.id || !u.hasNumber(e) {
				continue
			}
			named, err := from.valueByLACV(e.tagSetID, e.tagType, e.enumType, e.lacv)
			if err != nil {
				return false, err
			}
			if named.key != u.value.key {
				continue
			}
			if v.isFreeText() { // it stands for what somebody types: which text, no equivalence says
				return false, untranslatable(Problem{Rule: RuleNoTarget, TagSet: v.tag.set.name, Subject: v.name, Against: v.tag.set.name})
			}
			return true, nil
		}
	}
	return false, nil
}

// hasNumber reports whether an equivalence speaks of the used value by its number, be it of others too.
func (u use) hasNumber(e equivalentValue) bool {
	meant := u.value.tag.set.tagsOf(e.tagType, e.enumType)
	return slices.ContainsFunc(u.value.twins(), func(v *Value) bool {
		return slices.Contains(meant, v.tag) && v.hasLACV(e.lacv)
	})
}
