package cmbac

import (
	"caveat/backend/label"
	"caveat/backend/spif"
)

// MaxCommonLabels is how many labels Common lists at most: there can be tens of thousands.
const MaxCommonLabels = 20

// CommonLabels says which new labels everybody of a group can get, in parts, because the labels themselves are too many. Each
// part is exact: it says what some valid label has that all the clearances permit. Where the search was bounded a State is
// "undetermined", and a list that may lack something says so.
type CommonLabels struct {
	Classes []CommonClass
	// Labels are the most restrictive ones (AtLeastAsRestrictive): every label that all can get is at most as restrictive as one
	// of these or, if More says so, of others. Of labels that differ in informative values only, one is listed.
	Labels []spif.Label
	More   spif.State // Possible: there are more; Impossible: these are all; Undetermined: nobody knows
}

// CommonClass is one classification under which something can be sent to all.
type CommonClass struct {
	Class *spif.Class
	State spif.State // never Impossible: such a classification is left out
	// Restrictive values that all hold and that some label for all has; not always all of them in one label.
	Restrictive []CommonValue
	Permissive  []CommonTag
}

// CommonTag is one permissive tag that a label for all can have.
type CommonTag struct {
	Tag *spif.Tag
	// Alone are the values any one of which, as the only one of the tag, lets all in.
	Alone []CommonValue
	// Together is whether a label for all can have the tag at all, be it with several values, each for some of them.
	Together spif.State
}

// CommonValue is a value with what is known of it, Possible or Undetermined.
type CommonValue struct {
	Value *spif.Value
	State spif.State
}

// Common says which labels all the clearances permit. It is for the time before a label is chosen: a label describes the
// content, and nobody may take the widest that fits the audience instead (RULES 1). For the same reason, and because it tells
// what others hold in common, it is for those who may ask "who may receive this?" (RULES 19). A clearance under another
// policy, whose holder may get a translated label, makes everything undetermined; a nil one permits nothing.
func Common(policy *spif.Policy, v spif.Validation, clearances []spif.Clearance, mode Mode) CommonLabels {
	c := common{frame: newFrame(policy, clearances, mode), search: policy.NewSearch(v), left: commonBudget}
	if c.nobody {
		return CommonLabels{More: spif.Impossible}
	}
	var out CommonLabels
	for _, k := range policy.Classes() {
		if x := c.class(k); x.State != spif.Impossible {
			out.Classes = append(out.Classes, x)
		}
	}
	if c.elsewhere {
		out.More = spif.Undetermined
		return out
	}
	out.Labels, out.More = c.maximal()
	return out
}

// What a single question and the whole answer may take (spif.Budget): about a second at worst.
const (
	questionBudget = 2_000_000
	commonBudget   = 40_000_000
)

type common struct {
	frame
	search *spif.Search
	left   int // of the budget
}

// complete asks for a label within a frame.
func (c *common) complete(k *spif.Class, have spif.Set, f spif.Frame) (spif.State, spif.Set) {
	f.Budget = &spif.Budget{Left: min(questionBudget, c.left)}
	before := f.Budget.Left
	state, found := c.search.Complete(k, have, f)
	c.left -= before - max(f.Budget.Left, 0)
	return state, found
}

// is asks for a label with a classification and some values, without others.
func (c *common) is(k *spif.Class, have, without spif.Set, demands ...spif.Demand) spif.State {
	f := c.Frame
	f.Forbidden = f.Forbidden.Or(without)
	f.Demands = append(f.Demands[:len(f.Demands):len(f.Demands)], demands...)
	state, _ := c.complete(k, have, f)
	return c.state(state)
}

func (c *common) class(k *spif.Class) CommonClass {
	out := CommonClass{Class: k, State: c.is(k, spif.Set{}, spif.Set{})}
	if out.State == spif.Impossible {
		return out
	}
	for _, t := range c.policy.Tags() {
		switch t.Type() {
		case label.Restrictive:
			for _, v := range t.Values() {
				if s := c.is(k, spif.Set{}.With(v.Number()), spif.Set{}); s != spif.Impossible {
					out.Restrictive = append(out.Restrictive, CommonValue{v, s})
				}
			}
		case label.Permissive:
			if x := c.tag(k, t); x.Together != spif.Impossible {
				out.Permissive = append(out.Permissive, x)
			}
		}
	}
	return out
}

func (c *common) tag(k *spif.Class, t *spif.Tag) CommonTag {
	out := CommonTag{Tag: t, Together: c.is(k, spif.Set{}, spif.Set{}, spif.Demand{Any: t.Mask()})}
	for _, v := range t.Values() {
		only := spif.Set{}.With(v.Number())
		if s := c.is(k, only, t.Mask().Without(only)); s != spif.Impossible {
			out.Alone = append(out.Alone, CommonValue{v, s})
		}
	}
	return out
}
