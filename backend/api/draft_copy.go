package api

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"caveat/backend/draft"
	"caveat/backend/draftbox"
	"caveat/backend/message"
	"caveat/backend/outbox"
	"caveat/backend/presend"
)

// ErrNoDrafts: whoever writes has no mailbox that drafts are kept in.
var ErrNoDrafts = errors.New("api: no mailbox keeps drafts")

// noCopyYet is the state of a draft whose copy nobody asked for.
const noCopyYet outbox.State = "none"

// draftsMailbox is the name of the mailbox that copies of a draft are kept in; "": there is none.
func (s *Service) draftsMailbox(d draft.Draft) string {
	id, _, ok := s.fed.Identity(draft.Mail, d.From)
	if !ok || d.Channel != draft.Mail {
		return ""
	}
	if a, _ := s.in.Account(id.Mailbox); id.Mailbox == "" || !a.Drafts {
		return ""
	}
	return id.Mailbox
}

// draftCopy tells what became of the copy of a draft; nil: there is none, nor a mailbox for one.
func (s *Service) draftCopy(ctx context.Context, id string, d draft.Draft) (*outbox.DraftCopy, error) {
	c, err := s.box.CopyOfDraft(ctx, id)
	if err != nil || c != nil {
		return c, err
	}
	if name := s.draftsMailbox(d); name != "" {
		return &outbox.DraftCopy{Mailbox: name, State: noCopyYet}, nil
	}
	return nil, nil
}

// DraftCopy tells what became of the copy of a draft, also of one that was sent or deleted since. ErrNoDrafts: there is none, nor a
// mailbox for one.
func (s *Service) DraftCopy(ctx context.Context, id string) (outbox.DraftCopy, error) {
	d, err := s.kept.Get(ctx, id)
	isGone := errors.Is(err, draftbox.ErrGone)
	if err != nil && !isGone {
		return outbox.DraftCopy{}, err
	}
	c, failed := s.draftCopy(ctx, id, d.Content.Draft)
	switch {
	case failed != nil:
		return outbox.DraftCopy{}, failed
	case c == nil && isGone:
		return outbox.DraftCopy{}, err
	case c == nil:
		return outbox.DraftCopy{}, fmt.Errorf("%w: %s", ErrNoDrafts, s.in.Path)
	}
	return *c, nil
}

// CopyDraft queues a copy of a draft, in the version that is kept, for the mailbox of whoever writes it (RULES 21). Errors: draftbox.ErrGone,
// draftbox.ErrChanged; ErrNoDrafts; ErrLabel without a label; *outbox.CopyBlockedError where it may not be kept there.
func (s *Service) CopyDraft(ctx context.Context, ref DraftRef) (outbox.DraftCopy, error) {
	d, mailbox, err := s.copyable(ctx, ref)
	if err != nil {
		return outbox.DraftCopy{}, err
	}
	r, err := s.checkLabel(ctx, d)
	if err != nil {
		return outbox.DraftCopy{}, err
	}
	m, err := s.mailbox(ctx, mailbox)
	if err != nil {
		return outbox.DraftCopy{}, err
	}
	c, err := presend.CheckCopy(r, m)
	if err != nil {
		return outbox.DraftCopy{}, err
	}
	_, err = s.box.ClearCopy(ctx, outbox.CopyRequest{Copy: c, Draft: ref.ID, Actor: s.caller(ctx).User, InTransaction: func(ctx context.Context, tx *sql.Tx) error {
		return s.kept.Hold(ctx, tx, ref.ID, ref.Version)
	}})
	if err != nil {
		return outbox.DraftCopy{}, err
	}
	return s.DraftCopy(ctx, ref.ID)
}

// copyable gives a kept draft as a copy can be made of it, and the mailbox for it.
func (s *Service) copyable(ctx context.Context, ref DraftRef) (draft.Draft, string, error) {
	have, err := s.kept.Get(ctx, ref.ID)
	if err != nil {
		return draft.Draft{}, "", err
	}
	if have.Version != ref.Version {
		return draft.Draft{}, "", fmt.Errorf("%w: it has version %d now, not %d: read it anew", draftbox.ErrChanged, have.Version, ref.Version)
	}
	d := have.Content.Draft
	mailbox := s.draftsMailbox(d)
	switch {
	case mailbox == "":
		return draft.Draft{}, "", fmt.Errorf("%w: no account with drafts = true belongs to whoever writes this draft in %s", ErrNoDrafts, s.in.Path)
	case d.Label.IsZero():
		return draft.Draft{}, "", fmt.Errorf("%w: the draft has no label: without one it does not leave this machine", ErrLabel)
	}
	if err := message.CheckDraft(d); err != nil {
		return draft.Draft{}, "", err
	}
	if d, err = s.withBorne(ctx, d, true); err != nil {
		return draft.Draft{}, "", err
	}
	return d, mailbox, s.verify(ctx, d)
}
