package api_test

import (
	"errors"
	"os"
	"testing"
	"time"

	"caveat/backend/api"
	"caveat/backend/label"
	"caveat/backend/spif"
)

// judge judges under the policies of package spif's tests.
func judge(t *testing.T) api.Judge {
	t.Helper()
	var policies []*spif.Policy
	for _, name := range []string{"testland", "otherland"} {
		f, err := os.Open("../spif/testdata/" + name + ".spif.xml")
		must(t, err)
		defer f.Close()
		p, err := spif.Parse(f)
		must(t, err)
		policies = append(policies, p)
	}
	site, err := spif.NewSite(policies...)
	must(t, err)
	return api.Judge{Site: site, Now: time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)}
}

func of(class string, values ...string) label.Information {
	info := label.Information{Policy: label.PolicyID{Name: "TESTLAND"}, Classification: class}
	if len(values) > 0 {
		info.Categories = []label.Category{{TagName: "Releasable To", Type: label.Permissive, Values: values}}
	}
	return info
}

// Once a successor's date has passed it is the label: it is judged, marked, translated and decided, not what it replaced.
func TestSuccessorInForceIsJudged(t *testing.T) {
	j := judge(t)
	l := label.Label{Information: of("OPEN"), Succession: &label.Successor{At: j.Now, Label: of("SECRET", "ATL")}}
	open := label.Clearance{Policy: label.PolicyID{Name: "TESTLAND"}, Classifications: []string{"OPEN"}}
	before := j
	before.Now = l.Succession.At.Add(-time.Second)
	for want, at := range map[string]api.Judge{"permit": before, "deny": j} {
		d, err := at.Decide(l, open)
		must(t, err)
		if d.Decision != want {
			t.Errorf("at %v: %s", at.Now, d.Decision)
		}
	}
	valid, err := j.Valid(l)
	must(t, err)
	marking, _, err := j.Mark(l, "")
	must(t, err)
	out, _, err := j.Translate(l, "OTHERLAND")
	must(t, err)
	if valid.Marking != marking || marking != "TESTLAND SECRET ATL" || out.Classification != "HIGH" || out.Succession != nil || !out.Review.IsZero() {
		t.Errorf("%s, %s, %+v", valid.Marking, marking, out)
	}
}

// Nothing is made of an invalid label, and no invalid label is made.
func TestTranslateJudgesBothLabels(t *testing.T) {
	j := judge(t)
	foreign := label.Information{Policy: label.PolicyID{Name: "OTHERLAND"}, Classification: "HIGH"}
	for name, tt := range map[string]struct {
		from label.Information
		to   string
	}{"the label": {of("SECRET"), "OTHERLAND"}, "what would come of it": {foreign, "TESTLAND"}} {
		out, _, err := j.Translate(label.Label{Information: tt.from}, tt.to)
		var why *api.NotValid
		if !errors.As(err, &why) || !errors.Is(err, api.ErrNotValid) || len(why.Problems) == 0 || why.Error() == "" || out.Classification != "" {
			t.Errorf("%s: %+v, %v", name, out, err)
		}
	}
}
