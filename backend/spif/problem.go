package spif

import (
	"time"

	"caveat/backend/label"
)

// Problem is one thing that is wrong with a label or clearance under a policy, as data. Words says it to people; which of
// the fields are filled depends on Rule.
type Problem struct {
	Rule      string     // which rule: see the Rule constants
	TagSet    string     // the tag set it is about, or ""
	Subject   string     // the classification, value, policy or typed text that breaks the rule
	Type      label.Type // of Subject, where that matters
	Against   string     // what it breaks the rule with: the policy that does not know it, the classification it must not stand with
	Needed    []string   // names of values or of the classification of which some or all are missing
	Operation string     // of Groups: onlyOne, oneOrMore, all
	Groups    []Group    // what is required or excluded
	Limit     int        // of a selection
	Count     int        // how many there are
	At        time.Time  // when it was judged, where time matters
	// Warning: the label stays valid (an obsolete value in an existing label).
	Warning bool
}

// Group is the values that a categoryGroup or excludedCategory speaks of.
type Group struct {
	TagSet string
	Names  []string
	All    bool // every value of the tag set and type: any of them meets the group
}

// Rules by which a label can be invalid.
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
	RulePrivacyMark      = "privacy-mark"
	RuleRequiredTagSet   = "required-tag-set" // RULES 4
	RulePolicyExpired    = "policy-not-in-force"
)

// unknownName reports that the label has a name the policy does not have: nobody can say what it asks for.
func (p Problem) unknownName() bool {
	switch p.Rule {
	case RuleClassification, RuleTagSet, RuleValue, RuleIdentifier:
		return true
	}
	return false
}

// Invalid reports whether problems hold more than warnings.
func Invalid(problems []Problem) bool {
	for _, p := range problems {
		if !p.Warning {
			return true
		}
	}
	return false
}
