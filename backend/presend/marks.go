package presend

import (
	"caveat/backend/label"
	"caveat/backend/spif"
)

// Marks is the marking of the label at the places in a mail message that the policy names.
type Marks = spif.Placed

// Marks gives the markings that the message must carry in its text, subject and header, as the policy has it. All empty: none.
func (r *Result) Marks() Marks { return r.marks }

// MarkingOf gives the marking of another label, such as the one that the draft had before; all empty where its policy or one of its
// names is not known.
func (r *Result) MarkingOf(l label.Label) (marking, foreground, background string) {
	if r.site == nil {
		return "", "", ""
	}
	p, err := r.site.Find(l.Policy)
	if err != nil {
		return "", "", ""
	}
	n := p.Label(l)
	if !n.NamesKnown() {
		return "", "", ""
	}
	foreground, background = p.Colours(n)
	return p.Mark(n, "", ""), foreground, background
}
