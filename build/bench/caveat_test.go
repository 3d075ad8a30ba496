package bench

import (
	"bytes"
	"slices"

	"caveat/backend/cmbac"
	"caveat/backend/label"
	"caveat/backend/spif"
)

// caveat is the engine of this program.
type caveat struct{ policy, other *spif.Policy }

func newCaveat() caveat {
	document := demoPolicy()
	other := bytes.Replace(document, []byte(`name="NATO" id="1.3.6.1.4.1.32473.4774.1"`), []byte(`name="OTHER" id="1.3.6.1.4.1.32473.4774.9"`), 1)
	c := caveat{parse(document), parse(other)}
	if c.policy.Name() != policyName || c.other.Name() != otherName {
		panic("the policy of the demonstration has another name than was meant")
	}
	return c
}

func parse(document []byte) *spif.Policy {
	p, err := spif.Parse(bytes.NewReader(document))
	check(err)
	return p
}

func (caveat) name() string { return "Caveat" }

func (e caveat) label(l label.Information) spif.Label {
	return e.policy.Label(label.Label{Information: l})
}

func (e caveat) clearance(c label.Clearance) spif.Clearance {
	p := e.policy
	if c.Policy.Name == otherName {
		p = e.other
	}
	out, _ := p.Clearance(c)
	return out
}

func (e caveat) permits(x pair) bool {
	return cmbac.Decide(e.policy, e.label(x.label), e.clearance(x.clearance), cmbac.Membership) == cmbac.Permit
}

func (e caveat) rules(x pair) []string {
	var out []string
	for _, r := range cmbac.Explain(e.policy, e.label(x.label), e.clearance(x.clearance), cmbac.Membership) {
		name := r.Rule
		if r.Rule == cmbac.RuleRestrictive || r.Rule == cmbac.RulePermissive {
			name += "/" + r.TagSet
		}
		out = append(out, name)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (e caveat) decide(four []pair) loop {
	l := e.label(four[0].label)
	cleared := make([]spif.Clearance, len(four))
	for i, x := range four {
		cleared[i] = e.clearance(x.clearance)
	}
	return func(n int) {
		for i := range n {
			sinkDecision = cmbac.Decide(e.policy, l, cleared[i&3], cmbac.Membership)
		}
	}
}

func (e caveat) explain(x pair) loop {
	l, c := e.label(x.label), e.clearance(x.clearance)
	return func(n int) {
		for range n {
			sinkReasons = cmbac.Explain(e.policy, l, c, cmbac.Membership)
		}
	}
}

func (e caveat) distinct(info label.Information, clearances []label.Clearance) func([]cmbac.Decision) {
	l := e.label(info)
	cleared := make([]spif.Clearance, len(clearances))
	for i, c := range clearances {
		cleared[i] = e.clearance(c)
	}
	return func(into []cmbac.Decision) { cmbac.Many(e.policy, l, cleared, cmbac.Membership, into) }
}

func (caveat) compile() loop { return parsing(demoPolicy()) }

func parsing(document []byte) loop {
	return func(n int) {
		for range n {
			sinkAny = parse(document)
		}
	}
}
