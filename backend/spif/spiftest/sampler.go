package spiftest

import (
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"caveat/backend/label"
	"caveat/backend/label/strictxml"
)

// Noon is the time at which most of a Sampler's labels are meant to be judged.
var Noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// Sampler makes labels and clearances for one policy, so that a good part of them is valid and permitted and every rule is
// broken now and then. It is not safe for concurrent use.
type Sampler struct {
	*rand.Rand
	ref     Reference
	choices []label.Category    // every value that can be chosen, each as a category of its own
	valid   []label.Information // some labels that are valid at Noon
}

// texts are free text for userInput, good and bad.
var texts = []string{"7", "2030-01-02", "20300102", "on the bridge", "2030-02-30", "-7", "seven", "ALFA"}

// NewSampler looks for valid labels first; where it finds none, most labels will be invalid.
func NewSampler(r *rand.Rand, ref Reference) *Sampler {
	s := &Sampler{Rand: r, ref: ref, choices: ref.Named()}
	for _, set := range ref.sets() {
		for _, tag := range children(set, "securityCategoryTag") {
			for _, e := range children(tag, "tagCategory") {
				if has(e, "userInput") {
					s.choices = append(s.choices, category(set, typeOf(tag), pick(r, texts...)))
				}
			}
		}
	}
	for range 40 {
		if l, ok := s.climb(); ok {
			s.valid = append(s.valid, l)
		}
	}
	return s
}

func (s *Sampler) chance(percent int) bool { return s.IntN(100) < percent }

// climb starts at a random label and changes it as long as that breaks no more rules, until none is broken.
func (s *Sampler) climb() (label.Information, bool) {
	chosen, class, isNew := s.some(s.IntN(5)), pick(s, s.ref.Classes()...), s.chance(50)
	least := 1 << 30
	for range 25 {
		nextChosen, nextClass := slices.Clone(chosen), class
		switch {
		case least == 1<<30: // the start
		case len(nextChosen) > 0 && s.chance(45):
			i := s.IntN(len(nextChosen))
			nextChosen = slices.Delete(nextChosen, i, i+1)
		case s.chance(25):
			nextClass = pick(s, s.ref.Classes()...)
		default:
			nextChosen = append(nextChosen, s.some(1)...)
		}
		l := label.Information{Policy: s.ref.PolicyID(), Classification: nextClass, Categories: Gather(nextChosen)}
		ok, broken := s.ref.Valid(l, Noon, isNew, nil)
		if ok {
			return l, true
		}
		if len(broken) <= least {
			least, chosen, class = len(broken), nextChosen, nextClass
		}
	}
	return label.Information{}, false
}

// some is n values, perhaps one twice.
func (s *Sampler) some(n int) []label.Category {
	var out []label.Category
	for range n {
		if len(s.choices) > 0 {
			out = append(out, pick(s, s.choices...))
		}
	}
	return out
}

// ValidLabel is a label that was valid at Noon, as the policy spells it; false when none was found.
func (s *Sampler) ValidLabel() (label.Information, bool) {
	if len(s.valid) == 0 {
		return label.Information{}, false
	}
	return clone(pick(s, s.valid...)), true
}

// Label is a random label: mostly a valid one, as it is or with one thing changed, in any spelling.
func (s *Sampler) Label() label.Information {
	l, ok := s.ValidLabel()
	if !ok || s.chance(15) {
		l = label.Information{Policy: s.ref.PolicyID(), Classification: pick(s, s.ref.Classes()...), Categories: Gather(s.some(s.IntN(6)))}
	}
	if s.chance(40) {
		s.change(&l)
	}
	l.Policy = s.policy(l.Policy)
	l.Classification = s.spell(l.Classification)
	s.spellAll(l.Categories)
	if s.chance(10) {
		l.PrivacyMark = pick(s, "PERSONAL", "FOR YOU")
	}
	return l
}

// change makes one change, most of which make a label invalid.
func (s *Sampler) change(l *label.Information) {
	var c *label.Category
	if len(l.Categories) > 0 {
		c = &l.Categories[s.IntN(len(l.Categories))]
	}
	switch k := s.IntN(18); {
	case k >= 16 && c != nil: // more of one tag
		l.Categories = Gather(append(slices.Clone(l.Categories), slices.DeleteFunc(slices.Clone(s.choices), func(o label.Category) bool {
			return o.TagName != c.TagName || o.Type != c.Type || s.chance(30)
		})...))
	case k < 5 || c == nil:
		l.Categories = Gather(append(slices.Clone(l.Categories), s.some(1+s.IntN(2))...))
	case k < 8:
		l.Classification = pick(s, s.ref.Classes()...)
	case k == 8:
		l.Classification = "NO SUCH CLASS"
	case k == 9:
		c.Values = append(c.Values, pick(s, "NO SUCH VALUE", pick(s, valueNames...)))
	case k == 10:
		c.Values = append(c.Values, pick(s, c.Values...))
	case k == 11:
		c.Values = nil
	case k == 12:
		c.URI = pick(s, "urn:oid:1.2.3", s.ref.PolicyID().URI)
	case k == 13:
		c.TagName, c.URI = "NO SUCH SET", ""
	case k == 14:
		c.Type = pick(s, label.Restrictive, label.Permissive, label.Informative)
	default:
		c.Values = c.Values[1:]
	}
}

