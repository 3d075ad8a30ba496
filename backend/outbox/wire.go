package outbox

import (
	"context"
	"slices"
	"time"

	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/label/siolabel"
	"caveat/backend/message"
	"caveat/backend/presend"
)

// Wire is how the messages of an account are written. The zero Wire: a plain label, and nobody asks for a receipt.
type Wire struct {
	Form        message.Form
	ReadReceipt bool // the originator asks to be told when the message was read
}

// adorn fills in what the policy, the account and the history of the draft put into a message besides its label.
func (b *Box) adorn(ctx context.Context, r Request, s *message.Seal) error {
	d := r.Result.Draft()
	s.Marks = r.Result.Marks()
	if b.config.Wire != nil && !r.isUnsent {
		w, err := b.config.Wire(ctx, r.Account)
		if err != nil {
			return err
		}
		s.Form = w.Form
		if w.ReadReceipt {
			s.ReceiptTo = s.From
		}
	}
	if d.InReplyTo != "" && b.config.References != nil {
		s.References = b.config.References(ctx, d)
	}
	s.History = b.labelHistory(r.Result, *s)
	return nil
}

// labelHistory gives what became of the draft's label, newest first: each time that it was made less restrictive, with the drafter's
// reason (RULES 1); else that it is another one than that of the message which is answered. Nobody recorded when: it is the
// time of the message.
//
// std: RFC7444 §5
func (b *Box) labelHistory(r *presend.Result, s message.Seal) []message.Change {
	d := r.Draft()
	var list []message.Change
	change := func(old, next *siolabel.Value, comment string) {
		list = append(list, message.Change{Action: siolabel.Replace, By: s.From.Address, At: s.Date, Comment: comment, Old: old, New: next})
	}
	for _, c := range slices.Backward(d.Relabelled) {
		if c.Of != "" {
			continue // of a paragraph or a file, whose labels are not the message's
		}
		change(b.labelled(r, c.From, s), b.labelled(r, c.To, s), message.OneLine(c.Reason))
	}
	if len(list) == 0 && d.Inherited != nil && !d.Inherited.IsZero() {
		if old := b.labelled(r, *d.Inherited, s); old.Marking != s.Marking {
			change(old, message.Labelled(s.Label, s.Marking, s.Foreground, s.Background), "another label than that of the message that is answered")
		}
	}
	return list
}

// labelled makes one side of a change. A label that was chosen has time, originator and review date from the message's, as those of
// attachments have.
func (b *Box) labelled(r *presend.Result, d draft.Label, s message.Seal) *siolabel.Value {
	l, err := b.buildLabel(d)
	if err != nil {
		// A trace stops no message: the label may be of a policy that is gone.
		return &siolabel.Value{Marking: notKnown}
	}
	l = completed(l, s.Label)
	if l.Created.IsZero() {
		l.Created = s.Date.UTC().Truncate(time.Second)
	}
	marking, fg, bg := r.MarkingOf(l)
	return message.Labelled(l, marking, fg, bg)
}

// notKnown stands for a label in a trace that cannot be made any more.
const notKnown = "(a label that is not known any more)"

// completed gives a label that was chosen, and not handed in as a whole, what the message's has besides.
func completed(l, whole label.Label) label.Label {
	if l.Created.IsZero() && l.OriginatorID == "" && l.XML == nil {
		l.Created, l.OriginatorID, l.OriginatorIDType, l.Review = whole.Created, whole.OriginatorID, whole.OriginatorIDType, whole.Review
	}
	return l
}
