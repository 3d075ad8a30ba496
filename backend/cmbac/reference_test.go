package cmbac_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"caveat/backend/cmbac"
	"caveat/backend/label"
	"caveat/backend/spif"
	"caveat/backend/spif/spiftest"
)

// seedVariable names the environment variable that repeats a run.
const seedVariable = "CAVEAT_REFERENCE_SEED"

// seed is another one in each run, and printed.
func seed(t *testing.T) uint64 {
	t.Helper()
	n := uint64(4774) // the same policies in every run; "random" draws others, as make soak does
	switch text := os.Getenv(seedVariable); text {
	case "":
	case "random":
		n = uint64(time.Now().UnixNano())
	default:
		var err error
		if n, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%s=%d repeats this run", seedVariable, n)
	return n
}

// scale is how many policies a run draws, and how many labels and clearances for each.
func scale() (policies, each int) {
	if raceDetector {
		return 200, 100
	}
	return 200, 1000
}

// onAllProcessors calls one for 0 to n-1, several at a time, and reports what they return.
func onAllProcessors(t *testing.T, n int, one func(i int) error) {
	t.Helper()
	numbers := make(chan int)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := range numbers {
				if err := one(i); err != nil {
					t.Errorf("policy %d: %v", i, err)
				}
			}
		})
	}
	for i := range n {
		numbers <- i
	}
	close(numbers)
	workers.Wait()
}

// wrapper makes the evaluator that the engine is held against: the reference itself, or a wrong one.
type wrapper func(spiftest.Reference) spiftest.Evaluator

func itself(r spiftest.Reference) spiftest.Evaluator { return r }

// answers is everything that evaluators are compared on for one case.
type answers struct {
	valid, named           bool
	permits, higherPermits bool // the decision alone, by membership and by hierarchy
}

// decided is the whole question.
func (a answers) decided() bool { return a.named && a.valid && a.permits }

// subject is a policy in both readings.
type subject struct {
	policy    *spif.Policy
	site      *spif.Site
	reference spiftest.Reference
	evaluator spiftest.Evaluator
}

func newSubject(document []byte, wrap wrapper) (subject, error) {
	p, err := spif.Parse(bytes.NewReader(document))
	if err != nil {
		return subject{}, fmt.Errorf("%w in\n%s", err, document)
	}
	site, err := spif.NewSite(p)
	if err != nil {
		return subject{}, err
	}
	r, err := spiftest.New(document)
	return subject{policy: p, site: site, reference: r, evaluator: wrap(r)}, err
}

func (s subject) byReference(c spiftest.Case) (answers, []string) {
	valid, broken := s.evaluator.Valid(c.Label, c.At, c.New, c.Required)
	return answers{
		valid: valid, named: s.reference.Names(c.Label.Policy) && s.reference.Names(c.Clearance.Policy),
		permits: s.evaluator.Permits(c.Label, c.Clearance, false), higherPermits: s.evaluator.Permits(c.Label, c.Clearance, true),
	}, broken
}

// byEngine also returns the reasons for which a valid label is denied by membership; the error tells of a decision that
// contradicts its explanation.
func (s subject) byEngine(c spiftest.Case) (answers, []string, error) {
	l := s.policy.Label(label.Label{Information: c.Label})
	held, _ := s.policy.Clearance(c.Clearance)
	_, labelErr := s.site.Find(c.Label.Policy)
	_, clearanceErr := s.site.Find(c.Clearance.Policy)
	out := answers{
		valid:         !spif.Invalid(s.policy.Validate(l, spif.Validation{At: c.At, New: c.New, RequireTagSets: c.Required})),
		named:         labelErr == nil && clearanceErr == nil,
		permits:       cmbac.Decide(s.policy, l, held, cmbac.Membership) == cmbac.Permit,
		higherPermits: cmbac.Decide(s.policy, l, held, cmbac.Hierarchical) == cmbac.Permit,
	}
	reasons := cmbac.Explain(s.policy, l, held, cmbac.Membership)
	if (len(reasons) == 0) != out.permits {
		return out, nil, fmt.Errorf("permit by membership is %v with the reasons %+v", out.permits, reasons)
	}
	if r := cmbac.Explain(s.policy, l, held, cmbac.Hierarchical); (len(r) == 0) != out.higherPermits {
		return out, nil, fmt.Errorf("permit by hierarchy is %v with the reasons %+v", out.higherPermits, r)
	}
	var denied []string
	for _, r := range reasons {
		denied = append(denied, r.Rule)
	}
	return out, denied, nil
}

