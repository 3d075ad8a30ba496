package presend_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/draft"
	"caveat/backend/presend"
)

func TestRule07TheSamePersonReachedTwice(t *testing.T) {
	w := newWorld(t)
	a, b := w.person("a", "GBR", secret), w.person("b", "GBR", secret)
	w.also("a", "GBR", "a@ukr.example")
	w.group(presend.List, "list", "GBR", "", a, b)
	w.group(presend.List, "over", "GBR", "", at("GBR", "list"))
	w.group(presend.Role, "role", "GBR", secret, b)
	for name, tt := range map[string]struct {
		to     []string
		also   []string // of each row
		reason []string // the addresses of the warning
	}{
		"once each":                    {[]string{"a@gbr", "b@gbr"}, []string{"", ""}, nil},
		"two addresses of one entry":   {[]string{"a@gbr", "b@gbr", "a@ukr"}, []string{"a@ukr", "", "a@gbr"}, []string{"a@gbr", "a@ukr"}},
		"directly and through a list":  {[]string{"b@gbr", "over@gbr"}, []string{"over@gbr", ""}, []string{"b@gbr", "over@gbr"}},
		"through two lists":            {[]string{"list@gbr", "over@gbr"}, []string{"", ""}, []string{"list@gbr", "over@gbr"}},
		"as the occupant of a role":    {[]string{"b@gbr", "role@gbr"}, []string{"", ""}, nil},
		"three ways":                   {[]string{"a@gbr", "a@ukr", "list@gbr"}, []string{"a@ukr,list@gbr", "a@gbr,list@gbr", ""}, []string{"a@gbr", "a@ukr", "list@gbr"}},
		"one spelled twice is one row": {[]string{"a@gbr", "A@GBR"}, []string{""}, nil},
	} {
		d := w.draft(secret)
		for _, x := range tt.to {
			d.Action = append(d.Action, x+".example")
		}
		r := w.report(d)
		var also, warned []string
		for _, x := range r.Recipients {
			also = append(also, strings.ReplaceAll(strings.Join(x.AlsoBy, ","), ".example", ""))
		}
		for _, x := range r.Warnings {
			if x.Kind == presend.WarnTwice {
				for _, address := range x.Addresses {
					warned = append(warned, strings.TrimSuffix(address, ".example"))
				}
			}
		}
		if !slices.Equal(also, tt.also) || !slices.Equal(warned, tt.reason) || !r.Sendable {
			t.Errorf("%s: also by %q, warned of %q, %v", name, also, warned, r.Sendable)
		}
	}
	r := w.check(secret, addr("b", "GBR"), addr("list", "GBR"))
	if m := r.Recipients[1].Members; len(m) != 2 || len(m[0].AlsoBy) > 0 || !slices.Equal(m[1].AlsoBy, []string{addr("b", "GBR")}) {
		t.Errorf("%+v", m)
	}
}

