//go:build linux && integration

package app_test

import (
	"strings"
	"testing"
	"time"

	"caveat/backend/demo"
	"caveat/backend/installation"
	"caveat/backend/mailtest"
	"caveat/backend/presend"
	"caveat/ldapbook/ldaptest"
)

// TestIntegrationMainJobOnRealServers is the main job with one OpenLDAP per nation and Exim as submission server.
func TestIntegrationMainJobOnRealServers(t *testing.T) {
	w, _ := realWorld(t, installation.CheckFile{})
	mainJob(t, w)
}

// Between drafting and Send somebody's clearance is lowered: Send reads it again, is stopped, and says what changed (RULES 13).
func TestIntegrationClearanceLoweredBeforeSend(t *testing.T) {
	w, slapds := realWorld(t, installation.CheckFile{SendingAge: installation.Duration{Duration: time.Millisecond}})
	file := draftFor(t, "SECRET", mrod, w.gbr, w.ukr)
	if status, r := check(t, w.data, file); status != 0 || !r.Sendable {
		t.Fatalf("while drafting: status %d, %+v", status, r)
	}
	lowered := clearanceXML(t, "RESTRICTED", map[string][]string{"Context": {"MROD"}, "Only": {"UKR"}})
	if err := slapds["UKR"].Replace("uid=officer,ou=people,dc=ukr,dc=example", "confidentialityClearance", lowered); err != nil {
		t.Fatal(err)
	}
	r := caveat(t, "", "send", "--data", w.data, "--draft", file, "--json")
	var d struct {
		Sent, Blocked bool
		Report        presend.Report
	}
	r.decode(t, &d)
	if r.status != 3 || d.Sent || !d.Blocked || len(d.Report.Recipients) != 2 {
		t.Fatalf("status %d: %s", r.status, r.stdout)
	}
	if x := d.Report.Recipients[0]; x.Verdict.Outcome != presend.Cleared || x.Was != nil {
		t.Errorf("whose clearance was not touched: %+v", x)
	}
	x := d.Report.Recipients[1]
	if x.Verdict.Outcome != presend.NotCleared || x.Was == nil || x.Was.Outcome != presend.Cleared || x.Was.ReadAt == nil {
		t.Errorf("%+v, was %+v", x.Verdict, x.Was)
	}
	if len(w.deliveries(t, w.gbr))+len(w.deliveries(t, w.ukr)) > 0 {
		t.Error("something was delivered")
	}
}

// realWorld starts the servers and imports an installation that names them. edit changes what a nation's directory starts with.
func realWorld(t *testing.T, rules installation.CheckFile, edit ...func(nation string, c *ldaptest.SlapdConfig)) (world, map[string]*ldaptest.Slapd) {
	t.Helper()
	ca := ldaptest.NewCA("Test CA")
	people := func(nation string) []ldaptest.Entry {
		own := map[string][]string{"Context": {"MROD"}, "Only": {nation}, "Releasable To": {nation}}
		out := []ldaptest.Entry{person(nation, "officer", "Chris Officer", clearanceXML(t, "SECRET", own))}
		switch nation {
		case "GBR":
			out = append(out, person(nation, "drafter", "Robin Drafter", clearanceXML(t, "SECRET", map[string][]string{"Context": {"MROD"}, "Only": {"GBR"}, "Special Category Designators": {"ATOMAL", "BOHEMIA"}})))
		case "UKR":
			out = append(out, person(nation, "low", "Олена Шевченко", clearanceXML(t, "RESTRICTED", own)))
		case "AUS":
			out = append(out, person(nation, "wrong", "Kim Wrong", clearanceXML(t, "SECRET", map[string][]string{"Context": {"MROD"}, "Only": {"AUS", "GBR"}})))
		}
		return out
	}
	slapds := map[string]*ldaptest.Slapd{}
	for _, n := range nations {
		c := ldaptest.SlapdConfig{Suffix: "dc=" + strings.ToLower(n) + ",dc=example", Entries: people(n), CA: ca, RequireBind: true}
		for _, e := range edit {
			e(n, &c)
		}
		slapds[n] = ldaptest.StartSlapd(t, c)
	}
	cert, key, err := ca.Issue("mail")
	if err != nil {
		t.Fatal(err)
	}
	password := mailtest.Secret()
	exim := mailtest.StartExim(t, mailtest.EximConfig{
		Domains: []string{"gbr.example", "ukr.example", "aus.example", "deu.example"}, Users: map[string]string{"drafter": password},
		Certificate: cert, Key: key, CA: ca.PEM(),
	})
	f := testInstallation(string(ca.PEM()), exim.Addr())
	f.Check.SendingAge = rules.SendingAge
	secrets := map[string]string{"smtp": password}
	for i, n := range nations {
		f.Directories[i].URLs, f.Directories[i].BindDN = []string{slapds[n].URL}, slapds[n].BindDN
		f.Directories[i].Secret = "ldap-" + n
		secrets["ldap-"+n] = slapds[n].Password
	}
	data := importInstallation(t, f, secrets)
	if r := caveat(t, "", "book", "sync", "--data", data); r.status != 0 {
		t.Fatalf("sync: %s%s", r.stdout, r.stderr)
	}
	return world{
		data: data, policy: write(t, "policy.spif.xml", string(demo.PolicyXML)),
		gbr: "officer@gbr.example", ukr: "officer@ukr.example", deu: "officer@deu.example", ukrLow: "low@ukr.example", ausWrong: "wrong@aus.example",
		deliveries: func(t *testing.T, address string) [][]byte { return exim.Mails(t, address) },
	}, slapds
}
