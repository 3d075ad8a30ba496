package label

import "time"

// Selection is what a person chose for a label: names, before the policy has said what they stand for. spif turns it
// into a Label. Tag sets are in the order in which they were chosen; the policy's order decides in the label.
type Selection struct {
	Policy         string // name of the policy
	Classification string
	Categories     []SelectedTag
	PrivacyMark    string
	Review         time.Time // zero: the administrator's default
}

// SelectedTag is the values chosen in one tag set.
type SelectedTag struct {
	TagSet string
	Values []SelectedValue
}

// SelectedValue is one value. Type is zero unless the drafter had to say it: a value that stands under two types of one
// tag set must be given with its type (RULES 5).
type SelectedValue struct {
	Name string
	Type Type
}
