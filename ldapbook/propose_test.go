package ldapbook_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"caveat/ldapbook"
	"caveat/ldapbook/internal/wire"
	"caveat/ldapbook/ldaptest"
)

func propose(t *testing.T, src ldapbook.Source) ldapbook.Proposal {
	t.Helper()
	p, err := dial(t, src).Propose(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// What is proposed works, and nothing that isn't for every reader is shown.
	if err := p.Mapping.Validate(); err != nil {
		t.Error(err)
	}
	if all := fmt.Sprintf("%+v", p); strings.Contains(all, "SECRET") || strings.Contains(all, "RESTRICTED") || src.Password != "" && strings.Contains(all, src.Password) {
		t.Errorf("it shows what it must not: %s", all)
	}
	return p
}

func evidenceFor(p ldapbook.Proposal, field, attribute string) ldapbook.Evidence {
	for _, e := range p.Evidence {
		if e.Field == field && e.Attribute == attribute {
			return e
		}
	}
	return ldapbook.Evidence{}
}

func hasProblem(p ldapbook.Proposal, words string) bool {
	return slices.ContainsFunc(p.Problems, func(s string) bool { return strings.Contains(s, words) })
}

// proposeInetOrgPerson: a directory as the default expects it; the base is found.
func proposeInetOrgPerson(t *testing.T, start starter) {
	w := start(t, startOptions{entries: append(federation(), crowd(8)...)})
	w.ldap.BaseDN = ""
	p := propose(t, w.ldap)
	if ldapbook.FoldDN(p.BaseDN) != suffix || p.Preset != "inetorgperson" || p.PageSize != ldapbook.DefaultPageSize || !p.RootDSERead ||
		p.Transport != ldapbook.TransportStartTLS || p.URL == "" {
		t.Errorf("%+v", p)
	}
	want, _ := ldapbook.Preset("inetorgperson")
	if !reflect.DeepEqual(p.Mapping, want) {
		t.Errorf("%+v", p.Mapping)
	}
	// 10 people, a role, a list, a room; the list has no clearance.
	e := evidenceFor(p, "clearance", "confidentialityClearance")
	if e.Have != 12 || e.Of != 13 || e.Example != "" {
		t.Errorf("%+v", e)
	}
	if e := evidenceFor(p, "mail", "mail"); e.Have != 12 || e.Of != 13 || !strings.HasSuffix(e.Example, "@nor.example") {
		t.Errorf("%+v", e)
	}
	if e := evidenceFor(p, "members", "member"); e.Have != 1 || e.Of != 1 {
		t.Errorf("%+v", e)
	}
	if !hasProblem(p, "1 of the 13 sampled addressees have not a clearance") {
		t.Errorf("%q", p.Problems)
	}
	people := slices.IndexFunc(p.Samples, func(s ldapbook.ClassSample) bool { return s.Class == "inetOrgPerson" })
	if people < 0 || p.Samples[people].Entries != 10 || p.Samples[people].Kind != ldapbook.KindPerson || p.Samples[people].More {
		t.Errorf("%+v", p.Samples)
	}
	// It can be used as it is.
	src := w.ldap
	src.BaseDN, src.Mapping = p.BaseDN, p.Mapping
	if found, _, err := dial(t, src).Search(t.Context(), ldapbook.Query{Text: "hansen"}); err != nil || names(found) != "Anna Hansen" {
		t.Errorf("%s, %v", names(found), err)
	}
}

func TestProposeInetOrgPerson(t *testing.T) { proposeInetOrgPerson(t, startEmbedded) }

func TestProposeStrategy(t *testing.T) {
	for name, test := range map[string]struct {
		controls []string
		want     ldapbook.Strategy
	}{
		"nothing offered":  {nil, ldapbook.StrategyChanges},
		"syncrepl":         {[]string{"1.3.6.1.4.1.4203.1.9.1.1"}, ldapbook.StrategySyncrepl},
		"dirsync":          {[]string{"1.2.840.113556.1.4.841"}, ldapbook.StrategyDirSync},
		"both: the better": {[]string{"1.2.840.113556.1.4.841", "1.3.6.1.4.1.4203.1.9.1.1"}, ldapbook.StrategySyncrepl},
	} {
		t.Run(name, func(t *testing.T) {
			src, _ := describing(t, ldaptest.Config{NoSync: true, RootDSE: []ldaptest.Attr{{Name: "supportedControl", Values: test.controls},
				{Name: "supportedSASLMechanisms", Values: []string{"EXTERNAL"}}}}, crowd(2)...)
			p := propose(t, src)
			if p.Strategy != test.want || !slices.Equal(p.SASL, []string{"EXTERNAL"}) || p.Vendor != "Caveat test directory" {
				t.Errorf("%+v", p)
			}
		})
	}
}

// describing starts a server in the clear, with a configuration.
func describing(t *testing.T, config ldaptest.Config, entries ...ldaptest.Entry) (ldapbook.Source, *ldaptest.Server) {
	t.Helper()
	config.Suffix = suffix
	s := ldaptest.New(config)
	must(t, s.Add(entries...))
	t.Cleanup(s.Close)
	ln := listen(t)
	go s.Serve(ln)
	return ldapbook.Source{Name: "N", Nation: "NOR", URLs: []string{"ldap://" + ln.Addr().String()}, Security: ldapbook.TransportPlain, BaseDN: suffix}, s
}

func TestProposeOfAServerThatHides(t *testing.T) {
	src, _ := describing(t, ldaptest.Config{HideRootDSE: true}, crowd(2)...)
	p := propose(t, src)
	if p.RootDSERead || p.SchemaRead || p.Preset != "inetorgperson" || p.BaseDN != suffix || p.Strategy != ldapbook.StrategyChanges {
		t.Errorf("%+v", p)
	}
	for _, words := range []string{"root DSE", "schema", "in the clear"} {
		if !hasProblem(p, words) {
			t.Errorf("%q is not told: %q", words, p.Problems)
		}
	}
	src.BaseDN = ""
	if p := propose(t, src); p.BaseDN != "" || !hasProblem(p, "Give the base DN") || p.Preset != "default" || p.Strategy != ldapbook.StrategyFull {
		t.Errorf("%+v", p)
	}
	src.BaseDN = "o=elsewhere"
	if p := propose(t, src); p.BaseDN != "" || !hasProblem(p, "no entry o=elsewhere") {
		t.Errorf("%+v", p)
	}
}

func TestProposeSaysWhatIsMissing(t *testing.T) {
	member := ldaptest.Entry{DN: "cn=l," + suffix, Attrs: attrs("objectClass", "group", "cn", "l")}
	nobody := ldaptest.Entry{DN: "cn=x," + suffix, Attrs: attrs("objectClass", "person", "cn", "x")}
	role := ldaptest.Entry{DN: "cn=r," + suffix, Attrs: attrs("objectClass", "organizationalRole", "cn", "r", "mail", "r@nor.example")}
	for name, test := range map[string]struct {
		entries []ldaptest.Entry
		want    []string
	}{
		"no people":        {[]ldaptest.Entry{role}, []string{"is a person", "shows who holds it", "nobody could be sent to"}},
		"no address":       {[]ldaptest.Entry{nobody}, []string{"None of the 1 sampled addressees has a mail address or JID"}},
		"some address":     {[]ldaptest.Entry{nobody, role}, []string{"1 of the 2 sampled addressees have neither"}},
		"no members":       {[]ldaptest.Entry{member}, []string{"None of the 1 sampled lists shows members"}},
		"all in the clear": {[]ldaptest.Entry{cleared("a", "A", "B")}, []string{"in the clear"}},
	} {
		t.Run(name, func(t *testing.T) {
			src, _ := describing(t, ldaptest.Config{}, test.entries...)
			p := propose(t, src)
			for _, words := range test.want {
				if !hasProblem(p, words) {
					t.Errorf("%q is not told: %q", words, p.Problems)
				}
			}
			if name == "all in the clear" && len(p.Problems) != 2 { // the other: no schema
				t.Errorf("%q", p.Problems)
			}
		})
	}
	src, _ := describing(t, ldaptest.Config{RequireBind: true}, cleared("a", "A", "B"))
	if p := propose(t, src); !hasProblem(p, "no entry "+suffix) || !p.RootDSERead {
		t.Errorf("nothing may be read: %q", p.Problems)
	}
	src, _ = describing(t, ldaptest.Config{})
	if p := propose(t, src); !hasProblem(p, "No person, role, list or room") || len(p.Samples) != 1 {
		t.Errorf("only the topmost entry: %+v", p)
	}
}

// TestProposeOtherNames: classes and attributes with names of their own are found by schema, name and look.
func TestProposeOtherNames(t *testing.T) {
	subschema := []ldaptest.Attr{
		{Name: "objectClasses", Values: []string{
			"( 2.5.6.6 NAME 'person' SUP top STRUCTURAL MUST ( sn $ cn ) )",
			"( 1.3.6.1.4.1.32473.9.1 NAME ( 'milPerson' 'mp' ) DESC 'a (soldier)' SUP ( person $ top ) STRUCTURAL )",
			"( 1.3.6.1.4.1.32473.9.2 NAME 'milChatRoom' SUP top STRUCTURAL )",
			"( 1.3.6.1.4.1.32473.9.3 NAME 'roomFlags' SUP top AUXILIARY )"}},
		{Name: "attributeTypes", Values: []string{"( 2.5.4.3 NAME ( 'cn' 'commonName' ) SUP name )", "garbage ( 'x", ""}},
	}
	soldier := func(uid string, more ...string) ldaptest.Entry {
		pairs := append([]string{"objectClass", "person", "objectClass", "milPerson", "cn", "S " + uid, "sn", uid}, more...)
		return ldaptest.Entry{DN: "uid=" + uid + "," + suffix, Attrs: attrs(pairs...)}
	}
	src, _ := describing(t, ldaptest.Config{Subschema: subschema},
		soldier("a", "email", "a@nor.example", "jabberID", "a@chat", "ourClearance;x-nato", secret, "militaryRank", "OF-3", "loginDisabled", "FALSE"),
		soldier("b", "email", "b@nor.example", "oldClearance", "TOP", "shadowExpire", "20000"),
		ldaptest.Entry{DN: "cn=ops," + suffix, Attrs: attrs("objectClass", "milChatRoom", "cn", "ops", "jabberID", "ops@rooms")})
	p := propose(t, src)
	m := p.Mapping
	if p.Preset != "custom" || !p.SchemaRead || m.Classes["milChatRoom"] != ldapbook.KindRoom || m.Classes["roomFlags"] != "" {
		t.Errorf("%+v", p)
	}
	for field, want := range map[string]string{"mail": "email", "jid": "jabberID", "clearance": "ourclearance", "rank": "militaryRank",
		"inactive": "loginDisabled", "expires": "shadowExpire"} {
		if got, _ := m.Field(field); !slices.Contains(got, want) {
			t.Errorf("%s: %q, want %s", field, got, want)
		}
	}
	if slices.Contains(m.Clearance, "oldclearance") || !hasProblem(p, "oldclearance") {
		t.Errorf("what is no XML is no clearance: %q %q", m.Clearance, p.Problems)
	}
	if e := evidenceFor(p, "classes", "milChatRoom"); e.Have != 1 || e.Of != 1 {
		t.Errorf("%+v", e)
	}
	if e := evidenceFor(p, "name", "displayName"); e.Have != 0 || !strings.Contains(e.Text, "the schema does not know it") {
		t.Errorf("%+v", e)
	}
	src.Mapping = m
	found, _, err := dial(t, src).ByAddress(t.Context(), []string{"ops@rooms", "a@nor.example"})
	if err != nil || len(found) != 2 {
		t.Errorf("%+v, %v", found, err)
	}
}

// TestProposeIsBounded: no more than 200 entries are looked at, whatever the server sends.
func TestProposeIsBounded(t *testing.T) {
	src, _ := describing(t, ldaptest.Config{}, crowd(400)...)
	p := propose(t, src)
	i := slices.IndexFunc(p.Samples, func(s ldapbook.ClassSample) bool { return s.Class == "inetOrgPerson" })
	if i < 0 || p.Samples[i].Entries != 100 || !p.Samples[i].More {
		t.Errorf("%+v", p.Samples)
	}
}

// flood answers whatever it is asked with large entries, without end.
func flood(t *testing.T) ldapbook.Source {
	t.Helper()
	ln := listen(t)
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				body, err := wire.ReadMessage(bufio.NewReader(c), nil)
				if err != nil {
					return
				}
				m, _ := wire.ParseMessage(body)
				attr := func(name, value string) []byte {
					return wire.TLV(wire.TagSequence, wire.Text(wire.TagOctetString, name), wire.TLV(wire.TagSet, wire.Text(wire.TagOctetString, value)))
				}
				entry := wire.TLV(wire.TagSequence, wire.Int(wire.TagInteger, m.ID), wire.TLV(wire.OpSearchEntry, wire.Text(wire.TagOctetString, "cn=x"),
					wire.TLV(wire.TagSequence, attr("objectClass", "person"), attr("jpegPhoto", strings.Repeat("x", 1<<20)))))
				for {
					if _, err := c.Write(entry); err != nil {
						return
					}
				}
			}()
		}
	}()
	return ldapbook.Source{Name: "N", URLs: []string{"ldap://" + ln.Addr().String()}, Security: ldapbook.TransportPlain, BaseDN: suffix}
}

// TestProposeOfAServerWithoutEnd: it is cut off, by bytes or by time, with a named error.
func TestProposeOfAServerWithoutEnd(t *testing.T) {
	c := dial(t, flood(t))
	err := bounded(t, func(ctx context.Context) error {
		_, err := c.Propose(ctx)
		return err
	})
	if !errors.Is(err, ldapbook.ErrProtocol) && !errors.Is(err, ldapbook.ErrTimeout) {
		t.Error(err)
	}
}
