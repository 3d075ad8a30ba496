package federation_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/draft"
	"caveat/backend/presend"
	"caveat/ldapbook"
	"caveat/ldapbook/ldaptest"
)

// resolve asks for one address, from the cache.
func (w *world) resolve(channel draft.Channel, address string) presend.Entry {
	w.t.Helper()
	p, err := w.fed.Resolve(w.t.Context(), channel, []string{address}, presend.Freshness{})
	must(w.t, err)
	if len(p[0].Entries) != 1 {
		w.t.Fatalf("%s: %+v", address, p[0])
	}
	return p[0].Entries[0]
}

func TestRule23CapabilitiesComeFromTheDirectory(t *testing.T) {
	w := start(t, setup{})
	w.add("UKR", person("UKR", "p", secret, attr("mail", mail("p", "UKR"), mail("second", "UKR")), attr("ou", "J3"), attr("active", "FALSE"),
		attr("maxMessageSize", "1000"), attr("aCPNoAttachments", "TRUE"), attr("emConState", "2")))
	w.sync()
	e := w.resolve(draft.Mail, mail("p", "UKR"))
	c := e.Capabilities
	if !e.Disabled || c.MaxSize != 1000 || !c.NoAttachments || c.EmCon == "" || c.Labels != "" || e.Unit != "J3" {
		t.Errorf("%+v", e)
	}
	if !slices.Equal(e.Addresses, []string{mail("p", "UKR"), mail("second", "UKR")}) {
		t.Errorf("%v", e.Addresses)
	}
}

func dynamic(code, uid, filter string) ldaptest.Entry {
	return entry("groupOfURLs", uid, code, "", attr("memberURL", "ldap:///o="+strings.ToLower(code)+"??sub?"+filter))
}

// Who belongs to a dynamic list changes without its entry: at Send it is asked, however fresh the entry is; and one that cannot be
// opened to the end is unknown.
func TestRule07DynamicLists(t *testing.T) {
	w := start(t, setup{})
	w.add("UKR", person("UKR", "good", secret, attr("ou", "J3")), person("UKR", "low", restricted, attr("ou", "J4")),
		dynamic("UKR", "j3", "(ou=J3)"), dynamic("UKR", "nobody", "(ou=J9)"),
		entry("groupOfURLs", "elsewhere", "UKR", "", attr("memberURL", "ldap://other.example/o=ukr??sub?(ou=J3)")),
		list("UKR", "outer", dn("j3", "UKR")))
	w.sync()
	want(t, "all cleared", w.drafting(secret, mail("j3", "UKR")).Verdict, "cleared")
	want(t, "of another server", w.drafting(secret, mail("elsewhere", "UKR")).Verdict, "unknown membership-unknown")
	want(t, "empty", w.drafting(secret, mail("nobody", "UKR")).Verdict, "unknown membership-unknown")

	d, _ := w.fed.Directory("UKR")
	if found, _, _, fault := w.fed.SearchLive(t.Context(), d, ldapbook.Query{Text: "j3"}); fault != "" || len(found) == 0 {
		t.Errorf("%+v, %q", found, fault)
	}
	want(t, "after a search that asked for no members", w.drafting(secret, mail("j3", "UKR")).Verdict, "cleared")

	must(t, w.nations["UKR"].Replace(dn("low", "UKR"), "ou", "J3"))
	w.sync() // the list's entry is unchanged, and was read just now
	want(t, "a new member", w.sending(secret, mail("j3", "UKR")).Verdict, "not-cleared member")
	must(t, w.nations["UKR"].Replace(dn("low", "UKR"), "ou", "J4"))
	want(t, "gone again, in a list", w.sending(secret, mail("outer", "UKR")).Verdict, "cleared")
	must(t, w.nations["UKR"].Replace(dn("low", "UKR"), "ou", "J3"))
	want(t, "again, in a list", w.sending(secret, mail("outer", "UKR")).Verdict, "not-cleared member")
}

// Reads that ask for changes alone do not ask who belongs to a dynamic list: its members are as old as its own row, however new the
// directory's copy is.
func TestRule13DynamicListsAreAsOldAsTheirMembers(t *testing.T) {
	w := start(t, setup{})
	w.add("UKR", person("UKR", "good", secret, attr("ou", "J3")), dynamic("UKR", "j3", "(ou=J3)"), list("UKR", "plain", dn("good", "UKR")))
	w.sync()
	want(t, "just read", w.drafting(secret, mail("j3", "UKR")).Verdict, "cleared")
	w.age(25 * time.Hour)
	w.sync("UKR") // nothing has changed: neither list is sent
	want(t, "while drafting", w.drafting(secret, mail("j3", "UKR")).Verdict, "stale stale")
	want(t, "a list that names its members", w.drafting(secret, mail("plain", "UKR")).Verdict, "cleared")
	w.nations["UKR"].Close()
	want(t, "at Send, server down", w.sending(secret, mail("j3", "UKR")).Verdict, "stale stale")
	want(t, "at Send, a list that names its members", w.sending(secret, mail("plain", "UKR")).Verdict, "cleared")
}

