package cmbac_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"caveat/backend/cmbac"
	"caveat/backend/label"
	"caveat/backend/spif"
	"caveat/backend/spif/spiftest"
)

// More in a clearance never takes away, more in a label's restrictive tags never gives.
func TestDecideIsMonotonous(t *testing.T) {
	number := seed(t)
	permits, withdrawn := 0, 0
	for i := range 60 {
		random := rand.New(rand.NewPCG(number, uint64(i)|1<<34))
		document := file(t, "..", "demo", "policy.spif.xml")
		if i > 0 {
			document = spiftest.Random(random, 16)
		}
		p := parse(t, document)
		r, err := spiftest.New(document)
		if err != nil {
			t.Fatal(err)
		}
		sampler := spiftest.NewSampler(random, r)
		restrictive := slices.DeleteFunc(r.Named(), func(c label.Category) bool { return c.Type != label.Restrictive })
		for range 50 {
			l := sampler.Label()
			c, other := sampler.Clearance(l), sampler.Clearance(l)
			more := label.Clearance{
				Policy:          c.Policy,
				Classifications: slices.Concat(other.Classifications, c.Classifications),
				Categories:      slices.Concat(other.Categories, c.Categories),
			}
			harder := l
			if len(restrictive) > 0 {
				harder.Categories = append([]label.Category{restrictive[random.IntN(len(restrictive))]}, l.Categories...)
			}
			before, after, hard := decide(p, l, c), decide(p, l, more), decide(p, harder, c)
			if before == cmbac.Permit && after == cmbac.Deny {
				t.Fatalf("more clearance, less access\n%s\n%+v\n%+v\n%+v", document, l, c, more)
			}
			if before == cmbac.Deny && hard == cmbac.Permit {
				t.Fatalf("harder label, more access\n%s\n%+v\n%+v", document, harder, c)
			}
			if before == cmbac.Permit {
				permits++
				if hard == cmbac.Deny {
					withdrawn++
				}
			}
		}
	}
	if permits < 500 || withdrawn < 20 {
		t.Errorf("%d permits, of which %d were withdrawn: that proves little", permits, withdrawn)
	}
}

func decide(p *spif.Policy, l label.Information, c label.Clearance) cmbac.Decision {
	cleared, _ := p.Clearance(c)
	return cmbac.Decide(p, p.Label(label.Label{Information: l}), cleared, cmbac.Membership)
}
