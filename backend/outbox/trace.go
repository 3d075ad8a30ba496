package outbox

import (
	"slices"
	"time"

	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/label/siolabel"
	"caveat/backend/message"
	"caveat/backend/presend"
)

// maxTrace is the most changes that a message tells of; a draft that had more tells of none, rather than of some.
const maxTrace = 20

// trace gives what became of the draft's label, newest first, for the header of the message: that it is another one than that of the
// message which is answered, raised or lowered, and each change after that. A trace may disclose what the message does not, so there
// is one only where everybody who gets the message, and the mailbox that keeps a copy, is cleared for every label in it. What cannot be
// judged leaves all of it out. The drafter's reasons (RULES 1) are for the audit log and never in it. Every change is a "replace":
// a label is never added to a message that we made, and no message leaves without one. Nobody recorded when: it is the time of the message.
//
// std: RFC7444 §5
func (b *Box) trace(r *presend.Result, c *presend.CopyResult, s message.Seal) []message.Change {
	past, ok := b.mayTrace(r, c)
	if !ok {
		return nil
	}
	var list []message.Change
	next := message.Labelled(s.Label, s.Marking, s.Foreground, s.Background)
	for _, l := range slices.Backward(past) {
		l = completed(l, s.Label)
		if l.Created.IsZero() {
			l.Created = s.Date.UTC().Truncate(time.Second)
		}
		marking, fg, bg := r.MarkingOf(l)
		old := message.Labelled(l, marking, fg, bg)
		list = append(list, message.Change{Action: siolabel.Replace, By: s.From.Address, At: s.Date, Old: old, New: next})
		next = old
	}
	return list
}

// mayTrace gives the labels that the draft of a check had before its own, oldest first, and whether everybody may know of them. Without
// any there is nothing to know.
func (b *Box) mayTrace(r *presend.Result, c *presend.CopyResult) ([]label.Label, bool) {
	past, ok := b.pastLabels(r)
	if !ok {
		return nil, false
	}
	for _, l := range past {
		l = completed(l, r.Label())
		if !r.MayAllGet(l) || c.IsPermitted() && !c.MayTrace(l) {
			return nil, false
		}
	}
	return past, true
}

// pastLabels gives the labels that a draft had before its own, oldest first, each that is another one than the next; false where one
// of them cannot be made any more, or there are too many.
func (b *Box) pastLabels(r *presend.Result) ([]label.Label, bool) {
	d := r.Draft()
	var chosen []draft.Label
	if d.Inherited != nil && !d.Inherited.IsZero() {
		chosen = append(chosen, *d.Inherited)
	}
	for _, c := range d.Relabelled {
		if c.Of == "" { // labels of paragraphs and files are not the message's
			chosen = append(chosen, c.From, c.To)
		}
	}
	var past []label.Label
	for _, x := range chosen {
		l, err := b.buildLabel(x)
		if err != nil {
			return nil, false
		}
		if n := len(past); n == 0 || !isSameContent(r, past[n-1], l) {
			past = append(past, l)
		}
	}
	if n := len(past); n > 0 && isSameContent(r, past[n-1], r.Label()) {
		past = past[:n-1]
	}
	return past, len(past) <= maxTrace
}

// isSameContent reports that two labels say the same of the content, whoever gave them and when.
func isSameContent(r *presend.Result, a, b label.Label) bool {
	x, _, _ := r.MarkingOf(a)
	y, _, _ := r.MarkingOf(b)
	return x == y
}
