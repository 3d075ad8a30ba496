package api

import (
	"slices"
	"strings"

	"caveat/backend/draft"
)

// partsRelabelled holds the labels of paragraphs and attachments to RULES 1: one that becomes less restrictive, or is taken off,
// needs a reason, as the label of the whole does. A paragraph whose mark is that of the whole has none of its own: it got that one
// when the marks were turned on, and is marked down from there without a word.
func (s *Service) partsRelabelled(old, next draft.Draft) error {
	changes := append(s.markedDown(old, next), s.filesMarkedDown(old, next)...)
	var missing []draft.Relabelling
	for _, c := range changes {
		if !s.isExplained(old, next, c) && !slices.ContainsFunc(missing, func(m draft.Relabelling) bool { return isSameChange(m, c) }) {
			missing = append(missing, c)
		}
	}
	for _, r := range old.Relabelled {
		if r.Of != "" && !holds(next.Relabelled, r) && s.counts(r, next) && !s.isTakenBack(r, old, next) {
			missing = append(missing, draft.Relabelling{Of: r.Of, Name: r.Name, From: r.From, To: r.To})
		}
	}
	if len(missing) > 0 {
		return &RelabelError{Missing: missing}
	}
	return nil
}

func isSameChange(a, b draft.Relabelling) bool {
	return a.Of == b.Of && a.Name == b.Name && sameLabel(a.From, b.From) && sameLabel(a.To, b.To)
}

// isExplained reports that the draft has a new entry with a reason for exactly this change.
func (s *Service) isExplained(old, next draft.Draft, c draft.Relabelling) bool {
	return slices.ContainsFunc(next.Relabelled, func(r draft.Relabelling) bool {
		return !holds(old.Relabelled, r) && isSameChange(r, c) && strings.ContainsFunc(r.Reason, isWord)
	})
}

// markedDown lists the changes of paragraphs' own labels to less restrictive ones, or to none; a text that went into the body has
// none any more.
func (s *Service) markedDown(old, next draft.Draft) []draft.Relabelling {
	var out []draft.Relabelling
	pairs, gone := follow(old.Parts, next.Parts)
	for _, p := range pairs {
		from, to := old.Parts[p.old].Label, next.Parts[p.next].Label
		if s.isOwn(from, old.Label) && !s.atLeast(to, from) {
			out = append(out, draft.Relabelling{Of: draft.OfParagraph, From: from, To: to})
		}
	}
	body := bodySearch{text: next.Body}
	for _, i := range gone {
		if p := old.Parts[i]; s.isOwn(p.Label, old.Label) && body.holds(strings.TrimSpace(p.Text)) {
			out = append(out, draft.Relabelling{Of: draft.OfParagraph, From: p.Label})
		}
	}
	return out
}

// isOwn reports that a paragraph's label is another one than that of the whole.
func (s *Service) isOwn(l, whole draft.Label) bool {
	return !l.IsZero() && !(s.atLeast(l, whole) && s.atLeast(whole, l))
}

// filesMarkedDown lists the same of attachments, which are known by their content.
func (s *Service) filesMarkedDown(old, next draft.Draft) []draft.Relabelling {
	var out []draft.Relabelling
	for _, p := range followFiles(old.Attachments, next.Attachments) {
		a := old.Attachments[p.old]
		from, to := labelOf(a), labelOf(next.Attachments[p.next])
		if !from.IsZero() && !isUnreadable(from) && !s.atLeast(to, from) {
			out = append(out, draft.Relabelling{Of: draft.OfAttachment, Name: a.File, From: from, To: to})
		}
	}
	return out
}

func labelOf(a draft.Attachment) draft.Label {
	if a.Label == nil {
		return draft.Label{}
	}
	return *a.Label
}

// counts reports that a recorded change of a part's label still stands: some part of that kind has the label that it changed to, or
// one made of that, and not one as restrictive as before.
func (s *Service) counts(r draft.Relabelling, d draft.Draft) bool {
	reached := []draft.Label{r.To}
	for _, x := range d.Relabelled {
		if x.Of == r.Of && x.Name == r.Name && slices.ContainsFunc(reached, func(l draft.Label) bool { return sameLabel(l, x.From) }) {
			reached = append(reached, x.To)
		}
	}
	return slices.ContainsFunc(partLabels(d, r), func(l draft.Label) bool {
		return !s.atLeast(l, r.From) && slices.ContainsFunc(reached, func(to draft.Label) bool { return to.IsZero() || s.atLeast(l, to) })
	})
}

// isTakenBack reports that this very save gives a part its old label again: undo takes the reason with it.
func (s *Service) isTakenBack(r draft.Relabelling, old, next draft.Draft) bool {
	back := func(from, to draft.Label) bool { return !s.atLeast(from, r.From) && s.atLeast(to, r.From) }
	if r.Of == draft.OfAttachment {
		return slices.ContainsFunc(followFiles(old.Attachments, next.Attachments), func(p pairing) bool {
			return old.Attachments[p.old].File == r.Name && back(labelOf(old.Attachments[p.old]), labelOf(next.Attachments[p.next]))
		})
	}
	pairs, _ := follow(old.Parts, next.Parts)
	return slices.ContainsFunc(pairs, func(p pairing) bool { return back(old.Parts[p.old].Label, next.Parts[p.next].Label) }) ||
		len(old.Parts) == 0 && slices.ContainsFunc(next.Parts, func(p draft.Part) bool { return sameLabel(p.Label, r.From) }) // marks are on again
}

// partLabels are the labels that a recorded change may be of.
func partLabels(d draft.Draft, r draft.Relabelling) []draft.Label {
	var out []draft.Label
	if r.Of == draft.OfAttachment {
		for _, a := range d.Attachments {
			if a.File == r.Name {
				out = append(out, labelOf(a))
			}
		}
		return out
	}
	for _, p := range d.Parts {
		out = append(out, p.Label)
	}
	if strings.TrimSpace(d.Body) != "" {
		out = append(out, draft.Label{}) // text without a mark
	}
	return out
}
