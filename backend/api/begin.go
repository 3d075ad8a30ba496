package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"

	"caveat/backend/audit"
	"caveat/backend/cmbac"
	"caveat/backend/draft"
	"caveat/backend/message"
	"caveat/backend/outbox"
	"caveat/backend/presend"
)

// The kinds of answers.
const (
	kindReply    = "reply"
	kindReplyAll = "reply-all"
	kindForward  = "forward"
)

// BeginFromMessage makes the beginning of an answer to a message that was sent from here. Errors: those of outbox.Box.Evidence.
func (s *Service) BeginFromMessage(ctx context.Context, id, kind string) (BegunDraft, error) {
	e, err := s.box.Evidence(ctx, id)
	if err != nil {
		return BegunDraft{}, err
	}
	if e.Draft.Channel == draft.Chat {
		return s.beginChat(e, kind)
	}
	wire, err := s.box.Wire(ctx, id)
	if err != nil {
		return BegunDraft{}, err
	}
	in, err := message.ReadIncoming(bytes.NewReader(wire))
	if err != nil {
		return BegunDraft{}, err
	}
	out := BegunDraft{Notes: []string{}}
	d := &out.Content.Draft
	d.Channel, d.From, d.Account, d.SIC = e.Draft.Channel, e.Message.Sender, e.Draft.Account, e.Draft.SIC
	inherit(d, e.Draft.Label)
	if kind == kindForward {
		err = s.pass(ctx, &out, in, bytes.NewReader(wire))
	} else {
		d.Action = slices.Clone(e.Draft.Action) // to those whom it went to, not to oneself
		if kind == kindReplyAll {
			d.Info = slices.Clone(e.Draft.Info)
		}
		answerTo(&out, in)
	}
	return finish(out), err
}

// BeginFromFile makes the beginning of an answer to a message in a file. A message whose label the user's own clearance does not
// permit is withheld, and that is logged (RULES 20): ErrOwnClearance; one whose label cannot be read is ErrLabel. One without a
// label makes a draft without one.
func (s *Service) BeginFromFile(ctx context.Context, kind string, r io.Reader, length int64) (BegunDraft, error) {
	if length > s.in.MaxAttachment() {
		return BegunDraft{}, fmt.Errorf("%w: %d bytes, and at most %d are read", outbox.ErrTooLarge, length, s.in.MaxAttachment())
	}
	// It is judged before it is kept: what is withheld does not lie in the spool.
	kept, err := s.box.Keep(ctx, r, s.in.MaxAttachment(), func(f io.ReadSeeker) ([]outbox.Borne, error) {
		borne, err := s.bornBy(f)
		if err != nil {
			return nil, err
		}
		return borne, s.mayRead(ctx, borne, f)
	})
	if err != nil {
		return BegunDraft{}, err
	}
	f, err := s.box.Content(ctx, kept.SHA256)
	if err != nil {
		return BegunDraft{}, err
	}
	defer f.Close()
	if kept, err = s.box.Kept(ctx, kept.SHA256); err != nil { // a sidecar may have given it a label before
		return BegunDraft{}, err
	}
	if err := s.mayRead(ctx, kept.Borne, f); err != nil {
		return BegunDraft{}, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return BegunDraft{}, err
	}
	out := BegunDraft{Notes: []string{}}
	d := &out.Content.Draft
	d.Channel = draft.Mail
	if own, _ := s.covering(kept.Borne); !own.IsZero() {
		s.inheritXML(d, own)
	} else {
		out.Notes = append(out.Notes, "The message bears no label: the draft begins without one.")
	}
	in, err := message.ReadIncoming(f)
	if err != nil {
		return BegunDraft{}, err
	}
	if kind == kindForward {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return BegunDraft{}, err
		}
		err = s.pass(ctx, &out, in, f)
		return finish(out), err
	}
	s.recipientsOf(d, in, kind)
	answerTo(&out, in)
	return finish(out), nil
}

// mayRead holds every label of what came in to the user's own clearance, as the own nation's directory publishes it. What is
// withheld stands in the audit log (RULES 20): ErrOwnClearance. A label that cannot be read is ErrLabel.
func (s *Service) mayRead(ctx context.Context, borne []outbox.Borne, f io.ReadSeeker) error {
	if _, problem := s.covering(borne); problem != "" {
		return fmt.Errorf("%w: %s The message is not opened", ErrLabel, problem)
	}
	for _, b := range borne {
		isCleared, err := s.mayReadLabel(ctx, draft.Label{XML: b.Label})
		if err != nil {
			return err
		}
		if isCleared {
			continue
		}
		if err := s.recordWithheld(ctx, f); err != nil {
			return err
		}
		return fmt.Errorf("%w: the message is withheld", ErrOwnClearance)
	}
	return nil
}

func (s *Service) mayReadLabel(ctx context.Context, l draft.Label) (bool, error) {
	sc, err := s.fed.NewScreen(ctx, draft.Mail, "", l)
	if err != nil {
		return false, err
	}
	// The screen judges by the label as it would be sent; whether it is valid today is no question of reading it.
	v := sc.Originator()
	for _, r := range v.Reasons {
		if v.Outcome != presend.Cleared && r.Rule == cmbac.RuleLabelInvalid {
			return false, fmt.Errorf("%w: %s", ErrLabel, r.Text)
		}
	}
	return v.Outcome == presend.Cleared, nil
}

