package spiftest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"caveat/backend/label"
	"caveat/backend/label/strictxml"
)

// Case is one question on which evaluators are compared.
type Case struct {
	Policy    []byte // SPIF
	Other     []byte // SPIF of the clearance, where it is another; else nil
	Label     label.Information
	Clearance label.Clearance
	At        time.Time
	New       bool
	Required  []string // tag sets, RULES 4
}

// String writes the case as the documents it is made of.
func (c Case) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "at %s, new label %v, required tag sets %q\n%s\n", c.At.Format(time.RFC3339Nano), c.New, c.Required, c.Policy)
	if c.Other != nil {
		fmt.Fprintf(&b, "%s\n", c.Other)
	}
	fmt.Fprintf(&b, "%s\n%s\n", label.Label{Information: c.Label}.Marshal(), c.Clearance.Marshal())
	return b.String()
}

// Shrink takes away what a difference does not need: elements and attributes of the policies, values of label and
// clearance. differs says whether the evaluators still differ on a case; it is false for a policy that cannot be read, and
// true for c. Nothing more can be taken from the result, one thing at a time.
func Shrink(c Case, differs func(Case) bool) Case {
	s := shrinker{Case: c, differs: differs}
	for s.smaller = true; s.smaller; {
		s.smaller = false
		s.policy(func(c *Case) *[]byte { return &c.Policy })
		if c.Other != nil {
			s.policy(func(c *Case) *[]byte { return &c.Other })
		}
		s.circumstances()
		s.categories(func(c *Case) *[]label.Category { return &c.Label.Categories })
		s.categories(func(c *Case) *[]label.Category { return &c.Clearance.Categories })
		s.classifications()
	}
	return s.Case
}

type shrinker struct {
	Case
	differs func(Case) bool
	smaller bool
}

// try keeps a change when the evaluators still differ. The change must not write to what the case shares.
func (s *shrinker) try(change func(*Case)) bool {
	next := s.Case
	change(&next)
	if !s.differs(next) {
		return false
	}
	s.Case, s.smaller = next, true
	return true
}

// policy takes away elements, then attributes, of one of the policies.
func (s *shrinker) policy(of func(*Case) *[]byte) {
	for i := 1; ; {
		elements := flatten(*of(&s.Case))
		if i >= len(elements) {
			break
		}
		if !s.try(func(c *Case) { *of(c) = without(*of(c), elements[i].Start, elements[i].End) }) {
			i++
		}
	}
	for i := 0; i < len(flatten(*of(&s.Case))); i++ {
		for k := 0; ; {
			e := flatten(*of(&s.Case))[i]
			if k >= len(e.Attrs) {
				break
			}
			if start, end, ok := attribute(*of(&s.Case), e, e.Attrs[k]); !ok || !s.try(func(c *Case) { *of(c) = without(*of(c), start, end) }) {
				k++
			}
		}
	}
}

// flatten is every element of a document, the root first, each before its children.
func flatten(document []byte) []*strictxml.Element {
	r, err := New(document)
	if err != nil {
		return nil
	}
	var out []*strictxml.Element
	var walk func(e *strictxml.Element)
	walk = func(e *strictxml.Element) {
		out = append(out, e)
		for _, c := range e.Children {
			walk(c)
		}
	}
	walk(r.spif)
	return out
}

// without cuts a piece out of a document, with the line that it stood on when nothing else did.
func without(document []byte, start, end int) []byte {
	from := start
	for from > 0 && (document[from-1] == ' ' || document[from-1] == '\t') {
		from--
	}
	if from > 0 && document[from-1] == '\n' && end < len(document) && document[end] == '\n' {
		start, end = from, end+1
	}
	return slices.Concat(document[:start], document[end:])
}

// attribute finds where an attribute stands in the start tag; false when it is written otherwise than Random does.
func attribute(document []byte, e *strictxml.Element, a strictxml.Attr) (start, end int, ok bool) {
	text := " " + a.Name + `="` + escape.Replace(a.Value) + `"`
	tag, _, _ := strings.Cut(string(document[e.Start:e.End]), ">")
	k := strings.Index(tag, text)
	return e.Start + k, e.Start + k + len(text), k >= 0
}

func (s *shrinker) circumstances() {
	s.change(s.New, func(c *Case) { c.New = false })
	for i := len(s.Required) - 1; i >= 0; i-- {
		s.try(func(c *Case) { c.Required = slices.Delete(slices.Clone(c.Required), i, i+1) })
	}
	s.change(s.Label.PrivacyMark != "", func(c *Case) { c.Label.PrivacyMark = "" })
	s.change(s.Label.Policy.URI != "", func(c *Case) { c.Label.Policy.URI = "" })
	s.change(s.Clearance.Policy.URI != "", func(c *Case) { c.Clearance.Policy.URI = "" })
	s.change(!s.At.Equal(Noon), func(c *Case) { c.At = Noon })
	for _, name := range []func(*Case) *string{
		func(c *Case) *string { return &c.Label.Classification },
		func(c *Case) *string { return &c.Label.Policy.Name },
		func(c *Case) *string { return &c.Clearance.Policy.Name },
	} {
		s.plain(name)
	}
}

// change tries a change where there is something to change.
func (s *shrinker) change(there bool, change func(*Case)) bool { return there && s.try(change) }

// plain writes a name without needless white space.
func (s *shrinker) plain(name func(*Case) *string) {
	short := strings.Join(strings.Fields(*name(&s.Case)), " ")
	s.change(short != *name(&s.Case), func(c *Case) { *name(c) = short })
}

func (s *shrinker) classifications() {
	for i := len(s.Clearance.Classifications) - 1; i >= 0; i-- {
		if s.try(func(c *Case) {
			c.Clearance.Classifications = slices.Delete(slices.Clone(c.Clearance.Classifications), i, i+1)
		}) {
			continue
		}
		s.plain(func(c *Case) *string {
			c.Clearance.Classifications = slices.Clone(c.Clearance.Classifications)
			return &c.Clearance.Classifications[i]
		})
	}
}

// categories takes away categories and values of the label or of the clearance, and writes the rest plainly.
func (s *shrinker) categories(of func(*Case) *[]label.Category) {
	own := func(c *Case) []label.Category { // a copy of its own, to be written to
		*of(c) = clone(label.Information{Categories: *of(c)}).Categories
		return *of(c)
	}
	for i := len(*of(&s.Case)) - 1; i >= 0; i-- {
		if s.try(func(c *Case) { *of(c) = slices.Delete(own(c), i, i+1) }) {
			continue
		}
		s.change((*of(&s.Case))[i].URI != "", func(c *Case) { own(c)[i].URI = "" })
		s.plain(func(c *Case) *string { return &own(c)[i].TagName })
		for k := len((*of(&s.Case))[i].Values) - 1; k >= 0; k-- {
			if !s.try(func(c *Case) {
				x := &own(c)[i]
				x.Values = slices.Delete(x.Values, k, k+1)
			}) {
				s.plain(func(c *Case) *string { return &own(c)[i].Values[k] })
			}
		}
	}
}
