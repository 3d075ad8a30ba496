package presend_test

import (
	"testing"

	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/presend"
)

// The installation adds what the policy does not place, always or for a recipient whose system is known not to understand labels.
func TestMarksThatTheInstallationAdds(t *testing.T) {
	const marking = "NATO/MROD SECRET"
	all := func(w presend.When) presend.Marking {
		return presend.Marking{FirstLine: w, LastLine: w, Subject: w, Header: w, HeaderName: "X-Classification"}
	}
	everywhere := presend.Marks{FirstLine: marking, LastLine: marking, Subject: marking, Header: marking, HeaderName: "X-Classification"}
	for name, tt := range map[string]struct {
		rule   presend.Marking
		answer presend.Answer
		behind presend.Kind // "": the system is of the recipient himself
		want   presend.Marks
	}{
		"delivered: as the policy says, which says nothing": {presend.Marking{}, presend.AnswerNo, "", presend.Marks{}},
		"a word that is not known adds nothing":             {all("allways"), presend.AnswerNo, "", presend.Marks{}},
		"always":                                            {all(presend.MarkAlways), presend.AnswerYes, "", everywhere},
		"without labels, and he has none":                   {all(presend.MarkWithoutLabels), presend.AnswerNo, "", everywhere},
		"without labels, and he has some":                   {all(presend.MarkWithoutLabels), presend.AnswerYes, "", presend.Marks{}},
		"without labels, and nothing is known":              {all(presend.MarkWithoutLabels), "", "", presend.Marks{}},
		"without labels, a member of a list":                {all(presend.MarkWithoutLabels), presend.AnswerNo, presend.List, everywhere},
		"without labels, the occupant of a role":            {all(presend.MarkWithoutLabels), presend.AnswerNo, presend.Role, everywhere},
		"one place alone":                                   {presend.Marking{LastLine: presend.MarkAlways}, "", "", presend.Marks{LastLine: marking}},
		"a header without a name of its own":                {presend.Marking{Header: presend.MarkAlways}, "", "", presend.Marks{Header: marking, HeaderName: "X-Confidentiality-Marking"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.rules.Marking = tt.rule
			ref := w.person("p", "GBR", secret)
			w.change("p", "GBR", func(e *presend.Entry) { e.Capabilities.Labels = tt.answer })
			to := addr("p", "GBR")
			if tt.behind != "" {
				w.group(tt.behind, "group", "GBR", secret, ref)
				to = addr("group", "GBR")
			}
			w.person("other", "GBR", secret)
			r, err := w.run(w.draft(secret, addr("other", "GBR"), to))
			if err != nil {
				t.Fatal(err)
			}
			if got := r.Marks(); got != tt.want {
				t.Errorf("%+v; want %+v", got, tt.want)
			}
		})
	}
}

// Where the policy places a marking it stands alone, under the field's name that the policy gives it; at the first line stands what the
// policy has for the top of a page, elsewhere what it has for the bottom. (What replaces its name, NATO/MROD, is declared for pages alone.)
func TestMarksAreNeverDoubled(t *testing.T) {
	const class = `<spif:securityClassification name="SECRET" lacv="4" hierarchy="40" color="red">`
	data := func(phrase, code string) string {
		return `<spif:markingData phrase="` + phrase + `" xml:lang="en"><spif:code>` + code + `</spif:code></spif:markingData>`
	}
	always := presend.Marking{FirstLine: presend.MarkAlways, LastLine: presend.MarkAlways, Subject: presend.MarkAlways, Header: presend.MarkAlways, HeaderName: "X-Ours"}
	for name, tt := range map[string]struct {
		data string
		want presend.Marks
	}{
		"placed everywhere": {data("first", "firstLineOfText") + data("last", "lastLineOfText") + data("subj", "subject") + data("head", "xHeader"),
			presend.Marks{FirstLine: "NATO first MROD", LastLine: "NATO last MROD", Subject: "NATO subj MROD", Header: "NATO head MROD", HeaderName: "X-Confidentiality-Marking"}},
		"placed in the subject, pages told apart": {data("top", "pageTop") + data("bottom", "pageBottom") + data("subj", "subject"),
			presend.Marks{FirstLine: "NATO/MROD top", LastLine: "NATO/MROD bottom", Subject: "NATO subj MROD", Header: "NATO/MROD bottom", HeaderName: "X-Ours"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, policyText(t, class, class+tt.data))
			w.rules.Marking = always
			w.person("p", "GBR", secret)
			r, err := w.run(w.draft(secret, addr("p", "GBR")))
			if err != nil {
				t.Fatal(err)
			}
			if got := r.Marks(); got != tt.want {
				t.Errorf("%+v; want %+v", got, tt.want)
			}
		})
	}
}

// Only the check at Send says who may know of another label, with the verdict that the message's own label has.
func TestMayAllGet(t *testing.T) {
	for name, tt := range map[string]struct {
		isDrafting bool
		holds, old string
		want       bool
	}{
		"cleared for both":            {false, atomal, atomal, true},
		"cleared for the new alone":   {false, secret, atomal, false},
		"while drafting":              {true, atomal, atomal, false},
		"a former label out of order": {false, atomal, "SECRET", false}, // without its Context
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.sending = !tt.isDrafting
			ref := w.person("p", "GBR", tt.holds)
			w.group(presend.List, "list", "GBR", "", ref)
			w.person("good", "GBR", atomal)
			d := w.draft(secret, addr("good", "GBR"), addr("list", "GBR"))
			d.Relabelled = []draft.Relabelling{{From: chosen(w.policy.Name(), tt.old), To: d.Label, Reason: "So."}}
			r, err := w.run(d)
			if err != nil {
				t.Fatal(err)
			}
			info, err := w.site.Build(*d.Relabelled[0].From.Selection)
			if err != nil {
				t.Fatal(err)
			}
			old := label.Label{Kind: label.Originator, Information: info}
			if got := r.MayAllGet(old); got != tt.want {
				t.Errorf("%v", got)
			}
			d.Relabelled = nil
			if r, err = w.run(d); err != nil || r.MayAllGet(old) || (&presend.Result{}).MayAllGet(old) {
				t.Errorf("yes where the draft had no other label: %v", err)
			}
		})
	}
}
