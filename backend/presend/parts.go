package presend

import (
	"fmt"

	"caveat/backend/draft"
	"caveat/backend/spif"
)

// partsAbove lists the parts and attachments whose own label asks for more than the label of the whole, which must be at
// least as restrictive as each of them (RULES 2).
func (c *check) partsAbove() ([]Reason, error) {
	var out []Reason
	add := func(d draft.Label, what string) error {
		r, ok, err := c.partAbove(d, what)
		if ok {
			out = append(out, r)
		}
		return err
	}
	for i, p := range c.in.Draft.Parts {
		if err := add(p.Label, fmt.Sprintf("part %d", i+1)); err != nil {
			return nil, err
		}
	}
	for _, a := range c.in.Draft.Attachments {
		if a.Label == nil {
			continue
		}
		if err := add(*a.Label, fmt.Sprintf("the attachment %q", a.File)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (c *check) partAbove(d draft.Label, what string) (Reason, bool, error) {
	if d.IsZero() {
		return Reason{}, false, nil
	}
	l, err := c.chosen(d, what)
	if err != nil {
		return Reason{}, false, err
	}
	p, err := c.in.Site.Find(l.Policy)
	if err != nil {
		return Reason{}, false, fmt.Errorf("%w: %s: %w", ErrDraft, what, err)
	}
	r := Reason{Rule: RulePart, Text: fmt.Sprintf("the label of %s is not covered by the label of the whole", what)}
	if p != c.policy {
		r.Text = fmt.Sprintf("the label of %s is under another policy, and cannot be compared with the label of the whole", what)
		return r, true, nil
	}
	return r, !spif.AtLeastAsRestrictive(c.numbered, p.Label(l)), nil
}
