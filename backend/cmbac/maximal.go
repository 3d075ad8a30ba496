package cmbac

import (
	"caveat/backend/label"
	"caveat/backend/spif"
)

// maximal finds the most restrictive labels that all can get, one after the other: it looks for a label that none found so far
// is at least as restrictive as, and makes it more restrictive until nothing can be. When there is no such label any more, the
// list is complete.
func (c *common) maximal() (out []spif.Label, more spif.State) {
	m := maximiser{c}
	for {
		state, next := m.outside(point{}, out)
		if state != spif.Possible {
			return out, state
		}
		if next, state = m.climb(next); state != spif.Impossible {
			return out, spif.Undetermined // it may not be a most restrictive one: better left out
		}
		if len(out) == MaxCommonLabels {
			return out, spif.Possible
		}
		out = append(out, next)
	}
}

type maximiser struct{ c *common }

// point narrows a search: the label must have these values and a value of each of these tags, none of those values, and a class
// above a number.
type point struct {
	have, without, denied spif.Set
	uses                  []spif.Demand
}

// find looks for a label at a point.
func (m *maximiser) find(at point) (spif.State, spif.Label) {
	f := m.c.Frame
	f.Denied, f.Forbidden = f.Denied.Or(at.denied), f.Forbidden.Or(at.without)
	f.Demands = append(f.Demands[:len(f.Demands):len(f.Demands)], at.uses...)
	out := spif.Impossible
	classes := m.c.policy.Classes()
	for i := len(classes) - 1; i >= 0; i-- { // the most restrictive first: less to climb
		state, found := m.c.complete(classes[i], at.have, f)
		if state == spif.Possible {
			return state, m.c.policy.Numbered(classes[i], found)
		}
		if state == spif.Undetermined {
			out = state
		}
	}
	return out, spif.Label{}
}

// climb makes a label more restrictive as long as it can be. The State is that of one still more restrictive: Impossible when
// the label is a most restrictive one.
func (m *maximiser) climb(l spif.Label) (spif.Label, spif.State) {
	for {
		state, higher := m.above(l)
		if state != spif.Possible {
			return l, state
		}
		l = higher
	}
}

// above looks for a label that is more restrictive than l: at least as restrictive, and in one thing more.
func (m *maximiser) above(l spif.Label) (spif.State, spif.Label) {
	base := m.atLeast(l)
	m.c.left -= m.points()
	out := spif.Impossible
	for _, step := range m.ways(base, l) {
		state, found := m.find(step)
		if state == spif.Possible {
			return state, found
		}
		if state == spif.Undetermined {
			out = state
		}
	}
	return out, spif.Label{}
}

// points is what it takes to lay out a step for each value.
func (m *maximiser) points() int {
	n := 0
	for _, t := range m.c.policy.Tags() {
		n += 2 + len(t.Values())
	}
	return n * (4 + n/64)
}

// atLeast is where the labels are that are at least as restrictive as l.
func (m *maximiser) atLeast(l spif.Label) point {
	at := point{have: l.Restrictive(), denied: m.below(l, false)}
	for _, t := range m.c.policy.Tags() {
		if t.Type() == label.Permissive && l.Values().Meets(t.Mask()) {
			at.without = at.without.Or(t.Mask().Without(l.Values()))
			at.uses = append(at.uses, spif.Demand{Any: t.Mask()})
		}
	}
	return at
}

// below is the classifications lower than that of l, with its own if so wished.
func (m *maximiser) below(l spif.Label, own bool) (out spif.Set) {
	for _, k := range m.c.policy.Classes() {
		if k.Hierarchy() < l.Class().Hierarchy() || own && k == l.Class() {
			out = out.With(k.Number())
		}
	}
	return out
}

// outside looks for a label that none of the found ones is at least as restrictive as.
func (m *maximiser) outside(at point, found []spif.Label) (spif.State, spif.Label) {
	state, l := m.find(at)
	if state != spif.Possible {
		return state, l
	}
	for _, f := range found {
		if spif.AtLeastAsRestrictive(f, l) {
			return m.escape(at, f, found)
		}
	}
	return spif.Possible, l
}

// escape looks for a label outside of one of the found ones, by each way there is.
func (m *maximiser) escape(at point, f spif.Label, found []spif.Label) (spif.State, spif.Label) {
	out := spif.Impossible
	m.c.left -= m.points()
	for _, step := range m.ways(at, f) {
		state, l := m.outside(step, found)
		if state == spif.Possible {
			return state, l
		}
		if state == spif.Undetermined {
			out = state
			if m.c.left <= 0 {
				break
			}
		}
	}
	return out, spif.Label{}
}

// ways lists how a label can be such that f is not at least as restrictive: a higher classification, a restrictive value or a
// permissive tag that f has not, or a permissive tag of f without one of its values. Of labels that are at least as restrictive as f
// these are the ones that are more so.
func (m *maximiser) ways(at point, f spif.Label) []point {
	higher := at
	higher.denied = at.denied.Or(m.below(f, true))
	out := []point{higher}
	for _, t := range m.c.policy.Tags() {
		used := f.Values().Meets(t.Mask())
		for _, v := range t.Values() {
			step, has := at, f.Values().Has(v.Number())
			switch {
			case t.Type() == label.Restrictive && !has:
				step.have = at.have.With(v.Number())
			case t.Type() == label.Permissive && has:
				step.without = at.without.With(v.Number())
				step.uses = append(at.uses[:len(at.uses):len(at.uses)], spif.Demand{Any: t.Mask()})
			default:
				continue
			}
			out = append(out, step)
		}
		if t.Type() == label.Permissive && !used {
			step := at
			step.uses = append(at.uses[:len(at.uses):len(at.uses)], spif.Demand{Any: t.Mask()})
			out = append(out, step)
		}
	}
	return out
}
