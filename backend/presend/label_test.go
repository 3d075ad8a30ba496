package presend_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/presend"
)

func TestRule01NoFixRelabels(t *testing.T) {
	w := newWorld(t)
	w.person("good", "GBR", secret)
	w.person("low", "GBR", "RESTRICTED; Context=MROD")
	r := w.check(secret, addr("good", "GBR"), addr("low", "GBR"), "nobody@gbr.example", "far@nowhere.example")
	if len(r.Fixes) == 0 {
		t.Fatal("no way forward")
	}
	for _, f := range r.Fixes {
		if f.Kind != "remove" && f.Kind != "split" && f.Kind != "other-address" && f.Kind != "role" {
			t.Errorf("a fix of the kind %q", f.Kind)
		}
		if strings.Contains(f.Text, "RESTRICTED") || strings.Contains(f.Text, "SECRET") {
			t.Errorf("a fix that speaks of labels: %s", f.Text)
		}
	}
}

func TestRule02TheWholeCoversItsParts(t *testing.T) {
	const none = ""
	for name, tt := range map[string]struct{ whole, part, rule string }{
		"equal":                     {secret, secret, none},
		"lower":                     {secret, "RESTRICTED; Context=MROD", none},
		"higher class":              {"RESTRICTED; Context=MROD", secret, presend.RulePart},
		"restrictive value kept":    {atomal, atomal, none},
		"restrictive value added":   {atomal, secret, none},
		"restrictive value missing": {secret, atomal, presend.RulePart},
		"permissive tag missing":    {secret, ukOnly, presend.RulePart},
		"permissive tag kept":       {ukOnly, ukOnly, none},
		"permissive tag added":      {ukOnly, secret, none},
		"permissive tag widened":    {"SECRET; Context=MROD; Only=GBR,DEU", ukOnly, presend.RulePart},
		"permissive tag narrowed":   {ukOnly, "SECRET; Context=MROD; Only=GBR,DEU", none},
		"informative value":         {secret, secret + "; Administrative=STAFF", none},
	} {
		for _, where := range []string{"part", "attachment"} {
			t.Run(name+", "+where, func(t *testing.T) {
				w := newWorld(t)
				w.person("good", "GBR", "SECRET; Context=MROD; Special Category Designators=ATOMAL; Only=GBR")
				d, l := w.draft(tt.whole, addr("good", "GBR")), chosen("NATO", tt.part)
				if where == "part" {
					d.Parts = []draft.Part{{Text: "…", Label: l}}
				} else {
					d.Attachments = []draft.Attachment{{File: "a.txt", Label: &l}, {File: "b.txt"}}
				}
				res, err := w.run(d)
				if err != nil {
					t.Fatal(err)
				}
				r := res.Report()
				if r.Label.Valid != (tt.rule == none) || r.Sendable != r.Label.Valid {
					t.Fatalf("%+v", r.Label)
				}
				if tt.rule != none && r.Label.Problems[0].Rule != tt.rule {
					t.Errorf("%+v", r.Label.Problems)
				}
			})
		}
	}
}

func TestRule03LabelsMadeAreComplete(t *testing.T) {
	w := newWorld(t)
	w.person("good", "GBR", secret)
	d := w.draft(atomal+"; Only=GBR", addr("good", "GBR"))
	for _, channel := range []draft.Channel{draft.Mail, draft.Chat} {
		d.Channel = channel
		r, err := w.run(d)
		if err != nil {
			t.Fatal(err)
		}
		l := r.Label()
		kind := map[draft.Channel]string{draft.Mail: "rfc822Name", draft.Chat: "jID"}[channel]
		if !l.Created.Equal(now) || l.OriginatorID != me || l.OriginatorIDType != kind || l.Policy.URI != "urn:oid:"+w.policy.ID() || l.Kind != label.Originator {
			t.Errorf("%+v", l)
		}
		if !l.Review.Equal(now.Add(presend.DefaultReviewAfter)) {
			t.Errorf("review %v", l.Review)
		}
		if len(l.Categories) != 3 {
			t.Fatalf("%+v", l.Categories)
		}
		for _, c := range l.Categories {
			if c.URI != "urn:oid:"+w.policy.TagSet(c.TagName).ID() {
				t.Errorf("tag set without its identifier: %+v", c)
			}
		}
		if parsed, err := label.ParseLabel(l.Marshal()); err != nil || parsed.OriginatorID != me {
			t.Errorf("%+v, %v", parsed, err)
		}
	}
	d.Label.Selection.Review = now.Add(time.Hour)
	if r, err := w.run(d); err != nil || !r.Label().Review.Equal(now.Add(time.Hour)) {
		t.Errorf("the drafter's review date: %v", err)
	}
}

func TestRule03LabelHandedInStaysAsItIs(t *testing.T) {
	w := newWorld(t)
	w.person("good", "GBR", secret)
	made, err := w.run(w.draft(secret, addr("good", "GBR")))
	if err != nil {
		t.Fatal(err)
	}
	given := made.Label()
	given.OriginatorID = "somebody@ukr.example"
	xml := string(given.Marshal())
	d := w.draft(secret, addr("good", "GBR"))
	d.Label = draft.Label{XML: xml}
	r, err := w.run(d)
	if err != nil || string(r.Label().Marshal()) != xml || !r.Report().Sendable {
		t.Errorf("%v: %+v", err, r)
	}
}

