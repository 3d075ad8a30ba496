package api

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"caveat/backend/draft"
	"caveat/backend/draftbox"
	"caveat/backend/outbox"
)

// ErrSystemHigh: a label that the installation's own clearance does not permit: it cannot be drafted, saved or sent (RULES 10).
var ErrSystemHigh = errors.New("api: the installation may not hold this label")

// DraftRef names a stored draft in one version.
type DraftRef struct {
	ID      string `json:"id" pattern:"^[a-z0-9]{16,40}$"`
	Version int64  `json:"version" minimum:"1"`
}

// SavedDraft is the answer to a save.
type SavedDraft struct {
	ID      string    `json:"id"`
	Version int64     `json:"version" doc:"name it in the next save"`
	Changed time.Time `json:"changed"`
}

// StoredDraft is one draft as it is kept.
type StoredDraft struct {
	SavedDraft
	Content DraftContent      `json:"content"`
	Copy    *outbox.DraftCopy `json:"copy,omitempty" doc:"its copy in the mailbox of whoever writes it; left out: he has no mailbox that drafts are kept in"`
}

// DraftSummary is one draft in the list.
type DraftSummary struct {
	SavedDraft
	MarkingDocument
	Channel    draft.Channel `json:"channel" enum:"mail,chat"`
	Subject    string        `json:"subject"`
	Recipients int           `json:"recipients" doc:"how many distinct addresses it has"`
	Excerpt    string        `json:"excerpt" doc:"beginning of the text"`
}

// excerptLength is how many characters of a draft's text the list shows.
const excerptLength = 80

// Drafts lists the drafts that are being written, the newest change first, with their markings in a language.
func (s *Service) Drafts(ctx context.Context, lang string) ([]DraftSummary, error) {
	all, err := s.kept.List(ctx)
	if err != nil {
		return nil, err
	}
	out := []DraftSummary{}
	for _, d := range all {
		out = append(out, s.summary(d, lang))
	}
	return out, nil
}

// summary is one draft in a list. A label that can no longer be read, such as one under a policy that was taken away, leaves the
// draft in the list.
func (s *Service) summary(d draftbox.Stored, lang string) DraftSummary {
	text := d.Content.Body
	for _, p := range d.Content.Parts {
		if len(text) > 4*utf8.UTFMax*excerptLength {
			break
		}
		text += "\n" + p.Text
	}
	return DraftSummary{
		SavedDraft: saved(d), MarkingDocument: s.marking(d.Content.Label, lang), Channel: cmp.Or(d.Content.Channel, draft.Mail), Subject: d.Content.Subject,
		Recipients: len(d.Content.Recipients()), Excerpt: excerpt(text),
	}
}

// excerpt is the beginning of a text on one line.
func excerpt(body string) string {
	const enough = 4 * utf8.UTFMax * excerptLength // bytes: white space does not count
	line := []rune(strings.Join(strings.Fields(strings.ToValidUTF8(body[:min(enough, len(body))], "")), " "))
	if len(line) > excerptLength {
		return strings.TrimSpace(string(line[:excerptLength-1])) + "…"
	}
	return string(line)
}

func saved(d draftbox.Stored) SavedDraft {
	return SavedDraft{ID: d.ID, Version: d.Version, Changed: d.Changed}
}

// Draft reads one draft that is being written.
func (s *Service) Draft(ctx context.Context, id string) (StoredDraft, error) {
	d, err := s.kept.Get(ctx, id)
	if err != nil {
		return StoredDraft{}, err
	}
	out := StoredDraft{SavedDraft: saved(d), Content: DraftContent{d.Content}}
	if out.Copy, err = s.draftCopy(ctx, id, d.Content.Draft); err != nil {
		return StoredDraft{}, err
	}
	return out, nil
}

