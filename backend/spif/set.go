package spif

import "math/bits"

// Set is a set of category values of one policy, by their numbers. Sets of different policies must not be mixed. The
// zero Set is empty. A Set handed out by a Policy is read only; the methods here never change one.
type Set struct{ words []uint64 }

func newSet(size int) Set { return Set{words: make([]uint64, (size+63)/64)} }

func (s Set) add(number int) { s.words[number/64] |= 1 << (number % 64) }

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

func (s Set) word(i int) uint64 {
	if i < len(s.words) {
		return s.words[i]
	}
	return 0
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

// CoveredWithin reports whether every value of s in mask is also in t: the rule of a restrictive tag.
func (s Set) CoveredWithin(mask, t Set) bool {
	for i, w := range s.words {
		if w&mask.word(i)&^t.word(i) != 0 {
			return false
		}
	}
	return true
}