func TestRule04RequiredTagSets(t *testing.T) {
	w := newWorld(t, policyText(t, `<spif:requiredCategory operation="onlyOne">`, `<!--`, `</spif:requiredCategory>`, `-->`))
	w.person("good", "GBR", secret)
	r := w.check("SECRET", addr("good", "GBR"))
	if r.Sendable || r.Label.Valid || r.Label.Problems[0].TagSet != "Context" {
		t.Errorf("a label without a context: %+v", r.Label)
	}
	want(t, "recipient", r.Recipients[0].Verdict, "not-cleared block label-invalid")
	want(t, "link", r.Recipients[0].Link, "not-cleared block label-invalid")
	w.rules.RequireTagSets = nil
	if r := w.check("SECRET", addr("good", "GBR")); !r.Sendable {
		t.Errorf("no rule, and still: %+v", r.Label)
	}
}

func TestRule05ValueUnderTwoTypes(t *testing.T) {
	const end = `<spif:qualifier markingQualifier="/" qualifierCode="separator"/>
        </spif:markingQualifier>
      </spif:securityCategoryTag>`
	second := `<spif:securityCategoryTag name="Other" tagType="permissive"><spif:tagCategory name="ATOMAL" lacv="9"/></spif:securityCategoryTag>`
	w := newWorld(t, policyText(t, end, end+second))
	w.rules.SystemHigh.Categories = append(w.rules.SystemHigh.Categories, label.Category{TagName: "Special Category Designators", Type: label.Permissive, Values: []string{"ATOMAL"}})
	w.person("good", "GBR", secret)
	d := w.draft(atomal, addr("good", "GBR"))
	if _, err := w.run(d); !errors.Is(err, presend.ErrDraft) {
		t.Errorf("a value under two types: %v", err)
	}
	d.Label.Selection.Categories[1].Values[0].Type = label.Restrictive
	r, err := w.run(d)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "restrictive", r.Report().Recipients[0].Verdict, "not-cleared block restrictive")
	d.Label.Selection.Categories[1].Values[0].Type = label.Permissive
	if r, err = w.run(d); err != nil {
		t.Fatal(err)
	}
	want(t, "permissive", r.Report().Recipients[0].Verdict, "not-cleared block permissive")
}

func TestRule17ExpiredPolicyMakesEveryVerdictAnError(t *testing.T) {
	for _, valid := range []string{`notAfter="2026-05-31T23:59:59Z"`, `notBefore="2026-06-02T00:00:00Z"`} {
		w := newWorld(t, policyText(t, `creationDate="20260101000000Z"`, `creationDate="20260101000000Z" `+valid))
		w.person("good", "GBR", secret)
		w.group(presend.List, "list", "GBR", "", w.person("m", "UKR", ""))
		w.person("gone", "GBR", secret)
		w.change("gone", "GBR", func(e *presend.Entry) { e.Withdrawn = true })
		w.rules.Relaxations = []presend.Relaxation{{Name: "all"}}
		to := []string{addr("good", "GBR"), addr("list", "GBR"), addr("gone", "GBR"), "nobody@gbr.example", "x@nowhere.example"}
		for _, w.unbound = range []bool{false, true} {
			r := w.check(secret, to...)
			if r.Sendable || r.Label.Valid || r.Outcome != presend.Error || len(r.Fixes) > 0 {
				t.Errorf("%s: %s %+v", valid, r.Outcome, r.Label)
			}
			want(t, "originator", r.Originator, "error block label-invalid")
			for _, x := range r.Recipients {
				want(t, x.Address, x.Verdict, "error block label-invalid")
				want(t, x.Address+" link", x.Link, "error block label-invalid")
				for _, m := range x.Members {
					want(t, "member", m.Verdict, "error block label-invalid")
				}
			}
		}
	}
}

func TestRule10LabelAboveSystemHighCannotBeUsed(t *testing.T) {
	w := newWorld(t)
	w.person("good", "GBR", "TOP SECRET; Context=MROD")
	w.rules.SystemHigh = clearance(w.policy, secret)
	w.rules.Relaxations = []presend.Relaxation{{Name: "all"}}
	r := w.check("TOP SECRET; Context=MROD", addr("good", "GBR"))
	if r.Sendable || r.Label.Valid || r.Outcome != presend.NotCleared || r.Label.Problems[0].Rule != presend.RuleSystemHigh || r.Label.Marking == "" {
		t.Errorf("%+v", r)
	}
	want(t, "recipient", r.Recipients[0].Verdict, "not-cleared block label-invalid")
	w.rules.SystemHigh = label.Clearance{}
	if r := w.check(secret, addr("good", "GBR")); r.Sendable || r.Label.Valid {
		t.Errorf("an installation without a clearance: %+v", r.Label)
	}
}
