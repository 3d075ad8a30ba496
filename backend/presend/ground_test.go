package presend_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"caveat/backend/presend"
)

// What the grounds of a check say other rules would have made of it is what a check by these rules says: for random federations, labels,
// relaxations and protected tag sets.
func TestRule14GroundsTellWhatOtherRulesWouldHaveMadeOfIt(t *testing.T) {
	counts := map[presend.Action]int{}
	for seed := range uint64(120) {
		w, _, _, text, to := randomFederation(t, seed)
		w.sending = true
		if seed%10 == 9 {
			text = "SECRET; Context=MROD; Only=DEU" // a label that this installation may not hold
		}
		d := w.draft(text, to...)
		delivered, err := w.run(d)
		if err != nil {
			t.Fatal(err)
		}
		grounds := delivered.Grounds()
		rng := rand.New(rand.NewPCG(seed, 14))
		for range 4 {
			w.rules.Relaxations, w.rules.Protected = randomRules(rng)
			r, err := w.run(d)
			if err != nil {
				t.Fatal(err)
			}
			follows := func(g presend.Ground) presend.Action {
				return w.rules.Action(g, d.Channel, r.Label().Classification, now)
			}
			if got := follows(grounds.Originator); got != r.Report().Originator.Action {
				t.Fatalf("seed %d: originator %s, checked %s", seed, got, r.Report().Originator.Action)
			}
			for i, x := range r.Report().Recipients {
				got := presend.Pass
				for _, g := range grounds.Recipients[i] {
					got = presend.Stricter(got, follows(g))
				}
				if counts[got]++; got != x.Verdict.Action {
					t.Fatalf("seed %d, %q, %+v: %s is %s by its grounds %+v, checked %s: %+v", seed, text, w.rules.Relaxations, x.Address, got, grounds.Recipients[i], x.Verdict.Action, x.Verdict)
				}
			}
		}
	}
	for _, a := range []presend.Action{presend.Pass, presend.Warn, presend.Block} {
		if counts[a] < 20 {
			t.Errorf("only %d %s", counts[a], a)
		}
	}
}

func randomRules(rng *rand.Rand) (out []presend.Relaxation, protected []string) {
	pick := func(list ...string) string { return list[rng.IntN(len(list))] }
	for range 1 + rng.IntN(4) {
		out = append(out, presend.Relaxation{
			Name: "r", Outcome: presend.Outcome(pick("", "unknown", "stale", "not-cleared", "error")), Nation: pick("", "", "GBR", "UKR", "DEU"),
			Classification: pick("", "", "SECRET", "RESTRICTED"), Trial: rng.IntN(6) == 0,
		})
	}
	for _, set := range []string{"Only", "Context"} {
		if rng.IntN(3) > 0 {
			protected = append(protected, set)
		}
	}
	return out, protected
}

// While drafting nobody asks, and nothing is kept.
func TestOnlyTheCheckAtSendHasGrounds(t *testing.T) {
	w := newWorld(t)
	w.person("u", "GBR", "")
	for _, w.sending = range []bool{false, true} {
		r, err := w.run(w.draft(secret, addr("u", "GBR")))
		if err != nil {
			t.Fatal(err)
		}
		g := r.Grounds()
		if len(g.Recipients) == 1 != w.sending || g.Reached == 1 != w.sending {
			t.Errorf("sending %v: %+v", w.sending, g)
		}
		if w.sending && !slices.EqualFunc(g.Recipients[0], []presend.Ground{{Nation: "GBR", Outcome: presend.Unknown, TagSets: []string{"Context"}}}, func(a, b presend.Ground) bool {
			return a.Nation == b.Nation && a.Outcome == b.Outcome && a.Fixed == b.Fixed && slices.Equal(a.TagSets, b.TagSets)
		}) {
			t.Errorf("%+v", g.Recipients[0])
		}
	}
}
