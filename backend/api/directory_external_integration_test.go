//go:build integration

package api_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"caveat/backend/api"
	"caveat/ldapbook/ldaptest"
)

// A directory that knows us by a client certificate is asked, and added, as the page does it: with the paths of certificate and key
// on this machine, its own CA, and the server's key pinned. A key of another server, and somebody whom it does not know, say which step failed.
func TestIntegrationDirectoryByClientCertificate(t *testing.T) {
	base := "o=aus"
	sue := person("uid=sue,o=aus", "Sue", "sue@aus.example", "SECRET")
	sue.Attrs[0] = attr("objectClass", "inetOrgPerson", "aCPAccessControlEntity")
	s := ldaptest.StartSlapd(t, ldaptest.SlapdConfig{Suffix: base, RequireBind: true,
		Entries: []ldaptest.Entry{sue},
		Global:  "TLSVerifyClient try\nauthz-regexp \"^cn=([^,]+)$\" \"uid=$1,o=aus\"\n"})
	dir := t.TempDir()
	pair := func(name string) (certificate, key string) {
		certPEM, keyPEM, err := s.CA.Issue(name)
		must(t, err)
		certificate, key = filepath.Join(dir, name+".pem"), filepath.Join(dir, name+".key")
		must(t, os.WriteFile(certificate, certPEM, 0o600))
		must(t, os.WriteFile(key, keyPEM, 0o600))
		return certificate, key
	}
	w := newAdminWorld(t, false, nil)
	in := api.DirectoryInput{Name: "AUS", Nation: "AUS", Security: "ldaps",
		CAPEM: string(s.CA.PEM()), Auth: "external"}
	in.URLs = []string{"ldaps://127.0.0.1:1", s.TLSURL} // the first is down: the second answers
	in.ClientCertFile, in.ClientKeyURI = pair("sue")
	propose := func() api.ProposalDocument {
		return answered[api.ProposalDocument](w.world, http.StatusOK, "POST", "/api/directories/propose", in)
	}
	p := propose()
	if !p.OK || p.Step != "" || p.BaseDN != base || p.URL != s.TLSURL || p.Certificate == nil || !strings.Contains(p.TOML, in.ClientCertFile) {
		t.Fatalf("%+v", p)
	}
	in.Pins = []string{"sha256:" + strings.Repeat("00", 32)}
	if p := propose(); p.OK || p.Step != "certificate" {
		t.Errorf("pinned to another: %+v", p)
	}
	in.Pins = []string{p.Certificate.Pin}
	certificate, key := in.ClientCertFile, in.ClientKeyURI
	in.Auth = "simple"
	in.BindDN, in.Password = "uid=stranger,o=aus", "wrong"
	in.ClientCertFile, in.ClientKeyURI = "", ""
	if p := propose(); p.OK || p.Step != "bind" {
		t.Errorf("a stranger: %+v", p)
	}
	in.Auth, in.BindDN, in.Password = "external", "", ""
	in.ClientCertFile, in.ClientKeyURI = filepath.Join(dir, "none.pem"), key
	w.refused(http.StatusUnprocessableEntity, "user-installation", "POST", "/api/directories/propose", in)
	in.ClientCertFile, in.ClientKeyURI = certificate, key
	in.BaseDN = p.BaseDN
	in.Schema = p.Schema
	if status, text, _ := w.ask("POST", "/api/directories", in); status != http.StatusOK {
		t.Fatalf("%d %s", status, text)
	}
	if file := w.file(); !strings.Contains(file, certificate) || strings.Contains(file, "PRIVATE KEY") {
		t.Errorf("the file:\n%s", file)
	}
}