// recordWithheld writes into the audit log which message the user was not shown.
func (s *Service) recordWithheld(ctx context.Context, f io.ReadSeeker) error {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return err
	}
	entry := map[string]string{"sha256": hex.EncodeToString(h.Sum(nil)), "reason": "the user's own clearance does not permit its label", "by": s.caller(ctx).User}
	return s.store.Write(ctx, func(tx *sql.Tx) error {
		_, err := audit.Append(ctx, tx, audit.TypeWithheld, entry)
		return err
	})
}

// inherit gives a draft the label of what it answers or forwards.
func inherit(d *draft.Draft, l draft.Label) {
	d.Label, d.Inherited = l, &l
}

// inheritXML is inherit of a label that came in: the draft's own is a choice of the same values, which the picker understands;
// time, originator and review date are its own.
func (s *Service) inheritXML(d *draft.Draft, l draft.Label) {
	inherit(d, l)
	if p, info, err := s.picker().read(l); err == nil && p != nil {
		sel := selectionOf(p, info)
		inherit(d, draft.Label{Selection: &sel})
	}
}

// recipientsOf addresses an answer: to whoever it is from, and with reply-all to everybody else but oneself.
func (s *Service) recipientsOf(d *draft.Draft, in message.Incoming, kind string) {
	own := map[string]bool{}
	for _, id := range s.fed.Identities() {
		own[draft.FoldAddress(id.Mail)] = true
	}
	taken := map[string]bool{}
	add := func(list []message.Address) (out []string) {
		for _, a := range list {
			if k := draft.FoldAddress(a.Address); !own[k] && !taken[k] {
				taken[k] = true
				out = append(out, a.Address)
			}
		}
		return out
	}
	from := in.From
	if len(in.ReplyTo) > 0 {
		from = in.ReplyTo
	}
	d.Action = add(from)
	if kind == kindReplyAll {
		d.Action = append(d.Action, add(in.To)...)
		d.Info = add(in.Cc)
	}
	if len(d.Action) == 0 { // it is one's own
		d.Action = add(in.To)
	}
}

// answerTo fills in what makes a draft an answer: subject, reference and the text that is answered.
func answerTo(out *BegunDraft, in message.Incoming) {
	d := &out.Content.Draft
	d.Subject, d.InReplyTo = prefixed("Re: ", in.Subject), in.MessageID
	if in.Text == "" {
		if in.HTML {
			out.Notes = append(out.Notes, "The message has no plain text; its HTML is not taken over.")
		}
		return
	}
	if in.Cut {
		out.Notes = append(out.Notes, fmt.Sprintf("Only the first %d kB of the text are taken over.", message.MaxText>>10))
	}
	var b strings.Builder
	b.WriteString("\n\n" + attribution(in) + "\n")
	for line := range strings.Lines(strings.TrimRight(in.Text, "\n") + "\n") {
		b.WriteString("> " + line)
	}
	d.Body = b.String()
}

func attribution(in message.Incoming) string {
	who := "the sender"
	if len(in.From) > 0 {
		who = in.From[0].Address
		if in.From[0].Name != "" {
			who = in.From[0].Name
		}
	}
	if in.Date.IsZero() {
		return who + " wrote:"
	}
	return fmt.Sprintf("On %s %s wrote:", in.Date.Format("2 January 2006 15:04Z"), who)
}

// pass makes a draft that passes a message on: the whole of it as an attachment, whose label it bears itself.
func (s *Service) pass(ctx context.Context, out *BegunDraft, in message.Incoming, whole io.Reader) error {
	d := &out.Content.Draft
	d.Subject = prefixed("Fwd: ", in.Subject)
	name := in.Subject
	if name == "" {
		name = "message"
	}
	kept, err := s.KeepAttachment(ctx, strings.NewReplacer("/", "-", `\`, "-").Replace(name)+".eml", whole, -1)
	if err != nil {
		return err
	}
	a := draft.Attachment{File: kept.File, SHA256: kept.SHA256, Size: kept.Size, Type: kept.Type}
	if kept.Label != nil {
		a.Label = &kept.Label.Label
	}
	d.Attachments = []draft.Attachment{a}
	return nil
}

// prefixed puts "Re: " or "Fwd: " before a subject that has none yet.
func prefixed(prefix, subject string) string {
	for _, have := range []string{"re:", "fwd:", "fw:", "aw:", "tr:"} {
		if len(subject) >= len(have) && strings.EqualFold(subject[:len(have)], have) {
			subject = strings.TrimSpace(subject[len(have):])
		}
	}
	return prefix + subject
}

// finish makes a beginning a document: lists that are there.
func finish(out BegunDraft) BegunDraft {
	if out.Content.Draft.Action == nil {
		out.Content.Draft.Action = []string{}
	}
	return out
}
