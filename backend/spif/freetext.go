package spif

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"caveat/backend/label"
)

// isFreeText reports whether the value stands for what a person types.
func (v *Value) isFreeText() bool { return v.entries[0].userInput != "" }

// freeText finds the free-text value of a tag set that would take the text, and what is wrong with the text, if anything.
// Only informative tags take free text: a typed value can never count in a decision.
func (s *TagSet) freeText(typ label.Type, text string) (*Value, *Problem) {
	if typ != label.Informative {
		return nil, nil
	}
	for _, t := range s.tags {
		for _, v := range t.values {
			if t.typ == typ && v.isFreeText() {
				return v, v.checkInput(text)
			}
		}
	}
	return nil, nil
}

func (v *Value) checkInput(text string) *Problem {
	n := v.entries[0]
	wrong := &Problem{Rule: RuleUserInput, TagSet: v.tag.set.name, Subject: text, Type: v.tag.typ}
	if strings.ContainsFunc(text, unicode.IsControl) {
		return wrong
	}
	switch n.userInput {
	case "integer":
		if _, err := strconv.ParseUint(text, 10, 64); err != nil {
			wrong.Operation = n.userInput
			return wrong
		}
	case "date":
		layout := dateLayout(n.dateFormat)
		if _, err := time.Parse(layout, text); err != nil {
			wrong.Operation, wrong.Against = n.userInput, strings.TrimSpace(n.dateFormat+" "+layout)
			return wrong
		}
	}
	return nil
}

// dateLayout turns an ISO 8601 pattern such as YYYY-MM-DD into Go's; without one, the calendar date.
func dateLayout(format string) string {
	if format == "" {
		return time.DateOnly
	}
	return strings.NewReplacer("YYYY", "2006", "MM", "01", "DD", "02", "hh", "15", "mm", "04", "ss", "05").Replace(format)
}
