package presend_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"caveat/backend/presend"
)

func TestRule07RoleAndEachOccupant(t *testing.T) {
	w := newWorld(t)
	good, low, none := w.person("good", "GBR", secret), w.person("low", "GBR", restricted), w.person("none", "GBR", "")
	for name, tt := range map[string]struct {
		own   string
		parts []presend.Ref
		want  string
	}{
		"cleared":         {secret, []presend.Ref{good}, "cleared pass"},
		"vacant":          {secret, nil, "cleared pass"},
		"without own":     {"", []presend.Ref{good}, "unknown block no-clearance"},
		"own too low":     {restricted, []presend.Ref{good}, "not-cleared block classification"},
		"occupant low":    {secret, []presend.Ref{good, low}, "not-cleared block member"},
		"occupant none":   {secret, []presend.Ref{none, good}, "unknown block member"},
		"occupant hidden": {secret, []presend.Ref{good, at("GBR", "hidden")}, "unknown block member"},
		"worst of both":   {"", []presend.Ref{low}, "not-cleared block no-clearance member"},
	} {
		w.group(presend.Role, "role", "GBR", tt.own, tt.parts...)
		x := w.one(secret, addr("role", "GBR"))
		want(t, name, x.Verdict, tt.want)
		if len(x.Members) != len(tt.parts) || x.Kind != presend.Role {
			t.Errorf("%s: %+v", name, x)
		}
	}
	// Occupants read what comes to the role: no address of their own is needed, and the role's link counts.
	p := w.people[addr("good", "GBR")]
	p.Address = ""
	w.behind[good] = p
	w.group(presend.Role, "role", "GBR", secret, good)
	x := w.one(secret, addr("role", "GBR"))
	want(t, "occupant without address", x.Verdict, "cleared pass")
	want(t, "its link", x.Members[0].Link, "cleared pass")
	w.change("role", "GBR", func(e *presend.Entry) { e.Partial = "a part" })
	want(t, "partial", w.one(secret, addr("role", "GBR")).Verdict, "unknown block membership-unknown")
}

func TestRule07ListAndEachMember(t *testing.T) {
	w := newWorld(t)
	good, low, none := w.person("good", "GBR", secret), w.person("low", "GBR", restricted), w.person("none", "GBR", "")
	unreadable, old, far := w.person("unreadable", "GBR", ""), w.person("old", "GBR", secret), w.put(w.entry("far", "FRA", presend.Person, secret))
	w.change("unreadable", "GBR", func(e *presend.Entry) { e.Clearances = []string{"?"} })
	w.change("old", "GBR", func(e *presend.Entry) { e.ReadAt = now.Add(-25 * time.Hour) })
	self := at("GBR", "list")
	for name, tt := range map[string]struct {
		own   string
		parts []presend.Ref
		want  string
	}{
		"all cleared":       {"", []presend.Ref{good}, "cleared pass"},
		"own too":           {secret, []presend.Ref{good}, "cleared pass"},
		"own too low":       {restricted, []presend.Ref{good}, "not-cleared block classification"},
		"empty":             {"", nil, "unknown block membership-unknown"},
		"only itself":       {secret, []presend.Ref{self}, "unknown block membership-unknown"},
		"itself and good":   {"", []presend.Ref{self, good}, "cleared pass"},
		"low":               {"", []presend.Ref{good, low}, "not-cleared block member"},
		"none":              {"", []presend.Ref{good, none}, "unknown block member"},
		"unreadable":        {"", []presend.Ref{unreadable, none}, "error block member"},
		"old":               {"", []presend.Ref{good, old}, "stale block member"},
		"hidden":            {"", []presend.Ref{good, at("GBR", "hidden")}, "unknown block member"},
		"no route":          {"", []presend.Ref{good, far}, "unknown block member"},
		"worst counts":      {"", []presend.Ref{old, none, unreadable, low}, "not-cleared block member"},
		"named three times": {"", []presend.Ref{good, good, good}, "cleared pass"},
	} {
		w.group(presend.List, "list", "GBR", tt.own, tt.parts...)
		x := w.one(secret, addr("list", "GBR"))
		want(t, name, x.Verdict, tt.want)
		if !strings.Contains(x.Verdict.Evidence.Note, "Membership as published at 1 Jun 2026, 14:04Z") {
			t.Errorf("%s: note %q", name, x.Verdict.Evidence.Note)
		}
	}
	w.group(presend.List, "list", "GBR", "", good)
	w.change("list", "GBR", func(e *presend.Entry) { e.Partial = "a part" })
	want(t, "partial", w.one(secret, addr("list", "GBR")).Verdict, "unknown block membership-unknown")
	w.change("list", "GBR", func(e *presend.Entry) { e.Partial, e.ReadAt = "", now.Add(-time.Hour) })
	x := w.one(secret, addr("list", "GBR"))
	want(t, "an hour old", x.Verdict, "cleared pass")
	if n := x.Verdict.Evidence.Note; !strings.Contains(n, "Membership as published at 1 Jun 2026, 13:05Z.") || !strings.Contains(n, "As last read.") {
		t.Errorf("note %q", n)
	}
	w.change("list", "GBR", func(e *presend.Entry) { e.ReadAt = now.Add(-25 * time.Hour) })
	want(t, "membership too old", w.one(secret, addr("list", "GBR")).Verdict, "stale block stale")
}

