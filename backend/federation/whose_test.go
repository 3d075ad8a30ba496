package federation_test

import (
	"strings"
	"testing"

	"caveat/backend/draft"
	"caveat/backend/presend"
	"caveat/ldapbook/ldaptest"
)

func TestRule06OnlyTheDirectoryOfTheDomainDecides(t *testing.T) {
	w := start(t, setup{})
	w.add("GBR", person("GBR", "low", restricted), person("GBR", "good", secret))
	w.add("AUS",
		person("AUS", "copy-of-low", secret, attr("mail", mail("low", "GBR"))),
		person("AUS", "invented", secret, attr("mail", mail("invented", "GBR"))),
		person("AUS", "copy-of-good", restricted, attr("mail", mail("good", "GBR"), mail("good", "AUS"))),
		person("AUS", "nowhere", secret, attr("mail", "x@fra.example")))
	w.sync()
	for _, sending := range []bool{false, true} {
		r := w.check(sending, secret, mail("low", "GBR"), mail("invented", "GBR"), "GOOD@gbr.example", "x@fra.example", mail("good", "AUS"))
		want(t, "low", r.Recipients[0].Verdict, "not-cleared classification")
		want(t, "invented", r.Recipients[1].Verdict, "unknown unlisted")
		want(t, "good", r.Recipients[2].Verdict, "cleared")
		want(t, "nobody decides", r.Recipients[3].Verdict, "unknown unlisted")
		want(t, "AUS decides for its own", r.Recipients[4].Verdict, "not-cleared classification")
		for i, notes := range []string{"not decide", "not decide", "not decide", "not decide", ""} {
			if note := r.Recipients[i].Verdict.Evidence.Note; !strings.Contains(note, notes) || notes == "" && note != "" {
				t.Errorf("%s: foreign entries are shown: %q", r.Recipients[i].Address, note)
			}
		}
		if e := r.Recipients[2].Verdict.Evidence; e.Directory != "GBR" || e.DN != dn("good", "GBR") || e.Transport != "starttls" || e.ReadAt == nil {
			t.Errorf("%+v", e)
		}
	}
}

func TestRule06SeveralClaimantsInOneDirectory(t *testing.T) {
	w := start(t, setup{mode: map[string]string{"AUS": "look-up"}})
	shared := attr("mail", "Duty@AUS.example")
	w.add("AUS", person("AUS", "a", secret, shared), person("AUS", "b", restricted, shared), person("AUS", "c", secret, shared))
	for _, sending := range []bool{false, true} {
		x := w.check(sending, secret, "duty@aus.example").Recipients[0]
		want(t, "the worst counts", x.Verdict, "not-cleared classification")
	}
}

func TestRule06AddressesThatOnlyLookLikeOurs(t *testing.T) {
	w := start(t, setup{})
	w.add("GBR", person("GBR", "good", secret, attr("jid", "good@xmpp.gbr.example")))
	w.sync()
	for _, a := range []string{"good@sub.gbr.example", "good@gbr.example.", "good@xgbr.example", "<good@gbr.example>", "good", "good@gbr.example@evil.example", "go*@gbr.example", "good@xmpp.gbr.example "} {
		p, err := w.fed.Resolve(t.Context(), draft.Mail, []string{a}, presend.Freshness{})
		must(t, err)
		if len(p) != 1 || len(p[0].Entries) != 0 {
			t.Errorf("%q: %+v", a, p)
		}
	}
	for _, a := range []string{"GOOD@GBR.EXAMPLE"} {
		want(t, a, w.drafting(secret, a).Verdict, "cleared")
	}
	r := w.check(false, secret, "good@xmpp.gbr.example/phone")
	want(t, "chat", r.Recipients[0].Verdict, "cleared")
	want(t, "chat route", r.Recipients[0].Link, "cleared")
}