func role(code, uid, unit, held string, occupants ...string) ldaptest.Entry {
	return entry("organizationalRole", uid, code, held, attr("ou", unit), attr("roleOccupant", occupants...))
}

func TestRule18AlternativesAreOfTheUnitAndTheDirectoryThatDecides(t *testing.T) {
	w := start(t, setup{})
	w.add("UKR", person("UKR", "p", restricted, attr("ou", "J3")), person("UKR", "q", secret, attr("ou", "J3")),
		role("UKR", "watch", "J3", secret, dn("q", "UKR")), role("UKR", "duty", "J3", secret, dn("p", "UKR")),
		role("UKR", "other", "J9", secret, dn("p", "UKR")), role("UKR", "silent", "J3", secret),
		entry("organizationalRole", "namesake", "UKR", secret, attr("o", "J3"), attr("ou", "J9")))
	foreign := role("AUS", "watch", "J3", secret)
	w.add("AUS", foreign)
	w.sync()
	parties, err := w.fed.Resolve(t.Context(), draft.Mail, []string{mail("p", "UKR"), mail("watch", "UKR"), mail("nobody", "UKR")}, presend.Freshness{})
	must(t, err)
	found, err := w.fed.Alternatives(t.Context(), draft.Mail, parties)
	must(t, err)
	var got []string
	for _, a := range found[mail("p", "UKR")] {
		got = append(got, a.Kind+" "+a.Party.Address)
		if len(a.Party.Entries) != 1 || a.Party.Entries[0].Directory != "UKR" {
			t.Errorf("%+v", a)
		}
	}
	// The one that the person occupies comes first.
	if len(got) != 3 || got[0] != "role "+mail("duty", "UKR") || !slices.Contains(got, "role "+mail("watch", "UKR")) || len(found) != 1 {
		t.Errorf("%v of %v", got, found)
	}
}

// TestRule18AlternativesOfSeveral: each gets his own, though they are looked for together.
func TestRule18AlternativesOfSeveral(t *testing.T) {
	w := start(t, setup{})
	w.add("UKR", person("UKR", "p", restricted, attr("ou", "J3")), person("UKR", "q", restricted, attr("ou", "J3")), person("UKR", "r", restricted, attr("ou", "J9")),
		person("UKR", "s", restricted), role("UKR", "duty", "J3", secret, dn("p", "UKR")), role("UKR", "watch", "J3", secret, dn("q", "UKR"), dn("r", "UKR")),
		role("UKR", "other", "J9", secret, dn("p", "UKR")))
	w.sync()
	var asked []string
	for _, uid := range []string{"p", "q", "r", "s"} {
		asked = append(asked, mail(uid, "UKR"))
	}
	parties, err := w.fed.Resolve(t.Context(), draft.Mail, asked, presend.Freshness{})
	must(t, err)
	found, err := w.fed.Alternatives(t.Context(), draft.Mail, parties)
	must(t, err)
	for uid, want := range map[string]string{"p": "duty watch", "q": "watch duty", "r": "other", "s": ""} { // first what one occupies
		var got []string
		for _, a := range found[mail(uid, "UKR")] {
			got = append(got, strings.TrimSuffix(a.Party.Address, mail("", "UKR")))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", uid, got, want)
		}
	}
}

func TestRule07RoomsAsTheAdministratorRecordsThem(t *testing.T) {
	w := start(t, setup{more: `[[room]]
address = "plans@xmpp.ukr.example"
federated = true
nodes = ["xmpp.aus.example"]
[[room]]
address = "xmpp.ukr.example"
filters_occupants = true
[[room]]
address = "xmpp.aus.example"
federated = true
`})
	for _, code := range []string{"UKR", "AUS"} {
		for _, name := range []string{"plans", "ops"} {
			w.add(code, entry("room", name, code, secret, attr("jid", name+"@xmpp."+strings.ToLower(code)+".example")))
		}
	}
	w.sync()
	for address, want := range map[string]struct {
		filtered, unlisted bool
		nodes              string
	}{
		"plans@xmpp.ukr.example": {false, false, "xmpp.aus.example"}, // what is said of the room comes before what is said of the domain
		"ops@xmpp.ukr.example":   {true, false, ""},
		"ops@xmpp.aus.example":   {false, true, ""},
	} {
		e := w.resolve(draft.Chat, address)
		if e.Filtered != want.filtered || e.NodesUnlisted != want.unlisted || strings.Join(e.Nodes, " ") != want.nodes {
			t.Errorf("%s: %v %v %v", address, e.Filtered, e.NodesUnlisted, e.Nodes)
		}
	}
	if f := w.fed.Rules().FilteredRooms; !slices.Equal(f, []string{"xmpp.ukr.example"}) {
		t.Error(f)
	}
}

