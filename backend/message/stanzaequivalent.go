package message

import (
	"errors"
	"fmt"

	"caveat/backend/label"
	"caveat/backend/spif"
)

// Equivalent gives the label in another policy, for an equivalentlabel element: an exact translation, which says in the other policy
// all that the label says, no more, and comes back to it. What is not exact is spif.ErrNoTranslation: it must not be sent as
// equivalent. The result is an alternative label of the same originator and dates.
//
// std: XEP-0258 §4; Open XML SPIF 2.1
func (r Reader) Equivalent(l label.Label, to *spif.Policy) (label.Label, error) {
	if r.Site == nil {
		return label.Label{}, fmt.Errorf("%w: no policy is known", spif.ErrUnknownPolicy)
	}
	p, err := r.Site.Find(l.Policy)
	if err != nil {
		return label.Label{}, err
	}
	info, err := r.translate(p, to, l.Information)
	if err != nil {
		return label.Label{}, err
	}
	back, err := p.TranslateFrom(to, to.Label(label.Label{Information: info}))
	if err != nil {
		return label.Label{}, err
	}
	own := l.Information
	own.PrivacyMark, back.PrivacyMark = "", ""
	if !sameInformation(own, back) {
		return label.Label{}, fmt.Errorf("%w: in %s it says something else", spif.ErrNoTranslation, to.PolicyID().Name)
	}
	return label.Label{
		Kind: label.Alternative, Information: info, OriginatorID: l.OriginatorID, OriginatorIDType: l.OriginatorIDType,
		Created: l.Created, Review: l.Review,
	}, nil
}

// translate gives what a label is in another policy, where that policy allows it.
func (r Reader) translate(p, to *spif.Policy, info label.Information) (label.Information, error) {
	out, err := p.TranslateTo(to, p.Label(label.Label{Information: info}))
	if err != nil {
		return label.Information{}, err
	}
	for _, problem := range to.Validate(to.Label(label.Label{Information: out}), spif.Validation{At: r.At}) {
		if !problem.Warning {
			return label.Information{}, fmt.Errorf("%w: %s", spif.ErrNoTranslation, problem.Words("en"))
		}
	}
	return out, nil
}

// weigh looks at the equivalent labels of a message. One that is not our own translation of the label contradicts it; nobody goes by
// any of them then, and all are in Received, for each may be what the reader must not see. Those of a policy that is not known here
// are counted in Unread. Where the label's policy is not known here, an equivalent one that is gone by only if the reader trusts
// alternatives.
//
// std: XEP-0258 §4
func (r Reader) weigh(s *Sensitivity, info *label.Information, equivalents []label.Label) error {
	if len(equivalents) == 0 || r.Site == nil {
		return nil
	}
	own, err := r.Site.Find(info.Policy)
	unknown := errors.Is(err, spif.ErrUnknownPolicy)
	var contradiction error
	for _, e := range equivalents {
		to, err := r.Site.Find(e.Policy)
		if err != nil {
			s.Unread++ // of a policy that nobody here knows: it says nothing to us
			continue
		}
		if unknown {
			if r.TrustAlternatives {
				*info, s.IsSuccessor = e.InForce(r.At)
				s.Received = append(s.Received, e)
				return nil
			}
			continue
		}
		s.Received = append(s.Received, e)
		now, _ := e.InForce(r.At)
		translated, err := r.translate(own, to, *info)
		if to == own {
			translated, err = *info, nil
		}
		if err != nil || !sameInformation(translated, now) {
			contradiction = fmt.Errorf("%w: an equivalent label in %s that is not what the label is there", label.ErrContradiction, to.PolicyID().Name)
		}
	}
	return contradiction
}

// sameInformation reports that two labels say the same.
func sameInformation(a, b label.Information) bool { return a.Same(b) }
