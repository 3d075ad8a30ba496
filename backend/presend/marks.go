package presend

import (
	"caveat/backend/label"
	"caveat/backend/spif"
)

// Marks is the marking of the label at the places in a mail message that the policy or the installation names.
type Marks = spif.Placed

// When says when a marking is put at a place where the policy's marking codes put none.
type When string

// The answers. Another value counts as MarkPolicy.
const (
	MarkPolicy        When = ""               // never: exactly as the policy's codes say
	MarkAlways        When = "always"         // in every message
	MarkWithoutLabels When = "without-labels" // where the system of a recipient is known not to understand labels
)

// Marking is where the marking stands in a mail message besides where the policy's marking codes place one: real policies have none of
// these codes, and who reads a message with a program that knows no labels would see none. The zero Marking adds nothing.
type Marking struct {
	FirstLine, LastLine, Subject, Header When
	HeaderName                           string // of the field that Header adds; "": spif.DefaultHeader
}

// Marks gives the markings that the message must carry in its text, subject and header, as policy and installation have it. All
// empty: none.
func (r *Result) Marks() Marks { return r.marks }

// IsMarkedRight reports that a message that was composed with these markings still carries what Marks wants of it. Markings that are
// there for somebody who does not understand labels are right for the others too, when only these are left.
func (r *Result) IsMarkedRight(m Marks) bool { return m == r.marks || m == r.widest }

// placed gives the markings for those who are addressed.
func (c *check) placed(all []addressee) Marks { return c.place(!c.allKnowLabels(all)) }

// place adds to the policy's markings those that the installation wants: the policy's own for the top of a page at the first line,
// elsewhere that for its bottom. Where the policy places one it stands alone. isBlind: of somebody it is known that his system does not
// understand labels.
func (c *check) place(isBlind bool) Marks {
	m, rule := c.marks, c.in.Rules.Marking
	if !c.numbered.NamesKnown() {
		return m
	}
	fill := func(to *string, when When, page spif.Placement) {
		if *to == "" && (when == MarkAlways || when == MarkWithoutLabels && isBlind) {
			*to = c.policy.Mark(c.numbered, c.in.Rules.Language, page)
		}
	}
	fill(&m.FirstLine, rule.FirstLine, "pageTop")
	fill(&m.LastLine, rule.LastLine, "pageBottom")
	fill(&m.Subject, rule.Subject, "pageBottom")
	if m.Header == "" {
		if fill(&m.Header, rule.Header, "pageBottom"); m.Header != "" {
			m.HeaderName = spif.DefaultHeader
			if rule.HeaderName != "" {
				m.HeaderName = rule.HeaderName
			}
		}
	}
	return m
}

// allKnowLabels reports that of nobody to whom the message is delivered it is known that the system does not understand labels.
func (c *check) allKnowLabels(all []addressee) bool {
	for _, a := range all {
		knows := true
		look := func(entries []Entry) {
			for i := range entries {
				knows = knows && entries[i].Capabilities.Labels != AnswerNo
			}
		}
		look(a.party.Entries)
		for i := range a.behind {
			look(a.behind[i].party.Entries)
		}
		if !knows {
			return false
		}
	}
	return true
}

// MarkingOf gives the marking of another label, such as the one that the draft had before, in the language of what goes out; all empty
// where its policy or one of its names is not known.
func (r *Result) MarkingOf(l label.Label) (marking, foreground, background string) {
	if r.site == nil {
		return "", "", ""
	}
	p, err := r.site.Find(l.Policy)
	if err != nil {
		return "", "", ""
	}
	n := p.Label(l)
	if !n.NamesKnown() {
		return "", "", ""
	}
	foreground, background = p.Colours(n)
	return p.Mark(n, r.rules.Language, ""), foreground, background
}
