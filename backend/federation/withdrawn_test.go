package federation_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/draft"
	"caveat/backend/federation"
	"caveat/backend/presend"
	"caveat/ldapbook/ldaptest"
)

// gone makes an entry or its clearance go away.
var gone = map[string]func(w *world, code, uid string){
	"entry": func(w *world, code, uid string) { must(w.t, w.nations[code].Delete(dn(uid, code))) },
	"clearance": func(w *world, code, uid string) {
		must(w.t, w.nations[code].Replace(dn(uid, code), "confidentialityClearance"))
	},
}

func TestRule08WithdrawnBySync(t *testing.T) {
	for what, remove := range gone {
		w := start(t, setup{})
		w.add("UKR", person("UKR", "p", secret), person("UKR", "never", none))
		w.sync()
		remove(w, "UKR", "p")
		w.sync() // no check has met it: the book's tombstone knows
		for _, sending := range []bool{false, true} {
			r := w.check(sending, secret, mail("p", "UKR"), mail("never", "UKR"), mail("nobody", "UKR"))
			want(t, what, r.Recipients[0].Verdict, "not-cleared withdrawn")
			want(t, "never published", r.Recipients[1].Verdict, "unknown no-clearance")
			want(t, "in no book", r.Recipients[2].Verdict, "unknown unlisted")
			if e := r.Recipients[0].Verdict.Evidence; e.DN != dn("p", "UKR") || e.Directory != "UKR" || e.ReadAt == nil || r.Recipients[0].Name != "p" {
				t.Errorf("%s: %+v", what, e)
			}
		}
	}
}

func TestRule08WithdrawnAtSend(t *testing.T) {
	for _, mode := range []string{"mirror", "look-up"} {
		for what, remove := range gone {
			w := start(t, setup{mode: map[string]string{"UKR": mode}})
			w.add("UKR", person("UKR", "p", secret))
			w.sync("GBR")
			if mode == "mirror" {
				w.sync("UKR")
			}
			want(t, mode, w.drafting(secret, mail("p", "UKR")).Verdict, "cleared")
			remove(w, "UKR", "p")
			w.age(10 * time.Minute)
			want(t, mode+", "+what, w.sending(secret, mail("p", "UKR")).Verdict, "not-cleared withdrawn")
			want(t, mode+", "+what+", afterwards", w.drafting(secret, mail("p", "UKR")).Verdict, "not-cleared withdrawn")
		}
	}
}

func TestRule08RememberedWhenTheBookIsDeleted(t *testing.T) {
	for what, remove := range gone {
		w := start(t, setup{})
		w.add("UKR", person("UKR", "p", secret), person("UKR", "m", secret))
		w.add("GBR", list("GBR", "list", dn("m", "UKR"), dn("me", "GBR")))
		w.sync()
		want(t, what, w.drafting(secret, mail("p", "UKR")).Verdict, "cleared")
		want(t, what, w.drafting(secret, mail("list", "GBR")).Verdict, "cleared")
		remove(w, "UKR", "p")
		remove(w, "UKR", "m")
		w.deleteBook()
		w.sync("GBR")
		r := w.check(false, secret, mail("p", "UKR"), mail("list", "GBR"))
		want(t, what+", not read again", r.Recipients[0].Verdict, "unknown directory-unreachable")
		if !strings.Contains(r.Recipients[0].Verdict.Reasons[0].Text, "UKR has not been read yet") {
			t.Errorf("%+v", r.Recipients[0].Verdict.Reasons)
		}
		want(t, what+", member not read again", r.Recipients[1].Verdict, "unknown member")
		want(t, what+", member not read again", r.Recipients[1].Members[0].Verdict, "unknown directory-unreachable")
		w.sync("UKR")
		for _, sending := range []bool{false, true} {
			r = w.check(sending, secret, mail("p", "UKR"), mail("list", "GBR"))
			want(t, what, r.Recipients[0].Verdict, "not-cleared withdrawn")
			want(t, what+", of a member", r.Recipients[1].Verdict, "not-cleared member")
			want(t, what+", of a member", r.Recipients[1].Members[0].Verdict, "not-cleared withdrawn")
		}
	}
}

