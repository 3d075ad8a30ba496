package presend_test

import (
	"encoding/json"
	"strings"
	"testing"

	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/presend"
)

const onlySecret = "=SECRET; Context=MROD" // whose list has no lower classification

// withPart adds a paragraph with a label.
func withPart(d draft.Draft, l draft.Label) draft.Draft {
	d.Parts = append(d.Parts[:len(d.Parts):len(d.Parts)], draft.Part{Text: "text", Label: l})
	return d
}

// withFile adds an attachment with a label.
func withFile(d draft.Draft, name string, l draft.Label) draft.Draft {
	d.Attachments = append(d.Attachments[:len(d.Attachments):len(d.Attachments)], draft.Attachment{File: name, Label: &l})
	return d
}

// By membership SECRET does not imply RESTRICTED: who is cleared for the whole need not be cleared for a part.
func TestRule02EverybodyIsClearedForEachPart(t *testing.T) {
	low := chosen("NATO", restricted)
	for name, add := range map[string]func(draft.Draft) draft.Draft{
		"paragraph":  func(d draft.Draft) draft.Draft { return withPart(d, low) },
		"attachment": func(d draft.Draft) draft.Draft { return withFile(d, "a.pdf", low) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			good := w.person("good", "GBR", secret)
			gap := w.person("gap", "GBR", onlySecret)
			w.group(presend.List, "list", "GBR", "", good, gap)
			w.group(presend.Role, "role", "GBR", secret, gap)
			w.person("far", "DEU", secret)
			to := []string{addr("good", "GBR"), addr("gap", "GBR"), addr("list", "GBR"), addr("role", "GBR"), addr("far", "DEU")}
			plain := w.draft(secret, to...)
			if r := w.report(plain); !r.Sendable {
				t.Fatalf("without the part: %+v", r)
			}
			w.routes["deu.example"] = []presend.Link{{Name: "to DEU", Clearance: clearance(w.policy, onlySecret)}}
			r := w.report(add(plain))
			want(t, "good", r.Recipients[0].Verdict, "cleared pass")
			want(t, "gap", r.Recipients[1].Verdict, "not-cleared block part-not-cleared")
			want(t, "member", r.Recipients[2].Verdict, "not-cleared block member")
			want(t, "occupant", r.Recipients[3].Verdict, "not-cleared block member")
			want(t, "link", r.Recipients[4].Link, "not-cleared block part-not-cleared")
			reason := r.Recipients[1].Verdict.Reasons[0]
			if !strings.Contains(reason.Text, map[string]string{"paragraph": "paragraph 1", "attachment": `"a.pdf"`}[name]) || !strings.Contains(reason.Text, "Needs RESTRICTED.") {
				t.Errorf("the reason does not name the part and what is needed: %q", reason.Text)
			}
			w.origin.Entries[0] = w.entry("me", "GBR", presend.Person, onlySecret)
			want(t, "originator", w.report(add(plain)).Originator, "not-cleared block part-not-cleared")
		})
	}
}

func TestRule10SystemHighHoldsForParts(t *testing.T) {
	w := newWorld(t)
	w.person("good", "GBR", secret)
	w.rules.SystemHigh = clearance(w.policy, onlySecret)
	d := w.draft(secret, addr("good", "GBR"))
	if !w.report(d).Sendable {
		t.Fatal("the whole alone")
	}
	r := w.report(withPart(d, chosen("NATO", restricted)))
	if r.Label.Valid || r.Label.Problems[0].Rule != presend.RuleSystemHigh {
		t.Errorf("%+v", r.Label)
	}
}

func TestRule02SamePartIsNotToldTwice(t *testing.T) {
	w := newWorld(t)
	w.person("low", "GBR", "UNCLASSIFIED; Context=MROD")
	d := withPart(withPart(w.draft(atomal, addr("low", "GBR")), chosen("NATO", atomal)), chosen("NATO", restricted))
	d = withPart(withFile(d, "a", chosen("NATO", restricted)), chosen("NATO", "SECRET; Context=MROD; Administrative=STAFF"))
	v := w.report(d).Recipients[0].Verdict
	var rules []string
	for _, r := range v.Reasons {
		rules = append(rules, r.Rule)
	}
	if got := strings.Join(rules, " "); got != "classification restrictive part-not-cleared" {
		t.Errorf("%s: %+v", got, v.Reasons)
	}
}

func TestRule02PartsAreInTheReport(t *testing.T) {
	w := newWorld(t)
	w.person("good", "GBR", secret)
	d := w.draft(secret, addr("good", "GBR"))
	d.Parts = []draft.Part{{Text: "no label of its own"}, {Text: "x", Label: chosen("NATO", restricted)}}
	d.Attachments = []draft.Attachment{{File: "plain.txt"}}
	l := w.whole()
	d = withFile(d, "forwarded.eml", draft.Label{XML: string(l.Marshal())})
	r := w.report(d)
	if !r.Sendable || len(r.Parts) != 2 {
		t.Fatalf("%+v", r)
	}
	p, a := r.Parts[0], r.Parts[1]
	if p.Kind != "paragraph" || p.Index != 1 || p.Portion != "MR NATO/MROD" && !strings.HasPrefix(p.Portion, "MR") || !p.Valid || p.Marking != "NATO/MROD RESTRICTED" || p.Background != "blue" {
		t.Errorf("%+v", p)
	}
	if a.Kind != "attachment" || a.Index != 1 || a.Name != "forwarded.eml" || a.Marking != r.Label.Marking {
		t.Errorf("%+v", a)
	}
	doc, err := json.Marshal(p)
	if err != nil || !strings.Contains(string(doc), `"problems":[]`) || !strings.Contains(string(doc), `"marking":"NATO/MROD RESTRICTED"`) {
		t.Errorf("%s", doc)
	}
}

