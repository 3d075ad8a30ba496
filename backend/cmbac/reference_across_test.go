package cmbac_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"caveat/backend/cmbac"
	"caveat/backend/label"
	"caveat/backend/spif"
	"caveat/backend/spif/spiftest"
)

// pair is two policies in both readings: labels are of the first, clearances of the second.
type pair struct {
	from, to                   *spif.Policy
	site                       *spif.Site
	referenceFrom, referenceTo spiftest.Reference
}

func newPair(document, other []byte) (pair, error) {
	var p pair
	var err error
	if p.from, err = spif.Parse(bytes.NewReader(document)); err != nil {
		return pair{}, err
	}
	if p.to, err = spif.Parse(bytes.NewReader(other)); err != nil {
		return pair{}, err
	}
	if p.site, err = spif.NewSite(p.from, p.to); err != nil {
		return pair{}, err
	}
	if p.referenceFrom, err = spiftest.New(document); err != nil {
		return pair{}, err
	}
	p.referenceTo, err = spiftest.New(other)
	return p, err
}

// crossing is all that is compared about a label under one policy and a clearance under another.
type crossing struct {
	sent, received         string // translations by the sender's and by the recipient's policy, "" for none
	permits, higherPermits bool
	via                    string
}

// flat writes a label so that order and spelling do not count.
func flat(l label.Information) string {
	var lines []string
	for _, c := range l.Categories {
		for _, v := range c.Values {
			lines = append(lines, label.Fold(c.TagName)+"/"+c.Type.String()+"="+label.Fold(v))
		}
	}
	slices.Sort(lines)
	return l.Policy.Name + ": " + label.Fold(l.Classification) + " " + strings.Join(lines, "; ")
}

// byReference: the sender's translation if there is one, otherwise the recipient's; the mapped label must be valid and
// permitted.
func (p pair) byReference(c spiftest.Case) crossing {
	var out crossing
	sent, ok := p.referenceFrom.TranslateTo(p.referenceTo, c.Label)
	received, also := p.referenceTo.TranslateFrom(p.referenceFrom, c.Label)
	mapped := received
	if also {
		out.received, out.via = flat(received), cmbac.ViaRecipientPolicy
	}
	if ok {
		out.sent, out.via, mapped = flat(sent), cmbac.ViaSenderPolicy, sent
	}
	out.permits = (ok || also) && p.referenceTo.Decide(mapped, c.Clearance, c.At, false)
	out.higherPermits = (ok || also) && p.referenceTo.Decide(mapped, c.Clearance, c.At, true)
	return out
}

func (p pair) byEngine(c spiftest.Case) (crossing, []cmbac.Reason, error) {
	l := p.from.Label(label.Label{Information: c.Label})
	var out crossing
	var err error
	if out.sent, err = translation(p.from.TranslateTo(p.to, l)); err != nil {
		return out, nil, err
	}
	if out.received, err = translation(p.to.TranslateFrom(p.from, l)); err != nil {
		return out, nil, err
	}
	q := cmbac.Question{Site: p.site, Policy: p.from, Label: l, Clearances: []label.Clearance{c.Clearance}}
	q.Validation.At = c.At
	v := cmbac.Across(q)
	q.Mode = func(*spif.Policy) cmbac.Mode { return cmbac.Hierarchical }
	higher := cmbac.Across(q)
	out.permits, out.higherPermits, out.via = v.Decision == cmbac.Permit, higher.Decision == cmbac.Permit, v.Via
	if (len(v.Reasons) == 0) != out.permits || (len(higher.Reasons) == 0) != out.higherPermits || higher.Via != v.Via {
		return out, v.Reasons, fmt.Errorf("verdicts that contradict themselves: %+v, %+v", v, higher)
	}
	return out, v.Reasons, nil
}

func translation(l label.Information, err error) (string, error) {
	switch {
	case err == nil:
		return flat(l), nil
	case errors.Is(err, spif.ErrNoTranslation):
		return "", nil
	}
	return "", err
}

