package presend_test

import (
	"testing"
	"time"

	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/presend"
)

func TestRule12WorstFirst(t *testing.T) {
	order := []presend.Outcome{presend.NotCleared, presend.Error, presend.Unknown, presend.Stale, presend.Cleared}
	for i, a := range order {
		for j, b := range order {
			if got := presend.Worse(a, b); got != order[min(i, j)] {
				t.Errorf("%s, %s: %s", a, b, got)
			}
		}
	}
	for _, a := range order {
		if presend.Worse(a, "perhaps") == presend.Cleared || presend.Worse("", a) == presend.Cleared {
			t.Errorf("%s and what is no outcome: cleared", a)
		}
	}
	w := newWorld(t)
	w.person("c", "GBR", secret)
	w.person("s", "GBR", secret)
	w.change("s", "GBR", func(e *presend.Entry) { e.ReadAt = now.Add(-25 * time.Hour) })
	w.person("u", "GBR", "")
	w.person("e", "GBR", "")
	w.change("e", "GBR", func(e *presend.Entry) { e.Clearances = []string{"?"} })
	w.person("n", "GBR", restricted)
	to := []string{addr("c", "GBR"), addr("s", "GBR"), addr("u", "GBR"), addr("e", "GBR"), addr("n", "GBR")}
	for i, outcome := range []presend.Outcome{presend.Cleared, presend.Stale, presend.Unknown, presend.Error, presend.NotCleared} {
		if r := w.check(secret, to[:i+1]...); r.Outcome != outcome || r.Sendable != (i == 0) {
			t.Errorf("%d: %s, sendable %v", i, r.Outcome, r.Sendable)
		}
	}
	w.person("s", "AUS", secret)
	w.routes["aus.example"] = nil
	if r := w.check(secret, addr("c", "GBR"), addr("s", "AUS")); r.Outcome != presend.Unknown {
		t.Errorf("a link counts: %s", r.Outcome)
	}
}

func TestRule13Ages(t *testing.T) {
	w := newWorld(t)
	for name, tt := range map[string]struct {
		age               time.Duration
		drafting, sending string
		asLastRead        bool
	}{
		"just now":             {0, "cleared pass", "cleared pass", false},
		"read after the start": {-20 * time.Second, "cleared pass", "cleared pass", false},
		"at the sending age":   {5 * time.Minute, "cleared pass", "cleared pass", false},
		"beyond it":            {5*time.Minute + time.Second, "cleared pass", "stale block stale", true},
		"at the drafting age":  {24 * time.Hour, "cleared pass", "stale block stale", true},
		"beyond both":          {24*time.Hour + time.Second, "stale block stale", "stale block stale", true},
		"in the future":        {-time.Hour, "stale block stale", "stale block stale", true}, // a clock was wrong: its age is not known
	} {
		for _, c := range []string{secret, restricted} {
			w.person("p", "GBR", c)
			w.change("p", "GBR", func(e *presend.Entry) { e.ReadAt = now.Add(-tt.age) })
			for _, w.sending = range []bool{false, true} {
				v := w.one(secret, addr("p", "GBR")).Verdict
				expect := map[bool]string{false: tt.drafting, true: tt.sending}[w.sending]
				if c == restricted {
					expect = "not-cleared block classification" // a refusal stays
				}
				want(t, name, v, expect)
				if (v.Evidence.Note != "") != tt.asLastRead || v.Evidence.ReadAt == nil {
					t.Errorf("%s: evidence %+v", name, v.Evidence)
				}
			}
		}
	}
	w.person("never", "GBR", secret)
	w.change("never", "GBR", func(e *presend.Entry) { e.ReadAt = time.Time{} })
	v := w.one(secret, addr("never", "GBR")).Verdict
	want(t, "never read", v, "stale block stale")
	if v.Evidence.ReadAt != nil || v.Reasons[0].Text != "It was never read." {
		t.Errorf("%+v", v)
	}
}

func TestRule13FreshnessIsAskedFor(t *testing.T) {
	w := newWorld(t)
	w.group(presend.List, "list", "GBR", "", w.person("m", "GBR", secret))
	for _, w.sending = range []bool{false, true} {
		w.fresh = nil
		w.check(secret, addr("list", "GBR"))
		if len(w.fresh) != 3 { // originator, recipients, members
			t.Fatalf("%+v", w.fresh)
		}
		for _, f := range w.fresh {
			if f != (presend.Freshness{Live: w.sending, MaxAge: presend.DefaultSending}) {
				t.Errorf("%+v", f)
			}
		}
	}
}

