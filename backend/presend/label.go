package presend

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"caveat/backend/cmbac"
	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/spif"
)

// Rules that reasons of this package name, besides those of cmbac and spif.
const (
	RuleWithdrawn   = "withdrawn"            // RULES 8
	RuleUnlisted    = "unlisted"             // in no book
	RuleNoRoute     = "no-route"             // RULES 11
	RuleStale       = "stale"                // RULES 13
	RuleUnreadable  = "clearance-unreadable" // published and not understood
	RuleUntrusted   = "untrusted-channel"    // RULES 9
	RuleCeiling     = "ceiling"              // RULES 9
	RuleSystemHigh  = "system-high"          // RULES 10
	RuleNotBound    = "not-bound"            // RULES 10
	RuleMember      = "member"               // RULES 7
	RuleIncomplete  = "membership-unknown"   // RULES 7
	RuleUnreachable = "directory-unreachable"
	RuleAddress     = "no-address"
	RulePart        = "part-above-label" // RULES 2
)

// readLabel makes or reads the draft's label, numbers it and judges it.
func (c *check) readLabel(origin Party) error {
	l, err := c.makeLabel(origin)
	if err != nil {
		return err
	}
	if c.policy, err = c.in.Site.Find(l.Policy); err != nil {
		return fmt.Errorf("%w: label: %w", ErrDraft, err)
	}
	c.label, c.numbered = l, c.policy.Label(l)
	c.report.Problems = []Reason{}
	for _, p := range c.policy.Validate(c.numbered, c.validation()) {
		if !p.Warning {
			c.report.Problems = append(c.report.Problems, cmbac.Told(p, "en"))
		}
	}
	if c.numbered.NamesKnown() {
		c.report.Marking = c.policy.Mark(c.numbered, "", "")
		c.report.Foreground, c.report.Background = c.policy.Colours(c.numbered)
	}
	c.report.Problems = append(c.report.Problems, c.systemHigh()...)
	above, err := c.partsAbove()
	if err != nil {
		return err
	}
	c.report.Problems = append(c.report.Problems, above...)
	c.labelValid = len(c.report.Problems) == 0
	c.report.Valid = c.labelValid
	return nil
}

// makeLabel gives the label that goes with the message. It carries its time, originator, identifiers and review date
// (RULES 3): what a label handed in as XML lacks of these is added; one that lacks nothing stays as it is, byte for byte.
func (c *check) makeLabel(origin Party) (label.Label, error) {
	d := c.in.Draft.Label
	l, err := c.chosen(d, "label")
	if err != nil {
		return label.Label{}, err
	}
	if d.XML != "" {
		if err := c.usable(l); err != nil {
			return label.Label{}, err
		}
	} else {
		l.Kind, l.Review = label.Originator, d.Selection.Review
	}
	return c.complete(l, origin)
}

// usable refuses labels that say something else than how sensitive the content is now.
func (c *check) usable(l label.Label) error {
	if l.Kind != label.Originator {
		return fmt.Errorf("%w: label: a %s is no label of the content: an originatorConfidentialityLabel is needed", ErrDraft, l.Kind)
	}
	if s := l.Succession; s != nil {
		if _, replaced := l.InForce(c.in.Now); replaced || !s.At.After(c.in.Now) {
			return fmt.Errorf("%w: label: its successor of %s has replaced it", ErrDraft, s.At.Format(time.RFC3339))
		}
		if _, err := c.in.Site.Find(s.Label.Policy); err != nil {
			return fmt.Errorf("%w: label: its successor: %w", ErrDraft, err)
		}
	}
	return nil
}