// TestRule08RememberedWhateverTheAddress: one that no JSON document can hold as it is was met by a check as any other.
func TestRule08RememberedWhateverTheAddress(t *testing.T) {
	for what, address := range map[string]string{
		"ASCII":            "p@ukr.example",
		"another alphabet": "пе@ukr.example",
		"no UTF-8":         "caf\xe9@ukr.example",
		"a zero byte":      "a\x00b@ukr.example",
		"the Kelvin sign":  "\u212a@ukr.example",
		"a quoted local":   `"a\"b"@ukr.example`,
	} {
		w := start(t, setup{})
		w.add("UKR", person("UKR", "p", secret))
		w.sync()
		_, err := w.store.Writer().ExecContext(t.Context(), `INSERT INTO seen (address, directory, uuid, dn, name, kind, nation, had_clearance, last_seen)
			VALUES (?, 'UKR', 'u', 'uid=gone,o=ukr', 'Gone', 'person', 'UKR', 1, 1)`, federation.Key(address))
		must(t, err)
		// The same again among others, each asked twice.
		found, err := w.fed.Resolve(t.Context(), draft.Mail, []string{"x@ukr.example", address, "x@ukr.example", address}, presend.Freshness{})
		must(t, err)
		for i, p := range found {
			isGone := slices.ContainsFunc(p.Entries, func(e presend.Entry) bool { return e.Withdrawn && e.Name == "Gone" })
			if wanted := i%2 == 1 && what != "ASCII"; isGone != wanted {
				t.Errorf("%s: %q: %+v", what, p.Address, p.Entries)
			}
		}
	}
}

func TestRule08NeverReadIsUnknownNotWithdrawn(t *testing.T) {
	w := start(t, setup{})
	w.add("UKR", person("UKR", "p", secret))
	for _, a := range []string{mail("p", "UKR"), mail("me", "GBR")} {
		x := w.drafting(secret, a)
		want(t, a, x.Verdict, "unknown directory-unreachable")
		if !strings.Contains(x.Verdict.Reasons[0].Text, "has not been read yet") || x.Verdict.Evidence.Directory == "" {
			t.Errorf("%+v", x.Verdict)
		}
	}
	if got := w.contacts(); got != "0 0 0" {
		t.Errorf("drafting asked a mirrored directory: %s", got)
	}
	want(t, "at Send", w.sending(secret, mail("p", "UKR")).Verdict, "cleared")
	// Read in part: silence still says nothing.
	w.nations["UKR"].SizeLimit(1)
	w.add("UKR", person("UKR", "q", secret))
	d, _ := w.fed.Directory("UKR")
	src, err := w.fed.Source(d)
	must(t, err)
	if _, err := w.book.Sync(t.Context(), src, nil); err == nil {
		t.Fatal("the directory gave everything")
	}
	want(t, "in part", w.drafting(secret, mail("q2", "UKR")).Verdict, "unknown directory-unreachable")
}

func TestRule08BackAgain(t *testing.T) {
	w := start(t, setup{})
	w.add("UKR", person("UKR", "p", secret), person("UKR", "q", secret))
	w.sync()
	w.drafting(secret, mail("p", "UKR"))
	gone["entry"](w, "UKR", "p")
	gone["clearance"](w, "UKR", "q")
	w.sync()
	back := person("UKR", "p", restricted)
	back.UUID = "00000000-0000-4000-8000-000000000001" // made anew
	w.add("UKR", back)
	must(t, w.nations["UKR"].Replace(dn("q", "UKR"), "confidentialityClearance", clearance(secret)))
	w.sync()
	r := w.check(false, restricted, mail("p", "UKR"), mail("q", "UKR"))
	want(t, "entry", r.Recipients[0].Verdict, "cleared")
	want(t, "clearance", r.Recipients[1].Verdict, "cleared")
	gone["clearance"](w, "UKR", "p")
	w.sync()
	want(t, "and gone again", w.drafting(secret, mail("p", "UKR")).Verdict, "not-cleared withdrawn")
}

// Made anew without its clearance, and the book deleted in between: the address had one.
func TestRule08MadeAnewWithoutClearance(t *testing.T) {
	w := start(t, setup{})
	w.add("UKR", person("UKR", "p", secret))
	w.sync()
	w.drafting(secret, mail("p", "UKR"))
	gone["entry"](w, "UKR", "p")
	anew := person("UKR", "p", none)
	anew.UUID = "00000000-0000-4000-8000-000000000002"
	w.add("UKR", anew)
	w.deleteBook()
	w.sync()
	for _, sending := range []bool{false, true} {
		want(t, "made anew", w.check(sending, secret, mail("p", "UKR")).Recipients[0].Verdict, "not-cleared withdrawn")
	}
}

