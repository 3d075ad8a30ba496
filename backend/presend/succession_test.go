package presend_test

import (
	"strings"
	"testing"
	"time"

	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/presend"
)

// succeeded is a label as XML that others replace: "CLASS" or "CLASS 3h CLASS 5h CLASS".
func (w *world) succeeded(text string) draft.Label {
	words := strings.Fields(text)
	l := w.whole()
	l.Classification, l.Review = words[0], time.Time{}
	at := &l.Succession
	for i := 1; i < len(words); i += 2 {
		in, err := time.ParseDuration(words[i])
		if err != nil {
			w.t.Fatal(err)
		}
		s := &label.Successor{At: now.Add(in), Label: l.Information, Created: now.Add(-time.Hour)}
		s.Label.Classification = words[i+1]
		*at, at = s, &s.Succession
	}
	return draft.Label{XML: string(l.Marshal())}
}

// TestRule01SuccessorIsHeldToInheritedAndParts: a label that will be replaced by a less restrictive one does not cover what stays as it
// is, and covers what is replaced at the same time or before.
func TestRule01SuccessorIsHeldToInheritedAndParts(t *testing.T) {
	for name, c := range map[string]struct {
		own, other string
		covers     bool
	}{
		"neither changes":                {"SECRET", "SECRET", true},
		"it becomes less restrictive":    {"SECRET 1h RESTRICTED", "SECRET", false},
		"but not below the other":        {"SECRET 1h CONFIDENTIAL", "CONFIDENTIAL", true},
		"with a step up between":         {"SECRET 1h TOP 2h RESTRICTED", "SECRET", false},
		"both at the same time":          {"SECRET 1h RESTRICTED", "SECRET 1h RESTRICTED", true},
		"later than the other":           {"SECRET 2h RESTRICTED", "SECRET 1h RESTRICTED", true},
		"sooner than the other":          {"SECRET 1h RESTRICTED", "SECRET 2h RESTRICTED", false},
		"the other becomes more so":      {"RESTRICTED", "RESTRICTED 1h SECRET", false},
		"the other did so an hour ago":   {"RESTRICTED", "RESTRICTED -1h SECRET", false},
		"the other is no longer what it": {"RESTRICTED", "SECRET -1h RESTRICTED", true},
		"nobody knows what comes":        {"SECRET", "SECRET 1h MAUVE", false},
	} {
		w := newWorld(t)
		w.person("p", "GBR", "TOP SECRET; Context=MROD")
		own, other := w.succeeded(strings.ReplaceAll(c.own, "TOP", "SECRET")), w.succeeded(c.other)
		for what, d := range map[string]draft.Draft{
			presend.RuleInherited: {Inherited: &other}, presend.RulePart: {Parts: []draft.Part{{Text: "x", Label: other}}},
		} {
			d.Channel, d.Action, d.Label = draft.Mail, []string{addr("p", "GBR")}, own
			r := w.report(d)
			found := false
			for _, p := range r.Label.Problems {
				found = found || p.Rule == what
			}
			if found == c.covers || c.covers && !r.Sendable {
				t.Errorf("%s, %s: %+v", name, what, r.Label.Problems)
			}
		}
	}
}

// TestRule03DatesOfALabelThatIsMade: none of a time to come, and no review that is past already; an inherited one is left as it is.
func TestRule03DatesOfALabelThatIsMade(t *testing.T) {
	w := newWorld(t)
	w.person("p", "GBR", secret)
	past := now.Add(-time.Minute)
	byHand := chosen("NATO", secret)
	byHand.Selection.Review = past
	for name, c := range map[string]struct {
		change func(*label.Label)
		valid  bool
	}{
		"made now":                  {func(l *label.Label) { l.Created = now }, true},
		"a clock that is ahead":     {func(l *label.Label) { l.Created = now.Add(4 * time.Minute) }, true},
		"made tomorrow":             {func(l *label.Label) { l.Created = now.AddDate(0, 0, 1) }, false},
		"reviewed before":           {func(l *label.Label) { l.Review = past }, false},
		"made long ago, not due":    {func(l *label.Label) { l.Created = now.AddDate(-9, 0, 0) }, true},
		"without a time of its own": {func(l *label.Label) { l.Created = time.Time{} }, true},
	} {
		l := w.whole()
		c.change(&l)
		d := w.draft(secret, addr("p", "GBR"))
		d.Label = draft.Label{XML: string(l.Marshal())}
		if r := w.report(d); r.Label.Valid != c.valid || !c.valid && r.Label.Problems[0].Rule != "label-invalid" {
			t.Errorf("%s: %+v", name, r.Label.Problems)
		}
		inherited := d.Label
		if d.Inherited = &inherited; !w.report(d).Label.Valid {
			t.Errorf("%s, inherited: %+v", name, w.report(d).Label.Problems)
		}
	}
	d := w.draft(secret, addr("p", "GBR"))
	if d.Label = byHand; w.report(d).Label.Valid {
		t.Error("chosen with a review date that is past")
	}
}

// TestRule03OtherOriginatorIsTold: of a label that is handed in and not inherited.
func TestRule03OtherOriginatorIsTold(t *testing.T) {
	w := newWorld(t)
	w.person("p", "GBR", secret)
	for id, isTold := range map[string]bool{me: false, strings.ToUpper(me): false, "": false, "boss@ukr.example": true} {
		l := w.whole()
		if l.OriginatorID = id; id == "" {
			l.OriginatorIDType = ""
		}
		d := w.draft(secret, addr("p", "GBR"))
		d.Label = draft.Label{XML: string(l.Marshal())}
		if r := w.report(d); !r.Sendable || warned(r, presend.WarnOriginator) != isTold {
			t.Errorf("%q: %+v", id, r.Warnings)
		}
		inherited := d.Label
		if d.Inherited = &inherited; warned(w.report(d), presend.WarnOriginator) {
			t.Errorf("%q, inherited", id)
		}
	}
}

func warned(r presend.Report, kind string) bool {
	for _, x := range r.Warnings {
		if x.Kind == kind {
			return true
		}
	}
	return false
}
