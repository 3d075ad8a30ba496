package spiftest

import (
	"math/big"
	"time"

	"caveat/backend/label"
	"caveat/backend/label/strictxml"
)

// Rules by which a label can be invalid, named as package spif names them.
const (
	RuleClassification   = "classification-unknown"
	RuleTagSet           = "tag-set-unknown"
	RuleValue            = "value-unknown"
	RuleValueTwice       = "value-twice"
	RuleEmptyCategory    = "category-empty"
	RuleIdentifier       = "identifier-mismatch"
	RuleUserInput        = "user-input"
	RuleRequiredClass    = "required-class"
	RuleExcludedClass    = "excluded-class"
	RuleRequiredCategory = "required-category"
	RuleExcludedCategory = "excluded-category"
	RuleSelectionMin     = "selection-minimum"
	RuleSelectionMax     = "selection-maximum"
	RuleValidity         = "validity"
	RuleObsolete         = "obsolete"
	RuleRequiredTagSet   = "required-tag-set"
	RulePolicyExpired    = "policy-not-in-force"
)

// Rules is every rule that Valid can call broken.
var Rules = []string{
	RuleClassification, RuleTagSet, RuleValue, RuleValueTwice, RuleEmptyCategory, RuleIdentifier, RuleUserInput,
	RuleRequiredClass, RuleExcludedClass, RuleRequiredCategory, RuleExcludedCategory, RuleSelectionMin, RuleSelectionMax,
	RuleValidity, RuleObsolete, RuleRequiredTagSet, RulePolicyExpired,
}

// Valid judges a label at a time; isNew: it is being made, so nothing obsolete may be used; requireTagSets: RULES 4. The
// rules it breaks are listed with repetitions, one for each breach, none exactly when it is valid. Whether the label names
// this policy is not asked (see Names).
//
// std: ADatP-4774.1/A1 §3.11.2
func (r Reference) Valid(l label.Information, at time.Time, isNew bool, requireTagSets []string) (bool, []string) {
	values := r.values(l.Categories)
	var broken []string
	if !inForce(r.spif, at) {
		broken = append(broken, RulePolicyExpired)
	}
	class := r.class(l.Classification)
	if class == nil {
		broken = append(broken, RuleClassification)
	} else {
		broken = append(broken, r.classRules(class, values, isNew)...)
	}
	broken = append(broken, r.nameRules(l.Categories)...)
	broken = append(broken, r.twiceRule(values)...)
	for _, v := range values {
		broken = append(broken, r.valueRules(v, l.Classification, values, at, isNew)...)
	}
	broken = append(broken, r.selectionRules(values)...)
	broken = append(broken, r.requiredTagSetRule(values, requireTagSets)...)
	return len(broken) == 0, broken
}

// inForce compares with notBefore and notAfter, both included.
func inForce(e *strictxml.Element, at time.Time) bool {
	if t, ok := dateTime(attr(e, "notBefore")); ok && at.Before(t) {
		return false
	}
	if t, ok := dateTime(attr(e, "notAfter")); ok && at.After(t) {
		return false
	}
	return true
}