// kindOf says in what the answers differ, "" when they agree; so shrinking one difference does not end at another.
func kindOf(got, want answers, err error) string {
	switch {
	case got.valid != want.valid:
		return "validity"
	case got.permits != want.permits:
		return "decision by membership"
	case got.higherPermits != want.higherPermits:
		return "decision by hierarchy"
	case got.named != want.named:
		return "policy named"
	case err != nil:
		return "explanation"
	}
	return ""
}

// compare says in what the engine and an evaluator differ on a case and how, "" when they agree or the policy cannot be
// read.
func compare(c spiftest.Case, wrap wrapper) (kind, text string) {
	s, err := newSubject(c.Policy, wrap)
	if err != nil {
		return "", ""
	}
	want, broken := s.byReference(c)
	got, denied, err := s.byEngine(c)
	if kind = kindOf(got, want, err); kind == "" {
		return "", ""
	}
	l := s.policy.Label(label.Label{Information: c.Label})
	problems := s.policy.Validate(l, spif.Validation{At: c.At, New: c.New, RequireTagSets: c.Required})
	return kind, fmt.Sprintf("engine    %+v, denied by %v, problems %+v, %v\nreference %+v, broken %v",
		got, denied, problems, err, want, broken)
}

// compareRandom compares on random policies, each with its own labels and clearances.
func compareRandom(t *testing.T, seed uint64, wrap wrapper) *tally {
	t.Helper()
	policies, each := scale()
	y := newTally()
	onAllProcessors(t, policies, func(i int) error {
		if y.over(i) {
			return nil
		}
		random := rand.New(rand.NewPCG(seed, uint64(i)))
		return y.compareMany(random, i, spiftest.Random(random, []int{3, 8, 16, 40}[i%4]), each, wrap)
	})
	return y
}

// shrink makes a case on which engine and evaluator differ as small as it gets.
func shrink(c spiftest.Case, wrap wrapper) spiftest.Case {
	kind, _ := compare(c, wrap)
	return spiftest.Shrink(c, func(c spiftest.Case) bool { k, _ := compare(c, wrap); return k == kind })
}

// The engine and the naive reading of the standard agree on random policies, labels and clearances, valid and invalid,
// permitted and denied, with every rule broken often while all others are kept.
func TestEngineAgreesWithTheReference(t *testing.T) {
	y := compareRandom(t, seed(t), itself)
	if y.report(t) {
		return
	}
	t.Logf("%d triples: %d valid, %d permitted, %d by hierarchy only; broken alone: %v; denied alone: %v",
		y.triples, y.valid, y.permitted, y.higherPermits, y.broken, y.denied)
	if policies, each := scale(); y.triples != policies*each {
		t.Errorf("%d triples were compared", y.triples)
	}
	if y.permitted*100 < y.triples*15 || y.valid*100 > y.triples*90 || y.higherPermits < 50 {
		t.Error("denials only, or labels that are all valid, would prove little")
	}
	for _, rule := range spiftest.Rules {
		if y.broken[rule] < 50 {
			t.Errorf("%s was the only broken rule %d times", rule, y.broken[rule])
		}
	}
	for _, rule := range []string{cmbac.RuleClassification, cmbac.RuleRestrictive, cmbac.RulePermissive} {
		if y.denied[rule] < 50 {
			t.Errorf("%s was the only reason to deny %d times", rule, y.denied[rule])
		}
	}
}

// And on the policies that are at hand.
func TestEngineAgreesWithTheReferenceOnPublishedPolicies(t *testing.T) {
	number := seed(t)
	documents := map[string][]byte{
		"demo":      file(t, "..", "demo", "policy.spif.xml"),
		"testland":  file(t, "..", "spif", "testdata", "testland.spif.xml"),
		"otherland": file(t, "..", "spif", "testdata", "otherland.spif.xml"),
		"marking":   file(t, "..", "spif", "testdata", "marking.spif.xml"),
	}
	for _, name := range []string{"coalition", "atlantia", "nato-v88", "nato-v91", "public-v1"} {
		if document := sample(t, name+".spif.xml"); document != nil {
			documents[name] = document
		}
	}
	for name, document := range documents {
		t.Run(name, func(t *testing.T) {
			y := newTally()
			if err := y.compareMany(rand.New(rand.NewPCG(number, 1<<33)), 0, document, 500, itself); err != nil {
				t.Fatal(err)
			}
			if !y.report(t) && (y.triples != 500 || y.permitted < 50 || y.permitted > 450) {
				t.Errorf("%d permits of %d", y.permitted, y.triples)
			}
		})
	}
}
