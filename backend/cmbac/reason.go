package cmbac

import "caveat/backend/spif"

// Rules that a reason can name; package presend adds its own.
const (
	RulePolicy         = "policy"
	RuleClassification = "classification"
	RuleRestrictive    = "restrictive"
	RulePermissive     = "permissive"
	RuleLabelInvalid   = "label-invalid"
	RuleNoClearance    = "no-clearance"
	RuleNoLabel        = "no-label"
	RuleDirectory      = "directory-error"
)

// Reason is one rule that denied, as data: what was needed and what was held. Held is for administrators and auditors only
// (RULES 19); the text never tells it. Text is empty until Say fills it.
type Reason struct {
	Rule   string   `json:"rule" doc:"which rule denied"`
	TagSet string   `json:"tagSet,omitempty" doc:"the tag set it is about"`
	Needed []string `json:"needed,omitempty" doc:"values that are missing"`
	Held   []string `json:"held,omitempty" doc:"values held; only for those who may see them"`
	Text   string   `json:"text" doc:"the reason in words"`

	mode    Mode          // of the classification
	count   int           // of clearances that contradict each other
	Problem *spif.Problem `json:"-"` // of the rule label-invalid: what is wrong
}

// InvalidReasons turns what is wrong with a label into reasons of the rule label-invalid.
func InvalidReasons(problems []spif.Problem) []Reason {
	var out []Reason
	for _, p := range problems {
		if !p.Warning {
			out = append(out, Reason{Rule: RuleLabelInvalid, TagSet: p.TagSet, Needed: p.Needed, Problem: &p})
		}
	}
	return out
}