// Clearance is a random clearance, made with the label in mind: it holds most of what that asks for, all of it, or
// whatever.
func (s *Sampler) Clearance(l label.Information) label.Clearance {
	c := label.Clearance{Policy: s.policy(s.ref.PolicyID())}
	if s.chance(85) {
		c.Classifications = append(c.Classifications, l.Classification)
	}
	for range s.IntN(3) {
		c.Classifications = append(c.Classifications, pick(s, append(s.ref.Classes(), "NO SUCH CLASS")...))
	}
	missing, extra := pick(s, 0, 0, 10, 40), pick(s, 0, 20, 60, 100)
	if s.chance(80) {
		for _, k := range l.Categories {
			held := label.Category{TagName: k.TagName, Type: k.Type, URI: k.URI}
			for _, v := range k.Values {
				if !s.chance(missing) {
					held.Values = append(held.Values, v)
				}
			}
			c.Categories = append(c.Categories, held)
		}
	}
	for _, k := range s.choices {
		if s.chance(extra) {
			c.Categories = append(c.Categories, k)
		}
	}
	c.Categories = Gather(c.Categories)
	for i := range c.Categories {
		if s.chance(4) {
			c.Categories[i].Values = append(c.Categories[i].Values, "NO SUCH VALUE")
		}
		if s.chance(2) {
			c.Categories[i].URI = "urn:oid:1.2.3"
		}
	}
	s.Shuffle(len(c.Categories), func(i, k int) { c.Categories[i], c.Categories[k] = c.Categories[k], c.Categories[i] })
	for i := range c.Classifications {
		c.Classifications[i] = s.spell(c.Classifications[i])
	}
	s.spellAll(c.Categories)
	return c
}

// Time is Noon, or a time at which something may begin or end.
func (s *Sampler) Time() time.Time {
	if s.chance(75) {
		return Noon
	}
	begin, _ := dateTime(early)
	end, _ := dateTime(late)
	zoned, _ := dateTime("2027-06-01T23:59:59.5+02:00")
	return pick(s, begin, begin.Add(-time.Nanosecond), end, end.Add(time.Nanosecond), zoned, zoned.Add(time.Nanosecond),
		begin.AddDate(-1, 0, 0), end.AddDate(9, 0, 0))
}

// RequiredTagSets is mostly nothing, otherwise names of tag sets, perhaps of none.
func (s *Sampler) RequiredTagSets() []string {
	var out []string
	if s.chance(7) {
		out = append(out, s.spell(pick(s, setNames...)))
		for _, set := range s.ref.sets() {
			if s.chance(40) {
				out = append(out, s.spell(attr(set, "name")))
			}
		}
	}
	return out
}

func (s *Sampler) policy(id label.PolicyID) label.PolicyID {
	switch k := s.IntN(100); {
	case k < 20:
		id.URI = ""
	case k < 22:
		id.URI = "urn:oid:1.2.3"
	case k < 24:
		id.Name = "NO SUCH POLICY"
	}
	id.Name = s.spell(id.Name)
	return id
}

func (s *Sampler) spellAll(categories []label.Category) {
	for i := range categories {
		c := &categories[i]
		set := s.ref.set(c.TagName)
		for k, v := range c.Values {
			// Free text stays as it is: labels are read with white space collapsed, so that it comes without any around it.
			if !s.isText(set, c.Type, v) {
				c.Values[k] = s.spell(v)
			}
		}
		c.TagName = s.spell(c.TagName)
		if s.chance(40) {
			c.URI = ""
		}
	}
}

func (s *Sampler) isText(set *strictxml.Element, typ label.Type, v string) bool {
	if typ != label.Informative {
		return false
	}
	p := s.ref.places(set, typ, v)
	return len(p) > 0 && p[0].typed
}

// spell writes a name in another way that means the same.
func (s *Sampler) spell(name string) string {
	switch s.IntN(10) {
	case 0:
		return strings.ToLower(name)
	case 1:
		return strings.ToUpper(name)
	case 2:
		return " " + strings.ReplaceAll(name, " ", " \t\n ") + " "
	}
	return name
}

// clone copies what a change could write to.
func clone(l label.Information) label.Information {
	l.Categories = slices.Clone(l.Categories)
	for i := range l.Categories {
		l.Categories[i].Values = slices.Clone(l.Categories[i].Values)
	}
	return l
}
