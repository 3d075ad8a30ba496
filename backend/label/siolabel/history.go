package siolabel

import (
	"errors"
	"fmt"
	"strings"
)

// Action is what happened to a label.
type Action string

// The actions of a SIO-Label-History.
//
// std: RFC7444 §5
const (
	Add     Action = "add"     // Old is nil
	Replace Action = "replace" // both are set
	Delete  Action = "delete"  // New is nil
)

// Change is one SIO-Label-History: a trace, which nothing proves.
//
// std: RFC7444 §5
type Change struct {
	Action  Action
	By      string // who or what changed it
	At      string // a date as RFC 5322 writes it, as it stands there
	Comment string
	// Old and New are what the label was before and after. When they are read, a label in one that cannot be read leaves its
	// marking; nil: nothing stands there.
	Old, New *Value
}

// Parameters writes the value of the field as words, as Value.Parameters does. ErrInvalid: a text with control characters, an action
// that is not known or does not go with Old and New, or neither By nor At.
//
// std: RFC7444 §5
func (c Change) Parameters() ([]string, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	var params []string
	for _, v := range []struct {
		prefix string
		value  *Value
	}{{"", c.Old}, {"new-", c.New}} {
		if v.value == nil {
			continue
		}
		words, err := v.value.parameters(v.prefix)
		if err != nil {
			return nil, err
		}
		params = append(params, words...)
	}
	params = append(params, "change="+string(c.Action))
	params = append(params, textParameter("changed-by", c.By)...)
	params = append(params, textParameter("changed-at", c.At)...)
	if c.Comment != "" {
		params = append(params, textParameter("changed-comment", c.Comment)...)
	}
	return separated(params), nil
}

func (c Change) check() error {
	switch {
	case c.Action != Add && c.Action != Replace && c.Action != Delete:
		return fmt.Errorf("%w: change %q: add, replace or delete", ErrInvalid, c.Action)
	case (c.Old == nil) != (c.Action == Add) || (c.New == nil) != (c.Action == Delete):
		return fmt.Errorf("%w: change %s: the old or the new label is missing, or one too many", ErrInvalid, c.Action)
	case c.By == "" || c.At == "":
		return fmt.Errorf("%w: changed-by and changed-at must be there", ErrInvalid)
	}
	return errors.Join(checkText("changed-by", c.By), checkText("changed-at", c.At), checkText("changed-comment", c.Comment))
}

// ParseHistory reads the value of one SIO-Label-History, unfolded, at most MaxSize bytes. The zero Change comes with any error:
// ErrSyntax, or ErrContinuation. What is missing is left empty, because a trace is shown as it is.
//
// std: RFC7444 §5
func ParseHistory(value string) (Change, error) {
	if len(value) > MaxSize {
		return Change{}, fmt.Errorf("%w: more than %d bytes", ErrSyntax, MaxSize)
	}
	p, err := parseParameters(value)
	if err != nil {
		return Change{}, err
	}
	c := Change{Action: Action(strings.ToLower(p["change"])), By: p["changed-by"], At: p["changed-at"], Comment: p["changed-comment"]}
	if c.Action != Add && c.Action != Replace && c.Action != Delete {
		return Change{}, fmt.Errorf("%w: change %.40q", ErrSyntax, p["change"])
	}
	for _, text := range []string{c.By, c.At, c.Comment} {
		if strings.ContainsFunc(text, isControl) {
			return Change{}, fmt.Errorf("%w: a control character", ErrSyntax)
		}
	}
	c.Old, c.New = p.traced(""), p.traced("new-")
	return c, nil
}

// traced reads a value of a trace: of one that cannot be read what can be shown.
func (p parameters) traced(prefix string) *Value {
	_, marked := p[prefix+"marking"]
	_, labelled := p[prefix+"label"]
	if !marked && !labelled {
		return nil
	}
	v, err := p.value(prefix)
	if err != nil && !errors.Is(err, ErrType) {
		v = Value{Marking: strings.Map(func(r rune) rune {
			if isControl(r) {
				return -1
			}
			return r
		}, p[prefix+"marking"]), Type: p[prefix+"type"]}
	}
	return &v
}
