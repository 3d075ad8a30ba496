package api

import (
	"context"
	"errors"

	"caveat/backend/draft"
	"caveat/backend/outbox"
)

// notNamed is shown of a message whose record cannot be trusted.
const notNamed = "What was decided about it is not shown: the queue does not match the audit log."

// Message gives one message with what the user decided about it. What was decided is held to the audit log; where that does not
// name it, the note says so and nothing of it is given.
func (s *Service) Message(ctx context.Context, id string) (MessageDocument, error) {
	out := MessageDocument{Overrides: []MessageOverride{}, Relabelled: []MessageRelabelling{}, Attachments: []MessageAttachment{}}
	e, err := s.box.Evidence(ctx, id)
	if errors.Is(err, outbox.ErrTampered) {
		m, err := s.box.Show(ctx, id)
		if err != nil {
			return MessageDocument{}, err
		}
		m.Note = join(m.Note, notNamed)
		out.SentMessage, err = s.reported(ctx, m)
		return out, err
	}
	if err != nil {
		return MessageDocument{}, err
	}
	if out.SentMessage, err = s.reported(ctx, e.Message); err != nil {
		return MessageDocument{}, err
	}
	for _, o := range e.Overrides {
		out.Overrides = append(out.Overrides, MessageOverride{
			Kind: o.Kind, Address: o.Subject, Reason: o.Reason, Outcome: o.Outcome, Reasons: reasonTexts(o.Reasons), Marking: o.Marking,
		})
	}
	for _, r := range e.Draft.Relabelled {
		out.Relabelled = append(out.Relabelled, MessageRelabelling{Of: r.Of, Name: r.Name, From: s.marking(r.From, "en"), To: s.marking(r.To, "en"), Reason: r.Reason})
	}
	if e.Draft.Inherited != nil && !e.Draft.Inherited.IsZero() {
		m := s.marking(*e.Draft.Inherited, "en")
		out.Inherited = &m
	}
	for _, a := range e.Draft.Attachments {
		x := MessageAttachment{File: a.File, SHA256: a.SHA256, Size: a.Size, Type: a.Type}
		if a.Label != nil {
			x.MarkingDocument = s.marking(*a.Label, "en")
		}
		out.Attachments = append(out.Attachments, x)
	}
	return out, nil
}

// marking is the marking of a label; empty for one that is not understood.
func (s *Service) marking(l draft.Label, lang string) MarkingDocument {
	m, err := s.picker().Marking(l, lang)
	if err != nil {
		return MarkingDocument{}
	}
	return m
}

func join(a, b string) string {
	if a == "" {
		return b
	}
	return a + " " + b
}