func TestRule14DeliveredEverythingButClearedBlocks(t *testing.T) {
	w := newWorld(t)
	w.person("n", "GBR", restricted)
	w.person("u", "GBR", "")
	for _, name := range []string{"n", "u"} {
		if x := w.one(secret, addr(name, "GBR")); x.Verdict.Action != presend.Block {
			t.Errorf("%+v", x.Verdict)
		}
	}
}

func TestRule14RelaxationsMatch(t *testing.T) {
	for name, tt := range map[string]struct {
		rule presend.Relaxation
		want presend.Action
	}{
		"all":                      {presend.Relaxation{}, presend.Warn},
		"outcome":                  {presend.Relaxation{Outcome: presend.Unknown}, presend.Warn},
		"other outcome":            {presend.Relaxation{Outcome: presend.NotCleared}, presend.Block},
		"nation":                   {presend.Relaxation{Nation: "UKR"}, presend.Warn},
		"other nation":             {presend.Relaxation{Nation: "GBR"}, presend.Block},
		"channel":                  {presend.Relaxation{Channel: draft.Mail}, presend.Warn},
		"other channel":            {presend.Relaxation{Channel: draft.Chat}, presend.Block},
		"classification":           {presend.Relaxation{Classification: " secret"}, presend.Warn},
		"other classification":     {presend.Relaxation{Classification: "RESTRICTED"}, presend.Block},
		"in force":                 {presend.Relaxation{From: now, Until: now.Add(1)}, presend.Warn},
		"not yet":                  {presend.Relaxation{From: now.Add(1)}, presend.Block},
		"no more":                  {presend.Relaxation{Until: now}, presend.Block},
		"everything but the chat":  {presend.Relaxation{Outcome: presend.Unknown, Nation: "UKR", Channel: draft.Chat}, presend.Block},
		"the outcome is \"clear\"": {presend.Relaxation{Outcome: presend.Cleared}, presend.Block},
	} {
		w := newWorld(t)
		w.person("u", "UKR", "")
		w.rules.Relaxations = []presend.Relaxation{tt.rule}
		r := w.check(secret, addr("u", "UKR"))
		if r.Recipients[0].Verdict.Action != tt.want || r.Sendable {
			t.Errorf("%s: %s, sendable %v", name, r.Recipients[0].Verdict.Action, r.Sendable)
		}
	}
}