func TestRule07MembersInOtherDirectories(t *testing.T) {
	w := start(t, setup{})
	w.add("UKR", person("UKR", "good", secret), person("UKR", "low", restricted), list("UKR", "inner", dn("low", "UKR"), dn("outer", "GBR")))
	w.add("GBR",
		person("GBR", "contact", secret, attr("mail", mail("low", "UKR"))), // says that low is cleared to SECRET; UKR decides
		list("GBR", "fine", dn("good", "UKR"), "UID = Me , O = GBR"),
		list("GBR", "direct", dn("good", "UKR"), dn("low", "UKR")),
		list("GBR", "by-contact", dn("contact", "GBR")),
		list("GBR", "outer", dn("inner", "UKR"), dn("me", "GBR")),
		list("GBR", "dangling", dn("me", "GBR"), dn("nobody", "UKR")),
		list("GBR", "elsewhere", dn("me", "GBR"), "uid=x,o=fra"),
		list("GBR", "no-dn", "not a DN"),
		ldaptest.Entry{DN: dn("role", "GBR"), Attrs: []ldaptest.Attr{attr("objectClass", "organizationalRole"), attr("cn", "role"), attr("mail", mail("role", "GBR")),
			attr("confidentialityClearance", clearance(secret)), attr("roleOccupant", dn("me", "GBR"), dn("low", "UKR"))}})
	w.sync()
	for _, sending := range []bool{false, true} {
		for uid, expect := range map[string]string{
			"fine": "cleared", "direct": "not-cleared member", "by-contact": "not-cleared member", "outer": "not-cleared member",
			"dangling": "unknown member", "elsewhere": "unknown member", "no-dn": "unknown member", "role": "not-cleared member",
		} {
			want(t, uid, w.check(sending, secret, mail(uid, "GBR")).Recipients[0].Verdict, expect)
		}
	}
	x := w.drafting(secret, mail("by-contact", "GBR")).Members[0]
	if x.Verdict.Evidence.Directory != "UKR" || x.Address != mail("low", "UKR") {
		t.Errorf("%+v", x)
	}
}

// A member's link is judged too: its nation may not get what the list's nation may.
func TestRule07MembersHaveLinks(t *testing.T) {
	w := start(t, setup{noRoute: "AUS"})
	w.add("AUS", person("AUS", "good", top("AUS")))
	w.add("UKR", person("UKR", "wrong", "SECRET; Context=MROD; Only=GBR,UKR"), person("UKR", "mute", secret, attr("mail")))
	w.add("GBR", list("GBR", "far", dn("good", "AUS")), list("GBR", "only", dn("wrong", "UKR")), list("GBR", "silent", dn("mute", "UKR")))
	w.sync()
	x := w.drafting(secret, mail("far", "GBR"))
	want(t, "no route to a member", x.Verdict, "unknown member")
	want(t, "its link", x.Members[0].Link, "unknown no-route")
	x = w.drafting("SECRET; Context=MROD; Only=GBR", mail("only", "GBR"))
	want(t, "UK ONLY", x.Verdict, "not-cleared member")
	want(t, "the person", x.Members[0].Verdict, "cleared")
	want(t, "the link", x.Members[0].Link, "not-cleared permissive")
	x = w.drafting(secret, mail("silent", "GBR"))
	want(t, "without address", x.Verdict, "unknown member")
	want(t, "without address", x.Members[0].Link, "unknown no-address")
}

func TestRule09PlainConnectionsHaveACeiling(t *testing.T) {
	w := start(t, setup{plain: map[string]string{"UKR": "", "AUS": "RESTRICTED"}})
	w.add("UKR", person("UKR", "p", secret))
	w.add("AUS", person("AUS", "p", secret))
	w.sync()
	for _, sending := range []bool{false, true} {
		r := w.check(sending, restricted, mail("p", "UKR"), mail("p", "AUS"))
		want(t, "no ceiling", r.Recipients[0].Verdict, "unknown untrusted-channel")
		want(t, "below the ceiling", r.Recipients[1].Verdict, "cleared")
		r = w.check(sending, secret, mail("p", "UKR"), mail("p", "AUS"))
		want(t, "no ceiling", r.Recipients[0].Verdict, "unknown untrusted-channel")
		want(t, "above the ceiling", r.Recipients[1].Verdict, "unknown ceiling")
		if e := r.Recipients[1].Verdict.Evidence; e.Transport != "plain" {
			t.Errorf("evidence says how it was read: %+v", e)
		}
	}
}

