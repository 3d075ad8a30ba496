package presend_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/draft"
	"caveat/backend/presend"
)

func TestRule23WhoIsNotInUseIsNotCleared(t *testing.T) {
	for name, tt := range map[string]struct {
		edit func(*presend.Entry)
		want string
	}{
		"in use":         {func(*presend.Entry) {}, "cleared pass"},
		"disabled":       {func(e *presend.Entry) { e.Disabled = true }, "not-cleared block inactive"},
		"ended":          {func(e *presend.Entry) { e.ExpiresAt = now.Add(-time.Second) }, "not-cleared block inactive"},
		"ends this very": {func(e *presend.Entry) { e.ExpiresAt = now }, "not-cleared block inactive"},
		"ends later":     {func(e *presend.Entry) { e.ExpiresAt = now.Add(time.Second) }, "cleared pass"},
		"and long ago":   {func(e *presend.Entry) { e.Disabled, e.ReadAt = true, now.Add(-99*time.Hour) }, "not-cleared block inactive"},
	} {
		w := newWorld(t)
		good := w.person("good", "GBR", secret)
		w.person("p", "GBR", secret)
		w.group(presend.Role, "role", "GBR", secret, good)
		w.group(presend.List, "list", "GBR", "", good)
		w.group(presend.List, "of", "GBR", "", good, at("GBR", "p"))
		for _, who := range []string{"p", "role", "list"} {
			w.change(who, "GBR", tt.edit)
			if who == "list" && strings.HasPrefix(tt.want, "not") || !strings.Contains(name, "long ago") {
				want(t, name+", "+who, w.one(secret, addr(who, "GBR")).Verdict, tt.want)
			}
		}
		member := map[bool]string{true: "not-cleared block member", false: "cleared pass"}[tt.want != "cleared pass"]
		want(t, name+", member", w.one(secret, addr("of", "GBR")).Verdict, member)
		tt.edit(&w.origin.Entries[0])
		want(t, name+", originator", w.check(secret, addr("good", "GBR")).Originator, tt.want)
	}
}

func TestRule23WhatItCanTakeIsHeldAgainstTheDraft(t *testing.T) {
	later := now.Add(time.Hour)
	file := func(size int64) func(*draft.Draft) {
		return func(d *draft.Draft) { d.Attachments = []draft.Attachment{{File: "a", Size: size}} }
	}
	none := func(*draft.Draft) {}
	for name, tt := range map[string]struct {
		can     presend.Capabilities
		message presend.Message
		edit    func(*draft.Draft)
		want    string
	}{
		"nothing published":           {presend.Capabilities{}, presend.Message{Size: 1 << 40, HasAttachments: true, MMHS: true}, none, ""},
		"size as told, fits":          {presend.Capabilities{MaxSize: 1000}, presend.Message{Size: 1000}, none, ""},
		"size as told, too large":     {presend.Capabilities{MaxSize: 1000}, presend.Message{Size: 1001}, none, "capability"},
		"size of the files":           {presend.Capabilities{MaxSize: 1000}, presend.Message{}, file(1001), "capability"},
		"files and a smaller telling": {presend.Capabilities{MaxSize: 1000}, presend.Message{Size: 10}, file(1001), "capability"},
		"size that overflows": {presend.Capabilities{MaxSize: 1000}, presend.Message{}, func(d *draft.Draft) {
			d.Attachments = []draft.Attachment{{File: "a", Size: 1<<63 - 1}, {File: "b", Size: 1<<63 - 1}}
		}, "capability"},
		"long text":              {presend.Capabilities{MaxSize: 1000}, presend.Message{}, func(d *draft.Draft) { d.Body = strings.Repeat("x", 1001) }, "capability"},
		"attachments, and none":  {presend.Capabilities{NoAttachments: true}, presend.Message{}, none, ""},
		"attachments":            {presend.Capabilities{NoAttachments: true}, presend.Message{}, file(1), "capability"},
		"attachments as told":    {presend.Capabilities{NoAttachments: true}, presend.Message{HasAttachments: true}, none, "capability"},
		"military, understood":   {presend.Capabilities{MMHS: presend.AnswerYes}, presend.Message{MMHS: true}, none, ""},
		"military, not set":      {presend.Capabilities{MMHS: presend.AnswerNo}, presend.Message{}, none, ""},
		"military as told":       {presend.Capabilities{MMHS: presend.AnswerNo}, presend.Message{MMHS: true}, none, "capability"},
		"precedence":             {presend.Capabilities{MMHS: presend.AnswerNo}, presend.Message{}, func(d *draft.Draft) { d.CopyPrecedence = "flash" }, "capability"},
		"subject codes":          {presend.Capabilities{MMHS: presend.AnswerNo}, presend.Message{}, func(d *draft.Draft) { d.SIC = []string{"ABC"} }, "capability"},
		"labels understood":      {presend.Capabilities{Labels: presend.AnswerYes}, presend.Message{}, none, ""},
		"silence":                {presend.Capabilities{EmCon: "electronic-silence"}, presend.Message{}, none, "capability"},
		"radio off":              {presend.Capabilities{EmCon: "disabled"}, presend.Message{}, none, "capability"},
		"receives only":          {presend.Capabilities{EmCon: "receive-only"}, presend.Message{}, none, ""},
		"emission control off":   {presend.Capabilities{EmCon: "enabled"}, presend.Message{}, none, ""},
		"a state nobody knows":   {presend.Capabilities{EmCon: "blue"}, presend.Message{}, none, "unknown"},
		"scheduled, and silence": {presend.Capabilities{EmCon: "electronic-silence"}, presend.Message{}, func(d *draft.Draft) { d.SendAt = &later }, "capability"},
	} {
		w := newWorld(t)
		w.message = tt.message
		w.group(presend.List, "list", "GBR", "", w.person("p", "GBR", secret), w.person("good", "GBR", secret))
		w.group(presend.Role, "role", "GBR", secret, at("GBR", "p"))
		w.change("p", "GBR", func(e *presend.Entry) { e.Capabilities = tt.can })
		d := w.draft(secret, addr("p", "GBR"), addr("list", "GBR"), addr("role", "GBR"))
		tt.edit(&d)
		r := w.report(d)
		alone, member := "cleared pass", "cleared pass"
		switch tt.want {
		case "unknown":
			alone, member = "unknown block capability", "unknown block member"
		case "capability":
			alone, member = "not-cleared block capability", "not-cleared block member"
		}
		want(t, name, r.Recipients[0].Verdict, alone)
		want(t, name+", in a list", r.Recipients[1].Verdict, member)
		want(t, name+", as occupant: the role takes it", r.Recipients[2].Verdict, "cleared pass")
	}
}

