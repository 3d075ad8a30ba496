package outbox

import (
	"context"

	"caveat/backend/label"
	"caveat/backend/message"
)

// Wire is how the messages of an account are written. The zero Wire: a plain label, its history where everybody may have that, and
// nobody asks for a receipt.
type Wire struct {
	Form        message.Form
	ReadReceipt bool // the originator asks to be told when the message was read
	NoHistory   bool // SIO-Label-History is left out always
}

// adorn fills in what the policy, the account and the history of the draft put into a message besides its label.
func (b *Box) adorn(ctx context.Context, r Request, s *message.Seal) error {
	d := r.Result.Draft()
	s.Marks = r.Result.Marks()
	isTraced := true
	if b.config.Wire != nil && !r.isUnsent {
		w, err := b.config.Wire(ctx, r.Account)
		if err != nil {
			return err
		}
		s.Form, isTraced = w.Form, !w.NoHistory
		if w.ReadReceipt {
			s.ReceiptTo = s.From
		}
	}
	if d.InReplyTo != "" && b.config.References != nil {
		s.References = b.config.References(ctx, d)
	}
	if isTraced && !r.isUnsent { // whom a copy of a draft will reach at last nobody knows
		s.History = b.trace(r.Result, r.Copy, *s)
	}
	return nil
}

// completed gives a label that was chosen, and not handed in as a whole, what the message's has besides.
func completed(l, whole label.Label) label.Label {
	if l.Created.IsZero() && l.OriginatorID == "" && l.XML == nil {
		l.Created, l.OriginatorID, l.OriginatorIDType, l.Review = whole.Created, whole.OriginatorID, whole.OriginatorIDType, whole.Review
	}
	return l
}
