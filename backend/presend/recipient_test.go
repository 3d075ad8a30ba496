package presend_test

import (
	"strings"
	"testing"
	"time"

	"caveat/backend/label"
	"caveat/backend/presend"
)

const restricted = "RESTRICTED; Context=MROD"

func TestOutcomeOfOneEntry(t *testing.T) {
	other := label.Clearance{Policy: label.PolicyID{Name: "FICTITIA", URI: "urn:oid:1.3.6.1.4.1.32473.4775.1"}, Classifications: []string{"OPEN"}}
	for name, tt := range map[string]struct {
		label, clearance string
		edit             func(*presend.Entry)
		want             string
	}{
		"cleared":               {secret, secret, nil, "cleared pass"},
		"class too low":         {secret, restricted, nil, "not-cleared block classification"},
		"only the higher class": {restricted, "=SECRET; Context=MROD", nil, "not-cleared block classification"}, // membership, not hierarchy
		"no context":            {secret, "SECRET", nil, "not-cleared block permissive"},
		"no ATOMAL":             {atomal, secret, nil, "not-cleared block restrictive"},
		"all reasons":           {atomal, "RESTRICTED", nil, "not-cleared block classification permissive restrictive"},
		"none published":        {secret, "", nil, "unknown block no-clearance"},
		"unreadable":            {secret, "", func(e *presend.Entry) { e.Clearances = []string{"<slab:Confid"} }, "error block clearance-unreadable"},
		"empty text":            {secret, "", func(e *presend.Entry) { e.Clearances = []string{""} }, "error block clearance-unreadable"},
		"one of two unreadable": {secret, secret, func(e *presend.Entry) { e.Clearances = append(e.Clearances, "?") }, "error block clearance-unreadable"},
		"two of one policy":     {secret, secret, func(e *presend.Entry) { e.Clearances = append(e.Clearances, e.Clearances[0]) }, "error block directory-error"},
		"other policy":          {secret, "", func(e *presend.Entry) { e.Clearances = []string{string(other.Marshal())} }, "not-cleared block policy"},
		"and another policy":    {secret, secret, func(e *presend.Entry) { e.Clearances = append(e.Clearances, string(other.Marshal())) }, "cleared pass"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.person("p", "GBR", tt.clearance)
			if tt.edit != nil {
				w.change("p", "GBR", tt.edit)
			}
			r := w.check(tt.label, addr("p", "GBR"))
			want(t, "recipient", r.Recipients[0].Verdict, tt.want)
			if r.Sendable != (tt.want == "cleared pass") || r.Outcome != r.Recipients[0].Verdict.Outcome {
				t.Errorf("%v %s", r.Sendable, r.Outcome)
			}
		})
	}
}

// Texts that hold any byte must not be taken for others that were decided before them.
func TestEqualClearancesAreDecidedOnceAndOthersAreNot(t *testing.T) {
	w := newWorld(t)
	ceiling := clearance(w.policy, restricted)
	ukr := label.Clearance{Policy: label.PolicyID{Name: "FICTITIA"}, Classifications: []string{"OPEN"}}
	w.person("two", "GBR", secret)
	w.change("two", "GBR", func(e *presend.Entry) { e.Clearances = append(e.Clearances, string(ukr.Marshal())) })
	w.person("glued", "GBR", "")
	w.change("glued", "GBR", func(e *presend.Entry) {
		e.Clearances = []string{strings.Join(w.people[addr("two", "GBR")].Entries[0].Clearances, "\x00")}
	})
	w.person("none", "GBR", "")
	w.person("empty", "GBR", "")
	w.change("empty", "GBR", func(e *presend.Entry) { e.Clearances = []string{""} })
	w.person("plain", "GBR", secret)
	w.change("plain", "GBR", func(e *presend.Entry) { e.Untrusted, e.Ceiling, e.Transport = true, &ceiling, "plain" })
	w.person("tls", "GBR", secret)
	above := clearance(w.policy, secret)
	w.person("high", "GBR", secret)
	w.change("high", "GBR", func(e *presend.Entry) { e.Untrusted, e.Ceiling, e.Transport = true, &above, "plain" })
	names := map[string]string{"two": "cleared pass", "high": "cleared pass", "glued": "error block", "none": "unknown block", "empty": "error block", "plain": "unknown block", "tls": "cleared pass"}
	for first := range names {
		for second := range names {
			r := w.check(secret, addr(first, "GBR"), addr(second, "GBR"))
			for i, x := range r.Recipients {
				want(t, first+", "+second, x.Verdict, names[[]string{first, second}[i]])
			}
		}
	}
}

