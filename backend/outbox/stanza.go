package outbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"caveat/backend/draft"
	"caveat/backend/message"
	"caveat/backend/plain"
	"caveat/backend/presend"
)

// writeStanza writes the wire form of a chat message.
func (b *Box) writeStanza(ctx context.Context, w io.Writer, r Request, s message.Seal) error {
	var o message.Stanza
	if b.config.Stanza != nil {
		var err error
		if o, err = b.config.Stanza(ctx, r.Result); err != nil {
			return err
		}
	}
	d := r.Result.Draft()
	for _, a := range d.Recipients() {
		// In a room it would be a word to one of them, and it was the room that was checked.
		if strings.Contains(a, "/") {
			return fmt.Errorf("%w: %q: a chat message goes to a person or a room: leave out what stands after the slash", message.ErrInvalid, a)
		}
		o.Room = o.Room || isRoom(r.Result.Party(a))
	}
	if o.Item = []byte(d.CatalogueItem); len(o.Item) > 0 && o.FirstLine {
		return &draft.FieldError{Field: "catalogueItem", Err: fmt.Errorf("%w: the label goes there as a marking in the text (first_line), and no catalogue's item can: leave it out", message.ErrInvalid)}
	}
	if err := b.corrects(ctx, &o, r); err != nil {
		return err
	}
	wire, err := message.ComposeStanza(d, s, o)
	if err != nil {
		return err
	}
	_, err = w.Write(wire)
	return err
}

// otherForm says why a chat message, as it was composed, is not what would be composed now: with its label, where that would not be understood,
// or with a marking in its place, where the label would be. "": it is, or there is no such choice.
func (b *Box) otherForm(ctx context.Context, l loaded, r *presend.Result) string {
	if l.channel != draft.Chat || b.config.Stanza == nil {
		return ""
	}
	now, err := b.config.Stanza(ctx, r)
	if err != nil {
		return "It could not be composed now: " + plain.Text(err)
	}
	f, err := l.Open()
	if err != nil {
		return "" // the Sender says so, and it is tried again
	}
	defer f.Close()
	wire, err := io.ReadAll(f)
	if err != nil {
		return ""
	}
	chat, err := message.Reader{}.ReadStanza(wire)
	switch {
	case err != nil || now.FirstLine == chat.Sensitivity.IsUnlabelled():
		return ""
	case now.FirstLine:
		return "It was written with its label, and the servers there do not understand labels: send it anew, with the marking in its text."
	}
	return "It was written with the marking in its text in place of its label, and the servers there understand labels: send it anew, with its label."
}

// corrects finds the message that a draft corrects. It must be of the same sender and account, to the same and only recipient, and with
// the server already, for nobody else takes a correction; that it keeps the label message.ComposeStanza sees to.
//
// std: XEP-0308 §3
func (b *Box) corrects(ctx context.Context, o *message.Stanza, r Request) error {
	d := r.Result.Draft()
	if d.Replaces == "" {
		return nil
	}
	refuse := func(format string, args ...any) error {
		return &draft.FieldError{Field: "replaces", Err: fmt.Errorf("%w: a correction of %s: %s", draft.ErrInvalid, d.Replaces, fmt.Sprintf(format, args...))}
	}
	old, err := b.verifiedMessage(ctx, d.Replaces)
	switch {
	case errors.Is(err, ErrUnknownMessage):
		return refuse("there is no such message")
	case err != nil:
		return err
	}
	to, before := d.Recipients(), old.draft.Recipients()
	switch {
	case old.channel != draft.Chat:
		return refuse("it is no chat message")
	case old.draft.Replaces != "":
		return refuse("it corrects %s itself: correct that one again", old.draft.Replaces)
	case len(to) != 1 || len(before) != 1 || draft.FoldAddress(to[0]) != draft.FoldAddress(before[0]):
		return refuse("it went to %s, and a correction goes there alone", strings.Join(before, ", "))
	case draft.FoldAddress(old.sender) != draft.FoldAddress(r.Result.Originator().Address) || r.Account != "" && r.Account != old.account:
		return refuse("it was sent as %s by the account %s", old.sender, old.account)
	case old.state != Accepted && old.state != PerhapsDelivered:
		return refuse("it is %s: only what was accepted, or is perhaps delivered, is corrected", old.state)
	}
	l, err := b.buildLabel(old.draft.Label)
	if err != nil {
		return fmt.Errorf("the label of the message that is corrected: %w", err)
	}
	o.Replaces, o.Replaced = old.id, &l.Information
	return nil
}

// isRoom reports that an address is a room's.
func isRoom(p presend.Party) bool {
	return slices.ContainsFunc(p.Entries, func(e presend.Entry) bool { return e.Kind == presend.Room })
}

// isBegun reports a chat draft in which nothing was said yet: it is checked, and no message can be made of it so far.
func isBegun(d draft.Draft) bool {
	return d.Channel == draft.Chat && strings.TrimSpace(d.Body) == "" && len(d.Parts) == 0
}