// Everything is relaxed here; what stands below must block all the same.
func TestRule14NeverAWarning(t *testing.T) {
	w := newWorld(t)
	w.rules.Relaxations = []presend.Relaxation{{Name: "all"}}
	w.rules.Protected = []string{"only"}
	good := "SECRET; Context=MROD; Only=GBR"
	low := w.person("low", "GBR", "RESTRICTED; Context=MROD; Only=GBR")
	scd := w.person("scd", "GBR", good)
	only := w.person("only", "GBR", "SECRET; Context=MROD; Only=DEU")
	other := w.person("other", "GBR", "")
	w.change("other", "GBR", func(e *presend.Entry) {
		e.Clearances = []string{string(label.Clearance{Policy: label.PolicyID{Name: "ELSE"}, Classifications: []string{"OPEN"}}.Marshal())}
	})
	gone := w.person("gone", "GBR", "")
	w.change("gone", "GBR", func(e *presend.Entry) { e.Withdrawn = true })
	far := w.put(w.entry("far", "FRA", presend.Person, good))
	none := w.person("none", "UKR", "")
	unread := w.person("unread", "GBR", "")
	w.change("unread", "GBR", func(e *presend.Entry) { e.Clearances = []string{"<cut off"} })
	twice := w.put(w.entry("twice", "GBR", presend.Person, good, good+"; Special Category Designators=ATOMAL"))
	// Held when it was last read: that may be relaxed.
	w.person("aged", "GBR", good+"; Special Category Designators=ATOMAL")
	w.change("aged", "GBR", func(e *presend.Entry) { e.ReadAt = now.Add(-48 * time.Hour) })
	want(t, "stale", w.one(atomal, addr("aged", "GBR")).Verdict, "stale warn stale")
	for name, tt := range map[string]struct {
		label string
		who   presend.Ref
		want  presend.Action
	}{
		"classification":                    {secret, low, presend.Warn},
		"policy":                            {secret, other, presend.Warn},
		"withdrawn":                         {secret, gone, presend.Warn},
		"unknown":                           {secret, none, presend.Warn},
		"restrictive":                       {atomal, scd, presend.Block},
		"Only":                              {ukOnly, only, presend.Block},
		"nothing held, and ATOMAL is asked": {atomal, other, presend.Block},
		"nothing held, and Only is asked":   {ukOnly, gone, presend.Block},
		"never published, and ATOMAL":       {atomal, none, presend.Block},
		"never published, and Only":         {ukOnly, none, presend.Block},
		"unreadable":                        {secret, unread, presend.Warn},
		"unreadable, and ATOMAL":            {atomal, unread, presend.Block},
		"two clearances, and ATOMAL":        {atomal, twice, presend.Block},
		"a link":                            {secret, far, presend.Block},
	} {
		to := w.behind[tt.who].Address
		x := w.one(tt.label, to)
		if got := strict(x.Verdict.Action, x.Link.Action); got != tt.want {
			t.Errorf("%s: %s %+v", name, got, x)
		}
		// A list, a nested list or a second claimant is no way around it.
		w.group(presend.List, "list", "GBR", "", low, tt.who)
		w.group(presend.List, "over", "GBR", "", at("GBR", "list"))
		for _, list := range []string{"list", "over"} {
			if x := w.one(tt.label, addr(list, "GBR")); x.Verdict.Action != tt.want {
				t.Errorf("%s, in %s: %s %+v", name, list, x.Verdict.Action, x.Verdict.Reasons)
			}
		}
		if name == "a link" {
			continue
		}
		w.group(presend.Role, "role", "GBR", good+"; Special Category Designators=ATOMAL", tt.who)
		if x := w.one(tt.label, addr("role", "GBR")); x.Verdict.Action != tt.want {
			t.Errorf("%s, in a role: %s %+v", name, x.Verdict.Action, x.Verdict.Reasons)
		}
		w.people["two@gbr.example"] = presend.Party{Nation: "GBR", Entries: []presend.Entry{w.behind[low].Entries[0], w.behind[tt.who].Entries[0]}}
		if x := w.one(tt.label, "two@gbr.example"); x.Verdict.Action != tt.want {
			t.Errorf("%s, of two claimants: %s %+v", name, x.Verdict.Action, x.Verdict.Reasons)
		}
	}
}

func strict(a, b presend.Action) presend.Action {
	rank := map[presend.Action]int{presend.Pass: 0, presend.Warn: 1, presend.Block: 2}
	if rank[a] > rank[b] {
		return a
	}
	return b
}

func TestRule14AMemberIsRelaxedByItsOwnNation(t *testing.T) {
	w := newWorld(t)
	w.rules.Relaxations = []presend.Relaxation{{Outcome: presend.Unknown, Nation: "GBR"}}
	w.group(presend.List, "own", "GBR", "", w.person("u", "GBR", ""))
	w.group(presend.List, "mixed", "GBR", "", at("GBR", "u"), w.person("u", "AUS", ""))
	if x := w.one(secret, addr("own", "GBR")); x.Verdict.Action != presend.Warn {
		t.Errorf("own: %+v", x.Verdict)
	}
	if x := w.one(secret, addr("mixed", "GBR")); x.Verdict.Action != presend.Block {
		t.Errorf("the rule is about GBR, the member is of AUS: %+v", x.Verdict)
	}
	w.group(presend.List, "worse", "GBR", "", at("GBR", "u"), w.person("n", "GBR", restricted))
	if x := w.one(secret, addr("worse", "GBR")); x.Verdict.Action != presend.Block {
		t.Errorf("the rule is about unknown: %+v", x.Verdict)
	}
	w.rules.Relaxations[0].Outcome = presend.NotCleared
	if x := w.one(secret, addr("worse", "GBR")); x.Verdict.Action != presend.Block {
		t.Errorf("the rule is about not-cleared, one member is unknown: %+v", x.Verdict)
	}
}

func TestRule14StaleOriginatorMayBeRelaxed(t *testing.T) {
	w := newWorld(t)
	w.person("good", "GBR", secret)
	w.origin.Entries[0].ReadAt = now.Add(-25 * time.Hour)
	want(t, "delivered", w.check(secret, addr("good", "GBR")).Originator, "stale block stale")
	w.rules.Relaxations = []presend.Relaxation{{Outcome: presend.Stale, Nation: "GBR"}}
	r := w.check(secret, addr("good", "GBR"))
	want(t, "relaxed", r.Originator, "stale warn stale")
	if r.Sendable {
		t.Error("a warning is not sendable by itself")
	}
}
