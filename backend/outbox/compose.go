package outbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/message"
	"caveat/backend/presend"
)

// spool writes the wire form into the spool, durably: file, fsync, rename, fsync of the folder. The queue row comes after. It is
// written as it is made: what is attached is never held in memory. What Config.Seal makes of it is what is hashed, kept and sent.
func (b *Box) spool(ctx context.Context, r Request) (Cleared, string, error) {
	f, err := newSpoolFile(b.store)
	if err != nil {
		return Cleared{}, "", fmt.Errorf("outbox: spool: %w", err)
	}
	defer f.discard()
	c, err := b.compose(ctx, f, r, func(a draft.Attachment) (io.ReadCloser, error) { return b.Content(ctx, a.SHA256) })
	if errors.Is(err, message.ErrContent) {
		return Cleared{}, "", fmt.Errorf("%w: %w", ErrContent, err)
	}
	if err != nil {
		return Cleared{}, "", err
	}
	if b.config.Seal != nil && !r.isUnsent {
		sealed, err := b.seal(ctx, r, c, f)
		if err != nil {
			return Cleared{}, "", err
		}
		defer sealed.discard()
		f = sealed
	}
	c.size = f.size
	sum, err := f.finish()
	if err == nil {
		err = f.rename(b.store, sum)
	}
	if err != nil {
		return Cleared{}, "", fmt.Errorf("outbox: spool: %w", err)
	}
	c.spool, c.sum = spoolPath(b.store, sum), sum
	return c, sum, nil
}

// compose writes the wire form.
func (b *Box) compose(ctx context.Context, w io.Writer, r Request, open message.Open) (Cleared, error) {
	d, rep, now := r.Result.Draft(), r.Result.Report(), b.config.Now()
	from := r.Result.Originator()
	c := Cleared{id: newID(now), channel: d.Channel, account: r.Account, sender: from.Address}
	c.messageID = messageID(c.id, c.sender)
	for _, t := range targetsOf(r.Result) {
		c.recipients = append(c.recipients, t.Address)
	}
	seal := message.Seal{
		ID: c.id, MessageID: c.messageID, Date: leaves(d, now).UTC(), From: named(from),
		Unsent: r.isUnsent, Label: r.Result.Label(), Marking: rep.Label.Marking, Foreground: rep.Label.Foreground, Background: rep.Label.Background,
	}
	action, info := d.Addressed()
	for _, a := range action {
		seal.To = append(seal.To, named(partyAs(r.Result, a)))
	}
	for _, a := range info {
		seal.Cc = append(seal.Cc, named(partyAs(r.Result, a)))
	}
	seal.Portions = portionMarks(d, rep)
	if d.Channel == draft.Chat {
		return c, b.writeStanza(ctx, w, r, seal)
	}
	var err error
	if seal.Sidecars, err = b.sidecars(ctx, d, r.Result.Label()); err != nil {
		return Cleared{}, err
	}
	if err := b.adorn(ctx, r, &seal); err != nil {
		return Cleared{}, err
	}
	c.isTraced = len(seal.History) > 0
	return c, message.Write(w, d, seal, open)
}

// messageID is the Message-ID of a message, with its angle brackets.
func messageID(id, sender string) string { return "<" + id + "@" + draft.Domain(sender) + ">" }

// leaves is when a message of a draft is to leave: now, or at a later time that the draft names.
func leaves(d draft.Draft, now time.Time) time.Time {
	if d.SendAt != nil && d.SendAt.After(now) {
		return *d.SendAt
	}
	return now
}

// portionMarks gives the marking of each paragraph as the check found it.
func portionMarks(d draft.Draft, rep presend.Report) []string {
	marks := make([]string, len(d.Parts))
	for _, p := range rep.Parts {
		if p.Kind == "paragraph" && p.Index >= 0 && p.Index < len(marks) {
			marks[p.Index] = p.Portion
		}
	}
	return marks
}

// sidecars gives the labels that the message must bind to its attachments: those of files that do not bear it in themselves and
// go without their sidecar. The label has time, originator and review date from the message's (RULES 3).
func (b *Box) sidecars(ctx context.Context, d draft.Draft, whole label.Label) (map[int]label.Label, error) {
	out := map[int]label.Label{}
	for i, a := range d.Attachments {
		if a.Label == nil || d.Sidecar(i) >= 0 {
			continue
		}
		kept, err := b.Kept(ctx, a.SHA256)
		if err != nil && !errors.Is(err, ErrNotKept) { // what is not kept is refused when it is opened
			return nil, err
		}
		if slices.ContainsFunc(kept.Borne, func(l Borne) bool { return l.Inside && l.Label == a.Label.XML }) {
			continue
		}
		l, err := b.buildLabel(*a.Label)
		if err != nil {
			return nil, fmt.Errorf("the label of the attachment %q: %w", a.File, err)
		}
		out[i] = completed(l, whole)
	}
	return out, nil
}

func (b *Box) buildLabel(l draft.Label) (label.Label, error) {
	if b.config.BuildLabel != nil {
		return b.config.BuildLabel(l)
	}
	return label.ParseLabel([]byte(l.XML))
}

func partyAs(r *presend.Result, address string) presend.Party {
	p := r.Party(address)
	p.Address = address
	return p
}

func named(p presend.Party) message.Address {
	a := message.Address{Address: strings.TrimSpace(p.Address)}
	if len(p.Entries) > 0 {
		a.Name = p.Entries[0].Name
	}
	return a
}

// CanCompose tells, of a checked draft that could be sent, why no message can be made of it all the same; nil when one can. What
// is attached is not read: Verify does that.
func (b *Box) CanCompose(ctx context.Context, r *presend.Result) error {
	if !r.IsDone() || !r.Report().Sendable || isBegun(r.Draft()) {
		return nil
	}
	_, err := b.compose(ctx, io.Discard, Request{Result: r}, func(draft.Attachment) (io.ReadCloser, error) { return nil, errUnread })
	if errors.Is(err, errUnread) {
		return nil // everything that stands before the first content could be written
	}
	return err
}

// errUnread ends a trial of composing at the first attachment.
var errUnread = errors.New("outbox: not read")
