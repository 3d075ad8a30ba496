package federation_test

import (
	"slices"
	"testing"

	"caveat/backend/draft"
	"caveat/backend/presend"
	"caveat/ldapbook/ldaptest"
)

func seeAlso(names ...string) ldaptest.Attr { return attr("seeAlso", names...) }

// Who is the same person, the directory that decides says, and both entries say it (RULES 6).
func TestRule06LinkedByDN(t *testing.T) {
	w := start(t, setup{})
	named := func(code, uid, held, name string, more ...ldaptest.Attr) ldaptest.Entry {
		return person(code, uid, held, append(more, attr("displayName", name))...)
	}
	w.add("UKR",
		named("UKR", "p", restricted, "Pat", seeAlso("UID=P.Mission , O=ukr", dn("p.chat", "UKR"), dn("gone", "UKR"))),
		named("UKR", "p.mission", secret, "Pat", seeAlso(dn("p", "UKR")), attr("mail", "p.mission@ukr.example", "p.night@ukr.example", "p@elsewhere.example")),
		named("UKR", "p.chat", secret, "Pat", seeAlso(dn("p", "UKR")), attr("mail"), attr("jid", "p@xmpp.ukr.example")),
		// Claims that the other side does not confirm, and an equal name.
		named("UKR", "boss", restricted, "Boss"),
		named("UKR", "claims.boss", secret, "Boss", seeAlso(dn("boss", "UKR"))),
		named("UKR", "hopes", restricted, "Hopes", seeAlso(dn("p.mission", "UKR"))),
		named("UKR", "pat2", secret, "Pat"),
		// Itself, another kind, another directory.
		named("UKR", "self", restricted, "Self", seeAlso(dn("self", "UKR"), dn("desk", "UKR"), dn("abroad", "AUS"))),
		entry("organizationalRole", "desk", "UKR", secret, seeAlso(dn("self", "UKR"))),
		// Two claim the address of the second entry: nobody knows who is meant.
		named("UKR", "torn", restricted, "Torn", seeAlso(dn("torn2", "UKR"))),
		named("UKR", "torn2", secret, "Torn", seeAlso(dn("torn", "UKR"))),
		named("UKR", "thief", secret, "Thief", attr("mail", "torn2@ukr.example")),
	)
	w.add("AUS", named("AUS", "abroad", secret, "Self", seeAlso(dn("self", "UKR"))))
	w.sync()
	offered := func(channel draft.Channel, address string) (out []string) {
		t.Helper()
		parties, err := w.fed.Resolve(t.Context(), channel, []string{address}, presend.Freshness{})
		must(t, err)
		found, err := w.fed.Alternatives(t.Context(), channel, parties)
		must(t, err)
		for _, a := range found[address] {
			out = append(out, a.Kind+" "+a.Party.Address)
		}
		return out
	}
	for address, want := range map[string][]string{
		mail("p", "UKR"):           {"other-address p.mission@ukr.example", "other-address p.night@ukr.example"},
		mail("p.mission", "UKR"):   {"other-address p@ukr.example"},
		mail("boss", "UKR"):        nil,
		mail("claims.boss", "UKR"): nil,
		mail("hopes", "UKR"):       nil,
		mail("self", "UKR"):        nil,
		mail("torn", "UKR"):        nil,
		mail("desk", "UKR"):        nil,
	} {
		if got := offered(draft.Mail, address); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
	// The check proposes it, having decided it as any recipient, and does not where it is not cleared either.
	proposed := func(text string) []presend.Fix {
		t.Helper()
		d := draft.Draft{Channel: draft.Mail, Action: []string{mail("p", "UKR")}, Label: chosen(text)}
		r, err := presend.Check(t.Context(), presend.Input{
			Draft: d, Site: w.in.Site, Rules: w.fed.Rules(), Directory: w.fed, Routes: w.fed, Alternatives: w.fed, Now: w.now(),
		})
		must(t, err)
		return r.Report().Fixes
	}
	fixes := proposed(secret)
	if len(fixes) != 1 || fixes[0].Kind != presend.FixAddress || !slices.Equal(fixes[0].Addresses, []string{"p.mission@ukr.example"}) || !slices.Equal(fixes[0].Replaces, []string{mail("p", "UKR")}) {
		t.Errorf("%+v", fixes)
	}
	if fixes := proposed(top("UKR")); len(fixes) != 0 {
		t.Errorf("one that is not cleared is proposed: %+v", fixes)
	}
	// A link that one side takes back is none any more.
	must(t, w.nations["UKR"].Delete(dn("p.mission", "UKR")))
	w.add("UKR", named("UKR", "p.mission", secret, "Pat"))
	w.sync("UKR")
	if got := offered(draft.Mail, mail("p", "UKR")); got != nil {
		t.Errorf("after it was taken back: %q", got)
	}
}
