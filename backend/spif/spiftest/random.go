package spiftest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"caveat/backend/label"
)

// Random writes a policy with at most size category values (0: no tag sets), schema-valid and accepted by spif.Parse. Every
// construct that bears on a decision comes with good probability: the same value name in several tags of a tag set, entries
// of one value with different rules, lacvs that names share, all rules and limits, obsolete values, dates.
func Random(r *rand.Rand, size int) []byte {
	return newSketch(r, 1, size, false).document()
}

// RandomPair writes two policies that name each other, with equivalences of all kinds in both directions: good ones, ones
// for one side only, discarding, ambiguous and dangling ones.
func RandomPair(r *rand.Rand, size int) (a, b []byte) {
	x, y := newSketch(r, 1, size, true), newSketch(r, 2, size, true)
	if r.IntN(3) > 0 {
		y.copyNames(x)
	}
	x.other, y.other = y, x
	return x.document(), y.document()
}

// sketch is a policy before its rules: names and numbers, so that rules can refer to them.
type sketch struct {
	*rand.Rand
	paired   bool // to be translated from and to
	name, id string
	classes  []className
	sets     []*setSketch
	other    *sketch // the policy of the equivalences, nil without
}

type className struct {
	name            string
	lacv, hierarchy int
}

type setSketch struct {
	name, id   string
	tags       []*tagSketch
	equivalent bool // as a whole to one of another policy, which may name it so too
}

type tagSketch struct {
	set           *setSketch
	tagType, enum string
	names, lacvs  []string // of each value
	inputs        []string // userInput of each value, mostly ""
	equivalents   map[int][]*node
}

var (
	classNames = []string{"OPEN", "GUARDED", "Most Secret", "VERTRAULICH", "ТАЙНО"}
	setNames   = []string{"Releasable To", "Codewords", "Context", "Förderung"}
	valueNames = []string{
		"ALFA", "Bravo", "Charlie Two", "DELTA", "Écho", "FOXTROT", "golf", "Hotel", "INDIA 9", "Juliett", "KILO", "Lima/Mike",
	}
)

func (s *sketch) chance(percent int) bool { return s.IntN(100) < percent }

func newSketch(r *rand.Rand, number, size int, paired bool) *sketch {
	s := &sketch{Rand: r, paired: paired, name: fmt.Sprintf("RANDOM %d", number), id: fmt.Sprintf("1.3.6.1.4.1.32473.%d.1", 100+number)}
	for i, k := range r.Perm(len(classNames))[:1+r.IntN(5)] {
		s.classes = append(s.classes, className{name: classNames[k], lacv: i, hierarchy: 10*r.IntN(10) - 50 + i})
	}
	if size == 0 {
		return s
	}
	for i, k := range r.Perm(len(setNames))[:1+r.IntN(4)] {
		set := &setSketch{name: setNames[k], id: fmt.Sprintf("1.3.6.1.4.1.32473.%d.2.%d", 100+number, i), equivalent: s.chance(50)}
		for range 1 + r.IntN(3) {
			set.tags = append(set.tags, s.newTag(set))
		}
		s.sets = append(s.sets, set)
	}
	for range 1 + (size*(1+r.IntN(4))-1)/4 {
		set := s.sets[r.IntN(len(s.sets))]
		s.addValue(set.tags[r.IntN(len(set.tags))])
	}
	return s
}

func (s *sketch) newTag(set *setSketch) *tagSketch {
	tag := &tagSketch{set: set, equivalents: map[int][]*node{}}
	tag.tagType = pick(s, "restrictive", "restrictive", "permissive", "permissive", "enumerated", "enumerated", "tagType7", "notApplicable")
	if tag.tagType == "enumerated" {
		tag.enum = pick(s, "restrictive", "permissive")
	}
	return tag
}

func (t *tagSketch) typ() label.Type {
	switch {
	case t.tagType == "restrictive" || t.enum == "restrictive":
		return label.Restrictive
	case t.tagType == "permissive" || t.enum == "permissive":
		return label.Permissive
	}
	return label.Informative
}