func TestRule14Thresholds(t *testing.T) {
	w := newWorld(t)
	var refs []presend.Ref
	var to []string
	for i := range 10 {
		refs = append(refs, w.person(fmt.Sprintf("p%d", i), "GBR", "TOP SECRET; Context=MROD"))
		to = append(to, addr(fmt.Sprintf("p%d", i), "GBR"))
	}
	w.group(presend.List, "ten", "GBR", "", refs...)
	w.group(presend.List, "over", "GBR", "", at("GBR", "ten"), refs[0])
	w.group(presend.List, "open", "GBR", "", refs[0])
	w.change("open", "GBR", func(e *presend.Entry) { e.Partial = "a part" })
	w.group(presend.List, "hidden", "GBR", "", refs[0], at("GBR", "nobody"))
	w.group(presend.Role, "vacant", "GBR", secret)
	w.group(presend.Role, "held", "GBR", secret, refs[0], refs[1])
	w.group(presend.Room, "room", "GBR", secret)
	w.change("room", "GBR", func(e *presend.Entry) { e.Filtered = true })
	for name, tt := range map[string]struct {
		rule  presend.ThresholdRule
		label string
		to    []string
		want  string
	}{
		"at the limit":               {presend.ThresholdRule{Limit: 10}, secret, to, ""},
		"one more":                   {presend.ThresholdRule{Limit: 9}, secret, to, "10 block"},
		"it may be overridden":       {presend.ThresholdRule{Limit: 9, Action: presend.Warn}, secret, to, "10 warn"},
		"an action of another kind":  {presend.ThresholdRule{Limit: 9, Action: presend.Pass}, secret, to, "10 block"},
		"counted to the last level":  {presend.ThresholdRule{Limit: 9}, secret, []string{addr("over", "GBR")}, "10 block"},
		"each counts once":           {presend.ThresholdRule{Limit: 10}, secret, append([]string{addr("over", "GBR"), addr("ten", "GBR")}, to...), ""},
		"below the classification":   {presend.ThresholdRule{Limit: 9, Classification: "TOP SECRET"}, secret, to, ""},
		"at it":                      {presend.ThresholdRule{Limit: 9, Classification: " secret"}, secret, to, "10 block"},
		"above it":                   {presend.ThresholdRule{Limit: 9, Classification: "RESTRICTED"}, secret, to, "10 block"},
		"one that nobody knows":      {presend.ThresholdRule{Limit: 9, Classification: "COSMIC"}, secret, to, "10 block"},
		"not yet":                    {presend.ThresholdRule{Limit: 9, From: now.Add(1)}, secret, to, ""},
		"no more":                    {presend.ThresholdRule{Limit: 9, Until: now}, secret, to, ""},
		"in force":                   {presend.ThresholdRule{Limit: 9, From: now, Until: now.Add(1)}, secret, to, "10 block"},
		"a list that is not open":    {presend.ThresholdRule{Limit: 9}, secret, []string{addr("open", "GBR")}, "1 block"},
		"a member that is not there": {presend.ThresholdRule{Limit: 9}, secret, []string{addr("hidden", "GBR")}, "2 block"},
		"a room":                     {presend.ThresholdRule{Limit: 9}, secret, []string{addr("room", "GBR")}, "0 block"},
		"a vacant role":              {presend.ThresholdRule{Limit: 1}, secret, []string{addr("vacant", "GBR"), to[5]}, "2 block"},
		"a role and its occupant":    {presend.ThresholdRule{Limit: 2}, secret, []string{addr("held", "GBR"), to[0]}, ""},
		"in no book":                 {presend.ThresholdRule{Limit: 1}, secret, []string{"x@gbr.example", "y@gbr.example"}, "2 block"},
	} {
		tt.rule.Name = "many"
		w.rules.Thresholds = []presend.ThresholdRule{tt.rule}
		r := w.check(tt.label, tt.to...)
		got := ""
		for _, x := range r.Thresholds {
			got += fmt.Sprintf("%d %s", x.Recipients, x.Action)
			if x.Name != "many" || x.Limit != tt.rule.Limit || x.Text == "" {
				t.Errorf("%s: %+v", name, x)
			}
		}
		if got != tt.want || got != "" && r.Sendable {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
	if presend.ThresholdKey("many") != "threshold:many" {
		t.Error(presend.ThresholdKey("many"))
	}
	// A way forward obeys thresholds too: ten are too many, with or without somebody who fails.
	w.rules.Thresholds = []presend.ThresholdRule{{Name: "many", Limit: 9}}
	if f := w.check(secret, append([]string{"x@gbr.example"}, to...)...).Fixes; len(f) > 0 {
		t.Errorf("%+v", f)
	}
	if f := w.check(secret, to...).Fixes; len(f) > 0 {
		t.Errorf("who is to be left out, the drafter decides: %+v", f)
	}
	if f := w.check(secret, append([]string{"x@gbr.example"}, to[:9]...)...).Fixes; len(f) != 2 {
		t.Errorf("without the one who fails they are nine: %+v", f)
	}
}

func TestRule14RulesInTrialOnlyRecord(t *testing.T) {
	w := newWorld(t)
	w.person("u", "GBR", "")
	w.person("ukr", "UKR", "")
	w.person("low", "GBR", restricted)
	w.person("good", "GBR", secret)
	w.put(w.entry("far", "FRA", presend.Person))
	w.group(presend.List, "list", "GBR", "", at("GBR", "u"))
	w.group(presend.List, "mixed", "GBR", "", at("GBR", "u"), at("GBR", "low"))
	to := []string{addr("u", "GBR"), addr("ukr", "UKR"), addr("low", "GBR"), addr("good", "GBR"), addr("far", "FRA"), addr("list", "GBR"), addr("mixed", "GBR")}
	plain := w.check(secret, to...)
	w.rules.Relaxations = []presend.Relaxation{
		{Name: "try", Outcome: presend.Unknown, Trial: true},
		{Name: "later", Trial: true, From: now.Add(1)},
		{Name: "try GBR", Outcome: presend.NotCleared, Nation: "GBR", Trial: true},
	}
	res, err := w.run(w.draft(secret, to...))
	if err != nil {
		t.Fatal(err)
	}
	if res.Report().Digest() != plain.Digest() {
		t.Errorf("the drafter's report differs: %+v", res.Report())
	}
	var got []string
	for _, x := range res.Trials() {
		got = append(got, fmt.Sprintf("%s: %s %s", x.Rule, strings.TrimSuffix(x.Address, ".example"), x.Outcome))
	}
	expect := []string{"try: u@gbr unknown", "try: ukr@ukr unknown", "try: list@gbr unknown", "try GBR: low@gbr not-cleared"}
	if !slices.Equal(got, expect) {
		t.Errorf("%q", got)
	}
	// Beside an enforced one: each is tried with those that are in force.
	w.rules.Relaxations = append(w.rules.Relaxations, presend.Relaxation{Name: "in force", Outcome: presend.Unknown})
	if res, err = w.run(w.draft(secret, addr("mixed", "GBR"), addr("u", "GBR"))); err != nil || len(res.Trials()) != 1 || res.Trials()[0].Rule != "try GBR" {
		t.Errorf("%+v, %v", res.Trials(), err)
	}
}

func TestRule13WhatChangedSinceTheDraftWasChecked(t *testing.T) {
	w := newWorld(t)
	w.person("same", "GBR", secret)
	w.person("p", "GBR", secret)
	w.group(presend.List, "list", "GBR", "", at("GBR", "p"), at("GBR", "same"))
	w.person("far", "DEU", secret)
	to := []string{addr("same", "GBR"), addr("p", "GBR"), addr("list", "GBR"), addr("far", "DEU")}
	before := w.check(secret, to...)
	w.person("p", "GBR", restricted)
	w.routes["deu.example"] = nil
	w.before = &before
	if r := w.check(secret, to...); r.Recipients[1].Was != nil {
		t.Error("it is told at Send")
	}
	w.sending = true
	for _, name := range []string{"p", "same", "far", "list"} {
		n := map[bool]string{true: "DEU", false: "GBR"}[name == "far"]
		w.change(name, n, func(e *presend.Entry) { e.ReadAt = now })
	}
	r := w.check(secret, to...)
	for i, changed := range []bool{false, true, true, true} {
		x := r.Recipients[i]
		if (x.Was != nil) != changed || changed && (x.Was.Outcome != presend.Cleared || x.Was.ReadAt == nil || !x.Was.ReadAt.Equal(now.Add(-time.Minute))) {
			t.Errorf("%s: %+v", x.Address, x.Was)
		}
	}
	if m := r.Recipients[2].Members; m[0].Was == nil || m[1].Was != nil {
		t.Errorf("%+v", m)
	}
	// With another label it is the label that made the difference.
	if r := w.check(restricted, to...); r.Recipients[3].Was != nil {
		t.Errorf("%+v", r.Recipients[3].Was)
	}
	d := withPart(w.draft(secret, to...), chosen("NATO", restricted))
	if r := w.report(d); r.Recipients[1].Was != nil {
		t.Errorf("%+v", r.Recipients[1].Was)
	}
}

func TestRule16OwnNationPassesWithEverybodyElseUnreachable(t *testing.T) {
	w := newWorld(t)
	w.person("good", "GBR", secret)
	w.person("far", "UKR", secret)
	p := w.people[addr("far", "UKR")]
	p.Fault = "Could not ask the directory UKR."
	p.Entries[0].ReadAt = now.Add(-25 * time.Hour)
	w.people[addr("far", "UKR")] = p
	for _, channel := range []draft.Channel{draft.Mail, draft.Chat} {
		for _, w.sending = range []bool{false, true} {
			d := w.draft(secret, addr("good", "GBR"))
			d.Channel = channel
			if r := w.report(d); !r.Sendable || len(r.Warnings) > 0 || r.Recipients[0].Verdict.Evidence.Note != "" {
				t.Errorf("%+v", r)
			}
			d.Action = append(d.Action, addr("far", "UKR"))
			want(t, "far", w.report(d).Recipients[1].Verdict, "stale block stale")
		}
	}
}

func TestRule17WarnsThirtyDaysAhead(t *testing.T) {
	for name, tt := range map[string]struct {
		end   time.Time
		later time.Duration // of sending; 0: now
		want  string
	}{
		"in 31 days":                 {now.AddDate(0, 0, 31), 0, ""},
		"in 29 days":                 {now.AddDate(0, 0, 29), 0, "The policy NATO ends on 30 Jun 2026, 14:05Z."},
		"before it is sent":          {now.AddDate(0, 0, 40), 41 * 24 * time.Hour, "The policy NATO ends on 11 Jul 2026, 14:05Z, before the message is sent."},
		"it is sent before that end": {now.AddDate(0, 0, 40), 39 * 24 * time.Hour, ""},
	} {
		w := newWorld(t, policyText(t, `creationDate="20260101000000Z"`, `creationDate="20260101000000Z" notAfter="`+tt.end.Format(time.RFC3339)+`"`))
		w.person("good", "GBR", secret)
		d := w.draft(secret, addr("good", "GBR"))
		if tt.later > 0 {
			at := now.Add(tt.later)
			d.SendAt = &at
		}
		r := w.report(d)
		got := ""
		for _, x := range r.Warnings {
			if x.Kind == presend.WarnPolicyEnds {
				got = x.Text
			}
		}
		if got != tt.want || !r.Sendable {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestRule03WarnsOfWhatEndsBeforeSending(t *testing.T) {
	w := newWorld(t)
	w.person("good", "GBR", secret)
	w.person("p", "GBR", secret)
	w.person("q", "GBR", secret)
	w.group(presend.List, "list", "GBR", "", at("GBR", "q"))
	w.change("p", "GBR", func(e *presend.Entry) { e.ExpiresAt = now.Add(2 * time.Hour) })
	w.change("q", "GBR", func(e *presend.Entry) { e.CertificateUntil = now.Add(2 * time.Hour) })
	d := w.draft(secret, addr("good", "GBR"), addr("p", "GBR"), addr("list", "GBR"))
	d.Label.Selection.Review = now.Add(2 * time.Hour)
	until := now.Add(2 * time.Hour).UTC().Format("2 Jan 2006, 15:04Z")
	names := fmt.Sprintf("p (%s), q (%s)", until, until)
	for name, tt := range map[string]struct {
		at   time.Duration
		want string
	}{
		"now":            {0, ""},
		"in the past":    {-time.Hour, "send-time-past"},
		"before the end": {time.Hour, ""},
		"at the end":     {2 * time.Hour, "expires-before-sending review-before-sending"},
		"after it":       {3 * time.Hour, "expires-before-sending review-before-sending"},
	} {
		d.SendAt = nil
		if tt.at != 0 {
			at := now.Add(tt.at)
			d.SendAt = &at
		}
		r := w.report(d)
		if kinds(r) != tt.want || !r.Sendable {
			t.Errorf("%s: %s", name, kinds(r))
		}
		if tt.at > 0 && tt.want != "" && (!slices.Equal(r.Warnings[0].Addresses, []string{addr("p", "GBR"), addr("list", "GBR")}) || !strings.Contains(r.Warnings[0].Text, names)) {
			t.Errorf("%s: %+v", name, r.Warnings)
		}
	}
}

func TestRule22NobodyIsAskedWhileDrafting(t *testing.T) {
	w := newWorld(t)
	w.person("good", "GBR", secret)
	w.put(w.entry("p", "FRA", presend.Person, secret))
	w.also("p", "FRA", "p@aus.example")
	w.check(secret, addr("good", "GBR"), addr("p", "FRA"))
	for _, f := range w.fresh {
		if f.Live {
			t.Errorf("a live read for a way forward: %+v", w.fresh)
		}
	}
	if len(w.fresh) < 3 {
		t.Errorf("%+v", w.fresh)
	}
}

func TestRule19PartsTellNothingHeld(t *testing.T) {
	w := newWorld(t)
	w.person("gap", "GBR", onlySecret)
	for _, w.showHeld = range []bool{false, true} {
		doc, err := json.Marshal(w.report(withPart(w.draft(secret, addr("gap", "GBR")), chosen("NATO", restricted))))
		if err != nil || strings.Contains(string(doc), `"held"`) != w.showHeld {
			t.Errorf("asked for %v: %s", w.showHeld, doc)
		}
	}
}
