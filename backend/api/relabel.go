package api

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"caveat/backend/draft"
	"caveat/backend/draftbox"
)

// Errors about a change of a draft's label (RULES 1).
var (
	// ErrRelabel: the label was made less restrictive, and no reason for exactly that is recorded.
	ErrRelabel = errors.New("api: a less restrictive label needs a reason")
	// ErrInherited: a label that was inherited by a reply or forward was taken away or changed.
	ErrInherited = errors.New("api: an inherited label cannot be taken away or changed")
)

// relabelled holds a change of a stored draft to RULES 1: a label that is not at least as restrictive as the one that the draft
// had last needs a reason, and so does every such change before. Reasons that are recorded stay for as long as they count, and an
// inherited label stays for good.
func (s *Service) relabelled(have draftbox.Stored, next draft.Draft) error {
	old := have.Content.Draft
	if old.Inherited != nil && !old.Inherited.IsZero() && (next.Inherited == nil || !sameLabel(*next.Inherited, *old.Inherited)) {
		return inField("inherited", fmt.Errorf("%w: the draft answers or forwards a message that has it", ErrInherited))
	}
	if err := s.partsRelabelled(old, next); err != nil {
		return err
	}
	for _, r := range old.Relabelled {
		if r.Of == "" && !holds(next.Relabelled, r) && !s.atLeast(next.Label, r.From) {
			return inField("relabelled", fmt.Errorf("%w: the one that was given for an earlier change is missing", ErrRelabel))
		}
	}
	if !isWhole(next.Label) {
		return nil // it is being chosen; what it had last is remembered
	}
	reached := have.Labelled
	for _, r := range next.Relabelled {
		if r.Of == "" && !holds(old.Relabelled, r) && strings.ContainsFunc(r.Reason, isWord) && (reached.IsZero() || s.atLeast(r.From, reached)) {
			reached = r.To
		}
	}
	if reached.IsZero() || s.atLeast(next.Label, reached) {
		return nil
	}
	return &RelabelError{Missing: []draft.Relabelling{{From: reached, To: next.Label}}}
}

func isWhole(l draft.Label) bool {
	return l.XML != "" || l.Selection != nil && l.Selection.Classification != ""
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func holds(list []draft.Relabelling, r draft.Relabelling) bool {
	return slices.ContainsFunc(list, func(x draft.Relabelling) bool {
		return x.Of == r.Of && x.Name == r.Name && x.Reason == r.Reason && sameLabel(x.From, r.From) && sameLabel(x.To, r.To)
	})
}

// RelabelError is an ErrRelabel that says which changes lack a reason.
type RelabelError struct {
	Missing []draft.Relabelling // without their reasons
	later   bool                // the label changes by itself, by its successor
}

// Error implements error.
func (e *RelabelError) Error() string {
	if e.later {
		m := e.Missing[0]
		return fmt.Sprintf("%s: the label of the draft is replaced by a less restrictive successor: an entry of relabelled must say why, with \"from\" the label and \"to\" %s", ErrRelabel, m.To.XML)
	}
	var whose []string
	for _, m := range e.Missing {
		text := "the label of the draft"
		switch {
		case m.Of == draft.OfParagraph:
			text = "the label of a paragraph"
		case m.Of == draft.OfAttachment:
			text = fmt.Sprintf("the label of the attachment %q", m.Name)
		}
		if !slices.Contains(whose, text) {
			whose = append(whose, text)
		}
	}
	return fmt.Sprintf("%s: %s: a further entry of relabelled must say why it changes from the one that is kept to this", ErrRelabel, strings.Join(whose, ", "))
}

// Unwrap names the key that must be changed, and makes it an ErrRelabel.
func (e *RelabelError) Unwrap() error { return inField("relabelled", ErrRelabel) }

// reasoned makes sure that every change of label that a draft records has a reason in words.
func reasoned(d draft.Draft) error {
	for _, r := range d.Relabelled {
		if r.Of != "" && r.Of != draft.OfParagraph && r.Of != draft.OfAttachment {
			return inField("relabelled", fmt.Errorf("%w: an entry of relabelled is of %q: paragraph, attachment or nothing", draft.ErrInvalid, r.Of))
		}
		if !strings.ContainsFunc(r.Reason, isWord) {
			return inField("relabelled", fmt.Errorf("%w: an entry of relabelled is without words", ErrRelabel))
		}
	}
	return nil
}
