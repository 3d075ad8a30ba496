package federation_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"caveat/backend/draft"
	"caveat/backend/presend"
	"caveat/ldapbook"
)

func TestRule13NothingYoungerIsReadAgain(t *testing.T) {
	w := start(t, setup{})
	w.add("UKR", person("UKR", "p", secret), list("UKR", "list", dn("p", "UKR")))
	w.sync()
	before := w.contacts()
	gone["clearance"](w, "UKR", "p") // nobody has noticed yet
	w.age(4 * time.Minute)
	r := w.check(true, secret, mail("p", "UKR"), mail("list", "UKR"))
	if !r.Sendable || w.contacts() != before {
		t.Errorf("%+v, contacts %s, before %s", r, w.contacts(), before)
	}
	w.age(2 * time.Minute)
	r = w.check(true, secret, mail("p", "UKR"), mail("list", "UKR"))
	want(t, "older", r.Recipients[0].Verdict, "not-cleared withdrawn")
	want(t, "a member", r.Recipients[1].Verdict, "not-cleared member")
}

func TestRule13MembersAreReadAgainToTheLastLevel(t *testing.T) {
	w := start(t, setup{mode: map[string]string{"AUS": "look-up"}})
	w.add("AUS", person("AUS", "deep", secret))
	w.add("UKR", list("UKR", "inner", dn("deep", "AUS")), person("UKR", "new", restricted))
	w.add("GBR", list("GBR", "outer", dn("inner", "UKR"), dn("me", "GBR")))
	w.sync("GBR", "UKR")
	want(t, "before", w.sending(secret, mail("outer", "GBR")).Verdict, "cleared")
	must(t, w.nations["AUS"].Replace(dn("deep", "AUS"), "confidentialityClearance", clearance(restricted)))
	w.age(10 * time.Minute)
	want(t, "while drafting", w.drafting(secret, mail("outer", "GBR")).Verdict, "cleared")
	want(t, "a member's clearance", w.sending(secret, mail("outer", "GBR")).Verdict, "not-cleared member")
	must(t, w.nations["AUS"].Replace(dn("deep", "AUS"), "confidentialityClearance", clearance(secret)))
	must(t, w.nations["UKR"].Replace(dn("inner", "UKR"), "member", dn("deep", "AUS"), dn("new", "UKR")))
	w.age(10 * time.Minute)
	x := w.sending(secret, mail("outer", "GBR"))
	want(t, "a new member", x.Verdict, "not-cleared member")
	if !strings.Contains(x.Verdict.Reasons[0].Text, "1 of 3 behind it: new") {
		t.Errorf("%+v", x.Verdict.Reasons)
	}
}

func TestRule13DirectoryThatIsDown(t *testing.T) {
	w := start(t, setup{})
	w.add("UKR", person("UKR", "good", secret), person("UKR", "low", restricted), person("UKR", "gone", secret), list("UKR", "list", dn("good", "UKR")))
	w.sync()
	gone["entry"](w, "UKR", "gone")
	w.sync()
	w.nations["UKR"].Close()
	to := []string{mail("good", "UKR"), mail("low", "UKR"), mail("gone", "UKR"), mail("list", "UKR"), mail("new", "UKR"), mail("me", "GBR")}
	r := w.check(true, secret, to[:2]...)
	want(t, "younger than the sending age", r.Recipients[0].Verdict, "cleared")
	w.age(10 * time.Minute)
	r = w.check(true, secret, to...)
	for i, expect := range []string{"stale stale", "not-cleared classification", "not-cleared withdrawn", "stale stale", "unknown directory-unreachable", "cleared"} {
		x := r.Recipients[i]
		want(t, x.Address, x.Verdict, expect)
		if note := x.Verdict.Evidence.Note; strings.Contains(note, "Could not ask the directory UKR") != (i < 5) {
			t.Errorf("%s: note %q", x.Address, note)
		}
	}
	if e := r.Recipients[0].Verdict.Evidence; !strings.HasPrefix(e.Note, "As last read.") || e.ReadAt == nil || time.Since(*e.ReadAt) < 9*time.Minute {
		t.Errorf("%+v", e)
	}
	want(t, "while drafting", w.drafting(secret, mail("good", "UKR")).Verdict, "cleared")
	w.age(24 * time.Hour)
	want(t, "while drafting, a day later", w.drafting(secret, mail("good", "UKR")).Verdict, "stale stale")
}

