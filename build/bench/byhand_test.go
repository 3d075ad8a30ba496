package bench

import (
	"slices"

	"caveat/backend/cmbac"
	"caveat/backend/label"
)

// byHand is what a programmer writes who knows the rules: slices of texts, by the names of their tag sets.
type byHand struct{}

func (byHand) name() string { return "by hand" }

type handLabel struct {
	policy, class string
	known         bool
	values        map[string][]string
}

type handClearance struct {
	policy  string
	classes []string
	values  map[string][]string
}

var (
	handRestrictive = []string{"designators"}
	handPermissive  = []string{"context", "only", "releasable"}
)

func handPermits(l handLabel, c handClearance) bool {
	if !l.known || l.policy != c.policy || !slices.Contains(c.classes, l.class) {
		return false
	}
	for _, set := range handRestrictive {
		held := c.values[set]
		for _, v := range l.values[set] {
			if !slices.Contains(held, v) {
				return false
			}
		}
	}
	for _, set := range handPermissive {
		if wanted := l.values[set]; len(wanted) > 0 && !haveCommon(wanted, c.values[set]) {
			return false
		}
	}
	return true
}

func haveCommon(a, b []string) bool {
	for _, v := range a {
		if slices.Contains(b, v) {
			return true
		}
	}
	return false
}

type handReason struct {
	rule, set    string
	needed, held []string
}

var sinkHand []handReason

func handExplain(l handLabel, c handClearance) []handReason {
	var out []handReason
	if !l.known {
		out = append(out, handReason{rule: "label-invalid"})
	}
	if l.policy != c.policy {
		out = append(out, handReason{rule: "policy", needed: []string{l.policy}})
	}
	if !slices.Contains(c.classes, l.class) {
		out = append(out, handReason{rule: "classification", needed: []string{l.class}, held: c.classes})
	}
	for _, set := range handRestrictive {
		var missing []string
		for _, v := range l.values[set] {
			if !slices.Contains(c.values[set], v) {
				missing = append(missing, v)
			}
		}
		if len(missing) > 0 {
			out = append(out, handReason{"restrictive", set, missing, c.values[set]})
		}
	}
	for _, set := range handPermissive {
		if wanted := l.values[set]; len(wanted) > 0 && !haveCommon(wanted, c.values[set]) {
			out = append(out, handReason{"permissive", set, wanted, c.values[set]})
		}
	}
	return out
}

func handMakeLabel(l label.Information) handLabel {
	a := ofLabel(l)
	return handLabel{policy: a.policy, class: a.classes[0], known: a.known, values: a.values}
}

func handMakeClearance(c label.Clearance) handClearance {
	a := ofClearance(c)
	return handClearance{policy: a.policy, classes: a.classes, values: a.values}
}

func (byHand) permits(x pair) bool {
	return handPermits(handMakeLabel(x.label), handMakeClearance(x.clearance))
}

func (byHand) rules(x pair) []string {
	var out []string
	for _, r := range handExplain(handMakeLabel(x.label), handMakeClearance(x.clearance)) {
		name := r.rule
		for _, t := range tags {
			if t.attribute == r.set {
				name += "/" + t.set
			}
		}
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

func (byHand) decide(four []pair) loop {
	l := handMakeLabel(four[0].label)
	cleared := make([]handClearance, len(four))
	for i, x := range four {
		cleared[i] = handMakeClearance(x.clearance)
	}
	return func(n int) {
		for i := range n {
			sinkBool = handPermits(l, cleared[i&3])
		}
	}
}

func (byHand) explain(x pair) loop {
	l, c := handMakeLabel(x.label), handMakeClearance(x.clearance)
	return func(n int) {
		for range n {
			sinkHand = handExplain(l, c)
		}
	}
}

func (byHand) distinct(info label.Information, clearances []label.Clearance) func([]cmbac.Decision) {
	l := handMakeLabel(info)
	cleared := make([]handClearance, len(clearances))
	for i, c := range clearances {
		cleared[i] = handMakeClearance(c)
	}
	return func(into []cmbac.Decision) {
		for i, c := range cleared {
			into[i] = decision(handPermits(l, c))
		}
	}
}

func (byHand) compile() loop { return nil }

func decision(permit bool) cmbac.Decision {
	if permit {
		return cmbac.Permit
	}
	return cmbac.Deny
}