// What is remembered of one entry says nothing about another that claims the same address and never had a clearance.
func TestRule08SeveralClaimantsAreToldApart(t *testing.T) {
	w := start(t, setup{})
	shared := attr("mail", "duty@ukr.example")
	w.add("UKR", person("UKR", "a", secret, shared), person("UKR", "b", none, shared))
	w.sync()
	for range 2 {
		want(t, "b never had one", w.drafting(secret, "duty@ukr.example").Verdict, "unknown no-clearance")
	}
	gone["entry"](w, "UKR", "b")
	w.sync()
	want(t, "a alone", w.drafting(secret, "duty@ukr.example").Verdict, "cleared")
	gone["clearance"](w, "UKR", "a")
	w.sync()
	want(t, "gone from a", w.drafting(secret, "duty@ukr.example").Verdict, "not-cleared withdrawn")
}

func TestRule08OriginatorAndMembersWithoutAddress(t *testing.T) {
	w := start(t, setup{})
	w.add("GBR", person("GBR", "occupant", secret, attr("mail"), attr("jid", "occupant@xmpp.gbr.example")),
		ldaptest.Entry{DN: dn("role", "GBR"), Attrs: []ldaptest.Attr{attr("objectClass", "organizationalRole"), attr("cn", "role"), attr("mail", mail("role", "GBR")),
			attr("jid", "role@xmpp.gbr.example"), attr("confidentialityClearance", clearance(secret)), attr("roleOccupant", dn("occupant", "GBR"))}})
	w.sync()
	want(t, "role by mail", w.drafting(secret, mail("role", "GBR")).Verdict, "cleared")
	want(t, "role by chat", w.drafting(secret, "role@xmpp.gbr.example").Verdict, "cleared") // meets the occupant by its JID
	gone["clearance"](w, "GBR", "occupant")
	gone["clearance"](w, "GBR", "me")
	w.sync()
	r := w.check(false, secret, mail("role", "GBR"))
	want(t, "originator", r.Originator, "not-cleared withdrawn")
	want(t, "occupant", r.Recipients[0].Members[0].Verdict, "not-cleared withdrawn")
	gone["entry"](w, "GBR", "me")
	w.deleteBook()
	w.sync()
	want(t, "originator's entry", w.check(true, secret, mail("role", "GBR")).Originator, "not-cleared withdrawn")
}

func TestRule08AnotherDirectoryRemembersNothingForOurs(t *testing.T) {
	w := start(t, setup{})
	w.add("AUS", person("AUS", "x", secret, attr("mail", mail("x", "GBR"))))
	w.sync()
	want(t, "foreign", w.drafting(secret, mail("x", "GBR")).Verdict, "unknown unlisted")
	gone["entry"](w, "AUS", "x")
	w.sync()
	p, err := w.fed.Resolve(t.Context(), draft.Mail, []string{mail("x", "GBR")}, presend.Freshness{})
	must(t, err)
	if len(p[0].Entries) != 0 || p[0].Fault != "" {
		t.Errorf("%+v", p[0])
	}
}

// An answer that is only a part says nothing about who is not in it.
func TestRule08PartialAnswerWithdrawsNobody(t *testing.T) {
	w := start(t, setup{mode: map[string]string{"AUS": "look-up"}})
	w.add("AUS", person("AUS", "p", secret), person("AUS", "q", secret))
	to := []string{mail("p", "AUS"), mail("q", "AUS"), mail("new", "AUS")}
	w.sync("GBR")
	w.check(false, secret, to[:2]...)
	w.nations["AUS"].SizeLimit(1)
	w.age(10 * time.Minute)
	r := w.check(true, secret, to...)
	outcomes := map[presend.Outcome]int{}
	for _, x := range r.Recipients {
		outcomes[x.Verdict.Outcome]++
	}
	if outcomes[presend.NotCleared] > 0 || outcomes[presend.Cleared] > 1 || outcomes[presend.Stale] == 0 {
		t.Errorf("%+v", r.Recipients)
	}
	want(t, "not in the part", r.Recipients[2].Verdict, "unknown directory-unreachable")
	if !strings.Contains(r.Recipients[2].Verdict.Reasons[0].Text, "it gave only a part") {
		t.Errorf("%+v", r.Recipients[2].Verdict.Reasons)
	}
}