func TestRule10OriginatorIsReadByDN(t *testing.T) {
	w := start(t, setup{more: "[[identity]]\nuser = \"tester\"\ndirectory = \"GBR\"\ndn = \"UID=Duty, O=GBR\"\nmail = \"duty@gbr.example\"\n[[identity]]\nuser = \"other\"\ndirectory = \"GBR\"\ndn = \"uid=boss,o=gbr\"\nmail = \"boss@gbr.example\""})
	w.add("GBR", person("GBR", "duty", restricted), person("GBR", "boss", secret), person("GBR", "impostor", secret, attr("mail", "duty@gbr.example")))
	w.sync()
	for from, expect := range map[string]string{"": "cleared", "ME@gbr.example": "cleared", "duty@gbr.example": "not-cleared", "boss@gbr.example": "unbound", "x@gbr.example": "unbound"} {
		p, bound, err := w.fed.Originator(t.Context(), draft.Mail, from, presend.Freshness{})
		must(t, err)
		if bound != (expect != "unbound") || !bound && (len(p.Entries) > 0 || p.Looked == "") {
			t.Errorf("%q: %v %+v", from, bound, p)
		}
		if from == "duty@gbr.example" && (len(p.Entries) != 1 || p.Entries[0].Name != "duty") {
			t.Errorf("the DN decides, not the address: %+v", p)
		}
	}
	if _, bound, err := w.fed.Originator(t.Context(), draft.Chat, "duty@gbr.example", presend.Freshness{}); err != nil || bound {
		t.Errorf("it has no JID: %v, %v", bound, err)
	}
}

func TestRule10OriginatorNotFoundBlocks(t *testing.T) {
	w := start(t, setup{identity: "uid=nobody,o=gbr"})
	w.add("GBR", person("GBR", "good", secret), person("GBR", "me2", secret, attr("mail", "me@gbr.example")))
	r := w.check(false, secret, mail("good", "GBR"))
	want(t, "never read", r.Originator, "unknown directory-unreachable")
	if !strings.Contains(r.Originator.Reasons[0].Text, "has not been read yet") {
		t.Errorf("%+v", r.Originator)
	}
	w.sync()
	for _, sending := range []bool{false, true} {
		r = w.check(sending, secret, mail("good", "GBR"))
		want(t, "not there", r.Originator, "unknown unlisted")
		if r.Sendable || !strings.Contains(r.Originator.Evidence.Directory, "uid=nobody") {
			t.Errorf("%+v", r.Originator)
		}
	}
}

func TestRule11Routes(t *testing.T) {
	w := start(t, setup{noRoute: "AUS"})
	for _, tt := range []struct {
		channel draft.Channel
		address string
		links   string
	}{
		{draft.Mail, "x@GBR.example", "own network"}, {draft.Mail, "x@ukr.example", "to UKR"}, {draft.Mail, "x@aus.example", ""},
		{draft.Chat, "x@ukr.example", ""}, {draft.Chat, "x@xmpp.ukr.example/phone", "to UKR"}, {draft.Mail, "x@sub.ukr.example", ""}, {draft.Mail, "x", ""},
	} {
		r, ok := w.fed.Route(tt.channel, tt.address)
		var links []string
		for _, l := range r.Links {
			links = append(links, l.Name)
		}
		if ok != (tt.links != "") || strings.Join(links, ",") != tt.links || r.Own != (tt.links == "own network") {
			t.Errorf("%s %s: %+v, %v", tt.channel, tt.address, r, ok)
		}
	}
	own, _ := w.fed.Route(draft.Mail, "x@gbr.example")
	if string(own.Links[0].Clearance.Marshal()) != string(w.in.SystemHigh.Marshal()) {
		t.Error("the own nation's route is the installation's clearance")
	}
	w.add("AUS", person("AUS", "good", secret))
	w.sync()
	x := w.drafting(secret, mail("good", "AUS"))
	want(t, "no route", x.Link, "unknown no-route")
	want(t, "no route", x.Verdict, "cleared")
}
