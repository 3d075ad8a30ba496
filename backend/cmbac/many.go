package cmbac

import "caveat/backend/spif"

// Many is Decide for many clearances: decision i is that of clearances[i]. into is used where it is large enough, so that a
// caller that keeps it allocates nothing.
func Many(policy *spif.Policy, l spif.Label, clearances []spif.Clearance, mode Mode, into []Decision) []Decision {
	if cap(into) < len(clearances) {
		into = make([]Decision, len(clearances))
	}
	into = into[:len(clearances)]
	for i, c := range clearances {
		into[i] = Decide(policy, l, c, mode)
	}
	return into
}

// Spread hands the decisions of distinct clearances to the people who hold them: decision i of the answer is
// decisions[holds[i]]. A million people share a few thousand clearances, so each is decided once. A number that is out of
// range holds no clearance and is Deny. into is used as in Many.
func Spread(decisions []Decision, holds []uint32, into []Decision) []Decision {
	if cap(into) < len(holds) {
		into = make([]Decision, len(holds))
	}
	into = into[:len(holds)]
	for i, h := range holds {
		into[i] = Deny
		if int64(h) < int64(len(decisions)) {
			into[i] = decisions[h]
		}
	}
	return into
}

// Blocking lists the clearances that stand in the way of a label, by their position.
func Blocking(policy *spif.Policy, l spif.Label, clearances []spif.Clearance, mode Mode) []int {
	var out []int
	for i, c := range clearances {
		if Decide(policy, l, c, mode) == Deny {
			out = append(out, i)
		}
	}
	return out
}