func TestRule13HangingDirectoryHoldsNobodyUp(t *testing.T) {
	w := start(t, setup{check: `deadline = "3s"`, mode: map[string]string{"AUS": "look-up"}})
	w.add("UKR", person("UKR", "good", secret), person("UKR", "m", secret))
	w.add("AUS", person("AUS", "good", secret))
	w.add("GBR", list("GBR", "list", dn("m", "UKR"), dn("x", "AUS")))
	w.sync("GBR", "UKR")
	w.age(10 * time.Minute)
	for _, code := range []string{"UKR", "AUS"} {
		w.nations[code].Hang(true)
	}
	started := time.Now()
	r := w.check(true, secret, mail("good", "UKR"), mail("m", "UKR"), mail("good", "AUS"), mail("me", "GBR"), mail("list", "GBR"))
	if took := time.Since(started); took > time.Minute {
		t.Errorf("it hung for %s", took)
	}
	for i, expect := range []string{"stale stale", "stale stale", "unknown directory-unreachable", "cleared", "unknown member"} {
		want(t, r.Recipients[i].Address, r.Recipients[i].Verdict, expect)
	}
	if text := r.Recipients[2].Verdict.Reasons[0].Text; !strings.Contains(text, "no answer in 3s") {
		t.Errorf("%s", text)
	}
	// The user gives up: nothing is believed of the directory because of that.
	w.ahead.Store(int64(time.Minute))
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := w.fed.Resolve(ctx, draft.Mail, []string{mail("good", "UKR")}, presend.Freshness{Live: true}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	w.nations["UKR"].Hang(false)
	want(t, "awake again", w.sending(secret, mail("m", "UKR")).Verdict, "cleared")
}

func TestRule13FaultsSayWhy(t *testing.T) {
	w := start(t, setup{mode: map[string]string{"UKR": "look-up"}})
	w.add("UKR", person("UKR", "p", secret))
	w.nations["UKR"].RefuseBind(true)
	x := w.drafting(secret, mail("p", "UKR"))
	want(t, "refused", x.Verdict, "unknown directory-unreachable")
	if !strings.Contains(x.Verdict.Reasons[0].Text, "refused our name or password") {
		t.Errorf("%+v", x.Verdict.Reasons)
	}
	w.nations["UKR"].RefuseBind(false)
	contacts := w.contacts()
	want(t, "a moment later it is not asked again", w.drafting(secret, mail("p", "UKR")).Verdict, "unknown directory-unreachable")
	if w.contacts() != contacts {
		t.Errorf("contacts %s, before %s", w.contacts(), contacts)
	}
	w.ahead.Store(int64(10 * time.Second))
	want(t, "later it is", w.drafting(secret, mail("p", "UKR")).Verdict, "cleared")

	must(t, w.secrets.SetSecret("UKR", ""))
	must(t, w.fed.Close())
	x = w.drafting(secret, mail("q", "UKR"))
	want(t, "no password", x.Verdict, "unknown directory-unreachable")
	if !strings.Contains(x.Verdict.Reasons[0].Text, "our password for it is not stored") {
		t.Errorf("%+v", x.Verdict.Reasons)
	}
}

// RULES 22: each endpoint trusts its own CA only.
func TestRule22AnotherNationsCertificateIsNotTrusted(t *testing.T) {
	w := start(t, setup{mode: map[string]string{"AUS": "look-up"}})
	for i := range w.in.Directories {
		if w.in.Directories[i].Name == "AUS" {
			w.in.Directories[i].Roots = w.nations["UKR"].ca.Pool()
		}
	}
	w.add("AUS", person("AUS", "p", secret))
	x := w.drafting(secret, mail("p", "AUS"))
	want(t, "wrong CA", x.Verdict, "unknown directory-unreachable")
	if !strings.Contains(x.Verdict.Reasons[0].Text, "certificate is not trusted") {
		t.Errorf("%+v", x.Verdict.Reasons)
	}
}

func TestRule16OwnNationNeedsNoPartner(t *testing.T) {
	w := start(t, setup{mode: map[string]string{"AUS": "look-up"}})
	w.add("GBR", person("GBR", "good", secret, attr("jid", "good@xmpp.gbr.example")), list("GBR", "list", dn("good", "GBR")))
	w.sync("GBR")
	w.age(10 * time.Minute)
	w.nations["UKR"].Hang(true)
	w.nations["AUS"].Hang(true)
	for _, to := range [][]string{{mail("good", "GBR"), mail("list", "GBR")}, {"good@xmpp.gbr.example"}} {
		for _, sending := range []bool{false, true} {
			r := w.check(sending, secret, to...)
			if !r.Sendable {
				t.Errorf("%v: %+v", sending, r)
			}
			for _, x := range r.Recipients {
				if x.Verdict.Evidence.Note != "" && sending && x.Kind != presend.List {
					t.Errorf("a warning: %+v", x.Verdict.Evidence)
				}
			}
		}
	}
	for _, code := range []string{"UKR", "AUS"} {
		if n := w.nations[code].contacts.Load(); n != 0 {
			t.Errorf("%s was contacted %d times", code, n)
		}
	}
}

func TestRule22LookUpAndMirror(t *testing.T) {
	w := start(t, setup{mode: map[string]string{"AUS": "look-up"}})
	w.add("UKR", person("UKR", "late", secret))
	w.add("AUS", person("AUS", "p", secret), person("AUS", "m", secret), list("AUS", "list", dn("m", "AUS")), person("AUS", "other", secret))
	w.sync("GBR")
	want(t, "mirrored, and not read", w.drafting(secret, mail("late", "UKR")).Verdict, "unknown directory-unreachable")
	want(t, "looked up", w.drafting(secret, mail("p", "AUS")).Verdict, "cleared")
	want(t, "members too", w.drafting(secret, mail("list", "AUS")).Verdict, "cleared")
	want(t, "not there", w.drafting(secret, mail("nobody", "AUS")).Verdict, "unknown unlisted")
	if n := w.nations["UKR"].contacts.Load(); n != 0 {
		t.Errorf("a mirrored directory was asked while drafting")
	}
	w.nations["AUS"].Hang(true)
	want(t, "from the cache", w.drafting(secret, mail("p", "AUS")).Verdict, "cleared")
	want(t, "from the cache", w.drafting(secret, mail("list", "AUS")).Verdict, "cleared")
	found, err := w.book.Search(t.Context(), ldapbook.Query{Nation: "AUS", Limit: 10})
	must(t, err)
	if len(found) != 3 {
		t.Errorf("only what was asked for is kept: %+v", found)
	}
}

func TestSearchLive(t *testing.T) {
	w := start(t, setup{mode: map[string]string{"AUS": "look-up"}})
	w.add("AUS", person("AUS", "anna", secret), person("AUS", "bert", secret))
	d, _ := w.fed.Directory("AUS")
	found, _, _, fault := w.fed.SearchLive(t.Context(), d, ldapbook.Query{Text: "ann"})
	if fault != "" || len(found) != 1 || found[0].Name != "anna" {
		t.Errorf("%+v, %q", found, fault)
	}
	if r, err := w.fed.Look(t.Context(), d); err != nil || r.Entries != 2 || r.WithClearance != 2 {
		t.Errorf("%+v, %v", r, err)
	}
	w.nations["AUS"].Close()
	if found, _, _, fault := w.fed.SearchLive(t.Context(), d, ldapbook.Query{Text: "ann"}); fault == "" || len(found) != 0 {
		t.Errorf("%+v, %q", found, fault)
	}
}

// A clock that was wrong when the directory was read must not keep an entry young for ever.
func TestRule13ReadInTheFutureIsReadAgain(t *testing.T) {
	w := start(t, setup{mode: map[string]string{"AUS": "look-up"}})
	w.add("AUS", person("AUS", "p", secret))
	w.add("UKR", person("UKR", "p", secret))
	w.sync()
	must(t, w.book.Forget(t.Context(), "AUS"))
	want(t, "looked up", w.drafting(secret, mail("p", "AUS")).Verdict, "cleared")
	w.age(-time.Hour)
	must(t, w.nations["AUS"].Replace(dn("p", "AUS"), "confidentialityClearance", clearance(restricted)))
	r := w.check(false, secret, mail("p", "AUS"), mail("p", "UKR"))
	want(t, "look-up", r.Recipients[0].Verdict, "stale stale")
	want(t, "mirror", r.Recipients[1].Verdict, "stale stale")
	want(t, "read again", w.sending(secret, mail("p", "AUS")).Verdict, "not-cleared classification")
	w.sync("UKR")
	want(t, "mirrored again", w.sending(secret, mail("p", "UKR")).Verdict, "cleared")
	want(t, "from then on", w.drafting(secret, mail("p", "UKR")).Verdict, "cleared")
}
