package spiftest_test

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"caveat/backend/label"
	"caveat/backend/spif"
	"caveat/backend/spif/spiftest"
)

// constructs is everything that random policies must hold sooner or later.
var constructs = []string{
	`tagType="restrictive"`, `tagType="permissive"`, `tagType="enumerated" enumType="restrictive"`, `tagType="enumerated" enumType="permissive"`,
	`tagType="tagType7"`, `tagType="notApplicable"`, "requiredClass=", "<excludedClass>", "<requiredCategory", "<excludedCategory",
	`operation="onlyOne"`, `operation="oneOrMore"`, `operation="all"`, `all="true"`, `singleSelection="true"`, `maxSelection="2"`, `minSelection="1"`,
	`userInput="string"`, `userInput="integer"`, `userInput="date"`, `dateFormat="YYYYMMDD"`, `obsolete="true"`, "notBefore=", "notAfter=", "<privacyMark ",
	`applied="encrypt"`, `applied="decrypt"`, `applied="both"`, `action="discard"`, "<equivalentSecurityCategoryTagSet", "<equivalentClassification", "<equivalentPolicy",
}

func TestRandomPoliciesAreAcceptedAndHoldEverything(t *testing.T) {
	met := map[string]int{}
	for i := range 400 {
		a, b := spiftest.RandomPair(rand.New(rand.NewPCG(1, uint64(i))), 1+i%40)
		for _, document := range [][]byte{spiftest.Random(rand.New(rand.NewPCG(2, uint64(i))), i%40), a, b} {
			if _, err := spif.Parse(bytes.NewReader(document)); err != nil {
				t.Fatalf("%v in\n%s", err, document)
			}
			for _, c := range constructs {
				if strings.Contains(string(document), c) {
					met[c]++
				}
			}
		}
	}
	for _, c := range constructs {
		if met[c] < 20 {
			t.Errorf("%s was met in %d policies only", c, met[c])
		}
	}
	if x, y := spiftest.Random(rand.New(rand.NewPCG(7, 7)), 20), spiftest.Random(rand.New(rand.NewPCG(7, 7)), 20); !bytes.Equal(x, y) {
		t.Error("one seed gives two policies")
	}
}

func TestSamplerIsNotAllDenials(t *testing.T) {
	total, permitted := 0, 0
	for i := range 100 {
		random := rand.New(rand.NewPCG(3, uint64(i)))
		r := randomReference(t, random, 12)
		s := spiftest.NewSampler(random, r)
		for range 50 {
			l := s.Label()
			total++
			if r.Decide(l, s.Clearance(l), spiftest.Noon, false) {
				permitted++
			}
		}
	}
	if permitted*5 < total {
		t.Errorf("%d of %d labels are valid and permitted", permitted, total)
	}
}

func randomReference(t *testing.T, random *rand.Rand, size int) spiftest.Reference {
	t.Helper()
	r, err := spiftest.New(spiftest.Random(random, size))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// On all labels of small policies: the order is one, and who may get a label may get each that it dominates.
func TestAllLabels(t *testing.T) {
	compared, permits := 0, 0
	for i := range 30 {
		random := rand.New(rand.NewPCG(4, uint64(i)))
		r := randomReference(t, random, 5)
		all := slices.Collect(r.AllLabels())
		if want := len(r.Classes()) << len(r.Named()); len(all) != want {
			t.Fatalf("%d labels, want %d", len(all), want)
		}
		sampler := spiftest.NewSampler(random, r)
		for range 400 {
			a, b := all[random.IntN(len(all))], all[random.IntN(len(all))]
			c := sampler.Clearance(a)
			if !r.NamesKnown(a) || !r.Dominates(a, a) {
				t.Fatalf("%+v is not its own equal", a)
			}
			if !r.Dominates(a, b) {
				continue
			}
			compared++
			if r.Permits(a, c, true) {
				permits++
				if !r.Permits(b, c, true) {
					t.Fatalf("%+v dominates %+v, which is denied to %+v", a, b, c)
				}
			}
			if w := all[random.IntN(len(all))]; r.Dominates(b, w) && !r.Dominates(a, w) {
				t.Fatalf("%+v, %+v, %+v: the order is not transitive", a, b, w)
			}
		}
	}
	if compared < 500 || permits < 100 {
		t.Errorf("%d comparable pairs, %d permits", compared, permits)
	}
}

// Shrink keeps what the difference needs and nothing else, whatever the difference is.
func TestShrinkKeepsOnlyWhatIsNeeded(t *testing.T) {
	document := spiftest.Random(rand.New(rand.NewPCG(5, 5)), 40)
	c := spiftest.Case{
		Policy: document, Other: document, New: true, Required: []string{"a", "b"},
		Label: label.Information{Classification: " C ", PrivacyMark: "m", Categories: []label.Category{
			{TagName: "S", Values: []string{"x", " y ", "z"}}, {TagName: "T", URI: "u", Values: []string{"y"}},
		}},
		Clearance: label.Clearance{Classifications: []string{"D", "E"}, Categories: []label.Category{{TagName: "S", Values: []string{"x", "y"}}}},
	}
	small := spiftest.Shrink(c, func(c spiftest.Case) bool {
		l := c.Label.Categories
		return strings.Count(string(c.Policy), "<tagCategory") >= 2 && slices.Contains(c.Required, "b") &&
			slices.Contains(c.Clearance.Classifications, "D") && len(l) > 0 && slices.ContainsFunc(l[0].Values, func(v string) bool { return strings.TrimSpace(v) == "y" })
	})
	if n := strings.Count(string(small.Policy), "<") - strings.Count(string(small.Policy), "</"); n != 6 || strings.Count(string(small.Policy), "<tagCategory") != 2 {
		t.Errorf("%d elements are left:\n%s", n, small.Policy)
	}
	if strings.Contains(string(small.Other), "<security") || small.New || !slices.Equal(small.Required, []string{"b"}) || small.Label.PrivacyMark != "" {
		t.Errorf("%+v", small)
	}
	if l := small.Label.Categories; len(l) != 1 || len(l[0].Values) != 1 || l[0].Values[0] != "y" || l[0].URI != "" {
		t.Errorf("the label is %+v", small.Label)
	}
	if small.Label.Classification != "C" || !slices.Equal(small.Clearance.Classifications, []string{"D"}) || len(small.Clearance.Categories) != 0 {
		t.Errorf("%+v, %+v", small.Label, small.Clearance)
	}
	if !strings.Contains(string(c.Policy), "originatorDN") || len(c.Label.Categories[0].Values) != 3 {
		t.Error("the case that was given was written to")
	}
}
