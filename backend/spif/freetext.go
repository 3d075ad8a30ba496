package spif

import (
	"strings"
	"time"
	"unicode"

	"caveat/backend/label"
)

// isFreeText reports whether the value stands for what a person types.
func (v *Value) isFreeText() bool { return v.entries[0].userInput != "" }

// freeText finds the free-text value of a tag set that takes the text; where none takes it, the first there is, and what is wrong
// with the text. Only informative tags take free text: a typed value can never count in a decision.
func (s *TagSet) freeText(typ label.Type, text string) (first *Value, wrong *Problem) {
	if typ != label.Informative {
		return nil, nil
	}
	for _, t := range s.tags {
		for _, v := range t.values {
			if t.typ != typ || !v.isFreeText() {
				continue
			}
			problem := v.checkInput(text)
			if problem == nil {
				return v, nil
			}
			if first == nil {
				first, wrong = v, problem
			}
		}
	}
	return first, wrong
}

// checkInput says what is wrong with a typed text; nothing when one of the value's entries takes it.
func (v *Value) checkInput(text string) *Problem {
	wrong := &Problem{Rule: RuleUserInput, TagSet: v.tag.set.name, Subject: text, Type: v.tag.typ}
	if strings.ContainsFunc(text, unicode.IsControl) {
		return wrong
	}
	for _, n := range v.entries {
		if n.takes(text) {
			return nil
		}
	}
	n := v.entries[0]
	if wrong.Operation = n.userInput; n.userInput == "date" {
		wrong.Against = strings.TrimSpace(n.dateFormat + " " + dateLayout(n.dateFormat))
	}
	return wrong
}

// maxDigits bounds a typed number.
const maxDigits = 256

func (n *entry) takes(text string) bool {
	switch n.userInput {
	case "string":
		return true
	case "integer":
		return text != "" && len(text) <= maxDigits && strings.Trim(text, "0123456789") == ""
	case "date":
		layout := dateLayout(n.dateFormat)
		at, err := time.Parse(layout, text)
		return err == nil && at.Format(layout) == text // Parse takes fractions of a second that the form does not have
	}
	return false
}

// dateLayout turns an ISO 8601 pattern such as YYYY-MM-DD into Go's; without one, the calendar date.
func dateLayout(format string) string {
	if format == "" {
		return time.DateOnly
	}
	return strings.NewReplacer("YYYY", "2006", "DDD", "002", "MM", "01", "DD", "02", "hh", "15", "mm", "04", "ss", "05").Replace(format)
}