// dateTime reads an xs:dateTime; one without time zone is taken for UTC.
func dateTime(s string) (time.Time, bool) {
	for _, form := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999"} {
		if t, err := time.Parse(form, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// nameRules: each category's tag set is known and its URI is the tag set's, it has values, and each is a value of that
// tag set and type.
func (r Reference) nameRules(categories []label.Category) []string {
	var broken []string
	for _, c := range categories {
		if len(c.Values) == 0 {
			broken = append(broken, RuleEmptyCategory)
		}
		if r.set(c.TagName) == nil {
			broken = append(broken, RuleTagSet)
			continue
		}
		set := r.setOf(c)
		if set == nil {
			broken = append(broken, RuleIdentifier)
			continue
		}
		for _, text := range c.Values {
			if len(r.places(set, c.Type, text)) == 0 {
				broken = append(broken, RuleValue)
			}
		}
	}
	return broken
}

// NamesKnown reports whether every name in a label is a name of the policy.
func (r Reference) NamesKnown(l label.Information) bool {
	for _, rule := range r.nameRules(l.Categories) {
		if rule != RuleEmptyCategory {
			return false
		}
	}
	return r.class(l.Classification) != nil
}

// twiceRule: no value is given twice.
func (r Reference) twiceRule(values []value) []string {
	for i, a := range values {
		for _, b := range values[:i] {
			if a.set != nil && r.sameValue(a, b) {
				return []string{RuleValueTwice}
			}
		}
	}
	return nil
}

func (r Reference) classRules(class *strictxml.Element, values []value, isNew bool) []string {
	broken := r.requiredRules(class, values)
	if isNew && truth(class, "obsolete") {
		broken = append(broken, RuleObsolete)
	}
	return broken
}

// requiredRules: every requiredCategory of an element holds. Its operation counts the categoryGroups that the label
// satisfies, not values.
func (r Reference) requiredRules(e *strictxml.Element, values []value) []string {
	var broken []string
	for _, required := range children(e, "requiredCategory") {
		groups, satisfied := children(required, "categoryGroup"), 0
		for _, group := range groups {
			if r.satisfies(values, group) {
				satisfied++
			}
		}
		ok := false
		switch attr(required, "operation") {
		case "onlyOne":
			ok = satisfied == 1
		case "oneOrMore":
			ok = satisfied >= 1
		case "all":
			ok = satisfied == len(groups)
		}
		if !ok {
			broken = append(broken, RuleRequiredCategory)
		}
	}
	return broken
}

// satisfies: some value of the label is what the categoryGroup speaks of.
func (r Reference) satisfies(values []value, group *strictxml.Element) bool {
	for _, v := range values {
		if r.speaksOf(group, v) {
			return true
		}
	}
	return false
}

// valueRules: in each tag that has the value, one of its entries allows it. Where none does, the breaches of the entry
// with the fewest are listed.
func (r Reference) valueRules(v value, class string, values []value, at time.Time, isNew bool) []string {
	var broken []string
	for _, p := range v.places {
		var least []string
		for i, e := range p.entries {
			b := r.entryRules(e, v, class, values, at, isNew)
			if i == 0 || len(b) < len(least) {
				least = b
			}
		}
		broken = append(broken, least...)
	}
	return broken
}

// entryRules is what one tagCategory asks of a label that has its value.
func (r Reference) entryRules(e *strictxml.Element, v value, class string, values []value, at time.Time, isNew bool) []string {
	broken := r.requiredRules(e, values)
	if has(e, "userInput") && !fitsInput(e, v.text) {
		broken = append(broken, RuleUserInput)
	}
	if has(e, "requiredClass") && !r.same(attr(e, "requiredClass"), class) {
		broken = append(broken, RuleRequiredClass)
	}
	for _, x := range children(e, "excludedClass") {
		if r.same(x.Text, class) {
			broken = append(broken, RuleExcludedClass)
		}
	}
	for _, x := range children(e, "excludedCategory") {
		for _, other := range values {
			if !r.sameValue(v, other) && !typedFor(e, other) && r.speaksOf(x, other) { // a value does not stand in its own way
				broken = append(broken, RuleExcludedCategory)
			}
		}
	}
	if !inForce(e, at) {
		broken = append(broken, RuleValidity)
	}
	if isNew && truth(e, "obsolete") {
		broken = append(broken, RuleObsolete)
	}
	return broken
}

// selectionRules: of each tag at least minSelection and at most maxSelection values, and one at most with singleSelection.
func (r Reference) selectionRules(values []value) []string {
	var broken []string
	for _, set := range r.sets() {
		for _, tag := range children(set, "securityCategoryTag") {
			n := big.NewInt(int64(r.chosen(tag, values)))
			if limited(tag, "minSelection") && n.Cmp(integer(tag, "minSelection")) < 0 {
				broken = append(broken, RuleSelectionMin)
			}
			tooMany := limited(tag, "maxSelection") && n.Cmp(integer(tag, "maxSelection")) > 0
			if tooMany || truth(tag, "singleSelection") && n.Cmp(big.NewInt(1)) > 0 {
				broken = append(broken, RuleSelectionMax)
			}
		}
	}
	return broken
}

func limited(tag *strictxml.Element, name string) bool {
	return has(tag, name) && attr(tag, name) != "unbounded"
}

// chosen is how many values of the tag a label has; one that is given twice counts once.
func (r Reference) chosen(tag *strictxml.Element, values []value) int {
	n := 0
	for i, v := range values {
		repeated := false
		for _, before := range values[:i] {
			repeated = repeated || r.sameValue(v, before)
		}
		for _, p := range v.places {
			if p.tag == tag && !repeated {
				n++
			}
		}
	}
	return n
}

// requiredTagSetRule: the label has a value of each tag set that the administrator named (RULES 4).
func (r Reference) requiredTagSetRule(values []value, names []string) []string {
	var broken []string
	for _, name := range names {
		there := false
		for _, v := range values {
			there = there || v.set != nil && len(v.places) > 0 && r.same(attr(v.set, "name"), name)
		}
		if !there {
			broken = append(broken, RuleRequiredTagSet)
		}
	}
	return broken
}
