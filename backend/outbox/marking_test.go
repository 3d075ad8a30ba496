package outbox_test

import (
	"strings"
	"testing"

	"caveat/backend/draft"
	"caveat/backend/outbox"
	"caveat/backend/presend"
)

// french gives OPEN phrases in French and English, as policies have them.
const french = `<spif:markingData phrase="OUVERT" xml:lang="fr"><spif:code>pageTopBottom</spif:code></spif:markingData>` +
	`<spif:markingData phrase="OPEN" xml:lang="en"><spif:code>pageTopBottom</spif:code></spif:markingData>` +
	`<spif:markingData phrase="TO" xml:lang="fr"><spif:code>portionMarking</spif:code></spif:markingData>` +
	`<spif:markingData phrase="objet" xml:lang="fr"><spif:code>subject</spif:code></spif:markingData>`

// Every marking that goes out is in the installation's language: in SIO-Label, text, subject and header, and before paragraphs.
func TestMarkingLanguage(t *testing.T) {
	for lang, want := range map[string]struct{ field, subject, portion string }{
		"":      {"TESTLAND OPEN", "Bridge (TESTLAND OPEN)", "(TESTLAND OPEN) "},
		"en":    {"TESTLAND OPEN", "Bridge (TESTLAND OPEN)", "(TESTLAND OPEN) "},
		"fr":    {"TESTLAND OUVERT", "Bridge (TESTLAND objet)", "(TO) "},
		"fr-CA": {"TESTLAND OUVERT", "Bridge (TESTLAND objet)", "(TO) "}, // its parent
		"de":    {"TESTLAND OPEN", "Bridge (TESTLAND OPEN)", "(TESTLAND OPEN) "},
	} {
		t.Run(lang, func(t *testing.T) {
			o := newOffice(t)
			o.remark(french)
			o.rules.Language = lang
			o.rules.Marking = presend.Marking{FirstLine: presend.MarkAlways, Header: presend.MarkAlways}
			d := message("OPEN", ann)
			d.Parts = []draft.Part{{Text: "Fuel is low.", Label: d.Label}}
			m, raw := o.sends(d, o.config(o.sender))
			if m.Sensitivity.Marking != want.field || m.Subject != want.subject || !strings.HasPrefix(m.Text, want.field+"\n\nThe bridge") ||
				!strings.Contains(m.Text, "\n"+want.portion+"Fuel") || !strings.Contains(raw, "\r\nX-Confidentiality-Marking: "+want.field+"\r\n") {
				t.Errorf("%s\n%q", raw, m.Text)
			}
			if m.Sensitivity.Fault != "" {
				t.Errorf("its reader says %s: %s", m.Sensitivity.Fault, m.Sensitivity.Detail)
			}
		})
	}
}

// blind says in the book that the system of an address does not understand labels.
func (o *office) blind(address string) {
	p := o.parties[address]
	p.Entries[0].Capabilities.Labels = presend.AnswerNo
	o.parties[address] = p
}

// The outermost lines of the text are the program's, whatever the drafter wrote first and last.
func TestOwnMarkingIsNoMarking(t *testing.T) {
	o := newOffice(t)
	o.rules.Marking = presend.Marking{FirstLine: presend.MarkAlways, LastLine: presend.MarkAlways, Subject: presend.MarkAlways}
	d := message("SECRET", ann)
	d.Subject, d.Body = "Bridge (TESTLAND OPEN)", "TESTLAND OPEN\n\nNobody minds.\n\nTESTLAND OPEN\n\n"
	m, raw := o.sends(d, o.config(o.sender))
	const marking = "TESTLAND SECRET ATL/BOR"
	if m.Text != marking+"\n\nTESTLAND OPEN\n\nNobody minds.\n\nTESTLAND OPEN\n\n"+marking+"\n" || m.Subject != "Bridge (TESTLAND OPEN) ("+marking+")" {
		t.Errorf("%q, %q in %s", m.Subject, m.Text, raw)
	}
}

// Marked for somebody without labels, who has it already, a message is right for those who are left too; marks of another text are not.
func TestRule24MarkedForSomebodyElse(t *testing.T) {
	for name, c := range map[string]struct {
		after string
		want  outbox.State
	}{
		"nothing has changed":           {"", outbox.Accepted},
		"the policy marks it otherwise": {phrase("o", "pageTopBottom"), outbox.Held},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.relax(presend.NotCleared)
			o.rules.Marking = presend.Marking{LastLine: presend.MarkWithoutLabels}
			o.blind(bob)
			r, err := o.checkAtSend(t.Context(), message("OPEN", ann, bob))
			must(t, err)
			cleared, err := o.box.Clear(t.Context(), outbox.Request{Result: r, Account: "atl", Overrides: map[string]string{bob: "He is told by telephone."}})
			must(t, err)
			o.sender.steps = []step{answer(map[string]outbox.State{ann: outbox.Deferred}), accept}
			o.sendDue()
			if !strings.Contains(o.sender.sent[0].wire, "\r\n\r\nTESTLAND OPEN\r\n") {
				t.Errorf("%s", o.sender.sent[0].wire)
			}
			if c.after != "" {
				o.remark(c.after)
			}
			o.restart()
			o.sleep(presend.DefaultSending * 24)
			o.sendDue()
			if m := o.show(cleared.ID()); m.State != c.want {
				t.Errorf("%s (%s)", m.State, m.Note)
			}
		})
	}
}
