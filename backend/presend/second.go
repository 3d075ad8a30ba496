package presend

import (
	"caveat/backend/draft"
	"caveat/backend/spif"
)

// forSecond lists the paragraphs and attachments that the second draft of a split may hold: those whose own label everybody in it
// may get, by clearance, way and membership (RULES 18). Tag sets that the administrator demands are asked of these labels too: one
// that lacks them has the widest audience, and no label of the whole stands over it there (RULES 4).
func (c *check) forSecond(failing []addressee) (parts, attachments []int) {
	may := map[int]bool{} // by position among portions; equal labels are asked once
	for i, p := range c.portions {
		first := i
		for k := range i {
			if p.report.Kind == "paragraph" && c.portions[k].report.Kind == "paragraph" && sameLabel(p.numbered, c.portions[k].numbered) {
				first = k
				break
			}
		}
		if first == i {
			may[i] = c.mayHold(p, failing)
		}
		switch {
		case !may[first]:
		case p.report.Kind == "paragraph":
			parts = append(parts, p.report.Index)
		default:
			attachments = append(attachments, p.report.Index)
		}
	}
	return parts, attachments
}

// mayHold reports that everybody among some addressees may get one part by itself.
func (c *check) mayHold(p portion, all []addressee) bool {
	v := c.validationOf(p)
	v.RequireTagSets = c.in.Rules.RequireTagSets[c.policy.ID()]
	if p.policy != c.policy || spif.Invalid(p.policy.Validate(p.numbered, v)) {
		return false
	}
	alone := c.alone(p)
	for _, a := range all {
		if alone.full(a).Action != Pass || alone.linkOf(a).Action != Pass {
			return false
		}
	}
	return true
}

// alone is the same check for one part as if it were the whole.
func (c *check) alone(p portion) *check {
	out := *c
	out.numbered, out.asks, out.measured = p.numbered, nil, 0
	out.decided, out.links, out.parts = map[held]Verdict{}, map[string]Verdict{}, map[part]judged{}
	out.silent, out.in.Message, out.in.Draft = true, Message{}, draft.Draft{Channel: c.in.Draft.Channel}
	if p.report.Kind == "attachment" {
		out.in.Draft.Attachments = c.in.Draft.Attachments[p.report.Index : p.report.Index+1]
	} else {
		out.in.Draft.Body = c.in.Draft.Parts[p.report.Index].Text
	}
	return &out
}
