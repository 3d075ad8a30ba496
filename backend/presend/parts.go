package presend

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"caveat/backend/cmbac"
	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/plain"
	"caveat/backend/spif"
)

// portion is a paragraph or attachment with a label of its own, read.
type portion struct {
	report   PartReport
	policy   *spif.Policy // nil: its label cannot be read
	numbered spif.Label
	isNew    bool // chosen here; else it came as XML
}

// ask is the label of a part that is not that of the whole: whoever gets the message must be cleared for it too.
type ask struct {
	whose      string // the first part that bears it
	numbered   spif.Label
	validation spif.Validation
}

// readParts reads the labels of paragraphs and attachments. A label that is there and cannot be read is a problem of the draft,
// not the end of the check: everybody's outcome is then an error.
func (c *check) readParts() {
	for i, p := range c.in.Draft.Parts {
		if !p.Label.IsZero() {
			c.addPortion(PartReport{Kind: "paragraph", Index: i}, p.Label)
		}
	}
	for i, a := range c.in.Draft.Attachments {
		if a.Label != nil && !a.Label.IsZero() {
			c.addPortion(PartReport{Kind: "attachment", Index: i, Name: a.File}, *a.Label)
		}
	}
}

// whose names the part in a sentence.
func (r PartReport) whose() string {
	if r.Kind == "attachment" {
		return fmt.Sprintf("the attachment %q", r.Name)
	}
	return fmt.Sprintf("paragraph %d", r.Index+1)
}

func (c *check) addPortion(r PartReport, d draft.Label) {
	p := c.readPortion(r, d)
	p.report.Valid = len(p.report.Problems) == 0
	c.portions = append(c.portions, p)
	if p.policy == nil || sameLabel(p.numbered, c.numbered) {
		return
	}
	for _, a := range c.asks {
		if sameLabel(p.numbered, a.numbered) {
			return
		}
	}
	c.asks = append(c.asks, ask{whose: p.report.whose(), numbered: p.numbered, validation: c.validationOf(p)})
}

func sameLabel(a, b spif.Label) bool {
	return a.Policy() == b.Policy() && a.Class() == b.Class() && a.Values().Equal(b.Values()) && a.NamesKnown() && b.NamesKnown()
}

// readPortion reads one label and holds it against its policy and the label of the whole.
func (c *check) readPortion(r PartReport, d draft.Label) portion {
	p := portion{report: r, isNew: d.XML == ""}
	p.report.Problems = []Reason{}
	problem := func(x Reason) { p.report.Problems = append(p.report.Problems, x) }
	from := c.readFrom(r, d)
	numbered, err := c.numberedOf(d)
	if why := c.in.LabelsUnread[r.Index]; err != nil && r.Kind == "attachment" && why != "" {
		problem(Reason{Rule: RulePartUnreadable, Text: fmt.Sprintf("The attachment %q: %s. %s", r.Name, strings.TrimSuffix(why, "."), r.whatIfUnread(d))})
		return p
	}
	if err != nil {
		problem(Reason{Rule: RulePartUnreadable, Text: fmt.Sprintf("The label of %s, %s, cannot be read: %s. %s", r.whose(), from, plain.Text(err), r.whatIfUnread(d))})
		return p
	}
	p.policy, p.numbered = numbered.Policy(), numbered
	p.report.Marking = p.policy.Mark(numbered, c.in.Rules.Language, "")
	p.report.Portion = p.policy.Mark(numbered, c.in.Rules.Language, "portionMarking")
	p.report.Foreground, p.report.Background = p.policy.Colours(numbered)
	named := fmt.Sprintf("The label %q of %s, %s,", p.report.Marking, r.whose(), from)
	for _, x := range p.policy.Validate(numbered, c.validationOf(p)) {
		if !x.Warning {
			problem(Reason{Rule: RulePartInvalid, TagSet: x.TagSet, Needed: x.Needed, Text: fmt.Sprintf("%s is invalid: %s %s", named, x.Words("en"), r.whatIfInvalid(d))})
		}
	}
	if why := c.uncoveredEver(d, numbered); why != "" {
		problem(Reason{Rule: RulePart, Text: fmt.Sprintf("%s is not covered by the label of the whole%s. Give the message a label that is at least as restrictive, or take %s out.", named, why, r.whose())})
	}
	return p
}

// readFrom says where the label of a part was read.
func (c *check) readFrom(r PartReport, d draft.Label) string {
	where := ""
	if r.Kind == "attachment" {
		where = c.in.LabelsReadIn[r.Index]
	}
	switch {
	case where != "":
		return "read in " + where
	case d.XML != "":
		return "handed in as XML"
	}
	return "chosen here"
}

func (r PartReport) whatIfUnread(d draft.Label) string {
	if d.XML == "" {
		return "Choose another one."
	}
	return "Nobody can say who may get it: have its label mended where it comes from, or take " + r.whose() + " out."
}

