package api

import (
	"errors"
	"fmt"
	"time"

	"caveat/backend/cmbac"
	"caveat/backend/label"
	"caveat/backend/spif"
)

// ValidDocument says whether a label is valid under its policy.
type ValidDocument struct {
	Valid    bool           `json:"valid"`
	Policy   string         `json:"policy" doc:"name of the policy that decided"`
	Marking  string         `json:"marking,omitempty" doc:"the marking, when all names are known"`
	Problems []cmbac.Reason `json:"problems" nullable:"false" doc:"what makes it invalid"`
	Warnings []cmbac.Reason `json:"warnings" nullable:"false" doc:"what leaves it valid and is worth knowing"`
}

// DecideDocument is the answer to "does this clearance permit this label?".
type DecideDocument struct {
	Decision string         `json:"decision" enum:"permit,deny"`
	Reasons  []cmbac.Reason `json:"reasons" nullable:"false" doc:"every rule that denied"`
	Marking  string         `json:"marking" doc:"the label's marking"`
	Via      string         `json:"via,omitempty" enum:"sender-policy,recipient-policy" doc:"whose equivalences translated the label"`
}

// Judge is how labels are judged outside a draft: by the SPIF files alone, and the tag sets that are named besides (RULES 4).
type Judge struct {
	Site         *spif.Site
	Hierarchical bool
	// RequireTagSets names the tag sets that a label of a policy must have a value of; nil: none.
	RequireTagSets func(*spif.Policy) []string
	Now            time.Time
	Lang           string // of markings and reasons; English when it is empty or has no words here
}

func (j Judge) validation(p *spif.Policy) spif.Validation {
	v := spif.Validation{At: j.Now}
	if j.RequireTagSets != nil {
		v.RequireTagSets = j.RequireTagSets(p)
	}
	return v
}

// now is the label as it counts now: what it says itself, or its successor once the date for that has passed.
func (j Judge) now(l label.Label) label.Label {
	l.Information, _ = l.InForce(j.Now)
	return l
}

// Valid judges a label, or its successor once that is in force.
func (j Judge) Valid(l label.Label) (ValidDocument, error) {
	l = j.now(l)
	p, err := j.Site.Find(l.Policy)
	if err != nil {
		return ValidDocument{}, err
	}
	n := p.Label(l)
	out := ValidDocument{Policy: p.Name(), Problems: []cmbac.Reason{}, Warnings: []cmbac.Reason{}}
	for _, x := range p.Validate(n, j.validation(p)) {
		r := cmbac.Told(x, j.Lang)
		if x.Warning {
			out.Warnings = append(out.Warnings, r)
		} else {
			out.Problems = append(out.Problems, r)
		}
	}
	out.Valid = len(out.Problems) == 0
	if n.NamesKnown() {
		out.Marking = p.Mark(n, j.Lang, "")
	}
	return out, nil
}

// Mark gives a label's marking, and what makes the label invalid. A label with a name that the policy does not know has no
// marking.
func (j Judge) Mark(l label.Label, at spif.Placement) (string, []spif.Problem, error) {
	l = j.now(l)
	p, err := j.Site.Find(l.Policy)
	if err != nil {
		return "", nil, err
	}
	n := p.Label(l)
	problems := p.Validate(n, j.validation(p))
	if !n.NamesKnown() {
		return "", nil, fmt.Errorf("%w: %s", ErrLabel, n.UnknownNames()[0].Words(j.Lang))
	}
	return p.Mark(n, j.Lang, at), problems, nil
}

// ErrNotValid: a label that nothing may be made of, because it is invalid under its policy or would be under the other one.
var ErrNotValid = errors.New("invalid label")

// NotValid is what is wrong with it.
type NotValid struct {
	Problems []spif.Problem
	Policy   string // under which
}

func (e *NotValid) Error() string { return ErrNotValid.Error() + " under policy " + e.Policy }

func (e *NotValid) Unwrap() error { return ErrNotValid }

func (j Judge) valid(p *spif.Policy, l label.Information, how spif.Validation) error {
	if problems := p.Validate(p.Label(label.Label{Information: l}), how); spif.Invalid(problems) {
		return &NotValid{problems, p.Name()}
	}
	return nil
}

// Translate maps a label to another policy by its own policy's equivalences, or else by the other's. The label must be valid, and
// so must be what comes of it (NotValid); what cannot be mapped is a *spif.Untranslatable.
func (j Judge) Translate(l label.Label, to string) (label.Label, string, error) {
	changed := l.Succession != nil
	l = j.now(l)
	from, err := j.Site.Find(l.Policy)
	if err != nil {
		return label.Label{}, "", err
	}
	target, err := j.Site.Find(label.PolicyID{Name: to})
	if err != nil {
		return label.Label{}, "", err
	}
	if err := j.valid(from, l.Information, j.validation(from)); err != nil {
		return label.Label{}, "", err
	}
	via := cmbac.ViaSenderPolicy
	info, err := from.TranslateTo(target, from.Label(l))
	if err != nil {
		var back error
		via = cmbac.ViaRecipientPolicy
		if info, back = target.TranslateFrom(from, from.Label(l)); back != nil {
			return label.Label{}, "", err
		}
	}
	// Tag sets are required by name in the label's own policy only.
	if err := j.valid(target, info, spif.Validation{At: j.Now}); err != nil {
		return label.Label{}, "", err
	}
	out := l
	out.Kind, out.Information, out.XML = label.Alternative, info, nil
	if changed {
		// A successor that is still to come speaks of the other policy; the day on which it would come is the day to look again.
		if out.Review.IsZero() && l.Succession.At.After(j.Now) {
			out.Review = l.Succession.At
		}
		out.Succession = nil
	}
	return out, via, nil
}

// Decide holds a label, or its successor once that is in force, against the clearances that somebody was given.
func (j Judge) Decide(l label.Label, clearances ...label.Clearance) (DecideDocument, error) {
	l = j.now(l)
	p, err := j.Site.Find(l.Policy)
	if err != nil {
		return DecideDocument{}, err
	}
	n := p.Label(l)
	out := DecideDocument{Decision: cmbac.Deny.String(), Reasons: []cmbac.Reason{}}
	if n.NamesKnown() {
		out.Marking = p.Mark(n, j.Lang, "")
	}
	if problems := p.Validate(n, j.validation(p)); spif.Invalid(problems) {
		out.Reasons = cmbac.Say(cmbac.InvalidReasons(problems), j.Lang)
		return out, nil
	}
	v := cmbac.Across(cmbac.Question{
		Site: j.Site, Policy: p, Label: n, Clearances: clearances, Validation: j.validation(p),
		Mode: func(*spif.Policy) cmbac.Mode {
			if j.Hierarchical {
				return cmbac.Hierarchical
			}
			return cmbac.Membership
		},
	})
	out.Decision, out.Via = v.Decision.String(), v.Via
	out.Reasons = append(out.Reasons, cmbac.Say(v.Reasons, j.Lang)...)
	return out, nil
}