// complete adds what RULES 3 demands of a label and this one lacks.
func (c *check) complete(l label.Label, origin Party) (label.Label, error) {
	before := l.Marshal()
	if l.Created.IsZero() {
		l.Created = c.in.Now.UTC().Truncate(time.Second)
	}
	if l.OriginatorID == "" {
		l.OriginatorID, l.OriginatorIDType = origin.Address, "rfc822Name"
		if c.in.Draft.Channel == draft.Chat {
			l.OriginatorIDType = "jID"
		}
	}
	if l.Review.IsZero() && l.Succession == nil {
		l.Review = l.Created.Add(c.in.Rules.ReviewAfter)
	}
	p, err := c.in.Site.Find(l.Policy)
	if err != nil {
		return label.Label{}, fmt.Errorf("%w: label: %w", ErrDraft, err)
	}
	if l.Policy.URI == "" {
		l.Policy.URI = p.PolicyID().URI
	}
	l.Categories = slices.Clone(l.Categories)
	for i, cat := range l.Categories {
		if s := p.TagSet(cat.TagName); s != nil && cat.URI == "" {
			l.Categories[i].URI = "urn:oid:" + s.ID()
		}
	}
	whole := l
	whole.XML = nil
	if l.XML != nil && !same(whole, before) {
		l.XML = nil // it is written anew, with what was missing
	}
	return l, nil
}

// same reports whether a label, written out, says what the document says.
func same(l label.Label, document []byte) bool {
	have, err := label.ParseLabel(document)
	if err != nil {
		return false
	}
	have.XML = nil
	return bytes.Equal(l.Marshal(), have.Marshal())
}

// chosen reads the label of a draft or part: as it was handed in, or built from the names chosen.
func (c *check) chosen(d draft.Label, whose string) (label.Label, error) {
	switch {
	case d.IsZero():
		return label.Label{}, fmt.Errorf("%w: %s: there is none", ErrDraft, whose)
	case d.XML != "":
		l, err := label.ParseLabel([]byte(d.XML))
		if err != nil {
			return label.Label{}, fmt.Errorf("%w: %s: %w", ErrDraft, whose, err)
		}
		return l, nil
	}
	info, err := c.in.Site.Build(*d.Selection)
	if err != nil {
		return label.Label{}, fmt.Errorf("%w: %s: %w", ErrDraft, whose, err)
	}
	return label.Label{Information: info}, nil
}

func (c *check) validation() spif.Validation {
	return spif.Validation{At: c.in.Now, New: c.in.Draft.Label.XML == "", RequireTagSets: c.in.Rules.RequireTagSets[c.policy.ID()]}
}

// systemHigh holds the label against the clearance of the installation itself (RULES 10).
func (c *check) systemHigh() []Reason {
	if spif.Invalid(c.policy.Validate(c.numbered, c.validation())) {
		return nil // it is refused already; what an invalid label would permit is not asked
	}
	v := c.across([]label.Clearance{c.in.Rules.SystemHigh})
	var out []Reason
	for _, r := range v.Reasons {
		r.Rule, r.Text = RuleSystemHigh, "This installation may not hold it. "+r.Text
		out = append(out, r)
	}
	return out
}

func (c *check) across(clearances []label.Clearance) cmbac.Verdict {
	return c.acrossPrepared(cmbac.Prepare(c.in.Site, c.policy, clearances))
}

func (c *check) acrossPrepared(p cmbac.Prepared) cmbac.Verdict {
	v := p.Across(cmbac.Question{
		Site: c.in.Site, Policy: c.policy, Label: c.numbered, Validation: c.validation(), Mode: c.in.Rules.mode,
	})
	if !c.silent {
		v.Reasons = cmbac.Say(v.Reasons, "en")
	}
	return v
}

// refused is the verdict on everybody while the label cannot be used: no, or an error where the policy is not in force, so
// that nothing can be judged (RULES 17).
func (c *check) refused() Verdict {
	v := Verdict{Outcome: NotCleared, Reasons: c.labelReasons()}
	if c.expired() {
		v.Outcome = Error
	}
	return v
}

// labelReasons says why nobody may get a message with an invalid label.
func (c *check) labelReasons() []Reason {
	out := make([]Reason, len(c.report.Problems))
	for i, p := range c.report.Problems {
		out[i] = Reason{Rule: cmbac.RuleLabelInvalid, TagSet: p.TagSet, Text: "The label cannot be used: " + p.Text}
	}
	return out
}
