package federation_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"caveat/backend/draft"
	"caveat/backend/installation"
	"caveat/backend/presend"
	"caveat/ldapbook/ldaptest"
)

// byMembers makes the lists of a nation ones whose members are written to.
func (w *world) byMembers(code string) {
	w.t.Helper()
	path := filepath.Join(w.dir, installation.FileName)
	text, err := os.ReadFile(path)
	must(w.t, err)
	name := "[[directory]]\nname = \"" + code + "\"\n"
	if !strings.Contains(string(text), name) {
		w.t.Fatalf("no directory %s", code)
	}
	must(w.t, os.WriteFile(path, []byte(strings.Replace(string(text), name, name+"lists = \"members\"\n", 1)), 0o600))
	w.in, err = installation.Load(path)
	must(w.t, err)
	w.close()
	w.open()
}

// send checks a draft to some addresses at Send, and gives the row of the first and to whom it goes.
func (w *world) send(to ...string) (presend.Recipient, string) {
	w.t.Helper()
	r, err := presend.Check(w.t.Context(), presend.Input{
		Draft: draft.Draft{Channel: draft.Mail, Action: to, Label: chosen(secret)},
		Site:  w.in.Site, Rules: w.fed.Rules(), Directory: w.fed, Routes: w.fed, Now: w.now(), Sending: true,
	})
	must(w.t, err)
	var envelope []string
	for _, x := range r.Envelope() {
		envelope = append(envelope, x.Address)
	}
	return r.Report().Recipients[0], strings.Join(envelope, " ")
}

// TestRule07ListsByMembersAreTheNations: the administrator chooses per nation, and each member is decided by the directory that decides
// for his address, whatever the list's own says of him (RULES 6).
func TestRule07ListsByMembersAreTheNations(t *testing.T) {
	w := start(t, setup{})
	w.add("UKR", person("UKR", "good", secret), person("UKR", "contact", secret, attr("mail", mail("low", "AUS"))),
		person("UKR", "far", secret, attr("mail", "x@fra.example")), person("UKR", "mute", secret, attr("mail")),
		list("UKR", "team", dn("good", "UKR"), dn("mate", "AUS")), list("UKR", "by-contact", dn("good", "UKR"), dn("contact", "UKR")),
		list("UKR", "by-far", dn("far", "UKR")), list("UKR", "by-mute", dn("good", "UKR"), dn("mute", "UKR")))
	w.add("AUS", person("AUS", "low", restricted), person("AUS", "mate", secret), list("AUS", "crew", dn("mate", "AUS")))
	w.byMembers("UKR")
	w.sync()
	for _, x := range []struct{ list, nation, verdict, link, envelope string }{
		{"team", "UKR", "cleared", "cleared", mail("good", "UKR") + " " + mail("mate", "AUS")},
		{"crew", "AUS", "cleared", "cleared", mail("crew", "AUS")}, // of a nation whose lists are addressed
		{"by-contact", "UKR", "not-cleared member", "cleared", mail("good", "UKR") + " " + mail("low", "AUS")},
		{"by-far", "UKR", "unknown member", "unknown no-route", "x@fra.example"},
		{"by-mute", "UKR", "unknown member", "unknown no-address", mail("good", "UKR")},
	} {
		r, envelope := w.send(mail(x.list, x.nation))
		want(t, x.list, r.Verdict, x.verdict)
		want(t, x.list+"'s link", r.Link, x.link)
		if envelope != x.envelope {
			t.Errorf("%s: goes to %q, want %q", x.list, envelope, x.envelope)
		}
	}
}

// TestRule07AListByMembersThatIsGoneIsNotAddressed: nor can it be, on an override, since nobody is known to be in it.
func TestRule07AListByMembersThatIsGoneIsNotAddressed(t *testing.T) {
	w := start(t, setup{})
	w.add("UKR", person("UKR", "good", secret), ldaptest.Entry{DN: dn("team", "UKR"), Attrs: []ldaptest.Attr{attr("objectClass", "groupOfNames"), attr("cn", "team"),
		attr("mail", mail("team", "UKR")), attr("member", dn("good", "UKR")), attr("confidentialityClearance", clearance(secret))}})
	w.byMembers("UKR")
	w.sync()
	if r, envelope := w.send(mail("team", "UKR")); r.Verdict.Outcome != presend.Cleared || envelope != mail("good", "UKR") {
		t.Fatalf("%+v to %s", r.Verdict, envelope)
	}
	must(t, w.nations["UKR"].Delete(dn("team", "UKR")))
	w.age(time.Hour)
	r, envelope := w.send(mail("team", "UKR"))
	want(t, "gone", r.Verdict, "not-cleared withdrawn")
	want(t, "the way", r.Link, "unknown nobody-to-write-to")
	if envelope != "" {
		t.Errorf("goes to %s", envelope)
	}
}