// SaveDraft keeps a draft as far as it was typed; version 0 makes it, also anew after it was deleted. A label that is incomplete is kept, one that the
// installation's own clearance does not permit is ErrSystemHigh (RULES 10), one whose names cannot be understood ErrLabel:
// nobody can say whether the installation may hold it. A label that became less restrictive without a reason is ErrRelabel, an
// inherited one that was taken away ErrInherited (RULES 1). An attachment whose label is less restrictive than the one that the file
// bears, or whose content is not kept, is no reason to lose what was written: the check refuses it.
func (s *Service) SaveDraft(ctx context.Context, id string, in SaveDraftInput) (SavedDraft, error) {
	fit, err := s.fit(ctx, in.Content.Content.Draft)
	if err != nil {
		return SavedDraft{}, s.recordRefusal(ctx, "save", id, err)
	}
	in.Content.Content.Draft = fit
	d, err := s.saveOn(ctx, id, in)
	if errors.Is(err, draftbox.ErrChanged) && in.After != "" {
		d, err = s.saveOn(ctx, id, in) // the save that this one follows may have arrived in the middle of it
	}
	if err != nil {
		return SavedDraft{}, err
	}
	return saved(d), nil
}

// saveOn keeps a draft on top of the one that is there: the version that the save names, or what the save before it made. What it
// takes of the label is judged by exactly that one.
func (s *Service) saveOn(ctx context.Context, id string, in SaveDraftInput) (draftbox.Stored, error) {
	version := in.Version
	if in.Version > 0 || in.After != "" {
		have, err := s.kept.Get(ctx, id)
		switch {
		case errors.Is(err, draftbox.ErrGone) && in.Version == 0: // a new one
		case err != nil:
			return draftbox.Stored{}, err
		case in.After != "" && in.After == have.SavedAs:
			version = have.Version
		}
		if err == nil && have.Version == version { // another one is refused below
			if err := s.relabelled(have, in.Content.Content.Draft); err != nil {
				return draftbox.Stored{}, err
			}
		}
	}
	return s.kept.SaveAs(ctx, id, version, in.Name, in.Content.Content)
}

// fit makes a draft fit to be kept: its attachments have the labels that their files bear, and the installation may hold every
// label of it.
func (s *Service) fit(ctx context.Context, d draft.Draft) (draft.Draft, error) {
	if err := d.CheckCounts(); err != nil {
		return draft.Draft{}, err
	}
	if err := s.mayHold(d); err != nil {
		return draft.Draft{}, err
	}
	d, err := s.withBorne(ctx, d, false)
	if err != nil {
		return draft.Draft{}, err
	}
	return d, s.mayHold(d)
}

// mayHold holds every label of a draft to the installation's own clearance.
func (s *Service) mayHold(d draft.Draft) error {
	if err := s.mayHoldLabel(d.Label, "the label"); err != nil {
		return err
	}
	for i, p := range d.Parts {
		if err := s.mayHoldLabel(p.Label, fmt.Sprintf("the label of part %d", i+1)); err != nil {
			return err
		}
	}
	for _, a := range d.Attachments {
		if a.Label == nil {
			continue
		}
		// One that cannot be understood stays with its file, and stops the draft from being sent: the check says "error".
		if err := s.mayHoldLabel(*a.Label, fmt.Sprintf("the label of the attachment %q", a.File)); errors.Is(err, ErrSystemHigh) {
			return err
		}
	}
	return nil
}

func (s *Service) mayHoldLabel(l draft.Label, whose string) error {
	refusals, err := s.picker().Refusals(l)
	if err != nil {
		return fmt.Errorf("%s: %w", whose, err)
	}
	if len(refusals) == 0 {
		return nil
	}
	err = fmt.Errorf("%w: %s: %s Choose another one; the draft as it is now is not saved", ErrSystemHigh, whose, refusals[0].Text)
	return systemHighError{err, whose, s.markingOf(l)}
}

// picker judges labels as this installation does.
func (s *Service) picker() Picker { return Picker{Site: s.in.Site, Rules: s.fed.Rules(), Now: s.now()} }

// DeleteDraft removes a draft in one version, and has its copy taken out of the mailbox.
func (s *Service) DeleteDraft(ctx context.Context, id string, version int64) error {
	return s.store.Write(ctx, func(tx *sql.Tx) error {
		if err := s.kept.DeleteIn(ctx, tx, id, version); err != nil {
			return err
		}
		return s.box.ForgetDraft(ctx, tx, id)
	})
}
