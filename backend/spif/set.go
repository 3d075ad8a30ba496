package spif

import (
	"iter"
	"math/bits"
	"slices"
)

// Set is a set of category values of one policy, by their numbers. Sets of different policies must not be mixed. The
// zero Set is empty. A Set handed out by a Policy is read only; the exported methods here never change one.
type Set struct{ words []uint64 }

func newSet(size int) Set { return Set{words: make([]uint64, (size+63)/64)} }

func (s Set) add(number int) { s.words[number/64] |= 1 << (number % 64) }

// addAll adds every value of t, which must be of the same policy.
func (s Set) addAll(t Set) {
	for i, w := range t.words {
		s.words[i] |= w
	}
}

// clone gives a copy with room for at least size values.
func (s Set) clone(size int) Set {
	out := newSet(size)
	copy(out.words, s.words)
	return out
}

// Has reports whether the value of that number is in the set.
func (s Set) Has(number int) bool {
	return number >= 0 && number/64 < len(s.words) && s.words[number/64]&(1<<(number%64)) != 0
}

// Len is how many values are in the set.
func (s Set) Len() int {
	n := 0
	for _, w := range s.words {
		n += bits.OnesCount64(w)
	}
	return n
}

// lenWithin is how many values are in both sets.
func (s Set) lenWithin(t Set) int {
	n := 0
	for i, w := range s.words {
		n += bits.OnesCount64(w & t.word(i))
	}
	return n
}

// lenWithout is how many values of s are not in t.
func (s Set) lenWithout(t Set) int {
	n := 0
	for i, w := range s.words {
		n += bits.OnesCount64(w &^ t.word(i))
	}
	return n
}

// IsEmpty reports whether no value is in the set.
func (s Set) IsEmpty() bool {
	for _, w := range s.words {
		if w != 0 {
			return false
		}
	}
	return true
}

// All gives the numbers in the set, rising.
func (s Set) All() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, w := range s.words {
			for ; w != 0; w &= w - 1 {
				if !yield(i*64 + bits.TrailingZeros64(w)) {
					return
				}
			}
		}
	}
}

// first is the lowest number in the set, -1 when it is empty.
func (s Set) first() int {
	for i, w := range s.words {
		if w != 0 {
			return i*64 + bits.TrailingZeros64(w)
		}
	}
	return -1
}

// Equal reports whether both sets have the same values.
func (s Set) Equal(t Set) bool { return s.Covers(t) && t.Covers(s) }

func (s Set) word(i int) uint64 {
	if i < len(s.words) {
		return s.words[i]
	}
	return 0
}

// With is the set and one number more; the numbers of classifications can be put in a set of their own in this way.
func (s Set) With(number int) Set {
	out := Set{words: make([]uint64, max(len(s.words), number/64+1))}
	copy(out.words, s.words)
	out.add(number)
	return out
}

// And is the values that are in both sets.
func (s Set) And(t Set) Set {
	out := Set{words: slices.Clone(s.words)}
	for i := range out.words {
		out.words[i] &= t.word(i)
	}
	return out
}

// Or is the values that are in either set.
func (s Set) Or(t Set) Set {
	if len(s.words) < len(t.words) {
		s, t = t, s
	}
	out := Set{words: slices.Clone(s.words)}
	out.addAll(t)
	return out
}

// Without is the values of s that are not in t.
func (s Set) Without(t Set) Set {
	out := Set{words: slices.Clone(s.words)}
	for i := range out.words {
		out.words[i] &^= t.word(i)
	}
	return out
}

// Meets reports whether both sets have a value in common.
func (s Set) Meets(t Set) bool {
	for i, w := range s.words {
		if w&t.word(i) != 0 {
			return true
		}
	}
	return false
}

// MeetsWithin reports whether both sets have a value of mask in common: the rule of a permissive tag.
func (s Set) MeetsWithin(mask, t Set) bool {
	for i, w := range s.words {
		if w&mask.word(i)&t.word(i) != 0 {
			return true
		}
	}
	return false
}

// Covers reports whether every value of t is in s: the rule of restrictive tags, all at once.
func (s Set) Covers(t Set) bool {
	var missing uint64
	for i, w := range t.words {
		missing |= w &^ s.word(i)
	}
	return missing == 0
}

// CoversWithin reports whether every value of t that is in mask is in s: the rule of one restrictive tag.
func (s Set) CoversWithin(mask, t Set) bool {
	for i, w := range t.words {
		if w&mask.word(i)&^s.word(i) != 0 {
			return false
		}
	}
	return true
}

// Groups is several sets of values, none of which is empty. The zero Groups has none.
type Groups struct{ spans []span }

// span is the values of a group that lie in one word of a Set; a group has one or more.
type span struct {
	word int
	mask uint64
	last bool // of its group
}

func (g *Groups) add(s Set) {
	before := len(g.spans)
	for i, w := range s.words {
		if w != 0 {
			g.spans = append(g.spans, span{word: i, mask: w})
		}
	}
	if len(g.spans) > before {
		g.spans[len(g.spans)-1].last = true
	}
}

// MeetsEach reports whether s has a value of every group: the rule of permissive tags, all at once.
func (s Set) MeetsEach(g Groups) bool {
	ok, met := true, false
	for _, x := range g.spans {
		met = met || s.word(x.word)&x.mask != 0
		if x.last {
			ok, met = ok && met, false
		}
	}
	return ok
}