func TestRule13ConnectionIsOpenedAhead(t *testing.T) {
	w := start(t, setup{})
	w.add("UKR", person("UKR", "p", secret))
	w.sync()
	before := w.nations["UKR"].contacts.Load()
	w.fed.OpenAhead(draft.Mail, "", []string{mail("p", "UKR"), mail("x", "UKR")})
	for w.nations["UKR"].contacts.Load() == before || w.nations["GBR"].contacts.Load() == 1 {
		time.Sleep(time.Millisecond)
	}
	opened := w.contacts()
	for range 200 { // until the connections are bound and kept; then no further one is opened
		w.fed.OpenAhead(draft.Mail, "", []string{mail("p", "UKR")})
		time.Sleep(time.Millisecond)
	}
	w.age(10 * time.Minute)
	want(t, "at Send", w.sending(secret, mail("p", "UKR")).Verdict, "cleared")
	if w.contacts() != opened || w.nations["AUS"].contacts.Load() != 1 {
		t.Errorf("contacts %s, after they were opened %s", w.contacts(), opened)
	}
	// One that has died meanwhile is no reason to fail.
	w.nations["UKR"].drop()
	w.age(10 * time.Minute)
	want(t, "after a drop", w.sending(secret, mail("p", "UKR")).Verdict, "cleared")
}

// A directory that cannot be reached, or refuses us, is not bound to with every word that somebody types.
func TestRule13OpeningAheadBacksOff(t *testing.T) {
	w := start(t, setup{})
	w.add("UKR", person("UKR", "p", secret))
	w.sync()
	n := w.nations["UKR"]
	n.RefuseBind(true)
	ahead := func() int64 { // contacts that many checks make
		before := n.contacts.Load()
		for range 100 {
			w.fed.OpenAhead(draft.Mail, "", []string{mail("p", "UKR")})
			time.Sleep(time.Millisecond)
		}
		return n.contacts.Load() - before
	}
	if got := ahead(); got != 1 {
		t.Errorf("refused: %d contacts", got)
	}
	w.ahead.Store(int64(3 * time.Minute))
	if got := ahead(); got != 0 {
		t.Errorf("refused, minutes later: %d contacts", got)
	}
	n.RefuseBind(false)
	w.age(10 * time.Minute)
	want(t, "at Send", w.sending(secret, mail("p", "UKR")).Verdict, "cleared")
	n.drop()
	w.ahead.Store(int64(10 * time.Minute))
	if got := ahead(); got != 1 {
		t.Errorf("after Send got through: %d contacts", got)
	}
}

// A directory that needs most of the deadline is not taken for a dead connection.
func TestRule13SlowAnswerOnAConnectionThatWaited(t *testing.T) {
	w := start(t, setup{check: `deadline = "6s"`})
	w.add("UKR", person("UKR", "p", secret))
	w.sync()
	w.age(10 * time.Minute)
	want(t, "quick", w.sending(secret, mail("p", "UKR")).Verdict, "cleared")
	w.age(10 * time.Minute)
	w.ahead.Store(int64(2 * time.Minute)) // longer than a connection is sure to be alive
	before := w.nations["UKR"].contacts.Load()
	w.nations["UKR"].slow.Store(int64(3500 * time.Millisecond))
	want(t, "slow", w.sending(secret, mail("p", "UKR")).Verdict, "cleared")
	if w.nations["UKR"].contacts.Load() != before {
		t.Error("connected anew")
	}
}

func TestExpandOpensOneLevel(t *testing.T) {
	w := start(t, setup{})
	w.add("AUS", person("AUS", "deep", secret))
	w.add("UKR", person("UKR", "p", secret), list("UKR", "inner", dn("deep", "AUS")), entry("inetOrgPerson", "mute", "UKR", secret, attr("mail")),
		list("UKR", "outer", dn("p", "UKR"), dn("inner", "UKR"), dn("deep", "AUS"), dn("outer", "UKR"), dn("mute", "UKR"), dn("nobody", "UKR")))
	w.sync()
	x, err := w.fed.Expand(t.Context(), draft.Mail, strings.ToUpper(mail("outer", "UKR")))
	must(t, err)
	var got []string
	for _, m := range x.Members {
		got = append(got, m.Address)
	}
	if !slices.Equal(got, []string{mail("p", "UKR"), mail("inner", "UKR"), mail("deep", "AUS")}) || x.Incomplete || len(x.Without) != 2 {
		t.Errorf("%v, without %v", got, x.Without)
	}
	for _, address := range []string{mail("p", "UKR"), mail("nobody", "UKR"), "x@nowhere.example", ""} {
		if _, err := w.fed.Expand(t.Context(), draft.Mail, address); err == nil {
			t.Errorf("%s was opened", address)
		}
	}
}
