//go:build linux && integration

package app_test

import (
	"strings"
	"testing"

	"caveat/backend/demo"
	"caveat/backend/mailtest"
	"caveat/ldapbook/ldaptest"
)

// TestIntegrationMainJobOnRealServers is the main job with one OpenLDAP per nation and Exim as submission server.
func TestIntegrationMainJobOnRealServers(t *testing.T) {
	w, _ := realWorld(t)
	mainJob(t, w)
}

// realWorld starts the servers and imports an installation that names them.
func realWorld(t *testing.T) (world, map[string]*ldaptest.Slapd) {
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
		slapds[n] = ldaptest.StartSlapd(t, ldaptest.SlapdConfig{Suffix: "dc=" + strings.ToLower(n) + ",dc=example", Entries: people(n), CA: ca, RequireBind: true})
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
