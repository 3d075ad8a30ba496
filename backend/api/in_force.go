package api

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"caveat/backend/audit"
	"caveat/backend/draft"
	"caveat/backend/outbox"
	"caveat/backend/plain"
)

// CannotRenew says that the installation file was changed and cannot be used: nothing is cleared or sent by this Service any more, which
// knows the former one alone (RULES 24). Whoever succeeds it has no such word.
func (s *Service) CannotRenew(err error) {
	text := fmt.Sprintf("The installation was changed and cannot be used: %s: nothing is sent until it can: `caveat doctor` says why; when it is right it is taken up by itself.", plain.Text(err))
	s.unusable.Store(&text)
}

// Unusable is why the changed installation cannot be used, as CannotRenew said it; "": nobody did.
func (s *Service) Unusable() string {
	if text := s.unusable.Load(); text != nil {
		return *text
	}
	return ""
}

// Outdated says that other settings are in force than those that this Service works by, as far as it is known without the log: nothing is
// cleared or sent by it then (RULES 24). "": they are in force.
func (s *Service) Outdated() string {
	if text := s.Unusable(); text != "" || s.in.Path == "" {
		return text
	}
	return s.watch.Outdated()
}

// loggedFile is what the newest line of the log about an installation file says.
type loggedFile struct {
	File string `json:"file"`
	fileDigests
}

// inForce is outbox.ErrOtherSettings where the log says that the installation file is, or is about to become, another one than this
// Service works by: a change is in the log before it is in the file (changeSettings). In the transaction in which a message is cleared
// there is no moment between the two. What nobody has written down yet is in force. Other errors are those of the store.
func (s *Service) inForce(ctx context.Context, q querier) error {
	_, err := s.outOfForce(ctx, q)
	return err
}

// outOfForce is inForce, with the line that other settings are in force by.
func (s *Service) outOfForce(ctx context.Context, q querier) (by loggedFile, err error) {
	var seq int64
	switch err := q.QueryRowContext(ctx, `SELECT audit_seq FROM installation_logged`).Scan(&seq); {
	case errors.Is(err, sql.ErrNoRows), err == nil && seq == s.inForceAt.Load():
		return loggedFile{}, nil
	case err != nil:
		return loggedFile{}, err
	}
	switch err := audit.Line(ctx, q, seq, &by); {
	case errors.Is(err, audit.ErrTampered):
		return loggedFile{}, fmt.Errorf("%w: what the log knows of the installation file: %w", outbox.ErrOtherSettings, err)
	case err != nil:
		return loggedFile{}, err
	case by.Content != s.content:
		return by, fmt.Errorf("%w: they were changed: nothing is sent by the former ones; where the changed ones are not taken up in a moment, start the program anew", outbox.ErrOtherSettings)
	}
	s.inForceAt.Store(seq)
	return by, nil
}

// Reconcile looks whether the log speaks of other settings than this Service works by though the file does not: who changed them was killed
// between the two, or could write neither the file nor that he did not. What the file says is written down then, as at the next start of a
// program (NoteRules), so that nothing waits for that; a change that is under way is waited for. mended: it was written down. isOther: the
// file is another one, to be taken up. Where the log speaks of another file it is none of its business. Errors: those of the store, and of
// reading the file.
func (s *Service) Reconcile(ctx context.Context) (mended, isOther bool, err error) {
	by, err := s.outOfForce(ctx, s.store.Reader())
	if !errors.Is(err, outbox.ErrOtherSettings) || by.File != s.in.Path {
		return false, false, err
	}
	if err := s.noteRules(ctx); err != nil {
		return false, false, err
	}
	err = s.inForce(ctx, s.store.Reader())
	if errors.Is(err, outbox.ErrOtherSettings) {
		return false, true, nil
	}
	return err == nil, false, err
}

// sendBySuccessor sends by the Service that has taken up the changed settings, where this one may not any more and that one is there in a
// moment: who presses Send while somebody changes something is not to be told about it. Nothing was queued by this one: it was refused
// before, or in the transaction. ok: it was done, or refused, by that one.
func (s *Service) sendBySuccessor(ctx context.Context, err error, d draft.Draft, request outbox.Request) (sent Sent, _ error, ok bool) {
	if s.next == nil || s.Unusable() != "" || !s.isSucceeded(ctx, err) {
		return Sent{}, nil, false
	}
	next := s.next(ctx)
	if next == nil {
		return Sent{}, nil, false
	}
	sent, err = next.send(ctx, d, request)
	return sent, err, true
}

// isSucceeded reports that something was refused because of a change that the log knows, so that it is being taken up. Of policies that
// were only written into the file by hand nobody was told.
func (s *Service) isSucceeded(ctx context.Context, err error) bool {
	return errors.Is(err, outbox.ErrOtherSettings) ||
		errors.Is(err, outbox.ErrOtherPolicy) && errors.Is(s.inForce(ctx, s.store.Reader()), outbox.ErrOtherSettings)
}