// A label that is there and cannot be read is an error for everybody, and no rule makes a warning of it.
func TestRule26PartThatCannotBeReadIsAnError(t *testing.T) {
	xml := func(change func(*label.Label)) draft.Label {
		l := newWorld(t).whole()
		change(&l)
		return draft.Label{XML: string(l.Marshal())}
	}
	for name, l := range map[string]draft.Label{
		"no XML":             {XML: "<slab:Confid"},
		"blank":              {XML: "  "},
		"unknown policy":     chosen("ELSE", secret),
		"unknown class":      chosen("NATO", "COSMIC; Context=MROD"),
		"unknown value":      chosen("NATO", "SECRET; Context=MROD; Only=FRA"),
		"no policy":          {Selection: &label.Selection{}},
		"XML, policy":        xml(func(l *label.Label) { l.Policy = label.PolicyID{Name: "ELSE"} }),
		"XML, class":         xml(func(l *label.Label) { l.Classification = "COSMIC" }),
		"XML, value":         xml(func(l *label.Label) { l.Categories[0].Values = []string{"ELSEWHERE"} }),
		"of the metadata":    xml(func(l *label.Label) { l.Kind = label.Metadata }),
		"of another policy":  xml(func(l *label.Label) { l.Kind = label.Alternative }),
		"identifier and not": xml(func(l *label.Label) { l.Policy.Name = "OTHER" }),
	} {
		for _, where := range []string{"paragraph 1", `"x.eml"`} {
			t.Run(name+", "+where, func(t *testing.T) {
				w := newWorld(t)
				w.rules.Relaxations = []presend.Relaxation{{Name: "all"}}
				w.group(presend.List, "list", "GBR", "", w.person("good", "GBR", secret))
				w.person("low", "GBR", restricted)
				d := w.draft(secret, addr("good", "GBR"), addr("list", "GBR"), addr("low", "GBR"), "nobody@gbr.example", "x@nowhere.example")
				if where == "paragraph 1" {
					d = withPart(d, l)
				} else {
					d = withFile(d, "x.eml", l)
				}
				r := w.report(d)
				if r.Outcome != presend.Error || r.Sendable || r.Label.Valid || len(r.Fixes) > 0 || len(r.Parts) != 1 || r.Parts[0].Valid {
					t.Errorf("%s %+v", r.Outcome, r.Label)
				}
				want(t, "originator", r.Originator, "error block part-unreadable")
				for _, x := range r.Recipients {
					want(t, x.Address, x.Verdict, "error block part-unreadable")
					want(t, x.Address, x.Link, "error block part-unreadable")
					for _, m := range x.Members {
						want(t, "member", m.Verdict, "error block part-unreadable")
					}
					if !strings.Contains(x.Verdict.Reasons[0].Text, where) {
						t.Errorf("the reason does not name the part: %q", x.Verdict.Reasons[0].Text)
					}
				}
			})
		}
	}
}

// A part that can be read and breaks its policy: nobody gets it, as with the label of the whole.
func TestRule14InvalidPartIsNeverAWarning(t *testing.T) {
	w := newWorld(t)
	w.rules.Relaxations = []presend.Relaxation{{Name: "all"}}
	w.person("good", "GBR", secret)
	r := w.report(withPart(w.draft(secret, addr("good", "GBR")), chosen("NATO", "SECRET"))) // the policy demands a context
	want(t, "recipient", r.Recipients[0].Verdict, "not-cleared block label-invalid")
	if r.Label.Valid || r.Label.Problems[0].Rule != presend.RulePartInvalid || r.Sendable {
		t.Errorf("%+v", r.Label)
	}
}

func TestRule01InheritedLabelIsNeverMadeLessRestrictive(t *testing.T) {
	for name, tt := range map[string]struct{ whole, inherited, want string }{
		"equal":           {secret, secret, ""},
		"more now":        {atomal, secret, ""},
		"lower class":     {restricted, secret, presend.RuleInherited},
		"value taken off": {secret, atomal, presend.RuleInherited},
		"tag taken off":   {secret, ukOnly, presend.RuleInherited},
		"tag widened":     {"SECRET; Context=MROD; Only=GBR,DEU", ukOnly, presend.RuleInherited},
		"unreadable":      {secret, "COSMIC", presend.RuleInheritedUnreadable},
	} {
		w := newWorld(t)
		w.rules.Relaxations = []presend.Relaxation{{Name: "all"}}
		w.person("good", "GBR", "SECRET; Context=MROD; Special Category Designators=ATOMAL; Only=GBR")
		d := w.draft(tt.whole, addr("good", "GBR"))
		l := chosen("NATO", tt.inherited)
		d.Inherited = &l
		// A reason recorded for a less restrictive label does not bear on what was inherited.
		d.Relabelled = []draft.Relabelling{{From: l, To: d.Label, Reason: "agreed"}}
		r := w.report(d)
		if r.Label.Valid != (tt.want == "") || r.Sendable != r.Label.Valid {
			t.Errorf("%s: %+v", name, r.Label)
			continue
		}
		if tt.want != "" && r.Label.Problems[0].Rule != tt.want {
			t.Errorf("%s: %+v", name, r.Label.Problems)
		}
		switch tt.want {
		case presend.RuleInherited:
			want(t, name, r.Recipients[0].Verdict, "not-cleared block label-invalid")
		case presend.RuleInheritedUnreadable:
			want(t, name, r.Recipients[0].Verdict, "error block inherited-unreadable")
		}
	}
}
