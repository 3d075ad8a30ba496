package cmbac

import (
	"caveat/backend/label"
	"caveat/backend/spif"
)

// frame is what a set of clearances leaves of a policy: the labels in it are exactly those that every clearance permits.
type frame struct {
	spif.Frame
	policy     *spif.Policy
	clearances []spif.Clearance
	mode       Mode
	tags       []*spif.Tag // of each demand, the tag it is about
	// nobody: one of the clearances permits no label at all. elsewhere: one is under another policy, so that a label may have to
	// be translated, and nothing can be said that holds for certain.
	nobody, elsewhere bool
}

func newFrame(policy *spif.Policy, clearances []spif.Clearance, mode Mode) frame {
	f := frame{policy: policy, mode: mode}
	for _, c := range clearances {
		switch c.Policy() {
		case policy:
		case nil:
			f.nobody = true
		default:
			f.elsewhere = true
		}
		f.clearances = append(f.clearances, c)
	}
	for _, k := range policy.Classes() {
		if len(f.without(func(c spif.Clearance) bool { return reaches(c, k, mode) })) > 0 {
			f.Denied = f.Denied.With(k.Number())
		}
	}
	for _, t := range policy.Tags() {
		f.addTag(t)
	}
	return f
}

func reaches(c spif.Clearance, k *spif.Class, mode Mode) bool {
	if mode == Hierarchical {
		return c.ReachesClass(k)
	}
	return c.HoldsClass(k)
}

// addTag: of a restrictive tag a label may have what all hold; of a permissive one it may have anything, as long as it has
// something for everybody.
func (f *frame) addTag(t *spif.Tag) {
	switch t.Type() {
	case label.Restrictive:
		for _, c := range f.own() {
			f.Forbidden = f.Forbidden.Or(t.Mask().Without(c.Values()))
		}
	case label.Permissive:
		for _, share := range f.shares(t) {
			if share.IsEmpty() {
				f.Forbidden = f.Forbidden.Or(t.Mask())
				return
			}
		}
		for _, share := range f.shares(t) {
			f.Demands, f.tags = append(f.Demands, spif.Demand{When: t.Mask(), Any: share}), append(f.tags, t)
		}
	}
}

// shares gives what the clearances hold of a tag, each set once, without those that contain another: who meets the smaller set
// meets them too.
func (f *frame) shares(t *spif.Tag) []spif.Set {
	var out []spif.Set
	for _, c := range f.own() {
		out = keepSmallest(out, c.Values().And(t.Mask()))
	}
	return out
}

func keepSmallest(all []spif.Set, s spif.Set) []spif.Set {
	var out []spif.Set
	for _, have := range all {
		if s.Covers(have) {
			return all
		}
		if !have.Covers(s) {
			out = append(out, have)
		}
	}
	return append(out, s)
}

// own is the clearances under the policy.
func (f *frame) own() []spif.Clearance {
	out := make([]spif.Clearance, 0, len(f.clearances))
	for _, c := range f.clearances {
		if c.Policy() == f.policy {
			out = append(out, c)
		}
	}
	return out
}

// without lists the clearances under the policy that lack something, by their position.
func (f *frame) without(holds func(spif.Clearance) bool) []int {
	var out []int
	for i, c := range f.clearances {
		if c.Policy() == f.policy && !holds(c) {
			out = append(out, i)
		}
	}
	return out
}

// state weighs what the search found against what it could not see.
func (f *frame) state(found spif.State) spif.State {
	switch {
	case f.nobody:
		return spif.Impossible
	case f.elsewhere && found == spif.Possible:
		return spif.Undetermined
	}
	return found
}
