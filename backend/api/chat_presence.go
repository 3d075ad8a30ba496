package api

import (
	"context"
	"errors"

	"caveat/backend/chat"
	"caveat/backend/draftbox"
	"caveat/backend/label"
	"caveat/backend/presend"
)

// ChatPresence tells who is in a room, and judges each by the label that a message there would have. chat.ErrUnknown.
func (s *Service) ChatPresence(ctx context.Context, q ChatPresenceQuery) (ChatPresence, error) {
	c, err := s.talks.Show(ctx, q.ID)
	if err != nil {
		return ChatPresence{}, err
	}
	judged, err := s.judgedBy(ctx, c, q.Draft)
	if err != nil {
		return ChatPresence{}, err
	}
	inside, complete, err := s.talks.Occupants(ctx, q.ID, judged)
	if err != nil {
		return ChatPresence{}, err
	}
	people := s.newPeople()
	for _, p := range inside {
		people.ask(p.Address)
	}
	if err := people.find(ctx); err != nil {
		return ChatPresence{}, err
	}
	out := ChatPresence{Occupants: []ChatOccupant{}, Complete: complete, Judged: s.chatLabel(chat.Head{}, true, q.Lang)}
	if judged != nil {
		out.Judged, out.NotCleared = InboxLabel{State: "labelled", Faults: []InboxFault{}}, chat.NotCleared(inside)
		s.called(&out.Judged, *judged, q.Lang)
	}
	for _, p := range inside {
		out.Occupants = append(out.Occupants, ChatOccupant{
			ChatSender: people.sender(p.Nick, p.Address), Affiliation: oneOf(p.Affiliation, "none", "owner", "admin", "member", "outcast"),
			Role: oneOf(p.Role, "none", "moderator", "participant", "visitor"), Mine: p.Own, Outcome: p.Verdict.Outcome,
			Reasons: append([]presend.Reason{}, p.Verdict.Reasons...),
		})
	}
	return out, nil
}

// oneOf is a word that is known, else the other one.
func oneOf(word, other string, known ...string) string {
	for _, k := range known {
		if word == k {
			return word
		}
	}
	return other
}

// judgedBy is the label by which people in a room are judged: the draft's, where one is named that has one.
func (s *Service) judgedBy(ctx context.Context, c chat.Conversation, id string) (*label.Label, error) {
	if id == "" {
		return c.Judged, nil
	}
	d, err := s.kept.Get(ctx, id)
	switch {
	case errors.Is(err, draftbox.ErrGone):
		return c.Judged, nil // it was sent while the question was on its way
	case err != nil:
		return nil, err
	}
	if d.Content.Label.IsZero() {
		return nil, nil // while none is chosen nobody can be judged by it
	}
	p, info, err := s.picker().read(d.Content.Label)
	if err != nil || p == nil || info.Classification == "" {
		return nil, nil
	}
	return &label.Label{Kind: label.Originator, Information: info}, nil
}
