package api

import (
	"context"
	"fmt"

	"caveat/backend/draft"
	"caveat/backend/federation"
	"caveat/backend/installation"
	"caveat/backend/presend"
)

// mailbox gives a mailbox as the installation has it now: what it may hold, and whose it is. One in which no copies are to be kept may
// hold nothing (RULES 21).
func (s *Service) mailbox(_ context.Context, name string) (presend.Mailbox, error) {
	a, ok := s.in.Account(name)
	if !ok || a.Kind != installation.KindIMAP {
		return presend.Mailbox{}, fmt.Errorf("%w: mailbox %q is not set up in %s", ErrCannotSend, name, s.in.Path)
	}
	out := presend.Mailbox{Name: name}
	if a.Sent || a.Drafts {
		out.Clearance = a.Ceiling
	}
	for _, id := range s.fed.Identities() {
		if id.Mailbox == name && id.Mail != "" {
			out.Identities = append(out.Identities, id.Mail)
		}
	}
	return out, nil
}

// checkLabel checks again what a copy depends on.
func (s *Service) checkLabel(ctx context.Context, d draft.Draft) (*presend.Result, error) {
	return presend.CheckLabel(federation.Begin(ctx), s.input(ctx, d, false))
}

// sentCopy decides on a copy in the sender's mailbox; nil: none is wanted there.
func (s *Service) sentCopy(ctx context.Context, r *presend.Result) (*presend.CopyResult, error) {
	id, _, ok := s.fed.Identity(draft.Mail, r.Originator().Address)
	if !ok || id.Mailbox == "" || r.Draft().Channel != draft.Mail {
		return nil, nil
	}
	if a, _ := s.in.Account(id.Mailbox); !a.Sent {
		return nil, nil
	}
	m, err := s.mailbox(ctx, id.Mailbox)
	if err != nil {
		return nil, err
	}
	return presend.CheckCopy(r, m)
}