func TestRule07MemberWithoutAddressHasNoLink(t *testing.T) {
	w := newWorld(t)
	ref := w.person("mute", "GBR", secret)
	p := w.behind[ref]
	p.Address = ""
	w.behind[ref] = p
	w.group(presend.List, "list", "GBR", "", ref)
	x := w.one(secret, addr("list", "GBR"))
	want(t, "list", x.Verdict, "unknown block member")
	want(t, "member", x.Members[0].Verdict, "cleared pass")
	want(t, "its link", x.Members[0].Link, "unknown block no-address")
}

func TestRule07Room(t *testing.T) {
	w := newWorld(t)
	w.group(presend.Room, "room", "GBR", secret)
	want(t, "cleared", w.one(secret, addr("room", "GBR")).Verdict, "unknown block membership-unknown")
	w.group(presend.Room, "bare", "GBR", "")
	want(t, "without own", w.one(secret, addr("bare", "GBR")).Verdict, "unknown block no-clearance")
	w.group(presend.Room, "low", "GBR", restricted)
	want(t, "own too low", w.one(secret, addr("low", "GBR")).Verdict, "not-cleared block classification")
	w.group(presend.Room, "known", "GBR", secret, w.person("m", "GBR", restricted))
	want(t, "known member", w.one(secret, addr("known", "GBR")).Verdict, "not-cleared block membership-unknown member")
	// An old clearance is better than not knowing who is there: it must not hide that.
	w.change("room", "GBR", func(e *presend.Entry) { e.ReadAt = now.Add(-25 * time.Hour) })
	w.rules.Relaxations = []presend.Relaxation{{Outcome: presend.Stale}}
	want(t, "old", w.one(secret, addr("room", "GBR")).Verdict, "unknown block stale membership-unknown")
}