func TestRule26WhereLabelsAreNotUnderstood(t *testing.T) {
	w := newWorld(t)
	w.person("p", "GBR", "SECRET; Context=MROD; Special Category Designators=ATOMAL")
	w.change("p", "GBR", func(e *presend.Entry) { e.Capabilities.Labels = presend.AnswerNo })
	want(t, "delivered", w.one(secret, addr("p", "GBR")).Verdict, "not-cleared block labels-not-understood")
	w.rules.Relaxations = []presend.Relaxation{{Outcome: presend.NotCleared}}
	want(t, "relaxed", w.one(secret, addr("p", "GBR")).Verdict, "not-cleared warn labels-not-understood")
	want(t, "relaxed, and a protected value", w.one(atomal, addr("p", "GBR")).Verdict, "not-cleared block labels-not-understood")
}

// What a system can take says nothing about what somebody holds: a protected value does not bear on it.
func TestRule14CapabilitiesMayBeRelaxed(t *testing.T) {
	w := newWorld(t)
	w.rules.Relaxations = []presend.Relaxation{{Outcome: presend.NotCleared}}
	w.person("p", "GBR", "SECRET; Context=MROD; Special Category Designators=ATOMAL")
	w.change("p", "GBR", func(e *presend.Entry) { e.Capabilities.EmCon = "electronic-silence" })
	want(t, "silence", w.one(atomal, addr("p", "GBR")).Verdict, "not-cleared warn capability")
	w.change("p", "GBR", func(e *presend.Entry) { e.Clearances = nil })
	want(t, "and no clearance", w.one(atomal, addr("p", "GBR")).Verdict, "not-cleared block capability no-clearance")
	w.change("p", "GBR", func(e *presend.Entry) { e.Disabled = true })
	want(t, "not in use, and a protected value", w.one(atomal, addr("p", "GBR")).Verdict, "not-cleared block inactive")
	w.person("q", "GBR", secret)
	w.change("q", "GBR", func(e *presend.Entry) { e.Disabled = true })
	want(t, "not in use", w.one(secret, addr("q", "GBR")).Verdict, "not-cleared warn inactive")
}

func TestRule23NotesForTheChip(t *testing.T) {
	w := newWorld(t)
	w.person("plain", "GBR", secret)
	w.person("p", "GBR", secret)
	w.change("p", "GBR", func(e *presend.Entry) {
		e.Capabilities = presend.Capabilities{MaxSize: 5 << 20, NoAttachments: true, EmCon: "receive-only", Labels: presend.AnswerYes, MMHS: presend.AnswerNo}
		e.ExpiresAt, e.CertificateUntil = now.Add(time.Hour), now.Add(-time.Hour)
	})
	r := w.check(secret, addr("plain", "GBR"), addr("p", "GBR"))
	if len(r.Recipients[0].Notes) > 0 {
		t.Errorf("%q", r.Recipients[0].Notes)
	}
	expect := []string{
		"Takes messages of at most 5.0 MB.", "Takes no attachments.", "Understands labels.", "Does not understand military fields.",
		"Receives only: no answer is to be expected (emission control).", "In use until 1 Jun 2026, 15:05Z.", "Its certificate lasts until 1 Jun 2026, 13:05Z.",
	}
	if !slices.Equal(r.Recipients[1].Notes, expect) {
		t.Errorf("%q", r.Recipients[1].Notes)
	}
	// Neither is more than a warning.
	if !r.Sendable || kinds(r) != "certificate-ended emission-control" {
		t.Errorf("%v %+v", r.Sendable, r.Warnings)
	}
	for _, x := range r.Warnings {
		if !slices.Equal(x.Addresses, []string{addr("p", "GBR")}) || !strings.Contains(x.Text, "p") {
			t.Errorf("%+v", x)
		}
	}
}

// kinds lists the kinds of a report's warnings.
func kinds(r presend.Report) string {
	var out []string
	for _, x := range r.Warnings {
		out = append(out, x.Kind)
	}
	return strings.Join(out, " ")
}
