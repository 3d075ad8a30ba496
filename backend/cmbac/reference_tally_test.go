package cmbac_test

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"caveat/backend/spif/spiftest"
)

// tally is what a run has met.
type tally struct {
	mu                                       sync.Mutex
	triples, valid, permitted, higherPermits int
	// Rules that stood alone between a label and its validity, and between a clearance and its permit.
	broken, denied map[string]int
	first          int // number of the policy on which the first difference was met
	found          *spiftest.Case
}

func newTally() *tally { return &tally{broken: map[string]int{}, denied: map[string]int{}} }

// compareMany compares on random labels and clearances of policy number i, until the first difference.
func (y *tally) compareMany(random *rand.Rand, i int, document []byte, each int, wrap wrapper) error {
	s, err := newSubject(document, wrap)
	if err != nil {
		return err
	}
	sampler, mine := spiftest.NewSampler(random, s.reference), newTally()
	for range each {
		c := spiftest.Case{Policy: document, Label: sampler.Label(), At: sampler.Time(), New: sampler.IntN(3) == 0}
		c.Required = sampler.RequiredTagSets()
		c.Clearance = sampler.Clearance(c.Label)
		want, broken := s.byReference(c)
		got, denied, err := s.byEngine(c)
		if kindOf(got, want, err) != "" {
			mine.found, mine.first = &c, i
			break
		}
		mine.count(want, broken, denied)
	}
	y.add(mine)
	return nil
}

func (y *tally) count(a answers, broken, denied []string) {
	y.triples++
	if a.valid {
		y.valid++
		alone(y.denied, denied)
	}
	if a.decided() {
		y.permitted++
	}
	if a.higherPermits && !a.permits && a.valid {
		y.higherPermits++
	}
	alone(y.broken, broken)
}

// alone counts a rule that no other stands beside.
func alone(counts map[string]int, rules []string) {
	if len(rules) > 0 && !slices.ContainsFunc(rules, func(r string) bool { return r != rules[0] }) {
		counts[rules[0]]++
	}
}

func (y *tally) add(o *tally) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.triples += o.triples
	y.valid += o.valid
	y.permitted += o.permitted
	y.higherPermits += o.higherPermits
	for rule, n := range o.broken {
		y.broken[rule] += n
	}
	for rule, n := range o.denied {
		y.denied[rule] += n
	}
	if o.found != nil && (y.found == nil || o.first < y.first) {
		y.found, y.first = o.found, o.first
	}
}

// over reports whether a difference was met on an earlier policy: later ones need not be tried.
func (y *tally) over(i int) bool {
	y.mu.Lock()
	defer y.mu.Unlock()
	return y.found != nil && y.first < i
}

// report shrinks the difference that was found, if there is one, and says all about it.
func (y *tally) report(t *testing.T) bool {
	t.Helper()
	if y.found == nil {
		return false
	}
	small := shrink(*y.found, itself)
	kind, text := compare(small, itself)
	t.Errorf("policy %d: they differ in the %s\n%v%s", y.first, kind, small, text)
	return true
}