func TestRule07NestedListsToTheLastLevel(t *testing.T) {
	w := newWorld(t)
	w.group(presend.List, "c", "GBR", "", w.person("deep", "GBR", restricted), w.person("x", "GBR", secret))
	w.group(presend.List, "b", "GBR", "", at("GBR", "c"), w.person("y", "GBR", secret))
	w.group(presend.List, "a", "GBR", "", at("GBR", "b"), at("GBR", "y"))
	x := w.one(secret, addr("a", "GBR"))
	want(t, "a", x.Verdict, "not-cleared block member")
	if text := x.Verdict.Reasons[0].Text; !strings.Contains(text, "1 of 3") || !strings.Contains(text, "deep") || strings.Contains(text, "cn=") {
		t.Errorf("it must name who is not cleared, once: %s", text)
	}
	b := x.Members[0]
	want(t, "b", b.Verdict, "not-cleared block member")
	want(t, "c", b.Members[0].Verdict, "not-cleared block member")
	want(t, "deep", b.Members[0].Members[0].Verdict, "not-cleared block classification")
	// A nested list's own clearance counts as well.
	w.person("deep", "GBR", secret)
	want(t, "all cleared", w.one(secret, addr("a", "GBR")).Verdict, "cleared pass")
	w.group(presend.List, "c", "GBR", restricted, at("GBR", "deep"))
	want(t, "own clearance of c", w.one(secret, addr("a", "GBR")).Verdict, "not-cleared block member")
}

func TestRule07CyclesEnd(t *testing.T) {
	w := newWorld(t)
	w.person("good", "GBR", secret)
	w.group(presend.List, "a", "GBR", "", at("GBR", "b"), at("GBR", "a"))
	w.group(presend.List, "b", "GBR", "", at("GBR", "a"), at("GBR", "c"))
	w.group(presend.List, "c", "GBR", "", at("GBR", "b"), at("GBR", "good"))
	for _, name := range []string{"a", "b", "c"} {
		want(t, name, w.one(secret, addr(name, "GBR")).Verdict, "cleared pass")
	}
	w.person("good", "GBR", restricted)
	r := w.check(secret, addr("a", "GBR"), addr("b", "GBR"), addr("c", "GBR"))
	for _, x := range r.Recipients {
		want(t, x.Address, x.Verdict, "not-cleared block member")
	}
}

// Lists that stand in many lists must not be opened along every path: 2⁴⁰ of them.
func TestRule07DiamondsOfFortyLevels(t *testing.T) {
	w := newWorld(t)
	w.person("bad", "GBR", restricted)
	below := []presend.Ref{at("GBR", "bad")}
	for i := range 40 {
		var level []presend.Ref
		for j := range 3 {
			level = append(level, w.group(presend.List, fmt.Sprintf("l%d-%d", i, j), "GBR", "", below...))
		}
		below = level
	}
	x := w.one(secret, addr("l39-0", "GBR"))
	want(t, "top", x.Verdict, "not-cleared block member")
	if n := rows(x); n != 1+3*39+1 {
		t.Errorf("%d rows", n)
	}
	if calls := len(w.fresh); calls != 2+40 {
		t.Errorf("the directory was asked %d times", calls)
	}
}

func rows(x presend.Recipient) int {
	n := 1
	for _, m := range x.Members {
		n += rows(m)
	}
	return n
}

func TestLargeLists(t *testing.T) {
	w := newWorld(t)
	var all []presend.Ref
	for i := range 5000 {
		all = append(all, w.person(fmt.Sprintf("p%d", i), "GBR", secret))
	}
	w.group(presend.List, "big", "GBR", "", all...)
	x := w.one(secret, addr("big", "GBR"))
	want(t, "big", x.Verdict, "cleared pass")
	if len(x.Members) != 5000 {
		t.Errorf("%d members", len(x.Members))
	}
	w.person("p4999", "GBR", restricted)
	x = w.one(secret, addr("big", "GBR"))
	want(t, "one of 5000", x.Verdict, "not-cleared block member")
	if !strings.Contains(x.Verdict.Reasons[0].Text, "1 of 5000 behind it: p4999") {
		t.Errorf("%+v", x.Verdict.Reasons)
	}
	// A chain as deep as the list is long.
	for i := range 600 {
		w.group(presend.List, fmt.Sprintf("c%d", i), "GBR", "", at("GBR", fmt.Sprintf("c%d", i+1)), all[i])
	}
	w.group(presend.List, "c600", "GBR", "", at("GBR", "p4999"))
	want(t, "chain", w.one(secret, addr("c0", "GBR")).Verdict, "not-cleared block member")
}
