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
			w.rules.Thresholds = []presend.ThresholdRule{{
				Name: "many", Limit: rng.IntN(12), Classification: []string{"", "SECRET", "TOP SECRET", "COSMIC"}[rng.IntN(4)], Action: []presend.Action{presend.Warn, presend.Block}[rng.IntN(2)],
			}}
			r, err := w.run(d)
			if err != nil {
				t.Fatal(err)
			}
			past := presend.Past{
				Channel: d.Channel, Policy: r.Report().Originator.Evidence.Policy, Classification: r.Label().Classification,
				Unusable: !delivered.Report().Label.Valid, Originator: &grounds.Originator, Reached: grounds.Reached, Others: grounds.Others,
			}
			for i, x := range delivered.Report().Recipients {
				past.Recipients = append(past.Recipients, presend.PastRecipient{Grounds: grounds.Recipients[i], NoWay: x.Link.Action != presend.Pass})
			}
			if got, want := w.rules.Replay(w.site, past, now), whole(r.Report()); got.Action != want || len(got.Exceeded) != len(r.Report().Thresholds) || len(got.Unsure) > 0 {
				t.Fatalf("seed %d, %q: replayed %+v, checked %s %+v", seed, text, got, want, r.Report().Thresholds)
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

// whole is what follows from a report.
func whole(r presend.Report) presend.Action {
	out := r.Originator.Action
	for _, x := range r.Recipients {
		out = presend.Stricter(presend.Stricter(out, x.Verdict.Action), x.Link.Action)
	}
	for _, x := range r.Thresholds {
		out = presend.Stricter(out, x.Action)
	}
	if !r.Label.Valid {
		return presend.Block
	}
	return out
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

// Times do not count for the past, but for whether a rule has ended; a classification of a policy that is not here is not guessed at.
func TestRule14UntimedRulesAndOtherEditions(t *testing.T) {
	w := newWorld(t)
	later, ended := now.Add(1), now
	rules := presend.Rules{
		Relaxations: []presend.Relaxation{{Name: "later", Outcome: presend.Unknown, From: later}, {Name: "ended", Outcome: presend.Stale, Until: ended}},
		Thresholds:  []presend.ThresholdRule{{Name: "class", Classification: "SECRET", From: later}, {Name: "ended", Until: ended}},
	}
	past := presend.Past{Classification: "SECRET", Policy: presend.PolicyUsed{SHA256: w.policy.SHA256()}, Reached: 2, Recipients: []presend.PastRecipient{
		{Grounds: []presend.Ground{{Outcome: presend.Unknown}}}, {Grounds: []presend.Ground{{Outcome: presend.Stale}}}, {},
	}}
	if got := rules.Replay(w.site, past, now); got.Recipients[0] != presend.Block || len(got.Exceeded) != 0 {
		t.Errorf("as timed: %+v", got)
	}
	untimed := rules.Untimed(now)
	got := untimed.Replay(w.site, past, now)
	if !slices.Equal(got.Recipients, []presend.Action{presend.Warn, presend.Block, presend.Pass}) || len(got.Exceeded) != 1 || got.Exceeded[0].Name != "class" || got.Unsure != nil {
		t.Errorf("untimed: %+v", got)
	}
	if rules.Relaxations[0].From.IsZero() || len(rules.Relaxations) != 2 {
		t.Error("the rules themselves were changed")
	}
	past.Policy.SHA256 = "another edition"
	if got = untimed.Replay(w.site, past, now); len(got.Exceeded) != 0 || !slices.Equal(got.Unsure, []string{"class"}) {
		t.Errorf("another edition: %+v", got)
	}
}