// typed reports whether a tag of the set takes free text.
func (s *setSketch) typed() bool {
	return slices.ContainsFunc(s.tags, func(t *tagSketch) bool {
		return slices.ContainsFunc(t.inputs, func(input string) bool { return input != "" })
	})
}

func (s *setSketch) size() int {
	n := 0
	for _, t := range s.tags {
		n += len(t.names)
	}
	return n
}

// addValue gives a tag one more value: a new name, mostly with a number of its own. A name that is there already becomes
// another entry of that value.
func (s *sketch) addValue(t *tagSketch) {
	name, lacv, input := pick(s, valueNames...), strconv.Itoa(len(t.names)+1), ""
	if k := slices.Index(t.names, name); k >= 0 {
		lacv, input = t.lacvs[k], t.inputs[k]
	} else {
		switch {
		case t.typ() == label.Informative && s.chance(40) && (severalInputs || !t.set.typed()):
			name, input = "Title of "+name, pick(s, "string", "integer", "date")
		case len(t.names) > 0 && s.chance(15):
			lacv = t.lacvs[s.IntN(len(t.lacvs))] // two names, one number
		case s.chance(10):
			lacv = "00" + lacv // the same number
		case s.chance(5):
			lacv = "x" + lacv // a string
		}
	}
	t.names, t.lacvs, t.inputs = append(t.names, name), append(t.lacvs, lacv), append(t.inputs, input)
}

// copyNames gives this policy the tag sets of another, with their types and value names but numbers of its own, so that
// whole tag sets can be equivalent. Some names are left out.
func (s *sketch) copyNames(from *sketch) {
	s.sets = nil
	for i, set := range from.sets {
		own := &setSketch{name: set.name, id: fmt.Sprintf("1.3.6.1.4.1.32473.102.2.%d", i), equivalent: set.equivalent}
		for _, t := range set.tags {
			tag := &tagSketch{set: own, equivalents: map[int][]*node{}, tagType: t.tagType, enum: t.enum}
			for k, name := range t.names {
				if s.chance(90) && !slices.Contains(tag.names, name) {
					tag.names, tag.inputs = append(tag.names, name), append(tag.inputs, t.inputs[k])
					tag.lacvs = append(tag.lacvs, strconv.Itoa(500-own.size()-len(tag.names)))
				}
			}
			own.tags = append(own.tags, tag)
		}
		s.sets = append(s.sets, own)
	}
}

// tags are all tags that have a value.
func (s *sketch) tags() []*tagSketch {
	var out []*tagSketch
	for _, set := range s.sets {
		for _, t := range set.tags {
			if len(t.names) > 0 {
				out = append(out, t)
			}
		}
	}
	return out
}

func pick[T any](r interface{ IntN(int) int }, from ...T) T { return from[r.IntN(len(from))] }

// node is one element to be written.
type node struct {
	name  string
	attrs []string // name, value, name, value, …
	text  string
	kids  []*node
}

func element(name string, attrs ...string) *node { return &node{name: name, attrs: attrs} }

func (n *node) set(name, value string) { n.attrs = append(n.attrs, name, value) }

func (n *node) add(kids ...*node) *node {
	n.kids = append(n.kids, kids...)
	return n
}

var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", `"`, "&quot;")

func (n *node) write(b *strings.Builder, indent string) {
	b.WriteString(indent + "<" + n.name)
	for i := 0; i < len(n.attrs); i += 2 {
		b.WriteString(" " + n.attrs[i] + `="` + escape.Replace(n.attrs[i+1]) + `"`)
	}
	switch {
	case len(n.kids) > 0:
		b.WriteString(">\n")
		for _, k := range n.kids {
			k.write(b, indent+" ")
		}
		b.WriteString(indent + "</" + n.name + ">\n")
	case n.text != "":
		b.WriteString(">" + escape.Replace(n.text) + "</" + n.name + ">\n")
	default:
		b.WriteString("/>\n")
	}
}
