//go:build integration

package ldapbook_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/ldapbook"
	"caveat/ldapbook/ldaptest"
)

// TestIntegrationLDIFOfAnotherProgram: what ldapsearch writes of a real server is, read as a file, what the server says itself.
func TestIntegrationLDIFOfAnotherProgram(t *testing.T) {
	entries := append(federation(), crowd(30)...)
	entries = append(entries, cleared("zoe", "Zoë", "Łukasz", "title", " leading space", "o", "ends in space ", "description", "a\nb",
		"userCertificate;binary", certificate(t, time.Date(2031, 5, 1, 0, 0, 0, 0, time.UTC))))
	s := ldaptest.StartSlapd(t, ldaptest.SlapdConfig{Suffix: suffix, Entries: entries})
	out, err := exec.Command("ldapsearch", "-x", "-LLL", "-H", s.URL, "-b", suffix, "(objectClass=*)", "*", "+").Output()
	if err != nil {
		t.Fatalf("ldapsearch (package ldap-utils): %v", err)
	}
	path := filepath.Join(t.TempDir(), "all.ldif")
	must(t, os.WriteFile(path, out, 0o600))
	src := ldapbook.Source{Name: "Norland", Nation: "NOR", URLs: []string{s.TLSURL}, Security: ldapbook.TransportLDAPS,
		RootCAs: s.CA.Pool(), BaseDN: suffix}
	var read []ldapbook.Entry
	_, err = ldapbook.ReadLDIF(t.Context(), src, path, func(batch []ldapbook.Entry) error {
		read = append(read, batch...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var dns []string
	for _, e := range entries {
		dns = append(dns, e.DN)
	}
	live, missing, err := dial(t, src).ByDN(t.Context(), dns)
	if err != nil || len(missing) != 0 || len(read) != len(entries) {
		t.Fatalf("%d read, missing %q, %v", len(read), missing, err)
	}
	for _, list := range [][]ldapbook.Entry{read, live} {
		slices.SortFunc(list, func(a, b ldapbook.Entry) int { return strings.Compare(a.DN, b.DN) })
		for i := range list {
			list[i].ReadAt, list[i].Transport = time.Time{}, ""
		}
	}
	for i := range read {
		if !reflect.DeepEqual(read[i], live[i]) {
			t.Errorf("%+v\n%+v", read[i], live[i])
		}
		if strings.HasPrefix(read[i].DN, "uid=zoe") && (read[i].CertificateUntil.Year() != 2031 || read[i].Name != "Zoë Łukasz") {
			t.Errorf("%+v", read[i])
		}
	}
}
