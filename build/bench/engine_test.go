package bench

import (
	"caveat/backend/cmbac"
	"caveat/backend/label"
)

// pair is a label and a clearance, as they are read from documents.
type pair struct {
	label     label.Information
	clearance label.Clearance
}

// loop does something n times. What it needs is prepared when it is made.
type loop func(n int)

// engine is one way to decide by the rules.
type engine interface {
	name() string
	permits(pair) bool
	rules(pair) []string     // those that deny, as "rule" or "rule/tag set", sorted
	decide(four []pair) loop // these four in turn
	explain(pair) loop       // with every rule that denies
	// distinct decides one label for many clearances, in the way that is the engine's fastest.
	distinct(label.Information, []label.Clearance) func([]cmbac.Decision)
	compile() loop // the policy, from its text; nil where there is nothing to compile
}

// sinks, so that the compiler leaves nothing out
var (
	sinkDecision cmbac.Decision
	sinkReasons  []cmbac.Reason
	sinkBool     bool
	sinkAny      any
)

func check(err error) {
	if err != nil {
		panic(err) // a run that cannot be prepared has no figures
	}
}

// attributes is a label or clearance with its names folded, as the engines that compare texts get it: by the names that
// mrod.cedar and mrod.rego have for tag sets.
type attributes struct {
	policy  string
	known   bool // of a label: every name in it is one of the policy
	classes []string
	values  map[string][]string
}

func ofLabel(l label.Information) attributes {
	out := attributes{policy: l.Policy.Name, known: true, classes: []string{fold(l.Classification)}, values: map[string][]string{}}
	out.known = isOneOf(classes, l.Classification)
	for _, c := range l.Categories {
		out.add(c)
	}
	return out
}

func ofClearance(c label.Clearance) attributes {
	out := attributes{policy: c.Policy.Name, values: map[string][]string{}}
	for _, k := range c.Classifications {
		out.classes = append(out.classes, fold(k))
	}
	for _, x := range c.Categories {
		out.add(x)
	}
	return out
}

func (a *attributes) add(c label.Category) {
	for _, t := range tags {
		if fold(t.set) != fold(c.TagName) || t.typ != c.Type {
			continue
		}
		for _, v := range c.Values {
			a.values[t.attribute] = append(a.values[t.attribute], fold(v))
			a.known = a.known && isOneOf(t.values, v)
		}
		return
	}
	a.known = false
}