func TestRule06WorstOfSeveralClaimantsCounts(t *testing.T) {
	w := newWorld(t)
	low, good, bare := w.entry("low", "GBR", presend.Person, restricted), w.entry("good", "GBR", presend.Person, secret), w.entry("bare", "GBR", presend.Role)
	for _, order := range [][]presend.Entry{{low, good, bare}, {bare, low, good}, {good, bare, low}} {
		w.people["shared@gbr.example"] = presend.Party{Nation: "GBR", Entries: order}
		x := w.one(secret, "shared@gbr.example")
		want(t, "shared", x.Verdict, "not-cleared block classification no-clearance")
		if x.Verdict.Evidence.DN != "cn=low" {
			t.Errorf("evidence %+v", x.Verdict.Evidence)
		}
	}
	w.people["shared@gbr.example"] = presend.Party{Nation: "GBR", Entries: []presend.Entry{good, bare}}
	want(t, "shared", w.one(secret, "shared@gbr.example").Verdict, "unknown block no-clearance")
}

func TestRule06ForeignEntriesAreShownAndNeverDecide(t *testing.T) {
	w := newWorld(t)
	w.people["x@gbr.example"] = presend.Party{Nation: "GBR", Looked: "GBR", Foreign: 2}
	x := w.one(secret, "x@gbr.example")
	want(t, "foreign only", x.Verdict, "unknown block unlisted")
	if x.Kind != presend.Unlisted || !strings.Contains(x.Verdict.Evidence.Note, "2 entries") || x.Verdict.Evidence.Directory != "GBR" {
		t.Errorf("%+v", x)
	}
	w.person("good", "GBR", secret)
	p := w.people[addr("good", "GBR")]
	p.Foreign = 1
	w.people[addr("good", "GBR")] = p
	x = w.one(secret, addr("good", "GBR"))
	want(t, "and a foreign one", x.Verdict, "cleared pass")
	if !strings.Contains(x.Verdict.Evidence.Note, "does not decide") {
		t.Errorf("%+v", x.Verdict.Evidence)
	}
}

func TestRule08WithdrawnClearanceIsNotCleared(t *testing.T) {
	w := newWorld(t)
	gone := func(e *presend.Entry) { e.Withdrawn, e.Clearances = true, nil }
	w.person("p", "GBR", "")
	w.group(presend.List, "list", "GBR", "", w.person("good", "GBR", secret))
	w.group(presend.Role, "role", "GBR", "", w.person("good", "GBR", secret))
	w.group(presend.Room, "room", "GBR", "")
	for _, name := range []string{"p", "list", "role", "room"} {
		w.change(name, "GBR", gone)
		want(t, name, w.one(secret, addr(name, "GBR")).Verdict, "not-cleared block withdrawn")
		w.change(name, "GBR", func(e *presend.Entry) { e.ReadAt = now.Add(-99 * time.Hour) })
		want(t, name+", long ago", w.one(secret, addr(name, "GBR")).Verdict, "not-cleared block withdrawn")
	}
	w.group(presend.List, "over", "GBR", "", at("GBR", "p"))
	want(t, "member", w.one(secret, addr("over", "GBR")).Verdict, "not-cleared block member")
	w.origin.Entries[0].Withdrawn = true
	want(t, "originator", w.check(secret, addr("good", "GBR")).Originator, "not-cleared block withdrawn")
}

func TestRule08NeverPublishedIsUnknown(t *testing.T) {
	w := newWorld(t)
	w.people["down@gbr.example"] = presend.Party{Nation: "GBR", Looked: "GBR", Fault: "Could not ask the directory GBR."}
	want(t, "nobody", w.one(secret, "nobody@gbr.example").Verdict, "unknown block unlisted")
	x := w.one(secret, "down@gbr.example")
	want(t, "down", x.Verdict, "unknown block directory-unreachable")
	if x.Verdict.Evidence.Directory != "GBR" || x.Verdict.Evidence.Note == "" || x.Verdict.Evidence.ReadAt != nil {
		t.Errorf("%+v", x.Verdict.Evidence)
	}
}

