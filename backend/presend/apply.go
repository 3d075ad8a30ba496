package presend

import (
	"errors"
	"fmt"
	"slices"

	"caveat/backend/draft"
)

// Kinds of ways forward.
const (
	FixRemove  = "remove"
	FixAddress = AlternativeAddress
	FixRole    = AlternativeRole
	FixSplit   = "split"
)

// ErrFix: a way forward that does not fit the draft: it is of another one, or of no kind that there is.
var ErrFix = errors.New("presend: way forward")

// Apply gives the draft with a way forward taken; of a split it is the first draft. Label, text and parts stay as they are. The
// draft that is given is not changed; with an error, which wraps ErrFix, the zero Draft comes.
func Apply(d draft.Draft, f Fix) (draft.Draft, error) {
	out, err := apply(d, f)
	if err != nil {
		return draft.Draft{}, fmt.Errorf("%w: %s: %w", ErrFix, f.Kind, err)
	}
	return out, nil
}

func apply(d draft.Draft, f Fix) (draft.Draft, error) {
	var out draft.Draft
	switch f.Kind {
	case FixRemove, FixSplit:
		if err := areIn(d, f.Addresses); err != nil {
			return out, err
		}
		out = d.Without(f.Addresses)
		if f.Kind == FixSplit {
			out.Exempted = without(out.Exempted, f.Addresses) // neither draft names the other's recipients
		}
	case FixAddress, FixRole:
		if len(f.Replaces) == 0 || len(f.Replaces) != len(f.Addresses) {
			return out, fmt.Errorf("%d addresses for %d", len(f.Addresses), len(f.Replaces))
		}
		if err := areIn(d, slices.Concat(f.Replaces, f.Removes)); err != nil {
			return out, err
		}
		out = exchange(d.Without(f.Removes), f)
	default:
		return out, errors.New("there is no such kind")
	}
	return out, out.Validate()
}

func areIn(d draft.Draft, addresses []string) error {
	if len(addresses) == 0 {
		return errors.New("it names nobody")
	}
	have := folded(d.Recipients())
	for _, a := range addresses {
		if !have[draft.FoldAddress(a)] {
			return fmt.Errorf("%q is no recipient", a)
		}
	}
	return nil
}

// isApplicable reports that a message can be made of the draft with a way forward taken.
func isApplicable(d draft.Draft, f Fix) bool {
	_, err := Apply(d, f)
	return err == nil
}

// exchange puts addresses in the place of others. One that comes so is there once, first in Action.
func exchange(d draft.Draft, f Fix) draft.Draft {
	instead := map[string]string{}
	for i, a := range f.Replaces {
		instead[draft.FoldAddress(a)] = f.Addresses[i]
	}
	comes, placed := folded(f.Addresses), map[string]bool{}
	put := func(list []string) []string {
		var out []string
		for _, a := range list {
			if b, ok := instead[draft.FoldAddress(a)]; ok {
				a = b
			}
			if k := draft.FoldAddress(a); comes[k] {
				if placed[k] {
					continue
				}
				placed[k] = true
			}
			out = append(out, a)
		}
		return out
	}
	d.Action = put(d.Action)
	d.Info = put(d.Info)
	return d
}

// Second gives the second draft of a split: for those that the first leaves out, in the lists in which they stood, with the
// paragraphs and attachments that the way forward names. It has no label, so that it cannot be sent before it is given one, which
// must then be at least as restrictive as that of each part (RULES 2). It holds nothing else: subject, body, references and
// military fields are under the first one's label. The zero Draft comes for anything that is no split of this draft.
func Second(d draft.Draft, f Fix) draft.Draft {
	if f.Kind != FixSplit || !isApplicable(d, f) {
		return draft.Draft{}
	}
	others := without(d.Recipients(), f.Addresses)
	out := draft.Draft{
		Channel: d.Channel, From: d.From, Account: d.Account,
		Action: without(d.Action, others), Info: without(d.Info, others), Exempted: without(d.Exempted, d.Recipients()),
	}
	for i, p := range d.Parts {
		if slices.Contains(f.Parts, i) && !p.Label.IsZero() {
			out.Parts = append(out.Parts, p)
		}
	}
	for i, a := range d.Attachments {
		if slices.Contains(f.Attachments, i) && a.Label != nil && !a.Label.IsZero() {
			out.Attachments = append(out.Attachments, a)
		}
	}
	return out
}

// without gives a list without some addresses.
func without(list, addresses []string) []string {
	out := folded(addresses)
	var kept []string
	for _, a := range list {
		if !out[draft.FoldAddress(a)] {
			kept = append(kept, a)
		}
	}
	return kept
}

func folded(addresses []string) map[string]bool {
	out := map[string]bool{}
	for _, a := range addresses {
		out[draft.FoldAddress(a)] = true
	}
	return out
}