// compareAcross says in what the two differ on a case and how, "" when they agree or a policy cannot be read.
func (p pair) compareAcross(c spiftest.Case) (kind, text string) {
	if valid, _ := p.referenceFrom.Valid(c.Label, c.At, false, nil); !valid {
		return "", "" // Across is asked about valid labels
	}
	want := p.byReference(c)
	got, reasons, err := p.byEngine(c)
	switch {
	case got.sent != want.sent:
		kind = "translation by the sender's policy"
	case got.received != want.received:
		kind = "translation by the recipient's policy"
	case got != want || err != nil:
		kind = "decision"
	default:
		return "", ""
	}
	return kind, fmt.Sprintf("engine    %+v, reasons %+v, %v\nreference %+v", got, reasons, err, want)
}

func compareAcross(c spiftest.Case) (kind, text string) {
	p, err := newPair(c.Policy, c.Other)
	if err != nil {
		return "", ""
	}
	return p.compareAcross(c)
}

// crossings is what a run has met, and the first difference.
type crossings struct {
	mu    sync.Mutex
	met   map[string]int
	first int
	found *spiftest.Case
}

func (y *crossings) onePair(random *rand.Rand, i int) error {
	document, other := spiftest.RandomPair(random, []int{3, 8, 16}[i%3])
	p, err := newPair(document, other)
	if err != nil {
		return fmt.Errorf("%w in\n%s\n%s", err, document, other)
	}
	labels, clearances := spiftest.NewSampler(random, p.referenceFrom), spiftest.NewSampler(random, p.referenceTo)
	for range 15 {
		l, ok := labels.ValidLabel()
		if !ok {
			break
		}
		c := spiftest.Case{Policy: document, Other: other, Label: l, At: spiftest.Noon, Clearance: clearances.Clearance(p.likely(l))}
		if !p.referenceTo.Names(c.Clearance.Policy) {
			continue // a clearance of neither policy
		}
		kind, _ := p.compareAcross(c)
		y.count(i, c, kind, p.byReference(c))
	}
	return nil
}

// likely is the label of the other policy that the clearance should be made for.
func (p pair) likely(l label.Information) label.Information {
	if out, ok := p.referenceFrom.TranslateTo(p.referenceTo, l); ok {
		return out
	}
	out, _ := p.referenceTo.TranslateFrom(p.referenceFrom, l)
	return out
}

func (y *crossings) count(i int, c spiftest.Case, kind string, x crossing) {
	y.mu.Lock()
	defer y.mu.Unlock()
	if kind != "" && (y.found == nil || i < y.first) {
		y.found, y.first = &c, i
	}
	y.met["all"]++
	switch {
	case x.sent == "" && x.received == "":
		y.met["by neither"]++
		return
	case x.sent == "":
		y.met["by the recipient's alone"]++
	case x.received == "":
		y.met["by the sender's alone"]++
	case x.sent == x.received:
		y.met["by both, alike"]++
	default:
		y.met["by both, not alike"]++
	}
	if x.permits {
		y.met["permit via "+x.via]++
	} else {
		y.met["deny via "+x.via]++
	}
}

// Translation by either side's equivalences, and the decision across policies, agree on random pairs of policies.
func TestEngineAgreesAcrossPolicies(t *testing.T) {
	number := seed(t)
	policies, _ := scale()
	y := &crossings{met: map[string]int{}}
	onAllProcessors(t, 3*policies, func(i int) error {
		return y.onePair(rand.New(rand.NewPCG(number, uint64(i)|1<<32)), i)
	})
	if y.found != nil {
		kind, _ := compareAcross(*y.found)
		small := spiftest.Shrink(*y.found, func(c spiftest.Case) bool { k, _ := compareAcross(c); return k == kind })
		_, text := compareAcross(small)
		t.Fatalf("pair %d: they differ in the %s\n%v%s", y.first, kind, small, text)
	}
	t.Log(y.met)
	if y.met["all"] < 5000 {
		t.Errorf("%d crossings were compared", y.met["all"])
	}
	for _, kind := range []string{
		"by neither", "by the sender's alone", "by the recipient's alone", "by both, alike", "by both, not alike",
		"permit via " + cmbac.ViaSenderPolicy, "deny via " + cmbac.ViaSenderPolicy,
		"permit via " + cmbac.ViaRecipientPolicy, "deny via " + cmbac.ViaRecipientPolicy,
	} {
		if y.met[kind] < 50 {
			t.Errorf("%q was met %d times", kind, y.met[kind])
		}
	}
}