func TestRule09UnprotectedChannelsHaveACeiling(t *testing.T) {
	w := newWorld(t)
	low := clearance(w.policy, restricted)
	for name, tt := range map[string]struct {
		label, clearance string
		ceiling          *label.Clearance
		want             string
	}{
		"no ceiling":             {restricted, secret, nil, "unknown block untrusted-channel"},
		"no ceiling, and no":     {secret, restricted, nil, "unknown block untrusted-channel"},
		"below the ceiling":      {restricted, secret, &low, "cleared pass"},
		"above the ceiling":      {secret, secret, &low, "unknown block ceiling"},
		"above both":             {secret, restricted, &low, "not-cleared block classification"},
		"nothing published":      {restricted, "", &low, "unknown block no-clearance"},
		"ceiling permits no one": {restricted, secret, &label.Clearance{}, "unknown block ceiling"},
	} {
		w.person("p", "GBR", tt.clearance)
		w.change("p", "GBR", func(e *presend.Entry) { e.Untrusted, e.Transport, e.Ceiling = true, "plain", tt.ceiling })
		x := w.one(tt.label, addr("p", "GBR"))
		want(t, name, x.Verdict, tt.want)
		if x.Verdict.Evidence.Transport != "plain" {
			t.Errorf("%s: evidence does not say how it was read: %+v", name, x.Verdict.Evidence)
		}
	}
	w.group(presend.List, "list", "GBR", "", w.person("good", "GBR", secret))
	w.change("list", "GBR", func(e *presend.Entry) { e.Untrusted, e.Transport = true, "ldif" })
	want(t, "membership", w.one(restricted, addr("list", "GBR")).Verdict, "unknown block untrusted-channel")
}

func TestRule10Originator(t *testing.T) {
	w := newWorld(t)
	w.person("good", "GBR", secret)
	ok := w.origin
	for name, tt := range map[string]struct {
		edit func(*presend.Party)
		want string
	}{
		"cleared":       {func(*presend.Party) {}, "cleared pass"},
		"not found":     {func(p *presend.Party) { p.Entries, p.Looked = nil, "GBR, cn=me" }, "unknown block unlisted"},
		"not reachable": {func(p *presend.Party) { p.Entries, p.Fault = nil, "down" }, "unknown block directory-unreachable"},
		"no clearance":  {func(p *presend.Party) { p.Entries = []presend.Entry{w.entry("me", "GBR", presend.Person)} }, "unknown block no-clearance"},
		"role without":  {func(p *presend.Party) { p.Entries = []presend.Entry{w.entry("me", "GBR", presend.Role)} }, "unknown block no-clearance"},
		"too low":       {func(p *presend.Party) { p.Entries = []presend.Entry{w.entry("me", "GBR", presend.Person, restricted)} }, "not-cleared block classification"},
		"worst of two": {func(p *presend.Party) {
			p.Entries = append(p.Entries[:1:1], w.entry("me", "GBR", presend.Person, restricted))
		}, "not-cleared block classification"},
	} {
		w.origin = ok
		tt.edit(&w.origin)
		w.rules.Relaxations = []presend.Relaxation{{Name: "all"}}
		r := w.check(secret, addr("good", "GBR"))
		want(t, name, r.Originator, tt.want)
		if r.Sendable != (tt.want == "cleared pass") || r.Outcome != r.Originator.Outcome || !r.Sendable && len(r.Fixes) > 0 {
			t.Errorf("%s: %+v", name, r)
		}
		want(t, name+": the recipient", r.Recipients[0].Verdict, "cleared pass")
	}
	w.origin, w.unbound = ok, true
	r := w.check(secret, addr("good", "GBR"))
	want(t, "unbound", r.Originator, "not-cleared block not-bound")
	if r.Sendable || r.Originator.Evidence.Directory == "" {
		t.Errorf("%+v", r.Originator)
	}
}
