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
	// ErrInherited: a label that was inherited by a reply or forward was taken away or made less restrictive.
	ErrInherited = errors.New("api: an inherited label cannot be taken away")
)

// relabelled holds a change of a stored draft to RULES 1: a label that is not at least as restrictive as the one that the draft
// had last needs a reason, and so does every such change before. Reasons that are recorded stay for as long as they count, and an
// inherited label stays for good.
func (s *Service) relabelled(have draftbox.Stored, next draft.Draft) error {
	old := have.Content.Draft
	if old.Inherited != nil && !old.Inherited.IsZero() && (next.Inherited == nil || !s.atLeast(*next.Inherited, *old.Inherited)) {
		return inField("inherited", fmt.Errorf("%w: the draft answers or forwards a message that has it", ErrInherited))
	}
	for _, r := range old.Relabelled {
		if !holds(next.Relabelled, r) && !s.atLeast(next.Label, r.From) {
			return inField("relabelled", fmt.Errorf("%w: the one that was given for an earlier change is missing", ErrRelabel))
		}
	}
	if !isWhole(next.Label) {
		return nil // it is being chosen; what it had last is remembered
	}
	reached := have.Labelled
	for _, r := range next.Relabelled {
		if !holds(old.Relabelled, r) && strings.ContainsFunc(r.Reason, isWord) && (reached.IsZero() || s.atLeast(r.From, reached)) {
			reached = r.To
		}
	}
	if reached.IsZero() || s.atLeast(next.Label, reached) {
		return nil
	}
	return inField("relabelled", fmt.Errorf("%w: the draft had another label, and a further entry of relabelled must say why it changes from that to this", ErrRelabel))
}

func isWhole(l draft.Label) bool {
	return l.XML != "" || l.Selection != nil && l.Selection.Classification != ""
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func holds(list []draft.Relabelling, r draft.Relabelling) bool {
	return slices.ContainsFunc(list, func(x draft.Relabelling) bool {
		return x.Reason == r.Reason && sameLabel(x.From, r.From) && sameLabel(x.To, r.To)
	})
}

// reasoned makes sure that every change of label that a draft records has a reason in words.
func reasoned(d draft.Draft) error {
	for _, r := range d.Relabelled {
		if !strings.ContainsFunc(r.Reason, isWord) {
			return inField("relabelled", fmt.Errorf("%w: an entry of relabelled is without words", ErrRelabel))
		}
	}
	return nil
}