func (r PartReport) whatIfInvalid(d draft.Label) string {
	if d.XML == "" {
		return "Choose another one."
	}
	return "Have it mended where it comes from, or take " + r.whose() + " out."
}

// validationOf says how the label of a part is judged. Tag sets that the administrator demands are not asked of parts: the label
// of the whole has them, and everybody must be cleared for that one too. (Of parts in a second draft they are: see mayHold.)
func (c *check) validationOf(p portion) spif.Validation {
	return spif.Validation{At: c.in.Now, New: p.isNew}
}

// numberedOf reads a label of a part, or an inherited one, as it is in force now. One of which a name is not known cannot be read.
func (c *check) numberedOf(d draft.Label) (spif.Label, error) { return c.numberedAt(d, c.in.Now) }

func (c *check) numberedAt(d draft.Label, at time.Time) (spif.Label, error) {
	l, err := c.named(d)
	if err != nil {
		return spif.Label{}, err
	}
	if l.Kind != label.Originator && l.Kind != label.Legacy {
		return spif.Label{}, fmt.Errorf("a %s is no label of the content", l.Kind)
	}
	l.Information, _ = l.InForce(at)
	p, err := c.in.Site.Find(l.Policy)
	if err != nil {
		return spif.Label{}, err
	}
	numbered := p.Label(l)
	if !numbered.NamesKnown() {
		if names := numbered.UnknownNames(); len(names) > 0 {
			return spif.Label{}, errors.New(names[0].Words("en"))
		}
		return spif.Label{}, errors.New("a name in it is not known")
	}
	return numbered, nil
}

// uncoveredEver says why the label of the whole is not at least as restrictive as another one, now or after a successor of either has
// replaced it: else the label would undo itself (RULES 1). Empty: it is.
func (c *check) uncoveredEver(d draft.Label, now spif.Label) string {
	if why := uncovered(c.numbered, now); why != "" {
		return why
	}
	l, err := c.named(d)
	if err != nil {
		return ": it cannot be read: " + plain.Text(err)
	}
	for _, at := range slices.Concat(c.label.Changes(c.in.Now), l.Changes(c.in.Now)) {
		other, err := c.numberedAt(d, at)
		if err != nil {
			return fmt.Sprintf(" from %s on, when its successor replaces it, which cannot be read: %v", stamp(at), err)
		}
		own := c.label
		own.Information, _ = c.label.InForce(at)
		p, err := c.in.Site.Find(own.Policy)
		if err != nil {
			return fmt.Sprintf(" from %s on: %v", stamp(at), err)
		}
		if why := uncovered(p.Label(own), other); why != "" {
			return fmt.Sprintf(" from %s on, when a successor replaces one of them%s", stamp(at), why)
		}
	}
	return ""
}

// inherited holds the label against that of the message which this one answers or forwards (RULES 1, 2).
func (c *check) inherited() []Reason {
	d := c.in.Draft.Inherited
	if d == nil || d.IsZero() {
		return nil
	}
	const whose = "The label of the message that this one answers or forwards"
	numbered, err := c.numberedOf(*d)
	if err != nil {
		return []Reason{{Rule: RuleInheritedUnreadable, Text: fmt.Sprintf("%s cannot be read: %s", whose, plain.Text(err))}}
	}
	why := c.uncoveredEver(*d, numbered)
	if why == "" {
		return nil
	}
	return []Reason{{Rule: RuleInherited, Text: fmt.Sprintf("%s, %q, is not covered by this one%s. Take that label, or one that is at least as restrictive.", whose, numbered.Policy().Mark(numbered, "", ""), why)}}
}

// alsoFor holds clearances against the label of a part too. What was said of the whole is not said again.
func (c *check) alsoFor(a ask, p cmbac.Prepared, v *cmbac.Verdict) {
	x := p.Under(c.in.Site, a.numbered.Policy()).Across(c.question(a.numbered, a.validation))
	if x.Decision == cmbac.Permit {
		return
	}
	v.Decision, v.Broken = cmbac.Deny, v.Broken || x.Broken
	told := len(v.Reasons)
	for _, r := range x.Reasons {
		if isSaid(v.Reasons, r) {
			continue
		}
		own := Reason{Rule: RulePartNotCleared, TagSet: r.TagSet, Needed: r.Needed, Held: r.Held}
		if !c.silent {
			own.Text = fmt.Sprintf("For %s: %s", a.whose, r.Words("en"))
		}
		v.Reasons = append(v.Reasons[:told:told], own)
		told++
	}
}

// isSaid reports that one of the reasons asks for the same.
func isSaid(reasons []Reason, r Reason) bool {
	for _, have := range reasons {
		if (have.Rule == r.Rule || have.Rule == RulePartNotCleared) && have.TagSet == r.TagSet && fmt.Sprint(have.Needed) == fmt.Sprint(r.Needed) {
			return true
		}
	}
	return false
}

// partReports are the parts for the report.
func (c *check) partReports() []PartReport {
	out := make([]PartReport, len(c.portions))
	for i, p := range c.portions {
		out[i] = p.report
	}
	return out
}
