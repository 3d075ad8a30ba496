package presend

import (
	"fmt"

	"caveat/backend/label"
	"caveat/backend/spif"
)

// uncovered says why the label of the whole is not at least as restrictive as another one (RULES 2), beginning with what joins on to
// the sentence; empty: it is.
func uncovered(whole, part spif.Label) string {
	if part.Policy() == whole.Policy() {
		if spif.AtLeastAsRestrictive(whole, part) {
			return ""
		}
		return fmt.Sprintf(", %q", markingOf(whole))
	}
	return uncoveredAcross(whole, part)
}

// markingOf is the marking of a label; empty where a name in it is not known.
func markingOf(l spif.Label) string {
	if !l.NamesKnown() {
		return ""
	}
	return l.Policy().Mark(l, "", "")
}

// uncoveredAcross compares labels of two policies: the part's is translated into the policy of the whole, by its own policy's
// equivalences, or by the other's where its own have none. The translation must keep everything: what it gives, translated back, is
// at least as restrictive as the part. And where the label of the whole can be translated to the part's policy, it must cover the part
// there too, so that no translation lets pass what a comparison under one policy refuses.
//
// std: ADatP-4774.1/A1 §3.11.4
func uncoveredAcross(over, part spif.Label) string {
	own, whole := part.Policy(), over.Policy()
	across := fmt.Sprintf(": it is under the policy %s, and that one under %s", own.Name(), whole.Name())
	here, err := counterpart(part, whole)
	if err != nil {
		return fmt.Sprintf("%s, into which it cannot be translated (%v); use a label under %s, or have the part labelled under %s by who made it", across, err, own.Name(), whole.Name())
	}
	if back, err := meantBy(here, own); err != nil || !spif.AtLeastAsRestrictive(back, part) {
		return fmt.Sprintf("%s, into which it cannot be translated without loss; use a label under %s, or have the part labelled under %s by who made it", across, own.Name(), whole.Name())
	}
	there, err := meantBy(over, own)
	if !spif.AtLeastAsRestrictive(over, here) || err == nil && !spif.AtLeastAsRestrictive(there, part) {
		return fmt.Sprintf("%s; there it is %q", across, whole.Mark(here, "", ""))
	}
	return ""
}

// counterpart is what a label is in another policy.
func counterpart(l spif.Label, to *spif.Policy) (spif.Label, error) {
	info, err := l.Policy().TranslateTo(to, l)
	if err != nil {
		var back error
		if info, back = to.TranslateFrom(l.Policy(), l); back != nil {
			return spif.Label{}, err
		}
	}
	return to.Label(label.Label{Information: info}), nil
}

// meantBy is what a label asks for, as far as another policy can say it: a restrictive value or a permissive tag that has no
// counterpart there (such as one that an equivalence adds) is left out, which makes it less restrictive, never more.
func meantBy(l spif.Label, to *spif.Policy) (spif.Label, error) {
	if l.Class() == nil {
		return spif.Label{}, spif.ErrNoTranslation
	}
	from := l.Policy()
	info := label.Information{Policy: from.PolicyID(), Classification: l.Class().Name()}
	for _, t := range from.Tags() {
		for _, c := range restrictions(t, l) {
			alone := info
			alone.Categories = []label.Category{c}
			if _, err := counterpart(from.Label(label.Label{Information: alone}), to); err == nil {
				info.Categories = append(info.Categories, c)
			}
		}
	}
	return counterpart(from.Label(label.Label{Information: info}), to)
}

// restrictions are what a label has of a tag: of a restrictive one each value by itself, of a permissive one all together.
func restrictions(t *spif.Tag, l spif.Label) []label.Category {
	var out []label.Category
	for _, v := range t.Values() {
		switch c := (label.Category{TagName: t.Set().Name(), Type: t.Type(), Values: []string{v.Name()}}); {
		case !l.Values().Has(v.Number()):
		case t.Type() == label.Permissive && len(out) > 0:
			out[0].Values = append(out[0].Values, v.Name())
		case t.Type() == label.Permissive || t.Type() == label.Restrictive:
			out = append(out, c)
		}
	}
	return out
}
