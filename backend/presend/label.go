package presend

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"caveat/backend/cmbac"
	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/spif"
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
		c.report.Marking = c.policy.Mark(c.numbered, c.in.Rules.Language, "")
		c.report.Foreground, c.report.Background = c.policy.Colours(c.numbered)
		c.marks = c.policy.Placed(c.numbered, c.in.Rules.Language)
	}
	c.readParts()
	c.report.Problems = append(append(c.report.Problems, c.datedWrong()...), c.systemHigh()...)
	for _, p := range c.portions {
		c.report.Problems = append(c.report.Problems, p.report.Problems...)
	}
	c.report.Problems = append(append(c.report.Problems, c.inherited()...), c.item()...)
	c.labelValid = len(c.report.Problems) == 0
	c.report.Valid = c.labelValid
	return nil
}

// makeLabel gives the label that goes with the message. It carries its time, originator, identifiers and review date
// (RULES 3): what a label handed in as XML lacks of these is added; one that lacks nothing stays as it is, byte for byte.
func (c *check) makeLabel(origin Party) (label.Label, error) {
	d := c.in.Draft.Label
	l, err := c.named(d)
	if err != nil {
		return label.Label{}, fmt.Errorf("%w: label: %w", ErrDraft, err)
	}
	if d.XML != "" {
		if err := c.usable(l); err != nil {
			return label.Label{}, err
		}
	} else {
		l.Kind, l.Review = label.Originator, d.Selection.Review
	}
	c.given = l
	return c.complete(l, origin)
}

// maxCreatedAhead is how far a clock may be ahead that made a label.
const maxCreatedAhead = 5 * time.Minute

// isInherited reports that the label is, as it is written, that of the message which is answered or forwarded: its originator's word.
func (c *check) isInherited() bool {
	d := c.in.Draft.Inherited
	return d != nil && c.in.Draft.Label.XML != "" && d.XML == c.in.Draft.Label.XML
}

// datedWrong refuses a label that says it was made later than now, or was to be reviewed before it was given (RULES 3). Of one that is
// inherited the dates are as its originator left them.
func (c *check) datedWrong() []Reason {
	if c.isInherited() {
		return nil
	}
	var out []Reason
	if at := c.given.Created; at.After(c.in.Now.Add(maxCreatedAhead)) {
		out = append(out, Reason{Rule: cmbac.RuleLabelInvalid, Text: fmt.Sprintf("It says that it was made on %s, which is yet to come. Leave its CreationDateTime out, or mend it.", stamp(at))})
	}
	if at := c.given.Review; hasEnded(at, c.in.Now) {
		out = append(out, Reason{Rule: cmbac.RuleLabelInvalid, Text: fmt.Sprintf("Its review date, %s, is past. Choose a later one, or none.", stamp(at))})
	}
	return out
}

// otherOriginator warns of a label that names another originator than who sends.
func (c *check) otherOriginator(origin Party) string {
	id := c.given.OriginatorID
	if id == "" || c.isInherited() || draft.FoldAddress(id) == draft.FoldAddress(origin.Address) {
		return ""
	}
	for _, e := range origin.Entries {
		if strings.EqualFold(id, e.DN) || slices.ContainsFunc(e.Addresses, func(a string) bool { return draft.FoldAddress(a) == draft.FoldAddress(id) }) {
			return ""
		}
	}
	return fmt.Sprintf("The label names another originator than the sender: %.200s. It goes with the message as it is.", id)
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

// errNoLabel: there is none to read.
var errNoLabel = errors.New("there is none")

// named reads the label of a draft or part: as it was handed in, or built from the names chosen.
func (c *check) named(d draft.Label) (label.Label, error) {
	switch {
	case d.IsZero():
		return label.Label{}, errNoLabel
	case d.XML != "":
		return label.ParseLabel([]byte(d.XML))
	}
	info, err := c.in.Site.Build(*d.Selection)
	if err != nil {
		return label.Label{}, err
	}
	return label.Label{Kind: label.Originator, Information: info}, nil
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

// acrossPrepared holds clearances against the label of the whole and that of each part.
func (c *check) acrossPrepared(p cmbac.Prepared) cmbac.Verdict {
	v := p.Across(c.question(c.numbered, c.validation()))
	if !c.silent {
		v.Reasons = cmbac.Say(v.Reasons, "en")
	}
	for _, a := range c.asks {
		if v.Broken || v.NoClearance {
			break // it is the same for every label
		}
		c.alsoFor(a, p, &v)
	}
	return v
}

func (c *check) question(l spif.Label, v spif.Validation) cmbac.Question {
	return cmbac.Question{Site: c.in.Site, Policy: l.Policy(), Label: l, Validation: v, Mode: c.in.Rules.mode}
}

// refused is the verdict on everybody while the label cannot be used: no, or an error where nothing can be judged.
func (c *check) refused() Verdict {
	v := Verdict{Outcome: NotCleared, Reasons: c.labelReasons()}
	if c.isUnjudgeable() {
		v.Outcome = Error
	}
	return v
}

// isUnjudgeable reports that the policy is not in force (RULES 17), or that nothing else is wrong than a label of a part, the
// inherited one, or a catalogue's item that cannot be read.
func (c *check) isUnjudgeable() bool {
	unreadable := 0
	for _, p := range c.report.Problems {
		switch p.Rule {
		case spif.RulePolicyExpired:
			return true
		case RulePartUnreadable, RuleInheritedUnreadable, RuleItemUnread:
			unreadable++
		}
	}
	return unreadable > 0 && unreadable == len(c.report.Problems)
}

// shortly says of everybody that a label cannot be read: why that is so stands once, with the label.
func (c *check) shortly(problem Reason) string {
	for _, p := range c.portions {
		for _, x := range p.report.Problems {
			if x.Rule == problem.Rule && x.Text == problem.Text {
				return fmt.Sprintf("The label of %s cannot be read, so nothing can be decided.", p.report.whose())
			}
		}
	}
	return "The label cannot be used: " + problem.Text
}

// labelReasons says why nobody may get a message with an invalid label.
func (c *check) labelReasons() []Reason {
	out := make([]Reason, len(c.report.Problems))
	for i, p := range c.report.Problems {
		out[i] = Reason{Rule: cmbac.RuleLabelInvalid, TagSet: p.TagSet, Text: "The label cannot be used: " + p.Text}
		switch p.Rule {
		case RulePartUnreadable, RuleInheritedUnreadable, RuleItemUnread:
			out[i].Rule, out[i].Text = p.Rule, c.shortly(p)
		}
	}
	return out
}

// item holds the item of a catalogue to the label: it is what goes with the message (RULES 26).
func (c *check) item() []Reason {
	const ways = "Choose its label anew in the catalogue, or a label without it."
	switch {
	case c.in.Draft.CatalogueItem == "":
		return nil
	case c.in.Item == nil:
		why := c.in.ItemUnread
		if why == "" {
			why = "It was not read."
		}
		return []Reason{{Rule: RuleItemUnread, Text: fmt.Sprintf("The label that the server's catalogue gave cannot be read: %s %s", why, ways)}}
	case !c.in.Item.Same(c.label.Information):
		return []Reason{{Rule: RuleItem, Text: "The label that the server's catalogue gave, which would go with the message, says something else than the label here. " + ways}}
	}
	return nil
}
